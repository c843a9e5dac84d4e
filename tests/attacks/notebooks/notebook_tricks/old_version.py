"""Is a notebook of version 3.

must: unreadable
says: old notebook format 3
alone: - a shared kernel has no such file to read
"""
import json

from autograder.notebook import to_bytes


def make(room, path):
    book = json.loads(to_bytes(room.solved()))
    sheet = {"cells": book["cells"], "metadata": {}}
    path.write_text(json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [sheet]}))
