"""Whatever a worker sends, the grader gets plain values or a refusal, and soon.

`fuzz/wire.py` looks further in the same places, for minutes and guided by coverage.
"""

from __future__ import annotations

import contextlib
import math
import socket
import struct
import threading
import time
import unicodedata
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.sandbox import wire
from autograder.sandbox.cells import facts_told
from autograder.sandbox.launcher import WorkerDied
from autograder.sandbox.oddities import TENSOR_DTYPES
from autograder.sandbox.proxy import Handle, StudentFailure
from autograder.sandbox.student import Cell, Student
from autograder.sandbox.wire import WireError
from fuzz.wire import Reference, check, one_input, reference, seeds

fuzz = settings(
    deadline=None,
    max_examples=200,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
FRAMES = seeds()
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}  # what a terminal may obey or hide


# What encode takes.

text = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([-(2**63) - 1, -(2**63), 2**63, 2**64, 2**wire.MAX_INT_BITS - 1]),
    st.floats(),
    st.complex_numbers(),
    text,
    st.binary(max_size=8),
)
dtypes = st.one_of(
    hnp.boolean_dtypes(),
    hnp.integer_dtypes(endianness="?"),
    hnp.unsigned_integer_dtypes(endianness="?"),
    hnp.floating_dtypes(endianness="?", sizes=(16, 32, 64, 128)),
    hnp.complex_number_dtypes(endianness="?", sizes=(64, 128, 256)),
    hnp.byte_string_dtypes(min_len=1, max_len=5),
    hnp.unicode_string_dtypes(endianness="?", min_len=1, max_len=5),
)
whole = hnp.arrays(dtypes, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))


@st.composite
def views(draw: st.DrawFn) -> np.ndarray:
    """An array as numpy's views leave it: reversed, spaced, transposed, broadcast, in F order."""
    array = draw(whole)
    steps = draw(st.lists(st.sampled_from([1, 1, 2, -1, -2]), max_size=array.ndim))
    array = array[tuple(slice(None, None, step) for step in steps)]
    array = array.transpose(draw(st.permutations(range(array.ndim))))
    match draw(st.sampled_from(["as it is", "broadcast", "F"])):
        case "broadcast":
            return np.broadcast_to(array, (2, *array.shape))
        case "F":
            return np.asfortranarray(array)
    return array


@st.composite
def tensors(draw: st.DrawFn) -> torch.Tensor:
    dtype = getattr(torch, draw(st.sampled_from(TENSOR_DTYPES)))
    shape = draw(st.lists(st.integers(0, 3), max_size=4))
    numbers = draw(st.lists(st.floats(-100, 100) | st.just(math.inf), min_size=1, max_size=6))
    flat = torch.tensor(numbers).nan_to_num(posinf=9.0).repeat(math.prod(shape))
    tensor = (
        flat[: math.prod(shape)].reshape(shape).to(dtype).permute(tuple(range(len(shape)))[::-1])
    )
    tensor = tensor.conj() if dtype.is_complex and draw(st.booleans()) else tensor
    differentiable = dtype.is_floating_point or dtype.is_complex
    return tensor.requires_grad_(differentiable and draw(st.booleans()))


scalars = whole.filter(lambda array: array.size).map(lambda array: array.flat[0])
keys = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | text,
    lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3),
    max_leaves=6,
)
values = st.recursive(
    plain | views() | tensors() | scalars | keys,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.dictionaries(keys, inner, max_size=3),
        st.sets(keys, max_size=3),
        st.builds(slice, inner, inner, inner),
    ),
    max_leaves=8,
)


