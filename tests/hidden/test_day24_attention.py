"""Hidden tests of day 24: the student's attention against the reference.

Queries and keys are drawn so that the logits spread by about one: softmaxes that are neither flat
nor one-hot, so that a wrong axis, scale or mask changes every entry. No two dimensions are equal,
except where a swap of two would otherwise be stopped by its shape.
"""

from __future__ import annotations

import numpy as np
import torch

from autograder.testing import (
    StudentFailure,
    assert_close,
    check,
    copy_weights,
    exercise,
    unpack,
    weight,
)
from solutions import day24_attention as reference

READY_MADE = (
    "torch.nn.functional.scaled_dot_product_attention",
    "torch.nn.functional.multi_head_attention_forward",
    "torch.ops.aten.scaled_dot_product_attention",
    "torch.nn.MultiheadAttention",
    "torch.nn.Transformer",
    "torch.nn.TransformerEncoderLayer",
    "torch.nn.TransformerDecoderLayer",
    "torch.nn.attention",
)
HUGE = 1e30


def strided(array):
    """An equal array whose entries do not lie side by side in memory."""
    roomy = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), dtype=array.dtype)
    roomy[..., ::2] = array
    return roomy[..., ::2]


def exact(value, expected, name="result"):
    assert_close(value, expected, rtol=1e-8, atol=1e-9, name=name, dtype=np.float64)


def assert_pooled(value, expected, names=("out", "weights")):
    """`value` is (out, weights), and both are right."""
    for name, got, right in zip(names, unpack(value, *names), expected, strict=True):
        exact(got, right, name)


def random_mask(rng, shape):
    """About half True; every row has at least one True and one False."""
    mask = rng.random(shape) < 0.5
    places = rng.permuted(np.broadcast_to(np.arange(shape[-1]), shape), axis=-1)[..., :2]
    np.put_along_axis(mask, places, np.broadcast_to([True, False], places.shape), axis=-1)
    return mask


@exercise("kernel_attention")
class TestKernelAttention:
    def cloud(self, rng, queries=5, keys=7, d=3, dv=4):
        return (
            rng.normal(size=(queries, d)),
            rng.normal(size=(keys, d)),
            rng.normal(size=(keys, dv)),
        )

    @weight(2)
    def test_every_dimension_different(self, student, rng):
        """out (Q, dv) and weights (Q, K) are those of the formula when Q, K, d and dv differ. The
        distance runs over all d coordinates, and each row of weights sums to 1 over the keys."""
        for sizes in ((5, 7, 3, 4), (6, 2, 5, 3)):
            cloud = self.cloud(rng, *sizes)
            value = student.kernel_attention(*cloud, 1.5)
            assert_pooled(value, reference.kernel_attention(*cloud, 1.5))

    @weight(2)
    def test_bandwidth(self, student, rng):
        """The bandwidth enters as in the formula: how is it squared, and where is the 2? The
        distance is squared too."""
        queries, keys, values = self.cloud(rng, d=1)
        for bandwidth in (0.6, 1.0, 2.5):
            value = student.kernel_attention(queries, keys, values, bandwidth)
            assert_pooled(value, reference.kernel_attention(queries, keys, values, bandwidth))

    def test_one_coordinate(self, student, rng):
        """Points with one coordinate and values with one number: shapes stay (Q, 1) and (Q, K)."""
        cloud = self.cloud(rng, 6, 4, 1, 1)
        value = student.kernel_attention(*cloud, 0.7)
        assert_pooled(value, reference.kernel_attention(*cloud, 0.7))

    @weight(2)
    def test_query_far_from_every_key(self, student, rng):
        """Far from all keys, where every kernel value is 0 in floating point, nearly all the weight
        is on the nearest key, and nothing is NaN, also when another query is near. What does a
        softmax do about large exponents, row by row?"""
        queries, keys, values = self.cloud(rng, 4, 6, 3, 2)
        queries[1:] = np.sign(queries[1:]) * 50.0
        out, weights = unpack(
            student.kernel_attention(queries, keys, values, 0.2), "out", "weights"
        )
        expected = reference.kernel_attention(queries, keys, values, 0.2)
        assert_close(weights, expected[1], rtol=1e-6, atol=1e-6, name="weights", dtype=np.float64)
        assert_close(out, expected[0], rtol=1e-6, atol=1e-6, name="out", dtype=np.float64)

    def test_one_query_or_one_key(self, student, rng):
        """A single query works; with a single key its weight is 1 and its value is the result."""
        for sizes in ((1, 4, 3, 2), (3, 1, 2, 4), (1, 1, 1, 1)):
            cloud = self.cloud(rng, *sizes)
            value = student.kernel_attention(*cloud, 0.8)
            assert_pooled(value, reference.kernel_attention(*cloud, 0.8))

    def test_arguments_stay_as_they_are(self, student, rng):
        """Transposed and strided arguments work, and none of them is changed."""
        queries = rng.normal(size=(3, 5)).T
        keys, values = strided(rng.normal(size=(7, 3))), strided(rng.normal(size=(7, 4)))
        value = student.kernel_attention.unchanged(queries, keys, values, 1.2)
        assert_pooled(value, reference.kernel_attention(queries, keys, values, 1.2))


