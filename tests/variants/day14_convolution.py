"""Day 14's wrong versions, each of which must lose points, and right ones, which must lose none.

A variant stands in for the reference's function of its exercise; a class is only a container: each
function in its body stands in for the reference's of that name. `conv2d_backward` variants that
come alone read the reference's cache, the tuple (x, w, stride, padding).
"""
# Containers are named like variants, and their functions are no methods.
# ruff: noqa: N801, N805

from __future__ import annotations

import numpy as np

from autograder.testing import equivalent, right, wrong
from solutions.day14_convolution import corr2d, im2col, output_size

equivalent(
    "col2im",
    "padded = np.zeros((batch, channels, h + 2 * padding, w + 2 * padding), dtype=cols.dtype)",
    "padded = np.zeros((batch, channels, h + 3 * padding, w + 2 * padding), dtype=cols.dtype)",
    because="The rows too many get nothing, and are cut off with the padding.",
)
equivalent(
    "col2im",
    "padded = np.zeros((batch, channels, h + 2 * padding, w + 2 * padding), dtype=cols.dtype)",
    "padded = np.zeros((batch, channels, h + 2 * padding, w + 3 * padding), dtype=cols.dtype)",
    because="The columns too many get nothing, and are cut off with the padding.",
)
equivalent(
    "conv2d_fast",
    "out: np.ndarray = im2col(x, kh, kw, stride, padding) @ w.reshape(filters, -1).T + b",
    "out: np.ndarray = im2col(x, kh, kw, stride, padding) @ w.reshape(filters, -2).T + b",
    because="For reshape every negative length means the one that is left.",
)

# corr2d: wrong


@wrong("corr2d")
def corr2d_flips_the_kernel(image, kernel):
    """True convolution: the kernel is turned by 180 degrees."""
    windows = np.lib.stride_tricks.sliding_window_view(image.astype(float), kernel.shape)
    return np.einsum("ijuv,uv->ij", windows, kernel[::-1, ::-1])


@wrong("corr2d")
def corr2d_mirrors_the_kernel(image, kernel):
    """The kernel is mirrored from left to right."""
    windows = np.lib.stride_tricks.sliding_window_view(image.astype(float), kernel.shape)
    return np.einsum("ijuv,uv->ij", windows, kernel[:, ::-1])


@wrong("corr2d")
def corr2d_swaps_height_and_width(image, kernel):
    """Height and width of the kernel are swapped in the output's shape."""
    kw, kh = kernel.shape
    out = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            patch = image[i : i + kernel.shape[0], j : j + kernel.shape[1]]
            out[i, j] = np.sum(patch * kernel[: patch.shape[0], : patch.shape[1]])
    return out


@wrong("corr2d")
def corr2d_returns_the_transpose(image, kernel):
    """The output has rows and columns exchanged."""
    windows = np.lib.stride_tricks.sliding_window_view(image.astype(float), kernel.shape)
    return np.einsum("ijuv,uv->ji", windows, kernel)


@wrong("corr2d")
def corr2d_misses_the_last_place(image, kernel):
    """H - kh places instead of H - kh + 1, in both directions."""
    windows = np.lib.stride_tricks.sliding_window_view(image.astype(float), kernel.shape)
    return np.einsum("ijuv,uv->ij", windows, kernel)[:-1, :-1]


@wrong("corr2d")
def corr2d_pads_to_the_size_of_the_image(image, kernel):
    """Zeros are added so that the output is as large as the image."""
    kh, kw = kernel.shape
    margins = (((kh - 1) // 2, kh // 2), ((kw - 1) // 2, kw // 2))
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(image.astype(float), margins), kernel.shape
    )
    return np.einsum("ijuv,uv->ij", windows, kernel)


@wrong("corr2d")
def corr2d_takes_the_mean(image, kernel):
    """The mean of the products instead of their sum."""
    windows = np.lib.stride_tricks.sliding_window_view(image.astype(float), kernel.shape)
    return (windows * kernel).mean(axis=(2, 3))


@wrong("corr2d")
def corr2d_keeps_the_dtype_of_the_image(image, kernel):
    """The output is uint8 for a uint8 image."""
    kh, kw = kernel.shape
    out = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1), dtype=image.dtype)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            total = np.sum(image[i : i + kh, j : j + kw].astype(float) * kernel)
            out[i, j] = np.array(total).astype(image.dtype)
    return out


@wrong("corr2d")
def corr2d_wraps_bytes_round(image, kernel):
    """Products of two uint8 arrays stay uint8 and wrap round at 256."""
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return (windows * kernel).sum(axis=(2, 3)).astype(float)


@wrong("corr2d")
def corr2d_in_single_precision(image, kernel):
    """The sums are rounded to float32."""
    windows = np.lib.stride_tricks.sliding_window_view(image.astype(float), kernel.shape)
    return np.einsum("ijuv,uv->ij", windows, kernel).astype(np.float32).astype(float)


@wrong("corr2d")
def corr2d_turns_its_kernel_in_place(image, kernel):
    """Right values, but the caller's kernel is turned round."""
    windows = np.lib.stride_tricks.sliding_window_view(image.astype(float), kernel.shape)
    out = np.einsum("ijuv,uv->ij", windows, kernel)
    kernel[:] = kernel[::-1, ::-1].copy()
    return out


# corr2d: right


@right("corr2d")
def corr2d_by_four_loops(image, kernel):
    """The double sum at each place, as written in the formula."""
    (h, w), (kh, kw) = image.shape, kernel.shape
    out = np.zeros((h - kh + 1, w - kw + 1))
    for i in range(h - kh + 1):
        for j in range(w - kw + 1):
            for u in range(kh):
                for v in range(kw):
                    out[i, j] += float(image[i + u, j + v]) * float(kernel[u, v])
    return out


@right("corr2d")
def corr2d_by_windows_and_tensordot(image, kernel):
    """A view of all windows, contracted with the kernel."""
    windows = np.lib.stride_tricks.sliding_window_view(image.astype(np.float64), kernel.shape)
    return np.tensordot(windows, kernel.astype(np.float64), axes=2)


@right("corr2d")
def corr2d_by_strides(image, kernel):
    """as_strided windows and einsum."""
    pixels = np.asarray(image, dtype=np.float64)
    kh, kw = kernel.shape
    shape = (pixels.shape[0] - kh + 1, pixels.shape[1] - kw + 1, kh, kw)
    windows = np.lib.stride_tricks.as_strided(pixels, shape, pixels.strides * 2)
    return np.einsum("ijuv,uv->ij", windows, kernel.astype(np.float64))


@right("corr2d")
def corr2d_by_fft(image, kernel):
    """The convolution theorem, with the kernel turned round and the wrapped border cut off."""
    kh, kw = kernel.shape
    spectrum = np.fft.rfft2(image) * np.fft.rfft2(kernel[::-1, ::-1], s=image.shape)
    return np.fft.irfft2(spectrum, s=image.shape)[kh - 1 :, kw - 1 :]


@right("corr2d")
def corr2d_by_torch_unfold(image, kernel):
    """Tensor.unfold gives the windows."""
    import torch

    pixels = torch.tensor(np.array(image, dtype=np.float64))
    windows = pixels.unfold(0, kernel.shape[0], 1).unfold(1, kernel.shape[1], 1)
    weights = torch.tensor(np.array(kernel, dtype=np.float64))
    return (windows * weights).sum(dim=(2, 3)).numpy()


# sobel_edges: wrong


@wrong("sobel_edges")
def sobel_along_rows_only(image):
    """gy is forgotten."""
    return np.abs(corr2d(image, np.array([[-1.0, 0, 1], [-2.0, 0, 2], [-1.0, 0, 1]])))


@wrong("sobel_edges")
def sobel_with_one_kernel_twice(image):
    """gy is made with the kernel of gx."""
    kernel = np.array([[-1.0, 0, 1], [-2.0, 0, 2], [-1.0, 0, 1]])
    return np.hypot(corr2d(image, kernel), corr2d(image, kernel))


@wrong("sobel_edges")
def sobel_adds_absolute_values(image):
    """|gx| + |gy| instead of the root of the squares."""
    kernel = np.array([[-1.0, 0, 1], [-2.0, 0, 2], [-1.0, 0, 1]])
    return np.abs(corr2d(image, kernel)) + np.abs(corr2d(image, kernel.T))


@wrong("sobel_edges")
def sobel_without_the_root(image):
    """gx^2 + gy^2."""
    kernel = np.array([[-1.0, 0, 1], [-2.0, 0, 2], [-1.0, 0, 1]])
    return corr2d(image, kernel) ** 2 + corr2d(image, kernel.T) ** 2


@wrong("sobel_edges")
def sobel_with_signs(image):
    """gx + gy, so that edges of opposite direction cancel."""
    kernel = np.array([[-1.0, 0, 1], [-2.0, 0, 2], [-1.0, 0, 1]])
    return corr2d(image, kernel) + corr2d(image, kernel.T)


@wrong("sobel_edges")
def sobel_with_prewitt_weights(image):
    """Weights 1, 1, 1 instead of 1, 2, 1."""
    kernel = np.array([[-1.0, 0, 1], [-1.0, 0, 1], [-1.0, 0, 1]])
    return np.hypot(corr2d(image, kernel), corr2d(image, kernel.T))


