"""Has the answer twice, the wrong one last.

says: stood 2 times
alone: - which copy counts is a matter of the grader's reading
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
    book.cells.insert(book.cells.index(right) + 1, wrong)
    path.write_bytes(to_bytes(book))
