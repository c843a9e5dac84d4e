"""Hidden tests of day 14: the student's convolutions against the reference.

Sizes are small and all different, so that swapped axes cannot hide. FFT and `einsum` round
differently from a loop: tolerances leave them room, in proportion to the values, and float32 none.
"""

from __future__ import annotations

import numpy as np

from autograder.testing import (
    StudentFailure,
    assert_close,
    assert_equal,
    check,
    exercise,
    unpack,
    weight,
)
from solutions import day14_convolution as reference

KINDS = ("1d", "2d", "3d", "_transpose1d", "_transpose2d", "_transpose3d")
LIBRARY_CONVOLUTIONS = (
    *(f"torch.nn.functional.conv{kind}" for kind in KINDS),
    *(f"torch.conv{kind}" for kind in KINDS),
    *(f"torch.nn.{lazy}Conv{n}d" for lazy in ("", "Lazy") for n in (1, 2, 3)),
    *(f"torch.nn.{lazy}ConvTranspose{n}d" for lazy in ("", "Lazy") for n in (1, 2, 3)),
    *(f"torch.nn.grad.conv{n}d_{of}" for n in (1, 2, 3) for of in ("input", "weight")),
    "torch.convolution",
    "torch.ops.aten.convolution",
    "torch.ops.aten.convolution_backward",
    "torch.ops.aten.conv2d",
    "scipy.signal",
    "scipy.ndimage",
)


def strided(array):
    """An equal array whose entries do not lie side by side in memory."""
    roomy = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), dtype=array.dtype)
    roomy[..., ::2] = array
    return roomy[..., ::2]


def layer(rng, x_shape=(4, 5, 11, 8), filters=7, kernel=(2, 3)):
    """Random x, w and b of a convolution layer."""
    w_shape = (filters, x_shape[1], *kernel)
    return rng.normal(size=x_shape), rng.normal(size=w_shape), rng.normal(size=filters)


def assert_forward(value, x, w, b, **settings):
    """`value` is (out, cache) with the reference's out."""
    out, _ = unpack(value, "out", "cache")
    expected, _ = reference.conv2d_forward(x, w, b, **settings)
    assert_close(out, expected, rtol=1e-9, atol=1e-9, name="out", dtype=np.float64)


@exercise("corr2d", forbids=LIBRARY_CONVOLUTIONS)
class TestCorr2d:
    @weight(2)
    def test_oblong_image_and_kernel(self, student, rng):
        """The (H - kh + 1, W - kw + 1) result holds the sum of image[i + u, j + v] * kernel[u, v],
        for images and kernels that are not square."""
        for image_shape, kernel_shape in (((9, 6), (2, 4)), ((5, 11), (3, 2))):
            image, kernel = rng.normal(size=image_shape), rng.normal(size=kernel_shape)
            expected = reference.corr2d(image, kernel)
            assert_close(student.corr2d(image, kernel), expected, rtol=1e-9, atol=1e-9)

    @weight(2)
    def test_kernel_is_not_turned_round(self, student, rng):
        """A kernel with a single 1 in one corner copies the part of the image under that corner.
        Is your kernel flipped?"""
        image, kernel = rng.normal(size=(6, 8)), np.zeros((3, 4))
        kernel[0, 3] = 1.0
        assert_close(student.corr2d(image, kernel), image[:4, 3:], rtol=1e-9, atol=1e-9)

    def test_kernel_of_a_single_row_or_column(self, student, rng):
        """Kernels of shape (1, kw), (kh, 1) and (1, 1) work, on an image of a single row too."""
        shapes = (((7, 5), (1, 3)), ((7, 5), (4, 1)), ((5, 3), (1, 1)), ((1, 6), (1, 2)))
        for image_shape, kernel_shape in shapes:
            image, kernel = rng.normal(size=image_shape), rng.normal(size=kernel_shape)
            expected = reference.corr2d(image, kernel)
            assert_close(student.corr2d(image, kernel), expected, rtol=1e-9, atol=1e-9)

    def test_kernel_as_large_as_the_image(self, student, rng):
        """A kernel as large as the image fits at exactly one place, or along one line."""
        image = rng.normal(size=(4, 7))
        for kernel_shape in ((4, 7), (4, 2), (3, 7)):
            kernel = rng.normal(size=kernel_shape)
            expected = reference.corr2d(image, kernel)
            assert_close(student.corr2d(image, kernel), expected, rtol=1e-9, atol=1e-9)

    def test_photograph_of_small_integers(self, student, rng):
        """An image of uint8 gives float64: sums beyond 255 and below 0 do not wrap round, and
        fractions are kept."""
        image = rng.integers(150, 256, size=(6, 9), dtype=np.uint8)
        whole = np.array([[-1, 2, 3], [4, -5, 6]])
        for kernel in (rng.normal(size=(3, 2)), whole, np.full((2, 2), 3, dtype=np.uint8)):
            expected = reference.corr2d(image, kernel)
            got = student.corr2d(image, kernel)
            assert_close(got, expected, rtol=1e-9, atol=1e-9, dtype=np.float64)

    def test_large_values(self, student, rng):
        """Values in the millions, of both signs, keep the precision of float64."""
        image, kernel = 1e6 * rng.normal(size=(8, 5)), 1e3 * rng.normal(size=(2, 3))
        expected = reference.corr2d(image, kernel)
        assert_close(student.corr2d(image, kernel), expected, rtol=1e-9, atol=1e-2)

    def test_arguments_stay_as_they_are(self, student, rng):
        """Transposed and strided arguments work, and neither image nor kernel is changed."""
        image, kernel = rng.normal(size=(9, 6)).T, strided(rng.normal(size=(4, 3)))
        got = student.corr2d.unchanged(image, kernel)
        assert_close(got, reference.corr2d(image, kernel), rtol=1e-9, atol=1e-9)


