"""Which two submissions share code that hardly anybody else in the class has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from autograder.report.likeness.fingerprints import Array

MIN_CLASS = 8  # with fewer nobody can say what is rare
COMMON = 0.1  # what more of the class has, counts for nothing
ALWAYS_RARE = 4  # nor does a small class make of a handful something common
MIN_SHARED = 20  # fingerprints: half a dozen lines
NEARLY_ALL = 0.8
MANY = 60  # fingerprints of a copy of nearly everything
MOST = 10
_CHUNK = 2048  # fingerprints at once


@dataclass(frozen=True)
class Pair:
    """Two submissions, by their place in the class. `weight` is in bits: each shared fingerprint
    counts log2(class / how many have it). `of_first` and `of_second` are what share of either's
    unusual code that is, by the same weight."""

    first: int
    second: int
    weight: float
    shared: int
    of_first: float
    of_second: float
    hashes: frozenset[int]


@dataclass(frozen=True)
class Class:
    """How alike a class is: the pairs that stand out, and what the others are like.

    `fence` is the weight above which a pair stands out, `quantiles` the weights that half and 999
    of 1,000 pairs stay under, `standing_out` counts also the pairs beyond the first ten.
    """

    submissions: int
    compared: int
    pairs: tuple[Pair, ...]
    standing_out: int
    highest: float
    median: float
    thousandth: float
    fence: float


def alike(prints: Sequence[Array]) -> Class | None:
    """Compare every submission with every other; None for a class that is too small.

    `prints` are the different fingerprints of each submission. A pair stands out when it shares
    more than Tukey's outer fence of the class's nearest neighbours (third quartile and three times
    the distance between the quartiles), or nearly everything unusual that either has.
    """
    count = len(prints)
    if count < MIN_CLASS:
        return None
    table = _table(prints)
    shared = _shared(table)
    rows, columns = np.triu_indices(count, 1)
    every = shared[rows, columns]
    fence = _fence(shared)
    order = np.argsort(-every, kind="stable")[: 20 * MOST]
    found = [_pair(int(rows[at]), int(columns[at]), table) for at in order]
    out = [pair for pair in found if _stands_out(pair, fence)]
    return Class(
        submissions=count,
        compared=len(every),
        pairs=tuple(out[:MOST]),
        standing_out=len(out),
        highest=float(every.max()),
        median=float(np.median(every)),
        thousandth=float(np.quantile(every, 0.999)),
        fence=fence,
    )


@dataclass(frozen=True)
class _Table:
    """All fingerprints of the class, what each weighs, and for each submission the places of those
    it has that weigh something."""

    hashes: Array
    weights: Array
    owned: tuple[Array, ...]


def _table(prints: Sequence[Array]) -> _Table:
    every = np.concatenate([*prints, np.zeros(0, np.uint64)])
    hashes, counts = np.unique(every, return_counts=True)
    rare = counts <= max(ALWAYS_RARE, COMMON * len(prints))
    weights = np.log2(len(prints) / counts) * rare
    places = (np.searchsorted(hashes, own) for own in prints)
    return _Table(hashes, weights, tuple(found[rare[found]] for found in places))


def _shared(table: _Table) -> Array:
    """(submissions, submissions) weight of what two have in common; nothing on the diagonal."""
    count = len(table.owned)
    owners = np.repeat(np.arange(count), [len(places) for places in table.owned])
    places = np.concatenate([*table.owned, np.zeros(0, np.int64)])
    several = np.bincount(places, minlength=len(table.hashes))[places] > 1
    owners, places = owners[several], places[several]
    used, column = np.unique(places, return_inverse=True)
    total = np.zeros((count, count), dtype=np.float32)
    for start in range(0, len(used), _CHUNK):
        here = (column >= start) & (column < start + _CHUNK)
        block = np.zeros((count, min(_CHUNK, len(used) - start)), dtype=np.float32)
        block[owners[here], column[here] - start] = 1.0
        weights = table.weights[used[start : start + _CHUNK]].astype(np.float32)
        total += (block * weights) @ block.T
    np.fill_diagonal(total, 0.0)
    return total


def _fence(shared: Array) -> float:
    """Tukey, "Exploratory Data Analysis" (1977): beyond it a value is far out."""
    lower, upper = np.quantile(shared.max(axis=1), [0.25, 0.75])
    return float(upper + 3 * (upper - lower))


def _pair(first: int, second: int, table: _Table) -> Pair:
    mine, theirs = table.owned[first], table.owned[second]
    both = np.intersect1d(mine, theirs, assume_unique=True)
    weight = float(table.weights[both].sum())
    return Pair(
        first=first,
        second=second,
        weight=weight,
        shared=len(both),
        of_first=weight / max(float(table.weights[mine].sum()), 1e-9),
        of_second=weight / max(float(table.weights[theirs].sum()), 1e-9),
        hashes=frozenset(table.hashes[both].tolist()),
    )


def _stands_out(pair: Pair, fence: float) -> bool:
    nearly_all = min(pair.of_first, pair.of_second) >= NEARLY_ALL and pair.shared >= MANY
    return pair.shared >= MIN_SHARED and (pair.weight > fence or nearly_all)
