"""What a student wrote into a notebook: its code without what was given out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from autograder import notebook
from autograder.errors import UnreadableNotebook
from autograder.text import one_line

MAX_CODE = 200_000  # characters of one student's code that are looked at
OWN = "a cell of their own"


class _Cell(msgspec.Struct):
    """Only these parts are decoded: figures in outputs are passed over."""

    cell_type: Any = ""
    source: Any = ""
    metadata: Any = None


class _Book(msgspec.Struct):
    cells: list[_Cell] = []


@dataclass(frozen=True)
class Code:
    """A code cell. In `own` every line that was given out is a comment: places in it are places in
    `source` too."""

    name: str
    source: str
    own: str


@dataclass(frozen=True)
class Named:
    """A code cell by its grade_id, with what nbgrader's marks say of it."""

    name: str
    source: str
    graded: bool
    solution: bool


@dataclass(frozen=True)
class Given:
    """What the released notebook holds: whole cells, and lines without their indentation."""

    cells: frozenset[str]
    lines: frozenset[str]


def given_in(released: bytes) -> Given:
    """The code that everybody was given."""
    sources = [_text(cell.source) for cell in _code_cells(released)]
    lines = frozenset(line.strip() for source in sources for line in source.splitlines())
    return Given(frozenset(source.strip() for source in sources), lines)


def given_code(released: bytes) -> str:
    return "\n".join(_text(cell.source) for cell in _code_cells(released))


def written_in(path: Path, given: Given) -> list[Code]:
    """The student's code, cell by cell; nothing of a file that is no notebook."""
    try:
        cells = _code_cells(notebook.contents(path))
    except UnreadableNotebook:
        return []
    found, left = [], MAX_CODE
    for cell in cells:
        source = _text(cell.source)
        left -= len(source)
        if source.strip() in given.cells or left < 0:
            continue
        own = _without(source, given.lines)
        if own.strip("#\n"):
            found.append(Code(_name(cell), source, own))
    return found


def named_cells(raw: bytes) -> list[Named]:
    """Every code cell, its code without what surrounds it; nothing of what is no notebook."""
    found = []
    for cell in _code_cells(raw):
        marks = _marks(cell)
        name, graded, solution = (marks.get(key) for key in ("grade_id", "grade", "solution"))
        name = name if isinstance(name, str) else ""
        found.append(Named(name, _text(cell.source).strip(), graded is True, solution is True))
    return found


def _code_cells(raw: bytes) -> list[_Cell]:
    """Nothing of what is no notebook."""
    try:
        cells: Sequence[_Cell] = msgspec.json.decode(raw, type=_Book).cells
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return []
    return [cell for cell in cells if cell.cell_type == "code"]


def _marks(cell: _Cell) -> dict[str, Any]:
    marks = cell.metadata.get("nbgrader") if isinstance(cell.metadata, dict) else None
    return marks if isinstance(marks, dict) else {}


def _name(cell: _Cell) -> str:
    return one_line(_marks(cell).get("grade_id"), 64).removesuffix("_solution") or OWN


def _text(source: Any) -> str:
    parts = source if isinstance(source, list) else [source]
    text = "".join(part for part in parts if isinstance(part, str))
    # Pygments does the same, and places would be off.
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\ufeff\n")


def _without(source: str, lines: frozenset[str]) -> str:
    """With lines that were given out, and empty ones, turned into comments of the same length.

    Spaces would do as well, but over long runs of empty lines Pygments takes time by their square.
    """
    return "\n".join(
        "#" * len(line) if not (bare := line.strip()) or bare in lines else line
        for line in source.split("\n")
    )
