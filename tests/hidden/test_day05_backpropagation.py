"""Hidden tests of day 05: the student's backward passes against closed forms and the reference.

All dimensions differ wherever that hides nothing; where equal ones would hide a missing transpose,
a test of its own makes them equal. Upstream gradients are random. Functions to be differentiated
live here and are passed in, so they see whatever array the student's code hands them.
"""

from __future__ import annotations

import itertools
import math

import numpy as np

from autograder.testing import (
    StudentFailure,
    assert_close,
    check,
    exercise,
    unpack,
    weight,
)
from solutions import day05_backpropagation as reference


def strided(array):
    """An equal array whose entries do not lie side by side in memory."""
    roomy = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), dtype=array.dtype)
    roomy[..., ::2] = array
    return roomy[..., ::2]


def cache_of(student, forward, *arguments):
    """The cache of the student's own forward function, or a failure that names it."""
    try:
        _, cache = unpack(getattr(student, forward)(*arguments), "out", "cache")
    except StudentFailure as failure:
        backward = forward.replace("forward", "backward")
        raise StudentFailure(
            f"{backward} was not tried, for want of a cache from your {forward}: {failure}"
        ) from None
    return cache


def assert_out(value, expected):
    """`value` is (out, cache) with this out."""
    out, _ = unpack(value, "out", "cache")
    assert_close(out, expected, rtol=1e-9, atol=1e-9, name="out", dtype=np.float64)


# Linear layer. The closed forms are written out as sums, independent of the reference.


def layer(rng, n=5, d=3, m=4):
    """Random x, w and b of a linear layer, and a random upstream gradient."""
    return (
        rng.normal(size=(n, d)),
        rng.normal(size=(d, m)),
        rng.normal(size=m),
        rng.normal(size=(n, m)),
    )


def linear_out(x, w, b):
    return np.einsum("nd,dm->nm", x, w) + b[None, :]


def linear_gradients(dout, x, w):
    dx = np.einsum("nm,dm->nd", dout, w)
    dw = np.einsum("nd,nm->dm", x, dout)
    return dx, dw, np.einsum("nm->m", dout)


def assert_linear_gradients(value, expected, *, only="dx dw db"):
    """`value` is (dx, dw, db) and those named by `only` are right."""
    names = ("dx", "dw", "db")
    for name, got, right in zip(names, unpack(value, *names), expected, strict=True):
        if name in only.split():
            assert_close(got, right, rtol=1e-9, atol=1e-9, name=name, dtype=np.float64)


def assert_linear_backward(student, x, w, b, dout, *, only="dx dw db"):
    cache = cache_of(student, "linear_forward", x, w, b)
    got = student.linear_backward(dout, cache)
    assert_linear_gradients(got, linear_gradients(dout, x, w), only=only)


@exercise("linear_backward")
class TestLinear:
    @weight(2)
    def test_forward(self, student, rng):
        """linear_forward: out[i, k] is the sum over j of x[i, j] * w[j, k], plus b[k], of shape
        (n, m)."""
        for sizes in ((5, 3, 4), (2, 6, 3)):
            x, w, b, _ = layer(rng, *sizes)
            assert_out(student.linear_forward(x, w, b), linear_out(x, w, b))

    def test_forward_bias(self, student, rng):
        """linear_forward: b[k] is added once to column k of every row, for every number of rows,
        also when there are as many rows as columns."""
        for sizes in ((4, 3, 4), (6, 2, 3)):
            x, w, b, _ = layer(rng, *sizes)
            b = b + 100.0 * np.arange(1.0, 1.0 + len(b))
            assert_out(student.linear_forward(x, w, b), linear_out(x, w, b))

    def test_forward_arguments_stay_as_they_are(self, student, rng):
        """linear_forward: transposed and strided x, w and b work, and none of them is changed."""
        x, w, b = rng.normal(size=(3, 5)).T, strided(rng.normal(size=(3, 4))), rng.normal(size=8)
        got = student.linear_forward.unchanged(x, w, b[::2])
        assert_out(got, linear_out(x, w, b[::2]))

    @weight(2)
    def test_dx(self, student, rng):
        """linear_backward: dx has the shape of x; input j reached every output k through w[j, k],
        so its gradient is a sum over the outputs."""
        for sizes in ((5, 3, 4), (2, 6, 3)):
            assert_linear_backward(student, *layer(rng, *sizes), only="dx")

    @weight(2)
    def test_dw(self, student, rng):
        """linear_backward: dw has the shape of w; w[j, k] met x[i, j] in every example i, so its
        gradient is a sum over the examples."""
        for sizes in ((5, 3, 4), (2, 6, 3)):
            assert_linear_backward(student, *layer(rng, *sizes), only="dw")

    def test_db(self, student, rng):
        """linear_backward: db has shape (m,) and is the sum of dout over the examples. If every
        entry is a fixed fraction of what it should be, a mean was taken."""
        for sizes in ((5, 3, 4), (7, 2, 3)):
            assert_linear_backward(student, *layer(rng, *sizes), only="db")

    @weight(2)
    def test_as_many_outputs_as_inputs(self, student, rng):
        """When d equals m, or even n = d = m, the shapes fit without the transposes too: are they
        all there, on the right factor and on no other?"""
        for sizes in ((5, 3, 3), (4, 4, 4), (4, 4, 3), (4, 3, 4)):
            assert_linear_backward(student, *layer(rng, *sizes))

    def test_single_example_input_or_output(self, student, rng):
        """One example, one input, one output, and all three at once: no axis of length 1 is lost,
        forward or backward."""
        for sizes in ((1, 3, 2), (4, 1, 3), (3, 4, 1), (1, 1, 1)):
            x, w, b, dout = layer(rng, *sizes)
            assert_out(student.linear_forward(x, w, b), linear_out(x, w, b))
            assert_linear_backward(student, x, w, b, dout)

    def test_two_layers_in_flight(self, student, rng):
        """linear_backward: a second forward call before the backward call of the first changes
        nothing. All that the backward pass needs is in its cache, nothing in a global variable."""
        x, w, b, dout = layer(rng)
        cache = cache_of(student, "linear_forward", x, w, b)
        cache_of(student, "linear_forward", *layer(rng, 2, 6, 3)[:3])
        got = student.linear_backward(dout, cache)
        assert_linear_gradients(got, linear_gradients(dout, x, w))

    def test_backward_arguments_stay_as_they_are(self, student, rng):
        """linear_backward: a transposed dout works, dout and the cache are not changed, and a
        second call with the same cache gives the same gradients."""
        x, w, b, dout = layer(rng)
        cache = cache_of(student, "linear_forward", x, w, b)
        dout = dout.T.copy().T
        for _ in range(2):
            got = student.linear_backward.unchanged(dout, cache)
            assert_linear_gradients(got, linear_gradients(dout, x, w))


