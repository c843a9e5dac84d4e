"""The code that two submissions share, side by side, with what is unusual in it marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from autograder.report.likeness.answers import Code
from autograder.report.likeness.fingerprints import Array, K, Printed, fingerprint

MIN_HERE = 5  # fingerprints that two cells must share to be shown
AROUND = 1  # lines shown before and after what is marked
MAX_LINES = 60
MAX_WIDTH = 160

Segment = tuple[str, bool]


@dataclass(frozen=True)
class Side:
    """Lines of one cell, in segments that are marked or not; None stands for lines left out."""

    name: str
    lines: tuple[tuple[Segment, ...] | None, ...]


@dataclass
class _Document:
    """What copydetect's comparison wants to know of a file."""

    raw_code: str
    filtered_code: str
    hashes: set[int]
    hash_idx: dict[int, list[int]]
    offsets: Array
    k: int
    token_coverage: float


def side_by_side(
    first: Sequence[Code], second: Sequence[Code], hashes: frozenset[int]
) -> list[tuple[Side, Side]]:
    """For every cell of the first that shares some of `hashes` with one of the second, the two."""
    mine, theirs = _documents(first, hashes), _documents(second, hashes)
    found = []
    for code, document in mine:
        other = max(theirs, key=lambda pair: len(document.hashes & pair[1].hashes), default=None)
        if other is None or len(document.hashes & other[1].hashes) < MIN_HERE:
            continue
        left, right = _overlap(document, other[1])
        found.append((_side(code, left), _side(other[0], right)))
    return found


def _documents(cells: Iterable[Code], hashes: frozenset[int]) -> list[tuple[Code, _Document]]:
    found = ((code, _document(code, fingerprint(code.own), hashes)) for code in cells)
    return [(code, document) for code, document in found if document.hashes]


def _document(code: Code, printed: Printed, hashes: frozenset[int]) -> _Document:
    places: dict[int, list[int]] = {}
    for value, place in zip(printed.hashes.tolist(), printed.places.tolist(), strict=True):
        if value in hashes:
            places.setdefault(value, []).append(place)
    length = float(max(1, len(printed.filtered)))
    return _Document(code.own, printed.filtered, set(places), places, printed.offsets, K, length)


def _overlap(first: _Document, second: _Document) -> tuple[Array, Array]:
    from copydetect import compare_files

    slices: tuple[Any, Any] = compare_files(first, second)[2]
    return slices[0].astype(int), slices[1].astype(int)


def _side(code: Code, slices: Array) -> Side:
    marked = np.zeros(len(code.source), dtype=bool)
    for start, end in slices.T.tolist():
        marked[start:end] = True
    lines: list[tuple[Segment, ...] | None] = []
    begin, rows = 0, []
    for line in code.source.splitlines(keepends=True):
        rows.append((line.rstrip("\r\n"), marked[begin : begin + len(line)]))
        begin += len(line)
    near = _near([bool(where[: len(line)].any()) and bool(line.strip()) for line, where in rows])
    for (line, where), shown in zip(rows, near, strict=True):
        if shown:
            lines.append(_segments(line[:MAX_WIDTH], where))
        elif lines and lines[-1] is not None:
            lines.append(None)
    if len(lines) > MAX_LINES:
        lines = [*lines[:MAX_LINES], None]
    return Side(code.name, tuple(lines))


def _near(marked: Sequence[bool]) -> list[bool]:
    return [any(marked[max(0, at - AROUND) : at + AROUND + 1]) for at in range(len(marked))]


def _segments(line: str, marked: Array) -> tuple[Segment, ...]:
    cuts = [0, *(np.flatnonzero(np.diff(marked[: len(line)])) + 1).tolist(), len(line)]
    return tuple(
        (line[start:end], bool(marked[start])) for start, end in pairwise(cuts) if end > start
    )
