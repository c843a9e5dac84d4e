"""nbgrader's gradebook: where records become scores that people see in the formgrader.

Storing runs nbgrader's own autograde on the submissions whose record it does not show yet; our step
in there finds the record and runs nothing. So both routes to a grade end in the same code.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.converters.base import NbGraderException
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from autograder.course import Course, Day
from autograder.errors import CourseError, Dl30Error, GradebookError
from autograder.grading.kit import Kit
from autograder.grading.records import Record
from autograder.release import nbgrader_config, open_course
from autograder.text import one_line


def store(kit: Kit, records: Sequence[Record], *, again: bool = False) -> list[str]:
    """Bring gradebook and autograded notebooks up to the records; the students it was done for.

    Manual grades stay. CourseError when the day was never released, GradebookError when the
    database cannot be written now, Dl30Error at the end when single submissions were refused: the
    records are kept, and the same command goes on from there.
    """
    graded = [record for record in records if record.status == "graded"]
    known = _students_in_gradebook(kit)
    todo = [
        record
        for record in graded
        if again or record.student not in known or _shown(kit, record.student) != record.id
    ]
    refused = [fault for record in todo if (fault := _store_one(kit, record))]
    if refused:
        more = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
        raise Dl30Error(f"{refused[0]}{more}")
    return [record.student for record in todo]


def _students_in_gradebook(kit: Kit) -> set[str]:
    """Who has a submission of the day there."""
    with _database(kit.course) as gradebook:
        try:
            assignment = gradebook.find_assignment(kit.day.stem)
        except MissingEntry:
            raise CourseError(
                f"{kit.day.stem} is not in the gradebook yet",
                where=kit.course.gradebook,
                todo=f"run `dl30 release {kit.day.stem}`",
            ) from None
        return {submission.student.id for submission in assignment.submissions}


@contextlib.contextmanager
def _database(course: Course) -> Iterator[Gradebook]:
    try:
        url = open_course(course).db_url
        with _quietly(), Gradebook(url) as gradebook:
            yield gradebook
    except SQLAlchemyError as error:
        raise _refused(course, str(getattr(error, "orig", error))) from None


def _refused(course: Course, why: str) -> GradebookError:
    return GradebookError(
        f"the gradebook cannot be used now: {one_line(why, 200)}",
        where=course.gradebook,
        todo="records are kept; close what holds it and run the same command again",
    )


def _shown(kit: Kit, student: str) -> str:
    """The id of the record that the autograded notebook was made from."""
    path = kit.course.autograded / student / kit.day.stem / f"{kit.day.stem}.ipynb"
    try:
        found = json.loads(path.read_bytes())["metadata"]["dl30"]["record"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""
    return str(found)


def _store_one(kit: Kit, record: Record) -> str:
    """Why nbgrader refuses this submission; empty when it is stored."""
    try:
        _convert(_Autograde, kit.course, kit.day, record.student, jailed=record.jailed)
    except (GradebookError, CourseError):
        raise
    except Dl30Error as error:
        return str(error)
    return ""


def feedback(course: Course, day: Day, student: str) -> None:
    """Write the student's feedback page, as `nbgrader generate_feedback` does."""
    _convert(_Feedback, course, day, student)


class _Exactly:
    """A converter of one submission. nbgrader would take its student's name for a file pattern."""

    wanted: Path
    coursedir: Any

    def init_notebooks(self) -> None:
        self.assignments = {str(self.wanted.parent): [str(self.wanted)]}


class _Autograde(_Exactly, Autograde):  # type: ignore[misc]
    pass


class _Feedback(_Exactly, GenerateFeedback):  # type: ignore[misc]
    pass


def _convert(
    kind: type[Any], course: Course, day: Day, student: str, *, jailed: bool = True
) -> None:
    """Run one of nbgrader's converters on one submission, and turn its failure into one of ours."""
    config = nbgrader_config(course)
    config.GradeCells.jail = jailed
    converter = kind(coursedir=open_course(course), config=config)
    source = course.autograded if kind is _Feedback else course.submitted
    converter.wanted = source / student / day.stem / f"{day.stem}.ipynb"
    converter.coursedir.assignment_id = day.stem
    converter.force = True
    said = _Said()
    converter.log = said.logger
    try:
        with _quietly():
            converter.start()
    except (NbGraderException, SQLAlchemyError, OSError) as error:
        raise _ours(said.fault or error, course, converter.wanted) from None


def _ours(fault: BaseException, course: Course, notebook: Path) -> Dl30Error:
    if isinstance(fault, Dl30Error):
        return fault
    if database := _database_fault(fault):
        return _refused(course, str(database.orig))
    reason = one_line(f"{type(fault).__name__}: {fault}", 300)
    return Dl30Error(f"nbgrader cannot take it: {reason}", where=notebook)


def _database_fault(fault: BaseException | None) -> DBAPIError | None:
    """What the database itself said, where that is behind it; nbgrader has errors of its own."""
    while fault is not None and not isinstance(fault, DBAPIError):
        fault = fault.__cause__ or fault.__context__
    return fault


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """nbgrader's gradebook logs tracebacks to a logger of Tornado's, which has none to hear it."""
    log = logging.getLogger("tornado.application")
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before


class _Said(logging.Handler):
    """Takes nbgrader's log off the screen and keeps what a failure was caused by."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.fault: BaseException | None = None
        self.logger = logging.getLogger("autograder.nbgrader")
        self.logger.handlers = [self]
        self.logger.propagate = False

    def emit(self, record: logging.LogRecord) -> None:
        # nbgrader logs in the `except` that catches it, and raises something else.
        self.fault = self.fault or sys.exc_info()[1]
