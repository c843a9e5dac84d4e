"""Moves torch tensors into shared memory, more of it than it is given.

says: MemoryError|RuntimeError|bus error|entries are off
alone: - it is ended or refused where the jail that holds the shared kernel ends
"""
# %% answer sobel_edges
import torch

kept = []

def sobel_edges(image):
    for _ in range(12):
        kept.append(torch.ones(16 * 2**20, dtype=torch.uint8).share_memory_())
    return np.zeros((image.shape[0] - 2, image.shape[1] - 2))
