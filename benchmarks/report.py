"""How long `dl30 report` takes for a large class, and how large its page becomes.

Some notebooks of the class of population.py are graded; every student's record is put together,
exercise by exercise, from theirs, with numbers of its own in the messages. Every student hands in
code of their own: right variants, with lines of a random hand between the lines, so that no two
cells are the same. Some hand in another's notebook with new names and comments.

A cold run has to fingerprint all code, a warm one finds the fingerprints. Wall and processor time
are told, and compared with the wall time that grading one submission of that class took.

    python benchmarks/report.py [DAY] [--students 1000] [--graded 24] [--copies 10] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
from one_class import template
from population import Class

from autograder import notebook, variants
from autograder.course import Course, Day
from autograder.demo import Classroom
from autograder.grading import records
from autograder.grading.records import ExerciseResult, Record
from autograder.notebook import marks

NUMBER = re.compile(r"\d+(?=[ ,)])")
NAMES = "x y w b kh kw rows cols step pad total part left right grid patch".split()
CALLS = "np.zeros np.sum np.arange len range max min abs np.pad np.dot".split()


class Hand:
    """One student's way of writing: the same for the same number."""

    def __init__(self, number: int) -> None:
        self.random = random.Random(number)

    def expression(self, depth: int = 0) -> str:
        draw = self.random
        if depth > 2 or draw.random() < 0.3:
            return draw.choice([draw.choice(NAMES), str(draw.randrange(100))])
        left, right = self.expression(depth + 1), self.expression(depth + 1)
        if draw.random() < 0.4:
            return f"{draw.choice(CALLS)}({left}, {right})"
        return f"{left} {draw.choice(['+', '-', '*', '//', '%', '@'])} {right}"

    def write(self, source: str) -> str:
        """The code with lines of this hand in it."""
        lines = []
        for line in source.splitlines():
            lines.append(line)
            bare = line.strip()
            if bare.endswith(")") and "=" in bare and self.random.random() < 0.7:
                indent = line[: len(line) - len(line.lstrip())]
                lines.append(f"{indent}{self.random.choice(NAMES)} = {self.expression()}")
        return "\n".join(lines)

    def disguise(self, source: str) -> str:
        """The code of somebody else, with other names for variables and a comment."""
        for name in ("out", "rows", "columns", "padded", "patches"):
            source = re.sub(rf"\b{name}\b", f"my_{name}", source)
        return f"# written by number {self.random.random()}\n{source}"


def hand_in(course: Course, day: Day, students: Sequence[str], copies: int) -> None:
    """Everybody's notebook; the last `copies` students have those of the first."""
    room = Classroom(course, day)
    honest = [variant for variant in variants.load(day.variants) if variant.honest]
    written: list[dict[str, str]] = []
    for number, student in enumerate(students):
        hand, copied = Hand(number), number - (len(students) - copies)
        chosen = {v.exercise: v.name for v in hand.random.sample(honest, len(honest) // 2)}
        book = room.solved(*chosen.values())
        own: dict[str, str] = {}
        for cell in book.cells:
            mark = marks(cell)
            if mark and mark.solution and cell.cell_type == "code":
                if copied >= 0:
                    cell.source = hand.disguise(written[copied][mark.grade_id])
                else:
                    cell.source = hand.write(cell.source)
                own[mark.grade_id] = cell.source
        written.append(own)
        path = course.submitted / student / day.stem / f"{day.stem}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(notebook.to_bytes(book))


def graded_ones(course: Course, day: Day, count: int) -> tuple[list[Record], float]:
    """Records of really graded notebooks, and the seconds that one of them took."""
    Class(course, day).hand_in(course, day, count)
    run(course, "grade", day.stem)
    folder = course.records / day.stem
    found = [
        record for path in folder.glob("*.json") if (record := records.read(folder, path.stem))
    ]
    shutil.rmtree(course.submitted)
    for path in folder.glob("*.json"):
        path.unlink()
    return found, statistics.fmean(record.seconds for record in found)


def put_together(stock: Sequence[Record], student: str, number: int) -> Record:
    draw = random.Random(number)
    skill = draw.random()
    ranked = sorted(stock, key=lambda record: record.score or 0.0)
    exercises = {}
    for name in stock[0].exercises:
        share = min(max(skill + draw.gauss(0.0, 0.25), 0.0), 0.999)
        exercises[name] = _numbered(ranked[int(len(ranked) * share)].exercises[name], draw)
    score = round(sum(result.points for result in exercises.values()), 2)
    return msgspec.structs.replace(stock[0], student=student, exercises=exercises, score=score)


def _numbered(result: ExerciseResult, draw: random.Random) -> ExerciseResult:
    tests = [
        msgspec.structs.replace(
            test, message=NUMBER.sub(lambda _: str(draw.randrange(2, 90)), test.message)
        )
        for test in result.tests
    ]
    return msgspec.structs.replace(result, tests=tests)


def run(course: Course, *arguments: str) -> tuple[float, float, str]:
    """Wall and processor seconds of the command and of all it waited for; what it printed."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [str(Path(sys.executable).with_name("dl30")), *arguments]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - began, spent, done.stdout


def measure(asked: argparse.Namespace, scratch: Path) -> dict[str, object]:
    course, day = template(scratch, asked.day)
    stock, seconds = graded_ones(course, day, asked.graded)
    students = [f"s{number:05}" for number in range(asked.students)]
    hand_in(course, day, students, asked.copies)
    made = [put_together(stock, student, number) for number, student in enumerate(students)]
    records.write(course.records / day.stem, *made)
    cold, cold_processor, _ = run(course, "report", day.stem)
    warm, warm_processor, _ = run(course, "report", day.stem)
    found = json.loads(run(course, "report", day.stem, "--json")[2])["alike"]
    page = course.root / "reports" / f"{day.stem}.html"
    if asked.page:
        shutil.copy(page, asked.page)
    copied = {(f"s{n:05}", f"s{asked.students - asked.copies + n:05}") for n in range(asked.copies)}
    twins = {(pair["first"], pair["second"]) for pair in found["twins"]}
    return {
        "students": asked.students,
        "cold": cold,
        "cold, processor": cold_processor,
        "warm": warm,
        "warm, processor": warm_processor,
        "bytes": page.stat().st_size,
        "grading a submission": seconds,
        "report a student, cold": cold / asked.students,
        "copies": asked.copies,
        "copies found": len(copied & twins),
        "standing out": found["standing_out"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("day", nargs="?", default="14")
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--graded", type=int, default=24, help="notebooks that are really graded")
    parser.add_argument("--copies", type=int, default=10, help="students who copied; at most 10")
    parser.add_argument("--page", type=Path, help="keep the page there")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        figures = measure(asked, Path(scratch))
    print(f"dl30 report {asked.day}, {asked.students} students")
    for kind in ("cold", "warm"):
        processor = figures[f"{kind}, processor"]
        print(f"  {kind} {figures[kind]:.1f} s, {processor:.1f} s of processor time")
    print(f"  page {figures['bytes'] / 1000:,.0f} kB")
    ratio = figures["grading a submission"] / figures["report a student, cold"]
    print(f"  a student, cold: {1000 * figures['report a student, cold']:.1f} ms, "
          f"{ratio:.0f} times less than grading one")  # fmt: skip
    print(f"  {figures['copies found']} of {asked.copies} copies found, "
          f"{figures['standing out'] - figures['copies found']} other pairs named")  # fmt: skip
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
