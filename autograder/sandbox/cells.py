"""A notebook's cells on the grader's side, and errors in them told in words for the student."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from autograder.sandbox import wire
from autograder.text import one_line

MAX_FRAMES = 8


@dataclass(frozen=True)
class Cell:
    """A code cell to run: its number among the notebook's code cells, from 1, and its source."""

    number: int
    source: str


def facts_told(told: Any) -> wire.Facts | None:
    """Facts of a peer that may lie; None when they are none."""
    try:
        return msgspec.convert(told, wire.Facts)
    except msgspec.ValidationError:
        return None


def faults_told(reply: list[Any], count: int, cells: Sequence[Cell]) -> list[str] | None:
    """What went wrong in each of the `count` cells that were run, empty where nothing did; None
    when the reply leaves open what is of which cell."""
    match reply:
        case ["ok", list(told)] if len(told) == count:
            return [_fault(one, cells) for one in told]
        case [_, told] if count == 1:
            return [_fault(told, cells)]
    return None


def _fault(told: Any, cells: Sequence[Cell]) -> str:
    if told is None:
        return ""
    facts = facts_told(told)
    return describe(facts, cells) if facts else "an error that cannot be read"


def describe(facts: wire.Facts, cells: Sequence[Cell]) -> str:
    """Type, text and the student's own lines, cleaned of control characters."""
    kind = one_line(facts.type, 80)
    text = one_line(facts.text, 300)
    described = f"{kind}: {text}" if text else kind
    for number, line in facts.frames[:MAX_FRAMES]:
        described += f"\n  code cell {number}, line {line}: {_source_line(cells, number, line)}"
    return described


def why_missing(
    label: str, facts: wire.Facts, cells: Sequence[Cell], errors: Mapping[int, str]
) -> str:
    """Of a function that is not there: what became of the cell that has its name in it."""
    for cell in cells:
        if cell.number in errors and f" {label}" in cell.source:
            error = errors[cell.number]
            raised = "" if error.startswith("was ") else "raised "
            return f"{label} is not defined: code cell {cell.number} {raised}{error}"
    return one_line(facts.text, 300)


def _source_line(cells: Sequence[Cell], number: int, line: int) -> str:
    for cell in cells:
        lines = cell.source.splitlines()
        if cell.number == number and 1 <= line <= len(lines):
            return one_line(lines[line - 1].strip(), 160)
    return ""
