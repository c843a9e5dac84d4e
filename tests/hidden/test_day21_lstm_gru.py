"""Hidden tests of day 21: the student's LSTM, GRU and character model against the reference.

Sizes are small and all different, so that swapped axes cannot hide. A bias of 50, beside weights
of about 1, opens a gate, and one of -50 closes it, to well below the tolerance.
"""

from __future__ import annotations

from itertools import pairwise

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
from solutions import day21_lstm_gru as reference

LIBRARY_CELLS = (
    *(f"torch.nn.{kind}{cell}" for kind in ("LSTM", "GRU", "RNN") for cell in ("", "Cell")),
    "torch.nn.RNNBase",
    *(f"torch.{name}" for name in ("lstm", "gru", "rnn_tanh", "lstm_cell", "gru_cell")),
    *(f"torch._VF.{name}" for name in ("lstm", "gru", "rnn_tanh", "lstm_cell", "gru_cell")),
)
TIGHT = {"rtol": 1e-9, "atol": 1e-9, "dtype": np.float64}
OPEN, CLOSED = 50.0, -50.0
# (N, D, H): all different, one wider than the input and one narrower, and lengths of 1
SIZES = ((4, 3, 5), (2, 6, 3))
SINGLE = ((1, 3, 2), (3, 1, 2), (3, 2, 1), (1, 1, 1))


def strided(array):
    """An equal array whose entries do not lie side by side in memory."""
    roomy = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), dtype=array.dtype)
    roomy[..., ::2] = array
    return roomy[..., ::2]


def parameters(rng, d, h, blocks=4, **biases):
    """Random Wx, Wh and b; `biases` sets a gate's block of b: f=50.0 opens the forget gate."""
    params = {
        "Wx": rng.normal(size=(d, blocks * h)),
        "Wh": rng.normal(size=(h, blocks * h)),
        "b": rng.normal(size=blocks * h),
    }
    names = "ifgo" if blocks == 4 else "rzn"
    for gate, value in biases.items():
        params["b"][names.index(gate) * h :][:h] = value
    return params


def inputs(rng, n, d, h):
    """x, h and c of one step; the cell state goes beyond 1, as cell states do."""
    return rng.normal(size=(n, d)), rng.uniform(-1, 1, size=(n, h)), 2.0 * rng.normal(size=(n, h))


