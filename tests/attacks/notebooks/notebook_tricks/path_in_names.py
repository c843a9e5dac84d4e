"""Has paths for its title, its cell ids, its attachments and an image's name.

must: full marks
"""
import json

from autograder.notebook import to_bytes


def make(room, path):
    book = json.loads(to_bytes(room.solved()))
    book["metadata"]["title"] = book["metadata"]["name"] = "../../../../etc/dl30-was-here"
    text = next(cell for cell in book["cells"] if cell["cell_type"] == "markdown")
    text["attachments"] = {"../../dl30-was-here.png": {"image/png": "AAAA"}, "/etc/x": {"text/plain": "x"}}
    own = {"cell_type": "markdown", "id": "../../x", "metadata": {"name": "../../x"}, "source": "![](../../x)"}
    book["cells"].append(own)
    path.write_text(json.dumps(book))
