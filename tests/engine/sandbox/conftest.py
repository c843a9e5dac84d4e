"""One warm process for all tests of the sandbox, started by a grader that has secrets to lose."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sandbox_lab import SECRET, add_session_key, make_student, revoke_key

from autograder.sandbox.jail import Limits
from autograder.sandbox.launcher import WarmProcess
from autograder.sandbox.student import Student

MakeStudent = Callable[..., Student]


@pytest.fixture(scope="session")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """SECRET in the environment, in an open inheritable descriptor's file, and in the keyring."""
    path = tmp_path_factory.mktemp("grader") / "secret"
    path.write_text(SECRET)
    descriptor = os.open(path, os.O_RDONLY)
    os.set_inheritable(descriptor, True)
    os.environ["DL30_TEST_SECRET"] = SECRET
    key = add_session_key(SECRET)
    yield path
    revoke_key(key)
    del os.environ["DL30_TEST_SECRET"]
    os.close(descriptor)


@pytest.fixture(scope="session")
def warm(secrets: Path) -> Iterator[WarmProcess]:
    with WarmProcess() as process:
        process.wait_ready()
        yield process


@pytest.fixture(scope="session")
def open_warm() -> Iterator[WarmProcess]:
    """The same without a jail."""
    with WarmProcess(jailed=False, preload=("numpy",)) as process:
        process.wait_ready()
        yield process


@pytest.fixture
def notebook(warm: WarmProcess) -> Iterator[MakeStudent]:
    """Makes a student of the sources of cells; every one is closed after the test."""
    made: list[Student] = []

    def make(*sources: str, process: WarmProcess = warm, **options: object) -> Student:
        made.append(make_student(process, *sources, **options))
        return made[-1]

    yield make
    for student in made:
        student.close()


@pytest.fixture
def run(notebook: MakeStudent) -> Callable[..., object]:
    """What `f()` of a one-cell notebook returns."""

    def run_cell(source: str, *args: object, limits: Limits | None = None) -> object:
        return notebook(source, limits=limits).f(*args)

    return run_cell
