"""Raises an exception whose name and text are terminal escapes, HTML and forged lines of a report.

says: passed|PASS
alone: - what a person reads is nothing that it scores
"""
# %% answer sobel_edges
def sobel_edges(image):
    name = "\x1b[2J\x1b[HError</pre><script>alert(1)</script>"
    text = "\x1b[32m\u2713 PASS\x1b[0m\r\n6 of 6 points\n\x00\x07\u202e\n46 passed in 0.01s"
    raise type(name, (Exception,), {})(text)
