"""`dl30 hint`: one at a time, remembered, and found by any name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from check_lab import Desk
from dl30_command import Ran, run

FIRST = "scale · Hint 1: the plain way\n\nMultiply by `factor`.\n\n"
SECOND = "scale · Hint 2\n\nWith $x_{i}$ an array is needed.\n\n"


@pytest.fixture
def student(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def hint(student: Desk, *words: str) -> Ran:
    return run(student.folder, "hint", *words, "--data", str(student.data))


def test_one_at_a_time(student: Desk) -> None:
    assert hint(student, "scale") == (0, f"{FIRST}1 more hint for scale\n", "")
    assert hint(student, "scale", "--again") == (0, f"{FIRST}1 more hint for scale\n", "")
    assert hint(student, "01", "scale") == (0, f"{SECOND}that was the last hint for scale\n", "")
    done = "all 2 hints for scale were shown: --again shows them\n"
    assert hint(student, "scale") == (0, done, "")
    both = f"{FIRST}{SECOND}that was the last hint for scale\n"
    assert hint(student, "scale", "--again") == (0, both, "")


def test_each_exercise_has_its_own(student: Desk) -> None:
    ran = hint(student, "row_means")
    assert ran == (0, "row_means · Hint\n\naxis=1\n\nthat was the last hint for row_means\n", "")
    assert hint(student, "scale").out == f"{FIRST}1 more hint for scale\n"


def test_none_was_shown(student: Desk) -> None:
    told = "no hint for scale was shown yet: leave out --again\n"
    assert hint(student, "scale", "--again") == (0, told, "")
    assert hint(student, "scale").out.startswith(FIRST)


def test_an_exercise_without(student: Desk) -> None:
    student.write("row_means_text", "## Exercise 2 · row_means")
    student.save()
    told = f"row_means has no hints in {student.path}\n"
    assert hint(student, "row_means") == (0, told, "")


@pytest.mark.parametrize("name", ["SCALE", "day01_mini scale", "mini scale", "1 scale", "twice"])
def test_ways_to_name_an_exercise(student: Desk, name: str) -> None:
    student.write("scale_solution", "def scale(x, f): pass\ndef twice(x): pass")
    student.save()
    assert hint(student, *name.split()).out.startswith(FIRST)


def test_a_notebook_without_its_answer_cell(student: Desk) -> None:
    student.delete("scale_solution")
    student.save()
    assert hint(student, "scale").out.startswith(FIRST)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ([], "which exercise? (dl30 hint [DAY] EXERCISE)"),
        (["1", "scale", "x"], "which exercise? (dl30 hint [DAY] EXERCISE)"),
        (["scalar"], 'day01_mini has no exercise "scalar" (did you mean scale?)'),
        (["\x1bqqq"], 'day01_mini has no exercise "qqq" (there are scale, row_means)'),
        (["2", "scale"], 'there is no notebook of "2" in this folder or one level below (there are '
         "day01_mini)"),
    ],
)  # fmt: skip
def test_a_wrong_name(student: Desk, words: list[str], line: str) -> None:
    ran = hint(student, *words)
    assert (ran.code, ran.complaint) == (2, f"dl30: {line}")
    assert not student.state.read().days


def test_no_notebook(tmp_path: Path) -> None:
    ran = run(tmp_path, "hint", "scale", "--data", str(tmp_path))
    assert (ran.code, ran.complaint) == (
        2,
        f"dl30: {tmp_path}: there is no notebook of the course in this folder or one level below "
        "(go to the folder that the assignment list fetched it into, or name the notebook)",
    )


def test_two_days(student: Desk, tmp_path: Path) -> None:
    other = tmp_path / "day02_other" / "day02_other.ipynb"
    shutil.copytree(student.folder, other.parent)
    other.write_text(student.path.read_text().replace("day01_mini", "day02_other"))
    ran = run(tmp_path, "hint", "scale", "--data", str(tmp_path))
    assert (ran.code, ran.complaint) == (
        2, "dl30: of which day? (there are day01_mini, day02_other)"
    )  # fmt: skip
    assert run(tmp_path, "hint", "2", "scale", "--data", str(tmp_path)).out.startswith(FIRST)
