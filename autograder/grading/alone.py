"""A bench for pytest run by hand: the reference, or one notebook given with --submission."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from autograder import notebook
from autograder.course import Course
from autograder.grading.judge import Bench, Submission
from autograder.grading.kit import Kit
from autograder.sandbox.launcher import WarmProcess
from autograder.sandbox.student import Student


def open_bench(
    tests: Path, submission: Path | None, *, seed: int, jailed: bool
) -> tuple[Bench, list[Any]]:
    """The bench for a file of hidden tests, and what is to be closed after it."""
    course = Course.find(tests.parent)
    kit = Kit(course, course.day(tests.stem.removeprefix("test_")))
    prepared = kit.prepare(submission) if submission else _reference(kit)
    warm = WarmProcess(jailed=jailed)
    student = Student(warm, prepared.cells, files=kit.files, seed=seed)
    return Bench(kit.exercises, Submission(student, prepared.cells, seed)), [warm, student]


def _reference(kit: Kit) -> Any:
    """The instructor's notebook with the solutions in it, as a perfect student would hand it in."""
    from autograder.release import instructor_notebook

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{kit.day.stem}.ipynb"
        path.write_bytes(notebook.to_bytes(instructor_notebook(kit.course, kit.day)))
        return kit.prepare(path)
