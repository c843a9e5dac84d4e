"""JupyterLab with nbgrader's extensions, for an instructor or for a student, on one machine.

Everything that JupyterLab is told goes by its command line and its environment; nothing is written
into anybody's settings. The folders `jupyter/instructor` and `jupyter/student` beside this file are
Jupyter configuration that comes before the person's own.
"""

from __future__ import annotations

import contextlib
import errno
import importlib.util
import logging
import os
import shlex
import shutil
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.course import CONFIG, Course
from autograder.errors import CourseError, Dl30Error, UsageError
from autograder.instructor import exchange as exchanges
from autograder.nbgrader_setup import EXCHANGE
from autograder.text import one_line

_SETTINGS = Path(__file__).parent / "jupyter"
LAB_EXTENSION = "labextensions/@jupyter/nbgrader/package.json"


@dataclass(frozen=True)
class Wishes:
    """What was asked for. `exchange` None means what nbgrader's configuration says; `more` goes to
    JupyterLab as it is."""

    exchange: Path | None = None
    browser: bool = True
    port: int | None = None
    more: Sequence[str] = ()


@dataclass(frozen=True)
class Start:
    """A process to be started: its command, working directory and environment, and in `warnings`,
    a line each, what will not work in it."""

    command: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    exchange: Path
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Nbgrader:
    """What nbgrader's extensions will find in their configuration."""

    exchange: Path
    assignment_dir: Path
    timezone: str
    shared_by_group: bool


def prepare(
    folder: Path, course: Course | None, wishes: Wishes, environment: Mapping[str, str]
) -> Start:
    """JupyterLab for the instructor of `course`, or for a student where it is None.

    Raises ModuleNotFoundError where JupyterLab or nbgrader is not installed, Dl30Error where its
    extension is not, UsageError for a port that is taken, CourseError for an exchange that was
    asked for and cannot be used.
    """
    _check_installed()
    if wishes.port is not None:
        _check_port(wishes.port)
    root = course.root if course else folder
    settings = _SETTINGS / ("instructor" if course else "student")
    changed = _environment(environment, settings, wishes.exchange)
    found = _as_nbgrader_reads_it(root, changed, course)
    _check_settings(root, found, wishes)
    why = exchanges.fault(found.exchange, shared_by_group=found.shared_by_group)
    if why and wishes.exchange is not None:
        raise CourseError(why, where=found.exchange)
    warnings = (_warning(found.exchange, why, for_student=course is None),) if why else ()
    shell = environment.get("SHELL") or shutil.which("bash") or "sh"
    return Start(
        _command(root, wishes, shlex.quote(shell)), root, changed, found.exchange, warnings
    )


def _warning(exchange: Path, why: str, *, for_student: bool) -> str:
    if not for_student:
        return f"warning: releasing and collecting do not work: {exchange}: {why}"
    what = why.partition(" (")[0]
    todo = "ask whoever runs the course for its folder, and start dl30 lab --exchange FOLDER"
    return f"warning: fetching and submitting do not work: {exchange}: {what} ({todo})"


def _check_installed() -> None:
    for name in ("jupyterlab", "nbgrader"):
        if importlib.util.find_spec(name) is None:
            raise ModuleNotFoundError(f"No module named {name}", name=name)
    from jupyter_core.paths import jupyter_path

    if not any((Path(place) / LAB_EXTENSION).is_file() for place in jupyter_path()):
        todo = "pip install --force-reinstall --no-deps nbgrader"
        where = Path(sys.prefix) / "share/jupyter" / Path(LAB_EXTENSION).parent
        raise Dl30Error("nbgrader's extension of JupyterLab is not there", where=where, todo=todo)


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            why = "is taken" if taken else f"cannot be used: {error.strerror}"
            todo = "another --port, or none: then JupyterLab looks for a free one"
            raise UsageError(f"port {port} {why}", todo=todo) from None


def _environment(given: Mapping[str, str], settings: Path, exchange: Path | None) -> dict[str, str]:
    changed = dict(given)
    if exchange is not None:
        changed[EXCHANGE] = str(exchange.absolute())
    first = [str(settings)]
    changed["JUPYTER_CONFIG_PATH"] = os.pathsep.join(
        first + ([given["JUPYTER_CONFIG_PATH"]] if given.get("JUPYTER_CONFIG_PATH") else [])
    )
    # In a terminal of JupyterLab `dl30` and `nbgrader` are those of this environment.
    ours, path = str(Path(sys.executable).parent), given.get("PATH", os.defpath)
    if ours not in path.split(os.pathsep):
        changed["PATH"] = os.pathsep.join([ours, path])
    return changed


def _command(root: Path, wishes: Wishes, shell: str) -> tuple[str, ...]:
    options = [f"--ServerApp.root_dir={root}"]
    # Where it is not started in a terminal its terminals would be login shells, and on Debian those
    # set PATH anew: `dl30` would not be found.
    options.append(f"--ServerApp.terminado_settings=shell_command={shell}")
    if not wishes.browser:
        options.append("--no-browser")
    if wishes.port is not None:
        options += [f"--ServerApp.port={wishes.port}", "--ServerApp.port_retries=0"]
    if os.geteuid() == 0:
        options.append("--allow-root")
    return (sys.executable, "-m", "jupyterlab", *options, *wishes.more)


def _as_nbgrader_reads_it(
    root: Path, environment: Mapping[str, str], course: Course | None
) -> _Nbgrader:
    from nbgrader.apps import NbGrader
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.exchange.default import Exchange

    with _standing_in(root, environment):
        app = NbGrader()
        app.log = logging.getLogger("dl30.nbgrader")
        app.log.setLevel(logging.CRITICAL + 1)
        app.raise_config_file_errors = True
        try:
            app.load_config_file(suppress_errors=False)
            shared = CourseDirectory(config=app.config).groupshared
            given = Exchange(config=app.config)
        except Exception as error:
            reason = one_line(f"{type(error).__name__}: {error}", 300)
            where = root / CONFIG
            raise CourseError(f"cannot be loaded: {reason}", where=where) from error
    return _Nbgrader(
        exchange=root / given.root,
        assignment_dir=root / given.assignment_dir,
        timezone=given.timezone,
        shared_by_group=shared,
    )


def _check_settings(root: Path, found: _Nbgrader, wishes: Wishes) -> None:
    from dateutil.tz import gettz

    where = root / CONFIG
    if wishes.exchange is not None and found.exchange != wishes.exchange.absolute():
        todo = f"take that line out, or change it to {wishes.exchange.absolute()}"
        what = f"Exchange.root is set to {found.exchange}, and --exchange names another"
        raise CourseError(what, where=where, todo=todo)
    if not found.assignment_dir.is_dir():
        what = f"Exchange.assignment_dir is {found.assignment_dir}, which is no folder"
        raise CourseError(what, where=where, todo="make the folder")
    if gettz(found.timezone) is None:
        what = f"Exchange.timezone is {one_line(found.timezone, 60)!r}, which is no time zone"
        raise CourseError(what, where=where, todo="one such as UTC or Europe/Berlin")


@contextlib.contextmanager
def _standing_in(folder: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """nbgrader looks for its settings from the working directory and by the environment."""
    before = dict(os.environ)
    with contextlib.chdir(folder):
        os.environ.update(environment)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)
