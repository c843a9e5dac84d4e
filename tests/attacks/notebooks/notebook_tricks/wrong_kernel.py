"""Names a kernel of another language, and a name that is a path.

must: full marks
"""
from autograder.notebook import to_bytes


def make(room, path):
    book = room.solved()
    book.metadata["kernelspec"] = {"name": "../../ir", "display_name": "R", "language": "R"}
    book.metadata["language_info"] = {"name": "R", "version": "\x1b[2J"}
    path.write_bytes(to_bytes(book))
