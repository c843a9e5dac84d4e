"""Is a pipe that nobody writes to.

must: unreadable
says: is a pipe, not a notebook
alone: - a shared kernel has no such file to read
"""
import os

def make(room, path):
    os.mkfifo(path)
