"""The figures of one day: what the page shows and `--json` prints."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from autograder.grading.records import Record
from autograder.report import items, lessons, messages
from autograder.report.book import Book
from autograder.report.gather import Material, missing
from autograder.report.grid import Array, Grid, make_grid, same_tests
from autograder.report.items import Item
from autograder.report.lessons import Lesson
from autograder.report.messages import Common
from autograder.report.timing import Timing, timing
from autograder.text import one_line

BINS = 10
_REPAIR = re.compile(r'^cell "[^"]*" (was missing|stood \d+ times|was changed)')


@dataclass(frozen=True)
class Scores:
    """Of the submissions that were graded. `bins` counts scores in ten equal steps up to the most;
    full scores stand in the last one. `spread` is between the quartiles."""

    count: int
    most: float
    mean: float
    median: float
    lower: float
    upper: float
    full: int
    zero: int
    bins: tuple[int, ...]

    @property
    def spread(self) -> float:
        return self.upper - self.lower


@dataclass(frozen=True)
class ExerciseFigures:
    """One exercise: how many began it, have all of it, nothing of it though begun; mean share.

    `stuck` counts those whom no test of it reached, by the function of an earlier exercise that
    they are stuck behind; its name is empty where it cannot be told."""

    name: str
    max_points: float
    mean_share: float
    begun: int
    full: int
    nothing: int
    not_begun: int
    stuck: tuple[tuple[str, int], ...]
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Row:
    """One student's line. `points` are by exercise, None where it was not begun or not reached."""

    student: str
    score: float
    points: tuple[float | None, ...]
    late: float
    notes: int


@dataclass(frozen=True)
class Care:
    """What somebody has to see to, with names. `late` is by seconds, latest first; `broken` says
    for each hidden test what it raised and on whom, `repairs` counts students by what was put
    right."""

    broken: tuple[tuple[str, str, tuple[str, ...]], ...]
    lost: tuple[tuple[str, str], ...]
    unreadable: tuple[tuple[str, str], ...]
    torn: tuple[str, ...]
    gone: tuple[str, ...]
    other_tests: tuple[str, ...]
    unjailed: tuple[str, ...]
    late: tuple[tuple[str, float, float], ...]
    missing: tuple[str, ...]
    repairs: tuple[tuple[str, tuple[str, ...]], ...]
    cell_errors: tuple[str, ...]


@dataclass(frozen=True)
class Written:
    """Marks by hand: of how many students they are given, or waited for, or put in the place of
    the autograder's; the mean of what was given."""

    marked: int
    waiting: int
    changed: int
    mean: float | None


@dataclass(frozen=True)
class DayFigures:
    """All figures of a day. `known` counts the gradebook's students, 0 where it has none."""

    stem: str
    title: str
    number: int
    submissions: int
    known: int
    scores: Scores | None
    lessons: tuple[Lesson, ...]
    exercises: tuple[ExerciseFigures, ...]
    together: tuple[tuple[Item, ...], ...]
    messages: tuple[Common, ...]
    rows: tuple[Row, ...]
    care: Care
    written: Written
    timing: Timing
    due: str

    @property
    def items(self) -> list[Item]:
        return [item for exercise in self.exercises for item in exercise.items]

    @property
    def telling(self) -> list[Item]:
        """Of each exercise the test that tells strong from weak best, the best of these first."""
        best: dict[str, Item] = {}
        for item in items.by_discrimination(self.items):
            best.setdefault(item.exercise, item)
        return [*best.values()][:3]


def figures(material: Material, book: Book) -> DayFigures:
    """All figures of a day; what hidden tests say is of submissions graded with the same ones."""
    day, records = material.day, material.records
    graded = [record for record in records if record.status == "graded"]
    same, other = same_tests(graded)
    grid = make_grid(same, material.untouched) if same else None
    found = items.analyse(grid) if grid else []
    together = items.falling_together(grid) if grid else []
    due = book.due.get(day.stem)
    return DayFigures(
        stem=day.stem,
        title=day.title,
        number=day.number,
        submissions=len(records),
        known=len(book.students),
        scores=score_figures(graded),
        lessons=tuple(lessons.lessons(grid, found) if grid else ()),
        exercises=tuple(_exercises(grid, found) if grid else ()),
        together=tuple(tuple(found[index] for index in group) for group in together),
        messages=tuple(messages.common(same, material.untouched)),
        rows=tuple(_rows(grid, book, day.stem) if grid else ()),
        care=_care(material, other, book),
        written=_written(book, day.stem),
        timing=timing(records),
        due=f"{due:%Y-%m-%d %H:%M} UTC" if due else "",
    )


