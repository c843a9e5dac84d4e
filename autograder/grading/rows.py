"""Rows of nbgrader's gradebook for many submissions, in one transaction.

nbgrader itself writes a submission cell by cell, each with a commit of its own. These are the rows
that it would have written: scores of the autograder, remarks on answers that were left empty, late
penalties. What people put there by hand stays; unlike nbgrader, a mark that still holds needs no
confirming.
"""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nbgrader import api
from sqlalchemy import (
    Connection,
    bindparam,
    create_engine,
    event,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.engine import Engine

from autograder.errors import Dl30Error
from autograder.grading import penalties
from autograder.grading.extensions import Extensions
from autograder.grading.marked import holds
from autograder.grading.penalties import Penalty

NO_RESPONSE = "No response."
LOCK_SECONDS = 10.0  # how long one grader waits for what another one writes
# Any number will do that is the same for all who write, and unlikely to be somebody else's.
_LOCK = 0x646C3330

# The tables, by the names of nbgrader's classes.
_STUDENT, _SUBMISSION = api.Student.__table__, api.SubmittedAssignment.__table__
_BOOK, _GRADE, _COMMENT = (
    table.__table__ for table in (api.SubmittedNotebook, api.Grade, api.Comment)
)


@dataclass(frozen=True)
class Entry:
    """What is to stand in the gradebook for one submission.

    `scores` are by graded cell, None where a person has to mark it; `empty` are the answers that
    were handed in as they were given out; `same` are graded cells whose answer is the one that
    people could see until now. `timestamp` is of the handing in, in UTC.
    """

    student: str
    timestamp: datetime.datetime | None
    scores: Mapping[str, float | None]
    empty: frozenset[str] = frozenset()
    same: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Assignment:
    """A day as the gradebook has it. By cell's name: ids of what is graded and of what is remarked
    on, rows with `max_score`, rows with the cell's source."""

    id: str
    notebook: str
    duedate: datetime.datetime | None
    kernelspec: str | None
    grades: Mapping[str, str]
    comments: Mapping[str, str]
    points: Mapping[str, Any]
    sources: Mapping[str, Any]


@dataclass
class _Work:
    """Rows that have to be made and rows that have to be changed, gathered before any is sent."""

    made: dict[Any, list[dict[str, Any]]] = field(default_factory=dict)
    changed: dict[Any, list[dict[str, Any]]] = field(default_factory=dict)

    def make(self, table: Any, **values: Any) -> dict[str, Any]:
        row = {"id": api.new_uuid(), **values}
        self.made.setdefault(table, []).append(row)
        return row

    def change(self, table: Any, row: str, **values: Any) -> None:
        self.changed.setdefault(table, []).append({"row": row, **values})

    def send(self, connection: Connection) -> None:
        for table in (_STUDENT, _SUBMISSION, _BOOK, _GRADE, _COMMENT):
            if rows := self.made.get(table):
                connection.execute(insert(table), rows)
            if rows := self.changed.get(table):
                columns = [name for name in rows[0] if name != "row"]
                there = update(table).where(table.c.id == bindparam("row"))
                connection.execute(there.values({n: bindparam(n) for n in columns}), rows)


@contextlib.contextmanager
def opened(url: str) -> Iterator[Engine]:
    """The database, whose transactions lock out other writers from their first statement on."""
    waits = {"timeout": LOCK_SECONDS} if url.startswith("sqlite") else {}
    engine = create_engine(url, connect_args=waits)
    if engine.dialect.name == "sqlite":
        # Python's own driver begins a transaction only with the first change.
        event.listen(engine, "connect", _leave_transactions_to_us)
        event.listen(engine, "begin", lambda connection: _sql(connection, "BEGIN IMMEDIATE"))
    if engine.dialect.name == "postgresql":
        wait = f"SELECT pg_advisory_xact_lock({_LOCK})"
        event.listen(engine, "begin", lambda connection: _sql(connection, wait))
    try:
        yield engine
    finally:
        engine.dispose()


def _leave_transactions_to_us(connection: Any, _: object) -> None:
    connection.isolation_level = None


def _sql(connection: Connection, statement: str) -> None:
    connection.execute(text(statement))


def students(connection: Connection, name: str) -> set[str] | None:
    """Who has a submission of the day of this name; None where there is no such day."""
    table = api.Assignment.__table__
    if not inspect(connection).has_table(table.name):
        return None
    found = connection.execute(select(table.c.id).where(table.c.name == name)).scalar_one_or_none()
    if found is None:
        return None
    submissions = select(_SUBMISSION.c.student_id).where(_SUBMISSION.c.assignment_id == found)
    return set(connection.execute(submissions).scalars())


def assignment(connection: Connection, name: str) -> Assignment | None:
    """The day of this name; None where it has not one notebook of that name and no other."""
    table, notebooks = api.Assignment.__table__, api.Notebook.__table__
    found = connection.execute(select(table.c.id, table.c.duedate).where(table.c.name == name))
    day = found.one_or_none()
    if day is None:
        return None
    wanted = select(notebooks.c.id, notebooks.c.name, notebooks.c.kernelspec)
    books = connection.execute(wanted.where(notebooks.c.assignment_id == day.id)).all()
    if [book.name for book in books] != [name]:
        return None
    (book,) = books
    base, source = api.BaseCell.__table__, api.SourceCell.__table__
    cells = select(base.c.id, base.c.name, base.c.type).where(base.c.notebook_id == book.id)
    kinds: dict[str, dict[str, str]] = {}
    for cell in connection.execute(cells):
        kinds.setdefault(cell.type, {})[cell.name] = cell.id
    sources = connection.execute(select(source).where(source.c.notebook_id == book.id))
    tasks = kinds.get("TaskCell", {})
    points = {}
    for table in (api.GradeCell.__table__, api.TaskCell.__table__):
        worth = select(base.c.name, table.c.max_score).join_from(base, table)
        found = connection.execute(worth.where(base.c.notebook_id == book.id))
        points.update({cell.name: cell for cell in found})
    return Assignment(
        id=day.id,
        notebook=book.id,
        duedate=day.duedate,
        kernelspec=book.kernelspec,
        grades=kinds.get("GradeCell", {}) | tasks,
        comments=kinds.get("SolutionCell", {}) | tasks,
        points=points,
        sources={cell.name: cell for cell in sources},
    )


def write(
    connection: Connection,
    day: Assignment,
    entries: Sequence[Entry],
    penalty: Penalty,
    extensions: Extensions,
) -> None:
    """Bring the gradebook up to the entries, of different students; the caller's transaction."""
    work = _Work()
    students = [entry.student for entry in entries]
    _add_students(connection, students, work)
    submissions = _submissions(connection, day, entries, extensions, work)
    books = _books(connection, day, submissions, work)
    ids = [book["id"] for book in books.values()]
    grades, comments = _rows_of(connection, _GRADE, ids), _rows_of(connection, _COMMENT, ids)
    for entry in entries:
        book = books[entry.student]
        score = _put_scores(day, entry, book["id"], grades, work)
        _put_comments(day, entry, book["id"], comments, work)
        submission = submissions[entry.student]
        late = penalties.seconds_late(day.duedate, submission["extension"], submission["timestamp"])
        _put_penalty(entry, book, score, late, penalty, work)
    work.send(connection)


def _add_students(connection: Connection, students: Sequence[str], work: _Work) -> None:
    known = select(_STUDENT.c.id).where(_STUDENT.c.id.in_(students))
    there = set(connection.execute(known).scalars())
    for student in students:
        if student not in there:
            work.make(_STUDENT, id=student)


def _submissions(
    connection: Connection,
    day: Assignment,
    entries: Sequence[Entry],
    extensions: Extensions,
    work: _Work,
) -> dict[str, dict[str, Any]]:
    table = _SUBMISSION
    asked = [entry.student for entry in entries]
    query = select(table.c.id, table.c.student_id, table.c.timestamp, table.c.extension)
    query = query.where(table.c.assignment_id == day.id, table.c.student_id.in_(asked))
    found = {row.student_id: row._asdict() for row in connection.execute(query)}
    for entry in entries:
        row = found.get(entry.student)
        if row is None:
            found[entry.student] = work.make(
                table,
                assignment_id=day.id,
                student_id=entry.student,
                timestamp=entry.timestamp,
                extension=extensions.get(entry.student),
            )
            continue
        now = {
            "timestamp": row["timestamp"] if entry.timestamp is None else entry.timestamp,
            "extension": row["extension"] or extensions.get(entry.student),
        }
        if now != {name: row[name] for name in now}:
            row.update(now)
            work.change(table, row["id"], **now)
    return found


def _books(
    connection: Connection, day: Assignment, submissions: Mapping[str, Any], work: _Work
) -> dict[str, dict[str, Any]]:
    """The submitted notebooks, by student."""
    table = _BOOK
    owners = {row["id"]: student for student, row in submissions.items()}
    query = select(table.c.id, table.c.assignment_id, table.c.late_submission_penalty)
    query = query.where(table.c.notebook_id == day.notebook, table.c.assignment_id.in_([*owners]))
    found = {owners[row.assignment_id]: row._asdict() for row in connection.execute(query)}
    for student, submission in submissions.items():
        if student not in found:
            found[student] = work.make(
                table,
                assignment_id=submission["id"],
                notebook_id=day.notebook,
                flagged=False,
                late_submission_penalty=None,
            )
    return found


def _rows_of(connection: Connection, table: Any, books: Sequence[str]) -> dict[Any, Any]:
    """Rows of a table by submitted notebook and cell."""
    query = select(table).where(table.c.notebook_id.in_(books))
    return {(row.notebook_id, row.cell_id): row for row in connection.execute(query)}


def _put_scores(
    day: Assignment, entry: Entry, book: str, rows: Mapping[Any, Any], work: _Work
) -> float:
    """Put the scores down; the sum that counts now, people's marks included."""
    total = 0.0
    for name, cell in day.grades.items():
        if name not in entry.scores:
            raise Dl30Error("the gradebook has a graded cell that the release has not", where=name)
        auto, row = entry.scores[name], rows.get((book, cell))
        manual, extra = (row.manual_score, row.extra_credit) if row else (None, None)
        waits = _waits(auto, row, same=name in entry.same)
        if row is None:
            work.make(
                _GRADE,
                cell_id=cell,
                notebook_id=book,
                auto_score=auto,
                needs_manual_grade=waits,
            )
        elif (row.auto_score, row.needs_manual_grade) != (auto, waits):
            work.change(_GRADE, row.id, auto_score=auto, needs_manual_grade=waits)
        counts = manual if manual is not None else auto
        total += 0.0 if counts is None else counts + (extra or 0.0)
    return total


def _waits(auto: float | None, row: Any, *, same: bool) -> bool:
    """Whether a person has to look at a graded cell; `row` is what stands there, None for none."""
    if row is None or row.manual_score is None:
        return auto is None
    return not holds(auto, row.auto_score, waits=row.needs_manual_grade, same=same)


def _put_comments(
    day: Assignment, entry: Entry, book: str, rows: Mapping[Any, Any], work: _Work
) -> None:
    for name, cell in day.comments.items():
        remark, row = NO_RESPONSE if name in entry.empty else None, rows.get((book, cell))
        if row is None:
            work.make(_COMMENT, cell_id=cell, notebook_id=book, auto_comment=remark)
        elif row.auto_comment != remark:
            work.change(_COMMENT, row.id, auto_comment=remark)


def _put_penalty(
    entry: Entry,
    book: Mapping[str, Any],
    score: float,
    late: float,
    penalty: Penalty,
    work: _Work,
) -> None:
    taken = penalties.taken(penalty, entry.student, score, late)
    if taken != book["late_submission_penalty"]:
        work.change(_BOOK, book["id"], late_submission_penalty=taken)
