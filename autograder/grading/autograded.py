"""The autograded folder of a submission, as `nbgrader autograde` makes it: what the formgrader and
feedback pages show."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import shutil
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from nbgrader import utils
from nbgrader.api import MissingEntry
from nbgrader.converters import Autograde
from nbgrader.preprocessors import IgnorePattern, LimitOutput, OverwriteCells

from autograder import notebook
from autograder.errors import Dl30Error
from autograder.grading.kit import Kit
from autograder.grading.marked import unchanged
from autograder.grading.nbgrader_route import forget_feedback, write_scores
from autograder.grading.records import Record, digest_of, write_atomically
from autograder.grading.rows import Assignment, Entry

# The notebook before, while a folder is made anew: whoever is interrupted there, or refused by the
# database, still finds which answers were marked. No file of a student's that is copied ends so.
_BEFORE = ".before.ipynb"


@dataclass(frozen=True)
class Folder:
    """A submission's notebook as it will stand there, what the gradebook learns of it, and the
    notebook that stands there now."""

    record: Record
    content: bytes
    entry: Entry
    before: bytes


class Binder:
    """Makes the autograded folders of one day.

    `converter` is nbgrader's own, with the course's settings: which files it ignores, how much
    output it keeps, the rights it gives.
    """

    def __init__(self, kit: Kit, converter: Autograde, day: Assignment) -> None:
        self._kit = kit
        self._converter = converter
        self._kernelspec = json.loads(day.kernelspec) if day.kernelspec else None
        config = converter.config
        self._overwrite = _Overwrite(day, config=config)
        self._steps = [IgnorePattern(config=config), LimitOutput(config=config)]
        for step in (self._overwrite, *self._steps):
            step.log = converter.log

    def bind(self, record: Record) -> Folder:
        """The folder of a record; Dl30Error where its submission is not what was graded."""
        place = self._place(self._kit.course.submitted, record.student)
        path = place / f"{self._kit.day.stem}.ipynb"
        raw = notebook.contents(path)
        if digest_of(path.name, raw) != record.fingerprint.notebook:
            todo = "run the same command again"
            raise Dl30Error("the notebook changed after it was graded", where=path, todo=todo)
        nb = self._kit.harmless(notebook.parse(raw, path, again=True)).notebook
        if self._kernelspec:
            nb.metadata["kernelspec"] = self._kernelspec
        nb, resources = self._overwrite(nb, {})
        write_scores(nb, record)
        for step in self._steps:
            nb, resources = step(nb, resources)
        timestamp = self._timestamp(place)
        scores = {name: utils.determine_grade(cell)[0] for name, cell in _marked(nb, "grade")}
        empty = {name for name, cell in _marked(nb, "solution") if _is_untouched(cell)}
        content = notebook.to_bytes(nb)
        before = self._before(record.student)
        same = unchanged(before, content)
        entry = Entry(record.student, timestamp, scores, frozenset(empty), same)
        return Folder(record, content, entry, before)

    def lay(self, folder: Folder) -> None:
        """Make the folder anew, with all but the notebook: the student's other files, and over them
        the assignment's own. What is no plain file, a link or a pipe, stays out."""
        student = folder.record.student
        place = self._place(self._kit.course.autograded, student)
        shutil.rmtree(place, ignore_errors=True)
        if folder.before:
            place.mkdir(parents=True, exist_ok=True)
            (place / _BEFORE).write_bytes(folder.before)
        submitted = self._place(self._kit.course.submitted, student)
        for name in self._files_of(submitted):
            _copy(submitted / name, place / name)
        for name in self._given_files:
            _copy(self._kit.day.source_dir / name, place / name)

    def seal(self, folder: Folder, *, keep_feedback: bool = False) -> None:
        """Write the notebook, which says that all the rest is there, in the gradebook too."""
        student = folder.record.student
        place = self._place(self._kit.course.autograded, student)
        write_atomically(place / f"{self._kit.day.stem}.ipynb", folder.content, sync=False)
        (place / _BEFORE).unlink(missing_ok=True)
        self._converter.set_permissions(self._kit.day.stem, student)
        if not keep_feedback:
            forget_feedback(self._kit, student)

    def _before(self, student: str) -> bytes:
        """The notebook that people could mark until now; nothing where there is none."""
        place = self._place(self._kit.course.autograded, student)
        for name in (f"{self._kit.day.stem}.ipynb", _BEFORE):
            with contextlib.suppress(OSError):
                return (place / name).read_bytes()
        return b""

    def _timestamp(self, place: Path) -> datetime.datetime | None:
        path = place / "timestamp.txt"
        if not path.is_file():
            return None
        try:
            found: datetime.datetime | None = self._converter.coursedir.get_existing_timestamp(
                str(place)
            )
        except Exception:  # nbgrader stumbles over its own complaint
            todo = "it holds when the notebook was handed in, such as 2026-01-31 23:59:00 UTC"
            raise Dl30Error("this is no time", where=path, todo=todo) from None
        return found

    @cached_property
    def _given_files(self) -> list[str]:
        excluded = self._converter.exclude_overwriting.get(self._kit.day.stem, [])
        return [name for name in self._files_of(self._kit.day.source_dir) if name not in excluded]

    def _files_of(self, folder: Path) -> list[str]:
        ignored = [*self._converter.coursedir.ignore, "*.ipynb"]
        found = utils.find_all_files(str(folder), ignored)
        return [os.path.relpath(path, folder) for path in found]

    def _place(self, step: Path, student: str) -> Path:
        return step / student / self._kit.day.stem


def _copy(source: Path, target: Path) -> None:
    if not stat.S_ISREG(source.lstat().st_mode):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    shutil.copy(source, target)


def _marked(nb: Any, mark: str) -> list[tuple[str, Any]]:
    """Names and cells that nbgrader would look at for grades, or for solutions."""
    marks = ((cell.metadata.get("nbgrader", {}), cell) for cell in nb.cells)
    return [(given["grade_id"], cell) for given, cell in marks if given.get(mark)]


def _is_untouched(cell: Any) -> bool:
    given = cell.metadata.nbgrader
    return bool(given.get("checksum") == utils.compute_checksum(cell))


class _Overwrite(OverwriteCells):  # type: ignore[misc]
    """nbgrader's step, which asks what is already known instead of a database."""

    def __init__(self, day: Assignment, **options: Any) -> None:
        super().__init__(**options)
        self.gradebook = _Known(day)
        self.notebook_id = self.assignment_id = ""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        for index, cell in enumerate(nb.cells):
            nb.cells[index], resources = self.preprocess_cell(cell, resources, index)
        return nb, resources


class _Known:
    """The two questions of `OverwriteCells` to a gradebook."""

    def __init__(self, day: Assignment) -> None:
        self._sources: Mapping[str, Any] = day.sources
        self._points: Mapping[str, Any] = day.points

    def find_source_cell(self, name: str, *_: str) -> Any:
        return self._find(self._sources, name)

    def find_graded_cell(self, name: str, *_: str) -> Any:
        return self._find(self._points, name)

    def _find(self, cells: Mapping[str, Any], name: str) -> Any:
        if name not in cells:
            raise MissingEntry(f"no cell {name}")
        return cells[name]
