"""Where the time of grading went, so that endless loops are seen. Nothing of students' own time."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.grading.records import Record

SLOW = 2.0  # seconds of one test or one submission that are worth a look
MOST = 10


@dataclass(frozen=True)
class SlowTest:
    """A hidden test that took SLOW seconds or more on somebody. `median` is over all."""

    exercise: str
    name: str
    median: float
    most: float
    students: tuple[str, ...]


@dataclass(frozen=True)
class SlowSubmission:
    """`longest` is the exercise whose tests took the most, `of_it` their seconds; the rest went
    into running the notebook's cells."""

    student: str
    seconds: float
    longest: str
    of_it: float


@dataclass(frozen=True)
class Timing:
    """Seconds of wall clock: of all submissions together, of the middle one, by exercise."""

    whole: float
    median: float
    by_exercise: tuple[tuple[str, float, float], ...]
    tests: tuple[SlowTest, ...]
    submissions: tuple[SlowSubmission, ...]


def timing(records: Sequence[Record]) -> Timing:
    """Of at least one record; exercises with their median and their sum."""
    tests: dict[tuple[str, str], list[tuple[float, str]]] = defaultdict(list)
    exercises: dict[str, list[float]] = defaultdict(list)
    for record in records:
        for exercise, result in record.exercises.items():
            exercises[exercise].append(sum(test.seconds for test in result.tests))
            for test in result.tests:
                tests[exercise, test.name].append((test.seconds, record.student))
    slow = [_test(place, took) for place, took in tests.items() if max(took)[0] >= SLOW]
    by_time = sorted(records, key=lambda record: -record.seconds)[:MOST]
    return Timing(
        whole=sum(record.seconds for record in records),
        median=statistics.median(record.seconds for record in records),
        by_exercise=tuple(
            (name, statistics.median(took), sum(took)) for name, took in exercises.items()
        ),
        tests=tuple(sorted(slow, key=lambda test: -len(test.students))[:MOST]),
        submissions=tuple(_submission(record) for record in by_time if record.seconds >= SLOW),
    )


def _test(place: tuple[str, str], took: Sequence[tuple[float, str]]) -> SlowTest:
    seconds = [each for each, _ in took]
    slow = tuple(student for each, student in took if each >= SLOW)
    return SlowTest(*place, statistics.median(seconds), max(seconds), slow)


def _submission(record: Record) -> SlowSubmission:
    sums = {
        name: sum(test.seconds for test in result.tests)
        for name, result in record.exercises.items()
    }
    longest = max(sums, key=lambda name: sums[name], default="")
    return SlowSubmission(record.student, record.seconds, longest, sums.get(longest, 0.0))
