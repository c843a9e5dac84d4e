"""The IPython shell of a worker: it runs cells as a notebook would, with nobody looking on.

Magics that need a screen do nothing, `!commands` run inside the jail, and no traceback is drawn:
what went wrong is told by `worker`.
"""

from __future__ import annotations

import ast
import re
import sys
import types
from typing import Any

# Last lines after which nothing is shown: the end of a block, an import, an assignment to a name.
_SILENT = re.compile(r"\s|(?:import|from|del|pass|raise|assert|global)\b|[\w.]+ *=[^=]")


def _run_plain(shell: Any, source: str) -> Any:
    """What IPython does with a cell of plain Python: runs all but a last expression, and shows
    that. None where the cell is anything else, and nothing was run."""
    from IPython.core.interactiveshell import ExecutionResult

    if "await" in source or "async" in source:
        return None  # it may need an event loop
    if "\n" not in source.strip() and not _SILENT.match(source):
        return None  # it may be a magic without its sign, or `quit`
    name = shell.compile.cache(source, shell.execution_count, raw_code=source)
    try:
        codes = _compiled(shell, source, name)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
        return None
    result = ExecutionResult(None)
    with shell.builtin_trap, shell.display_trap:
        shell.displayhook.exec_result = result
        for code in codes:
            if _fails(shell, code, result):
                break
    return result


def _compiled(shell: Any, source: str, name: str) -> list[types.CodeType]:
    lines = source.rstrip().rsplit("\n", 1)
    if _SILENT.match(lines[-1]):
        return [shell.compile(source, name, "exec")]
    tree = ast.parse(source, name)
    shown = [tree.body.pop()] if tree.body and isinstance(tree.body[-1], ast.Expr) else []
    codes = [shell.compile(tree, name, "exec")]
    return codes + [shell.compile(ast.Interactive([node]), name, "single") for node in shown]


def _fails(shell: Any, code: types.CodeType, result: Any) -> bool:
    """Run the code as IPython does, which leaves its error in the result."""
    from IPython.core.async_helpers import _pseudo_sync_runner

    return bool(_pseudo_sync_runner(shell.run_code(code, result, async_=False)))


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

        def run(self, number: int, source: str) -> BaseException | None:
            """Run a cell as a notebook would; what it failed with.

            IPython's transformation leaves plain Python as it is, and takes ten times as long to
            find that out as to run most cells: so it is asked only for the others.
            """
            self.execution_count = number
            result = _run_plain(self, source)
            if result is None:
                result = self.run_cell(source, store_history=False, silent=False)
            failed: BaseException | None = result.error_before_exec or result.error_in_exec
            return failed

        def ask_exit(self) -> None:
            """What exit() and quit() do in a notebook."""
            sys.exit("the notebook ended itself")

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    shell = Shell.instance(config=config)
    shell.run_cell("None", store_history=False, silent=True)
    return shell
