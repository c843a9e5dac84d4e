"""What a worker does with cells and calls: broken, hostile and honest ones."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sandbox_lab import SHORT, failure_of

from autograder.errors import CourseError
from autograder.sandbox.jail import Limits
from autograder.sandbox.launcher import WarmProcess
from autograder.sandbox.student import Student

Run = Callable[..., Any]
MakeStudent = Callable[..., Student]

GOOD = "def good(): return 1"


class TestCells:
    @pytest.mark.parametrize(
        ("source", "told"),
        [
            ("def broken(:", "SyntaxError: invalid syntax\n  code cell 1, line 1: def broken(:"),
            ("x = 1\n\n1/0", "ZeroDivisionError: division by zero\n  code cell 1, line 3: 1/0"),
            ("raise KeyboardInterrupt", "KeyboardInterrupt\n  code cell 1, line 1"),
            ("raise GeneratorExit", "GeneratorExit\n  code cell 1, line 1"),
            ("import sys; sys.exit(3)", "SystemExit: 3\n"),
            ("exit()", "SystemExit: the notebook ended itself"),
            ("quit", "SystemExit: the notebook ended itself"),
            ("def f(): return f()\nf()", "RecursionError: maximum recursion depth exceeded"),
            ("input()", "EOFError"),
            ("breakpoint()", "BdbQuit"),
            ("%no_such_magic", "UsageError"),
            ("import no_such_module", "ModuleNotFoundError: No module named"),
            ("import solutions", "ModuleNotFoundError: No module named 'solutions'"),
            ("import autograder.grading", "ModuleNotFoundError: No module named 'autograder.gra"),
            ("x = '''", "SyntaxError"),
            ("1 + \\", "SyntaxError"),
            ("x = '\\ud800'\nraise ValueError(x)", "ValueError: ?"),
            ("import os; os._exit(0)", "was left out: it ended the Python process (exit code 0)"),
            ("import ctypes; ctypes.string_at(0)", "was left out: it crashed (segmentation fault)"),
            ("import os; os.abort()", "was left out: it "),
            ("get_ipython().run = None", ""),
        ],
        ids=lambda value: value[:24],
    )
    def test_one_that_fails_is_told_and_the_others_run(
        self, notebook: MakeStudent, source: str, told: str
    ) -> None:
        student = notebook(source, "if True:\n    good = lambda: 1")
        if told:
            assert student.good() == 1
            assert set(student.cell_errors) == {1}
            assert student.cell_errors[1].startswith(told)
        else:
            assert "not defined" in failure_of(student.good)

    WORKING = (
        "%matplotlib inline\nx = 1",
        "%matplotlib notebook\nx = 1",
        "%matplotlib widget\nx = 1",
        "%pylab inline\nx = 1",
        "%config InlineBackend.figure_format = 'retina'\nx = 1",
        "%%time\nx = 1",
        "%timeit -n1 -r1 1 + 1\nx = 1",
        "!ls\nx = 1",
        "!pip install --quiet no-such-package-anywhere\nx = 1",
        "files = !ls\nx = len(files) * 0 + 1",
        "?print\nx = 1",
        "print?\nx = 1",
        "%load_ext autoreload\n%autoreload 2\nx = 1",
        "%%capture out\nx = 1",
        "import asyncio\nx = await asyncio.sleep(0, 1)",
        "from IPython.display import display, HTML\ndisplay(HTML('<b>'))\nx = 1",
        "from __future__ import annotations\nx = 1",
        "    x = 1",
        "x = 1;",
        "# a comment alone, and then\n\nx = 1\n\n",
    )

    def test_what_works_in_a_notebook_works_here(self, notebook: MakeStudent) -> None:
        cells = ["seen = []"]
        for source in self.WORKING:
            cells += [source, "seen.append(x)\ndel x"]
        student = notebook(*cells)
        assert student.seen.value == [1] * len(self.WORKING)
        assert student.cell_errors == {}

    def test_a_cell_that_defines_nothing_is_no_error(self, notebook: MakeStudent) -> None:
        student = notebook("", "# nothing", "%%bash\nls", "%%html\n<b>", "!ls", "1/1", GOOD)
        assert student.good() == 1
        assert student.cell_errors == {}

    def test_cells_share_their_names_and_run_in_order(self, notebook: MakeStudent) -> None:
        student = notebook("x = [1]", "x.append(2)", "x.append(3)\ndef f(): return x")
        assert student.f() == [1, 2, 3]

    def test_a_function_that_a_failed_cell_should_define_names_the_cell(
        self, notebook: MakeStudent
    ) -> None:
        student = notebook(GOOD, "1/0\ndef late(): return 2")
        assert failure_of(student.late) == (
            "late is not defined: code cell 2 raised ZeroDivisionError: division by zero\n"
            "  code cell 2, line 1: 1/0"
        )
        assert failure_of(student.other) == "other is not defined in the notebook"

    def test_one_that_dies_is_left_out_when_the_others_run_again(
        self, notebook: MakeStudent
    ) -> None:
        student = notebook("x = 1", "import os\nx = 2\nos._exit(4)", "def f(): return x")
        assert student.f() == 1
        assert student.cell_errors == {2: "was left out: it ended the Python process (exit code 4)"}

    def test_a_file_that_does_not_fit_is_the_courses_fault(self, notebook: MakeStudent) -> None:
        student = notebook(GOOD, files={"big.bin": bytes(3 << 20)}, limits=Limits(scratch_mb=1))
        for _ in range(2):
            with pytest.raises(CourseError, match=r"big\.bin"):
                student.good()

    def test_files_of_the_assignment_are_there(self, notebook: MakeStudent) -> None:
        student = notebook(
            "text = open('data/words.txt').read()", files={"data/words.txt": b"one two"}
        )
        assert student.text.value == "one two"


class TestCalls:
    @pytest.mark.parametrize(
        ("body", "told"),
        [
            ("1/0", "f raised ZeroDivisionError: division by zero\n  code cell 1, line 2: 1/0"),
            ("raise SystemExit(3)", "f raised SystemExit: 3\n"),
            ("exit()", "f raised SystemExit: the notebook ended itself\n"),
            ("raise KeyboardInterrupt", "f raised KeyboardInterrupt\n"),
            ("raise GeneratorExit", "f raised GeneratorExit\n"),
            ("import pytest; pytest.skip('no')", "f raised "),
            ("class Skipped(BaseException): pass\n    raise Skipped()", "f raised Skipped\n"),
            ("raise BaseExceptionGroup('all', [KeyboardInterrupt()])", "f raised BaseExcept"),
            ("def g(n): return g(n)\n    g(0)", "f raised RecursionError"),
            ("import os; os._exit(0)", "f was stopped: it ended the Python process (exit code 0)"),
            ("import ctypes; ctypes.string_at(0)", "f was stopped: it crashed (segm"),
            ("import os; os.close(0), os.close(3)", "f was stopped: it ended the Python process"),
            ("yield_ = [0]; yield_.append(yield_); return yield_", "what f returned cannot be"),
            (
                "return bytes(1 << 27)",
                "what f returned cannot be sent to the grader: 134217748 bytes",
            ),
            (
                "return [None] * 2_000_000",
                "what f returned cannot be sent to the grader: a value of over 1000000 parts",
            ),
            ("return '\\ud800'", "what f returned cannot be sent to the grader: a value that"),
            ("return 1 << 100_000", "what f returned cannot be sent to the grader: an integer of"),
        ],
        ids=lambda value: value[:30],
    )
    def test_what_goes_wrong_is_the_students_failure(
        self, notebook: MakeStudent, body: str, told: str
    ) -> None:
        student = notebook(f"def f():\n    {body}", GOOD)
        assert failure_of(student.f).startswith(told)
        assert student.good() == 1

    def test_the_lines_of_the_students_own_code_are_shown_outermost_first(
        self, notebook: MakeStudent
    ) -> None:
        student = notebook(
            "import numpy as np\ndef inner(x):\n    return np.linalg.inv(x)",
            "def f(x):\n    return inner(x)",
        )
        assert failure_of(student.f, np.zeros((2, 2))) == (
            "f raised LinAlgError: Singular matrix\n"
            "  code cell 2, line 2: return inner(x)\n"
            "  code cell 1, line 3: return np.linalg.inv(x)"
        )

    def test_a_global_that_is_no_function_says_so(self, notebook: MakeStudent) -> None:
        student = notebook("f = 3")
        assert failure_of(student.f) == "f is a int, not a function"
        assert student.f.value == 3
        assert failure_of(lambda: student.g.value) == "g is not defined in the notebook"

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("raise RuntimeError('no')", "(its text cannot be shown: RuntimeError)"),
            ("raise SystemExit", "(its text cannot be shown: SystemExit)"),
            ("return 3", "(its text cannot be shown: TypeError)"),
            ("return Text('safe')", "safe"),
            (
                "return '\\x1b[2J\\x1b]0;title\\x07\\u202egnp.exe\\r\\nPASSED'",
                "[2J ]0;title gnp.exe",
            ),
            ("return 'long ' * 10**7", "long long"),
        ],
        ids=["raises", "exits", "number", "subclass", "escapes", "huge"],
    )
    def test_an_exception_is_described_without_trusting_it(
        self, notebook: MakeStudent, text: str, shown: str
    ) -> None:
        student = notebook(
            f"""
            class Text(str):
                def __getitem__(self, key): return object()
                def encode(self, *a, **k): return 3
            class Lie(Exception):
                def __str__(self):
                    {text}
            def f(): raise Lie
            """
        )
        told = failure_of(student.f)
        assert told.startswith(f"f raised Lie: {shown}")
        assert len(told) < 600
        assert all(char.isprintable() or char == "\n" for char in told)

    def test_a_class_of_exceptions_that_lies_about_itself(self, notebook: MakeStudent) -> None:
        student = notebook(
            """
            class Meta(type):
                __name__ = property(lambda cls: 1 / 0)
                __mro__ = property(lambda cls: 1 / 0)
                __module__ = property(lambda cls: "builtins")
            class ValueError(Exception, metaclass=Meta):
                __class__ = property(lambda self: 1 / 0)
                __traceback__ = property(lambda self: 1 / 0, lambda self, value: None)
            class Other(Exception, metaclass=Meta): pass
            def f(): raise ValueError("x")
            def g(): raise Other("x")
            """
        )
        assert failure_of(student.f) == "f raised an exception: it cannot be described"
        assert failure_of(student.g).startswith("g raised Other: x\n")
        assert "g raised Other" in failure_of(student.g.raises, ValueError)

    def test_arguments_are_copies_of_every_kind(self, notebook: MakeStudent) -> None:
        student = notebook("def f(*args, **kwargs): return args, kwargs")
        array = np.asfortranarray(np.arange(6.0).reshape(2, 3))
        args, kwargs = student.f(array, 1, [2.5, ("x",)], key={"y": None}, args=slice(2))
        assert args[0].flags.f_contiguous
        assert np.array_equal(args[0], array)
        assert args[1:] == (1, [2.5, ("x",)])
        assert kwargs == {"key": {"y": None}, "args": slice(2)}


class TestSeeds:
    SOURCE = """
        import random, numpy as np, torch
        def draw():
            return random.random(), np.random.rand(), float(torch.rand(1))
        """

    def test_the_same_seed_replays_and_another_does_not(self, notebook: MakeStudent) -> None:
        student = notebook(self.SOURCE)
        draws = []
        for seed in (7, 7, 2**64 - 1):
            student.begin_test(seed)
            draws.append(student.draw())
        assert draws[0] == draws[1]
        assert not set(draws[0]) & set(draws[2])

    def test_cells_are_seeded_and_so_is_a_restart(self, notebook: MakeStudent) -> None:
        drawing = textwrap.dedent(self.SOURCE) + "x = draw()"
        first, second = notebook(drawing, seed=5), notebook(drawing, seed=5)
        assert first.x.value == second.x.value != notebook(drawing, seed=6).x.value

    def test_text_hashes_the_same_in_every_worker(self, notebook: MakeStudent) -> None:
        student = notebook("def f(): return hash('x')\ndef die():\n    import os; os._exit(1)")
        before = student.f()
        failure_of(student.die)
        assert student.f() == before


class TestCountLines:
    SOURCE = """
        import numpy as np
        def plain(n):
            return sum(range(n))
        def for_loop(n):
            total = 0
            for i in range(n):
                total += i
            return total
        def while_loop(n):
            while n:
                n -= 1
        def comprehension(n):
            return len([i for i in range(n)])
        def generator(n):
            return sum(i for i in range(n))
        def recursion(n):
            return n and recursion(n - 1)
        def vectorised(n):
            return np.vectorize(lambda x: x + 1)(np.arange(n)).size
        def mapped(n):
            return len(list(map(lambda x: x, range(n))))
        def helper(n):
            return for_loop(n)
        """

    @pytest.mark.parametrize(
        "name",
        "for_loop while_loop comprehension generator recursion vectorised mapped helper".split(),
    )
    def test_a_loop_of_any_kind_counts_its_rounds(self, notebook: MakeStudent, name: str) -> None:
        function = getattr(notebook(self.SOURCE), name)
        (_, few), (_, many) = function.count_lines(10), function.count_lines(210)
        assert 200 <= many - few <= 650

    def test_library_code_does_not_count(self, notebook: MakeStudent) -> None:
        assert notebook(self.SOURCE).plain.count_lines(1000) == (499500, 1)

    def test_tracing_is_over_after_the_call(self, notebook: MakeStudent) -> None:
        student = notebook("import sys\ndef f(): return sys.gettrace() is None")
        assert student.f.count_lines()[0] is False
        assert student.f() is True


class TestReplacedMachinery:
    """A student who rewires the worker from within hurts nobody but the student."""

    @pytest.mark.parametrize(
        "source",
        [
            "import msgspec\nmsgspec.msgpack.encode = lambda *a: b'\\x01'",
            "import msgspec\nmsgspec.msgpack.decode = lambda *a: [1, 'cell', 'x']",
            "import struct\nstruct.Struct = None",
            "import os\nos.write = os.read = os._exit = None",
            "import socket\nsocket.socket.send = lambda *a: 1 / 0",
            "import socket\nsocket.socket.send = lambda self, data, *a: len(data)",
            "import select\nselect.poll = None",
            "import builtins\nbuiltins.isinstance = lambda *a: True",
            "import builtins\nbuiltins.type = builtins.str = builtins.len = None",
            "import builtins\nbuiltins.getattr = lambda *a: 5",
            "import numpy as np\nnp.ndarray = np.asarray = int",
            "import sys\nsys.modules.clear()",
            "import sys\nwire = sys.modules['autograder.sandbox.wire']\nwire.encode = lambda *a: 1",
            "import sys\nwire = sys.modules['autograder.sandbox.wire']\nwire.pack = lambda *a: b''",
            "import sys\nw = sys.modules['autograder.sandbox.worker']\nw.facts_of = None\n1/0",
            "import sys\nw = sys.modules['autograder.sandbox.worker']\nw.Worker._call = None",
            "import sys\nw = sys.modules['autograder.sandbox.worker']\n"
            "w.Worker._answer = lambda *a: None",
            "import gc\nfor thing in gc.get_objects():\n"
            "    if type(thing).__name__ == 'Worker': thing.__dict__.clear()",
            "import threading, os\nthreading.Thread(target=lambda: os.read(3, 100)).start()",
            "import sys\nsys.setrecursionlimit(60)",
            "import gc\ngc.disable(); gc.freeze()",
            "import signal, os\nsignal.alarm(1)\nsignal.pause()",
        ],
        ids=lambda source: source.split("\n")[1][:40],
    )
    def test_that_is_a_value_or_a_failure_of_the_student(
        self, notebook: MakeStudent, source: str
    ) -> None:
        other = notebook(GOOD)
        student = notebook(GOOD, source, limits=replace(SHORT, cell_seconds=0.4, call_seconds=0.4))
        for _ in range(2):
            try:
                student.good()
            except AssertionError:
                continue
        assert other.good() == 1

    def test_threads_that_keep_running_do_not_hold_up_anything(self, notebook: MakeStudent) -> None:
        student = notebook(
            """
            import threading, time
            def spin():
                while True: time.sleep(0.001)
            def f():
                for daemon in (True, False):
                    threading.Thread(target=spin, daemon=daemon).start()
                return threading.active_count()
            """
        )
        assert student.f() == 3
        assert student.f() == 5


HONEST = {
    "prints a lot": "for i in range(20_000): print(i, 'progress ' * 5)",
    "warns": "import warnings\nwarnings.warn('careful')\nwarnings.simplefilter('error')",
    "logs": "import logging, sys\nlogging.basicConfig(level=0, stream=sys.stderr)\n"
    "logging.getLogger().warning('x' * 10_000)",
    "writes to descriptors": "import os\nos.write(1, b'x' * 10_000)\nos.write(2, b'PASSED')",
    "seeds": "np.random.seed(0)\nimport random, torch\nrandom.seed(0)\ntorch.manual_seed(0)",
    "raises on float errors": "np.seterr(all='raise')",
    "changes folder": "import os\nos.makedirs('a/b')\nos.chdir('a/b')\nopen('x', 'w').write('x')",
    "changes to the root": "import os\nos.chdir('/')",
    "sets threads": "import torch\ntorch.set_num_threads(2)\ntorch.ones(99, 99).mm(torch.eye(99))",
    "uses threads": "from concurrent.futures import ThreadPoolExecutor\n"
    "with ThreadPoolExecutor(4) as pool: list(pool.map(abs, range(100)))",
    "uses processes": "import multiprocessing\n"
    "with multiprocessing.get_context('fork').Pool(2) as pool: pool.map(abs, range(4))",
    "plots": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.savefig('p.png')\nplt.close()",
    "caches": "import functools\nsquares = functools.cache(lambda n: n * n)\nsquares(3)",
    "sets print options": "np.set_printoptions(precision=2)",
    "uses temporary files": "import tempfile\nwith tempfile.TemporaryDirectory() as t: "
    "open(t + '/x', 'wb').write(bytes(1000))",
    "loads data in workers": "from torch.utils.data import DataLoader\n"
    "list(DataLoader([1.0, 2.0], num_workers=1))",
    "handles signals": "import signal\nsignal.signal(signal.SIGINT, signal.SIG_DFL)",
    "replaces stdout": "import sys, io\nsys.stdout = sys.stderr = io.StringIO()",
    "collects garbage": "import gc\ngc.collect()",
    "makes tensors default to double": "import torch\ntorch.set_default_dtype(torch.float64)",
}


class TestHonestControls:
    @pytest.mark.parametrize("habit", HONEST)
    def test_a_habit_of_honest_people_costs_nothing(
        self, notebook: MakeStudent, habit: str
    ) -> None:
        student = notebook(
            "import numpy as np",
            HONEST[habit],
            """
            def f(x):
                print('working on', x)
                y = x.copy()
                y *= 2
                return y
            """,
        )
        x = np.arange(4.0)
        assert np.array_equal(student.f.unchanged(x), 2 * x)
        assert np.array_equal(student.f.count_lines(x)[0], 2 * x)
        assert student.cell_errors == {}

    def test_without_a_jail_too(self, open_warm: WarmProcess, notebook: MakeStudent) -> None:
        student = notebook("%matplotlib inline\nimport numpy as np", GOOD, process=open_warm)
        assert student.good() == 1
        assert student.cell_errors == {}
