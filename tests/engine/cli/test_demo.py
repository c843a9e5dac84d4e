"""`dl30 demo`: the whole way in a scratch folder, here with the small course."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from dl30_command import Ran, run
from mini_course import STEM, Mini

from autograder import release
from autograder.cli import demo

CLASS = '''
def perfect(room):
    """everything right"""
    return room.solved()


def blank(room):
    """nothing begun"""
    return room.blank()


SUBMISSIONS = {"ada": perfect, "bob": blank}
'''


@pytest.fixture(scope="module")
def shown(
    new_mini: Callable[[], Mini], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Mini, Path, Ran]:
    mini = new_mini()
    where = mini.root / "tests" / "demo" / f"{STEM}.py"
    where.parent.mkdir()
    where.write_text(CLASS)
    for name in (".git", "submitted/ada/day01_mini", "records", "exchange"):
        (mini.root / name).mkdir(parents=True)
    folder = tmp_path_factory.mktemp("demo") / "scratch"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "SHOWN", "bob")
        return mini, folder, run(mini, "demo", "1", "--into", str(folder), "--jobs", "1")


def test_it_shows_each_step(shown: tuple[Mini, Path, Ran]) -> None:
    _, folder, ran = shown
    assert ran.code == 0
    lines = [line.strip() for line in ran.out.splitlines()]
    for line in (
        f"The course, copied to {folder}",
        f"$ dl30 release {STEM}",
        "2 notebooks handed in:",
        "ada      everything right",
        f"$ dl30 grade {STEM}",
        "ada          11     11  ██████████  all exercises right",
        "bob           0     11  ··········  nothing works yet",
        f"$ nbgrader generate_feedback {STEM} --student=bob",
    ):
        assert line in lines
    assert "Traceback" not in ran.err


def test_it_names_files_that_are_there(shown: tuple[Mini, Path, Ran]) -> None:
    _, folder, ran = shown
    page = folder / "feedback" / "bob" / STEM / f"{STEM}.html"
    assert f"gradebook            {folder}/gradebook.db" in ran.out
    assert str(page) in ran.out
    assert "nothing works" not in page.read_text()
    assert page.read_text().count("✗ FAIL") == 5
    assert (folder / "gradebook.db").is_file()
    assert run(folder, "results", "1", "--student", "bob", "--course", str(folder)).code == 0


def test_it_leaves_the_course_as_it_was(shown: tuple[Mini, Path, Ran]) -> None:
    mini, folder, _ = shown
    assert list((mini.root / "submitted").rglob("*.ipynb")) == []
    assert list((mini.root / "records").iterdir()) == []
    assert not (mini.root / "autograded").exists()
    assert sorted(path.name for path in (folder / "submitted").iterdir()) == ["ada", "bob"]
    assert not (folder / ".git").exists()
    assert not (folder / "exchange").exists()


def test_a_day_without_a_demo(mini: Mini, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "release", lambda *_: None)
    ran = run(mini, "demo", "1", "--into", str(tmp_path / "scratch"))
    assert ran.code == 3
    where = tmp_path / "scratch" / "tests" / "demo" / f"{STEM}.py"
    assert ran.err == f"dl30: {where}: {STEM} has no demo notebooks\n"
