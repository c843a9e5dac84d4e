"""What a question is: its metadata as a deck's `toml` block gives it, and the texts around it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

Number = int | float
Text = Annotated[str, Meta(min_length=1)]
MARKED_BY_MACHINE = ("choice", "multi", "numeric", "output")


class Common(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", gc=False
):
    """What every question says of itself; `concepts[0]` is the topic that statistics go by."""

    concepts: Annotated[tuple[Text, ...], Meta(min_length=1)]
    difficulty: Annotated[int, Meta(ge=1, le=3)]
    source: Text
    exercise: Text | None = None
    plain: dict[str, str] = {}


class Choice(Common, frozen=True, kw_only=True, tag="choice"):
    """One right option of several."""


class Multi(Common, frozen=True, kw_only=True, tag="multi"):
    """One or more right options of several."""

    score: Literal["all-or-nothing", "partial"]


class Wrong(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a known mistake gives, and what to tell who made it."""

    value: Text
    say: Text
    where: Text | None = None


class Numeric(Common, frozen=True, kw_only=True, tag="numeric"):
    """A number or a shape, computed from values that are drawn each time."""

    params: dict[str, Annotated[tuple[Number, ...], Meta(min_length=1)]] = {}
    answer: Text
    where: Text | tuple[Text, ...] = ()
    let: dict[str, Text] = {}
    check: Literal["exact"] | None = None
    rtol: Annotated[float, Meta(gt=0, lt=1)] | None = None
    unit: Text | None = None
    cross: Text | None = None
    wrong: tuple[Wrong, ...] = ()


class Output(Common, frozen=True, kw_only=True, tag="output"):
    """What a piece of code prints."""

    needs: tuple[Text, ...] = ()


class Free(Common, frozen=True, kw_only=True, tag="free"):
    """An answer in words, which the learner marks by a rubric."""

    seconds: Annotated[int, Meta(ge=10, le=3600)]
    probes: tuple[Text, ...] = ()


class Cited(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A paper and what to read of it; `where` is an arXiv number or a venue."""

    title: Text
    authors: Text
    year: Annotated[int, Meta(ge=1900, le=2100)]
    where: Text
    read: Text


class Paper(Common, frozen=True, kw_only=True, tag="paper"):
    """A question on a paper, answered in words."""

    paper: Cited
    seconds: Annotated[int, Meta(ge=10, le=3600)] = 180
    probes: tuple[Text, ...] = ()


Metadata = Choice | Multi | Numeric | Output | Free | Paper


class Option(Struct, frozen=True):
    text: str
    right: bool
    reason: str


class Point(Struct, frozen=True):
    """A point of a rubric: `must`, `bonus`, or `trap` for a wrong statement."""

    kind: Literal["must", "bonus", "trap"]
    text: str


class Question(Struct, frozen=True):
    """A question as its deck has it.

    `prompt` is without options and without the fenced `code` and `output` of an output question.
    """

    id: str
    deck: str
    path: Path
    line: int
    meta: Metadata
    prompt: str
    options: tuple[Option, ...] = ()
    code: str = ""
    output: str = ""
    hint: str = ""
    explanation: str = ""
    reference: str = ""
    rubric: tuple[Point, ...] = ()
    follow_ups: tuple[str, ...] = ()

    def place(self, field: str = "") -> str:
        """Where the question, or a field of it, stands, as errors name it."""
        return f"{self.path}, line {self.line}, {self.id}" + (f", {field}" if field else "")

    @property
    def type(self) -> str:
        """One of choice, multi, numeric, output, free, paper."""
        return str(self.meta.__struct_config__.tag)

    @property
    def by_machine(self) -> bool:
        """Whether the answer is marked by the machine, not by the learner."""
        return self.type in MARKED_BY_MACHINE

    @property
    def topic(self) -> str:
        return self.meta.concepts[0]

    @property
    def probes(self) -> tuple[str, ...]:
        """Ids of machine-marked questions on the same idea; empty for machine-marked ones."""
        return self.meta.probes if isinstance(self.meta, Free | Paper) else ()

    @property
    def seconds(self) -> int:
        """The time an answer should take."""
        if isinstance(self.meta, Free | Paper):
            return self.meta.seconds
        return {"choice": 60, "multi": 75, "numeric": 120, "output": 90}[self.type]

    @property
    def exercise(self) -> str | None:
        """The graded exercise that trains it, as DAY/NAME."""
        name = self.meta.exercise
        return name if name is None or "/" in name else f"{self.deck}/{name}"
