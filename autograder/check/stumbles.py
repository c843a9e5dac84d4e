"""What the grader would stumble over, told before it does: a sentence or two each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autograder.check.client import Outcome
from autograder.check.fresh_run import failing_cells, missing_names
from autograder.check.plan import Plan
from autograder.notebook import grade_id, marks
from autograder.sandbox.jail import Limits
from autograder.text import one_line

_NAME = re.compile(r'"([^"]+)"')
_SHELL = re.compile(r"^\s*(?:!|%%(?:bash|sh|script)\b|%(?:pip|conda|mamba)\b)", re.MULTILINE)


def stumbles(plan: Plan, outcome: Outcome, limits: Limits) -> list[str]:
    """In the order in which a student should look at them; none when all is well."""
    found = [
        *_file(plan),
        *_cells(plan),
        *failing_cells(plan, outcome),
        *missing_names(plan, outcome),
        *_slow(plan, outcome, limits),
        *_shell_lines(plan),
    ]
    return list(dict.fromkeys(found))


def _file(plan: Plan) -> Iterator[str]:
    """The exchange collects by name."""
    day, path = plan.given.day, plan.path.absolute()
    if path.name != f"{day}.ipynb":
        yield (
            f"this file is called {one_line(path.name, 80)}, and only {day}.ipynb is graded: "
            "rename it"
        )
    if path.parent.name != day:
        yield (
            f"it lies in the folder {one_line(path.parent.name, 80)}, and the folder {day} is what "
            "is handed in: put it back there"
        )
    for name in plan.files:
        if not (path.parent / name).exists():
            yield f"{name} is gone from this folder: fetch the assignment again to get it back"


# What was deleted, copied, changed: in the grader's own words, with what to do.


def _cells(plan: Plan) -> Iterator[str]:
    for note in plan.notes:
        name = next(iter(_NAME.findall(note)), "")
        yield f"{note}{_advice(plan, note, name)}"


def _advice(plan: Plan, note: str, name: str) -> str:
    given = plan.given.cell(name)
    copies = [cell for cell in plan.notebook.cells if grade_id(cell) == name]
    kind = given.kind if given else ""
    if "was missing" in note and kind == "answer":
        return ", and what you wrote in it is not graded. Undo the deletion, or fetch it again"
    if "was missing" in note and given:
        lost = "you cannot check yourself here" if kind == "check" else "cells below may need it"
        return f". The grader does that too, but {lost}: take it from a freshly fetched copy"
    if '" stood ' in note:
        where = ", ".join(plan.place(cell) for cell in copies)
        which = "the one that shall count" if kind == "answer" else "one of them"
        return f". They are {where}: keep {which}, delete the rest"
    if "was changed" in note:
        where = ", ".join(plan.place(cell) for cell in copies)
        return f". It is {where}: undo the change, and write tests of your own in new cells"
    return ". Nothing is lost by it"


def _slow(plan: Plan, outcome: Outcome, limits: Limits) -> Iterator[str]:
    for number, ended in outcome.cells.items():
        if ended.stopped:
            yield (
                f"{plan.place_of(number)} was ended after {ended.seconds:.0f} s ({ended.stopped}). "
                "The grader leaves such a cell out: make it quicker, or take out what is "
                "not needed"
            )
    for name in (check.name for check in plan.checks if check.name in outcome.checks):
        ended = outcome.checks[name]
        if not ended.stopped and ended.seconds > limits.call_seconds:
            yield (
                f"the visible check of {name} took {ended.seconds:.1f} s. The grader ends a single "
                f"call after {limits.call_seconds:g} s: make it quicker"
            )


def _shell_lines(plan: Plan) -> Iterator[str]:
    for number, cell in plan.original.items():
        if marks(cell) is None and _SHELL.search(cell.source):
            yield (
                f"{plan.place_of(number)} has a shell line. The grader runs it without network and "
                "without your files, so that it installs and finds nothing; here it is left out"
            )
