"""The command `dl30`. Commands are loaded when they are called, so that help is there at once."""

from __future__ import annotations

import difflib
import importlib
import io
import sys

import click

from autograder.errors import Dl30Error

_COMMANDS = {
    "days": ("autograder.cli.days", "List the course's days and what stands ready for each."),
    "release": ("autograder.cli.release", "Make the students' notebook of a day, or check it."),
    "grade": ("autograder.cli.grade", "Grade a day's submissions with its hidden tests."),
    "results": ("autograder.cli.results", "Show what grading found, without grading."),
    "audit": ("autograder.cli.audit", "Prove that the grading of a day, or of all, is right."),
    "new-day": ("autograder.cli.new_day", "Make the skeleton of a new day."),
    "demo": ("autograder.cli.demo", "Release, submit and grade a day in a scratch folder."),
}


class Commands(click.Group):
    """Knows its commands by name and one line, and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _ = _COMMANDS[cmd_name]
        command: click.Command = importlib.import_module(module).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in _COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], _COMMANDS, n=1)
            meant = f" Did you mean {near[0]!r}?" if near else f" There are {', '.join(_COMMANDS)}."
            raise click.UsageError(f"There is no command {args[0]!r}.{meant}", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="dl30", prog_name="dl30")
def cli() -> None:
    """A thirty-day deep-learning course that grades itself.

    DAY is 14, day14 or day14_convolution. The course is the folder with nbgrader_config.py at or
    above the working directory, or the one that --course names.

    Exit codes: 0 done, 1 some submissions were broken or unreadable, 2 wrong usage, 3 the course or
    the machine is at fault.
    """


def _show_every_character() -> None:
    """A name that the terminal's encoding lacks is shown escaped, and ends nothing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def main() -> None:
    """Run the command; a person's mistake ends in one line, not in a traceback."""
    _show_every_character()
    try:
        sys.exit(cli.main(standalone_mode=False) or 0)
    except click.UsageError as error:
        error.show()
        sys.exit(2)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Dl30Error as error:
        click.echo(f"dl30: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)
    except OSError as error:
        click.echo(
            f"dl30: {error.strerror or error}: {error.filename or ''}".rstrip(": "), err=True
        )
        sys.exit(1)


if __name__ == "__main__":
    main()
