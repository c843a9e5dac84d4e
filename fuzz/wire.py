"""A fuzzer of the decoder that reads what students' workers send: `unpack`, then `decode`.

It wants atheris, which nothing else of the project does (it comes with its own libFuzzer, and has
wheels for Python 3.11 to 3.13 on Linux). With the project's packages on the path:

    pip install atheris
    PYTHONPATH=. python fuzz/wire.py -max_total_time=480 -rss_limit_mb=2048 -timeout=10

The options are libFuzzer's, and so is a folder of inputs to begin with and to add to. It begins
with frames of one value of each kind besides, in a scratch folder. A crash, a hang or too much
memory is left in a file `crash-*`, `timeout-*` or `oom-*`: make it a case in
`tests/engine/sandbox/test_wire.py`. Those tests also run `one_input` itself, without atheris.
"""

from __future__ import annotations

import math
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch

PLAIN = (type(None), bool, int, float, complex, str, bytes)
PARTS = (list, tuple, set, frozenset)


class Reference:
    """What stands for an object that stayed on the other side."""


def reference(message: list[Any]) -> Reference:
    """As the grader reads one; WireError when it is none."""
    from autograder.sandbox.wire import WireError

    match message:
        case ["h", int(), str(), bool()]:
            return Reference()
    raise WireError("a reference that means nothing")


def check(value: object) -> None:
    """AssertionError unless `value` is of exact plain types all the way down, and can be shown."""
    kind = type(value)
    if kind in PARTS:
        for part in value:  # type: ignore[attr-defined]
            check(part)
    elif kind is dict:
        check([*value.keys(), *value.values()])  # type: ignore[attr-defined]
    elif kind is slice:
        check([value.start, value.stop, value.step])  # type: ignore[attr-defined]
    elif kind is np.ndarray or isinstance(value, np.generic):
        assert kind is np.ndarray or kind.__module__ == "numpy", kind
        check_array(np.asarray(value))
    elif kind is torch.Tensor:
        assert value.device.type == "cpu"  # type: ignore[attr-defined]
        assert value.layout is torch.strided  # type: ignore[attr-defined]
        check_array(value.detach().view(torch.uint8).numpy() if value.ndim else np.zeros(1))  # type: ignore[attr-defined]
    else:
        assert kind is Reference or kind in PLAIN, kind
        repr(value).encode()


def check_array(array: np.ndarray[Any, Any]) -> None:
    assert array.dtype.kind in "biufcSU", array.dtype
    assert array.dtype.isnative
    assert array.dtype.names is None
    assert array.nbytes == math.prod(array.shape) * array.itemsize
    if array.dtype.kind == "b":
        assert array.view(np.uint8).max(initial=0) <= 1
    for item in array.flat[:4]:  # which takes no more than 32 dimensions
        str(item).encode()


def one_input(data: bytes) -> None:
    """A value of plain types that can be sent back, or WireError: nothing else may come of it."""
    from autograder.sandbox import wire

    try:
        value = wire.decode(wire.unpack(data), reference)
    except wire.WireError:
        return
    check(value)
    wire.encode(value, lambda item: ["h", 1, type(item).__name__, False])


def seeds() -> list[bytes]:
    """Frames of one value of each kind, and of some together."""
    from autograder.sandbox import wire
    from autograder.sandbox.oddities import TENSOR_DTYPES

    numbers = [np.arange(6).reshape(2, 3).astype(kind) for kind in "?bBhHiIlLefdgFDG"]
    texts = [np.array(["a", "bcd"]), np.array([b"a", b"bcd"]), np.str_("é"), np.bytes_(b"ab")]
    layouts = [numbers[0].T, numbers[5][:, ::2], numbers[5][::-1], np.zeros((0, 3)), np.array(2.5)]
    tensors = [torch.ones(2, 3).to(getattr(torch, kind)) for kind in TENSOR_DTYPES]
    grad = torch.ones((), requires_grad=True)
    plain = [None, True, -1, 2**64 - 1, 2**80, -(2**80), 1.5, math.nan, 1j, "é", b"\xff"]
    parts = [[1, [2]], (1, ()), {"k": [1], (2, 3): None}, {1, "x"}, frozenset({(1,)}), slice(1, 2)]
    alike = {frozenset({-1, 5}), frozenset({-2, 5})}
    values = [*plain, *parts, *numbers, *texts, *layouts, *tensors, grad, alike, Reference()]
    encoded = [wire.encode(one, lambda _: ["h", 1, "Net", True]) for one in [*values, values]]
    return [wire.pack(message) for message in encoded]


def words() -> str:
    """A libFuzzer dictionary of tags, dtypes and the heads of MessagePack values."""
    from autograder.sandbox.oddities import TENSOR_DTYPES

    dtypes = "|b1 |i1 <i8 <u2 <f2 <f8 <f16 <c16 <c32 |S3 <U2 |O |V4 <M8[s] >f8".split()
    texts = [*"ltdsz/icanThfCFS", *dtypes, *TENSOR_DTYPES, "qint8", "0x", "-0x1"]
    heads = ["\x90", "\x92", "\xdc\x00\x10", "\xdd\x00\x01\x00\x00", "\xc4\x08", "\xd9\x20"]
    heads += ["\xcb\x7f\xf8" + "\x00" * 6, "\xcf" + "\xff" * 8, "\xc0", "\xc2", "\xc3"]
    entries = [chr(0xA0 + len(text)) + text for text in texts] + heads
    lines = ["".join(rf"\x{ord(char):02x}" for char in entry) for entry in entries]
    return "".join(f'"{line}"\n' for line in lines)


def main() -> None:
    import atheris  # type: ignore[import-not-found]

    with atheris.instrument_imports(include=["autograder.sandbox"]):
        from autograder.sandbox import wire  # noqa: F401
    warnings.simplefilter("error")
    with tempfile.TemporaryDirectory() as scratch:
        corpus = Path(scratch, "corpus")
        corpus.mkdir()
        for number, frame in enumerate(seeds()):
            Path(corpus, str(number)).write_bytes(frame)
        Path(scratch, "words").write_text(words())
        options = [f"-dict={scratch}/words", *sys.argv[1:], str(corpus)]
        atheris.Setup([sys.argv[0], *options], one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
