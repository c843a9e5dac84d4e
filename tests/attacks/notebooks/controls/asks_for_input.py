"""Asks for input where nobody is, and has a main block.

must: full marks
"""
# %% after sobel_edges
try:
    size = int(input("size? "))
except Exception:
    size = 3

if __name__ == "__main__":
    print(sobel_edges(np.eye(size)))
