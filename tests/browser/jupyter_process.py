"""A JupyterLab server in a process of its own, with settings of its own."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path

import psutil

START_SECONDS = 120.0  # three may start at once, beside other tests
STOP_SECONDS = 20.0
POLL_SECONDS = 0.1
# A notebook whose cells are all in the page at once, and no questions asked at the first start.
LAB_SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}


def jupyter_home(folder: Path) -> dict[str, str]:
    """An environment in which Jupyter finds only what is in `folder` and in its own Python."""
    for name, settings in LAB_SETTINGS.items():
        path = folder / f"config/lab/user-settings/@jupyterlab/{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings))
    names = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data"}
    names |= {"JUPYTER_RUNTIME_DIR": "run", "IPYTHONDIR": "ipython"}
    places = {name: str(folder / place) for name, place in names.items()}
    return {"HOME": str(folder), "PATH": os.defpath, "LANG": "C.UTF-8", **places}


class JupyterProcess:
    """JupyterLab with its working directory and root in `folder`, reached only with its token.

    With `lab`, a command that runs `dl30 lab`, it is the one that this starts.
    """

    def __init__(self, folder: Path, environment: dict[str, str], lab: Sequence[str] = ()) -> None:
        self.token = secrets.token_hex(16)
        self.url = f"http://127.0.0.1:{free_port()}/"
        self._log = Path(environment["HOME"]) / "server.log"
        plain = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}"]
        plain += ["--ServerApp.open_browser=False", "--ServerApp.allow_root=True"]
        port = self.url.split(":")[2].strip("/")
        command = [*lab, "--no-browser", "--port", port, "--"] if lab else plain
        if not lab:
            command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*command, "--ServerApp.ip=127.0.0.1", "--LabApp.extension_manager=readonly"],
                cwd=folder,
                env=environment | {"JUPYTER_TOKEN": self.token},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def wait_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"JupyterLab did not start:\n{self.log[-3000:]}")
            time.sleep(POLL_SECONDS)

    def _answers(self) -> bool:
        try:
            address = f"{self.url}api/status?token={self.token}"
            with urllib.request.urlopen(address, timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def grading_processes(self) -> list[int]:
        """Ids of the processes in which the server has submissions graded."""
        running = psutil.Process(self._process.pid).children()
        return [child.pid for child in running if "autograder.grading.start" in _command(child)]

    def stop(self) -> list[str]:
        """End the server as Ctrl-C does; the commands of what it had started and left running."""
        started = psutil.Process(self._process.pid).children(recursive=True)
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        finally:
            self._process.kill()
            self._process.wait()
            _, left = psutil.wait_procs(started, timeout=STOP_SECONDS)
            told = [" ".join(_command(child))[:200] for child in left]
            for child in left:
                child.kill()
        return told


def _command(process: psutil.Process) -> list[str]:
    """None where it has ended meanwhile."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
