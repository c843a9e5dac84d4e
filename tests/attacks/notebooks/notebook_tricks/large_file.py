"""Is a notebook of 200 MB, most of it a hole.

must: unreadable
says: is larger than
alone: - a shared kernel has no such file to read
"""
import os

def make(room, path):
    path.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    os.truncate(path, 200_000_000)
