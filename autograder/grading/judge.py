"""Turns one submission and a day's collected hidden tests into verdicts."""

from __future__ import annotations

import hashlib
import time
import traceback
import types
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from autograder.grading.records import ExerciseResult, Outcome, Verdict, points_for
from autograder.grading.rules import violation
from autograder.grading.running import Phase, phases_of
from autograder.sandbox.proxy import StudentFailure
from autograder.sandbox.student import Cell, Student
from autograder.text import one_line

if TYPE_CHECKING:
    from autograder.course import Exercise

UNEXPLAINED = "the result is not what the sentence above asks for"
MESSAGE_LINES = 8


@dataclass
class Submission:
    """What the tests are being run on now."""

    student: Student
    cells: Sequence[Cell]
    seed: int
    breaches: dict[str, str] = field(default_factory=dict)


@dataclass
class Bench:
    """The place where fixtures find the submission, and reports leave what they saw."""

    exercises: dict[str, Exercise]
    submission: Submission | None = None
    broken: dict[str, str] = field(default_factory=dict)

    def enter(self, item: pytest.Item) -> Student:
        """The student proxy for one test, seeded, with the exercise's rules in force."""
        submission = self.submission
        if submission is None:
            raise RuntimeError("a hidden test ran without a submission")
        name, forbids = exercise_of(item)
        if breach := self._breach(submission, name, forbids):
            raise StudentFailure(breach)
        submission.student.begin_test(seed_for(submission.seed, name_of(item)), forbids)
        return submission.student

    def rng(self, item: pytest.Item) -> np.random.Generator:
        """A generator for one test, seeded by the submission and the test."""
        assert self.submission is not None
        return np.random.default_rng(seed_for(self.submission.seed, name_of(item)))

    def _breach(self, submission: Submission, name: str, forbids: tuple[str, ...]) -> str:
        """Looked for once for each exercise and submission: it means parsing the notebook."""
        if name not in submission.breaches:
            functions = self.exercises[name].functions if name in self.exercises else ()
            submission.breaches[name] = violation(submission.cells, functions, forbids)
        return submission.breaches[name]


@lru_cache(maxsize=4096)
def exercise_of(item: pytest.Item) -> tuple[str, tuple[str, ...]]:
    """The exercise that a test judges and the names it forbids; empty where it is not marked."""
    mark = item.get_closest_marker("exercise")
    if mark is None:
        return "", ()
    return str(mark.args[0]), tuple(mark.kwargs.get("forbids", ()))


@lru_cache(maxsize=4096)
def weight_of(item: pytest.Item) -> float:
    mark = item.get_closest_marker("weight")
    return float(mark.args[0]) if mark else 1.0


@lru_cache(maxsize=4096)
def sentence_of(item: pytest.Item) -> str:
    """The test's docstring on one line."""
    return one_line(getattr(getattr(item, "obj", None), "__doc__", "") or "", 400)


@lru_cache(maxsize=4096)
def name_of(item: pytest.Item) -> str:
    """The test's name within its file, as `Class::method[parameter]`."""
    return item.nodeid.split("::", 1)[-1]


def seed_for(seed: int, name: str) -> int:
    """The seed of one test's generators, from the submission's seed and the test's name."""
    data = f"{seed}:{name}".encode()
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big")


def verdict_of(error: BaseException | None) -> tuple[Verdict, str]:
    """Whose fault: none, the student's (an assertion), or ours (anything else)."""
    if error is None:
        return "PASS", ""
    if isinstance(error, StudentFailure):
        return "FAIL", _student_text(error)
    if isinstance(error, AssertionError):
        return "FAIL", UNEXPLAINED
    return "BROKEN", "this test could not be judged; your teacher has been told"


def _student_text(error: StudentFailure) -> str:
    lines = str(error).split("\n")[:MESSAGE_LINES]
    indents = ("  " if line.startswith("  ") else "" for line in lines)
    return "\n".join(
        indent + one_line(line, 500) for indent, line in zip(indents, lines, strict=True)
    )


def judge(
    items: Sequence[pytest.Item], bench: Bench, *, brief: bool = False
) -> dict[str, ExerciseResult]:
    """Run every hidden test on the bench's submission; BROKEN ones leave a traceback there.

    With `brief` no test is run after the first FAIL.
    """
    results: dict[str, list[Outcome]] = {name: [] for name in bench.exercises}
    bench.broken.clear()
    for item, following in zip(items, [*items[1:], None], strict=True):
        name, _ = exercise_of(item)
        outcome = _run(item, None if brief else following, bench)
        results[name].append(outcome)
        if brief and outcome.verdict == "FAIL":
            break
    return {
        name: ExerciseResult(
            points_for(tests, bench.exercises[name].points), bench.exercises[name].points, tests
        )
        for name, tests in results.items()
    }


def _run(item: pytest.Item, following: pytest.Item | None, bench: Bench) -> Outcome:
    begin = time.perf_counter()
    student = bench.submission.student if bench.submission else None
    riddles, blame = (student.riddles, student.blame()) if student else (0, ({}, set()))
    phases = _phases(item, following, bench)
    if student and student.riddles > riddles:
        # A worker was killed from outside, which is no verdict: once more, as if nothing had been.
        student.forget(blame)
        phases = _phases(item, following, bench)
    seconds = round(time.perf_counter() - begin, 4)
    verdict, message, error = _worst(phases)
    if verdict == "BROKEN":
        bench.broken[name_of(item)] = details_of(error) if error else "the test gave no report"
    return Outcome(name_of(item), sentence_of(item), verdict, message, seconds, weight_of(item))


def _phases(item: pytest.Item, following: pytest.Item | None, bench: Bench) -> list[Phase]:
    _forget_last_run(item)
    return phases_of(item, following, {"student": bench.enter, "rng": bench.rng})


def _forget_last_run(item: pytest.Item) -> None:
    """pytest makes a test's object once; what one submission left on it is not for the next."""
    for name in ("_instance", "_obj"):
        vars(item).pop(name, None)


def _worst(phases: Iterable[Phase]) -> tuple[Verdict, str, BaseException | None]:
    """PASS needs a call that ended well: a lost or a skipped one is never a pass."""
    found = {phase.when: (*verdict_of(phase.error), phase.error) for phase in phases}
    for wanted in ("BROKEN", "FAIL"):
        for verdict, message, error in found.values():
            if verdict == wanted:
                return verdict, message, error
    return found["call"] if "call" in found else (*verdict_of(RuntimeError("no report")), None)


def details_of(error: BaseException) -> str:
    """Where in the hidden tests it went wrong, for the instructor."""
    step = error.__traceback__
    while step is not None and step.tb_next is not None and _is_machinery(step):
        step = step.tb_next
    return "".join(traceback.format_exception(type(error), error, step))[-4000:]


def _is_machinery(step: types.TracebackType) -> bool:
    return step.tb_frame.f_globals.get("__name__", "").split(".")[0] in ("_pytest", "pluggy")
