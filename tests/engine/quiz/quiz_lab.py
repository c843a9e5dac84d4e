"""A small deck with every type of question, and ways to run the quiz over it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pexpect

from autograder.quiz.events import Reviewed

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
META = 'concepts = ["{topic}"]\ndifficulty = {level}\nsource = "a book, page 1"\n'


def question(
    name: str, kind: str, body: str, more: str = "", topic: str = "t", level: int = 1
) -> str:
    """A question in Markdown."""
    meta = f'type = "{kind}"\n' + META.format(topic=topic, level=level) + more
    return f"## {name}\n\n```toml\n{meta}```\n\n{body}\n"


CHOICE = question(
    "lab-choice",
    "choice",
    "Which is even?\n\n- [x] two\n  > It is twice one.\n- [ ] one\n  > It is not.\n"
    "- [ ] three\n  > Nor is that.\n\n### Hint\nHalve it.",
    'exercise = "day14_convolution/im2col"\n',
)
MULTI = question(
    "lab-multi",
    "multi",
    "Which are odd?\n\n- [x] one\n  > Yes.\n- [x] three\n  > Yes.\n- [ ] two\n  > No.\n",
    'score = "partial"\n',
)
NUMERIC = question(
    "lab-numeric",
    "numeric",
    "What is {a} + {b}?\n\n### Explanation\n{a} + {b} = {answer}.",
    'params = { a = [1, 2, 3], b = [10, 20] }\nanswer = "a + b"\ncheck = "exact"\n'
    '[[wrong]]\nvalue = "a * b"\nsay = "That is the product of {a} and {b}."\n',
)
SHAPE = question(
    "lab-shape",
    "numeric",
    "The shape of `zeros({a}, {b})`?\n\n### Explanation\nAs given: {answer}.",
    'params = { a = [2, 3], b = [4, 5] }\nanswer = "(a, b)"\ncheck = "exact"\n',
)
OUTPUT = question(
    "lab-output",
    "output",
    "What is printed?\n\n```python\nprint([1, 2])\nprint(3)\n```\n\n```output\n[1, 2]\n3\n```\n\n"
    "### Explanation\nThe list and the number.",
)
FREE = question(
    "lab-free",
    "free",
    "Why $x^2$?\n\n### Reference answer\nBecause.\n\n### Rubric\n- [must] says why\n"
    "- [must] says so\n"
    "- [bonus] says more\n- [trap] says the opposite\n\n### Follow-ups\n- And then?",
    'seconds = 90\nprobes = ["lab-choice"]\n[plain]\n"x^2" = "x²"\n',
    topic="words",
)
DECK = "# Lab\n\n" + "\n".join([CHOICE, MULTI, NUMERIC, SHAPE, OUTPUT, FREE])


def write_deck(folder: Path, text: str = DECK, name: str = "lab") -> Path:
    """A deck in a data folder."""
    path = folder / "decks" / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def review(name: str, days: float = 0, **changes: Any) -> Reviewed:
    """A review `days` before NOW."""
    given: dict[str, Any] = {
        "id": f"{name}-{days}",
        "at": NOW - timedelta(days=days),
        "question": name,
        "mode": "practice",
        "seed": 1,
        "rating": 3,
        "score": 1.0,
        "seconds": 5.0,
    }
    return Reviewed(**(given | changes))


_OWN = ("NO_COLOR", "TERM", "COLUMNS", "LINES")


class Terminal(pexpect.spawn):
    """`dl30 quiz` in a pseudo-terminal of its own."""

    def __init__(self, folder: Path, *arguments: str, columns: int = 80, **env: str) -> None:
        import os

        kept = {key: value for key, value in os.environ.items() if key not in _OWN}
        super().__init__(
            sys.executable,
            ["-m", "autograder.cli.main", "quiz", *arguments, "--data", str(folder)],
            env=kept | {"TERM": "xterm", "PYTHONWARNINGS": "ignore"} | env,
            dimensions=(24, columns),
            encoding="utf-8",
            timeout=30,
        )

    def see(self, text: str) -> str:
        """Wait until `text` is on the screen; what came before it."""
        self.expect_exact(text)
        return str(self.before)

    def end(self) -> int:
        """Wait for the end; the exit code."""
        self.expect(pexpect.EOF)
        self.close()
        return int(self.exitstatus if self.exitstatus is not None else -self.signalstatus)


def answers(path: Path) -> Iterator[Reviewed]:
    """The reviews in a log file."""
    from autograder.quiz.review_log import ReviewLog

    return (event for event in ReviewLog(path).read() if isinstance(event, Reviewed))