@exercise("masked_softmax")
class TestMaskedSoftmax:
    @weight(2)
    def test_softmax_where_without_a_mask(self, student, rng):
        """softmax_where without a mask is the softmax over the last axis, whether there are one,
        two, three or four axes."""
        for shape in ((6,), (3, 5), (5, 5), (2, 3, 4), (2, 3, 5, 4)):
            scores = rng.normal(size=shape)
            exact(student.softmax_where(scores), reference.softmax_where(scores))
        exact(student.softmax_where(scores, None), reference.softmax_where(scores))

    @weight(2)
    def test_softmax_where_leaves_entries_out(self, student, rng):
        """softmax_where gives 0 where the mask is False, and the others of the row share 1 among
        them. True means that an entry takes part."""
        for shape in ((7,), (4, 6), (2, 5, 3)):
            scores, mask = rng.normal(size=shape), random_mask(rng, shape)
            scores[..., :2] = 0.0
            got = student.softmax_where(scores, mask)
            exact(got, reference.softmax_where(scores, mask))
            check(not np.any(got[~mask]), "an entry that is left out is tiny, but not exactly 0")

    def test_softmax_where_broadcasts_the_mask(self, student, rng):
        """softmax_where takes a mask with fewer axes than the scores, or with axes of length 1,
        and broadcasts it as numpy does."""
        scores = rng.normal(size=(2, 3, 5, 4))
        for shape in ((4,), (5, 4), (2, 1, 1, 4), (3, 1, 4), (2, 1, 5, 4)):
            mask = random_mask(rng, shape)
            exact(student.softmax_where(scores, mask), reference.softmax_where(scores, mask))

    @weight(2)
    def test_softmax_where_nothing_is_left(self, student, rng):
        """In softmax_where a row whose mask is False throughout is all zeros, neither NaN nor
        uniform, and does not disturb the other rows."""
        scores, mask = rng.normal(size=(3, 4, 6)), random_mask(rng, (3, 4, 6))
        mask[0, 1] = mask[2, 0] = mask[2, 3] = False
        exact(student.softmax_where(scores, mask), reference.softmax_where(scores, mask))
        nothing = np.zeros((4, 6), dtype=bool)
        exact(student.softmax_where(scores, nothing), np.zeros_like(scores))

    @weight(2)
    def test_softmax_where_ignores_huge_scores(self, student, rng):
        """In softmax_where scores that do not take part have no influence at all, not even
        1e30 or -1e30: neither on the sum, nor on the maximum that you subtract."""
        scores, mask = rng.normal(size=(3, 4, 6)), random_mask(rng, (3, 4, 6))
        mask[1, 2] = False
        expected = reference.softmax_where(scores, mask)
        for huge in (HUGE, -HUGE, 900.0):
            exact(student.softmax_where(np.where(mask, scores, huge), mask), expected)

    @weight(2)
    def test_softmax_where_extreme_scores(self, student, rng):
        """In softmax_where rows of scores near +1000 and rows near -1000 in the same array are as
        exact as any other, with a mask and without one."""
        scores = rng.normal(size=(4, 5)) + np.array([[1000.0], [-1000.0], [0.0], [-990.0]])
        mask = random_mask(rng, (4, 5))
        for allowed in (None, mask):
            expected = reference.softmax_where(scores, allowed)
            exact(student.softmax_where(scores, allowed), expected)
        scores = np.array([[1000.0, -1000.0, 999.0], [-1000.0, 1000.0, -1000.0]])
        exact(student.softmax_where(scores), reference.softmax_where(scores))

    @weight(2)
    def test_one_length_for_each_sequence(self, student, rng):
        """masked_softmax with lengths (N,): every query of sequence n sees the first lengths[n]
        keys, and no others."""
        for shape, lengths in (((3, 4, 6), [2, 6, 1]), ((4, 4, 4), [3, 1, 4, 2])):
            scores, seen = rng.normal(size=shape), np.array(lengths)
            exact(student.masked_softmax(scores, seen), reference.masked_softmax(scores, seen))

    @weight(2)
    def test_one_length_for_each_query(self, student, rng):
        """masked_softmax with lengths (N, Q): query i of sequence n sees the first lengths[n, i]
        keys, and no others."""
        for shape in ((2, 3, 5), (3, 3, 3)):
            scores = rng.normal(size=shape)
            seen = rng.integers(1, shape[2] + 1, size=shape[:2])
            exact(student.masked_softmax(scores, seen), reference.masked_softmax(scores, seen))

    def test_lengths_of_zero(self, student, rng):
        """masked_softmax gives a row of zeros where the length is 0, for lengths (N,) and (N, Q),
        and an ordinary softmax where it is K."""
        scores = rng.normal(size=(3, 2, 5))
        for lengths in ([0, 5, 2], [0, 0, 0], [[0, 3], [5, 0], [1, 5]]):
            seen = np.array(lengths)
            exact(student.masked_softmax(scores, seen), reference.masked_softmax(scores, seen))

    def test_padding_may_hold_anything(self, student, rng):
        """In masked_softmax the scores of padding have no influence, not even 1e30; rows near
        +1000 and -1000 work."""
        scores, seen = rng.normal(size=(3, 4, 6)), np.array([2, 5, 1])
        scores += np.array([1000.0, -1000.0, 0.0])[:, None, None]
        expected = reference.masked_softmax(scores, seen)
        scores = np.where(np.arange(6) < seen[:, None, None], scores, HUGE)
        exact(student.masked_softmax(scores, seen), expected)

    def test_single_sequence_query_or_key(self, student, rng):
        """Axes of length 1 work in masked_softmax, and none is lost."""
        for shape in ((1, 3, 4), (3, 1, 4), (2, 3, 1), (1, 1, 1)):
            scores = rng.normal(size=shape)
            for size in (shape[:1], shape[:2]):
                seen = rng.integers(1, shape[2] + 1, size=size)
                exact(student.masked_softmax(scores, seen), reference.masked_softmax(scores, seen))

    def test_arguments_stay_as_they_are(self, student, rng):
        """Transposed and strided arguments and int32 lengths work in both functions, and no
        argument is changed."""
        scores, mask = rng.normal(size=(5, 4, 3)).T, strided(random_mask(rng, (3, 4, 5)))
        got = student.softmax_where.unchanged(scores, mask)
        exact(got, reference.softmax_where(scores, mask))
        seen = strided(rng.integers(0, 6, size=(3, 4), dtype=np.int32))
        got = student.masked_softmax.unchanged(scores, seen)
        exact(got, reference.masked_softmax(scores, seen))


