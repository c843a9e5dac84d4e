"""`dl30 regrade`: what a corrected hidden test changes, seen before anything is written."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pexpect
import pytest
from dl30_command import PROGRAM, finish, run, start
from mini_course import FAST, HIDDEN, STEM, Mini
from nbgrader.api import Gradebook

from autograder.grading import gradebook as gradebooks
from autograder.instructor import regrading
from autograder.sandbox import launcher

NEGATIVE = "def scale(x, factor): return np.asarray(x) * abs(factor)"
NONE = "def row_means(x): return None"
# A factor below zero is not asked for any more; and rows of one number are, whose mean must be 7.
CORRECTED = (
    HIDDEN.replace("[0, -3]", "[0, 3]")
    + '''
    def test_one(self, student):
        """A row of one number has that number as its mean."""
        check(float(student.row_means(np.array([[7.0]]))[0]) == 7, "it is that number")
'''
)
ONLY_HALF = "def row_means(x): return x.mean(axis=1) if x.shape[1] > 1 else 0 * x[:, 0]"


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "PRELOAD", FAST)


@pytest.fixture(scope="module")
def graded(new_mini: Callable[[], Mini]) -> Mini:
    """Four students, marks by hand, feedback of all; then the hidden tests are corrected."""
    mini = new_mini()
    mini.submit("ada")
    mini.submit("ben", scale=NEGATIVE)
    mini.submit("cleo", row_means=ONLY_HALF)
    mini.submit("dan", scale=NEGATIVE, row_means=ONLY_HALF)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(launcher, "PRELOAD", FAST)
        assert run(mini, "grade", "1", "--jobs", "2").code == 0
    with Gradebook(f"sqlite:///{mini.course.gradebook}", "dl30") as gradebook:
        for student, cell, points in (("cleo", "written_why", 2), ("dan", "scale", 6.5)):
            grade = gradebook.find_grade(cell, STEM, STEM, student)
            grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.find_comment("written_why", STEM, STEM, "cleo").manual_comment = "Nearly."
        gradebook.db.commit()
    for student in ("ada", "cleo", "dan"):
        gradebooks.feedback(mini.course, mini.day, student)
    mini.hide(CORRECTED)
    return mini


@pytest.fixture
def spoilt(graded: Mini, tmp_path: Path) -> Mini:
    return Mini(Path(shutil.copytree(graded.root, tmp_path / "course")))


@pytest.fixture(scope="module")
def seen(graded: Mini, tmp_path_factory: pytest.TempPathFactory) -> Mini:
    """Regraded and not written yet."""
    folder = tmp_path_factory.mktemp("seen") / "course"
    mini = Mini(Path(shutil.copytree(graded.root, folder)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(launcher, "PRELOAD", FAST)
        assert run(mini, "regrade", "1", "--preview", "--jobs", "2").code == 4
    return mini


@pytest.fixture
def shown(seen: Mini, tmp_path: Path) -> Mini:
    """A copy of it; no process is needed any more."""
    return Mini(Path(shutil.copytree(seen.root, tmp_path / "course")))


def scores(mini: Mini) -> dict[str, float]:
    query = (
        "select s.student_id, sum(coalesce(g.manual_score, g.auto_score, 0)) "
        "from submitted_assignment s join submitted_notebook n on n.assignment_id = s.id "
        "join grade g on g.notebook_id = n.id group by s.student_id"
    )
    with closing(sqlite3.connect(mini.course.gradebook)) as connection:
        return {student: round(score, 2) for student, score in connection.execute(query)}


def state(mini: Mini) -> dict[str, bytes]:
    """All that counts, as it lies on the disk."""
    folders = [mini.course.records / STEM, mini.course.autograded, mini.course.feedback]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {str(path): path.read_bytes() for path in [*files, mini.course.gradebook]}


BEFORE = {"ada": 11, "ben": 9.6, "cleo": 13, "dan": 10.5}
AFTER = {"ada": 11, "ben": 11, "cleo": 12, "dan": 9.5}
TABLE = """\
student    from      to       by  what changes
ben         9.6      11     +1.4  scale 5.6 -> 7
cleo         11      10       -1  row_means 4 -> 3
dan         9.6      10     +0.4  scale 5.6 -> 7, row_means 4 -> 3

hidden test                 new, passes  new, fails  gone
TestScale::test_factor[3]             4
TestScale::test_factor[-3]                              4
TestRowMeans::test_one                2           2

SCORES GO DOWN for 1 student: cleo
3 of 4 scores change: 2 up, 1 down; 1 stays; mean change +0.2
marked by hand, which stays: dan's scale, 6.5
manual grades and comments stay; late penalties follow the scores
1 mark by hand must be confirmed anew (Resolve in the formgrader): dan's scale
feedback is taken away, and has to be made anew, for ada, cleo, dan:
  nbgrader generate_feedback day01_mini && nbgrader release_feedback day01_mini
