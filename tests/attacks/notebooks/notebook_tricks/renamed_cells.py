"""Gives the graded cells of its wrong exercise other names.

says: unknown mark
alone: - a shared kernel has no such file to read
"""
from autograder.notebook import to_bytes


WRONG = """def sobel_edges(image):
    return np.zeros((image.shape[0] - 2, image.shape[1] - 2))
"""


def make(room, path):
    book = room.solved()
    room.cell(book, "sobel_edges_solution").source = WRONG
    for name in ("sobel_edges_solution", "sobel_edges"):
        cell = room.cell(book, name)
        cell.metadata["nbgrader"]["grade_id"] = "bonus_" + name
    path.write_bytes(to_bytes(book))
