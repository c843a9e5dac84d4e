"""Looking at what is released: has it drifted from its source, and does it give a secret away?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from autograder.course import Course, Day
from autograder.errors import Dl30Error, UnreadableNotebook
from autograder.notebook import NotebookNode, cell_name, marks, read
from autograder.release import OUR_IMPORT, build_files, files_of, instructor_notebook
from autograder.text import one_line

_JUNK = re.compile(
    r"(?:^|/)(?:__pycache__|\.ipynb_checkpoints|\.DS_Store|\.git\w*)(?:/|$)|\.pyc$|~$|\.sw[op]$|\.bak$"
)
_REGION = re.compile(r"(BEGIN|END) (?:SOLUTION|HIDDEN TESTS|MARK SCHEME)")
_MIN_SECRET = 12
_MIN_COPY = 3
# What anyone writes, in whatever exercise. Matched against whole lines.
_GENERIC = re.compile(
    r"""(?:from\s.*\s)?import\s.*
    | return(?:\s[\w.]+,?)*
    | for\s[\w, ]+\sin\s(?:\w+\()?[\w., ]+\)?:
    | (?:if|elif|while)\s(?:not\s)?[\w.]+:
    | [\w, ]+\s=\s[\w.]+\.(?:shape|size|ndim|dtype)
    | def\s__\w+__\(self(?:,\s\w+)?\):
    | super\(\)\.__init__\(\)
    | raise\sNotImplementedError(?:\(\))?
    | \W*""",
    re.VERBOSE,
)


def check(course: Course, day: Day) -> list[str]:
    """Problems of the committed release, a sentence each with file and cell; none when it is fine.

    Drift from the source, stray and left-over files, region markers, imports of ours, and leaks. A
    *secret* is a line of a solution region in solutions/, of a hidden test, or of a model answer,
    that is 12 or more characters long (without indentation, quotes and comment marks) and not such
    as anyone would write (`_GENERIC`). A secret in a released file is a leak unless the same line
    is given text: a part of the source notebook that students are meant to see, docstrings and
    signatures included. All secrets of one solution, three or more, in one cell are always a leak.
    """
    shown = day.release_dir.relative_to(course.root)
    if not day.release_dir.is_dir():
        return [f"{shown}: is missing (run `dl30 release {day.stem}`)"]
    try:
        fresh, full = build_files(course, day), instructor_notebook(course, day)
    except Dl30Error as error:
        return [str(error)]
    return [*_drift(day, fresh), *_leaks(course, day, full)]


def _drift(day: Day, fresh: dict[str, bytes]) -> Iterator[str]:
    shown, released = day.release_dir.relative_to(day.root), files_of(day.release_dir)
    for name in sorted(fresh.keys() | released.keys()):
        if name not in fresh:
            yield f"{shown}/{name}: stray file, its source folder has none"
        elif name not in released:
            yield f"{shown}/{name}: is missing (run `dl30 release {day.stem}`)"
        elif released[name] != fresh[name]:
            what = _difference(released[name], fresh[name]) if name.endswith(".ipynb") else "it"
            yield f"{shown}/{name}: {what} differs from the source (run `dl30 release {day.stem}`)"
        if _JUNK.search(name):
            yield f"{shown}/{name}: left over from a tool"
    for link in filter(Path.is_symlink, day.release_dir.rglob("*")):
        yield f"{link.relative_to(day.root)}: is a symbolic link"


def _difference(old: bytes, new: bytes) -> str:
    try:
        pairs = enumerate(zip_longest(*(json.loads(raw)["cells"] for raw in (old, new))))
        for index, (committed, made) in pairs:
            if committed != made:
                return f'cell "{cell_name(committed or made, index)}"'
    except (ValueError, KeyError, TypeError, AttributeError):
        return "it is no notebook and"
    return "something outside its cells"


def _leaks(course: Course, day: Day, full: NotebookNode) -> Iterator[str]:
    given, secrets = _given_and_secrets(course, day, full)
    copies = list(_solutions(day.solution))
    for where, text in _texts(day):
        if found := _REGION.search(text):
            yield f"{where}: holds the marker {found.group()}"
        if found := OUR_IMPORT.search(text):
            yield f"{where}: says `{found.group().strip()}`"
        lines = set(map(_bare, text.split("\n")))
        # One line of each file is enough to find the place.
        found_in = {
            secrets[line].partition(":")[0]: line for line in lines & secrets.keys() - given
        }
        for line in found_in.values():
            yield f"{where}: holds a line of {secrets[line]}: {one_line(line, 60)}"
        for origin, solution in copies:
            if solution <= lines:
                yield f"{where}: holds the whole solution that ends at {origin}"


def _given_and_secrets(
    course: Course, day: Day, full: NotebookNode
) -> tuple[set[str], dict[str, str]]:
    """Lines that students are meant to see, and lines that they are not, with their places."""
    given: set[str] = set()
    secrets: dict[str, str] = {}
    for index, cell in enumerate(full.cells):
        mark, where = marks(cell), f'{day.source_notebook.name}:"{cell_name(cell, index)}"'
        hide_all = bool(mark and mark.solution and not _REGION.search(cell.source))
        for _, line, hidden in _regions(cell.source):
            if not (hidden or hide_all):
                given.add(line)
            elif _is_secret(line):
                secrets[line] = where
    files = [(path, False) for path in sorted((course.root / "solutions").glob("*.py"))]
    files += [(path, True) for path in sorted(day.hidden_tests.parent.rglob("*.py"))]
    for path, all_hidden in files:
        for number, line, hidden in _regions(path.read_text(encoding="utf-8")):
            if (hidden or all_hidden) and _is_secret(line):
                secrets[line] = f"{path.relative_to(course.root)}:{number}"
    return given, secrets


def _solutions(path: Path) -> Iterator[tuple[str, set[str]]]:
    """The secrets of each region of a solutions file that has enough of them to be known again."""
    region: set[str] = set()
    for number, line, hidden in _regions(path.read_text(encoding="utf-8") + "\n"):
        if hidden and _is_secret(line):
            region.add(line)
        elif not hidden:
            if len(region) >= _MIN_COPY:
                yield f"solutions/{path.name}:{number - 1}", region
            region = set()


def _regions(text: str) -> Iterator[tuple[int, str, bool]]:
    """Number, bare text, and whether it is hidden, of each line but the markers."""
    hidden = False
    for number, line in enumerate(text.split("\n"), start=1):
        if found := _REGION.search(line):
            hidden = found.group(1) == "BEGIN"
        else:
            yield number, _bare(line), hidden


def _bare(line: str) -> str:
    """The line without indentation, quotes, comment and list marks: how leaks are compared."""
    return " ".join(line.strip("#>*-`\"' \t\r,").split())


def _is_secret(line: str) -> bool:
    return len(line) >= _MIN_SECRET and not _GENERIC.fullmatch(line)


def _texts(day: Day) -> Iterator[tuple[str, str]]:
    """Every text that a student gets, with its place."""
    shown = day.release_dir.relative_to(day.root)
    for name, raw in files_of(day.release_dir).items():
        try:
            notebook = read(day.release_dir / name) if name.endswith(".ipynb") else None
        except UnreadableNotebook:
            notebook = None
        if notebook is not None:
            for index, cell in enumerate(notebook.cells):
                yield f'{shown}/{name}, cell "{cell_name(cell, index)}"', "\n".join(_strings(cell))
            yield f"{shown}/{name}, metadata", "\n".join(_strings(notebook.metadata))
        elif b"\0" not in raw:
            yield f"{shown}/{name}", raw.decode("utf-8", "replace")


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from (key, *_strings(item))
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