# Relu.


def away_from_zero(rng, shape):
    """Random numbers of both signs, some of them tiny and some large, none of them 0."""
    size = 10.0 ** rng.uniform(-9.0, 6.0, size=shape)
    return np.where(rng.random(shape) < 0.5, -size, size)


def assert_relu_backward(student, x, dout, expected):
    cache = cache_of(student, "relu_forward", x)
    got = student.relu_backward(dout, cache)
    assert_close(got, expected, rtol=1e-12, atol=0.0, name="dx", dtype=np.float64)


@exercise("relu_backward")
class TestRelu:
    @weight(2)
    def test_forward(self, student, rng):
        """relu_forward: positive entries stay as they are, to the last digit, and all others become
        0, in an array of any shape."""
        for shape in ((6, 5), (7,), (2, 3, 4), (1, 1)):
            x = away_from_zero(rng, shape)
            x.flat[0] = 0.0
            out, _ = unpack(student.relu_forward(x), "out", "cache")
            expected = np.where(x > 0, x, 0.0)
            assert_close(out, expected, rtol=0.0, atol=0.0, name="out", dtype=np.float64)

    @weight(2)
    def test_backward(self, student, rng):
        """relu_backward: where x is positive dout goes through as it is, whatever its sign, and
        where x is negative nothing does."""
        x = np.where(rng.random((8, 5)) < 0.5, -1.0, 1.0) * rng.uniform(0.5, 2.0, size=(8, 5))
        dout = rng.normal(size=(8, 5))
        assert_relu_backward(student, x, dout, np.where(x > 0, dout, 0.0))

    def test_sign_of_x_alone_decides(self, student, rng):
        """relu_backward: only the sign of x matters, not its size, which may be tiny or in the
        millions, and not the sign of dout."""
        x, dout = away_from_zero(rng, (9, 4)), away_from_zero(rng, (9, 4))
        assert_relu_backward(student, x, dout, np.where(x > 0, dout, 0.0))

    def test_any_shape(self, student, rng):
        """relu_backward: vectors, single numbers in an array and arrays of three axes work, and dx
        has the shape of x."""
        for shape in ((7,), (1, 1), (1, 6), (2, 3, 4)):
            x, dout = away_from_zero(rng, shape), rng.normal(size=shape)
            assert_relu_backward(student, x, dout, np.where(x > 0, dout, 0.0))

    def test_slope_at_zero(self, student, rng):
        """relu_backward: where x is exactly 0, the gradient is 0, as the docstring says."""
        x, dout = away_from_zero(rng, (5, 4)), away_from_zero(rng, (5, 4))
        x[rng.random((5, 4)) < 0.4] = 0.0
        x[0, 0], x[4, 3] = 0.0, -0.0
        assert_relu_backward(student, x, dout, np.where(x > 0, dout, 0.0))

    def test_two_layers_in_flight(self, student, rng):
        """relu_backward: a second forward call before the backward call of the first changes
        nothing: the cache alone must do."""
        x, dout = away_from_zero(rng, (6, 5)), rng.normal(size=(6, 5))
        cache = cache_of(student, "relu_forward", x)
        cache_of(student, "relu_forward", -x)
        got = student.relu_backward(dout, cache)
        expected = np.where(x > 0, dout, 0.0)
        assert_close(got, expected, rtol=1e-12, atol=0.0, name="dx", dtype=np.float64)

    def test_arguments_stay_as_they_are(self, student, rng):
        """Both relu functions take transposed and strided arrays and change neither x, nor dout,
        nor the cache; a second backward call gives the same gradient."""
        x, dout = away_from_zero(rng, (5, 6)).T, strided(rng.normal(size=(6, 5)))
        out, cache = unpack(student.relu_forward.unchanged(x), "out", "cache")
        assert_close(out, np.where(x > 0, x, 0.0), rtol=0.0, atol=0.0, name="out")
        for _ in range(2):
            got = student.relu_backward.unchanged(dout, cache)
            expected = np.where(x > 0, dout, 0.0)
            assert_close(got, expected, rtol=1e-12, atol=0.0, name="dx", dtype=np.float64)


