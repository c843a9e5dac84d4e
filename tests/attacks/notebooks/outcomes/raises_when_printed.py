"""Raises an exception that raises again, and exits, when anybody prints it.

says: raised|was stopped
alone: - what it prints of an exception goes nowhere
"""
# %% answer sobel_edges
import os

class Mine(Exception):
    def __str__(self):
        os._exit(0)

    __repr__ = __str__

class Quiet(Exception):
    def __str__(self):
        raise KeyboardInterrupt

    __repr__ = __str__

calls = []

def sobel_edges(image):
    calls.append(1)
    raise Mine if len(calls) % 2 else Quiet
