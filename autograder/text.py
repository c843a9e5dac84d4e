"""Text made fit to be shown: from outside, bounded and without control characters; counts."""

from __future__ import annotations

import unicodedata

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def one_line(text: object, limit: int) -> str:
    """`text` on one line of at most `limit` characters, without control characters."""
    if not isinstance(text, str):
        return ""
    plain = text[: 4 * limit]
    if not plain.isprintable():  # then there may be some, and most texts have none
        plain = "".join(" " if unicodedata.category(char) in _HIDDEN else char for char in plain)
    plain = " ".join(plain.split())
    return plain if len(plain) <= limit else plain[: limit - 1] + "…"


def plural(count: int, one: str) -> str:
    """The number and its noun."""
    return f"{count:,} {one}{'' if count == 1 else 's'}"
