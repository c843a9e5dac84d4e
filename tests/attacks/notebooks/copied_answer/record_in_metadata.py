"""Carries a record of full marks in the notebook's metadata and in its cells'.

says: entries are off
alone: - a shared kernel reads no metadata
"""

from autograder.notebook import to_bytes

WRONG = """def sobel_edges(image):
    return np.zeros((image.shape[0] - 2, image.shape[1] - 2))
"""


def make(room, path):
    book = room.solved()
    room.cell(book, "sobel_edges_solution").source = WRONG
    record = {"student": "honest-1", "status": "graded", "score": 92.0, "seed": 1, "jailed": True}
    record |= {"exercises": {"sobel_edges": {"points": 6.0, "max_points": 6.0, "tests": []}}}
    for metadata in (book.metadata, room.cell(book, "sobel_edges").metadata):
        metadata["dl30"] = metadata["record"] = record
    path.write_bytes(to_bytes(book))
