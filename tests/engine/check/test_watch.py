"""`dl30 check --watch`, driven by saves as JupyterLab does them."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from threading import Event, Thread
from typing import Any

import pexpect
import psutil
import pytest
import watchfiles
from check_lab import RIGHT, STEM, STUBS, Desk
from jupyter_server.services.contents.fileio import atomic_writing

from autograder.check.report import Report
from autograder.check.watch import Watch
from autograder.notebook import contents

SECONDS = 30  # within which anything has to be told on a busy machine


class Watching:
    """A watch of the desk's notebook, in a thread; what it shows and says, in order."""

    def __init__(self, desk: Desk) -> None:
        assert desk.checker is not None
        self.desk = desk
        self.shown: Queue[Report] = Queue()
        self.lines: Queue[str] = Queue()
        self.stop = Event()
        watch = Watch(desk.path, desk.checker, self.shown.put, self.lines.put)
        self.thread = Thread(target=watch.run, args=(self.stop,))
        self.thread.start()

    def report(self) -> Report:
        return self.shown.get(timeout=SECONDS)

    def said(self) -> str:
        return self.lines.get(timeout=SECONDS)

    def save(self) -> None:
        save(self.desk)

    def silent(self) -> bool:
        time.sleep(0.6)
        return self.shown.empty() and self.lines.empty()


def save(desk: Desk) -> None:
    """As JupyterLab's server does: a copy beside it, then over the old file."""
    with atomic_writing(str(desk.path)) as file:
        file.write(json.dumps(desk.book))


@pytest.fixture
def watching(desk: Desk) -> Iterator[Watching]:
    desk.solve("scale")
    desk.save()
    started = Watching(desk)
    try:
        assert statuses(started.report()) == {"scale": "passed", "row_means": "not started"}
        yield started
    finally:
        started.stop.set()
        started.thread.join(SECONDS)
    assert not started.thread.is_alive()


def statuses(report: Report) -> dict[str, str]:
    return {one.name: str(one.status) for one in report.exercises}


def test_saves(watching: Watching) -> None:
    """Each is checked, and of its exercises those that changed."""
    desk = watching.desk
    desk.solve("row_means")
    watching.save()
    report = watching.report()
    assert statuses(report) == {"scale": "passed", "row_means": "passed"}
    assert report.rechecked == ("row_means",)
    # An atomic save by rename, as other editors do.
    desk.write("scale_solution", "def scale(x, factor):\n    return x")
    new = desk.folder / ".new"
    new.write_text(json.dumps(desk.book))
    os.replace(new, desk.path)
    report = watching.report()
    assert statuses(report) == {"scale": "failed", "row_means": "failed"}
    assert report.rechecked == ("scale", "row_means")
    # Other files beside it say nothing.
    (desk.folder / "other.ipynb").write_text("{}")
    (desk.folder / "note.txt").write_text("x")
    assert watching.silent()


def test_broken_and_gone_for_a_moment(watching: Watching) -> None:
    desk = watching.desk
    whole = json.dumps(desk.book)
    desk.path.write_text(whole[:100])  # half of it is there
    time.sleep(0.4)
    desk.path.write_text(whole + "\n")
    assert watching.report().rechecked == ()
    desk.path.write_text(whole[:100])
    assert watching.said().startswith(f"{desk.path}: is not JSON: line 1, column ")
    desk.path.unlink()
    assert watching.said() == f"{desk.path} is gone: waiting for it to come back"
    desk.solve()
    watching.save()
    assert statuses(watching.report()) == {"scale": "passed", "row_means": "passed"}


def test_another_name(watching: Watching) -> None:
    """It is followed, and the student hears what the exchange needs."""
    desk = watching.desk
    new = desk.folder / "mine.ipynb"
    desk.path.rename(new)
    assert watching.said() == f"{STEM}.ipynb is called mine.ipynb now: watching that"
    report = watching.report()
    assert report.notebook == str(new)
    assert report.before_you_submit == (
        f"this file is called mine.ipynb, and only {STEM}.ipynb is graded: rename it",
    )
    new.rename(desk.path)
    assert watching.said() == f"mine.ipynb is called {STEM}.ipynb now: watching that"
    assert watching.report().before_you_submit == ()


def test_the_folder_goes_and_comes_back(watching: Watching) -> None:
    desk = watching.desk
    away = desk.folder.with_name("away")
    desk.folder.rename(away)
    assert watching.said() == f"{desk.path} is gone: waiting for it to come back"
    shutil.copytree(away, desk.folder)
    assert watching.report().before_you_submit == ()
    desk.solve()
    watching.save()
    assert statuses(watching.report()) == {"scale": "passed", "row_means": "passed"}


