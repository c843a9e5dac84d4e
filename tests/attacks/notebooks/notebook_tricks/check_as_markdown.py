"""Makes the check a cell of text, and its mark one of an answer.

says: type, points or marks of cell
alone: - a shared kernel has no such file to read
"""
from autograder.notebook import to_bytes


WRONG = """def sobel_edges(image):
    return np.zeros((image.shape[0] - 2, image.shape[1] - 2))
"""


def make(room, path):
    book = room.solved()
    room.cell(book, "sobel_edges_solution").source = WRONG
    check = room.cell(book, "sobel_edges")
    check.cell_type, check.source = "markdown", "passed"
    del check["outputs"], check["execution_count"]
    check.metadata["nbgrader"] |= {"cell_type": "markdown", "solution": True, "locked": False}
    path.write_bytes(to_bytes(book))
