"""The pytest plugin of hidden tests: fixtures, options, and what a test's end means.

Whoever writes a test debugs it with pytest itself: `pytest tests/hidden/test_day14_convolution.py`
grades the reference through the jail, `--submission NOTEBOOK` somebody's notebook.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.errors import Dl30Error
from autograder.grading.judge import (
    Bench,
    exercise_of,
    verdict_of,
)
from autograder.sandbox.student import Student

BENCHES = pytest.StashKey[dict[Path, Bench]]()
OPEN = pytest.StashKey[list[Any]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("dl30", "hidden tests of dl30")
    group.addoption("--submission", type=Path, help="the notebook that hidden tests are run on")
    group.addoption(
        "--submission-seed", type=int, default=0, help="the seed of a record, to replay it"
    )
    group.addoption("--no-jail", action="store_true", help="run a trusted notebook without a jail")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "exercise(name, forbids=()): the exercise a class judges")
    config.addinivalue_line("markers", "weight(value): how much a test counts")
    config.stash[BENCHES] = {}
    config.stash[OPEN] = []


def pytest_unconfigure(config: pytest.Config) -> None:
    _close_opened(config)


def _close_opened(config: pytest.Config) -> None:
    while config.stash[OPEN]:
        config.stash[OPEN].pop().close()


@pytest.fixture
def student(request: pytest.FixtureRequest) -> Student:
    """The submission's functions, called across the boundary."""
    return bench_for(request.config, request.path).enter(request.node)


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """A generator seeded by the submission and the test, so that every result replays."""
    return bench_for(request.config, request.path).rng(request.node)


def bench_for(config: pytest.Config, path: Path) -> Bench:
    """The bench of the file's day; without a grader, for --submission or the reference."""
    benches = config.stash[BENCHES]
    if path not in benches:
        _close_opened(config)  # pytest goes file by file, and a worker that waits costs something
        benches[path] = _open_bench(config, path)
    return benches[path]


def _open_bench(config: pytest.Config, path: Path) -> Bench:
    from autograder.grading.alone import open_bench

    try:
        bench, closers = open_bench(
            path,
            config.getoption("--submission"),
            seed=config.getoption("--submission-seed"),
            jailed=not config.getoption("--no-jail"),
        )
    except Dl30Error as error:
        # What one test cannot have, no other will: once in one line, not once a test.
        pytest.exit(str(error), returncode=error.exit_code)
    config.stash[OPEN].extend(closers)
    return bench


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if exercise_of(item)[0]:
        error = _error(call, report)
        verdict, message = verdict_of(error)
        report.dl30_error = error  # type: ignore[attr-defined]
        if verdict != "PASS":
            report.sections.append((f"verdict {verdict}", f"the student reads: {message}"))
    return report


def _error(call: pytest.CallInfo[None], report: pytest.TestReport) -> BaseException | None:
    """What the phase ended with; pytest's own excuses for a test are no verdict on a student."""
    if hasattr(report, "wasxfail"):
        return RuntimeError(f"the test is marked xfail: {report.wasxfail}")
    if call.excinfo is None and not report.passed:
        return RuntimeError(f"pytest ended the test as {report.outcome}: {report.longrepr}")
    return call.excinfo.value if call.excinfo else None
