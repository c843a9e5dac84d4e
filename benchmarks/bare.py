"""A submission in a bare process of its own: its cells are run and the hidden tests call its
functions, with no boundary, no pytest and no record between. What grading costs beyond this is
dl30's own. The process is forked from one that has done all this once, so that everything is
imported; fork and end do not count. The notebook has to be a right one: each test must pass.

    python benchmarks/bare.py DAY NOTEBOOK

The first line of JSON says whether torch was needed; for each line on standard input another one
has the processor seconds of the cells and of the tests, in a fresh fork.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import inspect
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np

from autograder.course import Course
from autograder.grading.judge import seed_for
from autograder.grading.kit import Kit
from autograder.sandbox.proxy import CallFailed, Handle
from autograder.sandbox.worker import _OPERATORS


class Direct:
    """What a hidden test calls `student`: the functions themselves, in this process. An object that
    would stay on the student's side is handed out as there, as a handle."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names
        self._objects: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        return _Function(self, self._names[name])

    def _call(
        self, target: list[str], label: str, args: Sequence[Any], kwargs: dict[str, Any], **_: Any
    ) -> tuple[Any, list[str], int]:
        """An operator on handles, as `proxy.Handle` asks for it."""
        function = _OPERATORS[target[1]]
        return self.out(function, args, kwargs), [], 1

    def out(self, function: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        try:
            given = {key: self._back(value) for key, value in kwargs.items()}
            return self._shown(function(*map(self._back, args), **given))
        except Exception as error:
            raise CallFailed(str(error), [base.__name__ for base in type(error).__mro__]) from error

    def _back(self, value: Any) -> Any:
        return self._objects[value._number] if isinstance(value, Handle) else value

    def _shown(self, value: Any) -> Any:
        kind = type(value)
        if kind in (list, tuple):
            return kind(map(self._shown, value))
        if isinstance(value, dict):
            return {key: self._shown(part) for key, part in value.items()}
        if value is None or isinstance(value, _BY_VALUE) or kind.__module__ == "torch":
            return value
        if kind.__name__ == "Parameter":
            return value.detach()
        self._objects.append(value)
        return Handle(self, len(self._objects) - 1, kind.__name__, 0)


_BY_VALUE = (bool, int, float, complex, str, bytes, set, frozenset, slice, np.ndarray, np.generic)


class _Function:
    def __init__(self, direct: Direct, function: Any) -> None:
        self._direct = direct
        self._function = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._direct.out(self._function, args, kwargs)

    unchanged = __call__

    @property
    def value(self) -> Any:
        return self._function

    def count_lines(self, *args: Any, **kwargs: Any) -> tuple[Any, int]:
        return self(*args, **kwargs), 1

    def raises(self, kind: type[Exception], *args: Any, **kwargs: Any) -> None:
        with suppress(CallFailed):
            self(*args, **kwargs)


def tests_of(day: Any) -> list[tuple[str, Any, dict[str, Any]]]:
    """Name, function and fixed arguments of each hidden test, parameters spread out."""
    spec = importlib.util.spec_from_file_location(day.hidden_tests.stem, day.hidden_tests)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    found = []
    for _, kind in inspect.getmembers(module, inspect.isclass):
        for name, method in inspect.getmembers(kind, inspect.isfunction):
            if name.startswith("test_"):
                found += [
                    (f"{kind.__name__}::{name}{given or ''}", (kind, name), given)
                    for given in _parameters(method)
                ]
    return found


def _parameters(method: Any) -> Iterator[dict[str, Any]]:
    marks = [mark for mark in getattr(method, "pytestmark", []) if mark.name == "parametrize"]
    if not marks:
        yield {}
        return
    (mark,) = marks
    names = [name.strip() for name in mark.args[0].split(",")]
    for value in mark.args[1]:
        values = value.values if hasattr(value, "values") else value
        yield dict(zip(names, values if len(names) > 1 else [values], strict=True))


def fixture(kind: Any, name: str) -> Any:
    """A fixture of the file's own, as a plain function."""
    made = getattr(sys.modules[kind.__module__], name, None) or getattr(kind, name)
    return getattr(made, "_get_wrapped_function", lambda: made)()


def run(cells: list[Any], tests: list[Any]) -> tuple[float, float]:
    """Processor seconds of the cells and of the tests."""
    begin = time.process_time()
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in cells:
        with suppress(Exception):
            exec(compile(cell.source, f"<cell {cell.number}>", "exec"), names)
    middle = time.process_time()
    student = Direct(names)
    for name, (kind, method), given in tests:
        arguments = {"student": student, "rng": np.random.default_rng(seed_for(1, name))}
        wanted = inspect.signature(getattr(kind, method)).parameters
        chosen = {key: value for key, value in (arguments | given).items() if key in wanted}
        for extra in set(wanted) - set(chosen) - {"self"}:
            chosen[extra] = fixture(kind, extra)()
        getattr(kind(), method)(**chosen)
    return middle - begin, time.process_time() - middle


def in_a_process(cells: list[Any], tests: list[Any]) -> list[float]:
    mine, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        with redirect_stdout(StringIO()):
            spent = run(cells, tests)
        os.write(theirs, json.dumps(spent).encode())
        os._exit(0)
    os.close(theirs)
    with os.fdopen(mine) as told:
        found: list[float] = json.loads(told.read())
    os.waitpid(child, 0)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("day")
    parser.add_argument("notebook", type=Path)
    asked = parser.parse_args()
    course = Course.find(Path.cwd())
    sys.path.insert(0, str(course.root))
    day = course.day(asked.day)
    cells = Kit(course, day).prepare(asked.notebook).cells
    importlib.import_module("matplotlib.pyplot")
    tests = tests_of(day)
    with redirect_stdout(StringIO()):
        run(list(cells), tests)
    gc.collect()
    gc.freeze()
    print(json.dumps({"torch": "torch" in sys.modules}), flush=True)
    for _ in sys.stdin:
        print(json.dumps(in_a_process(list(cells), tests)), flush=True)


if __name__ == "__main__":
    main()
