"""The command's own words, and how soon they are there."""

from __future__ import annotations

import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import click
import pytest
from dl30_command import run
from mini_course import STEM, Mini

from autograder.cli.main import cli

DL30 = Path(sys.executable).with_name("dl30")
NAMES = (
    "init lab days release grade results report regrade deadline export check hint quiz audit "
    "doctor new-day demo"
).split()
SLOW = {"torch", "numpy", "nbgrader", "nbformat", "pytest", "rich", "sqlalchemy", "IPython",
        "traitlets", "msgspec", "jsonschema", "matplotlib", "jinja2", "copydetect"}  # fmt: skip


def command(name: str) -> click.Command:
    found = cli.get_command(click.Context(cli), name)
    assert found is not None
    return found


def test_help_imports_nothing_slow() -> None:
    """Not even of what it would need for its work."""
    program = (
        "import sys\n"
        "from autograder.cli.main import cli\n"
        "cli.main(sys.argv[1:], standalone_mode=False)\n"
        "print(*sorted(sys.modules), sep='\\n')\n"
    )
    for arguments in (["--help"], *([name, "--help"] for name in NAMES)):
        ended = subprocess.run(
            [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
        )
        modules = {line.split(".")[0] for line in ended.stdout.splitlines() if " " not in line}
        assert "click" in modules
        assert not modules & SLOW, arguments


def test_help_is_there_at_once() -> None:
    """Best of several, so that a busy machine does not count; the aim is 0.15 s."""
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        subprocess.run([DL30, "--help"], check=True, capture_output=True)
        times.append(time.perf_counter() - begin)
    assert min(times) < 0.5


def test_help_names_every_command(mini: Mini) -> None:
    ran = run(mini, "--help")
    assert (ran.code, ran.err) == (0, "")
    listed = [line.split()[0] for line in ran.out.partition("Commands:")[2].strip().splitlines()]
    assert listed == NAMES == cli.list_commands(click.Context(cli))
    assert "Exit codes: 0 done, 1 some submissions were broken or unreadable" in ran.out


@pytest.mark.parametrize("name", NAMES)
def test_every_command_and_option_has_help(mini: Mini, name: str) -> None:
    ran = run(mini, name, "-h")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"Usage: dl30 {name} ")
    found = command(name)
    assert found.help
    for parameter in found.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name


def test_version() -> None:
    ended = subprocess.run([DL30, "--version"], capture_output=True, text=True, check=True)
    assert ended.stdout == f"dl30, version {version('dl30')}\n"


@pytest.mark.parametrize("asked", ["1", "01", "day1", "day01", "day01_mini", "DAY01_Mini", " 1 "])
def test_ways_to_name_a_day(mini: Mini, asked: str) -> None:
    assert f"records/{STEM}: nothing is graded yet" in run(mini, "results", asked).complaint


def test_days(mini: Mini) -> None:
    mini.submit("ada")
    mini.submit("bob")
    ran = run(mini, "days")
    assert (ran.code, ran.err) == (0, "")
    head, line = ran.out.splitlines()
    assert head.split() == ["day", "exercises", "points", "released", "submitted", "title"]
    assert line.split() == [STEM, "2", "14", "yes", "2", "Mini"]
