"""What tests of the engine share: a small released course, to be copied and spoilt."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from mini_course import Mini, make_course

from autograder import release


@pytest.fixture(scope="session")
def released_mini(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small course, released once: that takes a second."""
    course = make_course(tmp_path_factory.mktemp("released") / "course")
    release.release(course, course.day("1"))
    return course.root


@pytest.fixture(scope="session")
def new_mini(released_mini: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Mini]:
    """Makes copies of it, for fixtures that several tests share."""

    def copy() -> Mini:
        folder = tmp_path_factory.mktemp("mini") / "course"
        return Mini(Path(shutil.copytree(released_mini, folder)))

    return copy


@pytest.fixture
def mini(new_mini: Callable[[], Mini]) -> Mini:
    """A copy of it for one test."""
    return new_mini()
