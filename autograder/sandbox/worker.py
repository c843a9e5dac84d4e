"""The loop inside the jail: runs the student's cells and answers calls.

It knows no test, no reference, no expected value and no score. All that it says is taken by the
other side as plain data that the student may have made up. It imports nothing of ours but `wire`.

Requests are `[number, verb, ...]`, replies `[number, "ok", ...]` or `[number, "error", facts]`,
where the `wire.Facts` say what went wrong. While a call runs, the worker may ask
`[number, "callback", function, args, kwargs]`; it answers requests until the answer comes.
"""

from __future__ import annotations

import builtins
import contextlib
import operator
import os
import random
import sys
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.sandbox import wire

MAX_TEXT = 1000
MAX_FRAMES = 8
MAX_HANDLES = 100_000
_CELL_FILE = "<ipython-input-"
_OPERATORS: dict[str, Callable[..., Any]] = {
    name: getattr(operator, name)
    for name in "add sub mul truediv pow matmul neg getitem call".split()
} | {
    "getattr": getattr,
    "setattr": setattr,
    "len": len,
    "tuple": tuple,
    "method": lambda owner, name, /, *args, **kwargs: getattr(owner, name)(*args, **kwargs),
}

Guard = Callable[[list[str]], contextlib.AbstractContextManager[object]]


