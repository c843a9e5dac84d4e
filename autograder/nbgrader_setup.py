"""The course's settings of nbgrader, called by nbgrader_config.py.

nbgrader reads that file more than once in a run (from the folder it was started in and from the
course's root), and the formgrader reads it inside the Jupyter server at every click, so this may be
called any number of times.
"""

from __future__ import annotations

import os
import shutil
import sys
import warnings
from pathlib import Path
from typing import Any

COURSE_ID = "dl30"
# The environment variable by which `dl30 lab --exchange` reaches every process that it starts.
EXCHANGE = "DL30_EXCHANGE"


def configure(
    c: Any, root: Path, *, course_id: str = COURSE_ID, exchange: Path | str | None = None
) -> None:
    """Set up nbgrader for the course in `root`; `c` is the traitlets Config of the file.

    `exchange` is the folder by which notebooks go out and come in; nbgrader's own where it is None.
    """
    c.CourseDirectory.course_id = course_id
    c.CourseDirectory.root = str(root)
    if exchange is not None:
        c.Exchange.root = str(exchange)
    use_chosen_exchange(c)
    _reach_alembic()
    _hush_sqlalchemy()
    _generate_assignment(c)
    _autograde(c, root)
    _generate_feedback(c)


def use_chosen_exchange(c: Any) -> None:
    """Take the exchange that `dl30 lab --exchange` named, where it named one."""
    if os.environ.get(EXCHANGE):
        c.Exchange.root = os.environ[EXCHANGE]


def _reach_alembic() -> None:
    """nbgrader starts `alembic` by its bare name to make a gradebook.

    It stands beside our Python, which is not on PATH where the environment was never activated.
    """
    if shutil.which("alembic") is None:
        folders = [os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)]
        os.environ["PATH"] = os.pathsep.join(folders)


def _hush_sqlalchemy() -> None:
    """nbgrader 0.9 walks half-made rows while it creates a submission; SQLAlchemy warns of each."""
    from sqlalchemy.exc import SAWarning

    warnings.filterwarnings("ignore", category=SAWarning, module=r"nbgrader\.")


def _generate_assignment(c: Any) -> None:
    from nbgrader.converters import GenerateAssignment

    from autograder.check.release_step import DescribeRelease
    from autograder.release import InlineSolutions

    # Solutions must be in the notebook before ClearSolutions looks for what to take out; what is
    # told of the cells is how they are in the end.
    given = GenerateAssignment.class_traits()["preprocessors"].default()
    c.GenerateAssignment.preprocessors = [InlineSolutions, *given, DescribeRelease]


def _autograde(c: Any, root: Path) -> None:
    from nbgrader.converters import Autograde
    from nbgrader.preprocessors import CheckCellMetadata, ClearOutput, Execute

    from autograder.grading.nbgrader_route import GradeCells, RepairCells, SubmissionExporter

    # RepairCells empties the graded cells and keeps, of the others' outputs, what is only looked
    # at: the student's own figures stay for whoever marks the written answers.
    traits = Autograde.class_traits()
    sanitize = traits["sanitize_preprocessors"].default()
    grade = traits["autograde_preprocessors"].default()
    # CheckCellMetadata has nothing to find: a repaired notebook has the released cells' metadata.
    dropped = (ClearOutput, CheckCellMetadata)
    kept = [step for step in sanitize if step not in dropped]
    c.Autograde.exporter_class = SubmissionExporter
    c.Autograde.sanitize_preprocessors = [RepairCells, *kept]
    c.Autograde.autograde_preprocessors = [
        GradeCells if step is Execute else step for step in grade if step not in dropped
    ]
    c.RepairCells.course_root = c.GradeCells.course_root = str(root)


def _generate_feedback(c: Any) -> None:
    from autograder.grading.feedback_page import FeedbackPage

    c.GenerateFeedback.exporter_class = FeedbackPage
