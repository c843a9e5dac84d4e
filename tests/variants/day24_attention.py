"""Day 24's wrong versions, each of which must lose points, and right ones, which must lose none.

A variant stands in for the reference's function of its exercise; a class is only a container: each
function in its body stands in for the reference's of that name. Variants of `MultiHeadAttention`
are classes that stand in for it as a whole.
"""
# Containers are named like variants, and their functions are no methods.
# ruff: noqa: N801, N805

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from autograder.testing import equivalent, right, wrong
from solutions.day24_attention import softmax_where

equivalent(
    "masked_softmax",
    "return softmax_where(scores, np.arange(keys) < lengths.reshape(batch, -1, 1))",
    "return softmax_where(scores, np.arange(keys) < lengths.reshape(batch, -2, 1))",
    because="numpy's reshape takes every negative number for the axis that it works out itself",
)

# kernel_attention: wrong


@wrong("kernel_attention")
def kernel_without_peak(queries, keys, values, bandwidth):
    """The kernel values are divided by their sum as they are: 0/0 far from all keys."""
    distances = np.sum((queries[:, None] - keys) ** 2, axis=2)
    weights = np.exp(-distances / (2 * bandwidth**2))
    weights = weights / weights.sum(axis=1, keepdims=True)
    return weights @ values, weights


@wrong("kernel_attention")
def kernel_nothing_far_away(queries, keys, values, bandwidth):
    """A small number in the denominator: far from all keys the weights are 0."""
    distances = np.sum((queries[:, None] - keys) ** 2, axis=2)
    weights = np.exp(-distances / (2 * bandwidth**2))
    weights = weights / (weights.sum(axis=1, keepdims=True) + 1e-12)
    return weights @ values, weights


@wrong("kernel_attention")
def kernel_uniform_far_away(queries, keys, values, bandwidth):
    """A small number in every kernel value: far from all keys the weights are uniform."""
    distances = np.sum((queries[:, None] - keys) ** 2, axis=2)
    weights = np.exp(-distances / (2 * bandwidth**2)) + 1e-30
    weights = weights / weights.sum(axis=1, keepdims=True)
    return weights @ values, weights


@wrong("kernel_attention")
def kernel_peak_of_all_queries(queries, keys, values, bandwidth):
    """One peak for all queries: a near query makes the far ones underflow."""
    scores = -np.sum((queries[:, None] - keys) ** 2, axis=2) / (2 * bandwidth**2)
    weights = np.exp(scores - scores.max())
    weights /= weights.sum(axis=1, keepdims=True)
    return weights @ values, weights


@wrong("kernel_attention")
def kernel_distance_not_squared(queries, keys, values, bandwidth):
    """exp(-distance), a kernel with a cusp."""
    distances = np.sqrt(np.sum((queries[:, None] - keys) ** 2, axis=2))
    scores = -distances / (2 * bandwidth**2)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights @ values, weights


@wrong("kernel_attention")
def kernel_bandwidth_not_squared(queries, keys, values, bandwidth):
    """2 * h in place of 2 * h^2."""
    distances = np.sum((queries[:, None] - keys) ** 2, axis=2)
    scores = -distances / (2 * bandwidth)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights @ values, weights


@wrong("kernel_attention")
def kernel_without_the_two(queries, keys, values, bandwidth):
    """h^2 in place of 2 * h^2."""
    distances = np.sum((queries[:, None] - keys) ** 2, axis=2)
    scores = -distances / bandwidth**2
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights @ values, weights


@wrong("kernel_attention")
def kernel_two_squared(queries, keys, values, bandwidth):
    """(2 * h)^2 in place of 2 * h^2."""
    distances = np.sum((queries[:, None] - keys) ** 2, axis=2)
    scores = -distances / (2 * bandwidth) ** 2
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights @ values, weights


@wrong("kernel_attention")
def kernel_multiplied_by_bandwidth(queries, keys, values, bandwidth):
    """The bandwidth is taken for a precision: a large one makes the kernel narrow."""
    distances = np.sum((queries[:, None] - keys) ** 2, axis=2)
    scores = -distances * bandwidth**2 / 2
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights @ values, weights


@wrong("kernel_attention")
def kernel_softmax_over_queries(queries, keys, values, bandwidth):
    """Each key's weights sum to 1 over the queries."""
    distances = np.sum((queries[:, None] - keys) ** 2, axis=2)
    scores = -distances / (2 * bandwidth**2)
    weights = np.exp(scores - scores.max(axis=0))
    weights /= weights.sum(axis=0)
    return weights @ values, weights


@wrong("kernel_attention")
def kernel_not_normalised(queries, keys, values, bandwidth):
    """Kernel values as weights, so that rows do not sum to 1."""
    distances = np.sum((queries[:, None] - keys) ** 2, axis=2)
    weights = np.exp(-distances / (2 * bandwidth**2))
    return weights @ values, weights


@wrong("kernel_attention")
def kernel_first_coordinate_only(queries, keys, values, bandwidth):
    """Points are taken to have one coordinate."""
    scores = -((queries[:, :1] - keys[:, 0]) ** 2) / (2 * bandwidth**2)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights @ values, weights


@wrong("kernel_attention")
def kernel_mean_of_squares(queries, keys, values, bandwidth):
    """The mean over the coordinates in place of their sum."""
    distances = np.mean((queries[:, None] - keys) ** 2, axis=2)
    scores = -distances / (2 * bandwidth**2)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights @ values, weights


@wrong("kernel_attention")
def kernel_sign_forgotten(queries, keys, values, bandwidth):
    """Far keys count more."""
    distances = np.sum((queries[:, None] - keys) ** 2, axis=2)
    scores = distances / (2 * bandwidth**2)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights @ values, weights


@wrong("kernel_attention")
def kernel_returns_out_only(queries, keys, values, bandwidth):
    """The weights are not returned."""
    distances = np.sum((queries[:, None] - keys) ** 2, axis=2)
    scores = -distances / (2 * bandwidth**2)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights @ values


@wrong("kernel_attention")
def kernel_weights_first(queries, keys, values, bandwidth):
    """(weights, out) in place of (out, weights)."""
    distances = np.sum((queries[:, None] - keys) ** 2, axis=2)
    scores = -distances / (2 * bandwidth**2)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights, weights @ values


@wrong("kernel_attention")
def kernel_divides_its_keys(queries, keys, values, bandwidth):
    """Right values, but the caller's queries and keys are scaled in place."""
    queries /= bandwidth
    keys /= bandwidth
    scores = -np.sum((queries[:, None] - keys) ** 2, axis=2) / 2
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights @ values, weights


# kernel_attention: right


@right("kernel_attention")
def kernel_by_loops(queries, keys, values, bandwidth):
    """One query and one key after the other."""
    weights = np.zeros((len(queries), len(keys)))
    out = np.zeros((len(queries), values.shape[1]))
    for i, query in enumerate(queries):
        scores = [-float((query - key) @ (query - key)) / (2 * bandwidth**2) for key in keys]
        powers = [np.exp(score - max(scores)) for score in scores]
        for j, power in enumerate(powers):
            weights[i, j] = power / sum(powers)
            out[i] += weights[i, j] * values[j]
    return out, weights


@right("kernel_attention")
def kernel_by_expanded_squares(queries, keys, values, bandwidth):
    """|q|^2 + |k|^2 - 2 q k, and the log of the sum subtracted before exp."""
    squares = np.sum(queries**2, axis=1)[:, None] + np.sum(keys**2, axis=1)
    scores = -(squares - 2 * queries @ keys.T) / (2 * bandwidth**2)
    peak = scores.max(axis=1, keepdims=True)
    total = peak + np.log(np.exp(scores - peak).sum(axis=1, keepdims=True))
    weights = np.exp(scores - total)
    return np.einsum("qk,kd->qd", weights, values), weights


@right("kernel_attention")
def kernel_by_torch(queries, keys, values, bandwidth):
    """torch.cdist and torch.softmax; a list comes back."""
    q, k, v = (torch.tensor(np.array(part)) for part in (queries, keys, values))
    scores = -(torch.cdist(q, k, compute_mode="donot_use_mm_for_euclid_dist") ** 2)
    weights = torch.softmax(scores / (2 * bandwidth**2), dim=1)
    return [(weights @ v).numpy(), weights.numpy()]


@right("kernel_attention")
def kernel_by_norm(queries, keys, values, bandwidth):
    """np.linalg.norm, the difference taken in units of the bandwidth."""
    z = np.linalg.norm((queries[:, None, :] - keys[None, :, :]) / bandwidth, axis=-1)
    scores = -0.5 * z * z
    scores = scores - np.max(scores, axis=1)[:, None]
    weights = np.exp(scores) / np.sum(np.exp(scores), axis=1)[:, None]
    return weights.dot(values), weights


