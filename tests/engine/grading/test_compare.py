"""The sentences that students read when a value is not what it should be, word for word."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from autograder.grading.compare import Mismatch, assert_close, assert_equal, check, unpack
from autograder.sandbox.proxy import Handle, StudentFailure

GRID = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
SQUARE = np.array([[1.0, 2.0], [3.5, -4.0]])
TENSOR = torch.tensor([[1.0, 2.0], [3.5, -4.0]])
NAN, INF = float("nan"), float("inf")


def spoilt(*entries: float) -> np.ndarray:
    """GRID with other entries from its second one on."""
    wrong = GRID.copy()
    wrong.flat[1 : 1 + len(entries)] = entries
    return wrong


class Nobody:
    """A student who is never asked."""

    def _call(self, target: Any, label: str, args: Any, kwargs: Any, **options: Any) -> Any:
        raise AssertionError("no call is expected")


class Lister(Nobody):
    """A student whose object is iterable."""

    def _call(self, target: Any, label: str, args: Any, kwargs: Any, **options: Any) -> Any:
        assert target == ["operator", "tuple"]
        return (1, 2), [], 0


def handle(kind: str, student: Any = None) -> Handle:
    return Handle(student or Nobody(), 1, kind, 1)


def message(call: Callable[..., object], *args: object, **kwargs: object) -> str:
    """What the student reads; a warning on the way is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(Mismatch) as caught:
            call(*args, **kwargs)
    return str(caught.value)


def close(actual: object, expected: object, **settings: Any) -> str:
    return message(assert_close, actual, expected, **{"rtol": 1e-6, "atol": 1e-9, **settings})


