"""How results look on pages."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

from autograder.course import Day
from autograder.grading.records import Record


def shown(points: float, day: Day) -> str:
    """A score as the formgrader writes it."""
    return f"{points:g} / {day.max_score:g}"


def assert_shows_every_test(page: Page | Locator, record: Record) -> None:
    """Each hidden test's verdict, sentence and message, in order, as the browser renders them."""
    told = [" ".join(text.split()) for text in page.locator(".dl30 li").all_inner_texts()]
    tests = [test for result in record.exercises.values() for test in result.tests]
    words = [f"{test.verdict} {test.sentence} {test.message}" for test in tests]
    assert [line.split(" ", 1)[1] for line in told] == [" ".join(line.split()) for line in words]


def verdicts(record: Record) -> set[str]:
    return {test.verdict for result in record.exercises.values() for test in result.tests}


def contents(page: Page | Locator) -> list[str]:
    """What the links at the head of a feedback page are called, those to comments left out."""
    return page.locator("#toc a:not([href^='#comment-'])").all_inner_texts()
