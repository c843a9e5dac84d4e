"""The command `dl30`. Commands are loaded when they are called, so that help is there at once."""

from __future__ import annotations

import io
import sys

import click

from autograder.cli.commands import Commands
from autograder.errors import Dl30Error

_COMMANDS = {
    "init": ("autograder.cli.init", "Make a course folder with gradebook and exchange."),
    "lab": ("autograder.cli.lab", "Start JupyterLab for an instructor or for a student."),
    "days": ("autograder.cli.days", "List the course's days and what stands ready for each."),
    "release": ("autograder.cli.release", "Make the students' notebook of a day, or check it."),
    "grade": ("autograder.cli.grade", "Grade a day's submissions with its hidden tests."),
    "results": ("autograder.cli.results", "Show what grading found, without grading."),
    "report": ("autograder.cli.report", "Say what to explain again: a class's results."),
    "regrade": ("autograder.cli.regrade", "Grade a day again, and see first what changes."),
    "deadline": ("autograder.cli.deadline", "Show or set when a day is due, for all or for one."),
    "export": ("autograder.cli.export", "Write scores for Canvas, Moodle, Gradescope, or a table."),
    "check": ("autograder.cli.check", "Run the visible checks of your notebook, at every save."),
    "hint": ("autograder.cli.hint", "Show the next hint for an exercise of your notebook."),
    "quiz": ("autograder.cli.quiz", "Practise the interview questions, some minutes at a time."),
    "audit": ("autograder.cli.audit", "Prove that the grading of a day, or of all, is right."),
    "doctor": ("autograder.cli.doctor", "Try whether this machine can shut student code in."),
    "new-day": ("autograder.cli.new_day", "Make the skeleton of a new day."),
    "demo": ("autograder.cli.demo", "Release, submit and grade a day in a scratch folder."),
}
# Which extra brings a package, where it is not `course`.
_EXTRAS = {"distributed": "cluster", "dask": "cluster", "mutmut": "audit", "libcst": "audit"}


@click.group(
    cls=Commands, table=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
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
        sys.exit(cli.main(prog_name="dl30", standalone_mode=False) or 0)
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
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("autograder"):
            raise
        extra = _EXTRAS.get((error.name or "").partition(".")[0], "course")
        click.echo(
            f"dl30: this needs the package {error.name} (pip install 'dl30[{extra}]')", err=True
        )
        sys.exit(3)
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
