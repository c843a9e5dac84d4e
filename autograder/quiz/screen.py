"""The terminal that a session talks to: keys where there are keys, lines where there are not.

Nothing here moves the cursor or erases: what was said stays said, in a pipe, in a log, and for a
screen reader. Colour never carries a meaning that words do not carry too.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

from autograder.quiz.rendering import BOLD, DIM, GREEN, RED, RESET, YELLOW, wrapped

_STYLES = {"bold": BOLD, "dim": DIM, "right": GREEN, "wrong": RED, "note": YELLOW}
WIDEST = 88


class EndOfInput(Exception):
    """Input was asked for and there is none any more."""


def by_keys() -> bool:
    """Whether single keys can be read: a terminal on both sides, and not a dumb one."""
    tty = sys.stdin.isatty() and sys.stdout.isatty()
    return tty and os.environ.get("TERM", "dumb") != "dumb"


def in_colour() -> bool:
    """Whether colour is wanted: https://no-color.org, and never on a dumb terminal or in a pipe."""
    return (
        sys.stdout.isatty()
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM", "dumb") != "dumb"
    )


def _columns() -> int:
    """The terminal's width: COLUMNS, or what it says itself, or 80."""
    given = os.environ.get("COLUMNS", "")
    if given.isdecimal() and int(given):
        return int(given)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


@dataclass
class Screen:
    """Speaks to stdout and listens to stdin.

    `getchar` reads one key without echo, `edit` gives a text to the learner's editor and returns
    what they made of it, or None.
    """

    keys: bool
    colour: bool
    width: int
    getchar: Callable[[], str]
    edit: Callable[[str], str | None]

    @classmethod
    def here(cls, getchar: Callable[[], str], edit: Callable[[str], str | None]) -> Screen:
        return cls(by_keys(), in_colour(), min(_columns(), WIDEST) - 1, getchar, edit)

    def say(self, text: str = "", style: str = "") -> None:
        """One line or several, wrapped; `style` is bold, dim, right, wrong or note."""
        lines = wrapped(text, self.width).rstrip("\n")
        if style and self.colour and lines:
            lines = f"{_STYLES[style]}{lines}{RESET}"
        print(lines, flush=True)

    def show(self, text: str, indent: str = "") -> None:
        """Markdown of a deck."""
        print(wrapped(text, self.width, indent=indent, colour=self.colour).rstrip("\n"), flush=True)

    def option(self, number: int, text: str) -> None:
        self.show(f"{number}. {text}", indent="  ")

    def key(self, prompt: str, allowed: str) -> str:
        """One of the characters of `allowed`; "" for Enter. Asks again until it is one.

        EndOfInput at the end of input, KeyboardInterrupt at Ctrl-C.
        """
        while True:
            typed = self._one_key(prompt) if self.keys else self.line(prompt).strip()[:1]
            if not typed or typed.lower() in allowed:
                return typed.lower()
            named = ", ".join(allowed)
            self.say(f"{typed!r} is none of {named}, or Enter", "note")

    def _last_line(self, prompt: str) -> str:
        """Says all lines of a prompt but the last, which is returned for the cursor to follow."""
        *lines, last = wrapped(prompt, self.width).rstrip("\n").split("\n")
        for line in lines:
            print(line)
        return f"{last} "

    def _one_key(self, prompt: str) -> str:
        print(self._last_line(prompt), end="", flush=True)
        try:
            typed = self.getchar()
        except EOFError:
            print()
            raise EndOfInput from None
        except KeyboardInterrupt:
            print()
            raise
        shown = typed if typed.isprintable() else ""
        print(shown, flush=True)
        if typed == "\x04":
            raise EndOfInput
        return "" if typed in "\r\n" else typed[:1] if typed.isprintable() else "�"

    def line(self, prompt: str) -> str:
        """A line without its end; EndOfInput if there is none."""
        if self.keys:
            import readline  # noqa: F401  (input() edits lines once it is there)
        try:
            return input(self._last_line(prompt))
        except EOFError:
            print()
            raise EndOfInput from None

    def long(self, commands: str) -> str:
        """Lines up to an empty one, or a command if the first line is one of `commands`.

        "e" opens an editor. What was written counts when the input ends; EndOfInput if there is
        nothing.
        """
        lines: list[str] = []
        while True:
            try:
                typed = self.line(">" if not lines else ".")
            except EndOfInput:
                if lines:
                    return "\n".join(lines)
                raise
            first = not lines
            if first and typed.strip().lower() == "e":
                text = self.edit("")
                if text and text.strip():
                    return text.strip()
                self.say("the editor gave back nothing", "note")
            elif first and len(typed.strip()) == 1 and typed.strip().lower() in commands:
                return typed.strip().lower()
            elif typed.strip():
                lines.append(typed.rstrip())
            elif lines:
                return "\n".join(lines)
