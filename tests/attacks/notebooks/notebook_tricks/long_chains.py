"""Has cells of long chains of calls, attributes and signs, whose trees are as deep as they are long.

must: full marks
says: MemoryError|SyntaxError|RecursionError
"""

from autograder.notebook import to_bytes

CHAINS = (
    "x = " + "1 + " * 20_000 + "1",
    "x = x" + ".a" * 20_000,
    "x = x" + "()" * 20_000,
    "x = x" + "[0]" * 20_000,
    "x = " + "lambda: " * 10_000 + "1",
    "x = " + "1 if 1 else " * 10_000 + "1",
    "x = " + "not " * 20_000 + "1",
    "x = " + "2 ** " * 20_000 + "1",
    "if 1:\n    pass\n" + "elif 1:\n    pass\n" * 5_000,
    "\n".join(" " * depth + "if 1:" for depth in range(90)) + "\n" + " " * 90 + "pass",
    "x = " + "f'{" * 1000 + "1" + "}'" * 1000,
    "x = " + "{1: " * 10_000 + "1" + "}" * 10_000,
)


def make(room, path):
    book = room.solved()
    for source in CHAINS:
        room.add(book, after="sobel_edges", source=source)
    path.write_bytes(to_bytes(book))
