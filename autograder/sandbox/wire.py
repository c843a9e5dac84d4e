"""Values that cross the boundary between grader and jail, as plain messages for `frames`.

Plain MessagePack where it has the type, and `[tag, ...]` lists where it has not. The peer is taken
to be hostile: depth is bounded before recursion, keys that hash alike are bounded before a dict or
set is built, and arrays are rebuilt as exact base types from a list of allowed dtypes. Nothing is
ever unpickled or evaluated.

This module imports nothing of ours but `frames`, and torch only where a tensor is at hand.
"""

from __future__ import annotations

import math
import re
import sys
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np

from autograder.sandbox.frames import (
    MAX_FRAME,
    MAX_VALUES,
    Channel,
    PeerClosed,
    Timeout,
    WireError,
    pack,
    unpack,
)

__all__ = [
    "MAX_FRAME",
    "MAX_VALUES",
    "Channel",
    "Facts",
    "PeerClosed",
    "Timeout",
    "WireError",
    "decode",
    "encode",
    "pack",
    "unpack",
]

MAX_DEPTH = 64
MAX_INT_BITS = 12_000  # below the 4300 decimal digits up to which Python shows an integer
MAX_EQUAL_HASHES = 64
_ARRAY_DTYPE = re.compile(r"[<|][biufcSU][1-9][0-9]{0,8}")
_TENSOR_DTYPES = (
    "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64 complex128"
).split()


class Facts(msgspec.Struct, array_like=True):
    """What went wrong on the student's side, as that side tells it."""

    type: str
    text: str
    stage: str  # "cell", "missing" (no such function), "run" or "result" (it cannot be sent)
    bases: list[str]  # names of the builtin exceptions that it is one of
    frames: list[tuple[int, int]]  # cell number and line, outermost first


Export = Callable[[object], list[Any]]
Import = Callable[[list[Any]], Any]


def encode(value: object, export: Export, depth: int = 0) -> Any:
    """`value` as a plain message.

    None, bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset, slice, numpy
    arrays and scalars of numbers or text, and dense CPU tensors go by value; the dicts of
    `collections` go as plain dicts, and torch.Size as a tuple. For anything else `export` names a
    reference, or raises.
    """
    if depth > MAX_DEPTH:
        raise WireError(f"a value nested deeper than {MAX_DEPTH} levels cannot be sent")
    kind = type(value)
    if value is None or kind in (bool, float, str, bytes):
        return value
    if kind is int:
        return _encode_int(value)  # type: ignore[arg-type]
    if tag := _CONTAINERS.get(kind) or _tuple_of_torch(kind):
        items = _items(tag, value)
        return [tag, *(encode(item, export, depth + 1) for item in items)]
    if kind is complex:
        return ["c", value.real, value.imag]  # type: ignore[attr-defined]
    if isinstance(value, np.generic | np.ndarray):
        array = np.asarray(value).view(np.ndarray)
        if array.dtype.kind in "biufcSU":
            return ["n" if isinstance(value, np.generic) else "a", *_encode_array(array)]
    elif _is_dense_tensor(value):
        return _encode_tensor(value)
    return export(value)


def _items(tag: str, value: Any) -> list[Any]:
    if tag == "d":
        return [part for pair in value.items() for part in pair]
    if tag == "/":
        return [value.start, value.stop, value.step]
    return list(value)


def _tuple_of_torch(kind: type) -> str:
    torch = sys.modules.get("torch")
    return "t" if torch is not None and kind is torch.Size else ""


_CONTAINERS: dict[type, str] = {
    list: "l",
    tuple: "t",
    dict: "d",
    set: "s",
    frozenset: "z",
    slice: "/",
    Counter: "d",
    OrderedDict: "d",
    defaultdict: "d",
}


def _encode_int(value: int) -> Any:
    if -(2**63) <= value < 2**64:
        return value
    if value.bit_length() > MAX_INT_BITS:
        raise WireError("an integer of thousands of digits cannot be sent")
    return ["i", hex(value)]


def _encode_array(array: np.ndarray[Any, Any]) -> list[Any]:
    if array.nbytes > MAX_FRAME:
        raise WireError(f"an array of {array.nbytes} bytes is over the limit of {MAX_FRAME}")
    layout = "C" if array.flags.c_contiguous else "F" if array.flags.f_contiguous else "S"
    dtype = array.dtype.newbyteorder("=") if array.dtype.kind != "S" else array.dtype
    return [dtype.str, list(array.shape), array.astype(dtype, copy=False).tobytes(), layout]


def _is_dense_tensor(value: object) -> bool:
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(value, torch.Tensor):
        return False
    dense = value.layout is torch.strided and value.device.type == "cpu"
    return dense and str(value.dtype).removeprefix("torch.") in _TENSOR_DTYPES


