"""Memory control groups: found where they can be made, limited, joined, and taken away again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sandbox_lab import eventually, make_student

from autograder.sandbox.groups import PREFIX, Groups
from autograder.sandbox.jail import Limits
from autograder.sandbox.launcher import WarmProcess

TAKE = """
import os, sys
os.write(int(sys.argv[1]), b"0")
print(len(b"1" * (int(sys.argv[2]) << 20)))
"""


class TestOnThisMachine:
    """Where groups can be made, they bind; where none can, nothing is claimed."""

    def test_a_group_binds_who_joins_it(self) -> None:
        groups = Groups.find()
        if groups is None:
            assert not writable_memory_groups()
            return
        # 500 MB, two scratch folders, and the room above what the overseer allows.
        group = groups.new(Limits(memory_mb=100, scratch_mb=10))
        assert group is not None
        codes = [
            subprocess.run(
                [sys.executable, "-S", "-c", TAKE, str(group.procs), str(megabytes)],
                pass_fds=[group.procs],
                stdout=subprocess.DEVNULL,
                check=False,
            ).returncode
            for megabytes in (300, 900)
        ]
        group.release()
        assert codes == [0, -signal.SIGKILL]
        groups.sweep()
        assert not group.folder.exists()

    def test_nothing_is_left_when_workers_have_gone(self) -> None:
        with WarmProcess(preload=()) as warm:
            student = make_student(warm, "def f(): return open('/proc/self/cgroup').read()")
            inside = f"/{PREFIX}{os.getpid()}-" in student.f()
            assert inside == (warm._groups is not None)
            student.close()
            groups = warm._groups
        if groups is not None:

            def gone() -> bool:
                groups.sweep()
                return list(groups.folder.glob(f"{PREFIX}{os.getpid()}-{id(groups):x}-*")) == []

            assert eventually(gone)


def writable_memory_groups() -> bool:
    return any(
        os.access(path, os.W_OK)
        for path in (Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup/cgroup.subtree_control"))
    )


@pytest.fixture
def kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which new folders get the files of a version 2 group, as the kernel does it."""
    make = Path.mkdir

    def mkdir(path: Path, *args: object, **kwargs: object) -> None:
        make(path, *args, **kwargs)  # type: ignore[arg-type]
        if path.parent.name == "delegated":
            for name in ("memory.max", "memory.swap.max", "memory.oom.group", "cgroup.procs"):
                (path / name).touch()

    (tmp_path / "delegated" / "own").mkdir(parents=True)
    monkeypatch.setattr(Path, "mkdir", mkdir)
    return tmp_path


class TestVersion2:
    """By the kernel's document, on a folder that plays the kernel."""

    def found(self, folder: Path, own: str = "/delegated/own") -> Groups | None:
        mounts, mine = folder / "mounts", folder / "mine"
        mounts.write_text(f"proc /proc proc rw 0 0\ncgroup2 {folder} cgroup2 rw,nsdelegate 0 0\n")
        mine.write_text(f"0::{own}\n")
        return Groups.find(mounts, mine)

    def test_the_nearest_group_that_gives_memory_to_others_is_taken(self, kernels: Path) -> None:
        groups = self.found(kernels)
        assert groups is not None
        assert (groups.folder, groups.version) == (kernels / "delegated", 2)

    def test_memory_swap_and_the_end_of_all_together(self, kernels: Path) -> None:
        groups = self.found(kernels)
        assert groups is not None
        group = groups.new(Limits(memory_mb=1000, scratch_mb=50))
        assert group is not None
        group.release()
        written = {path.name: path.read_text() for path in group.folder.iterdir()}
        assert written == {
            "memory.max": str((1000 + 100 + 512) * 2**20),
            "memory.swap.max": "0",
            "memory.oom.group": "1",
            "cgroup.procs": "",
        }

    def test_none_where_nobody_gives_memory(self, kernels: Path) -> None:
        assert self.found(kernels, "/") is None
        assert sorted(path.name for path in kernels.iterdir()) == ["delegated", "mine", "mounts"]

    def test_what_dead_graders_left_is_taken_away(self, tmp_path: Path) -> None:
        dead, alive = f"{PREFIX}{2**22 + 1}-0-1", f"{PREFIX}{os.getppid()}-0-1"
        for name in (dead, alive, "another"):
            (tmp_path / name).mkdir()
        Groups(tmp_path, 2).sweep()
        assert {path.name for path in tmp_path.iterdir()} == {alive, "another"}
