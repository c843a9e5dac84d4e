"""The walls around student code.

Two of them. The *outer wall* is built once, around the warm process, before it imports numpy and
torch: its own namespaces and a root folder that shows the Python install read-only and nothing
else. The *cell* is built around each forked worker: user, pid, mount, ipc, network and uts
namespaces of its own, a scratch folder of limited size, resource limits, no capability.

A machine that cannot do this gets JailFailure, with the step that failed.
"""

from __future__ import annotations

import os
import resource
import site
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox import kernel, seccomp

NOBODY = 65534
SCRATCH = "/scratch"
_OLD_ROOT = "/.old"
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_DEVICES = ("null", "zero", "full", "random", "urandom")
_ETC = ("ld.so.cache", "localtime", "alternatives", "fonts")
_FILES = {
    "/etc/passwd": f"student:x:{NOBODY}:{NOBODY}:student:{SCRATCH}:/bin/sh\n",
    "/etc/group": f"student:x:{NOBODY}:\n",
    "/etc/hosts": "127.0.0.1 localhost\n",
}


class JailFailure(Exception):
    """This machine refused a step of building the jail."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Seconds are of wall clock, sizes in MiB.

    The processor clock allows twice the seconds of the wall clock. Memory is of a process and of
    all processes together; `total_seconds` are of all requests together.
    """

    cell_seconds: float = 20.0
    notebook_seconds: float = 60.0
    total_seconds: float = 300.0
    call_seconds: float = 6.0
    memory_mb: int = 2048
    scratch_mb: int = 64
    scratch_files: int = 4096
    processes: int = 64
    open_files: int = 256


def build_outer_wall() -> None:
    """Shut this process and its children off from everything but the Python install.

    Afterwards the calling process is gone: its child returns from this call as process 1 of the
    new pid namespace, without any capability, and the parent ends when that child ends.
    """
    if not kernel.supported():
        raise JailFailure("namespaces need Linux on x86-64 or 64-bit ARM")
    try:
        _enter_namespaces()
        _become_child()
        _build_root()
        _drop_identity()
        seccomp.prepare()
    except OSError as error:
        raise JailFailure(error.strerror or str(error)) from error


_OUTER = kernel.CLONE_NEWNS | kernel.CLONE_NEWPID | kernel.CLONE_NEWNET | kernel.CLONE_NEWIPC
_CELL = kernel.CLONE_NEWUSER | _OUTER | kernel.CLONE_NEWUTS


def _enter_namespaces() -> None:
    if os.geteuid() == 0:
        kernel.unshare(_OUTER)
        _forget_groups()
        return
    uid, gid = os.geteuid(), os.getegid()
    kernel.unshare(_OUTER | kernel.CLONE_NEWUSER)
    kernel.map_identity(NOBODY, uid, gid)


def _forget_groups() -> None:
    try:
        os.setgroups([])
    except PermissionError as error:
        what = "setgroups: this root is one of a user namespace and may not become another user"
        raise OSError(error.errno, what) from error