class Worker:
    """One submission's Python, behind one channel."""

    def __init__(self, channel: wire.Channel, shell: Any, guard: Guard) -> None:
        self._channel = channel
        self._shell = shell
        self._guard = guard
        self._handles: dict[int, object] = {}
        self._numbers: dict[int, int] = {}
        self._forbids: list[str] = []
        self._request = 0
        self._verbs: dict[str, Callable[..., list[Any]]] = {
            "file": self._file,
            "cells": self._cells,
            "call": self._call,
            "seed": self._seed,
        }

    def serve(self) -> None:
        """Answer until the other side closes the channel."""
        while True:
            try:
                number, verb, *rest = self._channel.receive()
            except wire.PeerClosed:
                return
            self._answer(number, verb, rest)

    def _answer(self, number: int, verb: str, rest: list[Any]) -> None:
        self._request = number
        try:
            reply = _packed_result([number, "ok", *self._verbs[verb](*rest)])
        except BaseException as error:
            reply = wire.pack([number, "error", facts_of(error, "run")])
        self._channel.send_packed(reply)

    def _file(self, name: str, data: bytes) -> list[Any]:
        if folder := os.path.dirname(name):
            os.makedirs(folder, exist_ok=True)
        with open(name, "wb") as file:
            file.write(data)
        return []

    def _cells(self, cells: list[tuple[int, str]]) -> list[Any]:
        """Run cells as IPython would; what fails is told of each, and the next runs after it."""
        ended = (self._shell.run(number, source) for number, source in cells)
        return [[facts_of(error, "cell") if error is not None else None for error in ended]]

    def _seed(self, seed: int) -> list[Any]:
        seed_generators(seed)
        return []

    def _call(
        self,
        target: Any,
        args: Any,
        kwargs: Any,
        unchanged: bool,
        lines: bool,
        test: list[Any] | None,
    ) -> list[Any]:
        """`test` comes with its first call: a seed for the generators, and forbidden names."""
        if test is not None:
            seed, self._forbids = test
            seed_generators(seed)
        values, named = self._decode(args), self._decode(kwargs) if kwargs != wire.NOTHING else {}
        before = self._prints(values, named) if unchanged else {}
        function = self._target(target)
        ran = 0
        with self._guard(self._forbids):
            if lines:
                value, ran = _counting_lines(function, values, named)
            else:
                value = function(*values, **named)
        changed = [
            name for name, data in before.items() if self._print_of(name, values, named) != data
        ]
        try:
            encoded = self._encode(value)
        except BaseException as error:
            raise _Unsendable(error) from error
        return [encoded, changed, ran]

    def _target(self, target: Any) -> Callable[..., Any]:
        kind, name = target
        if kind == "operator":
            return _OPERATORS[name]
        if name not in self._shell.user_ns:
            raise _Missing(f"{name} is not defined in the notebook")
        found = self._shell.user_ns[name]
        if kind == "value":
            return lambda: found
        if not callable(found):
            raise _Missing(f"{name} is a {type(found).__name__}, not a function")
        return found  # type: ignore[no-any-return]

    def _prints(self, values: list[Any], named: dict[str, Any]) -> dict[str, object]:
        keys = [*(str(i) for i in range(len(values))), *named]
        return {key: self._print_of(key, values, named) for key in keys}

    def _print_of(self, key: str, values: list[Any], named: dict[str, Any]) -> object:
        value = named[key] if key in named else values[int(key)]
        if type(value) is np.ndarray:
            return value.shape, value.dtype.str, value.tobytes()
        try:
            return wire.pack(wire.encode(value, lambda item: ["h", id(item)]))
        except Exception:
            return None

    def _encode(self, value: object) -> Any:
        return wire.encode(value, self._export)

    def _decode(self, message: Any) -> Any:
        return wire.decode(message, self._import)

    def _export(self, value: object) -> list[Any]:
        number = self._numbers.get(id(value))
        if number is None:
            if len(self._handles) >= MAX_HANDLES:
                raise MemoryError("too many objects handed out")
            number = len(self._handles) + 1
            self._handles[number] = value
            self._numbers[id(value)] = number
        return ["h", number, type(value).__name__[:80], callable(value)]

    def _import(self, message: list[Any]) -> Any:
        tag, number = message
        if tag == "h":
            return self._handles[number]
        return lambda *args, **kwargs: self._callback(number, args, kwargs)

    def _callback(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        request = self._request
        self._channel.send(
            [request, "callback", number, self._encode(list(args)), self._encode(kwargs)]
        )
        while True:
            inner, verb, *rest = self._channel.receive()
            if verb == "answer":
                return self._decode(rest[0])
            if verb == "refusal":
                raise RuntimeError(rest[0])
            self._answer(inner, verb, rest)
            self._request = request


def seed_generators(seed: int) -> None:
    """Global ones, so that a student's own draws replay with the record's seed."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    if torch := sys.modules.get("torch"):
        # torch.manual_seed looks for accelerators too, which takes longer than most calls.
        torch.default_generator.manual_seed(seed % 2**63)


def _packed_result(reply: list[Any]) -> bytes:
    try:
        return wire.pack(reply)
    except wire.WireError as error:
        raise _Unsendable(error) from error


class _Missing(Exception):
    """There is no function of this name."""


class _Unsendable(Exception):
    """The call went well, but what it gave back could not be sent."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__()
        self.cause = cause


def _counting_lines(
    function: Callable[..., Any], values: list[Any], named: dict[str, Any]
) -> tuple[Any, int]:
    """What the call gives, and how many lines of the notebook's own code it executed."""
    lines = 0

    def entering(frame: types.FrameType, event: str, arg: object) -> Any:
        return within if frame.f_code.co_filename.startswith(_CELL_FILE) else None

    def within(frame: types.FrameType, event: str, arg: object) -> Any:
        nonlocal lines
        lines += event == "line"
        return within

    sys.settrace(entering)
    try:
        value = function(*values, **named)
    finally:
        sys.settrace(None)
    return value, lines


def facts_of(error: BaseException, stage: str) -> wire.Facts:
    """What a student needs to know of an exception, made without trusting it."""
    if type(error) is _Unsendable:
        error, stage = error.cause, "result"
    elif type(error) is _Missing:
        stage = "missing"
    try:
        kind = _NAME(type(error))[:80]
        return wire.Facts(kind, _text_of(error), stage, _bases_of(error), _frames_of(error))
    except BaseException:
        return wire.Facts("an exception", "it cannot be described", stage, [], [])


_NAME = type.__dict__["__name__"].__get__
_MRO = type.__dict__["__mro__"].__get__


def _bases_of(error: BaseException) -> list[str]:
    names = [(_NAME(base), base) for base in _MRO(type(error))]
    return [name for name, base in names if getattr(builtins, name, None) is base]


def _text_of(error: BaseException) -> str:
    try:
        text = builtins.str(error.msg if isinstance(error, SyntaxError) else error)
    except BaseException as second:
        text = f"(its text cannot be shown: {_NAME(type(second))})"
    return str.__getitem__(text, slice(MAX_TEXT)).encode(errors="replace").decode()


def _frames_of(error: BaseException) -> list[tuple[int, int]]:
    """Where in the notebook's cells, outermost first; a line that calls itself is told once."""
    frames: list[tuple[int, int]] = []
    step = error.__traceback__
    while step is not None:
        number = _cell_number(step.tb_frame.f_code.co_filename)
        if number is not None and frames[-1:] != [(number, step.tb_lineno)]:
            frames.append((number, step.tb_lineno))
        step = step.tb_next
    if isinstance(error, SyntaxError) and (number := _cell_number(error.filename)) is not None:
        frames.append((number, error.lineno or 0))
    return frames[-MAX_FRAMES:]


def _cell_number(filename: object) -> int | None:
    if not isinstance(filename, str) or not filename.startswith(_CELL_FILE):
        return None
    digits = filename.removeprefix(_CELL_FILE).split("-")[0]
    return int(digits) if digits.isdigit() else None
