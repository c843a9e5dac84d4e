"""One hidden test, run as pytest runs it, without what pytest does around it for people.

pytest asks every plugin before, during and after each of a test's three phases, and makes reports
to be printed: for tests that take a millisecond that is most of the time. Here are the same phases
with the same fixtures; whatever leaves anything to a plugin, a mark of pytest's own or a hook, is
left to pytest (`runtestprotocol`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

_HOOKS = ("protocol", "setup", "call", "teardown", "makereport")
_MARKS = ("skip", "skipif", "xfail")
_DIRECT = "get_direct_param_fixture_func"  # what pytest makes a parameter with
_OWN = ("_pytest.", "pluggy", "autograder.")


@dataclass(frozen=True)
class Phase:
    """How a phase of a test ended: `when` is setup, call or teardown, `error` what it raised."""

    when: str
    error: BaseException | None


Fixtures = Mapping[str, Callable[[pytest.Item], Any]]


def phases_of(item: pytest.Item, following: pytest.Item | None, fixtures: Fixtures) -> list[Phase]:
    """Run the test; its phases in order, `call` only where `setup` went well.

    `fixtures` make by themselves what pytest would have asked fixtures of these names for; they
    are used where a test has no others, which might build on them. As with pytest,
    KeyboardInterrupt and `pytest.exit` end it all.
    """
    if _is_left_to_pytest(item):
        reports = runtestprotocol(item, log=False, nextitem=following)
        return [Phase(report.when or "", _error_of(report)) for report in reports]
    names = frozenset(fixtures)
    if _needs_nothing_else(item, names):
        return _simple_phases(item, following, fixtures)
    return _phases(item, following, fixtures if _has_no_others(item, names) else {})


def _simple_phases(item: Any, following: pytest.Item | None, fixtures: Fixtures) -> list[Phase]:
    """Where all that the test asks for is at hand, pytest has nothing to make and to take down."""
    return _in_turn(item, following, partial(_hand_over, item, fixtures), partial(_call, item))


def _hand_over(item: Any, fixtures: Fixtures) -> None:
    made = {name: fixtures[name](item) for name in item.fixturenames if name in fixtures}
    item.funcargs = {**_parameters(item), **made}


def _call(item: Any) -> None:
    result = item.obj(**{name: item.funcargs[name] for name in item._fixtureinfo.argnames})
    if hasattr(result, "__await__") or hasattr(result, "__aiter__"):
        raise RuntimeError("an async test, which nobody here waits for")


@lru_cache(maxsize=4096)
def _needs_nothing_else(item: Any, names: frozenset[str]) -> bool:
    """Whether every fixture is one of `names` or a plain parameter, and no node around the test has
    a setup of its own."""
    known = item._fixtureinfo.name2fixturedefs
    plain = {
        name
        for name in _parameters(item)
        if name not in names and [made.func.__name__ for made in known.get(name, ())] == [_DIRECT]
    }
    asked = {*item._fixtureinfo.initialnames, *item.fixturenames} - {"request"}
    around = [node for node in item.listchain() if node is not item]
    return (
        asked <= names | plain
        and "request" not in item._fixtureinfo.initialnames
        and all(type(node).setup is pytest.Collector.setup for node in around)
    )


def _phases(item: Any, following: pytest.Item | None, fixtures: Fixtures) -> list[Phase]:
    if not item._request:
        item._initrequest()
    return _in_turn(item, following, partial(_set_up, item, fixtures), item.runtest)


def _in_turn(
    item: Any,
    following: pytest.Item | None,
    set_up: Callable[[], object],
    call: Callable[[], object],
) -> list[Phase]:
    try:
        phases = [Phase("setup", _raised(set_up))]
        if phases[0].error is None:
            phases.append(Phase("call", _raised(call)))
        state = item.session._setupstate  # empty where nothing was set up
        left = _raised(state.teardown_exact, following) if state.stack else None
        return [*phases, Phase("teardown", left)]
    finally:
        item._request = False
        item.funcargs = None


def _set_up(item: Any, fixtures: Fixtures) -> None:
    for name in item.fixturenames if fixtures else ():
        if name in fixtures:
            item.funcargs[name] = fixtures[name](item)
    item.session._setupstate.setup(item)


@lru_cache(maxsize=4096)
def _has_no_others(item: Any, names: frozenset[str]) -> bool:
    return set(item.fixturenames) <= names | {"request"} | set(_parameters(item))


def _parameters(item: Any) -> Mapping[str, Any]:
    return item.callspec.params if hasattr(item, "callspec") else {}


def _raised(step: Any, *arguments: Any) -> BaseException | None:
    try:
        step(*arguments)
    except (KeyboardInterrupt, pytest.exit.Exception):
        raise
    except pytest.xfail.Exception as error:
        return RuntimeError(f"the test is marked xfail: {error.msg}")
    except BaseException as error:
        return error
    return None


def _error_of(report: pytest.TestReport) -> BaseException | None:
    """What `plugin.pytest_runtest_makereport` left on the report; without that it is no pass."""
    unknown = RuntimeError(f"pytest ended the test as {report.outcome}: {report.longrepr}")
    error: BaseException | None = getattr(report, "dl30_error", unknown)
    return error


@lru_cache(maxsize=4096)
def _is_left_to_pytest(item: pytest.Item) -> bool:
    marked = any(item.get_closest_marker(name) for name in _MARKS)
    if marked or not isinstance(item, pytest.Function) or _has_strange_hooks(item.config):
        return True
    # A fixture of pytest's own, such as tmp_path, may wait for what its hooks leave on the test.
    made = [one.func for known in item._fixtureinfo.name2fixturedefs.values() for one in known]
    return any(
        function.__module__.startswith("_pytest.") and function.__name__ != _DIRECT
        for function in made
    )


@lru_cache(maxsize=8)
def _has_strange_hooks(config: pytest.Config) -> bool:
    """Whether anybody but pytest and we do something around a test."""
    hooks = [getattr(config.hook, f"pytest_runtest_{name}") for name in _HOOKS]
    hooks += [config.hook.pytest_pyfunc_call, config.hook.pytest_fixture_setup]
    plugins = (implementation.plugin for hook in hooks for implementation in hook.get_hookimpls())
    return not all(_module_of(plugin).startswith(_OWN) for plugin in plugins)


def _module_of(plugin: Any) -> str:
    return str(getattr(plugin, "__name__", None) or sys.modules[type(plugin).__module__].__name__)
