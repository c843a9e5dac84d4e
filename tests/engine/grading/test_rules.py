"""What an exercise may not be solved with: found through any alias, and only where it is used."""

from __future__ import annotations

import time

import pytest

from autograder.grading.rules import MAX_CODE, violation
from autograder.sandbox.student import Cell

FORBIDS = ("torch.nn.functional.conv2d", "torch.conv2d", "scipy.signal")
CONV = "torch.nn.functional.conv2d"


def look(*sources: str, forbids: tuple[str, ...] = FORBIDS) -> str:
    """What is said of the function `f` in a notebook with these code cells."""
    cells = [Cell(number, source) for number, source in enumerate(sources, start=1)]
    return violation(cells, ("f",), forbids)


@pytest.mark.parametrize(
    ("sources", "cell", "line", "name"),
    [
        (["import torch", "def f(x):\n    return torch.conv2d(x)"], 2, 2, "torch.conv2d"),
        (["import torch as t", "def f(x):\n    return t.nn.functional.conv2d(x)"], 2, 2, CONV),
        (["import torch.nn.functional", "def f(x):\n    return torch.conv2d(x)"], 2, 2,
         "torch.conv2d"),
        (["import torch.nn.functional as F\ndef f(x):\n    return F.conv2d(x)"], 1, 3, CONV),
        (["from torch.nn import functional as F", "def f(x):\n\n    return F.conv2d(x)"], 2, 3,
         CONV),
        (["from torch.nn.functional import conv2d as c", "f = lambda x: c(x)"], 2, 1, CONV),
        (["from torch.nn.functional import *", "def f(x):\n    return conv2d(x)"], 2, 2, CONV),
        (["def f(x):\n    from torch.nn.functional import conv2d\n    return conv2d(x)"], 1, 2,
         CONV),
        (["def f(x):\n    import scipy.signal\n    return scipy.signal.convolve2d(x)"], 1, 2,
         "scipy.signal"),
        (["def f(x):\n    from scipy.signal import convolve as c\n    return c(x)"], 1, 2,
         "scipy.signal.convolve"),
        (["def f(x):\n    from scipy import signal\n    return x"], 1, 2, "scipy.signal"),
        (["from scipy import signal", "def f(x):\n    return signal.fftconvolve(x)"], 2, 2,
         "scipy.signal.fftconvolve"),
        # A value under another name.
        (["import torch\nconv = torch.conv2d", "def f(x):\n    return conv(x)"], 1, 2,
         "torch.conv2d"),
        (["import torch\nG = torch.nn.functional", "def f(x):\n    return G.conv2d(x)"], 2, 2,
         CONV),
        (["import torch", "def f(x):\n    g = torch.nn.functional\n    return g.conv2d(x)"], 2, 3,
         CONV),
        (["import torch", "def f(x):\n    return getattr(torch, 'conv2d')(x)"], 2, 2,
         "torch.conv2d"),
        (["import torch.nn as nn",
          "def f(x):\n    return getattr(nn.functional, 'conv2d', None)(x)"], 2, 2, CONV),
        (["import importlib",
          "def f(x):\n    return importlib.import_module('scipy.signal').convolve(x)"], 2, 2,
         "scipy.signal"),
        (["import torch", "def f(x, conv=torch.conv2d):\n    return conv(x)"], 2, 1,
         "torch.conv2d"),
        # Somewhere else.
        (["import torch", "def help_me(x):\n    return torch.conv2d(x)",
          "def f(x):\n    return help_me(x)"], 2, 2, "torch.conv2d"),
        (["import torch", "def f(x):\n    return g(x)", "def g(x):\n    return h(x)",
          "def h(x):\n    return torch.conv2d(x)"], 4, 2, "torch.conv2d"),
        (["import torch", "class Layer:\n    def run(self, x):\n        return torch.conv2d(x)",
          "def f(x):\n    return Layer().run(x)"], 2, 3, "torch.conv2d"),
        (["import torch", "table = [torch.conv2d]", "def f(x):\n    return table[0](x)"], 2, 1,
         "torch.conv2d"),
        (["import torch", "@torch.conv2d\ndef f(x):\n    return x"], 2, 1, "torch.conv2d"),
        (["import torch", "def use(g):\n    return lambda x: torch.conv2d(g(x))",
          "@use\ndef f(x):\n    return x"], 2, 2, "torch.conv2d"),
        (["import torch", "def f(x):\n    def inner(y):\n        return torch.conv2d(y)\n"
          "    return inner(x)"], 2, 3, "torch.conv2d"),
        (["import torch", "def f(x):\n    return [torch.conv2d(row) for row in x]"], 2, 2,
         "torch.conv2d"),
        (["import torch", "async def f(x):\n    return torch.conv2d(x)"], 2, 2, "torch.conv2d"),
        (["import torch", "if True:\n    def f(x):\n        return torch.conv2d(x)"], 2, 3,
         "torch.conv2d"),
        (["try:\n    from scipy import signal\nexcept ImportError:\n    signal = None",
          "def f(x):\n    return signal"], 1, 2, "scipy.signal"),
        (["import torch", "def f(x):\n    global torch\n    return torch.conv2d(x)"], 2, 3,
         "torch.conv2d"),
        # Round IPython's own lines.
        (["%matplotlib inline\nimport torch\n!ls",
          "%%time\ndef f(x):\n    return torch.conv2d(x)"], 2, 3, "torch.conv2d"),
        (["import torch",
          "files = !ls\nnp.dot?\nt = %time 3\ndef f(x):\n    return torch.conv2d(x)"], 2, 5,
         "torch.conv2d"),
        (["import torch", "def f(x):\n    return (x\n            % torch.conv2d(x))"], 2, 3,
         "torch.conv2d"),
    ],
)  # fmt: skip
def test_a_use_is_found(sources: list[str], cell: int, line: int, name: str) -> None:
    expected = f"code cell {cell}, line {line} uses {name}, which this exercise does not allow"
    assert look(*sources) == expected


