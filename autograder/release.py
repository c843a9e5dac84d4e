"""From the instructor's notebook to the students': inlining solutions, releasing, finding leaks.

A source notebook says ``from solutions.day14_convolution import conv2d_forward`` where students
find a stub. `InlineSolutions` puts the function's source there; nbgrader's ClearSolutions then
takes out what stands between BEGIN SOLUTION and END SOLUTION.
"""

from __future__ import annotations

import ast
import contextlib
import json
import logging
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from traitlets.config import Config, PyFileConfigLoader

from autograder.course import CONFIG, Course, Day, solution_import
from autograder.errors import CourseError, Dl30Error, GradebookError, UnreadableNotebook
from autograder.notebook import NotebookNode, cell_name, marks, read
from autograder.text import one_line

_OURS = r"(solutions|autograder)\b"
OUR_IMPORT = re.compile(
    rf"^(?:[ \t>#*-]*|.*;\s*)(?:from\s+{_OURS}[\w.]*\s+import\b"
    rf"|import\s+(?:[\w.]+(?:\s+as\s+\w+)?\s*,\s*)*{_OURS})"
    rf"|(?:import_module|__import__)\(\s*[\"']{_OURS}",
    re.MULTILINE,
)


# Putting solutions in.


class InlineSolutions(NbGraderPreprocessor):  # type: ignore[misc]
    """nbgrader's first step: the source of the solutions in place of their imports."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        place = resources.get("metadata", {})
        path = Path(place.get("path", "")) / f"{place.get('name', 'notebook')}.ipynb"
        _inline(nb, self._course_root(), path)
        return nb, resources

    def _course_root(self) -> Path:
        # The process may stand anywhere: the formgrader's server stands in Jupyter's root.
        holder = self.parent
        while holder is not None:
            if getattr(holder, "coursedir", None) is not None:
                return Path(holder.coursedir.root)
            holder = holder.parent
        raise CourseError("InlineSolutions runs only as a step of nbgrader's GenerateAssignment")


def _inline(notebook: NotebookNode, root: Path, path: Path) -> None:
    for index, cell in enumerate(notebook.cells):
        mark = marks(cell)
        try:
            if cell.cell_type == "code" and mark and mark.solution:
                module, names = solution_import(cell.source)
                file = root / "solutions" / f"{module}.py"
                cell.source = "\n\n\n".join(definition(file, name) for name in names)
            elif found := OUR_IMPORT.search(cell.source):
                raise ValueError(f"only a solution cell may say `{found.group().strip()}`")
        except ValueError as error:
            shown = path.relative_to(root) if path.is_relative_to(root) else path
            where = f'{shown}, cell "{cell_name(cell, index)}"'
            raise CourseError(str(error), where=where) from None


def definition(file: Path, name: str) -> str:
    """Source of the function or class `name` of `file`, decorators included.

    Raises ValueError when it is not there, or has no solution region and would be released whole.
    """
    label = f"solutions/{file.name}"
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
        body = ast.parse("\n".join(lines)).body
    except OSError as error:
        raise ValueError(f"{label} cannot be read: {error.strerror}") from None
    except (SyntaxError, UnicodeDecodeError) as error:
        raise ValueError(f"{label} is not Python: {error}") from None
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    node = next((node for node in body if isinstance(node, kinds) and node.name == name), None)
    if node is None:
        raise ValueError(f"{label} defines no function or class {name}")
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    source = "\n".join(lines[first - 1 : _last_line(node, lines)])
    if "BEGIN SOLUTION" not in source:
        raise ValueError(f"{name} in {label} has no BEGIN SOLUTION: it would be released whole")
    return source


def _last_line(node: ast.stmt, lines: list[str]) -> int:
    """Number of the last line, END SOLUTION included: for ast a closing comment is no part."""
    last = node.end_lineno or node.lineno
    for number, line in enumerate(lines[last:], start=last + 1):
        if line.strip():
            if not (line[0].isspace() and line.lstrip().startswith("#")):
                break
            last = number
    return last


def instructor_notebook(course: Course, day: Day) -> NotebookNode:
    """The source notebook with the solutions in place: a perfect submission, or CourseError."""
    notebook = _source(day)
    _inline(notebook, course.root, day.source_notebook)
    return notebook


def _source(day: Day) -> NotebookNode:
    try:
        return read(day.source_notebook)
    except UnreadableNotebook as error:
        raise CourseError(error.what, where=error.where, todo=error.todo) from None


# Releasing.


def nbgrader_config(course: Course) -> Config:
    """What the course's nbgrader_config.py sets, with the course's own folder as root."""
    try:
        config = PyFileConfigLoader(CONFIG, path=str(course.root)).load_config()
    except Exception as error:
        reason = one_line(f"{type(error).__name__}: {error}", 300)
        raise CourseError(f"cannot be loaded: {reason}", where=course.root / CONFIG) from error
    config.CourseDirectory.root = str(course.root)
    return config


def open_course(course: Course) -> CourseDirectory:
    """The course as nbgrader sees it: its folders and the address of its gradebook.

    CourseError where that address names no database, or one whose driver is not installed.
    """
    found = CourseDirectory(config=nbgrader_config(course))
    where = f"{course.root / CONFIG}, CourseDirectory.db_url"
    try:
        make_url(found.db_url).get_dialect().import_dbapi()
    except ModuleNotFoundError as error:
        todo = "for PostgreSQL: pip install 'dl30[postgresql]', and postgresql+psycopg://…"
        what = f"the package {error.name} for this database is not installed"
        raise CourseError(what, where=where, todo=todo) from None
    except (ArgumentError, NoSuchModuleError) as error:
        reason = one_line(str(error), 200)
        raise CourseError(f"this is no address of a database: {reason}", where=where) from None
    return found


class _Converter(GenerateAssignment):  # type: ignore[misc]
    """nbgrader's own converter; it logs what went wrong and raises something else, so keep that."""

    fault: Exception | None = None

    def init_assignment(self, *args: str) -> None:
        self._keeping_fault(super().init_assignment, *args)

    def convert_single_notebook(self, *args: str) -> None:
        self._keeping_fault(super().convert_single_notebook, *args)

    def _keeping_fault(self, step: Callable[..., None], *args: str) -> None:
        try:
            step(*args)
        except Exception as error:
            self.fault = error
            raise


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """nbgrader's gradebook logs tracebacks to a logger of Tornado's, which has none to hear it."""
    log = logging.getLogger("tornado.application")
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before


