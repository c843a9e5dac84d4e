"""What worked in a student's notebook and does not in a fresh run: cells that stop, names that
nothing makes. The grader always runs afresh.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from autograder.check.client import Outcome
from autograder.check.frames import Ended
from autograder.check.names import names_of
from autograder.check.plan import Check, Plan, needs
from autograder.notebook import NotebookNode, grade_id, marks
from autograder.text import one_line

_QUOTED = re.compile(r"""['"]([^'"\n]{1,200})['"]""")
# What a package is called where it is installed from, if that is another name.
_DISTRIBUTIONS = {"sklearn": "scikit-learn", "PIL": "pillow", "cv2": "opencv-python"}


def failing_cells(plan: Plan, outcome: Outcome) -> Iterator[str]:
    """Cells that ran in the notebook and do not in a fresh run, where something depends on them."""
    needed = _needed(plan)
    for number, ended in outcome.cells.items():
        cell = plan.original.get(number)
        if cell is None or ended.facts is None or number not in needed:
            continue
        if package := _not_installed(plan, ended):
            yield (
                f"{plan.place(cell)} needs the package {package}, which is not installed here: "
                f"pip install {_DISTRIBUTIONS.get(package, package)}"
            )
        elif _ran_well(cell) and ended.facts.type != "NotImplementedError":
            yield _failed_cell(plan, cell, ended)


def _not_installed(plan: Plan, ended: Ended) -> str:
    """The package that is missing on this machine, which says nothing about the grader's."""
    facts = ended.facts
    if facts is None or facts.type != "ModuleNotFoundError":
        return ""
    name = next(iter(_QUOTED.findall(facts.text)), "").partition(".")[0]
    return "" if _only_here(plan, facts.type, f"'{name}'") else one_line(name, 60)


def _needed(plan: Plan) -> set[int]:
    """Answers that were begun, and every cell which an exercise uses a name of."""
    begun = [check for check in plan.checks if not check.untouched]
    found = {number for check in begun for number in check.answers}
    found |= {n for n, cell in plan.original.items() if _is_setup(plan, cell)}
    for check in begun:
        used = needs(check.source or "", check.functions, plan.cells)
        found |= {number for number in used if _binds(plan, number)}
    return found


def _is_setup(plan: Plan, cell: NotebookNode) -> bool:
    known = plan.given.cell(grade_id(cell))
    return known is not None and known.kind == "setup"


def _binds(plan: Plan, number: int) -> bool:
    """Whether an exercise uses something that the cell makes."""
    made = names_of(next(cell.source for cell in plan.cells if cell.number == number))
    if made is None:
        return True
    others = (names_of(one.source) for one in plan.cells if one.number != number)
    used = {name for other in others if other for _, inside in other.inside for name in inside}
    return bool(made.binds & (used | {name for one in plan.checks for name in one.functions}))


def _ran_well(cell: NotebookNode) -> bool:
    """Whether the saved notebook shows the cell as having run without an error."""
    return isinstance(cell.get("execution_count"), int) and "error" not in _kinds(cell)


def _kinds(cell: NotebookNode) -> list[str]:
    return [output.output_type for output in cell.get("outputs", [])]


def _failed_cell(plan: Plan, cell: NotebookNode, ended: Ended) -> str:
    assert ended.facts is not None
    facts = ended.facts
    place = plan.place(cell)
    if facts.type == "NameError" and (found := _QUOTED.search(facts.text)):
        return f"{place} {_missing_name(plan, cell, found.group(1))}"
    beside = _only_here(plan, facts.type, facts.text)
    if beside:
        return f"{place} needs {beside}, which the grader does not have: {_put_it(beside)}"
    reason = one_line(f"{facts.type}: {facts.text}", 120).rstrip(": ")
    return (
        f"{place} ran in your notebook, but stops in a fresh run ({reason}): "
        "try Kernel > Restart Kernel and Run All Cells"
    )


