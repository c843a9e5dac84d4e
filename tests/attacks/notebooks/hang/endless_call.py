"""Loops for ever in a call.

says: did not finish within|used more than
alone: hung
"""
# %% answer sobel_edges
def sobel_edges(image):
    while True:
        pass
