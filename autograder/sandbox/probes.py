"""What a jail promises, each promise tried by code that runs in a worker of it and would break it.

A probe's `reach` is a function that returns what it got hold of, in words; of a promise that holds
it returns nothing. It is told where the grader keeps things for it to find (`Bait`).
"""

from __future__ import annotations

from dataclasses import dataclass

from autograder.errors import JailUnavailable
from autograder.sandbox.bait import Bait
from autograder.sandbox.groups import PREFIX
from autograder.sandbox.jail import Limits
from autograder.sandbox.launcher import WarmProcess
from autograder.sandbox.proxy import StudentFailure
from autograder.sandbox.student import Cell, Student
from autograder.text import one_line

CONTROL_GROUP = "control group"
IN_GROUP = f"""
def in_group():
    with open("/proc/self/cgroup") as file:
        return "/{PREFIX}" in file.read()
"""
_LIMITS = Limits(cell_seconds=20, call_seconds=20)


@dataclass(frozen=True)
class Probe:
    """One promise: its name, what it says, and Python source that defines `reach(bait)`."""

    name: str
    promise: str
    source: str


def reached(warm: WarmProcess, bait: Bait, probe: Probe) -> list[str]:
    """What the probe got hold of, a line each; nothing when its promise holds."""
    student = Student(warm, [Cell(1, probe.source)], limits=_LIMITS)
    try:
        found = student.reach(bait.as_arguments())
    except StudentFailure as failure:
        return [f"the probe itself failed: {one_line(str(failure), 200)}"]
    finally:
        student.close()
    return [one_line(str(item), 200) for item in found]


def prove(warm: WarmProcess, bait: Bait) -> list[str]:
    """Names of the promises, all tried in one worker; JailUnavailable when one does not hold.

    With them `CONTROL_GROUP`, where the kernel too limits the cell's memory.
    """
    cells = [
        Cell(number, f"{probe.source}\n\nreach_{probe.name} = reach\n")
        for number, probe in enumerate(PROBES, start=1)
    ]
    student = Student(warm, [*cells, Cell(0, IN_GROUP)], limits=_LIMITS)
    probe = PROBES[0]
    try:
        for probe in PROBES:
            found = getattr(student, f"reach_{probe.name}")(bait.as_arguments())
            if found != []:
                raise _broken(probe, one_line(str(found), 200))
        in_group = student.in_group()
    except StudentFailure as failure:
        raise _broken(probe, one_line(str(failure), 200)) from None
    finally:
        student.close()
    return [probe.name for probe in PROBES] + ([CONTROL_GROUP] if in_group is True else [])


def _broken(probe: Probe, what: str) -> JailUnavailable:
    return JailUnavailable(
        f'the jail does not hold what it promises, "{probe.promise}": {what}',
        todo="`dl30 doctor` tells more; nothing was graded",
    )


FILES = Probe(
    "files",
    "student code reads nothing of yours",
    """
import os, shutil, tempfile

def reach(bait):
    paths = [*bait["files"], "/etc/shadow", "/home", "/root/.ssh", "/var/log", "/run", "/sys"]
    prefixes = ["", "../../../../..", "/proc/self/root", "/proc/1/root", "/proc/1/cwd/.."]
    ways = [prefix + path for prefix in prefixes for path in paths]
    folder = tempfile.mkdtemp()
    for number, path in enumerate(paths):
        ways.append(f"{folder}/way{number}")
        os.symlink(path, ways[-1])
    found = [path for path in ways if os.path.exists(path)]
    shutil.rmtree(folder)
    return found
""",
)
WRITING = Probe(
    "writing",
    "student code writes only to a small folder of its own that is gone afterwards",
    """
import os, sys

def reach(bait):
    import numpy
    folders = ["/", "/etc", "/usr", "/usr/bin", "/dev", "/proc/sys/kernel", sys.prefix]
    folders += [sys.base_prefix, os.path.dirname(numpy.__file__), os.path.dirname(os.__file__)]
    folders += [os.path.dirname(path) for path in bait["files"]]
    written = []
    for folder in folders:
        if os.path.realpath(folder).startswith("/scratch"):
            continue
        try:
            name = os.path.join(folder, "dl30-was-here")
            os.close(os.open(name, os.O_WRONLY | os.O_CREAT))
            written.append(folder)
            os.unlink(name)
        except OSError:
            pass
    return written
""",
)
NETWORK = Probe(
    "network",
    "student code reaches no network, no service of this machine and no host around it",
    """
import socket

def reach(bait):
    local = ("127.0.0.1", bait["port"])
    tries = [
        (socket.AF_INET, socket.SOCK_STREAM, local),
        (socket.AF_INET, socket.SOCK_DGRAM, local),
        (socket.AF_UNIX, socket.SOCK_STREAM, "\\0" + bait["name"]),
        (socket.AF_INET, socket.SOCK_DGRAM, ("192.0.2.1", 53)),
    ]
    found = []
    for family, kind, address in tries:
        try:
            with socket.socket(family, kind) as client:
                client.settimeout(1)
                client.connect(address)
                client.send(b"x")
                found.append(str(address))
        except OSError:
            pass
    for family, what in ((40, "vsock"), (38, "kernel crypto"), (17, "packets")):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET, socket.SOCK_RAW):
            try:
                socket.socket(family, kind).close()
                found.append("a socket for " + what)
            except OSError:
                pass
    return found
""",
)
PROCESSES = Probe(
    "processes",
    "student code sees and ends no process but its own",
    """
import os

def reach(bait):
    pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return [f"process {pid}" for pid in pids if pid != os.getpid()] + (
        ["a parent"] if os.getppid() else []
    )
""",
)
IDENTITY = Probe(
    "identity",
    "student code is nobody: no capability, no way to another user",
    """
import os

def reach(bait):
    with open("/proc/self/status") as file:
        facts = {key: value.split() for key, _, value in (line.partition(":") for line in file)}
    found = [f"{key} {facts[key]}" for key in ("Uid", "Gid") if set(facts[key]) != {"65534"}]
    for key in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        if int(facts[key][0], 16):
            found.append(f"{key} {facts[key]}")
    if facts["NoNewPrivs"] != ["1"]:
        found.append("set-uid programs")
    try:
        os.setuid(0)
        found.append("root")
    except OSError:
        pass
    return found
""",
)
CALLS = Probe(
    "calls",
    "system calls that student code has no use for are refused",
    """
import ctypes, errno

def reach(bait):
    libc = ctypes.CDLL(None, use_errno=True)
    tries = {
        "unshare": lambda: libc.unshare(0x10000000),
        "mount": lambda: libc.mount(b"none", b"/scratch", b"tmpfs", 0, None),
        "ptrace": lambda: libc.ptrace(0, 0, 0, 0),
        "memfd_create": lambda: libc.memfd_create(b"x", 0),
        "shmget": lambda: libc.shmget(0, 4096, 0o1600),
    }
    found = []
    for name, call in tries.items():
        ctypes.set_errno(0)
        if call() != -1 or ctypes.get_errno() != errno.ENOSYS:
            found.append(name)
    return found
""",
)
SECRETS = Probe(
    "secrets",
    "nothing of your environment and of your open files crosses",
    """
import os

def reach(bait):
    found = [name for name, value in os.environ.items() if bait["secret"] in value]
    for number in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink("/proc/self/fd/" + number)
        except OSError:
            continue
        if target != "/dev/null" and not target.startswith("socket:"):
            found.append(target)
    return found
""",
)
PROBES = (FILES, WRITING, NETWORK, PROCESSES, IDENTITY, CALLS, SECRETS)
