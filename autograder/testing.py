"""All that a hidden test or a file of variants imports.

The fixtures `student` and `rng` come from the pytest plugin `autograder.grading.plugin`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest

from autograder.grading.compare import assert_close, assert_equal, check, unpack
from autograder.grading.modules import copy_weights
from autograder.sandbox.proxy import StudentFailure

__all__ = [
    "StudentFailure",
    "assert_close",
    "assert_equal",
    "check",
    "copy_weights",
    "equivalent",
    "exercise",
    "right",
    "unpack",
    "weight",
    "wrong",
]

T = TypeVar("T")


def exercise(name: str, *, forbids: Sequence[str] = ()) -> pytest.MarkDecorator:
    """Mark a test class: its tests judge the exercise `name`, a graded cell's grade_id.

    `forbids` are dotted names of functions or modules that the exercise may not be solved with.
    """
    return pytest.mark.exercise(name, forbids=tuple(forbids))


def weight(value: float) -> pytest.MarkDecorator:
    """Mark a test that counts `value` times as much as others of its exercise (default 1)."""
    if not 0 <= value < float("inf"):
        raise ValueError(f"a weight is a number from 0 on, not {value}")
    return pytest.mark.weight(value)


def right(exercise: str, *, replaces: str | None = None) -> Callable[[T], T]:
    """Mark an honest alternative for `exercise`, which must get full marks.

    The marked function stands in place of the reference's function `replaces` (by default the one
    with the exercise's name); of a marked class each function stands in place of its namesake.
    `autograder.variants` reads these marks from the source; nothing marked here is ever called.
    """
    return lambda thing: thing


def wrong(exercise: str, *, replaces: str | None = None) -> Callable[[T], T]:
    """Mark a mistake that must lose points in `exercise`; otherwise as `right`."""
    return lambda thing: thing


def equivalent(function: str, before: str, after: str, *, because: str) -> None:
    """Explain a mutant that no test can kill: the reference's line, the mutated line, and why.

    `dl30 audit` lists the mutants that survive, and fails for those that nothing explains.
    `autograder.variants` reads this from the source.
    """
