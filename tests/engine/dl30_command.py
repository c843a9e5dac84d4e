"""Runs the command: in this process, which is quick, or as people do."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from mini_course import FAST, STEM, Mini

from autograder.cli.main import main
from autograder.sandbox import launcher


class Ran(NamedTuple):
    """How a run of the command ended."""

    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The one line on standard error."""
        assert self.out == ""
        (line,) = self.err.splitlines()
        return line


def run(where: Mini | Path, *arguments: str) -> Ran:
    """The command in this process, its course found from `where`."""
    root = where.root if isinstance(where, Mini) else where
    code: Any = 0
    with (
        mock.patch.object(sys, "argv", ["dl30", *arguments]),
        mock.patch.object(launcher, "PRELOAD", FAST),
        mock.patch.dict(os.environ),
        contextlib.chdir(root),
        contextlib.redirect_stdout(io.StringIO()) as out,
        contextlib.redirect_stderr(io.StringIO()) as err,
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code
    return Ran(code or 0, out.getvalue(), err.getvalue())


# As people run it, but for what is imported before student code is run.
PROGRAM = (
    "import autograder.sandbox.launcher as launcher\n"
    f'launcher.PRELOAD = ("{FAST[0]}",)\n'
    "from autograder.cli.main import main\n"
    "main()\n"
)


def start(where: Mini | Path, *arguments: str, **options: Any) -> subprocess.Popen[str]:
    """The command as a process of its own."""
    root = where.root if isinstance(where, Mini) else where
    given: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments], cwd=root, **(given | options)
    )


def finish(process: subprocess.Popen[str], seconds: float = 120) -> Ran:
    out, err = process.communicate(timeout=seconds)
    return Ran(process.returncode, out or "", err or "")


# nbgrader's own command, but for the same.
NBGRADER = (
    "from autograder.sandbox import launcher\n"
    f"launcher.PRELOAD = ('{FAST[0]}',)\n"
    "from nbgrader.apps.nbgraderapp import main\n"
    "main()\n"
)


def autograde(mini: Mini) -> str:
    """`nbgrader autograde` on all that was handed in, which must go well; what it says."""
    ended = subprocess.run(
        [sys.executable, "-c", NBGRADER, "autograde", STEM],
        cwd=mini.root, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return ended.stderr
