"""A notebook that is open in JupyterLab."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from autograder import notebook

START = 60_000.0  # milliseconds, for JupyterLab or a kernel to be there
ACTIVE = re.compile(r"\bjp-mod-active\b")
DISABLED = re.compile(r"\blm-mod-disabled\b")


class LabNotebook:
    """Opens `path`, whose cells are addressed by their grade_id, and waits for the kernel."""

    def __init__(self, page: Page, url: str, path: Path) -> None:
        self._page = page
        given = [notebook.marks(cell) for cell in notebook.read(path).cells]
        self._grade_ids = [mark and mark.grade_id for mark in given]
        self._toolbar = page.locator(".jp-NotebookPanel-toolbar")
        self.cells = page.locator(".jp-Notebook .jp-Cell")
        page.goto(f"{url}lab/tree/{path.name}")
        expect(self.cells).to_have_count(len(given), timeout=START)
        # Before that, a cell that is run would quietly stay as it is.
        status = page.locator("#jp-main-statusbar")
        expect(status).to_contain_text("| Idle", timeout=START)

    def cell(self, grade_id: str) -> Locator:
        return self.cells.nth(self._grade_ids.index(grade_id))

    def text(self, grade_id: str) -> Locator:
        return self.cell(grade_id).locator(".cm-content")

    def select(self, grade_id: str) -> None:
        """Make a code cell the current one without going into its text."""
        self.cell(grade_id).locator(".jp-InputPrompt").first.click()
        expect(self.cell(grade_id)).to_have_class(ACTIVE)

    def press(self, command: str) -> None:
        """Click a button of the toolbar."""
        self._toolbar.locator(f"[data-command='notebook:{command}']").click()

    def type_into(self, grade_id: str, words: str) -> None:
        self.text(grade_id).click()
        self.text(grade_id).press_sequentially(words)

    def delete_item(self) -> Locator:
        """Delete Cell in the Edit menu, which is open then."""
        self._page.get_by_role("menuitem", name="Edit", exact=True).click()
        return self._page.locator(".lm-Menu-item", has_text="Delete Cell")

    def assert_cannot_be_deleted(self, grade_id: str) -> None:
        self.select(grade_id)
        expect(self.delete_item()).to_have_class(DISABLED)
        self._page.keyboard.press("Escape")
