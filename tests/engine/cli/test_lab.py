"""`dl30 lab`: what JupyterLab is told, what is wrong before it starts, and that it works."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import secrets
import shutil
import signal
import socket
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from dl30_command import Ran, finish, run, start
from mini_course import STEM, Mini

from autograder.instructor import lab

SETTINGS = Path(lab.__file__).parent / "jupyter"


@pytest.fixture
def exchange(tmp_path: Path) -> Path:
    """Open to everybody, as nbgrader wants it."""
    folder = tmp_path / "exchange"
    folder.mkdir()
    folder.chmod(0o777)
    return folder


@pytest.fixture
def student(tmp_path: Path) -> Path:
    """A folder that is no course."""
    folder = tmp_path / "mine"
    folder.mkdir()
    return folder


def started(where: Mini | Path, *arguments: str) -> tuple[Ran, list[str], dict[str, str]]:
    """How the command ended, and command and environment of what it would have become."""
    with mock.patch.object(os, "execve") as became:
        ran = run(where, "lab", *arguments)
    ((_, command, environment), _) = became.call_args or ((None, [], {}), {})
    return ran, list(command), environment


def test_an_instructor(mini: Mini, exchange: Path) -> None:
    arguments = ["--no-browser", "--exchange", str(exchange), "--", "--debug", "--x=1"]
    with mock.patch.dict(os.environ, SHELL="/bin/zsh"):
        ran, command, environment = started(mini, *arguments)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == f"the instructor's JupyterLab in {mini.root}, exchange {exchange}\n"
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert [option for option in command[3:] if option != "--allow-root"] == [
        f"--ServerApp.root_dir={mini.root}",
        "--ServerApp.terminado_settings=shell_command=/bin/zsh",
        "--no-browser",
        "--debug",
        "--x=1",
    ]
    assert ("--allow-root" in command) == (os.geteuid() == 0)
    assert environment["DL30_EXCHANGE"] == str(exchange)
    assert environment["JUPYTER_CONFIG_PATH"].split(os.pathsep)[0] == str(SETTINGS / "instructor")
    assert str(Path(sys.executable).parent) in environment["PATH"].split(os.pathsep)


def test_a_student(student: Path, exchange: Path) -> None:
    with mock.patch.dict(os.environ, JUPYTER_CONFIG_PATH="/of/the/person"):
        ran, command, environment = started(student, "--port", "1", "--exchange", str(exchange))
    assert ran.err == f"a student's JupyterLab in {student}, exchange {exchange}\n"
    assert "--no-browser" not in command
    assert {"--ServerApp.port=1", "--ServerApp.port_retries=0"} <= {*command}
    assert environment["JUPYTER_CONFIG_PATH"] == f"{SETTINGS / 'student'}:/of/the/person"


def test_settings_of_nbgrader_are_honoured(student: Path, exchange: Path) -> None:
    """The student's own, where no exchange is named."""
    settings = (
        f'c = get_config()\nc.Exchange.root = "{exchange}"\nc.Exchange.assignment_dir = "a"\n'
    )
    (student / "nbgrader_config.py").write_text(settings)
    (student / "a").mkdir()
    ran, *_ = started(student)
    assert ran.err == f"a student's JupyterLab in {student}, exchange {exchange}\n"


def test_without_an_exchange_it_starts_and_warns(mini: Mini, student: Path, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    settings = f'c.Exchange.root = "{nowhere}"\n'
    with (mini.root / "nbgrader_config.py").open("a") as file:
        file.write(settings)
    (student / "nbgrader_config.py").write_text("c = get_config()\n" + settings)
    why = f"{nowhere}: the exchange is not there (mkdir -p {nowhere} && chmod 777 {nowhere})"
    ran, command, _ = started(mini)
    assert ran.err.splitlines()[0] == f"warning: releasing and collecting do not work: {why}"
    assert command
    ran, command, _ = started(student)
    assert ran.err.splitlines()[0] == (
        f"warning: fetching and submitting do not work: {nowhere}: the exchange is not there (ask "
        "whoever runs the course for its folder, and start dl30 lab --exchange FOLDER)"
    )
    assert command


def complaint(where: Mini | Path, *arguments: str, code: int) -> str:
    ran, command, _ = started(where, *arguments)
    assert command == []
    assert ran.code == code
    return ran.complaint


def test_an_exchange_that_was_asked_for_and_is_no_good(mini: Mini, tmp_path: Path) -> None:
    gone, file, closed = (tmp_path / name for name in ("it's gone", "file", "closed"))
    closed.mkdir(mode=0o755)
    (tmp_path / "folder").mkdir()
    assert complaint(mini, "--exchange", str(gone), code=3) == (
        f"dl30: {gone}: the exchange is not there "
        f"(mkdir -p '{tmp_path}/it'\"'\"'s gone' && chmod 777 '{tmp_path}/it'\"'\"'s gone')"
    )
    assert complaint(mini, "--exchange", str(closed), code=3) == (
        f"dl30: {closed}: the exchange is not open to everybody (chmod 777 {closed})"
    )
    file.write_text("")
    ran, *_ = started(mini, "--exchange", str(file))
    assert ran.code == 2
    assert "Invalid value for '--exchange': Directory" in ran.err


def test_a_port_that_is_taken(mini: Mini) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert complaint(mini, "--port", str(port), code=2) == (
            f"dl30: port {port} is taken "
            "(another --port, or none: then JupyterLab looks for a free one)"
        )


def test_what_is_not_installed(mini: Mini, monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(lab, "LAB_EXTENSION", "labextensions/nowhere/package.json")
    line = complaint(mini, code=1)
    assert "share/jupyter/labextensions/nowhere: nbgrader's extension of JupyterLab is not" in line
    assert line.endswith("(pip install --force-reinstall --no-deps nbgrader)")
    for name in ("jupyterlab", "nbgrader"):

        def without(asked: str, missing: str = name) -> Any:
            return None if asked == missing else found(asked)

        monkeypatch.setattr(importlib.util, "find_spec", without)
        assert complaint(mini, code=3) == (
            f"dl30: this needs the package {name} (pip install 'dl30[course]')"
        )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("c.Exchange.root = '/else'", "Exchange.root is set to /else, and --exchange names another "
         "(take that line out, or change it to {exchange})"),
        ("c.Exchange.timezone = 'Mars'", "Exchange.timezone is 'Mars', which is no time zone "
         "(one such as UTC or Europe/Berlin)"),
        ("c.Exchange.assignment_dir = 'a'", "Exchange.assignment_dir is {root}/a, which is no "
         "folder (make the folder)"),
        ("1 / 0", "cannot be loaded: ZeroDivisionError: division by zero"),
    ],
)  # fmt: skip
def test_settings_that_are_no_good(mini: Mini, exchange: Path, line: str, told: str) -> None:
    with (mini.root / "nbgrader_config.py").open("a") as file:
        file.write(line + "\n")
    found = complaint(mini, "--exchange", str(exchange), code=3)
    shown = told.format(exchange=exchange, root=mini.root)
    assert found == f"dl30: {mini.root}/nbgrader_config.py: {shown}"


