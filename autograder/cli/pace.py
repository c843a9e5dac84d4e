"""How fast something goes, and how long it will take, in words."""

from __future__ import annotations

import time

SECONDS_BETWEEN = 10.0


class Pace:
    """Counts from its making. `now` is a clock in seconds, for tests."""

    def __init__(self, now: float | None = None) -> None:
        self._began = self._last = time.monotonic() if now is None else now

    def is_time(self, now: float | None = None) -> bool:
        """Whether the last time that this was so is a while ago."""
        now = time.monotonic() if now is None else now
        if now - self._last < SECONDS_BETWEEN:
            return False
        self._last = now
        return True

    def rate(self, done: int, now: float | None = None) -> str:
        passed = max((time.monotonic() if now is None else now) - self._began, 1e-3)
        return f"{done / passed:.1f} a second" if done >= passed else f"{passed / done:.1f} s each"

    def words(self, done: int, total: int, now: float | None = None) -> str:
        """Of `done` of `total`, at least one."""
        now = time.monotonic() if now is None else now
        left = (total - done) * (now - self._began) / done
        return f"{done} of {total}, {self.rate(done, now)}, about {_duration(left)} left"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"