@exercise("additive_scores")
class TestAdditiveScores:
    def additive(self, rng, n=2, queries=3, keys=5, dq=4, dk=6, h=7):
        return (
            rng.normal(size=(n, queries, dq)),
            rng.normal(size=(n, keys, dk)),
            rng.normal(size=(dq, h)) / np.sqrt(dq),
            rng.normal(size=(dk, h)) / np.sqrt(dk),
            rng.normal(size=h),
        )

    def multiplicative(self, rng, n=2, queries=3, keys=5, dq=4, dk=6):
        return (
            rng.normal(size=(n, queries, dq)),
            rng.normal(size=(n, keys, dk)),
            rng.normal(size=(dq, dk)) / np.sqrt(dq * dk),
        )

    @weight(2)
    def test_additive_every_dimension_different(self, student, rng):
        """additive_scores gives (N, Q, K): every query with every key of its own sequence, when
        N, Q, K, dq, dk and h all differ."""
        for sizes in ((2, 3, 5, 4, 6, 7), (3, 6, 2, 5, 4, 8)):
            args = self.additive(rng, *sizes)
            exact(student.additive_scores(*args), reference.additive_scores(*args))

    @weight(2)
    def test_additive_equal_dimensions(self, student, rng):
        """additive_scores is right where nothing but the values can tell queries from keys: w_q
        belongs to the queries, w_k to the keys, and v comes after the tanh."""
        args = self.additive(rng, 4, 4, 4, 4, 4, 4)
        exact(student.additive_scores(*args), reference.additive_scores(*args))

    def test_additive_saturates(self, student, rng):
        """In additive_scores the tanh is taken of the sum of both projections, so large inputs
        give scores of a limited size, and are not scaled down."""
        queries, keys, w_q, w_k, v = self.additive(rng)
        for factor in (0.05, 30.0, 1e6):
            args = (factor * queries, factor * keys, w_q, w_k, v)
            exact(student.additive_scores(*args), reference.additive_scores(*args))

    @weight(2)
    def test_multiplicative_every_dimension_different(self, student, rng):
        """multiplicative_scores gives (N, Q, K): query times w times key, for every pair of a
        sequence, when N, Q, K, dq and dk all differ. It does not scale."""
        for sizes in ((2, 3, 5, 4, 6), (3, 6, 2, 7, 5)):
            args = self.multiplicative(rng, *sizes)
            exact(student.multiplicative_scores(*args), reference.multiplicative_scores(*args))

    @weight(2)
    def test_multiplicative_equal_dimensions(self, student, rng):
        """multiplicative_scores is right for a square w and as many queries as keys, where
        nothing but the values shows what is transposed: w, the keys or the result."""
        args = self.multiplicative(rng, 4, 4, 4, 4, 4)
        exact(student.multiplicative_scores(*args), reference.multiplicative_scores(*args))

    def test_axes_of_length_one(self, student, rng):
        """One sequence, one query, one key, one feature or one hidden unit: no axis is lost."""
        for sizes in ((1, 3, 4, 2, 5), (2, 1, 3, 4, 1), (2, 3, 1, 1, 4), (1, 1, 1, 1, 1)):
            args = self.additive(rng, *sizes, h=1)
            exact(student.additive_scores(*args), reference.additive_scores(*args))
            args = self.multiplicative(rng, *sizes)
            exact(student.multiplicative_scores(*args), reference.multiplicative_scores(*args))

    def test_arguments_stay_as_they_are(self, student, rng):
        """Transposed and strided arguments work in both functions, and none is changed."""
        queries, keys, w_q, w_k, v = self.additive(rng)
        queries, keys = queries.T.copy().T, strided(keys)
        w_q, w_k, v = w_q.T.copy().T, strided(w_k), strided(v)
        got = student.additive_scores.unchanged(queries, keys, w_q, w_k, v)
        exact(got, reference.additive_scores(queries, keys, w_q, w_k, v))
        w = strided(rng.normal(size=(4, 6)))
        got = student.multiplicative_scores.unchanged(queries, keys, w)
        exact(got, reference.multiplicative_scores(queries, keys, w))


