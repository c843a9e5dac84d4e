"""Nothing that a student can read holds a line of a solution, or a line or array of a hidden test.

What is secret is told by the files in `solutions/` and `tests/hidden/`, what is given by the source
notebooks: the leak scan of `dl30 release --check` is no judge of itself here.
"""

from __future__ import annotations

import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from dl30_command import run
from secret_lines import Secrets, readable

from autograder import demo, notebook, variants
from autograder.course import Course, Day
from autograder.grading import records
from autograder.grading.grade import records_folder, submission_path

COURSE = Course.find(Path(__file__))
DAYS = [day.stem for day in COURSE.days()]
STUDENTS = 8
HIDDEN = re.compile(r"### BEGIN SOLUTION.*?### END SOLUTION", re.DOTALL)


def secrets_of(course: Course, day: Day) -> Secrets:
    """All of the day's reference and hidden tests, less what its source notebook shows."""
    return Secrets.of(day.solution, day.hidden_tests).less(given(course, day))


def given(course: Course, day: Day) -> str:
    """The notebook but for its solution cells, and what stands around the solutions."""
    cells = notebook.read(day.source_notebook).cells
    marked = [(cell.source, notebook.marks(cell)) for cell in cells]
    shown = [source for source, mark in marked if mark is None or not mark.solution]
    return "\n".join([*shown, HIDDEN.sub("", day.solution.read_text())])


@pytest.mark.parametrize("stem", DAYS)
def test_released_files(stem: str) -> None:
    day = COURSE.day(stem)
    hidden = secrets_of(COURSE, day)
    assert len(hidden.lines) > 100
    for path in day.release_dir.rglob("*.*"):
        if path.suffix != ".csv":
            assert hidden.found_in(readable(path)) == [], path


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A scratch course with an exchange, in which day 14 is released, graded and given back."""
    folder = tmp_path_factory.mktemp("secrets")
    exchange = folder / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    found = demo.copy_course(COURSE, folder / "course")
    with (found.root / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.Exchange.root = {str(exchange)!r}\n")
    day = found.day("14")
    hand_in(found, day)
    for command in ("release", "grade"):
        ended = run(found.root, command, "14")
        assert ended.code == 0, ended.err
    ended = finish_day(found.root, day.stem)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return found


# What the formgrader's buttons call.
BUTTONS = """
import sys
from pathlib import Path
from nbgrader.apps.api import NbGraderAPI
from autograder.course import Course
from autograder.release import nbgrader_config
api = NbGraderAPI(config=nbgrader_config(Course(Path.cwd())))
for step in ("release_assignment", "generate_feedback", "release_feedback"):
    said = getattr(api, step)(sys.argv[1])
    if not said["success"]:
        sys.exit(said["error"])
"""


def finish_day(root: Path, stem: str) -> subprocess.CompletedProcess[str]:
    """Release the assignment and the feedback; nbgrader warns of its own code, so not in here."""
    command = [sys.executable, "-c", BUTTONS, stem]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def hand_in(course: Course, day: Day) -> None:
    """Every student wrote one wrong version of each function: nothing of theirs is the reference's
    but what the mistakes share with it."""
    blank = notebook.read(day.release_notebook)
    wrong = [variant for variant in variants.load(day.variants) if not variant.honest]
    for number in range(STUDENTS):
        written: dict[str, str] = {}
        for exercise in day.exercises():
            own = (variant for variant in wrong if variant.exercise == exercise.name)
            written |= next(islice(own, number, None)).functions
        path = submission_path(course, day, f"student{number}")
        path.parent.mkdir(parents=True)
        path.write_bytes(notebook.to_bytes(variants.handed_in(blank, blank, written)))
        (path.parent / "timestamp.txt").write_text("2027-01-15 12:00:00.000000 UTC")
        (path.parent / "submission_secret.txt").write_text(secrets.token_hex(64))


def texts_for(course: Course, day: Day, student: str) -> Iterator[tuple[str, str]]:
    """All that this student can read once the day is given back, with its place."""
    record = records.read(records_folder(course, day), student)
    assert record is not None
    tests = [test for result in record.exercises.values() for test in result.tests]
    yield "sentences", "\n".join(test.sentence for test in tests)
    yield "messages", "\n".join(test.message for test in tests)
    yield "notes", "\n".join([record.problem, *record.notes])
    own, data = submission_path(course, day, student), course.root.parent / "data"
    yield "dl30 check", run(own.parent, "check", own.name, "--data", str(data)).out
    for path in course.feedback.glob(f"{student}/**/*.html"):
        yield str(path), readable(path)


def test_what_each_student_is_told(course: Course) -> None:
    day = course.day("14")
    hidden, shown = secrets_of(course, day), 0
    for number in range(STUDENTS):
        own = readable(submission_path(course, day, f"student{number}"))
        kept = hidden.less(own)
        assert len(kept.lines) > 0.8 * len(hidden.lines)
        told = dict(texts_for(course, day, f"student{number}"))
        assert len(told) == 5
        assert "next:" in told["dl30 check"]
        assert [found for text in told.values() for found in kept.found_in(text)] == []
        shown += len(told["messages"].splitlines())
    assert shown > 10 * STUDENTS


def test_the_exchange(course: Course) -> None:
    day = course.day("14")
    exchange = course.root.parent / "exchange"
    outbound = [path for path in exchange.glob("*/outbound/**/*") if path.is_file()]
    assert [path.name for path in outbound] == [day.release_notebook.name]
    assert secrets_of(course, day).found_in(readable(outbound[0])) == []
    given_back = {path.read_bytes() for path in exchange.glob("*/feedback/*")}
    assert given_back == {path.read_bytes() for path in course.feedback.glob("**/*.html")}
    assert len(given_back) == STUDENTS


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<p>Try <b>gx</b> = corr2d(image, across)</p>", ["gx = corr2d(image, across)"]),
        ("<pre>  w = f(a) &amp; \nreturn 1\nout = np.zeros((height, width))</pre>",
         ["out = np.zeros((height, width))"]),
        ("<p>not [[-1, 2,\n 3],<br>[ 4., -5.   6e0]]</p>", ["(-1.0, 2.0, 3.0, 4.0, -5.0, 6.0)"]),
        ("<p>gx = corr2d(image, Kx), [-1, 2, 3, 4, 5, 6] and [-1, 2, 3] or [4, -5, 6]</p>", []),
    ],
)  # fmt: skip
def test_what_is_planted_is_found(page: str, found: list[str], tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(page)
    assert secrets_of(COURSE, COURSE.day("14")).found_in(readable(path)) == found