@pytest.mark.parametrize(
    ("actual", "expected", "text"),
    [
        # What it is.
        (None, GRID, "`result` should be a numpy array, and is None (is a `return` missing?)"),
        ([[1.0, 2.0]], GRID, "`result` should be a numpy array, and is a list"),
        ((GRID, None), GRID, "`result` should be a numpy array, and is a tuple"),
        ("GRID", GRID, "`result` should be a numpy array, and is a str"),
        (True, GRID, "`result` should be a numpy array, and is a bool"),
        (3, GRID, "`result` should be a numpy array, and is an int"),
        (2.5, GRID, "`result` should be a numpy array, and is a number"),
        (torch.tensor(GRID), GRID, "`result` should be a numpy array, and is a torch tensor"),
        (handle("Affine"), GRID, "`result` should be a numpy array, and is an Affine"),
        (handle("Cache"), 2.5, "`result` should be a number, and is a Cache"),
        (GRID, TENSOR, "`result` should be a torch tensor, and is a numpy array"),
        (GRID, 2.5, "`result` should be a number, and is a numpy array"),
        (TENSOR, 2.5, "`result` should be a number, and is a torch tensor"),
        (None, 3, "`result` should be an int, and is None (is a `return` missing?)"),
        (True, 1.0, "`result` should be a number, and is a bool"),
        (10**400, 1.0, "`result` should hold numbers, and holds object"),
        (np.array([["a", "b"]]), GRID, "`result` should hold numbers, and holds <U1"),
        # Its shape.
        (GRID.T, GRID, "`result` has shape (3, 2), and should have (2, 3)"),
        (np.zeros((2, 3, 1)), GRID, "`result` has shape (2, 3, 1), and should have (2, 3)"),
        (np.zeros(0), GRID, "`result` has shape (0,), and should have (2, 3)"),
        (torch.zeros(3), TENSOR, "`result` has shape (3,), and should have (2, 2)"),
        # No number.
        (np.where(GRID > 4, NAN, GRID), GRID, "`result` is NaN in 2 of 6 entries"),
        (np.where(GRID > 5, -INF, GRID), GRID, "`result` is infinity in 1 of 6 entries"),
        (np.array([NAN, INF]), np.array([1.0, 2.0]), "`result` is NaN in 1 of 2 entries"),
        (NAN, 2.5, "`result` is NaN"),
        (np.float32("inf"), 2.5, "`result` is infinity"),
        (complex(NAN, 0), 2.5 + 1j, "`result` is NaN"),
        (torch.tensor([NAN, 1.0]), torch.ones(2), "`result` is NaN in 1 of 2 entries"),
        (np.array([1.0, INF]), np.array([1.0, -INF]),
         "`result`: 1 of 2 entries are off by up to inf"),
        (np.array([1.0, 7.0]), np.array([1.0, INF]),
         "`result`: 1 of 2 entries are off by up to inf"),
        (GRID.astype(complex), GRID, "`result` is complex, and should be real"),
        # How far it is off.
        (spoilt(2.25), GRID, "`result`: 1 of 6 entries are off by up to 2.5e-01"),
        (spoilt(-1.0, 4.0), GRID, "`result`: 2 of 6 entries are off by up to 3.0e+00"),
        (2.75, 2.5, "`result`: the value is off by 2e-01"),
        (3, 2.5, "`result`: the value is off by 5e-01"),
        (np.array(3.5), 2.5, "`result`: the value is off by 1e+00"),
        (torch.tensor(3.5), 2.5, "`result`: the value is off by 1e+00"),
        (3.5, np.array(2.5), "`result`: the value is off by 1e+00"),
        (torch.tensor(3.5), torch.tensor(2.5), "`result`: the value is off by 1e+00"),
        (1 + 1j, 1 - 1j, "`result`: the value is off by 2e+00"),
        # A pattern in it.
        (np.zeros((2, 3)), GRID,
         "`result`: 6 of 6 entries are off by up to 6.0e+00: it is all zeros"),
        (-SQUARE, SQUARE,
         "`result`: 4 of 4 entries are off by up to 8.0e+00: every sign is reversed"),
        (SQUARE / 4, SQUARE, "`result`: 4 of 4 entries are off by up to 3.0e+00: "
         "every entry is 0.25 times what it should be"),
        (GRID * 3, GRID, "`result`: 6 of 6 entries are off by up to 1.2e+01: "
         "every entry is 3 times what it should be"),
        (GRID + 0.5, GRID, "`result`: 6 of 6 entries are off by up to 5.0e-01: "
         "every entry is off by the same amount"),
        (SQUARE.T, SQUARE, "`result`: 2 of 4 entries are off by up to 1.5e+00: "
         "the last two axes are swapped"),
        (TENSOR.T, TENSOR, "`result`: 2 of 4 entries are off by up to 1.5e+00: "
         "the last two axes are swapped"),
        (TENSOR.bfloat16() * 2, TENSOR, "`result`: 4 of 4 entries are off by up to 4.0e+00: "
         "every entry is 2 times what it should be"),
        # No pattern where it would say nothing.
        (GRID * 1.0001, GRID, "`result`: 6 of 6 entries are off by up to 6.0e-04"),
        (np.zeros((2, 3)), np.ones((2, 3)), "`result`: 6 of 6 entries are off by up to 1.0e+00"),
        (-np.ones(2), np.ones(2), "`result`: 2 of 2 entries are off by up to 2.0e+00"),
    ],
)  # fmt: skip
def test_close_says(actual: object, expected: object, text: str) -> None:
    assert close(actual, expected) == text


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (GRID.copy(), GRID),
        (GRID.astype(np.float32), GRID),
        (GRID.astype(np.int64), GRID),
        (TENSOR.clone().requires_grad_(), TENSOR),
        (TENSOR.double(), TENSOR),
        (2.5, 2.5),
        (3, 3.0),
        (3.0, 3),
        (np.int8(3), 3),
        (np.array(2.5), 2.5),
        (torch.tensor(2.5), 2.5),
        (np.float64(2.5), np.array(2.5)),
        (np.array([INF, -INF]), np.array([INF, -INF])),
        (np.zeros((0, 3)), np.ones((0, 3))),
        (GRID.astype(complex), GRID.astype(complex)),
        (GRID, GRID.astype(complex)),
        (torch.tensor([1j]).conj().imag, torch.tensor([-1.0])),
        (torch.tensor([-1.0]), torch.tensor([1j]).conj().imag),
    ],
)
def test_close_takes(actual: object, expected: object) -> None:
    assert_close(actual, expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(
    ("dtype", "actual", "text"),
    [
        (np.float64, GRID.astype(np.float32), "has dtype float32, and should have float64"),
        (np.float32, GRID, "has dtype float64, and should have float32"),
        ("int64", GRID, "has dtype float64, and should have int64"),
        (bool, GRID, "has dtype float64, and should have bool"),
    ],
)
def test_close_asks_for_a_dtype(dtype: object, actual: object, text: str) -> None:
    assert close(actual, GRID, dtype=dtype, name="out") == f"`out` {text}"


def test_close_asks_for_a_dtype_of_scalars_and_tensors() -> None:
    assert close(2.5, 2.5, dtype=np.float64) == (
        "`result` has dtype float, and should have float64"
    )
    assert close(TENSOR, TENSOR, dtype=torch.float64) == (
        "`result` has dtype torch.float32, and should have torch.float64"
    )
    assert_close(np.float64(2.5), 2.5, rtol=0, atol=0, dtype=np.float64)
    assert_close(TENSOR, TENSOR, rtol=0, atol=0, dtype=torch.float32)


def test_tolerance_is_met_exactly_and_not_exceeded() -> None:
    """|actual - expected| <= atol + rtol * |expected|, here in binary fractions: 0.25 + 0.5 * 4."""
    for sign in (1.0, -1.0):
        assert_close(4.0 + sign * 2.25, 4.0, rtol=0.5, atol=0.25)
        over = 4.0 + sign * (2.25 + 2**-50)
        assert close(over, 4.0, rtol=0.5, atol=0.25) == "`result`: the value is off by 2e+00"
    assert_close(np.array([1.0, 4.0]), np.array([1.25, 4.0]), rtol=0, atol=0.25)
    # The tolerance grows with what is expected, not with what came back.
    assert close(8.0, 4.0, rtol=0.5, atol=0.0) == "`result`: the value is off by 4e+00"
    assert_close(4.0, 8.0, rtol=0.5, atol=0.0)


@pytest.mark.parametrize("actual", [1.0, None, np.ones(2), np.array([NAN, 1.0])])
@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (NAN, "the expected out has NaN in it, so nothing could ever pass"),
        (np.array([1.0, NAN]), "the expected out has NaN in it, so nothing could ever pass"),
        (torch.tensor([NAN]), "the expected out has NaN in it, so nothing could ever pass"),
        (None, "the expected out is None, not an array or number"),
        ([1.0, 2.0], "the expected out is a list, not an array or number"),
        (True, "the expected out is a bool, not an array or number"),
        (np.array(["a"]), "expected: `out` should hold numbers, and holds <U1"),
        (handle("Cache"), "the expected out is a Cache, not an array or number"),
    ],
)
def test_what_cannot_be_expected_is_our_fault(actual: object, expected: object, text: str) -> None:
    with pytest.raises(ValueError) as caught:
        assert_close(actual, expected, rtol=1e-6, atol=0.0, name="out")
    assert str(caught.value) == text


