"""Many submissions: what needs grading, a pool of grading processes, records as they come."""

from __future__ import annotations

import contextlib
import os
import queue
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import msgspec

from autograder.course import Course
from autograder.errors import CourseError, Dl30Error
from autograder.grading.jobs import Job, Reply, Settings, Start
from autograder.grading.records import Record
from autograder.sandbox.launcher import HEAVY
from autograder.sandbox.starting import ONE_THREAD, environment

SPARE_SECONDS = 120.0  # for the hidden tests' own work on one submission
TRIES = 2  # for a submission whose grading process is lost, which mostly is not its doing


class ProcessLost(Exception):
    """A grading process ended without a reply; the text is the last that it said.

    `late` says that it was ended for taking too long: then it would do so again.
    """

    def __init__(self, reason: str, *, late: bool = False) -> None:
        super().__init__(reason)
        self.late = late


def _packages(settings: Settings) -> list[str]:
    """What grading process and warm process will both need, as the day's code tells.

    Heavy packages are shared only where hidden tests or reference import them: otherwise the
    grading process does without.
    """
    code = b""
    with contextlib.suppress(Dl30Error, OSError):  # the process itself tells what is amiss
        root = Path(settings.root)
        day = Course.find(root, root).day(settings.day)
        code = day.hidden_tests.read_bytes() + day.solution.read_bytes()
    return [
        name
        for name in settings.preload
        if name == "numpy"
        or (name in HEAVY and re.search(rb"^\s*(import|from) %b\b" % name.encode(), code, re.M))
    ]


class GradingProcess:
    """One running grading process, which `autograder.grading.start` begins."""

    def __init__(self, settings: Settings, core: int | None = None) -> None:
        """With `core` it stays on that core of the machine, and all that it starts: it and its
        workers take turns, and need not wake each other up on another one."""
        self.most_seconds = 2 * settings.limits.total_seconds + SPARE_SECONDS
        self._late = False
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed by close)
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "autograder.grading.start", *_packages(settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            # There are as many of these as cores: more threads would only wait for one another.
            env=environment(),
            start_new_session=True,
        )
        if core is not None:
            with contextlib.suppress(OSError):
                os.sched_setaffinity(self._process.pid, {core})
        own = os.environb | {name.encode(): value.encode() for name, value in ONE_THREAD.items()}
        letters = {name.decode("latin-1"): value.decode("latin-1") for name, value in own.items()}
        with contextlib.suppress(OSError):  # it is gone, which `grade` finds out
            self._write(Start(settings, letters))

    def grade(self, job: Job) -> Record:
        """The record of one submission; ProcessLost, or what is wrong with course or machine.

        A process that is not done after `most_seconds` is ended: student code has its own clocks,
        so that is a hidden test, or reading the notebook, gone astray.
        """
        alarm = threading.Timer(self.most_seconds, self._give_up)
        alarm.daemon = True
        alarm.start()
        try:
            return self._ask(job)
        finally:
            alarm.cancel()

    def _give_up(self) -> None:
        self._late = True
        self._process.kill()

    def _ask(self, job: Job) -> Record:
        try:
            self._write(job)
            line = self._pipe(self._process.stdout).readline()
        except (OSError, ValueError):
            line = self._pipe(self._process.stdout).readline()
        if not line:
            raise ProcessLost(self._last_words(), late=self._late)
        reply = msgspec.json.decode(line, type=Reply)
        if reply.record is None:
            # Course and machine at fault end alike: nothing can be graded.
            raise CourseError(reply.error)
        return reply.record

    def _write(self, message: Job | Start) -> None:
        pipe = self._pipe(self._process.stdin)
        pipe.write(msgspec.json.encode(message) + b"\n")
        pipe.flush()

    def _pipe(self, pipe: IO[bytes] | None) -> IO[bytes]:
        assert pipe is not None
        return pipe

    def _last_words(self) -> str:
        self._process.wait()
        if self._late:
            return f"it took more than {self.most_seconds:g} s and was ended"
        self._errors.seek(0)
        lines = self._errors.read()[-4000:].decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"it ended with {self._process.returncode}"

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._pipe(self._process.stdin).close()
        try:
            self._process.wait(timeout=3)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._pipe(self._process.stdout).close()
        self._errors.close()

    def kill(self) -> None:
        """End it now: nobody waits for its reply."""
        self._process.kill()


