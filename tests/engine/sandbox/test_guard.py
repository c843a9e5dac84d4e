"""Forbidden names are met by whatever way they are reached; all else is left alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from sandbox_lab import failure_of, make_student

from autograder.sandbox.launcher import WarmProcess
from autograder.sandbox.proxy import Function
from autograder.sandbox.student import Student

MakeStudent = Callable[..., Student]
Guarded = Callable[[str], Function]

CONVOLUTIONS = (
    "torch.nn.functional.conv2d",
    "torch.conv2d",
    "torch.nn.Conv2d",
    "torch.ops.aten.convolution",
    "torch.ops.aten.conv2d",
    "scipy.signal",
    "numpy.convolve",
    "numpy.matmul",
    "numpy.dot",
    "numpy.lib.stride_tricks.sliding_window_view",
    "numpy.fft",
    "numpy.linalg.svd",
)
SETUP = """
import numpy as np, torch, torch.nn.functional as F
from torch.nn.functional import conv2d as alias
x, w = torch.ones(1, 1, 4, 4), torch.ones(1, 1, 2, 2)
module = torch.nn.Conv2d(1, 1, 2)
earlier = np.convolve
library = torch.library.Library("mine", "DEF")
library.define("conv(Tensor x, Tensor w) -> Tensor")
library.impl("conv", lambda x, w: x * float(earlier([1.0], [1.0])[0]), "CPU")
"""

FORBIDDEN = {
    "plain": "F.conv2d(x, w)",
    "alias": "alias(x, w)",
    "other door": "torch.conv2d(x, w)",
    "getattr": "getattr(torch.nn.functional, 'conv' + '2d')(x, w)",
    "vars": "vars(F)['conv2d'](x, w)",
    "import": "__import__('torch.nn.functional').conv2d(x, w)",
    "importlib": "__import__('importlib').import_module('torch.nn.functional').conv2d(x, w)",
    "eval": "eval('F.con' 'v2d(x, w)')",
    "map": "list(map(torch.conv2d, [x], [w]))",
    "partial": "__import__('functools').partial(torch.conv2d, x)(w)",
    "partial by string": "__import__('functools').partial(vars(F)['conv' + '2d'], x)(w)",
    "watch taken off": "(__import__('sys').setprofile(None), vars(F)['conv' + '2d'](x, w))",
    "map by string": "list(map(getattr(torch, 'conv' + '2d'), [x], [w]))",
    "ufunc": "np.matmul(np.eye(2), np.eye(2))",
    "ufunc by string": "getattr(np, 'mat' + 'mul')(np.eye(2), np.eye(2))",
    "C function": "np.dot(np.eye(2), np.eye(2))",
    "operator": "torch.ops.aten.conv2d(x, w)",
    "operator by string": "getattr(torch.ops.aten, 'conv' + '2d')(x, w)",
    "overload": "torch.ops.aten.convolution.default(x, w, None, [1], [0], [1], False, [0], 1)",
    "new module": "torch.nn.Conv2d(1, 1, 2)(x)",
    "old module": "module(x)",
    "subclass": "type('C', (torch.nn.Conv2d,), {})(1, 1, 2)",
    "sequential": "torch.nn.Sequential(module)(x)",
    "scipy": "__import__('scipy.signal').signal.convolve2d(np.ones((3, 3)), np.ones((2, 2)))",
    "numpy": "np.convolve([1.0], [1.0])",
    "numpy earlier": "earlier([1.0], [1.0])",
    "numpy inner": "np._core.numeric.convolve([1.0], [1.0])",
    "numpy moved": "np.lib.stride_tricks.sliding_window_view(np.ones(4), 2)",
    "numpy folder": "np.fft.rfft(np.ones(4))",
    "numpy linalg": "np.linalg.svd(np.eye(2))",
    "thread": "run_in_thread(lambda: alias(x, w))",
    "operator of one's own": "torch.ops.mine.conv(x, w)",
    "operator of one's own in map": "list(map(torch.ops.mine.conv.default, [x], [w]))",
    "swallowed": "swallow(lambda: alias(x, w))",
    "swallowed whole": "swallow_all(lambda: torch.conv2d(x, w))",
}
HELPERS = """
import threading
def run_in_thread(work):
    threading.excepthook = lambda *a: None
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
def swallow(work):
    try:
        work()
    except Exception:
        return work()
def swallow_all(work):
    try:
        work()
    except BaseException:
        raise SystemExit
