"""Reads from address 0.

says: segmentation fault
alone: ended
"""
# %% answer sobel_edges
import ctypes

def sobel_edges(image):
    return ctypes.string_at(0)
