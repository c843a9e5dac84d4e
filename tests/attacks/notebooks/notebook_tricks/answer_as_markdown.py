"""Makes the answer a cell of text, as one wrong key press does.

must: full marks
says: type, points or marks of cell
"""
from autograder.notebook import to_bytes


def make(room, path):
    book = room.solved()
    answer = room.cell(book, "sobel_edges_solution")
    answer.cell_type = "markdown"
    del answer["outputs"], answer["execution_count"]
    path.write_bytes(to_bytes(book))
