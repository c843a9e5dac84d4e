"""The warm processes of a grading process: where workers come from."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Container, Sequence

from autograder.grading.jobs import Settings
from autograder.grading.rules import words
from autograder.runnable import MAX_CODE
from autograder.sandbox import probes
from autograder.sandbox.bait import Bait
from autograder.sandbox.cells import Cell
from autograder.sandbox.launcher import HEAVY, WarmProcess


class Nursery:
    """One warm process without the heavy packages, and one with them, each started when the first
    notebook needs it. To fork the heavy one takes several times as long. `first` is one of them,
    for whoever made it to close.

    Use as a context manager. The protections of each are tried at its start; `protections` are
    those that held, none where there is no jail.
    """

    def __init__(self, settings: Settings, bait: Bait, first: WarmProcess) -> None:
        self._settings = settings
        self._bait = bait
        self._warm: dict[bool, WarmProcess] = {}
        self._opened = contextlib.ExitStack()
        self._waiting = {is_heavy(first.preload): first}
        self.protections: list[str] = []
        # Where the hidden tests are about such a package, its objects go to and fro.
        self._always = is_heavy(sys.modules)

    def __enter__(self) -> Nursery:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def warm_for(self, cells: Sequence[Cell]) -> WarmProcess:
        """What these cells are to be run from; JailUnavailable when a protection does not hold."""
        heavy = self._always or _asks_for(HEAVY, cells)
        if heavy not in self._warm:
            self._warm[heavy] = self._start(heavy)
        return self._warm[heavy]

    def _start(self, heavy: bool) -> WarmProcess:
        settings = self._settings
        warm = self._waiting.pop(heavy, None) or self._opened.enter_context(
            WarmProcess(jailed=settings.jailed, preload=packages(settings, heavy=heavy))
        )
        warm.wait_ready()
        self.protections = probes.prove(warm, self._bait) if settings.jailed else []
        return warm


def packages(settings: Settings, *, heavy: bool) -> tuple[str, ...]:
    """What a warm process of this kind imports."""
    return tuple(name for name in settings.preload if heavy or name not in HEAVY)


def is_heavy(packages: Container[str]) -> bool:
    return any(name in packages for name in HEAVY)


def _asks_for(packages: Sequence[str], cells: Sequence[Cell]) -> bool:
    """Whether one of them is named in the code; text about it does not count."""
    if sum(len(cell.source) for cell in cells) > MAX_CODE:
        return any(name in cell.source for name in packages for cell in cells)
    return bool(words(cells, frozenset(packages)))
