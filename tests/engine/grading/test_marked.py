"""Marks by hand: which still hold after a submission was graded again, and which need a look."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from dl30_command import run
from mini_course import FAST, HIDDEN, STEM, Mini
from nbgrader.api import Gradebook

from autograder.cli import regrade
from autograder.errors import GradebookError
from autograder.grading import rows
from autograder.grading.marked import unchanged
from autograder.sandbox import launcher

WRONG = "def row_means(x): return x.mean(axis=0)"
WRONG_TOO = "def row_means(x): return 0 * x.mean(axis=0)"
HALF = "def row_means(x): return x.mean(axis=1) if x.shape[1] > 3 else x"
STAYS, WAITS = False, True


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "PRELOAD", FAST)


@pytest.fixture(scope="module")
def once(new_mini: Callable[[], Mini]) -> Mini:
    """One student, whose answer in words is marked and whose wrong exercise was given points."""
    mini = new_mini()
    mini.submit("cleo", row_means=WRONG)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(launcher, "PRELOAD", FAST)
        assert run(mini, "grade", "1").code == 0
    with Gradebook(f"sqlite:///{mini.course.gradebook}", "dl30") as gradebook:
        for cell, points in (("written_why", 2.5), ("row_means", 1.5)):
            grade = gradebook.find_grade(cell, STEM, STEM, "cleo")
            grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.db.commit()
    return mini


@pytest.fixture
def marked(once: Mini, tmp_path: Path) -> Mini:
    return Mini(Path(shutil.copytree(once.root, tmp_path / "course")))


def waiting(mini: Mini) -> dict[str, bool]:
    """Whether the cell waits for a person, of cells with a mark by hand."""
    query = (
        "select b.name, g.needs_manual_grade from grade g join base_cell b on b.id = g.cell_id "
        "where g.manual_score is not null"
    )
    with closing(sqlite3.connect(mini.course.gradebook)) as connection:
        return {name: bool(waits) for name, waits in connection.execute(query)}


def answer_anew(mini: Mini) -> None:
    path = mini.path("cleo")
    made = json.loads(path.read_text())
    made["cells"][-1]["source"] = "Because I say so."
    path.write_text(json.dumps(made))


@pytest.mark.parametrize("command", ["grade --force", "regrade --yes"])
def test_a_mark_stays_made(marked: Mini, command: str) -> None:
    marked.hide(HIDDEN + "\n# Another comment.\n")
    name, option = command.split()
    assert run(marked, name, "1", option).code == 0
    assert waiting(marked) == {"written_why": STAYS, "row_means": STAYS}
    assert not list(marked.course.autograded.rglob(".*"))
    assert run(marked, "export", "1", "--csv", "out.csv").code == 0
    assert (marked.root / "out.csv").read_text().splitlines()[1].split(",")[5] == "11"


def test_another_answer_in_words_waits(marked: Mini) -> None:
    """And goes on waiting when the same is graded once more."""
    answer_anew(marked)
    for _ in range(2):
        assert run(marked, "grade", "1", "--force").code == 0
        assert waiting(marked) == {"written_why": WAITS, "row_means": STAYS}


def test_another_answer_of_the_same_score_waits(marked: Mini) -> None:
    marked.submit("cleo", row_means=WRONG_TOO)
    assert run(marked, "grade", "1").code == 0
    assert marked.record("cleo")["exercises"]["row_means"]["points"] == 0
    assert waiting(marked) == {"written_why": STAYS, "row_means": WAITS}


def test_another_score_of_the_same_answer_waits(marked: Mini) -> None:
    marked.hide(HIDDEN.replace("x.mean(axis=1), rtol", "x.mean(axis=0), rtol"))
    ran = run(marked, "regrade", "1", "--yes")
    assert ran.code == 0
    assert (
        "1 mark by hand must be confirmed anew (Resolve in the formgrader): cleo's row_means"
        in ran.out.splitlines()
    )
    assert waiting(marked) == {"written_why": STAYS, "row_means": WAITS}


def test_without_the_notebook_that_was_marked_all_wait(marked: Mini) -> None:
    shutil.rmtree(marked.course.autograded)
    assert run(marked, "grade", "1").code == 0
    assert waiting(marked) == {"written_why": WAITS, "row_means": WAITS}


def test_a_database_that_refuses_costs_no_mark(
    marked: Mini, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder is torn down by then."""

    def refuse(*_: object) -> None:
        raise GradebookError("not now")

    monkeypatch.setattr(rows, "write", refuse)
    assert run(marked, "grade", "1", "--force").code == 1
    folder = marked.course.autograded / "cleo" / STEM
    assert [path.name for path in folder.iterdir()] == [".before.ipynb"]
    monkeypatch.undo()
    monkeypatch.setattr(launcher, "PRELOAD", FAST)
    assert run(marked, "grade", "1").code == 0
    assert waiting(marked) == {"written_why": STAYS, "row_means": STAYS}
    assert [path.name for path in folder.iterdir()] == [f"{STEM}.ipynb"]