@exercise("sobel_edges", forbids=LIBRARY_CONVOLUTIONS)
class TestSobelEdges:
    @weight(2)
    def test_oblong_image(self, student, rng):
        """The (H - 2, W - 2) result is sqrt(gx^2 + gy^2) at each pixel, for oblong images."""
        for shape in ((8, 5), (4, 9)):
            image = rng.normal(size=shape)
            expected = reference.sobel_edges(image)
            assert_close(student.sobel_edges(image), expected, rtol=1e-9, atol=1e-9)

    def test_steps_along_rows_and_columns(self, student, rng):
        """A step of height h, up or down, gives 4 * |h| on either side of it, between two columns
        and between two rows alike, and flat parts give 0. Do the kernels weigh by 1, 2, 1?"""
        height = float(rng.uniform(2.0, 9.0))
        image = np.zeros((6, 9))
        image[:, 5:] = height
        expected = np.zeros((4, 7))
        expected[:, 3:5] = 4.0 * height
        for picture, edges in ((image, expected), (-image.T, expected.T)):
            assert_close(student.sobel_edges(picture), edges, rtol=1e-9, atol=1e-9)

    def test_photograph_of_bytes(self, student, rng):
        """An image of uint8 gives float64, neither wrapped round at 256 nor clipped nor scaled."""
        image = rng.choice(np.array([0, 3, 250, 255], dtype=np.uint8), size=(7, 10))
        got = student.sobel_edges(image)
        assert_close(got, reference.sobel_edges(image), rtol=1e-9, atol=1e-9, dtype=np.float64)

    def test_smallest_image(self, student, rng):
        """A 3 by 3 image gives one number in an array of shape (1, 1), a 3 by W image one row."""
        for shape in ((3, 3), (3, 5)):
            image = rng.normal(size=shape)
            expected = reference.sobel_edges(image)
            assert_close(student.sobel_edges(image), expected, rtol=1e-9, atol=1e-9)

    def test_image_stays_as_it_is(self, student, rng):
        """Transposed and strided images work, and the image is not changed."""
        for image in (rng.normal(size=(7, 5)).T, strided(rng.normal(size=(4, 6)))):
            got = student.sobel_edges.unchanged(image)
            assert_close(got, reference.sobel_edges(image), rtol=1e-9, atol=1e-9)


