"""What a grading process is told and what it answers: plain data, one JSON line each."""

from __future__ import annotations

import msgspec

from autograder.grading.records import Record
from autograder.sandbox import launcher
from autograder.sandbox.jail import Limits


class Settings(msgspec.Struct, frozen=True):
    """What a grading process is started with. `preload` is imported before workers are forked."""

    root: str
    day: str
    jailed: bool = True
    limits: Limits = msgspec.field(default_factory=Limits)
    preload: tuple[str, ...] = msgspec.field(default_factory=lambda: launcher.PRELOAD)


class Start(msgspec.Struct, frozen=True):
    """The first line to a grading process. `environment` is of whoever started it, a character for
    each byte."""

    settings: Settings
    environment: dict[str, str]


class Job(msgspec.Struct, frozen=True):
    """One submission to grade: the file `notebook`, or where there is `content` what it holds, for
    a machine that has not got the file.

    An audit asks for more: `functions` are sources that take the place of the notebook's own
    functions of these names; with `only`, the tests of that exercise alone are run, and with
    `brief` none after the first FAIL.
    """

    student: str
    notebook: str
    seed: int
    functions: dict[str, str] = {}
    only: str = ""
    brief: bool = False
    content: bytes | None = None


class Reply(msgspec.Struct, frozen=True):
    """A record; or, as `error` with its exit code, why this process cannot grade anything; or, from
    another machine, as `lost` what a grading process said before it died of the submission."""

    record: Record | None = None
    lost: str = ""
    error: str = ""
    exit_code: int = 0