@pytest.mark.parametrize(
    "sources",
    [
        # Imports that nobody uses.
        ["from torch.nn.functional import conv2d", "def f(x):\n    return x"],
        ["import scipy.signal", "def f(x):\n    return x"],
        # A cell that compares with the library.
        ["import torch", "def f(x):\n    return x", "torch.conv2d(f(1)) - f(1)"],
        ["import torch", "def f(x):\n    out = x\n    return out", "out = torch.conv2d(1)"],
        ["import torch", "out = torch.conv2d(1)", "def f(x):\n    out = [x]\n    return out[0]"],
        ["import torch", "x = torch.conv2d(1)", "def f(x):\n    return x"],
        ["import torch", "i = torch.conv2d(1)", "def f(x):\n    return [i for i in x]"],
        ["import torch", "def other(x):\n    return torch.conv2d(x)", "def f(x):\n    return x"],
        ["import torch", "class A:\n    out = 1\n", "out = torch.conv2d(1)", "f = A"],
        # Names of the student's own that a library has too.
        ["from torch.nn.functional import conv2d", "def conv2d(x):\n    return x",
         "def f(x):\n    return conv2d(x)"],
        ["from torch.nn.functional import *", "def conv2d(x):\n    return x",
         "def f(x):\n    return conv2d(x)"],
        ["from scipy import signal", "def f(signal):\n    return signal + 1"],
        ["from scipy import signal", "def f(x):\n    signal = x\n    return signal + 1"],
        ["from scipy import signal", "f = lambda signal: signal + 1"],
        ["import torch.nn.functional as F", "def f(x):\n    F, C = x.shape\n    return F.conv2d"],
        ["def scratch():\n    from torch import conv2d\n", "def conv2d(x):\n    return x",
         "def f(x):\n    return conv2d(x)"],
        ["def f(x):\n    return x.conv2d.signal"],
        # What no longer counts.
        ["import torch", "def f(x):\n    return torch.conv2d(x)", "def f(x):\n    return x"],
        ["import torch", "def g(x):\n    return torch.conv2d(x)", "def g(x):\n    return x",
         "def f(x):\n    return g(x)"],
        # Neighbours in name.
        ["import torch", "def f(x):\n    return torch.nn.functional.conv2d_like(x)"],
        ["import torch", "def f(x):\n    return torch.nn.functional.pad(x)"],
        ["def f(x):\n    'like torch.nn.functional.conv2d'\n    return x"],
        # What cannot be read cannot run either.
        ["import torch", "def f(x):\n    return torch.conv2d(x"],
        ["def g(x):\n    return x"],
        [""],
        [],
    ],
)  # fmt: skip
def test_nothing_is_found(sources: list[str]) -> None:
    assert look(*sources) == ""


def test_without_rules_nothing_is_looked_at() -> None:
    assert look("import torch", "def f(x):\n    return torch.conv2d(x)", forbids=()) == ""


@pytest.mark.filterwarnings("error")
def test_a_students_odd_string_is_no_warning_of_ours() -> None:
    source = "import torch\ndef f(x):\n    '\\d'\n    return 1 is 1, torch.conv2d(x)"
    assert look(source).startswith("code cell 1, line 4 uses torch.conv2d")


@pytest.mark.parametrize(
    "source",
    [
        "def f(x):\n    return " + "-" * 5000 + "x",
        "def f(x):\n    return " + "(" * 150 + "x" + ")" * 150,
        "def f(x):\n    return " + "x + " * 20_000 + "x",
        "x = [" + "[], " * 50_000 + "]\ndef f(x):\n    return x",
        "\n".join(f"def g{i}(): g{i + 1}" for i in range(12_000, 0, -1)) + "\nf = g1",
        "x = y\n" * 50_000 + "f = x",
        "def f():\n    x = y\n" + "    x = z\n" * 25_000,
        "f = " + "lambda: " * 900 + "x",
        "f = " + "lambda: " * 30_000 + "x",
        "def f(x):\n    return '\0'",
        "#" * MAX_CODE + "\nimport torch\ndef f(x):\n    return torch.conv2d(x)",
    ],
    ids=["minus", "brackets", "sum", "list", "chain", "names", "locals", "lambdas",
         "more", "null", "long"],
)  # fmt: skip
def test_sources_made_to_hurt(source: str) -> None:
    """Deep or long code neither ends the look nor holds it up."""
    begin = time.process_time()
    assert look(source) == ""
    assert time.process_time() - begin < 10


def test_long_cells_up_to_the_limit_are_looked_through() -> None:
    code = "import torch\ndef f(x):\n    return torch.conv2d(x)\n"
    assert look(code + "#" * (MAX_CODE - len(code))) != ""