@exercise("output_size")
class TestOutputSize:
    @weight(2)
    def test_stride(self, student, rng):
        """Only whole steps count: pixels left over at the far end are not visited, so the
        division rounds down. Without a stride it is 1."""
        assert_equal(student.output_size(9, 4), 6)
        extra = int(rng.integers(0, 5))
        for n, k, stride in ((7, 3, 2), (8, 3, 2), (9, 3, 3), (10, 3, 4), (11, 3, 4), (5, 2, 7)):
            expected = reference.output_size(n + extra, k, stride)
            assert_equal(student.output_size(n + extra, k, stride), expected)

    def test_padding(self, student, rng):
        """`pad` zeros are added at each end of the side, so a side grows by twice that."""
        n = int(rng.integers(6, 30))
        for k, stride, pad in ((3, 1, 1), (5, 1, 2), (4, 2, 1), (4, 3, 5), (1, 2, 3)):
            expected = reference.output_size(n, k, stride, pad)
            assert_equal(student.output_size(n, k, stride=stride, pad=pad), expected)

    def test_dilation(self, student, rng):
        """With dilation d a kernel of length k spans d * (k - 1) + 1 pixels."""
        n = int(rng.integers(16, 40))
        for k, stride, pad, dilation in ((3, 1, 0, 2), (4, 2, 1, 3), (1, 3, 2, 9), (2, 5, 0, 6)):
            expected = reference.output_size(n, k, stride, pad, dilation)
            assert_equal(student.output_size(n, k, stride, pad, dilation), expected)

    def test_kernel_that_just_fits(self, student):
        """A kernel as long as the padded side gives 1, one pixel more raises ValueError; padding
        and dilation count on both sides of that comparison."""
        for n, k, pad, dilation in ((5, 5, 0, 1), (1, 1, 0, 1), (2, 6, 2, 1), (7, 3, 1, 4)):
            for stride in (1, 3):
                assert_equal(student.output_size(n, k, stride, pad, dilation), 1)
        for n, k, pad, dilation in ((4, 5, 0, 1), (1, 2, 0, 1), (2, 7, 2, 1), (6, 3, 1, 4)):
            for stride in (1, 3):
                student.output_size.raises(ValueError, n, k, stride, pad, dilation)

    def test_arguments_out_of_range(self, student):
        """n, k, stride and dilation of 0 or less and a pad below 0 raise ValueError; the smallest
        legal ones do not."""
        assert_equal(student.output_size(2, 1, 1, 0, 1), 2)
        for argument, lowest in (("n", 1), ("k", 1), ("stride", 1), ("pad", 0), ("dilation", 1)):
            for value in (lowest - 1, lowest - 2):
                legal = {"n": 9, "k": 3, "stride": 2, "pad": 3, "dilation": 2}
                student.output_size.raises(ValueError, **{**legal, argument: value})


