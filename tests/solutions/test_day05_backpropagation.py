"""The reference of day 05 against torch, a published network, brute force and hand work."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from solutions.day05_backpropagation import (
    gradient_check,
    linear_backward,
    linear_forward,
    mlp_backward,
    mlp_forward,
    numerical_gradient,
    relu_backward,
    relu_forward,
    softmax_cross_entropy,
)

SIZES = [(5, 3, 4), (1, 2, 6), (4, 1, 3), (6, 5, 1), (3, 3, 3), (1, 1, 1)]
WIDTHS = [(3, 2), (4, 6, 3), (2, 5, 7, 4), (5, 5, 5, 5), (1, 3, 1), (3, 4, 5, 6, 4, 3, 2)]


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def exact(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-10, strict=True)


def leaf(array):
    return torch.tensor(array, requires_grad=True)


def network(rng, widths):
    return [(rng.normal(size=(d, m)), rng.normal(size=m)) for d, m in itertools.pairwise(widths)]


@pytest.mark.parametrize(("n", "d", "m"), SIZES)
def test_linear_against_torch(rng, n, d, m):
    x, w, b = rng.normal(size=(n, d)), rng.normal(size=(d, m)), rng.normal(size=m)
    dout = rng.normal(size=(n, m))
    leaves = [leaf(a) for a in (x, w, b)]
    theirs = functional.linear(leaves[0], leaves[1].T, leaves[2])
    theirs.backward(torch.tensor(dout))
    out, cache = linear_forward(x, w, b)
    exact(out, theirs.detach().numpy())
    for mine, theirs in zip(linear_backward(dout, cache), leaves, strict=True):
        exact(mine, theirs.grad.numpy())


def test_linear_worked_by_hand():
    x, w = np.array([[1.0, 2.0]]), np.array([[3.0, 4.0, 5.0], [6.0, 7.0, 8.0]])
    out, cache = linear_forward(x, w, np.array([10.0, 20.0, 30.0]))
    exact(out, np.array([[25.0, 38.0, 51.0]]))
    dx, dw, db = linear_backward(np.array([[1.0, 10.0, 100.0]]), cache)
    exact(dx, np.array([[543.0, 876.0]]))
    exact(dw, np.array([[1.0, 10.0, 100.0], [2.0, 20.0, 200.0]]))
    exact(db, np.array([1.0, 10.0, 100.0]))


@pytest.mark.parametrize("shape", [(), (7,), (4, 5), (2, 3, 4), (1, 1), (0, 3)])
def test_relu_against_torch(rng, shape):
    x, dout = rng.normal(size=shape), rng.normal(size=shape)
    x = np.where(rng.random(shape) < 0.2, 0.0, x)
    theirs = leaf(x)
    functional.relu(theirs).backward(torch.tensor(dout))
    out, cache = relu_forward(x)
    exact(np.asarray(out), np.asarray(functional.relu(theirs).detach().numpy()))
    exact(np.asarray(relu_backward(dout, cache)), np.asarray(theirs.grad.numpy()))


@pytest.mark.parametrize(("n", "c"), [(6, 4), (1, 5), (3, 1), (1, 1), (2, 2)])
@pytest.mark.parametrize("offset", [0.0, 1000.0, -1000.0])
def test_cross_entropy_against_torch(rng, n, c, offset):
    logits, y = 3.0 * rng.normal(size=(n, c)), rng.integers(0, c, size=n)
    logits[0] += offset
    theirs = leaf(logits)
    loss = functional.cross_entropy(theirs, torch.tensor(y))
    loss.backward()
    mine, dlogits = softmax_cross_entropy(logits, y)
    assert isinstance(mine, float)
    np.testing.assert_allclose(mine, loss.item(), rtol=1e-10, atol=1e-12)
    exact(dlogits, theirs.grad.numpy())


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.uint16, np.int32, np.uint64])
def test_cross_entropy_worked_by_hand(dtype):
    logits = np.array([[0.0, math.log(3.0)], [5.0, 5.0]])
    loss, dlogits = softmax_cross_entropy(logits, np.array([0, 1], dtype=dtype))
    assert loss == pytest.approx(1.5 * math.log(2.0), rel=1e-12)
    exact(dlogits, np.array([[-0.375, 0.375], [0.25, -0.25]]))


def test_cross_entropy_where_p_underflows():
    logits = np.array([[1000.0, -1000.0, 999.0], [-3.0, 4000.0, 0.0]])
    loss, dlogits = softmax_cross_entropy(logits, np.array([1, 0]))
    first = 2000.0 + math.log1p(math.exp(-1.0))
    assert loss == pytest.approx((first + 4003.0) / 2, rel=1e-14)
    p = 1.0 / (1.0 + math.exp(-1.0))
    exact(dlogits, np.array([[p / 2, -0.5, (1.0 - p) / 2], [-0.5, 0.5, 0.0]]))


@pytest.mark.parametrize("widths", WIDTHS)
@pytest.mark.parametrize("n", [1, 5])
def test_mlp_against_torch(rng, n, widths):
    x, params = rng.normal(size=(n, widths[0])), network(rng, widths)
    dout = rng.normal(size=(n, widths[-1]))
    start, leaves = leaf(x), [(leaf(w), leaf(b)) for w, b in params]
    theirs = start
    for w, b in leaves[:-1]:
        theirs = torch.relu(theirs @ w + b)
    theirs = theirs @ leaves[-1][0] + leaves[-1][1]
    theirs.backward(torch.tensor(dout))

    out, cache = mlp_forward(x, params)
    exact(out, theirs.detach().numpy())
    for _ in range(2):  # the cache survives its use
        dx, grads = mlp_backward(dout, cache)
        exact(dx, start.grad.numpy())
        for (dw, db), (w, b) in zip(grads, leaves, strict=True):
            exact(dw, w.grad.numpy())
            exact(db, b.grad.numpy())


def test_mlp_worked_by_hand():
    params = [
        (np.array([[1.0, -3.0], [1.0, 1.0]]), np.zeros(2)),
        (np.array([[2.0], [5.0]]), np.ones(1)),
    ]
    out, cache = mlp_forward(np.array([[1.0, 2.0]]), params)
    exact(out, np.array([[7.0]]))
    dx, ((dw1, db1), (dw2, db2)) = mlp_backward(np.array([[10.0]]), cache)
    exact(dx, np.array([[20.0, 20.0]]))
    exact(dw1, np.array([[20.0, 0.0], [40.0, 0.0]]))
    exact(db1, np.array([20.0, 0.0]))
    exact(dw2, np.array([[30.0], [0.0]]))
    exact(db2, np.array([10.0]))


def sigmoid(z):
    return 1.0 / (1.0 + math.exp(-z))


def mazur_by_scalars(w):
    """Loss and gradients of Mazur's eight weights w[0..7], one scalar at a time."""
    x1, x2, t1, t2 = 0.05, 0.10, 0.01, 0.99
    h1 = sigmoid(w[0] * x1 + w[1] * x2 + 0.35)
    h2 = sigmoid(w[2] * x1 + w[3] * x2 + 0.35)
    o1 = sigmoid(w[4] * h1 + w[5] * h2 + 0.60)
    o2 = sigmoid(w[6] * h1 + w[7] * h2 + 0.60)
    loss = 0.5 * (t1 - o1) ** 2 + 0.5 * (t2 - o2) ** 2
    d1, d2 = (o1 - t1) * o1 * (1 - o1), (o2 - t2) * o2 * (1 - o2)
    e1 = (d1 * w[4] + d2 * w[6]) * h1 * (1 - h1)
    e2 = (d1 * w[5] + d2 * w[7]) * h2 * (1 - h2)
    return loss, [e1 * x1, e1 * x2, e2 * x1, e2 * x2, d1 * h1, d1 * h2, d2 * h1, d2 * h2]


