"""Solutions inlined, releases made as nbgrader makes them, leaks found."""

from __future__ import annotations

import inspect
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbconvert.exporters import NotebookExporter
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.converters import GenerateAssignment

from autograder import leaks, notebook, release, repair, runnable
from autograder.course import Course, Day
from autograder.errors import CourseError, GradebookError

ROOT = Path(__file__).parents[2]
STEM = "day01_mini"

SOLUTIONS = '''"""Reference."""

import functools

import numpy as np


def double(x: np.ndarray) -> np.ndarray:
    """Twice x, for the first exercise."""
    ### BEGIN SOLUTION
    scaled = 2.0 * np.asarray(x)
    return scaled
    ### END SOLUTION


@functools.cache
def count(n: int) -> int:
    """How many."""
    assert n >= 0, "given to students"
    ### BEGIN SOLUTION
    total = sum(step for step in range(n))
    halved = total // 2 + total % 2
    return halved + len(str(total))
    ### END SOLUTION

    # trailing remark


class Pair:
    """Two."""

    def first(self) -> int:
        ### BEGIN SOLUTION
        return max(self.left, 0)
        ### END SOLUTION


def whole(x):
    return x
'''
HIDDEN = '''"""Hidden tests."""

from autograder.testing import exercise


class TestDouble:
    def test_doubles_a_column(self, student):
        """A column stays a column when it is doubled."""
        assert student.double(1) == 2
        k = 3 * 4
'''
VISIBLE = "assert double(1) == 2\nfor i in range(3):\n    assert double(i) == i + i"


def cell(name: str, source: str, kind: str = "code", **given: Any) -> dict[str, Any]:
    metadata: dict[str, Any] = {}
    if given:
        flags = {"grade": False, "solution": False, "locked": False, "task": False}
        metadata["nbgrader"] = {**flags, "schema_version": 3, "grade_id": name, **given}
    made = {"cell_type": kind, "id": f"{name}-id", "metadata": metadata, "source": source}
    return made | ({"outputs": [], "execution_count": None} if kind == "code" else {})


MODEL = "### BEGIN SOLUTION\nBecause it is linear in x.\n### END SOLUTION"
CELLS = [
    cell("title", "# Day 01 · Mini", "markdown"),
    cell("imports", "import numpy as np", locked=True),
    cell("double_solution", f"from solutions.{STEM} import double", solution=True),
    cell("double", VISIBLE, grade=True, locked=True, points=3),
    cell("count_solution", f"from solutions.{STEM} import count, Pair", solution=True),
    cell("count", "assert count(1) == 0", grade=True, locked=True, points=5),
    cell("why", MODEL, "markdown", grade=True, solution=True, points=2),
]


def book(*cells: dict[str, Any]) -> str:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}}
    return json.dumps(made | {"cells": cells})


def make_course(root: Path) -> Course:
    source = root / "source" / STEM
    (root / "solutions").mkdir(parents=True)
    (root / "tests" / "hidden").mkdir(parents=True)
    (source / "data").mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    (root / "solutions" / f"{STEM}.py").write_text(SOLUTIONS)
    (root / "tests" / "hidden" / f"test_{STEM}.py").write_text(HIDDEN)
    (source / "data" / "table.csv").write_text("a,b\n1,2\n")
    (source / f"{STEM}.ipynb").write_text(book(*CELLS))
    return Course(root)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return make_course(tmp_path / "course")


