"""Has NaN and Infinity in outputs and metadata, which JSON has not.

must: full marks
"""
import json

from autograder.notebook import to_bytes


def make(room, path):
    book = json.loads(to_bytes(room.solved()))
    book["metadata"]["loss"] = float("nan")
    book["cells"][3]["metadata"]["best"] = [float("inf"), float("-inf")]
    path.write_text(json.dumps(book))
