"""The reference of day 14 against torch, scipy, brute force, finite differences and hand work."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from scipy import ndimage
from torch.nn import functional

from solutions.day14_convolution import (
    col2im,
    conv2d_backward,
    conv2d_fast,
    conv2d_forward,
    corr2d,
    im2col,
    output_size,
    sobel_edges,
)

# (N, C, H, W), filters, (kh, kw)
SHAPES = [
    ((2, 3, 9, 7), 4, (3, 2)),
    ((1, 1, 5, 8), 1, (1, 1)),
    ((3, 2, 4, 6), 5, (4, 6)),
    ((1, 4, 6, 5), 3, (1, 4)),
    ((2, 1, 7, 10), 2, (5, 3)),
]
STEPS = list(itertools.product((1, 2, 3), (0, 1, 2)))
LAYERS = [(*shape, *step) for shape, step in itertools.product(SHAPES, STEPS)]


@pytest.fixture
def rng():
    return np.random.default_rng(14)


def layer(rng, x_shape, filters, kernel):
    w_shape = (filters, x_shape[1], *kernel)
    return rng.normal(size=x_shape), rng.normal(size=w_shape), rng.normal(size=filters)


def exact(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-10, strict=True)


def brute_force_corr2d(image, kernel):
    height = len(image) - len(kernel) + 1
    width = len(image[0]) - len(kernel[0]) + 1
    return np.array(
        [
            [
                sum(
                    float(image[i + u][j + v]) * float(kernel[u][v])
                    for u in range(len(kernel))
                    for v in range(len(kernel[0]))
                )
                for j in range(width)
            ]
            for i in range(height)
        ]
    )


@pytest.mark.parametrize("image_shape", [(5, 8), (9, 4)])
@pytest.mark.parametrize("kernel_shape", [(1, 1), (2, 3), (4, 1), (5, 4)])
def test_corr2d_is_the_double_sum(rng, image_shape, kernel_shape):
    image, kernel = rng.normal(size=image_shape), rng.normal(size=kernel_shape)
    exact(corr2d(image, kernel), brute_force_corr2d(image, kernel))


def test_corr2d_against_scipy(rng):
    image, kernel = rng.normal(size=(8, 6)), rng.normal(size=(3, 5))
    exact(corr2d(image, kernel), ndimage.correlate(image, kernel)[1:-1, 2:-2])


def test_corr2d_worked_by_hand():
    image = np.array([[1, 2, 0, -1], [3, 1, 1, 2], [0, -2, 4, 1]])
    kernel = np.array([[1, 0, 2], [-1, 3, 1]])
    # 1*1 + 0*2 + 2*0 - 1*3 + 3*1 + 1*1 = 2 and so on
    exact(corr2d(image, kernel), np.array([[2.0, 4.0], [3.0 + 2 - 0 - 6 + 4, 1 + 4 + 2 + 12 + 1]]))


def test_corr2d_does_not_wrap_bytes_round(rng):
    image = rng.integers(0, 256, size=(6, 7), dtype=np.uint8)
    for kernel in (np.full((2, 3), 200, dtype=np.uint8), np.array([[-100, 7]], dtype=np.int8)):
        exact(corr2d(image, kernel), brute_force_corr2d(image, kernel))


def test_sobel_against_scipy(rng):
    image = rng.normal(size=(7, 10))
    gx, gy = ndimage.sobel(image, axis=1), ndimage.sobel(image, axis=0)
    exact(sobel_edges(image), np.hypot(gx, gy)[1:-1, 1:-1])


@pytest.mark.parametrize(("down", "right"), [(3.0, 0.0), (0.0, -2.0), (1.5, 2.0)])
def test_sobel_of_a_slope_is_eight_times_its_steepness(down, right):
    rows, columns = np.mgrid[:5, :7]
    slope = down * rows + right * columns
    exact(sobel_edges(slope), np.full((3, 5), 8.0 * np.hypot(down, right)))


def test_sobel_of_bytes(rng):
    image = rng.integers(0, 256, size=(6, 5), dtype=np.uint8)
    exact(sobel_edges(image), sobel_edges(image.astype(float)))


def test_output_size_against_torch():
    for n, k, stride, pad, dilation in itertools.product(
        range(1, 8), range(1, 6), (1, 2, 3), (0, 1, 2), (1, 2, 3)
    ):
        span = dilation * (k - 1) + 1
        if span > n + 2 * pad:
            with pytest.raises(ValueError, match="does not fit"):
                output_size(n, k, stride, pad, dilation)
            continue
        line, kernel = torch.zeros(1, 1, n), torch.zeros(1, 1, k)
        theirs = functional.conv1d(line, kernel, stride=stride, padding=pad, dilation=dilation)
        assert output_size(n, k, stride, pad, dilation) == theirs.shape[2]


@pytest.mark.parametrize("name", ["n", "k", "stride", "dilation", "pad"])
def test_output_size_refuses_what_is_out_of_range(name):
    legal = {"n": 9, "k": 3, "stride": 2, "pad": 3, "dilation": 2}
    for value in (-1, -5) if name == "pad" else (0, -1, -5):
        with pytest.raises(ValueError, match="at least"):
            output_size(**{**legal, name: value})


@pytest.mark.parametrize(("x_shape", "filters", "kernel", "stride", "padding"), LAYERS)
def test_convolutions_against_torch(rng, x_shape, filters, kernel, stride, padding):
    x, w, b = layer(rng, x_shape, filters, kernel)
    x_, w_, b_ = (torch.tensor(a, requires_grad=True) for a in (x, w, b))
    theirs = functional.conv2d(x_, w_, b_, stride=stride, padding=padding)
    dout = rng.normal(size=theirs.shape)
    theirs.backward(torch.tensor(dout))

    out, cache = conv2d_forward(x, w, b, stride, padding)
    exact(out, theirs.detach().numpy())
    exact(conv2d_fast(x, w, b, stride, padding), theirs.detach().numpy())
    for mine, leaf in zip(conv2d_backward(dout, cache), (x_, w_, b_), strict=True):
        exact(mine, leaf.grad.numpy())


def test_conv2d_worked_by_hand():
    x = np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [[0.0, -1.0, 0.0], [2.0, 0.0, 1.0]]]])
    w = np.array([[[[1.0, -1.0]], [[2.0, 0.0]]]])
    # channel 0 falls by 1 at every step; channel 1 adds twice its left pixel
    out, cache = conv2d_forward(x, w, np.array([10.0]))
    exact(out, np.array([[[[9.0, 7.0], [13.0, 9.0]]]]))
    dx, dw, db = conv2d_backward(np.array([[[[1.0, 0.0], [0.0, 2.0]]]]), cache)
    exact(dx, np.array([[[[1.0, -1.0, 0.0], [0.0, 2.0, -2.0]], [[2.0, 0, 0], [0, 4.0, 0]]]]))
    exact(dw, np.array([[[[1.0 + 10.0, 2.0 + 12.0]], [[0.0 + 0.0, -1.0 + 2.0]]]]))
    exact(db, np.array([3.0]))


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 1)])
def test_gradients_against_finite_differences(rng, stride, padding):
    inputs = layer(rng, (2, 2, 5, 4), 3, (2, 3))
    out, cache = conv2d_forward(*inputs, stride, padding)
    dout = rng.normal(size=out.shape)
    for gradient, values in zip(conv2d_backward(dout, cache), inputs, strict=True):
        for index in np.ndindex(values.shape):
            centre, losses = values[index], []
            for step in (1e-5, -1e-5):
                values[index] = centre + step
                losses.append((conv2d_forward(*inputs, stride, padding)[0] * dout).sum())
            values[index] = centre
            slope = (losses[0] - losses[1]) / 2e-5
            np.testing.assert_allclose(gradient[index], slope, rtol=1e-6, atol=1e-7)


def torch_rows(columns):
    """torch's (N, C*kh*kw, L) columns as our (N*L, C*kh*kw) rows."""
    return columns.transpose(1, 2).reshape(-1, columns.shape[1]).numpy()


