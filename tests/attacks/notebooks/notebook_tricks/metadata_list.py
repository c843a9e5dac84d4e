"""Has lists and numbers where metadata should be.

must: unreadable
says: is no valid notebook at
alone: - a shared kernel has no such file to read
"""
import json

from autograder.notebook import to_bytes


def make(room, path):
    book = json.loads(to_bytes(room.solved()))
    book["metadata"] = ["kernelspec"]
    book["cells"][3]["metadata"] = 5
    path.write_text(json.dumps(book))
