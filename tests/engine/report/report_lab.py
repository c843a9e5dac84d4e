"""Records of the small day, made without grading anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mini_course import MAX_SCORE, POINTS, STEM, Mini

from autograder.grading import records
from autograder.grading.records import ExerciseResult, Fingerprint, Outcome, Record, points_for
from autograder.report.gather import Material

# Name, sentence and weight of each hidden test, as in the small course.
TESTS = {
    "scale": (
        ("TestScale::test_matrix", "Every entry of a matrix is multiplied by the factor.", 3.0),
        ("TestScale::test_factor[0]", "A factor of zero or below is a factor too.", 1.0),
        ("TestScale::test_factor[-3]", "A factor of zero or below is a factor too.", 1.0),
    ),
    "row_means": (
        ("TestRowMeans::test_oblong", "One mean for each row.", 2.0),
        ("TestRowMeans::test_input_stays", "The rows are only read.", 1.0),
    ),
}
STUB = "{} raised NotImplementedError\n  code cell 3, line 4: raise NotImplementedError()"
WRONG = "`result` has shape ({}, 7), and should have (7,)"
PRINT = Fingerprint("n", "t", "r", "l", "e")


def result(exercise: str, failed: Mapping[int, str], seconds: float = 0.01) -> ExerciseResult:
    """One exercise, all right but for the tests at these places, which give these messages."""
    tests = [
        Outcome(
            name, sentence, "FAIL" if at in failed else "PASS", failed.get(at, ""), seconds, weight
        )
        for at, (name, sentence, weight) in enumerate(TESTS[exercise])
    ]
    return ExerciseResult(points_for(tests, POINTS[exercise]), POINTS[exercise], tests)


def record(
    student: str,
    scale: Mapping[int, str] | None = None,
    row_means: Mapping[int, str] | None = None,
    *,
    day: str = STEM,
    **facts: Any,
) -> Record:
    """A graded submission: what failed in which exercise, by the test's place."""
    exercises = {
        "scale": result("scale", scale or {}),
        "row_means": result("row_means", row_means or {}),
    }
    score = round(sum(one.points for one in exercises.values()), 2)
    given = {"exercises": exercises, "score": score, "status": "graded", "seconds": 0.1} | facts
    return Record(
        student=student, day=day, max_score=MAX_SCORE, jailed=given.pop("jailed", True), seed=1,
        fingerprint=given.pop("fingerprint", PRINT), **given,
    )  # fmt: skip


def not_begun(exercise: str) -> dict[int, str]:
    return {at: STUB.format(exercise) for at in range(len(TESTS[exercise]))}


def keep(mini: Mini, *made: Record) -> None:
    """Put the records where `dl30 grade` puts them."""
    records.write(mini.course.records / STEM, *made)


def material(mini: Mini, made: Iterable[Record]) -> Material:
    return Material(mini.day, tuple(made), (), ())
