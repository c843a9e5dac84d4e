"""nbgrader's feedback page, whose list of contents names the exercises.

nbgrader's own list says "Test cell" for each of them, and "Comment" for each comment. The output by
which it reads a score from a graded cell is left out: the score stands above it in words.
"""

from __future__ import annotations

import re
from typing import Any

from nbconvert.exporters import HTMLExporter

from autograder.notebook import marks

_CONTENTS = re.compile(r'<div id="toc">.*?</div>', re.DOTALL)
_LINK = re.compile(r'<a href="#(comment-)?([\w-]+)">[^<]*</a>')


class FeedbackPage(HTMLExporter):  # type: ignore[misc]
    """The exporter of `nbgrader generate_feedback` and of the formgrader's button."""

    def from_notebook_node(self, nb: Any, resources: Any = None, **options: Any) -> tuple[str, Any]:
        take_out_scores(nb)
        page, resources = super().from_notebook_node(nb, resources, **options)
        return with_names(page), resources


def take_out_scores(nb: Any) -> None:
    """From each graded cell, what `write_scores` put there for nbgrader alone."""
    for cell in nb.cells if "record" in nb.metadata.get("dl30", {}) else ():
        mark = marks(cell)
        if mark is not None and mark.grade and not mark.solution:
            shown = [each for each in cell.outputs if each.output_type != "execute_result"]
            cell.outputs = shown


def with_names(page: str) -> str:
    """The page with each entry of its contents called by the grade_id of the cell it leads to."""
    return _CONTENTS.sub(lambda contents: _LINK.sub(_named, contents.group()), page, count=1)


def _named(link: re.Match[str]) -> str:
    comment, grade_id = link.groups(default="")
    words = f"Comment on {grade_id}" if comment else grade_id
    return f'<a href="#{comment}{grade_id}">{words}</a>'
