"""Raises an exception that is its own cause.

says: raised ValueError
alone: - the shell takes it for a failure
"""
# %% answer sobel_edges
def sobel_edges(image):
    first, second = ValueError("first"), ValueError("second")
    first.__cause__, second.__cause__ = second, first
    raise first
