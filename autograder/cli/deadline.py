"""`dl30 deadline`."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.common import course_option, find_course
from autograder.errors import UsageError

if TYPE_CHECKING:
    from autograder.course import Day
    from autograder.grading.penalties import Change
    from autograder.instructor.deadlines import Deadline


@click.command("deadline")
@click.argument("day", required=False)
@click.argument("when", required=False)
@click.option("--student", metavar="NAME", help="Only for this student: an extension.")
@click.option("--none", "take_away", is_flag=True, help="Take the deadline or extension away.")
@click.option("--penalties", is_flag=True, help="Only set the late penalties of DAY right.")
@click.option(
    "--timezone", metavar="ZONE", help="Such as Europe/Berlin (default: the machine's own)."
)
@course_option
def command(
    day: str | None,
    when: str | None,
    student: str | None,
    take_away: bool,
    penalties: bool,
    timezone: str | None,
    course_folder: Path | None,
) -> None:
    """Show or set when DAY is due, for all or for one student.

    WHEN is a date and a time of day, such as "2026-12-01 23:59". Without it deadlines are shown, of
    all days where none is named. The late penalties of what is stored are set right at once.
    """
    from autograder.instructor import deadlines, times

    _check(day, when, student, take_away, penalties)
    course, zone = find_course(course_folder), times.zone(timezone)
    if day is None:
        _show_all(deadlines.read(course, course.days()), course.days(), zone)
        return
    chosen = course.day(day)
    if when is None and not take_away and not penalties:
        _show(deadlines.read_one(course, chosen), zone)
        return
    moment = times.parse(when, zone) if when is not None else None
    if penalties:
        changes = deadlines.refresh(course, chosen)
    elif student is not None:
        changes = deadlines.extend(course, chosen, student, moment)
    else:
        changes = deadlines.set_due(course, chosen, moment)
    _show(deadlines.read_one(course, chosen), zone)
    _show_changes(changes, chosen)


def _check(
    day: str | None, when: str | None, student: str | None, take_away: bool, penalties: bool
) -> None:
    if day is None and (student is not None or take_away or penalties):
        raise UsageError("which day?", todo="dl30 deadline DAY ...")
    if (when is not None) + take_away + penalties > 1:
        raise UsageError("WHEN, --none and --penalties exclude one another")
    if student is not None and when is None and not take_away:
        todo = f'dl30 deadline {day} "2026-12-03 23:59" --student {student}, or --none'
        raise UsageError("until when?", todo=todo)
    if student is not None and penalties:
        raise UsageError("--penalties is for all students of the day")


def _show_all(found: Sequence[Deadline], days: Sequence[Day], zone: datetime.tzinfo | None) -> None:
    from autograder.instructor.times import show

    known = {deadline.day: deadline for deadline in found}
    click.echo(f"{'day':<24} {'due':<27} extensions")
    for day in days:
        deadline = known.get(day.stem)
        due = "not in the gradebook" if deadline is None else "-"
        if deadline and deadline.due:
            due = show(deadline.due, zone)
        count = len(deadline.extensions) if deadline else 0
        click.echo(f"{day.stem:<24} {due:<27} {count or ''}".rstrip())


def _show(deadline: Deadline, zone: datetime.tzinfo | None) -> None:
    from autograder.instructor.times import length, show

    due = deadline.due
    click.echo(f"{deadline.day}: " + (f"due {show(due, zone)}" if due else "no due date"))
    for student, time in deadline.extensions.items():
        until = f"until {show(due + time, zone)}, " if due else ""
        stamp = deadline.handed_in.get(student)
        there = f", handed in {show(stamp, zone)}" if stamp else ""
        click.echo(f"  {student}: {until}{length(time)} more{there}")


def _show_changes(changes: Sequence[Change], day: Day) -> None:
    if not changes:
        click.echo("no late penalty changed")
        return
    click.echo("late penalties:")
    for change in changes:
        by = change.after - change.before
        click.echo(
            f"  {change.student}: {change.before:g} -> {change.after:g} points off ({by:+g})"
        )
    click.echo(f"their feedback is out of date: nbgrader generate_feedback {day.stem}")
