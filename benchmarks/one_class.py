"""A class graded by stock `nbgrader autograde` and by `dl30 grade`, in one run on one machine.

Both get notebooks of the same class (see population.py), one after the other. Stock nbgrader, as it
is configured out of the box, executes each notebook with its visible checks and figures; dl30 runs
the hidden tests. It takes a sample of the class, evenly through it, because it takes so long.

Wall time per submission is a median, so that one endless loop does not count, and besides it the
whole run divided by the number. For nbgrader it is the time between the beginnings of two
submissions; for dl30 what a submission takes, divided by how many are graded at once, with its
share of starting and storing added. The formgrader's button is timed by what it calls
(`NbGraderAPI.autograde`), student by student, with stock settings and with ours. A figure means
something as a ratio only: machines differ.

    python benchmarks/one_class.py [DAY ...] [--dl30 200] [--stock 20] [--button 50] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
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

import psutil
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
    """Seconds: median and mean wall time and mean processor time of a submission, and the whole."""

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
    out: str
    said: str
    began: float


def run(command: list[str], folder: Path, allowed: tuple[int, ...] = (0,)) -> Ran:
    before, began = busy(), time.time()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    wall = time.time() - began
    if done.returncode not in allowed:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return Ran(wall, busy() - before, done.stdout, done.stderr, began)


def busy() -> float:
    """Processor seconds of the whole machine, which should have nothing else to do: what a killed
    process has used nobody else can tell."""
    spent = psutil.cpu_times()
    return float(spent.user + spent.nice + spent.system + spent.irq + spent.softirq)


def cost(ran: Ran, median: float, count: int) -> Cost:
    return Cost(
        submissions=count,
        median=median,
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
    times = [later - earlier for earlier, later in pairwise([*begun, ran.began + ran.wall])]
    return cost(ran, statistics.median(times), count)


def ours(course: Course, day: Day, count: int, jobs: int) -> Cost:
    ran = run(["dl30", "grade", day.stem, "--jobs", str(jobs)], course.root)
    paths = list((course.records / day.stem).glob("*.json"))
    took = [json.loads(path.read_text())["seconds"] for path in paths]
    finished = sorted(path.stat().st_mtime for path in paths)
    before = finished[0] - statistics.median(took) - ran.began
    around = before + ran.began + ran.wall - finished[-1]
    return cost(ran, statistics.median(took) / jobs + around / count, count)


BUTTON = """
import sys, time
from autograder.course import Course
from autograder.release import nbgrader_config, open_course
from nbgrader.apps.api import NbGraderAPI
from pathlib import Path
course = Course(Path.cwd())
api = NbGraderAPI(open_course(course), config=nbgrader_config(course))
for student in sys.argv[2:]:
    begin = time.perf_counter()
    api.autograde(sys.argv[1], student)
    print(time.perf_counter() - begin, flush=True)
"""


def button(course: Course, day: Day, *, stock: bool) -> Cost:
    """The median leaves out the first click, after which a grading process stays."""
    if stock:
        with (course.root / "nbgrader_config.py").open("a") as config:
            config.write(STOCK)
    students = sorted(path.name for path in course.submitted.iterdir())
    ran = run([sys.executable, "-c", BUTTON, day.stem, *students], course.root)
    times = [float(line) for line in ran.out.split()]
    return cost(ran, statistics.median(times[1:]), len(students))


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


def show(what: str, theirs: Cost, mine: Cost) -> None:
    print(f"{what}, seconds per submission")
    head = f"nbgrader ({theirs.submissions})", f"dl30 ({mine.submissions})"
    print(f"  {'':24}{head[0]:>16}{head[1]:>14}{'times less':>12}")
    for name, part in (
        ("wall, median", "median"),
        ("wall, whole run", "mean"),
        ("processor, whole run", "processor"),
    ):
        left, right = getattr(theirs, part), getattr(mine, part)
        print(f"  {name:24}{left:16.3f}{right:14.3f}{left / right:12.1f}")


def one_day(name: str, asked: argparse.Namespace, scratch: Path) -> tuple[str, dict[str, object]]:
    course, day = template(scratch, name)
    kinds = Class(course, day).hand_in(course, day, asked.dl30)
    stocks = sample(course, scratch / "stock", asked.stock)
    clicked = sample(course, scratch / "clicked", asked.button)
    clicked_stock = sample(course, scratch / "clicked-stock", max(asked.button // 10, 2))
    theirs, mine = stock(stocks, day, asked.stock), ours(course, day, asked.dl30, asked.jobs)
    show(f"{day.stem}, the command with --jobs {asked.jobs}", theirs, mine)
    print(f"  {mine.submissions_a_second:.1f} submissions a second in the whole run")
    print(f"  {compare(stocks, course, kinds)}", flush=True)
    figures: dict[str, object] = {"nbgrader": asdict(theirs), "dl30": asdict(mine)}
    if asked.button:
        slow, quick = button(clicked_stock, day, stock=True), button(clicked, day, stock=False)
        show(f"{day.stem}, the formgrader's button", slow, quick)
        figures |= {"nbgrader button": asdict(slow), "dl30 button": asdict(quick)}
    return day.stem, figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("days", nargs="*", default=["14"])
    parser.add_argument("--dl30", type=int, default=200, help="submissions for dl30")
    parser.add_argument("--stock", type=int, default=20, help="of them for stock nbgrader")
    parser.add_argument("--button", type=int, default=50, help="of them for the button; 0: none")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", type=Path, help="write the figures there")
    asked = parser.parse_args()
    when = f"{datetime.now():%Y-%m-%d}"
    print(f"{when}, {platform.machine()}, {os.cpu_count()} cores, Python {sys.version.split()[0]}")
    figures: dict[str, object] = {"date": when, "cores": os.cpu_count()}
    for name in asked.days:
        with tempfile.TemporaryDirectory(prefix="dl30-bench-") as folder:
            stem, found = one_day(name, asked, Path(folder))
            figures[stem] = found
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