EXTREMES = [
    np.array([1e308, -1e308, 1.0, 2.0]),
    np.array([1e-308, -5e-324, 1e-200, 3e-200]),
    np.array([1e200, 3e200, -1e200, 7.0]),
    np.array([INF, -INF, 1.0, 2.0]),
    np.array([0.0, 0.0, 0.0, 0.0]),
    np.array([1e308 + 1e308j, 1, 2, 3j]),
    np.array([2**63 - 1, 1, 2, 3]),
    np.array([2**64 - 1, 1, 2, 3], dtype=np.uint64),
    np.array([7, 1, 2, 3], dtype=np.longdouble) * np.longdouble("1e600"),
    np.array([65504, 1, 2, 3], dtype=np.float16),
    np.array([True, False, True, True]),
]


@pytest.mark.parametrize("expected", EXTREMES, ids=lambda array: str(array.dtype))
def test_extreme_values_fail_without_a_warning(expected: np.ndarray) -> None:
    """Overflow and underflow inside the comparison are nobody's business."""
    with np.errstate(all="ignore"):
        others = [other for other in EXTREMES if not np.array_equal(other, expected)]
        others += [-other for other in EXTREMES if other.dtype != bool and other.any()]
    for actual in others:
        with np.errstate(all="raise"):
            assert close(actual, expected, rtol=1e-9, atol=0.0)