@right("kernel_attention")
def kernel_from_the_nearest_key(queries, keys, values, bandwidth):
    """Scores relative to the nearest key, without squares of distances; a namedtuple comes back."""
    from collections import namedtuple

    gaps = (queries[:, None] - keys) / bandwidth
    nearest = np.argmin(np.linalg.norm(gaps, axis=2), axis=1)
    closest = gaps[np.arange(len(gaps)), nearest][:, None]
    steps = (keys - keys[nearest][:, None]) / bandwidth
    weights = np.exp(np.einsum("ijd,ijd->ij", steps, gaps + closest) / 2)
    weights /= np.sum(weights, axis=1, keepdims=True)
    return namedtuple("Attended", "out weights")((values.T @ weights.T).T, weights)


# masked_softmax: wrong


@wrong("masked_softmax", replaces="softmax_where")
def softmax_scores_set_to_zero(scores, mask=None):
    """Masked scores become 0 and keep a weight."""
    if mask is not None:
        scores = np.where(mask, scores, 0.0)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    return weights if mask is None else weights * np.any(mask, axis=-1, keepdims=True)


@wrong("masked_softmax", replaces="softmax_where")
def softmax_masked_afterwards(scores, mask=None):
    """The mask multiplies the finished softmax, so that rows do not sum to 1."""
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    return weights if mask is None else np.where(mask, weights, 0.0)


@wrong("masked_softmax", replaces="softmax_where")
def softmax_peak_over_all(scores, mask=None):
    """The largest score is sought among the masked ones too, and everything underflows."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    powers = powers if mask is None else np.where(mask, powers, 0.0)
    total = powers.sum(axis=-1, keepdims=True)
    return powers / np.where(total > 0, total, 1.0)


@wrong("masked_softmax", replaces="softmax_where")
def softmax_polarity(scores, mask=None):
    """True is taken for "hidden"."""
    if mask is not None:
        scores = np.where(mask, -np.inf, scores)
    weights = np.exp(scores - np.nan_to_num(scores.max(axis=-1, keepdims=True)))
    total = weights.sum(axis=-1, keepdims=True)
    return weights / np.where(total > 0, total, 1.0)


@wrong("masked_softmax", replaces="softmax_where")
def softmax_nan_where_nothing_is_left(scores, mask=None):
    """-inf - (-inf) in a row without any key."""
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


@wrong("masked_softmax", replaces="softmax_where")
def softmax_uniform_where_nothing_is_left(scores, mask=None):
    """A large negative number fills masked places: a row without any key is uniform."""
    if mask is not None:
        scores = np.where(mask, scores, -1e9)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


@wrong("masked_softmax", replaces="softmax_where")
def softmax_small_negative(scores, mask=None):
    """-100 fills masked places, which is not much below a score of -1000."""
    allowed = np.ones(scores.shape, dtype=bool) if mask is None else mask
    scores = np.where(allowed, scores, -100.0)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    return weights * np.any(allowed, axis=-1, keepdims=True)


@wrong("masked_softmax", replaces="softmax_where")
def softmax_adds_a_large_negative(scores, mask=None):
    """-1e9 is added to masked scores, and 1e30 does not notice."""
    allowed = np.ones(scores.shape, dtype=bool) if mask is None else mask
    scores = scores + np.where(allowed, 0.0, -1e9)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    return weights * allowed


@wrong("masked_softmax", replaces="softmax_where")
def softmax_takes_zero_for_masked(scores, mask=None):
    """Masked scores are set to 0, then every score of 0 to -inf, real ones too."""
    if mask is not None:
        scores = np.where(mask, scores, 0.0)
        scores = np.where(scores == 0, -np.inf, scores)
    weights = np.exp(scores - np.nan_to_num(scores.max(axis=-1, keepdims=True)))
    total = weights.sum(axis=-1, keepdims=True)
    return weights / np.where(total > 0, total, 1.0)


@wrong("masked_softmax", replaces="softmax_where")
def softmax_global_peak(scores, mask=None):
    """The largest score of the whole array is subtracted: rows near -1000 underflow."""
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    weights = np.exp(scores - np.nan_to_num(scores.max()))
    total = weights.sum(axis=-1, keepdims=True)
    return weights / np.where(total > 0, total, 1.0)


@wrong("masked_softmax", replaces="softmax_where")
def softmax_overflows(scores, mask=None):
    """Nothing is subtracted before exp."""
    weights = np.exp(scores) if mask is None else np.where(mask, np.exp(scores), 0.0)
    total = weights.sum(axis=-1, keepdims=True)
    return weights / np.where(total > 0, total, 1.0)


@wrong("masked_softmax", replaces="softmax_where")
def softmax_over_queries(scores, mask=None):
    """The softmax runs over the queries, the axis before the last."""
    if scores.ndim == 1:
        scores = scores[:, None]
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    weights = np.exp(scores - np.nan_to_num(scores.max(axis=-2, keepdims=True)))
    total = weights.sum(axis=-2, keepdims=True)
    return weights / np.where(total > 0, total, 1.0)


@wrong("masked_softmax", replaces="softmax_where")
def softmax_over_axis_one(scores, mask=None):
    """axis=1 is written for the last axis."""
    axis = min(1, scores.ndim - 1)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    weights = np.exp(scores - np.nan_to_num(scores.max(axis=axis, keepdims=True)))
    total = weights.sum(axis=axis, keepdims=True)
    return weights / np.where(total > 0, total, 1.0)


@wrong("masked_softmax", replaces="softmax_where")
def softmax_over_the_whole_array(scores, mask=None):
    """One softmax over everything."""
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    weights = np.exp(scores - np.nan_to_num(scores.max()))
    return weights / max(weights.sum(), 1e-300)


@wrong("masked_softmax", replaces="softmax_where")
def softmax_writes_into_its_scores(scores, mask=None):
    """Right values, but -inf is written into the caller's array."""
    if mask is not None:
        scores[~np.broadcast_to(mask, scores.shape)] = -np.inf
    weights = np.exp(scores - np.nan_to_num(scores.max(axis=-1, keepdims=True)))
    total = weights.sum(axis=-1, keepdims=True)
    return weights / np.where(total > 0, total, 1.0)


@wrong("masked_softmax", replaces="softmax_where")
def softmax_mask_of_full_shape_only(scores, mask=None):
    """A mask of another shape than the scores is not broadcast."""
    weights = scores.astype(float)
    if mask is not None:
        weights[~mask] = -np.inf
    weights = np.exp(weights - np.nan_to_num(weights.max(axis=-1, keepdims=True)))
    total = weights.sum(axis=-1, keepdims=True)
    return weights / np.where(total > 0, total, 1.0)


@wrong("masked_softmax", replaces="softmax_where")
def softmax_mask_required(scores, mask):
    """Without a mask it does not run."""
    weights = np.where(mask, scores, -np.inf)
    weights = np.exp(weights - np.nan_to_num(weights.max(axis=-1, keepdims=True)))
    total = weights.sum(axis=-1, keepdims=True)
    return weights / np.where(total > 0, total, 1.0)


@wrong("masked_softmax", replaces="softmax_where")
def softmax_fully_masked_batch_only(scores, mask=None):
    """Zeros where the whole array is masked, NaN where a single row is."""
    if mask is not None and not np.any(mask):
        return np.zeros_like(scores)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


@wrong("masked_softmax", replaces="masked_softmax")
def lengths_off_by_one(scores, lengths):
    """The key number `lengths` takes part too."""
    limits = lengths.reshape(len(scores), -1, 1)
    return softmax_where(scores, np.arange(scores.shape[2]) <= limits)


@wrong("masked_softmax", replaces="masked_softmax")
def lengths_polarity(scores, lengths):
    """The real keys are masked and the padding is left."""
    limits = lengths.reshape(len(scores), -1, 1)
    return softmax_where(scores, np.arange(scores.shape[2]) >= limits)


@wrong("masked_softmax", replaces="masked_softmax")
def lengths_count_queries(scores, lengths):
    """The queries beyond the length are masked, and not the keys."""
    if lengths.ndim == 1:
        mask = (np.arange(scores.shape[1]) < lengths[:, None])[:, :, None]
        return softmax_where(scores, mask)
    return softmax_where(scores, np.arange(scores.shape[2]) < lengths[:, :, None])


@wrong("masked_softmax", replaces="masked_softmax")
def lengths_meet_the_queries(scores, lengths):
    """lengths (N,) get one axis too few, so that they broadcast against the queries."""
    return softmax_where(scores, np.arange(scores.shape[2]) < lengths[..., None])


@wrong("masked_softmax", replaces="masked_softmax")
def lengths_of_sequences_only(scores, lengths):
    """lengths (N, Q) are not known: the first query's count for all."""
    if lengths.ndim == 2:
        lengths = lengths[:, 0]
    return softmax_where(scores, np.arange(scores.shape[2]) < lengths[:, None, None])


