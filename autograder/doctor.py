"""Whether this machine can grade code that nobody trusts: protections, tried by breaking them."""

from __future__ import annotations

import os
import platform
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from autograder.errors import JailUnavailable
from autograder.sandbox import probes
from autograder.sandbox.bait import Bait, lay_bait
from autograder.sandbox.jail import Limits
from autograder.sandbox.launcher import WarmProcess
from autograder.sandbox.probes import Probe
from autograder.sandbox.proxy import StudentFailure
from autograder.sandbox.student import Cell, Student
from autograder.text import one_line

State = Literal["held", "broken", "missing"]
_SMALL = Limits(call_seconds=20, memory_mb=300, scratch_mb=16, scratch_files=200, processes=30)
_SHORT = Limits(call_seconds=1)


@dataclass(frozen=True)
class Finding:
    """One protection: whether it held, what was tried, and what to do where it did not."""

    name: str
    promise: str
    state: State
    found: str = ""
    todo: str = ""


@dataclass(frozen=True)
class Trial:
    """A limit that student code runs into. `source` defines `f`, which ends, or gives a number.

    `holds` looks at what came of it: the message of the failure, or the number.
    """

    name: str
    promise: str
    limits: Limits
    source: str
    holds: Callable[[str, int], bool]


def machine() -> str:
    """What is examined, on one line."""
    identity = "root (student code runs as nobody)" if os.geteuid() == 0 else f"user {os.geteuid()}"
    system = f"{platform.system()} {platform.release()} on {platform.machine()}"
    return f"{system}, Python {platform.python_version()}, as {identity}"


def examine(*files: Path) -> Iterator[Finding]:
    """Every protection, one after the other; `files` are the grader's that nobody may see."""
    with lay_bait(*files) as bait, WarmProcess(preload=("numpy",)) as warm:
        try:
            warm.wait_ready()
        except JailUnavailable as error:
            yield Finding(
                "jail", "student code is shut in", "missing", error.what, advice(error.what)
            )
            return
        for probe in probes.PROBES:
            yield _tried(warm, bait, probe)
        for trial in TRIALS:
            yield _run(warm, trial)
        yield _nothing_left(warm)
        yield _control_group(warm)


def _tried(warm: WarmProcess, bait: Bait, probe: Probe) -> Finding:
    found = probes.reached(warm, bait, probe)
    if not found:
        return Finding(probe.name, probe.promise, "held")
    return Finding(probe.name, probe.promise, "broken", "; ".join(found[:5]), _REPORT)


def _run(warm: WarmProcess, trial: Trial) -> Finding:
    student = Student(warm, [Cell(1, _COUNT), Cell(2, trial.source)], limits=trial.limits)
    told, number = "", -1
    try:
        result = student.f()
        number = result if type(result) is int else -1
    except StudentFailure as failure:
        told = one_line(str(failure), 200)
    finally:
        student.close()
    if trial.holds(told, number):
        return Finding(trial.name, trial.promise, "held")
    return Finding(trial.name, trial.promise, "broken", told or f"it got {number}", _REPORT)


def _nothing_left(warm: WarmProcess) -> Finding:
    """A child in a session of its own, deaf to all signals, that holds a lock of the kernel's."""
    name, promise = "leftovers", "when a submission is done, no process of it is left"
    student = Student(warm, [Cell(1, _CLING)], limits=Limits(call_seconds=5))
    word = f"dl30-left-{os.urandom(6).hex()}"
    try:
        student.f(word)
        there = _has_process(word)
    except StudentFailure as failure:
        return Finding(name, promise, "broken", one_line(str(failure), 200), _REPORT)
    finally:
        student.close()
    end = time.monotonic() + 5
    while _has_process(word) and time.monotonic() < end:
        time.sleep(0.02)
    if not there:
        return Finding(name, promise, "broken", "the probe's own process was not seen", _REPORT)
    if _has_process(word):
        return Finding(name, promise, "broken", "a detached child is still there", _REPORT)
    return Finding(name, promise, "held")


