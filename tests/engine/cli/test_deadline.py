"""`dl30 deadline` and the late penalty: who is late, what it costs, and on both routes the same."""

from __future__ import annotations

import datetime
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from dl30_command import Ran, autograde, run
from mini_course import FAST, STEM, Mini
from nbgrader.api import Gradebook

from autograder.errors import UsageError
from autograder.grading.gradebook import has_steps_of_its_own
from autograder.instructor import times
from autograder.late import LatePenalty
from autograder.sandbox import launcher

TWO_LINES = """
c.AssignLatePenalties.plugin_class = "autograder.late.LatePenalty"
c.LatePenalty.per_day = 0.1
"""
GRACE = "c.LatePenalty.grace_minutes = 10\nc.LatePenalty.most = 0.5\n"
DUE = "2026-12-01 12:00"
HANDED_IN = {
    "ada": "2026-12-01 12:00:00 UTC",
    "ben": "2026-12-01 12:09:00 UTC",
    "cleo": "2026-12-02 12:30:00 UTC",
    "dan": "2026-12-20 12:00:00 UTC",
}


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Without torch, and on a machine in UTC."""
    monkeypatch.setattr(launcher, "PRELOAD", FAST)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def late_course(new_mini: Callable[[], Mini]) -> Mini:
    """Four notebooks with their times, a due date, an extension given before anything is stored."""
    mini = new_mini()
    with (mini.root / "nbgrader_config.py").open("a") as config:
        config.write(TWO_LINES + GRACE)
    assert run(mini, "deadline", "1", DUE).code == 0
    for student, stamp in HANDED_IN.items():
        mini.submit(student).with_name("timestamp.txt").write_text(stamp)
    assert run(mini, "deadline", "1", "2026-12-20 11:30", "--student", "dan").code == 0
    return mini


@pytest.fixture(scope="module")
def ours(new_mini: Callable[[], Mini]) -> Mini:
    """Stored by the command."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(launcher, "PRELOAD", FAST)
        patch.setenv("TZ", "UTC")
        mini = late_course(new_mini)
        assert run(mini, "grade", "1").code == 0
    return mini


@pytest.fixture
def stored(ours: Mini, tmp_path: Path) -> Mini:
    return Mini(Path(shutil.copytree(ours.root, tmp_path / "course")))


def penalties(mini: Mini) -> dict[str, float | None]:
    query = (
        "select s.student_id, n.late_submission_penalty from submitted_assignment s "
        "join submitted_notebook n on n.assignment_id = s.id"
    )
    with closing(sqlite3.connect(mini.course.gradebook)) as connection:
        return dict(connection.execute(query).fetchall())


# The penalty, 11 points being the whole.
LATE = {"ada": None, "ben": None, "cleo": 2.2, "dan": 1.1}


def test_the_penalty(ours: Mini) -> None:
    """Ben has his ten minutes; Cleo has begun a second day after them; Dan was given time."""
    assert penalties(ours) == LATE
    with Gradebook(f"sqlite:///{ours.course.gradebook}", "dl30") as gradebook:
        submission = gradebook.find_submission(STEM, "dan")
        assert submission.total_seconds_late == 30 * 60
        assert submission.late_submission_penalty == 1.1


def test_both_routes_take_the_same(ours: Mini, new_mini: Callable[[], Mini]) -> None:
    mini = late_course(new_mini)
    autograde(mini)
    assert penalties(mini) == penalties(ours)
    assert run(mini, "deadline", "1").out == run(ours, "deadline", "1").out


def test_a_course_with_a_penalty_is_stored_the_fast_way(ours: Mini) -> None:
    assert not has_steps_of_its_own(ours.course)


@pytest.mark.parametrize(
    ("traits", "seconds", "points"),
    [
        ({}, 1, None),
        ({"penalty_method": "zero"}, 1, 10),
        ({"penalty_method": "zero", "grace_minutes": 1}, 60, None),
        ({"per_day": 0.1}, 1, 1),
        ({"per_day": 0.1}, 86_400, 1),
        ({"per_day": 0.1}, 86_401, 2),
        ({"per_day": 0.1, "grace_minutes": 30}, 1800, None),
        ({"per_day": 0.1, "grace_minutes": 30}, 1801, 1),
        ({"per_day": 0.1, "grace_minutes": 30}, 1800 + 86_400, 1),
        ({"per_day": 0.3}, 1e9, 10),
        ({"per_day": 0.3, "most": 0.5}, 1e9, 5),
        ({"per_day": 0.123}, 1, 1.23),
    ],
)
def test_the_rule(traits: dict[str, float], seconds: float, points: float | None) -> None:
    assert LatePenalty(**traits).late_submission_penalty("ada", 10, seconds) == points


