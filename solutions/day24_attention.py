"""Day 24: attention, from a weighted average of neighbours to several heads that look at once.

A query is compared with every key, a softmax turns the scores into weights, and the result is the
weighted mean of the values. Kernel regression is due to Nadaraya and to Watson (both 1964), the
additive score to Bahdanau, Cho and Bengio (2015), the multiplicative one to Luong, Pham and Manning
(2015), the scaled one and the heads to Vaswani et al., "Attention is all you need" (2017).

Batches are (N, T, D). A mask is boolean, and True says that a query may look at a key.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import nn


def kernel_attention(
    queries: np.ndarray, keys: np.ndarray, values: np.ndarray, bandwidth: float
) -> tuple[np.ndarray, np.ndarray]:
    """Nadaraya-Watson kernel regression: each query gets a mean of the values, near keys first.

    weights[i, j] = g(i, j) / sum over all keys l of g(i, l), with the Gaussian kernel
    g(i, j) = exp(-|queries[i] - keys[j]|^2 / (2 * bandwidth^2)), and out = weights @ values.
    |.| is the Euclidean length over the d coordinates.

    queries: (Q, d) float64
    keys: (K, d) float64, K at least 1
    values: (K, dv) float64
    bandwidth: a float above 0
    returns: (out, weights), shapes (Q, dv) and (Q, K), float64; every row of weights sums to 1

    A query may be so far from all keys that every g is 0 in floating point (no distance exceeds
    10,000 bandwidths). The weights are still those of the formula: the nearest key gets nearly all,
    or the nearest ones where several are about equally near. Arguments come back unchanged.

    >>> out, weights = kernel_attention(
    ...     np.array([[0.5]]), np.array([[0.0], [1.0]]), np.array([[10.0], [30.0]]), 2.0
    ... )
    >>> weights, out
    (array([[0.5, 0.5]]), array([[20.]]))
    """
    ### BEGIN SOLUTION
    distances = np.sum((queries[:, None] - keys) ** 2, axis=2)
    scores = -distances / (2 * bandwidth**2)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights @ values, weights
    ### END SOLUTION


def softmax_where(scores: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
    """Softmax over the last axis, in which only the entries take part that `mask` allows.

    scores: (..., K) float64, with any number of axes before the last, K at least 1
    mask: bool, of any shape that broadcasts to that of scores; True takes part, False does not.
        None lets everything take part.
    returns: the shape of scores, float64

    Where the mask is False the result is exactly 0, and the rest of each row is the softmax of
    what is left. A row in which nothing is left is all zeros (not NaN, and not uniform). Scores
    that take part lie between -10,000 and 10,000; those that do not may be any number of up to
    1e30, and have no influence on the result. scores and mask come back unchanged.

    >>> softmax_where(np.array([[7.0, 7.0, 900.0]]), np.array([[True, True, False]]))
    array([[0.5, 0.5, 0. ]])
    """
    ### BEGIN SOLUTION
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    # In a row without any key the peak is -inf, and -inf - (-inf) would be NaN.
    peak = np.nan_to_num(scores.max(axis=-1, keepdims=True))
    weights: np.ndarray = np.exp(scores - peak)
    # The peak itself gives exp(0), so the sum is at least 1, or 0 where there is no key.
    weights /= np.maximum(weights.sum(axis=-1, keepdims=True), 1.0)
    return weights
    ### END SOLUTION


def masked_softmax(scores: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Softmax over the keys of a padded batch: only the first keys of each row are real.

    scores: (N, Q, K) float64
    lengths: an array of integers from 0 to K, of any integer dtype and of shape (N,) or (N, Q)
        (N,): in sequence n every query sees the keys 0, ..., lengths[n] - 1
        (N, Q): query i of sequence n sees the keys 0, ..., lengths[n, i] - 1
    returns: (N, Q, K) float64

    All other keys get exactly 0, and a row of length 0 is all zeros. As in `softmax_where`, scores
    of padding may be any number of up to 1e30, and the arguments come back unchanged.
    """
    ### BEGIN SOLUTION
    batch, _, keys = scores.shape
    return softmax_where(scores, np.arange(keys) < lengths.reshape(batch, -1, 1))
    ### END SOLUTION


def additive_scores(
    queries: np.ndarray, keys: np.ndarray, w_q: np.ndarray, w_k: np.ndarray, v: np.ndarray
) -> np.ndarray:
    """Bahdanau's score of every query against every key: a network with one hidden layer.

    scores[n, i, j] = v . tanh(queries[n, i] @ w_q + keys[n, j] @ w_k)

    queries: (N, Q, dq) float64
    keys: (N, K, dk) float64; dq and dk may differ
    w_q: (dq, h), w_k: (dk, h), v: (h,), all float64
    returns: (N, Q, K) float64, neither scaled nor masked nor put through a softmax

    Arguments come back unchanged.
    """
    ### BEGIN SOLUTION
    hidden = np.tanh((queries @ w_q)[:, :, None] + (keys @ w_k)[:, None])
    scores: np.ndarray = hidden @ v
    return scores
    ### END SOLUTION


