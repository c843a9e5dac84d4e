"""Values keep their meaning across the wire, and nothing that a hostile peer sends does harm."""

from __future__ import annotations

import collections
import enum
import itertools
import math
import socket
import struct
import sys
import threading
import time
import tracemalloc
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sandbox_lab import failure_of

from autograder.sandbox import frames, wire
from autograder.sandbox.oddities import TENSOR_DTYPES
from autograder.sandbox.student import Student
from autograder.sandbox.wire import WireError
from autograder.testing import assert_close

relaxed = settings(deadline=None, max_examples=60, derandomize=True)


def refuse(value: object) -> list[Any]:
    raise TypeError(f"no reference to a {type(value).__name__}")


def reference(message: list[Any]) -> object:
    if message[0] != "h":
        raise WireError("a reference that means nothing")
    return ("reference", message[1])


def quantised() -> torch.Tensor:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8)


def nested() -> torch.Tensor:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.nested.nested_tensor([torch.ones(1), torch.ones(2)])


def there_and_back(value: object) -> Any:
    sent = wire.pack(wire.encode(value, refuse))
    return wire.decode(wire.unpack(sent), reference)


def assert_same(got: Any, sent: Any) -> None:
    """The same type, dtype, shape, layout and bytes, all the way down."""
    assert type(got) is type(sent)
    if isinstance(sent, np.ndarray | np.generic):
        assert (got.dtype, got.shape) == (sent.dtype.newbyteorder("="), sent.shape)
        assert got.tobytes() == sent.astype(sent.dtype.newbyteorder("="), copy=False).tobytes()
    elif isinstance(sent, list | tuple):
        assert len(got) == len(sent)
        for mine, theirs in zip(got, sent, strict=True):
            assert_same(mine, theirs)
    elif isinstance(sent, dict):
        assert_same(list(got.items()), list(sent.items()))
    elif isinstance(sent, float | complex):
        assert repr(got) == repr(sent)
    else:
        assert got == sent


