"""`dl30 release`."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.cli.common import course_option, find_course
from autograder.errors import UsageError


@click.command("release")
@click.argument("day", required=False)
@click.option("--check", is_flag=True, help="Change nothing; fail if a release drifted or leaks.")
@course_option
def command(day: str | None, check: bool, course_folder: Path | None) -> None:
    """Make the students' notebook of DAY from its source, as nbgrader's Generate button does.

    With --check, of DAY or of every day: compare release/ with its source and look for solution
    lines, hidden tests and stray files in it. Each problem is one line that names file and cell;
    exit 3.
    """
    course = find_course(course_folder)
    if day is None and not check:
        raise UsageError("which day?", todo="dl30 release DAY, or dl30 release --check")
    days = [course.day(day)] if day else course.days()
    from autograder import leaks, release

    if not check:
        for chosen in days:
            release.release(course, chosen)
            click.echo(f"released {chosen.release_notebook.relative_to(course.root)}")
        return
    problems = [problem for chosen in days for problem in leaks.check(course, chosen)]
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise click.exceptions.Exit(3)
    click.echo(f"{len(days)} released day{'s' if len(days) != 1 else ''} clean and current")
