"""The command's end of a check: starts the warm process and has it run notebooks."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Pipe

from autograder.check.frames import (
    Cell,
    Defined,
    Ended,
    Ready,
    Request,
    Test,
    receive_event,
    send,
)
from autograder.check.plan import Check, Plan
from autograder.errors import MachineError
from autograder.sandbox.jail import Limits
from autograder.sandbox.starting import ONE_THREAD

_LOOK = 0.2  # seconds between two looks whether a run has been overtaken


@dataclass
class Outcome:
    """What a run found: cells by their number, checks by their name.

    lost: the run ended before it was done, which is nobody's fault in the notebook.
    """

    cells: dict[int, Ended] = field(default_factory=dict)
    checks: dict[str, Ended] = field(default_factory=dict)
    defined: frozenset[str] = frozenset()
    lost: bool = False


def never() -> bool:
    return False


def print_nothing(names: list[str]) -> None:
    """Who waits is not told what for."""


def _cores() -> int:
    """Those that this process may use, where the system tells."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Warm:
    """The warm process. It is started at once, and gets ready while others work."""

    def __init__(self, *, jobs: int | None = None, limits: Limits | None = None) -> None:
        self._jobs = jobs or _cores()
        self._limits = limits or Limits()
        self._ready = False
        self._scratch = tempfile.mkdtemp(prefix="dl30-check-")
        self._connection, theirs = Pipe()
        self._process = self._start(theirs)

    def _start(self, theirs: Connection) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-P", "-m", "autograder.check.warm"]
        command += [str(theirs.fileno()), self._scratch]
        try:
            return subprocess.Popen(
                command,
                pass_fds=(theirs.fileno(),),
                env=os.environ | ONE_THREAD,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        finally:
            theirs.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    def run(
        self,
        plan: Plan,
        checks: list[Check],
        overtaken: Callable[[], bool] = never,
        waiting: Callable[[list[str]], None] = print_nothing,
    ) -> Outcome | None:
        """Run the notebook and these checks; None when it was `overtaken` meanwhile.

        `waiting` is told again and again which checks have not ended, once that takes a while.
        Raises MachineError when the warm process cannot be used.
        """
        request = Request(
            folder=str(plan.path.absolute().parent),
            files=plan.files,
            cells=tuple(Cell(cell.number, cell.source) for cell in plan.cells),
            tests=tuple(Test(one.name, one.number, one.source) for one in checks if one.source),
            heavy=plan.heavy,
            limits=self._limits,
            jobs=self._jobs,
        )
        self._wait_until_ready()
        try:
            send(self._connection, request)
            return self._listen([one.name for one in request.tests], overtaken, waiting)
        except (EOFError, OSError):
            return Outcome(lost=True)

    def _wait_until_ready(self) -> None:
        if self._ready:
            return
        try:
            found = receive_event(self._connection)
        except (EOFError, OSError):
            raise MachineError("the process that runs notebooks did not start") from None
        if isinstance(found, Ready) and found.failed:
            todo = "pip install 'dl30[course]'"
            raise MachineError(f"this needs the package {found.failed}", todo=todo)
        self._ready = True

    def _listen(
        self,
        tests: list[str],
        overtaken: Callable[[], bool],
        waiting: Callable[[list[str]], None],
    ) -> Outcome | None:
        outcome, stopped = Outcome(), False
        while True:
            if not self._connection.poll(_LOOK):
                waiting([name for name in tests if name not in outcome.checks])
                if not stopped and overtaken():
                    self._connection.send_bytes(b"")
                    stopped = True
                continue
            event = receive_event(self._connection)
            if isinstance(event, Ready):
                return None if stopped else outcome
            if isinstance(event, Defined):
                outcome.defined = frozenset(event.names)
            elif isinstance(event, Ended) and event.name:
                outcome.checks[event.name] = event
            elif isinstance(event, Ended):
                _keep(outcome, event)

    def close(self) -> None:
        """End the warm process and all that it runs."""
        self._connection.close()
        try:
            # One that is not ready yet has nothing to end, and would first import everything.
            self._process.wait(timeout=5 if self._ready else 0)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        shutil.rmtree(self._scratch, ignore_errors=True)


def _keep(outcome: Outcome, event: Ended) -> None:
    """A cell that ended its process stays so, though the others were run again without it."""
    known = outcome.cells.get(event.number)
    if known is None or not known.stopped:
        outcome.cells[event.number] = event