@pytest.fixture
def day(course: Course) -> Day:
    return course.day("1")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released mini course, to be copied: releasing takes a second."""
    course = make_course(tmp_path_factory.mktemp("made") / "course")
    release.release(course, course.day("1"))
    return course.root


@pytest.fixture
def released(made: Path, tmp_path: Path) -> Course:
    shutil.copytree(made, tmp_path / "released")
    return Course(tmp_path / "released")


def sources(raw: bytes) -> dict[str, str]:
    return {made["id"]: "".join(made["source"]) for made in json.loads(raw)["cells"]}


# Inlining.


def test_the_instructors_notebook_holds_the_solutions(course: Course, day: Day) -> None:
    cells = {made.id: made.source for made in release.instructor_notebook(course, day).cells}
    parts = SOLUTIONS.split("\n\n\n")
    assert cells["double_solution-id"] == parts[1]
    assert cells["count_solution-id"] == (
        parts[2].removesuffix("\n\n    # trailing remark")
        + "\n\n    # trailing remark\n\n\n"
        + parts[3]
    )
    assert cells["why-id"] == MODEL
    assert cells["double-id"] == VISIBLE


def test_it_counts_as_a_submission_that_needs_no_repair(released: Course) -> None:
    day = released.day("1")
    given = notebook.read(day.release_notebook)
    found = repair.repair(release.instructor_notebook(released, day), given)
    assert "def double" in runnable.runnable_cells(found, given)[1].source
    assert "2.0 * np" in runnable.runnable_cells(found, given)[1].source
    assert found.notes == ()


@pytest.mark.parametrize(
    ("name", "source", "message"),
    [
        ("double_solution", "x = 1", "it holds something other than one import"),
        ("double_solution", f"from solutions.{STEM} import trouble", "defines no function or cl"),
        ("double_solution", f"from solutions.{STEM} import whole", "has no BEGIN SOLUTION"),
        ("double_solution", "from solutions.day99 import f", "solutions/day99.py cannot be read"),
        ("double_solution", f"from solutions.{STEM} import double as d", "with `as` or `*`"),
        ("double", f"x = 1\nfrom solutions.{STEM} import double", "only a solution cell may say"),
        ("double", "if x:\n    import numpy, solutions", "only a solution cell may say"),
        ("imports", "import numpy; import solutions.a as a", "only a solution cell may say"),
        ("imports", "import importlib\nimportlib.import_module('solutions.a')", "only a soluti"),
        ("imports", "from autograder.testing import check", "only a solution cell may say"),
        ("title", f"    from solutions.{STEM} import double", "only a solution cell may say"),
    ],
)
def test_what_cannot_be_inlined_is_named_with_its_cell(
    course: Course, day: Day, name: str, source: str, message: str
) -> None:
    cells = [c | ({"source": source} if c["id"] == f"{name}-id" else {}) for c in CELLS]
    day.source_notebook.write_text(book(*cells))
    for make in (release.instructor_notebook, release.build):
        with pytest.raises(CourseError) as found:
            make(course, day)
        assert message in found.value.what
        shown = name if name != "title" else "title-id"
        assert found.value.where == f'source/{STEM}/{STEM}.ipynb, cell "{shown}"'


def test_prose_may_speak_of_solutions(course: Course, day: Day) -> None:
    text = "Compare the\nsolutions of both and import nothing.\nfrom solutions to problems"
    day.source_notebook.write_text(book(*CELLS, cell("talk", text, "markdown")))
    assert text in sources(release.build(course, day)).values()


def test_a_broken_solutions_file_is_named(course: Course, day: Day) -> None:
    day.solution.write_text("def double(:")
    with pytest.raises(CourseError, match=f"solutions/{STEM}.py is not Python"):
        release.build(course, day)


def test_two_copies_of_a_course_never_mix(tmp_path: Path) -> None:
    courses = [make_course(tmp_path / name) for name in ("one", "two")]
    for course, number in zip(courses, ("1.0", "2.0"), strict=True):
        day = course.day("1")
        day.solution.write_text(SOLUTIONS.replace("2.0", number))
        assert f"{number} * np" in release.instructor_notebook(course, day).cells[2].source


# Releasing.


def test_a_release_holds_stubs_and_no_solution(course: Course, day: Day) -> None:
    files = release.build_files(course, day)
    assert sorted(files) == ["data/table.csv", f"{STEM}.ipynb"]
    cells = sources(files[f"{STEM}.ipynb"])
    assert cells["double_solution-id"] == (
        "def double(x: np.ndarray) -> np.ndarray:\n"
        '    """Twice x, for the first exercise."""\n'
        "    # YOUR CODE HERE\n    raise NotImplementedError()"
    )
    assert cells["count_solution-id"].count("raise NotImplementedError()") == 2
    assert cells["why-id"] == "YOUR ANSWER HERE"


def test_building_touches_nothing(
    course: Course, day: Day, capfd: pytest.CaptureFixture[str]
) -> None:
    before = tree(course.root)
    here = Path.cwd()
    release.build(course, day)
    assert tree(course.root) == before
    assert Path.cwd() == here
    assert capfd.readouterr() == ("", "")


def tree(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def run_nbgrader(course: Course, *words: str) -> subprocess.CompletedProcess[str]:
    """As on a machine where the virtual environment was never activated."""
    env = os.environ | {"PYTHONPATH": str(ROOT), "PATH": os.defpath, "JUPYTER_NO_CONFIG": "1"}
    command = [sys.executable, "-m", "nbgrader", *words]
    return subprocess.run(command, cwd=course.root, env=env, capture_output=True, text=True)


def test_release_is_what_nbgraders_command_makes(course: Course, day: Day) -> None:
    done = run_nbgrader(course, "generate_assignment", STEM)
    assert done.returncode == 0, done.stderr
    theirs = tree(day.release_dir)
    assert len(theirs) == 2
    shutil.rmtree(day.release_dir)
    release.release(course, day)
    assert tree(day.release_dir) == theirs
    assert release.build(course, day) == theirs[day.release_notebook]
    assert day.release_notebook.stat().st_mode & 0o777 == 0o644


def test_release_is_what_the_formgraders_button_makes(
    course: Course, day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    made = release.build(course, day)
    api = NbGraderAPI(release.open_course(course), config=release.nbgrader_config(course))
    answer = api.generate_assignment(STEM)
    assert answer["success"], answer
    assert day.release_notebook.read_bytes() == made


def test_solutions_are_found_from_any_folder(
    course: Course, day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    converter = GenerateAssignment(coursedir=release.open_course(course))
    step = release.InlineSolutions(parent=NotebookExporter(parent=converter))
    made, _ = step.preprocess(notebook.read(day.source_notebook), {})
    assert "2.0 * np" in made.cells[2].source
    with pytest.raises(CourseError, match="only as a step of nbgrader's GenerateAssignment"):
        release.InlineSolutions().preprocess(made, {})


def test_nbgrader_names_the_cell_that_cannot_be_inlined(course: Course, day: Day) -> None:
    day.source_notebook.write_text(book(*CELLS[:3]).replace("import double", "import trouble"))
    done = run_nbgrader(course, "generate_assignment", STEM)
    assert done.returncode == 1
    assert 'cell "double_solution": solutions/day01_mini.py defines no function' in done.stderr


def gradebook_points(course: Course) -> dict[str, float]:
    with Gradebook(f"sqlite:///{course.gradebook}", "dl30") as gradebook:
        assignment = gradebook.find_assignment(STEM)
        cells = assignment.notebooks[0].grade_cells
        return {made.name: made.max_score for made in cells}


def test_release_enters_the_assignment_into_the_gradebook(
    released: Course, capfd: pytest.CaptureFixture[str]
) -> None:
    assert gradebook_points(released) == {"double": 3.0, "count": 5.0, "why": 2.0}
    release.release(released, released.day("1"))
    assert gradebook_points(released) == {"double": 3.0, "count": 5.0, "why": 2.0}
    assert capfd.readouterr() == ("", "")


def submit(course: Course) -> None:
    """nbgrader's own way to add a submission, which SQLAlchemy warns of, and which works."""
    with Gradebook(f"sqlite:///{course.gradebook}", "dl30") as gradebook:
        gradebook.update_or_create_student("alice")
        gradebook.update_or_create_submission(STEM, "alice")


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_releasing_again_keeps_submissions(released: Course) -> None:
    submit(released)
    day = released.day("1")
    cells = [c | ({"source": "# New"} if c["id"] == "title-id" else {}) for c in CELLS]
    day.source_notebook.write_text(book(*cells))
    (day.release_dir / "old.txt").touch()
    release.release(released, day)
    assert sources(day.release_notebook.read_bytes())["title-id"] == "# New"
    assert not (day.release_dir / "old.txt").exists()
    with Gradebook(f"sqlite:///{released.gradebook}", "dl30") as gradebook:
        assert gradebook.find_submission(STEM, "alice").max_score == 10.0


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_a_refused_release_leaves_the_old_one(released: Course) -> None:
    submit(released)
    day, before = released.day("1"), tree(released.root / "release")
    day.source_notebook.write_text(book(*CELLS[:4]))
    with pytest.raises(CourseError, match="Cannot add or remove cells for notebook 'day01_mini'"):
        release.release(released, day)
    assert tree(released.root / "release") == before


