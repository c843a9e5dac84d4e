"""A cell's source looked through once: its statements, the names in it and those that it binds."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

MAX_REMEMBERED = 10_000  # characters: parsed, they take hundreds of times their size
_SIDE_BY_SIDE = re.compile(r"""["'](?:\s|\#[^\n]*\n)*[rRbBuUfF]{0,2}["']""")
_RUN = re.compile(r"\w+", re.ASCII)
_NAMES = re.compile(r"[\w.,\s]+")


@dataclass(frozen=True)
class Code:
    """What a cell says.

    `statements` are empty where it is not Python; lines that are IPython's own count as empty, and
    then it is not `plain`. `words` are all names and whole strings, of dotted names each part.
    `bound` are the names that it binds anywhere.
    """

    plain: bool
    statements: list[ast.stmt]
    words: frozenset[str]
    bound: frozenset[str]


def parsed(source: str) -> Code:
    """The same for the same source: whoever asks for one cell asks for it several times."""
    return _remembered(source) if len(source) <= MAX_REMEMBERED else _parsed(source)


def may_say(source: str, words: Iterable[str]) -> bool:
    """Whether any of the words can be among those that `parsed` would find, which takes longer.

    Without escapes, literals that are joined by standing side by side, and letters that Python
    takes for others, a name or a string stands in the source as it is.
    """
    runs = _runs(source) if len(source) <= MAX_REMEMBERED else None
    return runs is None or not runs.isdisjoint(_last_runs(frozenset(words)))


@lru_cache(maxsize=256)
def _runs(source: str) -> frozenset[str] | None:
    """All runs of letters and digits in it, and ""; None where they do not tell what is said."""
    if not source.isascii() or "\\" in source:
        return None
    quotes = source.replace('"""', '"').replace("'''", "'")
    return None if _SIDE_BY_SIDE.search(quotes) else frozenset(["", *_RUN.findall(source)])


@lru_cache(maxsize=256)
def _last_runs(words: frozenset[str]) -> frozenset[str]:
    """Of each word the last: where that is not, the word is not; "" where it has none."""
    return frozenset((_RUN.findall(word) or [""])[-1] for word in words)


def tree_of(source: str) -> ast.Module | None:
    """None where it is not plain Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _parsed(source: str) -> Code:
    tree = plain = tree_of(source)
    if tree is None:
        lines = source.split("\n")
        tree = tree_of("\n".join("" if _is_ipython(line) else line for line in lines))
    statements = tree.body if tree else []
    words, bound = _names_in(statements)
    return Code(plain is not None, statements, frozenset(words), frozenset(bound))


_remembered = lru_cache(maxsize=256)(_parsed)


def _is_ipython(line: str) -> bool:
    """Whether it is a magic, a shell line or a question, or the assignment of one."""
    line = line.strip()
    if line.startswith(("%", "!", "?")) or line.endswith("?"):
        return True
    names, _, value = line.partition("=")
    return value.lstrip().startswith(("%", "!")) and _NAMES.fullmatch(names) is not None


def _names_in(statements: list[ast.stmt]) -> tuple[set[str], set[str]]:
    """Words and bound names. As `ast.walk` goes, in some order and several times as fast."""
    words: set[str] = set()
    bound: set[str] = set()
    stack: list[Any] = [*statements]
    while stack:
        node = stack.pop()
        kind = type(node)
        if kind is ast.Name:
            words.add(node.id)
            if type(node.ctx) is ast.Store:
                bound.add(node.id)
            continue
        if kind is ast.Constant:
            if type(node.value) is str:
                words.add(node.value)
            continue
        if kind is ast.Attribute:
            words.add(node.attr)
            stack.append(node.value)
            continue
        if kind is ast.alias:
            words.update(node.name.split("."))
            bound.add(node.asname or node.name.partition(".")[0])
        elif kind is ast.ImportFrom:
            words.update((node.module or "").split("."))
        elif kind in _DEFINES:
            bound.add(node.name)
        for part in getattr(node, "__dict__", {}).values():  # a name in a list has none
            if type(part) is list:
                stack += part
            elif isinstance(part, ast.AST):
                stack.append(part)
    words.discard("")
    return words, bound


_DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
