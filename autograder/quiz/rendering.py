"""Deck Markdown as lines for a terminal of some width: wrapped, with or without colour."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

_CODE = re.compile(r"`([^`]+)`")
_STRONG = re.compile(r"\*\*([^*]+)\*\*")
_EMPHASIS = re.compile(r"(?<![\w*])[*_]([^*_\s](?:[^*_]*[^*_\s])?)[*_](?![\w*])")
_LINK = re.compile(r"\[([^\]]+)\]\((https?://[^)\s]+)\)")
_ITEM = re.compile(r"(\s*(?:[-*]|\d+[.)])\s+)")
_KEPT_SPACE = "\N{NO-BREAK SPACE}"
BOLD, DIM, CYAN, GREEN, RED, YELLOW, RESET = (
    f"\x1b[{code}m" for code in ("1", "2", "36", "32", "31", "33", "0")
)


def wrapped(text: str, width: int, *, indent: str = "", colour: bool = False) -> str:
    """Markdown of decks as plain lines no wider than `width`; code is never wrapped."""
    return "\n".join(_lines(text, max(width, 20), indent, colour))


def _lines(text: str, width: int, indent: str, colour: bool) -> Iterator[str]:
    paragraph: list[str] = []
    fence = ""
    for line in [*text.split("\n"), ""]:
        bare = line.strip()
        if fence or bare.startswith("```"):
            yield from _flush(paragraph, width, indent, colour)
            if fence and bare == fence:
                fence = ""
            elif not fence:
                fence = "```"
            else:
                yield f"{indent}    {line}".rstrip()
        elif not bare:
            yield from _flush(paragraph, width, indent, colour)
            yield ""
        else:
            if _ITEM.match(line) or line.startswith("|"):
                yield from _flush(paragraph, width, indent, colour)
            paragraph.append(line)
            if line.startswith("|"):
                yield from _flush(paragraph, width, indent, colour)


def _flush(paragraph: list[str], width: int, indent: str, colour: bool) -> Iterator[str]:
    if not paragraph:
        return
    item = _ITEM.match(paragraph[0])
    hanging = " " * len(item.group(1)) if item else ""
    text = " ".join([paragraph[0].rstrip(), *(line.strip() for line in paragraph[1:])])
    paragraph.clear()
    text = _LINK.sub(r"\1 <\2>", text)
    text = _CODE.sub(lambda found: found.group(0).replace(" ", _KEPT_SPACE), text)
    lines = textwrap.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent + hanging,
        break_on_hyphens=False,
        drop_whitespace=True,
    )
    for line in lines:
        yield _styled(line, colour).replace(_KEPT_SPACE, " ")


def _styled(line: str, colour: bool) -> str:
    """Bold and emphasis outside code; without colour their marks are simply left out."""
    parts = re.split(r"(`[^`]+`)", line)
    for i in range(0, len(parts), 2):
        parts[i] = _STRONG.sub(rf"{BOLD}\1{RESET}" if colour else r"\1", parts[i])
        parts[i] = _EMPHASIS.sub(r"\1", parts[i])
    if colour:
        parts[1::2] = [f"{CYAN}{part[1:-1]}{RESET}" for part in parts[1::2]]
    return "".join(parts)
