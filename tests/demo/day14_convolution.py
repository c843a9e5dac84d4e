"""Notebooks of a small class, as students hand them in: what `dl30 demo` grades.

`SUBMISSIONS` maps a student's name to a function that makes the notebook from a `Classroom`, and
says in its docstring what that student did.
"""

from __future__ import annotations

from autograder.demo import Classroom, Notebook


def perfect(room: Classroom) -> Notebook:
    """everything right"""
    return room.solved()


def loops(room: Classroom) -> Notebook:
    """everything right, with plain loops where others use arrays"""
    return room.solved("corr2d_by_four_loops", "forward_by_loops_over_everything")


def flipped(room: Classroom) -> Notebook:
    """a typical mistake: turns the kernel round, as mathematicians do"""
    return room.solved("forward_flips_the_kernel")


def padding(room: Classroom) -> Notebook:
    """two typical mistakes: leaves the padding on dx; col2im overwrites where it should add"""
    return room.solved("backward_leaves_the_padding_on", "col2im_overwrites")


def half(room: Classroom) -> Notebook:
    """did the first half of the exercises and no more"""
    notebook = room.solved()
    for name in ("conv2d_backward", "im2col", "conv2d_fast"):
        room.cell(notebook, f"{name}_solution").source = room.stub(f"{name}_solution")
    return notebook


def syntax(room: Classroom) -> Notebook:
    """a syntax error in one cell, the rest right"""
    notebook = room.solved()
    cell = room.cell(notebook, "conv2d_backward_solution")
    cell.source += "\nprint('done'"
    return notebook


def endless(room: Classroom) -> Notebook:
    """an endless loop in one function, the rest right"""
    forgotten = """
        def sobel_edges(image):
            rows, i = [], 0
            while i < image.shape[0] - 2:
                rows.append(image[i])
            return np.array(rows)
    """
    return room.solved(sobel_edges=forgotten)


def liar(room: Classroom) -> Notebook:
    """knows nothing, patches numpy's test helpers and returns objects that lie about themselves"""
    notebook = room.blank()
    room.cell(notebook, "conv2d_forward_solution").source = room.code(
        """
        class Right(np.ndarray):
            __eq__ = __le__ = __lt__ = lambda self, other: np.True_
            __sub__ = __rsub__ = lambda self, other: 0.0
            __array_ufunc__ = lambda self, *args, **kwargs: np.True_

        def conv2d_forward(x, w, b, stride=1, padding=0):
            print("46 passed in 0.01s", {"verdict": "PASS", "points": 20.0})
            return np.zeros((1, 1)).view(Right), None
        """
    )
    patch = room.code(
        """
        import sys
        np.testing.assert_allclose = np.testing.assert_array_equal = lambda *a, **k: None
        np.allclose = np.array_equal = lambda *a, **k: True
        np.abs = np.max = lambda *a, **k: 0.0
        for module in list(sys.modules.values()):
            for name in ("assert_close", "assert_equal", "check", "verdict_of"):
                if hasattr(module, name):
                    setattr(module, name, lambda *a, **k: ("PASS", ""))
        """
    )
    return room.add(notebook, after="imports", source=patch)


def mangled(room: Classroom) -> Notebook:
    """everything right in a notebook with copied, moved and deleted cells"""
    notebook = room.solved()
    cells = notebook.cells
    checks = room.cell(notebook, "corr2d")
    cells.remove(checks)
    cells.remove(room.cell(notebook, "imports"))
    solution = room.cell(notebook, "conv2d_forward_solution")
    cells.insert(cells.index(solution), room.copy(solution))
    cells.append(cells.pop(cells.index(room.cell(notebook, "output_size_solution"))))
    room.cell(notebook, "conv2d_backward").metadata.nbgrader.points = 1000
    return notebook


SUBMISSIONS = {
    "ada": perfect,
    "ben": loops,
    "cleo": flipped,
    "dmitri": padding,
    "esra": half,
    "farah": syntax,
    "goran": endless,
    "hana": liar,
    "ivan": mangled,
}
