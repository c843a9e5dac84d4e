"""Finding in a text what students must not read: lines of code, and rows of numbers."""

from __future__ import annotations

import ast
import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MIN_LINE = 16  # characters: shorter lines are what anyone writes
MIN_ROW = 4  # numbers: fewer come together by chance
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_BETWEEN = re.compile(r"[\s,;()\[\]]*")
_TAG = re.compile(r"<[^>]*>")

Row = tuple[float, ...]


def code_lines(path: Path) -> Iterator[str]:
    """The lines of a Python file that are long enough to tell something, docstrings left out."""
    text = path.read_text()
    told: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            told.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    for number, line in enumerate(text.splitlines(), start=1):
        if number not in told and len(line.strip()) >= MIN_LINE:
            yield line.strip()


def literal_rows(path: Path) -> Iterator[Row]:
    """The numbers of each list that is written out in a Python file.

    Tuples of their own are shapes, which students are told.
    """
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.List):
            row = tuple(_numbers(node))
            if len(row) >= MIN_ROW and len(set(row)) > 1:
                yield row


def _numbers(node: ast.expr) -> Iterator[float]:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return
    parts = [value]
    while parts:
        part = parts.pop(0)
        if isinstance(part, list | tuple):
            parts[:0] = part
        elif isinstance(part, int | float) and not isinstance(part, bool):
            yield float(part)
        else:
            return


def rows_of(text: str) -> Iterator[Row]:
    """Numbers that stand together in a text, with no more than commas and brackets between."""
    row: list[float] = []
    end = 0
    for found in _NUMBER.finditer(text):
        if row and not _BETWEEN.fullmatch(text, end, found.start()):
            yield tuple(row)
            row = []
        row.append(float(found.group()))
        end = found.end()
    yield tuple(row)


def _holds(row: Row, wanted: Row) -> bool:
    size = len(wanted)
    return any(row[i : i + size] == wanted for i in range(len(row) - size + 1))


@dataclass(frozen=True)
class Secrets:
    """Lines and rows of numbers that a text must not hold."""

    lines: frozenset[str]
    rows: frozenset[Row]

    @classmethod
    def of(cls, *paths: Path) -> Secrets:
        lines = [line for path in paths for line in code_lines(path)]
        return cls(frozenset(lines), frozenset(row for path in paths for row in literal_rows(path)))

    def less(self, given: str) -> Secrets:
        """Without what `given` tells already."""
        told = [row for row in rows_of(given) if len(row) >= MIN_ROW]
        return Secrets(
            frozenset(line for line in self.lines if line not in given),
            frozenset(row for row in self.rows if not any(_holds(seen, row) for seen in told)),
        )

    def found_in(self, text: str) -> list[str]:
        """The secrets that the text gives away."""
        seen = [row for row in rows_of(text) if len(row) >= MIN_ROW]
        lines = [line for line in self.lines if line in text]
        rows = [str(row) for row in self.rows if any(_holds(run, row) for run in seen)]
        return sorted(lines + rows)


def readable(path: Path) -> str:
    """What a person reads in a file: a page without its tags, a notebook's texts, else as it is."""
    text = path.read_text(errors="replace")
    if path.suffix == ".html":
        return html.unescape(_TAG.sub("", text))
    return "\n".join(_strings(json.loads(text))) if path.suffix == ".ipynb" else text


def _strings(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ["".join(value)]  # lines of a cell, each with its end
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for item in items for text in _strings(item)]
