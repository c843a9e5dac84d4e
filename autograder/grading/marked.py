"""Marks that a person gave: whether they still hold after a submission was graded again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec


def holds(auto: float | None, was: float | None, *, waits: bool, same: bool) -> bool:
    """Whether a mark by hand needs no second look.

    It was given for an answer, which is the `same` now, and over the grader's own score, which was
    `was` and is `auto`. A mark that `waits` to be confirmed goes on waiting.
    """
    return same and not waits and auto == was


def unchanged(before: bytes, now: bytes) -> frozenset[str]:
    """The graded cells whose answer reads the same in two autograded notebooks, as they lie on the
    disk; none where `before` is no notebook."""
    try:
        old, new = (_answers(msgspec.json.decode(raw)["cells"]) for raw in (before, now))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return frozenset()
    return frozenset(name for name, answer in new.items() if answer and answer == old.get(name))


def _answers(cells: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """By graded cell, what was marked there: a written answer is the cell itself, an exercise's
    answer are the cells before it that are the student's to fill in."""
    found: dict[str, list[Any]] = {}
    open_ones: list[Any] = []
    for cell in cells:
        given = cell["metadata"].get("nbgrader", {})
        if given.get("solution"):
            open_ones.append((cell["source"], cell.get("attachments")))
        if given.get("grade"):
            found[given["grade_id"]] = open_ones[-1:] if given.get("solution") else open_ones
            open_ones = []
    return found
