"""Makes a check worth 1000 points and the hard ones none.

says: points or marks of cell
alone: - a shared kernel has no such file to read
"""
from autograder.notebook import to_bytes


WRONG = """def sobel_edges(image):
    return np.zeros((image.shape[0] - 2, image.shape[1] - 2))
"""


def make(room, path):
    book = room.solved()
    room.cell(book, "sobel_edges_solution").source = WRONG
    for name, points in (("sobel_edges", 1000), ("corr2d", 1e400), ("im2col", -5), ("conv2d_fast", True)):
        room.cell(book, name).metadata["nbgrader"]["points"] = points
    path.write_bytes(to_bytes(book))
