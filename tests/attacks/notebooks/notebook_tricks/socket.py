"""Is a socket.

must: unreadable
says: is a device or socket
alone: - a shared kernel has no such file to read
"""
import os
import socket

def make(room, path):
    old = os.getcwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as link:
            link.bind(path.name)
    finally:
        os.chdir(old)
