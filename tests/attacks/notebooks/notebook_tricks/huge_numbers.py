"""Has an integer of 100,000 digits for its format and for its points.

must: unreadable
says: is not JSON
alone: - a shared kernel has no such file to read
"""
import json

from autograder.notebook import to_bytes


def make(room, path):
    book = json.loads(to_bytes(room.solved()))
    text = json.dumps(book)
    path.write_text(text.replace('"nbformat": 4', '"nbformat": 4' + "0" * 100_000))