def multiplicative_scores(queries: np.ndarray, keys: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Luong's general score of every query against every key: a dot product through a matrix.

    scores[n, i, j] = queries[n, i] @ w @ keys[n, j]

    queries: (N, Q, dq) float64
    keys: (N, K, dk) float64; dq and dk may differ
    w: (dq, dk) float64
    returns: (N, Q, K) float64, neither scaled nor masked nor put through a softmax

    Arguments come back unchanged.
    """
    ### BEGIN SOLUTION
    scores: np.ndarray = queries @ w @ keys.transpose(0, 2, 1)
    return scores
    ### END SOLUTION


def scaled_dot_product_attention(
    q: np.ndarray, k: np.ndarray, v: np.ndarray, mask: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """softmax(q k^T / sqrt(d)) v: every query's mean of the values, weighted by its scores.

    q: (..., Q, d) float64
    k: (..., K, d) float64
    v: (..., K, dv) float64; the axes before the last two are those of q, and there may be none
    mask: bool, of any shape that broadcasts to (..., Q, K); True: the query may look at the key.
        None lets every query look at every key.
    returns: (out, weights), shapes (..., Q, dv) and (..., Q, K), float64

    The softmax is over the keys. Weights of masked keys are exactly 0; for a query that may look
    at no key, all its weights and its row of out are 0. Masked keys and their values may hold any
    numbers of up to 1e30, which have no influence on the result. Arguments come back unchanged.

    >>> q, k = np.array([[0.0, 0.0]]), np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> v, mask = np.array([[10.0], [20.0], [90.0]]), np.array([[True, True, False]])
    >>> scaled_dot_product_attention(q, k, v, mask)
    (array([[15.]]), array([[0.5, 0.5, 0. ]]))
    """
    ### BEGIN SOLUTION
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    weights = softmax_where(scores, mask)
    return weights @ v, weights
    ### END SOLUTION


def attention_backward(
    dout: np.ndarray, q: np.ndarray, k: np.ndarray, v: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of a scalar loss L with respect to q, k and v of `scaled_dot_product_attention`.

    dout: (..., Q, dv) float64, dL/dout
    q, k, v: what the forward pass was called with: (..., Q, d), (..., K, d), (..., K, dv)
    weights: (..., Q, K), what it returned beside out
    returns: (dq, dk, dv) with the shapes of q, k and v, float64

    L depends on q, k and v through out alone. No mask is needed here: a masked key has the weight
    0 already, and so the gradients of a masked key and of its value, and of a query which may look
    at no key, are 0. As in the forward pass, masked keys and values may hold any numbers of up to
    1e30. Arguments come back unchanged.
    """
    ### BEGIN SOLUTION
    dv = np.swapaxes(weights, -1, -2) @ dout
    dweights = dout @ np.swapaxes(v, -1, -2)
    mean = np.sum(weights * dweights, axis=-1, keepdims=True)
    dscores = weights * (dweights - mean) / np.sqrt(q.shape[-1])
    return dscores @ k, np.swapaxes(dscores, -1, -2) @ q, dv
    ### END SOLUTION


class MultiHeadAttention(nn.Module):
    """Several scaled dot-product attentions side by side, each on its own part of the features.

    d_model: number of features of the queries, of the keys, of the values and of the output
    num_heads: number of heads, at least 1; each works on d_head = d_model / num_heads features.
        ValueError where d_model is not divisible by num_heads.

    The weights are four layers nn.Linear(d_model, d_model), with bias, made in this order: for the
    queries, for the keys, for the values, for the output. There are no other parameters or buffers,
    and there is no dropout. Names and starting state of the layers are up to you.
    """

    def __init__(self, d_model: int, num_heads: int) -> None:
        super().__init__()
        ### BEGIN SOLUTION
        if d_model % num_heads != 0:
            raise ValueError(f"{d_model} features cannot be split among {num_heads} heads")
        self.num_heads = num_heads
        self.to_q = nn.Linear(d_model, d_model)
        self.to_k = nn.Linear(d_model, d_model)
        self.to_v = nn.Linear(d_model, d_model)
        self.to_out = nn.Linear(d_model, d_model)
        ### END SOLUTION

    def forward(
        self,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        mask: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Project, split into heads, attend in each, join the heads, project.

        query: (N, Q, d_model), key: (N, K, d_model), value: (N, K, d_model); Q and K may differ.
            float32 or float64, whichever the weights have
        mask: bool, of any shape that broadcasts to (N, num_heads, Q, K); True: the query may look
            at the key. None lets every query look at every key.
        returns: (out, weights), shapes (N, Q, d_model) and (N, num_heads, Q, K), one map of
            weights for each head

        Head h has the features h * d_head, ..., (h + 1) * d_head - 1 of the projected queries,
        keys and values, and puts its result at the same places of the joined heads. Scores are
        divided by sqrt(d_head). Weights of masked keys are exactly 0; for a query that may look at
        no key they are all 0, so that its row of out is the bias of the output layer. What masked
        keys and values hold, numbers of up to 1e30, has no influence, nor on gradients. These flow
        through out and weights to every layer that they depend on, and are finite. Arguments come
        back unchanged.
        """
        ### BEGIN SOLUTION
        q, k, v = (
            project(x).unflatten(2, (self.num_heads, -1)).transpose(1, 2)
            for project, x in ((self.to_q, query), (self.to_k, key), (self.to_v, value))
        )
        scores = q @ k.transpose(2, 3) / q.shape[3] ** 0.5
        allowed = torch.tensor(True) if mask is None else mask
        # A finite fill: the gradient of a softmax over nothing but -inf would be NaN.
        scores = scores.masked_fill(~allowed, torch.finfo(scores.dtype).min)
        weights = scores.softmax(dim=3) * allowed
        return self.to_out((weights @ v).transpose(1, 2).flatten(2)), weights
        ### END SOLUTION
