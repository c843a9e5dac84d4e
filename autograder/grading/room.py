"""How many grading processes there is memory for."""

from __future__ import annotations

import contextlib
from pathlib import Path

# A grading process with its warm processes and a worker, and what honest student code needs.
NEED = 700 * 2**20


def affordable(jobs: int) -> int:
    """`jobs`, or as many as there is memory for now; at least one."""
    return max(1, min(jobs, free_memory() // NEED))


def free_memory(root: Path = Path("/")) -> int:
    """Bytes that processes started here may still use: of the machine, and of our control group."""
    limits = [_available(root / "proc/meminfo"), *_groups(root)]
    return max(0, min(limits))


def _available(meminfo: Path) -> int:
    for line in meminfo.read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return 2**62  # a kernel that does not tell


def _groups(root: Path) -> list[int]:
    """What is left in each control group that we are in, by either version's files."""
    found = []
    for line in (root / "proc/self/cgroup").read_text().splitlines():
        _, kinds, path = line.split(":", 2)
        if kinds not in ("", "memory"):
            continue
        top = root / "sys/fs/cgroup" / kinds
        names = ("memory.max", "memory.current") if not kinds else _FIRST_VERSION
        here = top / path.lstrip("/")
        for folder in {here, *(one for one in here.parents if one.is_relative_to(top))}:
            with contextlib.suppress(OSError, ValueError):  # no file, or "max"
                most, used = (int((folder / name).read_text()) for name in names)
                found.append(most - used)
    return found


_FIRST_VERSION = ("memory.limit_in_bytes", "memory.usage_in_bytes")