def test_a_rule_that_cannot_be(stored: Mini) -> None:
    config = stored.root / "nbgrader_config.py"
    given = config.read_text()
    for line, why in (
        ("c.LatePenalty.per_day = 10\n", "TraitError: The value of the 'per_day' trait of a Late"),
        (
            'c.AssignLatePenalties.plugin_class = "autograder.late.Later"\n',
            "'autograder.late.Later' could not be imported",
        ),
    ):
        config.write_text(given + line)
        ran = run(stored, "deadline", "1", "--penalties")
        assert ran.code == 3
        assert ran.complaint.startswith(f"dl30: {config}: the late penalty ")
        assert why in ran.complaint
    assert penalties(stored) == LATE


# Showing and setting.


def test_all_days(ours: Mini) -> None:
    ran = run(ours, "deadline", "--timezone", "Europe/Berlin")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        f"{'day':<24} {'due':<27} extensions",
        f"{STEM:<24} {'2026-12-01 13:00 CET':<27} 1",
    ]


def test_a_day(ours: Mini) -> None:
    ran = run(ours, "deadline", "1")
    assert ran.out.splitlines() == [
        f"{STEM}: due 2026-12-01 12:00 UTC",
        "  dan: until 2026-12-20 11:30 UTC, 18 days 23 h 30 min more, "
        "handed in 2026-12-20 12:00 UTC",
    ]


def test_another_due_date_sets_penalties_right(stored: Mini) -> None:
    """Extensions move along, and feedback that told the older result goes."""
    pages = [stored.course.feedback / student / STEM for student in ("ada", "cleo")]
    for page in pages:
        page.mkdir(parents=True)
    ran = run(stored, "deadline", "1", "2026-12-02 13:00", "--timezone", "Europe/Berlin")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        f"{STEM}: due 2026-12-02 13:00 CET",
        "  dan: until 2026-12-21 12:30 CET, 18 days 23 h 30 min more, "
        "handed in 2026-12-20 13:00 CET",
        "late penalties:",
        "  cleo: 2.2 -> 1.1 points off (-1.1)",
        "  dan: 1.1 -> 0 points off (-1.1)",
        f"their feedback is out of date: nbgrader generate_feedback {STEM}",
    ]
    assert penalties(stored) == {"ada": None, "ben": None, "cleo": 1.1, "dan": None}
    assert [page.exists() for page in pages] == [True, False]
    with Gradebook(f"sqlite:///{stored.course.gradebook}", "dl30") as gradebook:
        due = gradebook.find_assignment(STEM).duedate
        assert due == datetime.datetime(2026, 12, 2, 12)


def test_an_extension_of_what_is_stored_and_away_again(stored: Mini) -> None:
    ran = run(stored, "deadline", "1", "2026-12-03 12:00", "--student", "cleo")
    assert "  cleo: 2.2 -> 0 points off (-2.2)" in ran.out.splitlines()
    with Gradebook(f"sqlite:///{stored.course.gradebook}", "dl30") as gradebook:
        assert gradebook.find_submission(STEM, "cleo").extension == datetime.timedelta(days=2)
    ran = run(stored, "deadline", "1", "--student", "cleo", "--none")
    assert "  cleo: 0 -> 2.2 points off (+2.2)" in ran.out.splitlines()
    assert penalties(stored) == LATE
    # It does not come back with the next submission.
    assert run(stored, "grade", "1", "--student", "cleo", "--force").code == 0
    assert penalties(stored) == LATE


def test_who_has_not_handed_in_counts_nowhere(stored: Mini) -> None:
    """Nothing of them is in the gradebook until they do."""
    with Gradebook(f"sqlite:///{stored.course.gradebook}", "dl30") as gradebook:
        gradebook.add_student("eve")
    ran = run(stored, "deadline", "1", "2026-12-02 12:00", "--student", "eve")
    assert ran.out.splitlines()[1:] == [
        "  dan: until 2026-12-20 11:30 UTC, 18 days 23 h 30 min more, "
        "handed in 2026-12-20 12:00 UTC",
        "  eve: until 2026-12-02 12:00 UTC, 1 day more",
        "no late penalty changed",
    ]
    assert "eve" not in penalties(stored)
    stored.submit("eve").with_name("timestamp.txt").write_text("2026-12-02 12:11:00 UTC")
    assert run(stored, "grade", "1").code == 0
    assert penalties(stored) == LATE | {"eve": 1.1}


