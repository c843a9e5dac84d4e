"""Uses a pool of threads and waits for them.

must: full marks
"""
# %% answer sobel_edges
from concurrent.futures import ThreadPoolExecutor

def sobel_edges(image):
    across = np.outer([1.0, 2.0, 1.0], [-1.0, 0.0, 1.0])
    with ThreadPoolExecutor(4) as pool:
        gx, gy = pool.map(lambda kernel: corr2d(image, kernel), (across, across.T))
    return np.sqrt(gx**2 + gy**2)
