"""`dl30 days`."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.cli.common import course_option, find_course


@click.command("days")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
@course_option
def command(as_json: bool, course_folder: Path | None) -> None:
    """List the course's days: exercises, points, and how many handed in.

    With --json, an array of objects with number, day, title, exercises, points, released,
    submissions.
    """
    course = find_course(course_folder)
    rows = [
        {
            "number": day.number,
            "day": day.stem,
            "title": day.title,
            "exercises": len(day.exercises()),
            "points": day.max_score,
            "released": day.release_notebook.is_file(),
            "submissions": len(list(course.submitted.glob(f"*/{day.stem}"))),
        }
        for day in course.days()
    ]
    if as_json:
        import json

        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    click.echo(
        f"{'day':<24} {'exercises':>9} {'points':>6} {'released':>8} {'submitted':>9}  title"
    )
    for row in rows:
        click.echo(
            f"{row['day']:<24} {row['exercises']:>9} {row['points']:>6g} "
            f"{'yes' if row['released'] else 'no':>8} {row['submissions']:>9}  {row['title']}"
        )
