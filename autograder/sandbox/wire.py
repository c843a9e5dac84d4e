"""Values that cross the boundary between grader and jail, as plain messages for `frames`.

Plain MessagePack where it has the type, and `[tag, ...]` lists where it has not. The peer is taken
to be hostile: depth is bounded before recursion, keys that hash alike are bounded before a dict or
set is built, and arrays are rebuilt by `arrays` as exact base types. Nothing is ever unpickled or
evaluated.

This module imports nothing of ours but `arrays`, `frames` and `oddities`.
"""

from __future__ import annotations

import contextlib
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np

from autograder.sandbox import arrays
from autograder.sandbox.frames import INSTANT as INSTANT
from autograder.sandbox.frames import MAX_FRAME as MAX_FRAME
from autograder.sandbox.frames import MAX_VALUES as MAX_VALUES
from autograder.sandbox.frames import Channel as Channel
from autograder.sandbox.frames import PeerClosed as PeerClosed
from autograder.sandbox.frames import Timeout as Timeout
from autograder.sandbox.frames import WireError as WireError
from autograder.sandbox.frames import pack as pack
from autograder.sandbox.frames import unpack as unpack
from autograder.sandbox.oddities import is_a, odd_array, odd_tensor

MAX_DEPTH = 64
MAX_INT_BITS = 12_000  # below the 4300 decimal digits up to which Python shows an integer
MAX_EQUAL_HASHES = 64
NOTHING = ["d"]  # the message of an empty dict, which most calls have for named arguments


class Facts(msgspec.Struct, array_like=True):
    """What went wrong on the student's side, as that side tells it."""

    type: str
    text: str
    stage: str  # "cell", "missing" (no such function), "run" or "result" (it cannot be sent)
    bases: list[str]  # names of the builtin exceptions that it is one of
    frames: list[tuple[int, int]]  # cell number and line, outermost first


Export = Callable[[object], list[Any]]
Import = Callable[[list[Any]], Any]


def encode(value: object, export: Export, depth: int = 0, room: list[int] | None = None) -> Any:
    """`value` as a plain message.

    None, bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset, slice, numpy
    arrays and scalars of numbers or text, and dense CPU tensors go by value; the dicts of
    `collections` go as plain dicts, and torch.Size as a tuple. For anything else `export` names a
    reference, or raises; that of an array or tensor then says why it does not go by value.
    """
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is int:
        return _encode_int(value)  # type: ignore[arg-type]
    if kind is np.ndarray and (parts := arrays.encode_common(value)):
        return ["a", *parts]
    if tag := _CONTAINERS.get(kind) or ("t" if is_a(value, "torch", "Size") else ""):
        items = _items(tag, value)
        room = [MAX_VALUES] if room is None else room
        room[0] -= len(items)
        if depth >= MAX_DEPTH:
            raise WireError(f"a value nested deeper than {MAX_DEPTH} levels cannot be sent")
        if room[0] < 0:
            raise WireError(f"a value of over {MAX_VALUES} parts cannot be sent")
        return [
            tag,
            *[
                item if type(item) in _PLAIN else encode(item, export, depth + 1, room)
                for item in items
            ],
        ]
    if kind is complex:
        return ["c", value.real, value.imag]  # type: ignore[attr-defined]
    if isinstance(value, np.generic | np.ndarray):
        if not odd_array(value):
            array = np.asarray(value).view(np.ndarray)
            return ["n" if isinstance(value, np.generic) else "a", *arrays.encode_array(array)]
    elif is_a(value, "torch", "Tensor") and not odd_tensor(value):
        with contextlib.suppress(RuntimeError, ValueError):  # a wrapper of what has no numbers yet
            return ["T", *arrays.encode_tensor(value)]
    return _named(export(value), value)


def _named(reference: list[Any], value: Any) -> list[Any]:
    """`reference`, with what is odd about an array or tensor in place of its type's name."""
    odd = odd_array(value) if isinstance(value, np.ndarray) else ""
    if is_a(value, "torch", "Tensor"):
        odd = odd_tensor(value) or "tensor without values of its own"
    return [*reference[:2], odd[:80], reference[3]] if odd and len(reference) == 4 else reference


