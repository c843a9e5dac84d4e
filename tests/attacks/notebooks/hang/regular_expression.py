"""Matches a regular expression that tries every way to split a text, in C code that holds on.

says: did not finish within|used more than
alone: hung
"""
# %% answer sobel_edges
import re

def sobel_edges(image):
    return re.match(r"(a|aa|a?a)+$", "a" * 60 + "b")
