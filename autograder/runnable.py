"""Which cells of a repaired notebook are run when grading, and how much of each.

Student code needs what stands before it in the notebook, but not the figures and trainings there:
they would take longer than everything else. So of a given cell that is no setup only imports and
functions are run, as an answer may well use them.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from autograder.notebook import NotebookNode, grade_id, marks
from autograder.repair import Repaired, is_setup

# Already there in the process that workers are forked from, or quick to load.
_QUICK = sys.stdlib_module_names | {"numpy", "torch", "matplotlib"}


@dataclass(frozen=True)
class RunCell:
    """A code cell that the worker runs; it is the `number`-th code cell, counted from 1."""

    cell_id: str
    grade_id: str | None
    number: int
    source: str


def runnable_cells(repaired: Repaired, released: NotebookNode) -> list[RunCell]:
    """What is run when grading, in order.

    Setup cells, answers in code and the student's own cells are run whole, of other given cells
    imports and functions. An answer cell which the student had deleted is not run: its stub would
    take the place of a function that is defined in another cell.
    """
    given = {cell.id: cell for cell in released.cells}
    code = [cell for cell in repaired.notebook.cells if cell.cell_type == "code"]
    cells = [
        RunCell(cell.id, grade_id(cell), number, _source(cell, given.get(cell.id)))
        for number, cell in enumerate(code, start=1)
        if cell.id not in repaired.restored
    ]
    return [cell for cell in cells if cell.source.strip()]


def _source(cell: NotebookNode, given: NotebookNode | None) -> str:
    if given is None or is_setup(given):
        return str(cell.source)
    mark = marks(given)
    changed = cell.source != given.source or cell.cell_type != given.cell_type
    whole = mark.solution if mark is not None else changed
    return str(cell.source) if whole else definitions(given.source)


@lru_cache(maxsize=1024)
def definitions(source: str) -> str:
    """The cell's imports of quick modules and its plain functions, each in its own line still."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return ""
    lines = source.splitlines()
    kept = {number for node in body if _is_kept(node) for number in _lines(node)}
    shown = (line if number in kept else "" for number, line in enumerate(lines, start=1))
    return "\n".join(shown).rstrip()


def _lines(node: ast.stmt) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _is_kept(node: ast.stmt) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return all(name.partition(".")[0] in _QUICK for name in _imported(node))
    if isinstance(node, ast.FunctionDef):
        # Anything else is evaluated when the function is made, with values that are not there.
        defaults = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
        return not node.decorator_list and all(map(_is_literal, defaults))
    return False


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.ImportFrom):
        yield node.module or ""
    else:
        yield from (alias.name for alias in node.names)


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except ValueError:
        return False
    return True
