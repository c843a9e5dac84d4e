"""`dl30 report`: a table, a page, figures."""

from __future__ import annotations

import datetime
import json
import webbrowser
from pathlib import Path

import pytest
from dl30_command import run
from mini_course import STEM, Mini
from msgspec.structs import replace
from nbgrader.api import Gradebook
from report_lab import WRONG, keep, not_begun, record

from autograder.demo import copy_course
from autograder.grading.grade import submission_path
from autograder.grading.gradebook import store
from autograder.grading.kit import Kit
from autograder.grading.records import Record

CLASS = [
    record("ada"),
    record("ben", {0: WRONG.format(3)}),
    record("cleo", {0: WRONG.format(4)}, not_begun("row_means")),
]


def hand_in(mini: Mini, *made: Record) -> None:
    """Records, and notebooks for them that nobody looks into."""
    keep(mini, *made)
    for one in made:
        mini.blank(one.student)


def test_a_day(mini: Mini) -> None:
    hand_in(mini, *CLASS)
    ran = run(mini, "report", "1")
    assert (ran.code, ran.err) == (0, "")
    page = mini.root / "reports" / f"{STEM}.html"
    assert ran.out.splitlines() == [
        "day01_mini: 3 submissions, median 6.8 of 11, 1 with every point, 0 with none",
        "",
        "exercise     of       mean              all of it  not begun",
        "scale         7       60 %  ██████····       33 %          0",
        "row_means     4       67 %  ███████···       67 %          1",
        "",
        "Explain again tomorrow",
        '1. scale: 2 of 3 who began it fail "Every entry of a matrix is multiplied by the factor." '
        '(2.8 points a head). 2 read "`result` has shape (3, 7), and should have (7,)".',
        "",
        "Nothing was compared: 0 of the submissions hold code of their own: from 8 on it can be "
        "said what is rare.",
        "",
        f"{page}: {page.stat().st_size / 1000:,.0f} kB",
    ]
    assert page.stat().st_mode & 0o077 == 0  # it names students


def test_the_course(mini: Mini) -> None:
    hand_in(mini, *CLASS)
    ran = run(mini, "report")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[:-1] == [
        "day                           handed in     median                   mean   full  late",
        "day01_mini                            3       62 %  ██████····       62 %      1     -",
        "",
        "Hardest: scale of day 1 (60 %).",
        "0 of 3 students fall behind.",
        "",
    ]
    assert (mini.root / "reports" / "course.html").is_file()


def test_with_what_the_gradebook_knows(mini: Mini) -> None:
    hand_in(mini, *CLASS)
    for student, hour in (("ada", 11), ("ben", 14), ("cleo", 14)):
        mini.path(student).with_name("timestamp.txt").write_text(f"2026-01-01 {hour}:00:00 UTC")
    kit = Kit(mini.course, mini.day)
    paths = {one.student: submission_path(mini.course, mini.day, one.student) for one in CLASS}
    store(kit, [replace(one, fingerprint=kit.fingerprint(paths[one.student])) for one in CLASS])
    with Gradebook(f"sqlite:///{mini.course.gradebook}", "dl30") as book:
        book.update_or_create_assignment(STEM, duedate=datetime.datetime(2026, 1, 1, 12))
        book.add_student("dan")
        book.find_submission(STEM, "cleo").extension = datetime.timedelta(hours=3)
        grade = book.find_grade("written_why", STEM, STEM, "ben")
        grade.manual_score, grade.needs_manual_grade = 2.5, False
        book.find_grade("written_why", STEM, STEM, "ada").auto_score = None
        book.find_grade("scale", STEM, STEM, "ada").manual_score = 1.0
        book.db.commit()
    before = mini.course.gradebook.read_bytes()
    ran = run(mini, "report", "1")
    assert ran.out.splitlines()[0] == (
        "day01_mini: 3 submissions, 1 not handed in, median 6.8 of 11, 1 with every point, "
        "0 with none, 1 late"
    )
    figures = json.loads(run(mini, "report", "1", "--json").out)
    assert figures["care"]["late"] == [["ben", 7200.0, 0.0]]
    assert figures["care"]["missing"] == ["dan"]
    # Cleo's answer was left empty, which is 0 points, and Ada's waits.
    assert figures["written"] == {"marked": 2, "waiting": 1, "changed": 1, "mean": 1.25}
    assert mini.course.gradebook.read_bytes() == before


