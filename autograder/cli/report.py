"""`dl30 report`."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograder.cli.common import course_option, exit_code, find_course

if TYPE_CHECKING:
    from autograder.course import Course
    from autograder.report.gather import Material


@dataclass(frozen=True)
class Made:
    """A report: its page, where that goes unless it is told, lines for a terminal, figures."""

    page: bytes
    place: Path
    lines: list[str]
    figures: dict[str, Any]
    code: int


@click.command("report")
@click.argument("day", required=False)
@click.option(
    "--html",
    "place",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the page there (default: reports/DAY.html in the course).",
)
@click.option("--open", "opened", is_flag=True, help="Show the page in a browser.")
@click.option("--json", "as_json", is_flag=True, help="Print all figures as a JSON object instead.")
@course_option
def command(
    day: str | None, place: Path | None, opened: bool, as_json: bool, course_folder: Path | None
) -> None:
    """Say what the class's results mean: those of DAY, or of the course so far.

    Writes one HTML page that needs no network, and prints a table. It names students: it is for
    teachers. Nothing is graded for it; with --json no page is written unless one is asked for.

    Exit code 1 when some were broken or unreadable, or when nothing is graded yet.
    """
    from autograder.report import page as pages

    course = find_course(course_folder)
    made = _of_course(course) if day is None else _of_day(course, day)
    where = place or made.place
    if not as_json or place or opened:
        pages.write(where, made.page)
    if as_json:
        show_figures(made.figures)
    else:
        for line in [*made.lines, "", f"{where}: {len(made.page) / 1000:,.0f} kB"]:
            click.echo(line)
    if opened:
        _show(where)
    raise click.exceptions.Exit(made.code)


def _of_day(course: Course, text: str) -> Made:
    from autograder.report import gather, page, told
    from autograder.report.day import figures
    from autograder.report.likeness.find import likeness

    day = course.day(text)
    material = gather.material(course, day)
    book, fault = gather.book_of(course)
    _say(fault)
    found = figures(material, book)
    alike = likeness(course, day, [record.student for record in material.records])
    return Made(
        page.day_page(found, alike, fault, datetime.datetime.now()),
        course.root / "reports" / f"{day.stem}.html",
        told.day_lines(found, alike),
        told.day_data(found, alike),
        _code([material]),
    )


def _of_course(course: Course) -> Made:
    from autograder.report import gather, page, told
    from autograder.report.progress import course_figures

    materials = gather.materials(course)
    book, fault = gather.book_of(course)
    _say(fault)
    found = course_figures(materials, book)
    return Made(
        page.course_page(found, fault, datetime.datetime.now()),
        course.root / "reports" / "course.html",
        told.course_lines(found),
        told.course_data(found),
        _code(materials),
    )


def _say(fault: str) -> None:
    if fault:
        click.echo(f"dl30: {fault}; the report goes without it", err=True)


def _code(materials: Iterable[Material]) -> int:
    """As `dl30 results` ends: submissions that are no longer there are nobody's concern."""
    return max(
        exit_code([r for r in material.records if r.student not in material.gone])
        for material in materials
    )


def show_figures(figures: dict[str, Any]) -> None:
    import json

    click.echo(json.dumps(figures, indent=2, ensure_ascii=False))


def _show(path: Path) -> None:
    import webbrowser

    if not webbrowser.open(path.absolute().as_uri()):
        click.echo(f"dl30: no browser can be opened here; the page is {path}", err=True)
