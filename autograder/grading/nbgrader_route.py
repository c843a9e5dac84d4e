"""Steps of `nbgrader autograde` done our way: how a submission is read, run, and scored.

`SubmissionExporter` reads it, `RepairCells` stands first among the sanitizing preprocessors,
`GradeCells` in the place of nbgrader's Execute. Everything after them (scores, manual grading, late
penalties, feedback) is nbgrader's own.
"""

from __future__ import annotations

import atexit
import contextlib
import html
import logging
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Unicode

from autograder import notebook
from autograder.course import Course
from autograder.errors import Dl30Error, UnreadableNotebook
from autograder.grading import extensions, records
from autograder.grading.batch import TRIES, GradingProcess, ProcessLost
from autograder.grading.grade import (
    course_secret,
    current_record,
    records_folder,
    seed_of,
    submission_path,
)
from autograder.grading.jobs import Job, Settings
from autograder.grading.kit import Kit
from autograder.grading.records import ExerciseResult, Outcome, Record
from autograder.grading.rows import opened

IDLE_SECONDS = 120.0
MARKS = {"PASS": "✓", "FAIL": "✗", "BROKEN": "!"}


@contextlib.contextmanager
def _in_one_line(log: logging.Logger) -> Iterator[None]:
    """Say what went wrong before nbgrader buries it in the traceback that it logs for any error."""
    try:
        yield
    except Dl30Error as error:
        log.error("%s", error)
        raise


class SubmissionExporter(NotebookExporter):  # type: ignore[misc]
    """Reads notebooks as `dl30 grade` does: both routes take and refuse the same files."""

    def from_filename(self, filename: str, resources: Any = None, **options: Any) -> Any:
        path = Path(filename)
        with _in_one_line(self.log):
            nb = _read(path)
        place = {"name": path.stem, "path": str(path.parent)}
        return self.from_notebook_node(nb, {**(resources or {}), "metadata": place}, **options)


def _read(path: Path) -> notebook.NotebookNode:
    try:
        return notebook.read(path)
    except UnreadableNotebook as error:
        # The formgrader's dialog cuts off what stands behind a long path.
        short = Path(*path.parts[-3:])
        raise UnreadableNotebook(error.what, where=short, todo=error.todo) from None


