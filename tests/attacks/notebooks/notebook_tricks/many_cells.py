"""Has 20,000 cells of its own.

must: full marks
"""
import json

from autograder.notebook import to_bytes


def make(room, path):
    book = json.loads(to_bytes(room.solved()))
    for number in range(20_000):
        own = {"cell_type": "code", "id": f"mine-{number}", "metadata": {}, "source": "", "outputs": []}
        book["cells"].append(own | {"execution_count": None})
    path.write_text(json.dumps(book))
