"""Changes the working directory, and writes and reads a file there in each call.

must: full marks
"""
# %% first
import os
import tempfile

os.chdir(tempfile.mkdtemp())
# %% after sobel_edges
plain_edges = sobel_edges

def sobel_edges(image):
    with tempfile.NamedTemporaryFile("w+b", suffix=".npy") as file:
        np.save(file, image)
        file.seek(0)
        return plain_edges(np.load(file))