def test_a_locked_gradebook_is_the_gradebooks_fault(released: Course) -> None:
    config = released.root / "nbgrader_config.py"
    url = f"sqlite:///{released.gradebook}?timeout=0.1"
    config.write_text(config.read_text() + f"\nc.CourseDirectory.db_url = {url!r}\n")
    holder = sqlite3.connect(released.gradebook)
    try:
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(GradebookError, match="database is locked"):
            release.release(released, released.day("1"))
    finally:
        holder.close()
    assert released.day("1").release_notebook.exists()


def test_a_broken_config_is_named(course: Course, day: Day) -> None:
    (course.root / "nbgrader_config.py").write_text("1 / 0")
    with pytest.raises(CourseError, match="cannot be loaded: ZeroDivisionError: division by zero"):
        release.build(course, day)


def test_the_course_asked_for_is_the_one_that_is_built(course: Course, day: Day) -> None:
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text() + '\nc.CourseDirectory.root = "/nowhere"\n')
    assert b"double_solution" in release.build(course, day)


def test_nbgraders_own_complaint_comes_through(
    course: Course, day: Day, caplog: pytest.LogCaptureFixture
) -> None:
    day.solution.write_text(SOLUTIONS.replace("    return scaled\n    ### END SOLUTION\n", ""))
    with pytest.raises(CourseError) as found:
        release.build(course, day)
    assert str(found.value) == f"source/{STEM}/{STEM}.ipynb: no end solution statement found"
    assert caplog.records == []


