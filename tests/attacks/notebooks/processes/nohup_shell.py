"""Has a `!` line leave a shell behind, by nohup and setsid.

says: entries are off
alone: left
"""
# %% first
get_ipython().system("nohup setsid sh -c 'while :; do sleep 1; done' >/dev/null 2>&1 &")  # !nohup ...
# %% answer sobel_edges
def sobel_edges(image):
    return np.zeros((image.shape[0] - 2, image.shape[1] - 2))
