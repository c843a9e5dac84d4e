"""Is written in Latin-1.

must: unreadable
says: is not UTF-8 text
alone: - a shared kernel has no such file to read
"""
import json

from autograder.notebook import to_bytes


def make(room, path):
    book = json.loads(to_bytes(room.solved()))
    book["cells"][0]["source"] = "Übung"
    path.write_bytes(json.dumps(book, ensure_ascii=False).encode("latin-1", "replace"))
