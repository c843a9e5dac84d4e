"""Deletes all check cells and all text of the course, with right answers left.

must: full marks
says: was missing
"""
from autograder.notebook import to_bytes


def make(room, path):
    book = room.solved()
    book.cells = [cell for cell in book.cells if "solution" in str(cell.metadata)]
    book.cells = [cell for cell in book.cells if cell.metadata["nbgrader"]["solution"]]
    path.write_bytes(to_bytes(book))
