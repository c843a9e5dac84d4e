"""What several commands share: the course option and the way results are shown."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from autograder.course import Course, Day
    from autograder.grading.records import Record

F = TypeVar("F", bound=Callable[..., Any])


def course_option(function: F) -> F:
    """The option --course, given on as `course_folder`."""
    return click.option(
        "--course",
        "course_folder",
        type=click.Path(file_okay=False, path_type=Path),
        help="The course's folder (default: the one around the working directory).",
    )(function)


def students_option(function: F) -> F:
    """The option --student, given on as `students`."""
    help_ = "Only this student; may be repeated."
    return click.option("--student", "students", multiple=True, help=help_)(function)


def jobs_option(function: F) -> F:
    """The option --jobs, given on as `jobs`."""
    return click.option(
        "--jobs",
        type=click.IntRange(1, 256),
        default=os.cpu_count() or 1,
        show_default=True,
        help="How many submissions at once.",
    )(function)


def no_jail_option(function: F) -> F:
    """The option --no-jail, given on as `no_jail`."""
    help_ = "Run student code without a jail. Only if you trust it."
    return click.option("--no-jail", is_flag=True, help=help_)(function)


def find_course(folder: Path | None) -> Course:
    from autograder.course import Course

    return Course.find(Path.cwd(), folder)


def find_day(folder: Path | None, text: str) -> tuple[Course, Day]:
    course = find_course(folder)
    return course, course.day(text)


def as_plain(record: Record) -> dict[str, Any]:
    """A record as `--json` prints it."""
    return {
        "student": record.student,
        "day": record.day,
        "status": record.status,
        "score": record.score,
        "max_score": record.max_score,
        "exercises": {
            name: {
                "points": result.points,
                "max_points": result.max_points,
                "tests": [
                    {
                        "name": test.name,
                        "verdict": test.verdict,
                        "message": test.message,
                        "seconds": test.seconds,
                    }
                    for test in result.tests
                ],
            }
            for name, result in record.exercises.items()
        },
        "jailed": record.jailed,
        "protections": record.protections,
        "seed": record.seed,
        "problem": record.problem,
        "notes": record.notes,
    }


def show_json(records: Sequence[Record]) -> None:
    import json

    click.echo(json.dumps([as_plain(record) for record in records], indent=2, ensure_ascii=False))


def show_table(records: Sequence[Record]) -> None:
    """One line a student: score, bar, and what to know; then what went wrong on our side."""
    width = max([len(record.student) for record in records] + [7])
    click.echo(f"{'student':<{width}}  {'score':>6}  {'of':>5}  {'':10}  what to know")
    for record in records:
        score = "-" if record.score is None else f"{record.score:g}"
        line = f"{record.student:<{width}}  {score:>6}  {record.max_score:>5g}  {_bar(record)}  "
        click.echo((line + summary(record)).rstrip())


def show_written(day: Day) -> None:
    """What the scores above leave out: the questions that a person marks."""
    written = day.written()
    if written:
        points = sum(question.points for question in written)
        word = "question" if len(written) == 1 else "questions"
        click.echo(
            f"{'':9}+ {points:g} points for {len(written)} written {word}, marked by hand "
            "in the formgrader"
        )


def _bar(record: Record) -> str:
    share = (record.score or 0) / record.max_score if record.max_score else 0
    full = round(10 * share)
    return "█" * full + "·" * (10 - full)


def summary(record: Record) -> str:
    """What a teacher wants to know of a submission at a glance."""
    if record.status != "graded":
        return f"{record.status}: {record.problem}"
    lost = [
        f"{name} {result.points:g}/{result.max_points:g}"
        for name, result in record.exercises.items()
        if result.points < result.max_points
    ]
    if len(lost) == len(record.exercises) and not record.score:
        lost = ["nothing works yet"]
    warnings = [] if record.jailed else ["graded without a jail"]
    count = len(record.notes)
    notes = [f"{count} note{'s' if count > 1 else ''}"] if count else []
    return ", ".join([*lost, *warnings, *notes]) or "all exercises right"


def exit_code(records: Sequence[Record]) -> int:
    return 0 if all(record.status == "graded" for record in records) else 1
