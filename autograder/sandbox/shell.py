"""The IPython shell of a worker: it runs cells as a notebook would, with nobody looking on.

Magics that need a screen do nothing, `!commands` run inside the jail, and no traceback is drawn:
what went wrong is told by `worker`.
"""

from __future__ import annotations

import sys
from typing import Any


def make_shell() -> Any:
    """The shell, warm: what its first cell needs is imported, and behind the outer wall."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    class Shell(InteractiveShell):  # type: ignore[misc]
        # The default asks for a terminal.
        system = InteractiveShell.system_raw

        def enable_gui(self, gui: object = None) -> None:
            """There is no screen."""

        def enable_matplotlib(self, gui: object = None) -> tuple[None, str]:
            """Matplotlib draws into memory, whatever backend a notebook asks for."""
            return None, "agg"

        def showtraceback(self, *_: Any, **__: Any) -> None:
            """Drawing would print objects of the student's, and takes seconds for a deep one."""

        showsyntaxerror = showtraceback

        def ask_exit(self) -> None:
            """What exit() and quit() do in a notebook."""
            sys.exit("the notebook ended itself")

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    shell = Shell.instance(config=config)
    shell.run_cell("None", store_history=False, silent=True)
    return shell
