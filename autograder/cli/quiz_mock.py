"""`dl30 quiz mock`: a timed interview with a transcript."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.quiz_ask import converse, finish, new_seed, open_session
from autograder.cli.quiz_common import DECK, Places, clock, data_option, read_log
from autograder.errors import UsageError

if TYPE_CHECKING:
    from autograder.quiz.events import AnyEvent, MockBegun
    from autograder.quiz.library import Library
    from autograder.quiz.mock import Mock


@click.command("mock")
@click.argument("days", nargs=-1, type=DECK)
@click.option("--minutes", type=click.FloatRange(1, 240), default=30, show_default=True)
@click.option("--seed", type=click.IntRange(0), help="The same seed asks the same questions.")
@click.option("--transcript", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.md")
@click.option("--resume", is_flag=True, help="Go on with the interview that was left.")
@click.option("--fail-under", type=click.FloatRange(0, 100), metavar="PERCENT")
@data_option
def mock(
    days: tuple[str, ...],
    minutes: float,
    seed: int | None,
    transcript: Path | None,
    resume: bool,
    fail_under: float | None,
    places: Places,
) -> None:
    """A mock interview over all decks, or over DAYS: nothing is marked before it is over.

    The transcript is Markdown, by default dl30-mock-DATE-SEED.md in the working directory.
    """
    from autograder.quiz.mock import Mock

    library = places.library()
    log, events = read_log(places, writing=True)
    if resume:
        begun, over = _resumed(events)
    else:
        begun, over = _begun(library, days, minutes, new_seed(seed)), False
    path = transcript or Path(f"dl30-mock-{begun.at.astimezone():%Y-%m-%d}-{begun.seed}.md")
    _writable(path)
    session = open_session(library, log, begun.seed, "mock")
    interview = Mock(session, begun, events)
    if not resume:
        session.keep(begun)

    def run() -> None:
        _interview(interview, over=over)

    code = converse(session, run)
    if interview.marks():
        path.write_text(interview.transcript(), encoding="utf-8")
        click.echo(f"The transcript is {path}.")
    if len(interview.marks()) < len(interview.answers()) or not interview.answers():
        click.echo("Go on with it by `dl30 quiz mock --resume`.")
    finish(session, code, fail_under)


def _interview(interview: Mock, *, over: bool) -> None:
    say = interview.session.screen.say
    if not over:
        begun = interview.begun
        say(
            f"{len(begun.questions)} questions in {begun.minutes:g} minutes, seed {begun.seed}. "
            "Nothing is marked before the end; s passes, q leaves and keeps your place.\n"
        )
        interview.interview()
    say("The interview is over. Now the marks.\n", "bold")
    interview.marking()


def _begun(library: Library, days: tuple[str, ...], minutes: float, seed: int) -> MockBegun:
    from autograder.quiz.events import MockBegun
    from autograder.quiz.mock import compose
    from autograder.quiz.session import new_id

    decks = [library.deck(day) for day in days] or library.decks
    ids = [name for deck in decks for name in deck]
    if not ids:
        raise UsageError("there are no questions to ask", where="mock")
    questions = tuple(compose(library, ids, minutes, seed))
    return MockBegun(id=new_id(), at=clock(), seed=seed, minutes=minutes, questions=questions)


def _resumed(events: Sequence[AnyEvent]) -> tuple[MockBegun, bool]:
    """The interview that was left, and whether its questions are over."""
    from autograder.quiz.mock import unfinished
    from autograder.quiz.progress import fold

    progress = fold(events, clock())
    begun = unfinished(progress, events)
    if begun is None:
        raise UsageError("no mock interview was left unfinished", todo="begin one without --resume")
    return begun, progress.mock_over


def _writable(path: Path) -> None:
    """Better now than after half an hour; OSError if not."""
    path.open("a").close()
    if not path.stat().st_size:
        path.unlink()
