"""Memory control groups: found where they can be made, limited, joined, and taken away again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from sandbox_lab import make_student

from autograder.sandbox.groups import PREFIX, Group
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
        group = Group.find()
        if group is None:
            assert not writable_memory_groups()
            return
        # 100 MB, two scratch folders, and the room above what the overseer allows.
        group.allow([Limits(memory_mb=100, scratch_mb=10)])
        codes = [
            subprocess.run(
                [sys.executable, "-S", "-c", TAKE, str(group.procs), str(megabytes)],
                pass_fds=[group.procs],
                stdout=subprocess.DEVNULL,
                check=False,
            ).returncode
            for megabytes in (400, 1400)
        ]
        group.remove()
        assert codes == [0, -signal.SIGKILL]
        assert not group.folder.exists()

    def test_cells_are_born_in_it_and_nothing_is_left(self) -> None:
        with WarmProcess(preload=()) as warm:
            student = make_student(warm, "def f(): return open('/proc/self/cgroup').read()")
            inside = f"/{PREFIX}{os.getpid()}-" in student.f()
            group = warm._group
            assert inside == (group is not None)
            student.close()
        assert group is None or not group.folder.exists()

    def test_there_is_room_for_as_many_cells_as_there_are(self) -> None:
        with WarmProcess(preload=()) as warm:
            allowed: list[list[Limits]] = []
            warm._group = SimpleNamespace(  # type: ignore[assignment]
                allow=lambda cells: allowed.append(list(cells)), remove=lambda: None
            )
            one, two = Limits(memory_mb=1), Limits(memory_mb=2)
            first, second = warm.spawn(one), warm.spawn(two)
            first.close()
            first.close()
            second.close()
        assert allowed == [[one], [one, two], [two]]


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
            for name in ("memory.max", "memory.swap.max", "cgroup.procs"):
                (path / name).touch()

    (tmp_path / "delegated" / "own").mkdir(parents=True)
    monkeypatch.setattr(Path, "mkdir", mkdir)
    return tmp_path


class TestVersion2:
    """By the kernel's document, on a folder that plays the kernel."""

    def found(self, folder: Path, own: str = "/delegated/own") -> Group | None:
        mounts, mine = folder / "mounts", folder / "mine"
        mounts.write_text(f"proc /proc proc rw 0 0\ncgroup2 {folder} cgroup2 rw,nsdelegate 0 0\n")
        mine.write_text(f"0::{own}\n")
        return Group.find(mounts, mine)

    def test_the_nearest_group_that_gives_memory_to_others_is_taken(self, kernels: Path) -> None:
        group = self.found(kernels)
        assert group is not None
        assert (group.folder.parent, group.version) == (kernels / "delegated", 2)

    def test_memory_and_no_swap(self, kernels: Path) -> None:
        group = self.found(kernels)
        assert group is not None
        group.allow([Limits(memory_mb=1000, scratch_mb=50), Limits(memory_mb=7, scratch_mb=1)])
        written = {path.name: path.read_text() for path in group.folder.iterdir()}
        assert written.pop("memory.max").startswith(str((1000 + 100 + 7 + 2 + 1024) * 2**20))
        assert written == {"memory.swap.max": "0", "cgroup.procs": ""}

    def test_none_where_nobody_gives_memory(self, kernels: Path) -> None:
        assert self.found(kernels, "/") is None
        assert sorted(path.name for path in kernels.iterdir()) == ["delegated", "mine", "mounts"]

    def test_what_dead_graders_left_is_taken_away(self, kernels: Path) -> None:
        dead, alive = f"{PREFIX}{2**22 + 1}-0", f"{PREFIX}{os.getppid()}-0"
        for name in (dead, alive, "another"):
            os.mkdir(kernels / "delegated" / name)
        group = self.found(kernels)
        assert group is not None
        left = {path.name for path in (kernels / "delegated").iterdir()}
        assert left == {alive, "another", "own", group.folder.name}
