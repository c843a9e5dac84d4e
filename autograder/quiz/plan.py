"""What to ask next, and how a number of days until an interview changes that."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import msgspec
from msgspec import Struct

from autograder.quiz.progress import Progress, scheduler

USUAL_RECALL, LAST_WEEK_RECALL = 0.90, 0.95
LAST_DAYS = 7
LEAST_REVIEWS = 20


class Plan(Struct, frozen=True):
    """What today asks for. Without a goal nothing is capped and `days_left` is None.

    `due` is sorted, weakest memory first; `new` is in the decks' order. `new_today` and `due_today`
    are how many of them today should do.
    """

    marking: tuple[str, ...]
    queued: tuple[str, ...]
    due: tuple[str, ...]
    new: tuple[str, ...]
    new_today: int
    due_today: int
    days_left: int | None = None
    new_until: date | None = None
    ready: float | None = None

    def order(self) -> tuple[str, ...]:
        """The questions of a session: answers to mark, the queue, what is due, then new ones."""
        due, new = self.due[: self.due_today], self.new[: self.new_today]
        return tuple(dict.fromkeys([*self.marking, *self.queued, *due, *new]))


def make_plan(progress: Progress, ids: Sequence[str], now: datetime, today: date) -> Plan:
    """The plan for `ids`, in their order. `today` is the learner's own date at `now`."""
    there = set(ids)
    marking = [name for name in progress.drafts if name in there]
    queued = [name for name in progress.queued if name in there]
    taken = {*marking, *queued}
    new = [name for name in ids if name not in progress.cards and name not in taken]
    goal = progress.goal if progress.goal and progress.goal >= today else None
    due = _due(progress, there - taken, now, goal, today)
    plan = Plan(tuple(marking), tuple(queued), tuple(due), tuple(new), len(new), len(due))
    if goal is None:
        return plan
    days, (begun, reviewed) = (goal - today).days, _done_today(progress, today)
    learning_days = max(1, days - min(3, days // 4))
    per_day = math.ceil((len(new) + begun) / learning_days) if days else 0
    backlog = math.ceil((len(due) + reviewed) / max(1, min(days, LAST_DAYS)))
    return msgspec.structs.replace(
        plan,
        new_today=min(len(new), max(0, per_day - begun)),
        due_today=min(len(due), max(backlog - reviewed, LEAST_REVIEWS)),
        days_left=days,
        new_until=today + timedelta(days=learning_days - 1),
        ready=readiness(progress, ids, goal),
    )


def readiness(progress: Progress, ids: Sequence[str], goal: date) -> float:
    """The share of all questions that FSRS expects to be remembered on the morning of the day."""
    morning = datetime.combine(goal, time(9), UTC)
    chances = [progress.recall(name, morning) or 0.0 for name in ids]
    return sum(chances) / len(chances) if chances else 0.0


def _due(
    progress: Progress, ids: set[str], now: datetime, goal: date | None, today: date
) -> list[str]:
    """What should be asked now, weakest first: what FSRS says is due, and what the goal adds."""
    if not progress.cards:
        return []
    fsrs = scheduler()
    chances = {
        name: fsrs.get_card_retrievability(card, now)
        for name, card in progress.cards.items()
        if name in ids
    }
    wanted = USUAL_RECALL
    if goal is not None and (goal - today).days <= LAST_DAYS:
        wanted = LAST_WEEK_RECALL
    found = [
        name
        for name, chance in chances.items()
        if progress.cards[name].due <= now or (goal is not None and chance < wanted)
    ]
    return sorted(found, key=lambda name: (chances[name], name))


def _done_today(progress: Progress, today: date) -> tuple[int, int]:
    """How many questions were begun today, and how many reviewed that were begun before."""
    begun: dict[str, date] = {}
    seen: set[str] = set()
    for review in progress.reviews:
        day = review.at.astimezone().date()
        begun.setdefault(review.question, day)
        if day == today:
            seen.add(review.question)
    new = sum(1 for name in seen if begun[name] == today)
    return new, len(seen) - new
