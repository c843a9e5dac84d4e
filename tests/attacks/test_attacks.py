"""Everything that student code tries, in one run with honest neighbours: nothing comes of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import arena
import corpus
import pytest
import scoreboard
from corpus import Attack
from sandbox_lab import descendants, eventually, seeing_orphans

ATTACKS = corpus.load()
ROWS = (
    "lying_object patched_helper patched_runner forged_frames swallowed_cells forged_output "
    "stack_and_heap file_reading file_writing database network exit hang memory processes outcomes "
    "inputs guesses forbidden_ways notebook_tricks copied_answer controls"
).split()


class Run:
    """The arena after `dl30 grade`, and what was seen."""

    def __init__(self, scene: arena.Arena) -> None:
        self.scene = scene
        with seeing_orphans():
            processes = descendants(os.getpid())
            self.ran = scene.grade()
            self.results = arena.results(self.ran)
            self.nothing_runs_on = eventually(lambda: descendants(os.getpid()) == processes)
        self.after = scene.world()


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    with arena.services() as services:
        folder = tmp_path_factory.mktemp("arena")
        yield Run(arena.Arena(folder, ATTACKS, services))


def names(attack: Attack) -> str:
    return attack.name


class TestTheCorpus:
    def test_every_row_is_tried_in_several_ways(self) -> None:
        counts = {row: sum(attack.row == row for attack in ATTACKS) for row in ROWS}
        assert {attack.row for attack in ATTACKS} == set(ROWS)
        assert min(counts.values()) >= 3, counts
        assert sum(not attack.honest for attack in ATTACKS) >= 80

    def test_a_file_that_says_nothing_is_refused(self, tmp_path: Path) -> None:
        for text, why in (
            ('"""One line\nand another."""\n# %% last\npass', "first line"),
            ('"""Tries."""\n# %% last\npass', "alone is one of"),
            ('"""Tries.\n\nalone: -"""\n# %% last\npass', "alone is one of"),
            ('"""Tries.\n\nalone: points\nhow: so"""\n# %% last\npass', "unknown"),
            ('"""Tries.\n\nalone: points"""\npass', "no cells"),
        ):
            path = tmp_path / "attack.py"
            path.write_text(text)
            with pytest.raises(ValueError, match=why):
                corpus.read(path)


class TestOneRunOfAll:
    @pytest.mark.parametrize("attack", ATTACKS, ids=names)
    def test_comes_to_what_it_deserves(self, run: Run, attack: Attack) -> None:
        assert arena.faults(attack, run.results[attack.name]) == []

    def test_no_neighbour_is_disturbed(self, run: Run) -> None:
        scores = {name: run.results[name]["score"] for name in run.scene.honest}
        assert set(scores.values()) == {run.results["honest-1"]["max_score"]}
        assert len(scores) > 10
        assert not any(run.results[name]["notes"] for name in run.scene.honest)

    def test_every_record_says_what_shut_it_in(self, run: Run) -> None:
        graded = [found for found in run.results.values() if found["status"] == "graded"]
        for found in graded:
            assert found["jailed"] is True
            assert {"files", "network", "processes", "calls"} <= set(found["protections"])
        assert len(graded) > 80

    def test_the_run_ends_and_tells_of_unreadable_ones(self, run: Run) -> None:
        assert run.ran.returncode == 1
        assert "Traceback" not in run.ran.stderr
        statuses = {name: found["status"] for name, found in run.results.items()}
        assert "broken" not in statuses.values()
        assert len(statuses) == len(ATTACKS) + len(run.scene.honest)

    def test_nothing_outside_was_changed(self, run: Run) -> None:
        changed = {
            path
            for path in run.scene.before.keys() | run.after.keys()
            if run.scene.before.get(path) != run.after.get(path)
        }
        assert changed == set()
        assert len(run.after) > 200

    def test_nobody_called(self, run: Run) -> None:
        assert run.scene.services.visits == []

    def test_no_process_is_left(self, run: Run) -> None:
        assert run.nothing_runs_on


def test_the_scoreboard_that_is_shown_is_this_corpus() -> None:
    shown = (arena.ROOT / "docs" / "security.md").read_text().splitlines()
    assert [line for line in scoreboard.table() if line not in shown] == []