@wrong("masked_softmax", replaces="masked_softmax")
def lengths_longest_of_the_batch(scores, lengths):
    """All sequences are cut at the longest length."""
    return softmax_where(scores, np.arange(scores.shape[2]) < np.max(lengths))


@wrong("masked_softmax", replaces="masked_softmax")
def lengths_at_least_one(scores, lengths):
    """A length of 0 is taken for 1, which avoids the NaN."""
    limits = np.maximum(lengths, 1).reshape(len(scores), -1, 1)
    return softmax_where(scores, np.arange(scores.shape[2]) < limits)


@wrong("masked_softmax", replaces="masked_softmax")
def lengths_zeros_into_scores(scores, lengths):
    """Padding's scores become 0 before an ordinary softmax."""
    limits = lengths.reshape(len(scores), -1, 1)
    return softmax_where(np.where(np.arange(scores.shape[2]) < limits, scores, 0.0))


@wrong("masked_softmax", replaces="masked_softmax")
def lengths_without_renormalising(scores, lengths):
    """An ordinary softmax, whose padding is cut off afterwards."""
    limits = lengths.reshape(len(scores), -1, 1)
    return softmax_where(scores) * (np.arange(scores.shape[2]) < limits)


@wrong("masked_softmax", replaces="masked_softmax")
def lengths_squeezed(scores, lengths):
    """Axes of length 1 are squeezed out of the result."""
    limits = lengths.reshape(len(scores), -1, 1)
    return np.squeeze(softmax_where(scores, np.arange(scores.shape[2]) < limits))


# masked_softmax: right


@right("masked_softmax")
class softmax_by_large_negative:
    """-1e9 fills masked places, and the mask multiplies the result."""

    def softmax_where(scores, mask=None):
        allowed = np.ones((1,) * scores.ndim, dtype=bool) if mask is None else mask
        filled = np.where(allowed, scores, -1e9)
        powers = np.exp(filled - np.max(filled, axis=-1, keepdims=True))
        return powers / np.sum(powers, axis=-1, keepdims=True) * allowed

    def masked_softmax(scores, lengths):
        if lengths.ndim == 1:
            lengths = np.repeat(lengths[:, None], scores.shape[1], axis=1)
        return softmax_where(scores, np.arange(scores.shape[-1])[None, None] < lengths[:, :, None])


@right("masked_softmax")
class softmax_by_loops:
    """Row by row, with a list of the places that take part."""

    def softmax_where(scores, mask=None):
        seen = np.broadcast_to(True if mask is None else mask, scores.shape)
        out = np.zeros(scores.shape)
        for index in np.ndindex(scores.shape[:-1]):
            places = np.flatnonzero(seen[index])
            if len(places) == 0:
                continue
            row = scores[index][places]
            powers = np.exp(row - row.max())
            out[index][places] = powers / powers.sum()
        return out

    def masked_softmax(scores, lengths):
        out = np.zeros(scores.shape)
        for n in range(scores.shape[0]):
            for i in range(scores.shape[1]):
                length = lengths[n] if lengths.ndim == 1 else lengths[n, i]
                if length:
                    out[n, i, :length] = softmax_where(scores[n, i, :length])
        return out


@right("masked_softmax")
class softmax_by_torch:
    """torch.softmax of -inf, with the NaN of empty rows replaced by zeros."""

    def softmax_where(scores, mask=None):
        values = torch.tensor(np.array(scores))
        if mask is not None:
            values = values.masked_fill(~torch.tensor(np.array(mask)), float("-inf"))
        return torch.nan_to_num(torch.softmax(values, dim=-1)).numpy()

    def masked_softmax(scores, lengths):
        mask = np.zeros(scores.shape, dtype=bool)
        limits = np.broadcast_to(lengths if lengths.ndim == 2 else lengths[:, None], mask.shape[:2])
        for n, i in np.ndindex(*limits.shape):
            mask[n, i, : limits[n, i]] = True
        return softmax_where(scores, mask)


@right("masked_softmax", replaces="softmax_where")
def softmax_with_a_masked_maximum(scores, mask=None):
    """np.max and np.exp with `where`, and division only where there is something."""
    if mask is None:
        mask = np.True_
    mask = np.broadcast_to(mask, scores.shape)
    peak = np.max(scores, axis=-1, keepdims=True, where=mask, initial=-1e6)
    powers = np.exp(scores - peak, where=mask, out=np.zeros(scores.shape))
    total = powers.sum(axis=-1, keepdims=True)
    return np.divide(powers, total, where=total > 0, out=np.zeros(scores.shape))


@right("masked_softmax", replaces="softmax_where")
def softmax_with_tiny_in_the_sum(scores, mask=None):
    """-inf, a peak that is clipped from below, and 1e-12 in the denominator."""
    filled = scores if mask is None else np.where(mask, scores, -np.inf)
    powers = np.exp(filled - np.clip(filled.max(axis=-1, keepdims=True), -1e5, None))
    return powers / (powers.sum(axis=-1, keepdims=True) + 1e-12)


# additive_scores: wrong


@wrong("additive_scores")
def additive_without_tanh(queries, keys, w_q, w_k, v):
    """The hidden layer is linear."""
    return ((queries @ w_q)[:, :, None] + (keys @ w_k)[:, None]) @ v


@wrong("additive_scores")
def additive_two_tanhs(queries, keys, w_q, w_k, v):
    """tanh of each projection, before they are added."""
    return (np.tanh(queries @ w_q)[:, :, None] + np.tanh(keys @ w_k)[:, None]) @ v


@wrong("additive_scores")
def additive_tanh_last(queries, keys, w_q, w_k, v):
    """The tanh is taken of the finished score."""
    return np.tanh(((queries @ w_q)[:, :, None] + (keys @ w_k)[:, None]) @ v)


@wrong("additive_scores")
def additive_sigmoid(queries, keys, w_q, w_k, v):
    """The logistic function in place of tanh."""
    hidden = (queries @ w_q)[:, :, None] + (keys @ w_k)[:, None]
    return (0.5 + 0.5 * np.tanh(hidden / 2)) @ v


@wrong("additive_scores")
def additive_transposed(queries, keys, w_q, w_k, v):
    """(N, K, Q): the keys come first."""
    return np.tanh((queries @ w_q)[:, None] + (keys @ w_k)[:, :, None]) @ v


@wrong("additive_scores")
def additive_place_by_place(queries, keys, w_q, w_k, v):
    """Query i meets key i only, where their numbers agree, and its score fills the row."""
    q, k = queries @ w_q, keys @ w_k
    if q.shape == k.shape:
        row = np.tanh(q + k) @ v
        return np.repeat(row[:, :, None], keys.shape[1], axis=2)
    return np.tanh(q[:, :, None] + k[:, None]) @ v


@wrong("additive_scores")
def additive_weights_exchanged(queries, keys, w_q, w_k, v):
    """w_q meets the keys where the shapes allow it."""
    if w_q.shape == w_k.shape:
        w_q, w_k = w_k, w_q
    return np.tanh((queries @ w_q)[:, :, None] + (keys @ w_k)[:, None]) @ v


@wrong("additive_scores")
def additive_scaled(queries, keys, w_q, w_k, v):
    """The score is divided by the square root of the hidden size."""
    hidden = np.tanh((queries @ w_q)[:, :, None] + (keys @ w_k)[:, None])
    return hidden @ v / np.sqrt(len(v))


@wrong("additive_scores")
def additive_with_softmax(queries, keys, w_q, w_k, v):
    """The scores are put through a softmax."""
    return softmax_where(np.tanh((queries @ w_q)[:, :, None] + (keys @ w_k)[:, None]) @ v)


@wrong("additive_scores")
def additive_product_of_projections(queries, keys, w_q, w_k, v):
    """The projections are multiplied, and not added."""
    return np.tanh((queries @ w_q)[:, :, None] * (keys @ w_k)[:, None]) @ v


@wrong("additive_scores")
def additive_keeps_an_axis(queries, keys, w_q, w_k, v):
    """v is taken as a column, so that an axis of length 1 is left."""
    hidden = np.tanh((queries @ w_q)[:, :, None] + (keys @ w_k)[:, None])
    return hidden @ v[:, None]


@wrong("additive_scores")
def additive_squeezed(queries, keys, w_q, w_k, v):
    """All axes of length 1 are squeezed out."""
    hidden = np.tanh((queries @ w_q)[:, :, None] + (keys @ w_k)[:, None])
    return np.squeeze(hidden @ v[:, None])


@wrong("additive_scores")
def additive_first_sequence_only(queries, keys, w_q, w_k, v):
    """Every query meets the keys of the first sequence."""
    return np.tanh((queries @ w_q)[:, :, None] + (keys[:1] @ w_k)[:, None]) @ v