@exercise("conv2d_forward", forbids=LIBRARY_CONVOLUTIONS)
class TestConv2dForward:
    @weight(2)
    def test_every_dimension_different(self, student, rng):
        """With stride 1 and no padding, every image, filter and pixel has the right value in
        `out`, of shape (N, F, Ho, Wo), when no two dimensions are the same."""
        x, w, b = layer(rng)
        assert_forward(student.conv2d_forward(x, w, b), x, w, b)
        x, w, b = layer(rng, (3, 2, 6, 10), 5, (4, 1))
        assert_forward(student.conv2d_forward(x, w, b, 1, 0), x, w, b)

    @weight(2)
    def test_stride_leaves_a_border_unused(self, student, rng):
        """With a stride above 1 the last rows and columns are not visited when no step reaches
        them; a stride may be longer than the kernel."""
        for stride, kernel in ((2, (2, 3)), (3, (4, 2)), (4, (1, 3))):
            x, w, b = layer(rng, kernel=kernel)
            got = student.conv2d_forward(x, w, b, stride=stride)
            assert_forward(got, x, w, b, stride=stride)

    @weight(2)
    def test_padding(self, student, rng):
        """`padding` zeros stand on all four sides of every image, whatever its values are; there
        may be more of them than the kernel is long."""
        for padding, kernel in ((1, (2, 3)), (2, (5, 3)), (4, (1, 2))):
            x, w, b = layer(rng, (2, 3, 4, 6), 5, kernel)
            got = student.conv2d_forward(x + 10.0, w, b, padding=padding)
            assert_forward(got, x + 10.0, w, b, padding=padding)

    def test_stride_and_padding_together(self, student, rng):
        """Steps are counted from the first row and column of the padded image, and the border
        that is left over lies in the padding at the far end."""
        for stride, padding in ((2, 1), (3, 2)):
            x, w, b = layer(rng)
            got = student.conv2d_forward(x, w, b, stride, padding)
            assert_forward(got, x, w, b, stride=stride, padding=padding)

    def test_bias(self, student, rng):
        """Each filter's bias is added once to each of its outputs: b[f] belongs to out[:, f]."""
        x, w, b = layer(rng, (2, 3, 5, 5), 5, (2, 4))
        b = b + 100.0 * np.arange(1.0, 6.0)
        assert_forward(student.conv2d_forward(x, w, b, 1, 1), x, w, b, padding=1)

    def test_single_image_channel_filter_or_pixel(self, student, rng):
        """One image, one channel, one filter, a 1 by 1 kernel, and a kernel as large as the image
        all work, and no axis of length 1 is lost from (N, F, Ho, Wo)."""
        for x_shape, filters, kernel in (
            ((1, 3, 4, 5), 2, (1, 1)),
            ((3, 1, 4, 6), 2, (2, 3)),
            ((2, 3, 4, 5), 1, (3, 2)),
            ((1, 2, 4, 6), 3, (4, 6)),
            ((1, 1, 1, 1), 1, (1, 1)),
        ):
            x, w, b = layer(rng, x_shape, filters, kernel)
            assert_forward(student.conv2d_forward(x, w, b), x, w, b)

    def test_large_values(self, student, rng):
        """Values in the millions, of both signs, keep the precision of float64."""
        x, w, b = layer(rng)
        x, b = 1e6 * x, 1e6 * b
        out, _ = unpack(student.conv2d_forward(x, w, b, 2, 1), "out", "cache")
        expected, _ = reference.conv2d_forward(x, w, b, 2, 1)
        assert_close(out, expected, rtol=1e-9, atol=1e-4, name="out", dtype=np.float64)

    def test_arguments_stay_as_they_are(self, student, rng):
        """Transposed and strided x, w and b work, and none of them is changed."""
        x, w, b = layer(rng, (6, 9, 2, 3), 4, (2, 3))
        x, w, b = x.transpose(2, 3, 1, 0), strided(rng.normal(size=(4, 3, 2, 3))), strided(b)
        got = student.conv2d_forward.unchanged(x, w, b, stride=2, padding=1)
        assert_forward(got, x, w, b, stride=2, padding=1)


def forward_cache(student, x, w, b, stride=1, padding=0):
    """The cache of the student's own conv2d_forward, or a failure that names it."""
    try:
        value = student.conv2d_forward(x, w, b, stride=stride, padding=padding)
        _, cache = unpack(value, "out", "cache")
    except StudentFailure as failure:
        raise StudentFailure(
            "conv2d_backward was not tried, for want of a cache from your conv2d_forward: "
            f"{failure}"
        ) from None
    return cache


def upstream(rng, x, w, stride=1, padding=0):
    """A random gradient of the layer's output."""
    height = reference.output_size(x.shape[2], w.shape[2], stride, padding)
    width = reference.output_size(x.shape[3], w.shape[3], stride, padding)
    return rng.normal(size=(x.shape[0], w.shape[0], height, width))


def expected_gradients(dout, x, w, b, stride=1, padding=0):
    _, cache = reference.conv2d_forward(x, w, b, stride, padding)
    return reference.conv2d_backward(dout, cache)


def assert_gradients(value, expected, *, only="dx dw db"):
    """`value` is (dx, dw, db) and those named by `only` are right."""
    names = ("dx", "dw", "db")
    for name, got, right in zip(names, unpack(value, *names), expected, strict=True):
        if name in only.split():
            assert_close(got, right, rtol=1e-9, atol=1e-9, name=name, dtype=np.float64)


