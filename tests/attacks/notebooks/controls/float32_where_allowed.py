"""Keeps float32 as it is where the exercise says so, in another layout of memory.

must: full marks
target: im2col
"""
# %% after im2col
plain_im2col = im2col

def im2col(x, kh, kw, stride=1, padding=0):
    rows = plain_im2col(x, kh, kw, stride, padding)
    return np.asfortranarray(rows.astype(x.dtype))
