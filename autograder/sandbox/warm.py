"""The warm process: it has numpy and torch imported already and forks a worker for each submission.

Started as `python -P -m autograder.sandbox.warm FD '["numpy", ...]' jail|open [GROUP]`: FD is a
sequential-packet socket to the grader, GROUP a descriptor by which a control group is joined. It
builds the outer wall first, so that even the imports happen behind it; then it says
`["ready", seconds]` and forks for every message of limits, which comes with two descriptors: the
worker's channel, and a leash. Whoever holds the other end of the leash holds the worker: closing it
kills the whole cell, and the worker's end is told on it.
"""

from __future__ import annotations

import gc
import importlib
import os
import resource
import signal
import socket
import sys
import time
from typing import Any

import msgspec

from autograder.sandbox import jail, kernel, wire
from autograder.sandbox.guard import forbid
from autograder.sandbox.overseer import Overseer
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
_LOADED_LATE = {"numpy": ("fft", "linalg", "polynomial", "random")}


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    preload: list[str] = msgspec.json.decode(sys.argv[2])
    jailed = sys.argv[3] == "jail"
    _join(*map(int, sys.argv[4:]))
    try:
        if jailed:
            jail.build_outer_wall()
            os.environ.update(_ENVIRONMENT)
        os.environ.pop("PYTHONPATH", None)
        shell = _warm_up(preload)
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


def _warm_up(preload: list[str]) -> Any:
    for name in preload:
        importlib.import_module(name)
        for part in _LOADED_LATE.get(name, ()):
            importlib.import_module(f"{name}.{part}")
    shell = make_shell()
    # What is made at first use is made here, once.
    shell.run(0, "None")
    shell.run(0, "%pwd")
    seed_generators(0)
    # Looking for garbage among all this again would make every worker copy it.
    gc.collect()
    gc.freeze()
    return shell


def _serve(control: socket.socket, shell: Any, jailed: bool) -> None:
    while True:
        _reap()
        message, descriptors, _, _ = socket.recv_fds(control, 4096, 2)
        if not message:
            return
        limits = msgspec.msgpack.decode(message, type=jail.Limits)
        if os.fork() == 0:
            control.close()
            _supervise(descriptors, limits, shell, jailed)
        for descriptor in descriptors:
            os.close(descriptor)


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


def _supervise(descriptors: list[int], limits: jail.Limits, shell: Any, jailed: bool) -> None:
    """Fork the worker into its cell, and stand outside."""
    channel, leash = descriptors
    try:
        proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
        if jailed:
            jail.enter_cell()
        else:
            kernel.adopt_orphans()
        child = os.fork()
        if child == 0:
            _inmate(channel, leash, limits, shell, jailed)
    except OSError as error:
        os.write(leash, msgspec.msgpack.encode(["failed", str(error)]))
        os._exit(1)
    os.close(channel)
    Overseer(child, leash, limits, proc=proc, jailed=jailed).watch()
    os._exit(0)


def _inmate(channel: int, leash: int, limits: jail.Limits, shell: Any, jailed: bool) -> None:
    status = 1
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        highest = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        try:
            if jailed:
                jail.close_cell(limits)
            jail.set_limits(limits, jailed=jailed)
        except (OSError, ValueError) as error:
            os.write(leash, msgspec.msgpack.encode(["failed", str(error)]))
            return
        _keep_only(channel, highest)
        Worker(wire.Channel(socket.socket(fileno=_CHANNEL)), shell, forbid).serve()
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
    main()
