"""Text from outside, made fit to be shown: no control characters, no terminal escapes, bounded."""

from __future__ import annotations

import unicodedata

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def one_line(text: object, limit: int) -> str:
    """`text` on one line of at most `limit` characters, without control characters."""
    if not isinstance(text, str):
        return ""
    plain = "".join(
        " " if unicodedata.category(char) in _HIDDEN else char for char in text[: 4 * limit]
    )
    plain = " ".join(plain.split())
    return plain if len(plain) <= limit else plain[: limit - 1] + "…"
