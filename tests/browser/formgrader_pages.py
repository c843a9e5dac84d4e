"""The formgrader's pages, as an instructor uses them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, Response, expect

PATIENCE = 120_000.0  # milliseconds; a click that grades waits for the student's code


@dataclass(frozen=True)
class Said:
    """What the dialog said after a click, and how long that took."""

    title: str
    text: str
    seconds: float

    @property
    def before_traceback(self) -> str:
        return self.text.partition("Traceback (most recent call last)")[0]


class Formgrader:
    """One day in the formgrader, in one browser tab."""

    def __init__(self, page: Page, url: str, stem: str, pictures: Path | None = None) -> None:
        """With a folder for `pictures`, one is taken of each dialog."""
        self.page = page
        self._pictures = pictures
        self._url = f"{url}formgrader/"
        self._stem = stem

    def generate(self) -> Said:
        """Click Generate in Manage Assignments."""
        return self.click_for_all("assign")

    def open_assignments(self) -> None:
        self.page.goto(f"{self._url}manage_assignments")
        expect(self.page.locator("#main-table td.name").first).to_be_visible()

    @property
    def assignment(self) -> Locator:
        """The day's line in Manage Assignments."""
        return self.page.locator("#main-table tr").filter(has_text=self._stem)

    def click_for_all(self, column: str) -> Said:
        """Click the button in this column of Manage Assignments."""
        self.open_assignments()
        return self._click(self.assignment.locator(f"td.{column} a"))

    def open_submissions(self) -> None:
        self.page.goto(f"{self._url}manage_submissions/{self._stem}")
        expect(self.page.locator("#main-table td.student-id").first).to_be_visible()

    def row(self, student: str) -> Locator:
        """The student's line in Manage Submissions."""
        return self.page.locator(f"#main-table tr:has(td.student-id:text-is('{student}'))")

    def score(self, student: str) -> Locator:
        return self.row(student).locator("td.score")

    def status(self, student: str) -> Locator:
        return self.row(student).locator("td.status")

    def autograde(self, student: str) -> Said:
        return self._click_in_row(student, "autograde")

    def generate_feedback(self, student: str) -> Said:
        return self._click_in_row(student, "generate-feedback")

    def _click_in_row(self, student: str, column: str) -> Said:
        self.open_submissions()
        said = self._click(self.row(student).locator(f"td.{column} a"))
        # The row is filled in again by a request of its own.
        expect(self.row(student)).to_be_visible()
        return said

    def _click(self, button: Locator) -> Said:
        begin = time.monotonic()
        button.click()
        dialog = self.page.locator(".modal.in")
        dialog.locator(".modal-title").wait_for(timeout=PATIENCE)
        seconds = time.monotonic() - begin
        if self._pictures:
            number = len(list(self._pictures.glob("dialog_*")))
            self.page.screenshot(
                path=self._pictures / f"dialog_{number:02}.png", animations="disabled"
            )
        said = Said(dialog.locator(".modal-title").inner_text(), dialog.inner_text(), seconds)
        dialog.locator(".modal-footer button").click()
        expect(self.page.locator(".modal")).to_have_count(0)
        return said

    def command_for_all(self) -> str:
        """The command that Manage Submissions tells for grading all at once."""
        self.open_submissions()
        return self.page.locator("#accordion pre").text_content() or ""

    def open_submission(self, student: str) -> None:
        """Go to the student's submission by the way of Manual Grading."""
        self.page.goto(f"{self._url}gradebook/{self._stem}/{self._stem}")
        link = self.page.locator("a.name-shown", has_text=student)
        link.wait_for(state="attached")
        self.page.get_by_role("button", name="Show All Names").click()
        link.click()
        self.page.wait_for_function(
            "(f => f?.loaded && f.grades.loaded && f.comments.loaded)(window.formgrader)"
        )

    def show(self, question: str) -> None:
        """Bring the question into view; the page scrolls by itself while one moves on."""
        comment = self.page.locator(f"#{question}-comment")
        comment.scroll_into_view_if_needed()
        expect(comment).to_be_in_viewport(ratio=1)

    def save_manual_grade(self, question: str, score: str, comment: str) -> None:
        """Type both in the open submission, and wait until each is saved."""
        with self.page.expect_response(_saved("/api/grade/")):
            self.page.locator(f"#{question}").fill(score)
            self.page.keyboard.press("Tab")
        with self.page.expect_response(_saved("/api/comment/")):
            self.page.locator(f"#{question}-comment").fill(comment)
            self.page.keyboard.press("Tab")


def _saved(part: str) -> Callable[[Response], bool]:
    def matches(answer: Response) -> bool:
        return part in answer.url and answer.request.method == "PUT" and answer.ok

    return matches
