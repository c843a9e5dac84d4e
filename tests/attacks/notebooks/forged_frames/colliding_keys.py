"""Replies with a dict of numbers that all hash alike, which takes hours to build.

says: cannot be read|no legal reply|hash
alone: - a shared kernel has no wire
"""
# %% answer sobel_edges
def sobel_edges(image):
    import os, struct, sys

    import msgspec

    frame = sys._getframe()
    while type(frame.f_locals.get("self")).__name__ != "Worker":
        frame = frame.f_back
    number = frame.f_locals["self"]._request
    prime = 2**61 - 1
    items = []
    for i in range(1, 200_000):
        items += [["i", hex(i * prime)], None]
    packed = msgspec.msgpack.encode([number, "ok", ["d", *items], [], 0])
    data = struct.pack(">Q", len(packed)) + packed
    while data:
        data = data[os.write(3, data[: 1 << 20]):]
    os._exit(0)