# Softmax with cross-entropy. The closed form goes row by row with math.fsum.


def expected_cross_entropy(logits, y):
    losses, gradient = [], np.zeros(logits.shape)
    for i, (row, label) in enumerate(zip(logits, y, strict=True)):
        top = float(max(row))
        total = math.fsum(math.exp(value - top) for value in row)
        losses.append(top + math.log(total) - float(row[label]))
        for k, value in enumerate(row):
            right = 1.0 if k == label else 0.0
            gradient[i, k] = (math.exp(value - top) / total - right) / len(y)
    return math.fsum(losses) / len(losses), gradient


def assert_cross_entropy(value, logits, y, *, only="loss dlogits", rtol=1e-9):
    loss, dlogits = unpack(value, "loss", "dlogits")
    expected, gradient = expected_cross_entropy(logits, y)
    if "loss" in only.split():
        assert_close(loss, expected, rtol=rtol, atol=1e-12, name="loss")
    if "dlogits" in only.split():
        assert_close(dlogits, gradient, rtol=rtol, atol=1e-12, name="dlogits", dtype=np.float64)


def batch(rng, n=6, c=4, spread=2.0):
    return spread * rng.normal(size=(n, c)), rng.integers(0, c, size=n)


@exercise("softmax_cross_entropy")
class TestSoftmaxCrossEntropy:
    @weight(2)
    def test_loss(self, student, rng):
        """The loss is the mean over the rows of -log p of the right class, where the p of each row
        sum to 1: one number, and no sum over the batch."""
        for n, c in ((6, 4), (3, 7)):
            logits, y = batch(rng, n, c)
            got = student.softmax_cross_entropy(logits, y)
            assert_cross_entropy(got, logits, y, only="loss")

    @weight(2)
    def test_gradient(self, student, rng):
        """dlogits is the gradient of the mean loss: what of p remains when the right class has had
        its due, with the 1/n of the mean."""
        for n, c in ((6, 4), (3, 7)):
            logits, y = batch(rng, n, c)
            got = student.softmax_cross_entropy(logits, y)
            assert_cross_entropy(got, logits, y, only="dlogits")

    def test_batches_of_different_sizes(self, student, rng):
        """The same rows repeated give the same loss, as it is a mean, and each row's gradient
        shrinks as the batch grows."""
        logits, y = batch(rng, 3, 5)
        for times in (1, 4):
            many, labels = np.tile(logits, (times, 1)), np.tile(y, times)
            got = student.softmax_cross_entropy(many, labels)
            assert_cross_entropy(got, many, labels)

    @weight(2)
    def test_rows_near_plus_and_minus_a_thousand(self, student, rng):
        """Rows near +1000 and near -1000 in one batch give a finite loss and gradient, row by row
        as if each were alone. Is something subtracted before exp, and for each row separately?"""
        logits, y = batch(rng, 6, 4)
        logits += np.array([1000.0, -1000.0, 0.0, 990.0, -1010.0, 3.0])[:, None]
        got = student.softmax_cross_entropy(logits, y)
        assert_cross_entropy(got, logits, y, rtol=1e-8)

    @weight(2)
    def test_hopelessly_wrong_class(self, student, rng):
        """When the right class is so improbable that its p is 0 in float64, the loss is still the
        true, large and finite one: no clip, no epsilon, no log of a p that has become 0."""
        logits, y = batch(rng, 5, 3)
        logits[np.arange(5), y] -= rng.uniform(800.0, 1500.0, size=5)
        got = student.softmax_cross_entropy(logits, y)
        assert_cross_entropy(got, logits, y)

    def test_confident_and_right(self, student, rng):
        """When the right class is nearly certain, the loss is nearly 0 and never negative or NaN,
        and the gradient nearly vanishes."""
        logits, y = batch(rng, 4, 3)
        logits[np.arange(4), y] += np.array([15.0, 25.0, 50.0, 2000.0])
        got = student.softmax_cross_entropy(logits, y)
        assert_cross_entropy(got, logits, y)

    def test_single_row_or_class(self, student, rng):
        """One row, two classes, one class, and all of it at once work; with a single class both
        loss and gradient are 0."""
        for n, c in ((1, 5), (4, 2), (3, 1), (1, 1)):
            logits, y = batch(rng, n, c)
            assert_cross_entropy(student.softmax_cross_entropy(logits, y), logits, y)

    def test_every_integer_type_of_labels(self, student, rng):
        """Labels of every integer dtype work, signed or not, the first and the last class
        among them."""
        logits, _ = batch(rng, 5, 3)
        for dtype in (np.uint8, np.int8, np.int32, np.uint64, np.int64):
            y = np.array([2, 0, 1, 2, 0]).astype(dtype)
            got = student.softmax_cross_entropy(logits, y)
            assert_cross_entropy(got, logits, y)

    def test_arguments_stay_as_they_are(self, student, rng):
        """Transposed logits and strided labels work, and neither is changed."""
        logits, y = rng.normal(size=(4, 5)).T, strided(rng.integers(0, 4, size=5))
        got = student.softmax_cross_entropy.unchanged(logits, y)
        assert_cross_entropy(got, logits, y)


