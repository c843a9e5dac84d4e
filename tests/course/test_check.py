"""What students see of each day: all right with the reference, nothing begun in the release."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder import notebook
from autograder.check.client import Warm
from autograder.check.hints import hints_of
from autograder.check.report import Checker, Report
from autograder.check.state import StateFile
from autograder.course import Course, Day
from autograder.demo import Classroom

COURSE = Course.find(Path(__file__))
DAYS = [day.stem for day in COURSE.days()]


@pytest.fixture(scope="module")
def warm() -> Iterator[Warm]:
    started = Warm()
    yield started
    started.close()


def check(warm: Warm, day: Day, made: notebook.NotebookNode, root: Path) -> Report:
    folder = root / day.stem
    shutil.copytree(day.release_dir, folder)
    path = folder / f"{day.stem}.ipynb"
    path.write_bytes(notebook.to_bytes(made))
    report = Checker(warm, StateFile(root)).check(path)
    assert report is not None
    return report


@pytest.mark.parametrize("stem", DAYS)
def test_the_reference_passes(stem: str, warm: Warm, tmp_path: Path) -> None:
    day = COURSE.day(stem)
    report = check(warm, day, Classroom(COURSE, day).solved(), tmp_path)
    assert [(one.name, one.status, one.message) for one in report.exercises] == [
        (one.name, "passed", "") for one in day.exercises()
    ]
    assert (report.before_you_submit, report.written) == ((), ())


@pytest.mark.parametrize("stem", DAYS)
def test_the_release_is_not_started(stem: str, warm: Warm, tmp_path: Path) -> None:
    day = COURSE.day(stem)
    report = check(warm, day, Classroom(COURSE, day).blank(), tmp_path)
    assert {(one.status, one.message) for one in report.exercises} == {("not started", "")}
    assert (report.before_you_submit, report.nothing_yet) == ((), True)
    assert len(report.written) == len(day.written())


@pytest.mark.parametrize("stem", DAYS)
def test_every_exercise_has_a_hint(stem: str) -> None:
    day = COURSE.day(stem)
    found = notebook.read(day.release_notebook)
    from autograder.check.given import given_of

    hints = hints_of(found, given_of(found, day.release_notebook))
    assert list(hints) == [one.name for one in day.exercises()]
    assert all(hints.values())
    assert "<" not in "".join(hint.title for one in hints.values() for hint in one)
