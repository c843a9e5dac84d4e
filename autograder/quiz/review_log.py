"""The review log: an append-only file of JSON lines, the only state that the quiz has."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from autograder.errors import LogError
from autograder.quiz.events import FORMAT, AnyEvent, decode, encode, order


class _AnyFormat(msgspec.Struct):
    """What a line of any format must say."""

    v: int = 1


def read_lines(data: bytes, path: Path) -> tuple[list[AnyEvent], list[tuple[int, bytes]]]:
    """The events of a log's bytes, and its damaged lines with their numbers.

    LogError when a line is of a newer format than this program knows.
    """
    events, damaged = [], []
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            events.append(decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            _not_newer(line, path, number)
            damaged.append((number, line))
    return events, damaged


def _not_newer(line: bytes, path: Path, number: int) -> None:
    try:
        version = msgspec.json.decode(line, type=_AnyFormat).v
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    if version > FORMAT:
        what = f"is of format {version}, and this dl30 knows formats up to {FORMAT}"
        raise LogError(what, where=f"{path}, line {number}", todo="update dl30")


def union(*logs: Iterable[AnyEvent]) -> list[AnyEvent]:
    """The events of all logs, each once, in the order of replay; the order of logs is no matter."""
    found: dict[str, AnyEvent] = {}
    for event in (event for log in logs for event in log):
        other = found.get(event.id)
        if other is None or encode(event) < encode(other):
            found[event.id] = event
    return sorted(found.values(), key=order)


@dataclass
class ReviewLog:
    """The log at `path`. `notices` collects what a person should be told about repairs."""

    path: Path

    def __post_init__(self) -> None:
        self.notices: list[str] = []

    def prepare(self) -> None:
        """Make sure that events can be kept, before anybody answers; LogError if not."""
        with self._locked(), self._errors():
            self.path.open("ab").close()

    def read(self) -> list[AnyEvent]:
        """All events in the order of replay; a damaged line is set aside, with a backup."""
        data = self._bytes()
        events, damaged = read_lines(data, self.path)
        if damaged or (data and data[-1:] != b"\n"):
            events = self._repaired()
        return union(events)

    def append(self, event: AnyEvent) -> None:
        """Keep an event; when this returns it is on the disk. LogError if it cannot be kept."""
        self.extend([event])

    def extend(self, events: Iterable[AnyEvent]) -> None:
        lines = b"".join(encode(event) + b"\n" for event in events)
        with self._locked(), self._errors(), self.path.open("ab+") as file:
            if file.tell() and self._last_byte(file.fileno()) != b"\n":
                lines = b"\n" + lines
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())

    def merge(self, other: Path) -> tuple[int, int]:
        """Take in the events of another log; how many were new, and how many it has in all.

        LogError when the other log cannot be read or has a damaged line that is not its last.
        """
        with self._errors(other):
            theirs, damaged = read_lines(other.read_bytes(), other)
        if damaged and (len(damaged) > 1 or not theirs or damaged[0][0] <= len(theirs)):
            todo = "is it a review log? nothing was taken in"
            raise LogError("is damaged", where=f"{other}, line {damaged[0][0]}", todo=todo)
        if damaged:
            self.notices.append(f"{other}: its last line is cut off and was left out")
        known = {event.id for event in self.read()}
        new = [event for event in union(theirs) if event.id not in known]
        if new:
            self.extend(new)
        return len(new), len(union(theirs))

    def _bytes(self) -> bytes:
        with self._errors():
            try:
                return self.path.read_bytes()
            except FileNotFoundError:
                return b""

    def _last_byte(self, descriptor: int) -> bytes:
        return os.pread(descriptor, 1, os.fstat(descriptor).st_size - 1)

    def _repaired(self) -> list[AnyEvent]:
        """Read again with nobody writing; what is damaged still goes into a backup."""
        try:
            with self._locked():
                return self._repair()
        except LogError as error:
            events, damaged = read_lines(self._bytes(), self.path)
            if damaged:
                self.notices.append(
                    f"{len(damaged)} damaged lines were left out and could not be repaired: {error}"
                )
            return events

    def _repair(self) -> list[AnyEvent]:
        data = self._bytes()
        events, damaged = read_lines(data, self.path)
        whole = not data or data[-1:] == b"\n"
        if damaged:
            backup = self._backup()
            bad = {number for number, _ in damaged}
            lines = data.split(b"\n")
            kept = [line for number, line in enumerate(lines, 1) if number not in bad and line]
            self._replace(b"".join(line + b"\n" for line in kept))
            what = "the last line was cut off" if bad == {len(lines)} else _listed(bad)
            self.notices.append(
                f"{self.path}: {what}; {len(kept)} lines are whole and kept, "
                f"the file as it was is {backup.name}"
            )
        elif not whole:
            with self._errors(), self.path.open("ab") as file:
                file.write(b"\n")
        return events

    def _backup(self) -> Path:
        import shutil

        number = 1
        while (path := self.path.with_name(f"{self.path.name}.damaged-{number}")).exists():
            number += 1
        with self._errors(path):
            shutil.copy2(self.path, path)
        return path

    def _replace(self, data: bytes) -> None:
        new = self.path.with_name(f".{self.path.name}.new")
        with self._errors():
            with new.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(new, self.path)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Nobody else writes inside: the lock is a file beside the log, held by flock(2)."""
        with self._errors(self.path.parent):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.path.with_name(f".{self.path.name}.lock"), os.O_RDWR | os.O_CREAT)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    @contextmanager
    def _errors(self, path: Path | None = None) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            where = error.filename or path or self.path
            todo = "name another folder with --data; nothing that was kept is changed"
            reason = error.strerror or str(error)
            raise LogError(f"cannot be used: {reason}", where=where, todo=todo) from None


def _listed(numbers: set[int]) -> str:
    shown = ", ".join(map(str, sorted(numbers)[:5])) + (" …" if len(numbers) > 5 else "")
    return f"damaged line{'s' if len(numbers) > 1 else ''} {shown}"
