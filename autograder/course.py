"""The course on disk: where each day's files are and what its notebook asks for.

One stem such as ``day14_convolution`` names a day everywhere. Importing this module is cheap: the
notebook is opened only when exercises, written questions or points are asked for.
"""

from __future__ import annotations

import ast
import difflib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import CourseError, UnreadableNotebook, UsageError
from autograder.text import one_line

if TYPE_CHECKING:
    from autograder.notebook import NotebookNode

CONFIG, SOURCE = "nbgrader_config.py", "source"
_STEM = re.compile(r"day(\d\d)_[a-z0-9_]+")
_ASKED = re.compile(r"(?:day)?0*(\d{1,2})")
_HEADING = re.compile(r"^# +(?:day +\d+ *\W? *)?(.+?) *#* *$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Exercise:
    """A graded code cell: its grade_id, its points, and the functions it is about."""

    name: str
    points: float
    functions: tuple[str, ...]


@dataclass(frozen=True)
class Written:
    """A question answered in words and marked by hand: its grade_id and its points."""

    name: str
    points: float


def solution_import(source: str) -> tuple[str, tuple[str, ...]]:
    """Module and names of a solution cell that reads ``from solutions.MODULE import NAME, ...``.

    Raises ValueError, with the reason as a phrase, for any other cell.
    """
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError) as error:
        raise ValueError("it is not Python") from error
    found = body[0] if len(body) == 1 else None
    if not isinstance(found, ast.ImportFrom) or found.level:
        raise ValueError("it holds something other than one import")
    package, _, module = (found.module or "").partition(".")
    if package != "solutions" or not module.isidentifier():
        raise ValueError(f"it imports from {found.module}, not from a module of solutions")
    if any(alias.asname or alias.name == "*" for alias in found.names):
        raise ValueError("it imports with `as` or `*`")
    return module, tuple(alias.name for alias in found.names)


@dataclass(frozen=True)
class Day:
    """One day of the course and the places of its files; they need not be there (see `check`)."""

    root: Path
    stem: str

    @property
    def number(self) -> int:
        return int(self.stem[3:5])

    @property
    def title(self) -> str:
        """The notebook's first heading without "Day 14", or the stem's words when there is none."""
        try:
            cells = json.loads(self.source_notebook.read_text(encoding="utf-8"))["cells"]
            texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            texts = []
        found = next(filter(None, map(_HEADING.search, texts)), None)
        plain = self.stem[6:].replace("_", " ").capitalize()
        return one_line(found.group(1), 80) if found else plain

    @property
    def source_dir(self) -> Path:
        return self.root / SOURCE / self.stem

    @property
    def release_dir(self) -> Path:
        return self.root / "release" / self.stem

    @property
    def source_notebook(self) -> Path:
        return self.source_dir / f"{self.stem}.ipynb"

    @property
    def release_notebook(self) -> Path:
        return self.release_dir / f"{self.stem}.ipynb"

    @property
    def solution(self) -> Path:
        return self.root / "solutions" / f"{self.stem}.py"

    @property
    def hidden_tests(self) -> Path:
        return self.root / "tests" / "hidden" / f"test_{self.stem}.py"

    @property
    def reference_tests(self) -> Path:
        return self.root / "tests" / "solutions" / f"test_{self.stem}.py"

    @property
    def variants(self) -> Path:
        return self.root / "tests" / "variants" / f"{self.stem}.py"

    def check(self, *, released: bool = True) -> None:
        """Raise CourseError naming every file of the day that is missing.

        `released=False` leaves out the released notebook, for the command that makes it.
        """
        needed = [self.source_notebook, self.solution, self.hidden_tests]
        needed += [self.reference_tests, self.variants]
        needed += [self.release_notebook] if released else []
        missing = [str(path.relative_to(self.root)) for path in needed if not path.is_file()]
        if missing:
            todo = ""
            if missing == [str(self.release_notebook.relative_to(self.root))]:
                todo = f"run `dl30 release {self.stem}`"
            raise CourseError(f"{self.stem} lacks {', '.join(missing)}", where=self.root, todo=todo)

    def exercises(self) -> tuple[Exercise, ...]:
        """The graded code cells of the source notebook, in order. CourseError if it is at fault."""
        return tuple(item for item in self._graded() if isinstance(item, Exercise))

    def written(self) -> tuple[Written, ...]:
        """The questions marked by hand, in order. CourseError if the notebook is at fault."""
        return tuple(item for item in self._graded() if isinstance(item, Written))

    @property
    def max_score(self) -> float:
        """Points of all exercises and written questions."""
        return sum(item.points for item in self._graded())

    def _graded(self) -> Iterator[Exercise | Written]:
        from autograder.notebook import marks, read

        try:
            cells: list[NotebookNode] = read(self.source_notebook).cells
        except UnreadableNotebook as error:
            raise CourseError(error.what, where=error.where, todo=error.todo) from None
        functions: tuple[str, ...] = ()
        for cell in cells:
            mark = marks(cell)
            if mark is None:
                continue
            if not mark.grade:
                if mark.solution and cell.cell_type == "code":
                    functions += self._imported(cell.source, mark.grade_id)
                continue
            points = self._points(mark.points, mark.grade_id)
            if mark.solution:
                yield Written(mark.grade_id, points)
                continue
            if not functions:
                raise self._fault("no solution cell stands before this check", mark.grade_id)
            yield Exercise(mark.grade_id, points, functions)
            functions = ()

    def _imported(self, source: str, name: str) -> tuple[str, ...]:
        try:
            return solution_import(source)[1]
        except ValueError as error:
            todo = f"write `from solutions.{self.stem} import ...` and nothing else"
            raise self._fault(f"this is no solution cell: {error}", name, todo) from None

    def _points(self, points: float | None, name: str) -> float:
        if points is None or not 0 <= points < float("inf"):
            raise self._fault("this graded cell has no points", name)
        return points

    def _fault(self, what: str, name: str, todo: str = "") -> CourseError:
        path = self.source_notebook.relative_to(self.root)
        return CourseError(what, where=f'{path}, cell "{name}"', todo=todo)


