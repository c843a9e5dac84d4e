"""Runs that end before their time: what was graded stays, nothing is left, the rest goes on."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest
from dl30_command import PROGRAM, finish, run, start
from mini_course import MAX_SCORE, STEM, Mini

KEPT = "interrupted: what was graded is kept; the same command, without --force, goes on"
SLEEP = "import time\ntime.sleep(19)"


@pytest.fixture
def waiting(mini: Mini) -> Mini:
    """Two notebooks about one that sleeps until the time of a cell is up."""
    mini.submit("ada")
    mini.submit("bea", SLEEP)
    mini.blank("cy")
    return mini


def descendants(pid: int) -> set[tuple[int, str]]:
    """All processes below `pid`, those in jails too, each with the time of its start."""
    parents: dict[int, int] = {}
    started: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            parents[int(entry.name)], started[int(entry.name)] = int(fields[1]), fields[19]
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return {(each, started[each]) for each in found - {pid}}


def alive(process: tuple[int, str]) -> bool:
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{process[0]}/stat").read_text().rpartition(")")[2].split()
        return fields[19] == process[1] and fields[0] != "Z"
    return False


def assert_gone(processes: set[tuple[int, str]], *, seconds: float = 5) -> None:
    assert len(processes) >= 3, "the grading process, the warm one, and the worker"
    end = time.monotonic() + seconds
    while any(alive(process) for process in processes):
        assert time.monotonic() < end, [each for each in processes if alive(each)]
        time.sleep(0.05)


def lines_until(stream: Iterator[str], text: str) -> list[str]:
    lines: list[str] = []
    for line in stream:
        lines.append(line)
        if text in line:
            return lines
    raise AssertionError(f"{text} never came: {lines}")


def in_the_middle(pid: int) -> set[tuple[int, str]]:
    """The processes of a run whose second submission has been begun."""
    time.sleep(0.5)
    return descendants(pid)


def goes_on(mini: Mini) -> None:
    """The next run grades the other two and stores all three."""
    assert mini.record("ada")["score"] == MAX_SCORE
    assert [path.name for path in mini.record_path("ada").parent.iterdir()] == ["ada.json"]
    mini.submit("bea")
    ran = run(mini, "grade", "1", "--jobs", "1")
    assert (ran.code, ran.err.splitlines()[0]) == (0, f"{STEM}: 2 to grade, 1 unchanged")
    assert [line.split()[:3] for line in ran.out.splitlines()[1:4]] == [
        ["ada", "11", "11"], ["bea", "11", "11"], ["cy", "0", "11"]
    ]  # fmt: skip
    assert ran.out.splitlines()[-1] == "gradebook.db: 3 stored"


def test_an_interrupt(waiting: Mini) -> None:
    with start(waiting, "grade", "1", "--jobs", "1") as process:
        assert process.stderr is not None
        begun = lines_until(process.stderr, "1/3")
        below = in_the_middle(process.pid)
        process.send_signal(signal.SIGINT)
        ran = finish(process, 20)
    assert begun == [f"{STEM}: 3 to grade\n", "1/3 ada: 11 of 11, all exercises right\n"]
    assert (ran.code, ran.err, ran.out) == (130, KEPT + "\n", "")
    assert_gone(below)
    goes_on(waiting)


def test_kill_leaves_nothing_behind(waiting: Mini) -> None:
    """Not even what sleeps in a jail, though nobody was left to end it."""
    with start(waiting, "grade", "1", "--jobs", "1") as process:
        assert process.stderr is not None
        lines_until(process.stderr, "1/3")
        below = in_the_middle(process.pid)
        process.kill()
        assert_gone(below)
        finish(process)
    goes_on(waiting)


def test_a_killed_grading_process_costs_what_it_was_doing(waiting: Mini) -> None:
    """Another one does it again; of a submission that kills two the record says so."""
    with start(waiting, "grade", "1", "--jobs", "1") as process:
        assert process.stderr is not None
        lines_until(process.stderr, "1/3")
        below = kill_the_grading_process(process.pid)
        below |= kill_the_grading_process(process.pid)
        ran = finish(process)
    assert ran.code == 1
    assert ran.err.splitlines() == [
        "2/3 bea: broken: the grading process was lost: it ended with -9",
        "3/3 cy: 0 of 11, nothing works yet",
    ]
    assert ran.out.splitlines()[-1] == "gradebook.db: 2 stored"
    assert_gone(below)


def test_one_that_is_killed_once_costs_nothing(waiting: Mini) -> None:
    waiting.submit("bea", "import time\ntime.sleep(3)")
    with start(waiting, "grade", "1", "--jobs", "1") as process:
        assert process.stderr is not None
        lines_until(process.stderr, "1/3")
        below = kill_the_grading_process(process.pid)
        ran = finish(process)
    assert ran.code == 0
    assert ran.out.splitlines()[-1] == "gradebook.db: 3 stored"
    assert waiting.record("bea")["score"] == MAX_SCORE
    assert_gone(below)


def command_of(process: int) -> bytes:
    """Nothing where it has ended since it was listed."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def kill_the_grading_process(command: int) -> set[tuple[int, str]]:
    """Once its worker is there; all processes that were running then."""
    end = time.monotonic() + 20
    while True:
        grading = [  # its warm process is a fork of it
            each
            for each, _ in descendants(command)
            if b"autograder.grading.start" in command_of(each) and len(descendants(each)) >= 3
        ]
        if grading:
            break
        assert time.monotonic() < end
        time.sleep(0.1)
    below = descendants(grading[0])
    os.kill(grading[0], signal.SIGKILL)
    while alive((grading[0], started(grading[0]))):
        time.sleep(0.01)
    return below


def started(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    return ""


def test_a_terminal_shows_a_bar_and_an_interrupt_in_one_line(waiting: Mini) -> None:
    # The estimate comes with what took more than a second.
    waiting.submit("ada", "import time\ntime.sleep(1.5)")
    terminal = pexpect.spawn(
        sys.executable, ["-c", PROGRAM, "grade", "1", "--jobs", "1"], cwd=str(waiting.root),
        dimensions=(24, 100), timeout=60, encoding="utf-8",
    )  # fmt: skip
    with contextlib.closing(terminal):
        terminal.expect_exact(f"{STEM}: 3 to grade\r\n")
        terminal.expect(r"grading +\[-+\] +0%")
        terminal.expect(r"grading +\[#+-+\] +33% +\d\d:\d\d:\d\d +[\d.]+ (a second|s each)  ada")
        below = in_the_middle(terminal.pid)
        terminal.sendintr()
        terminal.expect(pexpect.EOF)
        assert KEPT in terminal.before
        assert "Traceback" not in terminal.before
        terminal.wait()
        assert terminal.exitstatus == 130
    assert_gone(below)
