"""Marks by hand that regrading would have a person confirm anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from autograder.errors import Dl30Error
from autograder.grading import gradebook, records
from autograder.grading.autograded import Binder
from autograder.grading.grade import records_folder
from autograder.grading.marked import holds
from autograder.grading.records import Record
from autograder.instructor.marks import Cell, Sheet
from autograder.instructor.regrading import Preview, stage


def to_confirm(found: Preview, sheets: Mapping[str, Sheet]) -> list[tuple[str, str]]:
    """Students and graded cells whose mark holds now, and would not after the writing."""
    marked = {name: cells for name, sheet in sheets.items() if (cells := _marked(sheet))}
    waiting = [record for record in _to_store(found) if record.student in marked]
    if not waiting:
        return []
    binder = gradebook.binder(found.kit)
    if binder is None:  # nbgrader's own step has every mark confirmed
        return [(record.student, cell) for record in waiting for cell in marked[record.student]]
    return [
        (record.student, cell)
        for record in waiting
        for cell in _lost(binder, record, marked[record.student])
    ]


def _marked(sheet: Sheet) -> dict[str, Cell]:
    """The cells with a mark by hand that does not wait for anybody."""
    return {name: it for name, it in sheet.cells.items() if it.manual is not None and not it.waits}


def _to_store(found: Preview) -> Iterator[Record]:
    """What was made anew, and what an interrupted run did not bring into the gradebook."""
    kit = found.kit
    made = [record.student for record in found.adopted if record.status == "graded"]
    yield from records.each(stage(kit.course, kit.day), made)
    kept = [record.student for record in found.kept if record.status == "graded"]
    there = records.each(records_folder(kit.course, kit.day), kept)
    yield from (it for it in there if gradebook.shown(kit, it.student) != it.id)


def _lost(binder: Binder, record: Record, marked: Mapping[str, Cell]) -> list[str]:
    try:
        entry = binder.bind(record).entry
    except (Dl30Error, OSError):  # it cannot be stored, which the writing tells of
        return []
    return [
        name
        for name, cell in marked.items()
        if not holds(entry.scores.get(name), cell.auto, waits=cell.waits, same=name in entry.same)
    ]