def assert_same(got: Any, sent: Any) -> None:
    """The same type, dtype, shape, order and numbers to the bit, all the way down."""
    assert type(got) is type(sent)
    if isinstance(sent, np.ndarray | np.generic):
        assert_same_array(np.asarray(got), np.asarray(sent))
    elif isinstance(sent, torch.Tensor):
        assert (got.dtype, got.shape, got.requires_grad) == (
            sent.dtype,
            sent.shape,
            sent.requires_grad,
        )
        assert torch.equal(got, sent)
    elif isinstance(sent, dict):
        assert_same(list(got.items()), list(sent.items()))
    elif isinstance(sent, slice):
        assert_same((got.start, got.stop, got.step), (sent.start, sent.stop, sent.step))
    elif isinstance(sent, list | tuple):
        assert len(got) == len(sent)
        for mine, theirs in zip(got, sent, strict=True):
            assert_same(mine, theirs)
    elif isinstance(sent, set | frozenset):
        assert got == sent
        assert shown(got) == shown(sent)
    else:
        assert repr(got) == repr(sent)


def shown(value: object) -> str:
    """What `repr` shows, where sets have an order."""
    if isinstance(value, set | frozenset):
        return f"{type(value).__name__} {sorted(map(shown, value))}"
    return f"{[*map(shown, value)]}" if isinstance(value, tuple) else repr(value)


def assert_same_array(got: np.ndarray, sent: np.ndarray) -> None:
    native = sent.dtype.newbyteorder("=")
    assert (got.dtype, got.shape) == (native, sent.shape)
    assert got.dtype.isnative
    if sent.ndim and sent.flags.contiguous:
        assert got.flags.c_contiguous
    elif sent.ndim and sent.flags.f_contiguous:
        assert got.flags.f_contiguous
    if native.itemsize > 16 or native.char == "g":  # these have bytes that mean nothing
        assert [repr(one) for one in got.flat] == [repr(one) for one in sent.astype(native).flat]
    else:
        assert got.tobytes() == sent.astype(native).tobytes()


def refuse(value: object) -> list[Any]:
    raise TypeError(f"no reference to a {type(value).__name__}")


@fuzz
@given(values)
def test_what_is_sent_arrives_as_it_was(value: object) -> None:
    sent = wire.pack(wire.encode(value, refuse))
    assert_same(wire.decode(wire.unpack(sent), reference), value)


# What a hostile peer sends.


@fuzz
@given(st.binary(max_size=300))
def test_any_bytes_are_a_plain_value_or_refused(data: bytes) -> None:
    one_input(data)


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """A legal frame with some bytes flipped, cut out, put in, or taken from another frame."""
    data = bytearray(draw(st.sampled_from(FRAMES)))
    for change in draw(st.lists(st.sampled_from(["flip", "cut", "put", "splice"]), max_size=4)):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        match change:
            case "flip" if data:
                data[at] ^= 1 << draw(st.integers(0, 7))
            case "cut":
                del data[at : at + draw(st.integers(1, 16))]
            case "put":
                data[at:at] = draw(st.binary(max_size=9))
            case "splice":
                data[at:] = draw(st.sampled_from(FRAMES))[draw(st.integers(0, 40)) :]
    return bytes(data)


@settings(fuzz, max_examples=500)
@given(spoilt())
def test_a_spoilt_frame_is_a_plain_value_or_refused(data: bytes) -> None:
    one_input(data)


numbers = st.floats() | st.integers(-(2**63), 2**64 - 1) | st.sampled_from([-1, -2, 2**61 - 2])
anything = st.none() | st.booleans() | numbers | st.text(max_size=6) | st.binary(max_size=16)
array_dtypes = (
    "|b1 |b1 |b1 |u1 |S3 <U1 <U2 <f2 <f8 <f16 <c16 <c32 >i4 >f8 >U1 =i4 ?1 |O |O8 <O8 <M8[s] <m8 "
    "|V4 |S0 <U0 <f3 <f0 <U999999999 |S999999999 2<i4 i4,i4 (2,)f4 f8 <T16 |b2 <b1 <i\u0664".split()
)
tensor_dtypes = [*TENSOR_DTYPES, "qint8", "uint16", "float8_e5m2", "complex32", "Tensor", ""]
fair_shapes = st.lists(st.integers(0, 3), max_size=3)
shapes = (
    fair_shapes
    | fair_shapes
    | st.lists(st.integers(1, 3), max_size=2)
    | st.sampled_from(
        [
            [1] * 32,
            [1] * 33,
            [0] * 64,
            [0, 2**40],
            [2**32, 2**32, 0],
            [0, 2**63],
            [-1, -1],
            [True],
            3,
        ]
    )
)
bytes_of_items = st.sampled_from(
    [b"\xff", b"\2", b"\0", b"a\0\0\0", b"\0\xd8\0\0", b"\0\xd8\x11\0"]
)


