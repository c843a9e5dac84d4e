"""Raises an exception with two hundred megabytes of text, nested a hundred causes deep.

says: ValueError|was stopped|MemoryError
alone: - what is raised there is a failure
"""
# %% answer sobel_edges
def sobel_edges(image):
    error = ValueError("x" * 200_000_000)
    for _ in range(100):
        try:
            raise ValueError("again") from error
        except ValueError as again:
            error = again
    raise error
