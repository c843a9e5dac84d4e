"""Reading notebooks of any kind, and repairing what students break."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import keeping, parsing, runnable
from autograder import repair as repairing
from autograder.errors import UnreadableNotebook
from autograder.notebook import Marks, NotebookNode, _schema_error, marks, read, to_bytes
from autograder.plain_schema import is_plainly_valid
from autograder.repair import Repaired, repair
from autograder.runnable import definitions, runnable_cells

DAYS = Path(__file__).resolve().parents[2] / "release"
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(100)).decode()
STUB = "def f(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"


def cell(name: str, source: str, kind: str = "code", *tags: str, **given: Any) -> dict[str, Any]:
    """A cell with id and grade_id `name`; without `given` marks it has no grade_id."""
    metadata: dict[str, Any] = {"tags": list(tags)} if tags else {}
    if given:
        flags = {"grade": False, "solution": False, "locked": False, "schema_version": 3}
        metadata["nbgrader"] = {**flags, "grade_id": name, **given}
    made = {"cell_type": kind, "id": f"{name}-id", "metadata": metadata, "source": source}
    return made | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def book(*cells: dict[str, Any], **extra: Any) -> dict[str, Any]:
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": [*cells], **extra}


def write(path: Path, data: Any) -> Path:
    path.write_text(json.dumps(data))
    return path


def load(data: dict[str, Any], folder: Path) -> NotebookNode:
    return read(write(folder / "made.ipynb", data))


# Reading.


def read_text(folder: Path, text: str | bytes) -> NotebookNode:
    path = folder / "some.ipynb"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read(path)


GOOD = json.dumps(book(cell("a", "1")))
NO_SOURCE = book({key: value for key, value in cell("a", "1").items() if key != "source"})
CELL_OF_NO_TYPE = book(cell("a", "1") | {"cell_type": "graph"})
OUTPUT_OF_NO_TYPE = book(cell("a", "1") | {"outputs": [{"output_type": "hologram"}]})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"\xff\xfe{\x00}\x00", "is not UTF-8 text (byte 1)"),
        (GOOD.encode("utf-16"), "is not UTF-8 text (byte 1)"),
        (b'{"cells": "\xe9"}', "is not UTF-8 text (byte 12)"),
        ("hello", "is not JSON: line 1, column 1: Expecting value"),
        (GOOD[:-20], "is not JSON: line 1, column "),
        ('{\n "cells": [,]}', "is not JSON: line 2, column 12: Expecting value"),
        ("1" * 5000, "is not JSON: Exceeds the limit"),
        ("[" * 100_000, "is nested too deeply to be a notebook"),
        (GOOD.replace('"source": "1"', '"source": ' + "[" * 500_001), "too many lists"),
        ("[1]", "is JSON but not a notebook"),
        ("{}", "is JSON but not a notebook"),
        ('{"nbformat": "4", "cells": []}', "is JSON but not a notebook"),
        ('{"nbformat": true, "cells": []}', "is JSON but not a notebook"),
        ('{"nbformat": 3, "worksheets": []}', "is in the old notebook format 3"),
        ('{"nbformat": 5, "cells": []}', "is in notebook format 5, which is newer than 4"),
        ('{"nbformat": 4, "metadata": {}}', "is no valid notebook at its top: 'cells' is a requ"),
        (json.dumps(book(cells={})), "is no valid notebook at cells: {} is not of type 'array'"),
        (json.dumps(book(cells=[1])), "is no valid notebook at cells[0]: 1 is not"),
        (json.dumps(NO_SOURCE), "is no valid notebook at cells[0]: 'source' is a required"),
        (json.dumps(book(cell("a", "1") | {"cell_type": None})), "a value is of the wrong kind"),
        (json.dumps(CELL_OF_NO_TYPE), "is no valid notebook at cells[0]"),
        (json.dumps(OUTPUT_OF_NO_TYPE), "is no valid notebook at cells[0].outputs[0]"),
    ],
    ids=lambda value: None if isinstance(value, bytes) or len(value) > 60 else value,
)
def test_what_is_no_notebook_is_said_in_one_line(
    tmp_path: Path, text: str | bytes, message: str
) -> None:
    with pytest.raises(UnreadableNotebook) as found:
        read_text(tmp_path, text)
    assert message in found.value.what
    assert found.value.where == str(tmp_path / "some.ipynb")
    assert str(found.value).isprintable()
    assert len(str(found.value)) < 600


def test_old_format_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UnreadableNotebook, match="open it in a current Jupyter and save it again"):
        read_text(tmp_path, '{"nbformat": 3, "worksheets": []}')


@pytest.mark.parametrize(
    ("put", "message"),
    [
        (lambda path: None, "is missing"),
        (Path.mkdir, "is a directory, not a notebook file"),
        (lambda path: path.symlink_to("/etc/passwd"), "is a symbolic link, not a notebook file"),
        (lambda path: path.symlink_to(path), "is a symbolic link, not a notebook file"),
        (os.mkfifo, "is a pipe, not a notebook file"),
    ],
    ids=["nothing", "directory", "link", "loop", "pipe"],
)
def test_what_is_no_file_is_never_opened(
    tmp_path: Path, put: Callable[[Path], object], message: str
) -> None:
    put(tmp_path / "a.ipynb")
    with pytest.raises(UnreadableNotebook) as found:
        read(tmp_path / "a.ipynb")
    assert found.value.what == message


def test_a_device_is_never_opened() -> None:
    with pytest.raises(UnreadableNotebook, match="is a device or socket, not a notebook file"):
        read(Path("/dev/zero"))


def test_a_link_put_in_between_look_and_opening_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = write(tmp_path / "real.ipynb", book())
    (tmp_path / "a.ipynb").symlink_to(real)
    monkeypatch.setattr(os, "lstat", os.stat)
    with pytest.raises(UnreadableNotebook, match="is a symbolic link"):
        read(tmp_path / "a.ipynb")


def test_a_large_file_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "a.ipynb").open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(UnreadableNotebook, match="is larger than 50 MB"):
        read(tmp_path / "a.ipynb")


def test_control_characters_of_a_name_are_not_shown(tmp_path: Path) -> None:
    with pytest.raises(UnreadableNotebook) as found:
        read(tmp_path / "a\x1b]0;x\x07\n\u202eb.ipynb")
    assert str(found.value).isprintable()


@pytest.mark.parametrize("minor", [0, 4, 5, 9])
def test_minor_versions_byte_order_marks_and_nan_are_read(tmp_path: Path, minor: int) -> None:
    data = book(cell("a", "1"), metadata={"plot": float("nan")}, nbformat_minor=minor)
    made = read_text(tmp_path, "\ufeff" + json.dumps(data))
    assert (made.nbformat_minor, made.cells[0].source, made.metadata.plot) == (5, "1", None)


def test_every_cell_gets_a_unique_valid_id(tmp_path: Path) -> None:
    cells = [cell("a", "1") | {"id": name} for name in ("x", "x", "é b", "", "unnamed-2")]
    cells.append({key: value for key, value in cell("a", "1").items() if key != "id"})
    names = [made.id for made in load(book(*cells), tmp_path).cells]
    assert names == ["x", "unnamed-1", "unnamed-3", "unnamed-4", "unnamed-2", "unnamed-5"]


def test_half_a_surrogate_pair_can_be_written_again(tmp_path: Path) -> None:
    text = GOOD.replace('"source": "1"', '"source": "a\\ud800b \\ud83d\\ude00"')
    made = read_text(tmp_path, text)
    assert made.cells[0].source == "a?b 😀"
    assert "a?b 😀".encode() in to_bytes(made)


def test_what_is_written_reads_the_same(tmp_path: Path) -> None:
    made = load(book(cell("a", "x = 1\ny"), cell("b", "text", "markdown")), tmp_path)
    path = tmp_path / "again.ipynb"
    path.write_bytes(to_bytes(made))
    assert read(path) == made
    assert to_bytes(made).endswith(b"}\n")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "source", "cell_type", "nbgrader", "data", "text/plain", "text"]
            ),
            inner,
            max_size=3,
        )
    ),
)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_whatever_is_put_anywhere_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("any")
    made = json.loads(json.dumps(book(*RELEASED[:3], F_CHECK | {"outputs": [RESULT, ERROR]}, WHY)))
    spots = [(item, key) for item in containers(made) for key in keys(item)]
    for item, key in data.draw(st.lists(st.sampled_from(spots), min_size=1, max_size=3)):
        item[key] = data.draw(JSON)
    with contextlib.suppress(UnreadableNotebook):
        assert_sound(repair(load(made, folder), load(book(*RELEASED), folder)), folder)


# Keys and values of cells, outputs and metadata about which nbformat's schema has something to say.
TELLING = (
    "tags name format jupyter execution collapsed scrolled attachments outputs traceback ename "
    "evalue output_type execution_count metadata kernelspec language_info orig_nbformat title "
    "authors nbformat nbformat_minor cells id source data text text/plain application/x+json"
).split()
NAMED = {"name": "x", "display_name": "y"}
VALUES: list[Any] = [None, True, "auto", "", ",", "a,b", "stdout", "raw", -1, 0, 3, 4, 4.0, 1.5]
VALUES += [[], ["a"], ["a", "a"], ["a", "b"], [""], ["a,"], [1], {}, {"name": "x"}, NAMED]
VALUES += [{"a.png": {"b": ["c"]}}, {"a": 1}, {"source_hidden": True}, {"shell": "t"}]


def test_what_the_quick_look_lets_pass_is_valid() -> None:
    """Any one of these values at any place of a notebook with every kind of cell and output."""
    shown = {"output_type": "display_data", "metadata": {}, "data": {"text/plain": "a"}}
    stream = {"output_type": "stream", "name": "stdout", "text": ["a", "b"]}
    code = cell("a", "1", "code", "setup") | {"outputs": [RESULT, ERROR, shown, stream]}
    made = json.loads(json.dumps(book(code, cell("b", "", "markdown"), cell("c", "", "raw"))))
    assert is_plainly_valid(made)
    passed = 0
    for spot in [item for item in containers(made) if isinstance(item, dict)]:
        before = dict(spot)
        for key, value in itertools.product(TELLING, VALUES):
            spot[key] = value
            if is_plainly_valid(made):
                assert _schema_error(made) == "", (spot, key, value)
                passed += 1
            spot.clear()
            spot.update(before)
    assert passed > 1000


@pytest.mark.parametrize("day", sorted(DAYS.glob("day*/day*.ipynb")), ids=lambda path: path.stem)
def test_the_days_pass_the_quick_look_and_read_as_nbformat_reads_them(day: Path) -> None:
    assert is_plainly_valid(json.loads(day.read_bytes()))
    made, theirs = read(day), nbformat.read(day, as_version=4)
    assert made == theirs
    assert kinds(made) == kinds(theirs)


def test_texts_in_lines_read_as_nbformat_reads_them(tmp_path: Path) -> None:
    picture = {"image/png": PNG, "text/plain": ["a\n", "b"], "application/json": ["x"]}
    shown = {"output_type": "display_data", "metadata": {}, "data": picture}
    stream = {"output_type": "stream", "name": "stdout", "text": ["a\n", "b"]}
    code = cell("a", "1") | {"source": ["x\n", "y"], "outputs": [shown, stream]}
    prose = cell("b", "", "markdown") | {"attachments": {"p": {"text/plain": ["a", "b"]}}}
    path = write(tmp_path / "lines.ipynb", book(code, prose))
    made, theirs = read(path), nbformat.read(path, as_version=4)
    assert made == theirs
    assert kinds(made) == kinds(theirs)
    written = json.loads(to_bytes(made))
    assert written == json.loads(nbformat.writes(theirs))
    assert made == theirs, "writing changes nothing"


def kinds(value: Any) -> Any:
    """Which class each part is of."""
    if isinstance(value, dict):
        return type(value), {key: kinds(part) for key, part in value.items()}
    return (type(value), [kinds(part) for part in value]) if isinstance(value, list) else None


def containers(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        yield value
        for key in keys(value):
            yield from containers(value[key])


def keys(value: Any) -> list[Any]:
    return list(value) if isinstance(value, dict) else list(range(len(value)))


# Marks.


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({}, None),
        ({"nbgrader": None}, None),
        ({"nbgrader": [1]}, None),
        ({"nbgrader": {"grade": True}}, None),
        ({"nbgrader": {"grade": True, "grade_id": 3}}, None),
        ({"nbgrader": {"grade": True, "grade_id": ""}}, None),
        ({"nbgrader": {"grade": "yes", "grade_id": "a"}}, None),
        ({"nbgrader": {"grade": True, "grade_id": "a"}}, Marks("a", True)),
        ({"nbgrader": {"grade": True, "grade_id": "a", "points": 2}}, Marks("a", True, points=2)),
        ({"nbgrader": {"grade": True, "grade_id": "a", "points": 10**400}}, Marks("a", True)),
        ({"nbgrader": {"locked": True, "grade_id": "a", "points": 2}}, Marks("a", locked=True)),
    ],
)
def test_marks(tmp_path: Path, metadata: dict[str, Any], expected: Marks | None) -> None:
    made = load(book(cell("a", "1") | {"metadata": metadata}), tmp_path)
    assert marks(made.cells[0]) == expected


# Repairing. A released notebook of two exercises, a figure, a written question and prose.

HELLO = cell("hello", "# Day", "markdown")
SETUP = cell("imports", "import numpy as np", "code", "setup", locked=True)
F = cell("f_solution", STUB, solution=True)
F_CHECK = cell("f", "assert f(1) == 2", grade=True, locked=True, points=8)
FIGURE = cell("show", "plot(f)", locked=True)
G = cell("g_solution", STUB.replace("f(x)", "g(x)"), solution=True)
G_CHECK = cell("g", "assert g(1) == 2", grade=True, locked=True, points=4)
TRY = cell("try", "f(3)")
WHY = cell("why", "YOUR ANSWER HERE", "markdown", grade=True, solution=True, points=2)
RELEASED = [HELLO, SETUP, F, F_CHECK, FIGURE, G, G_CHECK, TRY, WHY]
NAMES = ["hello", "imports", "f_solution", "f", "show", "g_solution", "g", "try", "why"]

F_DONE = F | {"source": "def f(x): return x + 1"}
G_DONE = G | {"source": "def g(x): return x + 1"}
WHY_DONE = WHY | {"source": "Because."}
HELPER = cell("helper", "def helper(): pass")


def other(made: dict[str, Any], source: str, name: str = "pasted") -> dict[str, Any]:
    """A copy of the cell as Jupyter makes one: marks kept, id new."""
    return made | {"source": source, "id": name}


def unmarked(made: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return made | {"metadata": {}} | changes


def marked(made: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return made | {"metadata": {"nbgrader": made["metadata"]["nbgrader"] | changes}}


def repaired(folder: Path, cells: list[dict[str, Any]]) -> Repaired:
    return repair(load(book(*cells), folder), load(book(*RELEASED), folder), day="day00_mini")


def without(*gone: dict[str, Any]) -> list[dict[str, Any]]:
    return [made for made in RELEASED if made not in gone]


def swapped(old: dict[str, Any], *new: dict[str, Any]) -> list[dict[str, Any]]:
    return [made for kept in RELEASED for made in (new if kept is old else (kept,))]


def sources(made: Repaired) -> list[str]:
    return [kept.source for kept in made.notebook.cells]


TEXTS = [made["source"] for made in RELEASED]
TOP, BODY = "def f(x):\n    pass", "def f2(x):\n    pass"


@pytest.mark.parametrize(
    ("cells", "expected", "note"),
    [
        (RELEASED, TEXTS, ""),
        (swapped(F, F_DONE), [*TEXTS[:2], F_DONE["source"], *TEXTS[3:]], ""),
        (swapped(WHY, WHY_DONE), [*TEXTS[:8], "Because."], ""),
        (RELEASED[::-1], TEXTS, "cells stood in another order: they were put back"),
        (without(F), TEXTS, 'cell "f_solution" was missing: it was put back'),
        (without(F_CHECK), TEXTS, 'cell "f" was missing: it was put back'),
        (without(SETUP), TEXTS, 'cell "imports" was missing: it was put back'),
        (without(HELLO), TEXTS, ""),
        (without(WHY), TEXTS, 'cell "why" was missing: it was put back'),
        (swapped(F_CHECK, F_CHECK | {"source": "pass"}), TEXTS, 'cell "f" was changed: the given'),
        (swapped(FIGURE, FIGURE | {"source": "1"}), TEXTS, 'cell "show" was changed: the given'),
        (swapped(F_CHECK, F_CHECK, other(F_CHECK, "1")), TEXTS, 'cell "f" stood 2 times: it was'),
        (swapped(FIGURE, FIGURE, other(FIGURE, "plot(f)")), TEXTS, 'cell "show" stood 2 times'),
        (swapped(F, F, other(F, STUB)), TEXTS, 'cell "f_solution" stood 2 times: the last one'),
        (
            swapped(F, marked(F, solution=False, locked=True)),
            TEXTS,
            "were changed: they were put b",
        ),
        (swapped(F_CHECK, marked(F_CHECK, points=800)), TEXTS, 'points or marks of cell "f" were'),
        (swapped(F_CHECK, marked(F_CHECK, grade=False)), TEXTS, 'points or marks of cell "f" were'),
        (swapped(F, unmarked(F)), TEXTS, 'marks of cell "f_solution" were changed'),
        (swapped(F, marked(F, grade_id="F")), TEXTS, 'a cell had the unknown mark "F": taken off'),
        (
            swapped(SETUP, SETUP | {"source": "import scipy"}),
            [*TEXTS[:2], "import scipy", *TEXTS[2:]],
            'cell "imports" was changed: the given one runs first, then the changed one',
        ),
        (
            [HELPER, *RELEASED, other(HELPER, "last")],
            [HELPER["source"], *TEXTS, "last"],
            "",
        ),
        (
            [*RELEASED[:3], HELPER, *RELEASED[3:]],
            [*TEXTS[:3], HELPER["source"], *TEXTS[3:]],
            "",
        ),
        (
            # A helper goes with the cell that it followed.
            [SETUP, G_DONE, HELPER, F_DONE, other(HELPER, "scratch"), F_CHECK],
            [
                *TEXTS[:2],
                F_DONE["source"],
                "scratch",
                *TEXTS[3:5],
                G_DONE["source"],
                HELPER["source"],
                *TEXTS[6:],
            ],
            "cells stood in another order",
        ),
        (
            # Copied, then one copy edited: whichever it is, it counts.
            swapped(F, F_DONE, other(F, STUB)),
            [*TEXTS[:2], F_DONE["source"], *TEXTS[3:]],
            'cell "f_solution" stood 2 times',
        ),
        (
            swapped(F, F, other(F, "def f(x): return 2")),
            [*TEXTS[:2], "def f(x): return 2", *TEXTS[3:]],
            'cell "f_solution" stood 2 times',
        ),
        (
            # Two attempts: the later one counts, and must come after the earlier one.
            [*swapped(F, F_CHECK), F_DONE, HELPER, other(F, "def f(x): return 2")],
            [*TEXTS[:2], F_DONE["source"], HELPER["source"], "def f(x): return 2", *TEXTS[3:]],
            'cell "f_solution" stood 2 times',
        ),
        (
            # Split in two, as Jupyter does it: both halves stay, in order.
            swapped(F, F | {"source": TOP}, other(F, BODY)),
            [*TEXTS[:2], TOP, BODY, *TEXTS[3:]],
            'cell "f_solution" stood 2 times',
        ),
        (
            # An experiment in a copy of a figure's cell is the student's own work.
            swapped(FIGURE, other(FIGURE, "plot(g)"), FIGURE),
            [*TEXTS[:4], "plot(g)", *TEXTS[4:]],
            'cell "show" stood 2 times',
        ),
        (
            swapped(F, F_DONE | {"cell_type": "markdown"}),
            [*TEXTS[:2], F_DONE["source"], *TEXTS[3:]],
            'type, points or marks of cell "f_solution" were changed',
        ),
        (
            swapped(WHY, unmarked(WHY_DONE)),
            [*TEXTS[:8], "Because."],
            'marks of cell "why" were changed',
        ),
        (
            swapped(HELLO, HELLO | {"source": "# My day"}),
            ["# My day", *TEXTS[1:]],
            "",
        ),
        (
            # Without ids, a given text is known by what it says; an edited one stands beside it.
            [other(HELLO, "# My day"), *RELEASED[1:7], other(TRY, "f(3)", "no-id"), WHY],
            ["# My day", *TEXTS],
            "",
        ),
        (
            swapped(TRY, TRY | {"cell_type": "markdown", "source": "f(3) is 4"}),
            [*TEXTS[:7], "f(3) is 4", *TEXTS[8:]],
            "",
        ),
        (
            [*RELEASED, cell("extra", "x", grade=True, points=100)],
            [*TEXTS, "x"],
            'a cell had the unknown mark "extra": taken off',
        ),
    ],
)
def test_broken_notebooks(
    tmp_path: Path, cells: list[dict[str, Any]], expected: list[str], note: str
) -> None:
    found = repaired(tmp_path, cells)
    assert sources(found) == expected
    assert note in "; ".join(found.notes)
    assert bool(found.notes) == bool(note)
    assert_sound(found, tmp_path)


def assert_sound(found: Repaired, folder: Path) -> None:
    """The marks are the given ones and nothing else; ids are unique; it can be written and read."""
    kept = {made.id: made for made in found.notebook.cells}
    assert len(kept) == len(found.notebook.cells)
    given = {made["id"]: made for made in RELEASED}
    assert [name for name in kept if name in given] == list(given)
    for name, made in kept.items():
        assert made.metadata == (given[name]["metadata"] if name in given else {})
        if name in given and marks(made):
            assert made.cell_type == given[name]["cell_type"]
    path = folder / "repaired.ipynb"
    path.write_bytes(to_bytes(found.notebook))
    assert read(path) == found.notebook


def test_a_repaired_notebook_needs_no_repair(tmp_path: Path) -> None:
    cells = [HELPER, *swapped(F, F_DONE, other(F, "def f(x): return 2")), HELPER]
    once = repaired(tmp_path, cells)
    twice = repair(once.notebook, load(book(*RELEASED), tmp_path))
    assert twice == Repaired(once.notebook, ())


def test_the_submission_and_the_release_stay_as_they_were(tmp_path: Path) -> None:
    mine, given = load(book(*swapped(F, F_DONE, HELPER)), tmp_path), load(book(*RELEASED), tmp_path)
    before = to_bytes(mine), to_bytes(given)
    repair(mine, given).notebook.cells[0].metadata["x"] = 1
    assert (to_bytes(mine), to_bytes(given)) == before


def test_kernel_and_language_are_the_given_ones(tmp_path: Path) -> None:
    mine = book(*RELEASED, metadata={"kernelspec": {"name": "ir", "display_name": "R"}, "x": 1})
    given = load(book(*RELEASED), tmp_path)
    assert repair(load(mine, tmp_path), given).notebook.metadata == given.metadata


def test_cells_without_ids_are_repaired_too(tmp_path: Path) -> None:
    mine = load(book(*swapped(F, F_DONE)), tmp_path)
    for made in mine.cells:
        del made["id"]
    found = repair(mine, load(book(*RELEASED), tmp_path))
    assert sources(found) == [*TEXTS[:2], F_DONE["source"], *TEXTS[3:]]
    assert all("id" not in made for made in mine.cells)


@pytest.mark.parametrize("cells", [[], [HELLO, HELPER], [cell("x", "", solution=True)]])
def test_another_notebook_is_refused(tmp_path: Path, cells: list[dict[str, Any]]) -> None:
    with pytest.raises(UnreadableNotebook) as found:
        repaired(tmp_path, cells)
    assert str(found.value) == (
        "this notebook has none of the cells of day00_mini "
        "(ask for the notebook that was given out)"
    )


def test_notes_are_bounded_and_printable(tmp_path: Path) -> None:
    strange = [
        cell(f"\x1b[2J{'a' * 500}{n}", "", solution=True) | {"id": str(n)} for n in range(99)
    ]
    found = repaired(tmp_path, [*RELEASED, *strange])
    assert len(found.notes) == repairing.MAX_NOTES + 1
    assert found.notes[-1] == "and 49 more of the kind"
    assert all(note.isprintable() and len(note) < 200 for note in found.notes)


def test_thousands_of_copies_take_no_time(tmp_path: Path) -> None:
    copies = [other(F, f"def f(x): return {n}", f"c{n}") for n in range(5000)]
    found = repaired(tmp_path, swapped(F, *copies))
    assert found.notebook.cells[-7].source == "def f(x): return 4999"


# Outputs and attachments.


def shown(**data: str | list[str]) -> dict[str, Any]:
    bundle = {name.replace("_", "/", 1).replace("_", "+"): value for name, value in data.items()}
    return {"output_type": "display_data", "data": bundle, "metadata": {"width": "<script>"}}


STREAM = {"output_type": "stream", "name": "stdout", "text": ["a\n", "b"]}
ERROR = {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t", "u"]}
RESULT = shown(text_plain="8.0") | {"output_type": "execute_result", "execution_count": 3}
LONG = "x" * 20_001


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (STREAM, STREAM | {"text": "a\nb"}),
        (STREAM | {"name": "stderr"}, STREAM | {"name": "stderr", "text": "a\nb"}),
        (STREAM | {"name": "<b>"}, STREAM | {"text": "a\nb"}),
        (STREAM | {"text": LONG}, STREAM | {"text": LONG[1:] + "\n[cut here]"}),
        (ERROR, ERROR),
        (ERROR | {"traceback": [LONG]}, ERROR | {"traceback": [LONG[1:], "[cut here]"]}),
        (RESULT, RESULT | {"metadata": {}}),
        (RESULT | {"execution_count": 10**50}, RESULT | {"metadata": {}, "execution_count": None}),
        (shown(image_png=PNG), shown(image_png=PNG) | {"metadata": {}}),
        (shown(image_png=PNG + "\n"), shown(image_png=PNG + "\n") | {"metadata": {}}),
        (
            shown(text_plain="t", text_html="<script>", application_javascript="x"),
            shown(text_plain="t") | {"metadata": {}},
        ),
        (shown(image_svg_xml="<svg/>"), None),
        (shown(image_png='"><script>'), None),
        (shown(image_png=PNG + '"><scripts/>'), None),
        (shown(image_png=base64.b64encode(b"<svg>").decode()), None),
        (shown(image_jpeg=PNG), None),
        (shown(image_png=PNG[:16] + "A" * 1_400_000), None),
        (shown(image_png=PNG[:16] + "A" * 1_200_000), ...),
    ],
)
def test_outputs_are_cut_down(tmp_path: Path, given: dict[str, Any], kept: Any) -> None:
    mine = swapped(F, F | {"outputs": [given], "execution_count": 3})
    made = repaired(tmp_path, mine).notebook.cells[2]
    if kept is ...:
        assert len(made.outputs) == 1
    else:
        assert made.outputs == ([kept] if kept else [])
    assert made.execution_count == 3


@pytest.mark.parametrize("name", ["f", "g"])
def test_graded_cells_have_no_outputs(tmp_path: Path, name: str) -> None:
    mine = [made | {"outputs": [RESULT], "execution_count": 7} for made in RELEASED[1:7]]
    found = {made.id: made for made in repaired(tmp_path, mine).notebook.cells}
    check, figure = found[f"{name}-id"], found["show-id"]
    assert (check.outputs, check.execution_count) == ([], None)
    assert (len(figure.outputs), figure.execution_count) == (1, 7)


def test_a_figures_output_comes_from_its_untouched_copy(tmp_path: Path) -> None:
    mine = swapped(FIGURE, FIGURE | {"outputs": [STREAM]}, other(FIGURE, "plot(g)"))
    made = repaired(tmp_path, mine).notebook.cells
    assert [len(made[index].outputs) for index in (4, 5)] == [1, 0]


def test_all_outputs_together_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MAX_KEPT", 250)
    outputs = [shown(image_png=PNG)] * 2 + [STREAM | {"text": "y" * 150}] * 300
    made = repaired(tmp_path, swapped(F, F | {"outputs": outputs})).notebook.cells[2]
    assert made.outputs[0].data["image/png"] == PNG
    texts = [output.text for output in made.outputs[1:]]
    assert texts[0] == "y" * (250 - len(PNG)) + "\n[cut here]"
    assert set(texts[1:]) == {"\n[cut here]"}
    assert len(made.outputs) == keeping.MAX_OUTPUTS - 1


def test_an_answer_keeps_its_pictures(tmp_path: Path) -> None:
    files = {
        "a.png": {"image/png": PNG, "text/html": "<script>"},
        "b.svg": {"image/svg+xml": "<svg/>"},
        "c.png": {"image/png": "no picture"},
        "d\x1b.png": {"image/png": PNG},
    }
    for name in ("why", "helper", "hello"):
        mine = [*RELEASED, cell("helper", "text", "markdown")]
        mine = [m | {"attachments": files} if m["id"] == f"{name}-id" else m for m in mine]
        found = {made.id: made for made in repaired(tmp_path, mine).notebook.cells}
        assert found[f"{name}-id"].attachments == {"a.png": {"image/png": PNG}}


def test_an_answer_in_pictures_alone_is_an_answer(tmp_path: Path) -> None:
    drawn = WHY | {"attachments": {"a.png": {"image/png": PNG}}}
    found = repaired(tmp_path, swapped(WHY, drawn, other(WHY, WHY["source"])))
    assert found.notebook.cells[-1].attachments == drawn["attachments"]


# What runs.


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (RELEASED, [("imports", 1), ("f_solution", 2), ("g_solution", 5)]),
        (without(F), [("imports", 1), ("g_solution", 5)]),
        (
            [HELPER, *RELEASED],
            [(None, 1), ("imports", 2), ("f_solution", 3), ("g_solution", 6)],
        ),
        (
            swapped(TRY, TRY | {"source": "f(4)"}),
            [("imports", 1), ("f_solution", 2), ("g_solution", 5), (None, 7)],
        ),
        (
            swapped(
                HELLO,
                HELLO
                | {
                    "source": "x = 1",
                    "cell_type": "code",
                    "outputs": [],
                    "execution_count": None,
                },
            ),
            [(None, 1), ("imports", 2), ("f_solution", 3), ("g_solution", 6)],
        ),
        (
            swapped(HELLO, cell("hello", HELLO["source"])),
            [(None, 1), ("imports", 2), ("f_solution", 3), ("g_solution", 6)],
        ),
        (
            swapped(F_CHECK, F_CHECK | {"source": "hack()"}, other(F_CHECK, "hack()")),
            [("imports", 1), ("f_solution", 2), ("g_solution", 5)],
        ),
        (
            swapped(FIGURE, FIGURE | {"source": "hack()"}),
            [("imports", 1), ("f_solution", 2), ("g_solution", 5)],
        ),
        (
            swapped(SETUP, SETUP | {"source": "import scipy"}),
            [("imports", 1), (None, 2), ("f_solution", 3), ("g_solution", 6)],
        ),
        (
            swapped(TRY, cell("x", "x", "code", "setup"), cell("y", "y", "raw")),
            [("imports", 1), ("f_solution", 2), ("g_solution", 5), (None, 7)],
        ),
    ],
)
def test_runnable_cells(
    tmp_path: Path, cells: list[dict[str, Any]], expected: list[tuple[str | None, int]]
) -> None:
    found = repaired(tmp_path, cells)
    runs = runnable_cells(found, load(book(*RELEASED), tmp_path))
    assert [(run.grade_id, run.number) for run in runs] == expected
    code = [made for made in found.notebook.cells if made.cell_type == "code"]
    for run in runs:
        assert (code[run.number - 1].id, code[run.number - 1].source) == (run.cell_id, run.source)
        assert "hack" not in run.source


def test_long_code_of_a_students_is_run_and_never_parsed_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parsed, a megabyte takes a hundred of them, outside of the jail."""
    table = cell("table", "table = [" + "1, " * 150_000 + "]")
    given = load(book(*RELEASED), tmp_path)
    asked: list[str] = []
    monkeypatch.setattr(runnable, "may_say", lambda source, words: True)
    monkeypatch.setattr(
        runnable, "parsed", lambda source: asked.append(source) or parsing.parsed("")
    )
    short = runnable_cells(repaired(tmp_path, [*RELEASED, cell("x", "x = 1")]), given)
    assert "x = 1" in asked
    asked.clear()
    long = runnable_cells(repaired(tmp_path, [*RELEASED, table]), given)
    assert asked == []
    assert [run.number for run in long] == [run.number for run in short]
    assert any(run.source == table["source"] for run in long)


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("import torch\nfrom math import pi, e\nimport os.path as p", "all"),
        ("import sklearn, math", ""),
        ("from sklearn.datasets import load_digits\nimport torch", "\nimport torch"),
        ("x = fit(data)\ndef area(r, n=(1, 2)):\n    return 3 * r\nplt.show()",
         "\ndef area(r, n=(1, 2)):\n    return 3 * r"),
        ("def f(x, y=x):\n    pass", ""),
        ("def f(x, *, y=data[0]):\n    pass", ""),
        ("@jit\ndef f(x):\n    pass", ""),
        ("class Net(Block):\n    pass", ""),
        ("%matplotlib inline\nimport torch", ""),
        ("for _ in range(3):\n    import torch", ""),
    ],
)  # fmt: skip
def test_of_a_given_cell_imports_and_functions_are_run(source: str, kept: str) -> None:
    assert definitions(source) == (source if kept == "all" else kept)


