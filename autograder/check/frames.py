"""What the check and its warm process say to each other, as JSON between lengths.

The connection is multiprocessing's; its way of sending objects is not used, bytes are.
"""

from __future__ import annotations

from multiprocessing.connection import Connection
from typing import Any

import msgspec

from autograder.sandbox.jail import Limits
from autograder.sandbox.wire import Facts


class Cell(msgspec.Struct, frozen=True):
    number: int
    source: str


class Test(msgspec.Struct, frozen=True):
    """A visible check, to be run in a process of its own."""

    name: str
    number: int
    source: str


class Request(msgspec.Struct, frozen=True):
    """A run: `cells` one after another in a folder with copies of `files`, then `tests`.

    `jobs` is how many tests may run at once; `heavy` are packages to import beforehand.
    """

    folder: str
    files: tuple[str, ...]
    cells: tuple[Cell, ...]
    tests: tuple[Test, ...]
    heavy: tuple[str, ...]
    limits: Limits
    jobs: int


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """How a cell or a test ended, and its seconds.

    stopped: why it had to be ended from outside, or how its process ended; else nothing.
    """

    name: str
    number: int
    seconds: float
    facts: Facts | None = None
    stopped: str = ""


class Began(msgspec.Struct, frozen=True, tag="began"):
    """A cell is about to be run, or a test was started as process `pid`."""

    name: str
    number: int
    pid: int = 0


class Defined(msgspec.Struct, frozen=True, tag="defined"):
    """The names that the notebook has after its cells were run."""

    names: tuple[str, ...]


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The warm process waits for a run; `failed` says why it cannot."""

    failed: str = ""


Event = Ended | Began | Defined | Ready


def send(connection: Connection, message: Any) -> None:
    connection.send_bytes(msgspec.json.encode(message))


def receive_event(connection: Connection) -> Event:
    """The next event; EOFError when the other side is gone."""
    found: Event = msgspec.json.decode(connection.recv_bytes(), type=Event)
    return found


def receive_request(connection: Connection) -> Request | None:
    """The next request, or None for the word that ends a run; EOFError at the end."""
    raw = connection.recv_bytes()
    return msgspec.json.decode(raw, type=Request) if raw else None
