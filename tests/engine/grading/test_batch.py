"""Many submissions: the same results in any order and number at once, and what ends a run."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from mini_course import FAST, HIDDEN, MAX_SCORE, STEM, Mini, plain
from sandbox_lab import descendants, eventually, seeing_orphans

from autograder.errors import CourseError
from autograder.grading import batch
from autograder.grading.batch import Pool
from autograder.grading.grade import Options, carry_out, plan, submission_path
from autograder.grading.jobs import Job
from autograder.grading.records import Record
from autograder.sandbox import launcher


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "PRELOAD", FAST)


DRAWS = (
    HIDDEN
    + '''
    def test_draw(self, student, rng):
        """What is drawn is told."""
        check(False, f"drawn {rng.integers(10**9)}")
'''
)


def drawn(record: Record) -> str:
    return record.exercises["row_means"].tests[-1].message


@pytest.fixture(scope="module")
def room(new_mini: Callable[[], Mini]) -> Mini:
    mini = new_mini()
    mini.hide(DRAWS)
    mini.submit("ada")
    mini.blank("ben")
    mini.submit("cleo", row_means="def row_means(x): return x.mean(axis=0)")
    mini.submit("dan", scale="def scale(x, factor): import os; os._exit(1)")
    return mini


def test_results_do_not_depend_on_how_many_at_once(room: Mini) -> None:
    """Nor on the order in which they come, on who else is graded, or on where the course lies."""
    one = room.grade(jobs=1)
    two = room.grade(jobs=2, force=True)
    some = room.grade(students=["dan", "ben"], jobs=2, force=True)
    assert [record.student for record in one] == ["ada", "ben", "cleo", "dan"]
    assert [plain(record) for record in two] == [plain(record) for record in one]
    assert [plain(record) for record in some] == [plain(one[1]), plain(one[3])]
    assert len({drawn(record) for record in one}) == 4


def test_only_what_is_new_is_graded(room: Mini, tmp_path: Path) -> None:
    mini = Mini(Path(shutil.copytree(room.root, tmp_path / "course")))
    shutil.rmtree(mini.course.records, ignore_errors=True)
    assert [record.student for record in mini.grade(students=["ada", "ben"])] == ["ada", "ben"]
    todo = plan(mini.course, mini.day, Options())
    assert [record.student for record in todo.current] == ["ada", "ben"]
    assert [job.student for job in todo.jobs] == ["cleo", "dan"]
    forced = plan(mini.course, mini.day, Options(force=True))
    assert (forced.current, len(forced.jobs)) == ((), 4)


def test_a_seed_replays_a_record(room: Mini) -> None:
    (record,) = room.grade(students=["ada"])
    (other,) = room.grade(students=["ada"], seed=record.seed + 1)
    (replayed,) = room.grade(students=["ada"], seed=record.seed)
    assert plain(replayed) == plain(record)
    assert drawn(other) != drawn(record)
    assert other.seed == record.seed + 1
    assert (other.status, other.score) == (record.status, record.score)


def test_an_interrupt_keeps_what_was_told(mini: Mini) -> None:
    """Every record that was told is on the disk, and no process is left."""
    for student in ("ada", "ben", "cleo"):
        mini.submit(student)
    told: list[str] = []

    def stop(record: Record) -> None:
        assert mini.record(record.student)["score"] == MAX_SCORE
        told.append(record.student)
        raise KeyboardInterrupt

    options = Options(jobs=2)
    with seeing_orphans():
        with pytest.raises(KeyboardInterrupt):
            carry_out(plan(mini.course, mini.day, options), options, stop)
        assert eventually(lambda: still_grading() == [])
    assert len(told) == 1
    assert set(told) <= {path.stem for path in mini.course.records.glob(f"{STEM}/*.json")}


def test_a_run_holds_no_tests_in_memory(mini: Mini) -> None:
    """Of ten thousand submissions they would fill hundreds of megabytes."""
    mini.submit("ada")
    options, whole = Options(), []
    made = carry_out(plan(mini.course, mini.day, options), options, whole.append)
    known = plan(mini.course, mini.day, options).current
    for record in (*made, *known):
        assert record.score == MAX_SCORE
        assert [result.tests for result in record.exercises.values()] == [[], []]
    assert len(made) == len(known) == 1
    assert all(result.tests for result in whole[0].exercises.values())


def test_nothing_is_left_in_the_folder_for_temporary_files(
    mini: Mini, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir(0o755)
    monkeypatch.setenv("TMPDIR", str(folder))
    mini.submit("ada")
    assert mini.grade()[0].score == MAX_SCORE
    assert list(folder.iterdir()) == []


def still_grading() -> list[int]:
    """Grading processes of ours and what they started, which ends by itself after them."""
    found = []
    for pid in descendants(os.getpid()):
        with contextlib.suppress(OSError):
            if b"autograder.grading.start" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
    return found


def test_a_fault_of_the_course_ends_the_run(mini: Mini) -> None:
    for student in ("ada", "ben", "cleo"):
        mini.submit(student)
    mini.hide("import nothing_of_that_name")
    with seeing_orphans():
        with pytest.raises(CourseError, match="cannot be collected"):
            mini.grade(jobs=2)
        assert eventually(lambda: still_grading() == [])
    assert list(mini.course.records.glob(f"{STEM}/*.json")) == []


class Fake:
    """A grading process that takes its time to start, and would grade for ever."""

    made: list[Fake]
    starting = threading.Event()
    may_start = threading.Event()

    def __init__(self, settings: object, core: int | None) -> None:
        Fake.starting.set()
        assert Fake.may_start.wait(10)
        self.killed = threading.Event()
        Fake.made.append(self)

    def grade(self, job: Job) -> Record:
        assert self.killed.wait(10), "nobody ends it"
        raise batch.ProcessLost("it was killed")

    def kill(self) -> None:
        self.killed.set()

    def close(self) -> None:
        pass


def test_an_interrupt_while_a_process_starts(mini: Mini, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is ended as soon as it is there."""
    Fake.made = []
    Fake.starting.clear()
    Fake.may_start.clear()
    monkeypatch.setattr(batch, "GradingProcess", Fake)
    pool = Pool(mini.settings, 1, lambda job, why: pytest.fail("nobody wants this record"))

    def interrupted(self: Pool, *_: object) -> None:
        assert Fake.starting.wait(10)
        threading.Timer(0.2, Fake.may_start.set).start()
        raise KeyboardInterrupt

    monkeypatch.setattr(Pool, "_gather", interrupted)
    begin = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        pool.run([Job("ada", "nowhere", 1)], lambda made: None)
    assert time.monotonic() - begin < 5
    assert [fake.killed.is_set() for fake in Fake.made] == [True]


