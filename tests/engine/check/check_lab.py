"""A released notebook of two exercises, and a student's desk with nothing but that on it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mini_course import cell

from autograder import notebook
from autograder.check.client import Warm
from autograder.check.given import checksum, describe
from autograder.check.report import Checker, Report
from autograder.check.state import StateFile
from autograder.sandbox.jail import Limits

STEM = "day01_mini"
STUB = "    # YOUR CODE HERE\n    raise NotImplementedError()"
STUBS = {
    "scale": f'def scale(x, factor):\n    """x times factor."""\n{STUB}',
    "row_means": f'def row_means(x):\n    """The mean of each row."""\n{STUB}',
}
RIGHT = {
    "scale": "def scale(x, factor):\n    return np.asarray(x) * factor",
    # It leans on the first exercise.
    "row_means": "def row_means(x):\n    return scale(np.sum(x, axis=1), 1 / np.shape(x)[1])",
}
CHECKS = {
    "scale": (
        'assert np.allclose(scale([1.0, 2.0], 3), [3, 6]), "3 times [1, 2] is [3, 6]"\n'
        "assert len(scale([], 1)) == 0"
    ),
    "row_means": (
        "got = list(row_means([[1.0, 3.0], [5.0, 5.0]]))\n"
        'assert got == [2, 5], f"expected [2, 5],\\ngot {got}"'
    ),
}
FIGURE = "picture = np.ones(3)\nimport math\n\n\ndef drawn(x):\n    return x\n"
TEXTS = {
    "scale": (
        "## Exercise 1 · scale\n\n<details><summary>Hint 1: the plain way</summary>\n\nMultiply "
        "by `factor`.\n</details>\n\n"
        "<details>\n<summary>Hint 2</summary>\nWith $x_{i}$ an *array* is needed.\n</details>\n"
        "<details><summary>Why?</summary>No help.</details>"
    ),
    "row_means": "## Exercise 2 · row_means\n\n<details><summary>Hint</summary>axis=1</details>",
}


def _exercise(name: str, points: float) -> list[dict[str, Any]]:
    return [
        cell(f"{name}_text", TEXTS[name], "markdown"),
        cell(f"{name}_solution", STUBS[name], solution=True),
        cell(name, CHECKS[name], grade=True, locked=True, points=points),
    ]


def released(files: tuple[str, ...] = ()) -> dict[str, Any]:
    """The notebook as a release makes it, checksums and all, without nbgrader."""
    cells = [
        cell("title", "# Day 01 · Mini", "markdown"),
        cell("imports", "import numpy as np", locked=True, tags=["setup"]),
        *_exercise("scale", 7),
        cell("figure", FIGURE, locked=True),
        *_exercise("row_means", 4),
        cell("why", "YOUR ANSWER HERE", "markdown", grade=True, solution=True, points=3),
    ]
    raw = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
    made = notebook.parse(raw.encode(), Path("lab.ipynb"))
    for one in made.cells:
        if notebook.marks(one):
            one.metadata.nbgrader.checksum = checksum(one)
    made.metadata.dl30 = describe(made, STEM, files)
    data: dict[str, Any] = json.loads(notebook.to_bytes(made))
    return data


class Desk:
    """A student's folder. Cells are known by their grade_id, own ones by a name of their own."""

    def __init__(self, root: Path, warm: Warm | None = None, limits: Limits | None = None) -> None:
        self.folder = root / STEM
        self.folder.mkdir(parents=True)
        self.path = self.folder / f"{STEM}.ipynb"
        self.data = root / "data"
        self.state = StateFile(self.data)
        self.checker = Checker(warm, self.state, limits) if warm else None
        self.book = released()
        self.save()

    @property
    def cells(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.book["cells"]
        return found

    def cell(self, name: str) -> dict[str, Any]:
        return next(one for one in self.cells if _name(one) == name)

    def write(self, name: str, source: str, *, ran: int | None = None) -> dict[str, Any]:
        """Change a cell's text; `ran` is its number if the student ran it without an error."""
        found = self.cell(name)
        found["source"], found["execution_count"] = source, ran
        if found["cell_type"] == "markdown":
            del found["execution_count"]
        return found

    def solve(self, *names: str, **functions: str) -> Desk:
        """Right answers to these exercises or to all, but for `functions`."""
        for name in names or tuple(RIGHT):
            self.write(f"{name}_solution", functions.get(name, RIGHT[name]))
        return self

    def add(self, source: str, *, after: str, ran: int | None = None) -> dict[str, Any]:
        """A cell of the student's own."""
        made = cell(f"own{len(self.cells)}", source)
        made["execution_count"] = ran
        self.cells.insert(self.cells.index(self.cell(after)) + 1, made)
        return made

    def delete(self, name: str) -> None:
        self.cells.remove(self.cell(name))

    def double(self, name: str) -> dict[str, Any]:
        """Copy and paste a cell right below itself."""
        twin: dict[str, Any] = json.loads(json.dumps(self.cell(name)))
        twin["id"] += "-copy"
        self.cells.insert(self.cells.index(self.cell(name)) + 1, twin)
        return twin

    def save(self) -> None:
        self.path.write_text(json.dumps(self.book))

    def check(self) -> Report:
        self.save()
        assert self.checker is not None
        report = self.checker.check(self.path)
        assert report is not None
        return report


def _name(one: dict[str, Any]) -> str:
    found = one["metadata"].get("nbgrader", {}).get("grade_id", one["id"])
    return str(found).removesuffix("-id")


def told(report: Report) -> dict[str, tuple[str, str]]:
    """Status and message of each exercise."""
    return {one.name: (one.status, one.message) for one in report.exercises}
