"""Comparisons that hidden tests make, with messages that a student can act on.

A message names the shape, the dtype, the kind and the size of an error. It never holds an expected
value or a hidden input.
"""

from __future__ import annotations

import numbers
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.sandbox.proxy import Handle, StudentFailure

__tracebackhide__ = True  # pytest ends its report at the line of the test
Array = np.ndarray[Any, Any]


class Mismatch(StudentFailure):
    """A value that came back is not what it should be."""


def check(condition: object, message: str) -> None:
    """Fail with `message`, a sentence for the student, unless `condition` is true."""
    if not condition:
        raise Mismatch(message)


def unpack(value: object, *names: str) -> tuple[Any, ...]:
    """The parts of a returned tuple or list, which must have one for each of `names`."""
    wanted = f"({', '.join(names)})"
    if isinstance(value, Handle):
        value = value.items()
    if not isinstance(value, tuple | list):
        raise Mismatch(f"the result should be a tuple {wanted}, and is {_kind(value)}")
    if len(value) != len(names):
        raise Mismatch(f"the result should be a tuple {wanted}, and has {len(value)} parts")
    return tuple(value)


def assert_equal(actual: object, expected: object, *, name: str = "result") -> None:
    """Fail unless `actual` is `expected` exactly.

    For int, bool, str, None, and tuples, lists, dicts and sets of them. A numpy integer counts as
    int.
    """
    if type(actual) is not type(expected) and not _same_scalar_kind(actual, expected):
        raise Mismatch(f"`{name}` should be {_wanted_kind(expected)}, and is {_kind(actual)}")
    if isinstance(expected, tuple | list):
        _assert_items_equal(actual, expected, name)
    elif isinstance(expected, dict):
        _assert_dicts_equal(actual, expected, name)
    elif actual != expected:
        raise Mismatch(f"`{name}` is wrong")


def _assert_items_equal(actual: Any, expected: Sequence[Any], name: str) -> None:
    if len(actual) != len(expected):
        raise Mismatch(f"`{name}` has {len(actual)} entries, and should have {len(expected)}")
    for i, (mine, theirs) in enumerate(zip(actual, expected, strict=True)):
        assert_equal(mine, theirs, name=f"{name}[{i}]")


def _assert_dicts_equal(actual: Any, expected: dict[Any, Any], name: str) -> None:
    """The same keys, then value by value: only keys that the student has too are named."""
    if actual.keys() != expected.keys():
        raise Mismatch(f"`{name}` does not have the keys that it should have")
    for key, theirs in expected.items():
        assert_equal(actual[key], theirs, name=f"{name}[{key!r}]")


def _same_scalar_kind(actual: object, expected: object) -> bool:
    if isinstance(expected, bool | np.bool_):
        return isinstance(actual, bool | np.bool_)
    if isinstance(expected, int | np.integer):
        return isinstance(actual, int | np.integer) and not isinstance(actual, bool)
    return False


def assert_close(
    actual: object,
    expected: object,
    *,
    rtol: float,
    atol: float,
    name: str = "result",
    dtype: object = None,
) -> None:
    """Fail unless `actual` has the type, the shape and, within tolerance, the values of `expected`.

    Entry by entry: |actual - expected| <= atol + rtol * |expected|. NaN never passes; an infinity
    only against the same infinity. `expected` is a numpy array, a torch tensor or a number; a
    number also accepts a 0-d array. `dtype`, if given, is the exact dtype that `actual` must have.
    Raises ValueError, which is our fault, when `expected` is nothing that could be reached.
    """
    wanted = _expected_values(expected, name)
    _assert_kind(actual, expected, name)
    got = _values(actual, name)
    if got.shape != wanted.shape:
        raise Mismatch(f"`{name}` has shape {got.shape}, and should have {wanted.shape}")
    if dtype is not None and str(getattr(actual, "dtype", "")) != str(_dtype_name(dtype)):
        has = getattr(actual, "dtype", type(actual).__name__)
        raise Mismatch(f"`{name}` has dtype {has}, and should have {_dtype_name(dtype)}")
    _assert_values(got, wanted, rtol, atol, name)


def _expected_values(expected: object, name: str) -> Array:
    if not (isinstance(expected, np.ndarray) or _is_tensor(expected) or _is_number(expected)):
        raise ValueError(f"the expected {name} is {_wanted_kind(expected)}, not an array or number")
    try:
        wanted = _values(expected, name)
    except Mismatch as fault:
        raise ValueError(f"expected: {fault}") from None
    if np.isnan(wanted).any():
        raise ValueError(f"the expected {name} has NaN in it, so nothing could ever pass")
    return wanted


def _dtype_name(dtype: Any) -> str:
    return str(dtype) if str(dtype).startswith("torch.") else np.dtype(dtype).name


def _values(value: object, name: str) -> Array:
    if _is_tensor(value):
        value = _tensor_values(value)
    array = np.asarray(value)
    if array.dtype.kind not in "biufc":
        raise Mismatch(f"`{name}` should hold numbers, and holds {array.dtype}")
    return array