def _become_child() -> None:
    """The first child after unshare is process 1; when it dies, all within die."""
    child = os.fork()
    if child == 0:
        kernel.die_with_parent(9)
        return
    _, status = os.waitpid(child, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _drop_identity() -> None:
    if os.geteuid() == 0:
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        kernel.own_proc_entries()
    else:
        kernel.drop_capabilities()
    kernel.die_with_parent(9)
    kernel.forbid_new_privileges()
    _make_home()


def _build_root() -> None:
    """A fresh root on a tmpfs, with read-only windows to the system's and Python's folders."""
    kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    kernel.mount("tmpfs", "/tmp", "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "size=16m,mode=755")
    os.mkdir("/tmp" + _OLD_ROOT)
    kernel.pivot_root("/tmp", "/tmp" + _OLD_ROOT)
    os.chdir("/")
    for folder in _windows():
        _show(folder)
    for name in _DEVICES:
        _show_file(f"/dev/{name}")
    for path, text in _FILES.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text)
    for folder in ("/proc", "/dev/shm", SCRATCH):
        os.makedirs(folder, exist_ok=True)
    if not os.path.exists("/tmp"):  # it does where Python itself is installed below it
        os.symlink(f"{SCRATCH}/tmp", "/tmp")
    kernel.mount("proc", "/proc", "proc", kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC)
    _mount_scratch(SCRATCH, 64, 4096, "mode=1777")
    kernel.unmount(_OLD_ROOT)
    os.rmdir(_OLD_ROOT)
    kernel.restrict_mount("/", kernel.MOUNT_ATTR_RDONLY, recursive=False)


def _make_home() -> None:
    os.chdir(SCRATCH)
    os.makedirs(f"{SCRATCH}/tmp", exist_ok=True)


def _windows() -> Iterator[str]:
    """The folders that hold programs and Python, parents before children."""
    python = {sys.prefix, sys.base_prefix, sys.exec_prefix, *site.getsitepackages()}
    python |= {str(Path(path).resolve()) for path in python}
    candidates = sorted({*_SYSTEM, *python, *(f"/etc/{name}" for name in _ETC)})
    seen: list[str] = []
    for folder in candidates:
        if not any(folder.startswith(parent + "/") for parent in seen):
            seen.append(folder)
            yield folder


def _show(path: str) -> None:
    source = _OLD_ROOT + path
    if os.path.islink(source):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.symlink(os.readlink(source), path)
    elif os.path.isdir(source):
        os.makedirs(path, exist_ok=True)
        kernel.bind(source, path)
        _restrict(path, kernel.MOUNT_ATTR_NODEV)
    elif os.path.isfile(source):
        _show_file(path)


def _show_file(path: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    Path(path).touch()
    kernel.bind(_OLD_ROOT + path, path)
    if not path.startswith("/dev/"):
        _restrict(path, kernel.MOUNT_ATTR_NODEV)


def _restrict(path: str, extra: int) -> None:
    attributes = kernel.MOUNT_ATTR_RDONLY | kernel.MOUNT_ATTR_NOSUID | extra
    kernel.restrict_mount(path, attributes, recursive=True)


def _mount_scratch(target: str, megabytes: int, files: int, mode: str = "mode=700") -> None:
    flags = kernel.MS_NOSUID | kernel.MS_NODEV
    kernel.mount("tmpfs", target, "tmpfs", flags, f"size={megabytes}m,nr_inodes={files},{mode}")


def fork_into_cell() -> int:
    """First half of shutting a worker in: as os.fork, with the child in new namespaces.

    Only within the outer wall, whose process 1 the caller is; see `kernel.fork_into`.
    """
    return kernel.fork_into(_CELL)


def close_cell(limits: Limits, uid: int, gid: int) -> None:
    """Second half, in process 1 of the cell: own /proc and scratch, no capability, fewer calls.

    `uid` and `gid` are those of the process that it was forked from.
    """
    kernel.map_identity(NOBODY, uid, gid)
    kernel.mount("proc", "/proc", "proc", kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC)
    _mount_scratch(SCRATCH, limits.scratch_mb, limits.scratch_files)
    _mount_scratch("/dev/shm", limits.scratch_mb, 64)
    kernel.write("/proc/sys/user/max_user_namespaces", "0")
    kernel.write("/proc/self/oom_score_adj", "1000")  # the kernel's first choice, not the grader
    kernel.drop_capabilities()
    kernel.forbid_new_privileges()
    seccomp.refuse_calls()
    _make_home()


def set_limits(limits: Limits, *, jailed: bool) -> None:
    """Resource limits of this process and its children; memory counts from what is mapped now.

    The number of processes is limited in a jail alone: outside, all of the user's would count.
    """
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    memory = pages * resource.getpagesize() + limits.memory_mb * 2**20
    seconds = int(limits.notebook_seconds * 10) + 60
    for what, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, limits.scratch_mb * 2**20),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_NPROC, limits.processes),
    ):
        hard = resource.getrlimit(what)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        if what == resource.RLIMIT_NPROC and not jailed:
            continue
        resource.setrlimit(what, (value, value))