def heads(rng, lead=(2,), queries=3, keys=5, d=6, dv=4):
    """Random q, k and v, with any axes before the last two."""
    return (
        rng.normal(size=(*lead, queries, d)),
        rng.normal(size=(*lead, keys, d)),
        rng.normal(size=(*lead, keys, dv)),
    )


def attend(q, k, v, mask=None):
    return reference.scaled_dot_product_attention(q, k, v, mask)


def spoil(array, hidden, huge=HUGE):
    """A copy of k or v (..., K, d) with huge entries of both signs at the keys that `hidden`
    (..., K) names."""
    signs = np.where(np.arange(array.shape[-1]) % 2, -huge, huge)
    return np.where(hidden[..., None], signs, array)


@exercise("scaled_dot_product_attention", forbids=READY_MADE)
class TestScaledDotProductAttention:
    @weight(2)
    def test_every_dimension_different(self, student, rng):
        """out (N, Q, dv) and weights (N, Q, K) are right when N, Q, K, d and dv all differ. The
        softmax is over the keys, so each query's weights sum to 1."""
        for sizes in (((2,), 3, 5, 6, 4), ((3,), 7, 2, 4, 5)):
            q, k, v = heads(rng, *sizes)
            assert_pooled(student.scaled_dot_product_attention(q, k, v), attend(q, k, v))

    @weight(2)
    def test_scale(self, student, rng):
        """Scores are divided by the square root of d, the length of a query: right for short and
        long queries, with as many keys as queries, and values of another length."""
        for d in (1, 2, 9, 30):
            q, k, v = heads(rng, (2,), 4, 4, d, 3)
            assert_pooled(student.scaled_dot_product_attention(q, k, v), attend(q, k, v))

    @weight(2)
    def test_mask_of_its_own_for_every_query(self, student, rng):
        """A mask (N, Q, K) hides keys from single queries. True means that the query may look at
        the key; weights of hidden keys are exactly 0, and the others sum to 1."""
        q, k, v = heads(rng)
        mask = random_mask(rng, (2, 3, 5))
        value = student.scaled_dot_product_attention(q, k, v, mask)
        assert_pooled(value, attend(q, k, v, mask))
        q, k, v = heads(rng, (2,), 4, 4)
        mask = random_mask(rng, (2, 4, 4))
        value = student.scaled_dot_product_attention(q, k, v, mask=mask)
        assert_pooled(value, attend(q, k, v, mask))

    def test_causal_mask(self, student, rng):
        """With a lower triangular mask (Q, K) for the whole batch, query i sees the keys 0 to i,
        and the first query returns the first value."""
        q, k, v = heads(rng, (3,), 5, 5, 4, 2)
        mask = np.tril(np.ones((5, 5), dtype=bool))
        value = student.scaled_dot_product_attention(q, k, v, mask)
        assert_pooled(value, attend(q, k, v, mask))

    def test_other_leading_axes(self, student, rng):
        """q, k and v may have no batch axis, or two (batch and head), and a mask (N, 1, 1, K)
        broadcasts over heads and queries."""
        q, k, v = heads(rng, ())
        mask = random_mask(rng, (3, 5))
        value = student.scaled_dot_product_attention(q, k, v, mask)
        assert_pooled(value, attend(q, k, v, mask))
        q, k, v = heads(rng, (2, 3), 4, 5, 6, 7)
        assert_pooled(student.scaled_dot_product_attention(q, k, v), attend(q, k, v))
        mask = random_mask(rng, (2, 1, 1, 5))
        value = student.scaled_dot_product_attention(q, k, v, mask)
        assert_pooled(value, attend(q, k, v, mask))

    @weight(2)
    def test_query_that_sees_nothing(self, student, rng):
        """A query whose mask is False for every key gets weights of 0 and an out of 0, not NaN
        and not the mean of the values; other queries are not disturbed."""
        q, k, v = heads(rng)
        mask = random_mask(rng, (2, 3, 5))
        mask[0, 2] = mask[1, 0] = False
        value = student.scaled_dot_product_attention(q, k, v, mask)
        assert_pooled(value, attend(q, k, v, mask))
        value = student.scaled_dot_product_attention(q, k, v, np.zeros((3, 5), dtype=bool))
        assert_pooled(value, (np.zeros((2, 3, 4)), np.zeros((2, 3, 5))))

    @weight(2)
    def test_hidden_keys_have_no_influence(self, student, rng):
        """What masked keys and their values hold makes no difference, not even 1e30: what you add
        or multiply to hide a score must hide a huge one too."""
        q, k, v = heads(rng, (2,), 3, 6)
        mask = random_mask(rng, (2, 1, 6))
        expected = attend(q, k, v, mask)
        for huge in (HUGE, 50.0):
            k, v = spoil(k, ~mask[:, 0], huge), spoil(v, ~mask[:, 0], huge)
            assert_pooled(student.scaled_dot_product_attention(q, k, v, mask), expected)

    @weight(2)
    def test_extreme_scores(self, student, rng):
        """Scores of +1000 and -1000, whole rows of them too, give no NaN and no zeros. Do you
        subtract the largest score of each row before exp?"""
        q, k, v = heads(rng, (2,), 4, 6, 5, 3)
        q = q * np.array([0.0, 1000.0, -1000.0, 30.0])[:, None]
        k[..., 0] = 1.0 + 1e-3 * k[..., 1]
        q[:, 1:3, 0] = [2300.0, -2300.0]
        q[:, 1:3, 1:] = 0.0
        for mask in (None, random_mask(rng, (2, 4, 6))):
            value = student.scaled_dot_product_attention(q, k, v, mask)
            for name, got, right in zip(
                ("out", "weights"),
                unpack(value, "out", "weights"),
                attend(q, k, v, mask),
                strict=True,
            ):
                assert_close(got, right, rtol=1e-8, atol=1e-8, name=name, dtype=np.float64)

    def test_axes_of_length_one(self, student, rng):
        """One sequence, one query, one key or one feature: no axis is lost. With one key its
        weight is 1."""
        for sizes in (((1,), 3, 4, 2, 5), ((2,), 1, 3, 4, 1), ((2,), 3, 1, 5, 2), ((), 1, 1, 1, 1)):
            q, k, v = heads(rng, *sizes)
            assert_pooled(student.scaled_dot_product_attention(q, k, v), attend(q, k, v))

    def test_arguments_stay_as_they_are(self, student, rng):
        """Transposed and strided arguments work, and none of them is changed."""
        q, k, v = heads(rng)
        q, k, v = q.T.copy().T, strided(k), strided(v)
        mask = strided(random_mask(rng, (2, 3, 5)))
        value = student.scaled_dot_product_attention.unchanged(q, k, v, mask)
        assert_pooled(value, attend(q, k, v, mask))


