"""`dl30 new-day`."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.cli.common import course_option, find_course


@click.command("new-day")
@click.argument("number")
@click.argument("name")
@click.option("--title", default="", help="The notebook's title (default: NAME in words).")
@course_option
def command(number: str, name: str, title: str, course_folder: Path | None) -> None:
    """Make the skeleton of a new day, for example `dl30 new-day 29 gan`.

    One small exercise shows where everything goes; what is to be written is marked TODO. It can be
    released and graded at once, and `dl30 audit` says what is missing until nothing is.
    """
    from autograder.release import release
    from autograder.skeleton import create

    course = find_course(course_folder)
    day, files = create(course, number, name, title)
    release(course, day)
    for path in [*files, day.release_notebook]:
        click.echo(f"made {path.relative_to(course.root)}")
    click.echo(f"next: `dl30 audit {day.number}` says what is missing; see CONTRIBUTING.md")
