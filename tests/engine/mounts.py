"""Commands on file systems of their own, which only root may mount."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from dl30_command import PROGRAM, Ran

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")


def with_mounts(root: Path, script: str) -> list[Ran]:
    """Run a shell script in a mount namespace of its own; `$dl30` is the command.

    Gives how each call of `step` in it ended.
    """
    where = root / "steps"
    where.mkdir()
    step = (
        'step() { n=$((n+1)); code=0; "$@" >steps/$n.out 2>steps/$n.err || code=$?\n'
        "echo $code >steps/$n.code; }\n"
        f"dl30() {{ {sys.executable} -c '{PROGRAM}' \"$@\"; }}\n"
        "set -e\nn=0\n"
    )
    command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", step + script]
    subprocess.run(command, cwd=root, check=True, timeout=120, stdin=subprocess.DEVNULL)
    codes = sorted(where.glob("*.code"), key=lambda path: int(path.stem))
    return [
        Ran(int(code.read_text()), code.with_suffix(".out").read_text(),
            code.with_suffix(".err").read_text())
        for code in codes
    ]  # fmt: skip
