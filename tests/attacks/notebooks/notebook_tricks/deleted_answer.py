"""Deletes the answer cell and its check, so that there is nothing to be wrong.

says: was missing
alone: - a grader of its kind runs what is there
"""
from autograder.notebook import to_bytes


def make(room, path):
    book = room.solved()
    for name in ("sobel_edges_solution", "sobel_edges"):
        book.cells.remove(room.cell(book, name))
    path.write_bytes(to_bytes(book))