# The whole network.


def network(rng, sizes):
    """Random params of a network with these widths, large biases among them."""
    return [
        (rng.normal(size=(d, m)) / np.sqrt(d), 0.5 * rng.normal(size=m))
        for d, m in itertools.pairwise(sizes)
    ]


def relu_network(x, params):
    """The logits, by independent arithmetic."""
    *hidden, (w, b) = params
    for v, a in hidden:
        x = np.einsum("nd,dm->nm", x, v) + a
        x = np.where(x > 0, x, 0.0)
    return np.einsum("nd,dm->nm", x, w) + b


def expected_mlp_gradients(dout, x, params):
    return reference.mlp_backward(dout, reference.mlp_forward(x, params)[1])


def assert_mlp_gradients(value, expected, *, layers=None, dx=True):
    """`value` is (dx, grads); of grads the `layers` are right, by default all of them."""
    got_dx, grads = unpack(value, "dx", "grads")
    expected_dx, right = expected
    pairs = unpack(grads, *(f"pair {i}" for i in range(len(right))))
    for i in range(len(right)) if layers is None else layers:
        got_w, got_b = unpack(pairs[i], "dw", "db")
        name = f"grads[{i}]"
        assert_close(got_w, right[i][0], rtol=1e-8, atol=1e-10, name=f"dw of {name}", dtype=float)
        assert_close(got_b, right[i][1], rtol=1e-8, atol=1e-10, name=f"db of {name}", dtype=float)
    if dx:
        assert_close(got_dx, expected_dx, rtol=1e-8, atol=1e-10, name="dx", dtype=np.float64)


def assert_mlp_backward(student, rng, n, sizes, **which):
    x, params = rng.normal(size=(n, sizes[0])), network(rng, sizes)
    dout = rng.normal(size=(n, sizes[-1]))
    cache = cache_of(student, "mlp_forward", x, params)
    expected = expected_mlp_gradients(dout, x, params)
    assert_mlp_gradients(student.mlp_backward(dout, cache), expected, **which)