def test_what_the_student_has_is_not_taken_away(tmp_path: Path) -> None:
    """In the notebook `twice` of the student did its work before the figure redefined it."""
    look = cell("look", "import torch as t\ndef twice(x):\n    return 2 * x", locked=True)
    cells = [SETUP, F, look]
    released = load(book(*cells), tmp_path)
    for mine, kept in (
        ("def twice(x):\n    return x + x", "import torch as t"),
        ("%%time\nx = 1", look["source"]),
        ("for t in range(3):\n    twice = t", None),
        ("def f(x, twice):\n    y = x", look["source"]),
    ):
        submitted = load(book(SETUP, F, cell("mine", mine), look), tmp_path)
        runs = runnable_cells(repair(submitted, released), released)
        assert [run.source for run in runs if run.grade_id == "look"] == ([kept] if kept else [])


def test_an_answer_may_use_what_given_cells_define(tmp_path: Path) -> None:
    given = cell("look", "fig = draw()\n\ndef twice(x):\n    return 2 * x", locked=True)
    check = F_CHECK | {"source": "import torch\nassert f(1) == 2"}
    cells = [SETUP, given, F, check, G]
    released = load(book(*cells), tmp_path)
    runs = runnable_cells(repair(released, released), released)
    assert [(run.number, run.source) for run in runs] == [
        (1, "import numpy as np"),
        (2, "\n\ndef twice(x):\n    return 2 * x"),
        (3, STUB),
        (4, "import torch"),
        (5, G["source"]),
    ]


def test_a_function_in_another_cell_is_not_hidden_by_a_stub_put_back(tmp_path: Path) -> None:
    mine = [HELLO, SETUP, cell("mine", "def f(x): return x + 1"), F_CHECK]
    found = repaired(tmp_path, mine)
    runs = runnable_cells(found, load(book(*RELEASED), tmp_path))
    assert [run.source for run in runs] == ["import numpy as np", "def f(x): return x + 1"]
    assert found.restored == {"f_solution-id", "g_solution-id", "why-id"}


def test_the_real_day_repairs_to_itself() -> None:
    path = Path(__file__).parents[2] / "release/day14_convolution/day14_convolution.ipynb"
    if not path.exists():
        pytest.skip("day 14 is not released yet")
    released = read(path)
    found = repair(released, released)
    assert found == Repaired(released, ())
    names = [run.grade_id for run in runnable_cells(found, released)]
    assert names[0] == "imports"
    assert {"conv2d_fast_solution", "network"} <= set(names)
    assert "show_loss" not in names
