"""When a day is due, for all and for single students, and what that costs who is late."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from nbgrader import api
from sqlalchemy import Connection, inspect, select, update

from autograder.course import Course, Day
from autograder.errors import CourseError, UsageError
from autograder.grading import extensions, penalties
from autograder.grading.gradebook import in_database, penalty_rule, place
from autograder.grading.kit import Kit
from autograder.grading.nbgrader_route import forget_feedback
from autograder.grading.penalties import Change
from autograder.release import open_course
from autograder.text import one_line

_ASSIGNMENT, _SUBMISSION, _STUDENT = (
    table.__table__ for table in (api.Assignment, api.SubmittedAssignment, api.Student)
)


@dataclass(frozen=True)
class Deadline:
    """When a day is due, in naive UTC, None where it never is; whose deadline is how much later;
    and when those handed in, None for who has not."""

    day: str
    due: datetime.datetime | None
    extensions: dict[str, datetime.timedelta]
    handed_in: dict[str, datetime.datetime | None]


def read(course: Course, days: list[Day]) -> list[Deadline]:
    """The deadlines of those days that are in the gradebook, in the order of `days`."""

    def work(connection: Connection) -> list[Deadline]:
        if not inspect(connection).has_table(_ASSIGNMENT.name):
            return []
        found = (_deadline(connection, course, day) for day in days)
        return [deadline for deadline in found if deadline is not None]

    return in_database(course, open_course(course).db_url, work)


def read_one(course: Course, day: Day) -> Deadline:
    """The day's deadline; CourseError where the gradebook does not know the day."""
    found = read(course, [day])
    if not found:
        todo = f"run `dl30 release {day.stem}`"
        raise CourseError(f"{day.stem} is not in the gradebook yet", where=place(course), todo=todo)
    return found[0]


def _deadline(connection: Connection, course: Course, day: Day) -> Deadline | None:
    wanted = select(_ASSIGNMENT.c.id, _ASSIGNMENT.c.duedate).where(_ASSIGNMENT.c.name == day.stem)
    known = connection.execute(wanted).one_or_none()
    if known is None:
        return None
    given = extensions.read(course, day)
    columns = (_SUBMISSION.c.student_id, _SUBMISSION.c.timestamp, _SUBMISSION.c.extension)
    handed_in = {}
    for row in connection.execute(select(*columns).where(_SUBMISSION.c.assignment_id == known.id)):
        handed_in[row.student_id] = row.timestamp
        if row.extension:
            given[row.student_id] = row.extension
    given = {student: given[student] for student in sorted(given) if given[student]}
    return Deadline(day.stem, known.duedate, given, handed_in)


def set_due(course: Course, day: Day, due: datetime.datetime | None) -> list[Change]:
    """Set when the day is due, in naive UTC; extensions move along. Whose penalty changed.

    UsageError where it is to be taken away, and single students have extensions.
    """
    now = read_one(course, day)
    if due is None and now.extensions:
        # nbgrader adds an extension to the due date without looking whether there is one.
        who = one_line(", ".join(now.extensions), 100)
        todo = "take those away first, with --student NAME --none"
        raise UsageError(f"these have extensions: {who}", where=day.stem, todo=todo)

    def work(connection: Connection) -> None:
        there = update(_ASSIGNMENT).where(_ASSIGNMENT.c.name == day.stem)
        connection.execute(there.values(duedate=due))

    return _and_penalties(course, day, work)


def extend(course: Course, day: Day, student: str, until: datetime.datetime | None) -> list[Change]:
    """Give the student a deadline of their own, in naive UTC, or take it away; who has not handed
    in yet keeps it for then. Whose penalty changed.

    UsageError for a student nobody knows, a day without a due date, or an earlier deadline.
    """
    now = read_one(course, day)
    _check_student(course, day, student)
    extension = _extension(now, until)

    def work(connection: Connection) -> None:
        found = select(_ASSIGNMENT.c.id).where(_ASSIGNMENT.c.name == day.stem).scalar_subquery()
        there = update(_SUBMISSION).where(
            _SUBMISSION.c.assignment_id == found, _SUBMISSION.c.student_id == student
        )
        connection.execute(there.values(extension=extension))

    kept = {name: time for name, time in now.extensions.items() if name != student}
    if extension is not None:
        kept[student] = extension
    extensions.write(course, day, kept)
    return _and_penalties(course, day, work)


def _extension(now: Deadline, until: datetime.datetime | None) -> datetime.timedelta | None:
    if until is None:
        return None
    if now.due is None:
        todo = f'set one first: dl30 deadline {now.day} "2026-12-01 23:59"'
        raise UsageError("the day has no due date that could be extended", where=now.day, todo=todo)
    if until <= now.due:
        what = "this is not later than the day is due for all"
        raise UsageError(what, where=now.day, todo="--none takes an extension away")
    return until - now.due


def _check_student(course: Course, day: Day, student: str) -> None:
    def work(connection: Connection) -> bool:
        wanted = select(_STUDENT.c.id).where(_STUDENT.c.id == student)
        return connection.execute(wanted).first() is not None

    known = in_database(course, open_course(course).db_url, work)
    if not known and not (course.submitted / student / day.stem).is_dir():
        what = f'there is no student "{one_line(student, 60)}"'
        todo = "`nbgrader db student list` shows all; `nbgrader db student add ID` adds one"
        raise UsageError(what, where=place(course), todo=todo)


def refresh(course: Course, day: Day) -> list[Change]:
    """Set all penalties of the day right, such as after answers were marked; whose changed."""
    read_one(course, day)
    return _and_penalties(course, day, lambda connection: None)


def stale_penalties(course: Course, day: Day) -> list[Change]:
    """Those that `refresh` would set right."""
    rule = penalty_rule(course)
    url = open_course(course).db_url
    return in_database(course, url, lambda there: penalties.stale(there, day.stem, rule))


def _and_penalties(course: Course, day: Day, work: Callable[[Connection], None]) -> list[Change]:
    """Do the work and set penalties right, in one transaction."""
    rule = penalty_rule(course)

    def both(connection: Connection) -> list[Change]:
        work(connection)
        return penalties.refresh(connection, day.stem, rule)

    changes = in_database(course, open_course(course).db_url, both)
    for change in changes:
        forget_feedback(Kit(course, day), change.student)
    return changes
