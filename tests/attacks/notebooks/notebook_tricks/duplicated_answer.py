"""Has the answer twice, the wrong one first: the last one counts.

must: full marks
says: stood 2 times
"""
from autograder.notebook import to_bytes


WRONG = """def sobel_edges(image):
    return np.zeros((image.shape[0] - 2, image.shape[1] - 2))
"""


def make(room, path):
    book = room.solved()
    right = room.cell(book, "sobel_edges_solution")
    wrong = room.copy(right)
    wrong.source = WRONG
    book.cells.insert(book.cells.index(right), wrong)
    path.write_bytes(to_bytes(book))