@exercise("mlp_backward")
class TestMlp:
    @weight(2)
    def test_forward(self, student, rng):
        """mlp_forward: linear and relu in turns give the right logits, for two, three and four
        layers of different widths."""
        for sizes in ((3, 6, 4), (4, 7, 5, 3), (2, 5, 6, 3, 4)):
            x, params = rng.normal(size=(8, sizes[0])), network(rng, sizes)
            assert_out(student.mlp_forward(x, params), relu_network(x, params))

    def test_forward_leaves_the_logits_alone(self, student, rng):
        """mlp_forward: there is no relu after the last layer: negative logits stay negative. Nor is
        there a softmax."""
        x, params = rng.normal(size=(6, 3)), network(rng, (3, 5, 4))
        params[-1] = (params[-1][0], params[-1][1] - 20.0)
        assert_out(student.mlp_forward(x, params), relu_network(x, params))

    def test_single_layer(self, student, rng):
        """With one pair in params the network is a linear layer alone, without a relu, forward and
        backward."""
        x, params = rng.normal(size=(5, 3)), network(rng, (3, 4))
        assert_out(student.mlp_forward(x, params), relu_network(x, params))
        assert_mlp_backward(student, rng, 5, (3, 4))

    @weight(2)
    def test_last_layer(self, student, rng):
        """mlp_backward: the last pair of grads is right. Its input was the output of the last relu,
        so that is what its dw is made with; no relu stands behind it."""
        assert_mlp_backward(student, rng, 6, (3, 7, 4), layers=[1], dx=False)
        assert_mlp_backward(student, rng, 5, (4, 6, 3, 2), layers=[2], dx=False)

    @weight(2)
    def test_hidden_layers(self, student, rng):
        """mlp_backward: every pair of grads before the last is right. On its way down the gradient
        goes through each layer's w and each relu, in reversed order. Is the order of a linear
        layer and its own relu reversed too?"""
        assert_mlp_backward(student, rng, 6, (3, 7, 4), layers=[0], dx=False)
        assert_mlp_backward(student, rng, 7, (4, 6, 3, 2), layers=[0, 1], dx=False)

    @weight(2)
    def test_gradient_of_the_input(self, student, rng):
        """mlp_backward: dx, the gradient of the network's input, has the shape of x and has gone
        through every layer, the first one too. No relu stands before the first layer."""
        assert_mlp_backward(student, rng, 6, (3, 7, 4), layers=[])
        assert_mlp_backward(student, rng, 5, (4, 6, 3, 2), layers=[])

    def test_deep_and_narrow(self, student, rng):
        """mlp_backward: seven layers work, and grads has one pair for each, in the order of
        params."""
        assert_mlp_backward(student, rng, 9, (4, 8, 6, 7, 9, 5, 8, 3))

    def test_layers_of_equal_width(self, student, rng):
        """mlp_backward: when all widths and the batch are equal, every mix-up of layers or missing
        transpose still has the right shape, and shows in the values."""
        assert_mlp_backward(student, rng, 5, (5, 5, 5, 5))

    def test_single_example_unit_or_class(self, student, rng):
        """One example, one input, one hidden unit and one output work, and no axis of length 1 is
        lost, forward or backward."""
        for n, sizes in ((1, (3, 4, 2)), (4, (1, 5, 3)), (5, (3, 1, 2)), (6, (2, 3, 1))):
            x, params = rng.normal(size=(n, sizes[0])), network(rng, sizes)
            assert_out(student.mlp_forward(x, params), relu_network(x, params))
            assert_mlp_backward(student, rng, n, sizes)

    def test_units_that_sleep(self, student, rng):
        """mlp_backward: a hidden unit that is negative for every example passes nothing down: its
        column of dw and its entry of db are 0. All others learn as usual."""
        x, params = rng.normal(size=(6, 3)), network(rng, (3, 5, 4, 2))
        params[0][1][1] = -100.0
        params[1][1][2] = -100.0
        params[1][1][0] = 100.0
        dout = rng.normal(size=(6, 2))
        cache = cache_of(student, "mlp_forward", x, params)
        expected = expected_mlp_gradients(dout, x, params)
        assert_mlp_gradients(student.mlp_backward(dout, cache), expected)

    def test_two_networks_in_flight(self, student, rng):
        """mlp_backward: a second forward pass, of a network of another depth, before the backward
        pass of the first changes nothing: the cache alone must do."""
        x, params = rng.normal(size=(5, 3)), network(rng, (3, 6, 4, 2))
        cache = cache_of(student, "mlp_forward", x, params)
        cache_of(student, "mlp_forward", rng.normal(size=(4, 2)), network(rng, (2, 5, 3)))
        dout = rng.normal(size=(5, 2))
        expected = expected_mlp_gradients(dout, x, params)
        assert_mlp_gradients(student.mlp_backward(dout, cache), expected)

    def test_arguments_stay_as_they_are(self, student, rng):
        """Both mlp functions take strided arrays and change neither x, nor params, nor dout, nor
        the cache; a second backward call gives the same gradients."""
        x, params = rng.normal(size=(3, 6)).T, network(rng, (3, 5, 4, 2))
        params = [(w.T.copy().T, strided(b)) for w, b in params]
        got = student.mlp_forward.unchanged(x, params)
        assert_out(got, relu_network(x, params))
        _, cache = unpack(got, "out", "cache")
        dout = strided(rng.normal(size=(6, 2)))
        expected = expected_mlp_gradients(dout, x, params)
        for _ in range(2):
            assert_mlp_gradients(student.mlp_backward.unchanged(dout, cache), expected)


# Finite differences. `function` is only ever called with what the student's code hands over.


def probed(function):
    """`function` as it is passed in: a float for any array or number."""
    return lambda v: float(function(np.asarray(v)))


def assert_numerical(student, function, x, expected, *arguments, rtol=0.0, atol=1e-7):
    got = student.numerical_gradient(probed(function), x, *arguments)
    dtype = np.float64 if x.ndim else None
    assert_close(got, expected, rtol=rtol, atol=atol, name="grad", dtype=dtype)