def _tensor_values(tensor: Any) -> Array:
    plain = tensor.detach().resolve_conj().resolve_neg()
    if str(plain.dtype) == "torch.bfloat16":
        plain = plain.float()
    return np.asarray(plain.numpy())


def _is_tensor(value: object) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def _assert_kind(actual: object, expected: object, name: str) -> None:
    if _is_tensor(expected):
        right = _is_tensor(actual)
    elif isinstance(expected, np.ndarray) and expected.ndim:
        right = isinstance(actual, np.ndarray)
    else:
        right = _is_number(actual)
    if not right:
        raise Mismatch(f"`{name}` should be {_wanted_kind(expected)}, and is {_kind(actual)}")


def _is_number(value: object) -> bool:
    if isinstance(value, np.ndarray) or _is_tensor(value):
        return value.ndim == 0  # type: ignore[attr-defined,no-any-return]
    return isinstance(value, numbers.Number | np.generic) and not isinstance(value, bool)


def _wanted_kind(value: object) -> str:
    """Of an expected value, where None is no mistake."""
    if value is None:
        return "None"
    return _kind(value)


def _kind(value: object) -> str:
    if isinstance(value, np.ndarray) and value.ndim:
        return "a numpy array"
    if _is_tensor(value):
        return "a torch tensor"
    if value is None:
        return "None (is a `return` missing?)"
    if _is_number(value) and not isinstance(value, int | np.integer):
        return "a number"
    kind = value._kind if isinstance(value, Handle) else type(value).__name__
    return f"{'an' if kind[:1].lower() in tuple('aeiou') else 'a'} {kind}{_remedy(value)}"


def _remedy(value: object) -> str:
    """What to do about an array or tensor that cannot be sent to be compared."""
    if isinstance(value, Handle):
        for kind, remedy in _REMEDIES.items():
            if value._kind.startswith(kind):
                return f" ({remedy})"
    return ""


_REMEDIES = {
    "sparse tensor": "return `.to_dense()` of it",
    "quantised tensor": "return `.dequantize()` of it",
    "nested tensor": "return a plain tensor, padded if need be",
    "tensor on the ": "make it on the CPU",
    "tensor of dtype": "convert it to a common dtype with `.to`",
    "tensor of layout": "return `.to_dense()` of it",
    "tensor without values": "return a plain tensor, made outside of any transform",
    "masked array": "return `.filled(...)` of it",
    "numpy array of dtype object": "are its rows of different lengths, or is a None in it?",
    "numpy array of dtype": "return an array of numbers",
}


def _assert_values(got: Array, wanted: Array, rtol: float, atol: float, name: str) -> None:
    if got.dtype.kind == "c" and wanted.dtype.kind != "c":
        raise Mismatch(f"`{name}` is complex, and should be real")
    _assert_finite(got, wanted, name)
    high = np.complex128 if wanted.dtype.kind == "c" else np.float64
    with np.errstate(all="ignore"):
        mine, theirs = got.astype(high), wanted.astype(high)
        right = mine == theirs
        error = np.where(right, 0.0, np.abs(mine - theirs))
        # An infinity would allow itself an infinite error.
        near = np.isfinite(theirs) & (error <= atol + rtol * np.abs(theirs))
        wrong = ~(right | near)
        if wrong.any():
            size = _size(error, wrong)
            raise Mismatch(f"`{name}`: {size}{_pattern(mine, theirs, rtol, atol)}")


def _size(error: Array, wrong: Array) -> str:
    if not wrong.ndim:
        return f"the value is off by {error:.0e}"
    count = f"{int(wrong.sum())} of {wrong.size} entries are"
    return f"{count} off by up to {error[wrong].max():.1e}"


def _assert_finite(got: Array, wanted: Array, name: str) -> None:
    for what, test in (("NaN", np.isnan), ("infinity", np.isinf)):
        stray = test(got) & ~test(wanted)
        if stray.any():
            where = f" in {int(stray.sum())} of {got.size} entries" if got.ndim else ""
            raise Mismatch(f"`{name}` is {what}{where}")


def _pattern(mine: Array, theirs: Array, rtol: float, atol: float) -> str:
    """A plain relation between the two, where there is one: it says more than the size."""

    def close(a: Array, b: Array) -> bool:
        return a.shape == b.shape and bool(np.allclose(a, b, rtol=rtol, atol=atol))

    if theirs.size < 4 or not np.isfinite(theirs).all() or np.ptp(np.abs(theirs)) == 0:
        return ""
    if not mine.any():
        return ": it is all zeros"
    if close(mine, -theirs):
        return ": every sign is reversed"
    factor = float(np.vdot(theirs, mine).real / np.vdot(theirs, theirs).real)
    shown = f"{factor:.4g}"
    if shown not in ("0", "1") and close(mine, factor * theirs):
        return f": every entry is {shown} times what it should be"
    shift = mine - theirs
    if close(shift, np.full_like(shift, shift.flat[0])):
        return ": every entry is off by the same amount"
    if theirs.ndim >= 2 and close(np.swapaxes(mine, -1, -2), theirs):
        return ": the last two axes are swapped"
    return ""
