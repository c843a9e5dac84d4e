"""One warm process for the tests of a module: it takes a second to start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from check_lab import Desk

from autograder.check.client import Warm
from autograder.sandbox.jail import Limits

QUICK = Limits(cell_seconds=1.0, call_seconds=0.2)


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    started = Warm(limits=QUICK, jobs=2)
    yield started
    started.close()


@pytest.fixture
def desk(tmp_path: Path, warm: Warm) -> Desk:
    return Desk(tmp_path, warm, QUICK)
