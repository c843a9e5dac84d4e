"""`dl30 results`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.common import (
    course_option,
    exit_code,
    find_day,
    show_json,
    show_table,
    show_written,
)
from autograder.errors import Dl30Error, UsageError
from autograder.text import one_line

if TYPE_CHECKING:
    from autograder.grading.records import Outcome, Record


@click.command("results")
@click.argument("day")
@click.option("--student", "students", multiple=True, help="Only this student, test by test.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as a JSON array.")
@course_option
def command(day: str, students: tuple[str, ...], as_json: bool, course_folder: Path | None) -> None:
    """Show the records of DAY. With --student, every test with its verdict and message.

    Exit code 1 when some were broken or unreadable, or when nothing is graded yet.
    """
    from autograder.grading import records as store
    from autograder.grading.grade import records_folder, submission_path
    from autograder.report.stubs import not_started

    course, chosen = find_day(course_folder, day)
    folder = records_folder(course, chosen)
    names = sorted(path.stem for path in folder.glob("*.json"))
    if not names:
        raise Dl30Error("nothing is graded yet", where=folder, todo=f"run `dl30 grade {day}`")
    missing = sorted(set(students) - set(names))
    if missing:
        shown = ", ".join(one_line(name, 60) for name in missing)
        raise UsageError(f"no result of {chosen.stem} for {shown}", where=folder)
    wanted = [name for name in names if not students or name in students]
    found = [record for name in wanted if (record := store.read(folder, name))]
    for name in sorted({*wanted} - {record.student for record in found}):
        click.echo(f"dl30: {folder / name}.json: is no record that can be read", err=True)
    if as_json:
        show_json(found)
    else:
        show_table(found)
        show_written(chosen)
        for record in found if students else []:
            _show_tests(record, not_started(course, chosen, record))
        _show_broken(found)
    gone = [r for r in found if not submission_path(course, chosen, r.student).exists()]
    if gone and not as_json:
        who = ", ".join(record.student for record in gone)
        click.echo(f"\nno longer in {course.submitted.name}/: {who}")
    raise click.exceptions.Exit(exit_code([record for record in found if record not in gone]))


def _show_tests(record: Record, not_started: Collection[str]) -> None:
    """Every test; of an exercise that was left as it was given out one line."""
    for note in record.notes:
        click.echo(f"\nnote on {record.student}: {note}")
    for name, result in record.exercises.items():
        head = f"\n{record.student}  {name}  {result.points:g} of {result.max_points:g}"
        if name in not_started:
            click.echo(f"{head}  not started")
        else:
            _show_exercise(head, result.tests)


def _show_exercise(head: str, tests: Sequence[Outcome]) -> None:
    """Where all tests fail with one and the same message, that is said once, above them."""
    same = len(tests) > 1 and len({(test.verdict, test.message) for test in tests}) == 1
    shared = same and tests[0].verdict == "FAIL"
    click.echo(f"{head}  each of {len(tests)} tests says" if shared else head)
    if shared:
        _show_message(tests[0].message)
    for test in tests:
        click.echo(f"  {test.verdict:<6} {test.sentence}")
        if test.verdict != "PASS":
            click.echo(f"         ({test.name})")
        if not shared:
            _show_message(test.message)


def _show_message(message: str) -> None:
    for line in message.splitlines():
        click.echo(f"         {line}")


def _show_broken(records: Sequence[Record]) -> None:
    """For the instructor: where a hidden test itself went wrong, told once for each test."""
    faults = {name: text for record in records for name, text in record.broken.items()}
    for name, text in faults.items():
        click.echo(f"\nbroken hidden test {name}:\n{text}", err=True)
