"""A small class in a scratch copy of the course: the whole way from release to feedback."""

from __future__ import annotations

import copy
import importlib.util
import shutil
import textwrap
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from autograder import notebook, variants
from autograder.course import Course, Day
from autograder.errors import CourseError
from autograder.notebook import NotebookNode as Notebook
from autograder.release import instructor_notebook

__all__ = ["Classroom", "Notebook", "copy_course", "hand_in"]

_LEFT_BEHIND = shutil.ignore_patterns(
    ".*", "__pycache__", "gradebook.db", "submitted", "autograded", "feedback", "records",
    "exchange", "reports", "build", "dist", "*.egg-info", "node_modules", "venv",
)  # fmt: skip


def copy_course(course: Course, folder: Path) -> Course:
    """The course without anything of its students, in a folder that must not exist yet."""
    if folder.exists():
        raise CourseError(
            "there is something here already", where=folder, todo="name a folder that is not there"
        )
    shutil.copytree(course.root, folder, ignore=_LEFT_BEHIND)
    return Course.find(folder, folder)


class Classroom:
    """Makes notebooks of one day as students might hand them in."""

    def __init__(self, course: Course, day: Day) -> None:
        self._released = notebook.read(day.release_notebook)
        self._solved = instructor_notebook(course, day)
        self._day = day

    @cached_property
    def _variants(self) -> dict[str, variants.Variant]:
        return {variant.name: variant for variant in variants.load(self._day.variants)}

    def blank(self) -> Notebook:
        """The notebook as it was given out."""
        return copy.deepcopy(self._released)

    def solved(self, *names: str, **functions: str) -> Notebook:
        """All right but for the variants of these names, and functions given as source."""
        replaced = {name: self.code(source) for name, source in functions.items()}
        for name in names:
            if name not in self._variants:
                raise CourseError(f"there is no variant {name}", where=self._day.variants)
            replaced |= self._variants[name].functions
        return variants.handed_in(self._released, self._solved, replaced)

    def cell(self, where: Notebook, grade_id: str) -> Notebook:
        """The cell with this grade_id."""
        for cell in where.cells:
            mark = notebook.marks(cell)
            if mark is not None and mark.grade_id == grade_id:
                return cell
        raise CourseError(f"there is no cell {grade_id}", where=self._day.release_notebook)

    def stub(self, grade_id: str) -> str:
        """What the cell holds in the notebook that was given out."""
        return str(self.cell(self._released, grade_id).source)

    def code(self, text: str) -> str:
        return textwrap.dedent(text).strip()

    def copy(self, cell: Notebook) -> Notebook:
        """The cell once more, metadata and all, as copy and paste makes it."""
        twin = copy.deepcopy(cell)
        twin.id = f"{cell.id}-copy"
        return twin

    def add(self, where: Notebook, *, after: str, source: str) -> Notebook:
        """Insert a cell of the student's own."""
        own = copy.deepcopy(self.cell(where, after))
        own.metadata, own.source, own.id = type(own)(), source, f"own-{len(where.cells)}"
        where.cells.insert(where.cells.index(self.cell(where, after)) + 1, own)
        return where


def hand_in(course: Course, day: Day) -> dict[str, str]:
    """Put the day's demo notebooks into submitted/; what each student did, by name.

    They are made by `tests/demo/DAY.py` of the course.
    """
    room = Classroom(course, day)
    told = {}
    for student, make in _submissions(course, day).items():
        path = course.submitted / student / day.stem / f"{day.stem}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(notebook.to_bytes(make(room)))
        told[student] = (make.__doc__ or "").strip()
    return told


def _submissions(course: Course, day: Day) -> dict[str, Callable[[Classroom], Notebook]]:
    path = course.root / "tests" / "demo" / f"{day.stem}.py"
    spec = importlib.util.spec_from_file_location(f"demo_{day.stem}", path)
    if not path.is_file() or spec is None or spec.loader is None:
        raise CourseError(f"{day.stem} has no demo notebooks", where=path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: dict[str, Callable[[Classroom], Notebook]] = module.SUBMISSIONS
    return found
