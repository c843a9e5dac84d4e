"""Is written in UTF-16.

must: unreadable
says: is not UTF-8 text
alone: - a shared kernel has no such file to read
"""
import json

from autograder.notebook import to_bytes


def make(room, path):
    book = json.loads(to_bytes(room.solved()))
    path.write_bytes(json.dumps(book).encode("utf-16"))
