"""What to explain again tomorrow: the hidden tests that cost the class most, each said once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from autograder.report.grid import Array, Grid
from autograder.report.items import Item
from autograder.report.messages import most_read

MOST = 5
MIN_STUDENTS = 2
WORTH = 0.15  # of what the first of them costs; what costs less is no lesson for all


@dataclass(frozen=True)
class Lesson:
    """A hidden test that cost the class points.

    `fresh` are those of the `failed` who are not counted by a lesson before, `readers` those of
    them who read `message`. `lost` are points a head of the whole class. `with_it` are the
    sentences of other tests of the exercise that the same students fail, nearly all of them.
    """

    exercise: str
    sentence: str
    name: str
    failed: int
    tried: int
    fresh: int
    lost: float
    message: str
    readers: int
    with_it: tuple[str, ...]

    @property
    def text(self) -> str:
        """The lesson in plain sentences."""
        new = f", {self.fresh} of them not counted above" if self.fresh < self.failed else ""
        told = [
            f"{self.exercise}: {self.failed} of {self.tried} who began it fail "
            f'"{self.sentence}" ({self.lost:.2g} points a head{new}).'
        ]
        if self.readers > 1:
            told.append(f'{self.readers} read "{self.message}".')
        elif self.message:
            told.append(f'Each reads something else, one of them "{self.message}".')
        if self.with_it:
            more = f" and {len(self.with_it) - 1} more" if len(self.with_it) > 1 else ""
            told.append(f'With it falls "{self.with_it[0]}"{more}.')
        return " ".join(told)


def lessons(grid: Grid, items: Sequence[Item]) -> list[Lesson]:
    """At most five, the costliest first.

    A student who fails many tests of one exercise is counted for the costliest of them alone: what
    comes next in the same exercise is what others have lost there.
    """
    open_ = grid.tried & ~grid.passed
    worth = np.array([test.points for test in grid.tests])
    found: list[Lesson] = []
    first = 0.0
    while len(found) < MOST:
        costs = open_.sum(axis=0) * worth
        index = int(costs.argmax())
        fresh = np.flatnonzero(open_[:, index])
        if len(fresh) < MIN_STUDENTS or costs[index] < WORTH * first:
            break
        first = first or float(costs[index])
        found.append(_lesson(grid, items, index, fresh))
        open_[fresh[:, None], grid.tests_of(grid.tests[index].exercise)] = False
    return found


def _lesson(grid: Grid, items: Sequence[Item], index: int, fresh: Array) -> Lesson:
    item = items[index]
    message, readers = most_read([grid.records[row] for row in fresh], item.exercise, item.name)
    return Lesson(
        exercise=item.exercise,
        sentence=item.sentence,
        name=item.name,
        failed=item.tried - item.passed,
        tried=item.tried,
        fresh=len(fresh),
        lost=item.lost / len(grid.records),
        message=message,
        readers=readers,
        with_it=tuple(grid.tests[other].sentence for other in _with(grid, index)),
    )


def _with(grid: Grid, index: int) -> list[int]:
    """Other tests of the exercise that fail for nearly the same students: nine tenths of either."""
    failed: Array = grid.tried & ~grid.passed
    mine = failed[:, index]
    others = [other for other in grid.tests_of(grid.tests[index].exercise) if other != index]
    return [
        other
        for other in others
        if (mine & failed[:, other]).sum() >= 0.9 * max(mine.sum(), failed[:, other].sum())
    ]
