"""nbgrader's gradebook: where records become scores that people see in the formgrader.

Storing writes what `nbgrader autograde` would have written for the submissions whose record it does
not show yet, many at a time. A course that changes what nbgrader does with a submission has
nbgrader's own converter run on each: our step in there finds the record and runs nothing.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import json
import logging
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import Connection, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError
from traitlets import TraitError
from traitlets.config import Config

from autograder.course import CONFIG, Course, Day
from autograder.errors import CourseError, Dl30Error, GradebookError
from autograder.grading import extensions, rows
from autograder.grading.autograded import Binder, Folder
from autograder.grading.kit import Kit
from autograder.grading.penalties import Penalty
from autograder.grading.records import Record
from autograder.grading.storing import BATCH
from autograder.nbgrader_setup import configure
from autograder.release import nbgrader_config, open_course, quietly
from autograder.text import one_line

T = TypeVar("T")
RETRIES = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0)  # seconds to wait before trying the database again


def store(
    kit: Kit,
    records: Iterable[Record],
    *,
    again: bool = False,
    same: Collection[str] = (),
) -> list[str]:
    """Bring gradebook and autograded notebooks up to the records; the students it was done for.

    Manual grades stay, and so do the pages of feedback of those whom `same` names. CourseError when
    the day was never released, GradebookError when the database cannot be written now, Dl30Error at
    the end when single submissions were refused: the records are kept, and the same command goes on
    from there.
    """
    known = _students_in_gradebook(kit)
    todo = (
        record
        for record in records
        if record.status == "graded"
        and (again or record.student not in known or shown(kit, record.student) != record.id)
    )
    alone = has_steps_of_its_own(kit.course)
    converter: Autograde | None = None
    refused: list[str] = []
    stored: list[str] = []
    while batch := list(islice(todo, BATCH)):
        if not (alone or converter):
            converter = _converter(_Autograde, kit.course)
        with _no_collector():
            if converter:
                refused += _together(kit, batch, converter, same)
            else:
                refused += _one_by_one(kit, batch)
        stored += [record.student for record in batch]
    if refused:
        more = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
        raise Dl30Error(f"{refused[0]}{more}")
    return stored


@contextlib.contextmanager
def _no_collector() -> Iterator[None]:
    """Looking for garbage among all that nbgrader is made of takes a quarter of storing's time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


# Which settings of nbgrader's are honoured when submissions are stored together.
_HONOURED = {"CourseDirectory", "LimitOutput", "IgnorePattern", "AssignLatePenalties"}
_HONOURED_OF_AUTOGRADE = {"exclude_overwriting", "permissions", "force"}


def has_steps_of_its_own(course: Course) -> bool:
    """Whether the course changes what nbgrader does with a submission: then nbgrader does it."""
    given, usual = nbgrader_config(course), Config()
    configure(usual, course.root)
    autograde, ours = dict(given.Autograde), dict(usual.Autograde)
    if given.CourseDirectory.get("student_id_exclude"):
        return True
    if any(autograde[key] != ours.get(key) for key in {*autograde} - _HONOURED_OF_AUTOGRADE):
        return True
    steps = {*autograde["sanitize_preprocessors"], *autograde["autograde_preprocessors"]}
    parts = {kind.__name__ for step in {*steps, Autograde} for kind in step.__mro__}
    changed = {name for name in given if given[name] != usual.get(name)}
    return bool(changed & (parts - _HONOURED - {"Autograde"}))


def _one_by_one(kit: Kit, records: Sequence[Record]) -> list[str]:
    """By nbgrader's own converter; why it refused which."""
    return [fault for record in records if (fault := _store_one(kit, record))]


def _together(
    kit: Kit, records: Sequence[Record], converter: Autograde, same: Collection[str]
) -> list[str]:
    """In one transaction; why which were refused."""
    url = converter.coursedir.db_url
    with _one_at_a_time(kit):
        day = in_database(kit.course, url, lambda there: rows.assignment(there, kit.day.stem))
        if day is None:
            return _one_by_one(kit, records)
        binder = Binder(kit, converter, day)
        folders, refused = _bound(binder, records)
        entries, penalty = [folder.entry for folder in folders], penalty_rule(kit.course)
        given = extensions.read(kit.course, kit.day)
        in_database(kit.course, url, lambda there: rows.write(there, day, entries, penalty, given))
        for folder in folders:
            try:
                binder.seal(folder, keep_feedback=folder.record.student in same)
            except Dl30Error as error:
                refused.append(str(error))
    return refused


