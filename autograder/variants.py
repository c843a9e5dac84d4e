"""Named versions of a day's functions, and notebooks as students would hand them in.

A file of variants marks functions with `@right(...)` and `@wrong(...)` of `autograder.testing`. It
is read as text: nothing in it is run on this side.
"""

from __future__ import annotations

import ast
import copy
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import CourseError
from autograder.notebook import Marks, NotebookNode, marks


@dataclass(frozen=True)
class Variant:
    """One version: the exercise it is about, whether it deserves full marks, and its functions'
    sources by the names that they take the place of."""

    name: str
    exercise: str
    honest: bool
    about: str
    functions: Mapping[str, str]


@dataclass(frozen=True)
class Equivalent:
    """A mutant of the reference that no test can tell from it, and why.

    `before` and `after` are its line in the reference and in the mutant, without indentation.
    """

    function: str
    before: str
    after: str
    because: str


def load(path: Path) -> list[Variant]:
    """All variants of a file, in order. CourseError names the line of one that cannot be read."""
    try:
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source)
    except (OSError, SyntaxError, ValueError) as error:
        raise CourseError(f"the variants cannot be read: {error}", where=path) from None
    found = [
        _variant(path, source, node, decorator)
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call) and _name(decorator.func) in ("right", "wrong")
    ]
    names = [variant.name for variant in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise CourseError(f"two variants are called {', '.join(twice)}", where=path)
    return found


def load_equivalents(path: Path) -> list[Equivalent]:
    """The mutants that the file explains, in order. CourseError names the line of a bad one."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ]
    return [_equivalent(path, call) for call in calls if _name(call.func) == "equivalent"]


def _equivalent(path: Path, call: ast.Call) -> Equivalent:
    try:
        function, before, after = (ast.literal_eval(argument) for argument in call.args)
        (because,) = (ast.literal_eval(word.value) for word in call.keywords)
    except ValueError:
        where = f"{path}, line {call.lineno}"
        todo = 'write equivalent("FUNCTION", "LINE", "MUTATED LINE", because="REASON")'
        raise CourseError("this explains no mutant", where=where, todo=todo) from None
    return Equivalent(function, before.strip(), after.strip(), " ".join(because.split()))


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _variant(
    path: Path, source: str, node: ast.FunctionDef | ast.ClassDef, decorator: ast.Call
) -> Variant:
    try:
        (exercise,) = (ast.literal_eval(argument) for argument in decorator.args)
        options = {word.arg: ast.literal_eval(word.value) for word in decorator.keywords}
    except ValueError:
        where = f"{path}, line {decorator.lineno}"
        raise CourseError(
            "a variant is marked with the name of its exercise", where=where
        ) from None
    target = options.get("replaces") or exercise
    container = isinstance(node, ast.ClassDef) and "replaces" not in options
    parts = _functions(node) if container and isinstance(node, ast.ClassDef) else [(target, node)]
    return Variant(
        name=node.name,
        exercise=exercise,
        honest=_name(decorator.func) == "right",
        about=(ast.get_docstring(node) or "").split("\n")[0],
        functions={name: _source_as(source, part, name) for name, part in parts},
    )


def _functions(node: ast.ClassDef) -> list[tuple[str, ast.FunctionDef | ast.ClassDef]]:
    """The functions in a class body; a class with methods of its own is a variant by itself."""
    found = [part for part in node.body if isinstance(part, ast.FunctionDef)]
    return [(part.name, part) for part in found]


def _source_as(source: str, node: ast.FunctionDef | ast.ClassDef, name: str) -> str:
    """The definition's own lines without decorators, dedented, under another name."""
    lines = source.splitlines()[node.lineno - 1 : node.end_lineno]
    text = textwrap.dedent("\n".join(lines))
    word = "class" if isinstance(node, ast.ClassDef) else "def"
    return text.replace(f"{word} {node.name}", f"{word} {name}", 1)


def handed_in(
    released: NotebookNode, solved: NotebookNode, functions: Mapping[str, str] | None = None
) -> NotebookNode:
    """The released notebook filled in with the reference's code, or `functions` in its place.

    `solved` is the instructor's notebook with the solutions in it (`release.instructor_notebook`).
    Written questions get an answer that a person has to mark.
    """
    notebook: NotebookNode = copy.deepcopy(released)
    sources = {mark.grade_id: cell.source for cell, mark in _marked(solved)}
    for cell, mark in _marked(notebook):
        if not mark.solution:
            continue
        if cell.cell_type == "code":
            cell.source = replace_functions(sources[mark.grade_id], functions or {})
        else:
            cell.source = f"My answer to {mark.grade_id}."
    return notebook


def _marked(notebook: NotebookNode) -> Iterator[tuple[NotebookNode, Marks]]:
    for cell in notebook.cells:
        mark = marks(cell)
        if mark is not None:
            yield cell, mark


def replace_functions(source: str, functions: Mapping[str, str]) -> str:
    """`source` with the top-level functions and classes of these names replaced."""
    if not any(re.search(rf"^(?:def|class) {name}\b", source, re.MULTILINE) for name in functions):
        return source
    lines = source.splitlines()
    for node in reversed(ast.parse(source).body):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in functions:
            lines[node.lineno - 1 : node.end_lineno] = functions[node.name].splitlines()
    return "\n".join(lines)
