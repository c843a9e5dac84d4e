"""Whatever is killed, at whatever moment: no stored result is lost or changed, and the next run
comes to what an undisturbed one comes to."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from dask_cluster import DaskCluster
from database_servers import PostgreSQL
from dl30_command import finish, start
from mini_course import FAST, STEM, Mini, make_course, plain
from sqlalchemy import create_engine, text
from test_interrupt import descendants

from autograder.grading import records
from autograder.grading.records import Record
from autograder.release import open_course, release
from autograder.sandbox import launcher

KILLS = int(os.environ.get("DL30_KILLS", "54"))
CLASS = [f"s{number:02}" for number in range(16)]
SLOW = "import time\ntime.sleep(0.05)"


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "PRELOAD", FAST)


def hand_in(mini: Mini) -> None:
    for number, student in enumerate(CLASS):
        if number % 4 == 1:
            mini.submit(student, SLOW, row_means="def row_means(x): return x.mean(axis=0)")
        elif number % 4 == 2:
            mini.submit(student, SLOW, scale="def scale(x, factor): import os; os._exit(1)")
        else:
            mini.submit(student, SLOW)


def truth(mini: Mini) -> dict[str, dict[str, Any]]:
    """What everybody gets when nobody is killed."""
    found = {record.student: plain(record) for record in mini.grade(jobs=2)}
    for path in mini.course.records.glob(f"{STEM}/*.json"):
        path.unlink()
    return found


class Chaos:
    """Runs the command again and again, and kills something now and then."""

    def __init__(self, mini: Mini, wanted: dict[str, Any], *arguments: str) -> None:
        self.mini = mini
        self.wanted = wanted
        self.arguments = arguments
        self.random = random.Random(30)
        self.killed: list[str] = []
        self.stored: dict[str, bytes] = {}
        self.most_found = 0

    def run(self, others: Callable[[], list[Callable[[], str]]] = list) -> None:
        """One run of the command with --force, and kills in it until it ends or is killed.

        `others` are what may be killed besides the command and its processes.
        """
        process = start(self.mini, "grade", "1", "--force", *self.arguments)
        reader = threading.Thread(target=finish, args=[process], daemon=True)
        reader.start()
        while process.poll() is None:
            time.sleep(self.random.uniform(0.15, 0.9))
            if process.poll() is None:
                self.kill_one(process, others())
            self.look()
        reader.join()
        self.look()

    def kill_one(self, process: subprocess.Popen[str], others: list[Callable[[], str]]) -> None:
        victims = [*descendants(process.pid), (process.pid, "")]
        if others and self.random.random() < 0.4:
            self.killed.append(self.random.choice(others)())
            return
        pid, _ = self.random.choice(sorted(victims))
        self.most_found = max(self.most_found, len(_with(str(self.mini.root))))
        with contextlib.suppress(OSError):
            role = _role(pid, process.pid)
            os.kill(pid, signal.SIGKILL)
            self.killed.append(role)

    def look(self) -> None:
        """Every record that stands is whole, and says what it should; none has gone."""
        now = {}
        for path in self.mini.course.records.glob(f"{STEM}/*.json"):
            record = msgspec.json.decode(path.read_bytes(), type=Record)
            if record.status == "broken":  # lost twice, and graded anew by the next run
                assert "the grading process was lost" in record.problem
            else:
                assert plain(record) == self.wanted[record.student]
            now[record.student] = path.read_bytes()
        assert set(self.stored) <= set(now)
        self.stored = now

    def settle(self) -> None:
        """An undisturbed run, and what stands everywhere after it."""
        ran = finish(start(self.mini, "grade", "1", *self.arguments))
        assert ran.code == 0, ran.err
        self.look()
        assert {name: record_of(self.mini, name) for name in CLASS} == self.wanted
        scores = asked(self.mini)
        assert len(scores) == 3 * len(CLASS)
        assert {
            (who, cell): score for who, cell, score in scores if cell in ("scale", "row_means")
        } == {
            (who, cell): result["points"]
            for who, record in self.wanted.items()
            for cell, result in record["exercises"].items()
        }


def _role(pid: int, command: int) -> str:
    if pid == command:
        return "command"
    parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return "grading process" if parent == command else "warm process or below"


def record_of(mini: Mini, student: str) -> dict[str, Any]:
    found = records.read(mini.course.records / STEM, student)
    assert found is not None
    return plain(found)


def asked(mini: Mini) -> list[tuple[str, str, float]]:
    query = (
        "select s.student_id, b.name, g.auto_score from submitted_assignment s "
        "join submitted_notebook n on n.assignment_id = s.id "
        "join grade g on g.notebook_id = n.id join base_cell b on b.id = g.cell_id"
    )
    engine = create_engine(open_course(mini.course).db_url)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return found


def left_behind(mini: Mini) -> list[str]:
    """Processes that still have to do with the course, by their command or environment."""
    end = time.monotonic() + 10
    while found := _with(str(mini.root)):
        if time.monotonic() > end:
            break
        time.sleep(0.1)
    return found


def _with(word: str) -> list[str]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command, environment = (process / "cmdline", process / "environ")
            if word.encode() in command.read_bytes() + environment.read_bytes():
                found.append(command.read_text().replace("\0", " "))
    return found


def test_on_one_machine(mini: Mini, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command, grading processes, warm processes, overseers and workers."""
    # Of its environment a grading process has the folder for temporary files alone.
    temporary = Path(f"{mini.root}-temporary")
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    hand_in(mini)
    chaos = Chaos(mini, truth(mini), "--jobs", "3")
    while len(chaos.killed) < KILLS * 2 // 3:
        chaos.run()
    assert {"command", "grading process", "warm process or below"} <= set(chaos.killed)
    chaos.settle()
    assert chaos.most_found >= 4, "the command, and of one grading process three"
    assert left_behind(mini) == []


@pytest.fixture
def server() -> Iterator[PostgreSQL]:
    made = PostgreSQL()
    yield made
    made.close()


def test_with_a_server_that_is_killed_and_comes_back(server: PostgreSQL, tmp_path: Path) -> None:
    course = make_course(tmp_path / "course")
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write(f"c.CourseDirectory.db_url = {server.new_database()!r}\n")
    release(course, course.day("1"))
    mini = Mini(course.root)
    hand_in(mini)

    def restart() -> str:
        server.stop()
        server.start()
        return "PostgreSQL"

    chaos = Chaos(mini, truth(mini), "--jobs", "2")
    while len(chaos.killed) < KILLS // 6 or "PostgreSQL" not in chaos.killed:
        chaos.run(lambda: [restart])
    chaos.settle()


def test_on_a_cluster(mini: Mini, tmp_path: Path) -> None:
    """Workers, which their nannies start anew, and the command."""
    hand_in(mini)
    wanted = truth(mini)
    cluster = DaskCluster(tmp_path, 3)
    try:
        cluster.wait(3)
        chaos = Chaos(mini, wanted, "--scheduler", cluster.address)

        def workers() -> list[Callable[[], str]]:
            pids = [sorted(descendants(nanny.pid)) for nanny in cluster.workers]
            return [lambda pid=found[0][0]: _killed(pid) for found in pids if found]

        while len(chaos.killed) < KILLS // 6 or "Dask worker" not in chaos.killed:
            chaos.run(workers)
        cluster.wait(3)
        chaos.settle()
    finally:
        cluster.close()


def _killed(pid: int) -> str:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return "Dask worker"
