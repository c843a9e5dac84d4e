"""Finding the notebook that is meant: the one that was saved last, here or one folder below."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from autograder.check.given import KEY
from autograder.errors import UsageError
from autograder.text import one_line

_DAY = re.compile(r"(?:day)?0*(\d{1,2})")
_GO = "go to the folder that the assignment list fetched it into, or name the notebook"


@dataclass(frozen=True)
class Found:
    path: Path
    day: str
    saved: float


class _Top(msgspec.Struct):
    metadata: dict[str, Any] = {}


def released_in(folder: Path) -> list[Found]:
    """Every notebook of the course in the folder and one level below, the newest first."""
    places = sorted([*folder.glob("*.ipynb"), *folder.glob("*/*.ipynb")])
    found = (_look(path) for path in places if not _is_hidden(path.relative_to(folder)))
    return sorted(filter(None, found), key=lambda one: -one.saved)


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _look(path: Path) -> Found | None:
    try:
        top = msgspec.json.decode(path.read_bytes(), type=_Top)
        day = top.metadata[KEY]["day"]
        return Found(path, str(day), path.stat().st_mtime)
    except (OSError, msgspec.DecodeError, KeyError, TypeError):
        return None


def is_day(text: str, stem: str) -> bool:
    """Whether "14", "day14", "convolution" or "day14_convolution" means the day `stem`."""
    asked = text.strip().lower()
    number = _DAY.fullmatch(asked)
    same = number is not None and stem.startswith(f"day{int(number.group(1)):02}_")
    return same or asked in (stem, stem.partition("_")[2])


def choose(folder: Path, asked: str | None) -> Path:
    """The notebook that `asked` means: a file, a folder, a day, or nothing for the newest.

    Raises UsageError where there is none.
    """
    if asked is not None:
        path = folder / asked
        if path.is_dir():
            return _newest(released_in(path), path)
        if path.exists() or asked.endswith(".ipynb"):
            return _file(path, asked)
        return _newest(of_day(folder, asked), folder)
    return _newest(released_in(folder), folder)


def _file(path: Path, asked: str) -> Path:
    if path.exists():
        return path.resolve() if path.is_symlink() else path
    near = difflib.get_close_matches(
        path.name, [one.name for one in path.parent.glob("*.ipynb")], cutoff=0.8
    )
    todo = f"did you mean {' or '.join(near)}?" if near else _GO
    raise UsageError("there is no such notebook", where=one_line(asked, 200), todo=todo)


def of_day(folder: Path, day: str) -> list[Found]:
    """The notebooks of a day; UsageError with those that are there when there is none."""
    there = released_in(folder)
    found = [one for one in there if is_day(day, one.day)]
    if not found and there:
        days = ", ".join(sorted({one.day for one in there}))
        what = f'there is no notebook of "{one_line(day, 60)}" in this folder or one level below'
        raise UsageError(what, todo=f"there are {days}")
    return found


def _newest(found: list[Found], folder: Path) -> Path:
    if not found:
        what = "there is no notebook of the course in this folder or one level below"
        raise UsageError(what, where=folder, todo=_GO)
    return found[0].path


def in_folder(folder: Path, day: str) -> Iterator[Path]:
    """The day's notebooks in this very folder: one of them is a renamed one."""
    for one in released_in(folder):
        if one.day == day and one.path.parent == folder:
            yield one.path
