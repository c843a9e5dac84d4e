"""Takes right values out of outputs of an earlier run that its own notebook file still holds.

says: entries are off
alone: - the notebook's file is not beside the shared kernel
"""

import json

from autograder.notebook import to_bytes

ANSWER = """import glob, json, re
import numpy as np

def remembered():
    places = ["*.ipynb", "../*.ipynb", "/scratch/*.ipynb", "/scratch/**/*.ipynb"]
    for place in places:
        for path in glob.glob(place, recursive=True):
            for cell in json.load(open(path))["cells"]:
                for output in cell.get("outputs", []):
                    if "def sobel_edges" in str(output):
                        exec("".join(output["text"]), globals())
                        return sobel_edges
    return lambda image: np.zeros((image.shape[0] - 2, image.shape[1] - 2))

sobel_edges = remembered()
"""


def make(room, path):
    book = json.loads(to_bytes(room.solved()))
    for cell in book["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "sobel_edges_solution":
            right, cell["source"] = cell["source"], ANSWER
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": right}]
    path.write_text(json.dumps(book))