@dataclass(frozen=True)
class Pool:
    """How to grade: the settings of a process, how many, and what stands in for a lost one."""

    settings: Settings
    jobs: int
    lost: Callable[[Job, str], Record]

    def run(self, todo: Sequence[Job], done: Callable[[list[Record]], None]) -> None:
        """Grade every job; `done` gets the records in this thread as soon as they are there.

        A fault of the course or the machine ends the run with that error; KeyboardInterrupt ends it
        at once. Either way what `done` got is all that happened.
        """
        waiting: queue.SimpleQueue[Job] = queue.SimpleQueue()
        results: queue.SimpleQueue[Record | BaseException | None] = queue.SimpleQueue()
        for job in todo:
            waiting.put(job)
        cores = sorted(os.sched_getaffinity(0))
        number = min(self.jobs, len(todo))
        # Fewer processes than cores are left to the system: some cores may be busy with others.
        places = [cores[i % len(cores)] if number >= len(cores) else None for i in range(number)]
        runners = [_Runner(self, waiting, results, core) for core in places]
        for runner in runners:
            runner.start()
        try:
            self._gather(len(runners), results, done)
        finally:
            for runner in runners:
                runner.stop()
            for runner in runners:
                runner.join()

    def _gather(
        self,
        running: int,
        results: queue.SimpleQueue[Record | BaseException | None],
        done: Callable[[list[Record]], None],
    ) -> None:
        while running:
            batch = _all_there(results)
            running -= batch.count(None)
            if records := [result for result in batch if isinstance(result, Record)]:
                done(records)
            for result in batch:
                if isinstance(result, BaseException):
                    raise result


def _all_there(results: queue.SimpleQueue[Any]) -> list[Any]:
    """What is in the queue, at least one thing."""
    batch = [results.get()]
    with contextlib.suppress(queue.Empty):
        while True:
            batch.append(results.get_nowait())
    return batch


class _Runner(threading.Thread):
    """Feeds one grading process, and replaces it when it is lost."""

    def __init__(
        self,
        pool: Pool,
        waiting: queue.SimpleQueue[Job],
        results: queue.SimpleQueue[Record | BaseException | None],
        core: int | None = None,
    ) -> None:
        super().__init__(daemon=True)
        self._core = core
        self._pool = pool
        self._waiting = waiting
        self._results = results
        self._stopped = threading.Event()
        self._process: GradingProcess | None = None
        self._starting = threading.Lock()

    def run(self) -> None:
        try:
            while not self._stopped.is_set():
                self._results.put(self._grade(self._waiting.get_nowait()))
        except queue.Empty:
            pass
        except BaseException as error:
            if not self._stopped.is_set():
                self._results.put(error)
        finally:
            if self._process is not None:
                self._process.close()
            self._results.put(None)

    def _grade(self, job: Job) -> Record:
        for attempt in range(1, TRIES + 1):
            process = self._process or self._start_process()
            try:
                return process.grade(job)
            except ProcessLost as loss:
                process.close()
                self._process = None
                if attempt == TRIES or loss.late or self._stopped.is_set():
                    return self._pool.lost(job, str(loss))
        raise AssertionError("unreachable")

    def _start_process(self) -> GradingProcess:
        with self._starting:
            self._process = process = GradingProcess(self._pool.settings, self._core)
            if self._stopped.is_set():
                process.kill()
        return process

    def stop(self) -> None:
        self._stopped.set()
        with self._starting:
            if self._process is not None and self.is_alive():
                self._process.kill()
