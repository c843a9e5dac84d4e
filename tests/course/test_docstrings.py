"""Every example in a docstring of the reference, which students read in the stub, is right."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

from autograder.course import Course

DAYS = [day.stem for day in Course.find(Path(__file__)).days()]


@pytest.mark.parametrize("stem", DAYS)
def test_examples(stem):
    ended = doctest.testmod(importlib.import_module(f"solutions.{stem}"))
    assert ended.attempted
    assert not ended.failed
