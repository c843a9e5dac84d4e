"""The reference of day 24 against torch, brute force, finite differences and hand work."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from solutions.day24_attention import (
    MultiHeadAttention,
    additive_scores,
    attention_backward,
    kernel_attention,
    masked_softmax,
    multiplicative_scores,
    scaled_dot_product_attention,
    softmax_where,
)

# axes before the last two, Q, K, d, dv
SIZES = [
    ((2,), 3, 5, 6, 4),
    ((), 4, 2, 3, 5),
    ((2, 3), 4, 5, 2, 7),
    ((1,), 1, 6, 4, 1),
    ((3,), 5, 1, 1, 2),
]


@pytest.fixture
def rng():
    return np.random.default_rng(24)


def exact(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-12, strict=True)


def heads(rng, lead, queries, keys, d, dv):
    shapes = (*lead, queries, d), (*lead, keys, d), (*lead, keys, dv)
    return [rng.normal(size=shape) for shape in shapes]


def some_of(rng, shape):
    """A mask with about half of the keys of every row, and at least one."""
    mask = rng.random(shape) < 0.5
    mask[..., rng.integers(shape[-1])] = True
    return mask


# kernel_attention


@pytest.mark.parametrize("bandwidth", [0.4, 1.0, 3.0])
@pytest.mark.parametrize(("queries", "keys", "d", "dv"), [(5, 7, 3, 2), (1, 4, 1, 1), (3, 1, 2, 4)])
def test_kernel_attention_is_the_formula(rng, queries, keys, d, dv, bandwidth):
    q, k, v = rng.normal(size=(queries, d)), rng.normal(size=(keys, d)), rng.normal(size=(keys, dv))
    out, weights = kernel_attention(q, k, v, bandwidth)
    for i in range(queries):
        g = [math.exp(-(math.dist(q[i], key) ** 2) / (2 * bandwidth**2)) for key in k]
        exact(weights[i], np.array(g) / sum(g))
        exact(out[i], sum(share * value for share, value in zip(g, v, strict=True)) / sum(g))


def test_kernel_attention_worked_by_hand():
    out, weights = kernel_attention(
        np.array([[0.0]]), np.array([[0.0], [2.0]]), np.array([[10.0], [30.0]]), 1.0
    )
    share = 1 / (1 + math.exp(-2))
    exact(weights, np.array([[share, 1 - share]]))
    exact(out, np.array([[10 * share + 30 * (1 - share)]]))


def test_kernel_attention_far_from_every_key():
    # Squared distances 1000^2 and 999^2 differ by 1999, and exp(-1999 / 2) is 0.
    out, weights = kernel_attention(np.array([[1000.0]]), np.array([[0.0], [1.0]]), np.eye(2), 1.0)
    exact(weights, np.array([[0.0, 1.0]]))
    exact(out, weights)


# softmax_where and masked_softmax


@pytest.mark.parametrize("shape", [(6,), (4, 5), (2, 3, 4), (2, 3, 4, 5), (3, 1)])
def test_softmax_against_torch(rng, shape):
    for scores in (rng.normal(size=shape), 1000.0 * rng.choice([-1.0, 1.0], size=shape)):
        exact(softmax_where(scores), torch.softmax(torch.tensor(scores), dim=-1).numpy())


@pytest.mark.parametrize("shape", [(4, 6), (2, 3, 5)])
def test_masked_entries_are_left_out(rng, shape):
    scores, mask = rng.normal(size=shape), some_of(rng, shape)
    mask[0] = False
    weights = softmax_where(np.where(mask, scores, 1e30), mask)
    for index in np.ndindex(shape[:-1]):
        seen = np.flatnonzero(mask[index])
        expected = np.zeros(shape[-1])
        expected[seen] = [
            1 / sum(math.exp(scores[index][m] - scores[index][j]) for m in seen) for j in seen
        ]
        exact(weights[index], expected)


def test_masks_broadcast_as_numpy_has_it(rng):
    scores = rng.normal(size=(2, 3, 4, 5))
    for shape in ((5,), (4, 5), (2, 1, 1, 5), (3, 1, 5)):
        mask = some_of(rng, shape)
        hidden = torch.tensor(np.where(np.broadcast_to(mask, scores.shape), scores, -np.inf))
        exact(softmax_where(scores, mask), torch.softmax(hidden, dim=-1).numpy())


def test_lengths_against_torch(rng):
    scores = rng.normal(size=(3, 2, 5))
    for lengths in (np.array([5, 1, 3]), np.array([[5, 2], [1, 1], [4, 3]])):
        hidden = torch.tensor(scores)
        for n, i in np.ndindex(3, 2):
            hidden[n, i, lengths[n] if lengths.ndim == 1 else lengths[n, i] :] = -torch.inf
        exact(masked_softmax(scores, lengths), torch.softmax(hidden, dim=-1).numpy())


def test_length_zero_gives_zeros(rng):
    scores = rng.normal(size=(2, 2, 3))
    weights = masked_softmax(scores, np.array([0, 3]))
    exact(weights[0], np.zeros((2, 3)))
    exact(weights[1], softmax_where(scores[1]))
    exact(masked_softmax(scores, np.array([[0, 1], [0, 0]]))[1], np.zeros((2, 3)))


# additive_scores and multiplicative_scores


@pytest.mark.parametrize("sizes", [(2, 3, 5, 4, 6, 7), (1, 1, 1, 1, 1, 1), (4, 4, 4, 4, 4, 4)])
def test_additive_scores_pair_by_pair(rng, sizes):
    n, queries, keys, dq, dk, h = sizes
    q, k = rng.normal(size=(n, queries, dq)), rng.normal(size=(n, keys, dk))
    w_q, w_k, v = rng.normal(size=(dq, h)), rng.normal(size=(dk, h)), rng.normal(size=h)
    scores = additive_scores(q, k, w_q, w_k, v)
    assert scores.shape == (n, queries, keys)
    for b, i, j in np.ndindex(scores.shape):
        expected = sum(
            v[unit]
            * math.tanh(
                sum(q[b, i, a] * w_q[a, unit] for a in range(dq))
                + sum(k[b, j, a] * w_k[a, unit] for a in range(dk))
            )
            for unit in range(h)
        )
        assert scores[b, i, j] == pytest.approx(expected, rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("sizes", [(2, 3, 5, 4, 6), (1, 1, 1, 1, 1), (4, 4, 4, 4, 4)])
def test_multiplicative_scores_against_bilinear(rng, sizes):
    n, queries, keys, dq, dk = sizes
    q, k = rng.normal(size=(n, queries, dq)), rng.normal(size=(n, keys, dk))
    w = rng.normal(size=(dq, dk))
    every_q = np.repeat(q[:, :, None], keys, axis=2)
    every_k = np.repeat(k[:, None], queries, axis=1)
    expected = functional.bilinear(*map(torch.tensor, (every_q, every_k, w[None])))
    exact(multiplicative_scores(q, k, w), expected[..., 0].numpy())


def test_scores_worked_by_hand():
    one = np.ones((1, 1, 1))
    additive = additive_scores(one, 2 * one, one[0], -one[0], 10 * one[0, 0])
    exact(additive, 10 * math.tanh(-1) * one)
    q, k = np.array([[[1.0, 2.0]]]), np.array([[[3.0, 1.0]]])
    exact(multiplicative_scores(q, k, np.diag([1.0, 10.0])), 23 * one)


# scaled_dot_product_attention and attention_backward


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("sizes", SIZES)
def test_attention_and_its_gradients_against_torch(rng, sizes, masked):
    q, k, v = heads(rng, *sizes)
    mask = some_of(rng, (*sizes[0], sizes[1], sizes[2])) if masked else None
    leaves = [torch.tensor(part, requires_grad=True) for part in (q, k, v)]
    theirs = functional.scaled_dot_product_attention(
        *leaves, attn_mask=None if mask is None else torch.tensor(mask)
    )
    dout = rng.normal(size=theirs.shape)
    theirs.backward(torch.tensor(dout))

    out, weights = scaled_dot_product_attention(q, k, v, mask)
    exact(out, theirs.detach().numpy())
    exact(weights.sum(axis=-1), np.ones(weights.shape[:-1]))
    for mine, leaf in zip(attention_backward(dout, q, k, v, weights), leaves, strict=True):
        exact(mine, leaf.grad.numpy())


def test_attention_returns_the_weights_that_it_used(rng):
    q, k, v = heads(rng, (2,), 3, 5, 6, 4)
    mask = np.tril(np.ones((3, 5), dtype=bool), k=1)
    out, weights = scaled_dot_product_attention(q, k, v, mask)
    for n, i in np.ndindex(2, 3):
        g = [math.exp(q[n, i] @ k[n, j] / math.sqrt(6)) * mask[i, j] for j in range(5)]
        exact(weights[n, i], np.array(g) / sum(g))
        exact(out[n, i], weights[n, i] @ v[n])


def test_query_that_sees_nothing_and_hidden_keys(rng):
    q, k, v = heads(rng, (2,), 3, 5, 6, 4)
    mask = np.ones((2, 3, 5), dtype=bool)
    mask[..., 3:] = mask[1, 2] = False
    out, weights = scaled_dot_product_attention(q, k, v, mask)
    dout = rng.normal(size=out.shape)
    gradients = attention_backward(dout, q, k, v, weights)
    exact(out[1, 2], np.zeros(4))
    exact(weights[1, 2], np.zeros(5))
    exact(gradients[0][1, 2], np.zeros(6))

    k[:, 3:], v[:, 3:] = 1e30, -1e30
    for again, before in zip(
        scaled_dot_product_attention(q, k, v, mask), (out, weights), strict=True
    ):
        exact(again, before)
    for again, before in zip(attention_backward(dout, q, k, v, weights), gradients, strict=True):
        exact(again, before)
    exact(gradients[1][:, 3:], np.zeros((2, 2, 6)))
    exact(gradients[2][:, 3:], np.zeros((2, 2, 4)))


def test_extreme_scores_pick_one_value():
    q = np.array([[1000.0], [-1000.0]])
    out, weights = scaled_dot_product_attention(
        q, np.array([[1.0], [-1.0]]), np.array([[3.0], [5.0]])
    )
    exact(weights, np.eye(2))
    exact(out, np.array([[3.0], [5.0]]))


def test_gradients_worked_by_hand():
    q, v = np.array([[2.0, 0, 0, 0]]), np.array([[8.0], [4.0]])
    k = np.array([[math.log(3), 0, 0, 0], [0, 0, 0, 0]])
    out, weights = scaled_dot_product_attention(q, k, v)
    exact(weights, np.array([[0.75, 0.25]]))
    exact(out, np.array([[7.0]]))
    dq, dk, dv = attention_backward(np.ones((1, 1)), q, k, v, weights)
    exact(dv, np.array([[0.75], [0.25]]))
    exact(dq, np.array([[0.375 * math.log(3), 0, 0, 0]]))
    exact(dk, np.array([[0.75, 0, 0, 0], [-0.75, 0, 0, 0]]))


@pytest.mark.parametrize("masked", [False, True])
def test_gradients_against_finite_differences(rng, masked):
    inputs = heads(rng, (2,), 3, 4, 2, 5)
    mask = some_of(rng, (3, 4)) if masked else None
    out, weights = scaled_dot_product_attention(*inputs, mask)
    dout = rng.normal(size=out.shape)
    for gradient, values in zip(attention_backward(dout, *inputs, weights), inputs, strict=True):
        for index in np.ndindex(values.shape):
            centre, losses = values[index], []
            for step in (1e-5, -1e-5):
                values[index] = centre + step
                losses.append((scaled_dot_product_attention(*inputs, mask)[0] * dout).sum())
            values[index] = centre
            slope = (losses[0] - losses[1]) / 2e-5
            np.testing.assert_allclose(gradient[index], slope, rtol=1e-6, atol=1e-8)


# MultiHeadAttention


def with_weights_of(theirs, d_model, num_heads):
    """Ours with the weights of torch's layer, which keeps queries, keys and values in one."""
    mine = MultiHeadAttention(d_model, num_heads).double()
    tensors = [
        *zip(theirs.in_proj_weight.chunk(3), theirs.in_proj_bias.chunk(3), strict=True),
        (theirs.out_proj.weight, theirs.out_proj.bias),
    ]
    flat = [tensor for pair in tensors for tensor in pair]
    with torch.no_grad():
        for parameter, tensor in zip(mine.parameters(), flat, strict=True):
            parameter.copy_(tensor)
    return mine


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(("d_model", "num_heads"), [(12, 3), (10, 5), (6, 1), (4, 4), (9, 3)])
def test_heads_against_torch(d_model, num_heads, masked):
    torch.manual_seed(24)
    theirs = nn.MultiheadAttention(d_model, num_heads, batch_first=True).double()
    for bias in (theirs.in_proj_bias, theirs.out_proj.bias):
        nn.init.normal_(bias)
    mine = with_weights_of(theirs, d_model, num_heads)
    query, key, value = (torch.randn(2, t, d_model, dtype=torch.float64) for t in (4, 5, 5))
    mask = (torch.rand(2, 1, 1, 5) < 0.6) if masked else None
    if masked:
        mask[..., 2] = True
    # Theirs is True where a key is hidden.
    hidden = None if mask is None else ~mask[:, 0, 0]
    expected = theirs(query, key, value, key_padding_mask=hidden, average_attn_weights=False)
    got = mine(query, key, value, mask)
    for tensor, right in zip(got, expected, strict=True):
        exact(tensor.detach().numpy(), right.detach().numpy())

    upstream = [torch.randn_like(part) for part in expected]
    torch.autograd.backward(expected, upstream)
    torch.autograd.backward(got, upstream)
    gradients = [
        *theirs.in_proj_weight.grad.chunk(3),
        *theirs.in_proj_bias.grad.chunk(3),
        theirs.out_proj.weight.grad,
        theirs.out_proj.bias.grad,
    ]
    layers = mine.to_q, mine.to_k, mine.to_v
    ours = [layer.weight.grad for layer in layers] + [layer.bias.grad for layer in layers]
    ours += [mine.to_out.weight.grad, mine.to_out.bias.grad]
    for tensor, right in zip(ours, gradients, strict=True):
        exact(tensor.numpy(), right.numpy())


