"""Is a text with a notebook's name.

must: unreadable
says: is not JSON
alone: - a shared kernel has no such file to read
"""
def make(room, path):
    path.write_text("def sobel_edges(image):\n    return image\n")
