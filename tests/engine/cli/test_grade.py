"""`dl30 grade` on a class as it comes in: good notebooks, odd names, things that are none."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from dl30_command import Ran, finish, run, start
from mini_course import MAX_SCORE, POINTS, STEM, TESTS, Mini, book

SCRIPT = "<script>alert(1)</script> & </div>"
ODD_NAMES = ["Zoë Ünal", "-dash", "a  b", " edge ", 'it\'s "x"', "[a]*", "%s{x}", "1\\2", "+", "*"]
OWN = [{"cell_type": "code", "metadata": {}, "source": "1", "outputs": [], "id": "a",
        "execution_count": None}]  # fmt: skip


def replaced(by: Callable[[Path], object]) -> Callable[[Path], object]:
    """What stands in the place of a notebook."""

    def make(path: Path) -> None:
        path.unlink(missing_ok=True)
        by(path)

    return make


def text(source: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(source)


# What lies where a notebook should be, and what is said of it.
BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "bad-json": (text("{'a': 1}"), "is not JSON: line 1, column 2"),
    "bad-torn": (text(book()[:-40]), "is not JSON: "),
    "bad-list": (text("[1, 2]"), "is JSON but not a notebook"),
    "bad-object": (text("{}"), "is JSON but not a notebook"),
    "bad-empty": (text(""), "is empty"),
    "bad-binary": (lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n\xff"), "is not UTF-8 text"),
    "bad-old": (
        text('{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": []}'),
        "format 3",
    ),
    "bad-cells": (
        text('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 7}'),
        "is no valid notebook at cells",
    ),
    "bad-other": (text(book(OWN)), f"has none of the cells of {STEM}"),
    "bad-folder": (replaced(Path.mkdir), "is a directory, not a notebook file"),
    "bad-link": (
        replaced(lambda path: path.symlink_to("../../ada/day01_mini/day01_mini.ipynb")),
        "is a symbolic link, not a notebook file",
    ),
    "bad-zero": (replaced(lambda path: path.symlink_to("/dev/zero")), "is a symbolic link, not"),
    "bad-pipe": (replaced(lambda path: os.mkfifo(path)), "is a pipe, not a notebook file"),
    "bad-huge": (lambda path: os.truncate(path, 60_000_000), "is larger than 50 MB"),
    "bad-gone": (Path.unlink, "is missing"),
    "bad-flat": (
        lambda path: (shutil.rmtree(path.parent), path.parent.write_text("")),
        "cannot be read: Not a directory",
    ),
}
GOOD = {"ada": 11.0, "bob": 0.0, "cy": 7.0, "dee": 4.0, "eve": 7.0, "fay": 11.0, "gus": 4.0}


def hand_in(mini: Mini) -> None:
    """Perfect, not begun, a mistake, an exception, a syntax error, a jumble, a forbidden call."""
    mini.submit("ada")
    mini.blank("bob")
    mini.submit("cy", row_means="def row_means(x): return x.mean(axis=0)")
    mini.submit("dee", scale=f"def scale(x, factor): raise ValueError({SCRIPT!r} + '\\x1b[31m')")
    mini.submit("eve", row_means="def row_means(x): return x.mean(axis=1")
    jumbled = json.loads(mini.submit("fay", "mine = 1").read_text())
    jumbled["cells"] = [jumbled["cells"][0], *reversed(jumbled["cells"][1:])]
    mini.path("fay").write_text(json.dumps(jumbled))
    mini.submit("gus", scale="def scale(x, factor): return np.multiply(x, factor)")
    for name in ODD_NAMES:
        mini.submit(name)
    for name, (spoil, _) in BAD.items():
        spoil(mini.submit(name))
    # Nobody's: a file among the students, a student of another day, a name no record can have.
    (mini.course.submitted / "notes.txt").write_text("")
    (mini.course.submitted / "zed" / "day02_other").mkdir(parents=True)
    mini.submit("new\nline")
    mini.submit(".hidden")
    shutil.copytree(
        mini.path("ada").parent,
        Path(os.fsdecode(b"%s/\xff" % os.fsencode(mini.course.submitted))) / STEM,
    )


class Class(NamedTuple):
    """A class after one run of `dl30 grade 1 --json`."""

    mini: Mini
    ran: Ran
    results: dict[str, Any]


@pytest.fixture(scope="module")
def room(new_mini: Callable[[], Mini]) -> Class:
    mini = new_mini()
    hand_in(mini)
    ran = finish(start(mini, "grade", "1", "--json", "--jobs", "2"))
    return Class(mini, ran, {found["student"]: found for found in json.loads(ran.out)})


def test_every_submission_has_a_result(room: Class) -> None:
    assert sorted(room.results) == sorted([*GOOD, *ODD_NAMES, *BAD])
    assert [found["student"] for found in json.loads(room.ran.out)] == sorted(room.results)
    assert room.ran.code == 1


@pytest.mark.parametrize("student", GOOD)
def test_scores(room: Class, student: str) -> None:
    found = room.results[student]
    assert (found["status"], found["score"]) == ("graded", GOOD[student])
    assert sum(each["points"] for each in found["exercises"].values()) == GOOD[student]


@pytest.mark.parametrize("student", ODD_NAMES)
def test_odd_names(room: Class, student: str) -> None:
    found = room.results[student]
    assert (found["status"], found["score"]) == ("graded", MAX_SCORE)
    assert room.mini.record_path(student).is_file()
    assert (room.mini.course.autograded / student / STEM / f"{STEM}.ipynb").is_file()


@pytest.mark.parametrize("student", BAD)
def test_what_is_no_notebook(room: Class, student: str) -> None:
    found = room.results[student]
    assert (found["status"], found["score"], found["exercises"]) == ("unreadable", None, {})
    assert found["max_score"] == MAX_SCORE
    assert BAD[student][1] in found["problem"]
    (line,) = (line for line in room.ran.err.splitlines() if f" {student}: unreadable: " in line)
    assert BAD[student][1] in line
    assert len(line) < 400


def test_names_that_nobody_can_have(room: Class) -> None:
    lines = [line for line in room.ran.err.splitlines() if line.startswith("dl30: ")]
    submitted = room.mini.course.submitted
    rest = "this cannot be a student's name, so nothing in it is graded (rename the folder)"
    assert lines == [f"dl30: {submitted}/{name}: {rest}" for name in ("new line", "\\xff")]


def test_nothing_but_json_on_stdout_and_a_line_each_on_stderr(room: Class) -> None:
    lines = room.ran.err.splitlines()
    assert lines[2] == f"{STEM}: {len(room.results)} to grade"
    assert len(lines) == 3 + len(room.results)
    numbers = [line.split("/")[0] for line in lines[3:]]
    assert numbers == [str(number + 1) for number in range(len(room.results))]
    assert "Traceback" not in room.ran.err
    assert "\x1b" not in room.ran.err + room.ran.out


def test_the_shape_of_the_json(room: Class) -> None:
    """Names and kinds, as documented; `seed`, `problem` and `notes` come on top."""
    assert isinstance(json.loads(room.ran.out), list)
    for found in room.results.values():
        assert list(found) == ["student", "day", "status", "score", "max_score", "exercises",
                               "jailed", "protections", "seed", "problem", "notes"]  # fmt: skip
        assert found["day"] == STEM
        assert found["status"] in ("graded", "broken", "unreadable")
        assert isinstance(found["score"], float) == (found["status"] == "graded")
        assert isinstance(found["max_score"], float)
        assert found["jailed"] is True
        for name, exercise in found["exercises"].items():
            assert list(exercise) == ["points", "max_points", "tests"]
            assert exercise["max_points"] == POINTS[name]
            for test in exercise["tests"]:
                assert list(test) == ["name", "verdict", "message", "seconds"]
                assert test["verdict"] in ("PASS", "FAIL", "BROKEN")
                assert isinstance(test["message"], str)
                assert isinstance(test["seconds"], float)
    tests = [test for each in room.results["ada"]["exercises"].values() for test in each["tests"]]
    assert [test["name"] for test in tests] == TESTS


def test_messages(room: Class) -> None:
    def messages(student: str, exercise: str) -> list[str]:
        return [test["message"] for test in room.results[student]["exercises"][exercise]["tests"]]

    assert messages("ada", "scale") == ["", "", ""]
    assert messages("cy", "row_means")[0] == "`result` has shape (7,), and should have (4,)"
    assert messages("dee", "scale")[0] == (
        f"scale raised ValueError: {SCRIPT} [31m\n"
        f"  code cell 2, line 1: def scale(x, factor): raise ValueError({SCRIPT!r} + '\\x1b[31m')"
    )
    assert messages("eve", "row_means")[0].startswith("row_means is not defined: code cell 4")
    assert "SyntaxError: incomplete input" in messages("eve", "row_means")[0]
    assert messages("gus", "scale")[0] == (
        "code cell 2, line 1 uses numpy.multiply, which this exercise does not allow"
    )
    assert any("another order" in note for note in room.results["fay"]["notes"])


def test_results_shows_the_same(room: Class) -> None:
    ran = run(room.mini, "results", "1", "--json")
    assert (ran.code, ran.err) == (1, "")
    assert json.loads(ran.out) == json.loads(room.ran.out)


def test_grading_again_does_nothing(room: Class) -> None:
    """No record, no notebook and no row is touched, and no process is started."""

    def state() -> dict[str, int]:
        folders = (room.mini.course.records, room.mini.course.autograded)
        files = [path for folder in folders for path in folder.rglob("*")]
        return {str(path): path.stat().st_mtime_ns for path in [*files, room.mini.course.gradebook]}

    before = state()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("autograder.grading.batch.GradingProcess", None)
        ran = run(room.mini, "grade", "1")
    assert state() == before
    assert ran.code == 1
    assert ran.err.splitlines()[2:] == [f"{STEM}: 0 to grade, {len(room.results)} unchanged"]
    good = len(GOOD) + len(ODD_NAMES)
    assert ran.out.splitlines()[-1] == f"gradebook.db: 0 stored, {good} stood there already"


def test_the_table(room: Class) -> None:
    ran = run(room.mini, "results", "1")
    lines = {line.split("  ")[0].strip(): line for line in ran.out.splitlines()}
    assert lines["ada"].split()[1:] == ["11", "11", "██████████", "all", "exercises", "right"]
    assert lines["bob"].split()[1:] == ["0", "11", "··········", "nothing", "works", "yet"]
    assert lines["cy"].endswith("██████····  row_means 0/4")
    assert lines["eve"].endswith("row_means 0/4, 1 note")
    assert lines["bad-empty"].split()[1:4] == ["-", "11", "··········"]
    assert lines["bad-empty"].endswith("day01_mini.ipynb: is empty")


def auto_scores(mini: Mini) -> dict[str, dict[str, float]]:
    """Automatic scores in the gradebook, by student and cell."""
    query = (
        "select s.student_id, b.name, g.auto_score from submitted_assignment s "
        "join submitted_notebook n on n.assignment_id = s.id "
        "join grade g on g.notebook_id = n.id join base_cell b on b.id = g.cell_id"
    )
    found: dict[str, dict[str, float]] = {}
    with contextlib.closing(sqlite3.connect(mini.course.gradebook)) as connection:
        for student, cell, score in connection.execute(query):
            found.setdefault(student, {})[cell] = score
    return found


def test_gradebook_and_records_say_the_same(room: Class) -> None:
    found = auto_scores(room.mini)
    assert sorted(found) == sorted([*GOOD, *ODD_NAMES])
    for student, scores in found.items():
        written = scores.pop("written_why")
        assert written is None or student == "bob"
        exercises = room.results[student]["exercises"]
        assert scores == {name: exercise["points"] for name, exercise in exercises.items()}


# Feedback.


@pytest.fixture(scope="module")
def pages(room: Class) -> dict[str, str]:
    """Feedback pages by student, made by nbgrader's own command."""
    students = ("cy", "dee", "gus", "[a]*")
    from autograder.grading.gradebook import feedback

    for student in students:
        feedback(room.mini.course, room.mini.day, student)
    folder = room.mini.course.feedback
    return {student: (folder / student / STEM / f"{STEM}.html").read_text() for student in students}


def test_feedback_shows_sentences_verdicts_and_messages(pages: dict[str, str]) -> None:
    page = pages["cy"]
    assert "7 of 7 points" in page
    assert "0 of 4 points" in page
    assert "One mean for each row, also where there are more columns than rows." in page
    assert "`result` has shape (7,), and should have (4,)" in page
    assert page.count("✓ PASS") == 3
    assert page.count("✗ FAIL") == 2
    assert "uses numpy.multiply, which this exercise does not allow" in pages["gus"]
    assert pages["[a]*"].count("✓ PASS") == len(TESTS)


def test_feedback_gives_nothing_away(room: Class, pages: dict[str, str]) -> None:
    """No source of a hidden test or of the reference, no hidden input, no expected value."""
    secrets = ("2.515625", "SECRET_FACTOR", "rng", "assert_close", "reference", "TestScale",
               "test_matrix", "factor * x", "normal(", str(room.mini.root))  # fmt: skip
    for page in pages.values():
        for secret in secrets:
            assert secret not in page


def test_feedback_escapes_what_students_wrote(pages: dict[str, str]) -> None:
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in pages["dee"]
    assert "<script>alert(1)" not in pages["dee"]
    assert "\x1b" not in pages["dee"]
