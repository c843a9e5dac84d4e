"""Moments as people write them, in a time zone, and as nbgrader keeps them: naive, in UTC."""

from __future__ import annotations

import datetime
import zoneinfo

from autograder.errors import UsageError
from autograder.text import one_line

_SHAPE = "write it as 2026-12-01 23:59"


def zone(name: str | None) -> datetime.tzinfo | None:
    """The zone of this name; None stands for the machine's own."""
    if name is None:
        return None
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        shown = one_line(name, 60)
        todo = "one such as UTC or Europe/Berlin"
        raise UsageError(f'there is no time zone "{shown}"', todo=todo) from None


def parse(text: str, place: datetime.tzinfo | None) -> datetime.datetime:
    """A moment, in naive UTC, from date and time of day in `place`, or with an offset of its own.

    Where clocks are put back a time is there twice: the later one is taken. UsageError for a time
    that is left out when they are put forward, and for a date alone.
    """
    shown = one_line(text, 60)
    try:
        found = datetime.datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f'"{shown}" is no date and time', todo=_SHAPE) from None
    if len(text.strip()) <= len("2026-12-01"):
        raise UsageError(f'"{shown}" says no time of day', todo=_SHAPE)
    if found.tzinfo is None:
        found = found.replace(tzinfo=place, fold=1)
    try:
        utc = found.astimezone(datetime.UTC)
        back = utc.astimezone(place if found.tzinfo is place else found.tzinfo)
    except (OverflowError, ValueError):
        raise UsageError(f'"{shown}" is too far away', todo=_SHAPE) from None
    if back.replace(tzinfo=None, fold=0) != found.replace(tzinfo=None, fold=0):
        todo = "clocks are put forward then; take an hour earlier or later"
        raise UsageError(f"{shown} is no time there", todo=todo)
    return utc.replace(tzinfo=None)


def show(moment: datetime.datetime, place: datetime.tzinfo | None) -> str:
    """A moment in naive UTC as it is called in `place`, such as 2026-12-01 23:59 CET."""
    there = moment.replace(tzinfo=datetime.UTC).astimezone(place)
    seconds = there.strftime(":%S") if there.second else ""
    return f"{there:%Y-%m-%d %H:%M}{seconds} {there.tzname()}"


def length(time: datetime.timedelta) -> str:
    """A length of time in words, such as `2 days 3 h`."""
    minutes = round(abs(time.total_seconds()) / 60)
    days, hours = minutes // 1440, minutes % 1440 // 60
    words = [
        f"{days} day{'s' if days > 1 else ''}" if days else "",
        f"{hours} h" if hours else "",
        f"{minutes % 60} min" if minutes % 60 else "",
    ]
    return " ".join(filter(None, words)) or "0 min"


def stamp(moment: datetime.datetime) -> str:
    """A moment in naive UTC for a file."""
    return f"{moment:%Y-%m-%d %H:%M:%S}"
