"""What students read most often: messages that differ in numbers, shapes and names are one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from autograder.grading.records import Record
from autograder.report.begun import behind, is_begun
from autograder.text import one_line

SHOWN = 240  # characters of an example
# Says only that an earlier message of the same student stands.
_ECHO = re.compile(r"was stopped in earlier tests|had to be ended too often")
_PATTERNS = (
    (re.compile(r"'[^']*'|\"[^\"]*\""), "'…'"),
    (re.compile(r"[(\[][-\d., \t]*\d[-\d., \t]*[)\]]"), "(…)"),
    (re.compile(r"(?<![\w`])[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?"), "#"),
)


@dataclass(frozen=True)
class Common:
    """A kind of message in one exercise: the wording that was read most often, in how many
    wordings it came, in how many tests, and who read it."""

    exercise: str
    example: str
    wordings: int
    tests: int
    students: tuple[str, ...]


@lru_cache(maxsize=65536)
def kind_of(message: str) -> str:
    """The first line without what is one student's own: numbers, shapes, quoted names."""
    text = one_line(message.partition("\n")[0], 500)
    for pattern, put in _PATTERNS:
        text = pattern.sub(put, text)
    return text


def example_of(messages: Iterable[str]) -> str:
    """The first line that was read most often."""
    counts = Counter(message.partition("\n")[0] for message in messages)
    return one_line(counts.most_common(1)[0][0], SHOWN) if counts else ""


def failures(
    record: Record, untouched: Collection[tuple[str, str]] = ()
) -> Iterator[tuple[str, str, str]]:
    """Exercise, test and message of each test that tried an exercise that was begun, and failed."""
    for exercise, result in record.exercises.items():
        if is_begun(result) and (record.student, exercise) not in untouched:
            for test in result.tests:
                said = not _ECHO.search(test.message) and behind(test.message) is None
                if test.verdict == "FAIL" and said:
                    yield exercise, test.name, test.message


def common(records: Sequence[Record], untouched: Collection[tuple[str, str]] = ()) -> list[Common]:
    """Every kind of message in each exercise, what most students read first."""
    found: dict[tuple[str, str], list[tuple[str, str, str]]] = defaultdict(list)
    for record in records:
        for exercise, test, message in failures(record, untouched):
            found[exercise, kind_of(message)].append((record.student, test, message))
    kinds = [
        Common(
            exercise=exercise,
            example=example_of(message for _, _, message in read),
            wordings=len({message.partition("\n")[0] for _, _, message in read}),
            tests=len({test for _, test, _ in read}),
            students=tuple(dict.fromkeys(student for student, _, _ in read)),
        )
        for (exercise, _), read in found.items()
    ]
    return sorted(kinds, key=lambda kind: (-len(kind.students), kind.exercise, kind.example))


def most_read(records: Sequence[Record], exercise: str, test: str) -> tuple[str, int]:
    """The kind of message that most of these students read of a test: its example, and by how many;
    nothing where no message says more than that an earlier one stands."""
    read: dict[str, list[str]] = defaultdict(list)
    for record in records:
        for outcome in record.exercises[exercise].tests:
            if outcome.name == test and outcome.message and not _ECHO.search(outcome.message):
                read[kind_of(outcome.message)].append(outcome.message)
    most = max(read.values(), key=len, default=[])
    return example_of(most), len(most)
