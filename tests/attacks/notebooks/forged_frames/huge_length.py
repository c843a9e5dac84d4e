"""Announces a frame of an exabyte, then one of just the limit of which nothing comes.

says: no legal reply|did not finish|was stopped
alone: - a shared kernel has no wire
"""
# %% answer sobel_edges
import os
import struct

calls = []

def sobel_edges(image):
    calls.append(1)
    os.write(3, struct.pack(">Q", 1 << 60))
    os._exit(0)
