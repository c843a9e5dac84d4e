"""Who began an exercise, and who is stuck before it: no evidence of what could not be tried."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest
from mini_course import ROOT, Mini
from report_lab import STUB, WRONG, material, not_begun, record, result

from autograder.report.begun import behind, is_begun, stuck_behind
from autograder.report.book import NOBODY
from autograder.report.day import figures
from autograder.report.grid import make_grid
from autograder.report.items import analyse, falling_together
from autograder.report.likeness.find import Likeness
from autograder.report.messages import common
from autograder.report.page import day_page
from autograder.report.progress import course_figures
from autograder.report.told import day_lines
from autograder.sandbox.student import OUT_OF_TIME

WANT = "row_means was not tried, for want of a cache from your scale: "
STUCK = WANT + "`result` should be (out, cache)"
LATE = OUT_OF_TIME.format(60.0)
ENDED = "the notebook's process had to be ended too often, so nothing more of it is run"


def stuck(message: str = STUCK) -> dict[int, str]:
    return {0: message, 1: message}


@pytest.mark.parametrize(
    ("messages", "begun", "cause"),
    [
        ([STUB.format("scale")] * 3, False, None),
        (["scale is not defined in the notebook"] * 3, False, None),
        ([WANT + STUB.format("scale")] * 3, False, "scale"),
        ([STUCK] * 3, False, "scale"),
        ([LATE] * 3, False, ""),
        ([LATE, ENDED, STUCK], False, "scale"),
        ([STUCK, STUCK, STUB.format("row_means")], False, None),
        ([STUCK, STUCK, "`result` is wrong"], True, None),
        ([STUCK] * 2, True, None),  # the third passes
        (["f raised ValueError: row_means was not tried, for want of a cache from your f: x"] * 3,
         True, None),
        (["scale is not defined: code cell 5 raised SyntaxError: invalid syntax"] * 3, True, None),
        ([STUB.format("scale")] * 2 + ["`result` is wrong"], True, None),
        ([STUB.format("scale")] * 2, True, None),
    ],
)  # fmt: skip
def test_begun(messages: list[str], begun: bool, cause: str | None) -> None:
    judged = result("scale", dict(enumerate(messages)))
    assert (is_begun(judged), stuck_behind(judged)) == (begun, cause)


def test_hidden_tests_say_it_in_one_way() -> None:
    """Every hidden test that does not try an exercise says so in words that the report knows."""
    said = []
    for path in sorted((ROOT / "tests/hidden").glob("test_*.py")):
        code = re.sub(r'"\s*\n\s*f?"', "", path.read_text())
        said += [Path(path).stem[5:10] + re.sub(r"\{\w+\}", "f", text)
                 for text in re.findall(r'f?"([^"\n]* not tried[^"\n]*)"', code)]  # fmt: skip
    assert [text[:5] for text in said] == ["day05", "day14", "day21"]
    assert all(behind(text[5:]) in ("f", "conv2d_forward") for text in said)


CLASS = [
    record("ada"),
    record("ben", {0: WRONG.format(3)}, stuck()),
    record("cleo", {0: WRONG.format(3)}, stuck()),
    record("dan", None, not_begun("row_means")),
    record("eva", None, {0: "x"}),
    record("fay", None, stuck(LATE)),
]


def test_who_is_stuck_is_no_evidence(mini: Mini) -> None:
    seen = figures(material(mini, CLASS), NOBODY)
    assert [(lesson.exercise, lesson.failed, lesson.tried) for lesson in seen.lessons] == [
        ("scale", 2, 6)
    ]
    means = seen.exercises[1]
    assert (means.begun, means.not_begun, means.nothing) == (2, 1, 0)
    assert means.stuck == (("scale", 2), ("", 1))
    assert [(item.passed, item.tried) for item in means.items] == [(1, 2), (2, 2)]
    assert [message.example for message in seen.messages] == [WRONG.format(3), "x"]
    assert [row.points[1] for row in seen.rows] == [4, None, None, None, pytest.approx(1.33), None]


def test_it_is_said(mini: Mini) -> None:
    lines = day_lines(figures(material(mini, CLASS), NOBODY), Likeness(why_not="x"))
    assert lines[4:8] == [
        "row_means     4       22 %  ██········       17 %          1",
        "",
        "row_means: 2 stuck behind scale, 1 stuck behind something earlier in the notebook",
        "",
    ]


def test_the_page_says_it(mini: Mini) -> None:
    found = figures(material(mini, CLASS), NOBODY)
    page = day_page(found, Likeness(why_not="x"), "", datetime.datetime(2026, 11, 27))
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page.decode()))
    assert "Not begun: row_means 1. " in text
    assert (
        "Could not be tried, and counts for nothing here: row_means 2 stuck behind scale, 1 stuck "
        "behind something earlier in the notebook. "
    ) in text


def test_a_test_that_could_not_try_says_nothing_though_others_could() -> None:
    made = [record(name, None, {0: STUCK, 1: "x"}) for name in ("ada", "ben", "cleo")]
    grid = make_grid(made)
    assert [(item.tried, item.lost) for item in analyse(grid)[3:]] == [(0, 0), (3, 4)]
    assert [message.example for message in common(made)] == ["x"]
    assert falling_together(grid) == []


def test_the_hardest_are_of_those_who_began(mini: Mini) -> None:
    """Two who could not be tried and one who left the stub make nothing hard."""
    seen = course_figures([material(mini, CLASS)], NOBODY)
    assert [(hard.name, hard.begun) for hard in seen.exercises] == [
        ("row_means", pytest.approx(2 / 6)), ("scale", 1.0)
    ]  # fmt: skip
    assert seen.exercises[0].mean_share == pytest.approx((4 + 4 / 3) / 8)
    alone = course_figures([material(mini, CLASS[1:4])], NOBODY)
    assert [hard.name for hard in alone.exercises] == ["scale"]
