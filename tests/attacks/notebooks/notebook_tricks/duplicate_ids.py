"""Gives all cells the same id, or none.

must: full marks
"""
import json

from autograder.notebook import to_bytes


def make(room, path):
    book = json.loads(to_bytes(room.solved()))
    for number, cell in enumerate(book["cells"]):
        cell["id"] = "same" if number % 2 else None
        if number % 3 == 0:
            del cell["id"]
    path.write_text(json.dumps(book))
