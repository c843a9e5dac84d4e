"""Is JSON, but no notebook.

must: unreadable
says: not a notebook
alone: - a shared kernel has no such file to read
"""
def make(room, path):
    path.write_text('{"score": 92.0, "exercises": {"sobel_edges": {"points": 6}}}')