def binder(kit: Kit) -> Binder | None:
    """Tells what `store` would write; None where nbgrader's own converter writes it."""
    if has_steps_of_its_own(kit.course):
        return None
    converter = _converter(_Autograde, kit.course)
    url = converter.coursedir.db_url
    day = in_database(kit.course, url, lambda there: rows.assignment(there, kit.day.stem))
    return Binder(kit, converter, day) if day else None


def _bound(binder: Binder, records: Sequence[Record]) -> tuple[list[Folder], list[str]]:
    folders, refused = [], []
    for record in records:
        try:
            folder = binder.bind(record)
            binder.lay(folder)
        except Dl30Error as error:
            refused.append(str(error))
        except OSError as error:
            why = f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")
            refused.append(f"{record.student}'s {record.day} cannot be stored: {why}")
        else:
            folders.append(folder)
    return folders, refused


@contextlib.contextmanager
def _one_at_a_time(kit: Kit) -> Iterator[None]:
    """Two that store the same day would tear down each other's folders."""
    path = kit.course.records / kit.day.stem / ".storing"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def in_database(course: Course, url: str, work: Callable[[Connection], T]) -> T:
    """Do the work in a transaction; once more where a server was away for a moment, or somebody
    else came first with the same row."""
    for seconds in RETRIES:
        try:
            with rows.opened(url) as engine, engine.begin() as connection:
                return work(connection)
        except (OperationalError, IntegrityError) as error:
            if url.startswith("sqlite") and isinstance(error, OperationalError):
                raise _refused(course, str(error.orig)) from None
            last = str(error.orig)
            time.sleep(seconds)
        except SQLAlchemyError as error:
            raise _refused(course, str(getattr(error, "orig", error))) from None
    raise _refused(course, last)


def penalty_rule(course: Course) -> Penalty:
    """The course's rule for what is late, as nbgrader asks it; CourseError where there is none."""
    try:
        step = AssignLatePenalties(config=nbgrader_config(course))
        step.log = _Said().logger
        step.init_plugin()
    except (TraitError, ImportError) as error:
        raise _no_rule(course, "AssignLatePenalties", error) from error
    rule = step.plugin_inst

    def penalty(student: str, score: float, late: float) -> float | None:
        try:
            taken: float | None = rule.late_submission_penalty(student, score, late)
        except Exception as error:
            raise _no_rule(course, type(rule).__name__, error) from error
        return taken

    return penalty


def _no_rule(course: Course, name: str, error: Exception) -> CourseError:
    reason = one_line(f"{type(error).__name__}: {error}", 300)
    return CourseError(f"the late penalty {name} failed: {reason}", where=course.root / CONFIG)


def _students_in_gradebook(kit: Kit) -> set[str]:
    """Who has a submission of the day there."""
    url = open_course(kit.course).db_url
    known = in_database(kit.course, url, lambda there: rows.students(there, kit.day.stem))
    if known is None:
        what, todo = (
            f"{kit.day.stem} is not in the gradebook yet",
            f"run `dl30 release {kit.day.stem}`",
        )
        raise CourseError(what, where=place(kit.course), todo=todo)
    return known


def _refused(course: Course, why: str) -> GradebookError:
    return GradebookError(
        f"the gradebook cannot be used now: {one_line(why, 200)}",
        where=place(course),
        todo="records are kept; close what holds it and run the same command again",
    )


def place(course: Course) -> str:
    """Where the gradebook is: a file, or the address of a database without its password."""
    url = make_url(open_course(course).db_url)
    if url.drivername.startswith("sqlite"):
        return url.database or "memory"
    return url.render_as_string(hide_password=True)


def shown(kit: Kit, student: str) -> str:
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


def _converter(kind: type[Any], course: Course) -> Any:
    config = nbgrader_config(course)
    converter = kind(coursedir=open_course(course), config=config)
    converter.force = True
    converter.log = _Said().logger
    return converter


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
        with quietly():
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
