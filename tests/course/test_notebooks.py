"""Every released notebook, filled in with the reference, runs in a plain Jupyter kernel."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import nbclient
import pytest

from autograder import notebook
from autograder.course import Course, Day
from autograder.demo import Classroom
from autograder.sandbox.starting import ONE_THREAD

COURSE = Course.find(Path(__file__))
NOT_FOR_STUDENTS = 'raise ImportError("students have nothing of ours")\n'


def student_folder(day: Day, folder: Path) -> notebook.NotebookNode:
    """What a student has, with right answers; `autograder` and `solutions` are not to be found."""
    shutil.copytree(day.release_dir, folder)
    for name in ("autograder", "solutions"):
        (folder / f"{name}.py").write_text(NOT_FOR_STUDENTS)
    return Classroom(COURSE, day).solved()


def outputs(book: notebook.NotebookNode, kind: str) -> list[notebook.NotebookNode]:
    return [
        output
        for cell in book.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == kind
    ]


@pytest.mark.parametrize("stem", [day.stem for day in COURSE.days()])
def test_runs_top_to_bottom(stem, tmp_path, record_property, monkeypatch):
    # Other tests keep the other cores busy, and threads would wait for one another.
    for name, value in ONE_THREAD.items():
        monkeypatch.setenv(name, value)
    day = COURSE.day(stem)
    book = student_folder(day, tmp_path / stem)
    begin = time.perf_counter()
    runner = nbclient.NotebookClient(
        book,
        timeout=600,
        kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path / stem)}},
    )
    runner.execute()
    record_property("seconds", round(time.perf_counter() - begin, 1))
    assert not outputs(book, "error")
    assert [output.text for output in outputs(book, "stream") if output.name == "stderr"] == []
    figures = [output for output in outputs(book, "display_data") if "image/png" in output.data]
    assert len(figures) >= 2
    passed = [output.text for output in outputs(book, "stream") if "checks passed" in output.text]
    assert len(passed) >= len(day.exercises())
