"""Swaps the marks of an answer cell and its check cell.

says: points or marks of cell|was changed
alone: - a shared kernel has no such file to read
"""
from autograder.notebook import to_bytes


WRONG = """def sobel_edges(image):
    return np.zeros((image.shape[0] - 2, image.shape[1] - 2))
"""


def make(room, path):
    book = room.solved()
    answer, check = room.cell(book, "sobel_edges_solution"), room.cell(book, "sobel_edges")
    answer.source, check.source = WRONG, "pass"
    answer.metadata, check.metadata = check.metadata, answer.metadata
    path.write_bytes(to_bytes(book))
