"""What the quiz commands share: where the learner's data and decks are."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from autograder.quiz.events import AnyEvent
    from autograder.quiz.library import Library
    from autograder.quiz.review_log import ReviewLog
    from autograder.quiz.screen import Screen

F = TypeVar("F", bound=Callable[..., Any])


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def show_data(data: Any) -> None:
    import json

    click.echo(json.dumps(data, indent=2, ensure_ascii=False))


def clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Places:
    """The folder of the learner's data: the review log, and decks of their own."""

    data: Path

    @property
    def log(self) -> Path:
        return self.data / "reviews.jsonl"

    @property
    def decks(self) -> tuple[Path, Path]:
        from autograder.quiz.library import BUNDLED

        return BUNDLED, self.data / "decks"

    def library(self) -> Library:
        """All decks; DeckError if one is at fault."""
        from autograder.quiz.library import Library

        return Library.open(self.decks)


def _places(_: click.Context, __: click.Parameter, given: Path | None) -> Places:
    if given is not None:
        return Places(given.expanduser())
    if "DL30_DATA" in os.environ:
        return Places(Path(os.environ["DL30_DATA"]).expanduser())
    import platformdirs

    return Places(Path(platformdirs.user_data_dir("dl30", appauthor=False)))


def data_option(function: F) -> F:
    """The option --data, given on as `places`."""
    return click.option(
        "--data",
        "places",
        type=click.Path(file_okay=False, path_type=Path),
        callback=_places,
        help="Folder of the review log and of decks of your own (or set DL30_DATA).",
    )(function)


def read_log(places: Places, *, writing: bool = False) -> tuple[ReviewLog, list[AnyEvent]]:
    """The review log and its events; with `writing`, LogError now if nothing can be kept."""
    from autograder.quiz.review_log import ReviewLog

    log = ReviewLog(places.log)
    if writing:
        log.prepare()
    events = log.read()
    show_notices(log)
    return log, events


def show_notices(log: ReviewLog) -> None:
    """Say once, on stderr, what was found and repaired."""
    while log.notices:
        click.echo(f"dl30: {log.notices.pop(0)}", err=True)


def this_screen() -> Screen:
    """The terminal that the command was started in."""
    from autograder.quiz.screen import Screen

    return Screen.here(click.getchar, _edit)


def _edit(text: str) -> str | None:
    """What somebody writes in $VISUAL or $EDITOR; None if it cannot be started."""
    try:
        return click.edit(text, extension=".md")
    except click.ClickException as error:
        click.echo(error.message, err=True)
        return None


class _Completed(click.ParamType[str]):
    """A word that the shell can complete from the decks."""

    def words(self, library: Library) -> list[tuple[str, str]]:
        raise NotImplementedError

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        from autograder.errors import Dl30Error

        given = ctx.params.get("places")
        try:
            library = (given if isinstance(given, Places) else _places(ctx, param, None)).library()
            found = self.words(library)
        except Dl30Error:
            return []
        return [
            CompletionItem(word, help=help) for word, help in found if word.startswith(incomplete)
        ]


class _DeckName(_Completed):
    name = "day"

    def words(self, library: Library) -> list[tuple[str, str]]:
        return [(deck.stem, deck.title) for deck in library.decks]


class _QuestionId(_Completed):
    name = "id"

    def words(self, library: Library) -> list[tuple[str, str]]:
        return [(name, library.deck_of(name)) for name in library]


class _FirstWord(_DeckName):
    """What may follow `dl30 quiz`: a deck, or a command."""

    def words(self, library: Library) -> list[tuple[str, str]]:
        from autograder.cli.quiz import COMMANDS

        return [*super().words(library), *((name, line) for name, (_, line) in COMMANDS.items())]


DECK, QUESTION, FIRST_WORD = _DeckName(), _QuestionId(), _FirstWord()
