"""Stops itself, so that it neither answers nor ends.

says: entries are off|did not finish
alone: hung
"""
# %% answer sobel_edges
import os
import signal

def sobel_edges(image):
    os.kill(os.getpid(), signal.SIGSTOP)
    return np.zeros((image.shape[0] - 2, image.shape[1] - 2))
