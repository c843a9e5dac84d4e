"""Who stands outside a cell: holds the clocks and the account of its memory, and ends all of it.

The grader holds the other end of the leash. Letting it go kills the cell; on it the grader says
`["clock", seconds]` when a request begins and `["rest"]` when it is answered. What the overseer
says is how the cell ended: `["failed", what]` before anything was run, `["stopped", reason]`, or
`["ended", code]` when the worker's process ended by itself.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import msgspec

from autograder.sandbox.accounts import Accounts, Process
from autograder.sandbox.jail import Limits

TICK = 0.05  # seconds between two looks while a request is worked on for longer than an instant
REST = 0.2  # and while none is
THREADS = 2.0  # processor seconds that a request may use for each second it may take
PATIENCE = 4.0  # times its seconds that a request may take where others keep it waiting


def most_seconds(seconds: float) -> float:
    """How long a request of so many seconds can take at most before the overseer ends it."""
    return PATIENCE * seconds + 5.0


@dataclass(frozen=True)
class _Turn:
    """A request that is being worked on: what it may take, and how things stood at its start."""

    seconds: float
    began: float
    used: float
    waited: float


class Overseer:
    """Watches one worker, process `child`, until it ends or has to be ended.

    `leash` and `proc` (a /proc in which `child` has this number) are open descriptors; the leash is
    closed with the end. Whoever has some of them waits with `next_events`, and lets each `attend`.
    """

    def __init__(self, child: int, leash: int, limits: Limits, *, proc: int, jailed: bool) -> None:
        self._child = child
        self._ended = os.pidfd_open(child)
        self._leash = socket.socket(fileno=leash)
        self._limits = limits
        self._jailed = jailed
        self._turn: _Turn | None = None
        self._accounts = Accounts(child, proc)
        self._proc = proc
        self._used = 0.0
        self._inherited = self._accounts.resident(child)
        self._look = time.monotonic() + TICK
        self._reason = ""  # why it was killed

    def watch(self) -> None:
        """Until the worker has ended; then no process of the cell is left."""
        while not self.attend(next_events([self])):
            pass

    def attend(self, events: Collection[int]) -> bool:
        """Do what is due now, with `events` on these descriptors; whether the cell is gone."""
        if self._ended in events:
            self._bury()
            return True
        if not self._reason:
            try:
                self._reason = self._due(events)
            except Exception as error:  # whatever it is, nobody stays without an overseer
                self._reason = f"its overseer failed ({type(error).__name__})"
            if self._reason:
                _kill(self._child)  # in a jail it is process 1, and takes its namespace with it
        return False

    def descriptors(self) -> list[int]:
        """What to wait for; the leash of one that was killed says nothing any more."""
        return [self._ended] if self._reason else [self._ended, self._leash.fileno()]

    def seconds_left(self) -> float | None:
        """Until the next look at the account; None where there will be none."""
        return None if self._reason else max(0.0, self._look - time.monotonic())

    def _due(self, events: Collection[int]) -> str:
        """Why the cell has to be ended, if it has to."""
        if self._leash.fileno() in events:
            if not self._listen():
                return "it was ended"
            self._look = min(self._look, time.monotonic() + TICK)
        if time.monotonic() < self._look:
            return ""
        reason = self._excess()
        self._look = time.monotonic() + (TICK if self._turn else REST)
        return reason

    def _listen(self) -> bool:
        """Take one message of the grader's; False when it let go."""
        try:
            message = self._leash.recv(4096)
        except OSError:
            return False
        if not message:
            return False
        word, *rest = msgspec.msgpack.decode(message)
        self._turn = None
        if word == "clock":
            waited = self._accounts.waited()
            self._turn = _Turn(rest[0], time.monotonic(), self._used, waited)
        return True

    def _excess(self) -> str:
        """Which limit the cell is over, in words; nothing when it is over none."""
        processes = self._accounts.processes()
        self._used = self._accounts.seconds(processes)
        return self._over_time() or self._over_memory(processes)

    def _over_time(self) -> str:
        used = self._used
        if used > THREADS * self._limits.total_seconds:
            return f"it used more than {THREADS * self._limits.total_seconds:g} s of processor time"
        turn = self._turn
        if turn is None:
            return ""
        if used - turn.used > THREADS * turn.seconds:
            return f"it used more than {THREADS * turn.seconds:g} s of processor time"
        took = time.monotonic() - turn.began
        # Time in which others had the processor is not the student's.
        kept_waiting = self._accounts.waited() - turn.waited
        if took - kept_waiting > turn.seconds or took > PATIENCE * turn.seconds:
            return f"it did not finish within {turn.seconds:g} s"
        return ""

    def _over_memory(self, processes: list[Process]) -> str:
        """Resident memory is more than is theirs, and quickly told; their own takes a while."""
        resident = sum(process.resident for process in processes)
        allowed = self._limits.memory_mb * 2**20 + self._inherited
        held = self._accounts.sockets_memory() if self._jailed else 0
        if resident + held <= allowed:
            return ""
        own = sum(self._accounts.own_memory(process.pid) for process in processes)
        if own + held <= allowed:
            return ""
        return (
            f"it used more than {self._limits.memory_mb} MB of memory, all its processes together"
        )

    def _bury(self) -> None:
        """Tell how the worker ended, once nothing of it is left."""
        status = _reap(self._child)
        os.close(self._ended)
        if not self._jailed:
            self._end_the_rest()
        word: list[str | int] = ["ended", os.waitstatus_to_exitcode(status)]
        if self._reason:
            word = ["stopped", self._reason]
        with self._leash:
            try:
                self._leash.send(msgspec.msgpack.encode(word), socket.MSG_DONTWAIT)
            except OSError:
                pass

    def _end_the_rest(self) -> None:
        """Without a namespace: its process group, and all that was orphaned and came to us."""
        ours = Accounts(os.getpid(), self._proc)
        _kill_group(self._child)
        while left := [process.pid for process in ours.processes() if process.pid != os.getpid()]:
            for pid in left:
                _kill(pid)
            _reap(-1)


def next_events(overseers: Sequence[Overseer], *others: int) -> set[int]:
    """Wait for an event of theirs or on other descriptors, or until one of them is to look."""
    poll = select.poll()
    for descriptor in (*others, *(one for each in overseers for one in each.descriptors())):
        poll.register(descriptor, select.POLLIN)
    left = [seconds for each in overseers if (seconds := each.seconds_left()) is not None]
    return {descriptor for descriptor, _ in poll.poll(min(left) * 1000 if left else None)}


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def _kill_group(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        pass


def _reap(pid: int) -> int:
    try:
        return os.waitpid(pid, 0)[1]
    except ChildProcessError:
        return 0