class TestRoundTrip:
    @pytest.mark.parametrize(
        "value",
        [
            None,
            True,
            0,
            -(2**63),
            2**64 - 1,
            2**64,
            -(3**700),
            2**wire.MAX_INT_BITS - 1,
            1.5,
            -0.0,
            math.nan,
            math.inf,
            -math.inf,
            1 - 2j,
            complex(math.nan, -math.inf),
            "",
            "é\x00\n😀",
            b"",
            b"\xff\x00",
            [],
            (),
            {},
            set(),
            frozenset({(2, "x")}),
            slice(None, 3, -1),
            [1, (2.0, [None, {"k": (1,), 3: {4}}])],
            {(1, 2): [b"x"], None: True, 1.5: "y", frozenset(): 0},
            {"l": ["l"], "h": ("h", 1)},
            np.float32(1.5),
            np.int8(-3),
            np.bool_(True),
            np.complex64(1j),
            np.str_("ab"),
            np.longdouble(1) / 3,
            {frozenset({-1, 5}), frozenset({-2, 5})},
            np.ones([1] * 32),
        ],
        ids=lambda value: f"{type(value).__name__}-{value!r}"[:40],
    )
    def test_keeps_a_value_and_its_type(self, value: object) -> None:
        assert_same(there_and_back(value), value)

    @relaxed
    @given(
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.floats()
            | st.complex_numbers(allow_nan=False)
            | st.text(st.characters(exclude_categories=("Cs",)))
            | st.binary(),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.tuples(inner, inner)
                | st.dictionaries(st.integers() | st.text(max_size=3), inner, max_size=3)
            ),
            max_leaves=12,
        )
    )
    def test_keeps_any_nest_of_plain_values(self, value: object) -> None:
        assert_same(there_and_back(value), value)

    @relaxed
    @given(
        hnp.arrays(
            hnp.boolean_dtypes()
            | hnp.integer_dtypes(endianness="?")
            | hnp.unsigned_integer_dtypes(endianness="?")
            | hnp.floating_dtypes(endianness="?")
            | hnp.complex_number_dtypes(endianness="?")
            | hnp.byte_string_dtypes(min_len=1, max_len=5)
            | hnp.unicode_string_dtypes(endianness="?", min_len=1, max_len=5),
            hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
        )
    )
    def test_keeps_any_array_of_numbers_or_text(self, array: np.ndarray) -> None:
        got = there_and_back(array)
        assert_same(got, array)
        assert got.flags.writeable
        assert got.flags.owndata or got.base.flags.writeable

    def test_a_view_of_an_array_keeps_its_layout(self) -> None:
        base = np.arange(24.0).reshape(4, 6)
        for array, contiguous in (
            (base, "C"),
            (base.T, "F"),
            (base[:, ::2], ""),
            (base[::2].T, ""),
            (np.zeros((2, 3, 4)).transpose(1, 0, 2), ""),
        ):
            got = there_and_back(array)
            assert_same(got, array)
            assert (got.flags.c_contiguous, got.flags.f_contiguous) == (
                contiguous == "C",
                contiguous == "F",
            )

    def test_a_broadcast_view_arrives_with_memory_of_its_own(self) -> None:
        got = there_and_back(np.broadcast_to(np.float64(3), (2, 3)))
        got[0, 0] = 1
        assert got.sum() == 16

    @pytest.mark.parametrize("dtype", TENSOR_DTYPES)
    def test_keeps_a_tensor(self, dtype: str) -> None:
        tensor = torch.tensor([[0, 1, 2], [3, 4, 5]]).to(getattr(torch, dtype))
        for sent in (tensor, tensor.T, tensor[:, ::2], tensor[:0], tensor[0, 1]):
            got = there_and_back(sent)
            assert type(got) is torch.Tensor
            assert (got.dtype, got.shape) == (sent.dtype, sent.shape)
            assert torch.equal(got, sent)
            got.fill_(0)

    def test_a_tensor_keeps_requires_grad_and_loses_its_graph(self) -> None:
        leaf = torch.ones(2, requires_grad=True)
        for sent in (leaf, leaf * 2, torch.nn.Parameter(torch.ones(1))):
            got = there_and_back(sent)
            assert type(got) is torch.Tensor
            assert got.requires_grad
            assert got.is_leaf
        conjugate = torch.tensor([1 + 2j]).conj()
        assert torch.equal(there_and_back(conjugate), torch.tensor([1 - 2j]))

    @pytest.mark.parametrize(
        ("value", "plain"),
        [
            (collections.OrderedDict(a=1), {"a": 1}),
            (collections.Counter("aab"), {"a": 2, "b": 1}),
            (collections.defaultdict(list, {1: [2]}), {1: [2]}),
            (torch.Size([2, 3]), (2, 3)),
            (np.ma.masked_array([1, 2], [0, 0]), np.array([1, 2])),
            (np.arange(3).view(np.recarray), np.arange(3)),
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_a_subclass_that_means_its_base_arrives_as_the_base(
        self, value: object, plain: object
    ) -> None:
        assert_same(there_and_back(value), plain)

    @pytest.mark.parametrize(
        "value",
        [
            object(),
            len,
            range(3),
            np.array([None, []], dtype=object),
            np.zeros(2, dtype=[("a", "i4")]),
            np.array(["2024-01-01"], dtype="datetime64[D]"),
            np.timedelta64(3, "s"),
            np.void(b"ab"),
            np.ma.masked_array([1, 2], [0, 1]),
            torch.ones(2).to_sparse(),
            quantised(),
            torch.empty(2, device="meta"),
            torch.float32,
            enum.IntEnum("Kind", "A").A,
            collections.namedtuple("Pair", "a b")(1, 2),
            type("MyList", (list,), {})([1]),
            type("MyStr", (str,), {})("x"),
            type("MyInt", (int,), {})(3),
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_anything_else_goes_as_a_reference(self, value: object) -> None:
        assert wire.encode([value], lambda item: ["h", item is value]) == ["l", ["h", True]]

    @pytest.mark.parametrize(
        ("value", "kind"),
        [
            (np.array([[1], [2, 3]], dtype=object), "numpy array of dtype object"),
            (np.zeros(2, dtype=[("a", "<i4")]), "numpy array of dtype [('a', '<i4')]"),
            (np.array(["2024-01-01"], dtype="M8[D]"), "numpy array of dtype datetime64[D]"),
            (np.ma.masked_array([1, 2], [0, 1]), "masked array"),
            (np.ones([1] * 33), "numpy array of 33 dimensions"),
            (torch.ones([1] * 33), "tensor of 33 dimensions"),
            (np.timedelta64(3, "s"), "timedelta64"),
            (torch.ones(2).to_sparse(), "sparse tensor"),
            (torch.ones(2).to_mkldnn(), "tensor of layout _mkldnn"),
            (quantised(), "quantised tensor"),
            (torch.empty(2, device="meta"), "tensor on the meta device"),
            (torch.ones(2, dtype=torch.float8_e5m2), "tensor of dtype float8_e5m2"),
            (nested(), "nested tensor"),
            (torch.nn.UninitializedParameter(), "tensor without values of its own"),
            (object(), "object"),
        ],
        ids=lambda value: value.replace(" ", "-") if isinstance(value, str) else "",
    )
    def test_the_reference_says_what_keeps_an_array_or_tensor(
        self, value: object, kind: str
    ) -> None:
        reference = ["h", 1, type(value).__name__, False]
        assert wire.encode([value], lambda _: reference)[1] == ["h", 1, kind, False]


class TestEncodeRefuses:
    def test_what_is_nested_without_end(self) -> None:
        endless: list[Any] = []
        endless.append(endless)
        with pytest.raises(WireError, match="nested deeper"):
            wire.encode(endless, refuse)

    @pytest.mark.parametrize(
        ("value", "why"),
        [
            (1 << wire.MAX_INT_BITS, "digits"),
            (np.broadcast_to(np.int8(0), (wire.MAX_FRAME + 1,)), "over the limit"),
            (torch.zeros(1, dtype=torch.int8).expand(wire.MAX_FRAME + 1), "over the limit"),
        ],
        ids=["int", "array", "tensor"],
    )
    def test_what_is_too_large(self, value: object, why: str) -> None:
        with pytest.raises(WireError, match=why):
            wire.encode(value, refuse)

    @pytest.mark.parametrize(
        ("message", "why"),
        [
            (bytes(wire.MAX_FRAME), "over the limit"),
            ([None] * wire.MAX_VALUES, "more than"),
            ("\ud800", "cannot be sent"),
            (object(), "cannot be sent"),
        ],
        ids=["large", "many", "surrogate", "object"],
    )
    def test_pack_says_so_before_anything_is_sent(self, message: object, why: str) -> None:
        with pytest.raises(WireError, match=why):
            wire.pack(message)


class Liar(np.ndarray):
    """An array that lies about all that it can."""

    shape = property(lambda self: (1000,))  # type: ignore[assignment]
    dtype = property(lambda self: np.dtype("f4"))  # type: ignore[assignment]
    nbytes = property(lambda self: 0)  # type: ignore[assignment]
    flags = property(lambda self: 1 / 0)  # type: ignore[assignment]

    def __array__(self, *_: object, **__: object) -> np.ndarray:
        return np.full(7, 42.0)

    def __array_ufunc__(self, *_: object, **__: object) -> str:
        return "all right"

    def astype(self, *_: object, **__: object) -> str:  # type: ignore[override]
        return "all right"

    def tobytes(self, *_: object) -> bytes:
        return b"all right"


class LyingTensor(torch.Tensor):
    shape = property(lambda self: (1000,))  # type: ignore[assignment]

    @classmethod
    def __torch_function__(cls, *_: object, **__: object) -> str:
        return "all right"


class TestSubclassesThatLie:
    """They are encoded on the student's side: plain data comes out, or an error."""

    def test_an_array_is_read_past_its_lies(self) -> None:
        got = there_and_back(np.arange(3.0).view(Liar))
        assert type(got) is np.ndarray
        assert got.tolist() == [0.0, 1.0, 2.0]

    def test_a_tensor_gives_no_more_than_an_error(self) -> None:
        value = torch.ones(2).as_subclass(LyingTensor)
        with pytest.raises(Exception):  # noqa: B017
            assert type(there_and_back(value)) is torch.Tensor

    def test_a_class_that_says_it_is_an_array_gives_what_it_holds(self) -> None:
        class Pretender:
            __class__ = np.ndarray  # type: ignore[assignment]
            dtype = np.dtype("f8")

            def __array__(self, *_: object, **__: object) -> np.ndarray:
                return np.ones(2)

        assert there_and_back(Pretender()).tolist() == [1.0, 1.0]


def legal_or_refused(message: Any) -> None:
    """Decoding gives a value or a WireError, and the value can be shown and hashed or compared."""
    try:
        value = wire.decode(message, reference)
    except WireError:
        return
    repr(value)
    str(value)


any_message = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(max_size=6)
    | st.binary(max_size=24),
    lambda inner: st.lists(inner, max_size=5),
    max_leaves=20,
)
likely_message = st.recursive(
    any_message,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from("ltdsz/hf"), inner, inner).map(list),
        st.tuples(st.just("i"), st.text("0123456789abcdefx-_ ", max_size=8)).map(list),
        st.tuples(st.just("c"), inner, inner).map(list),
        st.tuples(
            st.sampled_from("an"),
            st.sampled_from(
                "<f8 <i4 |b1 |S3 <U2 <c16 <f2 <f16 |O <M8[s] |V4 <U0 <f3 2<i4 i4,i4 O b "
                "<U999999999 (2,)f4 1i4 |i8".split()
            ),
            st.lists(st.integers(-1, 4) | st.integers(2**31, 2**64 - 1), max_size=3),
            st.binary(max_size=32) | st.just(bytes(16)) | st.just(b"\xff" * 8),
            st.sampled_from(["C", "F", "S", "", None]),
        ).map(list),
        st.tuples(
            st.just("T"),
            st.sampled_from([*TENSOR_DTYPES, "qint8", "__class__", "float", 3]),
            st.lists(st.integers(-1, 4) | st.integers(2**31, 2**64 - 1), max_size=3),
            st.binary(max_size=32) | st.just(bytes(16)),
            st.booleans() | st.none(),
        ).map(list),
    ),
    max_leaves=8,
)


class TestHostileMessages:
    @settings(relaxed, max_examples=300)
    @given(st.binary(max_size=200))
    def test_random_bytes_are_a_message_or_refused(self, payload: bytes) -> None:
        try:
            message = wire.unpack(payload)
        except WireError:
            return
        legal_or_refused(message)

    @settings(relaxed, max_examples=300)
    @given(likely_message)
    def test_random_messages_are_a_value_or_refused(self, message: Any) -> None:
        legal_or_refused(wire.unpack(wire.pack(message)))

    @pytest.mark.parametrize(
        "message",
        [
            [],
            ["?"],
            [["l"]],
            [1, 2],
            ["d", 1],
            ["d", ["l"], 1],
            ["s", ["d"]],
            ["z", ["l"]],
            ["/", 1, 2, 3, 4],
            ["i", "f" * (wire.MAX_INT_BITS // 4 + 4)],
            ["i", 3],
            ["i", "zz"],
            ["c", "1", None],
            ["c", 1],
            ["c", 1, 2],
            ["c", "1", "2"],
            ["n", "<f8", [1], bytes(8), "C"],
            ["a", "|O", [1], bytes(8), "C"],
            ["a", "<M8[s]", [1], bytes(8), "C"],
            ["a", "<i4,<i4", [1], bytes(8), "C"],
            ["a", "2<i4", [1], bytes(8), "C"],
            ["a", "<U1", [2], b"\xff" * 8, "C"],
            ["a", "<U1", [2], b"a\0\0\0\x00\xd8\0\0", "C"],
            ["a", "<f8", [2], bytes(8), "C"],
            ["a", "<f8", [-1], bytes(8), "C"],
            ["a", "<f8", [True], bytes(8), "C"],
            ["a", "<f8", [0, 2**63], b"", "C"],
            ["a", "<f8", [1] * 33, bytes(8), "C"],
            ["T", "float64", [1] * 33, bytes(8), False],
            ["a", "<f8", 1, bytes(8), "C"],
            ["a", "<f8", [1], "12345678", "C"],
            ["a", "<f8", [1], bytes(8)],
            ["T", "float64", [2], bytes(8), False],
            ["T", "float64", [0, 2**63], b"", False],
            ["T", "float64", [0, 2**62, 2**62], b"", False],
            ["a", "<f8", [2**40, 0], b"", "S"],
            ["T", "qint8", [1], b"x", False],
            ["T", ["l"], [1], b"x", False],
        ],
        ids=lambda message: str(message)[:40],
    )
    def test_a_malformed_value_is_refused(self, message: Any) -> None:
        with pytest.raises(WireError):
            wire.decode(message, reference)

    @pytest.mark.parametrize(
        "payload",
        [
            b"",
            b"\xc1",
            b"\x80",
            b"\x81\x01\x02",
            b"\xde\x00\x01\x01\x02",
            b"\xd4\x01x",
            b"\xc7\x00\x05",
            b"\xd6\xff\x00\x00\x00\x00",
            b"\x92\x01",
            b"\x01\x02",
            b"\xdd\xff\xff\xff\xff",
            b"\xc6\xff\xff\xff\xffx",
            b"\xdb\x7f\xff\xff\xffx",
            b"\xa2\xff\xff",
            b"\x91" * 100_000,
        ],
        ids=lambda payload: payload[:6].hex() or "empty",
    )
    def test_malformed_bytes_are_refused(self, payload: bytes) -> None:
        with pytest.raises(WireError):
            wire.unpack(payload)

    def test_the_check_of_a_message_steps_over_every_kind_of_value(self) -> None:
        """Each kind with a map behind it, which must be seen, and inside it, which must not."""
        map_of_one = b"\x81\x01\x02"
        for size in (1, 31, 32, 255, 256, 65535, 65536):
            for hidden in ("\x00" * size, b"\x80" * size, [1] * size):
                body = msgspec.msgpack.encode(hidden)
                assert wire.unpack(b"\x92" + body + b"\x01") == [hidden, 1]
                with pytest.raises(WireError, match="never sent"):
                    wire.unpack(b"\x92" + body + map_of_one)
        for number in (
            0,
            127,
            128,
            2**8,
            2**16,
            2**32,
            2**64 - 1,
            -1,
            -33,
            -129,
            -(2**31) - 1,
            0.5,
        ):
            assert wire.unpack(b"\x92" + msgspec.msgpack.encode(number) + b"\xc0") == [number, None]

    @pytest.mark.parametrize("filler", [0, 2**40], ids=["harmless", "with bytes of maps"])
    def test_a_map_behind_many_values_is_refused(self, filler: int) -> None:
        values = [filler] * 1000 + [0x80]
        assert wire.unpack(msgspec.msgpack.encode(values)) == values
        with pytest.raises(WireError, match="never sent"):
            wire.unpack(msgspec.msgpack.encode([*values, {}]))

    def test_depth_is_bounded(self) -> None:
        def nested(levels: int) -> Any:
            message: Any = 1
            for _ in range(levels):
                message = ["l", message]
            return message

        wire.decode(nested(wire.MAX_DEPTH), reference)
        with pytest.raises(WireError, match="nested deeper"):
            wire.decode(nested(wire.MAX_DEPTH + 1), reference)

    def test_a_tensor_is_refused_where_there_is_no_torch(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "torch", None)
        with pytest.raises(WireError, match="malformed value of kind 'T'"):
            wire.decode(["T", "float32", [1], bytes(4), False], reference)

    def test_bools_are_zero_or_one_whatever_the_bytes(self) -> None:
        for message in (
            ["a", "|b1", [3], b"\x00\x01\x07", "C"],
            ["T", "bool", [3], b"\x00\x01\x07", 0],
        ):
            got = wire.decode(message, reference)
            assert bytes(np.asarray(got).view(np.uint8)) == b"\x00\x01\x01"

    def test_every_decoded_array_can_be_written(self) -> None:
        for layout in ("C", "F", "S", "?"):
            for shape in ([3], [1, 3], [3, 1]):
                wire.decode(["a", "|u1", shape, b"abc", layout], reference).fill(0)


class TestHostileSizes:
    """A frame of legal length may not cost the grader minutes or gigabytes."""

    MODULUS = 2**61 - 1  # of Python's hash of numbers: multiples of it hash alike

    def colliding(self, number: int) -> list[Any]:
        return [["i", hex(self.MODULUS * (2**70 + i))] for i in range(number)]

    @pytest.mark.parametrize("tag", "sz")
    def test_a_set_of_values_that_hash_alike_is_refused_at_once(self, tag: str) -> None:
        begin = time.process_time()
        with pytest.raises(WireError, match="hash alike"):
            wire.decode([tag, *self.colliding(100_000)], reference)
        assert time.process_time() - begin < 3

    def test_so_is_a_dict(self) -> None:
        pairs = [part for key in self.colliding(1000) for part in (key, 0)]
        with pytest.raises(WireError, match="hash alike"):
            wire.decode(["d", *pairs], reference)

    def nested_sets(self, levels: int) -> list[Any]:
        """Sets that hash alike, as numbers at the bottom do, and differ in one of these numbers."""
        level: list[Any] = [2.0 ** (61 * i) for i in range(5)]
        for _ in range(levels):
            level = [["z", *part] for part in itertools.combinations(level, 4)]
        return ["s", *level]

    def test_sets_of_sets_that_hash_alike_are_refused_at_once(self) -> None:
        """Comparing two of n numbers in all takes n * n steps: eight levels took over a minute."""
        begin = time.process_time()
        for message in (
            self.nested_sets(8),
            ["d", *(part for key in self.nested_sets(4)[1:] for part in (key, 0))],
            ["s", *(["t", 1, ["t", key]] for key in self.nested_sets(4)[1:])],
        ):
            with pytest.raises(WireError, match="hash alike"):
                wire.decode(message, reference)
        assert time.process_time() - begin < 3

    def test_a_large_honest_set_or_dict_is_not(self) -> None:
        numbers = set(range(-50_000, 50_000))
        words = {str(number): (number, number + 0.5) for number in numbers}
        pairs = {(number, -number): None for number in range(-300, 300)}
        edges = {frozenset({number, number + 5}) for number in range(-300, 300)}
        for value in (numbers, words, pairs, edges, {frozenset(numbers), frozenset(words)}):
            assert there_and_back(value) == value

    @pytest.mark.parametrize(
        "value", [b"\x90", b"\xc0", b"\x91\xa1l"], ids=["empty", "nil", "list"]
    )
    def test_a_frame_of_very_many_values_is_refused_before_they_are_made(
        self, value: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert frames.MAX_VALUES <= 1_000_000
        monkeypatch.setattr(frames, "MAX_VALUES", 10_000)
        payload = b"\xdd" + struct.pack(">I", 20_000) + value * 20_000
        tracemalloc.start()
        try:
            with pytest.raises(WireError, match="more than"):
                wire.unpack(payload)
            assert tracemalloc.get_traced_memory()[1] < 100_000
        finally:
            tracemalloc.stop()


class TestWhatStaysBehind:
    """An array or tensor that is not sent: a cache may hold it, and a result may not be it."""

    SOURCE = """
        import numpy as np, torch
        things = {
            "ragged": np.array([[1.0], [2.0, 3.0]], dtype=object),
            "fields": np.zeros(2, dtype=[("a", "<i4")]),
            "masked": np.ma.masked_array([1.0, 2.0], [0, 1]),
            "sparse": torch.ones(2).to_sparse(),
            "csr": torch.ones(2, 2).to_sparse_csr(),
            "meta": torch.empty(2, device="meta"),
            "float8": torch.ones(2).to(torch.float8_e5m2),
            "lazy": torch.nn.LazyLinear(2).weight,
        }
        def f(name): return things[name]
        def with_cache(): return np.ones(2), (things, 3)
        def same(cache): return all(cache[0][name] is things[name] for name in things)
        """

    @pytest.mark.parametrize(
        ("name", "told"),
        [
            ("ragged", "a numpy array of dtype object (are its rows of different lengths, or is a "
             "None in it?)"),
            ("fields", "a numpy array of dtype [('a', '<i4')] (return an array of numbers)"),
            ("masked", "a masked array (return `.filled(...)` of it)"),
            ("sparse", "a sparse tensor (return `.to_dense()` of it)"),
            ("csr", "a sparse tensor (return `.to_dense()` of it)"),
            ("meta", "a tensor on the meta device (make it on the CPU)"),
            ("float8", "a tensor of dtype float8_e5m2 (convert it to a common dtype with `.to`)"),
            ("lazy", "a tensor without values of its own (return a plain tensor, made outside of "
             "any transform)"),
        ],
    )  # fmt: skip
    def test_a_result_is_named_and_what_to_do(
        self, notebook: Callable[..., Student], name: str, told: str
    ) -> None:
        result = notebook(self.SOURCE).f(name)
        assert failure_of(assert_close, result, np.ones(2), rtol=1, atol=1) == (
            f"`result` should be a numpy array, and is {told}"
        )

    def test_a_cache_is_passed_back_as_it_was(self, notebook: Callable[..., Student]) -> None:
        student = notebook(self.SOURCE)
        out, cache = student.with_cache()
        assert out.tolist() == [1, 1]
        assert student.same(cache) is True


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, wire.Channel]]:
    theirs, mine = socket.socketpair()
    with theirs, mine:
        yield theirs, wire.Channel(mine)


def soon(seconds: float = 0.2) -> float:
    return time.monotonic() + seconds


class TestChannel:
    def test_carries_messages_both_ways(self, ends: tuple[socket.socket, wire.Channel]) -> None:
        other, channel = wire.Channel(ends[0]), ends[1]
        big = bytes(3_000_000)
        sender = threading.Thread(target=lambda: (other.send([1, big]), other.send("next")))
        sender.start()
        assert channel.receive(soon(10)) == [1, big]
        assert channel.receive(soon(10)) == "next"
        sender.join()

    @pytest.mark.parametrize("length", [frames.MAX_FRAME + 1, 2**63, 2**64 - 1])
    def test_refuses_a_length_before_it_allocates(
        self, ends: tuple[socket.socket, wire.Channel], length: int
    ) -> None:
        ends[0].send(struct.pack(">Q", length) + b"x" * 100)
        tracemalloc.start()
        try:
            with pytest.raises(WireError, match="over the limit"):
                ends[1].receive(soon())
            assert tracemalloc.get_traced_memory()[1] < 100_000
        finally:
            tracemalloc.stop()

    def test_allocates_no_more_than_what_has_come(
        self, ends: tuple[socket.socket, wire.Channel]
    ) -> None:
        ends[0].send(struct.pack(">Q", frames.MAX_FRAME) + b"x" * 100)
        tracemalloc.start()
        try:
            with pytest.raises(wire.Timeout):
                ends[1].receive(soon(0.05))
            assert tracemalloc.get_traced_memory()[1] < 3_000_000
        finally:
            tracemalloc.stop()

    def test_a_peer_that_trickles_meets_the_deadline(
        self, ends: tuple[socket.socket, wire.Channel]
    ) -> None:
        stop = threading.Event()

        def trickle() -> None:
            for byte in struct.pack(">Q", 1000) + b"x" * 1000:
                if stop.wait(0.01):
                    return
                ends[0].send(bytes([byte]))

        sender = threading.Thread(target=trickle)
        sender.start()
        begin = time.monotonic()
        with pytest.raises(wire.Timeout):
            ends[1].receive(soon(0.3))
        assert 0.25 < time.monotonic() - begin < 2
        stop.set()
        sender.join()

    def test_a_peer_that_does_not_read_meets_the_deadline(
        self, ends: tuple[socket.socket, wire.Channel]
    ) -> None:
        with pytest.raises(wire.Timeout):
            ends[1].send(bytes(10_000_000), soon())

    def test_an_alarm_rings_once_also_when_everything_comes_at_once(
        self, ends: tuple[socket.socket, wire.Channel]
    ) -> None:
        other, channel = wire.Channel(ends[0]), ends[1]
        rung: list[float] = []
        at = soon(0.05)
        channel.set_alarm(at, lambda: rung.append(time.monotonic()))
        due = 0
        while due < 5:
            due += time.monotonic() >= at
            other.send("x")
            assert channel.receive(soon()) == "x"
            assert rung or not due, "the first receive that is late rings"
        assert len(rung) == 1
        assert rung[0] >= at
        channel.set_alarm(soon(0.05), lambda: rung.append(time.monotonic()))
        with pytest.raises(wire.Timeout):
            channel.receive(soon(0.1))
        assert len(rung) == 2

    def test_a_trusted_peer_is_taken_at_its_word(self) -> None:
        theirs, mine = socket.socketpair()
        with theirs, mine:
            for message in ({"a": [1]}, {"a": bytes(200_000)}):
                theirs.settimeout(None)
                sender = threading.Thread(
                    target=wire.Channel(theirs).send_packed, args=[msgspec.msgpack.encode(message)]
                )
                sender.start()
                assert wire.Channel(mine, trusted=True).receive(soon(5)) == message
                sender.join()

    def test_a_silent_peer_meets_the_deadline(
        self, ends: tuple[socket.socket, wire.Channel]
    ) -> None:
        with pytest.raises(wire.Timeout):
            ends[1].receive(soon(0.05))
        with pytest.raises(wire.Timeout):
            ends[1].receive(time.monotonic() - 5)

    def test_a_closed_peer_is_told_apart(self, ends: tuple[socket.socket, wire.Channel]) -> None:
        ends[0].send(struct.pack(">Q", 10) + b"half")
        ends[0].close()
        with pytest.raises(wire.PeerClosed):
            ends[1].receive(soon())
        with pytest.raises(wire.PeerClosed):
            ends[1].send([1], soon())
        ends[1].close()
        with pytest.raises(wire.PeerClosed):
            ends[1].receive(soon())

    def test_works_with_descriptors_beyond_a_thousand(self) -> None:
        import fcntl
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 3000)), hard))
        theirs, mine = socket.socketpair()
        try:
            high = socket.socket(fileno=fcntl.fcntl(mine, fcntl.F_DUPFD_CLOEXEC, 2000))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        with theirs, mine, high:
            wire.Channel(theirs).send("x")
            assert wire.Channel(high).receive(soon()) == "x"
