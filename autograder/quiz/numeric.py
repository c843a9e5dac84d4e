"""Numeric questions: their variants, the drawing of one, and texts with values filled in."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator, Mapping

from autograder.errors import DeckError
from autograder.quiz.expression import BadExpression, Value, evaluate, names
from autograder.quiz.formulas import FORMULA
from autograder.quiz.questions import Numeric, Question, Wrong

MOST_VARIANTS = 400
_HOLE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")
_SPEC = re.compile(r",?(?:\.\d{1,2})?[efg%]?")
Values = dict[str, int | float]


def fault(question: Question, what: str, field: str) -> DeckError:
    return DeckError(what, where=question.place(field))


def _conditions(where: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (where,) if isinstance(where, str) else where or ()


def variants(meta: Numeric) -> Iterator[Values]:
    """Every combination of the parameters that `where` admits, in the order of the lists."""
    conditions = _conditions(meta.where)
    for combination in itertools.product(*meta.params.values()):
        values: Values = dict(zip(meta.params, combination, strict=True))
        scope = environment(meta, values) if conditions else {}
        if all(evaluate(condition, scope) for condition in conditions):
            yield values


def environment(meta: Numeric, values: Mapping[str, Value]) -> dict[str, Value]:
    """The parameters and what `let` names."""
    scope = dict(values)
    for name, expression in meta.let.items():
        scope[name] = evaluate(expression, scope)
    return scope


def answer(meta: Numeric, values: Mapping[str, Value]) -> Value:
    return evaluate(meta.answer, environment(meta, values))


def wrong_values(meta: Numeric, values: Mapping[str, Value]) -> Iterator[tuple[Wrong, Value]]:
    """What each known mistake gives, for those that apply to these values."""
    scope = environment(meta, values)
    for wrong in meta.wrong:
        if all(evaluate(condition, scope) for condition in _conditions(wrong.where)):
            yield wrong, evaluate(wrong.value, scope)


def close(given: Value, expected: Value, rtol: float | None) -> bool:
    """Whether an answer is accepted: equal, or within the relative tolerance."""
    if isinstance(expected, tuple) or isinstance(given, tuple):
        return given == expected
    return interval(expected, rtol)[0] <= given <= interval(expected, rtol)[1]


def interval(expected: Value, rtol: float | None) -> tuple[float, float]:
    """The accepted interval of a number."""
    assert not isinstance(expected, tuple)
    slack = abs(expected) * rtol if rtol else 0
    return expected - slack, expected + slack


def telling(meta: Numeric, values: Mapping[str, Value]) -> bool:
    """Whether every known mistake shows in these values."""
    expected = answer(meta, values)
    return not any(close(value, expected, meta.rtol) for _, value in wrong_values(meta, values))


def draw(question: Question, seed: int) -> Values:
    """The values of `question` for a seed, of those in which every known mistake shows."""
    assert isinstance(question.meta, Numeric)
    meta, rng = question.meta, random.Random(f"{question.id} {seed}")
    try:
        every = list(itertools.islice(variants(meta), MOST_VARIANTS))
        rng.shuffle(every)
        chosen = next((values for values in every if telling(meta, values)), None)
    except BadExpression as error:
        raise fault(question, str(error), "params, answer or wrong") from None
    if not every:
        raise fault(question, "no combination of the parameters is admitted", "where")
    return chosen or every[0]


def fill(text: str, scope: Mapping[str, Value]) -> str:
    """`text` with each {expression} replaced by its value; formulas between $ stay as they are."""
    parts, last = [], 0
    for formula in FORMULA.finditer(text):
        parts += [_filled(text[last : formula.start()], scope), formula.group(0)]
        last = formula.end()
    return "".join([*parts, _filled(text[last:], scope)])


def holes(text: str) -> set[str]:
    """The names that the placeholders of `text` use."""
    found = (match.group(1) for match in _HOLE.finditer(FORMULA.sub("", text)))
    return {name for hole in found if hole for name in names(hole.partition(":")[0])}


def _filled(text: str, scope: Mapping[str, Value]) -> str:
    def value(match: re.Match[str]) -> str:
        if match.group(1) is None:
            return match.group(0)[0]
        expression, _, spec = match.group(1).partition(":")
        if not _SPEC.fullmatch(spec):
            raise BadExpression(f"`:{spec}` is no format; there are :, and :.3g and the like")
        return shown(evaluate(expression, scope), spec)

    return _HOLE.sub(value, text)


def shown(value: Value, spec: str = "") -> str:
    """A number or shape as people write it: 5 for 5.0, six significant digits."""
    if isinstance(value, tuple):
        return "(" + ", ".join(shown(part, spec) for part in value) + ")"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 and spec in ("", ","):
        value = int(value)
    if isinstance(value, float) and not spec:
        return f"{value:.6g}"
    return format(value, spec)
