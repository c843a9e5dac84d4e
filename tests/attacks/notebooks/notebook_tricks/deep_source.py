"""Has a cell of 100,000 brackets and one of 200,000 signs, which break parsers.

must: full marks
says: SyntaxError|RecursionError|MemoryError
"""
from autograder.notebook import to_bytes


def make(room, path):
    book = room.solved()
    room.add(book, after="sobel_edges", source="nested = " + "[" * 100_000 + "]" * 100_000)
    room.add(book, after="sobel_edges", source="sign = " + "-" * 200_000 + "1")
    path.write_bytes(to_bytes(book))
