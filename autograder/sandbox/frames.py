"""Frames that cross the boundary between grader and jail.

A frame is an 8-byte big-endian length and that many bytes of MessagePack: lists, strings, bytes and
numbers, nothing else. The peer is taken to be hostile: a frame's length is bounded before memory is
allocated for it, and the number of values in it before any of them is made. Maps are refused, since
building one of keys that hash alike takes for ever.

This module imports nothing of ours.
"""

from __future__ import annotations

import math
import select
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

import msgspec

MAX_FRAME = 64 * 1024 * 1024
MAX_VALUES = 1_000_000
INSTANT = 0.02  # seconds for which a receiver waits in the kernel alone, on no clock of ours
_LENGTH = struct.Struct(">Q")
_TIME = struct.Struct("@ll")  # struct timeval
_CHUNK = 64 * 1024
_FEW = 64  # values


class WireError(Exception):
    """The peer sent, or was about to be sent, something that is no legal frame or value."""


class PeerClosed(WireError):
    """The other end of the channel is gone, or this end has been closed."""


class Timeout(WireError):
    """The deadline passed before a whole frame was read or written."""


class Channel:
    """One end of a stream socket that carries frames.

    `deadline` is a time of `time.monotonic()` in seconds, or None to wait for ever; it bounds a
    whole frame, so that a peer which trickles a byte a second gains nothing by it. Of a peer that
    is trusted, what the frames hold is not looked through before it is made.
    """

    def __init__(self, sock: socket.socket, *, trusted: bool = False) -> None:
        self._sock = sock
        self._unpack = _made if trusted else unpack
        self._here = bytearray()  # what came and belongs to no frame that was received yet
        instant = _TIME.pack(0, int(INSTANT * 1e6))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, instant)
        self._alarm: tuple[float, Callable[[], None]] | None = None
        self._polls = {event: _poll_for(sock, event) for event in (select.POLLIN, select.POLLOUT)}

    def set_alarm(self, at: float, ring: Callable[[], None]) -> None:
        """Call `ring` once, from a receive that begins after the time `at`, or from a send or
        receive that still waits then."""
        self._alarm = at, ring

    def fileno(self) -> int:
        return self._sock.fileno()

    def close(self) -> None:
        self._sock.close()

    def send(self, message: object, deadline: float | None = None) -> None:
        self.send_packed(pack(message), deadline)

    def send_packed(self, payload: bytes, deadline: float | None = None) -> None:
        """Send what `pack` made."""
        header = _LENGTH.pack(len(payload))
        parts = (header + payload,) if len(payload) <= _CHUNK else (header, payload)
        for part in parts:
            sent = self._put(part)
            if sent < len(part):
                self._write(memoryview(part)[sent:], deadline)

    def receive(self, deadline: float | None = None) -> Any:
        if self._alarm is not None and time.monotonic() >= self._alarm[0]:
            self._ring()
        if not self._here:
            chunk = self._take(_CHUNK, 0)  # what comes within an instant, which may be nothing
            head = _LENGTH.size
            if len(chunk) >= head and _LENGTH.unpack_from(chunk)[0] == len(chunk) - head:
                return self._unpack(chunk[head:])  # small frames come whole and alone
            self._here += chunk
        (size,) = _LENGTH.unpack(self._read(_LENGTH.size, deadline))
        if size > MAX_FRAME:
            raise WireError(f"a frame of {size} bytes is over the limit of {MAX_FRAME}")
        return self._unpack(self._read(size, deadline))

    def _write(self, rest: memoryview, deadline: float | None) -> None:
        while rest:
            self._wait(select.POLLOUT, deadline)
            rest = rest[self._put(rest) :]

    def _put(self, part: bytes | memoryview) -> int:
        """Send what fits at once; how many bytes that is."""
        try:
            return self._sock.send(part, _AT_ONCE)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise PeerClosed("the other side closed the channel") from error

    def _take(self, most: int, flags: int) -> bytes:
        try:
            chunk = self._sock.recv(most, flags)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise PeerClosed("the other side closed the channel") from error
        if not chunk:
            raise PeerClosed("the other side closed the channel")
        return chunk

    def _read(self, size: int, deadline: float | None) -> bytearray:
        while len(self._here) < size:
            self._wait(select.POLLIN, deadline)
            # Of what is not asked for yet little is taken.
            wanted = max(_CHUNK, min(size - len(self._here), 1 << 20))
            self._here += self._take(wanted, socket.MSG_DONTWAIT)
        if len(self._here) == size:
            taken, self._here = self._here, bytearray()
            return taken
        taken = self._here[:size]
        del self._here[:size]
        return taken

    def _wait(self, event: int, deadline: float | None) -> None:
        if self._sock.fileno() < 0:
            raise PeerClosed("this side closed the channel")
        poll = self._polls[event]
        if self._alarm is not None:
            if poll.poll(_milliseconds(self._alarm[0])):
                return
            self._ring()
        if not poll.poll(_milliseconds(deadline)):
            raise Timeout("the deadline passed")

    def _ring(self) -> None:
        if self._alarm is not None:
            (_, ring), self._alarm = self._alarm, None
            ring()


