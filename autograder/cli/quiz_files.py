"""`dl30 quiz export` and `import`: decks for and from other programs."""

from __future__ import annotations

import re
from pathlib import Path

import click

from autograder.cli.quiz_common import DECK, Places, data_option
from autograder.errors import UsageError

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("export")
@click.argument("days", nargs=-1, type=DECK)
@click.option("--anki", type=_FILE, help="An Anki package, .apkg (needs the extra `anki`).")
@click.option("--gift", type=_FILE, help="Moodle's GIFT format.")
@click.option("--jupyterquiz", type=_FILE, help="JSON for jupyterquiz.")
@click.option(
    "--variants",
    type=click.IntRange(1, 20),
    default=3,
    show_default=True,
    help="How many draws of each numeric question.",
)
@data_option
def export(
    days: tuple[str, ...],
    anki: Path | None,
    gift: Path | None,
    jupyterquiz: Path | None,
    variants: int,
    places: Places,
) -> None:
    """Write all decks, or those of DAYS, for other programs."""
    from autograder.quiz.exports import drawn, to_gift, to_jupyterquiz, write_anki

    if not (anki or gift or jupyterquiz):
        todo = "give --anki, --gift or --jupyterquiz with a file"
        raise UsageError("nothing says what to write", todo=todo)
    library = places.library()
    decks = [library.deck(day) for day in days] or library.decks
    asked = list(drawn((question for deck in decks for question in deck.values()), variants))
    if anki:
        _say(write_anki(asked, anki), len(asked), anki)
    for path, made in ((gift, to_gift), (jupyterquiz, to_jupyterquiz)):
        if path:
            text, count = made(asked)
            path.write_text(text, encoding="utf-8")
            _say(count, len(asked), path)


def _say(count: int, of: int, path: Path) -> None:
    left = f"; {of - count} left out, which the format has no form for" if count < of else ""
    click.echo(f"{path}: {count} questions{left}")


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", help="The new deck's name (default: the file's).")
@data_option
def import_(file: Path, name: str | None, places: Places) -> None:
    """Make a deck of your own from FILE: GIFT, jupyterquiz JSON, or a deck in Markdown.

    It is written to the folder `decks` of the data folder, and practised like the others.
    """
    from autograder.quiz.deck import Deck
    from autograder.quiz.imports import read_drafts, to_deck

    stem = re.sub(r"[^a-z0-9]+", "_", (name or file.stem).lower()).strip("_") or "imported"
    target = places.decks[1] / f"{stem}.md"
    library = places.library()
    if target.exists() or stem in {deck.stem for deck in library.decks}:
        raise UsageError(f"there is a deck {stem} already", where=target, todo="give --name")
    left: list[str] = []
    if file.suffix == ".md":
        text = file.read_text(encoding="utf-8")
    else:
        drafts, left = read_drafts(file)
        text = to_deck(drafts, name or file.stem, set(library), f"imported from {file.name}")
    deck = Deck.parse(text, target)
    questions = list(deck.values())
    double = sorted(set(deck) & set(library))
    if double:
        raise UsageError(f"the ids {', '.join(double)} are there already", where=file)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    for line in left:
        click.echo(f"left out: {line}", err=True)
    click.echo(f"{target}: {len(questions)} questions. `dl30 quiz lint {target}` looks closer.")