class _Ours(NbGraderPreprocessor):  # type: ignore[misc]
    course_root = Unicode(help="The folder that holds nbgrader_config.py.").tag(config=True)

    def __call__(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        with _in_one_line(self.log):
            done: tuple[Any, Any] = super().__call__(nb, resources)
            return done

    def kit(self, resources: Any) -> Kit:
        course = Course.find(Path(self.course_root), Path(self.course_root))
        return Kit(course, course.day(resources["nbgrader"]["assignment"]))


class RepairCells(_Ours):
    """Puts back what students break, and leaves nothing of theirs that could run in a browser."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        repaired = self.kit(resources).harmless(nb)
        for note in repaired.notes:
            self.log.warning("%s", note)
        return repaired.notebook, resources


class GradeCells(_Ours):
    """Writes each exercise's score and feedback on its graded cell, from the submission's record.

    A record that still holds is used; otherwise the submission is graded now, in a grading process
    that stays for the next ones.
    """

    jail = Bool(True, help="Run student code in a jail.").tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        kit = self.kit(resources)
        record = record_for(kit, resources["nbgrader"]["student"], jailed=self.jail)
        if record.status != "graded":
            raise Dl30Error(record.problem, where=f"{record.student}'s {record.day}")
        self.log.info("%s: %g of %g", record.student, record.score, record.max_score)
        write_scores(nb, record)
        _give_extension(kit, record.student, resources["nbgrader"]["db_url"])
        forget_feedback(kit, record.student)
        return nb, resources


def _give_extension(kit: Kit, student: str, url: str) -> None:
    """Before the next step asks how late it is."""
    extension = extensions.read(kit.course, kit.day).get(student)
    if extension is not None:
        with opened(url) as engine, engine.begin() as connection:
            extensions.put(connection, kit.day.stem, student, extension)


def forget_feedback(kit: Kit, student: str) -> None:
    """Take away the pages that tell an older result.

    nbgrader makes the folder, copies of the student's files in it too, and as long as it is there
    it writes nothing anew.
    """
    shutil.rmtree(kit.course.feedback / student / kit.day.stem, ignore_errors=True)


def record_for(kit: Kit, student: str, *, jailed: bool) -> Record:
    """The student's current record, made now where there is none."""
    newest = records.read(records_folder(kit.course, kit.day), student)
    if newest is not None and newest.status == "graded":
        held = current_record(kit, student, newest.seed, newest.jailed)
        if held is not None and (held.jailed or not jailed):
            return held
    seed = seed_of(course_secret(kit.course), kit.day.stem, student)
    job = Job(student, str(submission_path(kit.course, kit.day, student)), seed)
    record = _DESK.grade(kit, job, jailed)
    records.write(records_folder(kit.course, kit.day), record)
    return record


class _Desk:
    """Keeps one grading process for the next submission, and lets it go when none comes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key: object = None
        self._process: GradingProcess | None = None
        self._timer: threading.Timer | None = None

    def grade(self, kit: Kit, job: Job, jailed: bool) -> Record:
        settings = Settings(str(kit.course.root), kit.day.stem, jailed)
        state = kit.fingerprint(Path(job.notebook))
        key = (settings, state.tests, state.reference, state.release, state.engine)
        with self._lock:
            if self._key != key:
                self._let_go()
            try:
                return self._grade(settings, key, job)
            finally:
                self._wait_for_the_next()

    def _grade(self, settings: Settings, key: object, job: Job) -> Record:
        for attempt in range(1, TRIES + 1):
            if self._process is None:
                self._process, self._key = GradingProcess(settings), key
            try:
                return self._process.grade(job)
            except ProcessLost as loss:
                self._let_go()
                if attempt == TRIES or loss.late:
                    what = f"the grading process was lost: {loss}"
                    raise Dl30Error(what, where=job.student) from None
        raise AssertionError("unreachable")

    def _wait_for_the_next(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = threading.Timer(IDLE_SECONDS, self.close)
        self._timer.daemon = True
        self._timer.start()

    def _let_go(self) -> None:
        if self._process is not None:
            self._process.close()
            self._process = self._key = None

    def close(self) -> None:
        with self._lock:
            self._let_go()


_DESK = _Desk()
atexit.register(_DESK.close)


def write_scores(nb: Any, record: Record) -> None:
    """Put score and feedback on the graded cells, as nbgrader reads partial credit.

    Nothing of type error or stderr is written: nbgrader would take either for a zero.
    """
    nb.metadata["dl30"] = {"record": record.id}
    for cell in nb.cells:
        mark = notebook.marks(cell)
        if mark is None or not mark.grade or mark.solution:
            continue
        result = record.exercises.get(mark.grade_id)
        if result is None:
            raise Dl30Error("this graded cell has no hidden test", where=mark.grade_id)
        notebook.set_outputs(cell, _outputs(result))


def _outputs(result: ExerciseResult) -> list[dict[str, Any]]:
    feedback = {"text/plain": as_text(result), "text/html": as_html(result)}
    return [
        {"output_type": "display_data", "data": feedback, "metadata": {}},
        {
            "output_type": "execute_result",
            "data": {"text/plain": f"{result.points:g}"},
            "metadata": {},
            "execution_count": None,
        },
    ]


def as_text(result: ExerciseResult) -> str:
    """Feedback on one exercise: each test's verdict, sentence and message."""
    lines = [f"{result.points:g} of {result.max_points:g} points"]
    for test in result.tests:
        lines.append(f"{MARKS[test.verdict]} {test.verdict}  {test.sentence}")
        lines += [f"         {line}" for line in test.message.splitlines()]
    return "\n".join(lines)


def as_html(result: ExerciseResult) -> str:
    """The same for a browser; all that came from tests or students is escaped."""
    rows = "".join(_row(test) for test in result.tests)
    head = f"<p><b>{result.points:g} of {result.max_points:g} points</b></p>"
    return f'<div class="dl30">{head}<ul style="list-style:none;padding-left:0">{rows}</ul></div>'


def _row(test: Outcome) -> str:
    colour = {"PASS": "#1a7f37", "FAIL": "#b3261e", "BROKEN": "#7a5b00"}[test.verdict]
    message = ""
    if test.message:
        style = "margin:0.2em 0 0;white-space:pre-wrap"
        message = f'<pre style="{style}">{html.escape(test.message)}</pre>'
    # Sentences start in one column, whatever the verdict's width, and wrap within it.
    style = f"float:left;margin-left:-5.5em;color:{colour}"
    verdict = f'<b style="{style}">{MARKS[test.verdict]} {test.verdict}</b>'
    sentence = html.escape(test.sentence)
    return f'<li style="margin:0.3em 0 0.3em 5.5em">{verdict} {sentence}{message}</li>'
