"""Rules on how an exercise may be solved: a look at the source that names the line.

The look follows an exercise's functions and whatever of the notebook they use, through imports
under other names, attributes and plain strings. It deters and explains; it is no boundary.
"""

from __future__ import annotations

import ast
from collections import ChainMap
from collections.abc import Iterator, MutableMapping, Sequence, Set
from dataclasses import dataclass

from autograder.parsing import may_say, parsed
from autograder.runnable import MAX_CODE
from autograder.sandbox.student import Cell

Meanings = MutableMapping[str, str]  # bare name -> dotted name; "" for a function's own
_LOCAL = ""
_DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True)
class Definition:
    """A top-level statement of a cell: what it binds and what it is."""

    cell: Cell
    names: frozenset[str]
    node: ast.stmt


def violation(cells: Sequence[Cell], functions: Sequence[str], forbids: Sequence[str]) -> str:
    """The first use of a forbidden name that `functions` reach, in words; empty where none.

    A notebook with more than MAX_CODE characters of code is not looked through.
    """
    if not forbids or sum(len(cell.source) for cell in cells) > MAX_CODE:
        return ""
    said = words(cells, {name for rule in forbids for name in (rule, rule.rpartition(".")[2])})
    forbids = [rule for rule in forbids if {rule, rule.rpartition(".")[2]} & said]
    if not forbids:
        return ""
    try:
        return _Look(cells, forbids).violation(functions)
    except RecursionError:  # nested as nobody writes it
        return ""


class _Look:
    """A notebook's definitions, and what bare names mean in it."""

    def __init__(self, cells: Sequence[Cell], forbids: Sequence[str]) -> None:
        self.forbids = forbids
        self.definitions = list(self._definitions(cells))
        self.meanings: dict[str, str] = {}
        for definition in self.definitions:
            self.meanings |= self._bindings([definition.node], self.meanings)

    def violation(self, functions: Sequence[str]) -> str:
        for definition in self._reached(functions):
            for node, scope in self._walk(definition.node):
                name = self._forbidden(node, scope)
                if name:
                    line = getattr(node, "lineno", definition.node.lineno)
                    place = f"code cell {definition.cell.number}, line {line}"
                    return f"{place} uses {name}, which this exercise does not allow"
        return ""

    def _definitions(self, cells: Sequence[Cell]) -> Iterator[Definition]:
        """Every top-level statement; of functions defined twice the last one, which counts."""
        found = [(cell, node) for cell in cells for node in parsed(cell.source).statements]
        last = {node.name: node for _, node in found if isinstance(node, _DEFINES)}
        for cell, node in found:
            if not isinstance(node, _DEFINES) or last[node.name] is node:
                yield Definition(cell, frozenset(self._bindings([node], {})), node)

    def _bindings(
        self, body: Sequence[ast.AST], meanings: Meanings, *, local: bool = False
    ) -> dict[str, str]:
        """What the names mean that the statements `body` bind in their own scope."""
        found: dict[str, str] = {}
        # Last, so that `conv = torch.conv2d` counts for more than its bare target.
        for node in sorted(_own_nodes(body), key=lambda part: isinstance(part, ast.Assign)):
            names = _bound(node)
            found |= {name: _LOCAL if local else name for name in names}
            if isinstance(node, ast.Import | ast.ImportFrom):
                found |= self._imported(node)
            elif isinstance(node, ast.Assign) and (
                dotted := _dotted(node.value, ChainMap(found, meanings))
            ):
                found |= dict.fromkeys(names, dotted)
        return found

    def _imported(self, node: ast.Import | ast.ImportFrom) -> dict[str, str]:
        if isinstance(node, ast.Import):
            names = ((alias, alias.name.split(".")[0]) for alias in node.names)
            return {a.asname or first: a.name if a.asname else first for a, first in names}
        inside = f"{node.module}."
        rests = [rule.removeprefix(inside) for rule in self.forbids if rule.startswith(inside)]
        starred = {name: inside + name for name in (rest.split(".")[0] for rest in rests)}
        named = {a.asname or a.name: inside + a.name for a in node.names if a.name != "*"}
        return named or starred

    def _walk(self, top: ast.AST) -> Iterator[tuple[ast.AST, Meanings]]:
        """Every node under `top`, in order, with what bare names mean where it stands."""
        stack: list[tuple[ast.AST, Meanings]] = [(top, self.meanings)]
        while stack:
            node, scope = stack.pop()
            yield node, scope
            children = list(ast.iter_child_nodes(node))
            if isinstance(node, _FUNCTIONS):
                body = node.body if isinstance(node.body, list) else [node.body]
                inside = ChainMap(self._locals(node, body, scope), scope)
                stack += [(child, inside) for child in reversed(body)]
                within = set(map(id, body))
                children = [child for child in children if id(child) not in within]
            stack += [(child, scope) for child in reversed(children)]

    def _locals(self, node: _Function, body: Sequence[ast.AST], scope: Meanings) -> dict[str, str]:
        """What names mean that a function binds itself: its arguments and its variables."""
        arguments = [part.arg for part in ast.walk(node.args) if isinstance(part, ast.arg)]
        found = dict.fromkeys(arguments, _LOCAL)
        found |= self._bindings(body, ChainMap(found, scope), local=True)
        for part in _own_nodes(body):
            for name in part.names if isinstance(part, ast.Global) else ():
                found.pop(name, None)
        return found

    def _reached(self, functions: Sequence[str]) -> list[Definition]:
        """The definitions of `functions` and of all that they name, in the notebook's order."""
        binders: dict[str, list[int]] = {}
        for i, definition in enumerate(self.definitions):
            if not isinstance(definition.node, ast.Import | ast.ImportFrom):
                for name in definition.names:
                    binders.setdefault(name, []).append(i)
        waiting, seen = list(functions), set[int]()
        while waiting:
            for i in binders.pop(waiting.pop(), []):
                if i not in seen:
                    seen.add(i)
                    waiting += self._free_names(self.definitions[i].node)
        return [self.definitions[i] for i in sorted(seen)]

    def _free_names(self, node: ast.AST) -> Iterator[str]:
        for part, scope in self._walk(node):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
                meaning = scope.get(part.id)
                local = meaning != self.meanings.get(part.id)
                yield (meaning or _LOCAL).split(".")[0] if local else part.id

    def _forbidden(self, node: ast.AST, scope: Meanings) -> str:
        for name in _dotted_names(node, scope):
            for rule in self.forbids:
                if name == rule or name.startswith(rule + "."):
                    return name
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value if node.value in self.forbids else ""
        return ""


