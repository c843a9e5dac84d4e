"""Carries marks of schema 1000, marks that are lists, and marks on cells of its own.

must: full marks
"""
import json

from autograder.notebook import to_bytes


def make(room, path):
    book = json.loads(to_bytes(room.solved()))
    for number, cell in enumerate(book["cells"]):
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"] |= {"schema_version": 1000, "extra": {"a": [number] * 50}}
    strange = [1, 2], "grade", {"grade_id": ["x"]}, {"grade_id": "", "grade": True}, None
    for number, marks in enumerate(strange):
        own = {"cell_type": "code", "id": f"mine-{number}", "metadata": {"nbgrader": marks}}
        book["cells"].append(own | {"source": "pass", "outputs": [], "execution_count": None})
    path.write_text(json.dumps(book))
