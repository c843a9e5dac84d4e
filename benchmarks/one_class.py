"""A class graded by stock `nbgrader autograde` and by `dl30 grade`, in one run on one machine.

Both get notebooks of the same class (see population.py), one after the other. Stock nbgrader, as it
is configured out of the box, executes each notebook with its visible checks and figures; dl30 runs
the hidden tests. It takes a sample of the class, evenly through it, because it takes so long.

Wall time per submission is the median of the times between two finished ones, so that neither the
start nor one endless loop counts, and besides it the whole run divided by the number. dl30's median
has its share of storing added. A figure means something as a ratio only: machines differ.

    python benchmarks/one_class.py [DAY ...] [--dl30 200] [--stock 20] [--jobs 2] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from population import HONEST, Class
from sqlalchemy import create_engine, text

from autograder import demo
from autograder.course import Course, Day
from autograder.release import release

STOCK = "\ndel c.Autograde\n"
CLOCK = "--Application.log_format=%(asctime)s.%(msecs)03d %(message)s"
STAMP = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\.(\d{3}) (.*)", re.MULTILINE)


@dataclass(frozen=True)
class Cost:
    """Seconds: median and mean wall time and mean processor time for each submission, peak memory
    of one process in MB, and the whole."""

    submissions: int
    median: float
    mean: float
    processor: float
    whole: float
    submissions_a_second: float


@dataclass(frozen=True)
class Ran:
    wall: float
    processor: float
    said: str
    began: float


def run(command: list[str], folder: Path, allowed: tuple[int, ...] = (0,)) -> Ran:
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.time()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    wall = time.time() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in allowed:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    used = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Ran(wall, used, done.stderr, began)


def cost(ran: Ran, finished: list[float], count: int, storing: float = 0.0) -> Cost:
    gaps = [later - earlier for earlier, later in pairwise(finished)]
    return Cost(
        submissions=count,
        median=statistics.median(gaps) + storing / count,
        mean=ran.wall / count,
        processor=ran.processor / count,
        whole=ran.wall,
        submissions_a_second=count / ran.wall,
    )


def stock(course: Course, day: Day, count: int) -> Cost:
    """Some notebooks end the kernel: those nbgrader gives up, and says so by its exit code."""
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write(STOCK)
    ran = run(["nbgrader", "autograde", day.stem, CLOCK], course.root, (0, 1))
    begun = [
        datetime.fromisoformat(when).timestamp() + int(milliseconds) / 1000
        for when, milliseconds, said in STAMP.findall(ran.said)
        if said.startswith("Sanitizing ")
    ]
    return cost(ran, [*begun, ran.began + ran.wall], count)


def ours(course: Course, day: Day, count: int, jobs: int) -> Cost:
    ran = run(["dl30", "grade", day.stem, "--jobs", str(jobs)], course.root)
    folder = course.records / day.stem
    finished = sorted(path.stat().st_mtime for path in folder.glob("*.json"))
    return cost(ran, finished, count, ran.began + ran.wall - finished[-1])


def scores(course: Course) -> dict[str, dict[str, float]]:
    """What the autograder gave, by student and exercise."""
    query = (
        "select s.student_id, b.name, g.auto_score from submitted_assignment s "
        "join submitted_notebook n on n.assignment_id = s.id "
        "join grade g on g.notebook_id = n.id join base_cell b on b.id = g.cell_id "
        "where g.auto_score is not null and b.name not like 'written%'"
    )
    found: dict[str, dict[str, float]] = {}
    engine = create_engine(f"sqlite:///{course.gradebook}")
    with engine.connect() as connection:
        for student, cell, score in connection.execute(text(query)):
            found.setdefault(student, {})[cell] = score
    engine.dispose()
    return found


def compare(stock: Course, ours: Course, kinds: dict[str, str]) -> str:
    """Right notebooks have every point on both sides and empty ones none, or the run has failed;
    what is in between differs, since the tests do."""
    theirs, mine = scores(stock), scores(ours)
    full = {exercise.name: exercise.points for exercise in stock.day(ours_day(ours)).exercises()}
    equal = missed = mistaken = 0
    for student, given in theirs.items():
        kind = kinds[student]
        wanted = full if kind in HONEST else dict.fromkeys(full, 0.0) if kind == "blank" else None
        if wanted is not None:
            if not given == mine[student] == wanted:
                sys.exit(f"{student} ({kind}): stock {given}, dl30 {mine[student]}")
            equal += 1
        elif kind.endswith(("mistake", "mistakes")):
            mistaken += 1
            missed += given == full
            if mine[student] == full:
                sys.exit(f"{student} ({kind}): dl30 gave every point")
    return (
        f"{equal} right or empty notebooks have equal scores; of {mistaken} with typical mistakes "
        f"the visible checks alone gave {missed} every point, the hidden tests none"
    )


def ours_day(course: Course) -> str:
    (day,) = {path.parent.name for path in course.submitted.glob("*/*/*.ipynb")}
    return day


def template(scratch: Path, text: str) -> tuple[Course, Day]:
    course = demo.copy_course(Course.find(Path(__file__)), scratch / "template")
    day = course.day(text)
    release(course, day)
    return course, day


def sample(course: Course, into: Path, count: int) -> Course:
    """A copy of the course with `count` of its students, evenly through the class."""
    shutil.copytree(course.root, into, ignore=shutil.ignore_patterns("submitted"))
    students = sorted(path.name for path in course.submitted.iterdir())
    for index in range(count):
        student = students[index * len(students) // count]
        shutil.copytree(course.submitted / student, into / "submitted" / student)
    return Course(into)


def show(day: Day, theirs: Cost, mine: Cost, jobs: int) -> None:
    print(f"{day.stem}: seconds per submission")
    head = f"nbgrader autograde ({theirs.submissions})", f"dl30 grade ({mine.submissions})"
    print(f"{'':26}{head[0]:>26}{head[1]:>20}{'times less':>12}")
    for name, what in (
        ("wall, median", "median"),
        ("wall, whole run", "mean"),
        ("processor, whole run", "processor"),
    ):
        left, right = getattr(theirs, what), getattr(mine, what)
        print(f"{name:26}{left:26.3f}{right:20.3f}{left / right:12.1f}")
    print(f"dl30 with --jobs {jobs}: {mine.submissions_a_second:.1f} submissions a second\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("days", nargs="*", default=["14"])
    parser.add_argument("--dl30", type=int, default=200, help="submissions for dl30")
    parser.add_argument("--stock", type=int, default=20, help="of them for stock nbgrader")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", type=Path, help="write the figures there")
    asked = parser.parse_args()
    when = f"{datetime.now():%Y-%m-%d}"
    print(f"{when}, {platform.machine()}, {os.cpu_count()} cores, Python {sys.version.split()[0]}")
    figures = {"date": when, "cores": os.cpu_count()}
    for name in asked.days:
        with tempfile.TemporaryDirectory(prefix="dl30-bench-") as folder:
            course, day = template(Path(folder), name)
            kinds = Class(course, day).hand_in(course, day, asked.dl30)
            stocks = sample(course, Path(folder) / "stock", asked.stock)
            theirs = stock(stocks, day, asked.stock)
            mine = ours(course, day, asked.dl30, asked.jobs)
            show(day, theirs, mine, asked.jobs)
            print(compare(stocks, course, kinds), flush=True)
            figures[day.stem] = {"nbgrader": asdict(theirs), "dl30": asdict(mine)}
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
