"""Unix accounts that only the processes started here can see.

Such a process has a mount namespace of its own, in which another file stands in the place of
/etc/passwd. The machine's accounts are never touched, and nothing is left to be cleaned up.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

FIRST_ID = 61_300  # no ordinary account, none of systemd's, and no range of subordinate ids
MACHINE = "machine"
BECOME = """
set -e
machine=$1 user=$2 python=$3 closed=$4
shift 4
mount --bind "$machine/passwd" /etc/passwd
mount --bind "$machine/group" /etc/group
if [ -n "$closed" ]; then
    mount --bind "$python" "$machine/python"
    mount -t tmpfs -o mode=755 none "$closed"
    mkdir -p "$python"
    mount --bind "$machine/python" "$python"
fi
exec setpriv --reuid="$user" --regid="$user" --clear-groups -- "$@"
"""


def closed_folder(path: Path) -> Path | None:
    """The topmost folder around `path` that others may not enter."""
    return next((at for at in reversed(path.parents) if not at.stat().st_mode & 0o001), None)


@dataclass(frozen=True)
class Account:
    """A person with a home that nobody else may enter."""

    name: str
    number: int
    home: Path

    @property
    def machine(self) -> Path:
        """The folder of files that hold for all of these people."""
        return self.home.parents[1] / MACHINE

    @property
    def environment(self) -> dict[str, str]:
        return {"HOME": str(self.home), "PATH": os.defpath, "LANG": "C.UTF-8"}

    @property
    def dl30(self) -> list[str]:
        """What this person types for dl30, whose environment was never activated."""
        return [*self.command, str(Path(sys.executable).with_name("dl30"))]

    @property
    def command(self) -> list[str]:
        """What to put before a command so that this person runs it."""
        # Where Python itself is below somebody's closed home, Python alone is shown there.
        python = Path(sys.base_prefix)
        words = [self.machine, self.number, python, closed_folder(python) or ""]
        return ["unshare", "--mount", "sh", "-c", BECOME, "sh", *map(str, words)]

    def own(self, folder: Path) -> None:
        """Make the folder and all in it this person's, and closed to others."""
        for path in (folder, *folder.rglob("*")):
            os.chown(path, self.number, self.number, follow_symlinks=False)
        folder.chmod(0o700)

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """The command's end, as this person in their home."""
        return self._ended([*self.command, *map(str, command)])

    def run_dl30(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        return self._ended([*self.dl30, *map(str, words)])

    def _ended(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.home,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )


@contextmanager
def accounts(names: Sequence[str]) -> Iterator[dict[str, Account]]:
    """Accounts of these names, with homes in a folder that all may pass through."""
    if os.geteuid() != 0:
        pytest.fail("only root can act for several Unix users: run this as root", pytrace=False)
    if found := closed_folder(Path(sys.prefix)):
        pytest.fail(f"other users cannot reach {sys.prefix}: {found} is closed", pytrace=False)
    folder = Path(tempfile.mkdtemp(prefix="dl30-people-"))  # pytest's own are closed to others
    folder.chmod(0o755)
    everyone = {
        name: Account(name, FIRST_ID + number, folder / "home" / name)
        for number, name in enumerate(names)
    }
    try:
        _write_accounts(folder / MACHINE, everyone.values())
        for account in everyone.values():
            account.home.mkdir(parents=True)
            account.own(account.home)
            if said := account.run("true").stderr:
                pytest.fail(f"nobody else can be acted for on this machine: {said}", pytrace=False)
        yield everyone
    finally:
        shutil.rmtree(folder)


def _write_accounts(machine: Path, people: Iterable[Account]) -> None:
    """The machine's accounts and these."""
    (machine / "python").mkdir(parents=True)
    for name in ("passwd", "group"):
        shutil.copyfile(f"/etc/{name}", machine / name)
    with (machine / "passwd").open("a") as passwd, (machine / "group").open("a") as group:
        for person in people:
            passwd.write(
                f"{person.name}:x:{person.number}:{person.number}::{person.home}:/bin/sh\n"
            )
            group.write(f"{person.name}:x:{person.number}:\n")
