"""How many grading processes there is memory for."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.grading import room

GB = 2**30


def machine(root: Path, groups: str = "") -> Path:
    """A machine of 8 GB, where we are in these control groups."""
    memory = f"MemTotal: 1 kB\nMemAvailable:  {8 * 2**20} kB\n"
    for name, text in {"proc/meminfo": memory, "proc/self/cgroup": groups}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_this_machine() -> None:
    assert 2**20 < room.free_memory() < 2**50


def test_without_groups(tmp_path: Path) -> None:
    assert room.free_memory(machine(tmp_path)) == 8 * GB


def test_a_group_of_version_2_and_those_around_it(tmp_path: Path) -> None:
    root = machine(tmp_path, "0::/user/grader\n")
    for folder, most, used in (("user", 3 * GB, GB), ("user/grader", "max", 5)):
        place = root / "sys/fs/cgroup" / folder
        place.mkdir(parents=True)
        (place / "memory.max").write_text(f"{most}\n")
        (place / "memory.current").write_text(f"{used}\n")
    assert room.free_memory(root) == 2 * GB


def test_a_group_of_version_1(tmp_path: Path) -> None:
    root = machine(tmp_path, "5:cpu:/x\n4:memory:/grader\n")
    place = root / "sys/fs/cgroup/memory/grader"
    place.mkdir(parents=True)
    (place / "memory.limit_in_bytes").write_text(str(GB))
    (place / "memory.usage_in_bytes").write_text("1024")
    assert room.free_memory(root) == GB - 1024


@pytest.mark.parametrize(("free", "jobs", "most"), [(8, 4, 4), (2, 4, 2), (0, 4, 1), (8, 64, 11)])
def test_jobs(free: int, jobs: int, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "free_memory", lambda: free * GB)
    assert room.affordable(jobs) == most
