"""Reads from a mapped file behind its end.

says: bus error
alone: ended
"""
# %% answer sobel_edges
import mmap
import os
import tempfile

def sobel_edges(image):
    with tempfile.TemporaryFile() as file:
        file.write(b"x" * 8192)
        file.flush()
        view = mmap.mmap(file.fileno(), 8192)
        os.truncate(file.fileno(), 0)
        return view[5000]
