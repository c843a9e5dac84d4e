"""What the grader would stumble over, in the exact words that a student reads."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from check_lab import RIGHT, STEM, STUBS, Desk, told

TOP = 'under "Day 01 · Mini"'
SCALE = 'under "Exercise 1 · scale"'
ROWS = 'under "Exercise 2 · row_means"'
EMPTY = "cell [\N{NO-BREAK SPACE}]"


def as_text(cell: dict[str, Any]) -> None:
    """What the key M does in JupyterLab."""
    cell["cell_type"] = "markdown"
    del cell["outputs"], cell["execution_count"]


ERROR = {"output_type": "error", "ename": "IndexError", "evalue": "x", "traceback": []}
STUMBLES: dict[str, tuple[Callable[[Desk], object], list[str]]] = {
    "a deleted answer": (
        lambda desk: desk.delete("row_means_solution"),
        [
            'cell "row_means_solution" was missing: it was put back as it was given out, and what '
            "you wrote in it is not graded. Undo the deletion, or fetch it again"
        ],
    ),
    "a deleted check": (
        lambda desk: desk.delete("row_means"),
        [
            'cell "row_means" was missing: it was put back as it was given out. The grader does '
            "that too, but you cannot check yourself here: take it from a freshly fetched copy"
        ],
    ),
    "a deleted figure": (
        lambda desk: desk.delete("figure"),
        [
            'cell "figure" was missing: it was put back as it was given out. The grader does that '
            "too, but cells below may need it: take it from a freshly fetched copy"
        ],
    ),
    "a doubled answer": (
        lambda desk: desk.double("scale_solution"),
        [
            'cell "scale_solution" stood 2 times: the last one that was written into counts, '
            f"earlier ones are ordinary cells. They are {EMPTY} {SCALE}, {EMPTY} {SCALE}: keep the "
            "one that shall count, delete the rest"
        ],
    ),
    "a doubled check": (
        lambda desk: desk.double("scale"),
        [
            f'cell "scale" stood 2 times: it was put back to once. They are {EMPTY} {SCALE}, '
            f"{EMPTY} {SCALE}: keep one of them, delete the rest"
        ],
    ),
    "a changed check": (
        lambda desk: desk.write("scale", "assert scale is not None", ran=4),
        [
            f'cell "scale" was changed: the given one is used. It is cell [4] {SCALE}: undo the '
            "change, and write tests of your own in new cells"
        ],
    ),
    "a changed setup": (
        lambda desk: desk.write("imports", "import numpy as np\nimport math", ran=1),
        [
            'cell "imports" was changed: the given one runs first, then the changed one. It is '
            f"cell [1] {TOP}: undo the change, and write tests of your own in new cells"
        ],
    ),
    "changed points": (
        lambda desk: desk.cell("scale")["metadata"]["nbgrader"].update(points=70),
        [
            'cell "scale" was changed: the given one is used. It is '
            f"{EMPTY} {SCALE}: undo the change, and write tests of your own in new cells",
            'type, points or marks of cell "scale" were changed: they were put back. Nothing is '
            "lost by it",
        ],
    ),
    "another order": (
        lambda desk: desk.cells.append(desk.cells.pop(desk.cells.index(desk.cell("scale")))),
        [
            "cells stood in another order: they were put back into the given one. Nothing is lost "
            "by it"
        ],
    ),
    "a function by another name": (
        lambda desk: desk.solve(row_means=RIGHT["row_means"].replace("row_means", "rowmeans")),
        [
            "row_means asks for row_means, and no cell defines it: define it in the answer's cell "
            "under this very name"
        ],
    ),
    "an answer above its stub": (
        lambda desk: (
            desk.write("row_means_solution", STUBS["row_means"]),
            desk.add(RIGHT["row_means"], after="imports", ran=3),
        ),
        [
            f"cell [3] {TOP} defines row_means, but the stub further down takes its place: write "
            "your answer into the stub's cell"
        ],
    ),
    "a check made a text": (
        lambda desk: as_text(desk.cell("row_means")),
        [
            'cell "row_means" was changed: the given one is used. It is cell [\N{NO-BREAK SPACE}] '
            f"{ROWS}: undo the change, and write tests of your own in new cells",
            'type, points or marks of cell "row_means" were changed: they were put back. Nothing '
            "is lost by it",
        ],
    ),
    "an answer made a text": (
        lambda desk: as_text(desk.cell("row_means_solution")),
        [
            'type, points or marks of cell "row_means_solution" were changed: they were put back. '
            "Nothing is lost by it"
        ],
    ),
    "a name that nothing defines": (
        lambda desk: desk.solve(row_means="def row_means(x):\n    return helper(x) + abs(x)"),
        [
            f"row_means in {EMPTY} {ROWS} uses helper, which no cell of a fresh run defines: "
            "define it in a cell of your own, or correct its spelling"
        ],
    ),
    "a name of a figure's cell": (
        lambda desk: desk.solve(row_means="def row_means(x):\n    return drawn(picture)"),
        [
            f"row_means in {EMPTY} {ROWS} uses picture, which no cell of a fresh run defines: "
            f"{EMPTY} {SCALE} makes it, a given cell that is not run when grading"
        ],
    ),
    "a helper that is gone": (
        lambda desk: desk.write("scale_solution", f"two = one + 1\n{RIGHT['scale']}", ran=7),
        [
            f"cell [7] {SCALE} uses one and ran only because of an earlier state: the cell that "
            "made one is gone. Write it again, above"
        ],
    ),
    "a helper further down": (
        lambda desk: (
            desk.write("scale_solution", f"two = one + 1\n{RIGHT['scale']}", ran=7),
            desk.add("one = 1", after="row_means", ran=6),
        ),
        [
            f"cell [7] {SCALE} uses one and ran only because of an earlier state: one is made "
            f"further down, in cell [6] {ROWS}. Move that cell up"
        ],
    ),
    "a helper above that fails": (
        lambda desk: (
            desk.write("scale_solution", f"two = one + 1\n{RIGHT['scale']}", ran=7),
            desk.add("[][0]\none = 1", after="imports", ran=6).update(outputs=[ERROR]),
        ),
        [
            f"cell [7] {SCALE} uses one and ran only because of an earlier state: cell [6] {TOP} "
            "makes one, and stops in a fresh run before it does"
        ],
    ),
    "a helper of a figure's cell": (
        lambda desk: desk.write("row_means_solution", f"y = picture\n{RIGHT['row_means']}", ran=7),
        [
            f"cell [7] {ROWS} uses picture and ran only because of an earlier state: {EMPTY} "
            f"{SCALE} makes picture, a given cell that is not run when grading"
        ],
    ),
    "another state of the notebook": (
        lambda desk: (
            desk.add("count = [][0]", after="imports", ran=2),
            desk.solve(scale="def scale(x, f):\n    return np.asarray(x) * f + 0 * count"),
        ),
        [
            f"cell [2] {TOP} ran in your notebook, but stops in a fresh run (IndexError: list "
            "index out of range): try Kernel > Restart Kernel and Run All Cells",
        ],
    ),
    "a helper that stops with an error": (
        lambda desk: (
            desk.add("count = [][0]", after="imports", ran=2).update(outputs=[ERROR]),
            desk.solve(scale="def scale(x, f):\n    return np.asarray(x) * f + 0 * count"),
        ),
        [
            f"scale in {EMPTY} {SCALE} uses count, which no cell of a fresh run defines: cell [2] "
            f"{TOP} should make it, and stops with an error"
        ],
    ),
    "a module beside the notebook": (
        lambda desk: (
            (desk.folder / "mine.py").write_text("z = 1"),
            desk.write("scale_solution", f"import mine\n{RIGHT['scale']}", ran=7),
        ),
        [
            f"cell [7] {SCALE} needs mine.py, which the grader does not have: put its code into a "
            "cell"
        ],
    ),
    "a package that is not there": (
        lambda desk: desk.write("scale_solution", f"import nowhere.at\n{RIGHT['scale']}"),
        [
            f"{EMPTY} {SCALE} needs the package nowhere, which is not installed here: pip install "
            "nowhere"
        ],
    ),
    "a package by another name": (
        lambda desk: desk.write("scale_solution", f"import cv2\n{RIGHT['scale']}"),
        [
            f"{EMPTY} {SCALE} needs the package cv2, which is not installed here: pip install "
            "opencv-python"
        ],
    ),
    "a slow answer": (
        lambda desk: desk.solve(
            scale="import time\ndef scale(x, f):\n    time.sleep(0.15)\n    return f * np.array(x)"
        ),
        [
            "the visible check of scale took 0.3 s. The grader ends a single call after 0.2 s: "
            "make it quicker"
        ],
    ),
    "a shell line": (
        lambda desk: desk.add(f"!touch {desk.folder}/touched", after="imports", ran=2),
        [
            f"cell [2] {TOP} has a shell line. The grader runs it without network and without your "
            "files, so that it installs and finds nothing; here it is left out"
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STUMBLES)
def test_a_stumble(desk: Desk, name: str) -> None:
    stumble, words = STUMBLES[name]
    desk.solve()
    stumble(desk)
    assert list(desk.check().before_you_submit) == words
    assert not (desk.folder / "touched").exists()


HARMLESS: dict[str, Callable[[Desk], object]] = {
    "a failing scratch cell": lambda desk: desk.add("1 / 0", after="imports", ran=2),
    "a scratch cell with a figure's names": lambda desk: desk.add(
        "z = picture + 1", after="figure", ran=2
    ),
    "a helper above": lambda desk: (
        desk.add("def twice(x):\n    return 2 * x", after="imports", ran=2),
        desk.solve(scale="def scale(x, f):\n    return twice(np.asarray(x) * f) / 2"),
    ),
    "a helper that its caller finds later": lambda desk: (
        desk.add("def twice(x):\n    return 2 * x", after="row_means", ran=2),
        desk.solve(scale="def scale(x, f):\n    return twice(np.asarray(x) * f) / 2"),
    ),
    "a function of a given cell": lambda desk: desk.solve(
        scale="def scale(x, f):\n    return drawn(np.asarray(x) * f)"
    ),
    "magics": lambda desk: desk.add("%matplotlib inline\n%time y = 1", after="imports", ran=2),
    "outputs": lambda desk: desk.cell("scale").update(
        outputs=[{"output_type": "stream", "name": "stdout", "text": "x"}], execution_count=3
    ),
    "own text": lambda desk: desk.cells.append(
        {"cell_type": "markdown", "id": "t", "metadata": {}, "source": "# Mine"}
    ),
    "names made by global": lambda desk: desk.solve(
        scale="def scale(x, f):\n    global last\n    last = x\n    return np.asarray(last) * f"
    ),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_nothing_to_say(desk: Desk, name: str) -> None:
    desk.solve()
    HARMLESS[name](desk)
    report = desk.check()
    assert report.before_you_submit == ()
    assert report.all_pass


def test_a_changed_check_is_run_as_it_is(desk: Desk) -> None:
    desk.solve()
    desk.write("scale", 'assert False, "mine"')
    assert told(desk.check())["scale"] == ("failed", "mine")


def test_what_is_gone_could_not_run(desk: Desk) -> None:
    desk.solve()
    desk.delete("scale")
    desk.delete("row_means_solution")
    assert told(desk.check()) == {
        "scale": ("could not run", "the cell with its visible check is gone"),
        "row_means": ("could not run", "the cell for your answer is gone"),
    }


def test_the_exchange_collects_by_name(desk: Desk, tmp_path: Path) -> None:
    desk.solve()
    desk.save()
    assert desk.checker is not None
    elsewhere = tmp_path / "Downloads" / f"{STEM} (1).ipynb"
    elsewhere.parent.mkdir()
    shutil.copy(desk.path, elsewhere)
    report = desk.checker.check(elsewhere)
    assert report is not None
    assert report.before_you_submit == (
        "this file is called day01_mini (1).ipynb, and only day01_mini.ipynb is graded: rename it",
        "it lies in the folder Downloads, and the folder day01_mini is what is handed in: put it "
        "back there",
    )


def test_the_grader_says_the_same(desk: Desk) -> None:
    """The notes of a repair against the real release are the beginnings of these sentences."""
    from check_lab import released

    from autograder import notebook
    from autograder.repair import repair

    desk.solve()
    desk.delete("scale")
    desk.double("row_means_solution")
    desk.write("figure", "picture = 3")
    desk.write("imports", "import numpy as np\nimport math")
    found = [one for one in desk.check().before_you_submit if one.startswith("cell ")]
    given = notebook.parse(notebook.to_bytes(_node(released())), desk.path)
    notes = repair(notebook.read(desk.path), given).notes
    assert len(notes) == 4
    assert all(one.startswith(note) for one, note in zip(found, notes, strict=True))


def _node(data: dict[str, object]) -> object:
    import json

    from autograder import notebook

    return notebook.parse(json.dumps(data).encode(), Path("x.ipynb"))
