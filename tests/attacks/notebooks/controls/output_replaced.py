"""Replaces sys.stdout to catch what is printed, and forgets to put it back.

must: full marks
"""
# %% first
import io
import sys

caught = sys.stdout = io.StringIO()
print("caught")
# %% after sobel_edges
plain_edges = sobel_edges

def sobel_edges(image):
    sys.stderr = io.StringIO()
    print("edges")
    caught.truncate(0)
    return plain_edges(image)
