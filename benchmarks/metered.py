"""A grading process that tells after each submission what its parts have taken so far, in the file
that DL30_BENCH_TOLD names. Started by `where_it_goes.py` as `batch` starts the plain one; what the
warm process has to do without is imported only when the two have parted.

    python -P metered.py PACKAGE ...
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.grading import start


def main() -> None:
    told = start.begin(sys.argv[1:])
    import pytest

    from autograder.grading import process, running
    from autograder.grading.kit import Kit

    spent = {"reading": 0.0, "phases": 0.0, "bodies": 0.0}

    def meter(owner: Any, name: str, part: str) -> None:
        step: Callable[..., Any] = getattr(owner, name)

        def timed(*args: Any, **kwargs: Any) -> Any:
            begin = time.process_time()
            try:
                return step(*args, **kwargs)
            finally:
                spent[part] += time.process_time() - begin

        setattr(owner, name, timed)

    meter(Kit, "prepare", "reading")
    for way in ("_simple_phases", "_phases"):
        meter(running, way, "phases")
    meter(running, "_call", "bodies")
    meter(pytest.Function, "runtest", "bodies")  # of tests with fixtures of their own
    reply = process.GradingLoop.reply

    told_of = 0.0

    def telling(loop: Any, answer: Any) -> None:
        nonlocal told_of
        begin = time.process_time()
        figures = spent | {"all": begin - told_of}
        Path(os.environ["DL30_BENCH_TOLD"]).write_text(json.dumps(figures))
        told_of += time.process_time() - begin
        reply(loop, answer)

    process.GradingLoop.reply = telling  # type: ignore[method-assign]
    process.main(*told)


if __name__ == "__main__":
    main()
