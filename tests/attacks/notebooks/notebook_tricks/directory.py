"""Is a directory with the notebook's name.

must: unreadable
says: is a directory, not a notebook
alone: - a shared kernel has no such file to read
"""
def make(room, path):
    path.mkdir()
