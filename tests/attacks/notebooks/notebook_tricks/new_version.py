"""Is a notebook of a version that does not exist yet.

must: unreadable
says: newer than 4
alone: - a shared kernel has no such file to read
"""
import json

from autograder.notebook import to_bytes


def make(room, path):
    book = json.loads(to_bytes(room.solved()))
    book["nbformat"] = 5
    path.write_text(json.dumps(book))
