"""A check of a notebook, from the file to what is told of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from autograder.check.client import Outcome, Warm, never, print_nothing
from autograder.check.frames import Ended
from autograder.check.given import is_untouched
from autograder.check.plan import Check, Plan, make_plan
from autograder.check.results import Result, result_of
from autograder.check.state import StateFile
from autograder.check.stumbles import stumbles
from autograder.notebook import contents, grade_id, parse
from autograder.sandbox.jail import Limits


class Report(msgspec.Struct, frozen=True):
    """What `dl30 check` tells, and with --json as it stands here.

    rechecked: the exercises whose checks were run for this report; others keep their result.
    written: questions in words that have no answer yet. days: a character for each of thirty.
    """

    notebook: str
    day: str
    saved: str
    seconds: float
    exercises: tuple[Result, ...]
    rechecked: tuple[str, ...]
    written: tuple[str, ...]
    before_you_submit: tuple[str, ...]
    days: str
    days_done: int
    next: str

    @property
    def passed(self) -> list[Result]:
        return [one for one in self.exercises if one.status == "passed"]

    @property
    def all_pass(self) -> bool:
        return len(self.passed) == len(self.exercises)

    @property
    def nothing_yet(self) -> bool:
        return all(one.status == "not started" for one in self.exercises)


class Checker:
    """Checks notebooks with one warm process, and remembers what need not be run again."""

    def __init__(
        self,
        warm: Warm,
        state: StateFile,
        limits: Limits | None = None,
        waiting: Callable[[list[str]], None] = print_nothing,
    ) -> None:
        self._warm = warm
        self._waiting = waiting
        self._state = state
        self._limits = limits or Limits()
        self._known: dict[str, tuple[Result, Ended | None]] = {}

    def check(
        self, path: Path, overtaken: Callable[[], bool] = never, *, raw: bytes | None = None
    ) -> Report | None:
        """None when the notebook was `overtaken` by a newer save while it was run.

        `raw` are the file's bytes where they were read already.
        Raises UnreadableNotebook, MachineError, LogError.
        """
        begin = time.perf_counter()
        saved = datetime.fromtimestamp(path.stat().st_mtime)
        plan = make_plan(parse(contents(path) if raw is None else raw, path), path)
        todo = [check for check in plan.checks if self._key(check) not in self._known]
        outcome = self._warm.run(plan, todo, overtaken, self._waiting)
        if outcome is None:
            return None
        results = tuple(self._result(check, plan, outcome) for check in plan.checks)
        seconds = round(time.perf_counter() - begin, 3)
        return self._report(plan, outcome, results, todo, f"{saved:%H:%M:%S}", seconds)

    def _key(self, check: Check) -> str:
        return f"{check.name} {check.key} {check.untouched} {check.source is None}"

    def _result(self, check: Check, plan: Plan, outcome: Outcome) -> Result:
        """The new one, kept where it would come out the same again, or the one from before."""
        key = self._key(check)
        if key in self._known:
            result, ended = self._known[key]
            if ended is not None:
                outcome.checks[check.name] = ended
            return result
        result = result_of(check, plan, outcome)
        if not outcome.lost:
            self._known[key] = result, outcome.checks.get(check.name)
        return result

    def _report(
        self,
        plan: Plan,
        outcome: Outcome,
        results: tuple[Result, ...],
        rechecked: list[Check],
        saved: str,
        seconds: float,
    ) -> Report:
        day = plan.given.day
        passed = [one.name for one in results if one.status == "passed"]
        with self._state.changing() as state:
            entry = state.day(day)
            entry.exercises = len(results)
            names = [one.name for one in results]
            entry.passed = [one for one in names if one in passed or one in entry.passed]
            days, done = state.line(), state.done()
        found = stumbles(plan, outcome, self._limits)
        written = tuple(_open_questions(plan))
        return Report(
            notebook=str(plan.path),
            day=day,
            saved=saved,
            seconds=seconds,
            exercises=results,
            rechecked=tuple(check.name for check in rechecked),
            written=written,
            before_you_submit=tuple(found),
            days=days,
            days_done=done,
            next=_next(day, results, written, found),
        )


def _open_questions(plan: Plan) -> list[str]:
    wanted = {cell.name for cell in plan.given.cells if cell.kind == "written"}
    answered = {
        grade_id(cell)
        for cell in plan.notebook.cells
        if grade_id(cell) in wanted and cell.source.strip() and not is_untouched(cell)
    }
    return [cell.name for cell in plan.given.cells if cell.name in wanted - answered]


def _next(day: str, results: tuple[Result, ...], written: tuple[str, ...], found: list[str]) -> str:
    """The one thing to do now."""
    short = day.partition("_")[0]
    for one in results:
        if one.status != "passed":
            return f"{one.name} (stuck? dl30 hint {short} {one.name})"
    if written:
        return f"the written questions: {', '.join(written)}"
    if found:
        return 'what stands under "before you submit", then submit'
    queue = " ".join(f"{day}/{one.name}" for one in results[:1])
    return f"submit. To remember it: dl30 quiz {short}, or dl30 quiz queue {queue}"
