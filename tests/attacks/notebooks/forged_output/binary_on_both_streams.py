"""Writes bytes that are no text, and half a character, to standard output and standard error.

says: entries are off|is off
alone: - it reads what cannot be read as something else
"""
# %% first
import os

for number in (1, 2):
    os.write(number, bytes(range(256)) + b"\xed\xa0\x80\xf0\x9f")
# %% answer sobel_edges
def sobel_edges(image):
    os.write(2, b"\xff\xfe" * 1000)
    return np.zeros((image.shape[0] - 2, image.shape[1] - 2))