def mazur_by_layers(w):
    """The same with the reference's linear layer."""
    w1, w2 = np.array(w[:4]).reshape(2, 2).T, np.array(w[4:]).reshape(2, 2).T
    x, t = np.array([[0.05, 0.10]]), np.array([[0.01, 0.99]])
    z1, cache1 = linear_forward(x, w1, np.full(2, 0.35))
    h = 1.0 / (1.0 + np.exp(-z1))
    z2, cache2 = linear_forward(h, w2, np.full(2, 0.60))
    o = 1.0 / (1.0 + np.exp(-z2))
    dh, dw2, _ = linear_backward((o - t) * o * (1.0 - o), cache2)
    _, dw1, _ = linear_backward(dh * h * (1.0 - h), cache1)
    return float(np.sum((t - o) ** 2) / 2), [*dw1.T.ravel(), *dw2.T.ravel()]


@pytest.mark.parametrize("run", [mazur_by_scalars, mazur_by_layers])
def test_mazurs_network(run):
    weights = [0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55]
    loss, gradients = run(weights)
    assert loss == pytest.approx(0.298371109, abs=5e-10)
    # published: the gradients of w1 and w5, and the weights after one step with a rate of 0.5
    assert gradients[0] == pytest.approx(0.000438568, abs=5e-10)
    assert gradients[4] == pytest.approx(0.082167041, abs=5e-10)
    after = [w - 0.5 * g for w, g in zip(weights, gradients, strict=True)]
    published = [0.149780716, 0.19956143, 0.24975114, 0.29950229]
    published += [0.35891648, 0.408666186, 0.511301270, 0.561370121]
    np.testing.assert_allclose(after, published, rtol=0, atol=5e-9)
    assert run(after)[0] == pytest.approx(0.29102777369359933, abs=1e-14)


