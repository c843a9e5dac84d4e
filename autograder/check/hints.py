"""The hints that stand in a student's notebook, exercise by exercise."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path

from autograder.check.given import Given, defined, given_of
from autograder.errors import UsageError
from autograder.notebook import NotebookNode, grade_id, read
from autograder.text import one_line

_BLOCK = re.compile(
    r"<details[^>]*>\s*<summary>([^<]*Hint[^<]*)</summary>(.*?)</details>",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class Hint:
    """`title` is what the notebook shows of it folded, `text` is Markdown."""

    title: str
    text: str


def hints_of(notebook: NotebookNode, given: Given) -> dict[str, list[Hint]]:
    """Those in the texts before each exercise's answer or check, in order."""
    found: dict[str, list[Hint]] = {one.name: [] for one in given.exercises()}
    waiting: list[Hint] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            waiting += [
                Hint(" ".join(title.split()), text.strip())
                for title, text in _BLOCK.findall(cell.source)
            ]
        known = given.cell(grade_id(cell))
        if known is not None and known.exercise:
            found[known.exercise] += waiting
            waiting = []
    return found


def open_notebook(path: Path) -> tuple[Given, dict[str, list[Hint]], dict[str, str]]:
    """How it was given out, its hints, and which exercise each name means."""
    notebook = read(path)
    given = given_of(notebook, path)
    return given, hints_of(notebook, given), _names(notebook, given)


def _names(notebook: NotebookNode, given: Given) -> dict[str, str]:
    """Exercises by their own names and by those of their functions."""
    names: dict[str, str] = {}
    for cell in notebook.cells:
        known = given.cell(grade_id(cell))
        if known is not None and known.kind == "answer":
            names |= dict.fromkeys(defined(cell.source), known.exercise)
    for cell in given.cells:
        names |= dict.fromkeys(cell.functions, cell.exercise)
    return names | {one.name: one.name for one in given.exercises()}


def exercise_named(text: str, names: dict[str, str], given: Given) -> str:
    """The exercise meant; UsageError with near misses, or with all of them."""
    lowered = {name.lower(): exercise for name, exercise in names.items()}
    asked = text.strip().lower()
    if asked in lowered:
        return lowered[asked]
    near = difflib.get_close_matches(asked, lowered, n=2, cutoff=0.6)
    meant = " or ".join(dict.fromkeys(lowered[name] for name in near))
    listed = f"there are {', '.join(one.name for one in given.exercises())}"
    raise UsageError(
        f'{given.day} has no exercise "{one_line(text, 60)}"',
        todo=f"did you mean {meant}?" if near else listed,
    )
