"""`dl30 hint`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.quiz_common import Places, data_option
from autograder.errors import UsageError

if TYPE_CHECKING:
    from autograder.check.hints import Hint


@click.command("hint")
@click.argument("words", metavar="[DAY] EXERCISE", nargs=-1)
@click.option("--again", is_flag=True, help="Show those that were shown before, and no new one.")
@data_option
def command(words: tuple[str, ...], again: bool, places: Places) -> None:
    """Show the next hint for an exercise, one at a time.

    They are the folded hints of the notebook in this folder or one level below. EXERCISE is the
    exercise or one of its functions. DAY may be left out where only one day's notebook is there.
    """
    from autograder.check.hints import exercise_named, open_notebook
    from autograder.check.state import StateFile

    day, exercise = _asked(words)
    path = _notebook(day)
    given, hints, names = open_notebook(path)
    chosen = exercise_named(exercise, names, given)
    found = hints[chosen]
    if not found:
        click.echo(f"{chosen} has no hints in {path}")
        return
    state = StateFile(places.data)
    with state.changing() as kept:
        seen = min(kept.day(given.day).hints.get(chosen, 0), len(found))
        if not again:
            kept.day(given.day).hints[chosen] = min(seen + 1, len(found))
    for notice in state.notices:
        click.echo(f"dl30: {notice}", err=True)
    _show(chosen, found, seen, again)


def _asked(words: tuple[str, ...]) -> tuple[str | None, str]:
    if len(words) == 1:
        return None, words[0]
    if len(words) == 2:
        return words[0], words[1]
    raise UsageError("which exercise?", todo="dl30 hint [DAY] EXERCISE")


def _notebook(day: str | None) -> Path:
    from autograder.check.finding import choose, of_day, released_in

    here = Path.cwd()
    found = released_in(here) if day is None else of_day(here, day)
    days = sorted({one.day for one in found})
    if day is None and len(days) > 1:
        raise UsageError("of which day?", todo=f"there are {', '.join(days)}")
    return found[0].path if found else choose(here, None)


def _show(exercise: str, found: list[Hint], seen: int, again: bool) -> None:
    from autograder.cli.quiz_common import this_screen

    screen = this_screen()
    if again and not seen:
        click.echo(f"no hint for {exercise} was shown yet: leave out --again")
        return
    shown = found[:seen] if again else found[seen : seen + 1]
    for hint in shown:
        screen.say(f"{exercise} · {hint.title}", "bold")
        screen.say()
        screen.show(hint.text)
        screen.say()
    left = len(found) - max(seen, seen if again else seen + 1)
    if not shown:
        screen.say(f"all {len(found)} hints for {exercise} were shown: --again shows them", "dim")
    elif left > 0:
        screen.say(f"{left} more hint{'s' if left > 1 else ''} for {exercise}", "dim")
    else:
        screen.say(f"that was the last hint for {exercise}", "dim")
