"""The stages of a whole day: each is a fixture, and asks for the stage before it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
from accounts import Account, accounts
from assignment_list import AssignmentList
from formgrader_pages import Formgrader, Said
from homework import ADA, BEN, COMMENT, MARK, STUB, TEACHER, TYPED, TYPED_CELL, work_at_home
from lab_notebook import LabNotebook
from playwright.sync_api import Browser, Locator, expect
from school import WORK, Person, at_work
from small_class import UNREADABLE

from autograder.course import Course, Day
from autograder.demo import Classroom
from autograder.grading.grade import submission_path

QUESTION = "written_padding"
VERDICT = {ADA: "PASS", BEN: "FAIL"}
RULE = """
c.AssignLatePenalties.plugin_class = "autograder.late.LatePenalty"
c.LatePenalty.per_day = 0.1
"""


@pytest.fixture(scope="module")
def people() -> Iterator[dict[str, Account]]:
    with accounts((TEACHER, ADA, BEN)) as found:
        yield found


@pytest.fixture(scope="module")
def exchange(people: dict[str, Account]) -> Path:
    """Open to everybody, as nbgrader wants it."""
    folder = people[TEACHER].machine / "exchange"
    folder.mkdir()
    folder.chmod(0o777)
    return folder


@pytest.fixture(scope="module")
def course(people: dict[str, Account], exchange: Path) -> Course:
    """The teacher's own, made by `dl30 init`, with a rule for what is late."""
    students = people[TEACHER].machine / "students.csv"
    students.write_text("id,first_name,last_name\nada,Ada,Byron\nben,Ben,Okri\n")
    made = people[TEACHER].run_dl30("init", WORK, "--students", students, "--exchange", exchange)
    assert made.returncode == 0, made.stderr
    found = Course.find(people[TEACHER].home / WORK)
    with (found.root / "nbgrader_config.py").open("a") as config:
        config.write(RULE)
    return found


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole_day")
    print(f"pictures of each step: {folder}")
    return folder


@pytest.fixture(scope="module")
def staff(
    people: dict[str, Account], course: Course, exchange: Path, chromium: Browser, pictures: Path
) -> Iterator[dict[str, Person]]:
    with at_work(list(people.values()), exchange, chromium, pictures) as found:
        yield found


@pytest.fixture(scope="module")
def teacher(staff: dict[str, Person]) -> Person:
    return staff[TEACHER]


@pytest.fixture(scope="module")
def students(staff: dict[str, Person]) -> dict[str, Person]:
    return {name: staff[name] for name in (ADA, BEN)}


@pytest.fixture(scope="module")
def formgrader(teacher: Person, day: Day) -> Formgrader:
    return Formgrader(teacher.page, teacher.server.url, day.stem, teacher.pictures)


# The stages of the day.


@pytest.fixture(scope="module")
def released(teacher: Person, formgrader: Formgrader) -> list[Said]:
    said = [formgrader.click_for_all("assign"), formgrader.click_for_all("release")]
    teacher.look("01_released")
    return said


@pytest.fixture(scope="module")
def due(teacher: Person, released: list[Said], course: Course, formgrader: Formgrader) -> str:
    """The day was due 30 hours ago, but Ada has until tomorrow; what the formgrader shows of it."""
    now = datetime.datetime.now(datetime.UTC)
    for hours, options in ((-30, ()), (24, ("--student", ADA))):
        when = f"{now + datetime.timedelta(hours=hours):%Y-%m-%d %H:%M}"
        words = ("deadline", "14", when, *options, "--timezone", "UTC", "--course", course.root)
        ended = teacher.account.run_dl30(*words)
        assert ended.returncode == 0, ended.stderr
    formgrader.open_assignments()
    teacher.look("02_due")
    return formgrader.assignment.locator("td.duedate").inner_text()


@pytest.fixture(scope="module")
def lists(students: dict[str, Person], due: str, day: Day) -> dict[str, AssignmentList]:
    """Each student's assignment list, with the day fetched."""
    found = {}
    for name, student in students.items():
        found[name] = AssignmentList(student.page, student.server.url, day.stem)
        expect(found[name].row("released")).to_have_count(1)
        student.look("02_to_fetch")
        found[name].click("released", "Fetch")
        student.look("03_fetched")
    return found


