"""What the trials of a day prove, and what not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from autograder import leaks, variants
from autograder.audit import checklist
from autograder.audit.offenders import MILD
from autograder.audit.trials import Found, Kind, Trial, carry_out, trials
from autograder.course import Course, Day
from autograder.errors import UsageError

MIN_KILLED = 0.97
Results = Sequence[tuple[Trial, Found]]


class Count(msgspec.Struct, frozen=True):
    """So many of a kind ended as they should."""

    good: int
    total: int

    @property
    def complete(self) -> bool:
        return self.good == self.total


class Survivor(msgspec.Struct, frozen=True):
    """A mutant that got full marks. `because` says why no test can tell it from the reference."""

    exercise: str
    function: str
    line: int
    before: str
    after: str
    because: str


class ExerciseFacts(msgspec.Struct, frozen=True):
    name: str
    minutes: int
    difficulty: int
    points: float
    hints: int


class DayAudit(msgspec.Struct, frozen=True):
    """`problems` are sentences; there are none when everything that an audit asks for holds.

    `seconds` is the wall time that the hidden tests take on the reference, the median of its runs.
    """

    day: str
    reference: Count
    blank: Count
    wrong: Count
    right: Count
    offenders: Count
    mutants: Count
    survivors: list[Survivor]
    released: bool
    exercises: list[ExerciseFacts]
    seconds: float
    problems: list[str]

    @property
    def passed(self) -> bool:
        return not self.problems


def audit(
    course: Course,
    day: Day,
    *,
    jobs: int,
    exercise: str = "",
    planned: Callable[[int], None] = lambda count: None,
    done: Callable[[Trial], None] = lambda trial: None,
) -> DayAudit:
    """Try the day's grading on everything, or on what concerns one exercise.

    `planned` is told how many trials there are, `done` of each that has its result. Raises
    CourseError when the day cannot be graded at all.
    """
    day.check()
    names = [item.name for item in day.exercises()]
    if exercise and exercise not in names:
        raise UsageError(f"no exercise {exercise}", where=day.stem, todo=", ".join(names))
    todo = trials(course, day, exercise)
    planned(len(todo))
    return _conclude(course, day, carry_out(course, day, todo, jobs, done), exercise)


def _conclude(course: Course, day: Day, results: Results, exercise: str) -> DayAudit:
    points = {item.name: item.points for item in day.exercises()}
    survivors = _survivors(day, results, points)
    cards = [card for card in checklist.cards(day) if exercise in ("", card.name)]
    release = leaks.check(course, day)
    seconds = sorted(found.seconds for trial, found in results if trial.kind == "reference")

    def count(kind: Kind) -> Count:
        mine = [(trial, found) for trial, found in results if trial.kind == kind]
        return Count(sum(not _fault(*pair, points) for pair in mine), len(mine))

    killed = count("mutant")
    return DayAudit(
        day.stem,
        reference=count("reference"),
        blank=count("blank"),
        wrong=count("wrong"),
        right=count("right"),
        offenders=count("offender"),
        mutants=killed,
        survivors=survivors,
        released=not release,
        exercises=[
            ExerciseFacts(card.name, card.minutes, card.difficulty, card.points, card.hints)
            for card in cards
        ],
        seconds=seconds[len(seconds) // 2],
        problems=[
            *_trial_problems(results, points),
            *_variant_problems(results, list(points), exercise),
            *_mutant_problems(day, survivors, killed, exercise),
            *release,
            *(f"{card.name}: {problem}" for card in cards for problem in card.problems),
            *checklist.day_problems(day),
        ],
    )


def _fault(trial: Trial, found: Found, points: dict[str, float]) -> str:
    """Why the trial did not end as it should; empty when it did."""
    if found.broken or found.problem:
        return f"BROKEN: {found.problem or next(iter(found.broken))}"
    lost = [name for name, most in points.items() if found.points.get(name, 0) < most]
    match trial.kind:
        case "reference" | "right":
            return f"lost points in {', '.join(lost)}" if lost else ""
        case "blank":
            return f"got {found.score:g} points" if found.score else ""
        case "offender" if trial.name.endswith(MILD):
            return "" if trial.exercise in lost else f"got full marks in {trial.exercise}"
        case "offender":
            return "got points" if found.points[trial.exercise] else ""
        case _:
            return "" if trial.exercise in lost else f"got full marks in {trial.exercise}"


def _trial_problems(results: Results, points: dict[str, float]) -> Iterator[str]:
    for trial, found in results:
        fault = _fault(trial, found, points)
        if fault and (trial.kind != "mutant" or fault.startswith("BROKEN")):
            line = f" ({trial.mutant.before} → {trial.mutant.after})" if trial.mutant else ""
            details = [f"{m.test}: {m.message}" for m in found.missed if trial.kind != "offender"]
            shown = "".join(f"\n    {text}" for text in details[:4])
            broken = "".join(f"\n{name}:\n{text}" for name, text in [*found.broken.items()][:1])
            yield f"{trial.kind} {trial.name}{line}: {fault}{shown}{broken}"


def _variant_problems(results: Results, exercises: list[str], exercise: str) -> Iterator[str]:
    wrong = {trial.exercise for trial, _ in results if trial.kind == "wrong"}
    right = {trial.exercise for trial, _ in results if trial.kind == "right"}
    for name in exercises:
        if exercise in ("", name):
            if name not in wrong:
                yield f"{name}: no wrong variant shows that its tests catch a mistake"
            if name not in right:
                yield f"{name}: no right variant shows that its tests let other ways pass"
    for name in sorted((wrong | right) - set(exercises)):
        yield f"variants of an unknown exercise {name}"


def _survivors(day: Day, results: Results, points: dict[str, float]) -> list[Survivor]:
    reasons = {
        (known.function, known.before, known.after): known.because
        for known in variants.load_equivalents(day.variants)
    }
    return [
        Survivor(
            trial.exercise, m.function, m.line, m.before, m.after,
            reasons.get((m.function, m.before, m.after), ""),
        )
        for trial, found in results
        if (m := trial.mutant) and _fault(trial, found, points).startswith("got")
    ]  # fmt: skip


def _mutant_problems(
    day: Day, survivors: Sequence[Survivor], killed: Count, exercise: str
) -> Iterator[str]:
    for one in survivors:
        if not one.because:
            yield (
                f"solutions/{day.solution.name}, line {one.line}: {one.exercise} gives full marks "
                f"to `{one.after}` for `{one.before}`; test for it, or explain it with equivalent()"
            )
    if killed.total and killed.good < MIN_KILLED * killed.total:
        yield f"only {killed.good} of {killed.total} mutants are killed, under {MIN_KILLED:.0%}"
    alive = {(one.function, one.before, one.after) for one in survivors}
    for known in variants.load_equivalents(day.variants) if not exercise else []:
        if (known.function, known.before, known.after) not in alive:
            yield (
                f"{day.variants.relative_to(day.root)}: explains `{known.after}` in "
                f"{known.function}, and no such mutant is alive"
            )


def as_plain(found: DayAudit) -> dict[str, Any]:
    """An audit as `--json` prints it."""
    plain: dict[str, Any] = msgspec.to_builtins(found)
    return {"day": found.day, "passed": found.passed} | plain
