"""`dl30 quiz`: practice by itself, and the commands around it."""

from __future__ import annotations

import click

from autograder.cli.commands import Commands

_MOCK, _ONE, _LOG, _DECKS, _FILES = (
    f"autograder.cli.quiz_{name}" for name in ("mock", "one", "log", "decks", "files")
)
_PRACTISE = "practise"
COMMANDS = {
    "mock": (_MOCK, "A timed mock interview, with a transcript."),
    "stats": (_LOG, "Recall by topic, calibration, streak, and what next."),
    "due": (_LOG, "What waits today."),
    "show": (_ONE, "Show a question."),
    "answer": (_ONE, "Answer a question without a session."),
    "queue": (_LOG, "Put the questions of exercises first."),
    "log": (_LOG, "Show the reviews."),
    "merge": (_LOG, "Take in the reviews of another machine."),
    "list": (_DECKS, "List the decks, or the questions of one."),
    "lint": (_DECKS, "Prove the decks."),
    "schema": (_DECKS, "Print the JSON Schema of a question's metadata."),
    "export": (_FILES, "Write decks for Anki, Moodle (GIFT) or jupyterquiz."),
    "import": (_FILES, "Make a deck of your own from a GIFT, jupyterquiz or Markdown file."),
}


class Quiz(Commands):
    """A group that practises unless its first word is one of its commands."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.table and args[0] not in ("-h", "--help")):
            args = [_PRACTISE, *args]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[:1] == [_PRACTISE]:
            return None, self._practise(), args[1:]
        return super().resolve_command(ctx, args)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return ["[DAY] [OPTIONS]", "|", "COMMAND [ARGS]..."]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self._practise().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    @staticmethod
    def _practise() -> click.Command:
        from autograder.cli.quiz_ask import practise

        return practise


@click.group(cls=Quiz, table=COMMANDS)
def command() -> None:
    """Practise the interview questions: what is due, then new ones, for some minutes.

    DAY is 14, day14, day14_convolution or papers. Every answer is kept at once in a log of your
    own, so that a session can be left and taken up at any moment. In a pipe, each prompt reads a
    line.

    Exit codes: 0 done, 1 less right than --fail-under, 2 wrong usage, 3 a deck or the log is at
    fault, 4 input was needed and there was none. A wrong answer is no error.
    """