@wrong("additive_scores", replaces="multiplicative_scores")
def multiplicative_scaled(queries, keys, w):
    """The score is divided by the square root of the length of a key."""
    return queries @ w @ keys.transpose(0, 2, 1) / np.sqrt(keys.shape[2])


@wrong("additive_scores", replaces="multiplicative_scores")
def multiplicative_w_transposed(queries, keys, w):
    """w is used the other way round where it is square."""
    if w.shape[0] == w.shape[1]:
        w = w.T
    return queries @ w @ keys.transpose(0, 2, 1)


@wrong("additive_scores", replaces="multiplicative_scores")
def multiplicative_transposed(queries, keys, w):
    """(N, K, Q): the keys come first."""
    return np.einsum("nqa,ab,nkb->nkq", queries, w, keys)


@wrong("additive_scores", replaces="multiplicative_scores")
def multiplicative_without_w(queries, keys, w):
    """A plain dot product where the dimensions allow it."""
    if w.shape[0] == w.shape[1]:
        return queries @ keys.transpose(0, 2, 1)
    return queries @ w @ keys.transpose(0, 2, 1)


@wrong("additive_scores", replaces="multiplicative_scores")
def multiplicative_by_reshape(queries, keys, w):
    """The keys are reshaped where they should be transposed."""
    return queries @ w @ keys.reshape(len(keys), keys.shape[2], keys.shape[1])


@wrong("additive_scores", replaces="multiplicative_scores")
def multiplicative_across_sequences(queries, keys, w):
    """One einsum letter too few: scores are summed over the sequences."""
    return np.einsum("nqa,ab,mkb->nqk", queries, w, keys)


@wrong("additive_scores", replaces="multiplicative_scores")
def multiplicative_with_tanh(queries, keys, w):
    """A tanh is put round the score."""
    return np.tanh(queries @ w @ keys.transpose(0, 2, 1))


@wrong("additive_scores", replaces="multiplicative_scores")
def multiplicative_with_softmax(queries, keys, w):
    """The scores are put through a softmax."""
    return softmax_where(queries @ w @ keys.transpose(0, 2, 1))


@wrong("additive_scores", replaces="multiplicative_scores")
def multiplicative_writes_into_keys(queries, keys, w):
    """Right values, but the caller's keys are projected in place where they can be."""
    out = queries @ w @ keys.transpose(0, 2, 1)
    keys[...] = keys - keys.mean()
    return out


# additive_scores: right


@right("additive_scores")
class scores_by_loops:
    """One pair after the other."""

    def additive_scores(queries, keys, w_q, w_k, v):
        out = np.zeros((len(queries), queries.shape[1], keys.shape[1]))
        for n, i, j in np.ndindex(*out.shape):
            hidden = np.tanh(w_q.T @ queries[n, i] + w_k.T @ keys[n, j])
            out[n, i, j] = float(v @ hidden)
        return out

    def multiplicative_scores(queries, keys, w):
        out = np.zeros((len(queries), queries.shape[1], keys.shape[1]))
        for n, i, j in np.ndindex(*out.shape):
            out[n, i, j] = float(queries[n, i] @ (w @ keys[n, j]))
        return out


@right("additive_scores")
class scores_by_einsum:
    """All in einsum."""

    def additive_scores(queries, keys, w_q, w_k, v):
        q, k = np.einsum("nqd,dh->nqh", queries, w_q), np.einsum("nkd,dh->nkh", keys, w_k)
        return np.einsum("nqkh,h->nqk", np.tanh(q[:, :, None, :] + k[:, None, :, :]), v)

    def multiplicative_scores(queries, keys, w):
        return np.einsum("nqa,ab,nkb->nqk", queries, w, keys)


@right("additive_scores")
class scores_by_one_matrix:
    """Query and key side by side, through both weight matrices stacked."""

    def additive_scores(queries, keys, w_q, w_k, v):
        n, many, _ = queries.shape
        number = keys.shape[1]
        left = np.repeat(queries[:, :, None], number, axis=2)
        both = np.concatenate([left, np.repeat(keys[:, None], many, axis=1)], axis=3)
        hidden = np.tanh(both.reshape(n * many * number, -1) @ np.vstack([w_q, w_k]))
        return hidden.dot(v).reshape(n, many, number)

    def multiplicative_scores(queries, keys, w):
        return (keys @ w.T @ np.swapaxes(queries, 1, 2)).swapaxes(1, 2)


@right("additive_scores")
class scores_by_torch:
    """In torch, and back to numpy."""

    def additive_scores(queries, keys, w_q, w_k, v):
        q, k, a, b, c = (torch.tensor(np.array(x)) for x in (queries, keys, w_q, w_k, v))
        return torch.tanh((q @ a).unsqueeze(2) + (k @ b).unsqueeze(1)).matmul(c).numpy()

    def multiplicative_scores(queries, keys, w):
        q, k, a = (torch.tensor(np.array(x)) for x in (queries, keys, w))
        return torch.bmm(q @ a, k.mT).numpy()


# scaled_dot_product_attention: wrong


@wrong("scaled_dot_product_attention")
def attention_without_scale(q, k, v, mask=None):
    """No division by sqrt(d)."""
    weights = softmax_where(q @ np.swapaxes(k, -1, -2), mask)
    return weights @ v, weights


@wrong("scaled_dot_product_attention")
def attention_divided_by_d(q, k, v, mask=None):
    """d in place of its root."""
    weights = softmax_where(q @ np.swapaxes(k, -1, -2) / q.shape[-1], mask)
    return weights @ v, weights


@wrong("scaled_dot_product_attention")
def attention_multiplied_by_the_root(q, k, v, mask=None):
    """Multiplied by sqrt(d), and not divided."""
    weights = softmax_where(q @ np.swapaxes(k, -1, -2) * np.sqrt(q.shape[-1]), mask)
    return weights @ v, weights


@wrong("scaled_dot_product_attention")
def attention_scaled_by_number_of_keys(q, k, v, mask=None):
    """sqrt(K) in place of sqrt(d)."""
    weights = softmax_where(q @ np.swapaxes(k, -1, -2) / np.sqrt(k.shape[-2]), mask)
    return weights @ v, weights


@wrong("scaled_dot_product_attention")
def attention_scaled_by_values(q, k, v, mask=None):
    """sqrt(dv) in place of sqrt(d)."""
    weights = softmax_where(q @ np.swapaxes(k, -1, -2) / np.sqrt(v.shape[-1]), mask)
    return weights @ v, weights


@wrong("scaled_dot_product_attention")
def attention_scaled_after_softmax(q, k, v, mask=None):
    """The weights are divided by sqrt(d), and not the scores."""
    weights = softmax_where(q @ np.swapaxes(k, -1, -2), mask) / np.sqrt(q.shape[-1])
    return weights @ v, weights


@wrong("scaled_dot_product_attention")
def attention_softmax_over_queries(q, k, v, mask=None):
    """The weights sum to 1 over the queries."""
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    allowed = np.broadcast_to(True if mask is None else mask, scores.shape)
    weights = np.swapaxes(softmax_where(scores.swapaxes(-1, -2), allowed.swapaxes(-1, -2)), -1, -2)
    return weights @ v, weights


@wrong("scaled_dot_product_attention")
def attention_polarity(q, k, v, mask=None):
    """True is taken for "hidden"."""
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    weights = softmax_where(scores, None if mask is None else ~mask)
    return weights @ v, weights


@wrong("scaled_dot_product_attention")
def attention_mask_ignored(q, k, v, mask=None):
    """The mask is not used."""
    weights = softmax_where(q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1]))
    return weights @ v, weights


@wrong("scaled_dot_product_attention")
def attention_masked_afterwards(q, k, v, mask=None):
    """The finished weights are masked, and rows do not sum to 1."""
    weights = softmax_where(q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1]))
    if mask is not None:
        weights = weights * mask
    return weights @ v, weights


@wrong("scaled_dot_product_attention")
def attention_masks_the_keys(q, k, v, mask=None):
    """Masked scores become 0, as if hidden keys were vectors of zeros."""
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores * mask
    weights = softmax_where(scores)
    return weights @ v, weights


@wrong("scaled_dot_product_attention")
def attention_adds_a_large_negative(q, k, v, mask=None):
    """-1e9 is added to masked scores, which 1e30 does not notice."""
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    weights = softmax_where(scores if mask is None else scores - 1e9 * ~mask)
    if mask is not None:
        weights = weights * mask
    return weights @ v, weights


@wrong("scaled_dot_product_attention")
def attention_nan_where_nothing_is_seen(q, k, v, mask=None):
    """-inf throughout a row gives NaN."""
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    return weights @ v, weights