# Checking.


def test_a_fresh_release_is_fine(released: Course) -> None:
    assert leaks.check(released, released.day("1")) == []


def put_line(day: Day, line: str, name: str = "double-id") -> None:
    """Plant a line in a cell of the released notebook, as a slip of the hand would."""
    data = json.loads(day.release_notebook.read_bytes())
    chosen = next(made for made in data["cells"] if made["id"] == name)
    chosen["source"] = "".join(chosen["source"]) + "\n" + line
    day.release_notebook.write_text(json.dumps(data))


def edit_metadata(day: Day) -> None:
    data = json.loads(day.release_notebook.read_bytes())
    data["metadata"]["note"] = "halved = total // 2 + total % 2"
    day.release_notebook.write_text(json.dumps(data))


def put_file(name: str, text: str, *, source: bool = False) -> Callable[[Day], None]:
    def put(day: Day) -> None:
        for folder in [day.release_dir, *([day.source_dir] if source else [])]:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        if source:  # the notebook names what is released beside it
            made = notebook.read(day.release_notebook)
            made.metadata.dl30.files.append(name)
            day.release_notebook.write_bytes(notebook.to_bytes(made))

    return put


NOTEBOOK = f"release/{STEM}/{STEM}.ipynb"
AGAIN = f"(run `dl30 release {STEM}`)"
DRIFT = f'{NOTEBOOK}: cell "double" differs from the source {AGAIN}'
IN_CELL = f'{NOTEBOOK}, cell "double": '


