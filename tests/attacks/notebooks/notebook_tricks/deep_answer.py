"""Has an answer that breaks every parser of its source.

says: SyntaxError|RecursionError|MemoryError|not defined
alone: - a shared kernel has no such file to read
"""
from autograder.notebook import to_bytes


WRONG = """def sobel_edges(image):
    return np.zeros((image.shape[0] - 2, image.shape[1] - 2))
"""


def make(room, path):
    book = room.solved()
    room.cell(book, "sobel_edges_solution").source = WRONG + "x = " + "-" * 200_000 + "1\n"
    path.write_bytes(to_bytes(book))
