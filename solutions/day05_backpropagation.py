"""Day 05: backpropagation, layer by layer, and the finite differences that check it.

Every layer is a pair: a forward function that returns its output and a cache, and a backward
function that turns the gradient of its output into the gradients of its inputs. The method is that
of Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors" (1986);
the best step for a difference quotient follows Press et al., "Numerical Recipes", section 5.7.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def linear_forward(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, Any]:
    """Linear layer: every output is a weighted sum of all inputs, plus a bias.

    out[i, k] = sum over j of x[i, j] * w[j, k], plus b[k]

    x: (n, d) float64, one example per row
    w: (d, m) float64, one column per output
    b: (m,) float64
    returns: (out, cache)
        out: (n, m) float64
        cache: whatever your `linear_backward` needs, of any type; only it looks inside (the
            reference keeps the tuple (x, w)). Several layers may run forward before the first runs
            backward: keep nothing elsewhere. Nobody changes the arrays in the cache in between, so
            it may hold x and w themselves.

    x, w and b come back unchanged.

    >>> out, cache = linear_forward(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]), np.ones(1))
    >>> out
    array([[12.]])
    """
    ### BEGIN SOLUTION
    return x @ w + b, (x, w)
    ### END SOLUTION


def linear_backward(dout: np.ndarray, cache: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of a scalar loss L with respect to the three inputs of `linear_forward`.

    dout: (n, m) float64, dL/dout
    cache: what your `linear_forward` returned beside `out`
    returns: (dx, dw, db) with the shapes of x (n, d), w (d, m) and b (m,), all float64

    dw and db are sums over the n examples, not means: if L is a mean, its 1/n is in dout already.
    dout and the cache come back unchanged, so that a second call gives the same gradients.
    """
    ### BEGIN SOLUTION
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)
    ### END SOLUTION


def relu_forward(x: np.ndarray) -> tuple[np.ndarray, Any]:
    """Rectified linear unit: max(x, 0), entry by entry.

    x: float64 array of any shape, (n, m) behind a linear layer
    returns: (out, cache)
        out: float64, the shape of x
        cache: whatever your `relu_backward` needs, of any type; only it looks inside

    x comes back unchanged.

    >>> relu_forward(np.array([-2.0, 0.0, 3.0]))[0]
    array([0., 0., 3.])
    """
    ### BEGIN SOLUTION
    return np.maximum(x, 0.0), x
    ### END SOLUTION


def relu_backward(dout: np.ndarray, cache: Any) -> np.ndarray:
    """Gradient of a scalar loss L with respect to the input of `relu_forward`.

    dout: dL/dout, float64, the shape of x, (n, m) behind a linear layer
    cache: what your `relu_forward` returned beside `out`
    returns: dx, float64, the shape of x

    The slope of relu is 1 where x > 0 and 0 where x < 0. At exactly 0 there is none; we take 0, as
    torch does. dout and the cache come back unchanged.
    """
    ### BEGIN SOLUTION
    dx: np.ndarray = dout * (cache > 0)
    return dx
    ### END SOLUTION


