"""Reading and writing notebooks. nbformat appears here alone.

A cell's nbgrader metadata says whose it is: locked and graded cells are the course's, *answers*
(nbgrader's solutions) are the student's; a cell without marks is prose or the student's own.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import stat
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import nbformat
from nbformat import NotebookNode
from nbformat.v4.rwbase import rejoin_lines, split_lines, strip_transient
from nbformat.validator import iter_validate

from autograder.errors import UnreadableNotebook
from autograder.plain_schema import is_plainly_valid
from autograder.text import one_line

__all__ = [
    "Marks",
    "NotebookNode",
    "cell_name",
    "contents",
    "copied",
    "give_ids",
    "grade_id",
    "marks",
    "parse",
    "read",
    "set_outputs",
    "shallow",
    "to_bytes",
]

MAX_BYTES = 50_000_000
MAX_CONTAINERS = 500_000  # lists and objects: 50 MB of "[]," alone would take gigabytes to parse

_CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_SAVE_AGAIN = "open it in a current Jupyter and save it again"


class _Fault(Exception):
    """Why a file is no notebook; `read` adds the place."""

    def __init__(self, what: str, todo: str = "") -> None:
        super().__init__(what)
        self.what, self.todo = what, todo


def read(path: Path) -> NotebookNode:
    """The notebook in `path`, valid as nbformat 4.5 and with a unique id for every cell.

    Raises UnreadableNotebook, one line long, when there is none: see `_contents`, `_parsed` and
    `_notebook` for what can be wrong.
    """
    return parse(contents(path), path)


def contents(path: Path) -> bytes:
    """The bytes of a file that may be a notebook, or UnreadableNotebook."""
    try:
        return _contents(path)
    except _Fault as fault:
        raise _unreadable(fault, path) from None


def parse(raw: bytes, path: Path, *, again: bool = False) -> NotebookNode:
    """The notebook in the bytes `raw` of the file `path`, as `read` gives it.

    `again` says that the same bytes have been read before, and found valid.
    """
    try:
        return _notebook(_parsed(raw), again)
    except RecursionError:
        fault = _Fault("is nested too deeply to be a notebook")
    except _Fault as error:
        fault = error
    raise _unreadable(fault, path)


def _unreadable(fault: _Fault, path: Path) -> UnreadableNotebook:
    return UnreadableNotebook(
        one_line(fault.what, 300), where=one_line(str(path), 300), todo=fault.todo
    )


def _contents(path: Path) -> bytes:
    try:
        mode = os.lstat(path).st_mode
        if stat.S_ISREG(mode):
            # Between the look and the opening a student may have swapped in a link or a pipe.
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(handle, "rb") as file:
                raw = file.read(MAX_BYTES + 1)
            if len(raw) > MAX_BYTES:
                raise _Fault(f"is larger than {MAX_BYTES // 10**6} MB", "clear its outputs")
            return raw
    except FileNotFoundError:
        raise _Fault("is missing") from None
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise _Fault(f"cannot be read: {error.strerror}") from None
        mode = stat.S_IFLNK
    kinds = {stat.S_IFDIR: "a directory", stat.S_IFLNK: "a symbolic link", stat.S_IFIFO: "a pipe"}
    raise _Fault(f"is {kinds.get(stat.S_IFMT(mode), 'a device or socket')}, not a notebook file")


def _parsed(raw: bytes) -> Any:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _Fault(f"is not UTF-8 text (byte {error.start + 1})", _SAVE_AGAIN) from None
    if not text.strip():
        raise _Fault("is empty")
    if text.count("[") + text.count("{") > MAX_CONTAINERS:
        raise _Fault("holds too many lists and objects", "clear its outputs")
    with contextlib.suppress(msgspec.MsgspecError):
        return msgspec.json.decode(text)
    try:  # once more, for what else is taken, and to say what is wrong
        # JSON has no NaN, but Python's own writer puts it into the outputs of plotting libraries.
        data = json.loads(text, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        raise _Fault(
            f"is not JSON: line {error.lineno}, column {error.colno}: {error.msg}"
        ) from None
    except ValueError as error:
        raise _Fault(f"is not JSON: {error}") from None
    return _without_surrogates(data) if "\\ud" in text or "\\uD" in text else data


def _without_surrogates(data: Any) -> Any:
    """Half of a surrogate pair can be escaped in JSON, but never written to a file again."""
    return json.loads(json.dumps(data, ensure_ascii=False).encode("utf-8", "replace"))


def _notebook(data: Any, again: bool) -> NotebookNode:
    major = data.get("nbformat") if isinstance(data, dict) else None
    if not isinstance(major, int) or isinstance(major, bool):
        raise _Fault("is JSON but not a notebook")
    if major < 4:
        raise _Fault(f"is in the old notebook format {major}", _SAVE_AGAIN)
    if major > 4:
        raise _Fault(f"is in notebook format {major}, which is newer than 4", _SAVE_AGAIN)
    if isinstance(data.get("cells"), list):
        give_ids([cell for cell in data["cells"] if isinstance(cell, dict)])
    data["nbformat_minor"] = 5
    if not (again or is_plainly_valid(data)) and (wrong := _schema_error(data)):
        raise _Fault(one_line(f"is no valid notebook at {wrong}", 200), _SAVE_AGAIN)
    notebook: NotebookNode = strip_transient(rejoin_lines(copied(data)))
    return notebook


def _schema_error(data: dict[str, Any]) -> str:
    """Place and reason of the first breach of nbformat's schema, or nothing."""
    try:
        errors = iter_validate(data, version=4, version_minor=5, relax_add_props=True)
        error = next(errors, None)
    except (TypeError, KeyError, AttributeError, ValueError):
        return "some cell: a value is of the wrong kind"  # nbformat's own code stumbled over it
    if error is None:
        return ""
    keys = (f"[{key}]" if isinstance(key, int) else f".{key}" for key in error.relative_path)
    return f"{''.join(keys).lstrip('.') or 'its top'}: {error.message}"


