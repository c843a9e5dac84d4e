"""`dl30 check` as it is typed: which notebook, what it prints, how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from check_lab import STEM, STUBS, Desk
from dl30_command import Ran, run

from autograder.check.finding import choose

# A student has no course: nothing of it may be imported, by the command or by what it starts.
BLOCKED = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ModuleNotFoundError("No module named " + name, name=name)
sys.meta_path.insert(0, Blocked())
"""


@pytest.fixture
def student(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def outside(student: Desk, *arguments: str, blocked: tuple[str, ...] = ()) -> Ran:
    """The command in a process of its own, which finds neither a course nor `blocked` packages."""
    folder = student.data.parent / "blocked"
    folder.mkdir(exist_ok=True)
    names = ("solutions", "tests", *blocked)
    (folder / "sitecustomize.py").write_text(BLOCKED.format(names=names))
    ended = subprocess.run(
        [sys.executable, "-m", "autograder.cli.main", *arguments, "--data", str(student.data)],
        cwd=student.folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    return Ran(ended.returncode, ended.stdout, ended.stderr)


def test_with_nothing_but_the_notebook(student: Desk) -> None:
    """No course, no nbgrader, no torch, and no pytest; what cells print is nobody's."""
    student.solve("scale")
    loud = "import os; os.system('echo loud; echo louder >&2'); print('\\x1b[2J')"
    student.add(loud, after="imports")
    student.save()
    os.utime(student.path, (0, 0))
    gone = ("nbgrader", "torch", "sklearn", "pytest", "_pytest", "sqlalchemy")
    ran = outside(student, "check", blocked=gone)
    assert (ran.code, ran.err) == (1, "")
    lines = ran.out.splitlines()
    assert lines[0].startswith("day01_mini · day01_mini.ipynb, saved ")
    assert lines[1] == ""
    assert lines[2].startswith(" ✓ scale        7 points  passed          0.0")
    assert lines[3:] == [
        " · row_means    4 points  not started",
        "",
        "1 of 2 exercises pass their visible checks, worth 7 of 11 points. The grader's",
        "hidden tests look closer. 1 written question has no answer yet.",
        "",
        f"days  ▒{'·' * 29}  0 of 30",
        "next: row_means (stuck? dl30 hint day01 row_means)",
    ]


def test_what_a_machine_lacks(student: Desk) -> None:
    for package in ("nbformat", "IPython"):
        ran = outside(student, "check", blocked=(package,))
        told = f"dl30: this needs the package {package} (pip install 'dl30[course]')\n"
        assert ran == (3, "", told)


def test_json(student: Desk) -> None:
    student.solve(row_means=STUBS["row_means"])
    student.save()
    ran = run(student.folder, "check", "--json", "--data", str(student.data))
    assert (ran.code, ran.err) == (1, "")
    found: dict[str, Any] = json.loads(ran.out)
    assert found.pop("seconds") > 0
    assert found["exercises"][0].pop("seconds") > 0
    assert len(found.pop("saved")) == 8
    assert found == {
        "notebook": f"{STEM}.ipynb",
        "day": STEM,
        "exercises": [
            {"name": "scale", "points": 7.0, "status": "passed", "message": ""},
            {"name": "row_means", "points": 4.0, "status": "not started", "seconds":
             found["exercises"][1]["seconds"], "message": ""},
        ],
        "rechecked": ["scale", "row_means"],
        "written": ["why"],
        "before_you_submit": [],
        "days": "▒" + "·" * 29,
        "days_done": 0,
        "next": "row_means (stuck? dl30 hint day01 row_means)",
    }  # fmt: skip


def test_all_pass_ends_with_0(student: Desk) -> None:
    student.solve()
    student.delete("figure")
    student.save()
    ran = run(student.folder, "check", "--data", str(student.data))
    assert (ran.code, ran.err) == (0, "")
    assert 'before you submit\n - cell "figure" was missing: it was put back as it was' in ran.out


def place(root: Path, name: str, saved: int, text: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (saved, saved))
    return path


def test_the_notebook_that_is_meant(student: Desk, tmp_path: Path) -> None:
    text = student.path.read_text()
    here = tmp_path / "here"
    one = place(here, "day01_mini/day01_mini.ipynb", 10, text)
    two = place(here, "day02_b/x.ipynb", 20, text.replace("day01_mini", "day02_b"))
    place(here, ".ipynb_checkpoints/x.ipynb", 30, text)
    place(here, "day02_b/.ipynb_checkpoints/x.ipynb", 30, text)
    place(here, "a/b/too_deep.ipynb", 30, text)
    place(here, "other.ipynb", 30, '{"cells": [], "metadata": {}}')
    place(here, "broken.ipynb", 30, "{")
    assert choose(here, None) == two
    assert choose(here, "day01_mini") == one
    assert choose(here, "mini") == choose(here, "1") == choose(here, "DAY01") == one
    assert choose(here, "day01_mini/day01_mini.ipynb") == one
    assert choose(here / "day01_mini", "../day02_b/x.ipynb").samefile(two)


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (["day01_mimi.ipynb"], 2,
         "day01_mimi.ipynb: there is no such notebook (did you mean day01_mini.ipynb?)"),
        (["14"], 2, 'there is no notebook of "14" in this folder or one level below (there are '
         "day01_mini)"),
        (["{root}/empty"], 2, "{root}/empty: there is no notebook of the course in this folder or "
         "one level below (go to the folder that the assignment list fetched it into, or name the "
         "notebook)"),
        (["broken.ipynb"], 1, "broken.ipynb: is not JSON: line 1, column 2: Expecting property "
         "name enclosed in double quotes"),
        (["mine.ipynb"], 1, "mine.ipynb: does not say how it was given out: it is no notebook of "
         "this course, or an old one (fetch the assignment once more, and copy your answers over)"),
        (["{root}/day01_mini/notes.txt"], 1, "notes.txt: is empty"),
        (["--data", "{root}/day01_mini/notes.txt"], 2, ""),
    ],
)  # fmt: skip
def test_bad_input(
    student: Desk, tmp_path: Path, arguments: list[str], code: int, line: str
) -> None:
    (tmp_path / "empty").mkdir()
    (student.folder / "broken.ipynb").write_text("{")
    (student.folder / "notes.txt").write_text("")
    mine = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    (student.folder / "mine.ipynb").write_text(mine)
    words = [word.format(root=tmp_path) for word in arguments]
    ran = run(student.folder, "check", "--data", str(student.data), *words)
    assert ran.code == code
    if line:
        assert ran.complaint == f"dl30: {line.format(root=tmp_path)}"
    else:
        assert "Invalid value for '--data': Directory" in " ".join(ran.err.split())