@exercise("numerical_gradient")
class TestNumericalGradient:
    @weight(2)
    def test_matrix(self, student, rng):
        """The gradient at a matrix has its shape and the right number at every entry, when every
        entry counts differently."""
        x, c = rng.normal(size=(2, 4)), rng.normal(size=(2, 4))
        assert_numerical(student, lambda v: np.sum(c * np.sin(v)), x, c * np.cos(x))

    @weight(2)
    def test_entries_that_work_together(self, student, rng):
        """When the slope at one entry depends on the others, each entry has to be back where it was
        before the next one moves."""
        a, x = rng.normal(size=(5, 5)), rng.normal(size=5)
        expected = (a + a.T) @ x + 3.0 * x**2
        assert_numerical(student, lambda v: v @ a @ v + np.sum(v**3), x, expected)
        h = 0.25
        expected = (a + a.T) @ x + 3.0 * x**2 + h**2
        assert_numerical(student, lambda v: v @ a @ v + np.sum(v**3), x, expected, h)

    @weight(2)
    def test_both_sides(self, student, rng):
        """Where f is strongly curved, looking on one side only is off by the curvature times h / 2:
        step to both sides."""
        x, c = rng.normal(size=(3, 2)), rng.uniform(500.0, 900.0, size=(3, 2))
        assert_numerical(student, lambda v: np.sum(c * v**2), x, 2.0 * c * x, atol=1e-4)

    @weight(2)
    def test_step(self, student, rng):
        """With a large h the answer is the difference quotient itself, with the error that it has:
        f one h above minus f one h below, divided by the distance between the two."""
        x, c = rng.normal(size=4), rng.normal(size=4)
        for h in (0.5, 0.03):
            expected = c * (3.0 * x**2 + h**2)
            assert_numerical(student, lambda v: np.sum(c * v**3), x, expected, h, atol=1e-9)

    def test_default_step(self, student, rng):
        """Without h the step is 1e-5, the same for every entry, however large or small the entry
        is; one entry moves at a time, up once and down once."""
        x, seen = np.array([300.0, -0.002, 1.0]) * rng.uniform(1.0, 2.0, size=3), []

        def function(v):
            seen.append(np.array(v, dtype=np.float64).reshape(x.shape))
            return np.sum(v)

        assert_numerical(student, function, x, np.ones(3), atol=1e-4)
        moved = [v - x for v in seen if not np.array_equal(v, x)]
        steps = [step for step in moved if np.count_nonzero(step) == 1]
        check(len(steps) == len(moved), "f was called with more than one entry moved")
        for i in range(3):
            for h in (1e-5, -1e-5):
                near = [step for step in steps if abs(step[i] - h) < 1e-10]
                check(near, "an entry was never moved by 1e-5 upwards, or downwards")
        check(
            all(abs(abs(step).max() - 1e-5) < 1e-10 for step in steps),
            "f was called with an entry moved by something other than 1e-5",
        )

    def test_shapes(self, student, rng):
        """Arrays of no axis, of one entry, of three axes and of no entries at all work, and the
        gradient has the shape of x."""
        for shape in ((), (1,), (1, 1), (2, 3, 2), (0,), (3, 0)):
            x, c = rng.normal(size=shape), rng.normal(size=shape)
            x, c = np.asarray(x), np.asarray(c)
            expected = np.asarray(2.0 * c * x)
            assert_numerical(student, lambda v, c=c: np.sum(c * v**2), x, expected)

    def test_tiny_and_huge_functions(self, student, rng):
        """A function of size 1e-12 or 1e12 gets a gradient as precise as any other: nothing is
        rounded to a fixed number of digits, and no small difference is taken for 0."""
        x, c = rng.uniform(1.0, 2.0, size=(2, 3)), rng.uniform(1.0, 2.0, size=(2, 3))
        for scale in (1e-12, 1e12):
            expected = scale * c * np.exp(x)

            def function(v, scale=scale):
                return scale * np.sum(c * np.exp(v))

            assert_numerical(student, function, x, expected, rtol=1e-6, atol=0.0)

    def test_views(self, student, rng):
        """A transposed or strided x works: a flat copy of it, when changed, changes nothing that f
        sees."""
        for x in (rng.normal(size=(4, 3)).T, strided(rng.normal(size=(2, 5)))):
            c = rng.normal(size=x.shape)
            assert_numerical(student, lambda v, c=c: np.sum(c * np.cos(v)), x, -c * np.sin(x))

    def test_x_comes_back_to_the_last_bit(self, student, rng):
        """x is exactly what it was. Adding h and taking it off again is not enough, as both steps
        round: keep the old value, or work on a copy."""
        x = rng.normal(size=(4, 6))
        c = rng.normal(size=(4, 6))
        function = probed(lambda v: np.sum(c * np.sin(v)))
        got = student.numerical_gradient.unchanged(function, x)
        assert_close(got, c * np.cos(x), rtol=0.0, atol=1e-7, name="grad", dtype=np.float64)


# Gradient checks. The functions here are exact polynomials or the reference's network.


def assert_error(value, expected, *, rtol=1e-4, atol=1e-6):
    assert_close(value, expected, rtol=rtol, atol=atol, name="error")


