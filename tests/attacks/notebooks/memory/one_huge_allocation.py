"""Asks for far more memory at once than any machine has.

says: MemoryError
alone: - a kernel is refused it too
"""
# %% answer sobel_edges
def sobel_edges(image):
    return np.ones((1 << 40,)).reshape(1 << 20, -1)
