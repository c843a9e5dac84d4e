"""One run of a notebook, in a process forked for it: its cells, then each check in a fork.

Nothing here is a jail: it is the student's own machine and code. What it shuts in is accidents.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import Any

from autograder.check.frames import Began, Defined, Ended, Request, Test, receive_event, send
from autograder.sandbox import jail, kernel
from autograder.sandbox.worker import facts_of


def run_notebook(request: Request, events: Connection, shell: Any, left_out: set[int]) -> None:
    """Run it and end this process. `left_out` are cells that ended an earlier try."""
    status = 1
    try:
        _stand_alone()
        _limit(request.limits)
        for cell in request.cells:
            if cell.number not in left_out:
                send(events, Began("", cell.number))
                send(events, _ran(shell, "", cell.number, cell.source))
        send(events, Defined(tuple(map(str, list(shell.user_ns)))))
        _Tests(request, events, shell).run()
        status = 0
    finally:
        os._exit(status)


def _stand_alone() -> None:
    """A session of its own, without the terminal; it ends with the warm process."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _die_with_parent()


def _die_with_parent() -> None:
    if sys.platform == "linux":
        kernel.die_with_parent(signal.SIGKILL)


def _limit(limits: jail.Limits) -> None:
    """The grader's limits of memory and files, where the system has them."""
    try:
        jail.set_limits(limits, jailed=False)
    except (OSError, ValueError):
        pass


def _ran(shell: Any, name: str, number: int, source: str) -> Ended:
    begin = time.perf_counter()
    try:
        error = shell.run(number, source)
    except BaseException as escaped:
        error = escaped
    seconds = time.perf_counter() - begin
    facts = facts_of(error, "cell") if error is not None else None
    return Ended(name, number, round(seconds, 3), facts)


class _Tests:
    """Runs the checks, so many at once, and ends the one that takes too long."""

    def __init__(self, request: Request, events: Connection, shell: Any) -> None:
        self._seconds = request.limits.cell_seconds
        self._jobs = request.jobs
        self._waiting = list(request.tests)
        self._events = events
        self._shell = shell
        self._running: dict[Connection, tuple[Test, int, float]] = {}

    def run(self) -> None:
        while self._waiting or self._running:
            while self._waiting and len(self._running) < self._jobs:
                self._start(self._waiting.pop(0))
            begun = min(began for _, _, began in self._running.values())
            rest = begun + self._seconds - time.monotonic()
            for channel in wait(list(self._running), max(0.0, rest)):
                assert isinstance(channel, Connection)
                self._finish(channel)
            self._end_the_late()

    def _start(self, test: Test) -> None:
        ours, theirs = Pipe(duplex=False)
        pid = os.fork()
        if pid == 0:
            self._be(test, theirs)
        theirs.close()
        send(self._events, Began(test.name, test.number, pid))
        self._running[ours] = test, pid, time.monotonic()

    def _be(self, test: Test, channel: Connection) -> None:
        try:
            os.setpgid(0, 0)
            _die_with_parent()
            send(channel, _ran(self._shell, test.name, test.number, test.source))
        finally:
            os._exit(0)

    def _finish(self, channel: Connection) -> None:
        test, pid, began = self._running.pop(channel)
        try:
            ended = receive_event(channel)
        except (EOFError, OSError):
            ended = None
        code = _end(pid)
        if ended is None:
            seconds = round(time.monotonic() - began, 3)
            ended = Ended(test.name, test.number, seconds, stopped=how(code))
        send(self._events, ended)
        channel.close()

    def _end_the_late(self) -> None:
        now = time.monotonic()
        for channel, (test, pid, began) in list(self._running.items()):
            if now - began >= self._seconds:
                del self._running[channel]
                _end(pid)
                channel.close()
                late = f"it did not finish within {self._seconds:g} s"
                send(self._events, Ended(test.name, test.number, round(now - began, 3), None, late))


def _end(pid: int) -> int:
    """Kill a check and its group; how its process had ended."""
    for kill in (os.killpg, os.kill):
        try:
            kill(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except ChildProcessError:
        return 0


def how(code: int) -> str:
    """How a process ended, in words."""
    words = {
        -signal.SIGSEGV: "it crashed (segmentation fault)",
        -signal.SIGABRT: "it aborted",
        -signal.SIGBUS: "it crashed (bus error)",
        -signal.SIGXCPU: "it used too much processor time",
        -signal.SIGKILL: "it was killed, most likely for using too much memory",
    }
    return words.get(code, "it ended its process")


def copy_files(request: Request, scratch: Path) -> None:
    """What was given out beside the notebook, as the grader has it; what is gone stays away."""
    import shutil

    for name in request.files:
        source, target = Path(request.folder, name), scratch / name
        if source.is_file() and target.resolve().is_relative_to(scratch.resolve()):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
