"""Charts as inline SVG: numbers in, markup out. Every colour is a class of the page's style sheet,
and whatever a colour says stands there as text or shape too."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from autograder.report.day import Scores
from autograder.report.progress import DayRow
from autograder.text import plural

WIDTH, HEIGHT = 640, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 18, 36, 40


def histogram(scores: Scores) -> Markup:
    """How many have which score, with the median marked."""
    bins, most = scores.bins, max(max(scores.bins), 1)
    step = (WIDTH - _LEFT - _RIGHT) / len(bins)
    high = HEIGHT - _TOP - _BOTTOM
    parts = []
    for index, count in enumerate(bins):
        left, tall = _LEFT + index * step, high * count / most
        top = _TOP + high - tall
        title = f"{count} with {_range(scores, index)}"
        parts.append(
            f'<rect class="fill" x="{left + 2:.1f}" y="{top:.1f}" width="{step - 4:.1f}" '
            f'height="{max(tall, 0.5):.1f}"><title>{title}</title></rect>'
        )
        if count:
            parts.append(_text(left + step / 2, top - 4, f"{count}"))
    for index in range(len(bins) + 1):
        at = f"{index / len(bins):.0%}"
        parts.append(_text(_LEFT + index * step, HEIGHT - _BOTTOM + 16, at, "axis"))
    parts.append(_text(WIDTH / 2, HEIGHT - 4, f"share of the {scores.most:g} points", "axis"))
    parts.append(_median(scores))
    said = (
        f"Scores of {plural(scores.count, 'submission')}, from 0 to {scores.most:g}: "
        f"median {scores.median:.3g}, half of all between {scores.lower:.3g} and {scores.upper:.3g}"
    )
    return _svg(WIDTH, HEIGHT, said, parts)


def _range(scores: Scores, index: int) -> str:
    size = scores.most / len(scores.bins)
    last = index == len(scores.bins) - 1
    return f"{size * index:.3g} to {'' if last else 'under '}{size * (index + 1):.3g}"


def _median(scores: Scores) -> str:
    share = scores.median / scores.most if scores.most else 0.0
    at = _LEFT + share * (WIDTH - _LEFT - _RIGHT)
    anchor = "end" if share > 0.5 else "start"
    shift = -5 if share > 0.5 else 5
    return (
        f'<line class="mark" x1="{at:.1f}" x2="{at:.1f}" y1="2" y2="{HEIGHT - _BOTTOM}"/>'
        f'<text class="said" x="{at + shift:.1f}" y="13" text-anchor="{anchor}">'
        f"median {scores.median:.3g}</text>"
    )


def _text(x: float, y: float, text: str, kind: str = "count") -> str:
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{escape(text)}</text>'
    )


def _svg(width: int, height: int, said: str, parts: Sequence[str], kind: str = "chart") -> Markup:
    return Markup(
        f'<svg class="{kind}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(said)}">{"".join(parts)}</svg>'
    )


def sparkline(shares: Sequence[float | None]) -> Markup:
    """A student's share of the points, day by day; a cross where there is none."""
    places = [
        (4 + 10 * index, round(18 - 14 * share))
        for index, share in enumerate(shares)
        if share is not None
    ]
    line = " ".join(f"{x},{y}" for x, y in places)
    gaps = "".join(
        f"M{2 + 10 * index},15l5,5m0-5l-5,5" for index, share in enumerate(shares) if share is None
    )
    parts = [f'<polyline points="{line}"/>'] if places else []
    if places:
        parts.append(f'<circle class="dot" cx="{places[-1][0]}" cy="{places[-1][1]}" r="2"/>')
    if gaps:
        parts.append(f'<path class="gap" d="{gaps}"/>')
    said = " ".join("-" if share is None else f"{share:.0%}" for share in shares)
    return _svg(10 * max(len(shares), 2), 22, said, parts, "spark")


def progress_of(days: Sequence[DayRow]) -> Markup:
    """Lower quartile, median and upper quartile of the class's shares of the points, by day."""
    rows = [(f"day {day.number:02}", *_quartiles(day.scores)) for day in days if day.scores]
    step = (WIDTH - _LEFT - _RIGHT) / max(len(rows), 1)
    parts = [part for share in (0.0, 0.5, 1.0) for part in _level(share)]
    places = []
    for index, (name, lower, median, upper) in enumerate(rows):
        x = _LEFT + (index + 0.5) * step
        places.append((x, _height(median), f"{median:.0%}"))
        ends = f'y1="{_height(lower):.1f}" y2="{_height(upper):.1f}"'
        parts.append(f'<line class="range" x1="{x:.1f}" x2="{x:.1f}" {ends}/>')
        # Thirty names would run into each other.
        if index % (1 + len(rows) // 9) == 0:
            parts.append(_text(x, HEIGHT - _BOTTOM + 16, name, "axis"))
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in places)
    parts.append(f'<polyline points="{line}"/>')
    for x, y, said in places:
        parts.append(f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="4"/>')
        if len(rows) <= 9:
            parts.append(_text(x, y - 9, said))
    told = ", ".join(f"{name} {median:.0%}" for name, _, median, _ in rows)
    return _svg(WIDTH, HEIGHT, f"Median share of the points: {told}", parts)


def _quartiles(scores: Scores) -> tuple[float, float, float]:
    """As shares of the points."""
    most = scores.most or 1.0
    return scores.lower / most, scores.median / most, scores.upper / most


def _height(share: float) -> float:
    return _TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - share)


def _level(share: float) -> tuple[str, str]:
    """A line across the chart, and what it stands for."""
    y = _height(share)
    ends = f'x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"'
    return f'<line class="grid" {ends}/>', _text(_LEFT - 22, y + 4, f"{share:.0%}", "axis")
