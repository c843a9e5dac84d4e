"""`dl30 quiz`: practice at the terminal, and what every session there shares."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Literal

import click

from autograder.cli.quiz_common import (
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

    from autograder.quiz.events import AnyEvent
    from autograder.quiz.library import Library
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