def assert_backward(student, rng, x, w, b, stride=1, padding=0, only="dx dw db"):
    cache = forward_cache(student, x, w, b, stride, padding)
    dout = upstream(rng, x, w, stride, padding)
    expected = expected_gradients(dout, x, w, b, stride, padding)
    assert_gradients(student.conv2d_backward(dout, cache), expected, only=only)


@exercise("conv2d_backward", forbids=LIBRARY_CONVOLUTIONS)
class TestConv2dBackward:
    @weight(2)
    def test_dx(self, student, rng):
        """dx has the shape of x, and each pixel collects from every output that saw it: entries
        of overlapping patches and of all filters add up."""
        assert_backward(student, rng, *layer(rng), only="dx")
        assert_backward(student, rng, *layer(rng, (2, 3, 6, 10), 5, (4, 1)), only="dx")

    @weight(2)
    def test_dw(self, student, rng):
        """dw has the shape of w, and is the sum over all images and all output pixels of the
        upstream gradient times the pixel that this weight saw."""
        assert_backward(student, rng, *layer(rng), only="dw")
        assert_backward(student, rng, *layer(rng, (2, 3, 6, 10), 5, (4, 1)), only="dw")

    def test_db(self, student, rng):
        """db has shape (F,), and is the sum, not the mean, of the upstream gradient over images
        and pixels."""
        assert_backward(student, rng, *layer(rng), only="db")
        assert_backward(student, rng, *layer(rng, (2, 3, 6, 10), 5, (4, 1)), only="db")

    @weight(2)
    def test_stride_leaves_a_border_unused(self, student, rng):
        """With a stride above 1 the gradients use the pixels that the forward pass used, and dx
        is 0 where no patch reached: at the far border, or between patches."""
        for stride, kernel in ((2, (2, 3)), (3, (4, 2)), (4, (1, 3))):
            assert_backward(student, rng, *layer(rng, kernel=kernel), stride=stride)

    @weight(2)
    def test_padding(self, student, rng):
        """dx has the shape of x without the padding and starts at its first true pixel; the
        padding takes part in dw as zeros."""
        for padding, kernel in ((1, (2, 3)), (2, (5, 3)), (4, (1, 2))):
            x, w, b = layer(rng, (2, 3, 4, 6), 5, kernel)
            assert_backward(student, rng, x + 10.0, w, b, padding=padding)

    def test_stride_and_padding_together(self, student, rng):
        """Gradients are right when there are both a stride and padding."""
        for stride, padding in ((2, 1), (3, 2)):
            assert_backward(student, rng, *layer(rng), stride=stride, padding=padding)

    def test_single_image_channel_filter_or_pixel(self, student, rng):
        """One image, one channel, one filter, a 1 by 1 kernel, and a kernel as large as the image
        all work, and no axis of length 1 is lost."""
        for x_shape, filters, kernel in (
            ((1, 3, 4, 5), 2, (1, 1)),
            ((3, 1, 4, 6), 2, (2, 3)),
            ((2, 3, 4, 5), 1, (3, 2)),
            ((1, 2, 4, 6), 3, (4, 6)),
            ((1, 1, 1, 1), 1, (1, 1)),
        ):
            assert_backward(student, rng, *layer(rng, x_shape, filters, kernel))

    def test_two_layers_in_flight(self, student, rng):
        """A second forward call before the backward call of the first one changes nothing: all
        that the backward pass needs is in its cache, nothing in a global variable."""
        x, w, b = layer(rng)
        cache = forward_cache(student, x, w, b, 2, 1)
        forward_cache(student, *layer(rng, (2, 3, 7, 5), 4, (3, 2)), stride=1, padding=2)
        dout = upstream(rng, x, w, 2, 1)
        expected = expected_gradients(dout, x, w, b, 2, 1)
        assert_gradients(student.conv2d_backward(dout, cache), expected)

    def test_arguments_stay_as_they_are(self, student, rng):
        """A transposed dout works, dout and the cache are not changed, and a second call with the
        same cache gives the same gradients."""
        x, w, b = layer(rng)
        cache = forward_cache(student, x, w, b, 2, 1)
        dout = upstream(rng, x, w, 2, 1).transpose(3, 2, 1, 0).copy().transpose(3, 2, 1, 0)
        expected = expected_gradients(dout, x, w, b, 2, 1)
        for _ in range(2):
            assert_gradients(student.conv2d_backward.unchanged(dout, cache), expected)