def _poll_for(sock: socket.socket, event: int) -> select.poll:
    poll = select.poll()
    poll.register(sock, event)
    return poll


def _milliseconds(until: float | None) -> int | None:
    return None if until is None else math.ceil(max(0.0, until - time.monotonic()) * 1000)


def pack(message: object) -> bytes:
    """MessagePack bytes of plain lists, strings and numbers; WireError when that cannot be or is
    over a limit."""
    try:
        payload = _ENCODER.encode(message)
    except (msgspec.MsgspecError, RecursionError, ValueError, TypeError) as error:
        raise WireError(f"a value that cannot be sent ({type(error).__name__})") from None
    if len(payload) > MAX_FRAME:
        raise WireError(f"{len(payload)} bytes are over the limit of {MAX_FRAME} for one message")
    if len(payload) > MAX_VALUES:  # else it cannot hold so many; maps are for the receiver to see
        _check_values(payload)
    return payload


def unpack(payload: bytes | bytearray) -> Any:
    """The plain message in `payload`; WireError when it is not one."""
    _check_values(payload)
    return _made(payload)


def _made(payload: bytes | bytearray) -> Any:
    try:
        return _DECODER.decode(payload)
    except (msgspec.MsgspecError, RecursionError, ValueError, TypeError) as error:
        raise WireError(f"not a legal message: {type(error).__name__}") from None


def _steps() -> list[int]:
    """How far the next value is, by the first byte of one (format: msgpack.org, "Formats").

    A positive number counts bytes, and -n says that n bytes of length follow the first. 0 stands
    for what is refused: maps, extensions and the byte that is never used.
    """
    steps = [0] * 256
    for codes, step in (
        (range(0x80), 1),  # small positive integers
        (range(0x90, 0xA0), 1),  # short arrays: their entries are values of their own
        (range(0xE0, 0x100), 1),  # small negative integers
        ((0xC0, 0xC2, 0xC3), 1),  # nil, false, true
        ((0xCC, 0xD0), 2),  # integers of 1, 2, 4 and 8 bytes, floats among them
        ((0xCD, 0xD1, 0xDC), 3),  # and the long arrays
        ((0xCA, 0xCE, 0xD2, 0xDD), 5),
        ((0xCB, 0xCF, 0xD3), 9),
        ((0xC4, 0xD9), -1),  # bytes and strings
        ((0xC5, 0xDA), -2),
        ((0xC6, 0xDB), -4),
    ):
        for code in codes:
            steps[code] = step
    for length in range(32):  # short strings
        steps[0xA0 + length] = 1 + length
    return steps


def _check_values(payload: bytes | bytearray) -> None:
    at = count = 0
    size = len(payload)
    while at < size:
        if count == _FEW and size <= MAX_VALUES and size == len(payload.translate(None, _REFUSED)):
            return  # no byte of it could begin what is refused
        step = _STEPS[payload[at]]
        if not step:
            raise WireError("not a legal message: a kind of value that is never sent")
        if step < 0:
            step = 1 - step + int.from_bytes(payload[at + 1 : at + 1 - step])
        at += step
        count += 1
        if count > MAX_VALUES:
            raise WireError(f"more than {MAX_VALUES} values in one message")


_AT_ONCE = socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder()
_STEPS = _steps()
_REFUSED = bytes(code for code, step in enumerate(_STEPS) if not step)