def words(cells: Sequence[Cell], wanted: Set[str]) -> Set[str]:
    """Which of the wanted words are names or whole strings in cells that are not too long to be
    looked through.

    Without the last part of a dotted name among them nothing in the cells can stand for it.
    """
    sources = (cell.source for cell in cells if may_say(cell.source, wanted))
    return wanted & set[str]().union(*(parsed(source).words for source in sources))


def _own_nodes(body: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """The nodes of `body` that stand in its own scope, functions and classes closed."""
    for top in body:
        stack = [top]
        while stack:
            node = stack.pop()
            yield node
            if not isinstance(node, _FUNCTIONS + _DEFINES):
                stack += reversed(list(ast.iter_child_nodes(node)))


def _bound(node: ast.AST) -> list[str]:
    """Names that this node by itself binds, imports aside."""
    if isinstance(node, _DEFINES):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return [node.id]
    return []


def _dotted_names(node: ast.AST, meanings: Meanings) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return [_dotted(node, meanings)] if isinstance(node, ast.expr) else []


def _dotted(node: ast.expr, meanings: Meanings) -> str:
    """The dotted name that an expression stands for, `getattr` with a plain name included."""
    parts: list[str] = []
    while True:
        match node:
            case ast.Attribute(value=inner, attr=str(name)):
                parts.append(name)
            case ast.Call(
                func=ast.Name(id="getattr"), args=[inner, ast.Constant(value=str(name)), *_]
            ):
                parts.append(name)
            case ast.Name(id=name):
                first = meanings.get(name, name)
                return ".".join([first, *reversed(parts)]) if first != _LOCAL else ""
            case _:
                return ""
        node = inner
