"""The gradebook on SQLite and on PostgreSQL: the same rows, none lost between two graders."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from database_servers import PostgreSQL
from dl30_command import finish, run, start
from mini_course import FAST, HIDDEN, STEM, Mini, make_course
from nbgrader.api import Gradebook
from sqlalchemy import create_engine, text

from autograder.errors import CourseError, GradebookError
from autograder.grading import gradebook
from autograder.grading.gradebook import feedback, store
from autograder.grading.kit import Kit
from autograder.release import open_course, release
from autograder.sandbox import launcher

CLASS = [f"s{number:02}" for number in range(24)]
QUERY = (
    "select s.student_id, b.name, g.auto_score, g.manual_score, g.needs_manual_grade, "
    "s.timestamp, n.late_submission_penalty from submitted_assignment s "
    "join submitted_notebook n on n.assignment_id = s.id "
    "join grade g on g.notebook_id = n.id join base_cell b on b.id = g.cell_id"
)
REMARKS = (
    "select s.student_id, b.name, c.auto_comment from submitted_assignment s "
    "join submitted_notebook n on n.assignment_id = s.id "
    "join comment c on c.notebook_id = n.id join base_cell b on b.id = c.cell_id"
)


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "PRELOAD", FAST)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    server = PostgreSQL()
    yield server
    server.close()


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def anywhere(request: pytest.FixtureRequest, new_mini: Callable[[], Mini]) -> Mini:
    """The small course with its gradebook on either."""
    if request.param == "SQLite":
        return new_mini()
    return request.getfixturevalue("on_postgresql")


@pytest.fixture
def on_postgresql(postgresql: PostgreSQL, tmp_path: Path) -> Mini:
    course = make_course(tmp_path / "course")
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write(f"c.CourseDirectory.db_url = {postgresql.new_database()!r}\n")
    release(course, course.day("1"))
    assert not course.gradebook.exists()
    return Mini(course.root)


def asked(mini: Mini, query: str) -> list[tuple[Any, ...]]:
    engine = create_engine(open_course(mini.course).db_url)
    try:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]
    finally:
        engine.dispose()


def hand_in(mini: Mini) -> None:
    mini.submit("ada")
    mini.blank("ben")
    mini.submit("cleo", row_means="def row_means(x): return x.mean(axis=0)")
    mini.path("cleo").with_name("timestamp.txt").write_text("2026-01-01 15:30:00 UTC")


def test_the_whole_way(anywhere: Mini) -> None:
    """Grade, mark by hand, hand in anew, grade again, feedback, report."""
    hand_in(anywhere)
    ran = run(anywhere, "grade", "1")
    assert ran.code == 0
    assert ran.out.splitlines()[-1].endswith(": 3 stored")
    url = open_course(anywhere.course).db_url
    with Gradebook(url, "dl30") as book:
        assert book.find_submission(STEM, "ada").score == 11
        grade = book.find_grade("written_why", STEM, STEM, "ada")
        assert (grade.auto_score, grade.needs_manual_grade) == (None, True)
        grade.manual_score, grade.needs_manual_grade = 2.5, False
        book.db.commit()
    anywhere.submit("ada", scale="def scale(x, factor): return x")
    ran = run(anywhere, "grade", "1")
    assert ran.code == 0
    with Gradebook(url, "dl30") as book:
        assert book.find_submission(STEM, "ada").score == 4 + 2.5
        assert not book.find_grade("written_why", STEM, STEM, "ada").needs_manual_grade
        assert book.find_submission(STEM, "cleo").timestamp.isoformat() == "2026-01-01T15:30:00"
    feedback(anywhere.course, anywhere.day, "ada")
    assert (anywhere.course.feedback / "ada" / STEM / f"{STEM}.html").is_file()
    ran = run(anywhere, "grade", "1")
    assert ran.out.splitlines()[-1].endswith(": 0 stored, 3 stood there already")
    figures = json.loads(run(anywhere, "report", "1", "--json").out)
    assert (figures["known"], figures["written"]["marked"]) == (3, 2)


def test_deadlines_regrading_and_export(anywhere: Mini) -> None:
    """What else writes to the gradebook, and reads from it."""
    with (anywhere.root / "nbgrader_config.py").open("a") as config:
        config.write('c.AssignLatePenalties.plugin_class = "autograder.late.LatePenalty"\n')
        config.write("c.LatePenalty.per_day = 0.5\n")
    hand_in(anywhere)
    due = ["deadline", "1", "2026-01-01 12:00", "--timezone", "UTC"]
    later = ["deadline", "1", "2026-01-01 16:00", "--timezone", "UTC", "--student", "cleo"]
    assert run(anywhere, *due).code == 0
    assert run(anywhere, "grade", "1").code == 0
    ran = run(anywhere, *later)
    assert "  cleo: 3.5 -> 0 points off (-3.5)" in ran.out.splitlines()
    ran = run(anywhere, "deadline", "1", "--student", "cleo", "--none")
    assert "  cleo: 0 -> 3.5 points off (+3.5)" in ran.out.splitlines()
    anywhere.hide(HIDDEN.replace("@weight(3)", "@weight(2)"))
    ran = run(anywhere, "regrade", "1", "--yes")
    assert (ran.code, ran.out.splitlines()[-1]) == (
        0,
        "written: 3 records, 3 stored in the gradebook",
    )
    assert run(anywhere, "export", "1", "--csv", "out.csv", "--partial").code == 0
    told = [line.split(",")[5:9] for line in (anywhere.root / "out.csv").read_text().splitlines()]
    assert told[1:] == [["11", "14", "11", "0"], ["0", "14", "0", "0"], ["3.5", "14", "7", "3.5"]]


def test_the_rows_are_nbgraders(anywhere: Mini, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stored together or one by one by nbgrader's own converter: the same rows and notebooks."""
    hand_in(anywhere)
    made = anywhere.grade()
    kit = Kit(anywhere.course, anywhere.day)
    assert store(kit, made) == ["ada", "ben", "cleo"]
    ours = sorted(map(repr, asked(anywhere, QUERY) + asked(anywhere, REMARKS)))
    notebooks = written(anywhere)
    monkeypatch.setattr(gradebook, "has_steps_of_its_own", lambda course: True)
    for student in ("ada", "ben", "cleo"):
        with Gradebook(open_course(anywhere.course).db_url, "dl30") as book:
            book.remove_submission(STEM, student)
    assert store(kit, made) == ["ada", "ben", "cleo"]
    assert sorted(map(repr, asked(anywhere, QUERY) + asked(anywhere, REMARKS))) == ours
    assert written(anywhere) == notebooks
    assert len(ours) == 3 * (3 + 3)
    assert any("No response." in row for row in ours)


