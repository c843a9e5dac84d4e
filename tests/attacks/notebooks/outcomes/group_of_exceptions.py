"""Raises a group of exceptions in which groups are nested a thousand deep.

says: raised
alone: - the shell takes it for a failure
"""
# %% answer sobel_edges
def sobel_edges(image):
    group = ExceptionGroup("all", [ValueError("x")])
    for _ in range(1000):
        group = ExceptionGroup("all", [group])
    raise group
