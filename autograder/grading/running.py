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
from functools import lru_cache
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

_HOOKS = ("protocol", "setup", "call", "teardown", "makereport")
_MARKS = ("skip", "skipif", "xfail")
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
    return _phases(item, following, fixtures if _has_no_others(item, frozenset(fixtures)) else {})


def _phases(item: Any, following: pytest.Item | None, fixtures: Fixtures) -> list[Phase]:
    state = item.session._setupstate
    if not item._request:
        item._initrequest()
    try:
        phases = [Phase("setup", _raised(_set_up, item, fixtures))]
        if phases[0].error is None:
            phases.append(Phase("call", _raised(item.runtest)))
        return [*phases, Phase("teardown", _raised(state.teardown_exact, following))]
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
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    return set(item.fixturenames) <= names | {"request"} | set(parameters)


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
    return marked or not isinstance(item, pytest.Function) or _has_strange_hooks(item.config)


@lru_cache(maxsize=8)
def _has_strange_hooks(config: pytest.Config) -> bool:
    """Whether anybody but pytest and we do something around a test."""
    hooks = [getattr(config.hook, f"pytest_runtest_{name}") for name in _HOOKS]
    hooks += [config.hook.pytest_pyfunc_call, config.hook.pytest_fixture_setup]
    plugins = (implementation.plugin for hook in hooks for implementation in hook.get_hookimpls())
    return not all(_module_of(plugin).startswith(_OWN) for plugin in plugins)


def _module_of(plugin: Any) -> str:
    return str(getattr(plugin, "__name__", None) or sys.modules[type(plugin).__module__].__name__)
