"""How a grading process starts: it and its warm process are one until both have imported numpy, and
where the hidden tests need it torch, which they share from then on.

Started by `batch` as `python -P -m autograder.grading.start PACKAGE ...`, with an environment that
holds nothing of the grader's; settings and environment are the first line on standard input, which
is read when the two have parted. Nothing of grading is imported before: it would be found in the
warm process.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, BinaryIO

from autograder.sandbox import starting

if TYPE_CHECKING:
    from autograder.grading.jobs import Settings


def begin(packages: list[str]) -> tuple[Settings, BinaryIO, starting.Begun]:
    """Settings and jobs of this grading process, and its warm process, which waits for orders."""
    begun = starting.parted(packages)
    import msgspec

    from autograder.grading.jobs import Start

    # pytest puts its own files on the standard descriptors while it runs.
    jobs = os.fdopen(os.dup(0), "rb")
    line = jobs.readline()
    if not line:
        begun.close()
        sys.exit("nobody said what to grade")
    start = msgspec.json.decode(line, type=Start)
    os.environ.clear()
    for name, value in start.environment.items():
        os.environb[name.encode("latin-1")] = value.encode("latin-1")
    sys.dont_write_bytecode = bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))
    own = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    sys.path[:0] = own
    return start.settings, jobs, begun


if __name__ == "__main__":
    told = begin(sys.argv[1:])
    from autograder.grading.process import main

    main(*told)
