"""The same grading on many machines, by Dask. Nothing else knows Dask.

A worker needs dl30 installed and no disk that others see: the day's files go to every worker once,
as a plugin, also to those that join later; a submission goes as bytes and its record comes back as
bytes. A worker that is lost costs what it was doing, and that is done again by another one.
"""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import tempfile
import threading
import uuid
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from distributed import Client, Future, KilledWorker, Worker, WorkerPlugin, get_worker

from autograder.course import CONFIG, Course, Day
from autograder.errors import ClusterError, CourseError, Dl30Error, UnreadableNotebook, UsageError
from autograder.grading.batch import GradingProcess, ProcessLost
from autograder.grading.grade import record_without_result
from autograder.grading.jobs import Job, Reply, Settings
from autograder.grading.kit import Kit
from autograder.grading.records import Record, engine_digest
from autograder.notebook import contents
from autograder.text import one_line

CONNECT_SECONDS = 20.0
LOOK_SECONDS = 1.0  # between two looks whether the scheduler is still there
AHEAD = 2  # submissions on their way for each thread of the cluster


@dataclass(frozen=True)
class Cluster:
    """Has jobs graded by the workers of the Dask scheduler at `address`."""

    address: str
    kit: Kit
    settings: Settings
    lost: Callable[[Job, str], Record]

    def run(self, todo: Sequence[Job], done: Callable[[list[Record]], None]) -> None:
        """Grade every job; `done` gets the records in this thread as soon as they are there.

        ClusterError when there is no scheduler, or no longer; CourseError when a worker's machine
        or the course is at fault. What `done` got is all that happened.
        """
        with _client(self.address) as client:
            plugin = DayPlugin(files_of(self.kit.course, self.kit.day), self.settings)
            try:
                _register(client, plugin)
                _Run(self, client, plugin.name).carry_out(todo, done)
            finally:
                with contextlib.suppress(Exception):
                    client.unregister_worker_plugin(plugin.name)


@contextlib.contextmanager
def _client(address: str) -> Iterator[Client]:
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except ValueError as error:
        reason, todo = one_line(str(error), 200), "it looks like tcp://host:8786"
        raise UsageError(
            f"this is no address of a scheduler: {reason}", where=address, todo=todo
        ) from None
    except OSError as error:
        reason, todo = one_line(str(error), 200), "`dask scheduler` starts one"
        raise ClusterError(
            f"no Dask scheduler answers: {reason}", where=address, todo=todo
        ) from None
    try:
        yield client
    finally:
        with contextlib.suppress(Exception):
            client.close(timeout=5)


def _register(client: Client, plugin: DayPlugin) -> None:
    try:
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        client.register_plugin(plugin)
    except TimeoutError:
        todo = f"start one with `dask worker {client.scheduler.address}`"
        raise ClusterError("the Dask scheduler has no workers", todo=todo) from None
    except Exception as error:  # the plugin's own, or of what the worker lacks
        reason = one_line(f"{type(error).__name__}: {error}", 300)
        todo = "each needs the same dl30: pip install 'dl30[course,cluster]'"
        raise ClusterError(f"a Dask worker cannot grade: {reason}", todo=todo) from None


class _Run:
    """One run on a cluster: what is on its way, and what came back."""

    def __init__(self, cluster: Cluster, client: Client, plugin: str) -> None:
        self._cluster = cluster
        self._client = client
        self._plugin = plugin
        self._back: queue.SimpleQueue[Future] = queue.SimpleQueue()
        self._jobs: dict[str, tuple[Job, Future]] = {}

    def carry_out(self, todo: Sequence[Job], done: Callable[[list[Record]], None]) -> None:
        waiting = iter(todo)
        try:
            while True:
                made = self._send(waiting)
                if not made and not self._jobs:
                    return
                made += [self._record_of(future) for future in self._arrived()]
                if made:
                    done(made)
        finally:
            # Those that run now cannot be stopped: their records are dropped.
            with contextlib.suppress(Exception):  # who left has nothing to cancel
                self._client.cancel([future for _, future in self._jobs.values()], force=True)

    def _send(self, waiting: Iterator[Job]) -> list[Record]:
        """Fill the cluster; the records of those that need no machine."""
        unreadable = []
        with self._scheduler_needed():
            most = max(AHEAD * sum(self._client.nthreads().values()), 1)
        while len(self._jobs) < most and (job := next(waiting, None)):
            try:
                content = contents(Path(job.notebook))
            except UnreadableNotebook as error:
                unreadable.append(self._without_result(job, str(error)))
            else:
                self._submit(job, content)
        return unreadable

    def _without_result(self, job: Job, problem: str) -> Record:
        cluster = self._cluster
        return record_without_result(cluster.kit, cluster.settings, job, "unreadable", problem)

    def _submit(self, job: Job, content: bytes) -> None:
        data = msgspec.json.encode(msgspec.structs.replace(job, content=content))
        key = f"dl30-{self._cluster.kit.day.stem}-{uuid.uuid4().hex}"
        with warnings.catch_warnings(), self._scheduler_needed():
            warnings.filterwarnings("ignore", message="Sending large graph")
            future = self._client.submit(
                grade_there, self._plugin, engine_digest(), data, key=key, pure=False
            )
        self._jobs[key] = job, future
        future.add_done_callback(self._back.put)

    def _arrived(self) -> list[Future]:
        """Futures that are done, at least one unless nothing is on its way."""
        arrived: list[Future] = []
        while self._jobs and not arrived:
            with contextlib.suppress(queue.Empty):
                arrived.append(self._back.get(timeout=LOOK_SECONDS))
                while True:
                    arrived.append(self._back.get_nowait())
            if not arrived and self._client.status not in ("running", "connecting"):
                raise self._gone()
        return arrived

    @contextlib.contextmanager
    def _scheduler_needed(self) -> Iterator[None]:
        """Any call of the client may be the first to notice, and each names it another way."""
        try:
            yield
        except Exception as error:
            if isinstance(error, OSError) or self._client.status != "running":
                raise self._gone() from None
            raise

    def _gone(self) -> ClusterError:
        todo = "what was graded is kept: start it anew, and run the same command again"
        return ClusterError("the Dask scheduler is gone", where=self._cluster.address, todo=todo)

    def _record_of(self, future: Future) -> Record:
        job, _ = self._jobs.pop(future.key)
        try:
            reply = msgspec.json.decode(future.result(timeout=CONNECT_SECONDS), type=Reply)
        except KilledWorker as error:
            return self._cluster.lost(job, f"{error.last_worker} and workers before it died of it")
        except Dl30Error:
            raise
        except Exception as error:
            if future.cancelled() or self._client.status != "running":
                raise self._gone() from None
            reason = one_line(f"{type(error).__name__}: {error}", 300)
            raise ClusterError(f"a Dask worker failed: {reason}") from None
        if reply.lost:
            return self._cluster.lost(job, reply.lost)
        if reply.record is None:
            raise CourseError(reply.error)
        return reply.record


