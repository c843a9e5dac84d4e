"""`dl30 quiz show` and `answer`: one question, without a session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from autograder.cli.quiz_common import (
    QUESTION,
    Places,
    clock,
    data_option,
    json_option,
    read_log,
    show_data,
    this_screen,
)
from autograder.errors import UsageError

if TYPE_CHECKING:
    from autograder.quiz.asking import Asked

seed_option = click.option("--seed", type=click.IntRange(0), default=0, show_default=True)


@click.command("show")
@click.argument("question", metavar="ID", type=QUESTION)
@seed_option
@click.option("--reveal", is_flag=True, help="The right answer and the reasons too.")
@json_option
@data_option
def show(question: str, seed: int, reveal: bool, as_json: bool, places: Places) -> None:
    """Show the question ID as it is put with a seed."""
    from autograder.quiz.asking import ask

    asked = ask(places.library().question(question), seed)
    if as_json:
        show_data(as_data(asked, reveal=reveal))
        return
    screen = this_screen()
    screen.say(f"{asked.question.id} · {asked.question.deck} · {asked.question.topic}", "bold")
    screen.say()
    for line in _lines(asked):
        screen.show(line)
    if reveal:
        screen.say("\nAnswer", "bold")
        screen.show(_revealed(asked), indent="  ")


def _lines(asked: Asked) -> list[str]:
    options = [f"  {i}. {asked.text(o.text)}" for i, o in enumerate(asked.options, 1)]
    unit = f"\n(in {asked.unit})" if asked.unit else ""
    return [asked.prompt + unit, *([""] if options else []), *options]


def _revealed(asked: Asked) -> str:
    question = asked.question
    parts = [f"`{asked.answer}`" if question.by_machine else asked.text(question.reference)]
    parts += [f"- {point.kind}: {asked.text(point.text)}" for point in question.rubric]
    parts += [
        f"{i}. ({'right' if o.right else 'wrong'}) {asked.text(o.reason)}"
        for i, o in enumerate(asked.options, 1)
    ]
    parts += [asked.text(question.explanation)] if question.explanation else []
    return "\n\n".join([*parts, f"Source: {question.meta.source}"])


def as_data(asked: Asked, *, reveal: bool) -> dict[str, Any]:
    """A question as `--json` prints it; without `reveal` nothing tells the answer."""
    question = asked.question
    data: dict[str, Any] = {
        "id": question.id,
        "deck": question.deck,
        "type": question.type,
        "concepts": question.meta.concepts,
        "difficulty": question.meta.difficulty,
        "seed": asked.seed,
        "values": asked.values,
        "prompt": asked.prompt,
        "options": [asked.text(option.text) for option in asked.options],
        "unit": asked.unit,
        "exercise": question.exercise,
    }
    if reveal:
        data |= {
            "answer": asked.answer,
            "reasons": [asked.text(option.reason) for option in asked.options],
            "explanation": asked.text(question.explanation),
            "reference": asked.text(question.reference),
            "rubric": [
                {"kind": point.kind, "text": asked.text(point.text)} for point in question.rubric
            ],
            "follow_ups": [asked.text(text) for text in question.follow_ups],
            "source": question.meta.source,
        }
    return data


@click.command("answer")
@click.argument("question", metavar="ID", type=QUESTION)
@click.option("--value", required=True, help="A number, a shape, option numbers or output.")
@seed_option
@click.option("--confidence", type=click.IntRange(1, 4), help="1 a guess to 4 sure.")
@click.option("--dry-run", is_flag=True, help="Mark it and keep nothing.")
@json_option
@data_option
def answer(
    question: str,
    value: str,
    seed: int,
    confidence: Any,
    dry_run: bool,
    as_json: bool,
    places: Places,
) -> None:
    """Mark VALUE as the answer to the question ID, and keep it as a review.

    A wrong answer is no error. Questions in words are answered in a session, not here.
    """
    from autograder.quiz.asking import ask
    from autograder.quiz.marking import RATING_NAMES, NotAnAnswer, mark, rating

    asked = ask(places.library().question(question), seed)
    try:
        found = mark(asked, value)
    except NotAnAnswer as error:
        raise UsageError(str(error), where=f"the answer to {asked.question.id}") from None
    rated = rating(found.right, hint=False, overtime=False)
    if not dry_run:
        _keep_answer(places, asked, value, rated, found.score, confidence)
    if as_json:
        show_data(
            as_data(asked, reveal=True)
            | {"given": value, "score": found.score, "accepted": found.accepted}
            | {"say": found.say, "rating": RATING_NAMES[rated], "kept": not dry_run}
        )
        return
    screen = this_screen()
    screen.say("Right." if found.right else f"Wrong ({found.score:.0%}).")
    screen.show("\n\n".join(filter(None, [found.say, _revealed(asked)])))


def _keep_answer(
    places: Places, asked: Asked, value: str, rated: Any, score: float, confidence: Any
) -> None:
    from autograder.quiz.events import Reviewed
    from autograder.quiz.session import new_id

    log, _ = read_log(places, writing=True)
    log.append(
        Reviewed(
            id=new_id(),
            at=clock(),
            question=asked.question.id,
            mode="answer",
            seed=asked.seed,
            rating=rated,
            score=score,
            seconds=0,
            answer=value,
            values=dict(asked.values),
            confidence=confidence,
        )
    )
