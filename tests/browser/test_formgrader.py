"""The whole of nbgrader's way, through a real JupyterLab and a real browser.

Tests share one server and one gradebook, and stand alone all the same: each brings its student to
where it needs them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from formgrader_pages import Formgrader, Said
from jupyter_process import JupyterProcess
from lab_notebook import START, LabNotebook
from playwright.sync_api import Page, expect
from results_shown import assert_shows_every_test, shown, verdicts
from secret_lines import Secrets, readable
from small_class import ATTACKER, READABLE, UNREADABLE

from autograder import release
from autograder.course import Course, Day
from autograder.grading.grade import submission_path
from autograder.grading.records import Record

Records = Callable[[str], Record]
QUESTION = "written_shared_weights"


def feedback_page(course: Course, day: Day, student: str) -> Path:
    return course.feedback / student / day.stem / f"{day.stem}.html"


def test_the_generate_button_gives_what_dl30_release_gives(
    generated: Said, course: Course, day: Day
) -> None:
    assert generated.title == "Success", generated.text
    assert day.release_notebook.read_bytes() == release.build(course, day)


def test_autograde_shows_the_score_of_the_record(
    formgrader: Formgrader, record: Records, day: Day, tmp_path: Path
) -> None:
    said = formgrader.autograde("dmitri")
    assert said.title == "Success", said.text
    score = record("dmitri").score
    assert score is not None
    assert 0 < score < record("dmitri").max_score
    expect(formgrader.score("dmitri")).to_have_text(shown(score, day))
    expect(formgrader.status("dmitri")).to_have_text("needs manual grading")
    formgrader.page.screenshot(path=tmp_path / "submissions.png")


def test_the_grading_process_stays_for_the_next_click(
    formgrader: Formgrader, server: JupyterProcess, course: Course, day: Day
) -> None:
    seen = []
    for student in ("ada", "farah"):
        (course.records / day.stem / f"{student}.json").unlink(missing_ok=True)
        assert formgrader.autograde(student).title == "Success"
        seen.append(server.grading_processes())
    assert len(seen[0]) == 1
    assert seen[0] == seen[1]


def test_a_file_that_is_no_notebook_is_named_in_one_line(
    formgrader: Formgrader, day: Day, course: Course
) -> None:
    said = formgrader.autograde(UNREADABLE)
    assert said.title == "Error"
    path = submission_path(course, day, UNREADABLE).relative_to(course.submitted)
    assert f"[ERROR] {path}: is not JSON: line 1" in said.before_traceback
    expect(formgrader.status(UNREADABLE)).to_have_text("needs autograding")
    assert formgrader.autograde("ada").title == "Success"


def test_the_command_that_the_page_tells_grades_all(
    formgrader: Formgrader, environment: dict[str, str], record: Records, day: Day
) -> None:
    activated = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        ["bash", "-c", formgrader.command_for_all()],
        env=environment | {"PATH": activated},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert f"{day.stem}.ipynb: is not JSON" in done.stderr
    assert "Warning" not in done.stderr
    formgrader.open_submissions()
    for student in (*READABLE, ATTACKER):
        expect(formgrader.score(student)).to_have_text(shown(record(student).score, day))
    expect(formgrader.status(UNREADABLE)).to_have_text("needs autograding")


def test_manual_grades_survive_regrading(
    formgrader: Formgrader, record: Records, day: Day, course: Course, tmp_path: Path
) -> None:
    formgrader.autograde("esra")
    formgrader.open_submission("esra")
    assert_shows_every_test(formgrader.page, record("esra"))
    assert verdicts(record("esra")) == {"PASS", "FAIL"}
    formgrader.save_manual_grade(QUESTION, "3", "Say *why* fewer weights help.")
    formgrader.page.screenshot(path=tmp_path / "manual_grading.png")

    (course.records / day.stem / "esra.json").unlink()
    assert formgrader.autograde("esra").title == "Success"
    expect(formgrader.score("esra")).to_have_text(shown(record("esra").score + 3, day))
    formgrader.open_submission("esra")
    expect(formgrader.page.locator(f"#{QUESTION}")).to_have_value("3")
    comment = formgrader.page.locator(f"#{QUESTION}-comment")
    expect(comment).to_have_value("Say *why* fewer weights help.")


def test_feedback_tells_the_mistakes_and_not_the_tests(
    formgrader: Formgrader, record: Records, course: Course, day: Day, tmp_path: Path
) -> None:
    formgrader.autograde("dmitri")
    said = formgrader.generate_feedback("dmitri")
    assert said.title == "Success", said.text
    path = feedback_page(course, day, "dmitri")
    formgrader.page.goto(path.as_uri())
    assert_shows_every_test(formgrader.page, record("dmitri"))
    assert verdicts(record("dmitri")) == {"PASS", "FAIL"}
    given = readable(day.release_notebook) + readable(submission_path(course, day, "dmitri"))
    secrets = Secrets.of(day.hidden_tests, day.solution).less(given)
    assert len(secrets.lines) > 100
    assert secrets.found_in(readable(path)) == []
    formgrader.page.locator(".dl30", has_text="FAIL").first.scroll_into_view_if_needed()
    formgrader.page.screenshot(path=tmp_path / "feedback.png")


def test_markup_of_a_student_runs_in_nobodys_browser(
    formgrader: Formgrader, course: Course, day: Day, tmp_path: Path
) -> None:
    assert formgrader.autograde(ATTACKER).title == "Success"
    assert formgrader.generate_feedback(ATTACKER).title == "Success"
    formgrader.open_submission(ATTACKER)
    page = formgrader.page
    assert_harmless(page)
    page.screenshot(path=tmp_path / "attacked.png")
    page.goto(feedback_page(course, day, ATTACKER).as_uri())
    assert_harmless(page)


def assert_harmless(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.owned") is None
    assert page.locator("a[href^='javascript:'], iframe").count() == 0
    expect(page.get_by_text("onerror='window.owned=1'").first).to_be_visible()


def test_the_released_notebook_works_in_jupyterlab(
    page: Page, server: JupyterProcess, course: Course, day: Day, generated: Said, tmp_path: Path
) -> None:
    mine = Path(shutil.copy(day.release_notebook, course.root / "mine.ipynb"))
    assert page.request.get(f"{server.url}api/contents/{mine.name}").json().get("message") is None
    opened = LabNotebook.open(page, server.url, mine)
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    expect(page.locator(".jp-RenderedMarkdown h1").first).to_contain_text("Day 14")
    expect(page.locator("mjx-container").first).to_be_visible()
    page.screenshot(path=tmp_path / "notebook.png")

    opened.select("imports")
    opened.press("run-cell-and-select-next")
    imports = opened.cell("imports")
    expect(imports.locator(".jp-InputPrompt")).to_have_text("[1]:", timeout=START)
    expect(imports.locator(".jp-OutputArea-child")).to_have_count(0)

    # In this order: what is typed into the last one is there only when the others had theirs.
    for grade_id in ("imports", "corr2d", "corr2d_solution"):
        opened.type_into(grade_id, "typed")
    expect(opened.text("corr2d_solution")).to_contain_text("typed")
    expect(opened.text("imports")).not_to_contain_text("typed")
    expect(opened.text("corr2d")).not_to_contain_text("typed")

    opened.assert_cannot_be_deleted("corr2d")
    opened.assert_cannot_be_deleted("corr2d_solution")
    given = opened.cells.count()
    opened.press("insert-cell-below")
    expect(opened.cells).to_have_count(given + 1)
    opened.delete_item().click()
    expect(opened.cells).to_have_count(given)
