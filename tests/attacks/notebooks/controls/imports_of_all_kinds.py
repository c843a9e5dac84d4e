"""Imports what a course allows: the standard library, numpy's parts, torch, scipy's rest.

must: full marks
"""
# %% answer sobel_edges
import collections
import dataclasses
import functools
import itertools
import math
import typing
from pathlib import Path

import scipy.linalg
import torch
from numpy.lib.stride_tricks import sliding_window_view

Pair = collections.namedtuple("Pair", "gx gy")

def sobel_edges(image: "np.ndarray") -> typing.Any:
    windows = sliding_window_view(image.astype(np.float64), (3, 3))
    across = np.outer([1.0, 2.0, 1.0], [-1.0, 0.0, 1.0])
    pair = Pair(*(np.einsum("ijuv,uv->ij", windows, k) for k in (across, across.T)))
    return np.sqrt(functools.reduce(np.add, map(np.square, itertools.chain(pair))))
