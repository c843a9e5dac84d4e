"""Replaces the shell's run_cell by one that runs nothing and reports success.

must: no points
says: entries are off|is off
alone: points
"""
# %% answer sobel_edges
def sobel_edges(image):
    return np.zeros((image.shape[0] - 2, image.shape[1] - 2))
# %% last
class Fine:
    success = True
    error_before_exec = error_in_exec = None

get_ipython().run_cell = lambda source, **options: Fine()
