"""What hidden tests talk to: a student's functions, called across the boundary.

`Student` runs the cells of a notebook in a jailed worker and hands out proxies. A call sends copies
of its arguments and gives plain values back; whatever goes wrong on the other side becomes a
`StudentFailure`, whose text is written for the student.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from autograder.errors import CourseError, JailUnavailable
from autograder.sandbox import wire
from autograder.sandbox.cells import Cell as Cell
from autograder.sandbox.cells import describe, facts_told, faults_told, why_missing
from autograder.sandbox.jail import Limits
from autograder.sandbox.launcher import Answer, Remote, WarmProcess, WorkerDied
from autograder.sandbox.proxy import CallFailed, Function, Handle, StudentFailure
from autograder.text import one_line

__tracebackhide__ = True  # pytest ends its report at the line of the test
MAX_DEATHS_PER_FUNCTION = 2
MAX_DEATHS = 8
MAX_RIDDLES = 4
AT_ONCE_SECONDS = 2.0  # for all cells together, before they are run one by one
MAX_KIND = 80  # characters of the name of an object's type
LATE = "was not run: the cells before took over {:g} s"
OUT_OF_TIME = "the notebook used up its {:g} s, so this was not run"


class Student:
    """One submission behind the boundary.

    `Student.f(*args, **kwargs)` calls the student's function `f`. A worker that dies or has to be
    stopped is replaced by a fresh one; a cell that killed a worker is not run again, and a function
    that killed two is not called again. A call on which a worker dies that others were called in
    too is made once more, in a worker of its own, before it is blamed. For a worker that was
    killed from outside nobody is blamed: `riddles` counts them, and the test is run once more.
    """

    def __init__(
        self,
        warm: WarmProcess,
        cells: Sequence[Cell],
        *,
        files: dict[str, bytes] | None = None,
        limits: Limits | None = None,
        seed: int = 0,
    ) -> None:
        self._warm = warm
        self._cells = cells
        self._files = files or {}
        self._limits = limits or Limits()
        self._seed = seed
        self._test: list[Any] | None = None
        self._told = 0
        self._used = 0.0
        self._remote: Remote | None = None
        self._epoch = 0
        self._deaths: dict[str, int] = {}
        self._rescues = 0
        self.riddles = 0
        self._called: set[str] = set()
        self._cell_errors: dict[int, str] = {}
        self._fatal_cells: set[int] = set()
        self._cell_by_cell = False
        self._callbacks: list[Callable[..., Any]] = []

    def __getattr__(self, name: str) -> Function:
        if name.startswith("_"):
            raise AttributeError(name)
        return Function(self, name)

    @property
    def cell_errors(self) -> dict[int, str]:
        """What went wrong, by the cell's number."""
        return {number: error for number, error in self._cell_errors.items() if error}

    def close(self) -> None:
        if self._remote is not None:
            self._remote.close()
            self._remote = None

    def begin_test(self, seed: int, forbids: Sequence[str] = ()) -> None:
        """Seed the student's global generators and set the forbidden names for the next calls."""
        self._seed = seed
        self._test, self._told = [seed, list(forbids)], 0
        self._callbacks.clear()

    def blame(self) -> tuple[dict[str, int], set[int]]:
        """Which functions and cells have ended workers so far; `forget` goes back to that."""
        return dict(self._deaths), set(self._fatal_cells)

    def forget(self, since: tuple[dict[str, int], set[int]]) -> None:
        self._deaths, self._fatal_cells = dict(since[0]), set(since[1])

    def start(self) -> None:
        """See that a worker is running that has run the notebook's cells, within the limits."""
        while True:
            if self._used > self._limits.total_seconds:
                raise StudentFailure(OUT_OF_TIME.format(self._limits.total_seconds))
            if self._remote is not None:
                return
            if sum(self._deaths.values()) > MAX_DEATHS or len(self._fatal_cells) > MAX_DEATHS:
                raise StudentFailure(
                    "the notebook's process had to be ended too often, so nothing more of it is run"
                )
            self._epoch += 1
            self._called.clear()
            self._callbacks.clear()
            self._remote = self._warm.spawn(self._limits)
            self._run_cells()

    def _prepare(self) -> None:
        """What comes before any of the student's code, so that no failure here is the student's."""
        seconds = self._limits.cell_seconds
        try:
            for name, data in self._files.items():
                if self._request(seconds, "file", name, data) != ["ok"]:
                    self.close()
                    raise CourseError("this file cannot be laid beside the notebook", where=name)
            self._request(seconds, "seed", self._seed)
        except WorkerDied as death:
            if not self._is_a_riddle(death):
                text = f"a worker in its jail ended before it ran anything: {death}"
                raise JailUnavailable(text) from None

    def _is_a_riddle(self, death: WorkerDied) -> bool:
        """Whether nobody can be blamed for it; of too many the notebook itself is suspected."""
        if not death.unexplained or self.riddles >= MAX_RIDDLES:
            return False
        self.riddles += 1
        return True

    def _run_cells(self) -> None:
        """All in one request; where that does not end well, each in its own, in a fresh worker."""
        self._prepare()
        limits, begin = self._limits, time.monotonic()
        cells = [cell for cell in self._cells if cell.number not in self._fatal_cells]
        if not self._cell_by_cell:
            at_once = min(AT_ONCE_SECONDS, limits.cell_seconds, limits.notebook_seconds)
            self._run(cells, at_once)
            return
        for cell in cells:
            if self._remote is None:
                return
            if time.monotonic() <= begin + limits.notebook_seconds:
                self._run([cell], limits.cell_seconds)
                continue
            self._cell_errors[cell.number] = LATE.format(limits.notebook_seconds)

    def _run(self, cells: Sequence[Cell], seconds: float) -> None:
        try:
            reply = self._request(seconds, "cells", [(cell.number, cell.source) for cell in cells])
            faults = faults_told(reply, len(cells), self._cells)
            if faults is None:
                raise self._distrust("cells that nothing is told of")
        except WorkerDied as death:
            if self._is_a_riddle(death):
                return
            if self._cell_by_cell:
                self._fatal_cells.add(cells[0].number)
                self._cell_errors[cells[0].number] = f"was left out: {death}"
            self._cell_by_cell = True
            return
        self._cell_errors |= {cell.number: fault for cell, fault in zip(cells, faults, strict=True)}

    def _request(self, seconds: float, *arguments: Any, answer: Answer | None = None) -> list[Any]:
        """One request, on the submission's account of time."""
        if self._remote is None:
            raise WorkerDied("the notebook's process had ended")
        begin = time.monotonic()
        try:
            return self._remote.request(seconds, *arguments, answer=answer)
        except WorkerDied:
            self._remote = None
            raise
        finally:
            self._used += time.monotonic() - begin

    def _call(
        self,
        target: list[Any],
        label: str,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        *,
        unchanged: bool = False,
        lines: bool = False,
    ) -> tuple[Any, list[str], int]:
        """Value, changed arguments and executed lines of one call."""
        if self._deaths.get(label, 0) >= MAX_DEATHS_PER_FUNCTION:
            raise StudentFailure(f"{label} was stopped in earlier tests and is not called again")
        while True:
            self.start()
            by_itself = self._called <= {label}
            self._called.add(label)
            try:
                reply = self._request(
                    self._limits.call_seconds,
                    "call",
                    target,
                    self._encode(list(args)),
                    self._encode(kwargs) if kwargs else wire.NOTHING,
                    unchanged,
                    lines,
                    self._test_for_worker(),
                    answer=self._answer,
                )
                return self._result(label, reply, args, kwargs)
            except WorkerDied as death:
                if not by_itself and self._may_try_again(args, kwargs):
                    continue
                if not self._is_a_riddle(death):
                    self._deaths[label] = self._deaths.get(label, 0) + 1
                raise StudentFailure(f"{label} was stopped: {death}") from None

    def _test_for_worker(self) -> list[Any] | None:
        """Seed and forbidden names of the test, for a worker that has not heard of them."""
        told, self._told = self._told, self._epoch
        return self._test if told != self._epoch else None

    def _may_try_again(self, args: Sequence[Any], kwargs: dict[str, Any]) -> bool:
        """Whether a call on which the worker died is made once more, in a fresh one.

        What another function left behind, a thread or a timer, may have ended it. Objects of the
        dead worker cannot be passed again.
        """
        self._rescues += 1
        kept = any(isinstance(value, Handle) for value in (*args, *kwargs.values()))
        return not kept and self._rescues <= MAX_DEATHS

    def _result(
        self, label: str, reply: list[Any], args: Sequence[Any], kwargs: dict[str, Any]
    ) -> tuple[Any, list[str], int]:
        """What was returned; WorkerDied when the reply means nothing: the worker is not itself."""
        match reply:
            case ["ok", value, list(changed), int(lines)] if not changed or all(
                isinstance(name, str) and (name in kwargs or name in map(str, range(len(args))))
                for name in changed
            ):
                try:
                    return self._decode(value), changed, lines
                except wire.WireError as error:
                    raise self._distrust(str(error)) from None
            case ["error", told] if facts := facts_told(told):
                raise self._failure(label, facts)
        raise self._distrust("neither a value nor an error")

    def _distrust(self, reason: str) -> WorkerDied:
        remote, self._remote = self._remote, None
        return remote.distrust(reason) if remote is not None else WorkerDied(reason)

    def _failure(self, label: str, facts: wire.Facts) -> StudentFailure:
        if facts.stage == "missing":
            return StudentFailure(why_missing(label, facts, self._cells, self.cell_errors))
        text = describe(facts, self._cells)
        if facts.stage == "result":
            why = text.removeprefix("WireError: ")
            return StudentFailure(f"what {label} returned cannot be sent to the grader: {why}")
        return CallFailed(f"{label} raised {text}", facts.bases)

    def _answer(self, number: Any, args: Any, kwargs: Any) -> list[Any]:
        """A call that the student's code makes of a function which the test passed in."""
        if type(number) is not int or not 0 <= number < len(self._callbacks):
            raise wire.WireError("a callback of an unknown function")
        positional, named = self._decode(args), self._decode(kwargs)
        if type(positional) is not list or type(named) is not dict:
            raise wire.WireError("a malformed callback")
        try:
            return ["answer", self._encode(self._callbacks[number](*positional, **named))]
        except Exception as error:
            return ["refusal", one_line(f"{type(error).__name__}: {error}", 300)]

    def _encode(self, value: object) -> Any:
        return wire.encode(value, self._export)

    def _export(self, value: object) -> list[Any]:
        if isinstance(value, Handle):
            if value._epoch != self._epoch:
                raise StudentFailure("an object of the notebook was lost when its process ended")
            return ["h", value._number]
        if callable(value):
            self._callbacks.append(value)
            return ["f", len(self._callbacks) - 1]
        raise TypeError(f"a test cannot send a {type(value).__name__} to the student's code")

    def _decode(self, message: Any) -> Any:
        return wire.decode(message, self._import)

    def _import(self, message: list[Any]) -> Handle:
        match message:
            case ["h", int(number), str(kind), bool()] if len(kind) <= MAX_KIND:
                return Handle(self, number, one_line(kind, 80), self._epoch)
        raise wire.WireError("a reference that means nothing")