def _items(tag: str, value: Any) -> list[Any]:
    if tag == "d":
        return [part for pair in value.items() for part in pair]
    if tag == "/":
        return [value.start, value.stop, value.step]
    return list(value)


_PLAIN = frozenset((type(None), bool, float, str, bytes))  # what MessagePack has as it is
_SENT_AS_IS = _PLAIN | {int}
_CONTAINERS: dict[type, str] = {list: "l", tuple: "t", set: "s", frozenset: "z", slice: "/"}
_CONTAINERS |= dict.fromkeys((dict, Counter, OrderedDict, defaultdict), "d")


def _encode_int(value: int) -> Any:
    if -(2**63) <= value < 2**64:
        return value
    if value.bit_length() > MAX_INT_BITS:
        raise WireError("an integer of thousands of digits cannot be sent")
    return ["i", hex(value)]


def decode(message: Any, imported: Import, depth: int = 0) -> Any:
    """The value that `encode` made `message` of; references go through `imported`.

    Raises WireError for whatever `encode` would not have made.
    """
    if type(message) is not list:
        if type(message) in _SENT_AS_IS:
            return message
        raise WireError(f"a bare {type(message).__name__} is no value")
    if not message or type(message[0]) is not str:
        raise WireError("a value without a tag")
    tag = message[0]
    try:
        if scalar := _SCALARS.get(tag):
            return scalar(*message[1:])
        if build := _BUILDERS.get(tag):
            if depth >= MAX_DEPTH:
                raise WireError(f"a value nested deeper than {MAX_DEPTH} levels is refused")
            return build(
                [
                    item if type(item) in _SENT_AS_IS else decode(item, imported, depth + 1)
                    for item in message[1:]
                ]
            )
    except (TypeError, ValueError, OverflowError, RuntimeError, ImportError) as error:
        raise WireError(f"a malformed value of kind {tag!r} ({type(error).__name__})") from None
    return imported(message)


def _pairs(items: list[Any]) -> dict[Any, Any]:
    if not items:
        return {}
    if len(items) % 2:
        raise WireError("a dict with a key that has no value")
    return dict(zip(_hashable(items[::2]), items[1::2], strict=True))


def _hashable(items: list[Any]) -> list[Any]:
    """The same, where a set or dict of them takes linear time to build.

    Values that hash alike are compared pair by pair. Sets among them would be compared entry by
    entry, and sets in those again: in all, the square of how many values they hold.
    """
    if len(items) <= MAX_EQUAL_HASHES and set(map(type, items)) == {str}:
        return items
    counts = Counter(map(hash, items))
    most, in_sets = max(counts.values(), default=0), dict.fromkeys(counts, 0)
    for item in items if 1 < most <= MAX_EQUAL_HASHES else ():
        if counts[hash(item)] > 1:
            in_sets[hash(item)] += _values_in_sets(item)
    if max([most, *in_sets.values()]) > MAX_EQUAL_HASHES:
        raise WireError("a set or dict of too many values that hash alike")
    return items


def _values_in_sets(item: Any, counted: int = 0) -> int:
    item = (item.start, item.stop, item.step) if isinstance(item, slice) else item
    parts = item if isinstance(item, tuple | frozenset) else ()
    counted = 1 if isinstance(item, frozenset) else counted
    return counted + sum(_values_in_sets(part, counted) for part in parts)


_BUILDERS: dict[str, Callable[[list[Any]], Any]] = {
    "l": list,
    "t": tuple,
    "s": lambda items: set(_hashable(items)),
    "z": lambda items: frozenset(_hashable(items)),
    "d": _pairs,
    "/": lambda items: slice(*items),
}


def _decode_int(text: Any) -> int:
    if not isinstance(text, str) or len(text) > MAX_INT_BITS // 4 + 3:
        raise WireError("a malformed integer")
    return int(text, 16)


def _decode_complex(real: Any, imag: Any) -> complex:
    if type(real) is not float or type(imag) is not float:
        raise WireError("a malformed complex number")
    return complex(real, imag)


_SCALARS: dict[str, Callable[..., Any]] = {
    "i": _decode_int,
    "c": _decode_complex,
    "a": arrays.decode_array,
    "n": arrays.decode_scalar,
    "T": arrays.decode_tensor,
}