@st.composite
def arrays(draw: st.DrawFn) -> list[Any]:
    """The message of an array, scalar or tensor: bytes that fit its shape, and no good otherwise;
    in one of four, some part of it is anything."""
    tag = draw(st.sampled_from("anT"))
    dtype = draw(st.sampled_from(tensor_dtypes if tag == "T" else array_dtypes))
    shape = [] if tag == "n" and draw(st.integers(0, 5)) else draw(shapes)
    size = math.prod(shape) if isinstance(shape, list) else 1
    with contextlib.suppress(TypeError, ValueError, AttributeError):
        size *= getattr(torch, dtype).itemsize if tag == "T" else np.dtype(dtype).itemsize
    data = (draw(bytes_of_items) * 400)[: max(0, min(size, 400))]
    message = [tag, dtype, shape, data, draw(st.sampled_from(["C", "F", "S", "", True, None]))]
    if draw(st.sampled_from([False, False, False, True])):
        message[draw(st.integers(1, 4))] = draw(anything)
    return message


def tagged(tags: str, *parts: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.tuples(st.sampled_from(tags), *parts).map(list)


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """Some of few values, and some of so many that they are too many to hash alike."""
    few = st.lists(inner, max_size=4)
    return st.builds(
        lambda tag, rest, times: [tag, *rest * times],
        st.sampled_from("ltdsz/ltdsz/?"),
        few,
        st.sampled_from([1, 1, 1, 40]),
    )


likely = st.one_of(
    arrays(),
    tagged("i", st.integers().map(hex)),
    tagged("c", st.floats(), st.floats()),
    tagged("h", st.integers(0, 9), st.text(max_size=4), st.booleans()),
    anything,
)
unlikely = st.one_of(
    tagged("i", st.text("0123456789abcdefxABX-_ \u0663", max_size=8) | anything),
    tagged("c", anything, anything),
    tagged("hf", numbers, st.text(max_size=4), anything),
    st.lists(anything, max_size=3),
)
messages = st.recursive(likely, containers, max_leaves=8) | st.recursive(
    likely | unlikely, containers, max_leaves=4
)


@settings(fuzz, max_examples=500)
@given(messages)
def test_any_message_is_a_plain_value_or_refused(message: Any) -> None:
    one_input(wire.pack(message))


@settings(fuzz, max_examples=500)
@given(arrays())
def test_any_array_is_a_plain_one_or_refused(message: Any) -> None:
    one_input(wire.pack(message))


class TestTheCheck:
    """It can fail: what is no plain value does not pass for one."""

    @pytest.mark.parametrize(
        "value",
        [
            object(),
            [type("MyInt", (int,), {})(3)],
            {"k": {object()}},
            np.array([None]),
            np.zeros(2, dtype=[("a", "i4")]),
            np.zeros(2, dtype=">i4"),
            np.ma.masked_array([1]),
            np.frombuffer(b"\x02", dtype=bool),
            torch.ones(2).to_sparse(),
            torch.empty(2, device="meta"),
            torch.nn.Parameter(torch.ones(2)),
            slice(None, object()),
            np.array(["\ud800"]),
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_of_a_value(self, value: object) -> None:
        with pytest.raises((AssertionError, UnicodeEncodeError)):
            check(value)

    def test_of_the_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(wire._SCALARS, "c", lambda *_: {}["no such key"])
        with pytest.raises(KeyError):
            one_input(wire.pack(["c", 1.0, 2.0]))

    def test_every_seed_is_a_legal_frame(self) -> None:
        for frame in FRAMES:
            one_input(frame)
            check(wire.decode(wire.unpack(frame), reference))


# The same through a socket.


@st.composite
def streams(draw: st.DrawFn) -> list[bytes]:
    """Bytes in pieces: mostly frames whose length is right, or nearly."""
    payload = draw(spoilt() | st.binary(max_size=60))
    length = draw(st.sampled_from([0, 0, 0, 1, -1, 5, 2**26, 2**63])) + len(payload)
    data = draw(st.just(struct.pack(">Q", max(0, length)) + payload) | st.binary(max_size=40))
    cuts = sorted(draw(st.lists(st.integers(0, len(data)), max_size=5)))
    return [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]


@contextlib.contextmanager
def sending(pieces: list[bytes], *, close: bool) -> Iterator[wire.Channel]:
    theirs, mine = socket.socketpair()
    with theirs, mine:

        def send() -> None:
            for piece in pieces:
                theirs.sendall(piece)
                time.sleep(0)
            if close:
                theirs.close()

        sender = threading.Thread(target=send)
        sender.start()
        yield wire.Channel(mine)
        sender.join()


@settings(fuzz, max_examples=150)
@given(streams(), st.sampled_from([True, True, True, False]))
def test_any_stream_gives_a_message_or_a_wire_error_in_time(
    pieces: list[bytes], close: bool
) -> None:
    begin = time.monotonic()
    with sending(pieces, close=close) as channel:
        try:
            message = channel.receive(begin + (10 if close else 0.02))
            check(wire.decode(message, reference))
        except WireError:
            pass
    assert time.monotonic() - begin < 5


# And what the grader makes of it.


def student() -> Student:
    student = Student(None, [Cell(1, "def f(x):\n    return x")])  # type: ignore[arg-type]
    student._callbacks.append(lambda *args, **kwargs: len(args) + len(kwargs))
    return student


words = st.sampled_from(["ok", "error", "callback", "missing", "run", "x", "\x1b[2J", "a" * 2000])
told = st.tuples(
    words | anything,
    words | anything,
    words,
    st.lists(words | anything, max_size=3),
    st.lists(st.tuples(st.integers(-1, 3), st.integers(-1, 3) | anything).map(list), max_size=12),
).map(list)
changed = st.lists(st.sampled_from(["0", "x"]) | anything, max_size=3) | anything
replies = st.one_of(
    st.lists(messages, max_size=4),
    st.tuples(st.just("ok"), messages, changed, st.integers(0, 9) | anything).map(list),
    st.tuples(st.just("error"), told | messages).map(list),
)


@settings(fuzz, max_examples=150)
@given(replies)
def test_any_reply_is_a_value_or_a_failure(reply: list[Any]) -> None:
    reply = wire.unpack(wire.pack(reply))
    try:
        value, changed, lines = student()._result("f", reply, [0], {"x": 1})
    except (StudentFailure, WorkerDied) as failure:
        text = str(failure)
        assert len(text) < 4000
        assert {unicodedata.category(char) for char in text.replace("\n", " ")}.isdisjoint(HIDDEN)
    else:
        check_value(value)
        assert {*changed} <= {"0", "x"}
        assert isinstance(lines, int)
    for part in reply:
        facts = facts_told(part)
        assert facts is None or type(facts) is wire.Facts


def check_value(value: object) -> None:
    """As `check`, where handles stand for what stayed in the worker."""
    if isinstance(value, Handle):
        assert {unicodedata.category(char) for char in repr(value)}.isdisjoint(HIDDEN)
    elif isinstance(value, list | tuple | set | frozenset):
        for part in value:
            check_value(part)
    elif isinstance(value, dict):
        check_value([*value, *value.values()])
    elif isinstance(value, slice):
        check_value([value.start, value.stop, value.step])
    else:
        check(value)
        assert not isinstance(value, Reference)


@settings(fuzz, max_examples=80)
@given(st.integers(-1, 2) | anything, messages, messages)
def test_any_callback_is_answered_or_refused(number: Any, args: Any, kwargs: Any) -> None:
    for given_args, given_kwargs in ((args, kwargs), (["l", args], ["d"]), (["l"], ["d", args, 1])):
        try:
            answer = student()._answer(number, given_args, given_kwargs)
        except WireError:
            continue
        assert answer[0] in ("answer", "refusal")
        wire.pack(answer)
