"""`dl30 audit`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograder.cli.common import course_option, find_course

if TYPE_CHECKING:
    from autograder.audit.verdict import Count, DayAudit
    from autograder.course import Course, Day


@click.command("audit")
@click.argument("day", required=False)
@click.option("--exercise", help="Only the variants, offenders and mutants of this exercise.")
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    default=os.cpu_count() or 1,
    show_default=True,
    help="How many notebooks at once.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
@course_option
def command(
    day: str | None, exercise: str | None, jobs: int, as_json: bool, course_folder: Path | None
) -> None:
    """Prove that the grading of DAY, or of every day, is right.

    The reference gets every point and the untouched release none; each wrong variant loses points
    in its own exercise, each right one gets all; functions that return nonsense, print a megabyte,
    change their input, exit, spin or fork fail and break nothing; mechanical mutants of the
    reference are caught, and each survivor is explained; the release is clean and current; every
    exercise has minutes, difficulty, hints and a docstring with shapes.

    An interrupted audit goes on where it was, and what has not changed is not tried again.

    Exit code 0 when all of it holds, 3 when something does not.
    """
    from autograder.audit.verdict import as_plain

    course = find_course(course_folder)
    days = [course.day(day)] if day else course.days()
    width = max(len(chosen.stem) for chosen in days)
    found = []
    if not as_json:
        click.echo(_row(width, "day", *_COLUMNS))
    for chosen in days:
        found.append(_with_progress(course, chosen, exercise or "", jobs))
        if not as_json:
            click.echo(_row(width, chosen.stem, *_cells(found[-1])))
    if as_json:
        import json

        click.echo(json.dumps([as_plain(one) for one in found], indent=2, ensure_ascii=False))
    else:
        _show_details(found)
    raise click.exceptions.Exit(0 if all(one.passed for one in found) else 3)


_COLUMNS = ("reference", "blank", "wrong", "right", "offenders", "mutants", "release", "verdict")


def _row(width: int, day: str, *cells: str) -> str:
    sizes = (9, 5, 9, 7, 9, 16, 7, 0)
    shown = "  ".join(f"{cell:>{size}}" for cell, size in zip(cells, sizes, strict=True))
    return f"{day:<{width}}  {shown}".rstrip()


def _cells(found: DayAudit) -> Sequence[str]:
    def share(count: Count) -> str:
        return f"{count.good}/{count.total}"

    part = found.mutants.good / found.mutants.total if found.mutants.total else 1.0
    return (
        "full" if found.reference.complete else share(found.reference),
        "zero" if found.blank.complete else "POINTS",
        share(found.wrong),
        share(found.right),
        share(found.offenders),
        f"{share(found.mutants)} {100 * part:.1f}%",
        "clean" if found.released else "NOT",
        "proved" if found.passed else f"{len(found.problems)} problems",
    )


def _with_progress(course: Course, day: Day, exercise: str, jobs: int) -> DayAudit:
    from autograder.audit.verdict import audit

    if not sys.stderr.isatty():
        return audit(course, day, jobs=jobs, exercise=exercise)
    bar: Any = click.progressbar(length=1, label=day.stem, file=sys.stderr, show_eta=True)

    def planned(count: int) -> None:
        bar.length = count

    done: Callable[[object], None] = lambda trial: bar.update(1)  # noqa: E731
    with bar:
        return audit(course, day, jobs=jobs, exercise=exercise, planned=planned, done=done)


def _show_details(found: Sequence[DayAudit]) -> None:
    for day in found:
        explained = [one for one in day.survivors if one.because]
        if explained:
            click.echo(f"\n{day.day}: mutants that no test can tell from the reference")
        for one in explained:
            click.echo(f"  line {one.line} {one.function}: {one.before} → {one.after}")
            click.echo(f"      {one.because}")
    for day in found:
        if day.problems:
            click.echo(f"\n{day.day}:", err=True)
        for problem in day.problems:
            click.echo(f"  {problem}", err=True)
