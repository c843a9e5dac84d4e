"""Putting right what students break in a notebook.

A released cell and what the submission has for it meet in a slot; around the slots stand the
student's own cells. What is kept of outputs and attachments is `keeping`'s business.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from autograder.errors import UnreadableNotebook
from autograder.keeping import Keeper, execution_count
from autograder.notebook import NotebookNode, copied, give_ids, grade_id, marks, shallow
from autograder.text import one_line

MAX_NOTES = 50


def is_setup(cell: NotebookNode) -> bool:
    tags = cell.metadata.get("tags")
    return isinstance(tags, list) and "setup" in tags


@dataclass(frozen=True)
class Repaired:
    """A submission in the released notebook's shape.

    notes: what was put right, a sentence each, fit to be shown to the student.
    restored: ids of answer cells which the student had deleted; they hold the stub again.
    """

    notebook: NotebookNode
    notes: tuple[str, ...]
    restored: frozenset[str] = frozenset()


class _Slot:
    """A released cell and what the submission has for it: `copies`, of which `choose` chooses.

    changed: the copies which the student has written into.
    chosen: the copy that stands for this cell, an answer's last one that is not the bare stub.
    spare: `id()` of the copies that stay as ordinary cells. These are older attempts at an answer,
    a setup cell with imports added, and experiments in a copy of a figure's cell; what is written
    into a check, or over a figure's only cell, goes.
    """

    def __init__(self, given: NotebookNode) -> None:
        self.given = given
        self.marks = marks(given)
        self.is_answer = self.marks is not None and self.marks.solution
        self.is_check = self.marks is not None and self.marks.grade and not self.is_answer
        self.is_setup = is_setup(given)
        self.is_prose = self.marks is None and not self.is_setup
        self.name: str = self.marks.grade_id if self.marks else given.id
        self.copies: list[NotebookNode] = []
        self.changed: list[NotebookNode] = []
        self.chosen: NotebookNode | None = None
        self.spare: set[int] = set()
        self.before: list[NotebookNode] = []
        self.after: list[NotebookNode] = []

    def choose(self) -> None:
        """Once all copies are there."""
        given = self.given.source.strip()
        self.changed = [
            cell
            for cell in self.copies
            if cell.source.strip() != given or (self.is_answer and cell.get("attachments"))
        ]
        written = set(map(id, self.changed))
        untouched = [cell for cell in self.copies if id(cell) not in written]
        ranked = (self.changed if self.is_answer else untouched) or self.copies
        self.chosen = ranked[-1] if ranked else None
        if self.is_answer:
            self.spare = set(map(id, self.changed[:-1]))
        elif self.is_setup or (untouched and not self.is_check):
            self.spare = written

    def notes(self) -> Iterator[str]:
        many, edited = len(self.copies) > 1, bool(self.changed) and not self.is_answer
        if not self.copies:
            yield f'cell "{self.name}" was missing: it was put back as it was given out'
        if many and self.is_answer:
            yield (
                f'cell "{self.name}" stood {len(self.copies)} times: the last one that was written '
                "into counts, earlier ones are ordinary cells"
            )
        elif many:
            yield f'cell "{self.name}" stood {len(self.copies)} times: it was put back to once'
        if edited and self.is_setup:
            yield f'cell "{self.name}" was changed: the given one runs first, then the changed one'
        elif edited:
            yield f'cell "{self.name}" was changed: the given one is used'
        kind = self.given.cell_type
        if any(marks(cell) != self.marks or cell.cell_type != kind for cell in self.copies):
            yield f'type, points or marks of cell "{self.name}" were changed: they were put back'


def repair(submitted: NotebookNode, released: NotebookNode, *, day: str = "this day") -> Repaired:
    """`submitted` in the shape of `released`: given cells in their order, the student's between.

    Locked and graded cells get the released source and marks, answers the student's text; any other
    cell of the student's stays behind the cell that it followed. Outputs are cut down to plain text
    and pictures; graded cells have none. Raises UnreadableNotebook when no grade_id is there.
    """
    cells = [shallow(cell) for cell in submitted.cells]
    give_ids(cells)
    slots = [_Slot(cell) for cell in released.cells]
    homes = _homes(cells, slots)
    if not any(slot.copies for slot in slots if slot.marks):
        raise UnreadableNotebook(
            f"this notebook has none of the cells of {day}",
            todo="ask for the notebook that was given out",
        )
    for slot in slots:
        slot.choose()
    keep = Keeper({cell.id for cell in released.cells})
    head: list[NotebookNode] = []
    _place(cells, homes, head, keep)
    whole = list(head)
    for slot in slots:
        whole += [*slot.before, _merged(slot, keep), *slot.after]
    notebook = NotebookNode(
        cells=whole, metadata=copied(released.metadata), nbformat=4, nbformat_minor=5
    )
    gone = {slot.given.id for slot in slots if slot.is_answer and not slot.copies}
    return Repaired(notebook, _notes(cells, slots, homes), frozenset(gone))


def _homes(cells: list[NotebookNode], slots: list[_Slot]) -> list[_Slot | None]:
    """The slot of each submitted cell, found by grade_id, else by cell id, else by its text."""
    by_grade = {slot.name: slot for slot in slots if slot.marks}
    homes = [by_grade.get(grade_id(cell) or "") for cell in cells]
    for cell, home in zip(cells, homes, strict=True):
        if home:
            home.copies.append(cell)
    if not any(homes):
        return homes
    by_id = {slot.given.id: slot for slot in slots if not slot.copies}
    _settle(cells, homes, by_id, lambda cell: cell.id)
    by_text = {
        (slot.given.cell_type, slot.given.source): slot
        for slot in reversed(slots)
        if not slot.copies and not slot.marks
    }
    _settle(cells, homes, by_text, lambda cell: (cell.cell_type, cell.source))
    return homes


def _settle(
    cells: list[NotebookNode], homes: list[_Slot | None], free: dict[Any, _Slot], key: Any
) -> None:
    for index, cell in enumerate(cells):
        if homes[index] is None and (slot := free.pop(key(cell), None)):
            slot.copies.append(cell)
            homes[index] = slot


def _place(
    cells: list[NotebookNode],
    homes: list[_Slot | None],
    head: list[NotebookNode],
    keep: Keeper,
) -> None:
    """Hand the student's own cells to the slots, each behind the cell that it followed."""
    behind = head
    for cell, slot in zip(cells, homes, strict=True):
        spare = slot is not None and id(cell) in slot.spare
        if slot is not None and cell is slot.chosen:
            behind = slot.after
        elif slot is not None and spare and slot.is_answer:
            # An older attempt must run before the answer, or it would take the answer's place.
            behind = slot.before
        if slot is None or spare:
            behind.append(keep.ordinary(cell))


