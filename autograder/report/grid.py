"""Records as arrays: who passed which hidden test, and who began which exercise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from autograder.grading.records import ExerciseResult, Record
from autograder.report.begun import behind, is_begun, stuck_behind

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Test:
    """One hidden test. `points` is what it is worth: its weight's part of its exercise's points."""

    exercise: str
    name: str
    sentence: str
    points: float


@dataclass(frozen=True)
class Grid:
    """Submissions that were graded with the same hidden tests, in the order of their students.

    `passed` and `reached` are (submissions, tests), `begun` and `points` (submissions, exercises).
    A test is not reached that could not try its exercise. `stuck` counts, by exercise, those whom
    no test of it reached, by the function that they are stuck behind, or nothing.
    """

    records: tuple[Record, ...]
    tests: tuple[Test, ...]
    exercises: tuple[str, ...]
    max_points: tuple[float, ...]
    passed: Array
    reached: Array
    begun: Array
    points: Array
    stuck: Mapping[str, Counter[str]]

    @property
    def students(self) -> list[str]:
        return [record.student for record in self.records]

    @cached_property
    def column(self) -> dict[str, int]:
        """Which column of `begun` and `points` is an exercise's."""
        return {name: index for index, name in enumerate(self.exercises)}

    @cached_property
    def tried(self) -> Array:
        """(submissions, tests): whether the exercise was begun, and the test reached it."""
        columns = [self.column[test.exercise] for test in self.tests]
        found: Array = self.begun[:, columns] & self.reached
        return found

    def tests_of(self, exercise: str) -> list[int]:
        return [index for index, test in enumerate(self.tests) if test.exercise == exercise]


def same_tests(graded: Sequence[Record]) -> tuple[list[Record], list[Record]]:
    """Records of the hidden tests that most were graded with, and those of other tests."""
    if not graded:
        return [], []
    ((common, _),) = Counter(record.fingerprint.tests for record in graded).most_common(1)
    ours = [record for record in graded if record.fingerprint.tests == common]
    return ours, [record for record in graded if record.fingerprint.tests != common]


def make_grid(records: Sequence[Record], untouched: Collection[tuple[str, str]] = ()) -> Grid:
    """Of graded records, at least one, that were made with the same hidden tests.

    `untouched` are student and exercise of stubs that are known to be left as they were.
    """
    first = records[0].exercises
    tests = [test for name, result in first.items() for test in _tests(name, result)]
    columns = {(test.exercise, test.name): index for index, test in enumerate(tests)}
    passed = np.zeros((len(records), len(tests)), dtype=bool)
    reached = np.ones_like(passed)
    stuck: dict[str, Counter[str]] = {name: Counter() for name in first}
    begun = np.zeros((len(records), len(first)), dtype=bool)
    points = np.zeros((len(records), len(first)))
    for row, record in enumerate(records):
        for column, name in enumerate(first):
            result = record.exercises.get(name)
            if result is None:
                continue
            points[row, column] = result.points
            if (record.student, name) not in untouched:
                begun[row, column] = is_begun(result)
                if (cause := stuck_behind(result)) is not None:
                    stuck[name][cause] += 1
            for outcome in result.tests:
                if (place := columns.get((name, outcome.name))) is not None:
                    passed[row, place] = outcome.verdict == "PASS"
                    reached[row, place] = behind(outcome.message) is None
    return Grid(
        records=tuple(records),
        tests=tuple(tests),
        exercises=tuple(first),
        max_points=tuple(result.max_points for result in first.values()),
        passed=passed,
        reached=reached,
        begun=begun,
        points=points,
        stuck=stuck,
    )


def _tests(exercise: str, result: ExerciseResult) -> list[Test]:
    whole = sum(outcome.weight for outcome in result.tests) or 1.0
    return [
        Test(exercise, test.name, test.sentence, result.max_points * test.weight / whole)
        for test in result.tests
    ]
