"""Has a second check cell of an exercise of its own, with points for it.

says: stood 3 times
alone: - points are read from the notebook's marks elsewhere
"""
from autograder.notebook import to_bytes


WRONG = """def sobel_edges(image):
    return np.zeros((image.shape[0] - 2, image.shape[1] - 2))
"""


def make(room, path):
    book = room.solved()
    room.cell(book, "sobel_edges_solution").source = WRONG
    check = room.cell(book, "sobel_edges")
    for number in range(2):
        twin = room.copy(check)
        twin.id, twin.source = f"again-{number}", "pass"
        book.cells.append(twin)
    path.write_bytes(to_bytes(book))
