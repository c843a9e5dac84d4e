"""A cell's source looked through once."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from autograder import parsing
from autograder.parsing import may_say, parsed, tree_of

OURS = sorted(Path(parsing.__file__).parent.rglob("[!_]*.py"))


def plainly(tree: ast.Module) -> tuple[set[str], set[str]]:
    """Words and bound names as the documentation of `ast` would have one look for them."""
    words, bound = set[str](), set[str]()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=context):
                words.add(name)
                bound |= {name} if isinstance(context, ast.Store) else set()
            case ast.Attribute(attr=name):
                words.add(name)
            case ast.Constant(value=str(text)):
                words.add(text)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                bound.add(name)
            case ast.alias(name=name, asname=given):
                words.update(name.split("."))
                bound.add(given or name.split(".")[0])
            case ast.ImportFrom(module=str(module)):
                words.update(module.split("."))
    return words - {""}, bound


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_as_one_would_look_plainly(path: Path) -> None:
    tree = tree_of(path.read_text())
    assert tree is not None
    assert parsing._names_in(tree.body) == plainly(tree)


def test_words_and_what_is_bound() -> None:
    code = parsed(
        "import torch.nn as nets, os.path\nfrom scipy.signal import convolve as fold\n"
        "class Box:\n    def lid(self, x=getattr(numpy, 'con' 'volve')):\n        y = x.size\n"
        "for i in range(3): (a, b), *c = z\n[w for w in f'{v}text']\n"
    )
    assert code.plain
    names = "torch nn os path scipy signal convolve getattr numpy x size y i range a b c z w v text"
    assert code.words == set(names.split())
    assert code.bound == {"nets", "os", "fold", "Box", "lid", "y", "i", "a", "b", "c", "w"}


@pytest.mark.parametrize("line", ["%matplotlib inline", "!pip list", "files = !ls", "np.pad?"])
def test_lines_of_ipython_count_as_empty(line: str) -> None:
    code = parsed(f"{line}\nx = y")
    assert not code.plain
    assert (code.words, code.bound) == ({"x", "y"}, {"x"})
    assert code.statements[0].lineno == 2


@pytest.mark.parametrize("source", ["def f(:", "x = '\0'", "(" * 300])
def test_what_is_no_python_says_nothing(source: str) -> None:
    code = parsed(source)
    assert (code.plain, code.statements, code.words, code.bound) == (False, [], set(), set())


def test_what_is_long_is_not_remembered() -> None:
    short, long = "x = 1", f"x = {'1' * parsing.MAX_REMEMBERED}"
    assert parsed(short) is parsed(short)
    assert parsed(long) is not parsed(long)


def test_warnings_of_the_compiler_are_not_ours(recwarn: pytest.WarningsRecorder) -> None:
    assert parsed("x = '\\d' is 3").plain
    assert not recwarn.list


class TestMaySay:
    @pytest.mark.parametrize(
        "source",
        [
            "fold(x)",
            "from scipy import fold as f",
            "getattr(np, 'fold')",
            "getattr(np, 'fo' 'ld')",
            "getattr(np, 'fo'\"ld\")",
            "getattr(np, ('fo'  # half\n # of it\n  r'ld'))",
            'getattr(np, "fo""ld")',
            'getattr(np, "fo"""  "ld")',
            'getattr(np, """fo"""f"ld")',
            "getattr(np, 'f\\x6fld')",
            "getattr(np, 'fo\\\nld')",
            "\uff46old(x)",
        ],
    )
    def test_what_says_it_one_way_or_another(self, source: str) -> None:
        assert "fold" in parsed(source).words
        assert may_say(source, ["fold"])

    @pytest.mark.parametrize("path", OURS[::5], ids=lambda path: path.name)
    def test_nothing_that_is_said_is_passed_over(self, path: Path) -> None:
        """Cells of any kind: statements of our own files, and every word in them."""
        text = path.read_text()
        tree = tree_of(text)
        assert tree is not None
        for node in tree.body:
            source = ast.get_source_segment(text, node) or ""
            assert all(may_say(source, [word]) for word in parsed(source).words)

    def test_an_ordinary_answer_does_not(self) -> None:
        source = (
            'def f(x, how="full"):\n    """Sum of \'each\' row."""\n    y = x.sum()\n'
            '    return y if how == "full" else {"a": y}\n'
        )
        assert not may_say(source, ["fold", "su", "ful"])
        assert not may_say(source, [])
