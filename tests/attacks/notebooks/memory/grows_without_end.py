"""Keeps ever more bytes until there are no more.

says: MemoryError|was killed
alone: - it is given MemoryError, and the jail that holds the shared kernel is of limited size
"""
# %% answer sobel_edges
kept = []

def sobel_edges(image):
    while True:
        kept.append(bytearray(64 * 2**20))
        kept[-1][::4096] = b"x" * (64 * 256)
