"""Independent computations of numeric quiz answers: one function for each question id."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Oracle = Callable[..., Any]
F = TypeVar("F", bound=Oracle)

ORACLES: dict[str, Oracle] = {}


def oracle(question: str) -> Callable[[F], F]:
    """Mark the computation of `question`; it takes its params by name and returns the answer."""

    def keep(function: F) -> F:
        if question in ORACLES:
            raise ValueError(f"{question} has an oracle already")
        ORACLES[question] = function
        return function

    return keep
