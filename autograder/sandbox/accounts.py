"""What a tree of processes has used, read off /proc by somebody who stands outside it.

Nothing that processes do to themselves hides them: they cannot leave the tree, and what one used
that has ended since the last look is remembered.

This module imports nothing of ours.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_SOCKET_BYTES = 512 * 1024  # what one unix or netlink socket can hold back, at most


@dataclass(frozen=True)
class Process:
    """One line of /proc/PID/stat: seconds of processor time, bytes of resident memory."""

    pid: int
    parent: int
    started: int
    seconds: float
    resident: int


class Accounts:
    """Process `root` and all below it.

    `proc` is an open descriptor of /proc: in a cell another one is mounted over it, in which the
    same processes have other numbers.
    """

    def __init__(self, root: int, proc: int) -> None:
        self._root = root
        self._proc = proc
        self._last: dict[tuple[int, int], float] = {}
        self._gone = 0.0

    def processes(self) -> list[Process]:
        """All of them now, those that have ended but for their entry included."""
        found = {process.pid: process for process in self._all()}
        below = {self._root}
        while more := {p.pid for p in found.values() if p.parent in below and p.pid not in below}:
            below |= more
        return [found[pid] for pid in below if pid in found]

    def _all(self) -> Iterator[Process]:
        for name in os.listdir(self._proc):
            text = self._read(f"{name}/stat") if name.isdigit() else ""
            # The second entry is the program's name, which may hold blanks and parentheses.
            facts = text.rpartition(")")[2].split()
            if facts:
                seconds = (int(facts[11]) + int(facts[12])) / _TICKS
                resident = int(facts[21]) * _PAGE
                yield Process(int(name), int(facts[1]), int(facts[19]), seconds, resident)

    def resident(self, pid: int) -> int:
        """Bytes of memory that a process has now."""
        words = self._read(f"{pid}/statm").split()
        return int(words[1]) * _PAGE if words else 0

    def seconds(self, processes: list[Process]) -> float:
        """Processor seconds of all since the start, the last that was seen of ended ones included;
        `processes` are those of now."""
        now = {(process.pid, process.started): process.seconds for process in processes}
        self._gone += sum(seconds for key, seconds in self._last.items() if key not in now)
        self._last = now
        return self._gone + sum(now.values())

    def own_memory(self, pid: int) -> int:
        """Bytes that belong to one: of what it shares with others its part alone, of files nothing.

        Where the kernel does not tell the parts, all that it shares counts.
        """
        text = self._read(f"{pid}/smaps_rollup")
        names = ("Pss_Anon:", "Pss_Shmem:")
        if not text:
            text, names = self._read(f"{pid}/status"), ("RssAnon:", "RssShmem:")
        lines = (line.split() for line in text.splitlines() if line.startswith(names))
        return sum(int(line[1]) for line in lines) * 1024

    def sockets_memory(self) -> int:
        """Bytes that the sockets of the root's network namespace can hold back, at most."""
        tables = (self._read(f"{self._root}/net/{name}") for name in ("unix", "netlink"))
        return sum(max(0, table.count("\n") - 1) for table in tables) * _SOCKET_BYTES

    def waited(self) -> float:
        """Seconds that the root's first thread could have run and had no processor; 0 where the
        kernel does not tell."""
        words = self._read(f"{self._root}/schedstat").split()
        return int(words[1]) / 1e9 if len(words) == 3 else 0.0

    def _read(self, name: str) -> str:
        """The entry's text; nothing where it is gone or closed to us."""
        try:
            file = os.open(name, os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._proc)
        except OSError:
            return ""
        with os.fdopen(file, encoding="utf-8", errors="replace") as text:
            try:
                return text.read()
            except OSError:
                return ""