def _merged(slot: _Slot, keep: Keeper) -> NotebookNode:
    """The cell that stands in the slot: given marks, and the student's text where it is theirs."""
    chosen, given = slot.chosen, slot.given
    if chosen is None:
        return copied(given)
    theirs = slot.is_answer or slot.is_prose
    kind = chosen.cell_type if slot.is_prose else given.cell_type
    cell: dict[str, Any] = {
        "id": given.id,
        "cell_type": kind,
        "metadata": copied(given.metadata),
        "source": chosen.source if theirs else given.source,
    }
    if kind == "code":
        graded = slot.marks is not None and slot.marks.grade
        cell["execution_count"] = None if graded else execution_count(chosen)
        cell["outputs"] = [] if graded else keep.outputs(chosen)
    else:
        files = keep.attachments(chosen) if theirs else NotebookNode()
        files.update(copied(given.get("attachments", {})))
        if files:
            cell["attachments"] = files
    return shallow(cell)


def _notes(
    cells: list[NotebookNode], slots: list[_Slot], homes: list[_Slot | None]
) -> tuple[str, ...]:
    notes = [note for slot in slots if slot.marks for note in slot.notes()]
    place = {id(slot): index for index, slot in enumerate(slots)}
    order = [place[id(slot)] for slot in homes if slot is not None and slot.marks]
    if order != sorted(order):
        notes.append("cells stood in another order: they were put back into the given one")
    known = {grade_id(slot.given) for slot in slots}
    strange = [name for cell in cells if (name := grade_id(cell)) and name not in known]
    notes += [f'a cell had the unknown mark "{one_line(name, 40)}": taken off' for name in strange]
    extra = len(notes) - MAX_NOTES
    return tuple(notes) if extra <= 0 else (*notes[:MAX_NOTES], f"and {extra} more of the kind")
