"""What each hidden test says about a class: how many pass it, and whom it tells apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from autograder.report.grid import Array, Grid

# Below these, chance alone makes figures that look like findings.
MIN_STUDENTS = 20
MIN_EITHER = 5  # who pass, and who fail
MIN_TOGETHER = 3  # who fail tests that are said to fall together
GROUP = 0.27


@dataclass(frozen=True)
class Item:
    """One hidden test on a class.

    Shares are 0 to 1, `lost` points of the whole class. All is of students who began the exercise
    and whom the test reached, `tried` of them. `upper` and `lower` are the shares that pass among
    the strongest and the weakest 27 %, `discrimination` the corrected point-biserial correlation;
    None where there are too few to say.
    """

    exercise: str
    name: str
    sentence: str
    points: float
    tried: int
    passed: int
    lost: float
    discrimination: float | None
    upper: float | None
    lower: float | None

    @property
    def share(self) -> float | None:
        return self.passed / self.tried if self.tried else None


def analyse(grid: Grid) -> list[Item]:
    """Each test of the grid, in order.

    All that is said of a test is of who began its exercise: else every test would tell apart those
    who began from those who did not.
    """
    worth = np.array([test.points for test in grid.tests])
    scores = grid.passed @ worth
    items = []
    for index, test in enumerate(grid.tests):
        tried = grid.tried[:, index]
        passed, score = grid.passed[tried, index], scores[tried]
        told = _tells(passed)
        upper, lower = extreme_groups(score) if told else ([], [])
        items.append(
            Item(
                exercise=test.exercise,
                name=test.name,
                sentence=test.sentence,
                points=test.points,
                tried=len(passed),
                passed=int(passed.sum()),
                lost=float((~passed).sum() * test.points),
                discrimination=correlation(passed, score - passed * test.points) if told else None,
                upper=float(passed[upper].mean()) if told else None,
                lower=float(passed[lower].mean()) if told else None,
            )
        )
    return items


def _tells(passed: Array) -> bool:
    right = int(passed.sum())
    return len(passed) >= MIN_STUDENTS and MIN_EITHER <= right <= len(passed) - MIN_EITHER


def correlation(passed: Array, rest: Array) -> float | None:
    """Point-biserial correlation of passing a test with the points of all other tests.

    `passed` is (students,) bool, `rest` (students,) float. The test itself is left out of the sum,
    which would else correlate with its own part: Henrysson, "Correction of item-total correlations
    in item analysis", Psychometrika 28 (1963). None where either does not vary.

    r = (mean of those who pass - mean of those who fail) / deviation * sqrt(p * (1 - p))
    """
    share, deviation = float(passed.mean()), float(rest.std())
    # Sums of points are rounded: what does not vary may differ in its last bits.
    if share in (0.0, 1.0) or deviation < 1e-9:
        return None
    apart = float(rest[passed].mean() - rest[~passed].mean())
    return apart / deviation * float(np.sqrt(share * (1 - share)))


def extreme_groups(scores: Array) -> tuple[Array, Array]:
    """Rows of the strongest and of the weakest 27 %, of equal size, at least one.

    Kelley, "The selection of upper and lower groups for the validation of test items", Journal of
    Educational Psychology 30 (1939), shows why 27. Equal scores stand in the order of the rows.
    """
    size = max(1, round(GROUP * len(scores)))
    order = np.argsort(scores, kind="stable")
    return order[-size:], order[:size]


def falling_together(grid: Grid) -> list[list[int]]:
    """Groups of tests which exactly the same students fail, at least MIN_TOGETHER of them.

    Students who have no test right at all are left out: they fall on every test. Who could not be
    tried by a test does not fail it.
    """
    some = (grid.passed | ~grid.reached)[grid.passed.any(axis=1)]
    groups: dict[bytes, list[int]] = defaultdict(list)
    for index in range(len(grid.tests)):
        if (~some[:, index]).sum() >= MIN_TOGETHER:
            groups[some[:, index].tobytes()].append(index)
    return [group for group in groups.values() if len(group) > 1]


def by_discrimination(found: Sequence[Item]) -> list[Item]:
    """Those of which it is known, best first; those that tell nothing or the wrong way are left
    out."""
    known = [item for item in found if item.discrimination is not None and item.discrimination > 0]
    return sorted(known, key=lambda item: -(item.discrimination or 0.0))
