"""What each day costs: its hidden tests on the reference, and its notebook from top to bottom.

Hidden tests: processor time of grading process, warm process and workers together, per submission
that is all right, start-up left out. Notebook: wall and processor time of running the released
notebook, filled in with the reference, in a kernel of its own. Seconds; machines differ.

    python benchmarks/each_day.py [DAY ...] [--times 10] [--no-notebooks]
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
from pathlib import Path

import psutil

from autograder import notebook
from autograder.course import Course, Day
from autograder.demo import Classroom
from autograder.grading.batch import GradingProcess
from autograder.grading.jobs import Job, Settings


def perfect(course: Course, day: Day, folder: Path) -> Path:
    """The released notebook with the reference's code in it, beside the day's data files."""
    shutil.copytree(day.release_dir, folder)
    path = folder / day.release_notebook.name
    path.write_bytes(notebook.to_bytes(Classroom(course, day).solved()))
    return path


def hidden_tests(course: Course, day: Day, path: Path, times: int) -> float:
    """Processor seconds per submission."""
    process = GradingProcess(Settings(str(course.root), day.stem))
    try:
        process.grade(Job("first", str(path), 0))
        before = used(process)
        for seed in range(1, times + 1):
            record = process.grade(Job("perfect", str(path), seed))
            if record.score != record.max_score:
                sys.exit(f"{day.stem}: the reference got {record.score} of {record.max_score}")
        return (used(process) - before) / times
    finally:
        process.close()


def used(process: GradingProcess) -> float:
    top = psutil.Process(process._process.pid)
    return sum(sum(each.cpu_times()[:4]) for each in [top, *top.children(recursive=True)])


def whole_notebook(path: Path) -> tuple[float, float]:
    """Wall and processor seconds."""
    command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace"]
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([*command, path], check=True, capture_output=True, cwd=path.parent)
    wall = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("days", nargs="*", help="default: all")
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--no-notebooks", action="store_true")
    asked = parser.parse_args()
    course = Course.find(Path(__file__))
    days = [course.day(text) for text in asked.days] or course.days()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{'day':26}{'hidden tests':>14}{'notebook':>11}{'its wall time':>16}")
    with tempfile.TemporaryDirectory(prefix="dl30-bench-") as folder:
        for day in days:
            path = perfect(course, day, Path(folder) / day.stem)
            line = f"{day.stem:26}{hidden_tests(course, day, path, asked.times):14.3f}"
            if not asked.no_notebooks:
                wall, processor = whole_notebook(path)
                line += f"{processor:11.1f}{wall:16.1f}"
            print(line, flush=True)


if __name__ == "__main__":
    main()
