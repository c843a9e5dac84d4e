"""Is right about pictures of the smallest size and wrong about all others.

must: sobel_edges 1
says: entries are off|is off
alone: - its one case is another
"""
# %% after sobel_edges
whole = sobel_edges

def sobel_edges(image):
    return whole(image) if image.shape[0] == 3 else np.zeros((image.shape[0] - 2, image.shape[1] - 2))
