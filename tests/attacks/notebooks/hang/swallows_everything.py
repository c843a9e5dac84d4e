"""Ignores every signal and swallows every exception, for ever.

says: did not finish within|used more than
alone: hung
"""
# %% answer sobel_edges
import signal
import time

def sobel_edges(image):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while True:
        try:
            while True:
                time.sleep(0.01)
        except BaseException:
            continue