def assert_gradients(student, dout, q, k, v, weights, *, only="dq dk dv", expected=None):
    """The student's (dq, dk, dv), of which those named by `only` are right."""
    names = ("dq", "dk", "dv")
    if expected is None:
        expected = reference.attention_backward(dout, q, k, v, weights)
    value = student.attention_backward(dout, q, k, v, weights)
    for name, got, right in zip(names, unpack(value, *names), expected, strict=True):
        if name in only.split():
            exact(got, right, name)


@exercise("attention_backward", forbids=READY_MADE)
class TestAttentionBackward:
    def problem(self, rng, *sizes, mask=None):
        """dout, q, k, v and weights, with random upstream gradients."""
        q, k, v = heads(rng, *sizes)
        out, weights = attend(q, k, v, mask)
        return rng.normal(size=out.shape), q, k, v, weights

    @weight(2)
    def test_dv(self, student, rng):
        """dv has the shape of v: each value collects from every query that looked at it, in
        proportion to its weight."""
        assert_gradients(student, *self.problem(rng), only="dv")
        assert_gradients(student, *self.problem(rng, (3,), 4, 4, 2, 5), only="dv")

    @weight(2)
    def test_dq(self, student, rng):
        """dq has the shape of q: dout goes back through v, then through the softmax of each row,
        then through the scale, then through k."""
        assert_gradients(student, *self.problem(rng), only="dq")
        assert_gradients(student, *self.problem(rng, (3,), 4, 4, 2, 5), only="dq")

    @weight(2)
    def test_dk(self, student, rng):
        """dk has the shape of k: it takes the same gradient of the scores as dq, and sums over the
        queries."""
        assert_gradients(student, *self.problem(rng), only="dk")
        assert_gradients(student, *self.problem(rng, (3,), 4, 4, 2, 5), only="dk")

    def test_scale(self, student, rng):
        """The scale 1 / sqrt(d) of the forward pass is in dq and dk, once, and not in dv, for
        short and for long queries."""
        for d in (1, 3, 16):
            assert_gradients(student, *self.problem(rng, (2,), 3, 5, d, 4))

    def test_other_leading_axes(self, student, rng):
        """No batch axis, or two of them (batch and head), work as one does."""
        assert_gradients(student, *self.problem(rng, ()))
        assert_gradients(student, *self.problem(rng, (2, 3), 4, 5, 6, 7))

    @weight(2)
    def test_masked_keys_and_queries(self, student, rng):
        """Gradients of a masked key, of its value, and of a query that sees nothing are 0, and
        what masked keys and values hold, 1e30 too, makes no difference."""
        mask = random_mask(rng, (2, 1, 6)) & np.ones((2, 4, 1), dtype=bool)
        mask[1, 2] = False
        dout, q, k, v, weights = self.problem(rng, (2,), 4, 6, 5, 3, mask=mask)
        expected = reference.attention_backward(dout, q, k, v, weights)
        assert_gradients(student, dout, q, k, v, weights)
        hidden = ~mask.any(axis=1)
        k, v = spoil(k, hidden), spoil(v, hidden)
        assert_gradients(student, dout, q, k, v, weights, expected=expected)

    def test_axes_of_length_one(self, student, rng):
        """One sequence, query, key or feature works. A single key has the weight 1 whatever the
        score is, so dq and dk are then 0."""
        for sizes in (((1,), 3, 4, 2, 5), ((2,), 1, 3, 4, 1), ((2,), 3, 1, 5, 2), ((), 1, 1, 1, 1)):
            assert_gradients(student, *self.problem(rng, *sizes))

    def test_saturated_weights(self, student, rng):
        """Where one key has all the weight, the gradient of the scores is 0, and nothing is NaN:
        weights of exactly 0 and 1 are ordinary numbers here."""
        dout, q, k, v, _ = self.problem(rng, (2,), 3, 5, 4, 6)
        weights = np.eye(5)[rng.integers(0, 5, size=(2, 3))]
        assert_gradients(student, dout, q, k, v, weights)

    def test_arguments_stay_as_they_are(self, student, rng):
        """Transposed and strided arguments work, and none of them is changed."""
        dout, q, k, v, weights = self.problem(rng)
        args = (dout.T.copy().T, strided(q), strided(k), strided(v), strided(weights))
        value = student.attention_backward.unchanged(*args)
        expected = reference.attention_backward(*args)
        assert_pooled(value, expected, names=("dq", "dk", "dv"))


