"""`dl30 export`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.common import course_option, find_course
from autograder.errors import UsageError
from autograder.text import plural

if TYPE_CHECKING:
    from autograder.course import Course, Day
    from autograder.instructor.tables import Table
    from autograder.instructor.totals import Column, Totals

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("export")
@click.argument("days", metavar="[DAY]...", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every day that is in the gradebook.")
@click.option("--csv", type=_FILE, metavar="FILE", help="A table for a spreadsheet.")
@click.option("--canvas", type=_FILE, metavar="FILE", help="For Canvas: Grades, Import.")
@click.option(
    "--roster",
    type=_FILE,
    metavar="FILE",
    help="What Canvas exported (Grades, Export): its identifiers and columns are kept.",
)
@click.option("--moodle", type=_FILE, metavar="FILE", help="For Moodle: Grades, Import, CSV file.")
@click.option(
    "--gradescope",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="FOLDER/STUDENT/results.json, as Gradescope's autograders write it.",
)
@click.option("--partial", is_flag=True, help="Count what there is of who waits to be marked.")
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
@course_option
def command(
    days: tuple[str, ...],
    every: bool,
    csv: Path | None,
    canvas: Path | None,
    roster: Path | None,
    moodle: Path | None,
    gradescope: Path | None,
    partial: bool,
    force: bool,
    course_folder: Path | None,
) -> None:
    """Write the scores of DAY for other programs, from nbgrader's gradebook.

    Marks by hand and late penalties are in them. Who waits to be marked by hand has an empty place
    unless --partial is given. Exit code 1 when somebody's score was left out.
    """
    from autograder.instructor import tables, totals

    _check(days, every, [csv, canvas, moodle, gradescope], roster, canvas)
    targets = [path for path in (csv, canvas, moodle) if path is not None]
    _check_places(targets, gradescope, force)
    course = find_course(course_folder)
    chosen = _entered(course) if every else [course.day(text) for text in dict.fromkeys(days)]
    found = totals.read(course, chosen, partial=partial)
    made: list[tuple[Path, Table]] = []
    if csv is not None:
        made.append((csv, tables.spreadsheet(found)))
    if canvas is not None:
        table = tables.canvas_like(found, roster) if roster else tables.canvas(found)
        made.append((canvas, table))
    if moodle is not None:
        made.append((moodle, tables.moodle(found)))
    left_out = [_write(path, table) for path, table in made]
    if gradescope is not None:
        left_out.append(_write_gradescope(course, found, gradescope))
    _say_who_waits(found.columns, partial)
    _say_what_is_out_of_date(course, found.columns)
    raise click.exceptions.Exit(1 if any(left_out) else 0)


def _check(
    days: Sequence[str],
    every: bool,
    targets: Sequence[Path | None],
    roster: Path | None,
    canvas: Path | None,
) -> None:
    if bool(days) == every:
        raise UsageError("which day?", todo="dl30 export DAY ..., or dl30 export --all ...")
    if not any(targets):
        todo = "--csv FILE, --canvas FILE, --moodle FILE or --gradescope FOLDER"
        raise UsageError("for which program?", todo=todo)
    if roster is not None and canvas is None:
        raise UsageError("--roster is for --canvas")


def _check_places(files: Sequence[Path], folder: Path | None, force: bool) -> None:
    """Before anything is written."""
    there = [path for path in files if path.exists()]
    if folder is not None and folder.is_dir() and any(folder.iterdir()):
        there.append(folder)
    if there and not force:
        raise UsageError("there is something here already", where=there[0], todo="--force")
    for path in files:
        if not path.absolute().parent.is_dir():
            raise UsageError("there is no such folder", where=path.absolute().parent)


def _entered(course: Course) -> list[Day]:
    from autograder.errors import Dl30Error
    from autograder.instructor import deadlines

    known = {deadline.day for deadline in deadlines.read(course, course.days())}
    if not known:
        todo = "dl30 release DAY"
        raise Dl30Error("no day is in the gradebook yet", where=course.root, todo=todo)
    return [day for day in course.days() if day.stem in known]


def _write(path: Path, table: Table) -> bool:
    """Whether somebody was left out."""
    from autograder.grading.records import write_atomically

    write_atomically(path, table.content)
    click.echo(f"{path}: {plural(table.rows, 'row')}")
    for remark in table.remarks:
        click.echo(f"  {remark}")
    return _say_who_is_left_out(path, table.left_out)


def _say_who_is_left_out(path: Path, left_out: dict[str, str]) -> bool:
    from autograder.text import one_line

    for student, why in left_out.items():
        click.echo(
            f"dl30: {path}: left out {one_line(student, 60)}: {one_line(why, 100)}", err=True
        )
    return bool(left_out)


def _write_gradescope(course: Course, found: Totals, folder: Path) -> bool:
    from autograder.grading import records
    from autograder.grading.grade import records_folder
    from autograder.instructor import gradescope

    left_out: dict[str, str] = {}
    count = 0
    for column in found.columns:
        place = folder / column.day.stem if len(found.columns) > 1 else folder
        for student, sheet in sorted(column.sheets.items()):
            if column.score(student) is None:
                continue
            record = records.read(records_folder(course, column.day), student)
            if record is None or not gradescope.stored(record, sheet):
                left_out[student] = f"its result of {column.day.stem} is not stored: dl30 grade"
                continue
            content = gradescope.results(record, sheet)
            records.write_atomically(place / record.student / "results.json", content, sync=False)
            count += 1
    click.echo(f"{folder}: {plural(count, 'file')}")
    return _say_who_is_left_out(folder, left_out)


def _say_who_waits(columns: Sequence[Column], partial: bool) -> None:
    for column in columns:
        if waiting := column.waiting():
            counted = "counted as they are" if partial else "left empty; --partial counts them"
            names = ", ".join(waiting[:20]) + (", …" if len(waiting) > 20 else "")
            wait = "waits" if len(waiting) == 1 else "wait"
            wait = f"{len(waiting)} {wait} to be marked by hand ({counted})"
            click.echo(f"{column.day.stem}: {wait}: {names}")


def _say_what_is_out_of_date(course: Course, columns: Sequence[Column]) -> None:
    """Late penalties of scores that were marked since, and submissions without a result."""
    from autograder.instructor import deadlines, totals

    for column in columns:
        day = column.day
        if count := len(deadlines.stale_penalties(course, day)):
            what = "1 late penalty is" if count == 1 else f"{count} late penalties are"
            todo = f"`dl30 deadline {day.number} --penalties`, then once more"
            click.echo(f"{day.stem}: {what} out of date: {todo}")
        for status, students in totals.without_result(course, column).items():
            click.echo(f"{day.stem}: {status}, and not in it: {', '.join(students)}")
