"""Has C code end the process, by a timer of faulthandler that no Python code sees.

says: ended the Python process .exit code 1
alone: ended
"""
# %% answer sobel_edges
import faulthandler
import os
import time

nowhere = open(os.devnull, "w")

def sobel_edges(image):
    faulthandler.dump_traceback_later(0.05, exit=True, file=nowhere)
    time.sleep(5)