"""


PREVIEWED = TABLE.replace("is taken away, and has", "would be taken away, and have")


def test_a_preview_writes_nothing(spoilt: Mini) -> None:
    before = state(spoilt)
    ran = run(spoilt, "regrade", "1", "--preview", "--jobs", "1")
    assert (ran.code, ran.out) == (4, PREVIEWED)
    assert ran.err.splitlines()[:2] == [
        f"{STEM}: 4 out of date, 0 unchanged",
        f"{STEM}: 4 to grade",
    ]
    assert state(spoilt) == before
    assert scores(spoilt) == BEFORE


def test_what_was_seen_is_written(shown: Mini, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is graded twice; marks by hand, comments, and feedback that reads the same stay."""
    monkeypatch.setattr("autograder.grading.batch.GradingProcess", None)
    ran = run(shown, "regrade", "1", "--yes")
    assert ran.code == 0
    assert ran.err.splitlines() == [
        f"{STEM}: 4 out of date, 0 unchanged", f"{STEM}: 0 to grade, 4 unchanged"
    ]  # fmt: skip
    assert ran.out == TABLE + "written: 4 records, 4 stored in the gradebook\n"
    assert scores(shown) == AFTER
    with Gradebook(f"sqlite:///{shown.course.gradebook}", "dl30") as gradebook:
        assert gradebook.find_comment("written_why", STEM, STEM, "cleo").comment == "Nearly."
    assert [path.name for path in shown.course.feedback.glob("*/*")] == []
    assert not (shown.course.records / ".regrade" / STEM).exists()
    assert run(shown, "grade", "1").out.splitlines()[-1] == (
        "gradebook.db: 0 stored, 4 stood there already"
    )
    again = run(shown, "regrade", "1")
    assert (again.code, again.out.splitlines()) == (0, [
        "0 of 4 scores change: 0 up, 0 down; 4 stay; mean change +0",
        "written: 0 records, 0 stored in the gradebook",
    ])  # fmt: skip


def test_one_record_and_one_score(shown: Mini) -> None:
    ran = run(shown, "regrade", "1", "--student", "ben", "--yes")
    lines = ran.out.splitlines()
    assert "1 of 1 score changes: 1 up, 0 down; 0 stay; mean change +1.4" in lines
    assert lines[-1] == "written: 1 record, 1 stored in the gradebook"


def test_without_a_terminal_nobody_is_asked(shown: Mini) -> None:
    before = state(shown)
    ran = finish(start(shown, "regrade", "1", stdin=-3))
    assert ran.code == 4
    assert ran.out == TABLE + "nothing was written (--yes writes it; nothing is graded twice)\n"
    assert state(shown) == before


@pytest.mark.parametrize(("answer", "code"), [("n", 4), ("y", 0)])
def test_at_a_terminal_it_asks(shown: Mini, answer: str, code: int) -> None:
    terminal = pexpect.spawn(
        sys.executable, ["-c", PROGRAM, "regrade", "1"], cwd=str(shown.root),
        dimensions=(40, 120), timeout=60, encoding="utf-8",
    )  # fmt: skip
    with contextlib.closing(terminal):
        terminal.expect_exact("\x1b[1mSCORES GO DOWN for 1 student: cleo\x1b[0m")
        terminal.expect_exact("Write this? [y/N]: ")
        terminal.sendline(answer)
        terminal.expect(pexpect.EOF)
        terminal.wait()
        assert terminal.exitstatus == code
    assert scores(shown) == (AFTER if code == 0 else BEFORE)


def test_json(shown: Mini) -> None:
    ran = run(shown, "regrade", "1", "--json")
    assert ran.code == 4
    told = json.loads(ran.out)
    assert list(told) == ["day", "written", "changes", "same", "mean_change", "down", "broken",
                          "marked_by_hand", "to_confirm", "feedback_to_renew"]  # fmt: skip
    assert (told["written"], told["same"], told["down"]) == (False, 1, ["cleo"])
    assert told["to_confirm"] == ["dan's scale"]
    cleo = next(change for change in told["changes"] if change["student"] == "cleo")
    assert cleo["exercises"] == {"row_means": {"from": 4, "to": 3}}
    assert cleo["tests"]["TestRowMeans::test_one"] == {"from": None, "to": "FAIL"}
    assert scores(shown) == BEFORE
    ran = run(shown, "regrade", "1", "--json", "--yes")
    assert (ran.code, json.loads(ran.out)["written"]) == (0, True)
    assert scores(shown) == AFTER


