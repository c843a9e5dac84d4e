"""A day's figures, of classes small enough to count by hand."""

from __future__ import annotations

import datetime

import pytest
from mini_course import STEM, Mini
from report_lab import PRINT, WRONG, material, not_begun, record, result

from autograder.grading.records import Fingerprint, Record
from autograder.report.book import NOBODY, Book, Entry
from autograder.report.day import DayFigures, figures
from autograder.report.wording import duration, percent
from autograder.text import plural

# scale is worth 7, its first test 3 of 5 parts; row_means 4, its first test 2 of 3 parts.
CLASS = [
    record("ada"),
    record("ben", {0: WRONG.format(3)}),
    record("cleo", {0: WRONG.format(5), 1: "`result` is wrong"}),
    record("dan", {1: WRONG.format(9)}),
    record("eva", {1: WRONG.format(9)}, not_begun("row_means")),
    record("fay", not_begun("scale"), not_begun("row_means")),
]


@pytest.fixture
def seen(mini: Mini) -> DayFigures:
    return figures(material(mini, CLASS), NOBODY)


def test_scores(seen: DayFigures) -> None:
    scores = seen.scores
    assert scores is not None
    # 11, 11 - 4.2, 11 - 5.6, 11 - 1.4, 7 - 1.4, 0
    assert (scores.count, scores.most, scores.full, scores.zero) == (6, 11, 1, 1)
    assert scores.mean == pytest.approx((11 + 6.8 + 5.4 + 9.6 + 5.6 + 0) / 6)
    assert scores.median == pytest.approx((5.6 + 6.8) / 2)
    assert scores.spread == pytest.approx(8.9 - 5.45)
    assert scores.bins == (1, 0, 0, 0, 1, 1, 1, 0, 1, 1)


def test_exercises(seen: DayFigures) -> None:
    scale, means = seen.exercises
    assert (scale.begun, scale.full, scale.nothing) == (5, 1, 0)
    assert scale.mean_share == pytest.approx((7 + 2.8 + 1.4 + 5.6 + 5.6 + 0) / 42)
    assert (means.begun, means.full, means.nothing) == (4, 4, 0)
    assert [(item.passed, item.tried) for item in seen.items] == [
        (3, 5), (2, 5), (5, 5), (4, 4), (4, 4)
    ]  # fmt: skip
    assert [(row.student, row.points) for row in seen.rows][-2:] == [
        ("eva", (5.6, None)), ("fay", (None, None))
    ]  # fmt: skip


def test_lessons_count_each_student_once(seen: DayFigures) -> None:
    """Ben and Cleo lost most by the first test; of the second test Cleo counts no more."""
    assert [lesson.text for lesson in seen.lessons] == [
        'scale: 2 of 5 who began it fail "Every entry of a matrix is multiplied by the factor." '
        f'(1.4 points a head). 2 read "{WRONG.format(3)}".',
        'scale: 3 of 5 who began it fail "A factor of zero or below is a factor too." '
        f'(0.7 points a head, 2 of them not counted above). 2 read "{WRONG.format(9)}".',
    ]


def test_a_lesson_of_different_messages_and_what_falls_with_it(mini: Mini) -> None:
    made = [record("ada", None, {0: "one thing", 1: "x"}), record("ben", None, {0: "two", 1: "y"})]
    (lesson,) = figures(material(mini, made), NOBODY).lessons
    assert lesson.text == (
        'row_means: 2 of 2 who began it fail "One mean for each row." (2.7 points a head). '
        'Each reads something else, one of them "one thing". With it falls "The rows are only '
        'read.".'
    )


def test_one_student_is_no_lesson(mini: Mini) -> None:
    made = [record("ada"), record("ben", {0: "x"}, not_begun("row_means"))]
    assert figures(material(mini, made), NOBODY).lessons == ()


def entry(late: float = 0.0, penalty: float = 0.0, **marks: float) -> Entry:
    given = {"written": 0.0, "marked": 0, "waiting": 1, "changed": 0} | marks
    return Entry(late=late, penalty=penalty, **given)  # type: ignore[arg-type]


def care_of(mini: Mini, *made: Record, book: Book = NOBODY) -> DayFigures:
    return figures(material(mini, [record("ada"), *made]), book)


