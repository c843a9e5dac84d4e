"""Two ways for a warm process to begin: alone, as a program of its own, or parted from the process
that asks for it.

Parted, the two share the memory of what was imported before, and it was imported once. Whatever the
asking process holds by then, student code may find: so it has an environment and arguments that
hold nothing, and reads what it is to do only afterwards.

This module imports nothing of ours but `warm`.
"""

from __future__ import annotations

import contextlib
import os
import random
import resource
import select
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, NoReturn

# Threads of numpy's would wait for one another in forks that share the cores.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class Forked:
    """A child of os.fork, with what is needed of `subprocess.Popen`."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code; subprocess.TimeoutExpired when it has not ended after so many seconds."""
        if self.poll() is None:
            ended = os.pidfd_open(self.pid)
            try:
                poll = select.poll()
                poll.register(ended, select.POLLIN)
                poll.poll(None if timeout is None else 1000 * timeout)
            finally:
                os.close(ended)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired("the warm process", timeout or 0.0)
        return code

    def kill(self) -> None:
        if self.poll() is None:
            os.kill(self.pid, 9)


@dataclass(frozen=True)
class Begun:
    """A process that waits for orders on the other end of `control`: see `warm.obey`. `imported`
    are packages that it has already; what it has to say besides comes to `errors`."""

    process: subprocess.Popen[bytes] | Forked
    control: socket.socket
    errors: IO[bytes]
    imported: tuple[str, ...] = ()

    def close(self) -> None:
        self.control.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.errors.close()


def alone() -> Begun:
    """By a fresh interpreter."""
    mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    errors = _errors()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "autograder.sandbox.warm", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
    return Begun(process, mine, errors)


def parted(packages: Sequence[str]) -> Begun:
    """By a fork of this process, once `packages` are imported. It must have one thread and nothing
    in it that student code may not find."""
    from autograder.sandbox import warm

    warm.preload(packages)
    warm.leave_to_forks()
    mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    errors = _errors()
    child = os.fork()
    if child == 0:
        _obey(theirs.fileno(), errors.fileno())
    theirs.close()
    random.seed()  # who was there before must not foresee what is drawn
    if "numpy" in packages:
        import numpy as np

        np.random.seed()
    return Begun(Forked(child), mine, errors, tuple(packages))


def _obey(control: int, errors: int) -> NoReturn:
    from autograder.sandbox import warm

    status = 1
    try:
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor, standard in ((nothing, 0), (nothing, 1), (errors, 2)):
            os.dup2(descriptor, standard)
        os.closerange(3, control)
        os.closerange(control + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
        warm.obey(socket.socket(fileno=control))
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError):
            sys.stderr.flush()
        os._exit(status)


def _errors() -> IO[bytes]:
    return open(os.memfd_create("dl30-errors"), "w+b")


def environment() -> dict[str, str]:
    """Only what Python needs; no secret of the grader's environment crosses."""
    kept = {key: os.environ[key] for key in ("LANG", "LC_ALL", "TZ") if key in os.environ}
    package_root = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))
    return (
        kept
        | ONE_THREAD
        | {
            "PATH": os.pathsep.join([os.path.dirname(sys.executable), "/usr/bin", "/bin"]),
            "PYTHONPATH": package_root,
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            "MPLBACKEND": "agg",
            "HOME": tempfile.gettempdir(),
        }
    )
