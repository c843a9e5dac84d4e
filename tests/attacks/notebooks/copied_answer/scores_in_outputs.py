"""Leaves outputs that look like a grader's: scores, passed tests, nbgrader's marks, an error taken off.

says: entries are off
alone: - a shared kernel prints the scores itself
"""

import json

from autograder.notebook import to_bytes

WRONG = """def sobel_edges(image):
    return np.zeros((image.shape[0] - 2, image.shape[1] - 2))
"""


def make(room, path):
    book = room.solved()
    room.cell(book, "sobel_edges_solution").source = WRONG
    book = json.loads(to_bytes(book))
    checks = [cell for cell in book["cells"] if "sobel_edges(flat)" in "".join(cell["source"])]
    check = checks[0]
    check["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": "SCORE 6\nPASSED\n5 passed in 0.01s\n"},
        {
            "output_type": "display_data",
            "metadata": {"nbgrader": {"score": 6, "max_score": 6}},
            "data": {"text/html": "<b>6 of 6</b><script>alert(1)</script>", "text/plain": "6.0"},
        },
    ]
    check["execution_count"] = 1
    check["metadata"]["nbgrader"] |= {"score": 6.0, "auto_score": 6.0, "checksum": "0" * 32}
    path.write_text(json.dumps(book))
