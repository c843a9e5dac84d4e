"""Marking what a machine can mark, and the rating that follows from a mark."""

from __future__ import annotations

import re
from typing import Final, Literal

from msgspec import Struct

from autograder.quiz import numeric
from autograder.quiz.asking import Asked
from autograder.quiz.expression import Value
from autograder.quiz.questions import Multi, Numeric, Point
from autograder.text import one_line

Rating = Literal[1, 2, 3, 4]
AGAIN: Final = 1
HARD: Final = 2
GOOD: Final = 3
EASY: Final = 4
RATING_NAMES = {AGAIN: "Again", HARD: "Hard", GOOD: "Good", EASY: "Easy"}
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?", re.IGNORECASE)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:([, _'])\d{3})(?:\1\d{3})*(?:\.\d+)?")


class NotAnAnswer(ValueError):
    """What was typed cannot be an answer to this question; the message says what can."""


class Mark(Struct, frozen=True):
    """A machine's mark: the share that is right (0 to 1), what is accepted, and what to say."""

    score: float
    accepted: str
    say: str = ""

    @property
    def right(self) -> bool:
        return self.score == 1


def mark(asked: Asked, text: str) -> Mark:
    """The mark for `text`; NotAnAnswer if it is none. Not for free text: that is never scored."""
    kind = asked.question.type
    if kind == "numeric":
        return _numeric(asked, text)
    if kind == "output":
        return _output(asked, text)
    if kind in ("choice", "multi"):
        return _options(asked, text)
    raise NotAnAnswer("an answer in words is marked by the learner, not by the machine")


def numbers(text: str, most: int) -> list[int]:
    """The option numbers in "1 3", "1,3" or "13"; NotAnAnswer if one is not from 1 to `most`."""
    parts = re.findall(r"[^\s,;]+", text)
    if len(parts) == 1 and parts[0].isdecimal() and most < 10:
        parts = list(parts[0])
    chosen = []
    for part in parts:
        if not part.isdecimal() or not 1 <= int(part) <= most:
            raise NotAnAnswer(f'"{one_line(part, 20)}" is not a number from 1 to {most}')
        chosen.append(int(part))
    return sorted(set(chosen))


def _options(asked: Asked, text: str) -> Mark:
    chosen, right = numbers(text, len(asked.options)), set(asked.right_numbers)
    if not chosen:
        raise NotAnAnswer(f"give a number from 1 to {len(asked.options)}")
    if asked.question.type == "choice" and len(chosen) > 1:
        raise NotAnAnswer("give one number")
    accepted = " ".join(map(str, sorted(right)))
    if set(chosen) == right:
        return Mark(1, accepted)
    meta = asked.question.meta
    if isinstance(meta, Multi) and meta.score == "partial":
        hits = len(right & set(chosen)) - len(set(chosen) - right)
        return Mark(max(0, hits) / len(right), accepted)
    return Mark(0, accepted)


def number(text: str) -> float | int:
    """A number as people type it: 112, 1,024, -0.5, 1e6, 3/4; NotAnAnswer for anything else."""
    plain = text.strip().replace("−", "-")
    if _THOUSANDS.fullmatch(plain):
        plain = re.sub(r"[, _']", "", plain)
    over, slash, under = plain.partition("/")
    if slash and _NUMBER.fullmatch(over.strip()) and _NUMBER.fullmatch(under.strip()):
        if float(under) == 0:
            raise NotAnAnswer("nothing can be divided by 0")
        return float(over) / float(under)
    if not _NUMBER.fullmatch(plain) or len(plain) > 40:
        raise NotAnAnswer(f'"{one_line(text, 30)}" is no number')
    return float(plain) if re.search(r"[.eE]", plain) else int(plain)


def shape(text: str) -> tuple[float | int, ...]:
    """A shape as people type it: (2, 16, 14), 2x16x14 or 2 16 14."""
    inner = text.strip().removeprefix("torch.Size").strip("()[] ")
    return tuple(number(part) for part in re.split(r"\s*[,x×]\s*|\s+", inner.strip(", ")))


def _numeric(asked: Asked, text: str) -> Mark:
    meta, expected = asked.question.meta, asked.scope["answer"]
    assert isinstance(meta, Numeric)
    if isinstance(expected, tuple):
        try:
            given: Value = shape(text)
        except NotAnAnswer:
            raise NotAnAnswer("give a shape such as (2, 3, 4)") from None
        accepted = numeric.shown(expected)
    else:
        given = number(text)
        low, high = numeric.interval(expected, meta.rtol)
        accepted = numeric.shown(expected)
        if meta.rtol:
            accepted += f", and from {low:.6g} to {high:.6g}"
    if numeric.close(given, expected, meta.rtol):
        return Mark(1, accepted)
    for wrong, value in numeric.wrong_values(meta, asked.values):
        if numeric.close(given, value, meta.rtol or 1e-6):
            return Mark(0, accepted, asked.text(wrong.say))
    return Mark(0, accepted)


def _normal(text: str) -> str:
    """Output with white space folded, and none beside brackets and commas."""
    return re.sub(r"\s*([\[\](),])\s*", r"\1", " ".join(text.split()))


def _output(asked: Asked, text: str) -> Mark:
    if not text.strip():
        raise NotAnAnswer("give what is printed")
    printed = asked.question.output.rstrip()
    return Mark(float(_normal(text) == _normal(printed)), printed)


def rating(right: bool, *, hint: bool, overtime: bool) -> Rating:
    """Again for a wrong answer; Hard for a right one with a hint or over its time; else Good."""
    if not right:
        return AGAIN
    return HARD if hint or overtime else GOOD


def self_mark(rubric: tuple[Point, ...], ticked: set[int]) -> tuple[float, bool, bool]:
    """Share of the musts that were ticked, whether all were, and whether a trap was.

    `ticked` holds numbers from 1, in the order of `rubric`.
    """
    musts = [i for i, point in enumerate(rubric, 1) if point.kind == "must"]
    traps = {i for i, point in enumerate(rubric, 1) if point.kind == "trap"}
    made = len(ticked.intersection(musts))
    return made / len(musts) if musts else 1.0, made == len(musts), bool(traps & ticked)
