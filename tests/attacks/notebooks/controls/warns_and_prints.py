"""Warns, prints, and logs to standard error, in a cell and in a call.

must: full marks
"""
# %% first
import logging
import sys
import warnings

warnings.warn("this works anyway", stacklevel=1)
print("loading ...", file=sys.stderr)
# %% after sobel_edges
edges_without_words = sobel_edges

def sobel_edges(image):
    warnings.warn("deprecated, they say", DeprecationWarning, stacklevel=2)
    logging.getLogger("mine").error("shape %s", image.shape)
    print("edges of", image.shape)
    return edges_without_words(image)
