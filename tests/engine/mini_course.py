"""A course of one small day, for tests of the engine: two exercises and a written question."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from autograder import notebook
from autograder.course import Course, Day
from autograder.demo import Classroom
from autograder.grading import records
from autograder.grading.batch import GradingProcess
from autograder.grading.grade import (
    Options,
    carry_out,
    plan,
    records_folder,
    submission_path,
)
from autograder.grading.jobs import Job, Settings
from autograder.grading.records import Record

ROOT = Path(__file__).parents[2]
STEM = "day01_mini"
POINTS = {"scale": 7.0, "row_means": 4.0}
MAX_SCORE = sum(POINTS.values())
FAST = ("numpy",)  # to preload: torch would double the time of every grading process

SOLUTIONS = '''"""Reference of the small day."""

import numpy as np


def scale(x, factor):
    """x times factor."""
    ### BEGIN SOLUTION
    return np.asarray(x) * factor
    ### END SOLUTION


def row_means(x):
    """The mean of each row."""
    ### BEGIN SOLUTION
    return np.asarray(x).mean(axis=1)
    ### END SOLUTION
'''
HIDDEN = '''"""Hidden tests of the small day."""

import numpy as np
import pytest

from autograder.testing import assert_close, assert_equal, check, exercise, unpack, weight
from solutions import day01_mini as reference

SECRET_FACTOR = 2.515625


@exercise("scale", forbids=("numpy.multiply", "scipy.signal"))
class TestScale:
    @weight(3)
    def test_matrix(self, student, rng):
        """Every entry of a matrix is multiplied by the factor."""
        x = rng.normal(size=(3, 4))
        expected = reference.scale(x, SECRET_FACTOR)
        assert_close(student.scale(x, SECRET_FACTOR), expected, rtol=1e-9, atol=1e-9)

    @pytest.mark.parametrize("factor", [0, -3])
    def test_factor(self, student, rng, factor):
        """A factor of zero or below is a factor too."""
        x = rng.normal(size=5)
        assert_close(student.scale(x, factor), factor * x, rtol=1e-9, atol=1e-9)


@exercise("row_means")
class TestRowMeans:
    @weight(2)
    def test_oblong(self, student, rng):
        """One mean for each row, also where there are more columns than rows."""
        x = rng.normal(size=(4, 7))
        assert_close(student.row_means(x), x.mean(axis=1), rtol=1e-9, atol=1e-9)

    def test_input_stays(self, student, rng):
        """The rows are only read."""
        x = rng.normal(size=(2, 3))
        assert_close(student.row_means.unchanged(x), x.mean(axis=1), rtol=1e-9, atol=1e-9)
'''
TESTS = [
    "TestScale::test_matrix",
    "TestScale::test_factor[0]",
    "TestScale::test_factor[-3]",
    "TestRowMeans::test_oblong",
    "TestRowMeans::test_input_stays",
]
# `pytest FILE` by hand needs the course's own solutions first, whichever course is installed.
PYTEST = '[tool.pytest.ini_options]\naddopts = "-p autograder.grading.plugin"\npythonpath = ["."]\n'


def cell(name: str, source: str, kind: str = "code", **given: Any) -> dict[str, Any]:
    """A notebook's cell; `given` are marks of nbgrader, and tags."""
    metadata: dict[str, Any] = {"tags": given.pop("tags")} if "tags" in given else {}
    if given:
        flags = {"grade": False, "solution": False, "locked": False, "task": False}
        metadata["nbgrader"] = {**flags, "schema_version": 3, "grade_id": name, **given}
    made = {"cell_type": kind, "id": f"{name}-id", "metadata": metadata, "source": source}
    return made | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def exercise_cells(name: str) -> list[dict[str, Any]]:
    return [
        cell(f"{name}_solution", f"from solutions.{STEM} import {name}", solution=True),
        cell(name, f"assert {name} is not None", grade=True, locked=True, points=POINTS[name]),
    ]


MODEL = "### BEGIN SOLUTION\nBecause it is linear.\n### END SOLUTION"
CELLS = [
    cell("title", "# Day 01 · Mini", "markdown"),
    cell("imports", "import numpy as np", locked=True, tags=["setup"]),
    *exercise_cells("scale"),
    *exercise_cells("row_means"),
    cell("written_why", MODEL, "markdown", grade=True, solution=True, points=3),
]


def book(cells: Iterable[dict[str, Any]] = CELLS, **top: Any) -> str:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}}
    return json.dumps(made | {"cells": list(cells)} | top)


def make_course(root: Path) -> Course:
    """The course's files, not released yet."""
    files = {
        f"source/{STEM}/{STEM}.ipynb": book(),
        f"solutions/{STEM}.py": SOLUTIONS,
        "solutions/__init__.py": "",
        f"tests/hidden/test_{STEM}.py": HIDDEN,
        f"tests/solutions/test_{STEM}.py": "",
        f"tests/variants/{STEM}.py": "",
        "pyproject.toml": PYTEST,
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    return Course(root)


class Mini:
    """A released small course and what tests do to it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.course = Course(root)
        self.day: Day = self.course.day("1")
        self.room = Classroom(self.course, self.day)

    def path(self, student: str) -> Path:
        """Where the student's notebook lies, its folder made."""
        path = self.course.submitted / student / STEM / f"{STEM}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def submit(self, student: str, *extra: str, **functions: str) -> Path:
        """A notebook that is right but for `functions`, with `extra` cells behind the imports."""
        made = self.room.solved(**functions)
        for source in extra:
            self.room.add(made, after="imports", source=source)
        path = self.path(student)
        path.write_bytes(notebook.to_bytes(made))
        return path

    def blank(self, student: str) -> Path:
        """The notebook as it was given out."""
        path = self.path(student)
        path.write_bytes(self.day.release_notebook.read_bytes())
        return path

    def hide(self, source: str) -> None:
        """Other hidden tests."""
        self.day.hidden_tests.write_text(source)

    def record_path(self, student: str) -> Path:
        return self.course.records / STEM / f"{student}.json"

    def record(self, student: str) -> dict[str, Any]:
        """The student's record as it lies on the disk."""
        found: dict[str, Any] = json.loads(self.record_path(student).read_bytes())
        return found

    @property
    def settings(self) -> Settings:
        return Settings(str(self.root), STEM, preload=FAST)

    def judge(self, *students: str, seed: int = 1) -> list[Record]:
        """Grade the students' notebooks one after another in one process."""
        process = GradingProcess(self.settings)
        try:
            paths = [submission_path(self.course, self.day, student) for student in students]
            jobs = [Job(who, str(path), seed) for who, path in zip(students, paths, strict=True)]
            return [process.grade(job) for job in jobs]
        finally:
            process.close()

    def grade(self, **options: Any) -> list[Record]:
        """What `dl30 grade` does, without the gradebook; PRELOAD should be FAST."""
        chosen = Options(**options)
        made = carry_out(plan(self.course, self.day, chosen), chosen, lambda record: None)
        folder = records_folder(self.course, self.day)
        return list(records.each(folder, [record.student for record in made]))


def plain(record: Record) -> dict[str, Any]:
    """All of a record but who and when."""
    found: dict[str, Any] = json.loads(msgspec.json.encode(record))
    for test in (test for result in found["exercises"].values() for test in result["tests"]):
        del test["seconds"]
    return {key: value for key, value in found.items() if key not in ("seconds", "student")}
