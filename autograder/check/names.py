"""Which names a cell binds and which it uses, read off its text without running it."""

from __future__ import annotations

import ast
import builtins
import re
import symtable
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

# What IPython puts into every notebook.
_THERE = frozenset(dir(builtins)) | {"__name__", "__file__", "get_ipython", "display", "In", "Out"}
_MAGIC = re.compile(r"^([ \t]*)[%!?].*$", re.MULTILINE)
_ASSIGNED = re.compile(r"^([ \t]*[\w, ]+=[ \t]*)[%!].*$", re.MULTILINE)
# Cell magics below which there is another language.
_OTHER = re.compile(r"\s*%%(?!time\b|timeit\b|capture\b|prun\b)")


@dataclass(frozen=True)
class Names:
    """binds: names at the notebook's level. uses: names of that level that are asked for anywhere.
    inside: of each function and class, the names of that level that it asks for when called.
    quiet: the cell does nothing but define, so that it matters only to who uses what it defines.
    """

    binds: frozenset[str] = frozenset()
    uses: frozenset[str] = frozenset()
    inside: tuple[tuple[str, frozenset[str]], ...] = ()
    quiet: bool = False


@lru_cache(maxsize=2048)
def names_of(source: str) -> Names | None:
    """None for a cell that is no Python even without its magics."""
    if _OTHER.match(source):
        return None
    text = _ASSIGNED.sub(r"\1None", _MAGIC.sub(r"\1pass", source))
    try:
        body = ast.parse(text).body
        table = symtable.symtable(text, "cell", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    inside: dict[str, frozenset[str]] = {}
    for child in table.get_children():
        inside[child.get_name()] = inside.get(child.get_name(), frozenset()) | _globals(child)
    symbols = table.get_symbols()
    binds = {one.get_name() for one in symbols if _is_bound(one)} | set(_declared(table))
    uses = {one.get_name() for one in symbols if one.is_referenced()}.union(*inside.values())
    quiet = text == source and all(map(_only_defines, body))
    return Names(frozenset(binds), frozenset(uses) - _THERE, tuple(inside.items()), quiet)


def _is_bound(symbol: symtable.Symbol) -> bool:
    return symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()


def _globals(table: symtable.SymbolTable) -> frozenset[str]:
    own = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_global() and symbol.is_referenced()
    }
    return frozenset(own.union(*map(_globals, table.get_children()))) - _THERE


def _declared(table: symtable.SymbolTable) -> Iterator[str]:
    """Names that a function makes the notebook's by `global`."""
    for child in table.get_children():
        for symbol in child.get_symbols():
            if symbol.is_declared_global() and symbol.is_assigned():
                yield symbol.get_name()
        yield from _declared(child)


def _only_defines(node: ast.stmt) -> bool:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return not node.decorator_list
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return isinstance(node, ast.Import | ast.ImportFrom)
