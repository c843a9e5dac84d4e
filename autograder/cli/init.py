"""`dl30 init`."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.text import plural

if TYPE_CHECKING:
    from autograder.course import Course, Day


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--from",
    "template",
    metavar="COURSE",
    type=click.Path(file_okay=False, path_type=Path),
    help="The course to copy (default: the one of the clone that dl30 runs from).",
)
@click.option(
    "--students",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A CSV file with the columns id,first_name,last_name,email,lms_user_id; all but id may "
    "be left out.",
)
@click.option(
    "--days",
    metavar="DAYS",
    multiple=True,
    help="Enter only these days into the gradebook, such as 14,18 (default: all).",
)
@click.option(
    "--exchange",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder by which notebooks go out and come in (default: DIR/exchange).",
)
@click.option(
    "--course-id",
    default="dl30",
    show_default=True,
    help="The course's name in gradebook and exchange.",
)
def command(
    folder: Path,
    template: Path | None,
    students: Path | None,
    days: tuple[str, ...],
    exchange: Path | None,
    course_id: str,
) -> None:
    """Make a course folder in DIR: notebooks, solutions, hidden tests, gradebook, exchange.

    Nothing is overwritten, and when something goes wrong nothing is left. Only you can read the
    folder: solutions and hidden tests are in it.
    """
    from autograder.instructor import roster, setting_up

    _check_name(course_id)
    chosen = [part for text in days for part in text.replace(",", " ").split()]
    known = roster.read(students) if students else []
    wishes = setting_up.Wishes(course_id, exchange and exchange.absolute(), chosen, tuple(known))
    course = setting_up.make(
        setting_up.installed_course(template), folder.absolute(), wishes, _show
    )
    there = f"{plural(len(known), 'student')} in the gradebook"
    click.echo(f"made {course.root}: course {course_id}, {there}")
    _warn_of_closed_folders(wishes.exchange)
    _say_what_is_next(course)


def _check_name(course_id: str) -> None:
    from autograder.errors import UsageError

    allowed = course_id.isascii() and course_id.replace("-", "").replace("_", "").isalnum()
    if not allowed or course_id.startswith("-"):
        todo = "letters, digits, - and _, such as dl30-2027"
        raise UsageError("this cannot be a course's name", where="--course-id", todo=todo)


def _show(day: Day, number: int, total: int) -> None:
    click.echo(f"{number}/{total} {day.stem}", err=True)


def _warn_of_closed_folders(exchange: Path | None) -> None:
    from autograder.instructor.exchange import closed_parent

    if exchange is None:
        click.echo("its exchange is for your account alone; others need --exchange elsewhere")
    elif closed := closed_parent(exchange):
        click.echo(
            f"warning: other accounts cannot enter {closed}, and so not the exchange", err=True
        )


def _say_what_is_next(course: Course) -> None:
    released = sorted(path.name for path in (course.root / "release").iterdir())
    click.echo("\nnext:")
    click.echo(f"  cd {shlex.quote(str(course.root))}")
    click.echo(f"  {_program('nbgrader')} release_assignment {released[0]}")
    click.echo(f"  {_program('dl30')} lab")


def _program(name: str) -> str:
    """How to call it: by its path where this environment was never activated."""
    ours = Path(sys.executable).with_name(name)
    found = shutil.which(name)
    return name if found and Path(found).resolve() == ours.resolve() else shlex.quote(str(ours))
