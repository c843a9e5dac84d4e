"""`dl30 quiz stats`, `due`, `queue`, `log` and `merge`: what the review log says and takes in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograder.cli.quiz_common import (
    DECK,
    Places,
    clock,
    data_option,
    json_option,
    read_log,
    show_data,
    show_notices,
)
from autograder.errors import UsageError

if TYPE_CHECKING:
    from autograder.quiz.stats import Stats


@click.command("stats")
@click.argument("day", required=False, type=DECK)
@json_option
@click.option("--fail-under", type=click.FloatRange(0, 100), metavar="PERCENT")
@data_option
def stats(day: str | None, as_json: bool, fail_under: float | None, places: Places) -> None:
    """Recall by topic, calibration, self-marks against probes, streak, and what next.

    Without DAY by deck, with DAY by topic of its deck. With --fail-under, exit code 1 when less
    than that share of all reviews was right.
    """
    from autograder.quiz.progress import fold
    from autograder.quiz.stats import make_stats

    library = places.library()
    ids = list(library.deck(day)) if day else list(library)
    _, events = read_log(places)
    now = clock()
    found = make_stats(library, fold(events, now), ids, now, by_deck=day is None)
    if as_json:
        show_data(_plain(found))
    else:
        from autograder.quiz.screen import in_colour
        from autograder.quiz.stats_drawing import draw

        click.echo(draw(found, colour=in_colour()), color=in_colour())
    if fail_under is not None and (found.right is None or 100 * found.right < fail_under):
        raise click.exceptions.Exit(1)


def _plain(found: Stats) -> dict[str, Any]:
    import dataclasses

    import msgspec

    data = dataclasses.asdict(found)
    data["plan"] = msgspec.structs.asdict(found.plan)
    data["topics"] = [
        dataclasses.asdict(topic) | {"overconfidence": topic.overconfidence}
        for topic in found.topics
    ]
    data["calibration"] = [
        {"confidence": level, "reviews": count, "right": right}
        for level, count, right in found.calibration
    ]
    until = data["plan"]["new_until"]
    data["plan"]["new_until"] = until and until.isoformat()
    return data


@click.command("due")
@click.argument("day", required=False, type=DECK)
@json_option
@data_option
def due(day: str | None, as_json: bool, places: Places) -> None:
    """What waits now: answers to mark, queued, due and new questions."""
    from autograder.cli.quiz_ask import overview
    from autograder.quiz.plan import make_plan
    from autograder.quiz.progress import fold

    library = places.library()
    ids = list(library.deck(day)) if day else list(library)
    _, events = read_log(places)
    now = clock()
    progress = fold(events, now)
    plan = make_plan(progress, ids, now, now.astimezone().date())
    if not as_json:
        for line in overview(plan, progress.future):
            click.echo(line)
        return
    coming = sorted(card.due for name, card in progress.cards.items() if name in set(ids))
    show_data(
        {
            "marking": plan.marking,
            "queued": plan.queued,
            "due": plan.due,
            "new": len(plan.new),
            "today": {"due": plan.due_today, "new": plan.new_today},
            "next": next((at.isoformat() for at in coming if at > now), None),
            "interview_in_days": plan.days_left,
            "ready": plan.ready,
        }
    )


@click.command("queue")
@click.argument("exercises", nargs=-1)
@click.option(
    "--record",
    "records",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A record of grading: the exercises that lost points in it.",
)
@data_option
def queue(exercises: tuple[str, ...], records: tuple[Path, ...], places: Places) -> None:
    """Put the questions of EXERCISES first: `day14_convolution/im2col`, as feedback names them."""
    from autograder.quiz.events import Queued
    from autograder.quiz.session import new_id

    library = places.library()
    wanted = [_exercise(library, text) for text in exercises]
    wanted += [name for path in records for name in _lost(path)]
    if not wanted:
        raise UsageError("no exercise is named", todo="name one as DAY/EXERCISE, or give --record")
    by_exercise: dict[str, list[str]] = {}
    for name in library:
        by_exercise.setdefault(library[name].exercise or "", []).append(name)
    log, _ = read_log(places, writing=True)
    for exercise in dict.fromkeys(wanted):
        names = tuple(by_exercise.get(exercise, []))
        if names:
            why = f"for {exercise.partition('/')[2]}"
            log.append(Queued(id=new_id(), at=clock(), questions=names, why=why))
        word = "question" if len(names) == 1 else "questions"
        click.echo(f"{exercise}: {len(names) or 'no'} {word} queued")


def _exercise(library: Any, text: str) -> str:
    day, slash, name = text.partition("/")
    if not slash or not name:
        todo = "write DAY/EXERCISE, such as day14_convolution/im2col"
        raise UsageError(f'"{text}" names no exercise', todo=todo)
    return f"{library.deck(day).stem}/{name}"


def _lost(path: Path) -> list[str]:
    """The exercises of a record that did not get all their points."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        return [
            f"{record['day']}/{name}"
            for name, result in record["exercises"].items()
            if result["points"] < result["max_points"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UsageError("is no record of grading", where=path) from None


@click.command("log")
@click.option("--where", is_flag=True, help="Only say where the data folder is.")
@click.option("--last", type=click.IntRange(1), default=20, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print every event, a JSON line each.")
@data_option
def log(where: bool, last: int, as_json: bool, places: Places) -> None:
    """Show the last reviews, newest first, or all events as JSON lines."""
    if where:
        click.echo(places.data)
        return
    from autograder.quiz.events import encode
    from autograder.quiz.marking import RATING_NAMES
    from autograder.quiz.progress import fold
    from autograder.quiz.session import local

    _, events = read_log(places)
    if as_json:
        for event in events:
            click.echo(encode(event).decode())
        return
    reviews = fold(events, clock()).reviews
    for review in reversed(reviews[-last:]):
        who = "self" if review.by_self else "machine"
        rated = RATING_NAMES[review.rating]
        click.echo(
            f"{local(review.at):<19}  {review.question:<36} {review.score:>4.0%} {who:<8}"
            f"{rated:<6} {review.mode}"
        )
    if not reviews:
        click.echo("There are no reviews yet.")


@click.command("merge")
@click.argument("other", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
def merge(other: Path, places: Places) -> None:
    """Take in the reviews of OTHER, the reviews.jsonl of another machine.

    The union is kept: nothing is lost, doubled or changed, and merging again adds nothing.
    """
    review_log, _ = read_log(places, writing=True)
    new, of = review_log.merge(other)
    show_notices(review_log)
    click.echo(f"{new} of {of} events were new.")
