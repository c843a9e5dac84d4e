"""`dl30 quiz` and `dl30 quiz mock`: sessions at the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from autograder.cli.quiz_common import (
    DECK,
    FIRST_WORD,
    Places,
    clock,
    data_option,
    read_log,
    show_notices,
    this_screen,
)
from autograder.errors import UsageError

if TYPE_CHECKING:
    from fsrs import Card

    from autograder.quiz.events import AnyEvent, MockBegun
    from autograder.quiz.library import Library
    from autograder.quiz.mock import Mock
    from autograder.quiz.plan import Plan
    from autograder.quiz.review_log import ReviewLog
    from autograder.quiz.session import Session

NO_INPUT, INTERRUPTED = 4, 130


def new_seed(seed: int | None) -> int:
    import os

    return int.from_bytes(os.urandom(4), "big") if seed is None else seed


class InterviewDay(click.ParamType["date | str"]):
    name = "date"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date | str:
        if value == "none":
            return "none"
        try:
            day = date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no date such as 2027-01-15, nor `none`", param, ctx)
        if day < date.today():
            self.fail(f"{day} is over; give a day to come", param, ctx)
        return day


@click.command("practise")
@click.argument("day", required=False, type=FIRST_WORD)
@click.option("--minutes", type=click.FloatRange(0, min_open=True), default=10, show_default=True)
@click.option("--mistakes", is_flag=True, help="Only what went wrong last time; no rescheduling.")
@click.option("--cram", is_flag=True, help="Every question once more; no rescheduling.")
@click.option(
    "--interview",
    type=InterviewDay(),
    metavar="DATE",
    help="Plan from now on to be ready by DATE; `none` forgets it.",
)
@click.option("--seed", type=click.IntRange(0), help="Draw the same values again.")
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Exit with 1 if less of what the machine marked was right.",
)
@data_option
def practise(
    day: str | None,
    minutes: float,
    mistakes: bool,
    cram: bool,
    interview: date | str | None,
    seed: int | None,
    fail_under: float | None,
    places: Places,
) -> None:
    """What is due, then new questions, of all decks or of DAY."""
    if mistakes and cram:
        raise UsageError("--mistakes and --cram are two different rounds", todo="give one of them")
    mode: Literal["practice", "mistakes", "cram"] = (
        "mistakes" if mistakes else "cram" if cram else "practice"
    )
    library = places.library()
    ids = list(library.deck(day)) if day else list(library)
    log, events = read_log(places, writing=True)
    if interview is not None:
        events = _set_goal(log, events, interview)
    session = open_session(library, log, new_seed(seed), mode)

    def run() -> None:
        if mode == "practice":
            _practise(session, events, ids, minutes)
        else:
            _round(session, events, ids, mode)

    finish(session, converse(session, run), fail_under)


def open_session(
    library: Library,
    log: ReviewLog,
    seed: int,
    mode: Literal["practice", "mock", "mistakes", "cram"],
) -> Session:
    from autograder.quiz.session import Session

    return Session(library, log, this_screen(), clock, seed, mode)


def converse(session: Session, run: Callable[[], None]) -> int:
    """Run a session to its end however it ends, and say so; the exit code."""
    from autograder.quiz.screen import EndOfInput
    from autograder.quiz.session import Quit

    code = 0
    try:
        run()
    except Quit:
        pass
    except EndOfInput:
        code = 0 if session.events or sys.stdin.isatty() else NO_INPUT
        if code:
            click.echo("dl30: input is needed and there is none", err=True)
    except KeyboardInterrupt:
        code = INTERRUPTED
    show_notices(session.log)
    return code


def finish(session: Session, code: int, fail_under: float | None) -> None:
    """Say what was done, and exit."""
    tally, waiting = session.tally, session.unmarked()
    share = tally.share()
    if tally.reviews:
        by_self = sum(review.by_self for review in tally.reviews)
        line = f"{len(tally.reviews)} answered and kept"
        line += f", {share:.0%} right" if share is not None else ""
        line += f", {by_self} of them marked by yourself" if by_self else ""
        line += f", {tally.skipped} skipped" if tally.skipped else ""
        click.echo(line + ".")
    elif code != NO_INPUT and not waiting:
        click.echo("Nothing was answered." if not tally.skipped else "All were skipped.")
    if waiting:
        what = "1 answer is" if waiting == 1 else f"{waiting} answers are"
        click.echo(f"{what} kept, to be marked next time.")
    if not code and fail_under is not None and share is not None and 100 * share < fail_under:
        code = 1
    raise click.exceptions.Exit(code)


def _set_goal(log: ReviewLog, events: Sequence[AnyEvent], interview: date | str) -> list[AnyEvent]:
    from autograder.quiz.events import Goal
    from autograder.quiz.session import new_id

    day = interview if isinstance(interview, date) else None
    goal = Goal(id=new_id(), at=clock(), date=day)
    log.append(goal)
    return [*events, goal]


def _practise(
    session: Session, events: Sequence[AnyEvent], ids: Sequence[str], minutes: float
) -> None:
    from autograder.quiz.practice import Practice

    practice = Practice(session, events, ids, minutes)
    progress, plan = practice.now()
    for line in overview(plan, progress.future):
        session.screen.say(line)
    session.screen.say()
    practice.run()
    progress, plan = practice.now()
    left = len(plan.order())
    if left:
        session.screen.say(f"Time is over; {left} more wait.")
    else:
        session.screen.say(_nothing_left(progress.cards.values()))


def _nothing_left(cards: Iterable[Card]) -> str:
    from autograder.quiz.session import local

    dues = sorted(card.due for card in cards)
    if not dues:
        return "There are no questions here."
    return f"Nothing is left for now. The next question comes back on {local(dues[0])}."


def overview(plan: Plan, future: int) -> list[str]:
    """What waits, in a line or three."""
    parts = [f"{len(plan.due)} due", f"{len(plan.new)} new"]
    parts += [f"{len(plan.queued)} queued"] if plan.queued else []
    parts += [f"{len(plan.marking)} to be marked"] if plan.marking else []
    lines = [", ".join(parts) + "."]
    if plan.days_left is not None:
        days = f"in {plan.days_left} days" if plan.days_left else "today"
        lines.append(
            f"The interview is {days}. Today: {plan.due_today} due and {plan.new_today} new; "
            f"new ones until {plan.new_until:%-d %b}. "
            f"Expected to be remembered on the day, as it stands: {plan.ready:.0%}."
        )
    if future:
        lines.append(
            f"{future} reviews are dated in the future and wait for their time: "
            "was a clock wrong? Nothing of them is lost."
        )
    return lines


def _round(
    session: Session,
    events: Sequence[AnyEvent],
    ids: Sequence[str],
    mode: Literal["mistakes", "cram"],
) -> None:
    from autograder.quiz.practice import mistakes, run_round
    from autograder.quiz.progress import fold

    names = list(ids) if mode == "cram" else mistakes(fold(events, clock()), ids)
    if not names:
        session.screen.say("No mistake is left." if mode == "mistakes" else "No question is there.")
        return
    session.screen.say(f"{len(names)} questions; the schedule is left alone.\n")
    run_round(session, names, "Mistake" if mode == "mistakes" else "Question")


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
    begun = _resumed(events) if resume else _begun(library, days, minutes, new_seed(seed))
    path = transcript or Path(f"dl30-mock-{begun.at.astimezone():%Y-%m-%d}-{begun.seed}.md")
    _writable(path)
    session = open_session(library, log, begun.seed, "mock")
    interview = Mock(session, begun, events)
    if not resume:
        session.keep(begun)

    def run() -> None:
        _interview(interview, over=_is_over(events, begun))

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


def _resumed(events: Sequence[AnyEvent]) -> MockBegun:
    from autograder.quiz.mock import unfinished
    from autograder.quiz.progress import fold

    begun = unfinished(fold(events, clock()), events)
    if begun is None:
        raise UsageError("no mock interview was left unfinished", todo="begin one without --resume")
    return begun


def _is_over(events: Sequence[AnyEvent], begun: MockBegun) -> bool:
    from autograder.quiz.events import MockEnded

    return any(isinstance(event, MockEnded) and event.mock == begun.id for event in events)


def _writable(path: Path) -> None:
    """Better now than after half an hour; OSError if not."""
    path.open("a").close()
    if not path.stat().st_size:
        path.unlink()
