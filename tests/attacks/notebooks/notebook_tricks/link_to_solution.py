"""Is a symbolic link to the course's own solved notebook.

must: unreadable
says: is a symbolic link
alone: - a shared kernel has no such file to read
"""
def make(room, path):
    path.symlink_to(path.parents[3] / "source" / "day14_convolution" / "day14_convolution.ipynb")
