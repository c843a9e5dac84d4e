"""Figures as one self-contained HTML page: no network, and nobody's text is markup."""

from __future__ import annotations

import base64
import datetime
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from autograder.errors import UsageError
from autograder.grading.records import write_atomically
from autograder.report import charts
from autograder.report.day import DayFigures
from autograder.report.likeness.find import Likeness
from autograder.report.progress import CourseFigures
from autograder.report.wording import duration, percent, points, stuck
from autograder.text import plural

TEMPLATES = Path(__file__).with_name("templates")
LONGEST = 1000  # characters of anybody's text
MARK = b'<meta name="generator" content="dl30 report">'


def day_page(figures: DayFigures, likeness: Likeness, fault: str, now: datetime.datetime) -> bytes:
    """The page of a day. `fault` says why the gradebook was not read, `now` when this is made."""
    return _render("day.html", day=figures, likeness=likeness, fault=fault, now=now)


def course_page(figures: CourseFigures, fault: str, now: datetime.datetime) -> bytes:
    return _render("course.html", course=figures, fault=fault, now=now)


def write(path: Path, page: bytes) -> None:
    """Put the page there, in place of an older one. UsageError where something else stands."""
    if path.is_dir():
        raise UsageError("this is a folder", where=path, todo="name a file")
    if path.exists() and MARK not in path.read_bytes()[:1000]:
        what = "this is no report of ours, and is not written over"
        raise UsageError(what, where=path, todo="name another file")
    write_atomically(path, page)


def _render(template: str, **values: Any) -> bytes:
    text = _environment().get_template(template).render(**values)
    return text.encode("utf-8", "replace")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style, script = ((TEMPLATES / name).read_text() for name in ("style.css", "sort.js"))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    made.globals.update(
        style=Markup(style), script=Markup(script), script_digest=digest, charts=charts
    )
    made.filters.update(
        percent=percent, points=points, duration=duration, plural=plural, stuck=stuck
    )
    return made


def _shown(value: Any) -> Any:
    """Characters that are not seen, or turn the writing round, by their number; nothing endless."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    text = value if len(value) <= LONGEST else value[:LONGEST] + "…"
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or char in "\n\t" else f"\\u{ord(char):04x}" for char in text
    )
