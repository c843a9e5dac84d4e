"""Arrays of numpy and tensors of torch as plain messages for `wire`.

The peer is taken to be hostile: they are rebuilt as exact base types from a list of allowed dtypes,
and only where their bytes fit their shape.

This module imports nothing of ours but `frames` and `oddities`, and torch only where a tensor is
at hand.
"""

from __future__ import annotations

import math
import re
import sys
from typing import Any

import numpy as np

from autograder.sandbox.frames import MAX_FRAME, WireError
from autograder.sandbox.oddities import MAX_DIMENSIONS, TENSOR_DTYPES

Array = np.ndarray[Any, Any]
_DTYPE = re.compile(r"[<|][biufcSU][1-9][0-9]{0,8}")
# Numbers in this machine's own order of bytes, which nearly all arrays are of.
_NAMES = {dtype: dtype.str for dtype in map(np.dtype, "?bBhHiIlLqQefdFD")}
_DTYPES = {name: dtype for dtype, name in _NAMES.items() if dtype.kind != "b"}


def encode_common(array: Any) -> list[Any] | None:
    """What `encode_array` makes, in less time; None for an array that is to be looked at first."""
    name = _NAMES.get(array.dtype)
    if name is None or array.ndim > MAX_DIMENSIONS or array.nbytes > MAX_FRAME:
        return None
    return [name, list(array.shape), array.tobytes(), _layout(array)]


def encode_array(array: Array) -> list[Any]:
    """dtype, shape, bytes in C order and the layout of an array that is not odd."""
    if array.nbytes > MAX_FRAME:
        raise WireError(f"an array of {array.nbytes} bytes is over the limit of {MAX_FRAME}")
    dtype = array.dtype.newbyteorder("=") if array.dtype.kind != "S" else array.dtype
    data = array.astype(dtype, copy=False).tobytes()
    return [dtype.str, list(array.shape), data, _layout(array)]


def _layout(array: Array) -> str:
    flags = array.flags
    return "C" if flags.c_contiguous else "F" if flags.f_contiguous else "S"


def encode_tensor(value: Any) -> list[Any]:
    """dtype, shape, bytes and whether it requires a gradient, of a dense CPU tensor."""
    torch = sys.modules["torch"]
    plain = torch.Tensor.detach(value).resolve_conj().resolve_neg().contiguous()
    if plain.nbytes > MAX_FRAME:
        raise WireError(f"a tensor of {plain.nbytes} bytes is over the limit of {MAX_FRAME}")
    name = str(plain.dtype).removeprefix("torch.")
    raw = plain.view(torch.int16) if name == "bfloat16" else plain
    return [name, list(plain.shape), raw.numpy().tobytes(), bool(value.requires_grad)]


def decode_array(dtype: Any, shape: Any, data: Any, layout: Any) -> Array:
    """The array, with memory of its own; WireError, TypeError or ValueError where it is none."""
    kind = _DTYPES.get(dtype)
    array = _unusual(dtype, shape, data) if kind is None else _of_bytes(data, kind, shape)
    if layout == "S" and array.ndim:
        spaced = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), dtype=array.dtype)
        spaced[..., ::2] = array
        return spaced[..., ::2]
    return np.array(array, order="F" if layout == "F" else "C")


def _of_bytes(data: Any, kind: np.dtype[Any], shape: Any) -> Array:
    return np.ndarray(shape, kind, bytes_of(data, kind.itemsize, shape))


def _unusual(dtype: Any, shape: Any, data: Any) -> Array:
    """Bools of 0 and 1 alone, and text of whole characters: numpy checks neither."""
    if not isinstance(dtype, str) or not _DTYPE.fullmatch(dtype):
        raise WireError("an array of a dtype that is not sent")
    array = _of_bytes(data, np.dtype(dtype), shape)
    if array.dtype.kind == "b":
        return np.asarray(array.view(np.uint8) != 0)
    if array.dtype.kind == "U":
        codes = np.frombuffer(data, np.uint32)
        if (codes > sys.maxunicode).any() or (codes >> 11 == 0xD800 >> 11).any():
            raise WireError("an array of text that is no text")
    return array


def decode_scalar(dtype: Any, shape: Any, data: Any, layout: Any) -> Any:
    """The scalar of numpy that was sent as an array without a shape."""
    if shape != []:
        raise WireError("a numpy scalar with a shape")
    return decode_array(dtype, shape, data, "C")[()]


def bytes_of(data: Any, itemsize: int, shape: Any) -> bytes:
    """`data`, where it is what an array of this shape holds."""
    if type(shape) is not list or len(shape) > MAX_DIMENSIONS or type(data) is not bytes:
        raise WireError("a malformed array")
    size = itemsize
    for length in shape:
        if type(length) is not int or length < 0:
            raise WireError("a malformed array")
        size *= length
    if size != len(data):
        raise WireError("an array whose bytes do not fit its shape")
    if not data and math.prod(max(n, 1) for n in shape) * itemsize > MAX_FRAME:
        raise WireError("an empty array whose other sides are too long")
    return data


def decode_tensor(dtype: Any, shape: Any, data: Any, requires_grad: Any) -> Any:
    """The tensor, with memory of its own."""
    if dtype not in TENSOR_DTYPES:
        raise WireError("a tensor of a dtype that is not sent")
    import torch

    kind = getattr(torch, dtype)
    raw = {"bfloat16": torch.int16, "bool": torch.uint8}.get(dtype, kind)
    buffer = bytearray(bytes_of(data, kind.itemsize, shape))
    flat = torch.frombuffer(buffer, dtype=raw) if buffer else torch.empty(0, dtype=raw)
    tensor = (flat.ne(0) if dtype == "bool" else flat.view(kind)).reshape(shape)
    differentiable = kind.is_floating_point or kind.is_complex
    return tensor.requires_grad_(requires_grad is True and differentiable)
