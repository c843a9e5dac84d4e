"""A deterrent inside the jail: names that an exercise forbids raise when they are reached.

The check of the source names the line before anything runs (`grading.rules`); this one backs it
while a guarded call runs, whatever alias or string led there. Code in the same process can switch
it off; it keeps honest people honest, and the jail is the boundary.
"""

from __future__ import annotations

import contextlib
import functools
import sys
import threading
import types
from collections.abc import Callable, Iterator
from typing import Any


class ForbiddenError(Exception):
    """A call reached a function that the exercise does not allow."""


def forbid(names: list[str]) -> contextlib.AbstractContextManager[object]:
    """While open, a call of any of the dotted `names` (functions, classes or whole modules) raises.

    The names themselves are replaced; calls by other names are watched, where Python code makes
    them, and in torch also where compiled code does. What was caught raises once more at the end,
    for a caller that swallows it; so does a watch that was taken off. Where none of the packages is
    there yet, all this begins when one is imported: to be watched takes a call several times as
    long.
    """
    if not names:
        return _FREE
    gate = _gate_for(tuple(names))
    for package in gate.packages:
        if package in sys.modules:
            return _watching(names)
    return _Gate(names) if gate.is_open else gate


_FREE: contextlib.nullcontext[None] = contextlib.nullcontext()


class _Gate:
    """Stands first among those who find modules, finds none, and begins to watch."""

    def __init__(self, names: list[str]) -> None:
        self.packages = frozenset(name.partition(".")[0] for name in names)
        self.is_open = False
        self._names = names
        self._watch: contextlib.AbstractContextManager[None] | None = None

    def __enter__(self) -> None:
        self.is_open = True
        sys.meta_path.insert(0, self)

    def __exit__(self, *raised: Any) -> bool | None:
        self.is_open = False
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        watch, self._watch = self._watch, None
        return watch.__exit__(*raised) if watch else None

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name in self.packages and self._watch is None:
            self._watch = _watching(self._names)
            self._watch.__enter__()


@functools.cache
def _gate_for(names: tuple[str, ...]) -> _Gate:
    return _Gate(list(names))


@contextlib.contextmanager
def _watching(names: list[str]) -> Iterator[None]:
    watch = _Watch(names)
    see = watch.see
    doors = list(_doors(names))
    for owner, name, function in doors:
        setattr(owner, name, watch.in_place_of(function, owner.__name__, name))
    threading.setprofile(see)
    outer = sys.getprofile()  # of a call that led, by a function of the test, to this one
    try:
        with _operators(watch):
            sys.setprofile(see)
            try:
                yield
            finally:
                # The interpreter takes it off where recursion is too deep; then there is no result.
                taken_off, failed = sys.getprofile() is not see, sys.exc_info()[1] is not None
                sys.setprofile(None)
        if taken_off and not failed:
            watch.caught = watch.caught or "taking off the watch is not allowed in this exercise"
    finally:
        threading.setprofile(outer)
        for owner, name, function in doors:
            setattr(owner, name, function)
        sys.setprofile(outer)
        if watch.caught and not isinstance(sys.exc_info()[1], ForbiddenError):
            raise ForbiddenError(watch.caught)


def _doors(names: list[str]) -> Iterator[tuple[types.ModuleType, str, Callable[..., Any]]]:
    """Module, name and function of those `names` that are functions."""
    for dotted in dict.fromkeys(names):
        module, _, name = dotted.rpartition(".")
        owner = sys.modules.get(module)
        function = getattr(owner, name, None)
        if owner is not None and callable(function) and not isinstance(function, type):
            yield owner, name, function


def _operators(watch: _Watch) -> contextlib.AbstractContextManager[object]:
    """While open, torch's own operators are watched where torch hands them out, in this thread."""
    if "torch" not in sys.modules or not watch.knows("torch"):
        return contextlib.nullcontext()
    return _mode()(watch)  # type: ignore[no-any-return]


