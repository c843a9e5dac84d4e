"""Time and memory against the number of submissions, and against `--jobs`.

The class is that of population.py without the endless and the slow ones, whose limits would be
what is measured; from 200 students on the same notebooks come again. Memory is of the command and
all below it, shared memory counted once, looked at while it runs.

    python benchmarks/scale.py [DAY] [--sizes 1 10 100 1000] [--jobs 1 2 4] [--json FILE]
    python benchmarks/scale.py --draw FILE docs/performance.svg
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
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil
from one_class import template
from population import Class, kinds

from autograder.course import Course, Day

LEFT_OUT = ("endless", "slow")
DIFFERENT = 200


class Watch(threading.Thread):
    """Memory of a process and all below it, in MB, every few seconds."""

    def __init__(self, pid: int, seconds: float) -> None:
        super().__init__(daemon=True)
        self.seen: list[float] = []
        self.ended = threading.Event()
        self._seconds = seconds
        self._top = psutil.Process(pid)

    def run(self) -> None:
        while not self.ended.wait(self._seconds):
            self.seen.append(sum(map(_memory, self._all())))

    def _all(self) -> list[psutil.Process]:
        try:
            return [self._top, *self._top.children(recursive=True)]
        except psutil.Error:
            return []


def _memory(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss) / 2**20
    except psutil.Error:
        return 0.0


def hand_in(course: Course, day: Day, count: int) -> None:
    shutil.rmtree(course.submitted, ignore_errors=True)
    maker = Class(course, day)
    wanted = [kind for kind in kinds(DIFFERENT) if kind not in LEFT_OUT]
    made = [maker.make(kind, number) for number, kind in enumerate(wanted[:count])]
    for number in range(count):
        path = course.submitted / f"s{number:05}" / day.stem / f"{day.stem}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(made[number % len(made)])


def measure(course: Course, day: Day, count: int, jobs: int) -> dict[str, Any]:
    """Seconds from start to end, and memory in MB at the tenth and at the end of the grading."""
    for name in ("records", "autograded", "feedback"):
        shutil.rmtree(course.root / name, ignore_errors=True)
    begin = time.perf_counter()
    command = ["dl30", "grade", day.stem, "--jobs", str(jobs)]
    with (course.root / "said").open("wb") as said:
        process = subprocess.Popen(command, cwd=course.root, stdout=said, stderr=said)
        watch = Watch(process.pid, 0.2 if count < 1000 else 5.0)
        watch.start()
        code = process.wait()
    took = time.perf_counter() - begin
    watch.ended.set()
    if code != 0:
        sys.exit((course.root / "said").read_text()[-2000:])
    tenth = watch.seen[: max(len(watch.seen) // 10, 1)]
    return {
        "submissions": count,
        "jobs": jobs,
        "seconds": round(took, 2),
        "memory, first tenth": round(max(tenth, default=0.0)),
        "memory, most": round(max(watch.seen, default=0.0)),
        "memory, last tenth": round(max(watch.seen[-len(tenth) :], default=0.0)),
    }


def draw(figures: dict[str, Any], into: Path) -> None:
    """Two panels, readable without colour: time against submissions, and against jobs."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams |= {"svg.hashsalt": "dl30", "font.size": 10}
    import matplotlib.pyplot as plt

    fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    sizes = [row for row in figures["rows"] if row["jobs"] == figures["cores"]]
    by_size = dict(sorted((row["submissions"], row["seconds"]) for row in sizes))
    stock = figures.get("stock seconds per submission")
    left.loglog(list(by_size), list(by_size.values()), "o-", color="#0b5394", label="dl30 grade")
    if stock:
        line = [count * stock for count in by_size]
        left.loglog(list(by_size), line, "s--", color="#b45f06", label="nbgrader, by its mean")
    left.set(xlabel="submissions", ylabel="seconds")
    left.set_title(f"{figures['day']}, {figures['cores']} cores")
    left.legend(frameon=False)
    most = figures["jobs size"]
    by_jobs = {row["jobs"]: row for row in figures["rows"] if row["submissions"] == most}
    rates = [most / by_jobs[jobs]["seconds"] for jobs in sorted(by_jobs)]
    right.plot(sorted(by_jobs), rates, "o-", color="#0b5394")
    right.set(xlabel="--jobs", ylabel="submissions a second")
    right.set_ylim(0, 1.15 * max(rates))
    right.set_xticks(sorted(by_jobs))
    right.set_title(f"{most} submissions")
    for axes in (left, right):
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    fig.savefig(into, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("day", nargs="?", default="14")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 10, 100, 1000])
    parser.add_argument("--jobs", type=int, nargs="*", default=[1, 2, 4])
    parser.add_argument("--jobs-size", type=int, default=200, help="submissions for --jobs")
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument("--draw", type=Path, nargs=2, metavar=("JSON", "SVG"))
    asked = parser.parse_args()
    if asked.draw:
        draw(json.loads(asked.draw[0].read_text()), asked.draw[1])
        return
    cores = os.cpu_count() or 1
    figures: dict[str, Any] = {"date": f"{datetime.now():%Y-%m-%d}", "cores": cores, "rows": []}
    figures["jobs size"] = asked.jobs_size
    runs = [(size, cores) for size in asked.sizes]
    runs += [(asked.jobs_size, jobs) for jobs in asked.jobs]
    with tempfile.TemporaryDirectory(prefix="dl30-bench-") as folder:
        course, day = template(Path(folder), asked.day)
        figures["day"] = day.stem
        for size, jobs in runs:
            hand_in(course, day, size)
            row = measure(course, day, size, jobs)
            figures["rows"].append(row)
            print(", ".join(f"{key} {value}" for key, value in row.items()), flush=True)
            if asked.json:
                asked.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