def test_penalties_after_marking_by_hand(stored: Mini) -> None:
    """nbgrader takes them of the score that was there when it graded."""
    with Gradebook(f"sqlite:///{stored.course.gradebook}", "dl30") as gradebook:
        grade = gradebook.find_grade("written_why", STEM, STEM, "cleo")
        grade.manual_score = 3
        gradebook.db.commit()
    ran = run(stored, "deadline", "1", "--penalties")
    assert "  cleo: 2.2 -> 2.8 points off (+0.6)" in ran.out.splitlines()
    again = run(stored, "deadline", "1", "--penalties")
    assert again.out.splitlines()[-1] == "no late penalty changed"


# What is wrong.


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--none"], "which day? (dl30 deadline DAY ...)"),
        (["1", DUE, "--none"], "WHEN, --none and --penalties exclude one another"),
        (["1", "--student", "ada"], "until when? "
         '(dl30 deadline 1 "2026-12-03 23:59" --student ada, or --none)'),
        (["1", "tomorrow"], '"tomorrow" is no date and time (write it as 2026-12-01 23:59)'),
        (["1", "2026-12-01"], '"2026-12-01" says no time of day (write it as 2026-12-01 23:59)'),
        (["1", "2026-02-30 10:00"], '"2026-02-30 10:00" is no date and time '
         "(write it as 2026-12-01 23:59)"),
        (["1", "0001-01-01 00:30+01:00"], '"0001-01-01 00:30+01:00" is too far away '
         "(write it as 2026-12-01 23:59)"),
        (["1", DUE, "--timezone", "Mars/Base"],
         'there is no time zone "Mars/Base" (one such as UTC or Europe/Berlin)'),
        (["1", "2027-03-28 02:30", "--timezone", "Europe/Berlin"], "2027-03-28 02:30 is no time "
         "there (clocks are put forward then; take an hour earlier or later)"),
        (["1", "--none"], f"{STEM}: these have extensions: dan "
         "(take those away first, with --student NAME --none)"),
        (["1", DUE, "--student", "dan"], f"{STEM}: this is not later than the day is due for all "
         "(--none takes an extension away)"),
        (["1", "2026-12-03 12:00", "--student", "dam"],
         '{gradebook}: there is no student "dam" '
         "(`nbgrader db student list` shows all; `nbgrader db student add ID` adds one)"),
    ],
)  # fmt: skip
def test_wrong_usage(ours: Mini, arguments: list[str], line: str) -> None:
    ran = run(ours, "deadline", *arguments)
    assert ran.code == 2
    assert ran.complaint == "dl30: " + line.format(gradebook=ours.course.gradebook)


def complaint(ran: Ran, code: int) -> str:
    assert ran.code == code
    return ran.complaint


def test_a_gradebook_that_does_not_know_the_day(mini: Mini) -> None:
    assert run(mini, "deadline").out.splitlines()[1] == f"{STEM:<24} -"
    ada = ["1", "2026-12-03 12:00", "--student", "ada"]
    mini.submit("ada")
    assert complaint(run(mini, "deadline", *ada), 2) == (
        f"dl30: {STEM}: the day has no due date that could be extended "
        f'(set one first: dl30 deadline {STEM} "2026-12-01 23:59")'
    )
    mini.course.gradebook.unlink()
    assert complaint(run(mini, "deadline", "1", DUE), 3) == (
        f"dl30: {mini.course.gradebook}: {STEM} is not in the gradebook yet "
        f"(run `dl30 release {STEM}`)"
    )
    assert run(mini, "deadline").out.splitlines()[1] == f"{STEM:<24} not in the gradebook"


def test_a_file_of_extensions_that_is_torn(stored: Mini) -> None:
    """Nothing is stored without what was promised."""
    path = stored.course.records / ".extensions" / f"{STEM}.json"
    path.write_text("{")
    line = complaint(run(stored, "deadline", "1"), 1)
    assert line.startswith(f"dl30: {path}: this is no list of extensions: ")
    ran = run(stored, "grade", "1", "--force")
    assert ran.code == 1
    assert ran.err.splitlines()[-1] == line


def test_a_time_that_is_there_twice_is_the_later() -> None:
    berlin = times.zone("Europe/Berlin")
    later = datetime.datetime(2026, 10, 25, 1, 30)
    assert times.parse("2026-10-25 02:30", berlin) == later
    assert times.show(later, berlin) == "2026-10-25 02:30 CET"
    assert times.parse("2026-12-01T23:59:30+05:30", berlin).isoformat() == "2026-12-01T18:29:30"
    with pytest.raises(UsageError):
        times.zone("/etc/passwd")
