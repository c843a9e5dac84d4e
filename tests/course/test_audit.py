"""Every day of the course is audited: its hidden tests tell mistakes from honest alternatives."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.audit.verdict import audit
from autograder.course import Course

COURSE = Course.find(Path(__file__))


@pytest.mark.parametrize("stem", [day.stem for day in COURSE.days()])
def test_day_is_proved(stem):
    found = audit(COURSE, COURSE.day(stem), jobs=os.cpu_count() or 1)
    assert found.problems == []
    assert found.wrong.total
    assert found.right.total
    assert found.mutants.total
