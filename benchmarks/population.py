"""A class of students for benchmarks: the same for the same number and day.

Nobody has published how a class's notebooks divide; these proportions are ours, of what teachers
tell: most work, a third has one or two of the typical mistakes, a tenth gave up half way, and a few
do what costs a grader time.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

from autograder import notebook
from autograder.course import Course, Day
from autograder.demo import Classroom, Notebook
from autograder.notebook import grade_id
from autograder.variants import Variant, load

SHARES = {
    "perfect": 0.34,
    "other ways": 0.12,  # right variants: loops, einsum, other names
    "one mistake": 0.30,
    "two mistakes": 0.085,
    "half done": 0.07,
    "blank": 0.03,
    "raises": 0.025,  # a cell that raises, and a syntax error in an answer
    "slow": 0.015,  # an answer that takes 0.1 s longer for each call
    "crashes": 0.01,  # an answer that ends its process
    "endless": 0.005,  # an answer that never comes back
}
HONEST = ("perfect", "other ways")


def kinds(count: int) -> list[str]:
    """What each of `count` students is, in an order that is always the same."""
    exact = {kind: share * count for kind, share in SHARES.items()}
    number = {kind: int(share) for kind, share in exact.items()}
    by_rest = sorted(SHARES, key=lambda kind: number[kind] - exact[kind])
    for kind in by_rest[: count - sum(number.values())]:
        number[kind] += 1
    found = [kind for kind in SHARES for _ in range(number[kind])]
    random.Random(30).shuffle(found)
    return found


class Class:
    """Makes notebooks of one day."""

    def __init__(self, course: Course, day: Day) -> None:
        self._room = Classroom(course, day)
        self._exercises = day.exercises()
        self._given = {cell.source for cell in self._room.blank().cells}
        variants = load(day.variants)
        self._right = cycle([variant for variant in variants if variant.honest])
        self._wrong = cycle([variant for variant in variants if not variant.honest])
        self._makers: dict[str, Callable[[], Notebook]] = {
            "perfect": self._room.solved,
            "other ways": lambda: self._room.solved(next(self._right).name),
            "one mistake": lambda: self._room.solved(next(self._wrong).name),
            "two mistakes": lambda: self._room.solved(*self._two()),
            "half done": self._half_done,
            "blank": self._room.blank,
            "raises": self._raises,
            "slow": lambda: self._with("import time\n{keep}", "time.sleep(0.1); return quick"),
            "crashes": lambda: self._with("import os\n{keep}", "os._exit(1)"),
            "endless": lambda: self._with("{keep}", "while True: pass"),
        }

    def make(self, kind: str, number: int) -> bytes:
        """A notebook that no other student has: nobody's answer is another's to the letter, so that
        nothing which was found out about one is known of the next."""
        made = self._makers[kind]()
        for cell in made.cells:
            if cell.cell_type == "code" and grade_id(cell) and cell.source not in self._given:
                cell.source += f"\n# Student {number}"
        made.cells.append(self._room.copy(made.cells[0]))
        made.cells[-1].source = f"Student {number}, {kind}."
        return notebook.to_bytes(made)

    def hand_in(self, course: Course, day: Day, count: int) -> dict[str, str]:
        """Put the notebooks of `count` students into submitted/; what each is, by student."""
        found = {f"s{number:05}": kind for number, kind in enumerate(kinds(count))}
        for number, (student, kind) in enumerate(found.items()):
            path = course.submitted / student / day.stem / f"{day.stem}.ipynb"
            path.parent.mkdir(parents=True)
            path.write_bytes(self.make(kind, number))
        return found

    def _two(self) -> tuple[str, ...]:
        first = next(self._wrong)
        others: list[Variant] = [next(self._wrong) for _ in range(60)]
        second = next(each for each in others if each.exercise != first.exercise)
        return first.name, second.name

    def _half_done(self) -> Notebook:
        made = self._room.solved()
        for exercise in self._exercises[len(self._exercises) // 2 :]:
            name = f"{exercise.name}_solution"
            self._room.cell(made, name).source = self._room.stub(name)
        return made

    def _raises(self) -> Notebook:
        made = self._room.solved()
        self._room.cell(made, f"{self._exercises[-1].name}_solution").source += "\nprint('done'"
        return self._room.add(made, after="imports", source="print(undefined)")

    def _with(self, before: str, body: str) -> Notebook:
        """The last exercise's function replaced by one with this body."""
        exercise = self._exercises[-1]
        name = exercise.functions[-1]
        keep = before.format(keep=f"quick_one = {name}")
        body = body.replace("return quick", "return quick_one(*args, **kwargs)")
        source = f"{keep}\ndef {name}(*args, **kwargs):\n    {body}"
        return self._room.add(self._room.solved(), after=f"{exercise.name}_solution", source=source)


def handed_in(course: Course, day: Day) -> list[Path]:
    return sorted(course.submitted.glob(f"*/{day.stem}/{day.stem}.ipynb"))
