"""Grading on a Dask cluster: a real scheduler and three workers, over TCP."""

from __future__ import annotations

import os
import re
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from dask_cluster import DaskCluster
from distributed import Future
from dl30_command import finish, run, start
from mini_course import FAST, STEM, Mini, plain
from test_jail import BECOME_ORDINARY

from autograder import cluster
from autograder.errors import ClusterError, CourseError
from autograder.grading.records import Record
from autograder.sandbox import launcher

CLASS = [f"s{number:02}" for number in range(18)]
SLOW = "import time\ntime.sleep(0.4)"


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "PRELOAD", FAST)


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    made = DaskCluster(tmp_path_factory.mktemp("dask"), 3)
    made.wait(3)
    yield made
    made.close()


@pytest.fixture(scope="module")
def room(new_mini: Callable[[], Mini]) -> Mini:
    mini = new_mini()
    for number, student in enumerate(CLASS):
        if number % 6 == 1:
            mini.blank(student)
        elif number % 6 == 2:
            mini.submit(student, row_means="def row_means(x): return x.mean(axis=0)")
        elif number % 6 == 3:
            mini.submit(student, scale="def scale(x, factor): import os; os._exit(1)")
        else:
            mini.submit(student)
    mini.path("s04").write_text("no notebook")
    mini.path("s05").unlink()
    mini.path("s05").mkdir()
    return mini


def test_the_same_as_on_one_machine(room: Mini, three: DaskCluster) -> None:
    here = room.grade(jobs=2)
    shutil.rmtree(room.course.records / STEM)
    there = room.grade(scheduler=three.address)
    assert [record.student for record in there] == CLASS
    assert list(map(without_walls, there)) == list(map(without_walls, here))
    assert {record.status for record in here} == {"graded", "unreadable"}
    assert there[0].protections == here[0].protections != []
    assert left_on_workers(three) == []


def without_walls(record: object) -> dict[str, object]:
    """What cannot be read is refused before it is sent, so no protection was tried for it."""
    return {key: value for key, value in plain(record).items() if key != "protections"}


def left_on_workers(three: DaskCluster) -> list[Path]:
    """Hidden tests and solutions go away with the run."""
    return [path for number in range(3) for path in three.place(number).rglob("*.py")]


def test_what_is_graded_is_not_sent_again(room: Mini, three: DaskCluster) -> None:
    room.grade(scheduler=three.address)
    ran = run(room, "grade", "1", "--scheduler", three.address)
    assert ran.err.splitlines()[0] == f"{STEM}: 0 to grade, 18 unchanged"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start workers of another user")
def test_no_disk_is_shared(room: Mini) -> None:
    """Workers of a user who may not look into the course's folder."""
    room.root.chmod(0o700)
    folder = Path("/tmp") / f"dl30-dask-{os.getpid()}"
    folder.mkdir()
    try:
        folder.chmod(0o777)
        one = DaskCluster(folder, 1, before=BECOME_ORDINARY)
        try:
            one.wait(1)
            assert room.grade(students=["s00"], force=True, scheduler=one.address)[0].score == 11
        finally:
            one.close()
    finally:
        shutil.rmtree(folder)


def test_a_worker_killed_in_the_middle(mini: Mini, tmp_path: Path) -> None:
    """Nothing is lost, and nothing stands twice in the gradebook."""
    for student in CLASS:
        mini.submit(student, SLOW)
    made = DaskCluster(tmp_path, 3, "--no-nanny")
    try:
        made.wait(3)
        process = start(mini, "grade", "1", "--scheduler", made.address)
        wait_for_records(mini, 3)
        os.kill(made.workers[1].pid, signal.SIGKILL)
        ran = finish(process)
        graded = len(list(mini.course.records.glob(f"{STEM}/*.json")))
    finally:
        made.close()
    assert (ran.code, graded) == (0, len(CLASS)), ran.err
    assert ran.out.splitlines()[-1] == "gradebook.db: 18 stored"
    assert ran.out.count(" 11     11 ") == 18
    told = re.findall(r"^\d+/18 (\w+):", ran.err, flags=re.MULTILINE)  # not the pace now and then
    assert sorted(told) == CLASS


def wait_for_records(mini: Mini, count: int) -> None:
    end = time.monotonic() + 60
    while len(list(mini.course.records.glob(f"{STEM}/*.json"))) < count:
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_notebook_that_no_machine_survives(mini: Mini, three: DaskCluster) -> None:
    """A hidden test that ends its grading process, on each try: told, and the others go on."""
    text = mini.day.hidden_tests.read_text()
    deadly = "if student.scale(1.0, 1.0) == 5: import os; os._exit(7)\n        x = rng"
    mini.hide(text.replace("x = rng", deadly, 1))
    mini.submit("ada")
    mini.submit("ben", scale="def scale(x, factor): return 5")
    ada, ben = mini.grade(scheduler=three.address)
    assert (ada.status, ada.score) == ("graded", 11)
    assert (ben.status, ben.score) == ("broken", None)
    assert ben.problem == "the grading process was lost: it ended with 7"