def test_a_process_that_starts_after_the_interrupt(
    mini: Mini, monkeypatch: pytest.MonkeyPatch
) -> None:
    Fake.made = []
    Fake.may_start.set()
    monkeypatch.setattr(batch, "GradingProcess", Fake)
    pool = Pool(mini.settings, 1, lambda job, why: pytest.fail("nobody wants this record"))
    runner = batch._Runner(pool, queue.SimpleQueue(), queue.SimpleQueue())
    runner.stop()
    runner._start_process()
    assert [fake.killed.is_set() for fake in Fake.made] == [True]


@pytest.fixture
def asked(mini: Mini) -> Iterator[subprocess.Popen[bytes]]:
    """A grading process that is busy with a notebook that sleeps."""
    mini.submit("ada", "import time\ntime.sleep(19)")
    process = batch.GradingProcess(mini.settings)
    process._write(Job("ada", str(submission_path(mini.course, mini.day, "ada")), 1))
    yield process._process
    process.kill()
    process.close()


def test_a_grading_process_ends_when_nobody_waits_for_it(
    asked: subprocess.Popen[bytes],
) -> None:
    time.sleep(2)
    assert asked.poll() is None
    assert asked.stdin is not None
    asked.stdin.close()
    assert asked.wait(timeout=3) == 0


def test_a_process_that_takes_too_long_is_ended(
    mini: Mini, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Student code has clocks of its own; this is a hidden test that does not end."""
    endless = "while True:\n            pass\n        expected = reference"
    mini.hide(HIDDEN.replace("expected = reference", endless))
    mini.submit("ada")
    monkeypatch.setattr(batch, "SPARE_SECONDS", -590.0)
    (record,) = mini.grade()
    assert record.status == "broken"
    assert record.problem == "the grading process was lost: it took more than 10 s and was ended"


@pytest.mark.skipif(os.geteuid() != 0, reason="a user namespace of an ordinary user says the same")
def test_a_machine_without_jails(mini: Mini) -> None:
    """Nobody is graded, and what is missing is said in one line; --no-jail grades all the same."""
    mini.submit("ada", "import os\nHOME = os.getcwd()")
    program = (
        "import json, sys\n"
        f"sys.path.insert(0, {str(Path(__file__).parents[1])!r})\n"
        "from mini_course import *\n"
        "from autograder.errors import Dl30Error\n"
        "from autograder.sandbox import launcher\n"
        "launcher.PRELOAD = FAST\n"
        "mini = Mini(Path(sys.argv[1]))\n"
        "try:\n"
        "    mini.grade()\n"
        "except Dl30Error as error:\n"
        "    print(json.dumps([error.exit_code, str(error)]))\n"
        "(record,) = mini.grade(jailed=False)\n"
        "print(json.dumps([record.score, record.jailed]))\n"
    )
    forbid = 'echo 0 >/proc/sys/user/max_mnt_namespaces && exec "$@"'
    command = ["unshare", "--user", "--map-root-user", "sh", "-c", forbid, "sh"]
    command += [sys.executable, "-c", program, str(mini.root)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert ended.stderr == ""
    refused, graded = map(json.loads, ended.stdout.splitlines())
    assert refused[0] == 3
    assert refused[1].startswith("the jail for student code cannot be built: ")
    assert "--no-jail grades without it" in refused[1]
    assert "\n" not in refused[1]
    assert graded == [MAX_SCORE, False]
