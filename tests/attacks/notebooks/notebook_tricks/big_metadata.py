"""Has metadata of a million entries.

must: full marks
"""
import json

from autograder.notebook import to_bytes


def make(room, path):
    book = json.loads(to_bytes(room.solved()))
    book["metadata"]["widgets"] = {f"widget-{number}": number for number in range(1_000_000)}
    path.write_text(json.dumps(book))
