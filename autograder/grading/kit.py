"""A day made ready for grading: what is read once and used for every submission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from autograder import notebook
from autograder.course import Course, Day, Exercise
from autograder.errors import CourseError, UnreadableNotebook
from autograder.grading.inert import inert
from autograder.grading.records import Fingerprint, digest, digest_of, engine_digest
from autograder.repair import Repaired, repair
from autograder.runnable import runnable_cells
from autograder.sandbox.student import Cell
from autograder.variants import replace_functions


@dataclass(frozen=True)
class Prepared:
    """A submission that could be read: repaired notebook, cells to run, what was repaired."""

    notebook: Any
    cells: tuple[Cell, ...]
    notes: tuple[str, ...]


class Kit:
    """One day's released notebook, exercises, data files and fingerprints."""

    def __init__(self, course: Course, day: Day) -> None:
        self.course = course
        self.day = day
        self._last: tuple[Path, Prepared] | None = None

    def load(self) -> None:
        """Read all of it now; CourseError when the day is at fault."""
        _ = self.released, self.exercises, self._digests

    @cached_property
    def released(self) -> Any:
        try:
            return notebook.read(self.day.release_notebook)
        except UnreadableNotebook as error:
            todo = f"run `dl30 release {self.day.stem}`"
            raise CourseError(error.what, where=error.where, todo=todo) from None

    @cached_property
    def exercises(self) -> dict[str, Exercise]:
        return {exercise.name: exercise for exercise in self.day.exercises()}

    @cached_property
    def max_score(self) -> float:
        return round(sum(exercise.points for exercise in self.exercises.values()), 2)

    @cached_property
    def files(self) -> dict[str, bytes]:
        """The assignment's own data files, by their path beside the notebook."""
        folder = self.day.release_dir
        return {
            str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix != ".ipynb" and "__pycache__" not in path.parts
        }

    @cached_property
    def _digests(self) -> dict[str, str]:
        around = self.day.hidden_tests.parent.rglob("*.py")
        helpers = sorted(path for path in around if not path.name.startswith("test_"))
        release = [p for p in sorted(self.day.release_dir.rglob("*")) if p.is_file()]
        return {
            "tests": digest(self.day.hidden_tests, *helpers),
            "reference": digest(self.day.solution),
            "release": digest(*release),
            "engine": engine_digest(),
        }

    def fingerprint(self, path: Path, content: bytes | None = None) -> Fingerprint:
        """Of a submission in a file, or with this content."""
        found = digest(path) if content is None else digest_of(path.name, content)
        return Fingerprint(notebook=found, **self._digests)

    def prepare(
        self,
        path: Path,
        functions: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> Prepared:
        """Read and repair a submitted notebook; UnreadableNotebook when that cannot be done.

        `functions` are sources put in place of the notebook's functions of these names.
        """
        if not functions:
            raw = notebook.contents(path) if content is None else content
            return self._prepared(notebook.parse(raw, path))
        if self._last is None or self._last[0] != path:
            self._last = path, self._prepared(notebook.read(path))
        whole = self._last[1]
        cells = [
            Cell(cell.number, replace_functions(cell.source, functions)) for cell in whole.cells
        ]
        return replace(whole, cells=tuple(cells))

    def harmless(self, submitted: Any) -> Repaired:
        """The notebook repaired, and with nothing of the student's that could run in a browser."""
        repaired = repair(submitted, self.released, day=self.day.stem)
        given = {cell.source for cell in self.released.cells}
        for cell in repaired.notebook.cells:
            if cell.cell_type != "code" and cell.source not in given:
                cell.source = inert(cell.source, cell.get("attachments", {}))
        return repaired

    def _prepared(self, submitted: Any) -> Prepared:
        repaired = repair(submitted, self.released, day=self.day.stem)
        runnable = runnable_cells(repaired, self.released)
        cells = tuple(Cell(cell.number, cell.source) for cell in runnable)
        return Prepared(repaired.notebook, cells, repaired.notes)
