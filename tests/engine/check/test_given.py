"""What a released notebook says of itself, and that everything else lives with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from check_lab import RIGHT, Desk, released
from mini_course import STEM, Mini
from nbgrader.utils import compute_checksum

from autograder import notebook
from autograder.check.given import Given, checksum, given_of, is_untouched
from autograder.course import Course
from autograder.errors import UnreadableNotebook

COURSE = Course.find(Path(__file__))
MINI = {
    "format": 1,
    "day": STEM,
    "files": [],
    "cells": [
        {"name": "imports", "kind": "setup"},
        {"name": "scale_solution", "kind": "answer", "exercise": "scale", "functions": ["scale"]},
        {"name": "scale", "kind": "check", "exercise": "scale", "points": 7.0},
        {
            "name": "row_means_solution",
            "kind": "answer",
            "exercise": "row_means",
            "functions": ["row_means"],
        },
        {"name": "row_means", "kind": "check", "exercise": "row_means", "points": 4.0},
        {"name": "written_why", "kind": "written", "points": 3.0},
    ],
}


def test_a_release_describes_itself(mini: Mini) -> None:
    data = json.loads(mini.day.release_notebook.read_bytes())
    assert data["metadata"]["dl30"] == MINI


@pytest.mark.parametrize("stem", [day.stem for day in COURSE.days()])
def test_every_release_does(stem: str) -> None:
    """Names and points are the course's, checksums nbgrader's, and no text of a cell is told."""
    day = COURSE.day(stem)
    found = notebook.read(day.release_notebook)
    given = given_of(found, day.release_notebook)
    exercises = [(one.name, one.points, given.functions(one.name)) for one in given.exercises()]
    assert exercises == [(one.name, one.points, one.functions) for one in day.exercises()]
    beside = {path.name for path in day.release_dir.iterdir() if path.suffix != ".ipynb"}
    assert set(given.files) == beside
    marked = [cell for cell in found.cells if notebook.marks(cell)]
    assert [one.name for one in given.cells] == [notebook.grade_id(cell) for cell in marked]
    assert all(map(is_untouched, marked))
    assert "\n" not in json.dumps(found.metadata.dl30)


def test_the_checksum_is_nbgraders() -> None:
    """Of changed cells as well, and of every kind."""
    for stem in [day.stem for day in COURSE.days()]:
        for cell in notebook.read(COURSE.day(stem).release_notebook).cells:
            if notebook.marks(cell):
                cell.source += "é"
                assert checksum(cell) == compute_checksum(cell)
                assert not is_untouched(cell)


def without(desk: Desk) -> None:
    del desk.book["metadata"]["dl30"]


def entry(**changes: Any) -> Any:
    return lambda desk: desk.book["metadata"]["dl30"].update(changes)


FETCH = " (fetch the assignment once more, and copy your answers over)"


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (without, "does not say how it was given out: it is no notebook of this course, or an old "
         "one" + FETCH),
        (entry(format=2), "needs a newer dl30 than this one (pip install --upgrade dl30)"),
        (entry(format="x"), "what it says of how it was given out is damaged: '>' not supported "
         "between instances of 'str' and 'int'" + FETCH),
        (entry(cells=[{"name": "a", "kind": "b"}]), "what it says of how it was given out is "
         "damaged: Invalid enum value 'b' - at `$.cells[0].kind`" + FETCH),
        (entry(cells=[{"name": "", "kind": "check"}]), "what it says of how it was given out is "
         "damaged: names of cells are missing or stand twice" + FETCH),
        (lambda desk: desk.book["metadata"].update(dl30=[1]), "what it says of how it was given "
         "out is damaged: list indices must be integers or slices, not str" + FETCH),
    ],
)  # fmt: skip
def test_one_that_does_not(tmp_path: Path, spoil: Any, line: str) -> None:
    desk = Desk(tmp_path)
    spoil(desk)
    desk.save()
    with pytest.raises(UnreadableNotebook) as caught:
        given_of(notebook.read(desk.path), desk.path)
    assert str(caught.value) == f"{desk.path}: {line}"


def test_a_student_gains_nothing_by_changing_it(mini: Mini) -> None:
    """The grader goes by the release alone."""
    mini.submit("ada")
    path = mini.path("ada")
    data = json.loads(path.read_bytes())
    data["metadata"]["dl30"] = {"format": 1, "day": "other", "cells": [], "record": "x"}
    path.write_text(json.dumps(data))
    (record,) = mini.judge("ada")
    assert (record.status, record.score, record.notes) == ("graded", 11.0, [])


def test_the_lab_is_a_release_too() -> None:
    made = Given(**{**released()["metadata"]["dl30"], "cells": ()})
    assert (made.day, made.format) == (STEM, 1)
    assert set(RIGHT) == {"scale", "row_means"}
