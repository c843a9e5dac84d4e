"""A report as lines for a terminal; colour never says what words do not say too."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from autograder.check.report import Report
from autograder.check.results import Result
from autograder.check.state import DAYS
from autograder.quiz.rendering import BOLD, DIM, GREEN, RED, RESET, YELLOW

_SIGNS = {"passed": "✓", "failed": "✗", "not started": "·", "could not run": "!"}
_COLOURS = {"passed": GREEN, "failed": RED, "not started": DIM, "could not run": YELLOW}


class Teller:
    """Draws reports `width` columns wide."""

    def __init__(self, *, width: int, colour: bool) -> None:
        self.width = width
        self._colour = colour

    def lines(self, report: Report) -> list[str]:
        head = f"{report.day} · {report.notebook}, saved {report.saved}"
        return [
            self._styled(head, BOLD),
            "",
            *self._exercises(report),
            "",
            *self._summary(report),
            *self._before(report),
            "",
            f"days  {report.days}  {report.days_done} of {DAYS}",
            *self._wrapped(f"next: {report.next}", "", "      "),
        ]

    def _exercises(self, report: Report) -> Iterator[str]:
        names = max([len(one.name) for one in report.exercises] + [8])
        for one in report.exercises:
            yield self._exercise(one, names)
            for line in one.message.splitlines():
                yield from self._wrapped(line, "      ", "      ", keep=True)

    def _exercise(self, one: Result, names: int) -> str:
        seconds = f"{one.seconds:7.2f} s" if one.status in ("passed", "failed") else ""
        points = f"{one.points:g}"
        line = f"{one.name:<{names}}  {points:>3} points  {one.status:<13}{seconds}".rstrip()
        return f" {self._styled(_SIGNS[one.status], _COLOURS[one.status])} {line}"

    def _summary(self, report: Report) -> list[str]:
        if report.nothing_yet:
            return ["nothing solved yet"]
        many, all_of = len(report.passed), len(report.exercises)
        points = sum(one.points for one in report.passed)
        whole = sum(one.points for one in report.exercises)
        text = f"{many} of {all_of} exercises pass their visible checks, worth {points:g} of "
        text += f"{whole:g} points. The grader's hidden tests look closer."
        if report.written:
            questions = "question has" if len(report.written) == 1 else "questions have"
            text += f" {len(report.written)} written {questions} no answer yet."
        return list(self._wrapped(text, "", ""))

    def _before(self, report: Report) -> Iterator[str]:
        if not report.before_you_submit:
            return
        yield ""
        yield self._styled("before you submit", BOLD)
        for one in report.before_you_submit:
            yield from self._wrapped(f"{one}.", " - ", "   ")

    def _wrapped(self, text: str, first: str, rest: str, *, keep: bool = False) -> list[str]:
        made = textwrap.wrap(
            text,
            self.width,
            initial_indent=first,
            subsequent_indent=rest,
            break_on_hyphens=False,
            replace_whitespace=not keep,
            drop_whitespace=not keep,
        )
        return [line.rstrip() for line in made] or [""]

    def _styled(self, text: str, style: str) -> str:
        return f"{style}{text}{RESET}" if self._colour else text
