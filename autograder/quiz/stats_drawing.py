"""Statistics drawn with characters: bars and blocks, every one with its number beside it."""

from __future__ import annotations

import io
from typing import Any

from autograder.quiz.stats import CLAIMED, Stats, Topic

BLOCKS = " ▁▂▃▄▅▆▇█"
BAR = 10
_LEVELS = {1: "a guess", 2: "unsure", 3: "fairly sure", 4: "sure"}


def draw(stats: Stats, *, colour: bool) -> str:
    """The whole page. Wide tables lose their bars where the terminal is narrow."""
    from rich.console import Console
    from rich.table import Table

    out = io.StringIO()
    console = Console(file=out, force_terminal=colour, no_color=not colour, highlight=False)
    if not stats.reviews:
        console.print("There are no reviews yet. `dl30 quiz` begins.")
        return out.getvalue().rstrip()
    narrow = console.width < 70
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("topic", overflow="fold")
    for name in ("seen", "right", "recall now", *(() if narrow else ("", "confidence"))):
        table.add_column(name, justify="right" if name != "" else "left", no_wrap=True)
    for topic in stats.topics:
        table.add_row(*_row(topic, narrow=narrow))
    console.print(table)
    _calibration(console, stats, Table)
    for line in _lines(stats):
        console.print(line)
    return out.getvalue().rstrip()


def bar(share: float | None) -> str:
    full = round(BAR * (share or 0))
    return "█" * full + "·" * (BAR - full)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"


def _row(topic: Topic, *, narrow: bool) -> list[str]:
    cells = [topic.name, f"{topic.seen}/{topic.questions}", _percent(topic.right)]
    cells.append(_percent(topic.recall_now))
    if narrow:
        return cells
    over = topic.overconfidence
    if over is None:
        said = ""
    elif abs(over) < 0.1:
        said = "fits"
    else:
        said = f"{abs(over):.0%} too {'high' if over > 0 else 'low'}"
    return [*cells, bar(topic.recall_now) if topic.reviews else "", said]


def _calibration(console: Any, stats: Stats, table_type: Any) -> None:
    if not stats.calibration:
        return
    table = table_type(box=None, pad_edge=False, header_style="bold", title_justify="left")
    for name in ("you said", "times", "claims", "right", ""):
        table.add_column(name, justify="left" if name in ("you said", "") else "right")
    for level, count, right in stats.calibration:
        claimed = f"{CLAIMED[level]:.0%}"
        table.add_row(_LEVELS[level], str(count), claimed, f"{right:.0%}", bar(right))
    console.print()
    console.print(table)


def _lines(stats: Stats) -> list[str]:
    lines = [""]
    most = max(stats.by_day)
    days = "".join(BLOCKS[-(-8 * count // most) if most else 0] for count in stats.by_day)
    word = "day" if stats.streak == 1 else "days"
    lines.append(f"Streak: {stats.streak} {word}. The last four weeks: |{days}|")
    if stats.by_self is not None and stats.by_probes is not None:
        own, probes = f"{stats.by_self:.0%}", f"{stats.by_probes:.0%}"
        lines.append(f"Answers in words: self {own}, probes on the same ideas {probes}.")
        if stats.by_self - stats.by_probes > 0.2:
            lines.append("You mark yourself more kindly than the probes do.")
    plan = stats.plan
    lines.append("")
    lines.append(f"Next: {len(plan.due)} due, {len(plan.new)} new.")
    if stats.weakest:
        weak = ", ".join(f"{topic.name} ({_percent(topic.right)})" for topic in stats.weakest)
        lines.append(f"Weakest: {weak}.")
    if stats.exercises:
        lines.append(f"To redo: {', '.join(stats.exercises)}.")
    if plan.days_left is not None:
        lines.append(
            f"Interview in {plan.days_left} days: today {plan.due_today} due and "
            f"{plan.new_today} new; expected to be remembered then: {_percent(plan.ready)}."
        )
    return lines
