"""Where the processor time of a submission goes, and how much memory grading it takes.

One right notebook is graded many times by one grading process on one core. What its cells and
the hidden tests cost in a bare process (bare.py) is measured in turns with it; the rest is dl30's:
start and end of the cell, reading and repairing the notebook, pytest around the tests, the calls
across the boundary, the record, the gradebook. Milliseconds; machines differ.

    python benchmarks/where_it_goes.py [DAY ...] [--rounds 5] [--times 10] [--json FILE]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import msgspec
import psutil
from one_class import template
from population import Class

from autograder.course import Course, Day
from autograder.grading import batch, gradebook, records
from autograder.grading.batch import GradingProcess
from autograder.grading.jobs import Job, Settings
from autograder.grading.kit import Kit
from autograder.grading.records import Record
from autograder.grading.storing import BATCH
from autograder.sandbox.jail import Limits
from autograder.sandbox.launcher import WarmProcess
from autograder.sandbox.starting import ONE_THREAD

TOLD = "DL30_BENCH_TOLD"
STUDENT = "s00000"


class Watch(threading.Thread):
    """The most memory that a process and all below it had at once, shared memory counted once."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.most = 0
        self.ended = threading.Event()
        self._top = psutil.Process(pid)

    def run(self) -> None:
        while not self.ended.wait(0.02):
            total = 0
            for each in [self._top, *self._top.children(recursive=True)]:
                try:
                    total += each.memory_full_info().pss
                except psutil.Error:
                    continue
            self.most = max(self.most, total)


