"""What hidden tests hold, proxies of functions and objects, and what a lying worker can do."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from sandbox_lab import SHORT, failure_of

from autograder.sandbox.jail import Limits
from autograder.sandbox.launcher import Remote, WarmProcess, WorkerDied
from autograder.sandbox.proxy import Handle, StudentFailure
from autograder.sandbox.student import MAX_DEATHS, Student
from autograder.sandbox.wire import WireError

MakeStudent = Callable[..., Student]

DIES = """
import os
def f(die=True):
    if die:
        os._exit(1)
    return 1
def g(): return 2
"""


class TestDeaths:
    def test_a_function_that_killed_twice_is_not_called_again(self, notebook: MakeStudent) -> None:
        student = notebook(DIES)
        for _ in range(2):
            assert failure_of(student.f) == (
                "f was stopped: it ended the Python process (exit code 1)"
            )
        assert failure_of(student.f, die=False) == (
            "f was stopped in earlier tests and is not called again"
        )
        assert student.g() == 2
        assert student._epoch == 3

    def test_a_notebook_that_dies_again_and_again_is_given_up(self, notebook: MakeStudent) -> None:
        names = [f"f{i}" for i in range(8)]
        student = notebook(*(f"import os\ndef {name}(): os._exit(1)" for name in names), DIES)
        told = [failure_of(getattr(student, name)) for name in names for _ in range(2)]
        assert told.count("f0 was stopped: it ended the Python process (exit code 1)") == 2
        assert "ended too often" in told[-1]
        assert "ended too often" in failure_of(student.g)
        assert student._epoch == MAX_DEATHS + 1

    def test_so_is_one_whose_cells_all_kill(self, notebook: MakeStudent) -> None:
        student = notebook(*["import os; os._exit(1)"] * 12, DIES)
        assert "ended too often" in failure_of(student.g)
        assert student._epoch == MAX_DEATHS + 2, "once all cells in one, then one by one"

    def test_cells_that_take_long_together_are_run_one_by_one(self, notebook: MakeStudent) -> None:
        """Each has its own limit, and what came before one that does not end stays."""
        limits = Limits(cell_seconds=1.5, call_seconds=5)
        slow = "import time\ntime.sleep(0.9)"
        student = notebook(
            "a = 1", slow, slow, "while True: pass", "def g(): return a", limits=limits
        )
        assert student.g() == 1
        assert student.cell_errors == {4: "was left out: it did not finish within 1.5 s"}
        assert student._epoch == 3

    def test_seeding_a_dead_worker_is_no_error(self, notebook: MakeStudent) -> None:
        student = notebook(
            DIES, "import threading\ndef soon(): threading.Timer(.05, os._exit, [3]).start()"
        )
        student.soon()
        time.sleep(0.3)
        student.begin_test(1)
        assert student.g() == 2


class TestWhoIsToBlame:
    """A call on which the worker died is made again where another function may have ended it."""

    SOURCE = """
        import os, threading, time
        def leaves_a_bomb():
            threading.Timer(0.3, os._exit, [0]).start()
        def slow(): time.sleep(0.6); return "done"
        def exits(): os._exit(3)
        def fine(): return 1
        def make():
            return lambda: time.sleep(0.6)
        """

    def test_not_who_was_running_when_the_bomb_went_off(self, notebook: MakeStudent) -> None:
        student = notebook(self.SOURCE)
        student.leaves_a_bomb()
        assert student.slow() == "done"
        assert student._deaths == {}

    def test_who_ends_a_worker_of_its_own_too(self, notebook: MakeStudent) -> None:
        student = notebook(self.SOURCE)
        assert student.fine() == 1
        assert "exits was stopped" in failure_of(student.exits)
        assert student._deaths == {"exits": 1}
        assert student._epoch == 2
        assert "exits was stopped" in failure_of(student.exits)
        assert "not called again" in failure_of(student.exits)
        assert student.fine() == 1

    def test_an_object_of_the_dead_worker_is_not_passed_again(self, notebook: MakeStudent) -> None:
        student = notebook(self.SOURCE)
        thing = student.make()
        student.leaves_a_bomb()
        assert "was stopped" in failure_of(thing)

    def test_not_without_end(self, notebook: MakeStudent) -> None:
        """Each call leaves a bomb for the next one."""
        names = [f"f{number}" for number in range(24)]
        bomb = """
            import os, threading, time
            def f():
                threading.Timer(0.05, os._exit, [0]).start()
                time.sleep(0.02)
            """
        student = notebook(bomb, "\n".join(f"{name} = f" for name in names))
        for name in names:
            with contextlib.suppress(StudentFailure):
                getattr(student, name)()
            time.sleep(0.06)
        assert student._epoch <= 2 * MAX_DEATHS + 2


class TestHandles:
    SOURCE = """
        import numpy as np, torch
        from collections import namedtuple
        class Box:
            def __init__(self, x): self.x = x
            def double(self): return self.x * 2
            def times(self, name, method=1): return self.x * name * method
            def __call__(self, y, *, plus=0): return self.x + y + plus
            def __len__(self): return 7
            def __iter__(self): return iter([self, self.x])
            def __getitem__(self, key): return key, self.x
            def __add__(self, other): return Box(self.x + other)
            def __radd__(self, other): return Box(other - self.x)
            def __neg__(self): return Box(-self.x)
        Pair = namedtuple("Pair", "out cache")
        def make(x): return Box(x)
        def read(box): return box.x
        def pair(): return Pair(np.ones(2), {"box": Box(3)})
        def net():
            torch.manual_seed(0)
            return torch.nn.Linear(2, 3)
        def lookup(): return type("Table", (dict,), {})(a=1)
        def die():
            import os; os._exit(1)
        """

    def test_is_read_called_indexed_and_passed_back(self, notebook: MakeStudent) -> None:
        student = notebook(self.SOURCE)
        box = student.make(3)
        assert isinstance(box, Handle)
        assert repr(box) == "<the student's Box>"
        assert (box.x, box.double(), box(4), box(4, plus=1), len(box)) == (3, 6, 7, 8, 7)
        assert (box.do("double"), box.do("times", 2, method=3)) == (6, 18)
        assert box.do("times", name=2) == box.times(name=2) == 6
        assert "no attribute 'triple'" in failure_of(box.do, "triple")
        assert box["key"] == ("key", 3)
        assert box[1:2] == (slice(1, 2), 3)
        assert student.read(box) == 3
        assert [(box + 1).x, (10 + box).x, (-box).x] == [4, 7, -3]
        assert box.items()[1] == 3
        box.set("x", np.arange(2))
        assert student.read(box).tolist() == [0, 1]

    def test_the_same_object_keeps_its_identity_on_the_other_side(
        self, notebook: MakeStudent
    ) -> None:
        student = notebook(self.SOURCE, "def same(a, b): return a is b")
        box = student.make(3)
        assert student.same(box, box.items()[0]) is True
        assert student.same(box, student.make(3)) is False

    def test_a_module_of_torch(self, notebook: MakeStudent) -> None:
        student = notebook(self.SOURCE)
        net, x = student.net(), torch.ones(1, 2)
        assert net.weight.shape == (3, 2)
        assert net.weight.requires_grad
        assert torch.equal(net(x), x @ net.weight.T + net.bias)
        assert net.training is True
        net.eval()
        assert net.training is False
        assert list(net.state_dict()) == ["weight", "bias"]
        net.load_state_dict({"weight": torch.zeros(3, 2), "bias": torch.ones(3)})
        assert torch.equal(net(x), torch.ones(1, 3))

    def test_a_named_tuple_is_unpacked_by_its_items(self, notebook: MakeStudent) -> None:
        out, cache = notebook(self.SOURCE).pair().items()
        assert out.tolist() == [1, 1]
        assert cache["box"].x == 3

    def test_what_it_raises_is_the_students(self, notebook: MakeStudent) -> None:
        student = notebook(self.SOURCE)
        box, table = student.make("x"), student.lookup()
        assert table["a"] == 1
        assert "the Table that was returned raised KeyError" in failure_of(lambda: table["b"])
        assert "raised AttributeError" in failure_of(lambda: box.nothing)
        assert "raised TypeError" in failure_of(lambda: box(1))
        with pytest.raises(AttributeError):
            _ = box.__array__

    def test_it_is_stale_after_a_death(self, notebook: MakeStudent) -> None:
        student = notebook(self.SOURCE)
        box = student.make(3)
        failure_of(student.die)
        lost = "an object of the notebook was lost when its process ended"
        assert failure_of(lambda: box.x) == lost
        assert failure_of(student.read, box) == lost
        assert student.read(student.make(4)) == 4

    def test_one_of_another_student_does_not_pass(self, notebook: MakeStudent) -> None:
        mine, other = notebook(self.SOURCE), notebook(self.SOURCE)
        with pytest.raises((TypeError, AssertionError)):
            mine.read(other.make(3))

    def test_there_may_not_be_too_many(self, notebook: MakeStudent) -> None:
        student = notebook("def f(n): return [object() for _ in range(n)]")
        assert len(student.f(1000)) == 1000
        assert "MemoryError: too many objects" in failure_of(student.f, 150_000)


class TestCallbacks:
    SOURCE = """
        def apply(g, *args, **kwargs): return g(*args, **kwargs)
        def twice(g, x): return g(g(x))
        def catch(g):
            try:
                return g()
            except RuntimeError as error:
                return str(error)
        def slow(g):
            import time
            time.sleep(60)
        def stop(): raise ValueError("enough")
        keep = []
        def store(g): keep.append(g)
        def stored(x): return keep[-1](x)
        """

    def test_a_function_that_the_test_passes_in_is_called(self, notebook: MakeStudent) -> None:
        student = notebook(self.SOURCE)
        seen: list[Any] = []

        def g(x: Any, **more: Any) -> Any:
            seen.append((x, more))
            return x + 1

        assert student.twice(g, 1) == 3
        assert student.apply(g, np.ones(2), y=(1, None)).tolist() == [2, 2]
        assert [x if isinstance(x, int) else x.tolist() for x, _ in seen] == [1, 2, [1, 1]]
        assert seen[-1][1] == {"y": (1, None)}

    def test_it_may_call_the_student_again(self, notebook: MakeStudent) -> None:
        student = notebook(self.SOURCE)

        def down(n: int) -> int:
            return 0 if n == 0 else 1 + student.apply(down, n - 1)

        assert student.apply(down, 8) == 8
        assert student.twice(lambda x: student.apply(lambda y: y + 1, x), 1) == 3
        assert student.apply(abs, -1) == 1

    def test_what_it_raises_reaches_the_student_as_an_error(self, notebook: MakeStudent) -> None:
        student = notebook(self.SOURCE)

        def bad() -> None:
            raise KeyError("k\x1b[2J" + "x" * 10_000)

        assert student.catch(bad).startswith("KeyError: 'k")
        assert len(student.catch(bad)) <= 300
        assert "apply raised RuntimeError: KeyError" in failure_of(student.apply, bad)
        assert "RuntimeError: TypeError" in failure_of(student.apply, lambda x: x)
        assert "RuntimeError: TypeError" in failure_of(student.apply, object)

    def test_an_error_of_the_student_within_one_is_told_and_the_next_call_works(
        self, notebook: MakeStudent
    ) -> None:
        student = notebook(self.SOURCE)
        assert student.catch(student.stop) == (
            "CallFailed: stop raised ValueError: enough code cell 1, line 11: "
            'def stop(): raise ValueError("enough")'
        )
        assert student.apply(len, [1]) == 1

    def test_a_death_within_one_ends_the_outer_call_too(self, notebook: MakeStudent) -> None:
        student = notebook(self.SOURCE, DIES, limits=SHORT)
        assert failure_of(student.catch, student.f) == (
            "catch was stopped: it ended the Python process (exit code 1)"
        )
        assert failure_of(student.catch, lambda: student.slow(abs)) == (
            "catch was stopped: it did not finish within 1 s"
        )

    def test_endless_recursion_through_one_ends(self, notebook: MakeStudent) -> None:
        student = notebook(self.SOURCE)

        def forever() -> Any:
            return student.apply(forever)

        assert "apply" in failure_of(student.apply, forever)

    def test_endless_callbacks_meet_the_deadline(self, notebook: MakeStudent) -> None:
        student = notebook("def f(g):\n    while True: g()", limits=SHORT)
        calls: list[None] = []
        begin = time.monotonic()
        assert "did not finish within 1 s" in failure_of(student.f, lambda: calls.append(None))
        assert time.monotonic() - begin < 5
        assert len(calls) > 10

    def test_one_of_an_earlier_test_is_not_kept(self, notebook: MakeStudent) -> None:
        """The worker that calls it is ended, and the fresh one knows of no function."""
        student = notebook(self.SOURCE)
        asked: list[int] = []
        student.store(lambda x: asked.append(x))
        student.stored(-1)
        student.begin_test(0)
        assert "IndexError" in failure_of(student.stored, -2)
        assert asked == [-1]
        assert student._epoch == 2


class TestUnchanged:
    SOURCE = """
        import torch
        def f(a, b=None, **more):
            for thing in (a, b, *more.values()):
                if isinstance(thing, list): thing.append(1)
                elif isinstance(thing, dict): thing["new"] = 1
                elif thing is not None: thing += 1
            return a
        def g(a, b): return (a + 1, a, b)
        def h(a, kind):
            if kind == "shape": a.shape = (4,)
            if kind == "nan": a[0] = float("nan")
            if kind == "zero": a *= -0.0
            if kind == "object": a.append(object())
        """

    @pytest.mark.parametrize(
        ("args", "kwargs", "named"),
        [
            ((np.zeros((2, 3)),), {}, "its argument number 1 (shape (2, 3))"),
            ((None,), {"b": np.zeros(2)}, "its argument 'b' (shape (2,))"),
            ((None, None), {"key": torch.zeros(1)}, "its argument 'key'"),
            (([],), {"b": {}}, "its argument number 1 and its argument 'b'"),
            (([np.zeros(1)],), {}, "its argument number 1"),
        ],
        ids=str,
    )
    def test_names_what_was_changed(
        self, notebook: MakeStudent, args: Any, kwargs: Any, named: str
    ) -> None:
        assert failure_of(notebook(self.SOURCE).f.unchanged, *args, **kwargs) == (
            f"f changed {named} while it ran: the caller still needs the old values"
        )

    @pytest.mark.parametrize("kind", ["shape", "nan", "zero"])
    def test_notices_a_change_that_compares_equal_or_never(
        self, notebook: MakeStudent, kind: str
    ) -> None:
        student = notebook(self.SOURCE)
        student.h.unchanged(np.zeros((2, 2)), "nothing")
        assert "number 1" in failure_of(student.h.unchanged, np.zeros((2, 2)), kind)

    def test_a_list_to_which_an_object_was_added(self, notebook: MakeStudent) -> None:
        assert "number 1" in failure_of(notebook(self.SOURCE).h.unchanged, [], "object")

    def test_gives_the_value_when_nothing_was(self, notebook: MakeStudent) -> None:
        student = notebook(self.SOURCE)
        a = np.array([np.nan, -0.0])
        value = student.g.unchanged(a, [lambda: 1, {"x": (a,)}])
        assert np.array_equal(value[1], a, equal_nan=True)

    def test_the_testers_own_array_is_never_changed(self, notebook: MakeStudent) -> None:
        a = np.zeros(2)
        notebook(self.SOURCE).f(a)
        assert a.tolist() == [0, 0]


class TestRaises:
    SOURCE = """
        class Own(ValueError): pass
        def f(kind):
            if kind: raise kind_of[kind]("text")
        kind_of = {"value": ValueError, "own": Own, "key": KeyError, "todo": NotImplementedError}
        number = 3
        def odd():
            class ValueError(Exception): pass
            raise ValueError
        def deep():
            endless = []
            endless.append(endless)
            return endless
        """

    def test_accepts_the_exception_and_what_derives_from_it(self, notebook: MakeStudent) -> None:
        student = notebook(self.SOURCE)
        student.f.raises(ValueError, "value")
        student.f.raises(ValueError, "own")
        student.f.raises(LookupError, "key")
        student.f.raises(NotImplementedError, "todo")

    def test_fails_for_another_or_none(self, notebook: MakeStudent) -> None:
        student = notebook(self.SOURCE)
        assert failure_of(student.f.raises, ValueError, "") == (
            "f should raise ValueError here, and it returned something"
        )
        assert "f raised KeyError" in failure_of(student.f.raises, ValueError, "key")
        assert "odd raised ValueError" in failure_of(student.odd.raises, ValueError)

    def test_no_points_for_what_is_not_there(self, notebook: MakeStudent) -> None:
        """A missing function raises KeyError somewhere, and a stub's error is a RuntimeError."""
        student = notebook(self.SOURCE)
        for kind in (KeyError, NameError, LookupError, Exception):
            assert "not defined" in failure_of(student.missing.raises, kind)
        assert "not a function" in failure_of(student.number.raises, TypeError)
        assert "cannot be sent" in failure_of(student.deep.raises, Exception)
        for kind in (RuntimeError, Exception):
            assert "NotImplementedError" in failure_of(student.f.raises, kind, "todo")