def _generate(course: Course, day: Day, into: Path, *, record: bool) -> None:
    """Run nbgrader's GenerateAssignment for the day, writing to the folder `into`/stem.

    `record` says whether the gradebook learns of it. Raises CourseError or GradebookError.
    """
    _refuse_nameless(day)
    config = nbgrader_config(course)
    config.CourseDirectory.release_directory = str(into)
    config.CourseDirectory.assignment_id = day.stem
    if not record:
        config.SaveCells.enabled = False
        config.GenerateAssignment.no_database = True
    log = logging.getLogger("dl30.nbgrader")
    log.setLevel(logging.CRITICAL + 1)
    converter = _Converter(
        coursedir=CourseDirectory(config=config, log=log), config=config, log=log
    )
    try:
        with quietly():
            converter.start()
    except (NbGraderException, SQLAlchemyError, OSError) as error:
        raise _plain(converter.fault or error, day) from error


def _refuse_nameless(day: Day) -> None:
    """Cells without an id would get a random one: no two releases would be the same."""
    _source(day)
    cells = json.loads(day.source_notebook.read_bytes())["cells"]
    if nameless := sum("id" not in cell for cell in cells):
        where = day.source_notebook.relative_to(day.root)
        raise CourseError(
            f"{nameless} cells have no id", where=where, todo="save it once in JupyterLab"
        )


def _plain(fault: Exception, day: Day) -> Dl30Error:
    if isinstance(fault, Dl30Error):
        return fault
    kind = GradebookError if isinstance(fault, SQLAlchemyError) else CourseError
    return kind(one_line(str(fault), 300), where=day.source_notebook.relative_to(day.root))


def build_files(course: Course, day: Day) -> dict[str, bytes]:
    """What a release of the day holds now: contents by path. The course stays untouched."""
    with tempfile.TemporaryDirectory(prefix="dl30-build-") as scratch:
        _generate(course, day, Path(scratch), record=False)
        return files_of(Path(scratch) / day.stem)


def build(course: Course, day: Day) -> bytes:
    """The released notebook as it would be made now. The course stays untouched."""
    return build_files(course, day)[day.release_notebook.name]


def release(course: Course, day: Day) -> None:
    """Write the day's release folder anew and enter the assignment into nbgrader's gradebook.

    The old folder stays as it is when nbgrader refuses: it would have deleted it. Raises
    CourseError or GradebookError.
    """
    with tempfile.TemporaryDirectory(prefix="dl30-release-") as scratch:
        _generate(course, day, Path(scratch), record=True)
        try:
            if day.release_dir.exists():
                shutil.rmtree(day.release_dir)
            shutil.copytree(Path(scratch) / day.stem, day.release_dir)
        except OSError as error:
            raise CourseError(f"cannot be written: {error}", where=day.release_dir) from error


def files_of(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
