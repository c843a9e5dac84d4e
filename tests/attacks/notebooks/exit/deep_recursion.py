"""Recurs without end once the limit is out of the way.

says: RecursionError|segmentation fault
alone: - a kernel stands it too; one whose C stack is smaller would fall
"""
# %% answer sobel_edges
import sys

def deeper(image):
    return deeper(image) + 1

def sobel_edges(image):
    sys.setrecursionlimit(60_000)
    try:
        return deeper(image)
    finally:
        sys.setrecursionlimit(3000)
