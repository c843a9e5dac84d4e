"""Students from a CSV file, with the columns of nbgrader's own importer."""

from __future__ import annotations

import csv
import io
import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import UsageError
from autograder.text import one_line

COLUMNS = ("id", "first_name", "last_name", "email", "lms_user_id")
_LONGEST = 128  # characters, in nbgrader's tables
_DELIMITERS = ",;\t"


@dataclass(frozen=True)
class Student:
    """A row of nbgrader's table of students; what is not known is None."""

    id: str
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    lms_user_id: str | None = None


def table(path: Path) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """The header of a CSV file, and its other rows with the number of the line each ends on.

    With or without a byte order mark; commas, semicolons or tabs. UsageError where it is no such
    file; empty lines are left out.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        todo = "save it as CSV UTF-8"
        raise UsageError("this is not UTF-8", where=f"{path}, line {line}", todo=todo) from None
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", where=path) from None
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    numbered = _numbered(rows, path)
    header = next(numbered, None)
    if header is None:
        raise UsageError("there is nothing in it", where=path)
    return [name.strip() for name in header[1]], numbered


def _delimiter(text: str) -> str:
    first = text.lstrip().partition("\n")[0]
    return max(_DELIMITERS, key=first.count)


def _numbered(rows: Iterator[list[str]], path: Path) -> Iterator[tuple[int, list[str]]]:
    # csv.reader is an iterator that knows its line.
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            where = f"{path}, line {rows.line_num}"  # type: ignore[attr-defined]
            raise UsageError(f"this is no CSV: {error}", where=where) from None
        if any(cell.strip() for cell in row):
            yield rows.line_num, row  # type: ignore[attr-defined]


def read(path: Path) -> list[Student]:
    """The students of the file, in its order. UsageError names the line that is at fault."""
    header, rows = table(path)
    names = [name.lower() for name in header]
    if "id" not in names:
        todo = f"the first line is to name the columns: {','.join(COLUMNS)}"
        shown = one_line(", ".join(header), 100)
        raise UsageError(f"there is no column `id` among {shown}", where=path, todo=todo)
    doubled = {name for name in names if names.count(name) > 1 and name in COLUMNS}
    if doubled:
        raise UsageError(f"the column {min(doubled)} is there twice", where=path)
    found: dict[str, int] = {}
    students = []
    for line, row in rows:
        where = f"{path}, line {line}"
        student = _student(names, row, where)
        if student.id in found:
            what = f"the id {one_line(student.id, 60)} stood on line {found[student.id]} already"
            raise UsageError(what, where=where)
        found[student.id] = line
        students.append(student)
    return students


def _student(names: list[str], row: list[str], where: str) -> Student:
    if len(row) > len(names):
        what = f"there are {len(row)} fields, and {len(names)} columns"
        raise UsageError(what, where=where, todo='a field with a comma needs "quotes"')
    given = dict(zip(names, (cell.strip() for cell in row), strict=False))
    values = {name: given.get(name) or None for name in COLUMNS}
    for name, value in values.items():
        if value and len(value) > _LONGEST:
            raise UsageError(f"{name} has more than {_LONGEST} characters", where=where)
        if value and any(unicodedata.category(char) in ("Cc", "Cs") for char in value):
            raise UsageError(f"{name} has a character that cannot be shown", where=where)
    identity = values["id"]
    if identity is None:
        raise UsageError("there is no id", where=where)
    if why := _unfit(identity):
        raise UsageError(f"the id {one_line(identity, 60)} {why}", where=where)
    return Student(identity, *(values[name] for name in COLUMNS[1:]))


def _unfit(identity: str) -> str:
    """Why folders cannot be named after the id; empty where they can."""
    if "/" in identity or identity.startswith("."):
        return "cannot name a folder: it has a / in it or begins with a dot"
    return "is too long to name a folder" if len(os.fsencode(identity)) > 240 else ""
