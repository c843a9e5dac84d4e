"""The grading process: collects a day's hidden tests once, then judges one submission after
another.

Begun by `start`, with jobs as JSON lines on standard input and records as JSON lines on standard
output. This is where hidden tests and the reference live; student code never does.
"""

from __future__ import annotations

import gc
import os
import select
import sys
import threading
import time
from pathlib import Path
from typing import BinaryIO

import msgspec
import pytest

from autograder.course import Course
from autograder.errors import Dl30Error, UnreadableNotebook
from autograder.grading.jobs import Job, Reply, Settings
from autograder.grading.judge import Bench, Submission, exercise_of, judge, name_of
from autograder.grading.kit import Kit, Prepared
from autograder.grading.nursery import Nursery, is_heavy, packages
from autograder.grading.plugin import BENCHES
from autograder.grading.records import ExerciseResult, Fingerprint, Record
from autograder.sandbox.bait import lay_bait, take_away
from autograder.sandbox.launcher import WarmProcess
from autograder.sandbox.starting import Begun
from autograder.sandbox.student import Student
from autograder.text import one_line


class GradingLoop:
    """A pytest plugin whose run loop judges submissions in place of running the items once."""

    def __init__(
        self, settings: Settings, jobs: BinaryIO, replies: BinaryIO, first: WarmProcess
    ) -> None:
        course = Course.find(Path(settings.root), Path(settings.root))
        self.kit = Kit(course, course.day(settings.day))
        self._settings = settings
        self._first = first
        self._jobs = jobs
        self._replies = replies
        self._failed: list[str] = []
        self._protections: list[str] = []
        self.replied = self.finished = self.serving = False
        self.kit.load()

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._failed.append(_reason(str(report.longrepr)))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        fault = self._fault(session)
        if fault:
            self.reply(Reply(error=fault, exit_code=3))
            return True
        try:
            self._serve(session)
        except Dl30Error as error:
            self.reply(Reply(error=str(error), exit_code=error.exit_code))
        self.finished = True
        return True

    def _serve(self, session: pytest.Session) -> None:
        bench = Bench(self.kit.exercises)
        session.config.stash[BENCHES][self.kit.day.hidden_tests] = bench
        own = self.kit.day.hidden_tests, self.kit.day.solution, self.kit.course.records
        with lay_bait(*own) as bait, Nursery(self._settings, bait, self._first) as nursery:
            nursery.warm_for(())  # a machine that cannot jail says so before the first submission
            gc.collect()
            gc.freeze()
            self.serving = True
            for line in self._jobs:
                job = msgspec.json.decode(line, type=Job)
                self.reply(Reply(record=self.grade(job, session.items, bench, nursery)))

    def _fault(self, session: pytest.Session) -> str:
        """Why the day's hidden tests cannot judge anybody, or nothing."""
        where = self.kit.day.hidden_tests
        if self._failed:
            return (
                f"{where}: the hidden tests cannot be collected: {one_line(self._failed[0], 300)}"
            )
        marked = "; mark classes with @exercise(NAME)"
        loose = [name_of(item) for item in session.items if not exercise_of(item)[0]]
        if loose:
            return f"{where}: tests of no exercise ({', '.join(loose[:5])}){marked}"
        judged = {exercise_of(item)[0] for item in session.items}
        unknown = sorted(judged - set(self.kit.exercises))
        if unknown:
            return f"{where}: tests of unknown exercises {unknown}{marked}"
        untested = sorted(set(self.kit.exercises) - judged)
        return f"{where}: no hidden test judges {', '.join(untested)}" if untested else ""

    def reply(self, reply: Reply) -> None:
        self.replied = True
        _send(self._replies, reply)

    def grade(self, job: Job, items: list[pytest.Item], bench: Bench, nursery: Nursery) -> Record:
        begin = time.perf_counter()
        path = Path(job.notebook)
        # Taken before the file is read: should it change meanwhile, the record is out of date.
        state = self.kit.fingerprint(path, job.content)
        try:
            prepared = self.kit.prepare(path, job.functions, job.content)
        except UnreadableNotebook as error:
            return self._record(job, state, "unreadable", problem=str(error))
        warm = nursery.warm_for(prepared.cells)
        self._protections = nursery.protections
        student = Student(
            warm,
            prepared.cells,
            files=self.kit.files,
            limits=self._settings.limits,
            seed=job.seed,
        )
        bench.submission = Submission(student, prepared.cells, job.seed)
        try:
            asked = [item for item in items if job.only in ("", exercise_of(item)[0])]
            results = judge(asked, bench, brief=job.brief)
        finally:
            student.close()
        if warm.is_gone():
            # Its workers went with it, and what their calls came to says nothing of the student.
            sys.exit("the process that workers are forked from was lost")
        return self._result(job, state, prepared, student, results, dict(bench.broken), begin)

    def _result(
        self,
        job: Job,
        state: Fingerprint,
        prepared: Prepared,
        student: Student,
        results: dict[str, ExerciseResult],
        broken: dict[str, str],
        begin: float,
    ) -> Record:
        cell_notes = [
            f"code cell {number} {text if text.startswith('was') else 'raised ' + text}"
            for number, text in sorted(student.cell_errors.items())
        ]
        score = round(sum(result.points for result in results.values()), 2)
        return self._record(
            job,
            state,
            "broken" if broken else "graded",
            score=None if broken else score,
            exercises=results,
            seconds=round(time.perf_counter() - begin, 3),
            notes=[*prepared.notes, *cell_notes],
            broken=broken,
            problem=_problem(broken),
        )

    def _record(self, job: Job, state: Fingerprint, status: str, **facts: object) -> Record:
        return msgspec.convert(
            {
                "student": job.student,
                "day": self.kit.day.stem,
                "status": status,
                "score": None,
                "max_score": self.kit.max_score,
                "exercises": {},
                "jailed": self._settings.jailed,
                "protections": self._protections,
                "seed": job.seed,
                "fingerprint": state,
            }
            | facts,
            type=Record,
        )


