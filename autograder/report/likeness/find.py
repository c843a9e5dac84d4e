"""The likeness of a day's submissions: from their notebooks to pairs that stand out."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from autograder.course import Course, Day
from autograder.grading.grade import submission_path
from autograder.report.likeness.answers import Code, given_code, given_in, written_in
from autograder.report.likeness.compared import Side, side_by_side
from autograder.report.likeness.fingerprints import Array, fingerprint, fingerprints
from autograder.report.likeness.pairs import MIN_CLASS, Pair, alike

HOW = "comparing submissions needs the package copydetect (pip install 'dl30[report]')"


@dataclass(frozen=True)
class Twins:
    """Two students whose code stands out by its likeness. `of_first` and `of_second` are shares
    of what is unusual in either's code, `times` how much more they share than 999 of 1,000 pairs
    do at most; None where those share nothing."""

    first: str
    second: str
    of_first: float
    of_second: float
    times: float | None
    cells: tuple[tuple[Side, Side], ...]


@dataclass(frozen=True)
class Likeness:
    """`why_not` says why nothing was compared; else how many submissions and pairs were, the
    first of the pairs that stand out, and how many do."""

    why_not: str = ""
    submissions: int = 0
    compared: int = 0
    standing_out: int = 0
    twins: tuple[Twins, ...] = ()


def likeness(course: Course, day: Day, students: Sequence[str]) -> Likeness:
    """Compare the students' notebooks as they lie in submitted/.

    Fingerprints are kept in records/.report/.
    """
    if importlib.util.find_spec("copydetect") is None:
        return Likeness(why_not=HOW)
    released = day.release_notebook.read_bytes() if day.release_notebook.is_file() else b""
    given = given_in(released)
    codes = {name: written_in(submission_path(course, day, name), given) for name in students}
    codes = {name: cells for name, cells in codes.items() if cells}
    if len(codes) < MIN_CLASS:
        hold = "holds" if len(codes) == 1 else "hold"
        few = f"{len(codes)} of the submissions {hold} code of their own"
        return Likeness(why_not=f"{few}: from {MIN_CLASS} on it can be said what is rare")
    kept_in = course.records / ".report" / f"{day.stem}.msgpack"
    prints = fingerprints((code.own for cells in codes.values() for code in cells), kept_in)
    usual = np.unique(fingerprint(given_code(released)).hashes)
    found = alike([_of(cells, prints, usual) for cells in codes.values()])
    assert found is not None
    names = list(codes)
    return Likeness(
        submissions=found.submissions,
        compared=found.compared,
        standing_out=found.standing_out,
        twins=tuple(_twins(pair, names, codes, found.thousandth) for pair in found.pairs),
    )


def _of(cells: Sequence[Code], prints: dict[str, Array], usual: Array) -> Array:
    """A student's different fingerprints, without those of the given code."""
    every = np.unique(np.concatenate([prints[code.own] for code in cells]))
    return np.setdiff1d(every, usual, assume_unique=True)


def _twins(pair: Pair, names: Sequence[str], codes: dict[str, list[Code]], usual: float) -> Twins:
    first, second = names[pair.first], names[pair.second]
    return Twins(
        first=first,
        second=second,
        of_first=pair.of_first,
        of_second=pair.of_second,
        times=pair.weight / usual if usual > 0 else None,
        cells=tuple(side_by_side(codes[first], codes[second], pair.hashes)),
    )
