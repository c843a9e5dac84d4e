"""Leaves by sys.exit in a cell, so that no later cell and no test be run.

says: SystemExit: that is all
alone: - IPython catches it and goes on; runners of scripts end well by it
"""
# %% first
import sys

sys.exit("that is all")
# %% answer sobel_edges
def sobel_edges(image):
    return np.zeros((image.shape[0] - 2, image.shape[1] - 2))