def _problem(broken: dict[str, str]) -> str:
    if not broken:
        return ""
    are = "tests are" if len(broken) > 1 else "test is"
    return f"{len(broken)} hidden {are} broken, first {next(iter(broken))}"


def _send(replies: BinaryIO, reply: Reply) -> None:
    replies.write(msgspec.json.encode(reply) + b"\n")
    replies.flush()


def _end_when_nobody_waits(jobs: int) -> None:
    """Whoever asks holds the other end of `jobs`; without them no reply will ever be read."""
    poll = select.poll()
    poll.register(jobs, 0)
    poll.poll()
    take_away()
    os._exit(0)


def _forget_settings_of_pytest() -> None:
    """What is installed or set for somebody's own use of pytest must not change a verdict."""
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        os.environ.pop(name, None)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"


def _reason(report: str) -> str:
    """What pytest's report of a failed collection comes to: its lines marked E, else its last."""
    lines = report.strip().splitlines()
    marked = [line[1:].strip() for line in lines if line.startswith("E ")]
    return " ".join(marked) or lines[-1]


def main(settings: Settings, jobs: BinaryIO, begun: Begun) -> None:
    """Grade until nobody asks any more; `begun` becomes the first warm process."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    preload = packages(settings, heavy=is_heavy(begun.imported))
    with WarmProcess(jailed=settings.jailed, preload=preload, begun=begun) as first:
        _grade(settings, jobs, replies, first)


def _grade(settings: Settings, jobs: BinaryIO, replies: BinaryIO, first: WarmProcess) -> None:
    sys.path.insert(0, settings.root)
    sys.dont_write_bytecode = True
    watch = threading.Thread(target=_end_when_nobody_waits, args=[jobs.fileno()], daemon=True)
    watch.start()
    _forget_settings_of_pytest()
    try:
        loop = GradingLoop(settings, jobs, replies, first)
    except Dl30Error as error:
        _send(replies, Reply(error=str(error), exit_code=error.exit_code))
        return
    code = int(pytest.main(_arguments(loop.kit), plugins=[loop]))
    if not (loop.replied or loop.serving):
        where = loop.kit.day.hidden_tests
        fault = f"{where}: pytest cannot start here; `pytest {where}` says why"
        loop.reply(Reply(error=fault, exit_code=3))
    elif not loop.finished:
        sys.stdout.flush()  # what pytest said must stand before the last word
        sys.exit(f"a hidden test ended pytest (exit code {code})")


def _arguments(kit: Kit) -> list[str]:
    root = str(kit.course.root)
    tests = kit.day.hidden_tests
    options = ["-q", "-q", "--import-mode=importlib", f"--rootdir={root}"]
    options += ["-c", str(Path(__file__).with_name("pytest.ini"))]
    options += [f"--confcutdir={tests.parent}", "-p", "no:cacheprovider", "-p", "no:warnings"]
    # Each of these does something around every test that nobody looks at here.
    for name in ("logging", "unraisableexception", "threadexception", "faulthandler", "doctest"):
        options += ["-p", f"no:{name}"]
    return [*options, "--capture=no", "-p", "autograder.grading.plugin", str(tests)]
