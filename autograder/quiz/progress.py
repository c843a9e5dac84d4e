"""The review log folded into what it means: FSRS cards, answers to be marked, the queue, the goal.

Replay is the only way to this state, so equal logs give equal states. Cards are py-fsrs' own,
reviewed with its default parameters and without fuzz.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from autograder.quiz.events import (
    SCHEDULED,
    Amended,
    Answered,
    AnyEvent,
    Goal,
    MockBegun,
    MockEnded,
    Queued,
    Reviewed,
)

if TYPE_CHECKING:
    from fsrs import Card, Scheduler

# Two machines' clocks may differ a little; what is dated later than this waits for its time.
CLOCK_SLACK = timedelta(minutes=5)


@lru_cache(maxsize=1)
def scheduler() -> Scheduler:
    """py-fsrs' scheduler as the quiz uses it."""
    from fsrs import Scheduler

    return Scheduler(enable_fuzzing=False)


def card_id(question: str) -> int:
    """A whole number for a question's id: FSRS knows cards by numbers only."""
    import hashlib

    return int.from_bytes(hashlib.blake2b(question.encode(), digest_size=6).digest(), "big")


@dataclass
class Progress:
    """What a log says at a time. Reviews that were taken back are not in it.

    `drafts` are the answers in words, by question, that were not marked yet, those of mock
    interviews left out: they are marked when the interview is taken up again.
    """

    reviews: list[Reviewed] = field(default_factory=list)
    cards: dict[str, Card] = field(default_factory=dict)
    drafts: dict[str, Answered] = field(default_factory=dict)
    queued: dict[str, str] = field(default_factory=dict)
    goal: date | None = None
    mock: MockBegun | None = None
    mock_over: bool = False
    future: int = 0

    def recall(self, question: str, at: datetime) -> float | None:
        """The chance, by FSRS, that it would be remembered at a time; None if never asked."""
        card = self.cards.get(question)
        return None if card is None else float(scheduler().get_card_retrievability(card, at))

    def last(self) -> dict[str, Reviewed]:
        """The last review of each question."""
        return {review.question: review for review in self.reviews}


def fold(events: Iterable[AnyEvent], now: datetime) -> Progress:
    """The state after the events up to `now`, which are in the order of replay."""
    progress = Progress()
    known = []
    for event in events:
        if event.at > now + CLOCK_SLACK:
            progress.future += 1
        else:
            known.append(event)
    amended = {event.review: event.rating for event in known if isinstance(event, Amended)}
    for event in known:
        _apply(progress, event, amended)
    progress.cards = _cards(progress.reviews)
    return progress


def _apply(progress: Progress, event: AnyEvent, amended: Mapping[str, int | None]) -> None:
    match event:
        case Reviewed():
            _review(progress, event, amended)
        case Answered() if event.mock is None:
            progress.drafts[event.question] = event
        case Queued():
            progress.queued |= dict.fromkeys(event.questions, event.why)
        case Goal():
            progress.goal = event.date
        case MockBegun():
            progress.mock, progress.mock_over = event, False
        case MockEnded() if progress.mock and event.mock == progress.mock.id:
            progress.mock_over = True


def _review(progress: Progress, event: Reviewed, amended: Mapping[str, int | None]) -> None:
    rating = amended.get(event.id, event.rating)
    if rating is None:
        return
    if rating != event.rating:
        import msgspec

        event = msgspec.structs.replace(event, rating=rating)
    progress.reviews.append(event)
    progress.queued.pop(event.question, None)
    draft = progress.drafts.get(event.question)
    if draft is not None and event.draft == draft.id:
        del progress.drafts[event.question]


def _cards(reviews: list[Reviewed]) -> dict[str, Card]:
    """The cards after the reviews that count for the schedule."""
    counted = [review for review in reviews if review.mode in SCHEDULED]
    if not counted:
        return {}
    from fsrs import Card, Rating

    fsrs, cards = scheduler(), dict[str, "Card"]()
    ratings = {rating.value: rating for rating in Rating}
    for review in counted:
        card = cards.get(review.question)
        if card is None:
            card = Card(card_id=card_id(review.question), due=review.at)
        cards[review.question], _ = fsrs.review_card(card, ratings[review.rating], review.at)
    return cards
