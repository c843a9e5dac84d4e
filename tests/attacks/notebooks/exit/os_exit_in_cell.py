"""Ends its process in a cell before any test is run.

says: ended the Python process .exit code 0
alone: ended
"""
# %% answer sobel_edges
def sobel_edges(image):
    return np.zeros((image.shape[0] - 2, image.shape[1] - 2))
# %% after sobel_edges
import os

os._exit(0)
