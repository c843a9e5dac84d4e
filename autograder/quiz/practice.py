"""Rounds of questions: what is due and new, the mistakes, or everything once more."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from autograder.quiz.events import AnyEvent
from autograder.quiz.marking import AGAIN
from autograder.quiz.plan import Plan, make_plan
from autograder.quiz.progress import Progress, fold
from autograder.quiz.session import Session, shuffled


@dataclass
class Practice:
    """A session over `ids`: answers to mark, the queue, what is due, then new questions.

    `before` is what the log held at the start, in the order of replay.
    """

    session: Session
    before: Sequence[AnyEvent]
    ids: Sequence[str]
    minutes: float

    def run(self) -> None:
        """Until the minutes are over or nothing is left; Quit and EndOfInput pass through."""
        self.ends = self.session.clock() + timedelta(minutes=self.minutes)
        self.done: set[str] = set()
        self.progress, self.plan = self.now()
        names = itertools.chain(self.plan.marking, self._upcoming())
        self.session.run(names, self._header, self.progress.drafts)

    def now(self) -> tuple[Progress, Plan]:
        """The state with this session's events, and the plan for it."""
        now = self.session.clock()
        progress = fold([*self.before, *self.session.events], now)
        return progress, make_plan(progress, self.ids, now, now.astimezone().date())

    def _upcoming(self) -> Iterator[str]:
        while self.session.clock() < self.ends:
            self.progress, self.plan = self.now()
            seen = {review.question for review in self.session.tally.reviews}
            waiting = [
                name
                for name in self.plan.order()
                if name not in self.done and (name not in seen or name in self.plan.due)
            ]
            if not waiting:
                return
            before = len(self.session.tally.reviews)
            yield waiting[0]
            if len(self.session.tally.reviews) == before:
                self.done.add(waiting[0])  # it was skipped

    def _header(self, name: str) -> str:
        library, progress = self.session.library, self.progress
        why = "new"
        if name in progress.queued:
            why = progress.queued[name] or "queued"
        elif name in progress.cards:
            why = "due" if name in self.plan.due else "again"
        minutes = max(0, round((self.ends - self.session.clock()).total_seconds() / 60))
        question = library[name]
        return (
            f"{question.deck} · {question.topic} · {'*' * question.meta.difficulty} · {why} · "
            f"{minutes} min left"
        )


def mistakes(progress: Progress, ids: Sequence[str]) -> list[str]:
    """The questions whose last review was not right, oldest mistake first."""
    wrong = [review for review in progress.last().values() if review.rating == AGAIN]
    there = set(ids)
    wrong.sort(key=lambda review: review.at)
    return [review.question for review in wrong if review.question in there]


def run_round(session: Session, names: Sequence[str], title: str) -> None:
    """Ask each of `names` once, in an order that the seed decides; the schedule is left alone."""
    order = shuffled(names, session.seed)

    def header(name: str) -> str:
        question = session.library[name]
        place = order.index(name) + 1
        return f"{title} {place} of {len(order)} · {question.deck} · {question.topic}"

    session.run(iter(order), header)
