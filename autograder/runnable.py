"""Which cells of a repaired notebook are run when grading, and how much of each.

Student code needs what stands before it in the notebook, but not the figures and trainings there:
they would take longer than everything else. So of a given cell that is no setup only imports and
functions are run, as an answer may well use them.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from autograder.notebook import NotebookNode, grade_id, marks
from autograder.parsing import may_say, parsed, tree_of
from autograder.repair import Repaired, is_setup

# Characters of a student's code that are looked through: parsed, text takes hundreds of times its
# size in memory, and this is not done in the jail.
MAX_CODE = 300_000
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
    imports and functions, unless the student has something of that name: in the notebook it may
    have done its work before it was redefined. An answer cell which the student had deleted is not
    run: its stub would take the place of a function that is defined in another cell.
    """
    given = {cell.id: cell for cell in released.cells}
    code = [cell for cell in repaired.notebook.cells if cell.cell_type == "code"]
    running = [cell for cell in code if cell.id not in repaired.restored]
    whole = {cell.id for cell in running if _runs_whole(cell, given.get(cell.id))}
    own = [cell.source for cell in running if cell.id in whole and not is_setup(cell)]
    if sum(map(len, own)) > MAX_CODE:
        own = []
    others = [cell.source for cell in running if cell.id not in whole]
    taken = _taken(own, frozenset[str]().union(*map(_defined, others)))
    cells = [
        RunCell(
            cell.id,
            grade_id(cell),
            number,
            cell.source if cell.id in whole else definitions(cell.source, taken),
        )
        for number, cell in enumerate(code, start=1)
        if cell.id not in repaired.restored
    ]
    return [cell for cell in cells if cell.source.strip()]


def _taken(own: Iterable[str], names: frozenset[str]) -> frozenset[str]:
    """Those of the names that a cell of the student's binds anywhere."""
    asked = (parsed(source) for source in own if may_say(source, names))
    return names & frozenset[str]().union(*(code.bound for code in asked if code.plain))


@lru_cache(maxsize=1024)
def _defined(source: str) -> frozenset[str]:
    """What `definitions` keeps of a cell."""
    return frozenset(name for node in _kept(source) for name in _names(node))


def _runs_whole(cell: NotebookNode, given: NotebookNode | None) -> bool:
    if given is None or is_setup(given):
        return True
    mark = marks(given)
    if mark is not None:
        return mark.solution
    return bool(cell.source != given.source or cell.cell_type != given.cell_type)


@lru_cache(maxsize=1024)
def definitions(source: str, taken: frozenset[str] = frozenset()) -> str:
    """The cell's imports of quick modules and its plain functions, each in its own line still, but
    for those that bind a name of `taken`."""
    lines = source.splitlines()
    kept = {
        number
        for node in _kept(source)
        if not taken & set(_names(node))
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    shown = (line if number in kept else "" for number, line in enumerate(lines, start=1))
    return "\n".join(shown).rstrip()


def _kept(source: str) -> list[ast.stmt]:
    """Its statements that may be run without the others."""
    tree = tree_of(source)
    return [node for node in (tree.body if tree else []) if _is_kept(node)]


def _names(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)


def _is_kept(node: ast.stmt) -> bool:
    if isinstance(node, ast.Import):
        return all(_is_quick(alias.name) for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return _is_quick(node.module or "")
    if isinstance(node, ast.FunctionDef):
        # Anything else is evaluated when the function is made, with values that are not there.
        defaults = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
        return not node.decorator_list and all(map(_is_literal, defaults))
    return False


def _is_quick(module: str) -> bool:
    return module.partition(".")[0] in _QUICK


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except ValueError:
        return False
    return True
