"""nbgrader's last step of making a release: the notebook is told what it was given out with."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import find_all_files

from autograder.check.given import KEY, describe
from autograder.notebook import NotebookNode


class DescribeRelease(NbGraderPreprocessor):  # type: ignore[misc]
    """Stands behind all that changes cells: it describes them as students get them."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        place = resources.get("metadata", {})
        files = self._files(Path(place.get("path", "")))
        nb.metadata[KEY] = describe(nb, place.get("name", "notebook"), files)
        return nb, resources

    def _files(self, folder: Path) -> list[str]:
        """What nbgrader releases beside the notebook, asked in nbgrader's own way."""
        ignored = [*self._course().ignore, "*.ipynb"]
        found = find_all_files(str(folder), ignored)
        return [os.path.relpath(path, folder).replace(os.sep, "/") for path in found]

    def _course(self) -> CourseDirectory:
        holder = self.parent
        while holder is not None and getattr(holder, "coursedir", None) is None:
            holder = holder.parent
        return holder.coursedir if holder is not None else CourseDirectory()
