"""Turns the order of all cells round.

must: full marks
says: another order
"""
from autograder.notebook import to_bytes


def make(room, path):
    book = room.solved()
    book.cells.reverse()
    path.write_bytes(to_bytes(book))