def files_of(course: Course, day: Day) -> dict[str, bytes]:
    """What a grading process reads of the course, by path; no settings and no student's work."""
    notebook = day.source_notebook
    around = [path for path in day.hidden_tests.parent.rglob("*.py") if path != day.hidden_tests]
    helpers = [path for path in around if not path.name.startswith("test_")]
    release = [path for path in day.release_dir.rglob("*") if path.is_file()]
    solutions = day.solution.parent.glob("*.py")
    paths = [notebook, day.hidden_tests, *helpers, *release, *solutions]
    files = {str(path.relative_to(course.root)): path.read_bytes() for path in paths}
    return files | {CONFIG: b""}  # it is looked for, and may hold a password of the gradebook


class DayPlugin(WorkerPlugin):  # type: ignore[misc]
    """A day on a Dask worker: its files in a folder, and a grading process for each thread."""

    idempotent = True

    def __init__(self, files: Mapping[str, bytes], settings: Settings) -> None:
        self.name = f"dl30-{settings.day}-{uuid.uuid4().hex}"
        self._files = dict(files)
        self._settings = msgspec.json.encode(settings)

    def setup(self, worker: Worker) -> None:
        folder = tempfile.mkdtemp(prefix="dl30-", dir=worker.local_directory)
        for name, content in self._files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        given = msgspec.json.decode(self._settings, type=Settings)
        self._desk = _Desk(msgspec.structs.replace(given, root=folder))

    def teardown(self, worker: Worker) -> None:
        self._desk.close()

    def grade(self, job: Job) -> Record:
        return self._desk.grade(job)


@dataclass
class _Desk:
    """Grading processes that stay for the next submission."""

    settings: Settings
    idle: list[GradingProcess] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    closed: bool = False

    def grade(self, job: Job) -> Record:
        with self.lock:
            process = self.idle.pop() if self.idle else None
        process = process or GradingProcess(self.settings)
        try:
            record = process.grade(job)
        except BaseException:
            process.close()
            raise
        with self.lock:
            if not self.closed:
                self.idle.append(process)
                return record
        process.close()
        return record

    def close(self) -> None:
        with self.lock:
            self.closed = True
        for process in self.idle:
            process.close()
        shutil.rmtree(self.settings.root, ignore_errors=True)


def grade_there(plugin: str, engine: str, data: bytes) -> bytes:
    """Grade one submission on a worker: an encoded Job in, an encoded Reply out."""
    worker = get_worker()
    here = f"the Dask worker {worker.address} on {os.uname().nodename}"
    if engine_digest() != engine:
        return _fault(f"{here} has another version of dl30 than this machine; install the same")
    job = msgspec.json.decode(data, type=Job)
    day: Any = worker.plugins[plugin]
    for last in (False, True):
        try:
            return msgspec.json.encode(Reply(record=day.grade(job)))
        except ProcessLost as loss:
            if last or loss.late:
                return msgspec.json.encode(Reply(lost=str(loss)))
        except Dl30Error as error:
            return _fault(f"{here}: {error}")
    raise AssertionError("unreachable")


def _fault(text: str) -> bytes:
    return msgspec.json.encode(Reply(error=text, exit_code=3))
