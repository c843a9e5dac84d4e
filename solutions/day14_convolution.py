"""Day 14: convolution, its gradients, and the matrix product that makes it fast.

Deep learning calls cross-correlation a convolution: the kernel is not turned round. Images are
(N, C, H, W), kernels (F, C, kh, kw). Derivation and naming follow Dumoulin and Visin, "A guide to
convolution arithmetic for deep learning" (2016); `im2col` follows Chellapilla et al. (2006).
"""

from __future__ import annotations

import numpy as np


def corr2d(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Slide `kernel` over `image` and sum the products at every place where it fits.

    out[i, j] = sum over u, v of image[i + u, j + v] * kernel[u, v]

    image: (H, W), any real dtype (a photograph is often uint8)
    kernel: (kh, kw), any real dtype, no larger than the image; it may be as large
    returns: (H - kh + 1, W - kw + 1), always float64

    The kernel is not turned round, and neither argument is changed. Today no exercise may call a
    library's convolution or correlation (torch's, scipy.signal's, scipy.ndimage's); all of numpy,
    and torch's unfold and fold, are fair everywhere.

    >>> corr2d(np.array([[2.0, 0.0, 1.0], [1.0, 3.0, -1.0]]), np.array([[1.0, -1.0]]))
    array([[ 2., -1.],
           [-2.,  4.]])
    """
    ### BEGIN SOLUTION
    kh, kw = kernel.shape
    height, width = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    pixels = image.astype(np.float64)
    out = np.zeros((height, width))
    for u in range(kh):
        for v in range(kw):
            out += pixels[u : u + height, v : v + width] * kernel[u, v]
    return out
    ### END SOLUTION


def sobel_edges(image: np.ndarray) -> np.ndarray:
    """Strength of the edges in `image`: the length of the Sobel gradient at each pixel.

    gx = corr2d(image, Kx) and gy = corr2d(image, Ky); the result is sqrt(gx^2 + gy^2), with

        Kx = -1  0  1        Ky = -1 -2 -1
             -2  0  2              0  0  0
             -1  0  1              1  2  1

    image: (H, W), any real dtype (a photograph is often uint8), H and W at least 3
    returns: (H - 2, W - 2), float64, neither scaled nor clipped

    A flat image gives zeros, up to rounding. Where the brightness steps up or down by 1 between two
    columns, or between two rows, the result is 4 in the places on either side of the step.
    """
    ### BEGIN SOLUTION
    across = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
    gx = corr2d(image, across)
    gy = corr2d(image, across.T)
    edges: np.ndarray = np.sqrt(gx**2 + gy**2)
    return edges
    ### END SOLUTION


def output_size(n: int, k: int, stride: int = 1, pad: int = 0, dilation: int = 1) -> int:
    """Number of places that a kernel takes along one side of an image.

    n: length of the side, at least 1
    k: length of the kernel, at least 1
    stride: step from one place to the next, at least 1
    pad: zeros added at *each* end of the side, at least 0
    dilation: distance between neighbouring kernel entries, at least 1; a kernel of length k
        then spans dilation * (k - 1) + 1 pixels
    returns: an int, at least 1; pixels left over at the far end are not visited

    Raises ValueError when an argument is below its range, or when the span of the kernel is
    larger than the padded side.

    >>> output_size(8, 3, stride=2)
    3
    """
    ### BEGIN SOLUTION
    if min(n, k, stride, dilation) < 1 or pad < 0:
        raise ValueError("n, k, stride and dilation must be at least 1, pad at least 0")
    span = dilation * (k - 1) + 1
    if span > n + 2 * pad:
        raise ValueError(f"a kernel spanning {span} does not fit into {n} + 2 * {pad} pixels")
    return (n + 2 * pad - span) // stride + 1
    ### END SOLUTION


def conv2d_forward(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, padding: int = 0
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray, int, int]]:
    """Convolution layer: every filter slides over all channels of every image.

    out[n, f, i, j] = b[f] + sum over c, u, v of
                      padded[n, c, i * stride + u, j * stride + v] * w[f, c, u, v]

    where `padded` is x with `padding` zeros on all four sides of each image.

    x: (N, C, H, W) float64
    w: (F, C, kh, kw) float64, not turned round
    b: (F,) float64
    stride: step in both directions, at least 1; a border that no step reaches stays unused
    padding: zeros on each side, at least 0
    returns: (out, cache)
        out: (N, F, Ho, Wo) float64, Ho = output_size(H, kh, stride, padding), Wo likewise; it
            need not be contiguous
        cache: whatever your `conv2d_backward` needs, of any type; only it looks inside. The
            reference keeps the tuple (x, w, stride, padding), hence the annotation. Several
            layers may run forward before the first runs backward: keep nothing elsewhere.
            Nobody changes the arrays in the cache in between, so it may hold x and w themselves.

    x, w and b come back unchanged, and the settings always fit. Without padding, a filter of ones
    sums the 2 * 3 * 2 entries that it sees:

    >>> x, w = np.ones((1, 2, 3, 4)), np.ones((5, 2, 3, 2))
    >>> out, cache = conv2d_forward(x, w, np.zeros(5))
    >>> out.shape, float(out[0, 0, 0, 0])
    ((1, 5, 1, 3), 12.0)
    """
    ### BEGIN SOLUTION
    kh, kw = w.shape[2:]
    height = output_size(x.shape[2], kh, stride, padding)
    width = output_size(x.shape[3], kw, stride, padding)
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    out = np.zeros((x.shape[0], w.shape[0], height, width)) + b[:, None, None]
    for u in range(kh):
        for v in range(kw):
            rows = slice(u, u + stride * height, stride)
            columns = slice(v, v + stride * width, stride)
            out += np.einsum("nchw,fc->nfhw", padded[:, :, rows, columns], w[:, :, u, v])
    return out, (x, w, stride, padding)
    ### END SOLUTION


def conv2d_backward(
    dout: np.ndarray, cache: tuple[np.ndarray, np.ndarray, int, int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of a scalar loss L with respect to the three inputs of `conv2d_forward`.

    dout: (N, F, Ho, Wo) float64, dL/dout
    cache: what your `conv2d_forward` returned beside `out` (the reference's is the tuple
        (x, w, stride, padding))
    returns: (dx, dw, db) with the shapes of x (N, C, H, W), w (F, C, kh, kw) and b (F,), float64

    The gradients are sums over the batch, not means. Padding zeros are no input: dx has the shape
    of x without them. Pixels that no patch reads, at the far border or in the gaps that a stride
    longer than the kernel leaves, get a gradient of zero. dout and the cache come back unchanged,
    so that a second call gives the same gradients.
    """
    ### BEGIN SOLUTION
    x, w, stride, padding = cache
    height, width = dout.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for u in range(w.shape[2]):
        for v in range(w.shape[3]):
            rows = slice(u, u + stride * height, stride)
            columns = slice(v, v + stride * width, stride)
            dw[:, :, u, v] = np.einsum("nfhw,nchw->fc", dout, padded[:, :, rows, columns])
            dpadded[:, :, rows, columns] += np.einsum("nfhw,fc->nchw", dout, w[:, :, u, v])
    dx = dpadded[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    return dx, dw, dout.sum(axis=(0, 2, 3))
    ### END SOLUTION


def im2col(x: np.ndarray, kh: int, kw: int, stride: int = 1, padding: int = 0) -> np.ndarray:
    """Write every patch that a (kh, kw) kernel sees as one row of a matrix.

    x: (N, C, H, W) float64 or float32; `padding` zeros go on all four sides of each image
    returns: (N * Ho * Wo, C * kh * kw), the dtype of x
        rows: image by image, and row by row within it: row (n * Ho + i) * Wo + j is the patch
            that starts at pixel (i * stride, j * stride) of the padded image n
        columns: channel by channel, and row by row within it: column (c * kh + u) * kw + v is
            the patch's entry (c, u, v), the order of `w.reshape(F, -1)`

    The result is writable and has memory of its own; x is unchanged. A Python loop over the kh * kw
    kernel positions is quick enough for `conv2d_fast`; one over pixels or images is right here, but
    loses points there.

    >>> im2col(np.arange(6.0).reshape(1, 1, 2, 3), 2, 2)
    array([[0., 1., 3., 4.],
           [1., 2., 4., 5.]])
    """
    ### BEGIN SOLUTION
    batch, channels = x.shape[:2]
    height = output_size(x.shape[2], kh, stride, padding)
    width = output_size(x.shape[3], kw, stride, padding)
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    patches = np.empty((batch, height, width, channels, kh, kw), dtype=x.dtype)
    for u in range(kh):
        for v in range(kw):
            rows = slice(u, u + stride * height, stride)
            columns = slice(v, v + stride * width, stride)
            patches[..., u, v] = padded[:, :, rows, columns].transpose(0, 2, 3, 1)
    return patches.reshape(batch * height * width, channels * kh * kw)
    ### END SOLUTION


def col2im(
    cols: np.ndarray,
    x_shape: tuple[int, int, int, int],
    kh: int,
    kw: int,
    stride: int = 1,
    padding: int = 0,
) -> np.ndarray:
    """Put the rows of `cols` back where `im2col` took them from; overlapping entries add up.

    cols: (N * Ho * Wo, C * kh * kw) float64 or float32, rows and columns in the order of `im2col`
    x_shape: (N, C, H, W), the shape before padding
    stride, padding: what `im2col` was given
    returns: (N, C, H, W), the dtype of cols; what falls on the padding is dropped, pixels that no
        patch covers are 0

    This is the adjoint of `im2col`, not its inverse: for all x and cols,
    sum(im2col(x) * cols) == sum(x * col2im(cols)). It turns the gradient of the patches into the
    gradient of the image. cols is unchanged.
    """
    ### BEGIN SOLUTION
    batch, channels, h, w = x_shape
    height = output_size(h, kh, stride, padding)
    width = output_size(w, kw, stride, padding)
    patches = cols.reshape(batch, height, width, channels, kh, kw).transpose(0, 3, 4, 5, 1, 2)
    padded = np.zeros((batch, channels, h + 2 * padding, w + 2 * padding), dtype=cols.dtype)
    for u in range(kh):
        for v in range(kw):
            rows = slice(u, u + stride * height, stride)
            columns = slice(v, v + stride * width, stride)
            padded[:, :, rows, columns] += patches[:, :, u, v]
    return padded[:, :, padding : padding + h, padding : padding + w]
    ### END SOLUTION


def conv2d_fast(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, padding: int = 0
) -> np.ndarray:
    """The output of `conv2d_forward` without a Python loop: `im2col` and one matrix product.

    x: (N, C, H, W), w: (F, C, kh, kw), b: (F,), all float64; stride and padding are ints
    returns: out (N, F, Ho, Wo) float64, without a cache

    No Python loop may run over pixels, rows, columns, images or filters, neither here nor in any
    function of yours that is called from here; one over the kh * kw kernel positions is fine. What
    counts is the number of lines that run: a comprehension, map or np.vectorize is a loop too.
    x, w and b come back unchanged.
    """
    ### BEGIN SOLUTION
    filters, _, kh, kw = w.shape
    height = output_size(x.shape[2], kh, stride, padding)
    width = output_size(x.shape[3], kw, stride, padding)
    out: np.ndarray = im2col(x, kh, kw, stride, padding) @ w.reshape(filters, -1).T + b
    return out.reshape(x.shape[0], height, width, filters).transpose(0, 3, 1, 2)
    ### END SOLUTION
