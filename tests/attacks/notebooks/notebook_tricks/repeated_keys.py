"""Names `cells` twice: readers of JSON differ in which they believe.

must: unreadable
says: none of the cells
alone: - a shared kernel has no such file to read
"""
import json

from autograder.notebook import to_bytes


def make(room, path):
    book = json.loads(to_bytes(room.solved()))
    text = json.dumps(book)
    path.write_text(text.rstrip()[:-1] + ', "cells": []}')
