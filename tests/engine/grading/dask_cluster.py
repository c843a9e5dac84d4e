"""A Dask cluster of real processes over TCP, for tests."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from distributed import Client

DASK = str(Path(sys.executable).with_name("dask"))


class DaskCluster:
    """A scheduler and workers of one thread each, with these options. `before` is Python that each
    process runs first. `close` ends them."""

    def __init__(self, folder: Path, workers: int, *options: str, before: str = "") -> None:
        self._folder = folder
        program = f"{before}\nfrom dask.__main__ import main\nmain()\n"
        self._dask = [sys.executable, "-c", program] if before else [DASK]
        self._file = folder / "scheduler.json"
        self.scheduler = self._start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(self._file)
        )
        end = time.monotonic() + 60
        while not self._file.is_file() or not self._file.read_text():
            assert time.monotonic() < end, self.said("scheduler")
            time.sleep(0.1)
        self.address = json.loads(self._file.read_text())["address"]
        self.workers: list[subprocess.Popen[bytes]] = []
        for _ in range(workers):
            self.add_worker(*options)

    def add_worker(self, *options: str) -> None:
        name = f"worker{len(self.workers)}"
        place = self.place(len(self.workers))
        given = ["--nthreads", "1", "--local-directory", str(place), "--name", name, *options]
        self.workers.append(self._start("worker", self.address, *given, name=name))

    def place(self, number: int) -> Path:
        """The scratch folder of a worker."""
        return self._folder / f"place{number}"

    def wait(self, workers: int) -> None:
        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=60)

    def _start(self, *arguments: str, name: str = "") -> subprocess.Popen[bytes]:
        log = (self._folder / f"{name or arguments[0]}.log").open("wb")
        with log:
            return subprocess.Popen(
                [*self._dask, *arguments, "--no-dashboard"],
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
            )

    def said(self, name: str) -> str:
        return (self._folder / f"{name}.log").read_text()

    def close(self) -> None:
        end_all([*self.workers, self.scheduler])


def end_all(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
