"""Arithmetic in decks: a whitelist of syntax, walked; nothing is ever evaluated as Python."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

Value = int | float | bool | tuple[Any, ...]
LONGEST = 400
LARGEST = 10**30

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
}
_PLAIN = (
    *(ast.expr_context, ast.BoolOp, ast.boolop, ast.BinOp, ast.UnaryOp, ast.Compare),
    *(ast.IfExp, ast.Tuple, ast.Name),
    *(*_BINARY, *_COMPARE, *_UNARY),
)


def _spread(function: Callable[[tuple[Any, ...]], Any]) -> Callable[..., Any]:
    return lambda *values: function(
        values[0] if len(values) == 1 and isinstance(values[0], tuple) else values
    )


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "ceil": math.ceil,
    "exp": math.exp,
    "floor": math.floor,
    "log": math.log,
    "log10": math.log10,
    "log2": math.log2,
    "max": _spread(max),
    "min": _spread(min),
    "round": round,
    "sqrt": math.sqrt,
    "sum": _spread(sum),
    "tanh": math.tanh,
}


class BadExpression(ValueError):
    """An expression that is not of the whitelist, or that has no value; the message says why."""


@lru_cache(maxsize=4096)
def parse(text: str) -> ast.expr:
    """The tree of an expression of the whitelist; BadExpression for any other."""
    if len(text) > LONGEST:
        raise BadExpression(f"it is longer than {LONGEST} characters")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise BadExpression(f"`{text}` is no expression") from None
    for node in ast.walk(tree):
        _allow(node, text)
    return tree


def names(text: str) -> set[str]:
    """The names that an expression uses, functions left out."""
    found = {node.id for node in ast.walk(parse(text)) if isinstance(node, ast.Name)}
    return found - FUNCTIONS.keys()


def evaluate(text: str, values: Mapping[str, Value]) -> Value:
    """The value of an expression; BadExpression when it has none that is finite and of a size."""
    try:
        return _checked(_value(parse(text), values), text)
    except BadExpression:
        raise
    except ZeroDivisionError:
        raise BadExpression(f"`{text}` divides by zero") from None
    except (ArithmeticError, TypeError, ValueError) as error:
        raise BadExpression(f"`{text}` has no value: {error}") from None


def _allow(node: ast.AST, text: str) -> None:
    if isinstance(node, _PLAIN):
        return
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return
    if isinstance(node, ast.Call) and not node.keywords:
        if isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
            return
        raise BadExpression(f"`{text}` calls what is not one of {', '.join(FUNCTIONS)}")
    raise BadExpression(f"`{text}` holds {type(node).__name__}, which expressions do not have")


def _value(node: ast.expr, values: Mapping[str, Value]) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            if name not in values:
                raise BadExpression(f"there is no {name}; there are {', '.join(values)}")
            return values[name]
        case ast.BinOp(left=left, op=op, right=right):
            return _operate(op, _value(left, values), _value(right, values))
        case ast.UnaryOp(op=op, operand=operand):
            return _UNARY[type(op)](_value(operand, values))
        case ast.BoolOp(op=op, values=parts):
            test = all if isinstance(op, ast.And) else any
            return test(bool(_value(part, values)) for part in parts)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return _value(body if _value(test, values) else orelse, values)
        case ast.Compare(left=left, ops=ops, comparators=rights):
            return _compare(left, ops, rights, values)
        case ast.Tuple(elts=parts):
            return tuple(_value(part, values) for part in parts)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return FUNCTIONS[name](*(_value(argument, values) for argument in arguments))
    raise BadExpression(f"{type(node).__name__} has no value")


def _operate(op: ast.operator, left: Any, right: Any) -> Any:
    if not all(isinstance(side, int | float) for side in (left, right)):
        raise BadExpression("arithmetic is for numbers, not for tuples")
    if isinstance(op, ast.Pow) and left and abs(right) * max(1.0, abs(math.log10(abs(left)))) > 300:
        raise BadExpression("a power is too large")
    result = _BINARY[type(op)](left, right)
    if isinstance(result, complex):
        raise BadExpression("a power is not real")
    return result


def _compare(
    left: ast.expr, ops: list[ast.cmpop], rights: list[ast.expr], values: Mapping[str, Value]
) -> bool:
    here = _value(left, values)
    for op, node in zip(ops, rights, strict=True):
        there = _value(node, values)
        if not _COMPARE[type(op)](here, there):
            return False
        here = there
    return True


def _checked(value: Any, text: str) -> Value:
    parts = value if isinstance(value, tuple) else (value,)
    for part in parts:
        if not isinstance(part, int | float):
            raise BadExpression(f"`{text}` is not a number, nor a tuple of numbers")
        if not math.isfinite(part) or abs(part) > LARGEST:
            raise BadExpression(f"`{text}` is not finite, or too large")
    return value  # type: ignore[no-any-return]
