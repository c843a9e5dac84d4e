"""The demo's class, by both routes: what a careful teacher would give, in records and gradebook."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from secret_lines import Secrets, readable

from autograder.course import Course

COURSE = Course.find(Path(__file__))
DAY = "day14_convolution"
EXERCISES = {
    "corr2d": 8,
    "sobel_edges": 6,
    "output_size": 6,
    "conv2d_forward": 20,
    "conv2d_backward": 24,
    "im2col": 16,
    "conv2d_fast": 12,
}
LOST = {
    "ada": {},
    "ben": {},
    "cleo": {"conv2d_forward": (0, 8)},
    "dmitri": {"conv2d_backward": (10, 18), "im2col": (6, 10)},
    "esra": {"conv2d_backward": (0, 0), "im2col": (0, 0), "conv2d_fast": (0, 0)},
    "farah": {"conv2d_backward": (0, 0)},
    "goran": {"sobel_edges": (0, 0)},
    "hana": dict.fromkeys(EXERCISES, (0, 0)),
    "ivan": {},
}


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def shown(tmp_path_factory) -> tuple[Path, str]:
    """The demo's course, and what the command printed."""
    folder = tmp_path_factory.mktemp("demo") / "course"
    return folder, run("dl30", "demo", "--into", str(folder), cwd=COURSE.root)


@pytest.fixture(scope="module")
def by_nbgrader(shown, tmp_path_factory) -> Path:
    """The same submissions but for the endless one, graded by nbgrader's own command."""
    folder = tmp_path_factory.mktemp("stock") / "course"
    shutil.copytree(shown[0], folder, ignore=shutil.ignore_patterns(
        "gradebook.db", "autograded", "feedback", "records", "goran"))  # fmt: skip
    run("nbgrader", "generate_assignment", DAY, "--force", cwd=folder)
    run("nbgrader", "autograde", DAY, cwd=folder)
    return folder


def points(folder: Path) -> dict[str, dict[str, float]]:
    """Each student's points by exercise, from the records."""
    found = json.loads(run("dl30", "results", "14", "--json", cwd=folder))
    assert all(item["status"] == "graded" and item["jailed"] for item in found)
    return {
        item["student"]: {name: part["points"] for name, part in item["exercises"].items()}
        for item in found
    }


def in_gradebook(folder: Path) -> dict[str, dict[str, float]]:
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        return {
            submission.student.id: {
                grade.name: grade.auto_score
                for page in submission.notebooks
                for grade in page.grades
                if not grade.name.startswith("written")
            }
            for submission in gradebook.assignment_submissions(DAY)
        }


def test_scores_are_what_a_careful_teacher_gives(shown):
    found = points(shown[0])
    assert found.keys() == LOST.keys()
    for student, lost in LOST.items():
        for name, most in EXERCISES.items():
            low, high = lost.get(name, (most, most))
            assert low <= found[student][name] <= high, (student, name)


def test_both_routes_and_the_gradebook_agree(shown, by_nbgrader):
    expected = points(shown[0])
    assert in_gradebook(shown[0]) == expected
    del expected["goran"]
    assert points(by_nbgrader) == expected
    assert in_gradebook(by_nbgrader) == expected


def test_all_releases_have_the_same_bytes(shown, by_nbgrader):
    path = f"release/{DAY}/{DAY}.ipynb"
    committed = (COURSE.root / path).read_bytes()
    assert (shown[0] / path).read_bytes() == committed
    assert (by_nbgrader / path).read_bytes() == committed


def test_demo_names_files_that_exist(shown):
    folder, text = shown
    for path in (folder / "gradebook.db", folder / "feedback" / "dmitri" / DAY / f"{DAY}.html"):
        assert str(path) in text
        assert path.is_file()


def test_feedback_tells_what_failed_and_no_secret(shown):
    folder = shown[0]
    path = folder / "feedback" / "dmitri" / DAY / f"{DAY}.html"
    page = path.read_text()
    assert "✗ FAIL" in page
    assert "✓ PASS" in page
    assert "dx has the shape of x" in page
    own = folder / f"submitted/dmitri/{DAY}/{DAY}.ipynb"
    given = readable(folder / f"release/{DAY}/{DAY}.ipynb") + readable(own)
    secrets = Secrets.of(folder / f"tests/hidden/test_{DAY}.py", folder / f"solutions/{DAY}.py")
    assert secrets.less(given).found_in(readable(path)) == []