def written(mini: Mini) -> dict[str, tuple[bytes, int]]:
    """Everything below autograded/, with its rights."""
    return {
        str(path.relative_to(mini.course.autograded)): (path.read_bytes(), path.stat().st_mode)
        for path in mini.course.autograded.rglob("*")
        if path.is_file()
    }


def test_a_course_with_steps_of_its_own_is_left_to_nbgrader(
    mini: Mini, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(mini)
    made = mini.grade()
    monkeypatch.setattr(gradebook, "_together", lambda *_: pytest.fail("nbgrader was passed over"))
    config = mini.root / "nbgrader_config.py"
    usual = config.read_text()
    for line in (
        "c.Autograde.pre_convert_hook = print",
        "c.SaveAutoGrades.enabled = False",
        "c.NbConvertBase.default_language = 'python'",
        "c.CourseDirectory.student_id_exclude = 'ben'",
        "from nbgrader.preprocessors import ClearOutput\n"
        "c.Autograde.autograde_preprocessors.append(ClearOutput)",
    ):
        config.write_text(f"{usual}\n{line}\n")
        assert gradebook.has_steps_of_its_own(mini.course), line
    config.write_text(f"{usual}\nc.LimitOutput.max_lines = 10\nc.Exchange.root = '/tmp'\n")
    assert not gradebook.has_steps_of_its_own(mini.course)
    config.write_text(f"{usual}\nc.NbConvertBase.default_language = 'python'\n")
    assert store(Kit(mini.course, mini.day), made) == ["ada", "ben", "cleo"]
    assert len(asked(mini, QUERY)) == 9


def test_two_at_once(anywhere: Mini) -> None:
    """Two commands grade the same class and store it: each student once, each score right."""
    for student in CLASS:
        anywhere.submit(student)
    both = [start(anywhere, "grade", "1", "--jobs", "1", "--force") for _ in range(2)]
    for process in both:
        ran = finish(process)
        assert ran.code == 0, ran.err
        assert ran.out.splitlines()[-1].endswith(": 24 stored")
    exactly_once(anywhere)


def test_two_halves_at_once(anywhere: Mini) -> None:
    """Two commands store different students, and one that is in both."""
    for student in CLASS:
        anywhere.submit(student)
    halves = (CLASS[:13], CLASS[12:])
    asks = [[word for name in half for word in ("--student", name)] for half in halves]
    both = [start(anywhere, "grade", "1", "--jobs", "1", *ask) for ask in asks]
    for process in both:
        ran = finish(process)
        assert ran.code == 0, ran.err
    exactly_once(anywhere)


def exactly_once(mini: Mini) -> None:
    found = asked(mini, QUERY)
    assert len(found) == 3 * len(CLASS)
    scores = {(row[0], row[1]): row[2] for row in found}
    assert {student for student, _ in scores} == set(CLASS)
    assert {scores[student, "scale"] for student in CLASS} == {7.0}
    assert sorted(row[0] for row in asked(mini, "select id from student")) == CLASS
    folders = mini.course.autograded.glob(f"*/{STEM}/{STEM}.ipynb")
    assert sorted(path.parts[-3] for path in folders) == CLASS


# A server that goes away.


def test_a_server_that_is_started_anew_meanwhile(
    on_postgresql: Mini, postgresql: PostgreSQL
) -> None:
    """Storing waits for it and goes on."""
    for student in CLASS[:4]:
        on_postgresql.submit(student)
    made = on_postgresql.grade(jobs=2)
    postgresql.stop()
    later = threading.Timer(1.0, postgresql.start)
    later.start()
    assert store(Kit(on_postgresql.course, on_postgresql.day), made) == CLASS[:4]
    later.join()
    assert len(asked(on_postgresql, QUERY)) == 12


def test_a_server_that_stays_away(
    on_postgresql: Mini, postgresql: PostgreSQL, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line that names the place and not the password; records are kept, and stored later."""
    hand_in(on_postgresql)
    monkeypatch.setattr(gradebook, "RETRIES", (0.01, 0.01))
    postgresql.stop()
    try:
        ran = run(on_postgresql, "grade", "1")
    finally:
        postgresql.start()
    assert ran.code == 1
    line = ran.err.splitlines()[-1]
    assert line.startswith(f"dl30: postgresql+psycopg://dl30:***@127.0.0.1:{postgresql.port}/")
    assert "the gradebook cannot be used now: connection failed" in line
    assert line.endswith("(records are kept; close what holds it and run the same command again)")
    assert run(on_postgresql, "grade", "1").out.splitlines()[-1].endswith(": 3 stored")


def test_a_lock_that_is_held(mini: Mini, monkeypatch: pytest.MonkeyPatch) -> None:
    """Storing waits for whoever writes; when that takes too long it says so."""
    hand_in(mini)
    made = mini.grade()
    kit = Kit(mini.course, mini.day)
    engine = create_engine(open_course(mini.course).db_url)
    with engine.connect() as holder:
        holder.exec_driver_sql("BEGIN IMMEDIATE")
        monkeypatch.setattr(gradebook.rows, "LOCK_SECONDS", 0.2)
        with pytest.raises(GradebookError, match="database is locked"):
            store(kit, made)
        holder.rollback()
    assert store(kit, made) == ["ada", "ben", "cleo"]
    engine.dispose()


def test_addresses_that_are_none(mini: Mini) -> None:
    config = mini.root / "nbgrader_config.py"
    usual = config.read_text()
    for url, said in (
        ("postgresql+psycopg2://host/dl30", "the package psycopg2 for this database is not "),
        ("nonsense", "this is no address of a database: "),
        ("gradebook://host/dl30", "this is no address of a database: "),
    ):
        config.write_text(f"{usual}\nc.CourseDirectory.db_url = {url!r}\n")
        with pytest.raises(CourseError) as refused:
            open_course(mini.course)
        assert str(refused.value).startswith(f"{config}, CourseDirectory.db_url: {said}")
