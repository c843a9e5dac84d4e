"""Formulas between $ signs, and the plain form that a terminal shows instead."""

from __future__ import annotations

import re
from collections.abc import Mapping

FORMULA = re.compile(r"(?<![\\$\w])\$(?!\s)((?:[^$\\\n]|\\.)+?)(?<!\s)\$(?![\w$])")
_CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)


def formulas(text: str) -> list[str]:
    """The formulas of Markdown text, code left out."""
    outside = _CODE.split(text)[::2]
    return [match.group(1) for part in outside for match in FORMULA.finditer(part)]


def is_plain(formula: str) -> bool:
    """Whether a terminal may show the formula as it is written."""
    return not any(char in formula for char in "\\{}^_")


def in_plain(text: str, plain: Mapping[str, str]) -> str:
    """`text` with each formula in its plain form; code stays as it is."""

    def shown(match: re.Match[str]) -> str:
        return plain.get(match.group(1), match.group(1))

    parts = _CODE.split(text)
    parts[::2] = [FORMULA.sub(shown, part) for part in parts[::2]]
    return "".join(parts)