@pytest.mark.parametrize(
    ("damage", "problems"),
    [
        (lambda day: shutil.rmtree(day.release_dir), [f"release/{STEM}: is missing {AGAIN}"]),
        (lambda day: day.release_notebook.unlink(), [f"{NOTEBOOK}: is missing {AGAIN}"]),
        (lambda day: put_line(day, "x = 1"), [DRIFT]),
        (
            lambda day: put_line(day, "        scaled = 2.0 * np.asarray(x)"),
            [
                DRIFT,
                IN_CELL + f"holds a line of solutions/{STEM}.py:11: scaled = 2.0 * np.asarray(x)",
            ],
        ),
        (
            lambda day: put_line(day, "# `return max(self.left, 0)`"),
            [DRIFT, IN_CELL + f"holds a line of solutions/{STEM}.py:34: return max(self.left, 0)"],
        ),
        (
            lambda day: put_line(day, "assert student.double(1) == 2"),
            [
                DRIFT,
                IN_CELL + f"holds a line of tests/hidden/test_{STEM}.py:9: "
                "assert student.double(1) == 2",
            ],
        ),
        (
            lambda day: put_line(day, "> A column stays a column when it is doubled."),
            [
                DRIFT,
                IN_CELL + f"holds a line of tests/hidden/test_{STEM}.py:8: "
                "A column stays a column when it is doubled.",
            ],
        ),
        (
            lambda day: put_line(day, "Because it is linear in x."),
            [DRIFT, IN_CELL + f'holds a line of {STEM}.ipynb:"why": Because it is linear in x.'],
        ),
        (lambda day: put_line(day, "return scaled"), [DRIFT]),
        (lambda day: put_line(day, "k = 3 * 4"), [DRIFT]),
        (lambda day: put_line(day, "import numpy as np"), [DRIFT]),
        (lambda day: put_line(day, "for step in range(n):"), [DRIFT]),
        (
            lambda day: put_line(day, "### BEGIN SOLUTION"),
            [DRIFT, IN_CELL + "holds the marker BEGIN SOLUTION"],
        ),
        (
            lambda day: put_line(day, "### END HIDDEN TESTS"),
            [DRIFT, IN_CELL + "holds the marker END HIDDEN TESTS"],
        ),
        (
            lambda day: put_line(day, "  import autograder"),
            [DRIFT, IN_CELL + "says `import autograder`"],
        ),
        (
            edit_metadata,
            [
                f"{NOTEBOOK}: something outside its cells differs from the source {AGAIN}",
                f"{NOTEBOOK}, metadata: holds a line of solutions/{STEM}.py:22: "
                "halved = total // 2 + total % 2",
            ],
        ),
        (
            lambda day: day.release_notebook.write_text("{"),
            [f"{NOTEBOOK}: it is no notebook and differs from the source {AGAIN}"],
        ),
        (
            put_file("extra.txt", ""),
            [f"release/{STEM}/extra.txt: stray file, its source folder has none"],
        ),
        (
            put_file("__pycache__/a.cpython-311.pyc", ""),
            [
                f"release/{STEM}/__pycache__/a.cpython-311.pyc: stray file, its source folder has "
                "none",
                f"release/{STEM}/__pycache__/a.cpython-311.pyc: left over from a tool",
            ],
        ),
        (
            put_file("notes.txt~", "", source=True),
            [f"release/{STEM}/notes.txt~: left over from a tool"],
        ),
        (
            put_file("data/table.csv", "a,b\n"),
            [f"release/{STEM}/data/table.csv: it differs from the source {AGAIN}"],
        ),
        (
            # No drift here: the helper file was released together with its leak.
            put_file("helper.py", "def f(x):\n    scaled = 2.0 * np.asarray(x)\n", source=True),
            [
                f"release/{STEM}/helper.py: holds a line of solutions/{STEM}.py:11: "
                "scaled = 2.0 * np.asarray(x)"
            ],
        ),
        (
            put_file("helper.py", "def f(x):\n    return scaled\n", source=True),
            [],
        ),
        (
            lambda day: (day.release_dir / "link").symlink_to(day.solution),
            [f"release/{STEM}/link: is a symbolic link"],
        ),
    ],
)
def test_check_finds(
    released: Course, damage: Callable[[Day], object], problems: list[str]
) -> None:
    day = released.day("1")
    damage(day)
    assert leaks.check(released, day) == problems


