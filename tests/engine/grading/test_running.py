"""Which hidden tests are run without pytest's fixtures, and that they end as with them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import pytest

pytestmark = pytest.mark.exercise("any")

@pytest.fixture
def own(): return 1

@pytest.fixture
def built(student): return student

@pytest.fixture(params=[1, 2])
def twice(request): return request.param

class TestSimple:
    def test_both(self, student, rng): assert (student, rng) == ("a student", "a generator")
    def test_nothing(self): pass
    @pytest.mark.parametrize(("n", "word"), [(1, "one"), (2, "two")])
    def test_parameters(self, student, n, word): assert len(word) == 3 and n and student
    def test_fails(self, student): assert student == "somebody else"

def test_function(rng): assert rng == "a generator"

class TestOthers:
    def test_own(self, own): pass
    def test_built(self, built): pass
    def test_request(self, request, student): pass
    def test_twice(self, twice): pass
    @pytest.mark.parametrize("own", [3], indirect=True)
    def test_indirect(self, own): pass
    @pytest.mark.usefixtures("own")
    def test_used(self, student): pass
    def test_folder(self, tmp_path): pass

class TestSetUp:
    def setup_method(self): self.x = 1
    def test_method(self): assert self.x

class TestAutomatic:
    @pytest.fixture(autouse=True)
    def before(self): self.x = 1
    def test_autouse(self): assert self.x
"""
PROGRAM = """
import json, sys, pytest
from autograder.grading import plugin, running
FIXTURES = {"student": lambda item: "a student", "rng": lambda item: "a generator"}

class Ours:
    __name__ = "autograder.tests"
    pytest_runtest_makereport = staticmethod(plugin.pytest_runtest_makereport)
    @pytest.fixture
    def student(self, request): return FIXTURES["student"](request.node)
    @pytest.fixture
    def rng(self): return "a generator"
    def pytest_runtestloop(self, session):
        found, names = {}, frozenset(FIXTURES)
        for item, following in zip(session.items, [*session.items[1:], None]):
            simple = running._needs_nothing_else(item, names)
            ways = [running.phases_of(item, following, FIXTURES)]
            if simple:
                for name in ("_instance", "_obj"): vars(item).pop(name, None)
                ways.append(running._phases(item, following, FIXTURES))
            told = [[[phase.when, type(phase.error).__name__] for phase in way] for way in ways]
            found[item.name] = [simple, *told]
        print(json.dumps(found))
        return True

pytest.main(["-q", "-q", "-s", "-p", "no:cacheprovider", sys.argv[1]], plugins=[Ours()])
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[object]]:
    """By test: whether it is simple, its phases, and where it is those that pytest makes of it."""
    path: Path = tmp_path_factory.mktemp("running") / "test_ways.py"
    path.write_text(TESTS)
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},  # as grading processes have it
    )
    told: dict[str, list[object]] = json.loads(ran.stdout.splitlines()[0])
    return told


SIMPLE = "both nothing parameters[1-one] parameters[2-two] fails function".split()
OTHERS = "own built request twice[1] twice[2] indirect[3] used folder method autouse".split()


def test_who_is_simple(found: dict[str, list[object]]) -> None:
    assert {name.removeprefix("test_"): told[0] for name, told in found.items()} == (
        dict.fromkeys(SIMPLE, True) | dict.fromkeys(OTHERS, False)
    )


@pytest.mark.parametrize("name", [*SIMPLE, *OTHERS])
def test_it_ends_as_with_pytest(found: dict[str, list[object]], name: str) -> None:
    error = "AssertionError" if name == "fails" else "NoneType"
    phases = [["setup", "NoneType"], ["call", error], ["teardown", "NoneType"]]
    simple, *ways = found[f"test_{name}"]
    assert ways == [phases] * (2 if simple else 1)
