"""What all tests need."""

from __future__ import annotations

import signal


def pytest_configure() -> None:
    """Commands that tests start are interrupted too: a shell that runs the tests in the background
    has them ignore that, and all that they start would inherit it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
