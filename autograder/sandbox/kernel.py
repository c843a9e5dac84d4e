"""The few Linux calls that the jail needs and Python 3.11 does not offer."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000
MNT_DETACH = 0x2

MOUNT_ATTR_RDONLY = 0x1
MOUNT_ATTR_NOSUID = 0x2
MOUNT_ATTR_NODEV = 0x4

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_CAPBSET_DROP = 24
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000
_CAPABILITY_VERSION_3 = 0x20080522
_SYSCALLS = {
    "x86_64": {"clone": 56, "pivot_root": 155, "capset": 126, "mount_setattr": 442},
    "aarch64": {"clone": 220, "pivot_root": 41, "capset": 91, "mount_setattr": 442},
}

_libc = ctypes.CDLL(None, use_errno=True)
_python = ctypes.PyDLL(None, use_errno=True)  # calls keep the interpreter's lock, as os.fork does


class _MountAttr(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("set", "clear", "propagation", "userns_fd")]


def supported() -> bool:
    """Whether this is a Linux whose call numbers are known here."""
    return sys.platform == "linux" and os.uname().machine in _SYSCALLS


def unshare(flags: int) -> None:
    _check(_libc.unshare(flags), "unshare")


def fork_into(flags: int) -> int:
    """As os.fork, with the child as process 1 of new namespaces (`flags`, CLONE_NEWPID among them).

    The C library keeps a process's number for its locks and is not told of the child's: so the
    caller has to be process 1 of its own namespace, alone with one thread.
    """
    _python.PyOS_BeforeFork()
    number = ctypes.c_long(_SYSCALLS[os.uname().machine]["clone"])
    child = int(_python.syscall(number, ctypes.c_ulong(flags | signal.SIGCHLD), 0, 0, 0, 0))
    if child == 0:
        _python.PyOS_AfterFork_Child()
        return 0
    code = ctypes.get_errno()
    _python.PyOS_AfterFork_Parent()
    if child < 0:
        raise OSError(code, f"clone: {os.strerror(code)}")
    return child


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    kind_bytes = kind.encode() if kind else None
    result = _libc.mount(
        os.fsencode(source),
        os.fsencode(target),
        kind_bytes,
        ctypes.c_ulong(flags),
        options.encode(),
    )
    _check(result, f"mount {kind or source} on {target}")


def bind(source: str, target: str) -> None:
    """Show `source`, and what is mounted below it, at `target`."""
    mount(source, target, None, MS_BIND | MS_REC)


def restrict_mount(target: str, attributes: int, *, recursive: bool) -> None:
    """Add `attributes` (MOUNT_ATTR_*) to the mount at `target`; they are never taken away."""
    attr = _MountAttr(attributes, 0, 0, 0)
    flags = _AT_RECURSIVE if recursive else 0
    _check(
        _syscall(
            "mount_setattr",
            _AT_FDCWD,
            os.fsencode(target),
            flags,
            ctypes.byref(attr),
            ctypes.sizeof(attr),
        ),
        f"mount_setattr on {target} (Linux 5.12 or newer is needed)",
    )


def unmount(target: str) -> None:
    _check(_libc.umount2(os.fsencode(target), MNT_DETACH), f"umount {target}")


def pivot_root(new_root: str, put_old: str) -> None:
    _check(_syscall("pivot_root", os.fsencode(new_root), os.fsencode(put_old)), "pivot_root")


def die_with_parent(signal: int) -> None:
    _check(_libc.prctl(_PR_SET_PDEATHSIG, signal, 0, 0, 0), "prctl(PR_SET_PDEATHSIG)")


def own_proc_entries() -> None:
    """Undo what a change of uid does to /proc/self, so that the process may map its identity."""
    _check(_libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0), "prctl(PR_SET_DUMPABLE)")


def forbid_new_privileges() -> None:
    """No later exec gains a privilege by set-uid bits or file capabilities."""
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl(PR_SET_NO_NEW_PRIVS)")


def drop_capabilities() -> None:
    """Give up every capability, for this process and for all that it starts."""
    capability = 0
    while _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) == 0:
        capability += 1
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _check(_syscall("capset", header, nothing), "capset")


def adopt_orphans() -> None:
    """Processes below this one whose parent ends become this one's children."""
    _check(_libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "prctl(PR_SET_CHILD_SUBREAPER)")


def map_identity(inside: int, outside_uid: int, outside_gid: int) -> None:
    """In a fresh user namespace: `inside` is the uid and gid that stand for the outer ones."""
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{inside} {outside_uid} 1"),
        ("gid_map", f"{inside} {outside_gid} 1"),
    ):
        write(f"/proc/self/{name}", text)


def write(path: str | os.PathLike[str], text: str) -> None:
    """To a file of the kernel's, in one go."""
    file = os.open(path, os.O_WRONLY)
    try:
        os.write(file, text.encode())
    finally:
        os.close(file)


def _syscall(name: str, *arguments: object) -> int:
    number = _SYSCALLS[os.uname().machine][name]
    return int(_libc.syscall(ctypes.c_long(number), *arguments))


def _check(result: int, what: str) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
