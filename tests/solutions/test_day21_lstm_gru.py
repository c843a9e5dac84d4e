"""The reference of day 21 against torch, per-element loops, finite differences and hand work."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
import torch

from solutions.day21_lstm_gru import (
    bidirectional,
    char_loss,
    gru_cell,
    lstm_backward,
    lstm_cell_backward,
    lstm_cell_forward,
    lstm_forward,
    peephole_cell,
    sample_tokens,
    sigmoid,
    stacked_lstm,
)

SIZES = [(4, 3, 5), (1, 6, 2), (3, 1, 1), (2, 2, 7)]  # N, D, H


@pytest.fixture
def rng():
    return np.random.default_rng(21)


def exact(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-10, strict=True)


def random_params(rng, d, h, blocks=4):
    shapes = {"Wx": (d, blocks * h), "Wh": (h, blocks * h), "b": (blocks * h,)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def from_torch(module, suffix="l0"):
    """A layer's weights as our dict, the two biases added up."""
    weights = {name: value.detach().numpy() for name, value in module.named_parameters()}
    return {
        "Wx": weights[f"weight_ih_{suffix}"].T,
        "Wh": weights[f"weight_hh_{suffix}"].T,
        "b": weights[f"bias_ih_{suffix}"] + weights[f"bias_hh_{suffix}"],
    }


def torch_layer(kind, *sizes, **settings):
    torch.manual_seed(21)
    return kind(*sizes, batch_first=True, dtype=torch.float64, **settings)


