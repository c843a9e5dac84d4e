"""Never ends, in a cell before all answers.

says: was left out: it did not finish within|entries are off
alone: hung
"""
# %% first
import time

while True:
    time.sleep(1)
# %% answer sobel_edges
def sobel_edges(image):
    return np.zeros((image.shape[0] - 2, image.shape[1] - 2))
