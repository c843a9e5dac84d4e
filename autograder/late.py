"""Points off for what is handed in late, on both routes to the gradebook.

An instructor turns it on in nbgrader_config.py::

    c.AssignLatePenalties.plugin_class = "autograder.late.LatePenalty"
    c.LatePenalty.per_day = 0.1
"""

from __future__ import annotations

import math

from nbgrader.plugins import LateSubmissionPlugin
from traitlets import Float

DAY = 24 * 3600.0  # seconds


class LatePenalty(LateSubmissionPlugin):  # type: ignore[misc]
    """A share of the score for each day begun after the deadline, with time of grace.

    As long as `per_day` is 0 it does what nbgrader's own does: by `penalty_method` nothing, or take
    the whole score.
    """

    grace_minutes = Float(
        0.0, min=0.0, help="The deadline is this many minutes later for everybody."
    ).tag(config=True)
    per_day = Float(
        0.0, min=0.0, max=1.0, help="The share of the score that each day begun takes."
    ).tag(config=True)
    most = Float(1.0, min=0.0, max=1.0, help="The largest share that is taken.").tag(config=True)

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """Points taken off a score, to two decimals; None for nothing.

        `total_seconds_late` is after the student's own deadline, extension included. Days are
        counted from the end of the time of grace.
        """
        late = total_seconds_late - 60 * self.grace_minutes
        if late <= 0:
            return None
        if self.per_day == 0:
            given: float | None = super().late_submission_penalty(student_id, score, late)
            return given
        share: float = min(self.per_day * math.ceil(late / DAY), self.most)
        return round(float(score) * share, 2)