@wrong("sobel_edges")
def sobel_scaled_to_slope(image):
    """Both kernels are divided by 8."""
    kernel = np.array([[-1.0, 0, 1], [-2.0, 0, 2], [-1.0, 0, 1]]) / 8
    return np.hypot(corr2d(image, kernel), corr2d(image, kernel.T))


@wrong("sobel_edges")
def sobel_clipped_for_display(image):
    """Strong edges are clipped at 255."""
    kernel = np.array([[-1.0, 0, 1], [-2.0, 0, 2], [-1.0, 0, 1]])
    return np.clip(np.hypot(corr2d(image, kernel), corr2d(image, kernel.T)), 0, 255)


@wrong("sobel_edges")
def sobel_as_large_as_the_image(image):
    """The image is padded, so the result is (H, W)."""
    kernel = np.array([[-1.0, 0, 1], [-2.0, 0, 2], [-1.0, 0, 1]])
    padded = np.pad(image.astype(float), 1)
    return np.hypot(corr2d(padded, kernel), corr2d(padded, kernel.T))


@wrong("sobel_edges")
def sobel_rounded_to_bytes(image):
    """The dtype of the image is kept."""
    kernel = np.array([[-1.0, 0, 1], [-2.0, 0, 2], [-1.0, 0, 1]])
    return np.hypot(corr2d(image, kernel), corr2d(image, kernel.T)).astype(image.dtype)


@wrong("sobel_edges")
def sobel_normalises_its_image(image):
    """Right values, but the caller's image loses its mean."""
    kernel = np.array([[-1.0, 0, 1], [-2.0, 0, 2], [-1.0, 0, 1]])
    edges = np.hypot(corr2d(image, kernel), corr2d(image, kernel.T))
    image -= np.mean(image).astype(image.dtype)
    return edges


# sobel_edges: right


@right("sobel_edges")
def sobel_by_slices(image):
    """Smoothing across and difference along, with slices alone."""
    p = image.astype(np.float64)
    rows = p[:-2] + 2 * p[1:-1] + p[2:]
    columns = p[:, :-2] + 2 * p[:, 1:-1] + p[:, 2:]
    return np.sqrt((rows[:, 2:] - rows[:, :-2]) ** 2 + (columns[2:] - columns[:-2]) ** 2)


@right("sobel_edges")
def sobel_of_opposite_sign(image):
    """Kernels that point the other way give the same length."""
    kernel = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])
    return np.linalg.norm([corr2d(image, kernel), corr2d(image, kernel.T)], axis=0)


@right("sobel_edges")
def sobel_by_complex_numbers(image):
    """gx + i gy has the gradient's length as its absolute value."""
    kernel = np.array([[-1.0, 0, 1], [-2.0, 0, 2], [-1.0, 0, 1]])
    return np.abs(corr2d(image, kernel) + 1j * corr2d(image, kernel.T))


# output_size: wrong


