"""Prints and names things in many scripts, and prints with nothing to encode them.

must: full marks
"""
# %% answer sobel_edges
import sys

def länge(größe, 高さ):
    return np.sqrt(größe**2 + 高さ**2)

def sobel_edges(image):
    print("Kanten ∇ 🖼 \ud83d", "\x1b[31m", file=sys.stderr)
    sys.stdout.write("é\n")
    sys.stdout.flush()
    π = np.outer([1.0, 2.0, 1.0], [-1.0, 0.0, 1.0])
    return länge(corr2d(image, π), corr2d(image, π.T))
