"""Has half of a surrogate pair in its text, which no file can hold.

must: full marks
"""
import json

from autograder.notebook import to_bytes


def make(room, path):
    book = json.loads(to_bytes(room.solved()))
    book["cells"][0]["source"] = "title \ud83d"
    book["metadata"]["authors"] = [{"name": "\udc00"}]
    path.write_text(json.dumps(book))