def test_sigmoid_is_right_at_any_size_and_does_not_warn():
    a = np.array([-1000.0, -50.0, -1.0, 0.0, 2.0, 50.0, 1000.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = sigmoid(a)
    expected = [math.exp(v) / (1 + math.exp(v)) if v < 0 else 1 / (1 + math.exp(-v)) for v in a]
    exact(got, np.array(expected))


def scalar_sigmoid(a):
    return 1 / (1 + math.exp(-a))


def scalar_lstm(x, h, c, params, peephole=False):
    """One step, one number at a time."""
    n, hidden = h.shape
    h_next, c_next = np.zeros((n, hidden)), np.zeros((n, hidden))
    for row in range(n):
        for k in range(hidden):
            a = [
                params["b"][block * hidden + k]
                + sum(x[row, j] * params["Wx"][j, block * hidden + k] for j in range(len(x[row])))
                + sum(h[row, j] * params["Wh"][j, block * hidden + k] for j in range(hidden))
                for block in range(4)
            ]
            p_i, p_f, p_o = (params[f"p_{g}"][k] if peephole else 0.0 for g in "ifo")
            i = scalar_sigmoid(a[0] + p_i * c[row, k])
            f = scalar_sigmoid(a[1] + p_f * c[row, k])
            c_next[row, k] = f * c[row, k] + i * math.tanh(a[2])
            o = scalar_sigmoid(a[3] + p_o * c_next[row, k])
            h_next[row, k] = o * math.tanh(c_next[row, k])
    return h_next, c_next


@pytest.mark.parametrize("sizes", SIZES)
def test_cells_one_number_at_a_time(rng, sizes):
    n, d, hidden = sizes
    x, h, c = rng.normal(size=(n, d)), rng.normal(size=(n, hidden)), rng.normal(size=(n, hidden))
    params = random_params(rng, d, hidden)
    for mine, theirs in zip(
        lstm_cell_forward(x, h, c, params), scalar_lstm(x, h, c, params), strict=False
    ):
        exact(mine, theirs)
    params |= {f"p_{gate}": rng.normal(size=hidden) for gate in "ifo"}
    for mine, theirs in zip(
        peephole_cell(x, h, c, params), scalar_lstm(x, h, c, params, True), strict=True
    ):
        exact(mine, theirs)


@pytest.mark.parametrize("sizes", SIZES)
def test_cell_and_its_gradients_against_torch(rng, sizes):
    n, d, hidden = sizes
    theirs = torch.nn.LSTMCell(d, hidden, dtype=torch.float64)
    shapes = ((n, d), (n, hidden), (n, hidden))
    leaves = [torch.tensor(rng.normal(size=shape), requires_grad=True) for shape in shapes]
    h_next, c_next = theirs(leaves[0], (leaves[1], leaves[2]))
    dh, dc = rng.normal(size=(2, n, hidden))
    torch.autograd.backward([h_next, c_next], [torch.tensor(dh), torch.tensor(dc)])

    params = {
        "Wx": theirs.weight_ih.detach().numpy().T,
        "Wh": theirs.weight_hh.detach().numpy().T,
        "b": (theirs.bias_ih + theirs.bias_hh).detach().numpy(),
    }
    got_h, got_c, cache = lstm_cell_forward(*(leaf.detach().numpy() for leaf in leaves), params)
    exact(got_h, h_next.detach().numpy())
    exact(got_c, c_next.detach().numpy())
    *inputs, grads = lstm_cell_backward(dh, dc, cache)
    for mine, leaf in zip(inputs, leaves, strict=True):
        exact(mine, leaf.grad.numpy())
    exact(grads["Wx"], theirs.weight_ih.grad.numpy().T)
    exact(grads["Wh"], theirs.weight_hh.grad.numpy().T)
    exact(grads["b"], theirs.bias_hh.grad.numpy())


def test_cell_worked_by_hand():
    params = {"Wx": np.zeros((1, 4)), "Wh": np.zeros((1, 4)), "b": np.array([0.0, 0, 50, 0])}
    zero = np.zeros((1, 1))
    h_next, c_next, cache = lstm_cell_forward(zero, zero, np.array([[3.0]]), params)
    exact(c_next, np.array([[2.0]]))
    exact(h_next, np.array([[0.5 * math.tanh(2)]]))
    slope = 1 - math.tanh(2) ** 2
    _, _, dc, grads = lstm_cell_backward(np.array([[2.0]]), np.array([[1.0]]), cache)
    exact(dc, np.array([[0.5 * (1 + slope)]]))
    expected = [(1 + slope) / 4, 3 * (1 + slope) / 4, 0.0, 2 * math.tanh(2) / 4]
    exact(grads["b"], np.array(expected))


@pytest.mark.parametrize("given_state", [False, True])
@pytest.mark.parametrize(("n", "t", "d", "hidden"), [(3, 6, 2, 4), (1, 1, 3, 2), (2, 9, 1, 5)])
def test_lstm_over_time_against_torch(rng, n, t, d, hidden, given_state):
    theirs = torch_layer(torch.nn.LSTM, d, hidden)
    x = torch.tensor(rng.normal(size=(n, t, d)), requires_grad=True)
    h0, c0 = (
        torch.tensor(given_state * rng.normal(size=(1, n, hidden)), requires_grad=True)
        for _ in range(2)
    )
    hs, (h, c) = theirs(x, (h0, c0))
    dhs, dh, dc = (rng.normal(size=shape) for shape in ((n, t, hidden), (n, hidden), (n, hidden)))
    torch.autograd.backward([hs, h, c], [torch.tensor(a) for a in (dhs, dh[None], dc[None])])

    start = (h0[0].detach().numpy(), c0[0].detach().numpy()) if given_state else ()
    params = from_torch(theirs)
    got, (got_h, got_c), cache = lstm_forward(x.detach().numpy(), params, *start)
    exact(got, hs.detach().numpy())
    exact(got_h, h[0].detach().numpy())
    exact(got_c, c[0].detach().numpy())
    dx, dh0, dc0, grads = lstm_backward(dhs, cache, dh, dc)
    exact(dx, x.grad.numpy())
    exact(dh0, h0.grad[0].numpy())
    exact(dc0, c0.grad[0].numpy())
    exact(grads["Wx"], theirs.weight_ih_l0.grad.numpy().T)
    exact(grads["Wh"], theirs.weight_hh_l0.grad.numpy().T)
    exact(grads["b"], theirs.bias_ih_l0.grad.numpy())


def test_last_gradients_are_optional(rng):
    x, params = rng.normal(size=(2, 4, 3)), random_params(rng, 3, 5)
    hs, _, cache = lstm_forward(x, params)
    dhs, zero = rng.normal(size=hs.shape), np.zeros((2, 5))
    without = lstm_backward(dhs, cache)
    for mine, theirs in zip(without[:3], lstm_backward(dhs, cache, zero, zero)[:3], strict=True):
        exact(mine, theirs)
    moved = dhs.copy()
    moved[:, -1] += 1
    exact(lstm_backward(dhs, cache, dh_last=zero + 1)[0], lstm_backward(moved, cache)[0])


def test_memory_halves_at_each_step():
    params = {"Wx": np.zeros((1, 4)), "Wh": np.zeros((1, 4)), "b": np.array([-50.0, 0, 0, 0])}
    hs, (_, c), cache = lstm_forward(
        np.zeros((1, 3, 1)), params, np.zeros((1, 1)), np.array([[8.0]])
    )
    exact(hs[0, :, 0], 0.5 * np.tanh([4.0, 2.0, 1.0]))
    exact(c, np.array([[1.0]]))
    dc0 = lstm_backward(np.zeros_like(hs), cache, dc_last=np.ones((1, 1)))[2]
    exact(dc0, np.array([[0.125]]))


def scalar_gru(x, h, params, *, reset_after=False, bias_h=None):
    """One step, one number at a time, with the reset gate before or after the product."""
    n, hidden = h.shape
    bias_h = np.zeros(3 * hidden) if bias_h is None else bias_h

    def from_x(row, block, k):
        column = block * hidden + k
        total = sum(x[row, j] * params["Wx"][j, column] for j in range(x.shape[1]))
        return total + params["b"][column]

    def from_h(row, block, k, state):
        column = block * hidden + k
        return sum(state[j] * params["Wh"][j, column] for j in range(hidden)) + bias_h[column]

    out = np.zeros((n, hidden))
    for row in range(n):
        r, z = (
            [
                scalar_sigmoid(from_x(row, block, k) + from_h(row, block, k, h[row]))
                for k in range(hidden)
            ]
            for block in (0, 1)
        )
        for k in range(hidden):
            if reset_after:
                inner = r[k] * from_h(row, 2, k, h[row])
            else:
                inner = from_h(row, 2, k, [r[j] * h[row, j] for j in range(hidden)])
            candidate = math.tanh(from_x(row, 2, k) + inner)
            out[row, k] = z[k] * h[row, k] + (1 - z[k]) * candidate
    return out


@pytest.mark.parametrize("sizes", SIZES)
def test_gru_one_number_at_a_time(rng, sizes):
    n, d, hidden = sizes
    x, h = rng.normal(size=(n, d)), rng.normal(size=(n, hidden))
    params = random_params(rng, d, hidden, blocks=3)
    exact(gru_cell(x, h, params), scalar_gru(x, h, params))


def test_gru_of_torch_resets_after_the_product(rng):
    """The same loop with the reset moved is torch's GRU; ours differs from it by design."""
    theirs = torch.nn.GRUCell(3, 5, dtype=torch.float64)
    x, h = rng.normal(size=(4, 3)), rng.normal(size=(4, 5))
    with torch.no_grad():
        expected = theirs(torch.tensor(x), torch.tensor(h)).numpy()
    params = {
        "Wx": theirs.weight_ih.detach().numpy().T,
        "Wh": theirs.weight_hh.detach().numpy().T,
        "b": theirs.bias_ih.detach().numpy(),
    }
    bias_h = theirs.bias_hh.detach().numpy()
    exact(scalar_gru(x, h, params, reset_after=True, bias_h=bias_h), expected)
    mine = gru_cell(x, h, {**params, "b": params["b"] + bias_h})
    assert np.abs(mine - expected).max() > 1e-3


def test_gru_equals_torch_where_the_reset_gate_is_open(rng):
    theirs = torch.nn.GRUCell(3, 5, dtype=torch.float64)
    with torch.no_grad():
        theirs.bias_ih[:5] = 50.0
        x, h = rng.normal(size=(4, 3)), rng.normal(size=(4, 5))
        expected = theirs(torch.tensor(x), torch.tensor(h)).numpy()
    params = {
        "Wx": theirs.weight_ih.detach().numpy().T,
        "Wh": theirs.weight_hh.detach().numpy().T,
        "b": (theirs.bias_ih + theirs.bias_hh).detach().numpy(),
    }
    exact(gru_cell(x, h, params), expected)


@pytest.mark.parametrize(
    ("kind", "blocks", "two_biases", "one_bias"),
    [(torch.nn.LSTM, 4, 2560, 2480), (torch.nn.GRU, 3, 1920, 1860)],
)
def test_parameter_counts(rng, kind, blocks, two_biases, one_bias):
    theirs = torch_layer(kind, 10, 20)
    assert sum(p.numel() for p in theirs.parameters()) == two_biases
    mine = random_params(rng, 10, 20, blocks)
    assert sum(value.size for value in mine.values()) == one_bias
    step = rng.normal(size=(3, 10)), rng.normal(size=(3, 20))
    got = gru_cell(*step, mine) if blocks == 3 else lstm_cell_forward(*step, step[1], mine)[0]
    assert got.shape == (3, 20)


def test_extreme_pre_activations_do_not_warn(rng):
    x, h = rng.normal(size=(3, 2)), rng.normal(size=(3, 4))
    signs = np.where(rng.random(16) < 0.5, -1000.0, 1000.0)
    params = {**random_params(rng, 2, 4), "b": signs}
    params |= {f"p_{gate}": rng.normal(size=4) for gate in "ifo"}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _, _, cache = lstm_cell_forward(x, h, h, params)
        lstm_cell_backward(h, h, cache)
        peephole_cell(x, h, h, params)
        gru_cell(x, h, {**random_params(rng, 2, 4, blocks=3), "b": signs[:12]})


def test_stack_against_torch(rng):
    theirs = torch_layer(torch.nn.LSTM, 3, 5, num_layers=3)
    x, h0, c0 = rng.normal(size=(2, 6, 3)), rng.normal(size=(3, 2, 5)), rng.normal(size=(3, 2, 5))
    layers = [from_torch(theirs, f"l{k}") for k in range(3)]
    for start in ((), (h0, c0)):
        with torch.no_grad():
            state = (tuple(torch.tensor(a) for a in start),) if start else ()
            expected, (h, c) = theirs(torch.tensor(x), *state)
        hs, last = stacked_lstm(x, layers, list(zip(*start, strict=True)) if start else None)
        exact(hs, expected.numpy())
        exact(np.stack([pair[0] for pair in last]), h.numpy())
        exact(np.stack([pair[1] for pair in last]), c.numpy())


def test_bidirectional_against_torch(rng):
    theirs = torch_layer(torch.nn.LSTM, 3, 5, bidirectional=True)
    x = rng.normal(size=(2, 6, 3))
    with torch.no_grad():
        expected, (h, _) = theirs(torch.tensor(x))
    hs, summary = bidirectional(x, from_torch(theirs), from_torch(theirs, "l0_reverse"))
    exact(hs, expected.numpy())
    exact(summary, np.concatenate([h[0].numpy(), h[1].numpy()], axis=1))


def test_bidirectional_of_different_widths(rng):
    x, ahead, back = rng.normal(size=(2, 4, 3)), random_params(rng, 3, 2), random_params(rng, 3, 5)
    hs, summary = bidirectional(x, ahead, back)
    for t in range(4):
        exact(hs[:, t, :2], lstm_forward(x[:, : t + 1], ahead)[1][0])
        exact(hs[:, t, 2:], lstm_forward(x[:, t:][:, ::-1], back)[1][0])
    exact(summary, np.concatenate([hs[:, -1, :2], hs[:, 0, 2:]], axis=1))


def character_model(rng, v, h):
    return {
        **random_params(rng, v, h),
        "Wy": rng.normal(size=(h, v)),
        "by": rng.normal(size=v),
    }


def test_char_loss_against_torch(rng):
    model = character_model(rng, 7, 4)
    theirs = torch_layer(torch.nn.LSTM, 7, 4)
    head = torch.nn.Linear(4, 7, dtype=torch.float64)
    with torch.no_grad():
        theirs.weight_ih_l0[:] = torch.tensor(model["Wx"].T)
        theirs.weight_hh_l0[:] = torch.tensor(model["Wh"].T)
        theirs.bias_ih_l0[:] = torch.tensor(model["b"])
        theirs.bias_hh_l0[:] = 0
        head.weight[:] = torch.tensor(model["Wy"].T)
        head.bias[:] = torch.tensor(model["by"])
    tokens = rng.integers(0, 7, size=(3, 6))
    h0, c0 = rng.normal(size=(2, 3, 4))
    one_hot = torch.nn.functional.one_hot(torch.tensor(tokens[:, :-1]), 7).double()
    hs, (h, c) = theirs(one_hot, (torch.tensor(h0)[None], torch.tensor(c0)[None]))
    answers = torch.tensor(tokens[:, 1:]).reshape(-1)
    expected = torch.nn.functional.cross_entropy(head(hs).reshape(-1, 7), answers)
    expected.backward()

    loss, grads, state = char_loss(tokens, model, h0, c0)
    assert isinstance(loss, float)
    assert loss == pytest.approx(expected.item(), rel=1e-12)
    exact(state[0], h[0].detach().numpy())
    exact(state[1], c[0].detach().numpy())
    assert grads.keys() == model.keys()
    exact(grads["Wx"], theirs.weight_ih_l0.grad.numpy().T)
    exact(grads["Wh"], theirs.weight_hh_l0.grad.numpy().T)
    exact(grads["b"], theirs.bias_ih_l0.grad.numpy())
    exact(grads["Wy"], head.weight.grad.numpy().T)
    exact(grads["by"], head.bias.grad.numpy())


def test_char_loss_of_an_ignorant_model_is_ln_v():
    sizes = {"Wx": (6, 8), "Wh": (2, 8), "b": 8, "Wy": (2, 6), "by": 6}
    model = {name: np.zeros(size) for name, size in sizes.items()}
    loss, _, _ = char_loss(np.array([[0, 3, 5, 5]]), model)
    assert loss == pytest.approx(math.log(6), rel=1e-14)
    model["by"] = np.array([5000.0, 0, 0, 0, 0, 0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert char_loss(np.array([[0, 3]]), model)[0] == pytest.approx(5000.0)


def test_samples_read_prefix_and_what_they_wrote(rng):
    model = character_model(rng, 6, 4)
    prefix, uniforms = np.array([2, 0, 5]), rng.random(12)
    for temperature in (0.5, 1.0, 3.0):
        drawn = sample_tokens(model, prefix, uniforms, temperature)
        assert all(type(token) is int for token in drawn)
        # The whole text so far, from the start, for each token anew.
        for k, u in enumerate(uniforms):
            text = [*prefix, *drawn[:k]]
            h, c = np.zeros((2, 1, 4))
            for token in text:
                h, c = scalar_lstm(np.eye(6)[[token]], h, c, model)
            weights = [
                math.exp(score / temperature) for score in (h @ model["Wy"] + model["by"])[0]
            ]
            total, token = 0.0, -1
            while total <= u * sum(weights):
                token += 1
                total += weights[token]
            assert drawn[k] == token


def test_samples_follow_the_probabilities(rng):
    sizes = {"Wx": (3, 8), "Wh": (2, 8), "b": 8, "Wy": (2, 3)}
    model = {name: np.zeros(size) for name, size in sizes.items()}
    model["by"] = np.log([0.2, 0.5, 0.3])
    even = (np.arange(200) + 0.5) / 200
    counts = np.bincount(sample_tokens(model, np.array([0]), even), minlength=3)
    np.testing.assert_array_equal(counts, [40, 100, 60])


def test_samples_at_the_ends_of_the_unit_interval():
    edges = np.array([0.0, np.nextafter(1, 0)])
    for v in range(1, 60):
        sizes = {"Wx": (v + 2, 4), "Wh": (1, 4), "b": 4, "Wy": (1, v + 2)}
        model = {name: np.zeros(size) for name, size in sizes.items()}
        model["by"] = np.array([-5000.0, *np.sin(np.arange(v)), -5000.0])
        assert sample_tokens(model, np.array([0]), edges) == [1, v]


def test_arguments_stay_as_they_are(rng):
    x, params = rng.normal(size=(2, 5, 3)), random_params(rng, 3, 4)
    h0, c0 = rng.normal(size=(2, 2, 4))
    frozen = [x, h0, c0, *params.values()]
    for array in frozen:
        array.flags.writeable = False
    hs, _, cache = lstm_forward(x, params, h0, c0)
    dhs = rng.normal(size=hs.shape)
    first = lstm_backward(dhs, cache, h0, c0)
    again = lstm_backward(dhs, cache, h0, c0)
    for mine, theirs in zip(first[:3], again[:3], strict=True):
        exact(mine, theirs)
    bidirectional(x, params, params)
    stacked_lstm(x, [params], [(h0, c0)])