def twins(student, rng, d_model=12, num_heads=3, *, double=True):
    """The reference's module and the student's, with equal weights that make logits of unit
    spread. The weights are float32 numbers, so that they survive the way there as they are."""
    mine = reference.MultiHeadAttention(d_model, num_heads)
    with torch.no_grad():
        for values in mine.parameters():
            spread = 1.4 / np.sqrt(d_model) if values.ndim == 2 else 0.5
            values.copy_(torch.tensor(spread * rng.normal(size=tuple(values.shape))))
    theirs = student.MultiHeadAttention(d_model, num_heads)
    copy_weights(mine, theirs)
    if double:
        mine.double()
        theirs.do("double")
    return mine, theirs


def sequences(rng, n=2, queries=4, keys=5, d_model=12):
    """A query, a key and a value, all different."""
    lengths = (queries, keys, keys)
    return [torch.tensor(rng.normal(size=(n, length, d_model))) for length in lengths]


def assert_same(mine, theirs, *inputs, only="out weights", tolerance=1e-8):
    """Both modules return the same for the same inputs."""
    with torch.no_grad():
        expected = mine(*inputs)
    names = ("out", "weights")
    for name, got, right in zip(names, unpack(theirs(*inputs), *names), expected, strict=True):
        if name in only.split():
            assert_close(got, right, rtol=tolerance, atol=tolerance, name=name, dtype=right.dtype)


