"""The warm process of a check: it has numpy and matplotlib imported, and forks a run each time.

Started as `python -P -m autograder.check.warm FD FOLDER`, FD being its end of a connection. It
keeps the clocks of a run's cells and ends all of its processes when the run is over, when it is
told to, and when the command at the other end is gone; then the folder goes too.
"""

from __future__ import annotations

import gc
import importlib
import os
import shutil
import signal
import sys
import tempfile
import time
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import Any

from autograder.check.frames import (
    Began,
    Ended,
    Ready,
    Request,
    receive_event,
    receive_request,
    send,
)
from autograder.check.runner import copy_files, how, run_notebook
from autograder.sandbox import kernel
from autograder.sandbox.accounts import Accounts
from autograder.sandbox.shell import make_shell

_LATE_PARTS = ("numpy.fft", "numpy.linalg", "numpy.polynomial", "numpy.random")


def main() -> None:
    control = Connection(int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        kernel.adopt_orphans()
    scratch = sys.argv[2]
    try:
        os.environ.update(MPLBACKEND="agg", PIP_NO_INDEX="1", IPYTHONDIR=f"{scratch}/ipython")
        os.chdir(scratch)
        _serve(control, Path(scratch))
    except (EOFError, OSError):
        pass  # the command is gone
    finally:
        _end_everything([])
        shutil.rmtree(scratch, ignore_errors=True)


def _serve(control: Connection, scratch: Path) -> None:
    try:
        shell = _warm_up()
    except ImportError as error:
        send(control, Ready(failed=error.name or str(error)))
        return
    send(control, Ready())
    while True:
        request = receive_request(control)
        if request is None:
            continue  # "enough" came when the run was over already
        for name in request.heavy:
            _load(name)
        _Run(request, control, shell, scratch).carry_out()
        send(control, Ready())


def _warm_up() -> Any:
    import numpy as np

    for name in ("matplotlib.pyplot", *_LATE_PARTS):
        importlib.import_module(name)
    shell = make_shell()
    shell.run(0, "%pwd")
    # A download or an installation at every save would be nobody's wish; in the jail it is none.
    shell.system = _no_command
    shell.getoutput = lambda *_, **__: []
    np.random.seed(0)
    _freeze()
    return shell


def _no_command(command: str) -> None:
    """What `!command` does."""


def _load(name: str) -> None:
    """Import it once for all runs. What is not there is told by the cell that asks for it."""
    if name not in sys.modules:
        try:
            importlib.import_module(name)
        except Exception:
            return
        _freeze()


def _freeze() -> None:
    """Looking for garbage among what was imported would make every fork copy it."""
    gc.collect()
    gc.freeze()


class _Run:
    """A request that is carried out: again without a cell that ended its process."""

    def __init__(self, request: Request, control: Connection, shell: Any, scratch: Path) -> None:
        self._request = request
        self._control = control
        self._shell = shell
        self._scratch = scratch
        self._left_out: set[int] = set()
        self._known: set[tuple[str, int]] = set()
        self._groups: list[int] = []
        self._current: Began | None = None
        self._since = 0.0

    def carry_out(self) -> None:
        begin = time.monotonic()
        while self._try(begin):
            pass

    def _try(self, begin: float) -> bool:
        """Whether it has to be tried again, without the cell that ended it."""
        folder = Path(tempfile.mkdtemp(dir=self._scratch))
        copy_files(self._request, folder)
        ours, theirs = Pipe(duplex=False)
        pid = os.fork()
        if pid == 0:
            self._control.close()
            os.chdir(folder)
            run_notebook(self._request, theirs, self._shell, self._left_out)
        theirs.close()
        self._groups = [pid]
        try:
            return self._follow(ours, pid, begin)
        finally:
            ours.close()
            _end_everything(self._groups)
            shutil.rmtree(folder, ignore_errors=True)

    def _follow(self, events: Connection, pid: int, begin: float) -> bool:
        """Hand on what the run says, and stop it when a cell's time is up."""
        self._current, self._since = None, time.monotonic()
        limits = self._request.limits
        while True:
            rest = None
            if self._current is not None:
                late = min(self._since + limits.cell_seconds, begin + limits.notebook_seconds)
                rest = max(0.0, late - time.monotonic())
            ready = wait([events, self._control], rest)
            if self._control in ready:
                self._control.recv_bytes()  # an empty message: enough of this
                return False
            if not ready:
                return self._leave_out(f"it did not finish within {limits.cell_seconds:g} s")
            try:
                self._hand_on(events)
            except (EOFError, OSError):
                return self._current is not None and self._leave_out(how(_status(pid)))

    def _hand_on(self, events: Connection) -> None:
        event = receive_event(events)
        if isinstance(event, Began):
            if event.pid:
                self._groups.append(event.pid)
            else:
                self._current, self._since = event, time.monotonic()
            return
        if isinstance(event, Ended) and not event.name:
            self._current = None
        send(self._control, event)

    def _leave_out(self, why: str) -> bool:
        assert self._current is not None
        number = self._current.number
        self._left_out.add(number)
        seconds = round(time.monotonic() - self._since, 3)
        send(self._control, Ended("", number, seconds, stopped=why))
        return True


def _status(pid: int) -> int:
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except ChildProcessError:
        return 0


def _end_everything(groups: list[int]) -> None:
    """Kill these groups, and on Linux all that is below this process, wherever it went."""
    for group in groups:
        for kill in (os.killpg, os.kill):
            try:
                kill(group, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                pass
    if sys.platform == "linux":
        _end_the_rest()
    while True:
        try:
            if not os.waitpid(-1, os.WNOHANG)[0]:
                return
        except ChildProcessError:
            return


def _end_the_rest() -> None:
    proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
    try:
        below = Accounts(os.getpid(), proc)
        while left := [one.pid for one in below.processes() if one.pid != os.getpid()]:
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            try:
                os.waitpid(-1, 0)
            except ChildProcessError:
                return
    finally:
        os.close(proc)


if __name__ == "__main__":
    main()