# The real thing.


@contextlib.contextmanager
def running(where: Path, exchange: Path, home: Path) -> Iterator[tuple[str, str]]:
    """Address and token of a JupyterLab that the command started, in nobody's environment."""
    token = secrets.token_hex(16)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    places = {"HOME": str(home), "PATH": os.defpath, "JUPYTER_TOKEN": token, "LANG": "C.UTF-8"}
    arguments = ["lab", "--no-browser", "--port", str(port), "--exchange", str(exchange)]
    log = home / "log"
    with log.open("w") as out:
        process = start(where, *arguments, env=places, stdout=out, stderr=out)
    try:
        yield f"http://127.0.0.1:{port}/", token
    except OSError as error:
        raise AssertionError(log.read_text()) from error
    finally:
        process.send_signal(signal.SIGTERM)
        finish(process, 20)


def asked(server: tuple[str, str], path: str, data: str | None = None) -> tuple[int, str]:
    """Status and body; waits for a server that is not there yet."""
    head = {"Authorization": f"token {server[1]}"}
    request = urllib.request.Request(
        server[0] + path, None if data is None else data.encode(), head
    )
    end = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def disabled(server: tuple[str, str]) -> list[str]:
    page = asked(server, "lab")[1]
    found = json.JSONDecoder().raw_decode(page.partition('"disabledExtensions":')[2].lstrip())[0]
    return sorted(name.removeprefix("@jupyter/nbgrader:") for name in found)


def settings(home: Path) -> dict[str, str]:
    files = (home / ".jupyter").rglob("*.json")
    return {str(path): path.read_text() for path in files}


def switched_off(home: Path) -> dict[str, str]:
    """A home whose Jupyter settings want nothing of nbgrader's; what is in them."""
    labs = home / ".jupyter/labconfig"
    labs.mkdir(parents=True)
    names = ["@jupyter/nbgrader", "@jupyter/nbgrader:assignment-list"]
    page = {"disabledExtensions": dict.fromkeys(names, True)}
    (labs / "page_config.json").write_text(json.dumps(page))
    package = "nbgrader.server_extensions"
    parts = [f"{package}.formgrader", f"{package}.assignment_list"]
    server = {"ServerApp": {"jpserver_extensions": dict.fromkeys(parts, False)}}
    (home / ".jupyter/jupyter_server_config.json").write_text(json.dumps(server))
    return settings(home)


def test_from_release_to_submission(mini: Mini, student: Path, exchange: Path) -> None:
    """An instructor's server has the formgrader; a student's fetches and hands in.

    The person's own settings switch all of it off, and are not changed.
    """
    home = exchange.parent / "home"
    switched_off(home)
    with running(mini.root, exchange, home) as server:
        assert asked(server, "formgrader/manage_assignments")[0] == 200
        assert disabled(server) == ["course-list"]
        path = f"formgrader/api/assignment/{STEM}/release"
        status, body = asked(server, path, "")
        assert (status, json.loads(body)["success"]) == (200, True), body
    shutil.rmtree(home)
    before = switched_off(home)
    day = f"course_id=dl30&assignment_id={STEM}"
    with running(student, exchange, home) as server:
        assert asked(server, "assignments/fetch", day)[0] == 200
        assert (student / STEM / f"{STEM}.ipynb").is_file()
        assert asked(server, "formgrader/manage_assignments")[0] == 404
        assert disabled(server) == ["course-list", "create-assignment", "formgrader"]
        assert json.loads(asked(server, "assignments/submit", day)[1])["success"] is True
    assert len([*(exchange / "dl30/inbound").iterdir()]) == 1
    assert settings(home) == before
