"""What is remembered between two checks: exercises that passed, and hints that were shown.

One small JSON file in the learner's data folder, which the quiz uses too.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from autograder.errors import LogError

NAME = "notebooks.json"
DAYS = 30


class DayState(msgspec.Struct, omit_defaults=True):
    """`exercises` is how many the day has; `hints` says how many were shown of each exercise."""

    exercises: int = 0
    passed: list[str] = []
    hints: dict[str, int] = {}


class State(msgspec.Struct, omit_defaults=True):
    format: int = 1
    days: dict[str, DayState] = {}

    def day(self, stem: str) -> DayState:
        return self.days.setdefault(stem, DayState())

    def done(self) -> int:
        """Days whose visible checks all pass."""
        return sum(map(_is_done, self.days.values()))

    def line(self) -> str:
        """A character for each of the thirty days: █ done, ▒ begun, · not begun."""
        marks = ["·"] * DAYS
        for stem, day in self.days.items():
            number = int(stem[3:5]) if stem[3:5].isdecimal() else 0
            if 1 <= number <= DAYS and day.passed:
                marks[number - 1] = "█" if _is_done(day) else "▒"
        return "".join(marks)


def _is_done(day: DayState) -> bool:
    return bool(day.passed) and len(day.passed) >= day.exercises


class StateFile:
    """The file in the folder `data`. `notices` collects what a person should be told."""

    def __init__(self, data: Path) -> None:
        self.path = data / NAME
        self.notices: list[str] = []

    def read(self) -> State:
        """What is remembered; nothing where the file is new or damaged, which is then set aside."""
        try:
            raw = self.path.read_bytes()
        except FileNotFoundError:
            return State()
        except OSError as error:
            raise self._error(error) from None
        try:
            found = msgspec.json.decode(raw, type=State)
        except msgspec.DecodeError:
            return self._set_aside()
        return found

    def _set_aside(self) -> State:
        aside = self.path.with_name(f"{NAME}.damaged")
        try:
            os.replace(self.path, aside)
        except OSError as error:
            raise self._error(error) from None
        self.notices.append(f"{self.path} was damaged: it is {aside.name} now, and a new one begun")
        return State()

    @contextlib.contextmanager
    def changing(self) -> Iterator[State]:
        """Read, change, and write whole; two commands at once take turns. Unchanged, it stays."""
        with self._locked():
            state = self.read()
            before = msgspec.json.encode(state)
            yield state
            after = msgspec.json.encode(state)
            if after != before:
                self._write(after)

    def _write(self, raw: bytes) -> None:
        new = self.path.with_name(f".{NAME}.new")
        try:
            new.write_bytes(msgspec.json.format(raw, indent=1) + b"\n")
            os.replace(new, self.path)
        except OSError as error:
            raise self._error(error) from None

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        import fcntl

        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.path.with_name(f".{NAME}.lock"), os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise self._error(error) from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _error(self, error: OSError) -> LogError:
        todo = "name another folder with --data"
        return LogError(
            f"cannot be used: {error.strerror or error}",
            where=error.filename or self.path,
            todo=todo,
        )
