"""The one error tree of dl30.

::

    Dl30Error               anything a person can put right      exit 1
    ├── UsageError          the command was called wrongly       exit 2
    ├── CourseError         the course folder is at fault        exit 3
    ├── UnreadableNotebook  one submitted notebook is at fault   exit 1
    ├── JailUnavailable     this machine cannot shut code in     exit 3
    ├── ClusterError        the Dask cluster is at fault         exit 3
    ├── GradebookError      nbgrader's database is at fault      exit 1
    ├── MachineError        this machine cannot run notebooks    exit 3
    ├── DeckError           a quiz deck is at fault              exit 3
    └── LogError            the quiz's review log is at fault    exit 3
"""

from __future__ import annotations


class Dl30Error(Exception):
    """What happened, where, and what to do.

    `what` is one sentence without a final stop, `where` a path, cell or name, `todo` the next step.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: object = "", todo: str = "") -> None:
        self.what = what
        self.where = str(where)
        self.todo = todo
        super().__init__(str(self))

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" ({self.todo})" if self.todo else ""
        return f"{place}{self.what}{advice}"


class UsageError(Dl30Error):
    exit_code = 2


class CourseError(Dl30Error):
    exit_code = 3


class UnreadableNotebook(Dl30Error):
    """A submission that cannot be graded as it is; the others go on."""


class JailUnavailable(Dl30Error):
    exit_code = 3


class MachineError(Dl30Error):
    """Something that checking a notebook needs is not there."""

    exit_code = 3


class ClusterError(Dl30Error):
    exit_code = 3


class GradebookError(Dl30Error):
    """nbgrader's gradebook cannot be read or written now."""


class DeckError(Dl30Error):
    """A quiz deck that cannot be read; names file, line, question and field."""

    exit_code = 3


class LogError(Dl30Error):
    """A review log or data folder that cannot be read or written; nothing in it was changed."""

    exit_code = 3
