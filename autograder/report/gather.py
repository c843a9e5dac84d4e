"""Everything that a report is made from, read once: records, gradebook, who handed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.course import Course, Day
from autograder.errors import Dl30Error, GradebookError
from autograder.grading import records as store
from autograder.grading.grade import records_folder, submission_path
from autograder.grading.records import Record
from autograder.report import book as gradebook
from autograder.report.book import NOBODY, Book
from autograder.report.stubs import untouched


@dataclass(frozen=True)
class Material:
    """A day's records by student; `torn` are files that are no record, `gone` students whose
    submission is no longer there, `untouched` student and exercise of stubs left as they were
    where the record alone does not say so."""

    day: Day
    records: tuple[Record, ...]
    torn: tuple[str, ...]
    gone: tuple[str, ...]
    untouched: frozenset[tuple[str, str]] = frozenset()


def material(course: Course, day: Day) -> Material:
    """Dl30Error when nothing of the day is graded."""
    folder = records_folder(course, day)
    names = sorted(path.stem for path in folder.glob("*.json"))
    if not names:
        todo = f"run `dl30 grade {day.number}`"
        raise Dl30Error("nothing is graded yet", where=folder, todo=todo)
    read = {name: store.read(folder, name) for name in names}
    found = [record for record in read.values() if record is not None]
    torn = tuple(f"{name}.json" for name, record in read.items() if record is None)
    if not found:
        what = "none of the records here can be read"
        todo = f"run `dl30 grade {day.number} --force`"
        raise Dl30Error(what, where=folder, todo=todo)
    gone = [r.student for r in found if not submission_path(course, day, r.student).exists()]
    alone = untouched(course, day, found)
    return Material(day, tuple(found), torn, tuple(gone), alone)


def materials(course: Course) -> list[Material]:
    """Of every day that has records. Dl30Error when none has."""
    days = [day for day in course.days() if any(records_folder(course, day).glob("*.json"))]
    if not days:
        raise Dl30Error("nothing is graded yet", where=course.records, todo="run `dl30 grade DAY`")
    return [material(course, day) for day in days]


def book_of(course: Course) -> tuple[Book, str]:
    """The gradebook, and why it cannot be read where it cannot."""
    try:
        return gradebook.read(course), ""
    except GradebookError as error:
        return NOBODY, str(error)


def missing(book: Book, records: Sequence[Record], stem: str) -> list[str]:
    """Who is known to the gradebook and has neither a record nor a submission of the day there."""
    there = {record.student for record in records} | {*book.entries.get(stem, {})}
    return [student for student in book.students if student not in there]
