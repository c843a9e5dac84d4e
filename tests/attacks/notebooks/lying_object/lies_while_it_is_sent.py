"""An array subclass whose bytes, shape and dtype change while it is written to the grader.

says: shape \(1, 1\)|entries
alone: - a shared kernel sends nothing
"""
# %% answer sobel_edges
class Slippery(np.ndarray):
    count = 0

    @property
    def shape(self):
        Slippery.count += 1
        return (Slippery.count, 10**9)

    @property
    def dtype(self):
        return np.dtype(object)

    def tobytes(self, order="C"):
        return b"\xc1" * 10**6

    def __reduce__(self):
        raise SystemExit(0)

    def view(self, *args):
        return self

    def __array_finalize__(self, base):
        pass

def sobel_edges(image):
    return np.ndarray.view(np.zeros((1, 1)), Slippery)
