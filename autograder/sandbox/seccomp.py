"""The filter of system calls around student code: what namespaces leave open is closed here.

A program in classic BPF, as seccomp(2) describes it, whose codes are those of linux/bpf_common.h.
Numbers of calls are those of the kernel's tables for x86-64 and 64-bit ARM.

This module imports nothing of ours.
"""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import struct
from dataclasses import dataclass

_LOAD, _EQUAL, _NOT_BELOW, _ANY_BIT, _GIVE = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # places in struct seccomp_data
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000
_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_32_BIT_NUMBERS = 0x40000000  # of x86-64's third way to call
_NEW_NAMESPACES = 0x7E020000  # CLONE_NEW* that clone(2) takes
_FAMILIES = (1, 2, 10, 16)  # unix, IPv4, IPv6, netlink: what a network namespace contains

# Each by its numbers on x86-64 and on 64-bit ARM.
_REFUSED = {
    # memory that belongs to no process, so that no limit counts it
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    # the grader's keys
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # wide doors to the kernel
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "fanotify_init": (300, 262),
    "syslog": (103, 116),
    "quotactl": (179, 60),
    "acct": (163, 89),
    "kcmp": (312, 272),
    # other processes' memory and descriptors
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "pidfd_getfd": (438, 438),
    # where it is: namespaces, mounts, root folder, files by handle
    "unshare": (272, 97),
    "setns": (308, 268),
    "clone3": (435, 435),  # its flags lie in memory, where no filter can look; libc falls back
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    # the machine
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
}


@dataclass(frozen=True)
class _Machine:
    """What differs: the column of _REFUSED, AUDIT_ARCH, and calls that are looked into."""

    column: int
    architecture: int
    clone: int
    socket: int


_MACHINES = {
    "x86_64": _Machine(0, 0xC000003E, 56, 41),
    "aarch64": _Machine(1, 0xC00000B7, 220, 198),
}


def numbers() -> dict[str, int]:
    """The refused calls' numbers on this machine, by name."""
    column = _MACHINES[os.uname().machine].column
    return {name: pair[column] for name, pair in _REFUSED.items()}


def prepare() -> None:
    """What takes time of `refuse_calls`, done once before processes are forked that call it."""
    _program(_MACHINES[os.uname().machine])


def refuse_calls() -> None:
    """From now on refused calls fail, here and in all that is started from here.

    Refused ones fail with ENOSYS, clone(2) into new namespaces with EPERM, and sockets of families
    that no network namespace contains (vsock, kernel crypto, packets) with EAFNOSUPPORT. Needs
    no_new_privs before it. OSError when the kernel has no such filters.
    """
    code = ctypes.create_string_buffer(_program(_MACHINES[os.uname().machine]))
    program = struct.pack("@HP", len(code.raw) // 8, ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, program, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl(PR_SET_SECCOMP): {os.strerror(number)}")


@functools.cache
def _program(machine: _Machine) -> bytes:
    """One step each: a test that fails goes on at the next one, as its last two numbers say."""
    lines = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, machine.architecture),
        _give(errno.ENOSYS),
        (_LOAD, 0, 0, _NUMBER),
        (_NOT_BELOW, 0, 1, _32_BIT_NUMBERS),
        _give(errno.ENOSYS),
    ]
    for pair in _REFUSED.values():
        lines += [(_EQUAL, 0, 1, pair[machine.column]), _give(errno.ENOSYS)]
    lines += [
        (_EQUAL, 0, 4, machine.clone),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_ANY_BIT, 0, 1, _NEW_NAMESPACES),
        _give(errno.EPERM),
        (_GIVE, 0, 0, _ALLOW),
        (_EQUAL, 0, len(_FAMILIES) + 2, machine.socket),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
    ]
    for left, family in zip(range(len(_FAMILIES), 0, -1), _FAMILIES, strict=True):
        lines.append((_EQUAL, left, 0, family))
    lines += [_give(errno.EAFNOSUPPORT), (_GIVE, 0, 0, _ALLOW)]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


def _give(number: int) -> tuple[int, int, int, int]:
    return (_GIVE, 0, 0, _FAIL | number)
