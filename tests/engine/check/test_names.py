"""Names, read off a cell's text."""

from __future__ import annotations

import pytest

from autograder.check.names import names_of
from autograder.check.plan import needs
from autograder.runnable import RunCell


@pytest.mark.parametrize(
    ("source", "binds", "uses"),
    [
        ("a = b", "a", "b"),
        ("import x.y as z, os.path", "z os", ""),
        ("def f(x, *, k=d):\n    return x + g(len(x))", "f", "d g"),
        ("class C(B):\n    y = 1\n    def m(self): return self.y + h", "C", "B h"),
        ("def f():\n    def inner(): return deep\n    return inner", "f", "deep"),
        ("[i for i in xs]", "", "xs"),
        ("f = lambda v: v + w", "f", "w"),
        ("def f():\n    global made\n    made = 1", "f made", ""),
        ("for i, (j, k) in xs: pass\nwith o() as p: pass", "i j k p", "xs o"),
        ("%matplotlib inline\n!ls\na = %time\nb = !ls", "a b", ""),
        ("if (n := m()): pass", "n", "m"),
        ("try: pass\nexcept E as e: print(e)", "e", "E e"),
    ],
)
def test_names(source: str, binds: str, uses: str) -> None:
    found = names_of(source)
    assert found is not None
    assert found.binds == set(binds.split())
    assert found.uses - {"pass"} == set(uses.split())


@pytest.mark.parametrize("source", ["def f(:", "x = (", "%%bash\nls -l | wc"])
def test_no_python(source: str) -> None:
    assert names_of(source) is None


@pytest.mark.parametrize(
    ("source", "quiet"),
    [
        ("import a\ndef f(): pass\nclass C: pass\n'text'", True),
        ("x = 1", False),
        ("f()", False),
        ("@d\ndef f(): pass", False),
        ("%magic\ndef f(): pass", False),
    ],
)
def test_a_cell_that_only_defines(source: str, quiet: bool) -> None:
    found = names_of(source)
    assert found is not None
    assert found.quiet is quiet


def test_what_a_check_depends_on() -> None:
    texts = [
        "import a",  # 1: used by 3
        "def f(): pass",  # 2: used by nobody
        "def g(): return a",  # 3: used by 4
        "def h(): return g()",  # 4: used by the check
        "def k(): return l()",  # 5: used by 6
        "x = k()",  # 6: does something
        "%%bash\nls |",  # 7: nobody knows
        "def l(): return 1",  # 8: used by 5, though further down
    ]
    cells = [RunCell(f"c{n}", None, n, text) for n, text in enumerate(texts, start=1)]
    assert needs("assert h()", (), cells) == {1, 3, 4, 5, 6, 7, 8}
    assert needs("", ("f",), cells) == {2, 5, 6, 7, 8}
