"""Rates and estimates, in words."""

from __future__ import annotations

import pytest

from autograder.cli.pace import Pace


@pytest.mark.parametrize(
    ("done", "total", "seconds", "words"),
    [
        (20, 200, 2.0, "20 of 200, 10.0 a second, about 18 s left"),
        (10, 11, 10.0, "10 of 11, 1.0 a second, about 1 s left"),
        (10, 1000, 40.0, "10 of 1000, 4.0 s each, about 66 min left"),
        (100, 10_000, 100.0, "100 of 10000, 1.0 a second, about 2.8 h left"),
        (1, 3, 60.0, "1 of 3, 60.0 s each, about 2 min left"),
    ],
)
def test_words(done: int, total: int, seconds: float, words: str) -> None:
    assert Pace(now=100.0).words(done, total, now=100.0 + seconds) == words


def test_said_every_ten_seconds() -> None:
    pace = Pace(now=0.0)
    assert [pace.is_time(now) for now in (3.0, 11.0, 12.0, 20.0, 21.5)] == [
        False,
        True,
        False,
        False,
        True,
    ]
