"""What a student reads of each exercise, whatever happens in it."""

from __future__ import annotations

import os
import time

import pytest
from check_lab import STUBS, Desk, told
from dl30_command import run
from psutil import Process, process_iter

from autograder.check.client import Warm


def test_the_blank_notebook(desk: Desk) -> None:
    report = desk.check()
    assert told(report) == {"scale": ("not started", ""), "row_means": ("not started", "")}
    assert report.before_you_submit == ()
    assert report.nothing_yet
    assert report.next == "scale (stuck? dl30 hint day01 scale)"
    assert (report.days, report.days_done) == ("·" * 30, 0)


def test_all_solved(desk: Desk) -> None:
    desk.solve()
    report = desk.check()
    assert told(report) == {"scale": ("passed", ""), "row_means": ("passed", "")}
    assert report.before_you_submit == ()
    assert report.all_pass
    assert report.next == "the written questions: why"
    desk.write("why", "Because.")
    report = desk.check()
    assert report.next == (
        "submit. To remember it: dl30 quiz day01, or dl30 quiz queue day01_mini/scale"
    )
    assert (report.days, report.days_done) == ("█" + "·" * 29, 1)


@pytest.mark.parametrize(
    ("source", "status", "message"),
    [
        ("return np.asarray(x)", "failed", "3 times [1, 2] is [3, 6]"),
        ("return np.asarray(x) * factor if len(x) else [1]", "failed",
         "does not hold: line 2 of the visible check: assert len(scale([], 1)) == 0"),
        ("y = x * factor\n    return x + None", "failed",
         'TypeError: can only concatenate list (not "NoneType") to list\n'
         "line 3 of your answer to scale: return x + None"),
        ("return 3", "failed", "3 times [1, 2] is [3, 6]"),
        ("raise NotImplementedError", "failed", "scale is not written yet"),
        ("return (", "could not run",
         "SyntaxError: the code ends too early: is a bracket or a quote left open?\n"
         "line 2 of your answer to scale: return ("),
        ("while True: pass", "could not run",
         "it did not finish within 1 s (the visible check, with your functions)"),
        ("import os; os._exit(3)", "could not run",
         "it ended its process (the visible check, with your functions)"),
        ("import os; os.abort()", "could not run",
         "it aborted (the visible check, with your functions)"),
        ("import sys; sys.exit(3)", "failed",
         "SystemExit: 3\nline 2 of your answer to scale: import sys; sys.exit(3)"),
        ("return bytearray(3 * 2**30)", "failed",
         "MemoryError\nline 2 of your answer to scale: return bytearray(3 * 2**30)"),
    ],
)  # fmt: skip
def test_a_wrong_answer(desk: Desk, source: str, status: str, message: str) -> None:
    desk.solve(scale=f"def scale(x, factor):\n    {source}")
    assert told(desk.check())["scale"] == (status, message)


def test_a_message_is_short_and_harmless(desk: Desk) -> None:
    desk.solve(
        scale="def scale(x, f):\n    raise ValueError('\\x1b[31m' + 'long ' * 99 + '\\n' * 99)"
    )
    message = told(desk.check())["scale"][1]
    assert len(message.splitlines()) <= 9
    assert max(map(len, message.splitlines())) <= 180
    assert "\x1b" not in message


def test_another_exercises_stub_is_named(desk: Desk) -> None:
    desk.solve("row_means")
    report = desk.check()
    assert told(report) == {
        "scale": ("not started", ""),
        "row_means": ("failed", "scale is not written yet"),
    }


def test_one_endless_loop_costs_only_its_exercise(desk: Desk) -> None:
    desk.solve(row_means="def row_means(x):\n    while True: pass")
    report = desk.check()
    assert [one.status for one in report.exercises] == ["passed", "could not run"]


def test_a_cell_over_its_time_is_left_out(desk: Desk) -> None:
    desk.solve()
    desk.add("import time\ntime.sleep(60)", after="imports", ran=3)
    report = desk.check()
    assert report.all_pass
    assert report.before_you_submit == (
        'cell [3] under "Day 01 · Mini" was ended after 1 s (it did not finish within 1 s). The '
        "grader leaves such a cell out: make it quicker, or take out what is not needed",
    )


def test_a_cell_that_ends_the_process_is_left_out(desk: Desk) -> None:
    desk.solve(row_means="import os\nos._exit(0)")
    report = desk.check()
    assert told(report)["scale"] == ("passed", "")
    assert told(report)["row_means"] == (
        "could not run", "your answer's cell was ended: it ended its process"
    )  # fmt: skip


def test_nothing_of_a_run_is_left(desk: Desk, warm: Warm) -> None:
    """Neither children that left their group, nor what a check started before it was killed."""
    start = "import subprocess\nsubprocess.Popen(['sleep', '77'], start_new_session=True)\n"
    desk.solve(scale=f"{start}def scale(x, f):\n    exec({start!r})\n    while True: pass")
    desk.check()
    assert Process(warm.pid).children(recursive=True) == []
    assert ["sleep", "77"] not in [each.info["cmdline"] for each in process_iter(["cmdline"])]


def test_only_what_changed_is_run_again(desk: Desk) -> None:
    desk.solve()
    assert desk.check().rechecked == ("scale", "row_means")
    assert desk.check().rechecked == ()
    desk.write("row_means_solution", STUBS["row_means"])
    assert desk.check().rechecked == ("row_means",)
    # The second exercise uses the first, and any cell that does something may matter to all.
    desk.solve("row_means")
    desk.write("scale_solution", "def scale(x, factor):\n    return factor * np.asarray(x)")
    assert desk.check().rechecked == ("scale", "row_means")
    desk.add("def unused():\n    return 1", after="imports")
    assert desk.check().rechecked == ()
    desk.add("np.seterr(all='ignore')", after="imports")
    assert desk.check().rechecked == ("scale", "row_means")


def test_a_newer_save_ends_a_run(desk: Desk) -> None:
    desk.solve(scale="def scale(x, f):\n    import time; time.sleep(0.9)")
    desk.save()
    assert desk.checker is not None
    begin = time.monotonic()
    assert desk.checker.check(desk.path, lambda: True) is None
    assert time.monotonic() - begin < 0.9
    desk.solve()
    assert desk.check().all_pass


def test_files_are_those_that_were_given_out(desk: Desk) -> None:
    desk.book["metadata"]["dl30"]["files"] = ["table.csv", "../outside.txt"]
    (desk.folder / "table.csv").write_text("1")
    (desk.folder / "mine.csv").write_text("2")
    (desk.folder.parent / "outside.txt").write_text("3")
    desk.solve()
    desk.add("open('table.csv').read(); open('new.csv', 'w')", after="imports", ran=1)
    desk.add("y = open('mine.csv').read()", after="imports", ran=2)
    answer = "def scale(x, f):\n    return np.asarray(x) * f + 0 * int(y)"
    look = "import os\nassert not os.path.exists('../outside.txt')"
    desk.write("scale_solution", f"{look}\n{answer}", ran=3)
    report = desk.check()
    assert report.before_you_submit == (
        'cell [2] under "Day 01 · Mini" needs mine.csv, which the grader does not have: use only '
        "the files that came with the assignment",
    )
    assert sorted(path.name for path in desk.folder.iterdir()) == [
        "day01_mini.ipynb", "mine.csv", "table.csv"
    ]  # fmt: skip


def test_a_machine_without_fork(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    ran = run(desk.folder, "check")
    told = "dl30: checking notebooks needs Linux or macOS (on Windows, use WSL)"
    assert (ran.code, ran.complaint) == (3, told)