@wrong("scaled_dot_product_attention")
def attention_uniform_where_nothing_is_seen(q, k, v, mask=None):
    """-1e9 throughout a row gives the mean of all values."""
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    if mask is not None:
        scores = np.where(mask, scores, -1e9)
    weights = softmax_where(scores)
    return weights @ v, weights


@wrong("scaled_dot_product_attention")
def attention_zero_out_but_not_weights(q, k, v, mask=None):
    """out is 0 for a query that sees nothing, but its weights are uniform."""
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    if mask is None:
        mask = np.ones(scores.shape, dtype=bool)
    weights = softmax_where(np.where(mask, scores, -1e9))
    return (weights * mask) @ v, weights


@wrong("scaled_dot_product_attention")
def attention_overflows(q, k, v, mask=None):
    """exp without the row's largest score subtracted."""
    powers = np.exp(q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1]))
    if mask is not None:
        powers = np.where(mask, powers, 0.0)
    total = powers.sum(axis=-1, keepdims=True)
    weights = powers / np.where(total > 0, total, 1.0)
    return weights @ v, weights


@wrong("scaled_dot_product_attention")
def attention_clips_scores(q, k, v, mask=None):
    """Scores are clipped at 50 so that exp does not overflow."""
    scores = np.clip(q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1]), -50, 50)
    weights = softmax_where(scores, mask)
    return weights @ v, weights


@wrong("scaled_dot_product_attention")
def attention_three_axes_only(q, k, v, mask=None):
    """transpose(0, 2, 1) knows one batch axis and no more."""
    scores = q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])
    weights = softmax_where(scores, mask)
    return weights @ v, weights


@wrong("scaled_dot_product_attention")
def attention_keys_reshaped(q, k, v, mask=None):
    """The keys are reshaped where they should be transposed."""
    turned = k.reshape(*k.shape[:-2], k.shape[-1], k.shape[-2])
    weights = softmax_where(q @ turned / np.sqrt(q.shape[-1]), mask)
    return weights @ v, weights


@wrong("scaled_dot_product_attention")
def attention_weights_first(q, k, v, mask=None):
    """(weights, out) in place of (out, weights)."""
    weights = softmax_where(q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1]), mask)
    return weights, weights @ v


@wrong("scaled_dot_product_attention")
def attention_returns_scores(q, k, v, mask=None):
    """The scores come back in place of the weights."""
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    return softmax_where(scores, mask) @ v, scores


@wrong("scaled_dot_product_attention")
def attention_scales_q_in_place(q, k, v, mask=None):
    """Right values, but the caller's queries are divided."""
    q /= np.sqrt(q.shape[-1])
    weights = softmax_where(q @ np.swapaxes(k, -1, -2), mask)
    return weights @ v, weights


@wrong("scaled_dot_product_attention")
def attention_ready_made(q, k, v, mask=None):
    """torch's own function, which this exercise does not allow."""
    parts = [torch.tensor(np.array(part)) for part in (q, k, v)]
    allowed = None if mask is None else torch.tensor(np.array(mask))
    out = torch.nn.functional.scaled_dot_product_attention(*parts, attn_mask=allowed)
    return out.numpy(), softmax_where(q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1]), mask)


# scaled_dot_product_attention: right


@right("scaled_dot_product_attention")
def attention_scaled_before(q, k, v, mask=None):
    """The queries are divided, and not the scores; einsum."""
    scores = np.einsum("...qd,...kd->...qk", q / np.sqrt(q.shape[-1]), k)
    weights = softmax_where(scores, mask)
    return np.einsum("...qk,...kv->...qv", weights, v), weights


@right("scaled_dot_product_attention")
def attention_large_negative(q, k, v, mask=None):
    """A softmax of its own, with -1e9 for masked scores and zeros afterwards."""
    scores = q @ np.swapaxes(k, -1, -2) * q.shape[-1] ** -0.5
    if mask is not None:
        scores = np.where(mask, scores, -1e9)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = powers / powers.sum(axis=-1, keepdims=True)
    if mask is not None:
        weights = np.where(mask, weights, 0.0)
    return weights @ v, weights


@right("scaled_dot_product_attention")
def attention_by_loops(q, k, v, mask=None):
    """Query by query, over the keys that it sees."""
    lead, many, number = q.shape[:-2], q.shape[-2], k.shape[-2]
    seen = np.broadcast_to(True if mask is None else mask, (*lead, many, number))
    out, weights = np.zeros((*lead, many, v.shape[-1])), np.zeros((*lead, many, number))
    for index in np.ndindex(*lead, many):
        batch = index[:-1]
        places = np.flatnonzero(seen[index])
        if places.size:
            scores = k[batch][places] @ q[index] / q.shape[-1] ** 0.5
            powers = np.exp(scores - scores.max())
            weights[index][places] = powers / powers.sum()
            out[index] = weights[index][places] @ v[batch][places]
    return out, weights


@right("scaled_dot_product_attention")
def attention_adds_minus_infinity(q, k, v, mask=None):
    """-inf is added to masked scores; NaN becomes 0."""
    scores = q @ k.swapaxes(-2, -1) / np.sqrt(k.shape[-1])
    if mask is not None:
        scores = scores + np.where(mask, 0.0, -np.inf)
    with np.errstate(all="ignore"):
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights = np.nan_to_num(powers / powers.sum(axis=-1, keepdims=True))
    return weights @ v, weights


@right("scaled_dot_product_attention")
def attention_by_torch(q, k, v, mask=None):
    """torch's matrix products and softmax."""
    a, b, c = (torch.tensor(np.array(part)) for part in (q, k, v))
    scores = a @ b.mT / a.shape[-1] ** 0.5
    if mask is not None:
        scores = scores.masked_fill(~torch.tensor(np.array(mask)), -torch.inf)
    weights = scores.softmax(-1).nan_to_num()
    return (weights @ c).numpy(), weights.numpy()


# attention_backward: wrong


@wrong("attention_backward")
def backward_softmax_ignored(dout, q, k, v, weights):
    """The softmax is taken for a plain product: no mean is subtracted."""
    dscores = weights * (dout @ np.swapaxes(v, -1, -2)) / np.sqrt(q.shape[-1])
    return dscores @ k, np.swapaxes(dscores, -1, -2) @ q, np.swapaxes(weights, -1, -2) @ dout


@wrong("attention_backward")
def backward_sigmoid_derivative(dout, q, k, v, weights):
    """w (1 - w), the diagonal of the Jacobian alone."""
    dweights = dout @ np.swapaxes(v, -1, -2)
    dscores = weights * (1 - weights) * dweights / np.sqrt(q.shape[-1])
    return dscores @ k, np.swapaxes(dscores, -1, -2) @ q, np.swapaxes(weights, -1, -2) @ dout


@wrong("attention_backward")
def backward_plain_mean(dout, q, k, v, weights):
    """The plain mean of the row is subtracted, and not the weighted one."""
    dweights = dout @ np.swapaxes(v, -1, -2)
    dscores = weights * (dweights - dweights.mean(axis=-1, keepdims=True)) / np.sqrt(q.shape[-1])
    return dscores @ k, np.swapaxes(dscores, -1, -2) @ q, np.swapaxes(weights, -1, -2) @ dout


@wrong("attention_backward")
def backward_mean_over_queries(dout, q, k, v, weights):
    """The weighted mean is taken over the queries."""
    dweights = dout @ np.swapaxes(v, -1, -2)
    mean = np.sum(weights * dweights, axis=-2, keepdims=True)
    dscores = weights * (dweights - mean) / np.sqrt(q.shape[-1])
    return dscores @ k, np.swapaxes(dscores, -1, -2) @ q, np.swapaxes(weights, -1, -2) @ dout


@wrong("attention_backward")
def backward_weights_forgotten(dout, q, k, v, weights):
    """dweights minus its mean, without the factor of the weights."""
    dweights = dout @ np.swapaxes(v, -1, -2)
    dscores = dweights - np.sum(weights * dweights, axis=-1, keepdims=True)
    dscores = dscores / np.sqrt(q.shape[-1])
    return dscores @ k, np.swapaxes(dscores, -1, -2) @ q, np.swapaxes(weights, -1, -2) @ dout


@wrong("attention_backward")
def backward_without_scale(dout, q, k, v, weights):
    """The scale is forgotten on the way back."""
    dweights = dout @ np.swapaxes(v, -1, -2)
    dscores = weights * (dweights - np.sum(weights * dweights, axis=-1, keepdims=True))
    return dscores @ k, np.swapaxes(dscores, -1, -2) @ q, np.swapaxes(weights, -1, -2) @ dout