# (kh, kw, stride, padding): a border left over, patches apart, padding wider than a step
PATCHES = ((2, 3, 2, 0), (4, 2, 3, 2), (1, 2, 4, 3), (3, 2, 1, 2))


@exercise("im2col")
class TestIm2colAndCol2im:
    @weight(2)
    def test_im2col_order(self, student, rng):
        """im2col has one row for each patch, in the order n, i, j, and one column for each entry
        of a patch, in the order c, u, v."""
        x = rng.normal(size=(4, 5, 11, 8))
        for kh, kw in ((2, 3), (4, 1), (1, 1), (11, 8)):
            expected = reference.im2col(x, kh, kw)
            assert_close(student.im2col(x, kh, kw), expected, rtol=0.0, atol=0.0)

    @weight(2)
    def test_im2col_stride_and_padding(self, student, rng):
        """im2col starts at the first padded pixel, fills the padding with zeros, and leaves a
        border unused that no step reaches."""
        x = rng.normal(size=(2, 3, 11, 8)) + 10.0
        for kh, kw, stride, padding in PATCHES:
            expected = reference.im2col(x, kh, kw, stride, padding)
            got = student.im2col(x, kh, kw, stride=stride, padding=padding)
            assert_close(got, expected, rtol=0.0, atol=0.0)

    def test_im2col_dtype_and_arguments(self, student, rng):
        """im2col keeps the dtype of x, float32 too, works for one transposed or strided image
        with one channel, and does not change x."""
        for x in (rng.normal(size=(5, 4, 1, 1)).T, strided(rng.normal(size=(2, 3, 6, 5)))):
            for dtype in (np.float64, np.float32):
                picture = x.astype(dtype) if dtype is np.float32 else x
                expected = reference.im2col(picture, 3, 2, 2, 1)
                got = student.im2col.unchanged(picture, 3, 2, 2, 1)
                assert_close(got, expected, rtol=0.0, atol=0.0, dtype=dtype)

    @weight(2)
    def test_col2im_overlaps_add_up(self, student, rng):
        """col2im puts each entry back where im2col takes it from; where patches overlap, the
        entries add up."""
        x_shape = (4, 5, 11, 8)
        for kh, kw in ((2, 3), (4, 1), (1, 1), (11, 8)):
            cols = rng.normal(size=(4 * (12 - kh) * (9 - kw), 5 * kh * kw))
            expected = reference.col2im(cols, x_shape, kh, kw)
            assert_close(student.col2im(cols, x_shape, kh, kw), expected, rtol=1e-9, atol=1e-9)

    @weight(2)
    def test_col2im_stride_and_padding(self, student, rng):
        """col2im has the shape before padding: what falls on the padding is dropped, and pixels
        that no patch covers are 0."""
        x_shape = (2, 3, 11, 8)
        for kh, kw, stride, padding in PATCHES:
            cols = rng.normal(
                size=reference.im2col(np.zeros(x_shape), kh, kw, stride, padding).shape
            )
            expected = reference.col2im(cols, x_shape, kh, kw, stride, padding)
            got = student.col2im(cols, x_shape, kh, kw, stride=stride, padding=padding)
            assert_close(got, expected, rtol=1e-9, atol=1e-9)

    def test_col2im_dtype_and_arguments(self, student, rng):
        """col2im keeps the dtype of cols, float32 too, works for one image with one channel and
        for a transposed matrix, and does not change cols."""
        for x_shape in ((1, 1, 4, 5), (2, 3, 6, 5)):
            shape = reference.im2col(np.zeros(x_shape), 3, 2, 1, 1).shape
            for dtype, tolerance in ((np.float64, 1e-9), (np.float32, 1e-5)):
                cols = rng.normal(size=shape[::-1]).astype(dtype).T
                expected = reference.col2im(cols, x_shape, 3, 2, 1, 1)
                got = student.col2im.unchanged(cols, x_shape, 3, 2, 1, 1)
                assert_close(got, expected, rtol=tolerance, atol=tolerance, dtype=dtype)


