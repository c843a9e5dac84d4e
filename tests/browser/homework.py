"""Who takes part in the whole day, and what the two students hand in.

Ada has everything right. Ben turns the kernel round in what he types, has two exercises right, and
leaves the rest as it was given out.
"""

from __future__ import annotations

from pathlib import Path

from school import Person

from autograder import notebook
from autograder.demo import Classroom

TEACHER, ADA, BEN = "teacher", "ada", "ben"
TYPED_CELL = "corr2d_solution"
STUB = "raise NotImplementedError()"
_WINDOWS = "windows = np.lib.stride_tricks.sliding_window_view(image.astype(float), kernel.shape)\n"
TYPED = {
    ADA: _WINDOWS + 'return np.einsum("ijuv,uv->ij", windows, kernel)',
    BEN: _WINDOWS + 'return np.einsum("ijuv,uv->ij", windows, kernel[::-1, ::-1])',
}
# What the teacher gives for one of Ada's written answers.
MARK, COMMENT = 2.5, "Half of it: what about even kernels?"
BEN_HAS_RIGHT = ("sobel_edges", "output_size")


def work_at_home(student: Person, room: Classroom, path: Path) -> None:
    """Fill in the other cells, all of them or Ben's share, by JupyterLab's own way of saving."""
    book, solved = notebook.read(path), room.solved()
    for cell in book.cells:
        mark = notebook.marks(cell)
        if mark is None or not mark.solution or mark.grade_id == TYPED_CELL:
            continue
        if student.account.name == ADA or mark.grade_id.removesuffix("_solution") in BEN_HAS_RIGHT:
            cell.source = room.cell(solved, mark.grade_id).source
    answer = student.page.request.put(
        f"{student.server.url}api/contents/{path.relative_to(student.work)}",
        headers={"Authorization": f"token {student.server.token}"},
        data={"type": "notebook", "content": book},
    )
    assert answer.ok, answer.text()
