"""Has numbers, objects and nothing where a cell's source should be.

must: unreadable
says: is no valid notebook at
alone: - a shared kernel has no such file to read
"""
import json

from autograder.notebook import to_bytes


def make(room, path):
    book = json.loads(to_bytes(room.solved()))
    for cell, source in zip(book["cells"], (5, {"a": 1}, None, [[1]], True)):
        cell["source"] = source
    path.write_text(json.dumps(book))