def assert_fast(value, x, w, b, stride=1, padding=0):
    """`value` is the reference's output alone, without a cache."""
    expected, _ = reference.conv2d_forward(x, w, b, stride, padding)
    assert_close(value, expected, rtol=1e-9, atol=1e-9, name="out", dtype=np.float64)


def assert_few_lines(lines, w):
    """Room for a long body and a loop over the kernel positions, but not for a loop over 340."""
    budget = 100 + 20 * w.shape[2] * w.shape[3]
    check(
        lines <= budget,
        f"{lines} Python lines were run where {budget} are plenty: is there a loop, "
        "in conv2d_fast or in a function that it calls?",
    )


@exercise("conv2d_fast", forbids=LIBRARY_CONVOLUTIONS)
class TestConv2dFast:
    @weight(2)
    def test_every_dimension_different(self, student, rng):
        """The result is the output of conv2d_forward alone, in the order (N, F, Ho, Wo). If your
        tests of im2col fail too, look there first."""
        x, w, b = layer(rng)
        assert_fast(student.conv2d_fast(x, w, b), x, w, b)
        x, w, b = layer(rng, (3, 2, 6, 10), 5, (4, 1))
        assert_fast(student.conv2d_fast(x, w, b, 1, 0), x, w, b)

    def test_stride_and_padding(self, student, rng):
        """Stride, padding, a border that no step reaches, and both together are as in
        conv2d_forward."""
        for stride, padding in ((2, 0), (1, 2), (2, 1), (3, 2)):
            x, w, b = layer(rng)
            got = student.conv2d_fast(x + 10.0, w, b, stride=stride, padding=padding)
            assert_fast(got, x + 10.0, w, b, stride, padding)

    def test_single_image_channel_filter_or_pixel(self, student, rng):
        """One image, one channel, one filter, a 1 by 1 kernel, and a kernel as large as the image
        all work, and no axis of length 1 is lost from (N, F, Ho, Wo)."""
        for x_shape, filters, kernel in (
            ((1, 3, 4, 5), 2, (1, 1)),
            ((3, 1, 4, 6), 2, (2, 3)),
            ((2, 3, 4, 5), 1, (3, 2)),
            ((1, 2, 4, 6), 3, (4, 6)),
            ((1, 1, 1, 1), 1, (1, 1)),
        ):
            x, w, b = layer(rng, x_shape, filters, kernel)
            assert_fast(student.conv2d_fast(x, w, b), x, w, b)

    def test_arguments_stay_as_they_are(self, student, rng):
        """Transposed and strided x, w and b work, and none of them is changed."""
        x, w, b = layer(rng, (6, 9, 2, 3), 4, (2, 3))
        x, w, b = x.transpose(2, 3, 1, 0), strided(rng.normal(size=(4, 3, 2, 3))), strided(b)
        got = student.conv2d_fast.unchanged(x, w, b, stride=2, padding=1)
        assert_fast(got, x, w, b, 2, 1)

    @weight(5)
    def test_no_loop_over_pixels(self, student, rng):
        """No Python loop runs over pixels, rows or columns, neither in conv2d_fast nor in what it
        calls, such as im2col, output_size and helpers: at most one over the kh * kw kernel
        positions. A comprehension, map or np.vectorize is a loop too."""
        for x_shape in ((1, 2, 340, 4), (1, 2, 4, 340)):
            x, w, b = layer(rng, x_shape, 3, (2, 3))
            out, lines = student.conv2d_fast.count_lines(x, w, b)
            assert_fast(out, x, w, b)
            assert_few_lines(lines, w)

    @weight(2)
    def test_no_loop_over_images_or_filters(self, student, rng):
        """No Python loop runs over images or filters: one matrix product does them all."""
        for images, filters in ((340, 3), (2, 340)):
            x, w, b = layer(rng, (images, 2, 4, 3), filters, (3, 2))
            out, lines = student.conv2d_fast.count_lines(x, w, b)
            assert_fast(out, x, w, b)
            assert_few_lines(lines, w)
