"""nbgrader's exchange folder, by which notebooks go out to students and come back.

Facts from nbgrader's documentation ("Setting up the exchange") and its `Exchange` classes: the
folder exists before it is used, and everybody may read, write and enter it.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import stat
from pathlib import Path

from autograder.errors import CourseError

RIGHTS = 0o777
_ENTER = stat.S_IXOTH


def fault(exchange: Path, *, shared_by_group: bool = False) -> str:
    """Why the exchange cannot be used, and what to do, in one line; empty where it can.

    With `shared_by_group` (nbgrader's CourseDirectory.groupshared) only our own rights count.
    """
    shown = shlex.quote(str(exchange))
    if not exchange.exists():
        return f"the exchange is not there (mkdir -p {shown} && chmod 777 {shown})"
    if not exchange.is_dir():
        return "the exchange is no folder (name another one)"
    if not os.access(exchange, os.R_OK | os.W_OK | os.X_OK):
        return f"the exchange is not open to you (its owner can: chmod 777 {shown})"
    others = stat.S_IMODE(exchange.stat().st_mode) & stat.S_IRWXO
    if not shared_by_group and others != stat.S_IRWXO:
        return f"the exchange is not open to everybody (chmod 777 {shown})"
    return ""


def closed_parent(exchange: Path) -> Path | None:
    """The first folder on the way to the exchange that other accounts cannot enter."""
    for folder in reversed(exchange.absolute().parents):
        with contextlib.suppress(OSError):
            if not folder.stat().st_mode & _ENTER:
                return folder
    return None


def make(exchange: Path) -> bool:
    """Make the exchange where there is none; whether that was so. CourseError if it cannot be."""
    if exchange.exists():
        if why := fault(exchange):
            raise CourseError(why, where=exchange)
        return False
    try:
        exchange.mkdir(parents=True)
        exchange.chmod(RIGHTS)
    except OSError as error:
        todo = "name a folder that you may make"
        what = f"the exchange cannot be made: {error.strerror}"
        raise CourseError(what, where=exchange, todo=todo) from None
    return True