@wrong("attention_backward")
def backward_scaled_twice(dout, q, k, v, weights):
    """1 / d in place of 1 / sqrt(d)."""
    dweights = dout @ np.swapaxes(v, -1, -2)
    dscores = weights * (dweights - np.sum(weights * dweights, axis=-1, keepdims=True))
    dscores = dscores / q.shape[-1]
    return dscores @ k, np.swapaxes(dscores, -1, -2) @ q, np.swapaxes(weights, -1, -2) @ dout


@wrong("attention_backward")
def backward_scale_in_dq_only(dout, q, k, v, weights):
    """The scale is in dq, and not in dk."""
    dweights = dout @ np.swapaxes(v, -1, -2)
    dscores = weights * (dweights - np.sum(weights * dweights, axis=-1, keepdims=True))
    dq = dscores @ k / np.sqrt(q.shape[-1])
    return dq, np.swapaxes(dscores, -1, -2) @ q, np.swapaxes(weights, -1, -2) @ dout


@wrong("attention_backward")
def backward_scaled_by_values(dout, q, k, v, weights):
    """sqrt(dv) in place of sqrt(d)."""
    dweights = dout @ np.swapaxes(v, -1, -2)
    dscores = weights * (dweights - np.sum(weights * dweights, axis=-1, keepdims=True))
    dscores = dscores / np.sqrt(v.shape[-1])
    return dscores @ k, np.swapaxes(dscores, -1, -2) @ q, np.swapaxes(weights, -1, -2) @ dout


@wrong("attention_backward")
def backward_scales_dv(dout, q, k, v, weights):
    """dv is divided by sqrt(d) too."""
    dweights = dout @ np.swapaxes(v, -1, -2)
    dscores = weights * (dweights - np.sum(weights * dweights, axis=-1, keepdims=True))
    dscores = dscores / np.sqrt(q.shape[-1])
    dv = np.swapaxes(weights, -1, -2) @ dout / np.sqrt(q.shape[-1])
    return dscores @ k, np.swapaxes(dscores, -1, -2) @ q, dv


@wrong("attention_backward")
def backward_dv_not_transposed(dout, q, k, v, weights):
    """weights @ dout where the shapes allow it."""
    dweights = dout @ np.swapaxes(v, -1, -2)
    dscores = weights * (dweights - np.sum(weights * dweights, axis=-1, keepdims=True))
    dscores = dscores / np.sqrt(q.shape[-1])
    square = weights.shape[-1] == weights.shape[-2]
    dv = (weights if square else np.swapaxes(weights, -1, -2)) @ dout
    return dscores @ k, np.swapaxes(dscores, -1, -2) @ q, dv


@wrong("attention_backward")
def backward_dk_not_transposed(dout, q, k, v, weights):
    """dscores @ q where the shapes allow it."""
    dweights = dout @ np.swapaxes(v, -1, -2)
    dscores = weights * (dweights - np.sum(weights * dweights, axis=-1, keepdims=True))
    dscores = dscores / np.sqrt(q.shape[-1])
    square = weights.shape[-1] == weights.shape[-2]
    dk = (dscores if square else np.swapaxes(dscores, -1, -2)) @ q
    return dscores @ k, dk, np.swapaxes(weights, -1, -2) @ dout


@wrong("attention_backward")
def backward_queries_and_keys_exchanged(dout, q, k, v, weights):
    """(dk, dq, dv) in place of (dq, dk, dv)."""
    dweights = dout @ np.swapaxes(v, -1, -2)
    dscores = weights * (dweights - np.sum(weights * dweights, axis=-1, keepdims=True))
    dscores = dscores / np.sqrt(q.shape[-1])
    return np.swapaxes(dscores, -1, -2) @ q, dscores @ k, np.swapaxes(weights, -1, -2) @ dout


@wrong("attention_backward")
def backward_mean_over_queries_in_dv(dout, q, k, v, weights):
    """dv and dk are means over the queries, and not sums."""
    dweights = dout @ np.swapaxes(v, -1, -2)
    dscores = weights * (dweights - np.sum(weights * dweights, axis=-1, keepdims=True))
    dscores = dscores / np.sqrt(q.shape[-1])
    dk, dv = np.swapaxes(dscores, -1, -2) @ q, np.swapaxes(weights, -1, -2) @ dout
    return dscores @ k, dk / q.shape[-2], dv / q.shape[-2]


@wrong("attention_backward")
def backward_three_axes_only(dout, q, k, v, weights):
    """transpose(0, 2, 1) knows one batch axis and no more."""
    dweights = dout @ v.transpose(0, 2, 1)
    dscores = weights * (dweights - np.sum(weights * dweights, axis=-1, keepdims=True))
    dscores = dscores / np.sqrt(q.shape[-1])
    return dscores @ k, dscores.transpose(0, 2, 1) @ q, weights.transpose(0, 2, 1) @ dout


@wrong("attention_backward")
def backward_divides_by_weights(dout, q, k, v, weights):
    """A logarithm of the weights on the way: NaN where one is 0."""
    dweights = dout @ np.swapaxes(v, -1, -2)
    dscores = weights * (dweights - np.sum(weights * dweights, axis=-1, keepdims=True))
    dscores = dscores * (weights / weights) / np.sqrt(q.shape[-1])
    return dscores @ k, np.swapaxes(dscores, -1, -2) @ q, np.swapaxes(weights, -1, -2) @ dout


@wrong("attention_backward")
def backward_recomputes_without_mask(dout, q, k, v, weights):
    """The weights are computed again from q and k, without the mask that nobody passed."""
    weights = softmax_where(q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1]))
    dweights = dout @ np.swapaxes(v, -1, -2)
    dscores = weights * (dweights - np.sum(weights * dweights, axis=-1, keepdims=True))
    dscores = dscores / np.sqrt(q.shape[-1])
    return dscores @ k, np.swapaxes(dscores, -1, -2) @ q, np.swapaxes(weights, -1, -2) @ dout


@wrong("attention_backward")
def backward_sign(dout, q, k, v, weights):
    """Mean minus dweights: dq and dk point the other way."""
    dweights = dout @ np.swapaxes(v, -1, -2)
    dscores = weights * (np.sum(weights * dweights, axis=-1, keepdims=True) - dweights)
    dscores = dscores / np.sqrt(q.shape[-1])
    return dscores @ k, np.swapaxes(dscores, -1, -2) @ q, np.swapaxes(weights, -1, -2) @ dout


@wrong("attention_backward")
def backward_writes_into_weights(dout, q, k, v, weights):
    """Right values, but the gradient of the scores is written over the weights."""
    dv = np.swapaxes(weights, -1, -2) @ dout
    dweights = dout @ np.swapaxes(v, -1, -2)
    dweights -= np.sum(weights * dweights, axis=-1, keepdims=True)
    weights *= dweights / np.sqrt(q.shape[-1])
    return weights @ k, np.swapaxes(weights, -1, -2) @ q, dv


# attention_backward: right


@right("attention_backward")
def backward_by_jacobians(dout, q, k, v, weights):
    """The softmax's Jacobian of every row, written out."""
    eye = np.eye(weights.shape[-1])
    jacobian = weights[..., None] * (eye - weights[..., None, :])
    dweights = np.einsum("...qv,...kv->...qk", dout, v)
    dscores = np.einsum("...qk,...qkj->...qj", dweights, np.swapaxes(jacobian, -1, -2))
    dscores = dscores / q.shape[-1] ** 0.5
    dq, dk = (
        np.einsum("...qk,...kd->...qd", dscores, k),
        np.einsum("...qk,...qd->...kd", dscores, q),
    )
    return dq, dk, np.einsum("...qk,...qv->...kv", weights, dout)


@right("attention_backward")
def backward_by_output(dout, q, k, v, weights):
    """The weighted mean of a row is dout times out; a list comes back."""
    out = weights @ v
    mean = np.sum(dout * out, axis=-1, keepdims=True)
    scale = 1 / np.sqrt(k.shape[-1])
    dscores = weights * (dout @ v.swapaxes(-1, -2) - mean)
    return [
        scale * dscores @ k,
        scale * dscores.swapaxes(-1, -2) @ q,
        weights.swapaxes(-1, -2) @ dout,
    ]


@right("attention_backward")
def backward_by_loops(dout, q, k, v, weights):
    """Query by query."""
    dq, dk, dv = np.zeros(q.shape), np.zeros(k.shape), np.zeros(v.shape)
    for index in np.ndindex(q.shape[:-1]):
        batch = index[:-1]
        w, up = weights[index], dout[index]
        dv[batch] += np.outer(w, up)
        dw = v[batch] @ up
        ds = w * (dw - w @ dw) / np.sqrt(q.shape[-1])
        dq[index] = ds @ k[batch]
        dk[batch] += np.outer(ds, q[index])
    return dq, dk, dv


