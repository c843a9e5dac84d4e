"""Is a symbolic link to a device that never ends.

must: unreadable
says: is a symbolic link
alone: - a shared kernel has no such file to read
"""
def make(room, path):
    path.symlink_to("/dev/zero")
