"""From what a run found to what a student reads of each exercise."""

from __future__ import annotations

from typing import Literal

import msgspec

from autograder.check.client import Outcome
from autograder.check.frames import Ended
from autograder.check.plan import Check, Plan
from autograder.sandbox.wire import Facts
from autograder.text import one_line

Status = Literal["passed", "failed", "not started", "could not run"]
MAX_LINES = 8
MAX_LINE = 160


class Result(msgspec.Struct, frozen=True):
    """One exercise. `message` has a few lines, and none where it passed; seconds of its check."""

    name: str
    points: float
    status: Status
    seconds: float = 0.0
    message: str = ""


def result_of(check: Check, plan: Plan, outcome: Outcome) -> Result:
    """What became of an exercise, with the words for it."""
    ended = outcome.checks.get(check.name)
    seconds = ended.seconds if ended else 0.0
    status, message = _verdict(check, plan, outcome, ended)
    return Result(check.name, check.points, status, seconds, message)


def _verdict(check: Check, plan: Plan, outcome: Outcome, ended: Ended | None) -> tuple[Status, str]:
    if ended is not None and ended.facts is None and not ended.stopped:
        return "passed", ""
    if check.untouched:
        return "not started", ""
    if check.source is None:
        return "could not run", "the cell with its visible check is gone"
    if not check.answers and _is_missing(check, outcome):
        return "could not run", "the cell for your answer is gone"
    for number in check.answers:
        if (cell := outcome.cells.get(number)) and (cell.facts or cell.stopped):
            return "could not run", _of_cell(plan, cell)
    if ended is None:
        return "could not run", "the run ended before its turn came: save again, or check again"
    if ended.stopped:
        return "could not run", f"{ended.stopped} (the visible check, with your functions)"
    assert ended.facts is not None
    return "failed", told(plan, ended.facts, ended.number)


def _is_missing(check: Check, outcome: Outcome) -> bool:
    return not all(name in outcome.defined for name in check.functions)


def _of_cell(plan: Plan, cell: Ended) -> str:
    if cell.facts is None:
        return f"your answer's cell was ended: {cell.stopped}"
    return told(plan, cell.facts, None)


def told(plan: Plan, facts: Facts, check: int | None) -> str:
    """An exception in a line or a few: what it says, and the line of the notebook it is about.

    `check` is the number of the check's cell, where it was raised while that was run.
    """
    if facts.type == "NotImplementedError" and facts.frames:
        exercise = plan.exercise_of(facts.frames[-1][0])
        function = _function_at(plan, *facts.frames[-1])
        if exercise:
            return f"{function or exercise} is not written yet"
    text = _shortened(facts.text)
    if text == "incomplete input":
        text = "the code ends too early: is a bracket or a quote left open?"
    where = _where(plan, facts, check)
    if "AssertionError" in facts.bases:
        return text or f"does not hold: {where}"
    return f"{facts.type}: {text}".rstrip(": ") + (f"\n{where}" if where else "")


def _shortened(text: str) -> str:
    lines = [line[:MAX_LINE].rstrip() for line in text.strip().splitlines()]
    lines = ["".join(char if char.isprintable() else " " for char in line) for line in lines]
    return "\n".join(lines if len(lines) <= MAX_LINES else [*lines[: MAX_LINES - 1], "…"])


def _where(plan: Plan, facts: Facts, check: int | None) -> str:
    """The deepest line of the student's own, else the check's."""
    frames = [frame for frame in facts.frames if frame[0] != check] or facts.frames
    if not frames:
        return ""
    number, line = frames[-1]
    code = one_line(plan.line(number, line), 80)
    shown = f": {code}" if code else ""
    if number == check:
        return f"line {line} of the visible check{shown}"
    exercise = plan.exercise_of(number)
    cell = f"your answer to {exercise}" if exercise else plan.place_of(number)
    return f"line {line} of {cell}{shown}"


def _function_at(plan: Plan, number: int, line: int) -> str:
    """The function around a line, by the last `def` above it."""
    if number not in plan.original:
        return ""
    lines: list[str] = plan.original[number].source.split("\n")
    for text in reversed(lines[:line]):
        if text.startswith(("def ", "class ")):
            return text.split("(")[0].split(":")[0].split()[1]
    return ""
