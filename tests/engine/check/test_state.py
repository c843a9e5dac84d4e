"""What is remembered between two checks, whatever happens to the file."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from autograder.check.state import DayState, State, StateFile
from autograder.errors import LogError


def test_a_line_for_thirty_days() -> None:
    state = State(
        days={
            "day01_a": DayState(2, ["x", "y"]),
            "day02_b": DayState(2, ["x"]),
            "day03_c": DayState(2, [], {"x": 1}),
            "day30_d": DayState(1, ["x"]),
            "day31_e": DayState(1, ["x"]),
            "other": DayState(1, ["x"]),
        }
    )
    assert state.line() == "█▒" + "·" * 27 + "█"
    assert len(state.line()) == 30


def test_it_is_kept(tmp_path: Path) -> None:
    with StateFile(tmp_path / "new" / "folder").changing() as state:
        state.day("day01_a").passed = ["x"]
    again = StateFile(tmp_path / "new" / "folder")
    assert again.read().days == {"day01_a": DayState(0, ["x"])}
    kept = again.path.stat().st_mtime_ns
    with again.changing() as state:
        state.day("day01_a")
    assert again.path.stat().st_mtime_ns == kept, "written without a change"


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"days": {"day01_a": 3}}', b"\xff"])
def test_a_damaged_one_is_set_aside(tmp_path: Path, raw: bytes) -> None:
    file = StateFile(tmp_path)
    file.path.write_bytes(raw)
    with file.changing() as state:
        state.day("day01_a").exercises = 2
    assert file.notices == [
        f"{file.path} was damaged: it is notebooks.json.damaged now, and a new one begun"
    ]
    assert (tmp_path / "notebooks.json.damaged").read_bytes() == raw
    assert json.loads(file.path.read_bytes())["days"] == {"day01_a": {"exercises": 2}}


def test_two_commands_take_turns(tmp_path: Path) -> None:
    def add(name: str) -> None:
        for number in range(20):
            with StateFile(tmp_path).changing() as state:
                state.day("day01_a").passed += [f"{name}{number}"]

    threads = [threading.Thread(target=add, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(StateFile(tmp_path).read().day("day01_a").passed) == 80


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with (
        pytest.raises(LogError, match=r"data: cannot be used: .* \(name another folder with"),
        StateFile(tmp_path / "data").changing(),
    ):
        pass
