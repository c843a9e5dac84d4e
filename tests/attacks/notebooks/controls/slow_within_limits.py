"""Is slow: computes for half a second in each call.

must: full marks
"""
# %% answer sobel_edges
import time

def sobel_edges(image):
    end = time.perf_counter() + 0.5
    while time.perf_counter() < end:
        np.linalg.norm(np.ones((50, 50)))
    across = np.outer([1.0, 2.0, 1.0], [-1.0, 0.0, 1.0])
    return np.sqrt(corr2d(image, across) ** 2 + corr2d(image, across.T) ** 2)
