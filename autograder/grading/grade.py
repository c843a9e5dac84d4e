"""Grading a day: its submissions, which records are out of date, and making those anew."""

from __future__ import annotations

import hashlib
import os
import secrets
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from autograder.course import Course, Day
from autograder.errors import CourseError, Dl30Error, UsageError
from autograder.grading import records
from autograder.grading.batch import Pool
from autograder.grading.jobs import Job, Settings
from autograder.grading.kit import Kit
from autograder.grading.records import Record, Status
from autograder.sandbox.jail import Limits
from autograder.text import one_line

SECRET_BYTES = 32
MAX_NAME = 240  # bytes: file names have 255, and the record adds its ending


@dataclass(frozen=True)
class Options:
    """What was asked for. `students` empty means all; `seed` None the student's own; `scheduler`
    the address of a Dask scheduler, where it is not to be done here; `records` another folder for
    records than the one that counts."""

    students: Sequence[str] = ()
    jobs: int = 1
    force: bool = False
    jailed: bool = True
    seed: int | None = None
    limits: Limits = field(default_factory=Limits)
    scheduler: str = ""
    records: Path | None = None


@dataclass(frozen=True)
class Plan:
    """What there is to do: records that still hold, in brief, jobs for the rest, and in a sentence
    each the folders that cannot be anybody's."""

    kit: Kit
    current: tuple[Record, ...]
    jobs: tuple[Job, ...]
    refused: tuple[str, ...] = ()


def plan(course: Course, day: Day, options: Options) -> Plan:
    """Look at every submission of the day; no student code is read or run for it."""
    day.check()
    kit = Kit(course, day)
    current, jobs = [], []
    students, refused = _students(course, day, options.students)
    secret = course_secret(course)
    for student in students:
        own = seed_of(secret, day.stem, student)
        seed = own if options.seed is None else options.seed
        path = submission_path(course, day, student)
        record = None
        if not options.force:
            record = current_record(kit, student, seed, options.jailed, options.records)
        if record is None:
            jobs.append(Job(student, str(path), seed))
        else:
            current.append(records.brief(record))
    return Plan(kit, tuple(current), tuple(jobs), tuple(refused))


class Runner(Protocol):
    """Has jobs graded, here or elsewhere."""

    def run(self, todo: Sequence[Job], done: Callable[[list[Record]], None]) -> None:
        """Grade every job; `done` gets the records in this thread as soon as they are there."""


def carry_out(plan: Plan, options: Options, done: Callable[[Record], None]) -> list[Record]:
    """Grade what the plan says; each record is on disk before `done` is told of it.

    Returns all records of the plan, by student and in brief: a class of ten thousand would fill
    hundreds of megabytes.
    """
    folder = options.records or records_folder(plan.kit.course, plan.kit.day)
    kept = list(plan.current)

    def keep(made: list[Record]) -> None:
        records.write(folder, *made)
        for record in made:
            kept.append(records.brief(record))
            done(record)

    _runner(plan, options).run(plan.jobs, keep)
    return sorted(kept, key=lambda record: record.student)


def in_full(kit: Kit, brief: Iterable[Record]) -> Iterator[Record]:
    """The same records with their tests, read one after another."""
    return records.each(records_folder(kit.course, kit.day), (record.student for record in brief))


def _runner(plan: Plan, options: Options) -> Runner:
    kit = plan.kit
    settings = Settings(str(kit.course.root), kit.day.stem, options.jailed, options.limits)

    def lost(job: Job, why: str) -> Record:
        return lost_record(kit, settings, job, why)

    if not options.scheduler:
        return Pool(settings, options.jobs, lost)
    from autograder.cluster import Cluster

    return Cluster(options.scheduler, kit, settings, lost)


def lost_record(kit: Kit, settings: Settings, job: Job, why: str) -> Record:
    """What stands for a submission on which the grading process itself was lost."""
    problem = f"the grading process was lost: {one_line(why, 300)}"
    return record_without_result(kit, settings, job, "broken", problem)


def record_without_result(
    kit: Kit, settings: Settings, job: Job, status: Status, problem: str
) -> Record:
    return Record(
        student=job.student,
        day=kit.day.stem,
        status=status,
        score=None,
        max_score=kit.max_score,
        exercises={},
        jailed=settings.jailed,
        seed=job.seed,
        fingerprint=kit.fingerprint(Path(job.notebook)),
        problem=problem,
    )


def current_record(
    kit: Kit, student: str, seed: int, jailed: bool, folder: Path | None = None
) -> Record | None:
    """The student's record if nothing that it depends on has changed and it is a result.

    What was broken is our fault and worth another try; what was unreadable stays so.
    """
    record = records.read(folder or records_folder(kit.course, kit.day), student)
    if record is None or record.status == "broken":
        return None
    same = (record.seed, record.jailed) == (seed, jailed)
    path = submission_path(kit.course, kit.day, student)
    return record if same and record.fingerprint == kit.fingerprint(path) else None


def records_folder(course: Course, day: Day) -> Path:
    return course.records / day.stem


def submission_path(course: Course, day: Day, student: str) -> Path:
    return course.submitted / student / day.stem / f"{day.stem}.ipynb"


def _students(course: Course, day: Day, asked: Sequence[str]) -> tuple[list[str], list[str]]:
    """Who handed in, or those asked for, and the folders that are refused; Dl30Error for nobody."""
    folders = (path.parent for path in course.submitted.glob(f"*/{day.stem}"))
    handed_in = sorted(folder.name for folder in folders if not folder.name.startswith("."))
    found = [name for name in handed_in if _can_be_a_student(name)]
    refused = [_refusal(course, name) for name in handed_in if name not in found]
    if not handed_in:
        raise Dl30Error(
            f"there are no submissions of {day.stem}",
            where=course.submitted,
            todo=f"each is {course.submitted.name}/STUDENT/{day.stem}/{day.stem}.ipynb",
        )
    missing = sorted(set(asked) - set(found))
    if missing:
        names = ", ".join(one_line(name, 60) for name in missing)
        raise UsageError(f"no submission of {day.stem} by {names}", where=course.submitted)
    return [name for name in found if not asked or name in asked], [] if asked else refused


def _refusal(course: Course, name: str) -> str:
    shown = one_line(os.fsencode(name).decode(errors="backslashreplace"), 60)
    todo = "nothing in it is graded (rename the folder)"
    return f"{course.submitted / shown}: this cannot be a student's name, so {todo}"


def _can_be_a_student(name: str) -> bool:
    """Whether records and the gradebook can hold the name."""
    return len(os.fsencode(name)) <= MAX_NAME and not any(
        unicodedata.category(char) in ("Cc", "Cs") for char in name
    )


def course_secret(course: Course) -> bytes:
    """The course's secret, made at first use; hidden tests' data cannot be predicted without it."""
    path = course.records / ".secret"
    if not path.exists():
        records.write_atomically(path, secrets.token_bytes(SECRET_BYTES), replace=False)
    secret = path.read_bytes()
    if len(secret) != SECRET_BYTES:
        raise CourseError(
            "this is not the secret that was made here",
            where=path,
            todo="remove it, and all records",
        )
    return secret


def seed_of(secret: bytes, day: str, student: str) -> int:
    """The seed of one student's tests on one day, below 2**63."""
    data = f"{day}\0{student}".encode()
    mac = hashlib.blake2b(data, key=secret, digest_size=8).digest()
    return int.from_bytes(mac, "big") >> 1
