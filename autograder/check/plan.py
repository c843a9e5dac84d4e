"""What is run to check a notebook: the cells that the grader would run, and each visible check."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from autograder.check.given import Given, given_of, is_untouched, stand_in
from autograder.check.names import Names, names_of
from autograder.notebook import NotebookNode, grade_id
from autograder.repair import Repaired, repair
from autograder.runnable import RunCell, runnable_cells

# Packages that take long to import: once, in the warm process, where the code asks for them.
HEAVY = ("torch", "sklearn", "scipy", "pandas")
_HEADING = re.compile(r"^#{1,4} +(.+?) *#* *$", re.MULTILINE)


@dataclass(frozen=True)
class Check:
    """One exercise: its visible check, and the numbers of its answer cells.

    source: None where the check's cell is gone. untouched: nothing was written yet. key: a hash of
    all that its result depends on.
    """

    name: str
    points: float
    functions: tuple[str, ...]
    source: str | None
    number: int
    answers: tuple[int, ...]
    untouched: bool
    key: str


@dataclass(frozen=True)
class Plan:
    """A student's notebook, made ready. Numbers are places among the repaired one's code cells."""

    path: Path
    notebook: NotebookNode
    given: Given
    cells: tuple[RunCell, ...]
    checks: tuple[Check, ...]
    notes: tuple[str, ...]
    original: dict[int, NotebookNode]

    @property
    def files(self) -> tuple[str, ...]:
        return self.given.files

    @cached_property
    def heavy(self) -> tuple[str, ...]:
        """Heavy packages that the code imports."""
        checks = (check.source or "" for check in self.checks)
        text = "\n".join([*(cell.source for cell in self.cells), *checks])
        pattern = r"^\s*(?:import|from)\b.*\b{}\b"
        return tuple(name for name in HEAVY if re.search(pattern.format(name), text, re.MULTILINE))

    @cached_property
    def _headings(self) -> dict[int, str]:
        """The heading above each cell of the student's notebook, by id()."""
        found, heading = {}, ""
        for cell in self.notebook.cells:
            if cell.cell_type == "markdown" and (lines := _HEADING.findall(cell.source)):
                heading = lines[-1]
            found[id(cell)] = heading
        return found

    def place(self, cell: NotebookNode) -> str:
        """How a student finds the cell: its number in JupyterLab, and the heading above it."""
        times = cell.get("execution_count")
        shown = times if isinstance(times, int) else "\N{NO-BREAK SPACE}"
        name = f"cell [{shown}]"
        heading = self._headings.get(id(cell), "")
        return f'{name} under "{heading}"' if heading else name

    def place_of(self, number: int) -> str:
        return self.place(self.original[number]) if number in self.original else "a cell"

    def exercise_of(self, number: int) -> str:
        """The exercise whose answer this cell is, or nothing."""
        return next((check.name for check in self.checks if number in check.answers), "")

    def line(self, number: int, line: int) -> str:
        """A line of a cell, counted from 1, without its indentation."""
        lines = self.original[number].source.split("\n") if number in self.original else []
        return lines[line - 1].strip() if 0 < line <= len(lines) else ""


def make_plan(notebook: NotebookNode, path: Path) -> Plan:
    """Raises UnreadableNotebook for a notebook that is none of the course's."""
    given = given_of(notebook, path)
    told = repair(notebook, stand_in(notebook, given, trusting=False), day=given.day)
    released = stand_in(notebook, given, trusting=True)
    repaired = repair(notebook, released, day=given.day)
    cells = runnable_cells(repaired, released)
    numbers = {cell.id: n for n, cell in enumerate(_code(repaired.notebook), start=1)}
    return Plan(
        path,
        notebook,
        given,
        tuple(cells),
        tuple(_checks(given, notebook, repaired, cells, numbers)),
        told.notes,
        dict(_originals(notebook, repaired.notebook)),
    )


def _code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _originals(
    notebook: NotebookNode, repaired: NotebookNode
) -> Iterator[tuple[int, NotebookNode]]:
    """The student's cell of each number, found by its mark and text, else by its id."""
    by_text = {(grade_id(cell), cell.source): cell for cell in notebook.cells}
    by_name = {grade_id(cell): cell for cell in notebook.cells if grade_id(cell)}
    by_id = {cell.id: cell for cell in notebook.cells}
    for number, cell in enumerate(_code(repaired), start=1):
        name = grade_id(cell)
        found = by_text.get((name, cell.source)) or by_name.get(name) or by_id.get(cell.id)
        if found is not None:
            yield number, found


def _checks(
    given: Given,
    notebook: NotebookNode,
    repaired: Repaired,
    cells: Sequence[RunCell],
    numbers: dict[str, int],
) -> Iterator[Check]:
    present = {grade_id(cell) for cell in notebook.cells}
    found = {name: cell for cell in repaired.notebook.cells if (name := grade_id(cell))}
    for check in given.exercises():
        answers = [
            one for one in given.cells if one.kind == "answer" and one.exercise == check.name
        ]
        own = [found[one.name] for one in answers if one.name in present]
        source = found[check.name].source if check.name in present else None
        functions = given.functions(check.name)
        yield Check(
            check.name,
            check.points or 0.0,
            functions,
            source,
            numbers[found[check.name].id],
            tuple(numbers[cell.id] for cell in own if cell.id in numbers),
            bool(own) and all(_is_stub(cell, notebook) for cell in own),
            _key(source or "", functions, cells, given.files),
        )


def _is_stub(cell: NotebookNode, notebook: NotebookNode) -> bool:
    copies = (one for one in notebook.cells if grade_id(one) == grade_id(cell))
    return any(one.source == cell.source and is_untouched(one) for one in copies)


def _key(
    check: str, functions: Iterable[str], cells: Sequence[RunCell], files: Sequence[str]
) -> str:
    """A hash of the check and of every cell that it can depend on, in order.

    A cell that only defines counts where what it defines is used, any other counts always.
    """
    needed = needs(check, functions, cells)
    texts = [check, *files, *(cell.source for cell in cells if cell.number in needed)]
    return hashlib.sha256("\0".join(texts).encode(errors="replace")).hexdigest()


def needs(check: str, functions: Iterable[str], cells: Sequence[RunCell]) -> set[int]:
    """Numbers of the cells that a check depends on, directly or through others."""
    facts = {cell.number: names_of(cell.source) for cell in cells}
    reads = {number: _without_own(fact) for number, fact in facts.items()}
    start = names_of(check)
    wanted = set(functions) | (start.uses if start else set())
    taken = {number for number, fact in facts.items() if fact is None or not fact.quiet}
    wanted = wanted.union(*(reads[number] for number in taken))
    while more := {
        number
        for number, fact in facts.items()
        if fact is not None and number not in taken and fact.binds & wanted
    }:
        taken |= more
        wanted = wanted.union(*(reads[number] for number in more))
    return taken


def _without_own(fact: Names | None) -> frozenset[str]:
    return fact.uses if fact is not None else frozenset()
