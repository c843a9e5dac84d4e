"""Leaves a child of a child, in a session of its own, that outlives the notebook.

says: entries are off
alone: left
"""
# %% answer sobel_edges
import os
import signal
import time

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        while True:
            time.sleep(1)
    os._exit(0)
os.wait()

def sobel_edges(image):
    return np.zeros((image.shape[0] - 2, image.shape[1] - 2))
