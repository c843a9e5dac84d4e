"""`dl30 lab`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.common import course_option

if TYPE_CHECKING:
    from autograder.course import Course


@click.command("lab")
@click.option(
    "--exchange",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder by which notebooks go out and come in (default: what nbgrader is told by "
    "its nbgrader_config.py).",
)
@click.option("--no-browser", is_flag=True, help="Open no browser; the address is printed.")
@click.option("--port", type=click.IntRange(1, 65535), help="This port, or none at all.")
@course_option
@click.argument("more", metavar="[-- JUPYTERLAB...]", nargs=-1, type=click.UNPROCESSED)
def command(
    exchange: Path | None,
    no_browser: bool,
    port: int | None,
    course_folder: Path | None,
    more: tuple[str, ...],
) -> None:
    """Start JupyterLab with nbgrader's extensions.

    In a course it is the instructor's: formgrader and assignment list, the course's folder as its
    root. In any other folder it is a student's: assignment list and Validate.

    What stands behind -- goes to JupyterLab as it is. Nothing is written into your Jupyter
    settings. Ctrl-C, twice, ends it.
    """
    from autograder.instructor import lab

    course = _course(course_folder)
    wishes = lab.Wishes(exchange, not no_browser, port, more)
    start = lab.prepare(Path.cwd(), course, wishes, os.environ)
    for warning in start.warnings:
        click.echo(warning, err=True)
    who = "the instructor's JupyterLab" if course else "a student's JupyterLab"
    click.echo(f"{who} in {start.folder}, exchange {start.exchange}", err=True)
    sys.stdout.flush()
    sys.stderr.flush()
    os.chdir(start.folder)
    os.execve(start.command[0], start.command, dict(start.environment))


def _course(folder: Path | None) -> Course | None:
    """The course around the working directory; None where there is none and none was named."""
    from autograder.course import Course
    from autograder.errors import CourseError

    try:
        return Course.find(Path.cwd(), folder)
    except CourseError:
        if folder is not None:
            raise
        return None