"""
ALLOWED = {
    "convolution by hand": "sum(x[..., i : i + 3, j : j + 3] for i in (0, 1) for j in (0, 1))",
    "other functions of torch": "F.relu(torch.nn.Linear(4, 2)(x)).max().item()",
    "other functions of numpy": "np.linalg.inv(np.eye(3)) @ np.ones(3) + np.correlate([1], [1])",
    "numpy's random numbers": "np.random.default_rng(0).normal(size=3)",
    "methods of the same name": "Own().conv2d(1)",
    "functions of the same name": "conv2d(1)",
    "printing": "print(x, np.ones(3), {'a': w})",
    "sorting and strings": "sorted(['b', 'a'], key=str.lower), ','.join('ab'), {}.get(1)",
    "autograd": "(w.clone().requires_grad_() * 2).sum().backward()",
}
OWN = """
class Own:
    def conv2d(self, x): return x
def conv2d(x): return x
"""


USES = [*FORBIDDEN.items(), *ALLOWED.items()]


@pytest.fixture(scope="module")
def guarded(warm: WarmProcess) -> Iterator[Callable[[str], Function]]:
    """The function of one notebook that does what FORBIDDEN or ALLOWED say."""
    functions = [f"def f{i}():\n    {use}\n    return 1" for i, (_, use) in enumerate(USES)]
    student = make_student(warm, SETUP, HELPERS, OWN, *functions)

    def function_for(way: str) -> Function:
        student.begin_test(0, CONVOLUTIONS)
        return getattr(student, f"f{[name for name, _ in USES].index(way)}")

    yield function_for
    assert student.cell_errors == {}
    assert student._epoch == 1
    student.close()


class TestGuard:
    @pytest.mark.parametrize("way", FORBIDDEN)
    def test_a_forbidden_name_is_met(self, guarded: Guarded, way: str) -> None:
        told = failure_of(guarded(way))
        assert " raised ForbiddenError: " in told
        assert "is not allowed in this exercise" in told

    @pytest.mark.parametrize("use", ALLOWED)
    def test_anything_else_is_left_alone(self, guarded: Guarded, use: str) -> None:
        assert guarded(use)() == 1

    @pytest.mark.parametrize("way", sorted(set(FORBIDDEN) - {"swallowed whole"}))
    def test_nothing_is_forbidden_in_the_next_exercise(self, guarded: Guarded, way: str) -> None:
        function = guarded(way)
        function._student.begin_test(0)  # type: ignore[attr-defined]
        assert function() == 1

    def test_names_are_told_where_they_stand(self, guarded: Guarded) -> None:
        told = failure_of(guarded("alias"))
        assert "conv2d of torch" in told
        assert "code cell 5, line 2: alias(x, w)" in told

    def test_it_holds_for_methods_of_returned_objects(self, notebook: MakeStudent) -> None:
        source = (
            SETUP + "class Net:\n  def forward(self): return F.conv2d(x, w)\ndef f(): return Net()"
        )
        student = notebook(source)
        student.begin_test(0, CONVOLUTIONS)
        net: Any = student.f()
        assert "ForbiddenError" in failure_of(lambda: net.forward())
        student.begin_test(0)
        assert net.forward().shape == (1, 1, 3, 3)

    def test_it_counts_lines_at_the_same_time(self, notebook: MakeStudent) -> None:
        student = notebook("def f(x):\n    for _ in range(9):\n        x = x + 1\n    return x")
        student.begin_test(0, CONVOLUTIONS)
        value, lines = student.f.count_lines(np.zeros(1))
        assert value.tolist() == [9]
        assert 18 <= lines <= 22

    def test_cells_are_not_guarded_and_nothing_stays_on(self, notebook: MakeStudent) -> None:
        student = notebook(
            SETUP + "F.conv2d(x, w)\nimport sys\ndef f(): return repr(sys.getprofile())"
        )
        student.begin_test(0, CONVOLUTIONS)
        assert "_Watch" in student.f()
        student.begin_test(0)
        assert student.f() == "None"
        assert student.cell_errors == {}

    def test_a_call_within_a_call_is_guarded_and_so_is_what_comes_after(
        self, notebook: MakeStudent
    ) -> None:
        inner = "def inner(n): return n + 1"
        outer = "def outer(f, n): return f(n) + 1"
        after = "def after(f, n): return f(n), vars(F)['conv' + '2d'](x, w)"
        student = notebook(SETUP, inner, outer, after)
        student.begin_test(0, CONVOLUTIONS)
        assert student.outer(lambda n: student.inner(n), 1) == 3
        message = failure_of(student.after, lambda n: student.inner(n), 1)
        assert "conv2d of torch.nn.functional is not allowed" in message

    def test_recursion_that_is_too_deep_is_told_as_such(self, notebook: MakeStudent) -> None:
        """The interpreter takes the watch off then; the student did not."""
        student = notebook(SETUP + "def f(): return f()")
        student.begin_test(0, CONVOLUTIONS)
        assert "raised RecursionError" in failure_of(student.f)