def test_what_the_gradebook_knows(mini: Mini) -> None:
    entries = {
        "ada": entry(written=2.5, marked=1, waiting=0),
        "ben": entry(7200, 1.5, written=1.0, marked=1, waiting=0, changed=1),
        "cleo": entry(60.0),
    }
    due = datetime.datetime(2026, 11, 20, 12)
    book = Book(("ada", "ben", "cleo", "dan"), {STEM: entries}, {STEM: due})
    seen = care_of(mini, record("ben"), record("cleo"), book=book)
    assert seen.care.late == (("ben", 7200, 1.5), ("cleo", 60, 0.0))
    assert (seen.care.missing, seen.known) == (("dan",), 4)
    written = seen.written
    assert (written.marked, written.waiting, written.changed, written.mean) == (2, 1, 1, 1.75)
    assert seen.due == "2026-11-20 12:00 UTC"


def test_broken_unreadable_and_unjailed(mini: Mini) -> None:
    fault = {"TestScale::test_matrix": "Traceback\n  secret = 2.5\nKeyError: 'the expected 2.5'"}
    seen = care_of(
        mini,
        record("ben", status="broken", score=None, broken=fault),
        record("cleo", status="broken", score=None, problem="the grading process was lost: x"),
        record("dan", status="unreadable", score=None, exercises={}, problem="is not JSON"),
        record("eva", jailed=False),
    )
    care = seen.care
    assert care.broken == (("TestScale::test_matrix", "KeyError", ("ben",)),)
    assert care.lost == (("cleo", "the grading process was lost: x"),)
    assert care.unreadable == (("dan", "is not JSON"),)
    assert care.unjailed == ("eva",)
    assert seen.scores is not None
    assert seen.scores.count == 2


def test_records_of_other_hidden_tests_are_set_apart(mini: Mini) -> None:
    older = Fingerprint("n", "older", "r", "l", "e")
    assert older.tests != PRINT.tests
    seen = care_of(mini, record("ben"), record("cleo", {0: "x"}, fingerprint=older))
    assert seen.care.other_tests == ("cleo",)
    assert seen.items[0].tried == 2
    assert seen.scores is not None
    assert seen.scores.count == 3


def test_repairs_are_counted(mini: Mini) -> None:
    seen = care_of(
        mini,
        record("ben", notes=['cell "scale" stood 2 times: it was put back to once',
                             'cell "imports" stood 3 times: it was put back to once']),
        record("cleo", notes=['cell "scale" was missing: it was put back as it was given out']),
        record("dan", notes=['cell "scale" was changed: the given one is used',
                             "code cell 2 raised ZeroDivisionError: division by zero"]),
        record("eva", notes=['cell "a" stood 2 times: it was put back to once',
                             "cells stood in another order: they were put back into the given "
                             "one"]),
    )  # fmt: skip
    assert dict(seen.care.repairs) == {
        "duplicated a given cell": ("ben", "eva"),
        "deleted a given cell": ("cleo",),
        "wrote into a given cell": ("dan",),
        "changed order or marks of cells": ("eva",),
    }
    assert seen.care.cell_errors == ("dan",)


def test_nothing_that_was_graded(mini: Mini) -> None:
    made = [record("ada", status="unreadable", score=None, exercises={}, problem="is empty")]
    seen = figures(material(mini, made), NOBODY)
    assert (seen.scores, seen.lessons, seen.exercises, seen.rows) == (None, (), (), ())


def test_slow_ones(mini: Mini) -> None:
    slow = {"scale": result("scale", {0: "x"}, 3.0), "row_means": result("row_means", {}, 0.5)}
    seen = care_of(mini, record("ben", exercises=slow, seconds=11.0), record("cleo"))
    timing = seen.timing
    assert timing.whole == pytest.approx(11.2)
    assert [(one.student, one.seconds, one.longest, one.of_it) for one in timing.submissions] == [
        ("ben", 11.0, "scale", 9.0)
    ]
    assert [(one.name, one.median, one.most, one.students) for one in timing.tests] == [
        (name, 0.01, 3.0, ("ben",))
        for name in ("TestScale::test_matrix", "TestScale::test_factor[0]",
                     "TestScale::test_factor[-3]")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("share", "said"),
    [(None, "–"), (0.0, "0 %"), (0.004, "under 1 %"), (0.5, "50 %"), (0.999, "over 99 %"),
     (1.0, "100 %")],
)  # fmt: skip
def test_percents_do_not_round_to_all_or_nothing(share: float | None, said: str) -> None:
    assert percent(share) == said


def test_other_words() -> None:
    assert [duration(s) for s in (0.083, 5, 100, 7200, 200_000)] == [
        "0.083 s", "5 s", "1.67 min", "2 h", "2.31 d"
    ]  # fmt: skip
    assert (plural(1, "pair"), plural(1200, "pair")) == ("1 pair", "1,200 pairs")
