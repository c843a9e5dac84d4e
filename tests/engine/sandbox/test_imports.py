"""Who may import what: the engine's rooms stay apart, and nothing trusted evaluates data."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[3] / "autograder"
FILES = sorted(PACKAGE.rglob("*.py"))
SANDBOX = "autograder.sandbox"


def module_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def imported(tree: ast.AST) -> Iterator[str]:
    """Full names of what is imported anywhere in a file, within functions and by string too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide who imports whom"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and "import" in ast.unparse(node.func):
            yield from (part.value for part in node.args if isinstance(part, ast.Constant))


def importers(name: str) -> set[str]:
    return {
        module_of(path)
        for path in FILES
        if any(one == name or one.startswith(name + ".") for one in imported(parsed(path)))
    }


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def ours(module: str) -> set[str]:
    """The modules of ours that `module` imports."""
    path = PACKAGE.parent / (module.replace(".", "/") + ".py")
    known = {module_of(file) for file in FILES}
    found = set()
    for name in imported(parsed(path)):
        while name and name not in known:
            name = name.rpartition(".")[0]
        found.add(name)
    return found - {""}


class TestRooms:
    @pytest.mark.parametrize(
        ("module", "allowed"),
        [
            (f"{SANDBOX}.frames", set()),
            (f"{SANDBOX}.oddities", set()),
            (f"{SANDBOX}.arrays", {f"{SANDBOX}.frames", f"{SANDBOX}.oddities"}),
            (f"{SANDBOX}.wire", {f"{SANDBOX}.{name}" for name in ("arrays", "frames", "oddities")}),
            (f"{SANDBOX}.worker", {f"{SANDBOX}.wire"}),
            (f"{SANDBOX}.guard", set()),
            (f"{SANDBOX}.shell", set()),
            (f"{SANDBOX}.kernel", set()),
            (f"{SANDBOX}.seccomp", set()),
            (f"{SANDBOX}.accounts", set()),
            (f"{SANDBOX}.starting", {f"{SANDBOX}.warm"}),
            (f"{SANDBOX}.overseer", {f"{SANDBOX}.accounts", f"{SANDBOX}.jail"}),
            (f"{SANDBOX}.jail", {f"{SANDBOX}.kernel", f"{SANDBOX}.seccomp"}),
            ("autograder.errors", set()),
            ("autograder.text", set()),
        ],
    )
    def test_the_low_rooms_import_no_more_than_this(self, module: str, allowed: set[str]) -> None:
        assert ours(module) <= allowed

    def test_the_sandbox_knows_nothing_of_grading_or_courses(self) -> None:
        outside = {
            name
            for path in (PACKAGE / "sandbox").glob("[!_]*.py")
            for name in ours(module_of(path))
            if not name.startswith(SANDBOX)
        }
        assert outside <= {"autograder.errors", "autograder.text"}

    def test_what_runs_in_the_jail_loads_no_trusted_module(self) -> None:
        """All that `starting` and `warm` import, followed to the end."""
        seen: set[str] = set()
        todo = {f"{SANDBOX}.starting"}
        while todo:
            module = todo.pop()
            seen.add(module)
            todo |= ours(module) - seen
        inside = (
            "starting warm jail kernel seccomp accounts overseer arrays frames oddities wire "
            "worker guard shell"
        )
        assert seen == {f"{SANDBOX}.{name}" for name in inside.split()}

    @pytest.mark.parametrize(
        ("name", "homes"),
        [
            ("autograder.cli", "autograder.cli"),
            ("click", "autograder.cli"),
            ("nbformat", "autograder.notebook"),
            ("dask", "autograder.cluster"),
            ("distributed", "autograder.cluster"),
            ("IPython", f"{SANDBOX}.shell"),
        ],
    )
    def test_a_library_has_one_home(self, name: str, homes: str) -> None:
        found = importers(name)
        assert all(module == homes or module.startswith(homes + ".") for module in found), found

    def test_the_homes_are_lived_in(self) -> None:
        """So that a misspelt name above cannot pass for a rule that holds."""
        assert all(importers(name) for name in ("click", "nbformat", "IPython", "autograder.cli"))

    def test_every_file_stays_short(self) -> None:
        long = {path.name for path in (PACKAGE / "sandbox").glob("*.py") if lines(path) >= 300}
        assert long == set()


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


EVALUATORS = "eval exec compile __import__ exec_module loads_pickle".split()
UNPICKLERS = "pickle dill marshal cloudpickle shelve joblib copyreg".split()


class TestNothingIsEvaluated:
    @pytest.mark.parametrize("name", UNPICKLERS)
    def test_nothing_is_unpickled(self, name: str) -> None:
        assert importers(name) == set()

    def test_nothing_is_evaluated_or_compiled_and_run(self) -> None:
        found = {
            (module_of(path), called)
            for path in FILES
            for called in called_names(parsed(path))
            if called in EVALUATORS
        }
        assert found <= {("autograder.demo", "exec_module")}

    @pytest.mark.parametrize("name", ["yaml.load", "torch.load", "numpy.load", "np.load"])
    def test_nor_by_a_loader_that_unpickles(self, name: str) -> None:
        assert not [path for path in FILES if f"{name}(" in path.read_text()]

    def test_the_check_can_fail(self) -> None:
        tree = ast.parse("import builtins\ndef f():\n  from pickle import loads\n  eval('1')")
        assert "pickle.loads" in set(imported(tree))
        assert set(called_names(tree)) == {"eval"}
        assert "pickle" in sys.modules


def called_names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node.func.id
            elif isinstance(node.func, ast.Attribute) and node.func.attr != "compile":
                yield node.func.attr
