"""Splits an answer into a helper's cell and the answer, as students do.

must: full marks
"""
from autograder.notebook import to_bytes


def make(room, path):
    book = room.solved()
    answer = room.cell(book, "sobel_edges_solution")
    room.add(book, after="corr2d", source=answer.source.replace("def sobel_edges", "def my_edges"))
    answer.source = "def sobel_edges(image):\n    return my_edges(image)\n"
    path.write_bytes(to_bytes(book))
