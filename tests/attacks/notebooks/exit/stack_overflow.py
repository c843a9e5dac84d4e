"""Overflows the C stack by a representation that asks for itself.

says: segmentation fault
alone: ended
"""
# %% answer sobel_edges
import sys

class Endless:
    def __getattr__(self, name):
        return getattr(self, name + "")

    def __repr__(self):
        return repr(self)

def sobel_edges(image):
    sys.setrecursionlimit(10_000_000)
    return repr(Endless())
