"""The notebooks that a day's grading is tried on, and what became of each.

All but the untouched release are the reference's notebook with some functions replaced. What was
found is kept in `records/.audit`, by the content of everything it depends on: an interrupted audit
goes on where it was, and a second one does nothing.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

import msgspec

from autograder import notebook, variants
from autograder.audit.mutants import Mutant, mutants
from autograder.audit.offenders import offenders
from autograder.course import Course, Day, Exercise
from autograder.demo import Classroom
from autograder.grading.batch import Pool
from autograder.grading.grade import lost_record
from autograder.grading.jobs import Job, Settings
from autograder.grading.kit import Kit
from autograder.grading.records import Fingerprint, Record, write_atomically
from autograder.sandbox.jail import Limits

Kind = Literal["reference", "blank", "right", "wrong", "offender", "mutant"]
REFERENCE_SEEDS = 5
KEPT = 3000
# Some mutants and offenders never end: they are given less time than a student. A mutant must not
# be taken for caught because the machine is slow; an offender can only fail.
BRIEF = Limits(cell_seconds=10, call_seconds=3)
BRIEFEST = Limits(cell_seconds=10, call_seconds=0.25)


@dataclass(frozen=True)
class Trial:
    """One notebook to be graded, and what it stands for."""

    kind: Kind
    name: str
    exercise: str = ""
    functions: Mapping[str, str] = field(default_factory=dict)
    mutant: Mutant | None = None

    def job(self, perfect: Path, blank: Path) -> Job:
        return Job(
            student=f"{self.kind}: {self.name}",
            notebook=str(blank if self.kind == "blank" else perfect),
            seed=int.from_bytes(hashlib.blake2b(self.name.encode(), digest_size=7).digest(), "big"),
            functions=dict(self.functions),
            only="" if self.kind in ("reference", "blank", "right") else self.exercise,
            brief=self.kind == "mutant",
        )


class Missed(msgspec.Struct, frozen=True):
    """A hidden test that was not passed."""

    test: str
    verdict: str
    message: str


class Found(msgspec.Struct, frozen=True):
    """What became of a trial. `points` by exercise; `broken` by test, with the traceback."""

    score: float | None
    max_score: float
    points: dict[str, float]
    missed: list[Missed]
    broken: dict[str, str]
    problem: str
    notes: list[str]
    seconds: float


def trials(course: Course, day: Day, exercise: str = "") -> list[Trial]:
    """All trials of the day, or those that concern one exercise."""
    chosen = [item for item in day.exercises() if exercise in ("", item.name)]
    return [
        *(Trial("reference", f"seed {n}") for n in range(REFERENCE_SEEDS)),
        Trial("blank", "as released"),
        *_variants(day, exercise),
        *(trial for item in chosen for trial in _of_exercise(day, item)),
    ]


def _variants(day: Day, exercise: str) -> list[Trial]:
    return [
        Trial("right" if found.honest else "wrong", found.name, found.exercise, found.functions)
        for found in variants.load(day.variants)
        if exercise in ("", found.exercise)
    ]


def _of_exercise(day: Day, exercise: Exercise) -> list[Trial]:
    found = [
        Trial("offender", f"{exercise.name} {name}", exercise.name, functions)
        for name, functions in offenders(day.solution, exercise.functions).items()
    ]
    for number, mutant in enumerate(mutants(day.solution, exercise.functions), start=1):
        replaced = {mutant.function: mutant.source}
        name = f"{exercise.name} {number}"
        found.append(Trial("mutant", name, exercise.name, replaced, mutant))
    return found


def carry_out(
    course: Course,
    day: Day,
    todo: Sequence[Trial],
    jobs: int,
    done: Callable[[Trial], None],
) -> list[tuple[Trial, Found]]:
    """Have every trial graded that is not known yet; `done` is told of each, known ones first."""
    kit = Kit(course, day)
    kit.load()
    with tempfile.TemporaryDirectory(prefix="dl30-audit-") as folder:
        perfect, blank = _notebooks(course, day, Path(folder))
        diary = _Diary(course, kit, perfect)
        return _graded(kit, todo, perfect, blank, diary, jobs, done)


def _notebooks(course: Course, day: Day, folder: Path) -> tuple[Path, Path]:
    room = Classroom(course, day)
    perfect, blank = folder / "perfect.ipynb", folder / "blank.ipynb"
    perfect.write_bytes(notebook.to_bytes(room.solved()))
    blank.write_bytes(notebook.to_bytes(room.blank()))
    return perfect, blank


def _graded(
    kit: Kit,
    todo: Sequence[Trial],
    perfect: Path,
    blank: Path,
    diary: _Diary,
    jobs: int,
    done: Callable[[Trial], None],
) -> list[tuple[Trial, Found]]:
    found: dict[str, Found] = {}
    by_name = {}
    new: dict[Limits, list[Job]] = {Limits(): [], BRIEFEST: [], BRIEF: []}
    for trial in todo:
        job = trial.job(perfect, blank)
        by_name[job.student] = trial
        limits = {"mutant": BRIEF, "offender": BRIEFEST}.get(trial.kind, Limits())
        if known := diary.look_up(job, limits):
            found[job.student] = known
            done(trial)
        else:
            new[limits].append(job)

    def keep(records: list[Record]) -> None:
        for record in records:
            found[record.student] = _found(record)
            diary.note(record.student, found[record.student])
            done(by_name[record.student])

    with diary:
        for limits, waiting in new.items():
            settings = Settings(str(kit.course.root), kit.day.stem, limits=limits)
            pool = Pool(settings, jobs, partial(lost_record, kit, settings))
            pool.run(waiting, keep)
    return [(trial, found[name]) for name, trial in by_name.items()]


def _found(record: Record) -> Found:
    return Found(
        record.score,
        record.max_score,
        {name: result.points for name, result in record.exercises.items()},
        [
            Missed(test.name, test.verdict, test.message)
            for result in record.exercises.values()
            for test in result.tests
            if test.verdict != "PASS"
        ],
        record.broken,
        record.problem,
        record.notes,
        record.seconds,
    )


class _Diary:
    """What earlier audits found, a JSON line each: `records/.audit/DAY.jsonl`."""

    def __init__(self, course: Course, kit: Kit, perfect: Path) -> None:
        self._path = course.records / ".audit" / f"{kit.day.stem}.jsonl"
        self._state = kit.fingerprint(perfect)
        self._keys: dict[str, str] = {}
        self._known = self._read()

    def _read(self) -> dict[str, Found]:
        known: dict[str, Found] = {}
        if not self._path.is_file():
            return known
        for line in self._path.read_bytes().splitlines():
            try:
                key, found = msgspec.json.decode(line, type=tuple[str, Found])
            except msgspec.MsgspecError:
                continue  # the last line of an audit that was killed
            known[key] = found
        return known

    def look_up(self, job: Job, limits: Limits) -> Found | None:
        key = self._keys[job.student] = _key(self._state, job, limits)
        return self._known.get(key)

    def __enter__(self) -> _Diary:
        """Forget the oldest beyond KEPT, and be ready to write."""
        current = dict([*self._known.items()][-KEPT:])
        lines = b"".join(msgspec.json.encode(pair) + b"\n" for pair in current.items())
        write_atomically(self._path, lines)
        self._file = self._path.open("ab")
        return self

    def note(self, name: str, found: Found) -> None:
        self._file.write(msgspec.json.encode((self._keys[name], found)) + b"\n")
        self._file.flush()

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _key(state: Fingerprint, job: Job, limits: Limits) -> str:
    """Of everything that a result depends on, the processor's speed apart."""
    facts = (state, job.student, job.seed, job.functions, job.only, job.brief, limits)
    return hashlib.blake2b(msgspec.json.encode(facts), digest_size=16).hexdigest()
