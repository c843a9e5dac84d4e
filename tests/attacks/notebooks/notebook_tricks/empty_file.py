"""Is an empty file.

must: unreadable
says: is empty
alone: - a shared kernel has no such file to read
"""
def make(room, path):
    path.touch()
