"""Where the processor time of a submission goes, and how much memory grading it takes.

One right notebook is graded many times by one grading process on one core. What its cells and
the hidden tests cost in a bare process (bare.py) is measured in the same run; the rest is dl30's:
start and end of the cell, reading and repairing the notebook, pytest around the tests, the calls
across the boundary, the record, the gradebook. Milliseconds; machines differ.

    python benchmarks/where_it_goes.py [DAY ...] [--times 40] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest
from one_class import template
from population import Class

from autograder.course import Course, Day
from autograder.grading import gradebook, process, records, running
from autograder.grading.jobs import Job, Settings
from autograder.grading.kit import Kit
from autograder.sandbox.jail import Limits
from autograder.sandbox.launcher import ONE_THREAD, WarmProcess

TOLD = "DL30_BENCH_TOLD"
STUDENT = "s00000"


def metered() -> None:
    """A grading process that tells after each submission what its parts have taken so far."""
    spent = {"reading": 0.0, "phases": 0.0, "bodies": 0.0}

    def meter(owner: Any, name: str, part: str) -> None:
        step: Callable[..., Any] = getattr(owner, name)

        def timed(*args: Any, **kwargs: Any) -> Any:
            begin = time.process_time()
            try:
                return step(*args, **kwargs)
            finally:
                spent[part] += time.process_time() - begin

        setattr(owner, name, timed)

    meter(Kit, "prepare", "reading")
    meter(running, "_phases", "phases")
    meter(pytest.Function, "runtest", "bodies")
    reply = process.GradingLoop.reply

    def telling(loop: Any, answer: Any) -> None:
        Path(os.environ[TOLD]).write_text(json.dumps(spent | {"all": time.process_time()}))
        reply(loop, answer)

    process.GradingLoop.reply = telling  # type: ignore[method-assign]
    process.main()


class Watch(threading.Thread):
    """The most memory that a process and all below it had at once, shared memory counted once."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.most = 0
        self.ended = threading.Event()
        self._top = psutil.Process(pid)

    def run(self) -> None:
        while not self.ended.wait(0.1):
            total = 0
            for each in [self._top, *self._top.children(recursive=True)]:
                try:
                    total += each.memory_full_info().pss
                except psutil.Error:
                    continue
            self.most = max(self.most, total)


def graded(course: Course, day: Day, path: Path, times: int, scratch: Path) -> dict[str, float]:
    """Seconds per submission of the grading process's parts and of all below it; memory in MB."""
    told = scratch / "told"
    command = [sys.executable, "-P", __file__, "--process"]
    command.append(msgspec.json.encode(Settings(str(course.root), day.stem)).decode())
    child = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | ONE_THREAD | {TOLD: str(told), "PYTHONPATH": str(Path(__file__).parent)},
    )
    assert child.stdin is not None
    assert child.stdout is not None
    watch = Watch(child.pid)
    watch.start()
    states = []
    for seed in range(times + 1):
        child.stdin.write(msgspec.json.encode(Job(STUDENT, str(path), seed)) + b"\n")
        child.stdin.flush()
        record = json.loads(child.stdout.readline())["record"]
        if record["score"] != record["max_score"]:
            sys.exit(f"{day.stem}: the right notebook got {record['score']}")
        below = sum(
            sum(each.cpu_times()[:4])
            for each in psutil.Process(child.pid).children(recursive=True)
            if each.is_running()
        )
        states.append(json.loads(told.read_text()) | {"below": below})
    watch.ended.set()
    child.stdin.close()
    child.wait()
    found = {key: (states[-1][key] - states[0][key]) / times for key in states[0]}
    return found | {"memory": watch.most / 2**20}


def cell_alone(preload: tuple[str, ...], times: int = 60) -> float:
    """Seconds to start and end a worker in its cell."""
    with WarmProcess(preload=preload) as warm:
        warm.wait_ready()
        spent = []
        for _ in range(2):
            before = _below()
            for _ in range(times):
                remote = warm.spawn(Limits())
                remote.request(5.0, "seed", 1)
                remote.close()
            time.sleep(0.3)
            spent.append((_below() - before) / times)
    return spent[-1]


def _below() -> float:
    me = psutil.Process()
    return time.process_time() + sum(
        sum(each.cpu_times()[:4]) for each in me.children(recursive=True)
    )


def stored(course: Course, day: Day, times: int) -> dict[str, float]:
    """Seconds to write a record, and to store it in the gradebook, of processor time."""
    kit = Kit(course, day)
    found = records.read(course.records / day.stem, STUDENT)
    assert found is not None
    made = []
    for number in range(times):
        student = f"t{number}"
        shutil.copytree(course.submitted / STUDENT, course.submitted / student)
        made.append(msgspec.structs.replace(found, student=student))
    gradebook.store(kit, [found])
    begin = time.process_time()
    records.write(course.records / day.stem, *made)
    middle = time.process_time()
    gradebook.store(kit, made)
    return {
        "record": (middle - begin) / times,
        "gradebook": (time.process_time() - middle) / times,
    }


def split(name: str, times: int, scratch: Path) -> dict[str, float]:
    """Milliseconds of each part, and `memory` in MB."""
    course, day = template(scratch, name)
    path = course.submitted / STUDENT / day.stem / f"{day.stem}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(Class(course, day).make("perfect", 0))
    bare_command = [sys.executable, str(Path(__file__).with_name("bare.py")), day.stem, str(path)]
    told = subprocess.run(
        bare_command, cwd=course.root, env=os.environ | ONE_THREAD, capture_output=True, check=True
    )
    bare = json.loads(told.stdout)
    subprocess.run(["dl30", "grade", day.stem], cwd=course.root, capture_output=True, check=True)
    found = graded(course, day, path, times, scratch)
    heavy = ("torch",) if bare["torch"] else ()
    cell = cell_alone(("numpy", "matplotlib.pyplot", *heavy))
    kept = stored(course, day, times)
    around = found["phases"] - found["bodies"]
    rest = found["all"] - found["reading"] - found["phases"]
    calls = found["bodies"] + found["below"] - cell - bare["cells"] - bare["tests"]
    parts = {
        "its cells, in a bare process": bare["cells"],
        "hidden tests, in a bare process": bare["tests"],
        "start and end of its cell": cell,
        "reading and repairing": found["reading"],
        "pytest around the tests": around,
        "calls across the boundary": calls,
        "record": kept["record"] + rest,
        "gradebook": kept["gradebook"],
    }
    milliseconds = {part: 1000 * seconds for part, seconds in parts.items()}
    own = sum(milliseconds.values()) - 1000 * (bare["cells"] + bare["tests"])
    return milliseconds | {"beyond a bare process": own, "memory": found["memory"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("days", nargs="*", default=["14"])
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--json", type=Path, help="write the figures there")
    asked = parser.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    figures = {}
    for name in asked.days:
        with tempfile.TemporaryDirectory(prefix="dl30-bench-") as folder:
            figures[name] = split(name, asked.times, Path(folder))
        print(f"day {name}: milliseconds of processor time per submission")
        for part, value in figures[name].items():
            unit = " MB at most, grading process and all below it" if part == "memory" else ""
            print(f"  {part:34}{value:8.1f}{unit}", flush=True)
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--process"]:
        del sys.argv[1]
        metered()
    else:
        main()
