"""The grader's end of the boundary: orders the warm process about and talks to its workers."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

import msgspec

from autograder.errors import JailUnavailable
from autograder.sandbox import wire
from autograder.sandbox.groups import Group
from autograder.sandbox.jail import Limits
from autograder.sandbox.overseer import most_seconds
from autograder.sandbox.starting import Begun, alone

PRELOAD = ("numpy", "torch", "matplotlib.pyplot")
HEAVY = ("torch",)  # of them, what most notebooks do without
Answer = Callable[[Any, Any, Any], list[Any]]
_START_SECONDS = 120.0
GRACE = wire.INSTANT  # seconds of a request before its clock is started
_SIGNALS = {
    -6: "it aborted",
    -7: "it crashed (bus error)",
    -9: "it was killed, most likely for using too much memory",
    -11: "it crashed (segmentation fault)",
    -24: "it used too much processor time",
    -25: "it wrote too large a file",
}


_NUMBERS: list[int] = []


def _unguessable() -> int:
    """A random number of 62 bits; to ask the kernel for each takes longer than many calls."""
    if not _NUMBERS:
        _NUMBERS.extend(number >> 2 for number in struct.unpack("=64Q", os.urandom(512)))
    return _NUMBERS.pop()


class WorkerDied(Exception):
    """The worker's process ended, or had to be ended, before it answered.

    `unexplained` is a death that may be nobody's doing in there: killed from outside, or with its
    overseer.
    """

    def __init__(self, reason: str, *, unexplained: bool = False) -> None:
        super().__init__(reason)
        self.unexplained = unexplained


class WarmProcess:
    """A started warm process. Use as a context manager, or call `close`."""

    def __init__(
        self,
        *,
        jailed: bool = True,
        preload: tuple[str, ...] = PRELOAD,
        begun: Begun | None = None,
    ) -> None:
        """`begun` is a process that waits for orders, where there is one already."""
        self.jailed = jailed
        self.preload = preload
        self._group = Group.find()
        self._cells: list[Limits] = []
        self._begun = begun or alone()
        self._process, self._control = self._begun.process, self._begun.control
        orders = msgspec.msgpack.encode((preload, jailed))
        with contextlib.suppress(OSError):  # it is gone, which `wait_ready` finds out
            socket.send_fds(self._control, [orders], [self._group.procs] if self._group else [])
        self._ready = self._lost = False

    def __enter__(self) -> WarmProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def wait_ready(self) -> None:
        """Wait for the imports; JailUnavailable when the machine cannot shut code in."""
        if self._ready:
            return
        self._control.settimeout(_START_SECONDS)
        try:
            message = self._control.recv(65536)
        except OSError:
            message = b""
        kind, detail = (
            msgspec.msgpack.decode(message) if message else ("failed", self._last_words())
        )
        if kind == "failed":
            self.close()
            raise JailUnavailable(
                f"the jail for student code cannot be built: {detail}",
                todo="`dl30 doctor` says what to do; --no-jail grades without it, which only "
                "notebooks that you trust should be",
            )
        self._ready = True

    def spawn(self, limits: Limits) -> Remote:
        """A fresh worker, shut in."""
        self.wait_ready()
        channel, channel_theirs = socket.socketpair()
        leash, leash_theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._cells.append(limits)
        self._allow()
        with channel_theirs, leash_theirs:
            descriptors = [channel_theirs.fileno(), leash_theirs.fileno()]
            try:
                socket.send_fds(self._control, [msgspec.msgpack.encode(limits)], descriptors)
            except OSError as error:
                channel.close()
                leash.close()
                self._lost = True  # its process may not have ended yet
                raise JailUnavailable(f"the warm process is gone: {self._last_words()}") from error
        return Remote(wire.Channel(channel), leash, lambda: self._forget(limits))

    def is_gone(self) -> bool:
        """Whether it has ended, and every worker with it."""
        return self._lost or self._process.poll() is not None

    def _forget(self, limits: Limits) -> None:
        self._cells.remove(limits)
        self._allow()

    def _allow(self) -> None:
        """Room in the control group for as many cells as there are."""
        if self._group and self._cells:
            self._group.allow(self._cells)

    def close(self) -> None:
        self._begun.close()
        group, self._group = self._group, None
        if group:
            group.remove()

    def _last_words(self) -> str:
        self._begun.errors.seek(0)
        lines = self._begun.errors.read()[-4000:].decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "the warm process ended without a word"


class Remote:
    """One worker, seen from the grader."""

    def __init__(
        self, channel: wire.Channel, leash: socket.socket, ended: Callable[[], None]
    ) -> None:
        self._channel = channel
        self._leash = leash
        self._tell_ended = ended
        self._reason = ""

    def request(
        self,
        seconds: float,
        *arguments: Any,
        answer: Answer | None = None,
    ) -> list[Any]:
        """Ask a verb with its arguments, and wait for `seconds` of the worker's own time.

        The overseer keeps that time. Here the clock runs out only after `most_seconds`.

        Whatever is out of turn or malformed ends the worker. WorkerDied when it has ended;
        WireError when the arguments are too large to send.
        """
        begin = time.monotonic()
        deadline = begin + most_seconds(seconds)
        # Most calls are over before the overseer would have heard of them.
        self._channel.set_alarm(begin + GRACE, lambda: self._say("clock", seconds))
        number = _unguessable()  # so that nobody answers what was not asked yet
        frame = wire.pack([number, *arguments])
        try:
            while True:
                self._channel.send_packed(frame, deadline)
                reply = self._channel.receive(deadline)
                if not isinstance(reply, list) or len(reply) < 2 or reply[0] != number:
                    raise wire.WireError("a reply out of turn")
                if reply[1] != "callback" or answer is None:
                    return reply[1:]
                frame = wire.pack([number, *answer(*_callback(reply))])
        except wire.Timeout:
            raise self._ended(f"it did not finish within {seconds:g} s") from None
        except wire.PeerClosed:
            reason, unexplained = (self._reason, False) if self._reason else self._epitaph()
            raise self._ended(reason, unexplained=unexplained) from None
        except wire.WireError as error:
            raise self.distrust(str(error)) from None
        finally:
            if time.monotonic() >= begin + GRACE:
                self._say("rest")

    def distrust(self, reason: str) -> WorkerDied:
        """End the worker for what it said; the error to raise."""
        return self._ended(f"it sent something that is no legal reply ({reason})")

    def close(self) -> None:
        """Let the leash go: the whole cell is killed."""
        self._reason = self._reason or "it was ended"
        if self._leash.fileno() >= 0:
            self._tell_ended()
        self._leash.close()
        self._channel.close()

    def _say(self, *words: object) -> None:
        """To the overseer, who may be gone: then the worker is gone too, and the channel tells."""
        with contextlib.suppress(OSError):
            self._leash.send(msgspec.msgpack.encode(words))

    def _ended(self, reason: str, *, unexplained: bool = False) -> WorkerDied:
        self._reason = self._reason or reason
        self.close()
        return WorkerDied(self._reason, unexplained=unexplained)

    def _epitaph(self) -> tuple[str, bool]:
        """What it died of, and whether that leaves open who did it."""
        poll = select.poll()
        poll.register(self._leash, select.POLLIN)
        message = self._last_message() if poll.poll(5000) else b""
        if not message:
            return "it ended its process", True
        kind, detail = msgspec.msgpack.decode(message)
        if kind == "failed":
            self.close()
            raise JailUnavailable(f"a worker could not be shut in: {detail}")
        if kind == "stopped":
            return str(detail), False
        if detail >= 0:
            return f"it ended the Python process (exit code {detail})", False
        said = _SIGNALS.get(detail, f"it was ended by signal {-detail}")
        return said, detail == -signal.SIGKILL

    def _last_message(self) -> bytes:
        """What the overseer said; that it had not read all of ours, the kernel tells first."""
        for _ in range(2):
            with contextlib.suppress(ConnectionResetError):
                return self._leash.recv(4096)
        return b""


def _callback(reply: list[Any]) -> tuple[Any, Any, Any]:
    if len(reply) != 5:
        raise wire.WireError("a malformed callback")
    return reply[2], reply[3], reply[4]