@pytest.fixture(scope="module")
def notebooks(
    students: dict[str, Person], lists: dict[str, AssignmentList], course: Course, day: Day
) -> dict[str, LabNotebook]:
    """Each student's notebook, opened from the list, with one function typed in and saved."""
    found = {}
    for name, student in students.items():
        path = student.work / day.stem / f"{day.stem}.ipynb"
        work_at_home(student, Classroom(course, day), path)
        lists[name].open_notebook()
        found[name] = opened = LabNotebook(student.page, path)
        opened.run("imports")
        opened.replace_line(TYPED_CELL, STUB, TYPED[name])
        opened.run(TYPED_CELL)
        opened.run("corr2d")
        opened.save()
        student.look("04_typed", expected=["Traceback"] if name == BEN else [])
    return found


@pytest.fixture(scope="module")
def validated(students: dict[str, Person], notebooks: dict[str, LabNotebook]) -> dict[str, str]:
    """What nbgrader's Validate button said; both students wait for it at the same time."""
    for opened in notebooks.values():
        opened.validate()
    said = {}
    for name, opened in notebooks.items():
        opened.wait_for_validation()
        students[name].look("05_validated", expected=["Traceback"] if name == BEN else [])
        said[name] = opened.validation()
    return said


@pytest.fixture(scope="module")
def submitted(
    students: dict[str, Person],
    lists: dict[str, AssignmentList],
    notebooks: dict[str, LabNotebook],
    validated: object,
) -> None:
    for name, student in students.items():
        lists[name].show()
        lists[name].click("fetched", "Submit")
        expect(lists[name].row("submitted")).to_have_count(1)
        student.look("06_submitted")


@pytest.fixture(scope="module")
def collected(teacher: Person, formgrader: Formgrader, submitted: None) -> Said:
    said = formgrader.click_for_all("collect")
    teacher.look("07_collected")
    return said


@pytest.fixture(scope="module")
def graded(
    teacher: Person, formgrader: Formgrader, collected: Said, course: Course, day: Day
) -> dict[str, Said]:
    """What the Autograde button said of each; one more has handed in what is no notebook."""
    path = submission_path(course, day, UNREADABLE)
    path.parent.mkdir(parents=True)
    path.write_text("my notebook\n")
    teacher.account.own(path.parents[1])
    said = {name: formgrader.autograde(name) for name in (ADA, BEN, UNREADABLE)}
    teacher.look("08_graded")
    return said


@pytest.fixture(scope="module")
def marked(teacher: Person, formgrader: Formgrader, graded: object) -> None:
    formgrader.open_submission(ADA)
    formgrader.save_manual_grade(QUESTION, str(MARK), COMMENT)
    formgrader.show(QUESTION)
    teacher.look("09_marked")


@pytest.fixture(scope="module")
def given_back(teacher: Person, formgrader: Formgrader, marked: None) -> list[Said]:
    said = [formgrader.click_for_all(f"{step}-feedback") for step in ("generate", "release")]
    teacher.look("10_given_back")
    return said


@pytest.fixture(scope="module")
def pages(
    students: dict[str, Person], lists: dict[str, AssignmentList], given_back: object
) -> dict[str, Locator]:
    """The feedback page that each student fetched and opened."""
    found = {}
    for name, student in students.items():
        lists[name].show()
        lists[name].refresh()
        expect(lists[name].row("submitted")).to_contain_text("feedback available to fetch")
        lists[name].click("submitted", "Fetch Feedback")
        student.look("11_fetched_feedback")
        found[name] = lists[name].open_feedback().locator("body")
        expect(found[name].locator(".dl30").first).to_be_visible()
        student.look("12_feedback")
        found[name].locator(".dl30 li", has_text=VERDICT[name]).first.scroll_into_view_if_needed()
        student.look("13_verdicts")
    return found