@right("attention_backward")
def backward_by_autograd(dout, q, k, v, weights):
    """torch's autograd from the weights on, scores recovered as their logarithm."""
    w, c = (torch.tensor(np.array(part), requires_grad=True) for part in (weights, v))
    (w @ c).backward(torch.tensor(np.array(dout)))
    mean = (w * w.grad).sum(-1, keepdim=True)
    ds = (w * (w.grad - mean)).detach().numpy() / np.sqrt(q.shape[-1])
    return ds @ k, np.swapaxes(ds, -1, -2) @ q, c.grad.numpy()


# MultiHeadAttention: wrong. Each variant is a class that stands in for it as a whole.


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_scaled_by_the_model(nn.Module):
    """sqrt(d_model) in place of sqrt(d_head)."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / query.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = scores.masked_fill(~mask, -1e9).softmax(dim=-1) * mask
        return self.out((weights @ v).transpose(1, 2).flatten(2)), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_without_scale(nn.Module):
    """The scores are not divided."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = scores.masked_fill(~mask, -1e9).softmax(dim=-1) * mask
        return self.out((weights @ v).transpose(1, 2).flatten(2)), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_reshaped_without_transpose(nn.Module):
    """(N, T, D) is reshaped straight to (N, H, T, D / H)."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(len(x), self.num_heads, x.shape[1], -1)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = scores.masked_fill(~mask, -1e9).softmax(dim=-1) * mask
        return self.out((weights @ v).transpose(1, 2).flatten(2)), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_joined_without_transpose(nn.Module):
    """The heads are reshaped back without being transposed back."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = scores.masked_fill(~mask, -1e9).softmax(dim=-1) * mask
        return self.out((weights @ v).reshape(query.shape)), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_interleaved(nn.Module):
    """Head h gets every num_heads-th feature, from h on."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.unflatten(2, (-1, self.num_heads)).permute(0, 3, 1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = scores.masked_fill(~mask, -1e9).softmax(dim=-1) * mask
        return self.out((weights @ v).transpose(1, 2).flatten(2)), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_softmax_over_queries(nn.Module):
    """The softmax runs over the queries."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = scores.masked_fill(~mask, -1e9).softmax(dim=-2) * mask
        return self.out((weights @ v).transpose(1, 2).flatten(2)), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_softmax_over_heads(nn.Module):
    """The softmax runs over the heads."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = scores.masked_fill(~mask, -1e9).softmax(dim=1) * mask
        return self.out((weights @ v).transpose(1, 2).flatten(2)), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_polarity(nn.Module):
    """True is taken for "hidden", as in nn.MultiheadAttention."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else ~mask
        weights = scores.masked_fill(~mask, -1e9).softmax(dim=-1) * mask
        return self.out((weights @ v).transpose(1, 2).flatten(2)), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_mask_ignored(nn.Module):
    """The mask is not used."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        weights = scores.softmax(dim=-1)
        return self.out((weights @ v).transpose(1, 2).flatten(2)), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_masked_afterwards(nn.Module):
    """The finished weights are masked, and rows do not sum to 1."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = scores.softmax(dim=-1) * mask
        return self.out((weights @ v).transpose(1, 2).flatten(2)), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_nan_where_nothing_is_seen(nn.Module):
    """-inf throughout a row gives NaN."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = scores.masked_fill(~mask, -torch.inf).softmax(dim=-1)
        return self.out((weights @ v).transpose(1, 2).flatten(2)), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_uniform_where_nothing_is_seen(nn.Module):
    """A query that sees nothing gets uniform weights."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = scores.masked_fill(~mask, -1e9).softmax(dim=-1)
        return self.out((weights @ v).transpose(1, 2).flatten(2)), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_add_a_large_negative(nn.Module):
    """-1e9 is added to masked scores, and huge keys do not notice."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = (scores + -1e9 * ~mask).softmax(dim=-1) * mask
        return self.out((weights @ v).transpose(1, 2).flatten(2)), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_mask_per_sequence_only(nn.Module):
    """The mask is taken to be (N, Q, K), and gets an axis for the heads put in."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask.unsqueeze(-3)
        weights = scores.masked_fill(~mask, -1e9).softmax(dim=-1) * mask
        return self.out((weights @ v).transpose(1, 2).flatten(2)), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_without_output_layer(nn.Module):
    """The joined heads are returned as they are; the fourth layer is not used."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = scores.masked_fill(~mask, -1e9).softmax(dim=-1) * mask
        return (weights @ v).transpose(1, 2).flatten(2), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_without_bias(nn.Module):
    """The layers have no bias."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = (
            nn.Linear(d_model, d_model, bias=False),
            nn.Linear(d_model, d_model, bias=False),
        )
        self.v, self.out = (
            nn.Linear(d_model, d_model, bias=False),
            nn.Linear(d_model, d_model, bias=False),
        )

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = scores.masked_fill(~mask, -1e9).softmax(dim=-1) * mask
        return self.out((weights @ v).transpose(1, 2).flatten(2)), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_layers_in_other_order(nn.Module):
    """The output layer is made first."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.out, self.q = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.k, self.v = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = scores.masked_fill(~mask, -1e9).softmax(dim=-1) * mask
        return self.out((weights @ v).transpose(1, 2).flatten(2)), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_layers_in_a_list(nn.Module):
    """The layers stand in a plain list, so that the module has no parameters."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.layers = [nn.Linear(d_model, d_model) for _ in range(4)]

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = (self.split(f(x)) for f, x in zip(self.layers, (query, key, value), strict=False))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = scores.masked_fill(~mask, -1e9).softmax(dim=-1) * mask
        return self.layers[3]((weights @ v).transpose(1, 2).flatten(2)), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_share_a_layer(nn.Module):
    """Queries and keys go through the same layer."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.q(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = scores.masked_fill(~mask, -1e9).softmax(dim=-1) * mask
        return self.out((weights @ v).transpose(1, 2).flatten(2)), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_values_from_keys(nn.Module):
    """The values are projected from the keys."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(key))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = scores.masked_fill(~mask, -1e9).softmax(dim=-1) * mask
        return self.out((weights @ v).transpose(1, 2).flatten(2)), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_attend_to_themselves(nn.Module):
    """Keys and values are taken from the query where the lengths agree."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        if key.shape == query.shape:
            key = value = query
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = scores.masked_fill(~mask, -1e9).softmax(dim=-1) * mask
        return self.out((weights @ v).transpose(1, 2).flatten(2)), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_weights_averaged(nn.Module):
    """The mean of the weights over the heads is returned."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = scores.masked_fill(~mask, -1e9).softmax(dim=-1) * mask
        return self.out((weights @ v).transpose(1, 2).flatten(2)), weights.mean(dim=1)


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_out_only(nn.Module):
    """The weights are not returned."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = scores.masked_fill(~mask, -1e9).softmax(dim=-1) * mask
        return self.out((weights @ v).transpose(1, 2).flatten(2))


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_do_not_check(nn.Module):
    """Heads that do not divide the features are not refused when the module is made."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = scores.masked_fill(~mask, -1e9).softmax(dim=-1) * mask
        return self.out((weights @ v).transpose(1, 2).flatten(2)), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_assert_their_number(nn.Module):
    """AssertionError in place of ValueError."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        assert d_model % num_heads == 0, "heads"
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = scores.masked_fill(~mask, -1e9).softmax(dim=-1) * mask
        return self.out((weights @ v).transpose(1, 2).flatten(2)), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_detach_weights(nn.Module):
    """The weights are detached, so that queries and keys do not learn."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = scores.masked_fill(~mask, -1e9).softmax(dim=-1) * mask
        weights = weights.detach()
        return self.out((weights @ v).transpose(1, 2).flatten(2)), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_detach_for_output(nn.Module):
    """out is computed from detached weights, so that nothing tells where to look."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = scores.masked_fill(~mask, -1e9).softmax(dim=-1) * mask
        return self.out((weights.detach() @ v).transpose(1, 2).flatten(2)), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_return_detached_weights(nn.Module):
    """The weights that are returned are detached, as if for drawing only."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = scores.masked_fill(~mask, -1e9).softmax(dim=-1) * mask
        return self.out((weights @ v).transpose(1, 2).flatten(2)), weights.detach()


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_by_numpy(nn.Module):
    """The attention itself is computed in numpy, where no gradient flows."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = torch.tensor(
            (scores.masked_fill(~mask, -1e9).softmax(dim=-1) * mask).detach().numpy()
        )
        return self.out((weights @ v).transpose(1, 2).flatten(2)), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_drop_weights(nn.Module):
    """Dropout in training."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = scores.masked_fill(~mask, -1e9).softmax(dim=-1) * mask
        return self.out(
            (nn.functional.dropout(weights, 0.1, self.training) @ v).transpose(1, 2).flatten(2)
        ), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_round_to_single(nn.Module):
    """Everything is computed in float32."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = scores.masked_fill(~mask, -1e9).softmax(dim=-1) * mask
        return self.out((weights.float().to(v.dtype) @ v).transpose(1, 2).flatten(2)), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_clear_hidden_keys(nn.Module):
    """Right values, but the caller's key is centred in place."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        key -= key.mean()
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = scores.masked_fill(~mask, -1e9).softmax(dim=-1) * mask
        return self.out((weights @ v).transpose(1, 2).flatten(2)), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_ready_made(nn.Module):
    """torch's own function, which this exercise does not allow."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = scores.masked_fill(~mask, -1e9).softmax(dim=-1) * mask
        return self.out(
            nn.functional.scaled_dot_product_attention(q, k, v, mask)
            .nan_to_num()
            .transpose(1, 2)
            .flatten(2)
        ), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_add_minus_infinity(nn.Module):
    """-inf is added to masked scores and NaN replaced by 0, but it comes back in the gradients."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        scores = scores + torch.zeros(mask.shape).masked_fill(~mask, -torch.inf)
        weights = scores.softmax(dim=-1).nan_to_num(0.0)
        return self.out((weights @ v).transpose(1, 2).flatten(2)), weights


