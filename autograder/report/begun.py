"""Who began an exercise, who is stuck before it, and which tests say something of a student."""

from __future__ import annotations

import re

from autograder.grading.records import ExerciseResult

_MISSING = re.compile(r"[\w.]+ is not defined in the notebook")
_NOT_TRIED = re.compile(r"[\w.]+ was not tried, for want of [^:]+? from your ([\w.]+): ")
_NOT_RUN = re.compile(
    r"the notebook used up its \S+ s, so this was not run"
    r"|the notebook's process had to be ended too often, so nothing more of it is run"
)


def behind(message: str) -> str | None:
    """Which function of the student's kept a test from trying what it is about.

    Nothing where it cannot be named, None where the test did try. Every hidden test that needs an
    earlier function first says "A was not tried, for want of C from your B: ...".
    """
    if found := _NOT_TRIED.match(message):
        return found.group(1)
    return "" if _NOT_RUN.match(message) else None


def is_begun(result: ExerciseResult) -> bool:
    """Whether a test found something of it: not when every test ends in the stub, finds nothing,
    or could not try it."""
    return any(
        test.verdict != "FAIL" or not (_is_stub(test.message) or behind(test.message) is not None)
        for test in result.tests
    )


def stuck_behind(result: ExerciseResult) -> str | None:
    """What an exercise waits for that no test could try, as `behind`; None where one could, and
    where its own stub was reached."""
    if is_begun(result):
        return None
    causes = [behind(test.message) for test in result.tests]
    named = [cause for cause in causes if cause is not None]
    return max(named) if named and len(named) == len(causes) else None


def _is_stub(message: str) -> bool:
    first = message.partition("\n")[0]
    return "raised NotImplementedError" in first or bool(_MISSING.fullmatch(first))
