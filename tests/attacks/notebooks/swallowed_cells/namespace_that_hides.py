"""Deletes what other cells have defined, and its own function with it.

must: no points
says: not defined
alone: - a cell that asks for a name that is gone fails there too
"""
# %% last
del sobel_edges