def _has_process(word: str) -> bool:
    """Whether any process of this machine has `word` in its command line."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if word.encode() in path.read_bytes():
                return True
        except OSError:
            continue
    return False


def _control_group(warm: WarmProcess) -> Finding:
    name, promise = probes.CONTROL_GROUP, "the kernel too limits the memory of each submission"
    student = Student(warm, [Cell(1, probes.IN_GROUP)])
    try:
        inside = student.in_group() is True
    except StudentFailure:
        inside = False
    finally:
        student.close()
    if inside:
        return Finding(name, promise, "held")
    todo = "nothing has to be done: memory is watched from outside, twenty times a second"
    return Finding(name, promise, "missing", "no memory control group can be made here", todo)


def is_fatal(finding: Finding) -> bool:
    """Whether it means that nothing should be graded here."""
    return finding.state != "held" and finding.name != probes.CONTROL_GROUP


_REPORT = "do not grade code that you do not trust; docs/security.md says how to report this"
_ADVICE = (
    (
        r"(unshare|clone).*not permitted|uid_map|max_user_namespaces",
        "let this user make namespaces: sysctl -w kernel.unprivileged_userns_clone=1 (Debian), "
        "kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu 24.04), "
        "user.max_user_namespaces=10000; in a container, allow clone, unshare and mount in its "
        "profile",
    ),
    (r"(unshare|clone).*No space", "raise the limit: sysctl -w user.max_user_namespaces=10000"),
    (r"mount_setattr", "use a Linux kernel of 5.12 or newer"),
    (r"SECCOMP", "use a kernel that is built with CONFIG_SECCOMP_FILTER"),
    (r"setgroups", "run as an ordinary user, or as the root of the machine itself"),
    (
        r"Permission denied|No module named|ModuleNotFoundError|init_fs_encoding",
        "make Python and its packages readable by everybody: chmod -R a+rX on the environment",
    ),
    (r"x86-64", "use Linux on x86-64 or 64-bit ARM; on other systems, in a virtual machine"),
)


def advice(what: str) -> str:
    """What to do about the step that the machine refused."""
    for pattern, todo in _ADVICE:
        if re.search(pattern, what):
            return todo
    return "docs/security.md says what the jail needs"


# How often something works before the system refuses it.
_COUNT = """
def count(step, most=3000):
    for number in range(most):
        try:
            step(number)
        except (OSError, RuntimeError, MemoryError):
            return number
    return most
"""
_CLING = """
import ctypes, os, signal, subprocess, sys
def f(word):
    script = '''
import ctypes, os, signal, time
ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)
for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(600)
'''
    child = subprocess.Popen(
        [sys.executable, "-S", "-c", script, word], stdout=subprocess.PIPE, start_new_session=True
    )
    child.stdout.readline()
"""
TRIALS = (
    Trial(
        "memory",
        "one process gets no more memory than the limit",
        _SMALL,
        """
def f():
    kept = []
    while True:
        kept.append(bytearray(1 << 20))
""",
        lambda told, number: "MemoryError" in told or "memory" in told,
    ),
    Trial(
        "all memory",
        "all processes of a submission together get no more than the limit",
        _SMALL,
        """
import os, time
def f():
    for _ in range(4):
        if os.fork() == 0:
            block = b"1" * (200 << 20)
            time.sleep(60)
    time.sleep(5)
    return 0
""",
        lambda told, number: "MB of memory, all its processes together" in told,
    ),
    Trial(
        "time",
        "a call that does not end is ended, whatever it does about signals and exceptions",
        _SHORT,
        """
import signal
def f():
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
""",
        lambda told, number: "did not finish within 1 s" in told,
    ),
    Trial(
        "processor",
        "many processes at once get no more processor time than the limit",
        Limits(call_seconds=20, total_seconds=0.5),
        """
import os, time
def f():
    for _ in range(6):
        if os.fork() == 0:
            while True:
                pass
    time.sleep(60)
    return 0
""",
        lambda told, number: "s of processor time" in told,
    ),
    Trial(
        "count",
        "a fork bomb stops at the limit of processes",
        _SMALL,
        """
import os, time
def fork(_):
    if os.fork() == 0:
        time.sleep(60)
def f():
    return count(fork)
""",
        lambda told, number: 0 < number <= _SMALL.processes,
    ),
    Trial(
        "disk",
        "the scratch folder has a limit of size",
        _SMALL,
        """
def f():
    return count(lambda i: open(f"file{i % 100}", "ab").write(bytes(1 << 20)))
""",
        lambda told, number: 0 < number <= _SMALL.scratch_mb,
    ),
    Trial(
        "inodes",
        "and a limit of files and folders",
        _SMALL,
        """
import os
def f():
    return count(lambda i: os.mkdir(f"folder{i}"))
""",
        lambda told, number: 0 < number <= _SMALL.scratch_files,
    ),
    Trial(
        "replies",
        "a reply of any size or form is refused before memory is taken for it",
        Limits(call_seconds=10),
        """
import os, struct
def f():
    os.write(3, struct.pack(">Q", 1 << 60) + bytes(1 << 16))
""",
        lambda told, number: "no legal reply" in told,
    ),
)
