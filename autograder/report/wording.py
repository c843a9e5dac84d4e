"""Figures in words, the same on the page and in a terminal."""

from __future__ import annotations


def percent(share: float | None) -> str:
    """Whole percents; nearly all is not all, and next to nothing is not nothing."""
    if share is None:
        return "–"
    shown = round(100 * share)
    if shown == 100 and share < 1:
        return "over 99 %"
    return "under 1 %" if shown == 0 and share > 0 else f"{shown} %"


def points(value: float | None) -> str:
    return "–" if value is None else f"{round(value, 2):g}"


def duration(seconds: float) -> str:
    """In the unit that says most."""
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 1.5 * size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.2g} s"


def stuck(count: int, cause: str) -> str:
    """How many no test of an exercise could try; without a name where the notebook's process had
    come to its end before."""
    if cause:
        return f"{count:,} stuck behind {cause}"
    return f"{count:,} stuck behind something earlier in the notebook"
