"""Returns an object that never ends being looked at: as an array, and by its type's name.

says: did not finish within|used more than
alone: hung
"""
# %% answer sobel_edges
import time

class Slow(type):
    @property
    def __name__(cls):
        while True:
            time.sleep(1)

class Edges(metaclass=Slow):
    def __array__(self, *args, **kwargs):
        while True:
            time.sleep(1)

def sobel_edges(image):
    return Edges()
