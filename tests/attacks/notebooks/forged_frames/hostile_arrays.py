"""Replies with arrays whose shape, dtype and bytes contradict one another.

says: cannot be read|no legal reply|was stopped
alone: - a shared kernel has no wire
"""
# %% answer sobel_edges
turn = iter([
    ["a", "<f8", [2**40, 0], b"", "C"],
    ["a", "|O", [1], bytes(8), "C"],
    ["a", "<f8", [-1, -5], bytes(40), "C"],
    ["a", "<U999999999", [], b"", "C"],
    ["T", "float64", [2] * 64, b"", False],
] * 3)

def sobel_edges(image):
    import os, struct, sys

    import msgspec

    frame = sys._getframe()
    while type(frame.f_locals.get("self")).__name__ != "Worker":
        frame = frame.f_back
    worker = frame.f_locals["self"]
    value = next(turn)
    worker._encode = lambda _: value
    return None
