"""What lies about for probes to look for: none of it is within reach of student code."""

from __future__ import annotations

import contextlib
import os
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SECRET_NAME = "DL30_PROBE_SECRET"
_LAID: list[str] = []


@dataclass(frozen=True)
class Bait:
    """Things of the grader's that student code must not reach.

    files: paths that only the grader has; port: a TCP and UDP service on 127.0.0.1; name: an
    abstract unix socket; secret: a word in the grader's environment.
    """

    files: tuple[str, ...]
    port: int
    name: str
    secret: str

    def as_arguments(self) -> dict[str, object]:
        return {
            "files": list(self.files),
            "port": self.port,
            "name": self.name,
            "secret": self.secret,
        }


@contextlib.contextmanager
def lay_bait(*further: Path) -> Iterator[Bait]:
    """Open services, a file and a variable for probes to look for; `further` files are there.

    A warm process must be started inside of this, or it could not have inherited the variable.
    """
    secret = os.urandom(8).hex()
    name = f"dl30-probe-{secret}"
    with (
        tempfile.NamedTemporaryFile("w", prefix="dl30-probe-") as file,
        socket.socket() as tcp,
        socket.socket(type=socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX) as unix,
    ):
        file.write(secret)
        file.flush()
        _LAID.append(file.name)
        tcp.bind(("127.0.0.1", 0))
        tcp.listen()
        port = tcp.getsockname()[1]
        udp.bind(("127.0.0.1", port))
        unix.bind("\0" + name)
        unix.listen()
        os.environ[SECRET_NAME] = secret
        try:
            yield Bait((file.name, *map(str, further)), port, name, secret)
        finally:
            del os.environ[SECRET_NAME]


def take_away() -> None:
    """For a process that ends without leaving `lay_bait`."""
    for name in _LAID:
        with contextlib.suppress(OSError):
            os.unlink(name)