def test_mazurs_network_layers_and_scalars_agree():
    weights = [0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55]
    for _ in range(3):
        by_hand, by_layers = mazur_by_scalars(weights), mazur_by_layers(weights)
        assert by_layers[0] == pytest.approx(by_hand[0], abs=1e-15)
        np.testing.assert_allclose(by_layers[1], by_hand[1], rtol=1e-12, atol=1e-15)
        weights = [w - 0.5 * g for w, g in zip(weights, by_hand[1], strict=True)]


@pytest.mark.parametrize("shape", [(), (1,), (5,), (2, 3), (2, 1, 3), (0,), (2, 0)])
def test_numerical_gradient_against_torch(rng, shape):
    x, c = np.asarray(rng.normal(size=shape)), np.asarray(rng.normal(size=shape))
    before = x.copy()
    theirs = leaf(x)
    (torch.tensor(c) * torch.sin(theirs) * torch.exp(theirs)).sum().backward()
    grad = numerical_gradient(lambda v: float(np.sum(c * np.sin(v) * np.exp(v))), x)
    np.testing.assert_allclose(grad, theirs.grad.numpy(), rtol=0, atol=1e-8)
    assert grad.shape == shape
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("h", [1.0, 0.1])
def test_numerical_gradient_has_the_error_of_its_formula(rng, h):
    x = rng.normal(size=(3, 2))
    grad = numerical_gradient(lambda v: float(np.sum(v**3)), x, h)
    exact(grad, 3.0 * x**2 + h**2)
    grad = numerical_gradient(lambda v: float(np.sum(np.sin(v))), x, h)
    exact(grad, np.cos(x) * np.sin(h) / h)


def test_numerical_gradient_moves_one_entry_at_a_time():
    x, seen = np.array([[1.0, 2.0]]).T, []
    numerical_gradient(lambda v: seen.append(v - x) or 0.0, x, 0.5)
    moves = [[[0.5], [0.0]], [[-0.5], [0.0]], [[0.0], [0.5]], [[0.0], [-0.5]]]
    np.testing.assert_array_equal(seen, moves)


def test_gradient_check_tells_right_from_broken_for_every_array_of_a_network(rng):
    x, params, y = rng.normal(size=(6, 4)), network(rng, (4, 5, 5, 3)), np.array([0, 1, 2, 2, 1, 0])
    leaves = [(leaf(w), leaf(b)) for w, b in params]
    out = torch.tensor(x)
    for w, b in leaves[:-1]:
        out = torch.relu(out @ w + b)
    out = out @ leaves[-1][0] + leaves[-1][1]
    functional.cross_entropy(out, torch.tensor(y)).backward()

    for i, pair in enumerate(params):
        for part in (0, 1):

            def loss(value, i=i, part=part):
                changed = [list(p) for p in params]
                changed[i][part] = value
                return softmax_cross_entropy(mlp_forward(x, changed)[0], y)[0]

            right = leaves[i][part].grad.numpy()
            assert gradient_check(loss, pair[part], right) < 1e-7
            for wrong in (right / 6, -right, 1.01 * right, np.roll(right, 1)):
                assert gradient_check(loss, pair[part], wrong) > 1e-3


