"""Writes into the locked check cell what makes its wrong answer right.

says: was changed: the given one is used
alone: - a shared kernel has no such file to read
"""
from autograder.notebook import to_bytes


WRONG = """def sobel_edges(image):
    return np.zeros((image.shape[0] - 2, image.shape[1] - 2))
"""


def make(room, path):
    book = room.solved()
    answer, check = room.cell(book, "sobel_edges_solution"), room.cell(book, "sobel_edges")
    check.source, answer.source = answer.source, WRONG
    path.write_bytes(to_bytes(book))