def assert_passes(value):
    """An error of a right gradient: a number from 0 to 1e-6."""
    assert_close(value, 0.0, rtol=0.0, atol=1e-6, name="error")


class Loss:
    """The mean loss of a small network as a function of one of its arrays, and the gradients."""

    def __init__(self, rng, n=4, sizes=(3, 5, 3)):
        self.x = rng.normal(size=(n, sizes[0]))
        self.params = network(rng, sizes)
        self.y = rng.integers(0, sizes[-1], size=n)
        self._steer_clear_of_kinks()
        logits, cache = reference.mlp_forward(self.x, self.params)
        self.dlogits = reference.softmax_cross_entropy(logits, self.y)[1]
        self.dx, self.grads = reference.mlp_backward(self.dlogits, cache)

    def _steer_clear_of_kinks(self):
        """Hidden units within a step of 0 would make a right gradient look wrong: move them off."""
        (w, b), _ = self.params
        while np.min(np.abs(self.x @ w + b)) < 1e-2:
            b += 0.0137

    def of_weights(self, layer):
        def function(v):
            params = list(self.params)
            params[layer] = (v, params[layer][1])
            return self._value(params)

        return probed(function)

    def of_biases(self, layer):
        def function(v):
            params = list(self.params)
            params[layer] = (params[layer][0], v)
            return self._value(params)

        return probed(function)

    def _value(self, params):
        return reference.softmax_cross_entropy(relu_network(self.x, params), self.y)[0]


def bowl(rng, shape=(3, 2)):
    """x, a quadratic function of it whose value there is about 1, and its gradient."""
    x = rng.uniform(0.5, 1.5, size=shape) * rng.choice([-1.0, 1.0], size=shape)
    c = rng.uniform(0.5, 1.5, size=shape)
    return x, (lambda v: np.sum(c * v**2) / c.size), 2.0 * c * x / c.size


