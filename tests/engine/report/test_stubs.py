"""Which stubs were left as they were, by the notebook where the record leaves it open."""

from __future__ import annotations

import json

import pytest
from mini_course import Mini
from report_lab import keep, not_begun, record

from autograder import notebook
from autograder.grading.records import Record
from autograder.report import gather
from autograder.report.book import NOBODY
from autograder.report.day import figures
from autograder.report.stubs import not_started, untouched

STUCK = dict.fromkeys(range(2), "row_means was not tried, for want of a cache from your scale: x")
WRONG = dict.fromkeys(range(2), "`result` is wrong")


def hand_in(mini: Mini, student: str, own: str = "", **cells: str) -> None:
    """The released notebook with other code in these solution cells and a cell of their own."""
    made = mini.room.blank()
    for name, source in cells.items():
        mini.room.cell(made, f"{name}_solution").source = source
    if own:
        mini.room.add(made, after="imports", source=own)
    mini.path(student).write_bytes(notebook.to_bytes(made))


def left(mini: Mini, *made: Record) -> list[str]:
    return sorted(student for student, _ in untouched(mini.course, mini.day, made))


def test_a_stub_that_no_test_could_try(mini: Mini) -> None:
    hand_in(mini, "ada")
    hand_in(mini, "ben", row_means="def row_means(x):\n    return x.mean(axis=1)")
    made = [record(name, None, STUCK) for name in ("ada", "ben", "gone")]
    assert left(mini, *made) == ["ada"]
    keep(mini, *made)
    means = figures(gather.material(mini.course, mini.day), NOBODY).exercises[1]
    assert (means.begun, means.not_begun, means.stuck) == (0, 1, (("scale", 2),))


@pytest.mark.parametrize(
    ("own", "alone"),
    [
        ("row_means(np.ones((2, 2)))", True),
        ("row_means == 3", True),
        ("def row_means_of(x): return x", True),
        ("def row_means(x): return x", False),
        ("row_means = np.mean", False),
    ],
)
def test_a_function_in_another_cell_is_work(mini: Mini, own: str, alone: bool) -> None:
    hand_in(mini, "ada", own)
    assert left(mini, record("ada", None, WRONG)) == (["ada"] if alone else [])


def test_an_untouched_stub_is_no_lesson_whatever_its_tests_say(mini: Mini) -> None:
    made = [record(name, None, WRONG) for name in ("ada", "ben")]
    for one in made:
        hand_in(mini, one.student)
    keep(mini, *made)
    seen = figures(gather.material(mini.course, mini.day), NOBODY)
    assert (seen.lessons, seen.messages, seen.exercises[1].not_begun) == ((), (), 2)


def test_only_what_the_record_leaves_open_is_read(
    mini: Mini, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    contents = notebook.contents
    monkeypatch.setattr(
        notebook, "contents", lambda path: read.append(path.parts[-3]) or contents(path)
    )
    made = [record("ada"), record("ben", None, not_begun("row_means")), record("cleo", None, STUCK)]
    made.append(record("dan", None, {0: "x"}))
    for one in made:
        hand_in(mini, one.student)
    assert left(mini, *made) == ["cleo"]
    assert read == ["cleo"]


def test_without_a_notebook_the_record_decides(mini: Mini) -> None:
    made = record("ada", dict.fromkeys(range(3), "x"), not_begun("row_means"))
    assert not_started(mini.course, mini.day, made) == {"row_means"}
    hand_in(mini, "ada")
    assert not_started(mini.course, mini.day, made) == {"scale", "row_means"}
    hand_in(mini, "ada", scale="def scale(x): ...", row_means="# todo\nraise NotImplementedError")
    assert not_started(mini.course, mini.day, made) == set()


def test_marks_that_are_no_marks(mini: Mini) -> None:
    book = json.loads(mini.day.release_notebook.read_bytes())
    for cell in book["cells"]:
        cell["metadata"] = {"nbgrader": [1]} if cell["cell_type"] == "code" else {}
    mini.path("ada").write_text(json.dumps(book))
    assert left(mini, record("ada", None, STUCK)) == []