def test_a_save_while_a_loop_runs(watching: Watching) -> None:
    """Nobody waits for the end of the loop's time."""
    watching.desk.write("scale_solution", "def scale(x, factor):\n    while True: pass")
    watching.save()
    time.sleep(0.5)
    watching.desk.write("scale_solution", RIGHT["scale"])
    watching.save()
    assert statuses(watching.report()) == {"scale": "passed", "row_means": "not started"}
    assert watching.silent()


def test_written_while_it_is_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is shown was read in one piece."""
    desk.save()
    shown: list[Report] = []

    def racing(path: Path) -> bytes:
        raw = contents(path)
        if b"np.asarray" not in raw:
            desk.solve()
            save(desk)
        return raw

    monkeypatch.setattr("autograder.check.watch.contents", racing)
    assert desk.checker is not None
    Watch(desk.path, desk.checker, shown.append, print)._look()
    assert [statuses(one) for one in shown] == [{"scale": "passed", "row_means": "passed"}]


def test_a_file_system_that_tells_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    real = watchfiles.watch

    def deaf(*folders: Path, **options: Any) -> Any:
        return real(*folders, **options | {"watch_filter": lambda *_: False})

    monkeypatch.setattr(watchfiles, "watch", deaf)
    desk.save()
    started = Watching(desk)
    try:
        assert started.report().nothing_yet
        desk.solve()
        started.save()
        assert started.report().all_pass
    finally:
        started.stop.set()
        started.thread.join(SECONDS)


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_the_end_leaves_nothing(tmp_path: Path, end: signal.Signals) -> None:
    """Neither a process nor a folder, though a loop was running with a child of its own."""
    desk = Desk(tmp_path)
    source = "import subprocess\nsubprocess.Popen(['sleep', '99'], start_new_session=True)\n"
    desk.write("scale_solution", f"{source}def scale(x, f):\n    while True: pass")
    desk.save()
    command = [sys.executable, "-m", "autograder.cli.main", "check", str(desk.path), "--watch"]
    options: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([*command, "--json", "--data", str(desk.data)], **options) as process:
        below = _when_there_are(process.pid, 4)
        folders = [folder for folder in below.values() if "dl30-check-" in folder]
        process.send_signal(end)
        out, err = process.communicate(timeout=SECONDS)
    assert psutil.wait_procs(list(below), timeout=SECONDS)[1] == []
    told = f"watching {desk.path}: save it in JupyterLab; Ctrl-C ends this\n"
    if end == signal.SIGINT:
        told += "stopped watching; nothing is left running\n"
        assert process.returncode == 0
    assert (out, err) == ("", told)
    until = time.monotonic() + SECONDS
    while any(Path(folder).exists() for folder in folders):
        assert time.monotonic() < until, folders
        time.sleep(0.02)


def _when_there_are(pid: int, many: int) -> dict[psutil.Process, str]:
    """The warm process, the run, its check and the check's child, once they are all there, each
    with its folder."""
    until = time.monotonic() + SECONDS
    while True:
        below = {}
        for each in psutil.Process(pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):  # it has ended
                below[each] = each.cwd()
        if len(below) >= many and any("dl30-check-" in folder for folder in below.values()):
            return below
        assert time.monotonic() < until, below
        time.sleep(0.02)


def test_a_terminal_is_redrawn(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    terminal = pexpect.spawn(
        sys.executable,
        ["-m", "autograder.cli.main", "check", "--watch", "--data", str(desk.data)],
        cwd=str(desk.folder), dimensions=(24, 90), timeout=SECONDS, encoding="utf-8",
        env=os.environ | {"TERM": "xterm"},
    )  # fmt: skip
    with contextlib.closing(terminal):
        terminal.expect_exact(f"watching {STEM}.ipynb: save it in JupyterLab; Ctrl-C ends this\r\n")
        terminal.expect_exact("\x1b[H\x1b[2J")
        terminal.expect_exact("nothing solved yet")
        terminal.expect_exact("next: scale")
        desk.solve("scale")
        save(desk)
        terminal.expect_exact("\x1b[H\x1b[2J")
        terminal.expect_exact("\x1b[32m✓\x1b[0m scale")
        terminal.expect_exact("next: row_means")
        desk.write("scale_solution", "def scale(x, f):\n    while True: pass")
        save(desk)
        terminal.expect_exact("\r\x1b[Kstill running: scale")
        terminal.sendintr()
        terminal.expect_exact("stopped watching; nothing is left running")
        terminal.expect(pexpect.EOF)
        terminal.wait()
        assert terminal.exitstatus == 0


def test_the_stub_is_back(watching: Watching) -> None:
    watching.desk.write("scale_solution", STUBS["scale"])
    watching.save()
    assert statuses(watching.report()) == {"scale": "not started", "row_means": "not started"}
