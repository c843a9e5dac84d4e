"""Aborts its process in a call.

says: it aborted|segmentation fault
alone: ended
"""
# %% answer sobel_edges
import os

def sobel_edges(image):
    os.abort()
