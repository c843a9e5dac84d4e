"""Which exercises a student left as they were given out, by the notebook itself."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder import notebook
from autograder.course import Course, Day
from autograder.errors import UnreadableNotebook
from autograder.grading.grade import submission_path
from autograder.grading.records import Record
from autograder.report.begun import is_begun, stuck_behind
from autograder.report.likeness.answers import Named, named_cells

_DEFINED = re.compile(r"^(?:async +)?(?:def|class) +(\w+)", re.MULTILINE)


@dataclass(frozen=True)
class Stubs:
    """The released notebook: by exercise its solution cells with their code, and all its code."""

    cells: Mapping[str, Mapping[str, str]]
    given: frozenset[str]


def stubs_in(released: bytes) -> Stubs:
    """An exercise's solution cells are those that stand before its graded cell."""
    cells = named_cells(released)
    found: dict[str, dict[str, str]] = {}
    open_: dict[str, str] = {}
    for cell in cells:
        if cell.graded and open_:
            found[cell.name], open_ = open_, {}
        elif cell.solution:
            open_[cell.name] = cell.source
    return Stubs(found, frozenset(cell.source for cell in cells))


def untouched(course: Course, day: Day, records: Sequence[Record]) -> frozenset[tuple[str, str]]:
    """Student and exercise of each stub that gave no points and stands as it was given out.

    Only notebooks are read whose records leave it open: tests that end in the stub say enough.
    """
    stubs = _released(day)
    found = set()
    for record in records:
        open_ = [
            name
            for name, result in record.exercises.items()
            if result.points <= 0 and (is_begun(result) or stuck_behind(result) is not None)
        ]
        if open_:
            left = left_alone(submission_path(course, day, record.student), stubs, open_)
            found |= {(record.student, name) for name in left or ()}
    return frozenset(found)


def not_started(course: Course, day: Day, record: Record) -> set[str]:
    """Exercises without points that one student left alone; by the record where the notebook
    cannot be read."""
    empty = {name for name, result in record.exercises.items() if result.points <= 0}
    left = left_alone(submission_path(course, day, record.student), _released(day), empty)
    if left is not None:
        return left
    results = {name: record.exercises[name] for name in empty}
    return {n for n, r in results.items() if not is_begun(r) and stuck_behind(r) is None}


def _released(day: Day) -> Stubs:
    path = day.release_notebook
    return stubs_in(path.read_bytes() if path.is_file() else b"")


def left_alone(path: Path, stubs: Stubs, exercises: Collection[str]) -> set[str] | None:
    """Those of the exercises whose cells are as they were given out, while no other cell defines
    their functions; None where there is nothing to compare."""
    try:
        cells = named_cells(notebook.contents(path))
    except UnreadableNotebook:
        return None
    if not stubs.cells or not cells:
        return None
    own = [cell.source for cell in cells if cell.source not in stubs.given]
    return {
        name for name in exercises if name in stubs.cells and _same(cells, stubs.cells[name], own)
    }


def _same(cells: Sequence[Named], given: Mapping[str, str], own: Sequence[str]) -> bool:
    for name, source in given.items():
        theirs = [cell.source for cell in cells if cell.name == name]
        if not theirs or any(one != source for one in theirs):
            return False
    functions = "|".join(name for source in given.values() for name in _DEFINED.findall(source))
    again = re.compile(
        rf"^(?:(?:async +)?(?:def|class) +(?:{functions})\b|(?:{functions}) *=(?!=))", re.MULTILINE
    )
    return not (functions and any(again.search(source) for source in own))
