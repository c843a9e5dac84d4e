"""Scores as CSV files: for a spreadsheet, for Canvas, for Moodle.

Canvas: the columns of a gradebook file and its row "Points Possible" are those of Canvas's own
export and importer (guide "How do I import grades in the Gradebook?"). Moodle: any column names do;
who imports maps one column to the user and each other one to a grade (docs.moodle.org,
"Grade import").
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course import Day
from autograder.errors import UsageError
from autograder.instructor import roster
from autograder.instructor.roster import Student
from autograder.instructor.times import stamp
from autograder.instructor.totals import Column, Totals, number

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_STUDENT, _ID, _SIS, _LOGIN = "Student", "ID", "SIS User ID", "SIS Login ID"
_PEOPLE = (_STUDENT, _ID, _SIS, _LOGIN, "Integration ID", "Root Account", "Section")
_POINTS = "    Points Possible"
_WITH_ID = re.compile(r"(?P<name>.*?)(?: \(\d+\))?")


@dataclass(frozen=True)
class Table:
    """A file's contents; in `remarks`, a line each, what the reader should know, and in `left_out`
    whose score did not get in, and why."""

    content: bytes
    rows: int
    remarks: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)


def safe(text: str | None) -> str:
    """Text that spreadsheets take for text, and not for a formula."""
    return f"'{text}" if text and text.startswith(_FORMULA) else text or ""


def _runs(*identifiers: str | None) -> str:
    """Why a row may not be written: changing an identifier would make it somebody else's."""
    bad = next((text for text in identifiers if text and text.startswith(_FORMULA)), None)
    return f"a spreadsheet would run {bad!r}" if bad else ""


def _table(rows: Sequence[Sequence[str]], encoding: str = "utf-8") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode(encoding)


# For a spreadsheet.

_HEAD = (
    "day,student,last_name,first_name,email,score,max_score,before_penalty,late_penalty,"
    "handed_in_utc,needs_marking"
)


def spreadsheet(totals: Totals) -> Table:
    """A row for each student and day, with a byte order mark, as Excel wants it."""
    rows = [_HEAD.split(",")]
    for column in totals.columns:
        rows += [_line(column, student) for student in totals.students]
    return Table(_table(rows, "utf-8-sig"), len(rows) - 1)


def _line(column: Column, student: Student) -> list[str]:
    sheet = column.sheets.get(student.id)
    who = (student.id, student.last_name, student.first_name, student.email)
    there = ["", "", "", ""]
    if sheet:
        handed_in = stamp(sheet.timestamp) if sheet.timestamp else ""
        waits = "yes" if sheet.waits else "no"
        there = [number(sheet.raw), number(sheet.penalty), handed_in, waits]
    points = [number(column.score(student.id)), number(column.max_points)]
    return [column.day.stem, *map(safe, who), *points, *there]


# For Moodle.


def moodle(totals: Totals) -> Table:
    """A row for each student: identifiers to map by, and a column of points for each day."""
    names = [column.day.stem for column in totals.columns]
    rows = [["Username", "ID number", "Email address", "First name", "Last name", *names]]
    left_out = {}
    for student in totals.students:
        identifiers = (student.id, student.lms_user_id, student.email)
        if why := _runs(*identifiers):
            left_out[student.id] = why
            continue
        who = [text or "" for text in identifiers]
        called = [safe(student.first_name), safe(student.last_name)]
        rows.append([*who, *called, *_points(totals.columns, student.id)])
    remarks = [f"{c.day.stem} is out of {number(c.max_points)} points" for c in totals.columns]
    return Table(_table(rows), len(rows) - 1, remarks, left_out)


def _points(columns: Sequence[Column], student: str) -> list[str]:
    return [number(column.score(student)) for column in columns]


# For Canvas.


def canvas(totals: Totals) -> Table:
    """A file for Canvas's gradebook without one of its own to go by: logins are students' ids."""
    head = [_STUDENT, _ID, _SIS, _LOGIN, "Section"]
    names = [column.day.stem for column in totals.columns]
    most = [number(column.max_points) for column in totals.columns]
    rows = [[*head, *names], [_POINTS, *[""] * (len(head) - 1), *most]]
    left_out = {}
    for student in totals.students:
        if why := _runs(student.id, student.lms_user_id):
            left_out[student.id] = why
            continue
        called = ", ".join(filter(None, (student.last_name, student.first_name))) or student.id
        who = [safe(called), student.lms_user_id or "", "", student.id, ""]
        rows.append([*who, *_points(totals.columns, student.id)])
    return Table(_table(rows), len(rows) - 2, [], left_out)


