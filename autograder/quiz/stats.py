"""What the reviews say: recall by topic, calibration, self-marks against probes, the streak."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from autograder.quiz.events import Reviewed
from autograder.quiz.library import Library
from autograder.quiz.plan import Plan, make_plan
from autograder.quiz.progress import Progress

# What each level of confidence claims, as a chance of being right.
CLAIMED = {1: 0.25, 2: 0.5, 3: 0.75, 4: 0.95}
DAYS_SHOWN = 28


@dataclass(frozen=True)
class Topic:
    """How a topic stands. Shares are 0 to 1, and None where nothing is known."""

    name: str
    questions: int
    seen: int
    reviews: int
    right: float | None
    recall_now: float | None
    claimed: float | None
    claimed_right: float | None

    @property
    def overconfidence(self) -> float | None:
        """By how much confidence was above what was right; None without confidences."""
        if self.claimed is None or self.claimed_right is None:
            return None
        return self.claimed - self.claimed_right


@dataclass(frozen=True)
class Stats:
    """All of it, as `dl30 quiz stats` draws it."""

    topics: tuple[Topic, ...]
    calibration: tuple[tuple[int, int, float], ...]
    by_self: float | None
    by_probes: float | None
    streak: int
    by_day: tuple[int, ...]
    reviews: int
    right: float | None
    plan: Plan
    weakest: tuple[Topic, ...]
    exercises: tuple[str, ...]


def make_stats(
    library: Library, progress: Progress, ids: Sequence[str], now: datetime, *, by_deck: bool
) -> Stats:
    """Statistics over `ids`, by deck or by a question's first concept."""
    group = library.deck_of if by_deck else lambda name: library[name].topic
    there = set(ids)
    reviews = [review for review in progress.reviews if review.question in there]
    today = now.astimezone().date()
    days = [review.at.astimezone().date() for review in reviews]
    topics = _topics(progress, reviews, ids, now, group)
    concepts = _topics(progress, reviews, ids, now, lambda name: library[name].topic)
    by_self, by_probes = _against_probes(library, reviews)
    return Stats(
        topics=topics,
        calibration=_calibration(reviews),
        by_self=by_self,
        by_probes=by_probes,
        streak=streak(days, today),
        by_day=tuple(
            days.count(today - timedelta(days=ago)) for ago in reversed(range(DAYS_SHOWN))
        ),
        reviews=len(reviews),
        right=_mean(review.score for review in reviews),
        plan=make_plan(progress, ids, now, today),
        weakest=_weakest(concepts),
        exercises=_to_redo(library, progress, there),
    )


def _topics(
    progress: Progress,
    reviews: Sequence[Reviewed],
    ids: Sequence[str],
    now: datetime,
    group: Callable[[str], str],
) -> tuple[Topic, ...]:
    names: dict[str, list[str]] = defaultdict(list)
    for name in ids:
        names[group(name)].append(name)
    found: dict[str, list[Reviewed]] = defaultdict(list)
    for review in reviews:
        found[group(review.question)].append(review)
    return tuple(_topic(topic, names[topic], found[topic], progress, now) for topic in names)


def _topic(
    name: str, ids: list[str], reviews: list[Reviewed], progress: Progress, now: datetime
) -> Topic:
    sure = [review for review in reviews if review.confidence]
    recalls = [chance for one in ids if (chance := progress.recall(one, now)) is not None]
    return Topic(
        name=name,
        questions=len(ids),
        seen=len({review.question for review in reviews}),
        reviews=len(reviews),
        right=_mean(review.score for review in reviews),
        recall_now=_mean(recalls),
        claimed=_mean(CLAIMED[review.confidence] for review in sure if review.confidence),
        claimed_right=_mean(review.score for review in sure),
    )


def _mean(values: Iterable[float]) -> float | None:
    found = list(values)
    return sum(found) / len(found) if found else None


def _calibration(reviews: Sequence[Reviewed]) -> tuple[tuple[int, int, float], ...]:
    """For each level of confidence that was said: the level, how often, the share right."""
    rows = []
    for level in CLAIMED:
        scores = [review.score for review in reviews if review.confidence == level]
        if scores:
            rows.append((level, len(scores), sum(scores) / len(scores)))
    return tuple(rows)


def _against_probes(
    library: Library, reviews: Sequence[Reviewed]
) -> tuple[float | None, float | None]:
    """Mean self-mark, and the mean mark of the machine-marked questions on the same ideas.

    Only self-marks that have a probe which was asked too are counted.
    """
    scores: dict[str, list[float]] = defaultdict(list)
    for review in reviews:
        if not review.by_self:
            scores[review.question].append(review.score)
    own, probed = [], []
    for review in reviews:
        if review.by_self and review.question in library:
            asked = [s for probe in library[review.question].probes for s in scores.get(probe, [])]
            if asked:
                own.append(review.score)
                probed.append(sum(asked) / len(asked))
    return _mean(own), _mean(probed)


def streak(days: Iterable[date], today: date) -> int:
    """Days in a row with a review, up to today, or to yesterday while today has none yet."""
    there = set(days)
    day = today if today in there else today - timedelta(days=1)
    count = 0
    while day in there:
        count += 1
        day -= timedelta(days=1)
    return count


def _weakest(topics: Sequence[Topic]) -> tuple[Topic, ...]:
    asked = [topic for topic in topics if topic.right is not None and topic.right < 0.8]
    return tuple(sorted(asked, key=lambda topic: topic.right or 0)[:3])


def _to_redo(library: Library, progress: Progress, ids: set[str]) -> tuple[str, ...]:
    """Exercises of questions whose last answer was not right, most such questions first."""
    counts: dict[str, int] = defaultdict(int)
    for name, review in progress.last().items():
        if name in ids and name in library and review.rating == 1:
            exercise = library[name].exercise
            if exercise:
                counts[exercise] += 1
    return tuple(sorted(counts, key=lambda exercise: (-counts[exercise], exercise))[:3])
