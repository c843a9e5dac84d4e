"""Regrading a day whose hidden tests were changed: first what would come of it, then the writing.

Records are made in `records/.regrade/DAY`, so an interrupted run goes on where it was, and nothing
that counts is touched before somebody has seen the changes.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.course import Course, Day
from autograder.errors import Dl30Error
from autograder.grading import grade, records
from autograder.grading.grade import Options, Plan, records_folder
from autograder.grading.kit import Kit
from autograder.grading.records import ExerciseResult, Record

NONE = ""  # the verdict of a test that there was not, or is not any more


@dataclass(frozen=True)
class Change:
    """What regrading does to one student. Scores are of hidden tests, None for none; exercises and
    tests are those that differ, with before and after."""

    student: str
    before: float | None
    after: float | None
    exercises: Mapping[str, tuple[float | None, float | None]]
    tests: Mapping[str, tuple[str, str]]

    @property
    def by(self) -> float | None:
        if self.before is None or self.after is None:
            return None
        return round(self.after - self.before, 2)

    @property
    def flipped(self) -> bool:
        """Whether a test that was there before and is there now has another verdict."""
        return any(NONE not in pair for pair in self.tests.values())


@dataclass(frozen=True)
class Preview:
    """What would be written, in brief: `made` anew, and `kept` because it is current. `same` are
    students whose feedback would read the same."""

    kit: Kit
    made: tuple[Record, ...]
    kept: tuple[Record, ...]
    changes: tuple[Change, ...]
    same: frozenset[str]
    mean_change: float

    @property
    def adopted(self) -> list[Record]:
        """What is a result; where a hidden test was broken the older result stays."""
        return [record for record in self.made if record.status != "broken"]

    @property
    def down(self) -> list[Change]:
        return [change for change in self.changes if (change.by or 0.0) < 0]


def stage(course: Course, day: Day) -> Path:
    return course.records / ".regrade" / day.stem


def plan(course: Course, day: Day, options: Options) -> tuple[Plan, Plan, Options]:
    """What is current and what is not; of the latter, what was regraded before and what is still to
    be; and the options to carry that out with."""
    whole = grade.plan(course, day, options)
    staged = replace(options, records=stage(course, day), force=False)
    if not whole.jobs:
        return whole, Plan(whole.kit, (), ()), staged
    names = [job.student for job in whole.jobs]
    return whole, grade.plan(course, day, replace(staged, students=names)), staged


def preview(whole: Plan, made: Sequence[Record]) -> Preview:
    """Compare what was made with the records that count now."""
    kit = whole.kit
    folder = records_folder(kit.course, kit.day)
    results = [record for record in made if record.status != "broken"]
    changes, same = [], set()
    for new in records.each(stage(kit.course, kit.day), [record.student for record in results]):
        old = records.read(folder, new.student)
        if change := _change(old, new):
            changes.append(change)
        if _reads_the_same(old, new):
            same.add(new.student)
    scored = [record for record in (*whole.current, *results) if record.score is not None]
    total = sum(change.by or 0.0 for change in changes)
    return Preview(
        kit,
        tuple(made),
        whole.current,
        tuple(changes),
        frozenset(same),
        round(total / len(scored), 2) if scored else 0.0,
    )


def _change(old: Record | None, new: Record) -> Change | None:
    exercises = {}
    tests: dict[str, tuple[str, str]] = {}
    for name in dict.fromkeys([*new.exercises, *(old.exercises if old else {})]):
        one, other = old.exercises.get(name) if old else None, new.exercises.get(name)
        points = one.points if one else None, other.points if other else None
        if points[0] != points[1]:
            exercises[name] = points
        tests |= _flips(one, other) if old else {}
    found = Change(new.student, old.score if old else None, new.score, exercises, tests)
    return found if exercises or tests or found.before != found.after else None


def _flips(one: ExerciseResult | None, other: ExerciseResult | None) -> dict[str, tuple[str, str]]:
    before = {test.name: test.verdict for test in one.tests} if one else {}
    after = {test.name: test.verdict for test in other.tests} if other else {}
    names = dict.fromkeys([*after, *before])
    flips = {name: (before.get(name, NONE), after.get(name, NONE)) for name in names}
    return {name: pair for name, pair in flips.items() if pair[0] != pair[1]}


def _reads_the_same(old: Record | None, new: Record) -> bool:
    return old is not None and _read(old) == _read(new)


def _read(record: Record) -> object:
    return {
        name: (
            result.points,
            result.max_points,
            [(test.verdict, test.sentence, test.message) for test in result.tests],
        )
        for name, result in record.exercises.items()
    }


def adopt(found: Preview) -> None:
    """Put the records that were made in the place of the older ones, each in one step.

    Dl30Error where that cannot be done; the same command goes on from there.
    """
    kit = found.kit
    source, target = stage(kit.course, kit.day), records_folder(kit.course, kit.day)
    try:
        target.mkdir(parents=True, exist_ok=True)
        for record in found.adopted:
            os.replace(source / f"{record.student}.json", target / f"{record.student}.json")
    except OSError as error:
        todo = "give rights or make room, and run the same command again"
        raise Dl30Error(f"cannot be written: {error.strerror}", where=target, todo=todo) from None
    with contextlib.suppress(OSError):
        source.rmdir()


def with_feedback(kit: Kit, students: Sequence[str]) -> list[str]:
    """Those of the students who have a page of feedback now."""
    return [name for name in students if (kit.course.feedback / name / kit.day.stem).exists()]
