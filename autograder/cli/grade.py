"""`dl30 grade`."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.common import (
    course_option,
    exit_code,
    find_day,
    jobs_option,
    no_jail_option,
    show_json,
    show_table,
    show_written,
    students_option,
    summary,
)
from autograder.cli.pace import Pace

if TYPE_CHECKING:
    from autograder.course import Course
    from autograder.grading.grade import Options, Plan
    from autograder.grading.records import Record

UNJAILED = (
    "warning: --no-jail: student code runs with your rights and can read and change your files; "
    "every record says so"
)


@click.command("grade")
@click.argument("day")
@students_option
@jobs_option
@click.option("--force", is_flag=True, help="Grade again what is graded and unchanged.")
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), help="The seed of a record, to replay it."
)
@no_jail_option
@click.option(
    "--scheduler",
    metavar="URL",
    default="",
    help="Have a Dask cluster do it, such as tcp://host:8786; --jobs is of no matter then.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the results as a JSON array.")
@course_option
def command(
    day: str,
    students: tuple[str, ...],
    jobs: int,
    force: bool,
    seed: int | None,
    no_jail: bool,
    scheduler: str,
    as_json: bool,
    course_folder: Path | None,
) -> None:
    """Grade the submissions of DAY and store the scores in nbgrader's gradebook.

    What is graded and unchanged is left alone, so an interrupted run goes on where it was.

    Exit code 0 when every submission was graded, 1 when some were broken or unreadable, 2 for wrong
    usage, 3 when the course or the machine is at fault.
    """
    from autograder.grading import grade
    from autograder.grading.room import affordable
    from autograder.grading.storing import Storing

    course, chosen = find_day(course_folder, day)
    if no_jail:
        click.echo(UNJAILED, err=True)
    at_once = jobs if scheduler else affordable(jobs)
    options = grade.Options(students, at_once, force, not no_jail, seed, scheduler=scheduler)
    plan = grade.plan(course, chosen, options)
    for refused in plan.refused:
        click.echo(f"dl30: {refused}", err=True)
    if at_once < min(jobs, len(plan.jobs)):
        click.echo(f"dl30: {at_once} at once, not {jobs}: there is no memory for more", err=True)
    storing = Storing(plan.kit, again=force)
    with kept_when_interrupted():
        with storing.running():
            records = grade_with_progress(plan, options, storing.add)
        if as_json:
            show_json(list(grade.in_full(plan.kit, records)))
        else:
            show_table(records)
            show_written(chosen)
        stored = storing.finish(records)
    if not as_json:
        _say_what_was_stored(records, stored, course)
    raise click.exceptions.Exit(1 if plan.refused else exit_code(records))


def grade_with_progress(
    plan: Plan, options: Options, kept: Callable[[Record], None] = lambda record: None
) -> list[Record]:
    """Grade what the plan says and show how it goes; `kept` is told of each record too."""
    from autograder.grading.grade import carry_out

    total = len(plan.jobs)
    known = f", {len(plan.current)} unchanged" if plan.current else ""
    click.echo(f"{plan.kit.day.stem}: {total} to grade{known}", err=True)
    if not total:
        return carry_out(plan, options, lambda record: None)
    if sys.stderr.isatty():
        return _with_bar(plan, options, kept)
    show = _lines(total)

    def done(record: Record) -> None:
        kept(record)
        show(record)

    return carry_out(plan, options, done)


@contextlib.contextmanager
def kept_when_interrupted() -> Iterator[None]:
    """End in one line where Ctrl-C is pressed."""
    try:
        yield
    except KeyboardInterrupt:
        advice = "what was graded is kept; the same command, without --force, goes on"
        click.echo(f"interrupted: {advice}", err=True)
        raise click.exceptions.Exit(130) from None


def _with_bar(plan: Plan, options: Options, kept: Callable[[Record], None]) -> list[Record]:
    from autograder.grading.grade import carry_out

    pace = Pace()

    def shown(record: Record | None) -> str:
        return f"{pace.rate(bar.pos)}  {record.student}" if record else ""

    with click.progressbar(
        length=len(plan.jobs), label="grading", file=sys.stderr, item_show_func=shown
    ) as bar:

        def done(record: Record) -> None:
            kept(record)
            bar.update(1, record)

        return carry_out(plan, options, done)


def _lines(total: int) -> Callable[[Record], None]:
    count, pace = 0, Pace()

    def show(record: Record) -> None:
        nonlocal count
        count += 1
        score = "" if record.score is None else f"{record.score:g} of {record.max_score:g}, "
        click.echo(f"{count}/{total} {record.student}: {score}{summary(record)}", err=True)
        if pace.is_time() and count < total:
            click.echo(pace.words(count, total), err=True)

    return show


def _say_what_was_stored(records: Sequence[Record], stored: Sequence[str], course: Course) -> None:
    from autograder.grading.gradebook import place

    gradebook = place(course).rpartition("/")[2]
    unchanged = sum(record.status == "graded" for record in records) - len(stored)
    was = f", {unchanged} stood there already" if unchanged else ""
    click.echo(f"{gradebook}: {len(stored)} stored{was}")
