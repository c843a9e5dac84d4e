"""Carries 20 MB of printed text.

must: full marks
"""
import json

from autograder.notebook import to_bytes


def make(room, path):
    book = json.loads(to_bytes(room.solved()))
    text = ("x" * 79 + "\n") * 250_000
    own = {"cell_type": "code", "id": "mine", "metadata": {}, "source": "1", "execution_count": 1}
    own["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text}]
    book["cells"].append(own)
    path.write_text(json.dumps(book))
