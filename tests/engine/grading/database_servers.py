"""A PostgreSQL server of one's own, for tests: real, in a scratch folder, on a free port."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

NAMES = ("postgres", "nobody")  # who runs it where the tests are run by root, which it refuses


def programs() -> Path:
    """The folder with `initdb` and `pg_ctl`."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    on_path = shutil.which("pg_ctl")
    assert found or on_path, "these tests need PostgreSQL: apt-get install postgresql"
    return (found[-1] if found else Path(str(on_path))).parent


class PostgreSQL:
    """A started server; `close` takes it and its folder away."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="dl30-postgresql-"))
        self._data = self._folder / "data"
        self._user = _ordinary_user()
        if self._user:
            shutil.chown(self._folder, self._user)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._run("initdb", "-D", self._data, "-U", "dl30", "--auth=trust", "-E", "UTF8", "-N")
        self.start()
        self._count = 0

    def start(self) -> None:
        options = f"-p {self.port} -k {self._folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        log = self._folder / "log"
        self._run("pg_ctl", "-D", self._data, "-w", "-l", log, "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        """`immediate` is as good as killing it."""
        self._run("pg_ctl", "-D", self._data, "-w", "-m", mode, "stop")

    def new_database(self) -> str:
        """The address of an empty database."""
        self._count += 1
        name = f"course{self._count}"
        where = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "dl30")
        self._run("createdb", *where, name)
        return f"postgresql+psycopg://dl30:secret@127.0.0.1:{self.port}/{name}"

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self._folder)

    def _run(self, program: str, *arguments: str | Path) -> None:
        command = [programs() / program, *arguments]
        with (self._folder / "said").open("w+b") as said:
            done = subprocess.run(
                command, stdout=said, stderr=said, user=self._user, cwd="/", check=False
            )
            said.seek(0)
            assert done.returncode == 0, said.read().decode()


def _ordinary_user() -> str | None:
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in NAMES if name in known)