def canvas_like(totals: Totals, path: Path) -> Table:
    """The same by a file that Canvas exported: its rows, identifiers and names of columns.

    UsageError where the file is none of Canvas's.
    """
    header, numbered = roster.table(path)
    lines = [row for _, row in numbered]
    _check_header(header, path)
    kept = [index for index, name in enumerate(header) if name in _PEOPLE]
    places = [_place(column.day, header, path) for column in totals.columns]
    names = [
        column.day.stem if place is None else header[place]
        for column, place in zip(totals.columns, places, strict=True)
    ]
    rows = [[header[index] for index in kept] + names]
    remarks: list[str] = []
    people = [dict(zip(header, row, strict=False)) for row in lines]
    found = _matched(totals, [one for one in people if one.get(_ID, "").strip()])
    for row, one in zip(lines, people, strict=True):
        who = [safe(row[index]) if index < len(row) else "" for index in kept]
        if one.get(_ID, "").strip():
            student = found.get(one[_ID])
            rows.append(
                [*who, *(_points(totals.columns, student) if student else ["" for _ in names])]
            )
        elif row[0].strip().lower() == _POINTS.strip().lower():
            rows.append([*who, *_possible(totals.columns, places, row, remarks)])
    if all(row[0].strip() != _POINTS.strip() for row in rows):
        most = [number(column.max_points) for column in totals.columns]
        rows.insert(1, [_POINTS, *[""] * (len(kept) - 1), *most])
    return Table(_table(rows), len(found), remarks, _unmatched(totals, found))


def _check_header(header: Sequence[str], path: Path) -> None:
    missing = [name for name in (_STUDENT, _ID, "Section") if name not in header]
    if missing:
        todo = "Grades, Export, in Canvas makes one"
        what = f"this is no gradebook file of Canvas's: there is no column {missing[0]}"
        raise UsageError(what, where=path, todo=todo)


def _place(day: Day, header: Sequence[str], path: Path) -> int | None:
    """Which column is the day's; None where Canvas has none yet."""
    called = {day.stem, day.title.lower(), f"day {day.number}", f"day {day.number:02}"}
    called |= {f"day{day.number:02}", f"day {day.number:02} · {day.title.lower()}"}
    found = []
    for index, name in enumerate(header):
        match = _WITH_ID.fullmatch(name)
        if name not in _PEOPLE and match and match["name"].strip().lower() in called:
            found.append(index)
    if len(found) > 1:
        shown = " and ".join(header[index] for index in found)
        raise UsageError(f"{shown} could both be {day.stem}", where=path, todo="take one out")
    return found[0] if found else None


def _possible(
    columns: Sequence[Column], places: Sequence[int | None], row: Sequence[str], remarks: list[str]
) -> list[str]:
    """What each day is worth in Canvas, or will be."""
    most = []
    for column, place in zip(columns, places, strict=True):
        ours = number(column.max_points)
        theirs = row[place].strip() if place is not None and place < len(row) else ours
        most.append(theirs)
        try:
            same = float(theirs) == float(ours)
        except ValueError:
            continue
        if not same:
            remarks.append(f"{column.day.stem} has {theirs} points in Canvas, and {ours} here")
    return most


def _matched(totals: Totals, people: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Our students' ids by Canvas's: by login, then by the number of the student register or of
    Canvas, then by an address that is the login."""
    found: dict[str, str] = {}
    for student in totals.students:
        keys = [
            (_LOGIN, student.id),
            (_SIS, student.id),
            (_SIS, student.lms_user_id),
            (_ID, student.lms_user_id),
            (_LOGIN, student.email),
        ]
        for name, value in keys:
            hits = [one[_ID] for one in people if value and one.get(name, "").strip() == value]
            if hits:
                found |= dict.fromkeys(hits, student.id)
                break
    return found


def _unmatched(totals: Totals, found: Mapping[str, str]) -> dict[str, str]:
    """Who has points and no row in Canvas."""
    there = set(found.values())
    return {
        student.id: "is not in the file of Canvas's"
        for student in totals.students
        if student.id not in there and any(student.id in column.sheets for column in totals.columns)
    }
