"""A question as it is put to somebody once: with values drawn, options shuffled, formulas plain."""

from __future__ import annotations

import random
from collections.abc import Mapping

from msgspec import Struct

from autograder.quiz import numeric
from autograder.quiz.expression import BadExpression, Value
from autograder.quiz.formulas import in_plain
from autograder.quiz.questions import Numeric, Option, Question


class Asked(Struct, frozen=True):
    """A question with a seed: equal seeds give equal values and an equal order of options."""

    question: Question
    seed: int
    values: Mapping[str, int | float]
    options: tuple[Option, ...]
    scope: Mapping[str, Value]

    def text(self, raw: str) -> str:
        """Text of the question with values filled in and formulas in their plain form."""
        if isinstance(self.question.meta, Numeric):
            try:
                raw = numeric.fill(raw, self.scope)
            except BadExpression as error:
                raise numeric.fault(self.question, str(error), "a placeholder") from None
        return in_plain(raw, self.question.meta.plain)

    @property
    def prompt(self) -> str:
        text = self.text(self.question.prompt)
        if self.question.type == "output":
            text = f"{text}\n\n```python\n{self.question.code}```".lstrip("\n")
        return text

    @property
    def unit(self) -> str:
        meta = self.question.meta
        return (meta.unit or "") if isinstance(meta, Numeric) else ""

    @property
    def right_numbers(self) -> tuple[int, ...]:
        """The numbers, from 1, of the right options in the order shown."""
        return tuple(i for i, option in enumerate(self.options, 1) if option.right)

    @property
    def answer(self) -> str:
        """The right answer as a person would write it; empty for a free question."""
        question = self.question
        if isinstance(question.meta, Numeric):
            return numeric.shown(self.scope["answer"])
        if question.type == "output":
            return question.output.rstrip()
        return " ".join(str(number) for number in self.right_numbers)


def ask(question: Question, seed: int, values: Mapping[str, int | float] | None = None) -> Asked:
    """Put `question` with this seed; `values` overrides what the seed would draw.

    DeckError when the question's expressions have no value.
    """
    options = list(question.options)
    random.Random(f"{question.id} {seed}").shuffle(options)
    scope: dict[str, Value] = {}
    if isinstance(question.meta, Numeric):
        values = values or numeric.draw(question, seed)
        try:
            scope = numeric.environment(question.meta, values)
            scope["answer"] = numeric.answer(question.meta, values)
        except BadExpression as error:
            raise numeric.fault(question, str(error), "answer or let") from None
    return Asked(question, seed, dict(values or {}), tuple(options), scope)
