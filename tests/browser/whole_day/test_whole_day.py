"""A whole day of a course: an instructor and two students at one exchange, each a Unix user of
their own with a JupyterLab of their own, from the Generate button to the feedback that is read.

The stages are fixtures of conftest.py; here is what has to be true after each.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

from assignment_list import AssignmentList
from formgrader_pages import Formgrader, Said
from homework import ADA, BEN, BEN_HAS_RIGHT, COMMENT, MARK, STUB, TYPED, TYPED_CELL
from lab_notebook import LabNotebook
from playwright.sync_api import Locator, expect
from results_shown import assert_shows_every_test, contents, shown, verdicts
from school import Person
from small_class import UNREADABLE

from autograder import notebook, release
from autograder.course import Course, Day
from autograder.demo import Classroom
from autograder.grading.grade import submission_path
from autograder.grading.records import Record

Records = Callable[[str], Record]


def test_released_by_the_button(
    released: list[Said], exchange: Path, course: Course, day: Day, formgrader: Formgrader
) -> None:
    assert [said.title for said in released] == ["Success", "Success"], released
    expect(formgrader.assignment.locator("td.status")).to_have_text("released")
    outbound = exchange / "dl30/outbound" / day.stem
    assert release.files_of(outbound) == release.build_files(course, day)


def test_the_course_is_closed_to_others(course: Course) -> None:
    assert course.root.stat().st_mode & 0o077 == 0


def test_the_formgrader_shows_when_the_day_is_due(due: str) -> None:
    begun = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=30)
    assert due.startswith(f"{begun:%Y-%m-%d}"), due


def test_fetched_from_the_list(
    lists: dict[str, AssignmentList], students: dict[str, Person], day: Day
) -> None:
    for name, student in students.items():
        expect(lists[name].row("fetched")).to_have_count(1)
        assert (student.work / day.stem).stat().st_uid == student.account.number


def test_what_was_typed_ran_and_was_saved(
    notebooks: dict[str, LabNotebook], students: dict[str, Person], course: Course, day: Day
) -> None:
    passed = notebooks[ADA].cell("corr2d").locator(".jp-OutputArea-output")
    expect(passed).to_have_text("corr2d: visible checks passed")
    failed = notebooks[BEN].cell("corr2d").locator(".jp-OutputArea-output")
    expect(failed).to_contain_text("AssertionError: the kernel seems to be turned round")
    room = Classroom(course, day)
    for name, student in students.items():
        saved = notebook.read(student.work / day.stem / f"{day.stem}.ipynb")
        typed = room.stub(TYPED_CELL).replace(STUB, TYPED[name].replace("\n", "\n    "))
        assert room.cell(saved, TYPED_CELL).source == typed


def test_validate_tells_what_fails(validated: dict[str, str], day: Day) -> None:
    assert validated[ADA] == "Success! Your notebook passes all the tests."
    failed = validated[BEN].count("The following cell failed:")
    assert failed == len(day.exercises()) - len(BEN_HAS_RIGHT) + len(day.written())
    assert "the kernel seems to be turned round: use it as it is" in validated[BEN]


def test_submitted_as_themselves(
    submitted: None, students: dict[str, Person], exchange: Path
) -> None:
    inbound = exchange / "dl30/inbound"
    owners = {path.name.partition("+")[0]: path.stat().st_uid for path in inbound.iterdir()}
    assert owners == {name: student.account.number for name, student in students.items()}


def test_one_student_cannot_read_anothers_work_or_the_course(
    submitted: None, students: dict[str, Person], exchange: Path, course: Course, day: Day
) -> None:
    inbound = exchange / "dl30/inbound"
    places = [inbound, students[ADA].work, course.root, day.hidden_tests, course.records]
    for place in places:
        tried = students[BEN].account.run("ls", place)
        assert tried.returncode == 2, place
        assert "Permission denied" in tried.stderr, place
        assert tried.stdout == "", place
    own = students[BEN].account.run("ls", students[BEN].work)
    assert own.stdout.split() == [day.stem]


def test_collected_by_the_button(
    collected: Said, formgrader: Formgrader, course: Course, day: Day, students: dict[str, Person]
) -> None:
    assert collected.title == "Success", collected.text
    assert "cheating" not in collected.text
    for name, student in students.items():
        handed_in = submission_path(course, day, name).read_bytes()
        assert handed_in == (student.work / day.stem / f"{day.stem}.ipynb").read_bytes()


def test_autograde_tells_the_score(
    graded: dict[str, Said], record: Records, formgrader: Formgrader, day: Day
) -> None:
    for name in (ADA, BEN):
        assert graded[name].title == "Success", graded[name].text
        score = f"{record(name).score:g} of {record(name).max_score:g}"
        assert f"{name}: {score}" in graded[name].text
        assert record(name).jailed
    assert record(ADA).score == record(ADA).max_score
    lost = {name for name, part in record(BEN).exercises.items() if part.points < part.max_points}
    assert lost == {exercise.name for exercise in day.exercises()} - {*BEN_HAS_RIGHT}
    assert verdicts(record(BEN)) == {"PASS", "FAIL"}


def test_autograde_names_a_file_that_is_no_notebook(
    graded: dict[str, Said], course: Course, day: Day
) -> None:
    assert graded[UNREADABLE].title == "Error"
    path = submission_path(course, day, UNREADABLE).relative_to(course.submitted)
    assert f"[ERROR] {path}: is not JSON: line 1" in graded[UNREADABLE].before_traceback


def test_marks_by_hand_are_added(
    marked: None, formgrader: Formgrader, record: Records, day: Day
) -> None:
    formgrader.open_submissions()
    expect(formgrader.score(ADA)).to_have_text(shown(record(ADA).score + MARK, day))


def test_who_is_late_without_an_extension_loses_a_share(
    pages: dict[str, Locator], record: Records
) -> None:
    """A day and six hours late: two days begun, a tenth of the score for each."""
    lost = round(0.2 * record(BEN).score, 2)
    expect(pages[BEN].locator(".late-penalty")).to_have_text(
        f"Late submission penalty (Score: -{lost})"
    )
    expect(pages[ADA].locator(".late-penalty")).to_have_count(0)


def test_feedback_is_given_back_by_the_buttons(
    given_back: list[Said], exchange: Path, students: dict[str, Person]
) -> None:
    assert [said.title for said in given_back] == ["Success", "Success"], given_back
    assert len(list((exchange / "dl30/feedback").glob("*.html"))) == len(students)


def test_students_read_every_verdict(pages: dict[str, Locator], record: Records, day: Day) -> None:
    for name, page in pages.items():
        assert_shows_every_test(page, record(name))
        assert contents(page) == [part.name for part in (*day.exercises(), *day.written())]
    expect(pages[ADA]).to_contain_text(COMMENT)
    expect(pages[BEN]).not_to_contain_text(COMMENT)