def give_ids(cells: list[dict[str, Any]]) -> None:
    """Every cell keeps an id that is valid and the first of its kind; others get numbers."""
    seen: set[str] = set()
    nameless = []
    for cell in cells:
        name = cell.get("id")
        if isinstance(name, str) and _CELL_ID.fullmatch(name) and name not in seen:
            seen.add(name)
        else:
            nameless.append(cell)
    free = (name for number in count(1) if (name := f"unnamed-{number}") not in seen)
    for cell in nameless:
        cell["id"] = next(free)


def copied(node: Any) -> Any:
    """A deep copy of what JSON holds, with nodes for its objects, faster than `copy.deepcopy`."""
    if isinstance(node, dict):
        made = shallow(node)
        for key, value in node.items():
            if type(value) not in _LEAVES:
                dict.__setitem__(made, key, copied(value))
        return made
    if isinstance(node, list):
        # Most lists are the lines of a text.
        return node.copy() if _LEAVES.issuperset(map(type, node)) else list(map(copied, node))
    return node


_LEAVES = frozenset((str, int, float, bool, type(None)))


def shallow(node: dict[str, Any]) -> NotebookNode:
    """The node once more, whose own entries can be changed."""
    made = NotebookNode.__new__(NotebookNode)
    dict.update(made, node)
    return made


def to_bytes(notebook: NotebookNode) -> bytes:
    """The notebook as Jupyter and nbgrader write it: UTF-8, one final newline."""
    lines = split_lines(strip_transient(_as_deep_as_lines(notebook)))
    try:
        raw = msgspec.json.encode(lines, order="sorted")
    except (msgspec.MsgspecError, OverflowError):  # numbers of more than 64 bits
        text: str = nbformat.writes(notebook, version=4)
        return (text.rstrip("\n") + "\n").encode()
    return msgspec.json.format(raw, indent=1) + b"\n"


def _as_deep_as_lines(notebook: NotebookNode) -> NotebookNode:
    """A copy of all that nbformat changes before it writes; texts and metadata stay shared."""
    made = shallow(notebook)
    made["metadata"] = shallow(notebook["metadata"])
    made["cells"] = [shallow(cell) for cell in notebook["cells"]]
    for cell in made["cells"]:
        cell["metadata"] = shallow(cell["metadata"])
        if cell.get("outputs"):
            cell["outputs"] = copied(cell["outputs"])
        if cell.get("attachments"):
            cell["attachments"] = copied(cell["attachments"])
    return made


@dataclass(frozen=True)
class Marks:
    """What nbgrader's metadata says of a cell."""

    grade_id: str
    grade: bool = False
    solution: bool = False
    locked: bool = False
    points: float | None = None


def grade_id(cell: NotebookNode) -> str | None:
    given = cell["metadata"].get("nbgrader")
    name = given.get("grade_id") if isinstance(given, dict) else None
    return name if isinstance(name, str) and name else None


def marks(cell: NotebookNode) -> Marks | None:
    """The cell's marks, or None for a cell that nbgrader leaves alone."""
    name = grade_id(cell)
    if name is None:
        return None
    given = cell["metadata"]["nbgrader"]
    grade, solution, locked = [given.get(key) is True for key in ("grade", "solution", "locked")]
    points = given.get("points")
    known = grade and isinstance(points, int | float) and abs(points) < 1e9
    found = Marks(name, grade, solution, locked, float(points) if known else None)
    return found if grade or solution or locked else None


def cell_name(cell: NotebookNode, index: int) -> str:
    """How messages call the cell at `index`: its grade_id, else its id, else its place."""
    return one_line(grade_id(cell) or cell.get("id") or f"number {index + 1}", 64)


def set_outputs(cell: NotebookNode, outputs: list[dict[str, Any]]) -> None:
    """Give a code cell exactly these outputs."""
    cell["outputs"] = [nbformat.from_dict(output) for output in outputs]