def extreme(rng, params):
    """The same parameters, of 4 units, with biases of +-1000: both signs in every gate."""
    signs = rng.permuted(np.resize([1.0, -1.0], (params["b"].size // 4, 4)), axis=1)
    return {**params, "b": 1000.0 * signs.ravel()}


def column(params, block, name="b"):
    """The columns of one gate."""
    return np.split(params[name], 4, axis=-1)[block]


def cell(student, x, h, c, params, *, unchanged=False):
    """The student's (h_next, c_next, cache)."""
    step = student.lstm_cell_forward.unchanged if unchanged else student.lstm_cell_forward
    return unpack(step(x, h, c, params), "h_next", "c_next", "cache")


def assert_cell(student, x, h, c, params, *, unchanged=False):
    h_next, c_next, _ = cell(student, x, h, c, params, unchanged=unchanged)
    expected_h, expected_c, _ = reference.lstm_cell_forward(x, h, c, params)
    assert_close(c_next, expected_c, name="c_next", **TIGHT)
    assert_close(h_next, expected_h, name="h_next", **TIGHT)


@exercise("lstm_cell_forward", forbids=LIBRARY_CELLS)
class TestLstmCellForward:
    @weight(2)
    def test_every_dimension_different(self, student, rng):
        """h_next and c_next, each (N, H), are right for random inputs and parameters: four blocks
        of columns in the order i, f, g, o; sigmoid for the gates i, f, o and tanh for g."""
        for sizes in SIZES:
            assert_cell(student, *inputs(rng, *sizes), parameters(rng, *sizes[1:]))

    @weight(2)
    def test_forget_gate(self, student, rng):
        """With the forget gate (second block) open and the input gate (first block) closed, c_next
        is c; with both closed it is 0. The forget gate weighs the old cell state."""
        x, h, c = inputs(rng, 4, 3, 5)
        for forget, expected in ((OPEN, c), (CLOSED, np.zeros_like(c))):
            params = parameters(rng, 3, 5, i=CLOSED, f=forget)
            _, c_next, _ = cell(student, x, h, c, params)
            assert_close(c_next, expected, name="c_next", **TIGHT)

    @weight(2)
    def test_input_gate_and_candidate(self, student, rng):
        """With the input gate open and the forget gate closed, c_next is the candidate, which is
        the tanh of the third block, and so from -1 to 1; with both gates open it is c plus that."""
        x, h, c = inputs(rng, 4, 3, 5)
        for forget, kept in ((CLOSED, 0.0), (OPEN, 1.0)):
            params = parameters(rng, 3, 5, i=OPEN, f=forget)
            candidate = np.tanh(
                x @ column(params, 2, "Wx") + h @ column(params, 2, "Wh") + column(params, 2)
            )
            _, c_next, _ = cell(student, x, h, c, params)
            assert_close(c_next, candidate + kept * c, name="c_next", **TIGHT)

    @weight(2)
    def test_output_gate_and_tanh_of_the_cell(self, student, rng):
        """With the output gate (fourth block) open, h_next is tanh(c_next), from -1 to 1 however
        large the cell state is; with the output gate closed, h_next is 0."""
        x, h, c = inputs(rng, 4, 3, 5)
        for output, shown in ((OPEN, np.tanh(c)), (CLOSED, np.zeros_like(c))):
            params = parameters(rng, 3, 5, i=CLOSED, f=OPEN, o=output)
            h_next, _, _ = cell(student, x, h, c, params)
            assert_close(h_next, shown, name="h_next", **TIGHT)

    def test_bias(self, student, rng):
        """The bias counts once in each pre-activation, and alone decides when x and h are zero."""
        x, h, c = np.zeros((3, 2)), np.zeros((3, 4)), rng.normal(size=(3, 4))
        assert_cell(student, x, h, c, parameters(rng, 2, 4))

    def test_single_sample_input_or_unit(self, student, rng):
        """N = 1, D = 1 and H = 1 work, and no axis of length 1 is lost."""
        for sizes in SINGLE:
            assert_cell(student, *inputs(rng, *sizes), parameters(rng, *sizes[1:]))

    def test_extreme_pre_activations(self, student, rng):
        """Pre-activations near +1000 and -1000 saturate the gates: finite results, no NaN."""
        params = extreme(rng, parameters(rng, 3, 4))
        assert_cell(student, *inputs(rng, 5, 3, 4), params)

    def test_arguments_stay_as_they_are(self, student, rng):
        """Transposed and strided arguments work, and none of x, h, c and params is changed."""
        x, h, c = rng.normal(size=(3, 4)).T, strided(rng.normal(size=(4, 5))), np.ones((5, 4)).T
        params = {name: strided(value) for name, value in parameters(rng, 3, 5).items()}
        assert_cell(student, x, h, c, params, unchanged=True)


def not_tried(what, source, failure):
    message = f"{what} was not tried, for want of a cache from your {source}: {failure}"
    return StudentFailure(message)


def cell_cache(student, x, h, c, params):
    """The cache of the student's own cell, or a failure that names it."""
    try:
        return cell(student, x, h, c, params)[2]
    except StudentFailure as failure:
        raise not_tried("lstm_cell_backward", "lstm_cell_forward", failure) from None


def gradients(grads, *names):
    """The parts of a returned dict of gradients."""
    check(isinstance(grads, dict), "`grads` should be a dict of arrays")
    for name in names:
        check(name in grads, f"`grads` has no entry {name!r}")
    return [grads[name] for name in names]


def assert_gradients(value, expected, names, only):
    """`value` is (dx, dh, dc, grads), or what `names` calls it; those in `only` are right."""
    *parts, grads = unpack(value, *names, "grads")
    *right, right_grads = expected
    for name, got, wanted in zip(names, parts, right, strict=True):
        if name in only:
            assert_close(got, wanted, name=name, **TIGHT)
    weights = [name for name in ("Wx", "Wh", "b") if name in only]
    for name, got in zip(weights, gradients(grads, *weights), strict=True):
        assert_close(got, right_grads[name], name=f"grads[{name!r}]", **TIGHT)


CELL_NAMES = ("dx", "dh", "dc")
ALL = "dx dh dc dh0 dc0 Wx Wh b"


def assert_cell_backward(student, rng, sizes, params, only=ALL, through="hc", repeat=1):
    """`through` names the outputs of the step that have a gradient, h and c."""
    x, h, c = inputs(rng, *sizes)
    cache = cell_cache(student, x, h, c, params)
    dh_next = rng.normal(size=h.shape) * ("h" in through)
    dc_next = rng.normal(size=h.shape) * ("c" in through)
    _, _, its_cache = reference.lstm_cell_forward(x, h, c, params)
    expected = reference.lstm_cell_backward(dh_next, dc_next, its_cache)
    for _ in range(repeat):
        backward = student.lstm_cell_backward
        value = (backward.unchanged if repeat > 1 else backward)(dh_next, dc_next, cache)
        assert_gradients(value, expected, CELL_NAMES, only.split())


@exercise("lstm_cell_backward", forbids=LIBRARY_CELLS)
class TestLstmCellBackward:
    @weight(2)
    def test_dx_and_dh(self, student, rng):
        """dx (N, D) and dh (N, H) are right: x and h act on the loss through all four blocks of
        the pre-activation."""
        for sizes in SIZES:
            assert_cell_backward(student, rng, sizes, parameters(rng, *sizes[1:]), "dx dh")

    @weight(2)
    def test_dc(self, student, rng):
        """dc (N, H) is the gradient for the *old* cell state c: it collects what comes from
        c_next and from h_next, then passes the forget gate."""
        for sizes in SIZES:
            assert_cell_backward(student, rng, sizes, parameters(rng, *sizes[1:]), "dc")

    @weight(2)
    def test_parameters(self, student, rng):
        """grads has Wx, Wh and b in their shapes, with the blocks of columns in the order i, f, g,
        o, summed (not averaged) over the batch."""
        for sizes in SIZES:
            assert_cell_backward(student, rng, sizes, parameters(rng, *sizes[1:]), "Wx Wh b")

    def test_from_the_hidden_state_alone(self, student, rng):
        """With dc_next = 0 the gradient of h_next still reaches the cell: c_next acts on the loss
        through h_next = o * tanh(c_next), with the slope of tanh."""
        assert_cell_backward(student, rng, (4, 3, 5), parameters(rng, 3, 5), through="h")

    @weight(2)
    def test_from_the_cell_state_alone(self, student, rng):
        """With dh_next = 0 the gradient that comes from the next step through c_next reaches x, h,
        c and the parameters of the gates i, f and g; the output gate then gets none."""
        assert_cell_backward(student, rng, (4, 3, 5), parameters(rng, 3, 5), through="c")

    def test_open_memory_carries_the_gradient(self, student, rng):
        """With an open forget gate and a closed input gate the gradient of c_next arrives at c
        as it is."""
        params = parameters(rng, 3, 5, i=CLOSED, f=OPEN)
        x, h, c = inputs(rng, 4, 3, 5)
        cache = cell_cache(student, x, h, c, params)
        dc_next = rng.normal(size=(4, 5))
        value = student.lstm_cell_backward(np.zeros((4, 5)), dc_next, cache)
        _, _, dc, _ = unpack(value, *CELL_NAMES, "grads")
        assert_close(dc, dc_next, name="dc", **TIGHT)

    def test_single_sample_input_or_unit(self, student, rng):
        """N = 1, D = 1 and H = 1 work, and no axis of length 1 is lost."""
        for sizes in SINGLE:
            assert_cell_backward(student, rng, sizes, parameters(rng, *sizes[1:]))

    def test_saturated_gates(self, student, rng):
        """Gates saturated by pre-activations near +-1000 give finite gradients, no NaN."""
        assert_cell_backward(student, rng, (5, 3, 4), extreme(rng, parameters(rng, 3, 4)))

    def test_two_steps_in_flight(self, student, rng):
        """A second forward step before the backward step of the first one changes nothing: all
        that it needs is in its cache, nothing in a global variable."""
        x, h, c = inputs(rng, 4, 3, 5)
        params, other = parameters(rng, 3, 5), parameters(rng, 2, 3)
        cache = cell_cache(student, x, h, c, params)
        cell_cache(student, *inputs(rng, 6, 2, 3), other)
        dh_next, dc_next = rng.normal(size=(2, 4, 5))
        _, _, its_cache = reference.lstm_cell_forward(x, h, c, params)
        expected = reference.lstm_cell_backward(dh_next, dc_next, its_cache)
        value = student.lstm_cell_backward(dh_next, dc_next, cache)
        assert_gradients(value, expected, CELL_NAMES, ALL.split())

    def test_arguments_stay_as_they_are(self, student, rng):
        """dh_next, dc_next and the cache are not changed, and a second call with the same cache
        gives the same gradients."""
        assert_cell_backward(student, rng, (4, 3, 5), parameters(rng, 3, 5), repeat=2)


# (N, T, D, H)
RUNS = ((3, 6, 2, 4), (2, 4, 5, 3))
LAST = ("hs", "(h, c)", "cache")


def sequences(rng, n, t, d):
    return rng.normal(size=(n, t, d))


def start(rng, n, h):
    """A random state (h0, c0)."""
    return rng.uniform(-1, 1, size=(n, h)), 2.0 * rng.normal(size=(n, h))


def assert_run(value, x, params, h0=None, c0=None):
    """`value` is the reference's (hs, (h, c)) with a cache."""
    hs, state, _ = unpack(value, *LAST)
    h, c = unpack(state, "h", "c")
    expected, (expected_h, expected_c), _ = reference.lstm_forward(x, params, h0, c0)
    assert_close(hs, expected, name="hs", **TIGHT)
    assert_close(h, expected_h, name="h", **TIGHT)
    assert_close(c, expected_c, name="c", **TIGHT)


def run_cache(student, x, params, h0=None, c0=None):
    """The cache of the student's own lstm_forward, or a failure that names it."""
    try:
        return unpack(student.lstm_forward(x, params, h0=h0, c0=c0), *LAST)[2]
    except StudentFailure as failure:
        raise not_tried("lstm_backward", "lstm_forward", failure) from None


def assert_run_backward(
    student, rng, sizes, *, at=None, last="", state=True, only=ALL, repeat=1, **biases
):
    """`at`: the steps with an upstream gradient (all); `last`: which of h and c have one too."""
    n, t, d, h = sizes
    x, params = sequences(rng, n, t, d), parameters(rng, d, h, **biases)
    h0, c0 = start(rng, n, h) if state else (None, None)
    dhs = np.zeros((n, t, h))
    steps = range(t) if at is None else at
    dhs[:, steps] = rng.normal(size=(n, len(steps), h))
    ends = {f"d{name}_last": rng.normal(size=(n, h)) for name in last}

    cache = run_cache(student, x, params, h0, c0)
    _, _, its_cache = reference.lstm_forward(x, params, h0, c0)
    expected = reference.lstm_backward(dhs, its_cache, **ends)
    for _ in range(repeat):
        backward = student.lstm_backward.unchanged if repeat > 1 else student.lstm_backward
        value = backward(dhs, cache, **ends)
        assert_gradients(value, expected, ("dx", "dh0", "dc0"), only.split())


@exercise("lstm_forward", forbids=LIBRARY_CELLS)
class TestLstmOverTime:
    @weight(2)
    def test_forward_every_hidden_state(self, student, rng):
        """lstm_forward returns hs (N, T, H) with the hidden state after every step, and the state
        (h, c) after the last; without h0 and c0 it starts from zeros."""
        for n, t, d, h in RUNS:
            x, params = sequences(rng, n, t, d), parameters(rng, d, h)
            assert_run(student.lstm_forward(x, params), x, params)

    @weight(2)
    def test_forward_from_a_given_state(self, student, rng):
        """lstm_forward starts from the h0 and c0 that it is given, each in its place, and from
        zeros for the one that is None."""
        for n, t, d, h in RUNS:
            x, params = sequences(rng, n, t, d), parameters(rng, d, h)
            h0, c0 = start(rng, n, h)
            assert_run(student.lstm_forward(x, params, h0, c0), x, params, h0, c0)
            assert_run(student.lstm_forward(x, params, c0=c0), x, params, c0=c0)
            assert_run(student.lstm_forward(x, params, h0=h0), x, params, h0=h0)

    def test_forward_remembers_with_an_open_forget_gate(self, student, rng):
        """With the forget gate open and the input gate closed, the cell state c0 comes through all
        steps unharmed: lstm_forward hands the new c, not only the new h, to the next step."""
        x, params = sequences(rng, 3, 7, 2), parameters(rng, 2, 4, i=CLOSED, f=OPEN)
        h0, c0 = start(rng, 3, 4)
        _, state, _ = unpack(student.lstm_forward(x, params, h0, c0), *LAST)
        _, c = unpack(state, "h", "c")
        assert_close(c, c0, name="c", **TIGHT)

    @weight(2)
    def test_backward_all_gradients(self, student, rng):
        """With an upstream gradient at every hidden state, lstm_backward gives dx, dh0, dc0 and
        the parameters' gradients, summed over batch and time."""
        for sizes in RUNS:
            assert_run_backward(student, rng, sizes)

    @weight(2)
    def test_backward_from_the_last_step(self, student, rng):
        """An upstream gradient at the last hidden state alone reaches every earlier step: at each
        one, the gradients of h *and* of c come back from the step after it."""
        assert_run_backward(student, rng, (3, 6, 2, 4), at=[5])

    def test_backward_from_an_earlier_step(self, student, rng):
        """An upstream gradient at the first hidden state, or at one in the middle, gives dx = 0
        at all later steps, which cannot have acted on it."""
        assert_run_backward(student, rng, (3, 6, 2, 4), at=[0])
        assert_run_backward(student, rng, (3, 6, 2, 4), at=[2])

    @weight(2)
    def test_backward_through_an_open_memory(self, student, rng):
        """With open forget gates and an upstream gradient at the last step alone, c0 keeps its
        gradient over all steps: the cell's gradient of the next step must not be dropped."""
        assert_run_backward(student, rng, (3, 9, 2, 4), at=[8], only="dc0 dx", f=OPEN)

    @weight(2)
    def test_backward_with_gradients_of_the_last_state(self, student, rng):
        """dh_last and dc_last reach the last step's h and c on top of dhs, both together, each
        alone, and when dhs is zero."""
        assert_run_backward(student, rng, (3, 5, 2, 4), last="hc")
        assert_run_backward(student, rng, (3, 5, 2, 4), last="h")
        assert_run_backward(student, rng, (2, 3, 4, 5), last="c", at=[])

    def test_backward_without_an_initial_state(self, student, rng):
        """When the forward pass started from zeros, dh0 and dc0 are still the gradients with
        respect to that start."""
        assert_run_backward(student, rng, (2, 4, 5, 3), state=False)

    @weight(2)
    def test_a_single_step_sample_or_unit(self, student, rng):
        """T = 1, N = 1, D = 1 and H = 1 work, forward and backward, and no axis of length 1 is
        lost."""
        for n, t, d, h in ((3, 1, 2, 4), (1, 4, 3, 2), (2, 3, 1, 4), (2, 3, 4, 1), (1, 1, 1, 1)):
            x, params = sequences(rng, n, t, d), parameters(rng, d, h)
            assert_run(student.lstm_forward(x, params), x, params)
            assert_run_backward(student, rng, (n, t, d, h), last="hc")

    def test_two_runs_in_flight(self, student, rng):
        """A second forward run before the backward run of the first one changes nothing."""
        x, params = sequences(rng, 3, 5, 2), parameters(rng, 2, 4)
        cache = run_cache(student, x, params)
        run_cache(student, sequences(rng, 2, 4, 3), parameters(rng, 3, 5))
        dhs = rng.normal(size=(3, 5, 4))
        _, _, its_cache = reference.lstm_forward(x, params)
        expected = reference.lstm_backward(dhs, its_cache)
        value = student.lstm_backward(dhs, cache)
        assert_gradients(value, expected, ("dx", "dh0", "dc0"), ALL.split())

    @weight(2)
    def test_arguments_stay_as_they_are(self, student, rng):
        """lstm_forward takes transposed and strided arguments and changes none, params included;
        lstm_backward changes neither dhs, dh_last, dc_last nor the cache, and can run twice."""
        x = rng.normal(size=(2, 5, 3)).transpose(2, 1, 0)
        params = {name: strided(value) for name, value in parameters(rng, 2, 4).items()}
        h0, c0 = (strided(value) for value in start(rng, 3, 4))
        assert_run(student.lstm_forward.unchanged(x, params, h0, c0), x, params, h0, c0)
        assert_run_backward(student, rng, (3, 5, 2, 4), last="hc", repeat=2)


def assert_gru(student, x, h, params, *, unchanged=False):
    step = student.gru_cell.unchanged if unchanged else student.gru_cell
    expected = reference.gru_cell(x, h, params)
    assert_close(step(x, h, params), expected, name="h_next", **TIGHT)


@exercise("gru_cell", forbids=LIBRARY_CELLS)
class TestGruCell:
    @weight(2)
    def test_every_dimension_different(self, student, rng):
        """h_next (N, H) is right for random inputs and parameters: three blocks of columns in the
        order r, z, n; sigmoid for r and z, tanh for n."""
        for n, d, h in SIZES:
            x, state, _ = inputs(rng, n, d, h)
            assert_gru(student, x, 2.0 * state, parameters(rng, d, h, blocks=3))

    @weight(2)
    def test_update_gate(self, student, rng):
        """An open update gate (second block at +50) gives back the old state just as it is, with
        nothing done to it; a closed one takes the candidate instead. Is yours the other way
        round?"""
        x, h, _ = inputs(rng, 4, 3, 5)
        kept = student.gru_cell(x, h, parameters(rng, 3, 5, blocks=3, z=OPEN))
        assert_close(kept, h, name="h_next with the update gate open", **TIGHT)
        params = parameters(rng, 3, 5, blocks=3, r=CLOSED, z=CLOSED)
        candidate = np.tanh(x @ params["Wx"][:, 10:] + params["b"][10:])
        taken = student.gru_cell(x, h, params)
        assert_close(taken, candidate, name="h_next with the update gate closed", **TIGHT)

    @weight(2)
    def test_reset_gate_acts_before_the_product(self, student, rng):
        """A reset gate that is open for some units and closed for the others shows the candidate
        only the open units' entries of h: it multiplies h before Wh does, not the product."""
        x, h, _ = inputs(rng, 4, 3, 5)
        mask = np.array([1.0, 0.0, 0.0, 1.0, 0.0])
        params = parameters(rng, 3, 5, blocks=3, r=OPEN * (2 * mask - 1), z=CLOSED)
        from_h = (mask * h) @ params["Wh"][:, 10:]
        expected = np.tanh(x @ params["Wx"][:, 10:] + from_h + params["b"][10:])
        assert_close(student.gru_cell(x, h, params), expected, name="h_next", **TIGHT)

    def test_single_sample_input_or_unit(self, student, rng):
        """N = 1, D = 1 and H = 1 work, and no axis of length 1 is lost."""
        for n, d, h in SINGLE:
            x, state, _ = inputs(rng, n, d, h)
            assert_gru(student, x, state, parameters(rng, d, h, blocks=3))

    def test_extreme_pre_activations(self, student, rng):
        """Pre-activations near +1000 and -1000 saturate the gates: finite results, no NaN."""
        x, h, _ = inputs(rng, 5, 3, 4)
        assert_gru(student, x, h, extreme(rng, parameters(rng, 3, 4, blocks=3)))

    def test_arguments_stay_as_they_are(self, student, rng):
        """Transposed and strided arguments work, and none of x, h and params is changed."""
        params = parameters(rng, 3, 5, blocks=3)
        params = {name: strided(value) for name, value in params.items()}
        x, h = rng.normal(size=(3, 4)).T, strided(rng.normal(size=(4, 5)))
        assert_gru(student, x, h, params, unchanged=True)


def peepholes(rng, h, **weights):
    """Random peephole weights, of which some are given."""
    return {f"p_{gate}": weights.get(gate, 2.0 * rng.normal(size=h)) for gate in "ifo"}


def assert_peephole(student, x, h, c, params, *, unchanged=False):
    step = student.peephole_cell.unchanged if unchanged else student.peephole_cell
    h_next, c_next = unpack(step(x, h, c, params), "h_next", "c_next")
    expected_h, expected_c = reference.peephole_cell(x, h, c, params)
    assert_close(c_next, expected_c, name="c_next", **TIGHT)
    assert_close(h_next, expected_h, name="h_next", **TIGHT)


@exercise("peephole_cell", forbids=LIBRARY_CELLS)
class TestPeepholeCell:
    @weight(2)
    def test_every_dimension_different(self, student, rng):
        """h_next and c_next are right for random inputs, parameters and peepholes; a peephole
        weight belongs to one unit and multiplies that unit's cell state inside the sigmoid."""
        for n, d, h in SIZES:
            params = {**parameters(rng, d, h), **peepholes(rng, h)}
            assert_peephole(student, *inputs(rng, n, d, h), params)

    def test_peepholes_of_zero(self, student, rng):
        """With all peepholes zero it is the step of lstm_cell_forward."""
        zero = np.zeros(5)
        params = {**parameters(rng, 3, 5), **peepholes(rng, 5, i=zero, f=zero, o=zero)}
        x, h, c = inputs(rng, 4, 3, 5)
        h_next, c_next = unpack(student.peephole_cell(x, h, c, params), "h_next", "c_next")
        expected_h, expected_c, _ = reference.lstm_cell_forward(x, h, c, params)
        assert_close(c_next, expected_c, name="c_next", **TIGHT)
        assert_close(h_next, expected_h, name="h_next", **TIGHT)

    @weight(2)
    def test_input_and_forget_gate_look_at_the_old_cell_state(self, student, rng):
        """The peepholes of the input gate and of the forget gate, one at a time, act on c_next
        through the old cell state c; the candidate has none."""
        for gate, other in (("i", "f"), ("f", "i")):
            params = {**parameters(rng, 3, 5), **peepholes(rng, 5, **{other: np.zeros(5)})}
            x, h, c = inputs(rng, 4, 3, 5)
            _, c_next = unpack(student.peephole_cell(x, h, c, params), "h_next", "c_next")
            _, expected = reference.peephole_cell(x, h, c, params)
            assert_close(c_next, expected, name=f"c_next with p_{gate} alone", **TIGHT)

    @weight(2)
    def test_output_gate_looks_at_the_new_cell_state(self, student, rng):
        """The output gate's peephole sees c_next, not c: when c is zero and c_next is not, it
        still acts, on h_next alone."""
        params = {**parameters(rng, 3, 5, i=OPEN), **peepholes(rng, 5)}
        x, h, _ = inputs(rng, 4, 3, 5)
        assert_peephole(student, x, h, np.zeros((4, 5)), params)

    def test_single_sample_input_or_unit(self, student, rng):
        """N = 1, D = 1 and H = 1 work, and no axis of length 1 is lost."""
        for n, d, h in SINGLE:
            params = {**parameters(rng, d, h), **peepholes(rng, h)}
            assert_peephole(student, *inputs(rng, n, d, h), params)

    def test_extreme_pre_activations(self, student, rng):
        """Pre-activations near +1000 and -1000 saturate the gates: finite results, no NaN."""
        params = {**extreme(rng, parameters(rng, 3, 4)), **peepholes(rng, 4)}
        assert_peephole(student, *inputs(rng, 5, 3, 4), params)

    def test_arguments_stay_as_they_are(self, student, rng):
        """Transposed and strided arguments work, and none of x, h, c and params is changed."""
        params = {**parameters(rng, 3, 5), **peepholes(rng, 5)}
        params = {name: strided(value) for name, value in params.items()}
        x, h, c = rng.normal(size=(3, 4)).T, strided(rng.normal(size=(4, 5))), np.ones((5, 4)).T
        assert_peephole(student, x, h, c, params, unchanged=True)


def stack(rng, *widths):
    """Parameters of one layer for each step from width to width."""
    return [parameters(rng, below, here) for below, here in pairwise(widths)]


def assert_stacked(value, x, layers, states=None):
    hs, last = unpack(value, "hs", "last")
    pairs = unpack(last, *(f"state of layer {k}" for k in range(len(layers))))
    expected, expected_last = reference.stacked_lstm(x, layers, states)
    assert_close(hs, expected, name="hs", **TIGHT)
    for k, (pair, wanted) in enumerate(zip(pairs, expected_last, strict=True)):
        for name, got, right in zip("hc", unpack(pair, "h", "c"), wanted, strict=True):
            assert_close(got, right, name=f"{name} of layer {k}", **TIGHT)


def assert_bidirectional(value, x, ahead, back, only="hs summary"):
    got = unpack(value, "hs", "summary")
    expected = reference.bidirectional(x, ahead, back)
    for name, mine, wanted in zip(("hs", "summary"), got, expected, strict=True):
        if name in only.split():
            assert_close(mine, wanted, name=name, **TIGHT)


@exercise("bidirectional", forbids=LIBRARY_CELLS)
class TestStackedAndBidirectional:
    @weight(2)
    def test_stack_of_different_widths(self, student, rng):
        """stacked_lstm feeds each layer the hidden states of the one below, returns those of the
        top layer, and the last (h, c) of every layer, bottom first. If your tests of lstm_forward
        fail too, look there first."""
        x = sequences(rng, 3, 5, 2)
        for widths in ((2, 4, 6, 3), (2, 4, 4), (2, 5)):
            layers = stack(rng, *widths)
            assert_stacked(student.stacked_lstm(x, layers), x, layers)

    def test_stack_from_given_states(self, student, rng):
        """stacked_lstm starts layer k from states[k], and hands each of h0 and c0 to its place."""
        x, layers = sequences(rng, 3, 4, 2), stack(rng, 2, 4, 3)
        states = [start(rng, 3, 4), start(rng, 3, 3)]
        assert_stacked(student.stacked_lstm(x, layers, states), x, layers, states)

    @weight(2)
    def test_both_directions(self, student, rng):
        """bidirectional returns hs (N, T, H_a + H_b): `ahead` first, then `back`, along the last
        axis, with their own parameters and widths. If your tests of lstm_forward fail too, look
        there first."""
        x, ahead, back = sequences(rng, 3, 6, 2), parameters(rng, 2, 4), parameters(rng, 2, 5)
        assert_bidirectional(student.bidirectional(x, ahead, back), x, ahead, back, "hs")

    @weight(2)
    def test_both_directions_meet_at_the_same_step(self, student, rng):
        """Changing x at one step changes `ahead` at that step and after it, and `back` at that
        step and before it, and nothing else. Which axis do you turn before `back` reads, and is
        its result put back into the order of x?"""
        x, ahead, back = sequences(rng, 2, 6, 3), parameters(rng, 3, 4), parameters(rng, 3, 5)
        moved = x.copy()
        moved[:, 2] += 1.0
        for sequence in (x, moved):
            value = student.bidirectional(sequence, ahead, back)
            hs, _ = unpack(value, "hs", "summary")
            expected, _ = reference.bidirectional(sequence, ahead, back)
            assert_close(hs, expected, name="hs", **TIGHT)

    @weight(2)
    def test_summary_of_the_whole_sequence(self, student, rng):
        """summary (N, H_a + H_b) holds the states after each direction has read everything. `back`
        finishes at step 0; at the last step it has seen one input only."""
        x, ahead, back = sequences(rng, 3, 6, 2), parameters(rng, 2, 4), parameters(rng, 2, 5)
        assert_bidirectional(student.bidirectional(x, ahead, back), x, ahead, back, "summary")

    def test_a_single_step_or_sample(self, student, rng):
        """T = 1 and N = 1 work in both functions, and no axis of length 1 is lost."""
        for n, t in ((3, 1), (1, 4), (1, 1)):
            x, layers = sequences(rng, n, t, 2), stack(rng, 2, 1, 3)
            ahead, back = parameters(rng, 2, 3), parameters(rng, 2, 1)
            assert_bidirectional(student.bidirectional(x, ahead, back), x, ahead, back)
            assert_stacked(student.stacked_lstm(x, layers), x, layers)

    def test_arguments_stay_as_they_are(self, student, rng):
        """A transposed x works in both functions, and neither x nor params nor states is
        changed."""
        x = rng.normal(size=(2, 5, 3)).transpose(2, 1, 0)
        ahead, back, layers = parameters(rng, 2, 4), parameters(rng, 2, 3), stack(rng, 2, 3, 4)
        states = [start(rng, 3, 3), start(rng, 3, 4)]
        got = student.bidirectional.unchanged(x, ahead, back)
        assert_bidirectional(got, x, ahead, back)
        assert_stacked(student.stacked_lstm.unchanged(x, layers, states), x, layers, states)


def character_model(rng, v, h, scale=1.0):
    return {
        **parameters(rng, v, h),
        "Wy": scale * rng.normal(size=(h, v)),
        "by": scale * rng.normal(size=v),
    }


def assert_char_loss(value, tokens, model, h0=None, c0=None, only="loss grads state"):
    loss, grads, state = unpack(value, "loss", "grads", "(h, c)")
    expected, expected_grads, expected_state = reference.char_loss(tokens, model, h0, c0)
    if "loss" in only:
        assert_close(loss, expected, rtol=1e-9, atol=1e-9, name="loss")
    if "grads" in only:
        for name, got in zip(model, gradients(grads, *model), strict=True):
            assert_close(got, expected_grads[name], name=f"grads[{name!r}]", **TIGHT)
    if "state" in only:
        for name, got, wanted in zip("hc", unpack(state, "h", "c"), expected_state, strict=True):
            assert_close(got, wanted, name=name, **TIGHT)


def assert_sample(student, model, prefix, uniforms, *temperature):
    expected = reference.sample_tokens(model, prefix, uniforms, *temperature)
    got = student.sample_tokens(model, prefix, uniforms, *temperature)
    assert_equal(got, expected, name="tokens")


@exercise("char_loss", forbids=LIBRARY_CELLS)
class TestCharacterModel:
    @weight(2)
    def test_loss(self, student, rng):
        """char_loss reads tokens[:, :-1] and foretells tokens[:, 1:]; the loss is the mean of
        -ln p over all N * T places. If your tests of lstm_forward fail too, look there first."""
        for n, t, v, h in ((3, 5, 7, 4), (2, 6, 4, 5)):
            tokens, model = rng.integers(0, v, size=(n, t + 1)), character_model(rng, v, h)
            assert_char_loss(student.char_loss(tokens, model), tokens, model, only="loss")

    @weight(2)
    def test_gradients(self, student, rng):
        """grads has the keys of model, and holds the gradients of the mean loss; Wy and by
        collect from all N * T places. If your tests of lstm_backward fail too, look there first."""
        for n, t, v, h in ((3, 5, 7, 4), (2, 6, 4, 5)):
            tokens, model = rng.integers(0, v, size=(n, t + 1)), character_model(rng, v, h)
            assert_char_loss(student.char_loss(tokens, model), tokens, model, only="grads")

    def test_state_goes_in_and_comes_out(self, student, rng):
        """char_loss starts from h0 and c0, and returns the state (h, c) after the last token that
        it reads; tokens[:, -1] is foretold, but not read."""
        tokens, model = rng.integers(0, 6, size=(3, 5)), character_model(rng, 6, 4)
        assert_char_loss(student.char_loss(tokens, model), tokens, model, only="state")
        h0, c0 = start(rng, 3, 4)
        value = student.char_loss(tokens, model, h0, c0)
        assert_char_loss(value, tokens, model, h0, c0)

    def test_single_place(self, student, rng):
        """A batch of one sequence and one place to foretell works."""
        tokens, model = rng.integers(0, 6, size=(1, 2)), character_model(rng, 6, 3)
        assert_char_loss(student.char_loss(tokens, model), tokens, model)

    def test_extreme_scores(self, student, rng):
        """Scores far beyond +-1000 give a finite loss and finite gradients: no overflow in the
        softmax, and no logarithm of zero."""
        tokens, model = rng.integers(0, 6, size=(3, 5)), character_model(rng, 6, 4, scale=2000.0)
        value = student.char_loss(tokens, model)
        assert_char_loss(value, tokens, model, only="loss grads")

    def test_arguments_stay_as_they_are(self, student, rng):
        """Strided tokens work, and neither tokens nor model nor h0 nor c0 is changed."""
        tokens, model = strided(rng.integers(0, 6, size=(3, 5))), character_model(rng, 6, 4)
        h0, c0 = start(rng, 3, 4)
        value = student.char_loss.unchanged(tokens, model, h0, c0)
        assert_char_loss(value, tokens, model, h0, c0)

    @weight(2)
    def test_sample(self, student, rng):
        """sample_tokens draws the smallest k with p[0] + ... + p[k] > u, and feeds each token
        drawn to the LSTM before it draws the next. It returns a list of ints without the prefix."""
        model = character_model(rng, 9, 4)
        for prefix in ([3], [1, 7]):
            assert_sample(student, model, np.array(prefix), rng.random(25))

    def test_sample_reads_the_whole_prefix(self, student, rng):
        """sample_tokens reads the whole prefix before it draws: with long memories the first
        tokens depend on the beginning of the prefix too."""
        model = character_model(rng, 8, 5, scale=3.0)
        model["b"][5:10] = OPEN
        for _ in range(3):
            assert_sample(student, model, rng.integers(0, 8, size=6), rng.random(8))

    def test_sample_temperature(self, student, rng):
        """The scores, not the probabilities, are divided (not multiplied) by the temperature: a
        small one picks the likeliest token, a large one makes all tokens about equally likely."""
        model, prefix = character_model(rng, 9, 4), np.array([2, 5])
        for temperature in (1e-4, 0.4, 2.5, 100.0):
            assert_sample(student, model, prefix, rng.random(15), temperature)

    def test_sample_never_draws_the_impossible(self, student, rng):
        """A token of probability 0 is never drawn, neither for u = 0 nor for a u so near 1 that
        rounding leaves the sum of all p no larger: that draws the last token whose p is above 0.
        No uniforms give an empty list. Scores in the thousands do not overflow."""
        model = character_model(rng, 5, 3, scale=0.1)
        model["by"] = np.array([-5000.0, 3000.0, -5000.0, 3000.0, -5000.0])
        uniforms = np.array([0.0, 0.999, 0.0, 0.4, 0.6])
        assert_sample(student, model, np.array([1]), uniforms)
        assert_sample(student, model, np.array([1]), np.zeros(0))
        model = {**character_model(rng, 12, 3), "Wy": np.zeros((3, 12))}
        model["by"] = np.array([-5000.0, *[3000.0] * 10, -5000.0])  # ten times 0.1 is below 1
        got = student.sample_tokens(model, np.array([1]), np.array([0.0, np.nextafter(1, 0)]))
        assert_equal(got, [1, 10], name="tokens")

    def test_sample_leaves_its_arguments(self, student, rng):
        """sample_tokens changes neither the model nor prefix nor uniforms."""
        model, prefix, uniforms = character_model(rng, 6, 3), np.array([4, 0]), rng.random(6)
        expected = reference.sample_tokens(model, prefix, uniforms)
        got = student.sample_tokens.unchanged(model, prefix, uniforms)
        assert_equal(got, expected, name="tokens")
