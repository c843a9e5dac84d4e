"""A course folder of an instructor's own, made from a course that is there already."""

from __future__ import annotations

import ast
import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.api import Student as StudentRow
from sqlalchemy.exc import SQLAlchemyError

import autograder
from autograder import release
from autograder.course import CONFIG, SOURCE, Course, Day
from autograder.errors import CourseError, GradebookError
from autograder.instructor import exchange as exchanges
from autograder.instructor.roster import Student
from autograder.text import one_line

_COPIED = (SOURCE, "solutions", "tests/hidden", "tests/solutions", "tests/variants", "tests/demo")
_LEFT_BEHIND = shutil.ignore_patterns(".*", "__pycache__", "predictions.csv")
_RIGHTS = 0o700  # solutions and hidden tests are in it
# So that `pytest tests/hidden/…` by hand finds the course's own solutions.
_PYTEST = """\
[tool.pytest.ini_options]
addopts = "-p autograder.grading.plugin --import-mode=importlib"
pythonpath = ["."]
"""
_PRIVATE = "gradebook.db\nsubmitted/\nautograded/\nfeedback/\nrecords/\nexchange/\n"
_PENALTY = """
# Points off for what is handed in late: none, unless these lines say so (docs/instructor.md).
# c.AssignLatePenalties.plugin_class = "autograder.late.LatePenalty"
# c.LatePenalty.per_day = 0.1
"""


@dataclass(frozen=True)
class Wishes:
    """What the new course is to be. `exchange` None is a folder of the course; `days` are texts
    such as "14", and all days where there are none."""

    course_id: str
    exchange: Path | None = None
    days: Sequence[str] = ()
    students: Sequence[Student] = ()


def installed_course(asked: Path | None) -> Course:
    """The course to copy: `asked`, or the one that this package stands in."""
    if asked is not None:
        return Course.find(asked, asked)
    root = Path(autograder.__file__).absolute().parents[1]
    if not (root / CONFIG).is_file():
        what = "dl30 is installed without a course"
        raise CourseError(
            what, where=root, todo="name one: --from COURSE, such as a clone's folder"
        )
    return Course.find(root, root)


def make(
    template: Course, folder: Path, wishes: Wishes, done: Callable[[Day, int, int], None]
) -> Course:
    """The new course, all of it or nothing; `done` is told each day that was generated, its number
    and how many there are.

    Raises CourseError, UsageError or GradebookError; then nothing is left.
    """
    asked = [template.day(text) for text in wishes.days] or template.days()
    days = sorted(set(asked), key=lambda day: day.stem)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        todo = "name a folder that is not there"
        raise CourseError("there is something here already", where=folder, todo=todo)
    if wishes.exchange is not None and wishes.exchange.exists():
        exchanges.make(wishes.exchange)  # says what is wrong with it before minutes are spent
    if wishes.exchange is not None and wishes.exchange.is_relative_to(folder):
        wishes = Wishes(wishes.course_id, None, wishes.days, wishes.students)
    with _all_or_nothing(folder) as scratch:
        course = _copy(template, scratch, wishes)
        for number, day in enumerate(days, start=1):
            release.release(course, course.day(day.stem))
            done(day, number, len(days))
        _enter_students(course, wishes)
        exchanges.make(wishes.exchange or scratch / "exchange")
    return Course.find(folder, folder)


@contextlib.contextmanager
def _all_or_nothing(folder: Path) -> Iterator[Path]:
    """A scratch folder beside `folder`, which takes its place if all goes well."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    except OSError as error:
        raise CourseError(f"cannot be made: {error.strerror}", where=folder) from None
    try:
        yield scratch
        scratch.chmod(_RIGHTS)
        os.rename(scratch, folder)
    except (OSError, shutil.Error, subprocess.CalledProcessError) as error:
        what = f"the course cannot be made: {_reason(error)}"
        raise CourseError(what, where=folder, todo="nothing of it was left behind") from None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _reason(error: Exception) -> str:
    if isinstance(error, shutil.Error) and error.args and isinstance(error.args[0], list):
        return one_line(str(error.args[0][0][-1]), 200)
    return one_line(getattr(error, "strerror", None) or str(error), 200)


def _copy(template: Course, scratch: Path, wishes: Wishes) -> Course:
    for name in _COPIED:
        if (template.root / name).is_dir():
            shutil.copytree(template.root / name, scratch / name, ignore=_LEFT_BEHIND)
    files = {
        CONFIG: _config(template.root / CONFIG, wishes),
        "pyproject.toml": _PYTEST,
        ".gitignore": _PRIVATE,
    }
    for name, text in files.items():
        (scratch / name).write_text(text, encoding="utf-8")
    course = Course.find(scratch, scratch)
    if Path(release.open_course(course).db_url.partition("///")[2]) != course.gradebook:
        what = "the settings name a database of their own, which is that course's"
        todo = "take CourseDirectory.db_url out while the course is made"
        raise CourseError(what, where=template.root / CONFIG, todo=todo)
    return course


def _config(path: Path, wishes: Wishes) -> str:
    """The settings of the course that is copied, with names and places of the new one."""
    text = path.read_text(encoding="utf-8")
    call = next((node for node in ast.parse(text).body if _configures(node)), None)
    if call is None:
        what = "there is no line `configure(c, root=...)`"
        raise CourseError(what, where=path, todo="see nbgrader_config.py of dl30's own course")
    lines = text.splitlines()
    place = repr(str(wishes.exchange.absolute())) if wishes.exchange else 'root / "exchange"'
    ours = [
        "root = Path(__file__).absolute().parent",
        f"configure(c, root=root, course_id={wishes.course_id!r}, exchange={place})",
    ]
    lines[call.lineno - 1 : call.end_lineno] = ours
    rest = "" if "LatePenalty" in text else _PENALTY
    return "\n".join(lines) + "\n" + rest


def _configures(node: ast.stmt) -> bool:
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and ast.unparse(call.func) == "configure"


def _enter_students(course: Course, wishes: Wishes) -> None:
    url = release.open_course(course).db_url
    try:
        with Gradebook(url, wishes.course_id) as gradebook:
            for student in wishes.students:
                gradebook.db.add(StudentRow(**vars(student)))
            gradebook.db.commit()
    except SQLAlchemyError as error:
        why = one_line(str(getattr(error, "orig", error)), 200)
        raise GradebookError(f"students cannot be entered: {why}", where=course.root) from None