@functools.cache
def _mode() -> Any:
    from torch.utils._python_dispatch import TorchDispatchMode

    class Mode(TorchDispatchMode):  # type: ignore[misc]
        def __init__(self, watch: _Watch) -> None:
            super().__init__()
            self._watch = watch

        @classmethod
        def _should_skip_dynamo(cls) -> bool:
            """Torch's compiler, which takes seconds to import, has nothing to do with this."""
            return False

        def __torch_dispatch__(
            self, operator: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            profile = sys.getprofile()
            sys.setprofile(None)  # it has nothing to find between here and torch's own operators
            try:
                self._watch.check("torch", operator.overloadpacket.__name__)
                if operator.namespace not in _TORCHS_OWN:
                    sys.setprofile(profile)
                return operator(*args, **(kwargs or {}))
            finally:
                sys.setprofile(profile)

    return Mode


_TORCHS_OWN = ("aten", "prim", "prims")  # what others add may be Python, and lead anywhere


# What was found out about module and name in earlier calls, by the names that are forbidden.
_KNOWN: dict[tuple[str, ...], dict[tuple[str, str], bool]] = {}


class _Watch:
    """A profile function that raises where a forbidden name is called.

    One function has many doors (torch.conv2d, torch.nn.functional.conv2d, torch.ops.aten.conv2d):
    so the package and the last name decide.
    """

    def __init__(self, names: list[str]) -> None:
        self.caught = ""
        self._names = set(names)
        self._last = {(name.split(".")[0], name.split(".")[-1]) for name in names}
        self._known = _KNOWN.setdefault(tuple(names), {})
        self.see = self._profile()

    def _profile(self) -> Callable[[types.FrameType, str, Any], None]:
        """For sys.setprofile; a plain function, which the interpreter calls in less time."""
        known = self._known
        free = known.get
        check = self.check

        def see(frame: types.FrameType, event: str, arg: Any) -> None:
            if event == "call":
                code = frame.f_code
                owner: Any = frame.f_globals.get("__name__")
                key = owner, code.co_qualname
                if code.co_name == "__call__":  # which of torch's operators it is, decides
                    check(owner, *_names_of(frame))
                elif free(key) is not False:
                    check(owner, *_names_of(frame))
                    known[key] = False
            elif event == "c_call":
                owner = getattr(arg, "__module__", None) or type(arg.__self__).__module__
                if free((owner, arg.__name__)) is not False:
                    check(owner, arg.__name__)

        return see

    def knows(self, package: str) -> bool:
        """Whether anything of the package is forbidden."""
        return any(first == package for first, _ in self._last)

    def in_place_of(self, function: Callable[..., Any], module: str, name: str) -> Any:
        @functools.wraps(function)
        def forbidden(*args: object, **kwargs: object) -> None:
            self._raise(module, name)

        return forbidden

    def check(self, module: object, *names: str) -> None:
        for name in names:
            key = str(module), name
            if key not in self._known:
                self._known[key] = self._is_forbidden(*key)
            if self._known[key]:
                self._raise(*key)

    def _raise(self, module: str, name: str) -> None:
        self.caught = f"{name} of {module} is not allowed in this exercise"
        raise ForbiddenError(self.caught)

    def _is_forbidden(self, module: str, name: str) -> bool:
        parts = module.split(".")
        prefixes = {".".join(parts[:i]) for i in range(1, len(parts) + 1)}
        return (parts[0], name) in self._last or bool(prefixes & self._names)


def _names_of(frame: types.FrameType) -> tuple[str, ...]:
    """A function's name, that of its class, and what one of torch's operators is called."""
    code = frame.f_code
    if code.co_name == "__call__" and frame.f_globals.get("__name__") == "torch._ops":
        return tuple(str(frame.f_locals.get("self")).split(".")[1:2])
    return code.co_name, code.co_qualname.split(".")[0]
