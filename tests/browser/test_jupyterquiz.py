"""An export, shown by jupyterquiz itself in a browser, and answered there."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from playwright.sync_api import Browser, Page
from quiz_lab import write_deck

from autograder.quiz.asking import ask
from autograder.quiz.deck import Deck
from autograder.quiz.exports import drawn, to_jupyterquiz


@pytest.fixture
def deck(tmp_path: Path) -> Deck:
    return Deck.read(write_deck(tmp_path))


@pytest.fixture
def shown(deck: Deck, chromium: Browser, tmp_path: Path) -> Page:
    """The page that jupyterquiz makes of the lab's deck."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jupyterquiz

    text, count = to_jupyterquiz(drawn(deck.values(), 1))
    assert count == 4
    InteractiveShell.instance()
    with capture_output() as captured:
        jupyterquiz.display_quiz(json.loads(text), shuffle_answers=False)
    body, script = (output.data for output in captured.outputs)
    path = tmp_path / "quiz.html"
    code = script["application/javascript"]
    path.write_text(f"{body['text/html']}<script>{code}</script>", encoding="utf-8")
    page = chromium.new_page()
    page.goto(path.as_uri())
    return page


def test_choices_are_answered(shown: Page) -> None:
    question = shown.locator(".Quiz", has_text="Which is even?")
    question.get_by_text("one", exact=True).click()
    assert "It is not." in question.inner_text()
    question.get_by_text("two", exact=True).click()
    assert "It is twice one." in question.inner_text()


def test_numbers_are_answered(shown: Page, deck: Deck) -> None:
    asked = ask(deck["lab-numeric"], 0)
    a, b = asked.values["a"], asked.values["b"]
    question = shown.locator(".Quiz", has_text=f"What is {a} + {b}?")
    field = question.locator("input")
    field.fill(str(a * b))
    field.press("Enter")
    assert f"That is the product of {a} and {b}." in question.inner_text()
    field.fill(str(a + b))
    field.press("Enter")
    assert f"{a} + {b} = {a + b}." in question.inner_text()
