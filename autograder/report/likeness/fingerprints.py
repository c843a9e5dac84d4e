"""Fingerprints of code by winnowing, the same in every run.

Schleimer, Wilkerson, Aiken, "Winnowing: Local Algorithms for Document Fingerprinting", SIGMOD 2003.
Tokens and winnowing are copydetect's: names become V, strings S, comments and space nothing. Its
hashes are Python's own, which differ from run to run and could not be kept.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from autograder.errors import Dl30Error
from autograder.grading.records import write_atomically
from autograder.text import one_line

Array = np.ndarray[Any, Any]
K = 25  # characters of normalised code in one fingerprint: nothing shorter is ever found
WINDOW = 6  # whatever is alike for K + WINDOW - 1 characters is always found
ELSEWHERE_FROM = 400  # texts from which on starting processes pays
_PRIME = 1_099_511_628_211
# Winnowing compares in floating point, which is exact up to 53 bits.
_BITS = np.uint64(64 - 52)


@dataclass(frozen=True)
class Printed:
    """Normalised code, its fingerprints and where each begins, and copydetect's table that leads
    from places in normalised code to places in the code itself."""

    filtered: str
    hashes: Array
    places: Array
    offsets: Array


def fingerprint(code: str) -> Printed:
    """The fingerprints of a piece of Python; none where it is shorter than K characters."""
    from copydetect.utils import filter_code, winnow

    filtered, offsets = filter_code(code, "cell.py", "python")
    every = hashes_of(filtered)
    if not len(every):
        return Printed(filtered, np.zeros(0, np.uint64), np.zeros(0, np.int64), offsets)
    hashes, places = winnow(every, WINDOW, remove_duplicates=False)
    return Printed(filtered, hashes, places, offsets)


def hashes_of(text: str) -> Array:
    """(len(text) - K + 1,) hashes of all runs of K characters, below 2**52."""
    points = np.frombuffer(text.encode("utf-32-le", "replace"), dtype="<u4").astype(np.uint64)
    if len(points) < K:
        return np.zeros(0, np.uint64)
    with np.errstate(over="ignore"):
        sums = np.lib.stride_tricks.sliding_window_view(points, K) @ _powers()
        mixed = (sums ^ (sums >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    found: Array = mixed >> _BITS
    return found


@lru_cache(maxsize=1)
def _powers() -> Array:
    return np.array([pow(_PRIME, power, 2**64) for power in range(K)], dtype=np.uint64)


def distinct_hashes(code: str) -> bytes:
    """The different fingerprints of a piece of code, as they are kept."""
    return np.unique(fingerprint(code).hashes).astype("<u8").tobytes()


class _Kept(msgspec.Struct):
    made_with: str
    prints: dict[str, bytes]


def _made_with() -> str:
    versions = (metadata.version(name) for name in ("copydetect", "pygments"))
    return f"{' '.join(versions)} {K} {WINDOW}"


def fingerprints(texts: Iterable[str], kept_in: Path) -> dict[str, Array]:
    """The different fingerprints of each text.

    Those that were found before are read from the file `kept_in`, which then holds those of these
    texts and no others.
    """
    keys = {text: hashlib.sha256(text.encode("utf-8", "replace")).hexdigest() for text in texts}
    known = _load(kept_in)
    new = [text for text, key in keys.items() if key not in known]
    made = dict(zip((keys[text] for text in new), _made(new), strict=True))
    prints = {key: made[key] if key in made else known[key] for key in keys.values()}
    if made or len(prints) != len(known):
        data = msgspec.msgpack.encode(_Kept(_made_with(), prints))
        write_atomically(kept_in, data, sync=False)
    return {text: np.frombuffer(prints[key], "<u8") for text, key in keys.items()}


def _load(path: Path) -> dict[str, bytes]:
    try:
        kept = msgspec.msgpack.decode(path.read_bytes(), type=_Kept)
    except (OSError, msgspec.MsgspecError):
        return {}
    return kept.prints if kept.made_with == _made_with() else {}


def _made(texts: Sequence[str]) -> list[bytes]:
    """On all cores where there are many."""
    cores = os.cpu_count() or 1
    if len(texts) < ELSEWHERE_FROM or cores == 1:
        return [distinct_hashes(text) for text in texts]
    found: list[bytes] = [b""] * len(texts)
    with ThreadPoolExecutor(cores) as threads:
        shares = threads.map(_elsewhere, [texts[first::cores] for first in range(cores)])
        for first, share in enumerate(shares):
            found[first::cores] = share
    return found


def _elsewhere(texts: Sequence[str]) -> list[bytes]:
    """In a process of its own, which must not import what lies in the working directory (-P)."""
    command = [sys.executable, "-P", "-m", __name__]
    data = msgspec.msgpack.encode(texts)
    done = subprocess.run(command, input=data, capture_output=True, check=False)
    try:
        return msgspec.msgpack.decode(done.stdout, type=list[bytes])
    except msgspec.MsgspecError:
        told = done.stderr.decode(errors="replace").strip().splitlines() or ["it said nothing"]
        what = f"a process that compares submissions failed: {one_line(told[-1], 300)}"
        raise Dl30Error(what, todo="run the same command again") from None


def main() -> None:
    """Texts in, fingerprints out, both in MessagePack."""
    texts = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=list[str])
    made = [distinct_hashes(text) for text in texts]
    sys.stdout.buffer.write(msgspec.msgpack.encode(made))


if __name__ == "__main__":
    main()
