"""Finding a course and its days, and what a day's notebook asks for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autograder.course import Course, Day, Exercise, Written, solution_import
from autograder.errors import CourseError, UsageError


def cell(name: str, source: str, kind: str = "code", **marks: Any) -> dict[str, Any]:
    metadata: dict[str, Any] = {}
    if marks:
        flags = {"grade": False, "solution": False, "locked": False, "schema_version": 3}
        metadata["nbgrader"] = {**flags, "grade_id": name, **marks}
    made = {"cell_type": kind, "id": name, "metadata": metadata, "source": source}
    return made | ({"outputs": [], "execution_count": None} if kind == "code" else {})


HEADING = cell("title", "# Day 04 · Relu and friends\n\ntext", "markdown")
IMPORTS = cell("imports", "import numpy as np", locked=True)
TWO = cell("two_solution", "from solutions.day04_relu import (\n    f,\n    g,\n)", solution=True)
CHECK = cell("two", "assert f(1)", grade=True, locked=True, points=8)
WRITTEN = cell("why", "answer", "markdown", grade=True, solution=True, points=2.5)


def write_notebook(path: Path, cells: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    path.write_text(json.dumps(book))


@pytest.fixture
def course(tmp_path: Path) -> Course:
    (tmp_path / "nbgrader_config.py").touch()
    for stem in ("day14_convolution", "day04_relu", "day15_pooling"):
        write_notebook(tmp_path / "source" / stem / f"{stem}.ipynb", [HEADING, IMPORTS])
    (tmp_path / "source" / "pictures").mkdir()
    (tmp_path / "source" / "notes.txt").touch()
    return Course(tmp_path)


def with_cells(course: Course, *cells: dict[str, Any]) -> Day:
    day = course.day("4")
    write_notebook(day.source_notebook, list(cells))
    return day


@pytest.mark.parametrize("inside", ["", "source", "source/day04_relu"])
def test_a_course_is_found_from_any_folder_inside_it(course: Course, inside: str) -> None:
    assert Course.find(course.root / inside) == course


def test_a_named_folder_is_taken_wherever_one_stands(course: Course) -> None:
    assert Course.find(Path("/"), course.root) == course


@pytest.mark.parametrize("lacking", ["nbgrader_config.py", "source"])
def test_no_course_says_what_was_looked_for_and_where(tmp_path: Path, lacking: str) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "nbgrader_config.py").touch()
    (tmp_path / lacking).rename(tmp_path / "elsewhere")
    with pytest.raises(CourseError) as found:
        Course.find(tmp_path)
    assert str(found.value) == (
        f"{tmp_path}: this is no course: nbgrader_config.py and source/ do not stand together in "
        "this folder or any above it (go to the course's folder or name it)"
    )
    assert found.value.exit_code == 3


def test_a_named_folder_is_not_searched_upwards(course: Course) -> None:
    with pytest.raises(CourseError, match="do not stand together in this folder "):
        Course.find(Path("/"), course.root / "source")


def test_days_are_folders_named_like_days_in_order(course: Course) -> None:
    stems = [day.stem for day in course.days()]
    assert stems == ["day04_relu", "day14_convolution", "day15_pooling"]
    assert [day.number for day in course.days()] == [4, 14, 15]


@pytest.mark.parametrize(
    ("text", "stem"),
    [
        ("14", "day14_convolution"),
        ("day14", "day14_convolution"),
        ("day14_convolution", "day14_convolution"),
        ("04", "day04_relu"),
        ("4", "day04_relu"),
        ("day4", "day04_relu"),
        (" Day04_relu\n", "day04_relu"),
    ],
)
def test_a_day_has_many_names(course: Course, text: str, stem: str) -> None:
    assert course.day(text).stem == stem


ALL = "there are day04_relu, day14_convolution, day15_pooling"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("day14_convolutions", f"did you mean day14_convolution? {ALL}"),
        ("poling", f"did you mean day15_pooling? {ALL}"),
        ("99", ALL),
        ("", ALL),
        ("114", ALL),
        ("../day04_relu\x1b[2J", f"did you mean day04_relu? {ALL}"),
    ],
)
def test_an_unknown_day_is_answered_with_near_misses(
    course: Course, text: str, message: str
) -> None:
    with pytest.raises(UsageError) as found:
        course.day(text)
    assert found.value.todo == message
    assert found.value.exit_code == 2
    assert str(found.value).isprintable()


def test_two_folders_with_one_number_are_the_courses_fault(course: Course) -> None:
    (course.root / "source" / "day04_gelu").mkdir()
    with pytest.raises(CourseError, match="day04_gelu and day04_relu have the same number"):
        course.day("4")
    assert course.day("day04_relu").stem == "day04_relu"


def test_an_empty_course_has_no_days(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    with pytest.raises(UsageError, match="there are none"):
        Course(tmp_path).day("1")


def test_places_of_a_days_files(course: Course) -> None:
    day = course.day("4")
    paths = [day.source_notebook, day.release_notebook, day.source_dir, day.release_dir]
    paths += [day.solution, day.hidden_tests, day.variants, day.reference_tests]
    assert [path.relative_to(course.root).as_posix() for path in paths] == [
        "source/day04_relu/day04_relu.ipynb",
        "release/day04_relu/day04_relu.ipynb",
        "source/day04_relu",
        "release/day04_relu",
        "solutions/day04_relu.py",
        "tests/hidden/test_day04_relu.py",
        "tests/variants/day04_relu.py",
        "tests/solutions/test_day04_relu.py",
    ]
    folders = [course.submitted, course.autograded, course.feedback, course.records]
    assert [path.name for path in folders] == ["submitted", "autograded", "feedback", "records"]
    assert course.gradebook == course.root / "gradebook.db"


def test_check_names_every_missing_file(course: Course) -> None:
    day = course.day("4")
    with pytest.raises(CourseError) as found:
        day.check()
    assert found.value.what == (
        "day04_relu lacks solutions/day04_relu.py, tests/hidden/test_day04_relu.py, "
        "tests/solutions/test_day04_relu.py, tests/variants/day04_relu.py, "
        "release/day04_relu/day04_relu.ipynb"
    )
    for path in (day.solution, day.hidden_tests, day.reference_tests, day.variants):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    day.check(released=False)
    with pytest.raises(CourseError, match="run `dl30 release day04_relu`"):
        day.check()
    write_notebook(day.release_notebook, [])
    day.check()


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# Day 04 · Relu and friends\n\ntext", "Relu and friends"),
        ("text\n\n# Day 4: VGG, NiN #", "VGG, NiN"),
        ("# 3-D relu", "3-D relu"),
        ("## Not a title", "Relu"),
        ("", "Relu"),
    ],
)
def test_title_is_the_first_heading(course: Course, text: str, title: str) -> None:
    assert with_cells(course, cell("title", text, "markdown")).title == title


def test_title_needs_no_readable_notebook(course: Course) -> None:
    course.day("4").source_notebook.write_text("{")
    assert course.day("4").title == "Relu"


def test_exercises_and_written_questions(course: Course) -> None:
    day = with_cells(course, HEADING, IMPORTS, TWO, CHECK, WRITTEN)
    assert day.exercises() == (Exercise("two", 8.0, ("f", "g")),)
    assert day.written() == (Written("why", 2.5),)
    assert day.max_score == 10.5


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([CHECK], 'cell "two": no solution cell stands before this check'),
        ([TWO, CHECK, CHECK | {"id": "b"}], "no solution cell stands before this check"),
        ([cell("x", "import numpy", solution=True)], 'cell "x": this is no solution cell: it hold'),
        ([TWO, cell("two", "", grade=True, locked=True)], 'cell "two": this graded cell has no po'),
        ([cell("why", "", "markdown", grade=True, solution=True, points=-1)], "has no points"),
    ],
)
def test_a_notebook_at_fault_is_named_with_its_cell(
    course: Course, cells: list[dict[str, Any]], message: str
) -> None:
    day = with_cells(course, *cells)
    with pytest.raises(CourseError) as found:
        _ = day.max_score
    assert message in str(found.value)
    assert "source/day04_relu/day04_relu.ipynb" in str(found.value)


def test_an_unreadable_source_notebook_is_the_courses_fault(course: Course) -> None:
    course.day("4").source_notebook.write_text("[1, 2")
    with pytest.raises(CourseError, match="is not JSON: line 1, column 6"):
        course.day("4").exercises()


def test_solution_import() -> None:
    assert solution_import("from solutions.day04_relu import f, g  # both") == (
        "day04_relu",
        ("f", "g"),
    )


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("", "something other than one import"),
        ("import solutions.day04_relu", "something other than one import"),
        ("from solutions.day04_relu import f\nf(1)", "something other than one import"),
        ("from .day04_relu import f", "something other than one import"),
        ("from solutions import day04_relu", "it imports from solutions, not from a module"),
        ("from solutions.a.b import f", "it imports from solutions.a.b, not"),
        ("from numpy.linalg import norm", "it imports from numpy.linalg, not"),
        ("from solutions.day04_relu import f as g", "with `as` or `*`"),
        ("from solutions.day04_relu import *", "with `as` or `*`"),
        ("%matplotlib inline", "it is not Python"),
    ],
)
def test_other_cells_are_no_solution_imports(source: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason.replace("*", r"\*")):
        solution_import(source)


def test_importing_the_course_loads_nothing_heavy() -> None:
    code = (
        "import sys, autograder.course as c; c.Course.find; "
        "print({'torch', 'numpy', 'nbgrader', 'nbformat'} & {*sys.modules})"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert done.stdout == "set()\n"
