"""A memory control group: where the grader may make one, the kernel itself bounds what cells take.

It then counts what only it can see, buffers of pipes and sockets among them, and ends a process
before the machine is short of memory. Where no group can be made, the overseer's looks are all
there is. Interface: the kernel's "Control Group v2" and "Memory Resource Controller" documents.

A warm process joins its group when it starts, and its cells are born in it: to move a process costs
more than all else that is done for a submission.

This module imports nothing of ours but `jail`.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox import kernel
from autograder.sandbox.jail import Limits

PREFIX = "dl30-"
# For the warm process; and above what the overseer allows, who ends the whole cell and can say why:
# so it comes first.
_OVERHEAD_MB = 1024
_FILES = {  # by version: where the limit stands, and what else is to be written
    1: ("memory.limit_in_bytes", {}),
    2: ("memory.max", {"memory.swap.max": "0"}),
}


@dataclass(frozen=True)
class Group:
    """A group of this grader's. Whoever writes "0" to the open descriptor `procs` joins it."""

    folder: Path
    version: int
    procs: int

    @classmethod
    def find(
        cls, mounts: Path = Path("/proc/mounts"), own: Path = Path("/proc/self/cgroup")
    ) -> Group | None:
        """A fresh group within that of this process, or one around it; None where none can be."""
        for parent, version in _candidates(mounts.read_text(), own.read_text()):
            _sweep(parent)
            folder = parent / f"{PREFIX}{os.getpid()}-{os.urandom(4).hex()}"
            try:
                folder.mkdir()
                kernel.write(folder / _FILES[version][0], _bytes([Limits()]))
                procs = os.open(folder / "cgroup.procs", os.O_WRONLY | os.O_CLOEXEC)
            except OSError:
                _remove(folder)
                continue
            for name, value in _FILES[version][1].items():
                with contextlib.suppress(OSError):  # not on kernels that do not count swap
                    kernel.write(folder / name, value)
            return cls(folder, version, procs)
        return None

    def allow(self, cells: Iterable[Limits]) -> None:
        """Bound the memory by what these cells may use together."""
        with contextlib.suppress(OSError):  # it may hold more than that already
            kernel.write(self.folder / _FILES[self.version][0], _bytes(cells))

    def remove(self) -> None:
        """Take it away, once its last process has gone."""
        os.close(self.procs)
        _remove(self.folder)


def _bytes(cells: Iterable[Limits]) -> str:
    each = (limits.memory_mb + 2 * limits.scratch_mb for limits in cells)
    return str((sum(each) + _OVERHEAD_MB) * 2**20)


def _remove(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()


def _sweep(parent: Path) -> None:
    """Take away the groups of graders that are gone."""
    for folder in parent.glob(f"{PREFIX}*-*"):
        if not Path(f"/proc/{folder.name.split('-')[1]}").exists():
            _remove(folder)


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
