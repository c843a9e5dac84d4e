"""What nbgrader's gradebook says of everybody: points by cell, by machine and by hand."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from nbgrader import api
from sqlalchemy import Connection, func, inspect, select

from autograder.course import Course, Day
from autograder.errors import CourseError
from autograder.grading.gradebook import in_database, place
from autograder.instructor.roster import COLUMNS, Student
from autograder.release import open_course

_ASSIGNMENT, _SUBMISSION, _BOOK, _GRADE, _COMMENT, _BASE, _GRADED, _TASK, _STUDENT = (
    table.__table__
    for table in (
        api.Assignment,
        api.SubmittedAssignment,
        api.SubmittedNotebook,
        api.Grade,
        api.Comment,
        api.BaseCell,
        api.GradeCell,
        api.TaskCell,
        api.Student,
    )
)


@dataclass(frozen=True)
class Cell:
    """A graded cell of one student. `manual` is what a person gave, None where nobody did;
    `waits` says that somebody has to look at it."""

    auto: float | None
    manual: float | None
    extra: float
    waits: bool
    max_points: float
    comment: str = ""

    @property
    def points(self) -> float:
        return (self.manual if self.manual is not None else self.auto or 0.0) + self.extra


@dataclass
class Sheet:
    """All of one student's day. `penalty` is for being late; `timestamp` in naive UTC."""

    cells: dict[str, Cell] = field(default_factory=dict)
    penalty: float = 0.0
    timestamp: datetime.datetime | None = None

    @property
    def raw(self) -> float:
        return round(sum(cell.points for cell in self.cells.values()), 2)

    @property
    def score(self) -> float:
        """As nbgrader's own export counts it."""
        return round(max(0.0, self.raw - self.penalty), 2)

    @property
    def waits(self) -> bool:
        return any(cell.waits for cell in self.cells.values())


def read(course: Course, day: Day) -> dict[str, Sheet]:
    """The sheets of all whose submission is stored; CourseError for a day that is not entered."""

    def work(connection: Connection) -> dict[str, Sheet] | None:
        return _sheets(connection, day.stem)

    found = in_database(course, open_course(course).db_url, work)
    if found is None:
        what, todo = f"{day.stem} is not in the gradebook yet", f"run `dl30 release {day.stem}`"
        raise CourseError(what, where=place(course), todo=todo)
    return found


def students(course: Course) -> dict[str, Student]:
    """Everybody whom the gradebook knows, by id."""

    def work(connection: Connection) -> dict[str, Student]:
        if not inspect(connection).has_table(_STUDENT.name):
            return {}
        rows = connection.execute(select(*(_STUDENT.c[name] for name in COLUMNS)))
        return {row.id: Student(*row) for row in rows}

    return in_database(course, open_course(course).db_url, work)


def _sheets(connection: Connection, day: str) -> dict[str, Sheet] | None:
    if not inspect(connection).has_table(_ASSIGNMENT.name):
        return None
    wanted = select(_ASSIGNMENT.c.id).where(_ASSIGNMENT.c.name == day)
    assignment = connection.execute(wanted).scalar_one_or_none()
    if assignment is None:
        return None
    joined = (
        _SUBMISSION.join(_BOOK, _BOOK.c.assignment_id == _SUBMISSION.c.id)
        .join(_GRADE, _GRADE.c.notebook_id == _BOOK.c.id)
        .join(_BASE, _BASE.c.id == _GRADE.c.cell_id)
        .outerjoin(_GRADED, _GRADED.c.id == _BASE.c.id)
        .outerjoin(_TASK, _TASK.c.id == _BASE.c.id)
    )
    columns = (
        _SUBMISSION.c.student_id,
        _SUBMISSION.c.timestamp,
        _BOOK.c.id.label("book"),
        _BOOK.c.late_submission_penalty,
        _BASE.c.name,
        _GRADE.c.auto_score,
        _GRADE.c.manual_score,
        _GRADE.c.extra_credit,
        _GRADE.c.needs_manual_grade,
        func.coalesce(_GRADED.c.max_score, _TASK.c.max_score, 0.0).label("max_points"),
    )
    query = select(*columns).select_from(joined)
    comments = _comments(connection, assignment)
    sheets: dict[str, Sheet] = {}
    for row in connection.execute(query.where(_SUBMISSION.c.assignment_id == assignment)):
        sheet = sheets.setdefault(row.student_id, Sheet())
        sheet.penalty, sheet.timestamp = row.late_submission_penalty or 0.0, row.timestamp
        sheet.cells[row.name] = Cell(
            row.auto_score,
            row.manual_score,
            row.extra_credit or 0.0,
            bool(row.needs_manual_grade),
            row.max_points,
            comments.get((row.book, row.name), ""),
        )
    return sheets


def _comments(connection: Connection, assignment: str) -> dict[tuple[str, str], str]:
    """What people wrote, or the autograder, by submitted notebook and cell."""
    words = func.coalesce(_COMMENT.c.manual_comment, _COMMENT.c.auto_comment)
    joined = (
        _COMMENT.join(_BOOK, _COMMENT.c.notebook_id == _BOOK.c.id)
        .join(_SUBMISSION, _BOOK.c.assignment_id == _SUBMISSION.c.id)
        .join(_BASE, _BASE.c.id == _COMMENT.c.cell_id)
    )
    query = select(_BOOK.c.id, _BASE.c.name, words.label("words")).select_from(joined)
    query = query.where(_SUBMISSION.c.assignment_id == assignment, words.is_not(None))
    return {(row.id, row.name): row.words for row in connection.execute(query)}