def test_a_course_with_steps_of_its_own_says_that_all_wait(
    marked: Mini, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first few are named."""
    monkeypatch.setattr(regrade, "NAMED", 1)
    with (marked.root / "nbgrader_config.py").open("a") as config:
        config.write("c.NbConvertBase.default_language = 'python'\n")
    told = run(marked, "regrade", "1", "--yes").out.splitlines()
    assert told[1:] == ["written: 0 records, 0 stored in the gradebook"]
    marked.hide(HIDDEN + "\n# Another comment.\n")
    ran = run(marked, "regrade", "1", "--yes")
    assert ran.out.splitlines()[1:] == [
        "2 marks by hand must be confirmed anew (Resolve in the formgrader): "
        "cleo's row_means and 1 more",
        "written: 1 record, 1 stored in the gradebook",
    ]
    assert waiting(marked) == {"written_why": WAITS, "row_means": WAITS}


def book(*cells: tuple[str, str, dict[str, Any]]) -> bytes:
    made = [
        {"source": [source], "metadata": {"nbgrader": {"grade_id": name} | marks}}
        for name, source, marks in cells
    ]
    return json.dumps({"cells": made}).encode()


ANSWER, TESTS, WORDS = {"solution": True}, {"grade": True}, {"solution": True, "grade": True}


def test_an_exercise_has_the_answers_before_it() -> None:
    cells = [("one", "1", ANSWER), ("more", "1", ANSWER), ("a", "assert", TESTS)]
    cells += [("other", "2", ANSWER), ("b", "assert", TESTS), ("w", "words", WORDS)]
    old = book(*cells)
    assert unchanged(old, old) == {"a", "b", "w"}
    assert unchanged(old, book(("one", "9", ANSWER), *cells[1:])) == {"b", "w"}
    assert unchanged(old, book(*cells[:3], ("other", "9", ANSWER), *cells[4:])) == {"a", "w"}
    assert unchanged(old, book(*cells[:2], ("a", "new", TESTS), *cells[3:])) == {"a", "b", "w"}
    assert unchanged(old, book(*cells[:5], ("w", "word", WORDS))) == {"a", "b"}
    assert unchanged(old, book(cells[2], cells[4])) == set()


def test_a_picture_is_part_of_an_answer() -> None:
    old = json.loads(book(("w", "![](a.png)", WORDS)))
    old["cells"][0]["attachments"] = {"a.png": {"image/png": "AAAA"}}
    new = json.dumps(old).replace("AAAA", "BBBB").encode()
    assert unchanged(new, new) == {"w"}
    assert unchanged(json.dumps(old).encode(), new) == set()


@pytest.mark.parametrize("old", [b"", b"[]", b"{}", b'{"cells": [1]}', b"\xff", b"[" * 9999])
def test_what_is_no_notebook_has_no_answers(old: bytes) -> None:
    assert unchanged(old, book(("w", "words", WORDS))) == set()