def softmax_cross_entropy(logits: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of softmax(logits) with the right classes, and its gradient.

    p[i, k] = exp(logits[i, k]) / sum over j of exp(logits[i, j])
    loss = mean over i of -log p[i, y[i]]

    logits: (n, c) float64 with n and c at least 1. They may be large: one row near +1000 and
        another near -1000 in the same batch give full precision, without overflow or NaN. A class
        may be so improbable that its p is 0 in float64; the loss is a finite number all the same,
        and a large one (do not clip, and add no epsilon).
    y: (n,) integers of any integer dtype, 0 <= y[i] < c
    returns: (loss, dlogits)
        loss: a number (float, numpy float or 0-d array), the mean over the batch
        dlogits: (n, c) float64, the gradient of that mean

    logits and y come back unchanged.

    >>> loss, dlogits = softmax_cross_entropy(np.array([[0.0, 0.0]]), np.array([1]))
    >>> round(float(loss), 4), dlogits
    (0.6931, array([[ 0.5, -0.5]]))
    """
    ### BEGIN SOLUTION
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    picked = np.arange(len(y)), y
    dlogits = np.exp(log_p)
    dlogits[picked] -= 1.0
    return float(-log_p[picked].mean()), dlogits / len(y)
    ### END SOLUTION


def mlp_forward(
    x: np.ndarray, params: list[tuple[np.ndarray, np.ndarray]]
) -> tuple[np.ndarray, Any]:
    """Multilayer perceptron: linear layers with a relu after each of them but the last.

    x: (n, d) float64
    params: a list of one or more pairs (w, b), from the input to the output; w is (d_in, d_out)
        and b (d_out,), float64, and each d_in is the d_out of the pair before. One pair is a
        linear layer alone.
    returns: (out, cache)
        out: (n, d_out of the last pair) float64, the logits: no relu and no softmax on them
        cache: whatever your `mlp_backward` needs, of any type; only it looks inside. Nobody
            changes x or params, list or arrays, before the backward pass is over.

    x and params come back unchanged.
    """
    ### BEGIN SOLUTION
    out, caches = x, []
    for w, b in params[:-1]:
        out, linear = linear_forward(out, w, b)
        out, relu = relu_forward(out)
        caches.append((linear, relu))
    out, linear = linear_forward(out, *params[-1])
    return out, (caches, linear)
    ### END SOLUTION


def mlp_backward(
    dout: np.ndarray, cache: Any
) -> tuple[np.ndarray, list[tuple[np.ndarray, np.ndarray]]]:
    """Gradients of a scalar loss L with respect to all inputs of `mlp_forward`.

    dout: dL/dout, float64, the shape of out
    cache: what your `mlp_forward` returned beside `out`
    returns: (dx, grads)
        dx: (n, d) float64, the gradient of the network's input x
        grads: a list with one pair (dw, db) for each pair (w, b) of params, in the same order
            (from the input to the output), float64, with the shapes of w and b

    dout and the cache come back unchanged, so that a second call gives the same gradients.
    """
    ### BEGIN SOLUTION
    caches, linear = cache
    dx, dw, db = linear_backward(dout, linear)
    grads = [(dw, db)]
    for linear, relu in caches[::-1]:
        dx, dw, db = linear_backward(relu_backward(dx, relu), linear)
        grads.append((dw, db))
    return dx, grads[::-1]
    ### END SOLUTION


def numerical_gradient(
    f: Callable[[np.ndarray], float], x: np.ndarray, h: float = 1e-5
) -> np.ndarray:
    """Gradient of f at x by central differences, one entry at a time.

    grad[i] = (f(x with h added to entry i) - f(x with h taken from entry i)) / (2 * h)

    and no other formula: with a large h its error is part of the answer.

    f: takes a float64 array of x's shape (for a 0-d x a float will do), returns a float, and does
        not change its argument; call it as often as you like, at x itself or an empty x too
    x: float64 array of any shape, (d, m) or whatever it may be, (), (0,) and (3, 0) included;
        it need not be contiguous
    h: the step, above 0
    returns: float64 array of x's shape (for a 0-d x a float is fine as well)

    You may write into x on the way, but it comes back exactly as it was, to the last bit.

    >>> numerical_gradient(lambda v: float(v[0] * v[1]), np.array([3.0, 7.0])).round(6)
    array([7., 3.])
    """
    ### BEGIN SOLUTION
    grad = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h
        below[index] -= h
        grad[index] = (f(above) - f(below)) / (2 * h)
    return grad
    ### END SOLUTION


def gradient_check(
    f: Callable[[np.ndarray], float], x: np.ndarray, grad: np.ndarray, h: float = 1e-5
) -> float:
    """How far `grad` is from the numerical gradient of f at x, as a relative error.

    error = max|grad - numeric| / max(max|grad|, max|numeric|, floor)

    numeric = `numerical_gradient(f, x, h)`; each inner max runs over all entries; and

    floor = 1e-9 * |f(x)| / h

    is the size below which the rounding of f drowns the difference quotient. Below about 1e-6 the
    gradient is right, for a smooth f and the default h; a mistake usually gives 0.01 or more.

    f, x, h: as in `numerical_gradient`
    grad: float64 array, the gradient to be checked
    returns: a number (float, numpy float or 0-d array), at least 0
        0.0 when there is no difference at all, even if all three sizes are 0, or x has size 0
        infinity when grad or numeric holds NaN or infinity: such a gradient must never pass (f(x)
            itself is finite whenever numeric is)

    Raises ValueError when grad has not exactly the shape of x: nothing is broadcast. x and grad
    come back unchanged.

    >>> error = gradient_check(lambda v: float(v @ v), np.array([1.0, 2.0]), np.array([2.0, 5.0]))
    >>> round(float(error), 6)  # the second entry should be 4, and 1 / 5 is 0.2
    0.2
    """
    ### BEGIN SOLUTION
    if grad.shape != x.shape:
        raise ValueError(f"the gradient has shape {grad.shape}, and x has {x.shape}")
    numeric = numerical_gradient(f, x, h)
    difference = float(np.max(np.abs(grad - numeric), initial=0.0))
    if not np.isfinite(difference):
        return np.inf
    if difference == 0:
        return 0.0
    floor = 1e-9 * abs(f(x)) / h
    return difference / max(float(np.max(np.abs(grad))), float(np.max(np.abs(numeric))), floor)
    ### END SOLUTION
