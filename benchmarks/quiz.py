"""What the quiz costs: the time to the first question, and folding and loading a lot.

The start is measured side by side with `python -c "import click, rich"`, in turns, and given as the
ratio of the medians; byte code is kept in a scratch folder, as an installed package has it.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from autograder.quiz.events import Reviewed
from autograder.quiz.library import BUNDLED, Library
from autograder.quiz.progress import fold
from autograder.quiz.review_log import ReviewLog

TURNS = 25
NOW = datetime(2026, 11, 26, tzinfo=UTC)


def seconds(command: list[str], env: dict[str, str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, env=env)
    return time.perf_counter() - begin


def start(folder: Path) -> None:
    env = os.environ | {"PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    dl30 = str(Path(sys.executable).with_name("dl30"))
    commands = {
        "import click, rich": [sys.executable, "-c", "import click, rich"],
        "dl30 quiz": [dl30, "quiz", "--data", str(folder)],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(TURNS):
        for name, command in commands.items():
            times[name].append(seconds(command, env))
    bare, ours = (statistics.median(found) for found in times.values())
    print(f"import click, rich   {1000 * bare:6.0f} ms")
    print(f"dl30 quiz            {1000 * ours:6.0f} ms   {ours / bare:.2f} times")


def many_reviews(folder: Path, count: int = 10_000) -> None:
    log = ReviewLog(folder / "many.jsonl")
    log.extend(
        Reviewed(
            id=f"{i:06}", at=NOW - timedelta(hours=count - i), question=f"q{i % 700}",
            mode="practice", seed=1, rating=3, score=1.0, seconds=9.0,
        )
        for i in range(count)
    )  # fmt: skip
    begin = time.perf_counter()
    progress = fold(log.read(), NOW)
    took = time.perf_counter() - begin
    print(f"{count:,} reviews read and folded into {len(progress.cards)} cards in {took:.3f} s")


def many_questions(folder: Path, count: int = 5_000) -> None:
    """The course's own questions, copied under other ids."""
    texts = {path.stem: path.read_text() for path in BUNDLED.glob("*.md")}
    library = Library.open([BUNDLED])
    copies = -(-count // len(library))
    for copy in range(copies):
        for stem, text in texts.items():
            renamed = text
            for name in library.deck(stem):
                renamed = renamed.replace(f"## {name}\n", f"## c{copy}-{name}\n")
            (folder / f"{stem}_{copy}.md").write_text(renamed)
    begin = time.perf_counter()
    many = Library.open([folder])
    opened = len(many)
    middle = time.perf_counter()
    parsed = sum(1 for _ in many.values())
    end = time.perf_counter()
    print(f"{opened:,} questions opened in {middle - begin:.3f} s")
    print(f"{parsed:,} questions parsed in full in {end - middle:.3f} s more")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        start(Path(folder))
        many_reviews(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        many_questions(Path(folder))


if __name__ == "__main__":
    main()