def _missing_name(plan: Plan, cell: NotebookNode, name: str) -> str:
    cells = [one for one in plan.notebook.cells if one.cell_type == "code"]
    makers = [one for one in cells if (made := names_of(one.source)) and name in made.binds]
    shown = f"uses {name} and ran only because of an earlier state:"
    own = [one for one in makers if one is not cell]
    if not own:
        return f"{shown} the cell that made {name} is gone. Write it again, above"
    mark = marks(own[0])
    where = plan.place(own[0])
    if mark is not None and not mark.solution:
        return f"{shown} {where} makes {name}, a given cell that is not run when grading"
    if plan.notebook.cells.index(own[0]) < plan.notebook.cells.index(cell):
        return f"{shown} {where} makes {name}, and stops in a fresh run before it does"
    return f"{shown} {name} is made further down, in {where}. Move that cell up"


def _only_here(plan: Plan, kind: str, text: str) -> str:
    """A file or module of the student's that is not handed out with the assignment."""
    if kind not in ("FileNotFoundError", "ModuleNotFoundError"):
        return ""
    names = _QUOTED.findall(text)
    if not names:
        return ""
    name = f"{names[-1]}.py" if kind == "ModuleNotFoundError" else names[-1]
    path = plan.path.absolute().parent / name
    return one_line(name, 80) if not Path(name).is_absolute() and path.exists() else ""


def _put_it(name: str) -> str:
    if name.endswith(".py"):
        return "put its code into a cell"
    return "use only the files that came with the assignment"


def missing_names(plan: Plan, outcome: Outcome) -> Iterator[str]:
    if not outcome.defined:
        return
    failed = {number for number, ended in outcome.cells.items() if ended.facts or ended.stopped}
    for check in plan.checks:
        if check.untouched:
            yield from _above_the_stub(plan, check)
        if check.untouched or failed & set(check.answers):
            continue
        for name in check.functions if check.answers else ():
            if name not in outcome.defined:
                yield (
                    f"{check.name} asks for {name}, and no cell defines it: "
                    f"define it in the answer's cell under this very name"
                )
        yield from _unknown(plan, check.answers, outcome.defined)


def _above_the_stub(plan: Plan, check: Check) -> Iterator[str]:
    """An answer in a cell of the student's own, which the untouched stub then replaces."""
    for number, cell in plan.original.items():
        made = names_of(cell.source) if marks(cell) is None else None
        if made is None or number > min(check.answers):
            continue
        for name in made.binds & set(check.functions):
            yield (
                f"{plan.place(cell)} defines {name}, but the stub further down takes its place: "
                "write your answer into the stub's cell"
            )


def _unknown(plan: Plan, numbers: tuple[int, ...], defined: frozenset[str]) -> Iterator[str]:
    """Names that functions of these cells use, and that nothing in a fresh run makes."""
    for number in numbers:
        facts = names_of(plan.original[number].source)
        for function, used in facts.inside if facts else ():
            for name in sorted(used - defined):
                where = plan.place(plan.original[number])
                if remedy := _remedy(plan, name):
                    yield (
                        f"{function} in {where} uses {name}, which no cell of a fresh run defines: "
                        + remedy
                    )


def _remedy(plan: Plan, name: str) -> str:
    """What to do about a name; nothing where the cell that should make it is spoken of already."""
    makers = [
        cell
        for cell in plan.notebook.cells
        if cell.cell_type == "code" and (made := names_of(cell.source)) and name in made.binds
    ]
    if not makers:
        return "define it in a cell of your own, or correct its spelling"
    mark = marks(makers[0])
    if mark is not None and not mark.solution:
        return f"{plan.place(makers[0])} makes it, a given cell that is not run when grading"
    if mark is None and "error" in _kinds(makers[0]):
        return f"{plan.place(makers[0])} should make it, and stops with an error"
    return ""
