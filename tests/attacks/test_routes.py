"""A sample of the corpus by other ways: nbgrader's own command, and `dl30` of an ordinary user."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import arena
import pytest
from corpus import Attack
from test_attacks import ATTACKS
from test_jail import BECOME_ORDINARY

# One of each row, and none that takes long.
SAMPLE = list({attack.row: attack for attack in ATTACKS if attack.row != "hang"}.values())
ORDINARY = 1000


def auto_scores(scene: arena.Arena) -> dict[tuple[str, str], float]:
    """What the gradebook says, by student and exercise."""
    query = (
        "select s.student_id, b.name, g.auto_score from submitted_assignment s "
        "join submitted_notebook n on n.assignment_id = s.id "
        "join grade g on g.notebook_id = n.id join base_cell b on b.id = g.cell_id"
    )
    with closing(sqlite3.connect(scene.course.gradebook)) as connection:
        return {(student, cell): score for student, cell, score in connection.execute(query)}


@pytest.fixture(scope="module")
def by_nbgrader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[arena.Arena]:
    """The sample after `nbgrader autograde`, with no record that could be taken from."""
    with arena.services() as services:
        scene = arena.Arena(tmp_path_factory.mktemp("nbgrader"), SAMPLE, services)
        ran = subprocess.run(
            [sys.executable, "-m", "nbgrader", "autograde", scene.day.stem],
            cwd=scene.course.root,
            env=os.environ | {"PYTHONPATH": str(arena.ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        refused = any(attack.must == "unreadable" for attack in SAMPLE)
        assert ran.returncode == int(refused), ran.stderr[-3000:]
        yield scene


class TestNbgrader:
    @pytest.mark.parametrize("attack", SAMPLE, ids=lambda attack: attack.name)
    def test_comes_to_the_same(self, by_nbgrader: arena.Arena, attack: Attack) -> None:
        """The scores in nbgrader's own gradebook, cell by cell."""
        scores = auto_scores(by_nbgrader)
        points = {e.name: e.points for e in by_nbgrader.day.exercises()}
        found = {
            name: {"points": scores.get((attack.name, name)), "max_points": most, "tests": []}
            for name, most in points.items()
        }
        if attack.must == "unreadable":
            assert {facts["points"] for facts in found.values()} <= {None, 0.0}
        else:
            assert list(arena.wrong_points(attack, found)) == []

    def test_no_neighbour_is_disturbed(self, by_nbgrader: arena.Arena) -> None:
        scores = auto_scores(by_nbgrader)
        points = {e.name: e.points for e in by_nbgrader.day.exercises()}
        for student in by_nbgrader.honest:
            assert {name: scores[student, name] for name in points} == points

    def test_nothing_outside_was_changed(self, by_nbgrader: arena.Arena) -> None:
        assert by_nbgrader.world() == by_nbgrader.before
        assert by_nbgrader.services.visits == []


@pytest.fixture
def anybodys_folder() -> Iterator[Path]:
    """A folder that an ordinary user may enter: pytest's own are closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="dl30-ordinary-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="then all other tests are run as an ordinary user")
def test_an_ordinary_user_is_as_safe(anybodys_folder: Path) -> None:
    with arena.services() as services:
        scene = arena.Arena(anybodys_folder, SAMPLE, services)
        for path in (anybodys_folder, *anybodys_folder.rglob("*")):
            os.chown(path, ORDINARY, ORDINARY, follow_symlinks=False)
        program = f"{BECOME_ORDINARY}\nos.environ['HOME'] = {str(anybodys_folder)!r}\n"
        program += "from autograder.cli.main import main\nmain()\n"
        ran = scene.grade(sys.executable, "-c", program, jobs=2)
        results = arena.results(ran)
        found = {attack.name: arena.faults(attack, results[attack.name]) for attack in SAMPLE}
        assert {name: faults for name, faults in found.items() if faults} == {}
        assert {results[name]["score"] for name in scene.honest} == {92.0}
        assert all(found["protections"] for found in results.values() if found["score"] is not None)
        assert scene.world() == scene.before
        assert services.visits == []
