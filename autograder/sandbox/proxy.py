"""What a hidden test holds of the student's: functions by name, and objects that stay there."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from autograder.text import one_line

__tracebackhide__ = True  # pytest ends its report at the line of the test


class StudentFailure(AssertionError):
    """The student's side is at fault; the text says how, in words for the student."""


class CallFailed(StudentFailure):
    """The student's code raised; `bases` names the builtin exceptions that it is one of."""

    def __init__(self, text: str, bases: list[str]) -> None:
        super().__init__(text)
        self.bases = bases


class Caller(Protocol):
    """Whatever makes the calls: `sandbox.student.Student`."""

    def _call(
        self,
        target: list[Any],
        label: str,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        *,
        unchanged: bool = False,
        lines: bool = False,
    ) -> tuple[Any, list[str], int]: ...


class Function:
    """A function or class of the student's, by name."""

    def __init__(self, student: Caller, name: str) -> None:
        self._student = student
        self._name = name
        self._target = ["name", name]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The value that the function returns for copies of the arguments."""
        return self._student._call(self._target, self._name, args, kwargs)[0]

    def unchanged(self, *args: Any, **kwargs: Any) -> Any:
        """The same, and a failure that names the argument when the call changed one."""
        value, changed, _ = self._student._call(
            self._target, self._name, args, kwargs, unchanged=True
        )
        if changed:
            names = " and ".join(_argument(key, args, kwargs) for key in changed[:4])
            raise StudentFailure(
                f"{self._name} changed {names} while it ran: the caller still needs the old values"
            )
        return value

    def count_lines(self, *args: Any, **kwargs: Any) -> tuple[Any, int]:
        """The value, and how many lines of the notebook's own code ran to get it."""
        value, _, lines = self._student._call(self._target, self._name, args, kwargs, lines=True)
        return value, lines

    def raises(self, kind: type[Exception], *args: Any, **kwargs: Any) -> None:
        """A failure unless the call raises `kind`, a builtin exception, or one derived from it.

        The NotImplementedError of an exercise that nobody has begun counts as nothing but itself.
        """
        try:
            self._student._call(self._target, self._name, args, kwargs)
        except CallFailed as failure:
            unwritten = "NotImplementedError" in failure.bases and kind is not NotImplementedError
            if kind.__name__ in failure.bases and not unwritten:
                return
            raise
        raise StudentFailure(
            f"{self._name} should raise {kind.__name__} here, and it returned something"
        )

    @property
    def value(self) -> Any:
        """The global of this name itself, for a constant or a table."""
        return self._student._call(["value", self._name], self._name, (), {})[0]


def _argument(key: str, args: Sequence[Any], kwargs: dict[str, Any]) -> str:
    value = kwargs.get(key) if key in kwargs else None
    place = f"its argument {one_line(key, 40)!r}"
    if key.isdigit() and int(key) < len(args):
        value, place = args[int(key)], f"its argument number {int(key) + 1}"
    return f"{place} (shape {value.shape})" if isinstance(value, np.ndarray) else place


class Handle:
    """An object that stays on the student's side: call it, read its attributes, pass it back.

    Operators and indexing work where Python has them for the object itself.
    """

    def __init__(self, student: Caller, number: int, kind: str, epoch: int) -> None:
        self._student = student
        self._number = number
        self._kind = kind
        self._epoch = epoch

    def __repr__(self) -> str:
        return f"<the student's {self._kind}>"

    def _operate(self, name: str, /, *args: Any, **kwargs: Any) -> Any:
        label = f"the {self._kind} that was returned"
        return self._student._call(["operator", name], label, (self, *args), kwargs)[0]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._operate("call", *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._operate("getattr", name)

    def do(self, method: str, /, *args: Any, **kwargs: Any) -> Any:
        """Call a method of its in one go; by its attribute that is two calls across."""
        return self._operate("method", method, *args, **kwargs)

    def set(self, name: str, value: Any) -> None:
        """Set an attribute on the student's side."""
        self._operate("setattr", name, value)

    def items(self) -> tuple[Any, ...]:
        """What iterating over the object gives, as a tuple."""
        items = self._operate("tuple")
        if type(items) is not tuple:
            raise StudentFailure(f"the {self._kind} that was returned cannot be iterated over")
        return items

    def __len__(self) -> int:
        length = self._operate("len")
        if type(length) is not int or not 0 <= length <= sys.maxsize:
            raise StudentFailure(f"the {self._kind} that was returned has no length")
        return length

    def __getitem__(self, key: Any) -> Any:
        return self._operate("getitem", key)

    def __neg__(self) -> Any:
        return self._operate("neg")


def _operator(name: str, *, swapped: bool = False) -> Callable[[Handle, Any], Any]:
    def operate(self: Handle, other: Any) -> Any:
        if not swapped:
            return self._operate(name, other)
        label = f"the {self._kind} that was returned"
        return self._student._call(["operator", name], label, (other, self), {})[0]

    return operate


for _name in ("add", "sub", "mul", "truediv", "matmul", "pow"):
    setattr(Handle, f"__{_name}__", _operator(_name))
    setattr(Handle, f"__r{_name}__", _operator(_name, swapped=True))
