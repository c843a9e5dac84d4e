"""Memory control groups: where the grader may make them, the kernel bounds each cell's memory.

It then counts what only it can see, buffers of pipes and sockets among them, and ends a process
before the machine is short of memory. Where no group can be made, the overseer's looks are all
there is. Interface: the kernel's "Control Group v2" and "Memory Resource Controller" documents.

This module imports nothing of ours but `jail`.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox.jail import Limits

PREFIX = "dl30-"
# Above what the overseer allows, who ends the whole cell and can say why: so it comes first.
_OVERHEAD_MB = 512
_LIMITS = {  # by version: each file, and what is written into it for a limit in bytes
    1: (("memory.limit_in_bytes", "{}"), ("memory.memsw.limit_in_bytes", "{}")),
    2: (("memory.max", "{}"), ("memory.swap.max", "0"), ("memory.oom.group", "1")),
}


@dataclass(frozen=True)
class Group:
    """One cell's group. Whoever writes "0" to the descriptor `procs` joins it."""

    folder: Path
    procs: int

    def release(self) -> None:
        """No further process will join; the folder goes when its last process has gone."""
        os.close(self.procs)


class Groups:
    """A folder of the control groups' file system in which this process may make groups."""

    def __init__(self, folder: Path, version: int) -> None:
        self.folder = folder
        self.version = version
        self._count = 0

    @classmethod
    def find(
        cls, mounts: Path = Path("/proc/mounts"), own: Path = Path("/proc/self/cgroup")
    ) -> Groups | None:
        """The first such folder: the group of this process, or one around it."""
        for folder, version in _candidates(mounts.read_text(), own.read_text()):
            groups = cls(folder, version)
            group = groups.new(Limits())
            if group is not None:
                group.release()
                groups.sweep()
                return groups
        return None

    def new(self, limits: Limits) -> Group | None:
        """A fresh group with the limits' memory; None where the kernel refuses."""
        self.sweep()
        self._count += 1
        folder = self.folder / f"{PREFIX}{os.getpid()}-{id(self):x}-{self._count}"
        megabytes = limits.memory_mb + 2 * limits.scratch_mb + _OVERHEAD_MB
        try:
            folder.mkdir()
            self._limit(folder, megabytes * 2**20)
            return Group(folder, os.open(folder / "cgroup.procs", os.O_WRONLY | os.O_CLOEXEC))
        except OSError:
            with contextlib.suppress(OSError):
                folder.rmdir()
            return None

    def _limit(self, folder: Path, size: int) -> None:
        """The first file has to be there; the others are of kernels that count swap."""
        for number, (name, value) in enumerate(_LIMITS[self.version]):
            file = folder / name
            if number == 0 or file.exists():
                handle = os.open(file, os.O_WRONLY)
                try:
                    os.write(handle, value.format(size).encode())
                finally:
                    os.close(handle)

    def sweep(self) -> None:
        """Take away groups that nobody is in: ours, and those of graders that are gone."""
        for folder in self.folder.glob(f"{PREFIX}*-*-*"):
            pid, number = folder.name.split("-")[1:3]
            ours = (pid, number) == (str(os.getpid()), f"{id(self):x}")
            if ours or not Path(f"/proc/{pid}").exists():
                with contextlib.suppress(OSError):
                    folder.rmdir()


def _candidates(mounts: str, own: str) -> Iterator[tuple[Path, int]]:
    """Folders of memory groups and their version, this process's own first."""
    paths = dict(_own_paths(own))
    for line in mounts.splitlines():
        _, place, kind, options, *_ = line.split()
        if kind == "cgroup2":
            version, path = 2, paths.get("")
        elif kind == "cgroup" and "memory" in options.split(","):
            version, path = 1, paths.get("memory")
        else:
            continue
        folder = Path(place + (path or "/"))
        around = [folder, *folder.parents]
        yield from ((one, version) for one in around if one.is_relative_to(place))


def _own_paths(own: str) -> Iterator[tuple[str, str]]:
    for line in own.splitlines():
        _, controllers, path = line.split(":", 2)
        for name in controllers.split(","):
            yield name, path