@wrong("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_mask_after_exp(nn.Module):
    """torch.where after exp: where a hidden key is huge, exp is inf and its gradient 0 * inf."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        peak = scores.masked_fill(~mask, -1e9).amax(dim=-1, keepdim=True).detach()
        powers = torch.where(mask, torch.exp(scores - peak), 0.0)
        weights = powers / powers.sum(dim=-1, keepdim=True).clamp(min=1e-30)
        return self.out((weights @ v).transpose(1, 2).flatten(2)), weights


# MultiHeadAttention: right


@right("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_minus_infinity(nn.Module):
    """-inf for masked scores, NaN replaced before it reaches the gradient of anything else."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = scores.masked_fill(~mask, -torch.inf).softmax(dim=-1)
        weights = weights.masked_fill(~mask, 0.0)
        return self.out((weights @ v).transpose(1, 2).flatten(2)), weights


@right("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_scaled_before(nn.Module):
    """The queries are divided, and not the scores; einsum; the four layers in a ModuleList."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.layers = nn.ModuleList(nn.Linear(d_model, d_model) for _ in range(4))

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = (self.split(f(x)) for f, x in zip(self.layers, (query, key, value), strict=False))
        scores = torch.einsum("nhqd,nhkd->nhqk", q * q.shape[-1] ** -0.5, k)
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = scores.masked_fill(~mask, -1e9).softmax(dim=-1) * mask
        joined = torch.einsum("nhqk,nhkd->nqhd", weights, v).reshape(query.shape)
        return self.layers[3](joined), weights


@right("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_fused(nn.Module):
    """One product with the three weight matrices stacked; where keys are queries, it saves two."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def forward(self, query, key, value, mask=None):
        weight = torch.stack([self.q.weight, self.k.weight, self.v.weight])
        bias = torch.stack([self.q.bias, self.k.bias, self.v.bias])
        both = torch.cat([query, key, value], dim=1)
        every = torch.einsum("ntd,sed->snte", both, weight) + bias[:, None, None]
        many, number = query.shape[1], key.shape[1]
        parts = every[0, :, :many], every[1, :, many:-number], every[2, :, -number:]
        q, k, v = (part.unflatten(2, (self.num_heads, -1)).transpose(1, 2) for part in parts)
        scores = q @ k.mT / (query.shape[2] / self.num_heads) ** 0.5
        if mask is not None:
            scores = torch.where(mask, scores, -1e9)
        weights = torch.softmax(scores, dim=3)
        if mask is not None:
            weights = torch.where(mask, weights, 0.0)
        return self.out((weights @ v).permute(0, 2, 1, 3).reshape(query.shape)), weights


@right("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_one_by_one(nn.Module):
    """A loop over the heads, which slices the features."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.q(query), self.k(key), self.v(value)
        size = q.shape[2] // self.num_heads
        shape = (len(q), self.num_heads, q.shape[1], k.shape[1])
        seen = torch.ones(shape, dtype=torch.bool) if mask is None else mask.expand(shape)
        found, maps = [], []
        for head in range(self.num_heads):
            own = slice(head * size, (head + 1) * size)
            scores = torch.bmm(q[:, :, own], k[:, :, own].transpose(1, 2)) / size**0.5
            scores = scores.masked_fill(seen[:, head].logical_not(), -1e9)
            maps.append(torch.softmax(scores, dim=2) * seen[:, head])
            found.append(torch.bmm(maps[-1], v[:, :, own]))
        return self.out(torch.cat(found, dim=2)), torch.stack(maps, dim=1)


@right("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_folded_into_the_batch(nn.Module):
    """Heads and batch share an axis, (N * H, T, d_head), as older code has it."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def forward(self, query, key, value, mask=None):
        n, heads = len(query), self.num_heads
        q, k, v = (
            layer(x)
            .reshape(n, x.shape[1], heads, -1)
            .transpose(1, 2)
            .reshape(n * heads, x.shape[1], -1)
            for layer, x in ((self.q, query), (self.k, key), (self.v, value))
        )
        scores = torch.bmm(q, k.transpose(1, 2)) / q.shape[2] ** 0.5
        if mask is not None:
            mask = mask.expand(n, heads, *scores.shape[1:]).reshape(scores.shape)
            scores = scores.masked_fill(~mask, -1e9)
        weights = scores.softmax(2)
        if mask is not None:
            weights = weights.masked_fill(~mask, 0)
        out = torch.bmm(weights, v).reshape(n, heads, query.shape[1], -1).transpose(1, 2)
        return self.out(out.reshape(query.shape)), weights.reshape(n, heads, *weights.shape[1:])


@right("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_raw_parameters(nn.Module):
    """Parameters without nn.Linear, in the order and layout of four such layers."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads:
            raise ValueError(f"{d_model} features, {num_heads} heads")
        self.num_heads = num_heads
        for name in "qkvo":
            weight = torch.randn(d_model, d_model) / d_model**0.5
            self.register_parameter(f"w_{name}", nn.Parameter(weight))
            self.register_parameter(f"b_{name}", nn.Parameter(torch.zeros(d_model)))

    def forward(self, query, key, value, mask=None):
        def project(x, name):
            return x @ getattr(self, f"w_{name}").T + getattr(self, f"b_{name}")

        q, k, v = (
            torch.stack(project(x, name).chunk(self.num_heads, dim=2), dim=1)
            for x, name in ((query, "q"), (key, "k"), (value, "v"))
        )
        scores = q @ k.transpose(-1, -2) / q.size(-1) ** 0.5
        if mask is None:
            weights = scores.softmax(-1)
        else:
            peak = scores.masked_fill(~mask, -1e9).amax(dim=-1, keepdim=True).detach()
            powers = torch.exp((scores - peak).masked_fill(~mask, -1e9))
            weights = powers / powers.sum(dim=-1, keepdim=True).clamp(min=1e-30)
        heads = (weights @ v).unbind(dim=1)
        return project(torch.cat(heads, dim=-1), "o"), weights


@right("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_nan_to_num(nn.Module):
    """torch.where with -inf, and nan_to_num after the softmax: torch keeps the gradients finite."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.q, self.k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.v, self.out = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q(query)), self.split(self.k(key)), self.split(self.v(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        mask = torch.ones(1, dtype=torch.bool) if mask is None else mask
        weights = torch.where(mask, scores, -torch.inf).softmax(dim=-1).nan_to_num(0.0)
        return self.out((weights @ v).transpose(1, 2).flatten(2)), weights


@right("MultiHeadAttention", replaces="MultiHeadAttention")
class heads_without_projecting_keys(nn.Module):
    """Queries go through the keys' matrix too, and values are projected after their mean."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads = num_heads
        self.layers = nn.ModuleList(nn.Linear(d_model, d_model) for _ in range(4))

    def forward(self, query, key, value, mask=None):
        (wq, bq), (wk, bk), (wv, bv) = (
            (layer.weight.unflatten(0, (self.num_heads, -1)), layer.bias.view(self.num_heads, -1))
            for layer in self.layers[:3]
        )
        q = (torch.einsum("nif,hdf->nhid", query, wq) + bq[:, None]) / wq.shape[1] ** 0.5
        scores = torch.einsum("nhid,hdf,njf->nhij", q, wk, key)
        scores = scores + torch.einsum("nhid,hd->nhi", q, bk)[..., None]
        mask = torch.tensor(True) if mask is None else mask
        weights = torch.where(mask, scores, torch.finfo(scores.dtype).min).softmax(dim=-1) * mask
        found = torch.einsum("nhij,njf,hdf->nhid", weights, value, wv)
        found = found + weights.sum(dim=-1, keepdim=True) * bv[:, None]
        return self.layers[3](torch.cat(found.unbind(1), dim=-1)), weights
