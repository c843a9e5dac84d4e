"""nbgrader's gradebook: both routes to it, and what people put there by hand."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from dl30_command import autograde, run
from mini_course import FAST, MAX_SCORE, STEM, Mini, plain
from msgspec.structs import replace
from nbgrader.api import Gradebook

from autograder.grading import records
from autograder.grading.gradebook import feedback, store
from autograder.grading.kit import Kit
from autograder.sandbox import launcher

LATE = """
from nbgrader.plugins import LateSubmissionPlugin


class OnePointAnHour(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return total_seconds_late // 3600


c.AssignLatePenalties.plugin_class = OnePointAnHour
"""


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "PRELOAD", FAST)


def hand_in(mini: Mini) -> None:
    mini.submit("ada")
    mini.blank("ben")
    mini.submit("cleo", "import nowhere", row_means="def row_means(x): return x.mean(axis=0)")
    mini.submit("it's (x)")
    jumbled = json.loads(mini.submit("dan").read_text())
    jumbled["cells"] = [jumbled["cells"][0], *reversed(jumbled["cells"][2:])]
    mini.path("dan").write_text(json.dumps(jumbled))


@pytest.fixture(scope="module")
def ours(new_mini: Callable[[], Mini]) -> Mini:
    """A class graded and stored by the command."""
    mini = new_mini()
    hand_in(mini)
    ran = run(mini, "grade", "1")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "gradebook.db: 5 stored")
    return mini


@pytest.fixture
def stored(ours: Mini, tmp_path: Path) -> Mini:
    """A copy, to be changed."""
    return Mini(Path(shutil.copytree(ours.root, tmp_path / "course")))


def rows(mini: Mini) -> dict[tuple[str, str], tuple[Any, ...]]:
    """What the gradebook says of every graded cell, by student and cell."""
    query = (
        "select s.student_id, b.name, g.auto_score, g.manual_score, g.extra_credit, "
        "g.needs_manual_grade, n.late_submission_penalty from submitted_assignment s "
        "join submitted_notebook n on n.assignment_id = s.id "
        "join grade g on g.notebook_id = n.id join base_cell b on b.id = g.cell_id"
    )
    with closing(sqlite3.connect(mini.course.gradebook)) as connection:
        return {(row[0], row[1]): row[2:] for row in connection.execute(query)}


def autograded(mini: Mini, student: str) -> Any:
    path = mini.course.autograded / student / STEM / f"{STEM}.ipynb"
    return json.loads(path.read_text())


# The other route.


@pytest.fixture(scope="module")
def theirs(ours: Mini, new_mini: Callable[[], Mini]) -> Mini:
    """The same class graded by `nbgrader autograde`, with the same secret."""
    mini = new_mini()
    hand_in(mini)
    mini.course.records.mkdir()
    shutil.copy(ours.course.records / ".secret", mini.course.records)
    assert "Traceback" not in autograde(mini)
    return mini


def test_both_routes_write_the_same_rows(ours: Mini, theirs: Mini) -> None:
    found = rows(ours)
    assert found == rows(theirs)
    scores = {key: row[0] for key, row in found.items() if key[1] != "written_why"}
    for student in ("ada", "ben", "cleo", "dan", "it's (x)"):
        exercises = ours.record(student)["exercises"]
        for name, result in exercises.items():
            assert scores.pop((student, name)) == result["points"]
    assert scores == {}
    assert found["ada", "scale"] == (7, None, None, 0, None)
    assert found["ben", "scale"] == (0, None, None, 0, None)
    assert found["cleo", "row_means"] == (0, None, None, 0, None)
    # Written answers wait for a person, and an empty one has its zero.
    assert found["ada", "written_why"] == (None, None, None, 1, None)
    assert found["ben", "written_why"] == (0, None, None, 0, None)


def test_both_routes_make_the_same_records(ours: Mini, theirs: Mini) -> None:
    for student in ("ada", "ben", "cleo", "dan", "it's (x)"):
        one, other = (records.read(mini.course.records / STEM, student) for mini in (ours, theirs))
        assert one is not None
        assert other is not None
        assert plain(one) == plain(other)


def test_both_routes_write_the_same_notebooks(ours: Mini, theirs: Mini) -> None:
    for student in ("ada", "ben", "cleo", "dan", "it's (x)"):
        one, other = autograded(ours, student), autograded(theirs, student)
        assert one["metadata"].pop("dl30") != other["metadata"].pop("dl30"), "seconds differ"
        assert one == other


def test_the_command_finds_nothing_to_do_after_nbgrader(theirs: Mini) -> None:
    ran = run(theirs, "grade", "1")
    assert (ran.code, ran.err) == (0, f"{STEM}: 0 to grade, 5 unchanged\n")
    assert ran.out.splitlines()[-1] == "gradebook.db: 0 stored, 5 stood there already"


def test_the_autograded_notebook_is_repaired_and_names_its_record(ours: Mini) -> None:
    made = autograded(ours, "dan")
    names = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in made["cells"]]
    marked = [name for name in names if name]
    released = json.loads(ours.day.release_notebook.read_text())["cells"]
    given = (cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in released)
    assert marked == [name for name in given if name]
    record = records.read(ours.course.records / STEM, "dan")
    assert record is not None
    assert made["metadata"]["dl30"] == {"record": record.id}
    outputs = [
        cell["outputs"]
        for cell in made["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "scale"
    ]
    assert [output["output_type"] for output in outputs[0]] == ["display_data", "execute_result"]


# What people put there by hand.


def test_manual_grades_survive_regrading(stored: Mini) -> None:
    """Marks of written answers, changed scores, extra points and comments, also with --force."""
    with Gradebook(f"sqlite:///{stored.course.gradebook}", "dl30") as gradebook:
        for cell, marks in (("written_why", 2.5), ("row_means", 1.5)):
            grade = gradebook.find_grade(cell, STEM, STEM, "cleo")
            grade.manual_score, grade.needs_manual_grade = marks, False
        gradebook.find_grade("scale", STEM, STEM, "cleo").extra_credit = 0.5
        comment = gradebook.find_comment("written_why", STEM, STEM, "cleo")
        comment.manual_comment = "Nearly."
        gradebook.db.commit()
    # The same, and a new submission after it.
    ran = run(stored, "grade", "1", "--student", "cleo", "--force")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "gradebook.db: 1 stored")
    assert rows(stored)["cleo", "row_means"][:3] == (0, 1.5, None)
    stored.submit("cleo")
    assert run(stored, "grade", "1", "--student", "cleo").code == 0
    found = rows(stored)
    assert found["cleo", "row_means"][:3] == (4, 1.5, None)
    assert found["cleo", "written_why"][:3] == (None, 2.5, None)
    assert found["cleo", "scale"][:3] == (7, None, 0.5)
    with Gradebook(f"sqlite:///{stored.course.gradebook}", "dl30") as gradebook:
        assert gradebook.find_comment("written_why", STEM, STEM, "cleo").comment == "Nearly."
        submission = gradebook.find_submission(STEM, "cleo")
        assert submission.score == 7 + 0.5 + 1.5 + 2.5
        assert submission.max_score == MAX_SCORE + 3


def test_late_penalties_are_nbgraders(stored: Mini) -> None:
    with (stored.root / "nbgrader_config.py").open("a") as config:
        config.write(LATE)
    due = datetime.datetime(2026, 1, 1, 12)
    with Gradebook(f"sqlite:///{stored.course.gradebook}", "dl30") as gradebook:
        gradebook.update_or_create_assignment(STEM, duedate=due)
    for student, stamp in (("ada", "2026-01-01 15:30:00 UTC"), ("cleo", "2026-01-01 11:00:00 UTC")):
        stored.path(student).with_name("timestamp.txt").write_text(stamp)
    ran = run(stored, "grade", "1", "--force", "--student", "ada", "--student", "cleo")
    assert ran.code == 0
    assert rows(stored)["ada", "scale"] == (7, None, None, 0, 3)
    assert rows(stored)["cleo", "scale"] == (7, None, None, 0, None)
    kept = records.read(stored.course.records / STEM, "ada")
    assert kept is not None
    assert store(Kit(stored.course, stored.day), [kept], again=True) == ["ada"]
    assert rows(stored)["ada", "scale"] == (7, None, None, 0, 3)
    with Gradebook(f"sqlite:///{stored.course.gradebook}", "dl30") as gradebook:
        assert gradebook.find_submission(STEM, "ada").total_seconds_late == 12_600
        assert gradebook.find_submission(STEM, "ada").late_submission_penalty == 3


def test_without_a_jail(ours: Mini, stored: Mini) -> None:
    """Warned of, written down, stored as it is, and graded anew as soon as a jail is asked for."""
    ran = run(stored, "grade", "1", "--student", "ben", "--no-jail", "--seed", "5")
    warning, *lines = ran.err.splitlines()
    assert warning.startswith("warning: --no-jail: student code runs with your rights")
    assert lines == [
        f"{STEM}: 1 to grade",
        "1/1 ben: 0 of 11, nothing works yet, graded without a jail",
    ]
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "gradebook.db: 1 stored")
    assert (stored.record("ben")["jailed"], stored.record("ben")["seed"]) == (False, 5)
    (found,) = json.loads(run(stored, "results", "1", "--student", "ben", "--json").out)
    assert found["jailed"] is False
    ran = run(stored, "grade", "1")
    assert ran.err.splitlines()[0] == f"{STEM}: 1 to grade, 4 unchanged"
    assert stored.record("ben")["jailed"] is True
    assert stored.record("ben")["seed"] == ours.record("ben")["seed"]


def test_a_result_that_is_gone_is_stored_anew(stored: Mini) -> None:
    shutil.rmtree(stored.course.autograded / "ada")
    with Gradebook(f"sqlite:///{stored.course.gradebook}", "dl30") as gradebook:
        gradebook.remove_submission(STEM, "it's (x)")
    kit = Kit(stored.course, stored.day)
    kept = [records.read(stored.course.records / STEM, name) for name in ("ada", "ben", "it's (x)")]
    assert store(kit, [record for record in kept if record]) == ["ada", "it's (x)"]
    assert rows(stored)["it's (x)", "scale"][0] == 7
    assert store(kit, [record for record in kept if record]) == []


def test_feedback_of_an_older_result_goes(stored: Mini) -> None:
    """With the student's files beside it; nbgrader would keep it all."""
    stored.path("ada").with_name("own.csv").write_text("1")
    kit = Kit(stored.course, stored.day)
    record = records.read(stored.course.records / STEM, "ada")
    assert record is not None
    assert store(kit, [record], again=True) == ["ada"]
    feedback(stored.course, stored.day, "ada")
    pages = stored.course.feedback / "ada" / STEM
    assert sorted(path.name for path in pages.iterdir()) == [f"{STEM}.html", "own.csv"]
    page = (pages / f"{STEM}.html").read_text()
    assert "7 of 7 points" in page
    assert "Out[" not in page  # the score once more, for nbgrader alone
    assert store(kit, [record], again=True) == ["ada"]
    assert not pages.exists()


def test_records_that_are_no_result_are_not_stored(stored: Mini) -> None:
    kit = Kit(stored.course, stored.day)
    before = rows(stored)
    record = records.read(stored.course.records / STEM, "ada")
    assert record is not None
    spoilt = [replace(record, status=status, score=None) for status in ("broken", "unreadable")]
    assert store(kit, spoilt, again=True) == []
    assert rows(stored) == before


def test_student_files_of_other_kinds_do_no_harm(stored: Mini) -> None:
    """Plain files beside a notebook are copied; pipes and links, wherever they lead, are not."""
    beside = stored.path("ada").parent
    os.mkfifo(beside / "pipe")
    (beside / "link").symlink_to(stored.day.solution)
    (beside / "own.csv").write_text("1,2")
    ran = run(stored, "grade", "1", "--force", "--student", "ada")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "gradebook.db: 1 stored")
    made = stored.course.autograded / "ada" / STEM
    assert sorted(path.name for path in made.iterdir()) == [f"{STEM}.ipynb", "own.csv"]