@pytest.mark.parametrize(("x_shape", "filters", "kernel", "stride", "padding"), LAYERS)
def test_im2col_and_col2im_against_torch(rng, x_shape, filters, kernel, stride, padding):
    x = rng.normal(size=x_shape)
    theirs = functional.unfold(torch.tensor(x), kernel, stride=stride, padding=padding)
    mine = im2col(x, *kernel, stride, padding)
    np.testing.assert_array_equal(mine, torch_rows(theirs), strict=True)

    cols = rng.normal(size=mine.shape)
    back = torch.tensor(cols).reshape(x_shape[0], -1, cols.shape[1]).transpose(1, 2)
    folded = functional.fold(back, x_shape[2:], kernel, stride=stride, padding=padding)
    exact(col2im(cols, x_shape, *kernel, stride, padding), folded.numpy())


@pytest.mark.parametrize(("x_shape", "filters", "kernel", "stride", "padding"), LAYERS)
def test_col2im_is_the_adjoint_of_im2col(rng, x_shape, filters, kernel, stride, padding):
    x = rng.normal(size=x_shape)
    rows = im2col(x, *kernel, stride, padding)
    cols = rng.normal(size=rows.shape)
    folded = col2im(cols, x_shape, *kernel, stride, padding)
    np.testing.assert_allclose((rows * cols).sum(), (x * folded).sum(), rtol=1e-10, atol=1e-10)


def test_im2col_and_col2im_keep_single_precision(rng):
    x = rng.normal(size=(2, 3, 5, 4)).astype(np.float32)
    rows = im2col(x, 2, 3, padding=1)
    assert rows.dtype == np.float32
    assert col2im(rows, x.shape, 2, 3, padding=1).dtype == np.float32


def test_arguments_stay_as_they_are_and_need_not_be_contiguous(rng):
    x, w, b = layer(rng, (2, 3, 9, 8), 4, (3, 2))
    dense = conv2d_forward(x, w, b, 2, 1)[0]
    spaced = [np.repeat(a, 2, axis=-1)[..., ::2] for a in (x, w, b)]
    out, cache = conv2d_forward(*spaced, 2, 1)
    exact(out, dense)
    exact(conv2d_fast(*spaced, 2, 1), dense)
    first = conv2d_backward(dense, cache)
    for again, gradient in zip(conv2d_backward(dense, cache), first, strict=True):
        exact(again, gradient)
    for after, before in zip(spaced, (x, w, b), strict=True):
        np.testing.assert_array_equal(after, before)