def _encode_tensor(value: Any) -> list[Any]:
    torch = sys.modules["torch"]
    plain = torch.Tensor.detach(value).resolve_conj().resolve_neg().contiguous()
    if plain.nbytes > MAX_FRAME:
        raise WireError(f"a tensor of {plain.nbytes} bytes is over the limit of {MAX_FRAME}")
    name = str(plain.dtype).removeprefix("torch.")
    raw = plain.view(torch.int16) if name == "bfloat16" else plain
    return ["T", name, list(plain.shape), raw.numpy().tobytes(), bool(value.requires_grad)]


def decode(message: Any, imported: Import, depth: int = 0) -> Any:
    """The value that `encode` made `message` of; references go through `imported`.

    Raises WireError for whatever `encode` would not have made.
    """
    if depth > MAX_DEPTH:
        raise WireError(f"a value nested deeper than {MAX_DEPTH} levels is refused")
    if not isinstance(message, list):
        if message is None or type(message) in (bool, int, float, str, bytes):
            return message
        raise WireError(f"a bare {type(message).__name__} is no value")
    if not message or not isinstance(message[0], str):
        raise WireError("a value without a tag")
    tag, *rest = message
    try:
        if tag in _BUILDERS:
            return _BUILDERS[tag]([decode(item, imported, depth + 1) for item in rest])
        if tag in _SCALARS:
            return _SCALARS[tag](*rest)
    except (TypeError, ValueError, OverflowError, RuntimeError) as error:
        raise WireError(f"a malformed value of kind {tag!r} ({type(error).__name__})") from None
    return imported(message)


def _pairs(items: list[Any]) -> dict[Any, Any]:
    if len(items) % 2:
        raise WireError("a dict with a key that has no value")
    return dict(zip(_hashable(items[::2]), items[1::2], strict=True))


def _hashable(items: list[Any]) -> list[Any]:
    """The same, where a set or dict of them takes linear time to build."""
    if len(items) > MAX_EQUAL_HASHES and max(Counter(map(hash, items)).values()) > MAX_EQUAL_HASHES:
        raise WireError("a set or dict of too many values that hash alike")
    return items


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
    return complex(float(real), float(imag))


def _decode_array(dtype: Any, shape: Any, data: Any, layout: Any) -> np.ndarray[Any, Any]:
    kind = _array_dtype(dtype)
    array = _legal(np.frombuffer(_bytes_of(data, kind.itemsize, shape), dtype=kind)).reshape(shape)
    if layout == "S" and array.ndim:
        spaced = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), dtype=kind)
        spaced[..., ::2] = array
        return spaced[..., ::2]
    return np.array(array, order="F" if layout == "F" else "C")


def _legal(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """`array` without what numpy reads from bytes and falls over later.

    That is bools other than 0 and 1, and numbers that are no characters.
    """
    if array.dtype.kind == "b":
        return np.asarray(array.view(np.uint8) != 0)
    if array.dtype.kind == "U" and (array.view(np.uint32) > sys.maxunicode).any():
        raise WireError("an array of text that is no text")
    return array


def _decode_scalar(dtype: Any, shape: Any, data: Any, layout: Any) -> Any:
    if shape != []:
        raise WireError("a numpy scalar with a shape")
    return _decode_array(dtype, shape, data, "C")[()]


def _array_dtype(text: Any) -> np.dtype[Any]:
    if not isinstance(text, str) or not _ARRAY_DTYPE.fullmatch(text):
        raise WireError("an array of a dtype that is not sent")
    return np.dtype(text)


def _bytes_of(data: Any, itemsize: int, shape: Any) -> bytes:
    sizes_are_plain = isinstance(shape, list) and all(type(n) is int and n >= 0 for n in shape)
    if not sizes_are_plain or len(shape) > 32 or not isinstance(data, bytes):
        raise WireError("a malformed array")
    if math.prod(shape) * itemsize != len(data):
        raise WireError("an array whose bytes do not fit its shape")
    if math.prod(max(n, 1) for n in shape) * itemsize > MAX_FRAME:
        raise WireError("an empty array of a shape that no array could have")
    return data


def _decode_tensor(dtype: Any, shape: Any, data: Any, requires_grad: Any) -> Any:
    if dtype not in _TENSOR_DTYPES:
        raise WireError("a tensor of a dtype that is not sent")
    import torch

    kind = getattr(torch, dtype)
    raw = {"bfloat16": torch.int16, "bool": torch.uint8}.get(dtype, kind)
    buffer = bytearray(_bytes_of(data, kind.itemsize, shape))
    flat = torch.frombuffer(buffer, dtype=raw) if buffer else torch.empty(0, dtype=raw)
    tensor = (flat.ne(0) if dtype == "bool" else flat.view(kind)).reshape(shape)
    differentiable = kind.is_floating_point or kind.is_complex
    return tensor.requires_grad_(requires_grad is True and differentiable)


_SCALARS: dict[str, Callable[..., Any]] = {
    "i": _decode_int,
    "c": _decode_complex,
    "a": _decode_array,
    "n": _decode_scalar,
    "T": _decode_tensor,
}
