"""Deadlines of single students who have not handed in yet.

nbgrader keeps an extension with the submission it is for, and a submission without notebooks would
count in the class's averages. So extensions are kept in `records/.extensions/DAY.json`, and go into
the gradebook when the submission does.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path

import msgspec
from nbgrader import api
from sqlalchemy import Connection, select, update

from autograder.course import Course, Day
from autograder.errors import Dl30Error
from autograder.grading.records import write_atomically

Extensions = Mapping[str, datetime.timedelta]
"""By student: how much later than the day's own their deadline is."""


def place(course: Course, day: Day) -> Path:
    return course.records / ".extensions" / f"{day.stem}.json"


def read(course: Course, day: Day) -> dict[str, datetime.timedelta]:
    """What was written, or nothing; Dl30Error where the file is something else."""
    path = place(course, day)
    try:
        found = msgspec.json.decode(path.read_bytes(), type=dict[str, float])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError) as error:
        todo = "repair or remove it, and give extensions anew"
        raise Dl30Error(f"this is no list of extensions: {error}", where=path, todo=todo) from None
    return {student: datetime.timedelta(seconds=seconds) for student, seconds in found.items()}


def write(course: Course, day: Day, extensions: Extensions) -> None:
    seconds = {student: given.total_seconds() for student, given in sorted(extensions.items())}
    data = msgspec.json.format(msgspec.json.encode(seconds), indent=1) + b"\n"
    write_atomically(place(course, day), data)


def put(connection: Connection, day: str, student: str, extension: datetime.timedelta) -> None:
    """Give the student's submission its extension where it has none of its own."""
    submission, assignment = api.SubmittedAssignment.__table__, api.Assignment.__table__
    found = select(assignment.c.id).where(assignment.c.name == day).scalar_subquery()
    there = update(submission).where(
        submission.c.assignment_id == found,
        submission.c.student_id == student,
        submission.c.extension.is_(None),
    )
    connection.execute(there.values(extension=extension))
