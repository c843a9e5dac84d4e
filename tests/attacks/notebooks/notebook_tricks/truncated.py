"""Ends in the middle, as a copy does that was broken off.

must: unreadable
says: is not JSON: line
alone: - a shared kernel has no such file to read
"""
import json

from autograder.notebook import to_bytes


def make(room, path):
    book = json.loads(to_bytes(room.solved()))
    text = json.dumps(book)
    path.write_text(text[: len(text) // 2])
