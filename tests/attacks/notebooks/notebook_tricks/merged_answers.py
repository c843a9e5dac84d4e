"""Merges two answers into the cell of the first and leaves the other one empty.

must: full marks
"""
from autograder.notebook import to_bytes


def make(room, path):
    book = room.solved()
    first, second = room.cell(book, "corr2d_solution"), room.cell(book, "sobel_edges_solution")
    first.source += "\n\n" + second.source
    second.source = ""
    path.write_bytes(to_bytes(book))
