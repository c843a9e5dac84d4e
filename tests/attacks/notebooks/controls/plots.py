"""Draws figures in a cell and in a call, shows them, saves one and never closes any.

must: full marks
"""
# %% after sobel_edges
import matplotlib.pyplot as plt

get_ipython().run_line_magic("matplotlib", "inline")
fig, axes = plt.subplots(1, 2, figsize=(4, 2))
axes[0].imshow(sobel_edges(np.eye(9)))
axes[1].hist(np.arange(10.0))
fig.savefig("edges.png")
plt.show()
plain_edges = sobel_edges

def sobel_edges(image):
    result = plain_edges(image)
    plt.figure()
    plt.imshow(result)
    plt.show()
    return result
