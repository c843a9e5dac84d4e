"""`dl30 demo`."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.common import course_option, find_day, jobs_option, show_table, show_written

if TYPE_CHECKING:
    from autograder.course import Course, Day

SHOWN = "dmitri"


@click.command("demo")
@click.argument("day", default="14")
@click.option("--into", type=click.Path(path_type=Path), help="The scratch folder, to be made.")
@jobs_option
@course_option
def command(day: str, into: Path | None, jobs: int, course_folder: Path | None) -> None:
    """Copy the course to a scratch folder, release DAY, hand in a small class's notebooks, grade
    them.

    Nothing outside the scratch folder is changed. It stays for you to look at.
    """
    from autograder import demo, release

    here, _ = find_day(course_folder, day)
    folder = into or Path(tempfile.mkdtemp(prefix="dl30-demo-")) / "course"
    course = demo.copy_course(here, folder.absolute())
    chosen = course.day(day)
    click.echo(f"The course, copied to {course.root}\n")
    click.echo(f"$ dl30 release {chosen.stem}")
    release.release(course, chosen)
    told = demo.hand_in(course, chosen)
    click.echo(f"\n{len(told)} notebooks handed in:")
    for student, what in told.items():
        click.echo(f"  {student:<8} {what}")
    click.echo(f"\n$ dl30 grade {chosen.stem}")
    _grade(course, chosen, jobs)
    _feedback(course, chosen)
    _point_to_files(course, chosen)


def _grade(course: Course, day: Day, jobs: int) -> None:
    from autograder.cli.grade import grade_with_progress
    from autograder.grading import grade
    from autograder.grading.gradebook import store

    options = grade.Options(jobs=jobs)
    plan = grade.plan(course, day, options)
    records = grade_with_progress(plan, options)
    store(plan.kit, grade.in_full(plan.kit, records))
    click.echo()
    show_table(records)
    show_written(day)


def _feedback(course: Course, day: Day) -> None:
    from autograder.grading.gradebook import feedback

    click.echo(f"\n$ nbgrader generate_feedback {day.stem} --student={SHOWN}")
    feedback(course, day, SHOWN)


def _point_to_files(course: Course, day: Day) -> None:
    page = course.feedback / SHOWN / day.stem / f"{day.stem}.html"
    click.echo("\nLook at:")
    click.echo(f"  gradebook            {course.gradebook}")
    click.echo(f"  feedback of {SHOWN:<8} {page}")
    click.echo(f"  test by test         dl30 results {day.number} --student {SHOWN} "
               f"--course {course.root}")  # fmt: skip
    click.echo(f"  take it away         rm -r {course.root}")
    click.echo(f"  in the formgrader    dl30 lab --course {course.root}")
