"""The warm process: it has numpy and torch imported already and forks a worker for each submission.

It is begun by `starting` and does what it is told on a sequential-packet socket to the grader. Its
orders come first: `[packages to import, whether to jail]`, and with them, where there is a control
group, a descriptor by which it is joined. It builds the outer wall, imports what it has not got
yet, says `["ready", seconds]` and forks for every message of limits, which comes with two
descriptors: the worker's channel, and a leash. Whoever holds the other end of the leash holds the
worker: closing it kills the whole cell, and the worker's end is told on it.
"""

from __future__ import annotations

import functools
import gc
import importlib
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Sequence
from typing import Any

import msgspec

from autograder.sandbox import jail, kernel, wire
from autograder.sandbox.guard import forbid
from autograder.sandbox.overseer import Overseer, next_events
from autograder.sandbox.shell import make_shell
from autograder.sandbox.worker import Worker, seed_generators

_ENVIRONMENT = {
    "HOME": jail.SCRATCH,
    "TMPDIR": f"{jail.SCRATCH}/tmp",
    "IPYTHONDIR": f"{jail.SCRATCH}/tmp/ipython",
    "MPLCONFIGDIR": f"{jail.SCRATCH}/tmp/matplotlib",
    "PIP_NO_INDEX": "1",  # an honest `!pip install numpy` finds it, anything else fails at once
}


# Parts of a package that it imports only when they are asked for.
_LOADED_LATE = {
    "numpy": ("fft", "linalg", "polynomial", "random"),
    "torch": ("fx.experimental.symbolic_shapes",),  # for a backward pass from a given gradient
}


def obey(control: socket.socket) -> None:
    """Take orders, and fork workers until the grader closes its end."""
    message, groups, _, _ = socket.recv_fds(control, 4096, 1)
    if not message:
        return
    packages, jailed = msgspec.msgpack.decode(message, type=tuple[list[str], bool])
    _join(*groups)
    try:
        if jailed:
            jail.build_outer_wall()
            os.environ.update(_ENVIRONMENT)
        os.environ.pop("PYTHONPATH", None)
        preload(packages)
        shell = _warm_up()
    except (jail.JailFailure, ImportError) as error:
        control.send(msgspec.msgpack.encode(["failed", str(error)]))
        return
    control.send(msgspec.msgpack.encode(["ready", time.process_time()]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _serve(control, shell, jailed)


def _join(*groups: int) -> None:
    """Enter a control group where there is one; the overseer limits memory with or without it."""
    for group in groups:
        try:
            os.write(group, b"0")
        except OSError:
            pass
        os.close(group)


def preload(packages: Sequence[str]) -> None:
    """Import them, with what they would import later."""
    for name in packages:
        importlib.import_module(name)
        for part in _LOADED_LATE.get(name, ()):
            importlib.import_module(f"{name}.{part}")


def leave_to_forks() -> None:
    """Looking for garbage among all this again would make every fork copy it."""
    gc.collect()
    gc.freeze()


def _warm_up() -> Any:
    shell = make_shell()
    # What is made at first use is made here, once.
    shell.run(0, "None")
    shell.run(0, "%pwd")
    seed_generators(0)
    leave_to_forks()
    return shell


def _serve(control: socket.socket, shell: Any, jailed: bool) -> None:
    start = _start_jailed if jailed else _start_open
    cells: list[Overseer] = []
    while True:
        events = next_events(cells, control.fileno())
        cells = [cell for cell in cells if not cell.attend(events)]
        if control.fileno() not in events:
            continue
        message, descriptors, _, _ = socket.recv_fds(control, 4096, 2)
        if not message:
            return
        limits = msgspec.msgpack.decode(message, type=jail.Limits)
        channel, leash = descriptors
        try:
            cells += start(channel, leash, limits, shell)
        except OSError as error:
            _tell_failed(leash, error)
            os.close(leash)
        os.close(channel)


def _start_jailed(channel: int, leash: int, limits: jail.Limits, shell: Any) -> list[Overseer]:
    """Fork a worker into its cell; who oversees it, here."""
    identity = os.geteuid(), os.getegid()
    child = jail.fork_into_cell()
    if child == 0:
        _inmate(channel, leash, limits, shell, identity)
    try:
        return [Overseer(child, leash, limits, proc=_proc(), jailed=True)]
    except OSError:
        os.kill(child, signal.SIGKILL)  # nobody runs without an overseer
        raise


def _start_open(channel: int, leash: int, limits: jail.Limits, shell: Any) -> list[Overseer]:
    """The same without a jail, where an overseer needs a process of its own: what is orphaned comes
    to that, and is found so."""
    _reap()
    if os.fork():
        os.close(leash)
        return []
    try:
        kernel.adopt_orphans()
        child = os.fork()
        if child == 0:
            _inmate(channel, leash, limits, shell)
        os.close(channel)
        Overseer(child, leash, limits, proc=_proc(), jailed=False).watch()
    except OSError as error:
        _tell_failed(leash, error)
    finally:
        os._exit(0)


@functools.cache
def _proc() -> int:
    return os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)


def _tell_failed(leash: int, error: Exception) -> None:
    what = getattr(error, "strerror", "") or str(error)
    os.write(leash, msgspec.msgpack.encode(["failed", what]))


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


def _inmate(
    descriptor: int, leash: int, limits: jail.Limits, shell: Any, identity: tuple[int, ...] = ()
) -> None:
    """The worker; in a jail `identity` is whose process it was forked from."""
    status = 1
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        highest = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        try:
            if identity:
                jail.close_cell(limits, *identity)
            jail.set_limits(limits, jailed=bool(identity))
        except (OSError, ValueError) as error:
            _tell_failed(leash, error)
            return
        _keep_only(descriptor, highest)
        channel = wire.Channel(socket.socket(fileno=_CHANNEL), trusted=True)
        Worker(channel, shell, forbid).serve()
        status = 0
    finally:
        os._exit(status)


_CHANNEL = 3


def _keep_only(channel: int, highest: int) -> None:
    """Nothing on descriptors 0, 1 and 2, the channel on 3 (for this program alone), no others."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.dup2(channel, _CHANNEL)
    os.set_inheritable(_CHANNEL, False)
    os.closerange(_CHANNEL + 1, highest)


if __name__ == "__main__":
    obey(socket.socket(fileno=int(sys.argv[1])))
