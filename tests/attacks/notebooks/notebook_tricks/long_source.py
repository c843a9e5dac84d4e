"""Has a cell of a megabyte of source.

must: full marks
"""
from autograder.notebook import to_bytes


def make(room, path):
    book = room.solved()
    room.add(book, after="sobel_edges", source="table = [\n" + "    1, 2, 3, 4,\n" * 60_000 + "]\n")
    path.write_bytes(to_bytes(book))
