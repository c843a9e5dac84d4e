"""A plugin for pytest in tests of pytest: a warm process without torch starts in half the time."""

from autograder.sandbox.launcher import WarmProcess

WarmProcess.__init__.__kwdefaults__["preload"] = ("numpy",)
