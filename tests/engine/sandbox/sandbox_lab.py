"""Helpers for tests of the sandbox."""

from __future__ import annotations

import contextlib
import ctypes
import os
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.sandbox.jail import Limits
from autograder.sandbox.launcher import WarmProcess
from autograder.sandbox.student import Cell, Student
from autograder.testing import StudentFailure

SECRET = "dl30-secret-of-the-grader"
SHORT = Limits(cell_seconds=1.0, notebook_seconds=4.0, call_seconds=1.0)
_ADD_KEY, _KEYCTL, _REVOKE, _SESSION = 248, 250, 3, -3
_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None, use_errno=True)


def make_student(process: WarmProcess, *sources: str, **options: Any) -> Student:
    cells = [Cell(i, textwrap.dedent(source).strip()) for i, source in enumerate(sources, 1)]
    return Student(process, cells, **options)


def failure_of(function: Callable[..., object], *args: object, **kwargs: object) -> str:
    """What the student is told; anything but a StudentFailure is an error of the test."""
    with pytest.raises(StudentFailure) as caught:
        function(*args, **kwargs)
    return str(caught.value)


def add_session_key(secret: str) -> int:
    """The new key's number; -1 where the kernel has no keys or this is no x86-64."""
    if os.uname().machine != "x86_64":
        return -1
    return int(
        _libc.syscall(_ADD_KEY, b"user", b"dl30:test", secret.encode(), len(secret), _SESSION)
    )


def revoke_key(key: int) -> None:
    if key > 0:
        _libc.syscall(_KEYCTL, _REVOKE, key)


def descendants(pid: int) -> list[int]:
    """Living processes below `pid`, in whatever namespace; zombies do not count."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[:2]
        except OSError:
            continue
        if state not in "ZX":
            parents[int(folder.name)] = int(parent)
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return sorted(found - {pid})


@contextlib.contextmanager
def seeing_orphans() -> Iterator[None]:
    """What outlives its parent becomes a child of this process meanwhile, and is seen so."""
    _libc.prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        _libc.prctl(_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def eventually(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Whether `condition` comes true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True
