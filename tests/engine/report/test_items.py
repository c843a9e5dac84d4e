"""Item analysis against formulas that are not ours."""

from __future__ import annotations

import numpy as np
import pytest
from report_lab import not_begun, record

from autograder.report.grid import make_grid
from autograder.report.items import analyse, correlation, extreme_groups, falling_together


@pytest.mark.parametrize("seed", range(5))
def test_the_correlation_is_pearsons(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rest = rng.normal(size=83)
    passed = rest + rng.normal(size=83) > 0.4
    found = correlation(passed, rest)
    assert found == pytest.approx(float(np.corrcoef(passed.astype(float), rest)[0, 1]), abs=1e-12)


def test_no_correlation_of_what_does_not_vary() -> None:
    mixed = np.array([True, False, True])
    assert correlation(np.ones(3, bool), np.arange(3.0)) is None
    assert correlation(np.zeros(3, bool), np.arange(3.0)) is None
    assert correlation(mixed, np.full(3, 0.1) * 3) is None


def test_the_test_itself_is_left_out() -> None:
    """Of 20 students ten fail the first test alone, and ten others the fourth: what they have
    besides the first test is the less the more they passed it."""
    weak = [record(f"a{n:02}", {0: "x"}) for n in range(10)]
    strong = [record(f"b{n:02}", None, {0: "x"}) for n in range(10)]
    item = analyse(make_grid([*weak, *strong]))[0]
    assert item.discrimination == pytest.approx(-1.0)
    # 27 % of 20 are five. Weak ones have 6.8 of 11, strong ones 8.33.
    assert (item.upper, item.lower) == (1.0, 0.0)


def test_groups_are_the_ends_and_of_equal_size() -> None:
    upper, lower = extreme_groups(np.array([5.0, 1.0, 4.0, 2.0, 3.0, 6.0, 0.0, 7.0]))
    assert (sorted(upper.tolist()), sorted(lower.tolist())) == ([5, 7], [1, 6])


@pytest.mark.parametrize(
    ("passing", "failing", "told"),
    [(15, 5, True), (14, 5, False), (16, 4, False), (4, 16, False), (5, 15, True)],
)
def test_of_few_nothing_is_said(passing: int, failing: int, told: bool) -> None:
    made = [record(f"a{n}", None, {1: "x"} if n % 2 else None) for n in range(passing)]
    made += [record(f"b{n}", {0: "x"}) for n in range(failing)]
    item = analyse(make_grid(made))[0]
    assert (item.discrimination is not None, item.upper is not None) == (told, told)


def test_who_did_not_begin_counts_for_nothing() -> None:
    made = [record(f"a{n}", {1: "x"} if n < 8 else None) for n in range(20)]
    made += [record(f"b{n}", not_begun("scale"), not_begun("row_means")) for n in range(20)]
    items = analyse(make_grid(made))
    assert [(item.tried, item.passed) for item in items] == [(20, 20), (20, 12)] + [(20, 20)] * 3
    assert items[0].discrimination is None
    assert items[0].share == 1.0
    assert items[1].lost == pytest.approx(8 * 7 / 5)


def test_tests_that_fall_together() -> None:
    made = [record(f"a{n}", {0: "x", 2: "x"}) for n in range(3)]
    made += [record("b", {1: "x"}), record("c", not_begun("scale"), not_begun("row_means"))]
    made += [record(name, None, {0: "x", 1: "x"}) for name in "de"]  # and c: three
    assert falling_together(make_grid(made)) == [[0, 2]]
