"""Checking again whenever the notebook is saved, for a terminal beside JupyterLab."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

from autograder.check.finding import in_folder
from autograder.check.report import Checker, Report
from autograder.errors import UnreadableNotebook
from autograder.notebook import contents

# Milliseconds without a change after which a save is taken to be over. The library also looks for
# changes so often: less would be felt by nobody, and costs a notebook's battery.
STEP = 150
# Milliseconds until it is looked at though nothing was heard: a save may have come before watching
# began, and not every network's file system tells of changes.
AGAIN = 1000
DEBOUNCE = 400  # milliseconds after which it is looked at in any case
_HALF_WRITTEN = 1.0  # seconds that a file may be unreadable before that is told
_PAUSE = 0.05
_FOLDER_GONE = 1.0  # seconds between two looks for a folder that is gone

Signature = tuple[int, int, int] | None


def signature(path: Path) -> Signature:
    """Changes with every save; None when there is no file."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


class Watch:
    """Watches one notebook. `show` is handed reports, `say` a line on what keeps them away."""

    def __init__(
        self,
        path: Path,
        checker: Checker,
        show: Callable[[Report], None],
        say: Callable[[str], None],
    ) -> None:
        self._path = path
        self._checker = checker
        self._show = show
        self._say = say
        self._seen: Signature = None
        self._told = ""
        self._day = ""

    def run(self, stop: Event | None = None) -> None:
        """Until `stop` is set, or KeyboardInterrupt."""
        import watchfiles

        stop, folder = stop or Event(), self._path.absolute().parent
        while not stop.is_set():
            self._look()
            if not folder.is_dir():
                stop.wait(_FOLDER_GONE)
                continue
            changes = watchfiles.watch(
                folder,
                step=STEP,
                debounce=DEBOUNCE,
                recursive=False,
                rust_timeout=AGAIN,
                yield_on_timeout=True,
                stop_event=stop,
                watch_filter=lambda _, name: name.endswith(".ipynb") or name == str(folder),
            )
            for _ in changes:
                self._look()
                if not folder.is_dir():
                    break

    def _look(self) -> None:
        """Check what is there now, until it is the same before and after."""
        while (now := signature(self._path)) != self._seen or now is None:
            if now is None and not self._follow():
                return
            if now is not None:
                self._check(now)

    def _follow(self) -> bool:
        """Whether the notebook has another name now; else say that it is gone."""
        for path in in_folder(self._path.absolute().parent, self._day) if self._day else ():
            self._tell(f"{self._path.name} is called {path.name} now: watching that")
            self._path, self._seen = path, None
            return True
        self._seen = None
        self._tell(f"{self._path} is gone: waiting for it to come back")
        return False

    def _check(self, now: Signature) -> None:
        """Check this save, or give up on it when a newer one is there."""
        end = time.monotonic() + _HALF_WRITTEN
        while True:
            try:
                self._check_once(now)
                return
            except (UnreadableNotebook, OSError) as error:
                if signature(self._path) != now:
                    return
                if time.monotonic() > end:
                    self._seen = now
                    self._tell(f"{error}. Waiting for the next save")
                    return
            time.sleep(_PAUSE)

    def _check_once(self, now: Signature) -> None:
        """Nothing is shown where the file was written while it was read or run."""

        def overtaken() -> bool:
            return signature(self._path) != now

        raw = contents(self._path)
        if overtaken():
            return
        report = self._checker.check(self._path, overtaken, raw=raw)
        if report is not None:
            self._seen, self._told, self._day = now, "", report.day
            self._show(report)

    def _tell(self, line: str) -> None:
        if line != self._told:
            self._told = line
            self._say(line)
