"""What nbgrader's gradebook knows and records do not: the class, what was late, marks by hand."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.errors import GradebookError
from autograder.text import one_line

PATIENCE = 10.0  # seconds to wait for who is writing


@dataclass(frozen=True)
class Entry:
    """One submission. `late` are seconds after the due date and the student's own extension;
    `written` the points of answers in words, `marked` how many have some, `waiting` how many wait
    for them, `changed` how many scores of the autograder a person has replaced."""

    late: float
    penalty: float
    written: float
    marked: int
    waiting: int
    changed: int


@dataclass(frozen=True)
class Book:
    """Everybody in the gradebook, and by day the submissions by student, with the due date."""

    students: tuple[str, ...]
    entries: Mapping[str, Mapping[str, Entry]]
    due: Mapping[str, datetime.datetime | None]


NOBODY = Book((), {}, {})


def read(course: Course) -> Book:
    """The gradebook as it stands; `NOBODY` where none was made yet.

    Raises GradebookError when it is there and cannot be read.
    """
    from sqlalchemy import create_engine, make_url
    from sqlalchemy.exc import SQLAlchemyError

    from autograder.release import open_course

    url = open_course(course).db_url
    lite = url.startswith("sqlite")
    path = make_url(url).database if lite else None
    if lite and not (path and Path(path).exists()):
        return NOBODY
    engine = create_engine(url, connect_args={"timeout": PATIENCE} if lite else {})
    try:
        with engine.connect() as connection:
            return _read(connection)
    except SQLAlchemyError as error:
        why = one_line(str(getattr(error, "orig", error)), 200)
        shown = path or make_url(url).render_as_string(hide_password=True)
        raise GradebookError(f"the gradebook cannot be read: {why}", where=shown) from None
    finally:
        engine.dispose()


def _read(connection: Any) -> Book:
    from nbgrader import api
    from sqlalchemy import inspect, select

    day, student, submission, book = (
        kind.__table__
        for kind in (api.Assignment, api.Student, api.SubmittedAssignment, api.SubmittedNotebook)
    )
    if not inspect(connection).has_table(day.name):
        return NOBODY
    due = {row.name: row.duedate for row in connection.execute(select(day.c.name, day.c.duedate))}
    wanted = select(
        book.c.id,
        day.c.name,
        submission.c.student_id,
        submission.c.timestamp,
        submission.c.extension,
        book.c.late_submission_penalty,
    )
    wanted = wanted.join_from(submission, day, submission.c.assignment_id == day.c.id)
    wanted = wanted.join(book, book.c.assignment_id == submission.c.id)
    marks = _marks(connection)
    entries: dict[str, dict[str, Entry]] = {}
    for row in connection.execute(wanted):
        own = entries.setdefault(row.name, {})
        late = _late(due[row.name], row.timestamp, row.extension)
        own[row.student_id] = _entry(row, late, marks.get(row.id, []))
    names = connection.execute(select(student.c.id).order_by(student.c.id)).scalars()
    return Book(tuple(names), entries, due)


def _marks(connection: Any) -> dict[str, list[Any]]:
    """Rows of scores by submitted notebook, each with whether a person is to give them: so it is
    for every graded cell that a student writes into."""
    from nbgrader import api
    from sqlalchemy import select

    base, grade = api.BaseCell.__table__, api.Grade.__table__
    cells = connection.execute(select(base.c.id, base.c.notebook_id, base.c.name, base.c.type))
    kinds: dict[tuple[str, str], dict[str, str]] = {}
    for cell in cells:
        kinds.setdefault((cell.notebook_id, cell.name), {})[cell.type] = cell.id
    written = {
        kind.get("GradeCell") or kind.get("TaskCell")
        for kind in kinds.values()
        if "TaskCell" in kind or {"GradeCell", "SolutionCell"} <= kind.keys()
    }
    columns = (grade.c.notebook_id, grade.c.cell_id, grade.c.auto_score, grade.c.manual_score)
    found: dict[str, list[Any]] = {}
    for row in connection.execute(select(*columns)):
        by_hand = row.cell_id in written
        found.setdefault(row.notebook_id, []).append((row.auto_score, row.manual_score, by_hand))
    return found


def _late(due: Any, handed_in: Any, extension: Any) -> float:
    if due is None or handed_in is None:
        return 0.0
    return float(max(0.0, (handed_in - due - (extension or datetime.timedelta())).total_seconds()))


def _entry(row: Any, late: float, marks: list[tuple[float | None, float | None, bool]]) -> Entry:
    """An answer that was left empty has a mark of the autograder's, until a person gives one."""
    written = [auto if hand is None else hand for auto, hand, by_hand in marks if by_hand]
    given = [mark for mark in written if mark is not None]
    return Entry(
        late=late,
        penalty=float(row.late_submission_penalty or 0.0),
        written=float(sum(given)),
        marked=len(given),
        waiting=len(written) - len(given),
        changed=sum(hand is not None for _, hand, by_hand in marks if not by_hand),
    )