def torch_mask(rng, shape):
    return torch.tensor(random_mask(rng, shape))


@exercise("MultiHeadAttention", forbids=READY_MADE)
class TestMultiHeadAttention:
    @weight(2)
    def test_weights_of_every_head(self, student, rng):
        """weights is (N, num_heads, Q, K): each head compares its own d_head features of the
        projected queries and keys, scaled by sqrt(d_head). Are the heads split by reshape and then
        transposed, and the projections made in the order queries, keys, values, output?"""
        for d_model, num_heads in ((12, 3), (10, 5)):
            pair = twins(student, rng, d_model, num_heads)
            assert_same(*pair, *sequences(rng, d_model=d_model), only="weights")

    @weight(2)
    def test_output(self, student, rng):
        """out is (N, Q, d_model): the heads' results side by side, then the output projection.
        Before the heads are joined, their axis has to stand next to the features again."""
        for d_model, num_heads in ((12, 3), (10, 5)):
            pair = twins(student, rng, d_model, num_heads)
            assert_same(*pair, *sequences(rng, d_model=d_model))

    def test_one_head_and_one_feature_per_head(self, student, rng):
        """A single head works, and so do as many heads as features; a single sequence, query or
        key too."""
        for num_heads in (1, 6):
            pair = twins(student, rng, 6, num_heads)
            assert_same(*pair, *sequences(rng, d_model=6))
        for sizes in ((1, 3, 4), (2, 1, 3), (2, 3, 1)):
            assert_same(*pair, *sequences(rng, *sizes, d_model=6))

    def test_square_problem(self, student, rng):
        """Where N, Q, K, the number of heads and d_head are all equal, so that no shape stops a
        swapped axis, the values are right."""
        pair = twins(student, rng, 9, 3)
        assert_same(*pair, *sequences(rng, 3, 3, 3, 9))

    @weight(2)
    def test_mask_for_every_query(self, student, rng):
        """A mask (Q, K) holds for every sequence and head, causal ones too, and True means that
        the query may look at the key. Hidden keys get a weight of exactly 0."""
        pair = twins(student, rng)
        inputs = sequences(rng)
        mask = torch_mask(rng, (4, 5))
        assert_same(*pair, *inputs, mask)
        _, weights = unpack(pair[1](*inputs, mask=mask), "out", "weights")
        assert_close(
            weights.masked_fill(mask, 0.0) if _is_map(weights) else weights,
            torch.zeros(2, 3, 4, 5, dtype=torch.float64),
            rtol=0.0,
            atol=0.0,
            name="weights of hidden keys",
        )
        causal = torch.ones(5, 5, dtype=torch.bool).tril()
        assert_same(*pair, *sequences(rng, queries=5), causal)

    def test_mask_for_every_sequence_or_head(self, student, rng):
        """Masks (N, 1, 1, K) for padding, (num_heads, 1, K) and (N, num_heads, Q, K) broadcast
        to the weights, each to its own axes."""
        pair = twins(student, rng)
        for shape in ((2, 1, 1, 5), (3, 1, 5), (2, 3, 4, 5)):
            assert_same(*pair, *sequences(rng), torch_mask(rng, shape))

    def test_hidden_keys_have_no_influence(self, student, rng):
        """What hidden keys and values hold makes no difference, however large it is: neither to
        out and weights, nor to the gradients of the layers."""
        mine, theirs = twins(student, rng)
        query, key, value = sequences(rng)
        mask = torch_mask(rng, (2, 1, 1, 5))
        hidden = ~mask[:, 0, 0, :, None]
        with torch.no_grad():
            expected = mine(query, key, value, mask)
        spoiled = key.masked_fill(hidden, 1e30), value.masked_fill(hidden, -1e30)
        got = unpack(theirs(query, *spoiled, mask), "out", "weights")
        for name, values, right in zip(("out", "weights"), got, expected, strict=True):
            assert_close(values, right, rtol=1e-8, atol=1e-8, name=name, dtype=torch.float64)
        assert_same_gradients(student, rng, mine, theirs, (query, *spoiled), mask)

    @weight(2)
    def test_query_that_sees_nothing(self, student, rng):
        """A query that may look at no key gets weights of 0, so that its row of out is the bias of
        the output layer, not NaN; gradients are finite there too."""
        mine, theirs = twins(student, rng)
        inputs, mask = sequences(rng), torch_mask(rng, (2, 1, 4, 5))
        mask[0, 0, 1] = mask[1, 0, 3] = False
        assert_same(mine, theirs, *inputs, mask)
        assert_same_gradients(student, rng, mine, theirs, inputs, mask)

    @weight(2)
    def test_gradients_reach_every_weight(self, student, rng):
        """The gradients of all eight weights and biases are those of autograd through out and
        weights: nothing is detached on the way, and no tensor made anew from numbers. An error
        about an "inplace operation" means that an array still needed was written into: by -=,
        [...] = or a method ending in _, perhaps on query, key or value."""
        mine, theirs = twins(student, rng)
        assert_same_gradients(student, rng, mine, theirs, sequences(rng))

    def test_train_and_eval_and_single_precision(self, student, rng):
        """There is no dropout: train() and eval() give the same. In float32 out and weights are
        float32."""
        mine, theirs = twins(student, rng, double=False)
        inputs, mask = [part.float() for part in sequences(rng)], torch_mask(rng, (4, 5))
        theirs.do("eval")
        assert_same(mine, theirs, *inputs, mask, tolerance=1e-4)
        theirs.do("train")
        assert_same(mine, theirs, *inputs, mask, tolerance=1e-4)

    def test_heads_that_do_not_divide(self, student):
        """ValueError is raised, already when the module is made, where d_model cannot be split
        evenly among the heads."""
        for d_model, num_heads in ((10, 3), (4, 8), (7, 2)):
            student.MultiHeadAttention.raises(ValueError, d_model, num_heads)
        copy_weights(reference.MultiHeadAttention(8, 4), student.MultiHeadAttention(8, 4))