def test_a_correction_that_changes_nobody(graded: Mini, tmp_path: Path) -> None:
    """Written without being asked, and feedback stays."""
    mini = Mini(Path(shutil.copytree(graded.root, tmp_path / "course")))
    mini.hide(HIDDEN + "\n# Another comment.\n")
    ran = run(mini, "regrade", "1", "--jobs", "2")
    assert (ran.code, ran.out.splitlines()) == (0, [
        "0 of 4 scores change: 0 up, 0 down; 4 stay; mean change +0",
        "written: 4 records, 4 stored in the gradebook",
    ])  # fmt: skip
    assert sorted(path.parent.name for path in mini.course.feedback.glob("*/*")) == [
        "ada", "cleo", "dan"
    ]  # fmt: skip


def test_a_broken_correction_leaves_the_older_results(graded: Mini, tmp_path: Path) -> None:
    mini = Mini(Path(shutil.copytree(graded.root, tmp_path / "course")))
    mini.hide(HIDDEN.replace("x.mean(axis=1), rtol", 'x.mean(axis=1) / {}["our mistake"], rtol'))
    before = state(mini)
    ran = run(mini, "regrade", "1", "--yes", "--jobs", "2")
    assert ran.code == 1
    told = [line for line in ran.err.splitlines() if line.startswith("ada: ")]
    assert told == ["ada: broken: 2 hidden tests are broken, first TestRowMeans::test_oblong; "
                    "the older result stays"]  # fmt: skip
    assert ran.out.splitlines()[-1] == "written: 0 records, 0 stored in the gradebook"
    assert state(mini) == before


def test_an_interrupt_and_going_on(graded: Mini, tmp_path: Path) -> None:
    mini = Mini(Path(shutil.copytree(graded.root, tmp_path / "course")))
    mini.submit("ben", "import time\ntime.sleep(19)")
    before = state(mini)
    with start(mini, "regrade", "1", "--jobs", "1") as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("1/4 ada"):
                break
        process.send_signal(signal.SIGINT)
        ran = finish(process, 20)
    assert (ran.code, ran.out) == (130, "")
    assert ran.err.splitlines()[-1].startswith("interrupted: what was graded is kept")
    assert state(mini) == before
    mini.submit("ben", scale=NEGATIVE)
    ran = run(mini, "regrade", "1", "--yes", "--jobs", "2")
    assert ran.err.splitlines()[1] == f"{STEM}: 3 to grade, 1 unchanged"
    assert scores(mini) == AFTER


def test_a_gradebook_that_is_locked(shown: Mini) -> None:
    with closing(sqlite3.connect(shown.course.gradebook)) as other:
        other.execute("begin immediate")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("autograder.grading.rows.LOCK_SECONDS", 0.1)
            ran = run(shown, "regrade", "1", "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.splitlines()[-1] == (
        f"dl30: {shown.course.gradebook}: the gradebook cannot be used now: database is locked "
        "(records are kept; close what holds it and run the same command again)"
    )
    assert scores(shown) == BEFORE


def test_a_day_that_is_not_in_the_gradebook(shown: Mini) -> None:
    """Told before anything is graded."""
    shutil.rmtree(shown.course.records / ".regrade")
    shown.course.gradebook.unlink()
    ran = run(shown, "regrade", "1")
    assert (ran.code, ran.complaint) == (
        3,
        f"dl30: {shown.course.gradebook}: {STEM} is not in the gradebook yet "
        f"(run `dl30 release {STEM}`)",
    )


def test_an_end_between_records_and_gradebook(shown: Mini, monkeypatch: pytest.MonkeyPatch) -> None:
    """The records are there; the next run stores them."""

    def interrupted(*_: object, **__: object) -> list[str]:
        raise KeyboardInterrupt

    monkeypatch.setattr("autograder.grading.gradebook.store", interrupted)
    assert run(shown, "regrade", "1", "--yes").code == 130
    assert scores(shown) == BEFORE
    monkeypatch.undo()
    assert run(shown, "regrade", "1").out.splitlines()[1:] == [
        "1 mark by hand must be confirmed anew (Resolve in the formgrader): dan's scale",
        "written: 0 records, 4 stored in the gradebook",
    ]
    assert scores(shown) == AFTER


def test_records_that_cannot_be_put_in_place(shown: Mini, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(regrading.os, "replace", full)
    ran = run(shown, "regrade", "1", "--yes")
    assert ran.code == 1
    assert ran.err.splitlines()[-1] == (
        f"dl30: {shown.course.records / STEM}: cannot be written: No space left on device "
        "(give rights or make room, and run the same command again)"
    )
    monkeypatch.undo()
    assert run(shown, "regrade", "1", "--yes").code == 0
    assert scores(shown) == AFTER


def test_who_was_never_graded_is_new(shown: Mini, monkeypatch: pytest.MonkeyPatch) -> None:
    shown.record_path("ada").unlink()
    ran = run(shown, "regrade", "1", "--preview")
    assert ran.out.splitlines()[1] == (
        "ada           -      11        -  scale - -> 7, row_means - -> 4"
    )
    assert "3 of 4 scores change: 2 up, 1 down; 1 new; 0 stay; mean change +0.2" in ran.out
