"""What everybody has on each day, as other programs are to be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.course import Course, Day
from autograder.grading import records
from autograder.grading.grade import records_folder
from autograder.instructor import marks
from autograder.instructor.marks import Sheet
from autograder.instructor.roster import Student


@dataclass(frozen=True)
class Column:
    """One day: its points, and the sheets of all whose submission is stored, by student."""

    day: Day
    max_points: float
    sheets: Mapping[str, Sheet]
    partial: bool

    def score(self, student: str) -> float | None:
        """None for who has nothing stored, and for who waits to be marked by hand unless `partial`
        says that what there is counts."""
        sheet = self.sheets.get(student)
        return None if sheet is None or (sheet.waits and not self.partial) else sheet.score

    def waiting(self) -> list[str]:
        return sorted(student for student, sheet in self.sheets.items() if sheet.waits)


@dataclass(frozen=True)
class Totals:
    """Days, and everybody whom the gradebook knows, by id."""

    columns: Sequence[Column]
    students: Sequence[Student]


def read(course: Course, days: Sequence[Day], *, partial: bool) -> Totals:
    """From the gradebook: marks by hand and late penalties are in. CourseError for a day that is
    not entered."""
    columns = [Column(day, day.max_score, marks.read(course, day), partial) for day in days]
    known = marks.students(course)
    names = {*known, *(student for column in columns for student in column.sheets)}
    return Totals(columns, [known.get(name) or Student(name) for name in sorted(names)])


def without_result(course: Course, column: Column) -> dict[str, list[str]]:
    """Who handed in and has nothing stored, by what is the matter: unreadable, or broken."""
    folder = records_folder(course, column.day)
    found: dict[str, list[str]] = {}
    for record in records.each(folder, sorted(path.stem for path in folder.glob("*.json"))):
        if record.status != "graded" and record.student not in column.sheets:
            found.setdefault(record.status, []).append(record.student)
    return found


def number(points: float | None) -> str:
    """Points as a file holds them: at most two decimals, nothing for None."""
    return "" if points is None else f"{round(points, 2):.10g}"