@pytest.mark.parametrize("scale", [1e-200, 1e-12, 1.0, -1.0, 1e12, 1e200])
def test_gradient_check_of_any_scale(scale):
    def f(v):
        return scale * float(v @ v)

    x = np.array([1.0, 2.0])
    assert gradient_check(f, x, scale * np.array([2.0, 4.0])) < 1e-9
    assert gradient_check(f, x, scale * np.array([2.0, 5.0])) == pytest.approx(0.2, rel=1e-8)
    assert gradient_check(f, x, scale * np.array([-2.0, -4.0])) == pytest.approx(2.0, rel=1e-8)


def test_gradient_check_floor_worked_by_hand():
    x = np.array([3.0])
    # the floor is 1e-9 * 7 / 1e-5 = 7e-4 and then 1e-9 * 7 / 1e-2 = 7e-7
    assert gradient_check(lambda v: -7.0, x, np.array([3.5e-4])) == pytest.approx(0.5)
    assert gradient_check(lambda v: -7.0, x, np.array([3.5e-7]), 1e-2) == pytest.approx(0.5)
    assert gradient_check(lambda v: 7.0, x, np.array([0.0])) == 0.0
    assert gradient_check(lambda v: 0.0, x, np.array([0.0])) == 0.0
    assert gradient_check(lambda v: 0.0, x, np.array([1e-300])) == 1.0


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_gradient_check_lets_nothing_pass_that_is_no_number(bad):
    x = np.array([1.0, 2.0])
    assert gradient_check(lambda v: float(v @ v), x, np.array([2.0, bad])) == math.inf
    assert gradient_check(lambda v: bad, x, np.zeros(2)) == math.inf


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3), (1, 3), (3, 1), (6,), (3, 2)])
def test_gradient_check_refuses_other_shapes(shape):
    x = np.ones((2, 3)) if shape != (2, 3) else np.ones((3, 2))
    with pytest.raises(ValueError, match="shape"):
        gradient_check(lambda v: float(np.sum(v)), x, np.ones(shape))


@pytest.mark.parametrize("shape", [(), (0,), (3, 0), (2, 1, 3)])
def test_gradient_check_of_any_shape(rng, shape):
    x = np.asarray(rng.normal(size=shape))
    assert gradient_check(lambda v: float(np.sum(v**2)), x, np.asarray(2.0 * x)) < 1e-8


def test_arguments_stay_as_they_are_and_need_not_be_contiguous(rng):
    x, params = rng.normal(size=(6, 4)), network(rng, (4, 5, 3))
    y, dout = np.array([0, 2, 1, 1, 0, 2]), rng.normal(size=(6, 3))
    out, cache = mlp_forward(x, params)
    dx, grads = mlp_backward(dout, cache)
    spaced = np.repeat(x, 2, axis=-1)[..., ::2]
    spaced_params = [tuple(np.repeat(a, 2, axis=-1)[..., ::2] for a in pair) for pair in params]
    spaced_dout = dout.T.copy().T
    again, cache = mlp_forward(spaced, spaced_params)
    exact(again, out)
    again, more = mlp_backward(spaced_dout, cache)
    exact(again, dx)
    for mine, theirs in zip(more, grads, strict=True):
        exact(mine[0], theirs[0])
        exact(mine[1], theirs[1])
    kept = out.copy()
    softmax_cross_entropy(out, y)
    np.testing.assert_array_equal(out, kept)
    np.testing.assert_array_equal(spaced, x)
    np.testing.assert_array_equal(spaced_dout, dout)
    for mine, theirs in zip(spaced_params, params, strict=True):
        np.testing.assert_array_equal(mine[0], theirs[0])
        np.testing.assert_array_equal(mine[1], theirs[1])