def test_figures_alone(mini: Mini) -> None:
    hand_in(mini, *CLASS)
    ran = run(mini, "report", "1", "--json")
    figures = json.loads(ran.out)
    assert (ran.code, ran.err) == (0, "")
    assert figures["scores"]["median"] == 6.8
    assert [one["name"] for one in figures["exercises"]] == ["scale", "row_means"]
    assert figures["alike"]["twins"] == []
    assert not (mini.root / "reports").exists()
    assert json.loads(run(mini, "report", "--json").out)["days"][0]["stem"] == STEM


def test_a_page_elsewhere(mini: Mini, tmp_path: Path) -> None:
    hand_in(mini, *CLASS)
    page = tmp_path / "some where" / "page.html"
    for _ in range(2):
        ran = run(mini, "report", "1", "--json", "--html", str(page))
        assert json.loads(ran.out)
        assert page.read_text().startswith("<!doctype html>")
    assert not (mini.root / "reports").exists()
    thesis = tmp_path / "thesis.html"
    thesis.write_text("mine")
    ran = run(mini, "report", "1", "--html", str(thesis))
    todo = "(name another file)"
    assert ran.complaint == (
        f"dl30: {thesis}: this is no report of ours, and is not written over {todo}"
    )
    assert (ran.code, thesis.read_text()) == (2, "mine")


def test_opened(mini: Mini, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_in(mini, *CLASS)
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url: opened.append(url) or len(opened) == 1)
    assert run(mini, "report", "1", "--open").err == ""
    page = mini.root / "reports" / f"{STEM}.html"
    assert opened == [page.as_uri()]
    ran = run(mini, "report", "1", "--open")
    assert (ran.code, ran.err) == (
        0, f"dl30: no browser can be opened here; the page is {page}\n"
    )  # fmt: skip


def test_a_gradebook_that_is_torn(mini: Mini) -> None:
    hand_in(mini, *CLASS)
    mini.course.gradebook.write_bytes(b"no database, but as long as the head of one" * 30)
    ran = run(mini, "report", "1")
    assert ran.code == 0
    assert ran.err == (
        f"dl30: {mini.course.gradebook}: the gradebook cannot be read: file is not a database; "
        "the report goes without it\n"
    )
    assert "file is not a database" in (mini.root / "reports" / f"{STEM}.html").read_text()


def test_broken_and_unreadable_ones(mini: Mini) -> None:
    hand_in(
        mini,
        record("ada"),
        record("ben", status="unreadable", score=None, exercises={}, problem="is empty"),
        record("cleo", status="broken", score=None, broken={"TestScale::test_matrix": "KeyError"}),
    )
    ran = run(mini, "report", "1")
    assert ran.code == 1
    assert ran.out.splitlines()[0] == (
        "day01_mini: 3 submissions, median 11 of 11, 1 with every point, 0 with none, 1 broken, "
        "1 unreadable"
    )


def test_records_that_cannot_be_read(mini: Mini) -> None:
    hand_in(mini, record("ada"))
    mini.record_path("ben").write_text("{")
    assert json.loads(run(mini, "report", "1", "--json").out)["care"]["torn"] == ["ben.json"]
    mini.record_path("ada").write_text("{")
    ran = run(mini, "report", "1")
    folder = mini.course.records / STEM
    assert ran.complaint == (
        f"dl30: {folder}: none of the records here can be read (run `dl30 grade 1 --force`)"
    )
    assert ran.code == 1


def test_nobody_who_is_gone_counts_for_the_exit_code(mini: Mini) -> None:
    keep(mini, record("ben", status="unreadable", score=None, exercises={}, problem="is empty"))
    hand_in(mini, record("ada"))
    assert run(mini, "report", "1").code == 0


def test_names_that_a_terminal_would_obey(mini: Mini) -> None:
    text = "\x1b[31m<b>"
    hand_in(mini, record("ada", {0: text}), record("ben", {0: text}))
    ran = run(mini, "report", "1")
    assert "\x1b" not in ran.out
    assert '2 read "[31m<b>"' in ran.out


def test_a_scratch_course_takes_no_report_along(mini: Mini, tmp_path: Path) -> None:
    hand_in(mini, *CLASS)
    assert run(mini, "report", "1").code == 0
    copied = copy_course(mini.course, tmp_path / "scratch")
    assert (copied.root / "source").is_dir()
    assert not (copied.root / "reports").exists()
