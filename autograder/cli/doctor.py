"""`dl30 doctor`."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.common import course_option, find_course

if TYPE_CHECKING:
    from autograder.doctor import Finding

MARKS = {"held": "✓", "broken": "✗", "missing": "-"}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
@course_option
def command(as_json: bool, course_folder: Path | None) -> None:
    """Try whether this machine can shut student code in: each protection, by breaking it.

    Takes some ten seconds. With --json, an array of objects with name, promise, state (held, broken
    or missing), found and todo.

    Exit code 0 when all that grading needs held, 3 when something did not.
    """
    from autograder import doctor
    from autograder.errors import Dl30Error

    files = []
    try:
        course = find_course(course_folder)
        names = ("nbgrader_config.py", "solutions", "tests", "source")
        files = [*(course.root / name for name in names), course.records, course.gradebook]
    except Dl30Error:
        if course_folder is not None:
            raise
    if not as_json:
        click.echo(doctor.machine() + "\n")
    findings = []
    for finding in doctor.examine(*files):
        findings.append(finding)
        if not as_json:
            _show(finding)
    if as_json:
        import json

        rows = [vars(finding) for finding in findings]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    fatal = [finding.name for finding in findings if doctor.is_fatal(finding)]
    if not as_json:
        click.echo("\n" + _verdict(findings, fatal))
    raise click.exceptions.Exit(3 if fatal else 0)


def _show(finding: Finding) -> None:
    click.echo(f"{MARKS[finding.state]} {finding.name:<14} {finding.promise}")
    for text in (finding.found, finding.todo):
        if text:
            click.echo(textwrap.fill(text, 96, initial_indent=" " * 17, subsequent_indent=" " * 17))


def _verdict(findings: list[Finding], fatal: list[str]) -> str:
    if not fatal:
        held = sum(finding.state == "held" for finding in findings)
        return f"{held} protections tried, and they held: unknown code can be graded here."
    return f"NOT safe for code that you do not trust: {', '.join(fatal)}."