@exercise("gradient_check")
class TestGradientCheck:
    @weight(2)
    def test_right_backward_passes(self, student, rng):
        """The true gradients of a network's loss get an error below 1e-6, weights and biases of
        both layers. If your tests of numerical_gradient fail too, look there first."""
        loss = Loss(rng)
        for i in (0, 1):
            (w, b), (dw, db) = loss.params[i], loss.grads[i]
            assert_passes(student.gradient_check(loss.of_weights(i), w, dw))
            assert_passes(student.gradient_check(loss.of_biases(i), b, db))

    @weight(2)
    def test_broken_backward_is_caught(self, student, rng):
        """Gradients as a broken backward pass gives them get the error of the formula, far above
        1e-6: an averaged db, a missing 1/n, a transposed dw, a relu forgotten on the way back."""
        loss = Loss(rng)
        (w1, b1), (w2, b2) = loss.params
        (dw1, db1), (_, db2) = loss.grads
        through = (loss.x.T @ (loss.dlogits @ w2.T), dw1, loss.of_weights(0), w1)
        square = Loss(rng, 5, (4, 4, 3))
        turned = square.grads[0][0]
        for wrong, right, function, at in (
            (db1 / len(loss.x), db1, loss.of_biases(0), b1),
            (db2 * len(loss.x), db2, loss.of_biases(1), b2),
            (turned.T, turned, square.of_weights(0), square.params[0][0]),
            through,
        ):
            floor = 1e-4 * function(at)
            size = max(np.abs(wrong).max(), np.abs(right).max(), floor)
            expected = np.abs(wrong - right).max() / size
            assert_error(student.gradient_check(function, at, wrong), expected)

    @weight(2)
    def test_formula(self, student, rng):
        """The error is the largest difference anywhere, divided by the largest entry of either
        gradient anywhere: no mean, no norm, no entry by entry quotient."""
        x, function, right = bowl(rng, (3, 4))
        off = np.zeros((3, 4))
        off[1, 2], off[2, 0] = 0.02, -0.03
        for wrong in (right + off, right - off, right * 1.25, right * 0.5, right + 10.0 * off):
            size = max(np.abs(wrong).max(), np.abs(right).max())
            expected = np.abs(wrong - right).max() / size
            assert_error(student.gradient_check(probed(function), x, wrong), expected)

    def test_sign_and_silence(self, student, rng):
        """A gradient with the wrong sign has an error of 2, and zeros where there should be a
        gradient have an error of 1."""
        x, function, right = bowl(rng)
        assert_error(student.gradient_check(probed(function), x, -right), 2.0)
        assert_error(student.gradient_check(probed(function), x, 0.0 * right), 1.0)

    @weight(2)
    def test_tiny_and_huge_gradients(self, student, rng):
        """The error is relative: with f and its gradient 1e12 times as large, or as small, a right
        gradient passes and a wrong one is caught as before. Is there a fixed number that is added
        to something?"""
        x, function, right = bowl(rng)
        for scale in (1e-12, 1e12):
            f = probed(lambda v, scale=scale: scale * function(v))
            assert_passes(student.gradient_check(f, x, scale * right))
            assert_error(student.gradient_check(f, x, scale * right * 0.8), 0.2)

    def test_flat_function(self, student, rng):
        """Where f is constant a gradient of zeros has error 0, even where f is 0 as well, and any
        other gradient is caught."""
        x, claimed = rng.normal(size=(2, 3)), rng.uniform(0.5, 1.5, size=(2, 3))
        for value in (0.0, 3.5):
            f = probed(lambda v, value=value: value + 0.0 * np.sum(v))
            assert_error(student.gradient_check(f, x, np.zeros((2, 3))), 0.0, atol=0.0)
            assert_error(student.gradient_check(f, x, claimed), 1.0)

    def test_rounding_is_no_mistake(self, student, rng):
        """Where the true gradient is 0 but the last digits of f flicker, zeros still pass: that is
        what the floor in the formula is for."""
        logits = 3.0 * rng.normal(size=7)

        def function(v):  # shifting all logits changes no probability, except in the last digits
            moved = logits + v
            return 1.0 + np.log(np.sum(np.exp(moved))) - np.mean(moved)

        for _ in range(4):
            x = rng.normal(size=1)
            assert_passes(student.gradient_check(probed(function), x, np.zeros(1)))

    @weight(2)
    def test_floor(self, student, rng):
        """Gradients below the floor of 1e-9 * |f(x)| / h are measured against the floor, whatever
        the sign of f, and at the h that was given."""
        x, c = rng.normal(size=3), rng.uniform(0.5, 1.5, size=3)
        for base, h, slope in ((-2.0, 1e-5, 1e-5), (5.0, 1e-3, 1e-6), (40.0, 1e-5, 1e-4)):
            f = probed(lambda v, base=base, slope=slope: base + slope * np.sum(c * v))
            floor = 1e-9 * abs(f(x)) / h
            expected = slope * np.max(c) / floor
            got = student.gradient_check(f, x, 2.0 * slope * c, h)
            assert_error(got, expected, rtol=1e-3, atol=1e-5)

    def test_step_is_passed_on(self, student, rng):
        """h is the step of the numerical gradient: with a large one, the error of the difference
        quotient itself shows."""
        x = rng.uniform(0.5, 1.5, size=4)
        for h in (0.5, 0.1):
            f = probed(lambda v: np.sum(v**3))
            expected = h**2 / np.max(3.0 * x**2 + h**2)
            assert_error(student.gradient_check(f, x, 3.0 * x**2, h), expected)

    @weight(2)
    def test_nan_and_infinity_never_pass(self, student, rng):
        """One NaN or infinity in the gradient, or in the values of f, makes the error infinite: it
        is neither skipped nor returned as NaN, which no comparison would catch."""
        x, function, right = bowl(rng)
        for value in (np.nan, np.inf, -np.inf):
            wrong = right.copy()
            wrong[1, 1] = value
            assert_close(
                student.gradient_check(probed(function), x, wrong),
                np.inf,
                rtol=0.0,
                atol=0.0,
                name="error",
            )
        for broken in (
            lambda v: np.nan + 0.0 * np.sum(v),
            lambda v: np.nan if v[0, 0] > x[0, 0] else 1.0,
            lambda v: np.inf if v[0, 0] > x[0, 0] else 1.0,
        ):
            got = student.gradient_check(probed(broken), x, right)
            assert_close(got, np.inf, rtol=0.0, atol=0.0, name="error")

    def test_shapes_must_agree(self, student, rng):
        """A gradient of another shape than x raises ValueError, even where numpy could broadcast
        it, or where it has as many entries."""
        x, function, right = bowl(rng, (2, 3))
        for wrong in (right[0], right[:1], right[:, :1], right.ravel(), right.T, right[None]):
            student.gradient_check.raises(ValueError, probed(function), x, wrong)

    def test_any_shape(self, student, rng):
        """A single number, one entry, three axes and no entries at all work; without entries there
        is no difference, and the error is 0."""
        for shape in ((), (1,), (2, 1, 3)):
            x, function, right = bowl(rng, shape)
            x, right = np.asarray(x), np.asarray(right)
            assert_passes(student.gradient_check(probed(function), x, right))
            assert_error(student.gradient_check(probed(function), x, np.asarray(right * 0.7)), 0.3)
        for shape in ((0,), (2, 0)):
            nothing = np.zeros(shape)
            got = student.gradient_check(probed(lambda v: 1.0 + np.sum(v)), nothing, nothing)
            assert_error(got, 0.0, atol=0.0)

    def test_arguments_stay_as_they_are(self, student, rng):
        """A transposed x and a strided gradient work, and neither is changed."""
        x, function, right = bowl(rng, (4, 3))
        f = probed(lambda v: function(v.T))
        assert_passes(student.gradient_check.unchanged(f, x.T, strided(right.T.copy())))
        f = probed(function)
        assert_error(student.gradient_check.unchanged(f, x, right * 0.75), 0.25)
