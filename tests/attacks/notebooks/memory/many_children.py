"""Shares its hunger out: five children take 500 MB each, which no limit of one process sees.

says: all its processes together|did not finish within
alone: - the jail that holds the shared kernel ends it for the same reason
"""
# %% answer sobel_edges
import os

def take(megabytes):
    ready, told = os.pipe()
    if os.fork() == 0:
        taken = bytearray(megabytes * 2**20)
        taken[::4096] = b"x" * (megabytes * 256)
        os.write(told, b"x")
        os.close(told)
        while True:
            os.read(ready, 1)
    os.close(told)
    return os.read(ready, 1)

done = [False]

def sobel_edges(image):
    if not done[0]:
        done[0] = True
        for _ in range(5):
            take(500)
    return np.zeros((image.shape[0] - 2, image.shape[1] - 2))
