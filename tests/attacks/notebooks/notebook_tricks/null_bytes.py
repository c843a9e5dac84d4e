"""Has null bytes and half surrogates in an answer.

says: null bytes|SyntaxError|ValueError
alone: - a shared kernel has no such file to read
"""
from autograder.notebook import to_bytes


WRONG = """def sobel_edges(image):
    return np.zeros((image.shape[0] - 2, image.shape[1] - 2))
"""


def make(room, path):
    book = room.solved()
    room.cell(book, "sobel_edges_solution").source = WRONG + "# \0 \x1b[31m\n"
    path.write_bytes(to_bytes(book))
