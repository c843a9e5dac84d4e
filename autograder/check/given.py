"""What a released notebook says of itself: which cells were given out, and for which exercise.

It stands in the notebook's metadata under `dl30`, without any text of a cell, so that a student's
check notices cells that are gone without having the course.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from autograder.errors import UnreadableNotebook
from autograder.notebook import Marks, NotebookNode, copied, grade_id, marks
from autograder.repair import is_setup

KEY = "dl30"
FORMAT = 1
FETCH = "fetch the assignment once more, and copy your answers over"
Kind = Literal["setup", "given", "answer", "check", "written"]


class GivenCell(msgspec.Struct, frozen=True, omit_defaults=True):
    """A cell with nbgrader's marks. `exercise` is the grade_id of the check it belongs to, and
    `functions` are what an answer's stub defines."""

    name: str
    kind: Kind
    exercise: str = ""
    points: float | None = None
    functions: tuple[str, ...] = ()


class Given(msgspec.Struct, frozen=True):
    """`files` lie beside the notebook, by their paths with forward slashes."""

    format: int
    day: str
    cells: tuple[GivenCell, ...]
    files: tuple[str, ...] = ()

    def cell(self, name: str | None) -> GivenCell | None:
        return next((cell for cell in self.cells if cell.name == name), None)

    def exercises(self) -> list[GivenCell]:
        """The checks, one for each exercise, in order."""
        return [cell for cell in self.cells if cell.kind == "check"]

    def functions(self, exercise: str) -> tuple[str, ...]:
        """What the exercise asks for."""
        answers = (cell for cell in self.cells if cell.kind == "answer")
        return tuple(
            name for cell in answers if cell.exercise == exercise for name in cell.functions
        )


def describe(released: NotebookNode, day: str, files: Sequence[str] = ()) -> dict[str, Any]:
    """The entry for the metadata of a notebook that is about to be released."""
    cells = [(cell, mark) for cell in released.cells if (mark := marks(cell))]
    made = [_given_cell(cell, mark) for cell, mark in cells]
    whole = Given(FORMAT, day, tuple(_with_exercises(made)), tuple(sorted(files)))
    plain: dict[str, Any] = msgspec.to_builtins(whole)
    return plain


def _given_cell(cell: NotebookNode, mark: Marks) -> GivenCell:
    if mark.grade:
        return GivenCell(mark.grade_id, "written" if mark.solution else "check", points=mark.points)
    if mark.solution:
        return GivenCell(mark.grade_id, "answer", functions=defined(cell.source))
    return GivenCell(mark.grade_id, "setup" if is_setup(cell) else "given")


def defined(source: str) -> tuple[str, ...]:
    """Names of the functions and classes of a stub."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return ()
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return tuple(node.name for node in body if isinstance(node, kinds))


def _with_exercises(cells: list[GivenCell]) -> Iterator[GivenCell]:
    """Answers belong to the next check, as nbgrader's reader of the course takes it."""
    for index, cell in enumerate(cells):
        exercise = ""
        if cell.kind == "check":
            exercise = cell.name
        elif cell.kind == "answer":
            checks = (later.name for later in cells[index:] if later.kind == "check")
            exercise = next(checks, "")
        yield msgspec.structs.replace(cell, exercise=exercise)


def given_of(notebook: NotebookNode, path: Path) -> Given:
    """What the notebook was given out as; UnreadableNotebook for one that does not say."""
    entry = notebook.metadata.get(KEY)
    if entry is None:
        what = "does not say how it was given out: it is no notebook of this course, or an old one"
        raise UnreadableNotebook(what, where=path, todo=FETCH)
    try:
        if entry["format"] > FORMAT:
            todo = "pip install --upgrade dl30"
            raise UnreadableNotebook("needs a newer dl30 than this one", where=path, todo=todo)
        found = msgspec.convert(entry, Given)
        names = [cell.name for cell in found.cells]
        if "" in names or len({*names}) < len(names):
            raise ValueError("names of cells are missing or stand twice")
        return found
    except (ValueError, TypeError, KeyError) as error:
        what = f"what it says of how it was given out is damaged: {error}"
        raise UnreadableNotebook(what, where=path, todo=FETCH) from None


def checksum(cell: NotebookNode) -> str:
    """nbgrader's checksum of a cell that has its marks: whoever changes the cell changes it."""
    mark = marks(cell)
    if mark is None:
        return ""
    locked = not mark.solution and (mark.grade or mark.locked)
    parts = [cell.source, cell.cell_type, mark.grade, mark.solution, locked, mark.grade_id]
    if mark.grade:
        parts.append(float(mark.points or 0))
    return hashlib.md5("".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()


def is_untouched(cell: NotebookNode) -> bool:
    """Whether it is as it was given out, by nbgrader's checksum in it."""
    entry = cell.metadata.get("nbgrader")
    return (
        isinstance(entry, dict) and bool(kept := entry.get("checksum")) and kept == checksum(cell)
    )


def stand_in(notebook: NotebookNode, given: Given, *, trusting: bool) -> NotebookNode:
    """What was given out, as far as the student's copy of it tells: marked cells alone.

    A cell's text is that of its untouched copy. Where none is left it is a text that nobody wrote,
    so that the cell counts as changed; with `trusting` a locked cell is taken as it is now.
    """
    made = copied(notebook)
    made.cells = []
    copies: dict[str, list[NotebookNode]] = {}
    for cell in notebook.cells:
        copies.setdefault(grade_id(cell) or "", []).append(cell)
    for cell in given.cells:
        made.cells.append(_as_given(cell, copies.get(cell.name, []), trusting))
    return made


def _as_given(given: GivenCell, copies: list[NotebookNode], trusting: bool) -> NotebookNode:
    untouched = [cell for cell in copies if is_untouched(cell)]
    taken = untouched or (
        copies[-1:] if trusting and given.kind in ("setup", "given", "check") else []
    )
    kind = "markdown" if given.kind == "written" else "code"
    if untouched and given.kind in ("given", "written"):
        kind = untouched[0].cell_type
    made = NotebookNode(id=f"given-{given.name}", cell_type=kind)
    made.source = taken[-1].source if taken else f"# the text of {given.name} as it was given out\n"
    made.metadata = NotebookNode(nbgrader=NotebookNode(_marks_of(given)))
    if given.kind == "setup":
        made.metadata.tags = ["setup"]
    return made


def _marks_of(given: GivenCell) -> dict[str, Any]:
    marked: dict[str, Any] = {
        "grade_id": given.name,
        "grade": given.kind in ("check", "written"),
        "solution": given.kind in ("answer", "written"),
        "locked": given.kind in ("setup", "given", "check"),
    }
    return marked | ({"points": given.points} if marked["grade"] else {})
