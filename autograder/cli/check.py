"""`dl30 check`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.quiz_common import Places, data_option, json_option
from autograder.errors import MachineError

if TYPE_CHECKING:
    from autograder.check.client import Warm
    from autograder.check.report import Checker, Report
    from autograder.check.state import StateFile


@click.command("check")
@click.argument("notebook", required=False)
@click.option("--watch", is_flag=True, help="Stay, and check again at every save; Ctrl-C ends it.")
@json_option
@data_option
def command(notebook: str | None, watch: bool, as_json: bool, places: Places) -> None:
    """Run the visible checks of a released notebook as the grader would run it.

    NOTEBOOK is a file, its folder, or a day such as 14; without it, the notebook of the course that
    was saved last in this folder or one level below. It needs no course and changes no notebook.

    Exit codes: 0 all visible checks pass, 1 some do not, 2 wrong usage, 3 this machine cannot.
    """
    if not hasattr(os, "fork"):
        todo = "on Windows, use WSL"
        raise MachineError("checking notebooks needs Linux or macOS", todo=todo)
    path = _path(notebook)
    from autograder.check.client import Warm

    warm = Warm()  # it gets ready while the rest is imported
    try:
        all_pass = _check(path, warm, places, watch, as_json)
    finally:
        warm.close()
    raise click.exceptions.Exit(0 if all_pass else 1)


def _path(asked: str | None) -> Path:
    """The notebook, from where the command was started if it lies below."""
    from autograder.check.finding import choose

    here = Path.cwd()
    path = choose(here, asked)
    return path.relative_to(here) if path.is_relative_to(here) else path


def _check(path: Path, warm: Warm, places: Places, watch: bool, as_json: bool) -> bool:
    """Whether all visible checks pass; a watch that was ended has done all that it should."""
    from autograder.check.report import Checker
    from autograder.check.state import StateFile

    state = StateFile(places.data)
    screen = _Screen(state, as_json, watching=watch)
    checker = Checker(warm, state, waiting=screen.waiting)
    if watch:
        _watch(path, checker, screen)
        return True
    report = checker.check(path)
    assert report is not None
    screen.show(report)
    return report.all_pass


def _watch(path: Path, checker: Checker, screen: _Screen) -> None:
    from autograder.check.watch import Watch

    try:
        screen.say(f"watching {path}: save it in JupyterLab; Ctrl-C ends this")
        Watch(path, checker, screen.show, screen.say).run()
    except KeyboardInterrupt:
        screen.say("stopped watching; nothing is left running")


class _Screen:
    """Where reports go: redrawn in place on a terminal, one below the other in a pipe."""

    def __init__(self, state: StateFile, as_json: bool, *, watching: bool) -> None:
        from autograder.check.telling import Teller
        from autograder.quiz.screen import Screen, by_keys

        self._state = state
        self._json = as_json
        self._watching = watching
        self._terminal = by_keys() and not as_json
        there = Screen.here(click.getchar, lambda text: None)
        self._teller = Teller(width=there.width, colour=there.colour)

    def show(self, report: Report) -> None:
        if self._json:
            click.echo(self._as_json(report))
        else:
            lines = self._teller.lines(report)
            if self._terminal:
                click.echo("\x1b[H\x1b[2J" if self._watching else "\r\x1b[K", nl=False)
            click.echo("\n".join([*lines, ""] if self._watching else lines))
        while self._state.notices:
            click.echo(f"dl30: {self._state.notices.pop(0)}", err=True)

    def _as_json(self, report: Report) -> str:
        """Whole for one check, a line each while watching."""
        import msgspec

        raw = msgspec.json.encode(report)
        return (raw if self._watching else msgspec.json.format(raw)).decode()

    def waiting(self, names: list[str]) -> None:
        """What a run waits for, in a line that the report takes the place of."""
        if self._terminal:
            what = f"still running: {', '.join(names)}" if names else "still running the cells"
            click.echo(f"\r\x1b[K{what[: self._teller.width]}", nl=False)

    def say(self, line: str) -> None:
        """About the watching itself; with --json it is no part of the output."""
        click.echo(line, err=self._json)