def remake(released: Course, *extra: dict[str, Any]) -> Day:
    day = released.day("1")
    day.source_notebook.write_text(book(*CELLS, *extra))
    release.release(released, day)
    return day


def test_a_given_line_may_stand_in_a_solution(released: Course) -> None:
    shown = "scaled = 2.0 * np.asarray(x)\nTwice x, for the first exercise."
    day = remake(released, cell("shown", shown, locked=True))
    assert leaks.check(released, day) == []


def test_a_whole_solution_in_a_given_cell_is_a_leak(released: Course) -> None:
    shown = SOLUTIONS.split("### BEGIN SOLUTION\n")[2].split("    ### END")[0]
    day = remake(released, cell("shown", shown, locked=True))
    assert leaks.check(released, day) == [
        f'{NOTEBOOK}, cell "shown": holds the whole solution that ends at solutions/{STEM}.py:24'
    ]


def test_other_days_solutions_are_looked_for_too(released: Course) -> None:
    other = SOLUTIONS.replace("2.0 * np", "7.0 / np")
    (released.root / "solutions" / "day02_other.py").write_text(other)
    put_line(released.day("1"), "scaled = 7.0 / np.asarray(x)")
    assert "solutions/day02_other.py:11" in leaks.check(released, released.day("1"))[1]


def test_cells_without_ids_would_never_give_the_same_bytes(released: Course) -> None:
    day = released.day("1")
    cells = [{key: value for key, value in made.items() if key != "id"} for made in CELLS]
    day.source_notebook.write_text(book(*CELLS[:5], *cells[5:]))
    problem = f"source/{STEM}/{STEM}.ipynb: 2 cells have no id (save it once in JupyterLab)"
    assert leaks.check(released, day) == [problem]


def test_an_unreadable_source_is_one_problem(released: Course) -> None:
    day = released.day("1")
    day.source_notebook.write_text("{")
    (problem,) = leaks.check(released, day)
    assert "is not JSON: line 1, column 2" in problem


def test_a_source_at_fault_is_one_problem(released: Course) -> None:
    day = released.day("1")
    day.solution.unlink()
    assert leaks.check(released, day) == [
        f'source/{STEM}/{STEM}.ipynb, cell "double_solution": '
        f"solutions/{STEM}.py cannot be read: No such file or directory"
    ]


# The real day.


@pytest.fixture
def day14() -> tuple[Course, Day]:
    day = Day(ROOT, "day14_convolution")
    if not day.source_notebook.exists():
        pytest.skip("day 14 is not written yet")
    return Course(ROOT), day


def test_definitions_are_what_inspect_finds(day14: tuple[Course, Day]) -> None:
    from solutions import day14_convolution

    cells = release.instructor_notebook(*day14).cells
    found = {made.metadata.nbgrader.grade_id: made.source for made in cells if notebook.marks(made)}
    for exercise in day14[1].exercises():
        parts = [getattr(day14_convolution, name) for name in exercise.functions]
        expected = "\n\n\n".join(inspect.getsource(part).rstrip("\n") for part in parts)
        assert found[f"{exercise.name}_solution"] == expected


def test_day14_is_released_clean_and_current(day14: tuple[Course, Day]) -> None:
    if not day14[1].release_dir.exists():
        pytest.skip("day 14 is not released yet")
    assert leaks.check(*day14) == []
