"""`dl30 quiz lint`, `schema` and `list`: the decks themselves."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.quiz_common import Places, data_option
from autograder.errors import CourseError, DeckError

if TYPE_CHECKING:
    from autograder.quiz.deck import Deck


@click.command("lint")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--keep-ids", is_flag=True, help="Add new ids to the list of those ever used.")
@data_option
def lint(files: tuple[Path, ...], keep_ids: bool, places: Places) -> None:
    """Prove FILES, or all decks: metadata, options, variants, code, rubrics, links and ids.

    Exit code 3 when there is something to put right.
    """
    from autograder.quiz.deck import Deck
    from autograder.quiz.library import BUNDLED, deck_files
    from autograder.quiz.lint import Problem, check_decks, check_ids, with_new_ids

    decks, problems = [], []
    for path in files or deck_files(places.decks):
        try:
            decks.append(Deck.read(path))
        except DeckError as error:
            problems.append(str(error))
    elsewhere = {name for deck in _others(files, places) for name in deck}
    exercises = _exercises()
    found: list[Problem] = []
    found += check_decks(decks, known_ids=elsewhere, exercises=exercises, after_question=_progress)
    ids_file = BUNDLED / "ids.txt"
    kept = ids_file.read_text(encoding="utf-8") if ids_file.exists() else ""
    bundled = [name for deck in decks for name in deck if deck.path.parent == BUNDLED]
    if not files:
        found += check_ids(kept, {name for deck in decks for name in deck}, ids_file)
        unknown = with_new_ids(kept, bundled).removeprefix(kept).split()
        if keep_ids:
            ids_file.write_text(with_new_ids(kept, bundled), encoding="utf-8")
        elif unknown:
            todo = "run `dl30 quiz lint --keep-ids`"
            problems.append(f"{ids_file}: does not have {', '.join(unknown)} ({todo})")
    problems += [str(problem) for problem in found]
    for problem in problems:
        click.echo(problem)
    count = sum(len(deck) for deck in decks)
    what = f"{len(decks)} deck{'s' * (len(decks) != 1)}, {count} questions"
    if exercises is None:
        click.echo("no course is here: links to exercises were not looked at", err=True)
    if problems:
        raise DeckError(f"{what}, {len(problems)} to put right")
    click.echo(f"{what}: nothing to put right")


def _others(files: tuple[Path, ...], places: Places) -> Iterator[Deck]:
    """The decks that FILES may refer to; one that is at fault is not what is looked at."""
    from autograder.quiz.deck import Deck
    from autograder.quiz.library import deck_files

    looked_at = {path.resolve() for path in files}
    for path in deck_files(places.decks) if files else ():
        if path.resolve() not in looked_at:
            with contextlib.suppress(DeckError):
                yield Deck.read(path)


def _exercises() -> dict[str, set[str]] | None:
    from autograder.course import Course

    try:
        course = Course.find(Path.cwd())
    except CourseError:
        return None
    return {day.stem: {exercise.name for exercise in day.exercises()} for day in course.days()}


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{done} of {of} questions", nl=done == of, err=True)


@click.command("schema")
def schema() -> None:
    """Print the JSON Schema of a question's metadata, the `toml` block of a deck."""
    import json

    import msgspec

    from autograder.quiz.questions import Metadata

    found = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    click.echo(json.dumps(found | msgspec.json.schema(Metadata), indent=2))


@click.command("list")
@click.argument("deck", required=False)
@data_option
def list_(deck: str | None, places: Places) -> None:
    """List the decks, or the questions of DECK with type, difficulty and topic."""
    library = places.library()
    if deck is None:
        for one in library.decks:
            click.echo(f"{one.stem:<24} {len(one):>3} questions  {one.title}")
        return
    for question in library.deck(deck).values():
        level = "*" * question.meta.difficulty
        click.echo(f"{question.id:<36} {question.type:<8} {level:<4} {question.topic}")