def test_interrupted(mini: Mini, three: DaskCluster) -> None:
    """What came back is kept, and the next run does the rest."""
    for student in CLASS:
        mini.submit(student, SLOW)
    process = start(mini, "grade", "1", "--scheduler", three.address)
    wait_for_records(mini, 2)
    process.send_signal(signal.SIGINT)
    ran = finish(process)
    assert ran.code == 130
    assert ran.err.splitlines()[-1].startswith("interrupted: what was graded is kept")
    kept = len(list(mini.course.records.glob(f"{STEM}/*.json")))
    assert 2 <= kept < len(CLASS)
    ran = run(mini, "grade", "1", "--scheduler", three.address)
    assert ran.err.splitlines()[0] == f"{STEM}: {len(CLASS) - kept} to grade, {kept} unchanged"
    assert ran.code == 0


# Faults.


def test_a_scheduler_that_goes_away(mini: Mini, tmp_path: Path) -> None:
    for student in CLASS:
        mini.submit(student, SLOW)
    made = DaskCluster(tmp_path, 1, "--no-nanny")
    try:
        made.wait(1)
        process = start(mini, "grade", "1", "--scheduler", made.address)
        wait_for_records(mini, 2)
        os.killpg(made.scheduler.pid, signal.SIGKILL)
        ran = finish(process)
    finally:
        made.close()
    assert ran.code == 3
    assert ran.err.splitlines()[-1] == (
        f"dl30: {made.address}: the Dask scheduler is gone (what was graded is kept: start it "
        "anew, and run the same command again)"
    )
    assert len(list(mini.course.records.glob(f"{STEM}/*.json"))) >= 2


def test_a_scheduler_that_goes_away_unnoticed(
    mini: Mini, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first to notice is the call that asks for its workers, not the client's own watch."""
    for student in CLASS[:6]:
        mini.submit(student)
    made = DaskCluster(tmp_path, 1, "--no-nanny")
    record_of = cluster._Run._record_of

    def after_its_end(run: cluster._Run, future: Future) -> Record:
        record = record_of(run, future)
        os.killpg(made.scheduler.pid, signal.SIGKILL)
        made.scheduler.wait()
        return record

    monkeypatch.setattr(cluster._Run, "_record_of", after_its_end)
    try:
        made.wait(1)
        with pytest.raises(ClusterError, match="the Dask scheduler is gone"):
            mini.grade(scheduler=made.address)
    finally:
        made.close()
    assert list(mini.course.records.glob(f"{STEM}/*.json"))


def test_nobody_answers(mini: Mini, monkeypatch: pytest.MonkeyPatch) -> None:
    mini.submit("ada")
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.5)
    ran = run(mini, "grade", "1", "--scheduler", "tcp://127.0.0.1:1")
    assert ran.code == 3
    line = ran.err.splitlines()[-1]
    assert line.startswith("dl30: tcp://127.0.0.1:1: no Dask scheduler answers: ")
    assert line.endswith("(`dask scheduler` starts one)")
    ran = run(mini, "grade", "1", "--scheduler", "gopher://127.0.0.1:1")
    assert ran.code == 2
    assert "this is no address of a scheduler" in ran.err.splitlines()[-1]


def test_nobody_works(mini: Mini, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mini.submit("ada")
    made = DaskCluster(tmp_path, 0)
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1.0)
    try:
        with pytest.raises(ClusterError, match="the Dask scheduler has no workers"):
            mini.grade(scheduler=made.address)
    finally:
        made.close()


def test_another_version(mini: Mini, three: DaskCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    mini.submit("ada")
    monkeypatch.setattr(cluster, "engine_digest", lambda: "0" * 64)
    with pytest.raises(CourseError, match=r"worker tcp://.* has another version of dl30"):
        mini.grade(scheduler=three.address)


def test_a_fault_of_the_course(mini: Mini, three: DaskCluster) -> None:
    """It is told with the name of the machine, in one line."""
    mini.submit("ada")
    mini.hide("import nothing_of_that_name")
    ran = run(mini, "grade", "1", "--scheduler", three.address)
    assert ran.code == 3
    line = ran.err.splitlines()[-1]
    assert line.startswith("dl30: the Dask worker tcp://127.0.0.1:")
    assert "the hidden tests cannot be collected" in line
    assert left_on_workers(three) == []


def test_no_settings_travel(mini: Mini) -> None:
    """They may hold the password of a database; no student's work goes with the day either."""
    (mini.root / "nbgrader_config.py").write_text("SECRET = 1\n")
    mini.submit("ada")
    files = cluster.files_of(mini.course, mini.day)
    assert files["nbgrader_config.py"] == b""
    assert not [name for name in files if name.startswith(("submitted", "records", "gradebook"))]
