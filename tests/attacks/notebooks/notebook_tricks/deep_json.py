"""Has metadata nested 100,000 levels deep.

must: unreadable
says: nested too deeply
alone: - a shared kernel has no such file to read
"""
import json

from autograder.notebook import to_bytes


def make(room, path):
    book = json.loads(to_bytes(room.solved()))
    text = json.dumps(book)
    deep = "[" * 100_000 + "]" * 100_000
    path.write_text(text.replace('"metadata": {', '"metadata": {"deep": ' + deep + ", ", 1))
