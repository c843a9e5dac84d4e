"""Hidden tests run by hand, with pytest itself, as whoever writes them does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import mini_course
import pytest
from mini_course import HIDDEN, STEM, Mini

FILE = f"tests/hidden/test_{STEM}.py"


def by_hand(mini: Mini, *arguments: object, file: str = FILE) -> tuple[int, str]:
    """Exit code and output of `pytest FILE ARGUMENTS` in the course's folder."""
    pytest_command = Path(sys.executable).with_name("pytest")
    folders = [str(Path(mini_course.__file__).parent), os.environ.get("PYTHONPATH", "")]
    settings = {"PYTHONPATH": os.pathsep.join(filter(None, folders)), "COLUMNS": "300",
                "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}  # fmt: skip
    ended = subprocess.run(
        [pytest_command, "-p", "preload_numpy", "-p", "no:cacheprovider", file,
         *map(str, arguments)],
        cwd=mini.root, env=os.environ | settings, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert ended.stderr == ""
    return ended.returncode, ended.stdout


def test_the_reference_passes(mini: Mini) -> None:
    """Without --submission: no released notebook of anybody's is needed but the day's own."""
    code, output = by_hand(mini)
    assert "5 passed" in output
    assert code == 0


DRAWS = (
    HIDDEN
    + '''
    def test_draw(self, student, rng):
        """The number that was drawn is told."""
        check(False, f"drawn {rng.integers(10**9)} of {student.row_means(rng.normal(size=(1, 1)))}")

    def test_where(self, student):
        """No file of the course is to be seen."""
        check(not student.seen(__file__), "it sees the hidden test")

    def test_bare(self, student):
        """A bare assert shows whoever writes the test what the values are."""
        assert student.scale(2, 3) == 4321

    def test_ours(self, student):
        """A mistake of ours is one."""
        {}["ours"]
'''
)
SEEING = "import os\ndef seen(path): return os.path.exists(path)"


@pytest.fixture(scope="module")
def drawn(new_mini: Callable[[], Mini]) -> tuple[Mini, dict[str, str], int]:
    """A wrong notebook, judged as `dl30 grade` does: its messages by test, and the seed."""
    mini = new_mini()
    mini.hide(DRAWS)
    wrong = "def scale(x, factor): return 5 * np.asarray(x)"
    mini.submit("ada", SEEING, scale=wrong)
    (record,) = mini.judge("ada", seed=987_654_321)
    tests = [test for result in record.exercises.values() for test in result.tests]
    return mini, {test.name: test.message for test in tests}, record.seed


def test_a_submission_is_judged_as_by_the_command(
    drawn: tuple[Mini, dict[str, str], int],
) -> None:
    """With the record's seed the same data are drawn, and the student's words are shown."""
    mini, messages, seed = drawn
    code, output = by_hand(mini, "--submission", mini.path("ada"), "--submission-seed", seed)
    assert code == 1
    assert "6 failed, 3 passed" in output
    told = [message for message in messages.values() if message]
    assert len(told) == 6
    for message in told:
        assert f"the student reads: {message}" in output
    assert output.count(" verdict FAIL ") == 5
    assert output.count(" verdict BROKEN ") == 1
    # Whoever writes the test sees more than the student does.
    assert "10) == 4321" in output
    assert "KeyError: 'ours'" in output
    assert "4321" not in "".join(told)


def test_without_a_jail_and_with_another_seed(drawn: tuple[Mini, dict[str, str], int]) -> None:
    mini, messages, _ = drawn
    notebook = os.path.relpath(mini.path("ada"), mini.root)
    code, output = by_hand(mini, "--submission", notebook, "--no-jail", "-k", "draw or where")
    assert code == 1
    assert "the student reads: it sees the hidden test" in output
    (number,) = re.findall(r"the student reads: drawn (\d+)", output)
    assert number not in messages["TestRowMeans::test_draw"]


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (None, "is missing"),
        ("{", "is not JSON: line 1, column 2"),
        ('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', "none of the cells"),
    ],
)
def test_a_bad_submission_is_told_in_one_line(
    mini: Mini, tmp_path: Path, make: str | None, text: str
) -> None:
    path = tmp_path / "handed in.ipynb"
    if make is not None:
        path.write_text(make)
    code, output = by_hand(mini, "--submission", path)
    assert code == 1
    (line,) = [line for line in output.splitlines() if text in line]
    assert "Exit: " in line
    assert "Traceback" not in output
    assert len(output.splitlines()) < 12


def test_a_file_of_no_day(mini: Mini) -> None:
    other = mini.day.hidden_tests.with_name("test_day09_other.py")
    other.write_text(HIDDEN)
    code, output = by_hand(mini, file="tests/hidden/test_day09_other.py")
    assert code == 2
    assert 'Exit: there is no day "day09_other"' in output
    assert "Traceback" not in output


def test_a_day_that_is_not_released(mini: Mini) -> None:
    mini.day.release_notebook.unlink()
    code, output = by_hand(mini)
    assert code == 3
    assert f"is missing (run `dl30 release {STEM}`)" in output
    assert "Traceback" not in output
