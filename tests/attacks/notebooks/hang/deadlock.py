"""Waits for a lock that it holds itself, with a thread that waits for it.

says: did not finish within|used more than
alone: hung
"""
# %% answer sobel_edges
import threading

lock = threading.Lock()

def sobel_edges(image):
    lock.acquire()
    waiting = threading.Thread(target=lock.acquire)
    waiting.start()
    waiting.join()
