"""What all tests need."""

from __future__ import annotations

import os
import signal
import sys


def pytest_configure() -> None:
    """What the shell happens to hand down must not change a test."""
    # One that runs the tests in the background has them ignore interrupts, and so all they start.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # Another virtual environment may be active: IPython warns of it.
    if os.environ.get("VIRTUAL_ENV") != sys.prefix:
        os.environ.pop("VIRTUAL_ENV", None)
