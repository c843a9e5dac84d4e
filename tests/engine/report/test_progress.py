"""The course report: who falls behind, and days side by side."""

from __future__ import annotations

import datetime

import pytest
from mini_course import STEM, Mini
from report_lab import material, not_begun, record

from autograder.report.book import NOBODY, Book, Entry
from autograder.report.progress import course_figures, falls_behind
from autograder.report.told import course_lines

MEDIANS = [0.9, 0.9, 0.8, 0.7, 0.7]
LOWER = "{} points of 100 lower against the class than before"


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ([0.9, 0.9, 0.8, 0.7, 0.7], ""),
        ([0.9, 0.9, 0.8, None, None], "nothing on the last 2 days"),
        ([None, None, None, None, None], "nothing on the last 2 days"),
        ([0.9, None, 0.8, None, 0.7], ""),
        ([0.9, 0.9, 0.8, 0.4, 0.3], LOWER.format(35)),
        ([0.9, 0.9, 0.8, 0.51, 0.51], ""),  # 19 points
        ([0.9, 0.9, 0.8, 0.49, 0.49], LOWER.format(21)),
        ([0.1, 0.1, 0.1, 0.0, 0.0], ""),  # as weak as ever
        ([0.9, 0.8, None, 0.2, 0.1], LOWER.format(50)),
        ([None, 0.9, None, 0.2, 0.1], ""),  # three days say nothing
    ],
)
def test_who_falls_behind(shares: list[float | None], said: str) -> None:
    there = [share is not None for share in shares]
    assert falls_behind(shares, there, MEDIANS) == said


def test_a_broken_test_is_held_against_nobody() -> None:
    assert falls_behind([0.9, 0.9, 0.8, None, None], [True] * 5, MEDIANS) == ""


def test_two_days_say_nothing() -> None:
    assert falls_behind([None, None], [False, False], [0.9, 0.9]) == ""


def test_a_course(mini: Mini) -> None:
    days = [
        [record("ada"), record("ben", {0: "x"}), record("cy", not_begun("scale"))],
        [record("ada"), record("ben", {0: "x"})],
        [record("ada"), record("ben", status="broken", score=None)],
    ]
    entries = {STEM: {"ada": Entry(5.0, 0.0, 0.0, 0, 0, 0), "ben": Entry(0.0, 0.0, 0.0, 0, 0, 0)}}
    due = {STEM: datetime.datetime(2026, 1, 1)}
    book = Book(("ada", "ben", "cy", "dan"), entries, due)
    seen = course_figures([material(mini, made) for made in days], book)
    assert [day.submissions for day in seen.days] == [3, 2, 2]
    assert [day.broken for day in seen.days] == [0, 0, 1]
    assert [day.late for day in seen.days] == [1, 1, 1]
    shares = {student.name: student.shares for student in seen.students}
    assert shares["ada"] == (1.0, 1.0, 1.0)
    assert shares["ben"] == (pytest.approx(6.8 / 11), pytest.approx(6.8 / 11), None)
    assert shares["cy"] == (pytest.approx(4 / 11), None, None)
    assert [student.name for student in seen.behind] == ["cy"]
    assert course_lines(seen)[-2] == "1 of 4 students falls behind; 1 more never handed in."
    assert seen.never == ["dan"]
    assert {student.name: student.handed_in for student in seen.students}["ben"] == 3
    hard = seen.exercises[0]
    assert (hard.name, hard.begun) == ("scale", pytest.approx(2 / 3))
    assert hard.mean_share == pytest.approx((7 + 2.8) / 14)
    assert [(hard.name, hard.number) for hard in seen.exercises] == [("scale", 1), ("scale", 1)]
    assert [(item.name, item.share) for _, item in seen.tests] == [
        ("TestScale::test_matrix", 0.5), ("TestScale::test_matrix", 0.5)
    ]  # fmt: skip


def test_without_a_due_date_nothing_is_late(mini: Mini) -> None:
    (day,) = course_figures([material(mini, [record("ada")])], NOBODY).days
    assert day.late is None
