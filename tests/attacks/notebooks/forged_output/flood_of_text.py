"""Prints two hundred megabytes in a call, to both streams and straight to the descriptors.

says: entries are off|is off
alone: - it keeps the last part of what is printed
"""
# %% answer sobel_edges
import os
import sys

def sobel_edges(image):
    line = "x" * 10_000_000
    print(line)
    print(line, file=sys.stderr)
    for number in (1, 2):
        for _ in range(20):
            os.write(number, bytes(1_000_000))
    return np.zeros((image.shape[0] - 2, image.shape[1] - 2))
