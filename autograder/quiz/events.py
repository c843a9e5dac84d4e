"""What the review log holds: events, one to a line, never changed once written."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

FORMAT = 1
Mode = Literal["practice", "mock", "answer", "mistakes", "cram"]
SCHEDULED: frozenset[Mode] = frozenset({"practice", "mock", "answer"})
Confidence = Literal[1, 2, 3, 4]
Moment = Annotated[datetime, Meta(tz=True)]


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", gc=False):
    """Anything that happened. `at` is in UTC; `v` is the format of the line."""

    id: str
    at: Moment
    v: Annotated[int, Meta(ge=1, le=FORMAT)] = FORMAT


class Reviewed(Event, frozen=True, kw_only=True, tag="review"):
    """A question was answered and marked: by the machine, or by the learner (`by_self`).

    `score` is the share that was right, `confidence` 1 (a guess) to 4 (sure), `draft` the id of the
    Answered that it marks, `ticked` the rubric points, numbered from 1.
    """

    question: str
    mode: Mode
    seed: int
    rating: Literal[1, 2, 3, 4]
    score: Annotated[float, Meta(ge=0, le=1)]
    seconds: Annotated[float, Meta(ge=0)]
    answer: str = ""
    values: dict[str, int | float] = {}
    confidence: Confidence | None = None
    hint: bool = False
    by_self: bool = False
    ticked: tuple[int, ...] = ()
    draft: str | None = None


class Amended(Event, frozen=True, kw_only=True, tag="amend"):
    """The rating of a review was changed afterwards; None takes the review back."""

    review: str
    rating: Literal[1, 2, 3, 4] | None


class Answered(Event, frozen=True, kw_only=True, tag="answer"):
    """A question was answered and is not yet marked; `mock` is the id of its MockBegun."""

    question: str
    mode: Mode
    seed: int
    answer: str
    seconds: Annotated[float, Meta(ge=0)]
    confidence: Confidence | None = None
    hint: bool = False
    mock: str | None = None


class Queued(Event, frozen=True, kw_only=True, tag="queue"):
    """Questions are to come first, because a hidden test of their exercise failed."""

    questions: tuple[str, ...]
    why: str = ""


class Goal(Event, frozen=True, kw_only=True, tag="goal"):
    """The day to be ready by; None when there is none any more."""

    date: date | None


class MockBegun(Event, frozen=True, kw_only=True, tag="mock"):
    """A mock interview: what it asks, and how long it may take."""

    seed: int
    minutes: Annotated[float, Meta(gt=0)]
    questions: tuple[str, ...]


class MockEnded(Event, frozen=True, kw_only=True, tag="mock-end"):
    """The questions of a mock interview are over, and its answers may be marked."""

    mock: str


AnyEvent = Reviewed | Amended | Answered | Queued | Goal | MockBegun | MockEnded
encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(AnyEvent).decode


def order(event: AnyEvent) -> tuple[datetime, str]:
    """Events are replayed by time, and by id where times are equal."""
    return event.at, event.id
