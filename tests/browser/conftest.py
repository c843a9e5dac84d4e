"""A scratch course, a JupyterLab server that stands in it, and a browser to look at both."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from formgrader_pages import Formgrader, Said
from jupyter_process import JupyterProcess, jupyter_home
from logged_in import logged_in, tab
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from small_class import hand_in

from autograder import demo
from autograder.course import Course, Day
from autograder.grading import records
from autograder.grading.grade import records_folder
from autograder.grading.records import Record

# Modules that tests import for their assertions, beside pytest's own test files.
pytest.register_assert_rewrite("results_shown")

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update "
    "--disable-sync --no-first-run"
).split()


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The course as an instructor has it who never released anything: no gradebook, no release/."""
    folder = tmp_path_factory.mktemp("formgrader") / "course"
    copied = demo.copy_course(Course.find(Path(__file__)), folder)
    shutil.rmtree(copied.root / "release")
    return copied


@pytest.fixture(scope="module")
def day(course: Course) -> Day:
    return course.day("14")


@pytest.fixture(scope="module")
def environment(course: Course) -> dict[str, str]:
    """What the server's processes see: nothing of this machine's or this person's settings.

    The environment's `bin` is not on PATH, as for whoever starts it without activating it.
    """
    return jupyter_home(course.root.parent / "home")


@pytest.fixture(scope="module")
def server(course: Course, environment: dict[str, str]) -> Iterator[JupyterProcess]:
    running = JupyterProcess(course.root, environment)
    try:
        running.wait_ready()
        yield running
    finally:
        left = running.stop()
    assert not left, f"these processes outlived the server: {left}"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One for the module and no longer: while it runs, this thread has a running event loop."""
    if not CHROMIUM.exists():
        pytest.fail(f"{CHROMIUM} is missing: apt-get install chromium", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def context(chromium: Browser, server: JupyterProcess) -> Iterator[BrowserContext]:
    with logged_in(chromium, server) as found:
        yield found


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    with tab(context) as opened:
        yield opened


@pytest.fixture(scope="module")
def generated(context: BrowserContext, server: JupyterProcess, day: Day) -> Said:
    """What the formgrader said when its Generate button was clicked."""
    page = context.new_page()
    said = Formgrader(page, server.url, day.stem).generate()
    page.close()
    return said


@pytest.fixture(scope="module")
def handed_in(course: Course, day: Day, generated: Said) -> None:
    assert generated.title == "Success", generated.text
    hand_in(course, day)


@pytest.fixture
def formgrader(page: Page, server: JupyterProcess, day: Day, handed_in: None) -> Formgrader:
    return Formgrader(page, server.url, day.stem)


@pytest.fixture
def record(course: Course, day: Day) -> Callable[[str], Record]:
    """A student's record, as it is on disk now."""

    def read(student: str) -> Record:
        found = records.read(records_folder(course, day), student)
        assert found is not None, f"{student} has no record"
        return found

    return read
