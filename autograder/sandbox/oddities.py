"""What keeps an array or tensor from crossing the boundary by value, in words for the student.

This module imports nothing of ours.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

MAX_DIMENSIONS = 32  # numpy makes arrays of 64, but its `flat` and others take no more than this
TENSOR_DTYPES = (
    "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64 complex128"
).split()


def is_a(value: object, module: str, name: str) -> bool:
    """Whether `value` is of a class of a module that need not be there."""
    loaded = sys.modules.get(module)
    return loaded is not None and isinstance(value, getattr(loaded, name))


def odd_array(value: Any) -> str:
    """What keeps an array or scalar of numpy from going by value, or nothing."""
    array = np.asarray(value).view(np.ndarray)
    if array.dtype.kind not in "biufcSU":
        return f"numpy array of dtype {array.dtype}"
    if array.ndim > MAX_DIMENSIONS:
        return f"numpy array of {array.ndim} dimensions"
    return "masked array" if is_a(value, "numpy.ma", "MaskedArray") and value.mask.any() else ""


def odd_tensor(value: Any) -> str:
    """What keeps a tensor from going by value, or nothing."""
    name, layout = (str(one).removeprefix("torch.") for one in (value.dtype, value.layout))
    if value.is_nested or value.is_quantized:
        return "nested tensor" if value.is_nested else "quantised tensor"
    if layout != "strided":
        return "sparse tensor" if "sparse" in layout else f"tensor of layout {layout}"
    if value.device.type != "cpu":
        return f"tensor on the {value.device.type} device"
    if value.ndim > MAX_DIMENSIONS:
        return f"tensor of {value.ndim} dimensions"
    return "" if name in TENSOR_DTYPES else f"tensor of dtype {name}"
