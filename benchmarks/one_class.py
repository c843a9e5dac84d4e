"""Time and processor time per submission, `dl30 grade` beside stock `nbgrader autograde`, in one
run.

Both grade notebooks of the same four students (right, right with loops, a typical mistake, half
done) on the same machine, one after the other. Stock nbgrader executes the notebook with its
visible checks and figures, as it does by default; dl30 runs the hidden tests. Start-up is taken
out by grading one submission and then N, and dividing the difference by N - 1. A figure means
something as a ratio only: machines differ, and so does the load on one.

    python benchmarks/one_class.py [--dl30 40] [--stock 4] [--jobs 2]
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from autograder import demo
from autograder.course import Course
from autograder.release import release

DAY = "14"
STUDENTS = ("ada", "ben", "cleo", "esra")
STOCK = "\ndel c.Autograde\n"


@dataclass(frozen=True)
class Cost:
    """Seconds per submission, start-up taken out, and of start-up with one submission."""

    wall: float
    processor: float
    first: float


def measure(command: list[str], courses: dict[int, Path]) -> Cost:
    """Run `command` in a course with one submission and in one with many."""
    spent = {n: run(command, folder) for n, folder in courses.items()}
    few, many = min(spent), max(spent)
    wall, processor = ((spent[many][i] - spent[few][i]) / (many - few) for i in (0, 1))
    return Cost(wall, processor, spent[few][0])


def run(command: list[str], folder: Path) -> tuple[float, float]:
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def course_with(template: Path, count: int, into: Path) -> Path:
    """A copy of the course in which `count` students handed in."""
    shutil.copytree(template, into)
    made = {path.name: path for path in (template / "made").iterdir()}
    for i in range(count):
        name = STUDENTS[i % len(STUDENTS)]
        shutil.copytree(made[name], into / "submitted" / f"{name}{i}")
    return into


def make_template(scratch: Path) -> Path:
    here = Course.find(Path(__file__))
    course = demo.copy_course(here, scratch / "template")
    day = course.day(DAY)
    release(course, day)
    demo.hand_in(course, day)
    (course.root / "submitted").rename(course.root / "made")
    return course.root


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dl30", type=int, default=40, help="submissions for dl30")
    parser.add_argument("--stock", type=int, default=4, help="submissions for stock nbgrader")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dl30-bench-") as folder:
        scratch = Path(folder)
        template = make_template(scratch)
        ours = {n: course_with(template, n, scratch / f"dl30-{n}") for n in (1, asked.dl30)}
        stock = {n: course_with(template, n, scratch / f"stock-{n}") for n in (1, asked.stock)}
        for course in stock.values():
            with (course / "nbgrader_config.py").open("a") as config:
                config.write(STOCK)
        day = Course(template).day(DAY).stem
        report(
            measure(["nbgrader", "autograde", day], stock),
            measure(["dl30", "grade", day, "--jobs", str(asked.jobs)], ours),
            asked,
        )


def report(stock: Cost, ours: Cost, asked: argparse.Namespace) -> None:
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{'':34}{'wall':>8}{'processor':>11}{'first one':>11}   seconds per submission")
    for name, cost in (
        (f"nbgrader autograde ({asked.stock})", stock),
        (f"dl30 grade --jobs {asked.jobs} ({asked.dl30})", ours),
    ):
        print(f"{name:34}{cost.wall:8.3f}{cost.processor:11.3f}{cost.first:11.1f}")
    wall, processor = stock.wall / ours.wall, stock.processor / ours.processor
    print(f"{'times less':34}{wall:8.1f}{processor:11.1f}")


if __name__ == "__main__":
    main()