def test_each_head_is_an_attention_of_its_own():
    torch.manual_seed(24)
    layer = MultiHeadAttention(6, 2).double()
    query, key, value = (torch.randn(2, t, 6, dtype=torch.float64) for t in (3, 4, 4))
    mask = torch.rand(2, 2, 3, 4) < 0.7
    mask[1, 1, 2] = False
    with torch.no_grad():
        out, weights = layer(query, key, value, mask)
        parts = layer.to_q(query), layer.to_k(key), layer.to_v(value)
        joined = torch.zeros(2, 3, 6, dtype=torch.float64)
        for head in range(2):
            own = slice(3 * head, 3 * head + 3)
            sliced = (part[..., own].numpy() for part in parts)
            found, used = scaled_dot_product_attention(*sliced, mask[:, head].numpy())
            exact(weights[:, head].numpy(), used)
            joined[..., own] = torch.tensor(found)
        exact(out.numpy(), layer.to_out(joined).numpy())


def test_gradients_are_finite_where_nothing_is_seen():
    torch.manual_seed(24)
    layer = MultiHeadAttention(6, 2)
    query, key, value = (torch.randn(2, t, 6, requires_grad=True) for t in (3, 4, 4))
    out, weights = layer(query, key, value, torch.zeros(3, 4, dtype=torch.bool))
    assert torch.equal(weights, torch.zeros(2, 2, 3, 4))
    assert torch.equal(out, layer.to_out.bias.expand(2, 3, 6))
    torch.autograd.backward((out, weights), (torch.randn_like(out), torch.randn_like(weights)))
    for tensor in (query, key, value, *layer.parameters()):
        assert torch.isfinite(tensor.grad).all()


def test_heads_have_to_divide_the_features():
    for d_model, num_heads in ((10, 3), (4, 8)):
        with pytest.raises(ValueError, match="cannot be split"):
            MultiHeadAttention(d_model, num_heads)
    assert sum(p.numel() for p in MultiHeadAttention(512, 8).parameters()) == 1_050_624


def test_arguments_stay_as_they_are_and_need_not_be_contiguous(rng):
    q, k, v = heads(rng, (2,), 3, 5, 6, 4)
    spaced = [np.repeat(part, 2, axis=-1)[..., ::2] for part in (q, k, v)]
    mask = some_of(rng, (2, 3, 5))
    for got, right in zip(
        scaled_dot_product_attention(*spaced, mask),
        scaled_dot_product_attention(q, k, v, mask),
        strict=True,
    ):
        exact(got, right)
    for after, before in zip(spaced, (q, k, v), strict=True):
        np.testing.assert_array_equal(after, before)