@dataclass(frozen=True)
class Course:
    """The folder that holds nbgrader_config.py and source/."""

    root: Path

    @classmethod
    def find(cls, start: Path, explicit: Path | None = None) -> Course:
        """The course that holds `start`, or exactly the folder `explicit`; else CourseError."""
        first = (explicit or start).absolute()
        for folder in [first] if explicit else [first, *first.parents]:
            if (folder / CONFIG).is_file() and (folder / SOURCE).is_dir():
                return cls(folder)
        searched = "in this folder" if explicit else "in this folder or any above it"
        raise CourseError(
            f"this is no course: {CONFIG} and {SOURCE}/ do not stand together {searched}",
            where=first,
            todo="go to the course's folder or name it",
        )

    @property
    def submitted(self) -> Path:
        return self.root / "submitted"

    @property
    def autograded(self) -> Path:
        return self.root / "autograded"

    @property
    def feedback(self) -> Path:
        return self.root / "feedback"

    @property
    def records(self) -> Path:
        return self.root / "records"

    @property
    def gradebook(self) -> Path:
        return self.root / "gradebook.db"

    def days(self) -> list[Day]:
        """Every folder of source/ that is named like a day, sorted by number."""
        folders = (path for path in (self.root / SOURCE).iterdir() if path.is_dir())
        return sorted(
            (Day(self.root, folder.name) for folder in folders if _STEM.fullmatch(folder.name)),
            key=lambda day: (day.number, day.stem),
        )

    def day(self, text: str) -> Day:
        """The day meant by "14", "04", "4", "day14" or "day14_convolution".

        Raises UsageError with near misses and the list of days for anything else, CourseError when
        two folders have the number.
        """
        days, asked = self.days(), text.strip().lower()
        number = _ASKED.fullmatch(asked)
        found = [
            day
            for day in days
            if day.stem == asked or (number and day.number == int(number.group(1)))
        ]
        if len(found) > 1:
            stems = " and ".join(day.stem for day in found)
            raise CourseError(f"{stems} have the same number", where=self.root / SOURCE)
        return found[0] if found else self._no_day(text, days)

    def _no_day(self, text: str, days: list[Day]) -> Day:
        names = {name: day.stem for day in days for name in (day.stem, day.stem[6:], day.stem[:5])}
        near = difflib.get_close_matches(text.strip().lower(), names, cutoff=0.7)
        stems = list(dict.fromkeys(names[name] for name in near))
        meant = f"did you mean {' or '.join(stems)}? " if stems else ""
        listed = "there are " + ", ".join(day.stem for day in days) if days else "there are none"
        raise UsageError(f'there is no day "{one_line(text, 60)}"', todo=meant + listed)
