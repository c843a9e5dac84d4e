"""The assignment list of nbgrader in JupyterLab, as a student uses it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath

from lab_notebook import START
from playwright.sync_api import FrameLocator, Locator, Page, Response, expect


class AssignmentList:
    """One day in the list, opened by JupyterLab's menu."""

    def __init__(self, page: Page, url: str, stem: str) -> None:
        self.page = page
        self._stem = stem
        page.goto(f"{url}lab")
        page.get_by_role("menuitem", name="Nbgrader").click(timeout=START)
        with page.expect_response(_answered("/assignments")):
            page.locator(".lm-Menu-item", has_text="Assignment List").click()

    def row(self, state: str) -> Locator:
        """The day's entry among the `released`, `fetched` or `submitted` assignments."""
        entry = f"#{state}_assignments_list > .list_item"
        return self.page.locator(entry).filter(has_text=self._stem)

    def click(self, state: str, button: str) -> None:
        """Click the entry's button, and wait until the list is told anew."""
        self.page.locator("#nbgrader-assignment-list").wait_for()
        with self.page.expect_response(_answered("/assignments/")):
            self.row(state).get_by_role("button", name=button, exact=True).click()

    def refresh(self) -> None:
        with self.page.expect_response(_answered("/assignments")):
            self.page.locator("#refresh_assignments_list").click()

    def show(self) -> None:
        """Bring the list's tab before the others."""
        self.page.locator(".lm-TabBar-tab", has_text="Assignments").click()

    def open_notebook(self) -> None:
        row = self.row("fetched")
        row.locator(".assignment-notebooks-link").click()
        row.locator(".nested_list_item a").click()

    def open_feedback(self) -> FrameLocator:
        """Go by the link to the fetched page, and open it as a student does."""
        self.row("submitted").get_by_text("(view feedback)").click()
        page = PurePosixPath(self._stem).with_suffix(".html")
        self.page.locator(".jp-DirListing-item", has_text=page.name).dblclick()
        expect(self.page.locator(".jp-HTMLViewer iframe")).to_be_visible()
        return self.page.frame_locator(".jp-HTMLViewer iframe")


def _answered(part: str) -> Callable[[Response], bool]:
    return lambda answer: part in answer.url and answer.ok
