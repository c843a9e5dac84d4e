"""Raises an exception whose text is 200 MB long.

says: ValueError: xxx
alone: - a long text harms nobody there who does not write it down
"""
# %% answer sobel_edges
def sobel_edges(image):
    raise ValueError("x" * 200_000_000)