def score_figures(graded: Sequence[Record]) -> Scores | None:
    """None where nothing is graded."""
    if not graded:
        return None
    scores: Array = np.array([record.score or 0.0 for record in graded])
    most = max(record.max_score for record in graded)
    counts, _ = np.histogram(scores, bins=BINS, range=(0.0, most or 1.0))
    lower, median, upper = np.quantile(scores, [0.25, 0.5, 0.75]).tolist()
    return Scores(
        count=len(scores),
        most=most,
        mean=float(scores.mean()),
        median=median,
        lower=lower,
        upper=upper,
        full=sum((record.score or 0.0) >= record.max_score for record in graded),
        zero=int((scores <= 0).sum()),
        bins=tuple(counts.tolist()),
    )


def _exercises(grid: Grid, found: Sequence[Item]) -> list[ExerciseFigures]:
    made = []
    for column, name in enumerate(grid.exercises):
        points, begun, most = grid.points[:, column], grid.begun[:, column], grid.max_points[column]
        made.append(
            ExerciseFigures(
                name=name,
                max_points=most,
                mean_share=float(points.mean() / most) if most else 1.0,
                begun=int(begun.sum()),
                full=int((begun & (points >= most)).sum()),
                nothing=int((begun & (points <= 0)).sum()),
                not_begun=len(begun) - int(begun.sum()) - grid.stuck[name].total(),
                stuck=tuple(grid.stuck[name].most_common()),
                items=tuple(found[index] for index in grid.tests_of(name)),
            )
        )
    return made


def _rows(grid: Grid, book: Book, stem: str) -> list[Row]:
    entries = book.entries.get(stem, {})
    rows = []
    for index, record in enumerate(grid.records):
        points = [
            float(value) if begun else None
            for value, begun in zip(grid.points[index], grid.begun[index], strict=True)
        ]
        late = entries[record.student].late if record.student in entries else 0.0
        rows.append(
            Row(record.student, record.score or 0.0, tuple(points), late, len(record.notes))
        )
    return rows


def _care(material: Material, other: Sequence[Record], book: Book) -> Care:
    records = material.records
    entries = book.entries.get(material.day.stem, {})
    late = [(student, entry.late, entry.penalty) for student, entry in entries.items()]
    return Care(
        broken=tuple(_broken(records)),
        lost=tuple((r.student, r.problem) for r in _of(records, "broken") if not r.broken),
        unreadable=tuple((r.student, r.problem) for r in _of(records, "unreadable")),
        torn=material.torn,
        gone=material.gone,
        other_tests=tuple(record.student for record in other),
        unjailed=tuple(record.student for record in records if not record.jailed),
        late=tuple(sorted((one for one in late if one[1] > 0), key=lambda one: -one[1])),
        missing=tuple(missing(book, records, material.day.stem)),
        repairs=tuple(_repairs(records)),
        cell_errors=tuple(
            r.student for r in records if any(note.startswith("code cell ") for note in r.notes)
        ),
    )


def _of(records: Sequence[Record], status: str) -> list[Record]:
    return [record for record in records if record.status == status]


def _broken(records: Sequence[Record]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Test, what kind of error it raised, and on whom. The error's own words may hold what the
    test expects, and stay out."""
    said: dict[str, str] = {}
    on: dict[str, list[str]] = {}
    for record in records:
        for name, text in record.broken.items():
            last = (text.strip().splitlines() or [""])[-1]
            said.setdefault(name, one_line(last.partition(":")[0], 80))
            on.setdefault(name, []).append(record.student)
    return [(name, text, tuple(on[name])) for name, text in said.items()]


_WORDS = {
    "was missing": "deleted a given cell",
    "stood": "duplicated a given cell",
    "was changed": "wrote into a given cell",
}


def _repairs(records: Sequence[Record]) -> list[tuple[str, tuple[str, ...]]]:
    who: dict[str, list[str]] = {}
    for record in records:
        found = {kind for note in record.notes if (kind := _repair(note))}
        for kind in found:
            who.setdefault(kind, []).append(record.student)
    counts = Counter({kind: len(students) for kind, students in who.items()})
    return [(kind, tuple(who[kind])) for kind, _ in counts.most_common()]


def _repair(note: str) -> str:
    if found := _REPAIR.match(note):
        return next(words for start, words in _WORDS.items() if found.group(1).startswith(start))
    return "changed order or marks of cells" if "put back" in note or "taken off" in note else ""


def _written(book: Book, stem: str) -> Written:
    entries = list(book.entries.get(stem, {}).values())
    given = [entry.written for entry in entries if entry.marked and not entry.waiting]
    return Written(
        marked=len(given),
        waiting=sum(entry.waiting > 0 for entry in entries),
        changed=sum(entry.changed > 0 for entry in entries),
        mean=sum(given) / len(given) if given else None,
    )
