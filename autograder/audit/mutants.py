"""Mechanical mutants of the reference: what a slip of the pen could make of each line.

The operators are mutmut's: another arithmetic operator or comparison, a number one higher, an
argument left out, `not` dropped, and so on, one change a mutant. Left out are those that put `None`
for a value, as they all but end in an error by themselves and would only flatter the share that is
caught, and those that change the case of an einsum's letters, as it means nothing. Only what
stands between BEGIN SOLUTION and END SOLUTION is changed, as students are given the rest, and no
`raise` statement, as the wording of an error is nobody's exercise.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.errors import Dl30Error
from autograder.release import definition

if TYPE_CHECKING:
    import libcst


@dataclass(frozen=True)
class Mutant:
    """One change of one function: the line's number in the file of solutions, and the line before
    and after, without indentation. `source` is the whole mutated function."""

    function: str
    line: int
    before: str
    after: str
    source: str


def mutants(solution: Path, functions: Sequence[str]) -> list[Mutant]:
    """All mutants of these functions or classes of a file of solutions, in order of lines."""
    text = solution.read_text(encoding="utf-8")
    found = []
    for name in functions:
        source = definition(solution, name)
        first = text[: text.index(source)].count("\n") + 1
        found += [_mutant(name, source, changed, first) for changed in _changed(source)]
    return sorted(found, key=lambda mutant: mutant.line)


def _mutant(name: str, source: str, changed: str, first: int) -> Mutant:
    pairs = zip_longest(source.splitlines(), changed.splitlines(), fillvalue="")
    number, before, after = next(
        (number, old.strip(), new.strip()) for number, (old, new) in enumerate(pairs) if old != new
    )
    return Mutant(name, first + number, before, after, changed)


def _changed(source: str) -> Iterator[str]:
    """Every mutated version of the source that is Python, and each once."""
    try:
        import libcst
        from libcst.metadata import MetadataWrapper, PositionProvider
        from mutmut.mutation.mutators import mutation_operators
    except ImportError as error:
        todo = "pip install 'dl30[audit]'"
        raise Dl30Error(f"mutants need {error.name}, which is not installed", todo=todo) from None
    inside = _solution_lines(source)
    wrapper = MetadataWrapper(libcst.parse_module(source))
    places = wrapper.resolve(PositionProvider)
    seen = {source}
    tree: Any = wrapper.module
    for node in _nodes(tree):
        if node not in places or places[node].start.line not in inside:
            continue
        for kind, operator in mutation_operators:
            if isinstance(node, kind):
                for other in operator(node):
                    text: str = tree.deep_replace(node, other).code
                    if text not in seen and not _is_idle(source, text):
                        seen.add(text)
                        yield text


def _solution_lines(source: str) -> set[int]:
    found, inside = set(), False
    for number, line in enumerate(source.splitlines(), start=1):
        if "### BEGIN SOLUTION" in line or "### END SOLUTION" in line:
            inside = "BEGIN" in line
        elif inside:
            found.add(number)
    return found


def _nodes(node: libcst.CSTNode) -> Iterator[Any]:
    """The node and all below it, in order of the source, but for what is raised and annotations."""
    import libcst

    yield node
    for child in node.children:
        if not isinstance(child, libcst.Raise | libcst.Annotation):
            yield from _nodes(child)


def _is_idle(source: str, changed: str) -> bool:
    """Whether the mutant proves nothing: it puts None for a value, writes the letters of an einsum
    in capitals, or is not Python."""
    pairs = zip(source.splitlines(), changed.splitlines(), strict=False)
    before, after = next(((old, new) for old, new in pairs if old != new), ("", ""))
    if changed.count("None") > source.count("None"):
        return True
    if "->" in before and before.casefold() == after.casefold():
        return True
    try:
        ast.parse(changed)
    except (SyntaxError, ValueError):
        return True
    return False
