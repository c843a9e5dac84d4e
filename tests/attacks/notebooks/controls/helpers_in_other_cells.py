"""Defines helpers in cells of its own, one of them after the answer that uses it.

must: full marks
"""
# %% before sobel_edges
SOBEL = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
# %% answer sobel_edges
def sobel_edges(image):
    return length(corr2d(image, SOBEL), corr2d(image, SOBEL.T))
# %% after sobel_edges
def length(*parts):
    return np.sqrt(sum(part**2 for part in parts))
