"""One submission's result: what is kept, shown, and written to every other place.

A record is a JSON file, `records/DAY/STUDENT.json`, written in one step when its submission is
done.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

from autograder.errors import Dl30Error

MAX_HASHED = 2**30
Verdict = Literal["PASS", "FAIL", "BROKEN"]
Status = Literal["graded", "broken", "unreadable"]


class Outcome(msgspec.Struct, frozen=True):
    """One hidden test on one submission. `message` is for the student, `seconds` wall clock."""

    name: str
    sentence: str
    verdict: Verdict
    message: str
    seconds: float
    weight: float = 1.0


class ExerciseResult(msgspec.Struct, frozen=True):
    points: float
    max_points: float
    tests: list[Outcome]


class Fingerprint(msgspec.Struct, frozen=True):
    """SHA-256 of what a result depends on; a record is current while all of it is unchanged."""

    notebook: str
    tests: str
    reference: str
    release: str
    engine: str


class Record(msgspec.Struct, frozen=True):
    """`protections` are those that were tried and held in the grading process; without a jail none.

    `score` is None unless every hidden test reached a verdict; `max_score` is of the exercises
    that hidden tests judge, without the questions that a person marks."""

    student: str
    day: str
    status: Status
    score: float | None
    max_score: float
    exercises: dict[str, ExerciseResult]
    jailed: bool
    seed: int
    fingerprint: Fingerprint
    seconds: float = 0.0
    problem: str = ""
    notes: list[str] = []
    broken: dict[str, str] = {}
    protections: list[str] = []

    @property
    def id(self) -> str:
        """A name for exactly this content."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:16]


def brief(record: Record) -> Record:
    """The record without its tests: enough for a line in a table. What is alike in a class is held
    once, and not to be changed: a record takes 1 KB so, of the 15 KB of its file."""
    exercises = {
        sys.intern(name): _without_tests(result.points, result.max_points)
        for name, result in record.exercises.items()
    }
    of_the_day = {
        name: sys.intern(value)
        for name, value in msgspec.structs.asdict(record.fingerprint).items()
        if name != "notebook"
    }
    return msgspec.structs.replace(
        record,
        day=sys.intern(record.day),
        exercises=exercises,
        fingerprint=msgspec.structs.replace(record.fingerprint, **of_the_day),
        protections=_held_once(tuple(record.protections)),
    )


@lru_cache(maxsize=4096)
def _without_tests(points: float, max_points: float) -> ExerciseResult:
    return ExerciseResult(points, max_points, [])


@lru_cache(maxsize=64)
def _held_once(names: tuple[str, ...]) -> list[str]:
    return list(names)


def points_for(tests: Iterable[Outcome], max_points: float) -> float:
    """max_points × weight passed ÷ weight of all, to two decimals; no test, no points."""
    results = list(tests)
    whole = sum(test.weight for test in results)
    passed = sum(test.weight for test in results if test.verdict == "PASS")
    return round(max_points * passed / whole, 2) if whole else 0.0


def digest(*paths: Path) -> str:
    """SHA-256 of the files' names and bytes, in the order given.

    Of a missing file its absence; of what is no file, or over MAX_HASHED bytes, what kind of thing
    it is. Nothing but a file is ever opened: a pipe in a student's folder would block for ever.
    """
    sha = hashlib.sha256()
    for path in paths:
        sha.update(os.fsencode(path.name) + b"\0")
        try:
            sha.update(_content(path))
        except OSError as error:
            sha.update(f"errno {error.errno}".encode())
    return sha.hexdigest()


def digest_of(name: str, content: bytes) -> str:
    """What `digest` says of one file of this name and content."""
    inner = hashlib.sha256(content).digest()
    return hashlib.sha256(os.fsencode(name) + b"\0" + inner).hexdigest()


def _content(path: Path) -> bytes:
    found = os.stat(path)
    if not stat.S_ISREG(found.st_mode) or found.st_size > MAX_HASHED:
        link = os.readlink(path) if path.is_symlink() else ""
        return f"{stat.S_IFMT(found.st_mode)} {found.st_size} {link}".encode()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def engine_digest() -> str:
    """Of the code that runs and judges submissions."""
    package = Path(__file__).parents[1]
    folders = (package, package / "sandbox", package / "grading")
    return digest(*(file for folder in folders for file in sorted(folder.glob("*.py"))))


def write(folder: Path, *made: Record) -> None:
    """Store the records, of each all or nothing."""
    for record in made:
        write_atomically(folder / f"{record.student}.json", _pretty(record))


def write_atomically(path: Path, data: bytes, *, replace: bool = True, sync: bool = True) -> None:
    """Write all of `data` or nothing. With `replace=False` a file that is there already stays.

    `sync=False` is for what can be made again: after a failure of power it may be gone.

    Raises Dl30Error that names `path` when the disk is full or does not let us write.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_beside(path, data, os.replace if replace else _link, sync)
    except OSError as error:
        todo = "make room or give rights, and run the same command again"
        raise Dl30Error(f"cannot be written: {error.strerror}", where=path, todo=todo) from None


def _write_beside(path: Path, data: bytes, put: Callable[[str, Path], None], sync: bool) -> None:
    """A file is for its owner alone, or for all of the group that may write to its folder."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            if path.parent.stat().st_mode & stat.S_IWGRP:
                os.fchmod(handle, 0o660)
            file.write(data)
            file.flush()
            if sync:
                os.fsync(file.fileno())
        put(temporary, path)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(temporary)


def _link(temporary: str, path: Path) -> None:
    with contextlib.suppress(FileExistsError):
        os.link(temporary, path)


def _pretty(record: Record) -> bytes:
    return msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n"


def each(folder: Path, students: Iterable[str]) -> Iterator[Record]:
    """The students' records, one after another; who has none that can be read is left out."""
    return filter(None, (read(folder, student) for student in students))


def read(folder: Path, student: str) -> Record | None:
    """The student's record, or None where there is none that can be read."""
    with contextlib.suppress(OSError, msgspec.MsgspecError):
        data = (folder / f"{student}.json").read_bytes()
        return msgspec.json.decode(data, type=Record)
    return None
