"""Late penalties in nbgrader's gradebook: how late somebody is, and what that costs now."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nbgrader import api
from sqlalchemy import Connection, Select, func, select, update

Penalty = Callable[[str, float, float], float | None]
"""Student, score, seconds late; the points taken off, or None."""

_ASSIGNMENT, _SUBMISSION, _BOOK, _GRADE = (
    table.__table__
    for table in (api.Assignment, api.SubmittedAssignment, api.SubmittedNotebook, api.Grade)
)


@dataclass(frozen=True)
class Change:
    """A student's penalty in points, before and now."""

    student: str
    before: float
    after: float


def seconds_late(
    due: datetime.datetime | None,
    extension: datetime.timedelta | None,
    timestamp: datetime.datetime | None,
) -> float:
    """All of naive UTC; 0 where one of the times is not known."""
    if timestamp is None or due is None:
        return 0.0
    return max(0.0, (timestamp - due - (extension or datetime.timedelta())).total_seconds())


def taken(rule: Penalty, student: str, score: float, late: float) -> float | None:
    """nbgrader's way with a rule: it is asked of what is late, and takes no more than there is."""
    points = rule(student, score, late) if late > 0 else None
    return None if points is None else min(max(points, 0.0), score)


def stale(connection: Connection, day: str, rule: Penalty) -> list[Change]:
    """What `refresh` would change."""
    return refresh(connection, day, rule, write=False)


def refresh(connection: Connection, day: str, rule: Penalty, *, write: bool = True) -> list[Change]:
    """Set right the penalties of all that is stored of the day; whose were changed, by student."""
    changes = []
    for row in connection.execute(_stored(day)):
        late = seconds_late(row.duedate, row.extension, row.timestamp)
        now, before = taken(rule, row.student_id, row.score, late), row.late_submission_penalty
        if now == before:
            continue
        if write:
            there = update(_BOOK).where(_BOOK.c.id == row.id)
            connection.execute(there.values(late_submission_penalty=now))
        if (now or 0.0) != (before or 0.0):
            changes.append(Change(row.student_id, before or 0.0, now or 0.0))
    return sorted(changes, key=lambda change: change.student)


def _stored(day: str) -> Select[Any]:
    counts = func.coalesce(_GRADE.c.manual_score, _GRADE.c.auto_score, 0.0)
    score = func.coalesce(func.sum(counts + func.coalesce(_GRADE.c.extra_credit, 0.0)), 0.0)
    columns = [
        _BOOK.c.id,
        _BOOK.c.late_submission_penalty,
        _SUBMISSION.c.student_id,
        _SUBMISSION.c.timestamp,
        _SUBMISSION.c.extension,
        _ASSIGNMENT.c.duedate,
    ]
    joined = (
        _BOOK.join(_SUBMISSION, _BOOK.c.assignment_id == _SUBMISSION.c.id)
        .join(_ASSIGNMENT, _SUBMISSION.c.assignment_id == _ASSIGNMENT.c.id)
        .outerjoin(_GRADE, _GRADE.c.notebook_id == _BOOK.c.id)
    )
    query = select(*columns, score.label("score")).select_from(joined)
    return query.where(_ASSIGNMENT.c.name == day).group_by(*columns)
