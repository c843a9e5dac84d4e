"""The report in a real browser: it asks nobody for anything, and its tables can be sorted."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
from mini_course import make_course
from playwright.sync_api import Browser, Page
from report_lab import WRONG, record

from autograder.report.book import NOBODY
from autograder.report.day import figures
from autograder.report.gather import Material
from autograder.report.likeness.find import Likeness
from autograder.report.page import day_page

EVIL = "<script>document.title='taken'</script><img src='http://127.0.0.1:9/x'>"
MADE = [
    record("ada", {0: WRONG.format(3)}),
    record("ben", {0: WRONG.format(3), 1: EVIL}),
    record(EVIL),
]


@pytest.fixture(scope="module")
def shown(chromium: Browser, made_page: Path) -> Iterator[tuple[Page, list[str], list[str]]]:
    """The page, what was asked for to show it, and what the browser complained of."""
    page = chromium.new_page(viewport={"width": 390, "height": 800})
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(made_page.as_uri())
    yield page, asked, said
    page.close()


@pytest.fixture(scope="module")
def made_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    now = datetime.datetime(2026, 11, 27, 9, 30)
    day = make_course(folder / "course").day("1")
    seen = figures(Material(day, tuple(MADE), (), ()), NOBODY)
    path = folder / "page.html"
    path.write_bytes(day_page(seen, Likeness(why_not="nothing"), EVIL, now))
    return path


def test_no_network_and_no_complaint(
    shown: tuple[Page, list[str], list[str]], made_page: Path
) -> None:
    page, asked, said = shown
    assert [url for url in asked if not url.startswith("data:")] == [made_page.as_uri()]
    assert said == []
    assert page.title() == "Day 01 · Mini: what to explain again"
    assert page.locator("img").count() == 0


def test_it_fits_a_phone(shown: tuple[Page, list[str], list[str]]) -> None:
    assert shown[0].evaluate("document.documentElement.scrollWidth") == 390


def test_students_are_sorted_by_a_click(shown: tuple[Page, list[str], list[str]]) -> None:
    page = shown[0]
    score = page.locator("#students thead th").nth(1)
    cells = page.locator("#students tbody td:nth-child(2)")
    score.locator("button").click()
    assert score.get_attribute("aria-sort") == "descending"
    assert cells.all_inner_texts() == ["11", "6.8", "5.4"]
    score.locator("button").click()
    assert cells.all_inner_texts() == ["5.4", "6.8", "11"]
    name = page.locator("#students thead th").nth(0)
    name.locator("button").click()
    assert score.get_attribute("aria-sort") is None
    assert page.locator("#students tbody th").all_inner_texts()[-1] in ("ada", EVIL)
