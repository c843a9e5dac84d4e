"""Is a symbolic link to what another student handed in.

must: unreadable
says: is a symbolic link
alone: - a shared kernel has no such file to read
"""
def make(room, path):
    other = path.parents[2] / "honest-1" / "day14_convolution" / "day14_convolution.ipynb"
    path.symlink_to(other)