class Bare:
    """The notebook and the hidden tests in a bare process, once for each `run`."""

    def __init__(self, course: Course, day: Day, path: Path) -> None:
        command = [sys.executable, str(Path(__file__).with_name("bare.py")), day.stem, str(path)]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=course.root,
            env=os.environ | ONE_THREAD,
            text=True,
        )
        self.torch: bool = self._told()["torch"]
        self.spent: list[list[float]] = []

    def run(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        self.spent.append(self._told())

    def _told(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        return json.loads(line) if line else sys.exit("the bare process ended")

    def close(self) -> None:
        self._process.communicate()


@contextlib.contextmanager
def patched(told: Path) -> Iterator[None]:
    """Grading processes that are started in here tell in that file what they have used."""
    start = batch.subprocess.Popen
    metered = str(Path(__file__).with_name("metered.py"))

    def started(command: list[str], **options: Any) -> Any:
        place = command.index("-m")
        return start([*command[:place], metered, *command[place + 2 :]], **options)

    with (
        mock.patch.object(batch.subprocess, "Popen", started),
        mock.patch.dict(os.environ, {TOLD: str(told)}),
    ):
        yield


class Grading:
    """One grading process with parts that are timed, and all below it."""

    def __init__(self, course: Course, day: Day, told: Path) -> None:
        self._told = told
        with patched(told):
            self._process = GradingProcess(Settings(str(course.root), day.stem))
        self.pid = self._process._process.pid

    def grade(self, path: Path, seed: int) -> None:
        record = self._process.grade(Job(STUDENT, str(path), seed))
        if record.score != record.max_score:
            sys.exit(f"{record.day}: the right notebook got {record.score}")

    def spent(self) -> dict[str, float]:
        """Processor seconds so far, of the process's parts and of all below it."""
        below = sum(map(_seconds_of, psutil.Process(self.pid).children(recursive=True)))
        found: dict[str, float] = json.loads(self._told.read_text())
        return found | {"below": below}

    def close(self) -> None:
        self._process.close()


class Cells:
    """Workers that are started and ended, and do nothing between."""

    def __init__(self, preload: tuple[str, ...]) -> None:
        self._warm = WarmProcess(preload=preload)
        self._warm.wait_ready()

    def round(self, times: int) -> float:
        """Seconds for each."""
        before = self._seconds()
        for _ in range(times):
            remote = self._warm.spawn(Limits())
            remote.request(5.0, "seed", 1)
            remote.close()
        time.sleep(0.3)
        return (self._seconds() - before) / times

    def _seconds(self) -> float:
        warm = psutil.Process(self._warm._process.pid)
        below = sum(map(_seconds_of, [warm, *warm.children(recursive=True)]))
        return time.process_time() + below

    def close(self) -> None:
        self._warm.close()


def _seconds_of(process: psutil.Process) -> float:
    """With those of its children that have ended; of one that ended just now its parent tells."""
    try:
        return float(sum(process.cpu_times()[:4]))
    except psutil.Error:
        return 0.0


class Stored:
    """Records of a graded notebook, written and stored in the gradebook for further students."""

    def __init__(self, course: Course, day: Day, students: Class) -> None:
        self._course, self._day, self._class = course, day, students
        self._kit = Kit(course, day)
        self._made = 0

    def round(self, record: Record, times: int) -> tuple[float, float]:
        """Seconds to write one record, and to store it."""
        made = []
        for _ in range(times):
            student = f"t{self._made:05}"
            path = self._course.submitted / student / self._day.stem / f"{self._day.stem}.ipynb"
            path.parent.mkdir(parents=True)
            path.write_bytes(self._class.make("perfect", self._made))
            state = self._kit.fingerprint(path)
            made.append(msgspec.structs.replace(record, student=student, fingerprint=state))
            self._made += 1
        begin = time.process_time()
        records.write(self._course.records / self._day.stem, *made)
        middle = time.process_time()
        gradebook.store(self._kit, made)
        return (middle - begin) / len(made), (time.process_time() - middle) / len(made)


def split(name: str, rounds: int, times: int, scratch: Path) -> dict[str, float]:
    """Milliseconds of each part, and `memory` in MB.

    Bare runs and gradings take turns; the medians of the rounds are taken, since a machine that is
    shared is now and then twice as slow for a while.
    """
    course, day = template(scratch, name)
    students = Class(course, day)
    path = course.submitted / STUDENT / day.stem / f"{day.stem}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(students.make("perfect", 0))
    subprocess.run(["dl30", "grade", day.stem], cwd=course.root, capture_output=True, check=True)
    found = records.read(course.records / day.stem, STUDENT)
    assert found is not None
    bare, grading = Bare(course, day, path), Grading(course, day, scratch / "told")
    stored = Stored(course, day, students)
    stored.round(found, 2)
    memory = most_memory(grading, path)
    cells = Cells(("numpy", "matplotlib.pyplot", *(("torch",) if bare.torch else ())))
    cells.round(times)
    seen = []
    for number in range(rounds):
        bare.spent.clear()
        before = grading.spent()
        for seed in range(number * times, (number + 1) * times):
            one = scratch / f"{seed}.ipynb"
            one.write_bytes(students.make("perfect", seed))
            bare.run()
            grading.grade(one, seed)
        after = grading.spent()
        parts = {key: (after[key] - before[key]) / times for key in after}
        own, tests = (sum(part) / times for part in zip(*bare.spent, strict=True))
        record, kept = stored.round(found, BATCH)
        seen.append(_parts(parts, own, tests, cells.round(times), record, kept))
    for each in (bare, grading, cells):
        each.close()
    whole = {key: 1000 * statistics.median(one[key] for one in seen) for key in seen[0]}
    return whole | {"memory": memory}


def _parts(
    spent: dict[str, float], own: float, tests: float, cell: float, record: float, kept: float
) -> dict[str, float]:
    parts = {
        "its cells, in a bare process": own,
        "hidden tests, in a bare process": tests,
        "start and end of its cell": cell,
        "reading and repairing": spent["reading"],
        "pytest around the tests": spent["phases"] - spent["bodies"],
        "calls across the boundary": spent["bodies"] + spent["below"] - cell - own - tests,
        "record": record + spent["all"] - spent["reading"] - spent["phases"],
        "gradebook": kept,
    }
    return parts | {"beyond a bare process": sum(parts.values()) - own - tests}


def most_memory(grading: Grading, path: Path) -> float:
    watch = Watch(grading.pid)
    watch.start()
    for seed in range(5):
        grading.grade(path, seed)
    watch.ended.set()
    watch.join()
    return watch.most / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("days", nargs="*", default=["14"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--times", type=int, default=10, help="in each round")
    parser.add_argument("--json", type=Path, help="write the figures there")
    asked = parser.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    figures = {}
    for name in asked.days:
        with tempfile.TemporaryDirectory(prefix="dl30-bench-") as folder:
            figures[name] = split(name, asked.rounds, asked.times, Path(folder))
        print(f"day {name}: milliseconds of processor time per submission")
        for part, value in figures[name].items():
            unit = " MB at most, grading process and all below it" if part == "memory" else ""
            print(f"  {part:34}{value:8.1f}{unit}", flush=True)
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
