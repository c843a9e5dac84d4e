"""A notebook that is open in JupyterLab."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from autograder import notebook

VALIDATION = 120_000.0  # milliseconds; it runs the whole notebook
START = 60_000.0  # milliseconds, for JupyterLab or a kernel to be there
ACTIVE = re.compile(r"\bjp-mod-active\b")
RAN = re.compile(r"\[\d+\]:")
DISABLED = re.compile(r"\blm-mod-disabled\b")


class LabNotebook:
    """The notebook of `path`, whose cells are addressed by their grade_id, with its kernel."""

    def __init__(self, page: Page, path: Path) -> None:
        self._page = page
        given = [notebook.marks(cell) for cell in notebook.read(path).cells]
        self._grade_ids = [mark and mark.grade_id for mark in given]
        self._toolbar = page.locator(".jp-NotebookPanel-toolbar")
        self.cells = page.locator(".jp-Notebook .jp-Cell")
        expect(self.cells).to_have_count(len(given), timeout=START)
        # Before that, a cell that is run would quietly stay as it is.
        status = page.locator("#jp-main-statusbar")
        expect(status).to_contain_text("| Idle", timeout=START)

    @classmethod
    def open(cls, page: Page, url: str, path: Path) -> LabNotebook:
        page.goto(f"{url}lab/tree/{path.name}")
        return cls(page, path)

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

    def replace_line(self, grade_id: str, line: str, words: str) -> None:
        """Select a line of the cell by clicking it three times, and type over it."""
        self.text(grade_id).locator(".cm-line", has_text=line).click(click_count=3)
        self._page.keyboard.press("Home")
        self._page.keyboard.press("Shift+End")
        self._page.keyboard.type(words)

    def run(self, grade_id: str) -> Locator:
        """Run a code cell; what it put out, once it is done."""
        self.select(grade_id)
        self.press("run-cell-and-select-next")
        expect(self.cell(grade_id).locator(".jp-InputPrompt")).to_have_text(RAN, timeout=START)
        return self.cell(grade_id).locator(".jp-OutputArea-output")

    def save(self) -> None:
        with self._page.expect_response(
            lambda answer: "/api/contents/" in answer.url and answer.request.method == "PUT"
        ) as saved:
            self._page.keyboard.press("Control+s")
        assert saved.value.ok

    def validate(self) -> None:
        """Click nbgrader's Validate in the toolbar; what it says takes a while to come."""
        self._toolbar.get_by_text("Validate", exact=True).click()

    def wait_for_validation(self) -> None:
        self._page.locator("#validation-message").wait_for(timeout=VALIDATION)

    def validation(self) -> str:
        """What Validate said; the dialog is closed."""
        text = self._page.locator("#validation-message").inner_text()
        self._page.locator(".jp-Dialog").get_by_role("button", name="Ok").click()
        return text

    def delete_item(self) -> Locator:
        """Delete Cell in the Edit menu, which is open then."""
        self._page.get_by_role("menuitem", name="Edit", exact=True).click()
        return self._page.locator(".lm-Menu-item", has_text="Delete Cell")

    def assert_cannot_be_deleted(self, grade_id: str) -> None:
        self.select(grade_id)
        expect(self.delete_item()).to_have_class(DISABLED)
        self._page.keyboard.press("Escape")
