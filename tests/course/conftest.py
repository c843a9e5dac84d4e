"""One run of a day's variants and offenders, shared by the tests that look at its results."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder import demo, notebook, variants
from autograder.course import Course, Day
from autograder.grading import grade
from autograder.grading.records import Record
from autograder.release import instructor_notebook, release

COURSE = Course.find(Path(__file__))
DAYS = [day.stem for day in COURSE.days()]


@dataclass(frozen=True)
class Trial:
    """A scratch course with one day released, where notebooks are handed in and graded."""

    course: Course
    day: Day

    def hand_in(self, student: str, made: notebook.NotebookNode) -> None:
        path = grade.submission_path(self.course, self.day, student)
        path.parent.mkdir(parents=True)
        path.write_bytes(notebook.to_bytes(made))

    def filled_in(self, functions: Mapping[str, str] | None = None) -> notebook.NotebookNode:
        solved = instructor_notebook(self.course, self.day)
        return variants.handed_in(notebook.read(self.day.release_notebook), solved, functions)

    def grade(self) -> dict[str, Record]:
        options = grade.Options(jobs=os.cpu_count() or 1)
        plan = grade.plan(self.course, self.day, options)
        found = grade.carry_out(plan, options, lambda record: None)
        return {record.student: record for record in found}


@pytest.fixture(scope="module", params=DAYS)
def trial(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Trial:
    folder = tmp_path_factory.mktemp(request.param) / "course"
    course = demo.copy_course(COURSE, folder)
    day = course.day(request.param)
    release(course, day)
    return Trial(course, day)
