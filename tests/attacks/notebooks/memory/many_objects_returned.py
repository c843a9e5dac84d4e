"""Returns 110,000 functions, each of which would be a reference.

says: cannot be sent to the grader.*too many objects
alone: - a shared kernel has no references
"""
# %% answer sobel_edges
def sobel_edges(image):
    return [lambda: number for number in range(110_000)]