FORGE = """
import os, struct, sys, time
import msgspec, numpy as np
def asked():
    at = sys._getframe()
    while type(at.f_locals.get("self")).__name__ != "Worker":
        at = at.f_back
    return at.f_locals["self"]._request
def frame(message):
    payload = msgspec.msgpack.encode(message)
    os.write(3, struct.pack(">Q", len(payload)) + payload)
def raw(data):
    while data:
        data = data[os.write(3, data):]
"""
N = "asked()"  # the running request's number, which nobody can know before


class TestForgedReplies:
    """Student code writes to the channel itself: nothing but its own failure comes of it."""

    @pytest.mark.parametrize(
        "body",
        [
            "frame([1, 'ok', 5, [], 0])",
            f"frame([{N} + 1, 'ok', 5, [], 0])",
            "frame(None)",
            "frame([])",
            f"frame([{N}])",
            f"frame(['{N}', 'ok'])",
            f"frame([{N}, 'ok'])",
            f"frame([{N}, 'ok', 5])",
            f"frame([{N}, 'ok', 5, 'none', 0])",
            f"frame([{N}, 'ok', 5, [], 'many'])",
            f"frame([{N}, 'ok', 5, ['\\u00b2'], 0])",
            f"frame([{N}, 'ok', 5, ['9' * 5000], 0])",
            f"frame([{N}, 'ok', 5, [['x'] * 10], 0])",
            f"frame([{N}, 'ok', ['d', ['l'], 1], [], 0])",
            f"frame([{N}, 'ok', ['a', '|O', [1], bytes(8), 'C'], [], 0])",
            f"frame([{N}, 'ok', ['h', 'x', 'x', True], [], 0])",
            f"frame([{N}, 'ok', ['f', 0], [], 0])",
            f"frame([{N}, 'ok', {{'a': 1}}, [], 0])",
            f"frame([{N}, 'error', 5])",
            f"frame([{N}, 'error', {{'type': 'KeyError'}}])",
            f"frame([{N}, 'error', ['KeyError']])",
            f"frame([{N}, 'error', [1, 2, 3, 4, 5]])",
            f"frame([{N}, 'error', ['E', '', 'run', ['ValueError', 3], []]])",
            f"frame([{N}, 'error', ['E', '', 'run', [], [[1]]]])",
            f"frame([{N}, 'error', ['E', '', 'run', [], [[2**63, -1]] * 1000]])",
            f"frame([{N}, 'error', ['\\x1b[2J' * 999, 'x\\n' * 99999, '?', [], []]])",
            f"frame([{N}, 'error', ['E', '', 'missing', [], []]])",
            f"frame([{N}, 'what'])",
            f"frame([{N}, 'callback'])",
            f"frame([{N}, 'callback', 0, ['l'], ['d']])",
            f"frame([{N}, 'callback', True, ['l'], ['d']])",
            f"frame([{N}, 'callback', [0], ['l'], ['d']])",
            f"frame([{N}, 'answer', 1])",
            "raw(bytes(8))",
            "raw(b'\\xff' * 8)",
            "raw(struct.pack('>Q', 5) + b'\\xc1' * 5)",
            "raw(struct.pack('>Q', 1 << 26) + b'\\x91' * 1000); os._exit(0)",
            "raw(struct.pack('>Q', 1 << 20) + b'\\x90' * (1 << 20))",
            "raw(b'PASSED\\n' * 1000)",
            "os.write(3, b'x'); os.close(3)",
            "import socket; socket.socket(fileno=3).shutdown(0); os._exit(0)",
        ],
    )
    def test_is_a_failure_and_no_crash(self, notebook: MakeStudent, body: str) -> None:
        student = notebook(FORGE + f"def f(x):\n    {body}\n    return x\ndef g(): return 1")
        told = failure_of(student.f.unchanged, 1)
        assert len(told) < 1200
        assert all(char.isprintable() or char == "\n" for char in told)
        failures = [told]
        for _ in range(2):
            try:
                assert student.g() == 1
            except AssertionError as error:
                failures.append(str(error))
        assert len(failures) <= 2

    def test_a_well_formed_one_is_merely_a_value(self, notebook: MakeStudent) -> None:
        student = notebook(FORGE + f"def f(): frame([{N}, 'ok', 5, [], 0])\ndef g(): return 1")
        assert student.f() == 5
        # The reply after it is out of turn. That is not g's fault, and g is called once more.
        assert student.g() == 1
        assert student._epoch == 2

    @pytest.mark.parametrize(
        "arguments", ["5, ['d']", "['l'], 5", "['l'], ['l']", "['d'], ['d']", "['l', ['?']], ['d']"]
    )
    def test_a_malformed_callback_is_a_failure(self, notebook: MakeStudent, arguments: str) -> None:
        source = f"def f(g):\n    frame([{N}, 'callback', 0, {arguments}])\n    return g()"
        called: list[None] = []
        told = failure_of(notebook(FORGE + source).f, lambda: called.append(None))
        assert "no legal reply" in told
        assert called == []

    def test_a_forged_handle_is_of_no_use(self, notebook: MakeStudent) -> None:
        for number in (10**9, -1, 2**64 - 1):
            source = f"def f(): frame([{N}, 'ok', ['h', {number}, 'x\\x1b', True], [], 0])"
            handle = notebook(FORGE + source).f()
            assert repr(handle) == "<the student's x>"
            assert "x that was returned" in failure_of(lambda handle=handle: handle.x)

    @pytest.mark.parametrize("value", ["-1", "2**64 - 1", "'x'", "1.0", "None", "['l', 1]"])
    def test_a_forged_length_or_iteration_is_a_failure(
        self, notebook: MakeStudent, value: str
    ) -> None:
        source = f"""
class Box:
    def __len__(self): frame([{N}, 'ok', {value}, [], 0])
    def __iter__(self): frame([{N}, 'ok', {value}, [], 0])
def f(): return Box()
"""
        assert "has no length" in failure_of(len, notebook(FORGE + source).f())
        assert "cannot be iterated" in failure_of(notebook(FORGE + source).f().items)

    def test_a_reply_that_trickles_meets_the_deadline(self, notebook: MakeStudent) -> None:
        student = notebook(
            FORGE
            + """
def f():
    raw(struct.pack(">Q", 1000))
    while True:
        raw(b"x")
        time.sleep(0.2)
""",
            limits=SHORT,
        )
        begin = time.monotonic()
        assert "did not finish within 1 s" in failure_of(student.f)
        assert time.monotonic() - begin < 4

    def test_a_worker_that_does_not_read_meets_the_deadline(self, notebook: MakeStudent) -> None:
        student = notebook("import threading, os\ndef f(x): return x.size", limits=SHORT)
        assert student.f(np.zeros(10)) == 10
        blocker = notebook(
            "import threading, time\ndef f(x=None):\n    time.sleep(60)", limits=SHORT
        )
        blocker.start()
        remote = blocker._remote
        assert remote is not None
        remote._channel.send([N, "call", ["name", "f"], ["l"], ["d"], False, False, None])
        with pytest.raises(WorkerDied, match="did not finish"):
            remote.request(0.5, "cells", [(9, "x" * 10_000_000)])

    def test_endless_frames_meet_the_deadline(self, notebook: MakeStudent) -> None:
        source = f"""
def f(g):
    while True:
        frame([{N}, "callback", 0, ["l"], ["d"]])
"""
        student = notebook(FORGE + source, limits=SHORT)
        begin = time.monotonic()
        failure_of(student.f, lambda: None)
        assert time.monotonic() - begin < 5

    def test_a_cell_may_forge_its_own_reply_alone(self, notebook: MakeStudent) -> None:
        replies = (
            "'ok', None",
            "'ok', [None]",
            "'ok', [None, 7]",
            "'ok'",
            "'error', 7",
            "'ok', 'x', 1, 2",
        )
        for number, reply in itertools.product((2, N), replies):
            student = notebook(FORGE + f"frame([{number}, {reply}])", "def g(): return 1")
            with contextlib.suppress(StudentFailure):
                assert student.g() == 1
            assert student._epoch <= 3


class TestRemote:
    def test_arguments_that_are_too_large_are_the_testers_error(
        self, notebook: MakeStudent
    ) -> None:
        student = notebook("def f(*x): return len(x)")
        half = np.zeros(40_000_000, dtype=np.int8)
        assert student.f(half) == 1
        with pytest.raises(WireError, match="over the limit"):
            student.f(half, half)
        with pytest.raises(TypeError, match="cannot send a object"):
            student.f(object())
        assert student.f(1, 2) == 2

    def test_a_closed_one_says_so(self, warm: WarmProcess) -> None:
        remote: Remote = warm.spawn(Limits())
        assert remote.request(10, "seed", 1) == ["ok"]
        remote.close()
        for _ in range(2):
            with pytest.raises(WorkerDied):
                remote.request(10, "seed", 1)
        remote.close()

    def test_a_student_may_be_closed_and_used_again(self, notebook: MakeStudent) -> None:
        student = notebook("def f(): return 1")
        student.close()
        assert student.f() == 1
        student.close()
        student.close()
        assert student.f() == 1

    def test_private_names_are_no_functions(self, notebook: MakeStudent) -> None:
        with pytest.raises(AttributeError):
            _ = notebook("x = 1")._hidden