@wrong("output_size")
def size_rounds_up(n, k, stride=1, pad=0, dilation=1):
    """ceil for floor."""
    span = dilation * (k - 1) + 1
    if min(n, k, stride, dilation) < 1 or pad < 0 or span > n + 2 * pad:
        raise ValueError("out of range")
    return -((span - n - 2 * pad) // stride) + 1


@wrong("output_size")
def size_rounds_to_the_nearest(n, k, stride=1, pad=0, dilation=1):
    """round for floor."""
    span = dilation * (k - 1) + 1
    if min(n, k, stride, dilation) < 1 or pad < 0 or span > n + 2 * pad:
        raise ValueError("out of range")
    return round((n + 2 * pad - span) / stride) + 1


@wrong("output_size")
def size_is_a_float(n, k, stride=1, pad=0, dilation=1):
    """True division and np.floor leave a float."""
    span = dilation * (k - 1) + 1
    if min(n, k, stride, dilation) < 1 or pad < 0 or span > n + 2 * pad:
        raise ValueError("out of range")
    return float(np.floor((n + 2 * pad - span) / stride + 1))


@wrong("output_size")
def size_counts_the_padding_once(n, k, stride=1, pad=0, dilation=1):
    """pad is added at one end only."""
    span = dilation * (k - 1) + 1
    if min(n, k, stride, dilation) < 1 or pad < 0 or span > n + pad:
        raise ValueError("out of range")
    return (n + pad - span) // stride + 1


@wrong("output_size")
def size_misses_the_first_place(n, k, stride=1, pad=0, dilation=1):
    """The + 1 is forgotten."""
    span = dilation * (k - 1) + 1
    if min(n, k, stride, dilation) < 1 or pad < 0 or span > n + 2 * pad:
        raise ValueError("out of range")
    return (n + 2 * pad - span) // stride


@wrong("output_size")
def size_adds_one_before_it_divides(n, k, stride=1, pad=0, dilation=1):
    """(n + 2 pad - span + 1) // stride, right for stride 1 only."""
    span = dilation * (k - 1) + 1
    if min(n, k, stride, dilation) < 1 or pad < 0 or span > n + 2 * pad:
        raise ValueError("out of range")
    return (n + 2 * pad - span + 1) // stride


@wrong("output_size")
def size_dilates_the_last_entry_too(n, k, stride=1, pad=0, dilation=1):
    """The kernel is taken to span dilation * k."""
    span = dilation * k
    if min(n, k, stride, dilation) < 1 or pad < 0 or span > n + 2 * pad:
        raise ValueError("out of range")
    return (n + 2 * pad - span) // stride + 1


@wrong("output_size")
def size_ignores_dilation(n, k, stride=1, pad=0, dilation=1):
    """Dilation changes nothing."""
    if min(n, k, stride, dilation) < 1 or pad < 0 or k > n + 2 * pad:
        raise ValueError("out of range")
    return (n + 2 * pad - k) // stride + 1


@wrong("output_size")
def size_refuses_an_exact_fit(n, k, stride=1, pad=0, dilation=1):
    """A kernel as long as the padded side is refused."""
    span = dilation * (k - 1) + 1
    if min(n, k, stride, dilation) < 1 or pad < 0 or span >= n + 2 * pad:
        raise ValueError("out of range")
    return (n + 2 * pad - span) // stride + 1


@wrong("output_size")
def size_compares_without_padding(n, k, stride=1, pad=0, dilation=1):
    """A kernel longer than the bare side is refused although the padding makes room."""
    span = dilation * (k - 1) + 1
    if min(n, k, stride, dilation) < 1 or pad < 0 or span > n:
        raise ValueError("out of range")
    return (n + 2 * pad - span) // stride + 1


@wrong("output_size")
def size_compares_without_dilation(n, k, stride=1, pad=0, dilation=1):
    """A kernel that is too long only when dilated gives 0 or less."""
    if min(n, k, stride, dilation) < 1 or pad < 0 or k > n + 2 * pad:
        raise ValueError("out of range")
    return (n + 2 * pad - dilation * (k - 1) - 1) // stride + 1


@wrong("output_size")
def size_is_zero_when_nothing_fits(n, k, stride=1, pad=0, dilation=1):
    """0 instead of an error."""
    if min(n, k, stride, dilation) < 1 or pad < 0:
        raise ValueError("out of range")
    return max(0, (n + 2 * pad - dilation * (k - 1) - 1) // stride + 1)


@wrong("output_size")
def size_takes_any_argument(n, k, stride=1, pad=0, dilation=1):
    """Only the fit is checked: a negative pad or stride goes through."""
    span = dilation * (k - 1) + 1
    if span > n + 2 * pad:
        raise ValueError("does not fit")
    return (n + 2 * pad - span) // stride + 1


@wrong("output_size")
def size_asserts(n, k, stride=1, pad=0, dilation=1):
    """AssertionError where ValueError is promised."""
    span = dilation * (k - 1) + 1
    assert min(n, k, stride, dilation) >= 1
    assert pad >= 0
    assert span <= n + 2 * pad
    return (n + 2 * pad - span) // stride + 1


# output_size: right


@right("output_size")
def size_by_divmod(n, k, stride=1, pad=0, dilation=1):
    """The steps that fit, with what is left over thrown away, and one error for everything."""
    steps, _ = divmod(n + 2 * pad - (k - 1) * dilation - 1, stride if stride > 0 else 1)
    if steps < 0 or pad < 0 or min(n, k, stride, dilation) <= 0:
        raise ValueError(f"no output for {n=}, {k=}, {stride=}, {pad=}, {dilation=}")
    return 1 + steps


@right("output_size")
def size_by_floor_of_a_float(n, k, stride=1, pad=0, dilation=1):
    """The textbook's floor, turned into a numpy integer."""
    if n < 1 or k < 1 or stride < 1 or pad < 0 or dilation < 1:
        raise ValueError("an argument is out of range")
    free = n + 2 * pad - dilation * (k - 1) - 1
    if free < 0:
        raise ValueError("the kernel does not fit")
    return np.int64(np.floor(free / stride + 1))


@right("output_size")
def size_by_range(n, k, stride=1, pad=0, dilation=1):
    """The length of the range of starting places."""
    if any(value < 1 for value in (n, k, stride, dilation)) or pad < 0:
        raise ValueError("an argument is out of range")
    places = len(range(0, n + 2 * pad - dilation * (k - 1), stride))
    if not places:
        raise ValueError("the kernel does not fit")
    return places


# conv2d_forward: wrong


@wrong("conv2d_forward")
def forward_flips_the_kernel(x, w, b, stride=1, padding=0):
    """True convolution: the kernel is turned by 180 degrees."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    out = np.einsum("ncijuv,fcuv->nfij", windows, w[:, :, ::-1, ::-1]) + b[:, None, None]
    return out, (x, w, stride, padding)


@wrong("conv2d_forward")
def forward_swaps_height_and_width(x, w, b, stride=1, padding=0):
    """kh and kw are swapped in the output's shape."""
    kw, kh = w.shape[2:]
    height = (x.shape[2] + 2 * padding - kh) // stride + 1
    width = (x.shape[3] + 2 * padding - kw) // stride + 1
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    out = np.zeros((len(x), len(w), height, width))
    for i in range(height):
        for j in range(width):
            top, left = i * stride, j * stride
            patch = padded[:, :, top : top + w.shape[2], left : left + w.shape[3]]
            part = w[:, :, : patch.shape[2], : patch.shape[3]]
            out[:, :, i, j] = np.einsum("ncuv,fcuv->nf", patch, part) + b
    return out, (x, w, stride, padding)


@wrong("conv2d_forward")
def forward_with_exchanged_axes(x, w, b, stride=1, padding=0):
    """The output is (N, F, Wo, Ho)."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    out = np.einsum("ncijuv,fcuv->nfji", windows, w) + b[:, None, None]
    return out, (x, w, stride, padding)


@wrong("conv2d_forward")
def forward_with_channels_last(x, w, b, stride=1, padding=0):
    """The output is (N, Ho, Wo, F)."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    out = np.einsum("ncijuv,fcuv->nijf", windows, w) + b
    return out, (x, w, stride, padding)


@wrong("conv2d_forward")
def forward_rounds_its_size_up(x, w, b, stride=1, padding=0):
    """ceil for floor: the last patch hangs over the edge."""
    kh, kw = w.shape[2:]
    height = -((kh - x.shape[2] - 2 * padding) // stride) + 1
    width = -((kw - x.shape[3] - 2 * padding) // stride) + 1
    far = padding + stride
    padded = np.pad(x, ((0, 0), (0, 0), (padding, far), (padding, far)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride][:, :, :height, :width]
    out = np.einsum("ncijuv,fcuv->nfij", windows, w) + b[:, None, None]
    return out, (x, w, stride, padding)


@wrong("conv2d_forward")
def forward_misses_the_last_place(x, w, b, stride=1, padding=0):
    """The + 1 in the output's size is forgotten."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride][:, :, :-1, :-1]
    out = np.einsum("ncijuv,fcuv->nfij", windows, w) + b[:, None, None]
    return out, (x, w, stride, padding)


@wrong("conv2d_forward")
def forward_without_bias(x, w, b, stride=1, padding=0):
    """The bias is forgotten."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return np.einsum("ncijuv,fcuv->nfij", windows, w), (x, w, stride, padding)


@wrong("conv2d_forward")
def forward_adds_the_bias_per_channel(x, w, b, stride=1, padding=0):
    """The bias is added inside the loop over channels, C times."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    out = np.einsum("ncijuv,fcuv->nfij", windows, w) + x.shape[1] * b[:, None, None]
    return out, (x, w, stride, padding)


@wrong("conv2d_forward")
def forward_sees_the_first_channel_only(x, w, b, stride=1, padding=0):
    """Only channel 0 takes part."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))
    windows = windows[:, 0, ::stride, ::stride]
    out = np.einsum("nijuv,fuv->nfij", windows, w[:, 0]) + b[:, None, None]
    return out, (x, w, stride, padding)


@wrong("conv2d_forward")
def forward_sees_the_first_image_only(x, w, b, stride=1, padding=0):
    """The outputs of all images but the first stay zero."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    out = np.einsum("ncijuv,fcuv->nfij", windows, w) + b[:, None, None]
    out[1:] = 0.0
    return out, (x, w, stride, padding)


@wrong("conv2d_forward")
def forward_ignores_the_stride(x, w, b, stride=1, padding=0):
    """The output has the right shape, but patches lie one pixel apart."""
    height = output_size(x.shape[2], w.shape[2], stride, padding)
    width = output_size(x.shape[3], w.shape[3], stride, padding)
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))
    windows = windows[:, :, :height, :width]
    out = np.einsum("ncijuv,fcuv->nfij", windows, w) + b[:, None, None]
    return out, (x, w, stride, padding)


@wrong("conv2d_forward")
def forward_strides_down_only(x, w, b, stride=1, padding=0):
    """The stride is used for rows, not for columns."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))
    out = np.einsum("ncijuv,fcuv->nfij", windows[:, :, ::stride], w) + b[:, None, None]
    return out, (x, w, stride, padding)


@wrong("conv2d_forward")
def forward_ignores_padding(x, w, b, stride=1, padding=0):
    """No zeros are added."""
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    out = np.einsum("ncijuv,fcuv->nfij", windows, w) + b[:, None, None]
    return out, (x, w, stride, padding)


@wrong("conv2d_forward")
def forward_pads_with_the_edge(x, w, b, stride=1, padding=0):
    """The edge pixels are repeated instead of zeros."""
    margins = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    padded = np.pad(x, margins, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    out = np.einsum("ncijuv,fcuv->nfij", windows, w) + b[:, None, None]
    return out, (x, w, stride, padding)


@wrong("conv2d_forward")
def forward_pads_the_far_side_twice(x, w, b, stride=1, padding=0):
    """All zeros stand below and to the right."""
    padded = np.pad(x, ((0, 0), (0, 0), (0, 2 * padding), (0, 2 * padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    out = np.einsum("ncijuv,fcuv->nfij", windows, w) + b[:, None, None]
    return out, (x, w, stride, padding)


@wrong("conv2d_forward")
def forward_in_single_precision(x, w, b, stride=1, padding=0):
    """float32 arithmetic in a float64 result."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride].astype(np.float32)
    out = np.einsum("ncijuv,fcuv->nfij", windows, w.astype(np.float32)) + b[:, None, None]
    return out.astype(np.float64), (x, w, stride, padding)


@wrong("conv2d_forward")
def forward_loses_axes_of_length_one(x, w, b, stride=1, padding=0):
    """squeeze() drops the batch when there is one image."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    out = np.einsum("ncijuv,fcuv->nfij", windows, w) + b[:, None, None]
    return out.squeeze(), (x, w, stride, padding)


@wrong("conv2d_forward")
def forward_without_a_cache(x, w, b, stride=1, padding=0):
    """Only the output is returned."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return np.einsum("ncijuv,fcuv->nfij", windows, w) + b[:, None, None]


@wrong("conv2d_forward")
def forward_changes_its_input(x, w, b, stride=1, padding=0):
    """Right values, but the border of the caller's x is overwritten with zeros."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    out = np.einsum("ncijuv,fcuv->nfij", windows, w) + b[:, None, None]
    cache = (x.copy(), w, stride, padding)
    x[:, :, :padding] = 0.0
    return out, cache


# conv2d_forward: right


@right("conv2d_forward")
def forward_by_loops_over_everything(x, w, b, stride=1, padding=0):
    """Seven nested loops, the last three in one sum."""
    (batch, _, h, width), (filters, _, kh, kw) = x.shape, w.shape
    padded = np.zeros((batch, x.shape[1], h + 2 * padding, width + 2 * padding))
    padded[:, :, padding : padding + h, padding : padding + width] = x
    rows, columns = output_size(h, kh, stride, padding), output_size(width, kw, stride, padding)
    out = np.zeros((batch, filters, rows, columns))
    for n in range(batch):
        for f in range(filters):
            for i in range(rows):
                for j in range(columns):
                    top, left = i * stride, j * stride
                    patch = padded[n, :, top : top + kh, left : left + kw]
                    out[n, f, i, j] = np.sum(patch * w[f]) + b[f]
    return out, (x, w, stride, padding)


@right("conv2d_forward")
def forward_by_corr2d(x, w, b, stride=1, padding=0):
    """corr2d for each pair of channel and filter, thinned out by the stride."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    images = [
        [
            sum(corr2d(channel, kernel) for channel, kernel in zip(image, filter_, strict=True))
            for filter_ in w
        ]
        for image in padded
    ]
    out = np.array(images)[:, :, ::stride, ::stride] + b.reshape(-1, 1, 1)
    return out, (x, w, stride, padding)


@right("conv2d_forward")
def forward_by_windows_and_einsum(x, w, b, stride=1, padding=0):
    """A view of all windows, contracted with the filters."""
    padded = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    out = np.einsum("ncijuv,fcuv->nfij", windows, w, optimize=True) + b[None, :, None, None]
    return out, (x, w, stride, padding)


@right("conv2d_forward")
def forward_by_strides_and_tensordot(x, w, b, stride=1, padding=0):
    """as_strided windows, one tensordot."""
    padded = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    rows = output_size(x.shape[2], w.shape[2], stride, padding)
    columns = output_size(x.shape[3], w.shape[3], stride, padding)
    sn, sc, sh, sw = padded.strides
    windows = np.lib.stride_tricks.as_strided(
        padded,
        (x.shape[0], x.shape[1], rows, columns, w.shape[2], w.shape[3]),
        (sn, sc, sh * stride, sw * stride, sh, sw),
    )
    out = np.tensordot(windows, w, axes=((1, 4, 5), (1, 2, 3)))
    return np.moveaxis(out, -1, 1) + b[:, None, None], (x, w, stride, padding)


@right("conv2d_forward")
def forward_by_fft(x, w, b, stride=1, padding=0):
    """Spectra multiplied and summed over channels, the wrapped border cut off."""
    padded = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    size = padded.shape[2:]
    images = np.fft.rfft2(padded)
    kernels = np.fft.rfft2(w[:, :, ::-1, ::-1], s=size)
    full = np.fft.irfft2(np.einsum("nchw,fchw->nfhw", images, kernels), s=size)
    valid = full[:, :, w.shape[2] - 1 :: stride, w.shape[3] - 1 :: stride]
    return valid + b[:, None, None], (x, w, stride, padding)


@right("conv2d_forward")
def forward_by_torch_unfold(x, w, b, stride=1, padding=0):
    """torch's unfold and a matrix product."""
    import torch

    columns = torch.nn.functional.unfold(
        torch.tensor(np.array(x)), w.shape[2:], stride=stride, padding=padding
    ).numpy()
    out = w.reshape(len(w), -1) @ columns + b[:, None]
    rows = (x.shape[2] + 2 * padding - w.shape[2]) // stride + 1
    return out.reshape(len(x), len(w), rows, -1), (x, w, stride, padding)


# conv2d_backward: wrong


@wrong("conv2d_backward")
def backward_leaves_the_padding_on(dout, cache):
    """dx has the shape of the padded input."""
    x, w, stride, padding = cache
    height, width = dout.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dx, dw = np.zeros_like(padded), np.zeros_like(w)
    for i in range(height):
        for j in range(width):
            rows = slice(i * stride, i * stride + w.shape[2])
            columns = slice(j * stride, j * stride + w.shape[3])
            dx[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", dout[:, :, i, j], w)
            dw += np.einsum("nf,ncuv->fcuv", dout[:, :, i, j], padded[:, :, rows, columns])
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("conv2d_backward")
def backward_cuts_the_wrong_corner(dout, cache):
    """dx is cut to shape from the first padded pixel on."""
    x, w, stride, padding = cache
    height, width = dout.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dx, dw = np.zeros_like(padded), np.zeros_like(w)
    for i in range(height):
        for j in range(width):
            rows = slice(i * stride, i * stride + w.shape[2])
            columns = slice(j * stride, j * stride + w.shape[3])
            dx[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", dout[:, :, i, j], w)
            dw += np.einsum("nf,ncuv->fcuv", dout[:, :, i, j], padded[:, :, rows, columns])
    return dx[:, :, : x.shape[2], : x.shape[3]], dw, dout.sum(axis=(0, 2, 3))


@wrong("conv2d_backward")
def backward_cuts_to_nothing_without_padding(dout, cache):
    """dx[padding:-padding] is empty when padding is 0."""
    x, w, stride, padding = cache
    height, width = dout.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dx, dw = np.zeros_like(padded), np.zeros_like(w)
    for i in range(height):
        for j in range(width):
            rows = slice(i * stride, i * stride + w.shape[2])
            columns = slice(j * stride, j * stride + w.shape[3])
            dx[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", dout[:, :, i, j], w)
            dw += np.einsum("nf,ncuv->fcuv", dout[:, :, i, j], padded[:, :, rows, columns])
    return dx[:, :, padding:-padding, padding:-padding], dw, dout.sum(axis=(0, 2, 3))


@wrong("conv2d_backward")
def backward_averages_db(dout, cache):
    """db is a mean over images and pixels."""
    x, w, stride, padding = cache
    height, width = dout.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dx, dw = np.zeros_like(padded), np.zeros_like(w)
    for i in range(height):
        for j in range(width):
            rows = slice(i * stride, i * stride + w.shape[2])
            columns = slice(j * stride, j * stride + w.shape[3])
            dx[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", dout[:, :, i, j], w)
            dw += np.einsum("nf,ncuv->fcuv", dout[:, :, i, j], padded[:, :, rows, columns])
    dx = dx[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    return dx, dw, dout.mean(axis=(0, 2, 3))


@wrong("conv2d_backward")
def backward_sums_db_over_the_batch_only(dout, cache):
    """db is (F, Ho, Wo)."""
    x, w, stride, padding = cache
    height, width = dout.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dx, dw = np.zeros_like(padded), np.zeros_like(w)
    for i in range(height):
        for j in range(width):
            rows = slice(i * stride, i * stride + w.shape[2])
            columns = slice(j * stride, j * stride + w.shape[3])
            dx[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", dout[:, :, i, j], w)
            dw += np.einsum("nf,ncuv->fcuv", dout[:, :, i, j], padded[:, :, rows, columns])
    dx = dx[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    return dx, dw, dout.sum(axis=0)


@wrong("conv2d_backward")
def backward_averages_dw_over_the_batch(dout, cache):
    """dw is divided by N."""
    x, w, stride, padding = cache
    height, width = dout.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dx, dw = np.zeros_like(padded), np.zeros_like(w)
    for i in range(height):
        for j in range(width):
            rows = slice(i * stride, i * stride + w.shape[2])
            columns = slice(j * stride, j * stride + w.shape[3])
            dx[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", dout[:, :, i, j], w)
            dw += np.einsum("nf,ncuv->fcuv", dout[:, :, i, j], padded[:, :, rows, columns])
    dx = dx[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    return dx, dw / len(x), dout.sum(axis=(0, 2, 3))


@wrong("conv2d_backward")
def backward_overwrites_dx(dout, cache):
    """Overlapping patches overwrite each other's share of dx."""
    x, w, stride, padding = cache
    height, width = dout.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dx, dw = np.zeros_like(padded), np.zeros_like(w)
    for i in range(height):
        for j in range(width):
            rows = slice(i * stride, i * stride + w.shape[2])
            columns = slice(j * stride, j * stride + w.shape[3])
            dx[:, :, rows, columns] = np.einsum("nf,fcuv->ncuv", dout[:, :, i, j], w)
            dw += np.einsum("nf,ncuv->fcuv", dout[:, :, i, j], padded[:, :, rows, columns])
    dx = dx[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("conv2d_backward")
def backward_overwrites_dw(dout, cache):
    """dw holds the share of the last output pixel only."""
    x, w, stride, padding = cache
    height, width = dout.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dx, dw = np.zeros_like(padded), np.zeros_like(w)
    for i in range(height):
        for j in range(width):
            rows = slice(i * stride, i * stride + w.shape[2])
            columns = slice(j * stride, j * stride + w.shape[3])
            dx[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", dout[:, :, i, j], w)
            dw = np.einsum("nf,ncuv->fcuv", dout[:, :, i, j], padded[:, :, rows, columns])
    dx = dx[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("conv2d_backward")
def backward_ignores_the_stride(dout, cache):
    """Patches are taken to lie one pixel apart."""
    x, w, _, padding = cache
    height, width = dout.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dx, dw = np.zeros_like(padded), np.zeros_like(w)
    for i in range(height):
        for j in range(width):
            rows, columns = slice(i, i + w.shape[2]), slice(j, j + w.shape[3])
            dx[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", dout[:, :, i, j], w)
            dw += np.einsum("nf,ncuv->fcuv", dout[:, :, i, j], padded[:, :, rows, columns])
    dx = dx[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("conv2d_backward")
def backward_flips_the_kernel(dout, cache):
    """dx is made with the kernel turned round once too often."""
    x, w, stride, padding = cache
    height, width = dout.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dx, dw = np.zeros_like(padded), np.zeros_like(w)
    turned = w[:, :, ::-1, ::-1]
    for i in range(height):
        for j in range(width):
            rows = slice(i * stride, i * stride + w.shape[2])
            columns = slice(j * stride, j * stride + w.shape[3])
            dx[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", dout[:, :, i, j], turned)
            dw += np.einsum("nf,ncuv->fcuv", dout[:, :, i, j], padded[:, :, rows, columns])
    dx = dx[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("conv2d_backward")
def backward_flips_dw(dout, cache):
    """dw belongs to a kernel that is turned round."""
    x, w, stride, padding = cache
    height, width = dout.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dx, dw = np.zeros_like(padded), np.zeros_like(w)
    for i in range(height):
        for j in range(width):
            rows = slice(i * stride, i * stride + w.shape[2])
            columns = slice(j * stride, j * stride + w.shape[3])
            dx[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", dout[:, :, i, j], w)
            dw += np.einsum("nf,ncuv->fcuv", dout[:, :, i, j], padded[:, :, rows, columns])
    dx = dx[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    return dx, dw[:, :, ::-1, ::-1], dout.sum(axis=(0, 2, 3))


@wrong("conv2d_backward")
def backward_pads_with_the_edge_for_dw(dout, cache):
    """dw sees repeated edge pixels where the forward pass saw zeros."""
    x, w, stride, padding = cache
    height, width = dout.shape[2:]
    margins = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    padded = np.pad(x, margins, mode="edge")
    dx, dw = np.zeros_like(padded), np.zeros_like(w)
    for i in range(height):
        for j in range(width):
            rows = slice(i * stride, i * stride + w.shape[2])
            columns = slice(j * stride, j * stride + w.shape[3])
            dx[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", dout[:, :, i, j], w)
            dw += np.einsum("nf,ncuv->fcuv", dout[:, :, i, j], padded[:, :, rows, columns])
    dx = dx[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("conv2d_backward")
def backward_uses_the_first_image_only(dout, cache):
    """dw is the share of image 0."""
    x, w, stride, padding = cache
    height, width = dout.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dx, dw = np.zeros_like(padded), np.zeros_like(w)
    for i in range(height):
        for j in range(width):
            rows = slice(i * stride, i * stride + w.shape[2])
            columns = slice(j * stride, j * stride + w.shape[3])
            dx[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", dout[:, :, i, j], w)
            dw += np.einsum("nf,ncuv->fcuv", dout[:1, :, i, j], padded[:1, :, rows, columns])
    dx = dx[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("conv2d_backward")
def backward_drops_the_unused_border(dout, cache):
    """dx is only as large as the part that the patches cover."""
    x, w, stride, padding = cache
    height, width = dout.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    covered = ((height - 1) * stride + w.shape[2], (width - 1) * stride + w.shape[3])
    dx, dw = np.zeros((*x.shape[:2], *covered)), np.zeros_like(w)
    for i in range(height):
        for j in range(width):
            rows = slice(i * stride, i * stride + w.shape[2])
            columns = slice(j * stride, j * stride + w.shape[3])
            dx[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", dout[:, :, i, j], w)
            dw += np.einsum("nf,ncuv->fcuv", dout[:, :, i, j], padded[:, :, rows, columns])
    dx = dx[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("conv2d_backward")
def backward_in_another_order(dout, cache):
    """(dw, db, dx) instead of (dx, dw, db)."""
    x, w, stride, padding = cache
    height, width = dout.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dx, dw = np.zeros_like(padded), np.zeros_like(w)
    for i in range(height):
        for j in range(width):
            rows = slice(i * stride, i * stride + w.shape[2])
            columns = slice(j * stride, j * stride + w.shape[3])
            dx[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", dout[:, :, i, j], w)
            dw += np.einsum("nf,ncuv->fcuv", dout[:, :, i, j], padded[:, :, rows, columns])
    dx = dx[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    return dw, dout.sum(axis=(0, 2, 3)), dx


@wrong("conv2d_backward")
def backward_in_single_precision(dout, cache):
    """float32 accumulators in a float64 result."""
    x, w, stride, padding = cache
    height, width = dout.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dx, dw = np.zeros(padded.shape, dtype=np.float32), np.zeros(w.shape, dtype=np.float32)
    for i in range(height):
        for j in range(width):
            rows = slice(i * stride, i * stride + w.shape[2])
            columns = slice(j * stride, j * stride + w.shape[3])
            dx[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", dout[:, :, i, j], w)
            dw += np.einsum("nf,ncuv->fcuv", dout[:, :, i, j], padded[:, :, rows, columns])
    dx = dx[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    return dx.astype(float), dw.astype(float), dout.sum(axis=(0, 2, 3))


@wrong("conv2d_backward")
def backward_changes_dout(dout, cache):
    """Right values, but the caller's dout is divided by N afterwards."""
    x, w, stride, padding = cache
    height, width = dout.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dx, dw = np.zeros_like(padded), np.zeros_like(w)
    for i in range(height):
        for j in range(width):
            rows = slice(i * stride, i * stride + w.shape[2])
            columns = slice(j * stride, j * stride + w.shape[3])
            dx[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", dout[:, :, i, j], w)
            dw += np.einsum("nf,ncuv->fcuv", dout[:, :, i, j], padded[:, :, rows, columns])
    dx = dx[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    db = dout.sum(axis=(0, 2, 3))
    dout /= len(dout)
    return dx, dw, db


@wrong("conv2d_backward")
class backward_with_a_global_cache:
    """The last forward call's inputs are kept on the function, not in the cache."""

    def conv2d_forward(x, w, b, stride=1, padding=0):
        padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))
        windows = windows[:, :, ::stride, ::stride]
        out = np.einsum("ncijuv,fcuv->nfij", windows, w) + b[:, None, None]
        conv2d_forward.last = (padded, w, stride, padding)  # noqa: F821
        return out, None

    def conv2d_backward(dout, cache):
        padded, w, stride, padding = conv2d_forward.last  # noqa: F821
        dx, dw = np.zeros_like(padded), np.zeros_like(w)
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                rows = slice(i * stride, i * stride + w.shape[2])
                columns = slice(j * stride, j * stride + w.shape[3])
                dx[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", dout[:, :, i, j], w)
                dw += np.einsum("nf,ncuv->fcuv", dout[:, :, i, j], padded[:, :, rows, columns])
        height, width = padded.shape[2] - 2 * padding, padded.shape[3] - 2 * padding
        dx = dx[:, :, padding : padding + height, padding : padding + width]
        return dx, dw, dout.sum(axis=(0, 2, 3))


@wrong("conv2d_backward")
class backward_spends_its_cache:
    """The second call with the same cache adds to the gradients of the first."""

    def conv2d_forward(x, w, b, stride=1, padding=0):
        class Cache:
            pass

        cache = Cache()
        cache.padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
        cache.w, cache.stride, cache.padding = w, stride, padding
        cache.dx, cache.dw = np.zeros_like(cache.padded), np.zeros_like(w)
        windows = np.lib.stride_tricks.sliding_window_view(cache.padded, w.shape[2:], axis=(2, 3))
        windows = windows[:, :, ::stride, ::stride]
        return np.einsum("ncijuv,fcuv->nfij", windows, w) + b[:, None, None], cache

    def conv2d_backward(dout, cache):
        w, stride, padding = cache.w, cache.stride, cache.padding
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                rows = slice(i * stride, i * stride + w.shape[2])
                columns = slice(j * stride, j * stride + w.shape[3])
                patch = cache.padded[:, :, rows, columns]
                cache.dx[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", dout[:, :, i, j], w)
                cache.dw += np.einsum("nf,ncuv->fcuv", dout[:, :, i, j], patch)
        height, width = cache.dx.shape[2] - padding, cache.dx.shape[3] - padding
        dx = cache.dx[:, :, padding:height, padding:width]
        return dx, cache.dw, dout.sum(axis=(0, 2, 3))


# conv2d_backward: right


@right("conv2d_backward")
def backward_by_scattered_patches(dout, cache):
    """Each output pixel hands its gradient to its patch, in four loops."""
    x, w, stride, padding = cache
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dpadded, dw, db = np.zeros(padded.shape), np.zeros(w.shape), np.zeros(len(w))
    for n, f, i, j in np.ndindex(dout.shape):
        top, left = i * stride, j * stride
        patch = (n, slice(None), slice(top, top + w.shape[2]), slice(left, left + w.shape[3]))
        dpadded[patch] += dout[n, f, i, j] * w[f]
        dw[f] += dout[n, f, i, j] * padded[patch]
        db[f] += dout[n, f, i, j]
    end_h, end_w = padded.shape[2] - padding, padded.shape[3] - padding
    return dpadded[:, :, padding:end_h, padding:end_w], dw, db


@right("conv2d_backward")
def backward_by_full_correlation(dout, cache):
    """dx is dout, spread out by the stride, correlated with the kernel turned round."""
    x, w, stride, padding = cache
    (kh, kw), (height, width) = w.shape[2:], dout.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    places = (padded.shape[2] - kh + 1, padded.shape[3] - kw + 1)
    spread = np.zeros((*dout.shape[:2], *places))
    spread[:, :, ::stride, ::stride] = dout[:, :, :height, :width]
    view = np.lib.stride_tricks.sliding_window_view
    dw = np.einsum("nfij,ncuvij->fcuv", spread, view(padded, places, axis=(2, 3)))
    margins = ((0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1))
    windows = view(np.pad(spread, margins), (kh, kw), axis=(2, 3))
    dpadded = np.einsum("nfijuv,fcuv->ncij", windows, w[:, :, ::-1, ::-1])
    dx = dpadded[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    return dx, dw, np.einsum("nfij->f", dout)


@right("conv2d_backward")
def backward_by_torch_fold(dout, cache):
    """unfold and fold, with a matrix product for each gradient; a list is returned."""
    import torch

    x, w, stride, padding = cache
    fold, unfold = torch.nn.functional.fold, torch.nn.functional.unfold
    steps = {"kernel_size": w.shape[2:], "stride": stride, "padding": padding}
    patches = unfold(torch.tensor(np.array(x)), **steps).numpy()
    upstream = dout.reshape(dout.shape[0], dout.shape[1], -1)
    dpatches = w.reshape(len(w), -1).T @ upstream
    dx = fold(torch.tensor(dpatches), x.shape[2:], **steps).numpy()
    dw = np.einsum("nfl,nkl->fk", upstream, patches).reshape(w.shape)
    return [dx, dw, upstream.sum(axis=(0, 2))]


@right("conv2d_backward")
class backward_by_cached_columns:
    """im2col's matrix in a dict, and col2im for dx."""

    def conv2d_forward(x, w, b, stride=1, padding=0):
        cols = im2col(x, w.shape[2], w.shape[3], stride, padding)
        rows = output_size(x.shape[2], w.shape[2], stride, padding)
        out = (cols @ w.reshape(len(w), -1).T + b).reshape(len(x), rows, -1, len(w))
        cache = {"cols": cols, "shape": x.shape, "w": w, "stride": stride, "padding": padding}
        return out.transpose(0, 3, 1, 2), cache

    def conv2d_backward(dout, cache):
        w, shape = cache["w"], cache["shape"]
        upstream = dout.transpose(0, 2, 3, 1).reshape(-1, len(w))
        dcols = upstream @ w.reshape(len(w), -1)
        dx = col2im(dcols, shape, *w.shape[2:], cache["stride"], cache["padding"])  # noqa: F821
        return dx, (upstream.T @ cache["cols"]).reshape(w.shape), upstream.sum(axis=0)


@right("conv2d_backward")
class backward_with_an_object_as_cache:
    """Windows kept in an object of a class of the student's."""

    def conv2d_forward(x, w, b, stride=1, padding=0):
        class Memory:
            def __init__(self, **facts):
                self.__dict__.update(facts)

        padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))
        windows = windows[:, :, ::stride, ::stride]
        out = np.einsum("ncijuv,fcuv->nfij", windows, w) + b[:, None, None]
        return out, Memory(windows=windows, w=w, size=padded.shape, stride=stride, pad=padding)

    def conv2d_backward(dout, cache):
        dpadded, stride, pad = np.zeros(cache.size), cache.stride, cache.pad
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                rows = slice(i * stride, i * stride + cache.w.shape[2])
                columns = slice(j * stride, j * stride + cache.w.shape[3])
                share = np.tensordot(dout[:, :, i, j], cache.w, axes=(1, 0))
                dpadded[:, :, rows, columns] += share
        dx = dpadded[:, :, pad : cache.size[2] - pad, pad : cache.size[3] - pad]
        dw = np.tensordot(dout, cache.windows, axes=((0, 2, 3), (0, 2, 3)))
        return dx, dw, dout.sum((0, 2, 3))


@right("conv2d_backward")
class backward_in_a_closure:
    """The cache is the backward function itself."""

    def conv2d_forward(x, w, b, stride=1, padding=0):
        padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))
        windows = windows[:, :, ::stride, ::stride]

        def backward(dout):
            dpadded = np.zeros_like(padded)
            spread = np.einsum("nfij,fcuv->nciujv", dout, w)
            for i, j in np.ndindex(dout.shape[2:]):
                top, left = i * stride, j * stride
                patch = dpadded[:, :, top : top + w.shape[2], left : left + w.shape[3]]
                patch += spread[:, :, i, :, j]
            dx = dpadded[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
            return dx, np.einsum("nfij,ncijuv->fcuv", dout, windows), dout.sum(axis=(0, 2, 3))

        return np.einsum("ncijuv,fcuv->nfij", windows, w) + b[:, None, None], backward

    def conv2d_backward(dout, cache):
        return cache(dout)


@right("conv2d_backward")
class backward_with_a_named_tuple:
    """The padded input in a named tuple."""

    def conv2d_forward(x, w, b, stride=1, padding=0):
        from collections import namedtuple

        Cache = namedtuple("Cache", "padded w stride padding")
        padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))
        windows = windows[:, :, ::stride, ::stride]
        out = np.einsum("ncijuv,fcuv->nfij", windows, w) + b[:, None, None]
        return out, Cache(padded, w, stride, padding)

    def conv2d_backward(dout, cache):
        padded, w, stride, padding = cache
        dx, dw = np.zeros_like(padded), np.zeros_like(w)
        for u in range(w.shape[2]):
            for v in range(w.shape[3]):
                rows = slice(u, u + stride * dout.shape[2], stride)
                columns = slice(v, v + stride * dout.shape[3], stride)
                dw[:, :, u, v] = np.einsum("nfij,ncij->fc", dout, padded[:, :, rows, columns])
                dx[:, :, rows, columns] += np.einsum("nfij,fc->ncij", dout, w[:, :, u, v])
        inside = slice(padding, -padding or None)
        return dx[:, :, inside, inside], dw, dout.sum(axis=(0, 2, 3))


# im2col and col2im: wrong


@wrong("im2col")
def im2col_with_channels_last(x, kh, kw, stride=1, padding=0):
    """Columns in the order u, v, c."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return windows.transpose(0, 2, 3, 4, 5, 1).reshape(-1, kh * kw * x.shape[1])


@wrong("im2col")
def im2col_with_images_last(x, kh, kw, stride=1, padding=0):
    """Rows in the order i, j, n."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return windows.transpose(2, 3, 0, 1, 4, 5).reshape(-1, x.shape[1] * kh * kw)


@wrong("im2col")
def im2col_walks_down_the_columns(x, kh, kw, stride=1, padding=0):
    """Rows in the order n, j, i."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return windows.transpose(0, 3, 2, 1, 4, 5).reshape(-1, x.shape[1] * kh * kw)


@wrong("im2col")
def im2col_reshapes_without_transposing(x, kh, kw, stride=1, padding=0):
    """The windows (n, c, i, j, u, v) are reshaped as they lie."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), axis=(2, 3))
    return windows[:, :, ::stride, ::stride].reshape(-1, x.shape[1] * kh * kw)


@wrong("im2col")
def im2col_returns_the_transpose(x, kh, kw, stride=1, padding=0):
    """One column for each patch."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return windows.transpose(0, 2, 3, 1, 4, 5).reshape(-1, x.shape[1] * kh * kw).T


@wrong("im2col")
def im2col_flips_the_patches(x, kh, kw, stride=1, padding=0):
    """Each patch is turned by 180 degrees."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride, ::-1, ::-1]
    return windows.transpose(0, 2, 3, 1, 4, 5).reshape(-1, x.shape[1] * kh * kw)


@wrong("im2col")
def im2col_swaps_height_and_width(x, kh, kw, stride=1, padding=0):
    """The kernel is taken to be (kw, kh)."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kw, kh), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return windows.transpose(0, 2, 3, 1, 4, 5).reshape(-1, x.shape[1] * kh * kw)


@wrong("im2col")
def im2col_rounds_its_size_up(x, kh, kw, stride=1, padding=0):
    """ceil for floor: patches hang over the edge."""
    far = padding + stride - 1
    padded = np.pad(x, ((0, 0), (0, 0), (padding, far), (padding, far)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return windows.transpose(0, 2, 3, 1, 4, 5).reshape(-1, x.shape[1] * kh * kw)


@wrong("im2col")
def im2col_ignores_padding(x, kh, kw, stride=1, padding=0):
    """No zeros are added."""
    windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return windows.transpose(0, 2, 3, 1, 4, 5).reshape(-1, x.shape[1] * kh * kw)


@wrong("im2col")
def im2col_ignores_the_stride(x, kh, kw, stride=1, padding=0):
    """Patches lie one pixel apart."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), axis=(2, 3))
    return windows.transpose(0, 2, 3, 1, 4, 5).reshape(-1, x.shape[1] * kh * kw)


@wrong("im2col")
def im2col_forgets_the_dtype(x, kh, kw, stride=1, padding=0):
    """float32 becomes float64."""
    margins = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    padded = np.pad(x.astype(np.float64), margins)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return windows.transpose(0, 2, 3, 1, 4, 5).reshape(-1, x.shape[1] * kh * kw)


@wrong("im2col", replaces="col2im")
def col2im_overwrites(cols, x_shape, kh, kw, stride=1, padding=0):
    """Overlapping entries overwrite each other."""
    n, c, h, w = x_shape
    rows, columns = output_size(h, kh, stride, padding), output_size(w, kw, stride, padding)
    patches = cols.reshape(n, rows, columns, c, kh, kw)
    padded = np.zeros((n, c, h + 2 * padding, w + 2 * padding), dtype=cols.dtype)
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            padded[:, :, top : top + kh, left : left + kw] = patches[:, i, j]
    return padded[:, :, padding : padding + h, padding : padding + w]


@wrong("im2col", replaces="col2im")
def col2im_adds_by_repeated_index(cols, x_shape, kh, kw, stride=1, padding=0):
    """x[index] += values adds only once where an index is repeated."""
    n, c, h, w = x_shape
    padded = np.zeros((n, c, h + 2 * padding, w + 2 * padding), dtype=cols.dtype)
    index = im2col(np.arange(padded.size).reshape(padded.shape), kh, kw, stride)
    flat = padded.reshape(-1)
    flat[index] += cols
    return flat.reshape(padded.shape)[:, :, padding : padding + h, padding : padding + w]


@wrong("im2col", replaces="col2im")
def col2im_averages(cols, x_shape, kh, kw, stride=1, padding=0):
    """Overlapping entries are averaged, which inverts im2col."""
    n, c, h, w = x_shape
    rows, columns = output_size(h, kh, stride, padding), output_size(w, kw, stride, padding)
    patches = cols.reshape(n, rows, columns, c, kh, kw)
    padded = np.zeros((n, c, h + 2 * padding, w + 2 * padding), dtype=cols.dtype)
    count = np.zeros_like(padded)
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            padded[:, :, top : top + kh, left : left + kw] += patches[:, i, j]
            count[:, :, top : top + kh, left : left + kw] += 1
    padded /= np.maximum(count, 1)
    return padded[:, :, padding : padding + h, padding : padding + w]


@wrong("im2col", replaces="col2im")
def col2im_leaves_the_padding_on(cols, x_shape, kh, kw, stride=1, padding=0):
    """The result has the padded shape."""
    n, c, h, w = x_shape
    rows, columns = output_size(h, kh, stride, padding), output_size(w, kw, stride, padding)
    patches = cols.reshape(n, rows, columns, c, kh, kw)
    padded = np.zeros((n, c, h + 2 * padding, w + 2 * padding), dtype=cols.dtype)
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            padded[:, :, top : top + kh, left : left + kw] += patches[:, i, j]
    return padded


@wrong("im2col", replaces="col2im")
def col2im_drops_the_unused_border(cols, x_shape, kh, kw, stride=1, padding=0):
    """The result is only as large as the part that the patches cover."""
    n, c, h, w = x_shape
    rows, columns = output_size(h, kh, stride, padding), output_size(w, kw, stride, padding)
    patches = cols.reshape(n, rows, columns, c, kh, kw)
    covered = ((rows - 1) * stride + kh, (columns - 1) * stride + kw)
    padded = np.zeros((n, c, *covered), dtype=cols.dtype)
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            padded[:, :, top : top + kh, left : left + kw] += patches[:, i, j]
    return padded[:, :, padding : padding + h, padding : padding + w]


@wrong("im2col", replaces="col2im")
def col2im_reads_channels_last(cols, x_shape, kh, kw, stride=1, padding=0):
    """The columns are taken to be in the order u, v, c."""
    n, c, h, w = x_shape
    rows, columns = output_size(h, kh, stride, padding), output_size(w, kw, stride, padding)
    patches = cols.reshape(n, rows, columns, kh, kw, c).transpose(0, 1, 2, 5, 3, 4)
    padded = np.zeros((n, c, h + 2 * padding, w + 2 * padding), dtype=cols.dtype)
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            padded[:, :, top : top + kh, left : left + kw] += patches[:, i, j]
    return padded[:, :, padding : padding + h, padding : padding + w]


@wrong("im2col", replaces="col2im")
def col2im_forgets_the_dtype(cols, x_shape, kh, kw, stride=1, padding=0):
    """float32 becomes float64."""
    n, c, h, w = x_shape
    rows, columns = output_size(h, kh, stride, padding), output_size(w, kw, stride, padding)
    patches = cols.reshape(n, rows, columns, c, kh, kw)
    padded = np.zeros((n, c, h + 2 * padding, w + 2 * padding))
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            padded[:, :, top : top + kh, left : left + kw] += patches[:, i, j]
    return padded[:, :, padding : padding + h, padding : padding + w]


@wrong("im2col")
class im2col_and_col2im_agree_on_another_order:
    """Both use columns in the order u, v, c: adjoint to each other, but not as asked."""

    def im2col(x, kh, kw, stride=1, padding=0):
        padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), axis=(2, 3))
        windows = windows[:, :, ::stride, ::stride]
        return windows.transpose(0, 2, 3, 4, 5, 1).reshape(-1, kh * kw * x.shape[1])

    def col2im(cols, x_shape, kh, kw, stride=1, padding=0):
        n, c, h, w = x_shape
        rows, columns = output_size(h, kh, stride, padding), output_size(w, kw, stride, padding)
        patches = cols.reshape(n, rows, columns, kh, kw, c).transpose(0, 1, 2, 5, 3, 4)
        padded = np.zeros((n, c, h + 2 * padding, w + 2 * padding), dtype=cols.dtype)
        for i in range(rows):
            for j in range(columns):
                top, left = i * stride, j * stride
                padded[:, :, top : top + kh, left : left + kw] += patches[:, i, j]
        return padded[:, :, padding : padding + h, padding : padding + w]


# im2col and col2im: right


@right("im2col")
def im2col_by_windows(x, kh, kw, stride=1, padding=0):
    """A view of all windows, copied once in the order of the rows."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride].transpose(0, 2, 3, 1, 4, 5)
    return windows.reshape(-1, x.shape[1] * kh * kw)


@right("im2col")
def im2col_by_strides(x, kh, kw, stride=1, padding=0):
    """as_strided in the order of the rows."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    (n, c, h, w), (sn, sc, sh, sw) = padded.shape, padded.strides
    shape = (n, (h - kh) // stride + 1, (w - kw) // stride + 1, c, kh, kw)
    steps = (sn, sh * stride, sw * stride, sc, sh, sw)
    return np.lib.stride_tricks.as_strided(padded, shape, steps).reshape(-1, c * kh * kw)


@right("im2col")
class im2col_and_col2im_by_indices:
    """Index arrays, and np.add.at for the way back."""

    def im2col(x, kh, kw, stride=1, padding=0):
        n, _, h, w = x.shape
        rows, columns = output_size(h, kh, stride, padding), output_size(w, kw, stride, padding)
        i = stride * np.arange(rows)[:, None, None, None] + np.arange(kh)[:, None]
        j = stride * np.arange(columns)[:, None, None] + np.arange(kw)
        padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
        patches = padded[:, :, i, j].transpose(0, 2, 3, 1, 4, 5)
        return patches.reshape(n * rows * columns, -1)

    def col2im(cols, x_shape, kh, kw, stride=1, padding=0):
        n, c, h, w = x_shape
        rows, columns = output_size(h, kh, stride, padding), output_size(w, kw, stride, padding)
        i = stride * np.arange(rows)[:, None, None, None] + np.arange(kh)[:, None]
        j = stride * np.arange(columns)[:, None, None] + np.arange(kw)
        padded = np.zeros((n, c, h + 2 * padding, w + 2 * padding), dtype=cols.dtype)
        patches = cols.reshape(n, rows, columns, c, kh, kw).transpose(0, 3, 1, 2, 4, 5)
        np.add.at(padded, (slice(None), slice(None), i, j), patches)
        return padded[:, :, padding : padding + h, padding : padding + w]


@right("im2col")
class im2col_and_col2im_by_torch:
    """torch's unfold and fold, with the axes put in order."""

    def im2col(x, kh, kw, stride=1, padding=0):
        import torch

        columns = torch.nn.functional.unfold(
            torch.tensor(np.array(x)), (kh, kw), stride=stride, padding=padding
        )
        return columns.transpose(1, 2).reshape(-1, columns.shape[1]).numpy()

    def col2im(cols, x_shape, kh, kw, stride=1, padding=0):
        import torch

        columns = torch.tensor(np.array(cols)).reshape(x_shape[0], -1, cols.shape[1])
        return torch.nn.functional.fold(
            columns.transpose(1, 2), x_shape[2:], (kh, kw), stride=stride, padding=padding
        ).numpy()


@right("im2col")
class im2col_and_col2im_by_loops_over_pixels:
    """Slow loops, which is right here; conv2d_fast then finds its patches in another way."""

    def im2col(x, kh, kw, stride=1, padding=0):
        n, _, h, w = x.shape
        padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
        return np.stack(
            [
                padded[image, :, top : top + kh, left : left + kw].reshape(-1)
                for image in range(n)
                for top in range(0, h + 2 * padding - kh + 1, stride)
                for left in range(0, w + 2 * padding - kw + 1, stride)
            ]
        )

    def col2im(cols, x_shape, kh, kw, stride=1, padding=0):
        n, c, h, w = x_shape
        padded = np.zeros((n, c, h + 2 * padding, w + 2 * padding), dtype=cols.dtype)
        patches = iter(cols)
        for image in range(n):
            for top in range(0, h + 2 * padding - kh + 1, stride):
                for left in range(0, w + 2 * padding - kw + 1, stride):
                    patch = next(patches).reshape(c, kh, kw)
                    padded[image, :, top : top + kh, left : left + kw] += patch
        return padded[:, :, padding : padding + h, padding : padding + w]

    def conv2d_fast(x, w, b, stride=1, padding=0):
        padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))
        windows = windows[:, :, ::stride, ::stride]
        out = np.tensordot(windows, w, axes=((1, 4, 5), (1, 2, 3))) + b
        return out.transpose(0, 3, 1, 2)


# conv2d_fast: wrong


@wrong("conv2d_fast")
def fast_loops_over_pixels(x, w, b, stride=1, padding=0):
    """Right values, one output pixel after another."""
    kh, kw = w.shape[2:]
    rows = output_size(x.shape[2], kh, stride, padding)
    columns = output_size(x.shape[3], kw, stride, padding)
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    out = np.zeros((len(x), len(w), rows, columns))
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            patch = padded[:, :, top : top + kh, left : left + kw].reshape(len(x), -1)
            out[:, :, i, j] = patch @ w.reshape(len(w), -1).T + b
    return out


@wrong("conv2d_fast")
def fast_hides_its_loop_in_a_comprehension(x, w, b, stride=1, padding=0):
    """Right values, with a comprehension over rows on one line."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    view = np.lib.stride_tricks.sliding_window_view
    strips = [padded[:, :, i : i + w.shape[2]] for i in range(padded.shape[2] - w.shape[2] + 1)]
    patches = view(np.stack(strips[::stride], axis=2), w.shape[3], axis=4)[:, :, :, :, ::stride]
    return np.einsum("nciujv,fcuv->nfij", patches, w) + b[:, None, None]


@wrong("conv2d_fast")
def fast_loops_over_columns(x, w, b, stride=1, padding=0):
    """Right values, one column of the output after another."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    view = np.lib.stride_tricks.sliding_window_view
    columns = []
    for left in range(0, padded.shape[3] - w.shape[3] + 1, stride):
        strip = padded[:, :, :, left : left + w.shape[3]]
        patches = view(strip, w.shape[2], axis=2)[:, :, ::stride]
        columns.append(np.einsum("ncivu,fcuv->nfi", patches, w) + b[:, None])
    return np.stack(columns, axis=3)


@wrong("conv2d_fast")
def fast_loops_over_images(x, w, b, stride=1, padding=0):
    """Right values, one matrix product for each image."""
    rows = output_size(x.shape[2], w.shape[2], stride, padding)
    weights, out = w.reshape(len(w), -1), []
    for image in np.array(x):
        padded = np.pad(image, ((0, 0), (padding, padding), (padding, padding)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(1, 2))
        patches = windows[:, ::stride, ::stride].transpose(0, 3, 4, 1, 2)
        product = weights @ patches.reshape(weights.shape[1], -1)
        out.append(product.reshape(len(w), rows, -1) + b[:, None, None])
    return np.stack(out)


@wrong("conv2d_fast")
def fast_loops_over_filters(x, w, b, stride=1, padding=0):
    """Right values, one product for each filter."""
    rows = output_size(x.shape[2], w.shape[2], stride, padding)
    cols = im2col(x, w.shape[2], w.shape[3], stride, padding)
    maps = [cols @ kernel.reshape(-1) + bias for kernel, bias in zip(w, b, strict=True)]
    return np.stack(maps).reshape(len(w), len(x), rows, -1).transpose(1, 0, 2, 3)


@wrong("conv2d_fast")
def fast_reshapes_in_the_wrong_order(x, w, b, stride=1, padding=0):
    """The (N*Ho*Wo, F) product is reshaped to (N, F, Ho, Wo) as it lies."""
    rows = output_size(x.shape[2], w.shape[2], stride, padding)
    cols = im2col(x, w.shape[2], w.shape[3], stride, padding)
    return (cols @ w.reshape(len(w), -1).T + b).reshape(len(x), len(w), rows, -1)


@wrong("conv2d_fast")
def fast_swaps_batch_and_filters(x, w, b, stride=1, padding=0):
    """The (F, N*Ho*Wo) product is reshaped to (N, F, Ho, Wo) as it lies."""
    rows = output_size(x.shape[2], w.shape[2], stride, padding)
    cols = im2col(x, w.shape[2], w.shape[3], stride, padding)
    return (w.reshape(len(w), -1) @ cols.T + b[:, None]).reshape(len(x), len(w), rows, -1)


@wrong("conv2d_fast")
def fast_with_channels_last(x, w, b, stride=1, padding=0):
    """The output is (N, Ho, Wo, F)."""
    rows = output_size(x.shape[2], w.shape[2], stride, padding)
    cols = im2col(x, w.shape[2], w.shape[3], stride, padding)
    return (cols @ w.reshape(len(w), -1).T + b).reshape(len(x), rows, -1, len(w))


@wrong("conv2d_fast")
def fast_without_bias(x, w, b, stride=1, padding=0):
    """The bias is forgotten."""
    rows = output_size(x.shape[2], w.shape[2], stride, padding)
    cols = im2col(x, w.shape[2], w.shape[3], stride, padding)
    out = (cols @ w.reshape(len(w), -1).T).reshape(len(x), rows, -1, len(w))
    return out.transpose(0, 3, 1, 2)


@wrong("conv2d_fast")
def fast_flips_the_kernel(x, w, b, stride=1, padding=0):
    """True convolution: the kernel is turned by 180 degrees."""
    rows = output_size(x.shape[2], w.shape[2], stride, padding)
    cols = im2col(x, w.shape[2], w.shape[3], stride, padding)
    turned = w[:, :, ::-1, ::-1].reshape(len(w), -1)
    return (cols @ turned.T + b).reshape(len(x), rows, -1, len(w)).transpose(0, 3, 1, 2)


@wrong("conv2d_fast")
def fast_ignores_stride_and_padding(x, w, b, stride=1, padding=0):
    """im2col is called without stride and padding."""
    rows = x.shape[2] - w.shape[2] + 1
    cols = im2col(x, w.shape[2], w.shape[3])
    out = (cols @ w.reshape(len(w), -1).T + b).reshape(len(x), rows, -1, len(w))
    return out.transpose(0, 3, 1, 2)


@wrong("conv2d_fast")
def fast_swaps_stride_and_padding(x, w, b, stride=1, padding=0):
    """Padding goes where the stride belongs, as soon as there is any."""
    if padding:
        stride, padding = padding, stride
    rows = output_size(x.shape[2], w.shape[2], stride, padding)
    cols = im2col(x, w.shape[2], w.shape[3], stride, padding)
    out = (cols @ w.reshape(len(w), -1).T + b).reshape(len(x), rows, -1, len(w))
    return out.transpose(0, 3, 1, 2)


@wrong("conv2d_fast")
def fast_with_a_cache(x, w, b, stride=1, padding=0):
    """(out, cache) where out alone is asked."""
    rows = output_size(x.shape[2], w.shape[2], stride, padding)
    cols = im2col(x, w.shape[2], w.shape[3], stride, padding)
    out = (cols @ w.reshape(len(w), -1).T + b).reshape(len(x), rows, -1, len(w))
    return out.transpose(0, 3, 1, 2), cols


@wrong("conv2d_fast")
def fast_in_single_precision(x, w, b, stride=1, padding=0):
    """The matrix product is done in float32."""
    rows = output_size(x.shape[2], w.shape[2], stride, padding)
    cols = im2col(x, w.shape[2], w.shape[3], stride, padding).astype(np.float32)
    out = cols @ w.reshape(len(w), -1).T.astype(np.float32) + b
    return out.reshape(len(x), rows, -1, len(w)).transpose(0, 3, 1, 2)


@wrong("conv2d_fast")
def fast_changes_its_bias(x, w, b, stride=1, padding=0):
    """Right values, but the caller's bias is reset to zero."""
    rows = output_size(x.shape[2], w.shape[2], stride, padding)
    cols = im2col(x, w.shape[2], w.shape[3], stride, padding)
    out = (cols @ w.reshape(len(w), -1).T + b).reshape(len(x), rows, -1, len(w))
    b[:] = 0.0
    return out.transpose(0, 3, 1, 2)


# conv2d_fast: right


@right("conv2d_fast")
def fast_by_windows_and_tensordot(x, w, b, stride=1, padding=0):
    """A view of all windows, one tensordot."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return np.moveaxis(np.tensordot(windows, w, axes=((1, 4, 5), (1, 2, 3))) + b, 3, 1)


@right("conv2d_fast")
def fast_by_kernel_positions(x, w, b, stride=1, padding=0):
    """A matrix product over the channels for each kernel position."""
    rows = output_size(x.shape[2], w.shape[2], stride, padding)
    columns = output_size(x.shape[3], w.shape[3], stride, padding)
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    out = np.zeros((len(x), rows, columns, len(w)))
    for u in range(w.shape[2]):
        for v in range(w.shape[3]):
            bottom, end = u + stride * rows, v + stride * columns
            patch = padded[:, :, u:bottom:stride, v:end:stride]
            out += patch.transpose(0, 2, 3, 1) @ w[:, :, u, v].T
    return (out + b).transpose(0, 3, 1, 2)


@right("conv2d_fast")
def fast_with_filters_first(x, w, b, stride=1, padding=0):
    """The product is (F, N*Ho*Wo), and the first two axes are exchanged afterwards."""
    rows = output_size(x.shape[2], w.shape[2], stride, padding)
    cols = im2col(x, w.shape[2], w.shape[3], stride, padding)
    out = np.matmul(w.reshape(len(w), -1), cols.T) + b.reshape(-1, 1)
    return out.reshape(len(w), len(x), rows, -1).swapaxes(0, 1)


@right("conv2d_fast")
def fast_by_torch_unfold(x, w, b, stride=1, padding=0):
    """torch's unfold and a batched matrix product."""
    import torch

    columns = torch.nn.functional.unfold(
        torch.tensor(np.array(x)), w.shape[2:], stride=stride, padding=padding
    )
    out = w.reshape(len(w), -1) @ columns.numpy() + b[:, None]
    rows = output_size(x.shape[2], w.shape[2], stride, padding)
    return out.reshape(len(x), len(w), rows, -1)


@right("conv2d_fast")
def fast_by_fft(x, w, b, stride=1, padding=0):
    """No patches at all: spectra multiplied and summed over channels."""
    padded = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    size = padded.shape[2:]
    kernels = np.fft.rfft2(w[:, :, ::-1, ::-1], s=size)
    full = np.fft.irfft2(np.einsum("nchw,fchw->nfhw", np.fft.rfft2(padded), kernels), s=size)
    return full[:, :, w.shape[2] - 1 :: stride, w.shape[3] - 1 :: stride] + b[:, None, None]