def _is_map(weights):
    return isinstance(weights, torch.Tensor) and weights.shape == (2, 3, 4, 5)


LAYERS = ("query", "key", "value", "output")


def assert_same_gradients(student, rng, mine, theirs, inputs, mask=None):
    """Both modules have the same gradients for random upstream gradients of out and weights; the
    inputs come back unchanged."""
    out, weights = mine(*inputs, mask)
    upstream = [torch.tensor(rng.normal(size=tuple(part.shape))) for part in (out, weights)]
    loss = sum((part * up).sum() for part, up in zip((out, weights), upstream, strict=True))
    expected = torch.autograd.grad(loss, list(mine.parameters()))
    found = student.parameter_gradients.unchanged(theirs, *inputs, *upstream, mask)
    check(isinstance(found, list), "the gradients of the module's parameters cannot be read")
    for axes, name in ((2, "gradient of weight"), (1, "gradient of bias")):
        got = [part for part in found if isinstance(part, torch.Tensor) and part.ndim == axes]
        right = [part for part in expected if part.ndim == axes]
        if len(got) != len(right):
            raise StudentFailure("the module should have four weights and four biases")
        for number, (values, gradient) in enumerate(zip(got, right, strict=True)):
            what = f"{name} of the {LAYERS[number]} layer"
            assert_close(values, gradient, rtol=1e-7, atol=1e-8, name=what, dtype=torch.float64)