def test_messages_hold_no_expected_value() -> None:
    """Only the size of the error, to two digits, and a plain relation are told."""
    expected = np.array([[123.456789, 7.654321], [31.4159265, 27.1828]])
    wrongs = [expected + 1, expected * 2, -expected, expected.T, expected - 0.125, expected**2]
    wrongs += [np.where(expected > 30, replaced, expected) for replaced in (0, NAN, INF)]
    for wrong in wrongs:
        text = close(wrong, expected)
        for digits in ("123.4", "123.5", "7.65", "31.4", "27.1"):
            assert digits not in text


# Exact comparison.


@pytest.mark.parametrize(
    ("actual", "expected", "text"),
    [
        (4, 3, "`n` is wrong"),
        (3.0, 3, "`n` should be an int, and is a number"),
        (None, 3, "`n` should be an int, and is None (is a `return` missing?)"),
        (3, None, "`n` should be None, and is an int"),
        (True, 1, "`n` should be an int, and is a bool"),
        (1, True, "`n` should be a bool, and is an int"),
        (np.True_, 1, "`n` should be an int, and is a number"),
        (np.False_, True, "`n` is wrong"),
        (np.int64(4), 3, "`n` is wrong"),
        (np.array(3), 3, "`n` should be an int, and is a number"),
        (np.array([3]), 3, "`n` should be an int, and is a numpy array"),
        (handle("Answer"), 3, "`n` should be an int, and is an Answer"),
        ("Same", "same", "`n` is wrong"),
        (b"same", "same", "`n` should be a str, and is a bytes"),
        ([1, 2], (1, 2), "`n` should be a tuple, and is a list"),
        ((1, 2, 3), (1, 2), "`n` has 3 entries, and should have 2"),
        ((1, 5), (1, 2), "`n[1]` is wrong"),
        ((1, [2, "a"]), (1, [2, "b"]), "`n[1][1]` is wrong"),
        ((1, 2.0), (1, 2), "`n[1]` should be an int, and is a number"),
        ([np.array([1, 2])], [1], "`n[0]` should be an int, and is a numpy array"),
        ({1, 2}, {1, 3}, "`n` is wrong"),
        ({"a": 1}, {"a": 2}, "`n['a']` is wrong"),
        ({"b": 1}, {"a": 1}, "`n` does not have the keys that it should have"),
        ({"a": 1, "b": 1}, {"a": 1}, "`n` does not have the keys that it should have"),
        ({"a": np.array([1, 2])}, {"a": 1}, "`n['a']` should be an int, and is a numpy array"),
        ({"a": torch.ones(2)}, {"a": 1}, "`n['a']` should be an int, and is a torch tensor"),
        ([], {}, "`n` should be a dict, and is a list"),
    ],
)
def test_equal_says(actual: object, expected: object, text: str) -> None:
    assert message(assert_equal, actual, expected, name="n") == text


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (3, 3),
        (np.int8(3), 3),
        (3, np.int64(3)),
        (np.True_, True),
        (False, np.False_),
        ("a", "a"),
        (None, None),
        ((1, [2, "a"]), (1, [2, "a"])),
        ((np.int32(1),), (1,)),
        ({"a": (1, None)}, {"a": (1, None)}),
        ({1, 2}, {2, 1}),
        ([], []),
    ],
)
def test_equal_takes(actual: object, expected: object) -> None:
    assert_equal(actual, expected)


# Parts and conditions.


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "is None (is a `return` missing?)"),
        (GRID, "is a numpy array"),
        (2.5, "is a number"),
        ("ab", "is a str"),
        ({"out": 1, "cache": 2}, "is a dict"),
        ((1,), "has 1 parts"),
        ([1, 2, 3], "has 3 parts"),
    ],
)
def test_unpack_says(value: object, text: str) -> None:
    expected = f"the result should be a tuple (out, cache), and {text}"
    assert message(unpack, value, "out", "cache") == expected


def test_unpack_gives_the_parts() -> None:
    assert unpack((1, 2), "out", "cache") == (1, 2)
    assert unpack([1, 2], "out", "cache") == (1, 2)
    assert unpack(handle("Pair", Lister()), "out", "cache") == (1, 2)


def test_check() -> None:
    check([1], "is never said")
    assert message(check, [], "the list is empty") == "the list is empty"


def test_a_mismatch_is_the_students_failure() -> None:
    assert issubclass(Mismatch, StudentFailure)
    assert issubclass(StudentFailure, AssertionError)
