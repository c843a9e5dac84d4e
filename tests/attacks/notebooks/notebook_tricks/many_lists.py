"""Has a million empty lists, which take far more memory than their text.

must: unreadable
says: too many lists and objects
alone: - a shared kernel has no such file to read
"""
import json

from autograder.notebook import to_bytes


def make(room, path):
    book = json.loads(to_bytes(room.solved()))
    book["metadata"]["lists"] = [[] for _ in range(1_000_000)]
    path.write_text(json.dumps(book))
