"""The figures of the whole course: days side by side, and who falls behind."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from autograder.grading.records import Record
from autograder.report import items
from autograder.report.book import Book
from autograder.report.day import Scores, score_figures
from autograder.report.gather import Material
from autograder.report.grid import Grid, make_grid, same_tests
from autograder.report.items import Item

# A student falls behind who handed in nothing on the last MISSED days, or whose mean of the last
# RECENT days stands DROP further below the class's medians than on the days before.
MISSED = 2
RECENT = 2
MIN_DAYS = 4
DROP = 0.2
HARDEST = 10


@dataclass(frozen=True)
class DayRow:
    """One day in a line. `late` is None where the gradebook knows no due date."""

    stem: str
    number: int
    title: str
    submissions: int
    scores: Scores | None
    late: int | None
    broken: int
    unreadable: int


@dataclass(frozen=True)
class Hard:
    """An exercise: its day, the share of its points that those got who began it, of the tests that
    reached them; and the share of submissions that began it."""

    number: int
    name: str
    mean_share: float
    begun: float


@dataclass(frozen=True)
class Student:
    """Shares of the points, day by day, None where nothing was graded; `handed_in` counts days.
    `behind` says in words why the student falls behind, or nothing."""

    name: str
    shares: tuple[float | None, ...]
    handed_in: int
    behind: str

    @property
    def mean(self) -> float | None:
        known = [share for share in self.shares if share is not None]
        return sum(known) / len(known) if known else None


@dataclass(frozen=True)
class CourseFigures:
    days: tuple[DayRow, ...]
    exercises: tuple[Hard, ...]
    tests: tuple[tuple[int, Item], ...]
    students: tuple[Student, ...]
    known: int

    @property
    def behind(self) -> list[Student]:
        """Who falls behind, and has handed in something: who has most to lose first."""
        found = [student for student in self.students if student.behind and student.handed_in]
        return sorted(found, key=lambda student: -(student.mean or 0.0))

    @property
    def never(self) -> list[str]:
        """Who is known and has handed in nothing on any day."""
        return [student.name for student in self.students if not student.handed_in]


def course_figures(materials: Sequence[Material], book: Book) -> CourseFigures:
    """Of at least one day with records."""
    shares = [_shares(material.records) for material in materials]
    there = [{record.student for record in material.records} for material in materials]
    medians = [statistics.median(day.values()) if day else 0.0 for day in shares]
    names = sorted(set().union(*there, book.students))
    exercises, tests = _hardest(materials)
    return CourseFigures(
        days=tuple(_row(material, book) for material in materials),
        exercises=tuple(exercises),
        tests=tuple(tests),
        students=tuple(_student(name, shares, there, medians) for name in names),
        known=len(book.students),
    )


def _shares(records: Sequence[Record]) -> dict[str, float]:
    graded = [record for record in records if record.score is not None and record.max_score]
    return {record.student: (record.score or 0.0) / record.max_score for record in graded}


def _row(material: Material, book: Book) -> DayRow:
    day, records = material.day, material.records
    entries = book.entries.get(day.stem, {})
    due = book.due.get(day.stem)
    return DayRow(
        stem=day.stem,
        number=day.number,
        title=day.title,
        submissions=len(records),
        scores=score_figures([record for record in records if record.status == "graded"]),
        late=None if due is None else sum(entry.late > 0 for entry in entries.values()),
        broken=sum(record.status == "broken" for record in records),
        unreadable=sum(record.status == "unreadable" for record in records),
    )


def _student(
    name: str,
    days: Sequence[Mapping[str, float]],
    there: Sequence[set[str]],
    medians: Sequence[float],
) -> Student:
    shares = tuple(day.get(name) for day in days)
    handed_in = [name in students for students in there]
    return Student(name, shares, sum(handed_in), falls_behind(shares, handed_in, medians))


def falls_behind(
    shares: Sequence[float | None], handed_in: Sequence[bool], medians: Sequence[float]
) -> str:
    """Why, in words; empty for who does not.

    All are by day: shares 0 to 1, whether anything was handed in, the class's medians. What was
    handed in and has no score, because a test broke, is not held against anybody.
    """
    if len(shares) > MISSED and not any(handed_in[-MISSED:]):
        return f"nothing on the last {MISSED} days"
    apart = [
        share - median for share, median in zip(shares, medians, strict=True) if share is not None
    ]
    if len(apart) < MIN_DAYS:
        return ""
    fallen = statistics.fmean(apart[:-RECENT]) - statistics.fmean(apart[-RECENT:])
    if fallen < DROP:
        return ""
    return f"{100 * fallen:.0f} points of 100 lower against the class than before"


def _share_of(grid: Grid, exercise: str) -> float | None:
    """What those who began it got of the points of the tests that reached them."""
    places = grid.tests_of(exercise)
    worth = np.array([grid.tests[place].points for place in places])
    tried = grid.tried[:, places]
    could = float((tried @ worth).sum())
    return float(((tried & grid.passed[:, places]) @ worth).sum()) / could if could else None


def _hardest(materials: Sequence[Material]) -> tuple[list[Hard], list[tuple[int, Item]]]:
    exercises, tests = [], []
    for material in materials:
        same, _ = same_tests([record for record in material.records if record.status == "graded"])
        if not same:
            continue
        grid, number = make_grid(same, material.untouched), material.day.number
        for column, name in enumerate(grid.exercises):
            mean = _share_of(grid, name)
            if mean is not None and mean < 1:
                exercises.append(Hard(number, name, mean, float(grid.begun[:, column].mean())))
        tests += [(number, item) for item in items.analyse(grid) if item.tried]
    exercises.sort(key=lambda hard: hard.mean_share)
    tests.sort(key=lambda pair: pair[1].share or 0.0)
    return exercises[:HARDEST], [pair for pair in tests if pair[1].share != 1.0][:HARDEST]
