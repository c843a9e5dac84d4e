"""Day 21's wrong versions, each of which must lose points, and right ones, which must lose none.

A variant stands in for the reference's function of its exercise; a class is only a container: each
function in its body stands in for the reference's of that name. Cells that come alone keep to the
reference's cache, the tuple (x, h, c, params, i, f, g, o, tanh_c); runs keep to the list of those.
"""
# Containers are named like variants, and their functions are no methods.
# ruff: noqa: N801, N805

from __future__ import annotations

import numpy as np

from autograder.testing import right, wrong
from solutions.day21_lstm_gru import (
    lstm_backward,
    lstm_cell_backward,
    lstm_cell_forward,
    lstm_forward,
    sigmoid,
    stacked_lstm,
)

# lstm_cell_forward: wrong


@wrong("lstm_cell_forward")
def cell_swaps_input_and_forget_gate(x, h, c, params):
    """The first block is taken for the forget gate, the second for the input gate."""
    f, i, g, o = np.split(x @ params["Wx"] + h @ params["Wh"] + params["b"], 4, axis=1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c_next = f * c + i * g
    return o * np.tanh(c_next), c_next, (x, h, c, params, i, f, g, o, np.tanh(c_next))


@wrong("lstm_cell_forward")
def cell_swaps_output_gate_and_candidate(x, h, c, params):
    """The blocks are read in the order i, f, o, g."""
    i, f, o, g = np.split(x @ params["Wx"] + h @ params["Wh"] + params["b"], 4, axis=1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c_next = f * c + i * g
    return o * np.tanh(c_next), c_next, (x, h, c, params, i, f, g, o, np.tanh(c_next))


@wrong("lstm_cell_forward")
def cell_reads_interleaved_gates(x, h, c, params):
    """Four neighbouring columns are taken for the gates of one unit."""
    a = x @ params["Wx"] + h @ params["Wh"] + params["b"]
    i, f, g, o = np.moveaxis(a.reshape(len(x), -1, 4), 2, 0)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c_next = f * c + i * g
    return o * np.tanh(c_next), c_next, (x, h, c, params, i, f, g, o, np.tanh(c_next))


@wrong("lstm_cell_forward")
def cell_forgets_the_tanh_of_the_memory(x, h, c, params):
    """h_next = o * c_next."""
    i, f, g, o = np.split(x @ params["Wx"] + h @ params["Wh"] + params["b"], 4, axis=1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c_next = f * c + i * g
    return o * c_next, c_next, (x, h, c, params, i, f, g, o, np.tanh(c_next))


@wrong("lstm_cell_forward")
def cell_shows_the_old_memory(x, h, c, params):
    """h_next is made from c instead of c_next."""
    i, f, g, o = np.split(x @ params["Wx"] + h @ params["Wh"] + params["b"], 4, axis=1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c_next = f * c + i * g
    return o * np.tanh(c), c_next, (x, h, c, params, i, f, g, o, np.tanh(c_next))


@wrong("lstm_cell_forward")
def cell_squashes_its_memory(x, h, c, params):
    """c_next itself goes through tanh."""
    i, f, g, o = np.split(x @ params["Wx"] + h @ params["Wh"] + params["b"], 4, axis=1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c_next = np.tanh(f * c + i * g)
    return o * c_next, c_next, (x, h, c, params, i, f, g, o, c_next)


@wrong("lstm_cell_forward")
def cell_with_a_sigmoid_candidate(x, h, c, params):
    """All four blocks go through the sigmoid."""
    a = x @ params["Wx"] + h @ params["Wh"] + params["b"]
    i, f, g, o = np.split(sigmoid(a), 4, axis=1)
    c_next = f * c + i * g
    return o * np.tanh(c_next), c_next, (x, h, c, params, i, f, g, o, np.tanh(c_next))


@wrong("lstm_cell_forward")
def cell_without_input_gate(x, h, c, params):
    """The candidate is written in full."""
    i, f, g, o = np.split(x @ params["Wx"] + h @ params["Wh"] + params["b"], 4, axis=1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c_next = f * c + g
    return o * np.tanh(c_next), c_next, (x, h, c, params, i, f, g, o, np.tanh(c_next))


@wrong("lstm_cell_forward")
def cell_couples_input_and_forget_gate(x, h, c, params):
    """What is not forgotten is not written: 1 - f stands for the input gate."""
    i, f, g, o = np.split(x @ params["Wx"] + h @ params["Wh"] + params["b"], 4, axis=1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c_next = f * c + (1 - f) * g
    return o * np.tanh(c_next), c_next, (x, h, c, params, i, f, g, o, np.tanh(c_next))


@wrong("lstm_cell_forward")
def cell_forgets_when_its_gate_is_open(x, h, c, params):
    """The forget gate is taken for the share that is lost."""
    i, f, g, o = np.split(x @ params["Wx"] + h @ params["Wh"] + params["b"], 4, axis=1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c_next = (1 - f) * c + i * g
    return o * np.tanh(c_next), c_next, (x, h, c, params, i, f, g, o, np.tanh(c_next))


@wrong("lstm_cell_forward")
def cell_without_bias(x, h, c, params):
    """The bias is forgotten."""
    i, f, g, o = np.split(x @ params["Wx"] + h @ params["Wh"], 4, axis=1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c_next = f * c + i * g
    return o * np.tanh(c_next), c_next, (x, h, c, params, i, f, g, o, np.tanh(c_next))


@wrong("lstm_cell_forward")
def cell_with_the_bias_twice(x, h, c, params):
    """The one bias is added beside each of the two products."""
    a = (x @ params["Wx"] + params["b"]) + (h @ params["Wh"] + params["b"])
    i, f, g, o = np.split(a, 4, axis=1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c_next = f * c + i * g
    return o * np.tanh(c_next), c_next, (x, h, c, params, i, f, g, o, np.tanh(c_next))


@wrong("lstm_cell_forward")
def cell_multiplies_the_memory_by_wh(x, h, c, params):
    """The gates look at c where they should look at h."""
    i, f, g, o = np.split(x @ params["Wx"] + c @ params["Wh"] + params["b"], 4, axis=1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c_next = f * c + i * g
    return o * np.tanh(c_next), c_next, (x, h, c, params, i, f, g, o, np.tanh(c_next))


@wrong("lstm_cell_forward")
def cell_with_an_overflowing_sigmoid(x, h, c, params):
    """exp(a) / (1 + exp(a)) is NaN for a = 1000."""
    a = x @ params["Wx"] + h @ params["Wh"] + params["b"]
    i, f, g, o = np.split(a, 4, axis=1)
    i, f, o = (np.exp(gate) / (1 + np.exp(gate)) for gate in (i, f, o))
    g = np.tanh(g)
    c_next = f * c + i * g
    return o * np.tanh(c_next), c_next, (x, h, c, params, i, f, g, o, np.tanh(c_next))


@wrong("lstm_cell_forward")
def cell_in_single_precision(x, h, c, params):
    """The pre-activations are rounded to float32."""
    a = (x @ params["Wx"] + h @ params["Wh"] + params["b"]).astype(np.float32)
    i, f, g, o = np.split(a, 4, axis=1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c_next = f * c + i * g
    return o * np.tanh(c_next), c_next, (x, h, c, params, i, f, g, o, np.tanh(c_next))


@wrong("lstm_cell_forward")
def cell_updates_its_memory_in_place(x, h, c, params):
    """Right values, but c is overwritten."""
    i, f, g, o = np.split(x @ params["Wx"] + h @ params["Wh"] + params["b"], 4, axis=1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    old = c.copy()
    c *= f
    c += i * g
    return o * np.tanh(c), c, (x, h, old, params, i, f, g, o, np.tanh(c))


@wrong("lstm_cell_forward")
def cell_loses_axes_of_length_one(x, h, c, params):
    """The results are squeezed."""
    i, f, g, o = np.split(x @ params["Wx"] + h @ params["Wh"] + params["b"], 4, axis=1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c_next = f * c + i * g
    h_next = o * np.tanh(c_next)
    cache = (x, h, c, params, i, f, g, o, np.tanh(c_next))
    return h_next.squeeze(), c_next.squeeze(), cache


@wrong("lstm_cell_forward")
def cell_returns_memory_first(x, h, c, params):
    """c_next and h_next change places."""
    i, f, g, o = np.split(x @ params["Wx"] + h @ params["Wh"] + params["b"], 4, axis=1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c_next = f * c + i * g
    return c_next, o * np.tanh(c_next), (x, h, c, params, i, f, g, o, np.tanh(c_next))


# lstm_cell_forward: right


@right("lstm_cell_forward")
def cell_by_separate_products(x, h, c, params):
    """A product for each gate, with slices of the parameters."""
    size = h.shape[1]
    blocks = [slice(k * size, (k + 1) * size) for k in range(4)]
    a = [x @ params["Wx"][:, s] + h @ params["Wh"][:, s] + params["b"][s] for s in blocks]
    i, f, o = 1 / (1 + np.exp(-a[0])), 1 / (1 + np.exp(-a[1])), 1 / (1 + np.exp(-a[3]))
    g = np.tanh(a[2])
    c_next = np.multiply(f, c) + np.multiply(i, g)
    h_next = np.multiply(o, np.tanh(c_next))
    return h_next, c_next, (x, h, c, params, i, f, g, o, np.tanh(c_next))


@right("lstm_cell_forward")
def cell_by_one_fused_product(x, h, c, params):
    """x and h side by side, Wx and Wh on top of each other."""
    weights = np.concatenate([params["Wx"], params["Wh"]])
    a = np.concatenate([x, h], axis=1) @ weights + params["b"]
    i, f, g, o = a.reshape(len(x), 4, -1).transpose(1, 0, 2)
    i, f, o, g = 0.5 * (1 + np.tanh(i / 2)), sigmoid(f), sigmoid(o), np.tanh(g)
    c_next = c * f + g * i
    return [np.tanh(c_next) * o, c_next, (x, h, c, params, i, f, g, o, np.tanh(c_next))]


@right("lstm_cell_forward")
def cell_by_loops(x, h, c, params):
    """One number at a time."""
    n, size = h.shape
    acts = np.zeros((4, n, size))
    c_next, h_next = np.zeros((n, size)), np.zeros((n, size))
    for row in range(n):
        for k in range(size):
            for block in range(4):
                column = block * size + k
                a = params["b"][column]
                for j in range(x.shape[1]):
                    a += x[row, j] * params["Wx"][j, column]
                for j in range(size):
                    a += h[row, j] * params["Wh"][j, column]
                acts[block, row, k] = np.tanh(a) if block == 2 else sigmoid(a)
            i, f, g, o = acts[:, row, k]
            c_next[row, k] = f * c[row, k] + i * g
            h_next[row, k] = o * np.tanh(c_next[row, k])
    return h_next, c_next, (x, h, c, params, *acts, np.tanh(c_next))


@right("lstm_cell_forward")
def cell_by_einsum_and_a_stable_sigmoid(x, h, c, params):
    """einsum, and a sigmoid with a case for each sign."""

    def squash(a):
        small = np.exp(-np.abs(a))
        return np.where(a >= 0, 1 / (1 + small), small / (1 + small))

    a = np.einsum("nd,dk->nk", x, params["Wx"]) + np.einsum("nh,hk->nk", h, params["Wh"])
    a = a + params["b"][np.newaxis, :]
    size = h.shape[1]
    i, f = squash(a[:, :size]), squash(a[:, size : 2 * size])
    g, o = np.tanh(a[:, 2 * size : 3 * size]), squash(a[:, 3 * size :])
    c_next = f * c + i * g
    return o * np.tanh(c_next), c_next, (x, h, c, params, i, f, g, o, np.tanh(c_next))


@right("lstm_cell_forward")
def cell_by_torch_functions(x, h, c, params):
    """torch's sigmoid and tanh, without a ready-made cell."""
    import torch

    a = torch.from_numpy(np.array(x @ params["Wx"] + h @ params["Wh"] + params["b"]))
    a_i, a_f, a_g, a_o = a.chunk(4, dim=1)
    i, f, o = (torch.sigmoid(gate).numpy() for gate in (a_i, a_f, a_o))
    g = torch.tanh(a_g).numpy()
    c_next = f * c + i * g
    return o * np.tanh(c_next), c_next, (x, h, c, params, i, f, g, o, np.tanh(c_next))


# lstm_cell_backward: wrong


@wrong("lstm_cell_backward")
def cell_backward_drops_the_way_through_h(dh_next, dc_next, cache):
    """The cell gets dc_next only."""
    x, h, c, params, i, f, g, o, tanh_c = cache
    dc = dc_next
    parts = [dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g**2)]
    da = np.concatenate([*parts, dh_next * tanh_c * o * (1 - o)], axis=1)
    grads = {"Wx": x.T @ da, "Wh": h.T @ da, "b": da.sum(axis=0)}
    return da @ params["Wx"].T, da @ params["Wh"].T, dc * f, grads


@wrong("lstm_cell_backward")
def cell_backward_drops_the_next_step(dh_next, dc_next, cache):
    """The gradient of the cell state from the next step is not used."""
    x, h, c, params, i, f, g, o, tanh_c = cache
    dc = dh_next * o * (1 - tanh_c**2)
    parts = [dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g**2)]
    da = np.concatenate([*parts, dh_next * tanh_c * o * (1 - o)], axis=1)
    grads = {"Wx": x.T @ da, "Wh": h.T @ da, "b": da.sum(axis=0)}
    return da @ params["Wx"].T, da @ params["Wh"].T, dc * f, grads


@wrong("lstm_cell_backward")
def cell_backward_passes_on_the_next_step_only(dh_next, dc_next, cache):
    """dc = dc_next * f: what came through h_next is not passed on to the old memory."""
    x, h, c, params, i, f, g, o, tanh_c = cache
    dc = dc_next + dh_next * o * (1 - tanh_c**2)
    parts = [dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g**2)]
    da = np.concatenate([*parts, dh_next * tanh_c * o * (1 - o)], axis=1)
    grads = {"Wx": x.T @ da, "Wh": h.T @ da, "b": da.sum(axis=0)}
    return da @ params["Wx"].T, da @ params["Wh"].T, dc_next * f, grads


@wrong("lstm_cell_backward")
def cell_backward_without_the_slope_of_tanh(dh_next, dc_next, cache):
    """h_next = o * tanh(c_next) is differentiated as o * c_next."""
    x, h, c, params, i, f, g, o, tanh_c = cache
    dc = dc_next + dh_next * o
    parts = [dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g**2)]
    da = np.concatenate([*parts, dh_next * tanh_c * o * (1 - o)], axis=1)
    grads = {"Wx": x.T @ da, "Wh": h.T @ da, "b": da.sum(axis=0)}
    return da @ params["Wx"].T, da @ params["Wh"].T, dc * f, grads


@wrong("lstm_cell_backward")
def cell_backward_forgets_the_forget_gate(dh_next, dc_next, cache):
    """dc is returned for c_next instead of c."""
    x, h, c, params, i, f, g, o, tanh_c = cache
    dc = dc_next + dh_next * o * (1 - tanh_c**2)
    parts = [dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g**2)]
    da = np.concatenate([*parts, dh_next * tanh_c * o * (1 - o)], axis=1)
    grads = {"Wx": x.T @ da, "Wh": h.T @ da, "b": da.sum(axis=0)}
    return da @ params["Wx"].T, da @ params["Wh"].T, dc, grads


@wrong("lstm_cell_backward")
def cell_backward_uses_the_new_memory_for_the_forget_gate(dh_next, dc_next, cache):
    """df = dc * c_next."""
    x, h, c, params, i, f, g, o, tanh_c = cache
    dc = dc_next + dh_next * o * (1 - tanh_c**2)
    parts = [dc * g * i * (1 - i), dc * (f * c + i * g) * f * (1 - f), dc * i * (1 - g**2)]
    da = np.concatenate([*parts, dh_next * tanh_c * o * (1 - o)], axis=1)
    grads = {"Wx": x.T @ da, "Wh": h.T @ da, "b": da.sum(axis=0)}
    return da @ params["Wx"].T, da @ params["Wh"].T, dc * f, grads


@wrong("lstm_cell_backward")
def cell_backward_without_tanh_for_the_output_gate(dh_next, dc_next, cache):
    """do = dh_next * c_next."""
    x, h, c, params, i, f, g, o, tanh_c = cache
    dc = dc_next + dh_next * o * (1 - tanh_c**2)
    parts = [dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g**2)]
    da = np.concatenate([*parts, dh_next * (f * c + i * g) * o * (1 - o)], axis=1)
    grads = {"Wx": x.T @ da, "Wh": h.T @ da, "b": da.sum(axis=0)}
    return da @ params["Wx"].T, da @ params["Wh"].T, dc * f, grads


@wrong("lstm_cell_backward")
def cell_backward_gives_the_candidate_a_sigmoid_slope(dh_next, dc_next, cache):
    """g * (1 - g) where 1 - g^2 belongs."""
    x, h, c, params, i, f, g, o, tanh_c = cache
    dc = dc_next + dh_next * o * (1 - tanh_c**2)
    parts = [dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * g * (1 - g)]
    da = np.concatenate([*parts, dh_next * tanh_c * o * (1 - o)], axis=1)
    grads = {"Wx": x.T @ da, "Wh": h.T @ da, "b": da.sum(axis=0)}
    return da @ params["Wx"].T, da @ params["Wh"].T, dc * f, grads


@wrong("lstm_cell_backward")
def cell_backward_without_slopes_of_the_gates(dh_next, dc_next, cache):
    """The derivative of the sigmoid is forgotten."""
    x, h, c, params, i, f, g, o, tanh_c = cache
    dc = dc_next + dh_next * o * (1 - tanh_c**2)
    da = np.concatenate([dc * g, dc * c, dc * i * (1 - g**2), dh_next * tanh_c], axis=1)
    grads = {"Wx": x.T @ da, "Wh": h.T @ da, "b": da.sum(axis=0)}
    return da @ params["Wx"].T, da @ params["Wh"].T, dc * f, grads


@wrong("lstm_cell_backward")
def cell_backward_swaps_input_gate_and_candidate(dh_next, dc_next, cache):
    """di = dc * i and dg = dc * g."""
    x, h, c, params, i, f, g, o, tanh_c = cache
    dc = dc_next + dh_next * o * (1 - tanh_c**2)
    parts = [dc * i * i * (1 - i), dc * c * f * (1 - f), dc * g * (1 - g**2)]
    da = np.concatenate([*parts, dh_next * tanh_c * o * (1 - o)], axis=1)
    grads = {"Wx": x.T @ da, "Wh": h.T @ da, "b": da.sum(axis=0)}
    return da @ params["Wx"].T, da @ params["Wh"].T, dc * f, grads


@wrong("lstm_cell_backward")
def cell_backward_joins_the_blocks_in_another_order(dh_next, dc_next, cache):
    """i, f, o, g."""
    x, h, c, params, i, f, g, o, tanh_c = cache
    dc = dc_next + dh_next * o * (1 - tanh_c**2)
    da_i, da_f, da_g = dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g**2)
    da = np.concatenate([da_i, da_f, dh_next * tanh_c * o * (1 - o), da_g], axis=1)
    grads = {"Wx": x.T @ da, "Wh": h.T @ da, "b": da.sum(axis=0)}
    return da @ params["Wx"].T, da @ params["Wh"].T, dc * f, grads


@wrong("lstm_cell_backward")
def cell_backward_averages_over_the_batch(dh_next, dc_next, cache):
    """Gradients of the parameters are divided by N."""
    x, h, c, params, i, f, g, o, tanh_c = cache
    dc = dc_next + dh_next * o * (1 - tanh_c**2)
    parts = [dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g**2)]
    da = np.concatenate([*parts, dh_next * tanh_c * o * (1 - o)], axis=1)
    n = len(x)
    grads = {"Wx": x.T @ da / n, "Wh": h.T @ da / n, "b": da.mean(axis=0)}
    return da @ params["Wx"].T, da @ params["Wh"].T, dc * f, grads


@wrong("lstm_cell_backward")
def cell_backward_keeps_the_axis_of_the_bias(dh_next, dc_next, cache):
    """db is (1, 4H)."""
    x, h, c, params, i, f, g, o, tanh_c = cache
    dc = dc_next + dh_next * o * (1 - tanh_c**2)
    parts = [dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g**2)]
    da = np.concatenate([*parts, dh_next * tanh_c * o * (1 - o)], axis=1)
    grads = {"Wx": x.T @ da, "Wh": h.T @ da, "b": da.sum(axis=0, keepdims=True)}
    return da @ params["Wx"].T, da @ params["Wh"].T, dc * f, grads


@wrong("lstm_cell_backward")
def cell_backward_adds_the_upstream_gradient_to_dh(dh_next, dc_next, cache):
    """dh_next is passed on as if h were carried over."""
    x, h, c, params, i, f, g, o, tanh_c = cache
    dc = dc_next + dh_next * o * (1 - tanh_c**2)
    parts = [dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g**2)]
    da = np.concatenate([*parts, dh_next * tanh_c * o * (1 - o)], axis=1)
    grads = {"Wx": x.T @ da, "Wh": h.T @ da, "b": da.sum(axis=0)}
    return da @ params["Wx"].T, da @ params["Wh"].T + dh_next, dc * f, grads


@wrong("lstm_cell_backward")
def cell_backward_gives_dh_no_share_of_the_output_gate(dh_next, dc_next, cache):
    """dh collects from i, f and g only."""
    x, h, c, params, i, f, g, o, tanh_c = cache
    dc = dc_next + dh_next * o * (1 - tanh_c**2)
    parts = [dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g**2)]
    da = np.concatenate([*parts, dh_next * tanh_c * o * (1 - o)], axis=1)
    grads = {"Wx": x.T @ da, "Wh": h.T @ da, "b": da.sum(axis=0)}
    size = 3 * h.shape[1]
    return da @ params["Wx"].T, da[:, :size] @ params["Wh"][:, :size].T, dc * f, grads


@wrong("lstm_cell_backward")
def cell_backward_adds_to_its_argument(dh_next, dc_next, cache):
    """dc_next += ... changes the caller's array."""
    x, h, c, params, i, f, g, o, tanh_c = cache
    dc_next += dh_next * o * (1 - tanh_c**2)
    dc = dc_next
    parts = [dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g**2)]
    da = np.concatenate([*parts, dh_next * tanh_c * o * (1 - o)], axis=1)
    grads = {"Wx": x.T @ da, "Wh": h.T @ da, "b": da.sum(axis=0)}
    return da @ params["Wx"].T, da @ params["Wh"].T, dc * f, grads


@wrong("lstm_cell_backward")
def cell_backward_returns_a_tuple_of_gradients(dh_next, dc_next, cache):
    """grads is a tuple without names."""
    x, h, c, params, i, f, g, o, tanh_c = cache
    dc = dc_next + dh_next * o * (1 - tanh_c**2)
    parts = [dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g**2)]
    da = np.concatenate([*parts, dh_next * tanh_c * o * (1 - o)], axis=1)
    grads = (x.T @ da, h.T @ da, da.sum(axis=0))
    return da @ params["Wx"].T, da @ params["Wh"].T, dc * f, grads


@wrong("lstm_cell_backward")
class cell_backward_with_a_global_cache:
    """The forward pass leaves its values in a global variable."""

    def lstm_cell_forward(x, h, c, params):
        global last_step
        i, f, g, o = np.split(x @ params["Wx"] + h @ params["Wh"] + params["b"], 4, axis=1)
        i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
        c_next = f * c + i * g
        last_step = (x, h, c, params, i, f, g, o, np.tanh(c_next))
        return o * np.tanh(c_next), c_next, None

    def lstm_cell_backward(dh_next, dc_next, cache):
        x, h, c, params, i, f, g, o, tanh_c = last_step
        dc = dc_next + dh_next * o * (1 - tanh_c**2)
        parts = [dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g**2)]
        da = np.concatenate([*parts, dh_next * tanh_c * o * (1 - o)], axis=1)
        grads = {"Wx": x.T @ da, "Wh": h.T @ da, "b": da.sum(axis=0)}
        return da @ params["Wx"].T, da @ params["Wh"].T, dc * f, grads


# lstm_cell_backward: right


@right("lstm_cell_backward")
def cell_backward_gate_by_gate(dh_next, dc_next, cache):
    """A product for each gate, joined at the end."""
    x, h, c, params, i, f, g, o, tanh_c = cache
    size = h.shape[1]
    dcell = dc_next + o * dh_next * (1.0 - np.square(tanh_c))
    slopes = [dcell * g * i * (1 - i), dcell * c * f * (1 - f), dcell * i * (1 - g * g)]
    slopes.append(dh_next * tanh_c * o * (1 - o))
    dx, dh = np.zeros(x.shape), np.zeros(h.shape)
    grads = {name: np.zeros(value.shape) for name, value in params.items()}
    for block, da in enumerate(slopes):
        columns = slice(block * size, (block + 1) * size)
        dx += da @ params["Wx"][:, columns].T
        dh += da @ params["Wh"][:, columns].T
        grads["Wx"][:, columns] = x.T @ da
        grads["Wh"][:, columns] = h.T @ da
        grads["b"][columns] = da.sum(axis=0)
    return [dx, dh, f * dcell, grads]


@right("lstm_cell_backward")
def cell_backward_by_samples(dh_next, dc_next, cache):
    """Outer products, one sample after the other."""
    x, h, c, params, i, f, g, o, tanh_c = cache
    dx, dh, dc = np.empty_like(x), np.empty_like(h), np.empty_like(h)
    grads = {"b": 0.0, "Wh": 0.0, "Wx": 0.0}
    for n in range(len(x)):
        total = dc_next[n] + dh_next[n] * o[n] * (1 - tanh_c[n] ** 2)
        da = np.hstack(
            [
                total * g[n] * i[n] * (1 - i[n]),
                total * c[n] * f[n] * (1 - f[n]),
                total * i[n] * (1 - g[n] ** 2),
                dh_next[n] * tanh_c[n] * o[n] * (1 - o[n]),
            ]
        )
        dx[n], dh[n], dc[n] = params["Wx"] @ da, params["Wh"] @ da, total * f[n]
        grads["Wx"] = grads["Wx"] + np.outer(x[n], da)
        grads["Wh"] = grads["Wh"] + np.outer(h[n], da)
        grads["b"] = grads["b"] + da
    return dx, dh, dc, grads


@right("lstm_cell_backward")
class cell_backward_with_pre_activations_in_a_dict:
    """The cache is a dict of the arguments; all else is computed again."""

    def lstm_cell_forward(x, h, c, params):
        a = x @ params["Wx"] + h @ params["Wh"] + params["b"]
        i, f, g, o = np.split(a, 4, axis=1)
        c_next = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        cache = {"a": a, "x": x, "h": h, "c": c, "c_next": c_next, "params": params}
        return sigmoid(o) * np.tanh(c_next), c_next, cache

    def lstm_cell_backward(dh_next, dc_next, cache):
        i, f, g, o = np.split(cache["a"], 4, axis=1)
        shown = np.tanh(cache["c_next"])
        dc = dc_next + dh_next * sigmoid(o) * (1 - shown**2)
        da = np.concatenate(
            [
                dc * np.tanh(g) * sigmoid(i) * sigmoid(-i),
                dc * cache["c"] * sigmoid(f) * sigmoid(-f),
                dc * sigmoid(i) * (1 - np.tanh(g) ** 2),
                dh_next * shown * sigmoid(o) * sigmoid(-o),
            ],
            axis=1,
        )
        both = np.concatenate([cache["x"], cache["h"]], axis=1)
        weights = np.concatenate([cache["params"]["Wx"], cache["params"]["Wh"]])
        dboth, dweights = da @ weights.T, both.T @ da
        d = cache["x"].shape[1]
        grads = {"Wx": dweights[:d], "Wh": dweights[d:], "b": np.ones(len(da)) @ da}
        return dboth[:, :d], dboth[:, d:], dc * sigmoid(f), grads


@right("lstm_cell_backward")
class cell_backward_in_a_closure:
    """The cache is the backward function itself."""

    def lstm_cell_forward(x, h, c, params):
        a = x @ params["Wx"] + h @ params["Wh"] + params["b"]
        i, f, g, o = np.split(a, 4, axis=1)
        i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
        c_next = f * c + i * g
        shown = np.tanh(c_next)

        def backward(dh_next, dc_next):
            dc = dc_next + dh_next * o * (1 - shown) * (1 + shown)
            parts = (dc * g * (i - i * i), dc * c * (f - f * f), dc * i * (1 - g * g))
            da = np.hstack([*parts, dh_next * shown * (o - o * o)])
            grads = {"Wx": x.T @ da, "Wh": h.T @ da, "b": da.sum(0)}
            return da @ params["Wx"].T, da @ params["Wh"].T, dc * f, grads

        return o * shown, c_next, backward

    def lstm_cell_backward(dh_next, dc_next, cache):
        return cache(dh_next, dc_next)


# lstm_forward and lstm_backward: wrong


@wrong("lstm_forward")
def run_starts_every_step_anew(x, params, h0=None, c0=None):
    """Each step starts from h0 and c0."""
    zero = np.zeros((len(x), params["Wh"].shape[0]))
    h0, c0 = zero if h0 is None else h0, zero if c0 is None else c0
    hs, cache = [], []
    for t in range(x.shape[1]):
        h, c, step = lstm_cell_forward(x[:, t], h0, c0, params)
        hs.append(h)
        cache.append(step)
    return np.stack(hs, axis=1), (h, c), cache


@wrong("lstm_forward")
def run_does_not_hand_on_the_memory(x, params, h0=None, c0=None):
    """h goes on to the next step, c starts anew."""
    zero = np.zeros((len(x), params["Wh"].shape[0]))
    h, c0 = zero if h0 is None else h0, zero if c0 is None else c0
    hs, cache = [], []
    for t in range(x.shape[1]):
        h, c, step = lstm_cell_forward(x[:, t], h, c0, params)
        hs.append(h)
        cache.append(step)
    return np.stack(hs, axis=1), (h, c), cache


@wrong("lstm_forward")
def run_ignores_the_given_state(x, params, h0=None, c0=None):
    """It always starts from zeros."""
    h = c = np.zeros((len(x), params["Wh"].shape[0]))
    hs, cache = [], []
    for t in range(x.shape[1]):
        h, c, step = lstm_cell_forward(x[:, t], h, c, params)
        hs.append(h)
        cache.append(step)
    return np.stack(hs, axis=1), (h, c), cache


@wrong("lstm_forward")
def run_takes_both_states_or_none(x, params, h0=None, c0=None):
    """A c0 without an h0 is ignored."""
    if h0 is None or c0 is None:
        h0 = c0 = np.zeros((len(x), params["Wh"].shape[0]))
    h, c, hs, cache = h0, c0, [], []
    for t in range(x.shape[1]):
        h, c, step = lstm_cell_forward(x[:, t], h, c, params)
        hs.append(h)
        cache.append(step)
    return np.stack(hs, axis=1), (h, c), cache


@wrong("lstm_forward")
def run_swaps_the_states(x, params, h0=None, c0=None):
    """h0 and c0 change places."""
    zero = np.zeros((len(x), params["Wh"].shape[0]))
    c, h = zero if h0 is None else h0, zero if c0 is None else c0
    hs, cache = [], []
    for t in range(x.shape[1]):
        h, c, step = lstm_cell_forward(x[:, t], h, c, params)
        hs.append(h)
        cache.append(step)
    return np.stack(hs, axis=1), (h, c), cache


@wrong("lstm_forward")
def run_returns_the_memory_first(x, params, h0=None, c0=None):
    """The last state is (c, h)."""
    zero = np.zeros((len(x), params["Wh"].shape[0]))
    h, c = zero if h0 is None else h0, zero if c0 is None else c0
    hs, cache = [], []
    for t in range(x.shape[1]):
        h, c, step = lstm_cell_forward(x[:, t], h, c, params)
        hs.append(h)
        cache.append(step)
    return np.stack(hs, axis=1), (c, h), cache


@wrong("lstm_forward")
def run_returns_the_first_state(x, params, h0=None, c0=None):
    """The returned state is the one it started from."""
    zero = np.zeros((len(x), params["Wh"].shape[0]))
    h0, c0 = zero if h0 is None else h0, zero if c0 is None else c0
    h, c, hs, cache = h0, c0, [], []
    for t in range(x.shape[1]):
        h, c, step = lstm_cell_forward(x[:, t], h, c, params)
        hs.append(h)
        cache.append(step)
    return np.stack(hs, axis=1), (h0, c0), cache


@wrong("lstm_forward")
def run_puts_time_first(x, params, h0=None, c0=None):
    """hs is (T, N, H)."""
    zero = np.zeros((len(x), params["Wh"].shape[0]))
    h, c = zero if h0 is None else h0, zero if c0 is None else c0
    hs, cache = [], []
    for t in range(x.shape[1]):
        h, c, step = lstm_cell_forward(x[:, t], h, c, params)
        hs.append(h)
        cache.append(step)
    return np.stack(hs), (h, c), cache


@wrong("lstm_forward")
def run_takes_the_batch_for_time(x, params, h0=None, c0=None):
    """x is read as (T, N, D), as torch has it by default."""
    zero = np.zeros((x.shape[1], params["Wh"].shape[0]))
    h, c = zero if h0 is None else h0, zero if c0 is None else c0
    hs, cache = [], []
    for step_input in x:
        h, c, step = lstm_cell_forward(step_input, h, c, params)
        hs.append(h)
        cache.append(step)
    return np.stack(hs), (h, c), cache


@wrong("lstm_forward")
def run_returns_all_memories(x, params, h0=None, c0=None):
    """hs holds the cell states."""
    zero = np.zeros((len(x), params["Wh"].shape[0]))
    h, c = zero if h0 is None else h0, zero if c0 is None else c0
    cs, cache = [], []
    for t in range(x.shape[1]):
        h, c, step = lstm_cell_forward(x[:, t], h, c, params)
        cs.append(c)
        cache.append(step)
    return np.stack(cs, axis=1), (h, c), cache


@wrong("lstm_forward")
def run_reads_backwards(x, params, h0=None, c0=None):
    """The last input is read first."""
    zero = np.zeros((len(x), params["Wh"].shape[0]))
    h, c = zero if h0 is None else h0, zero if c0 is None else c0
    hs, cache = [], []
    for t in reversed(range(x.shape[1])):
        h, c, step = lstm_cell_forward(x[:, t], h, c, params)
        hs.append(h)
        cache.append(step)
    return np.stack(hs[::-1], axis=1), (h, c), cache[::-1]


@wrong("lstm_forward")
def run_writes_into_the_given_state(x, params, h0=None, c0=None):
    """The caller's h0 and c0 hold the last state afterwards."""
    zero = np.zeros((len(x), params["Wh"].shape[0]))
    h = zero.copy() if h0 is None else h0
    c = zero.copy() if c0 is None else c0
    hs, cache = [], []
    for t in range(x.shape[1]):
        h[:], c[:], step = lstm_cell_forward(x[:, t], h.copy(), c.copy(), params)
        hs.append(h.copy())
        cache.append(step)
    return np.stack(hs, axis=1), (h.copy(), c.copy()), cache


@wrong("lstm_forward", replaces="lstm_backward")
def back_drops_the_cell_gradient(dhs, cache, dh_last=None, dc_last=None):
    """The cell gradient of the next step is dropped."""
    zero = np.zeros_like(dhs[:, 0])
    dh, dc = zero if dh_last is None else dh_last, zero if dc_last is None else dc_last
    dxs, steps = [], []
    for t in reversed(range(dhs.shape[1])):
        last = t == dhs.shape[1] - 1
        dx, dh, dc, step = lstm_cell_backward(dhs[:, t] + dh, dc if last else zero, cache[t])
        dxs.append(dx)
        steps.append(step)
    grads = {name: sum(step[name] for step in steps) for name in steps[0]}
    return np.stack(dxs[::-1], axis=1), dh, dc, grads


@wrong("lstm_forward", replaces="lstm_backward")
def back_drops_the_hidden_gradient(dhs, cache, dh_last=None, dc_last=None):
    """The hidden gradient of the next step is dropped."""
    zero = np.zeros_like(dhs[:, 0])
    dh, dc = zero if dh_last is None else dh_last, zero if dc_last is None else dc_last
    dxs, steps = [], []
    for t in reversed(range(dhs.shape[1])):
        last = t == dhs.shape[1] - 1
        dx, dh, dc, step = lstm_cell_backward(dhs[:, t] + (dh if last else zero), dc, cache[t])
        dxs.append(dx)
        steps.append(step)
    grads = {name: sum(step[name] for step in steps) for name in steps[0]}
    return np.stack(dxs[::-1], axis=1), dh, dc, grads


@wrong("lstm_forward", replaces="lstm_backward")
def back_starts_from_the_last_output_only(dhs, cache, dh_last=None, dc_last=None):
    """dhs counts at the last step only."""
    zero = np.zeros_like(dhs[:, 0])
    dh, dc = zero if dh_last is None else dh_last, zero if dc_last is None else dc_last
    dh = dh + dhs[:, -1]
    dxs, steps = [], []
    for t in reversed(range(dhs.shape[1])):
        dx, dh, dc, step = lstm_cell_backward(dh, dc, cache[t])
        dxs.append(dx)
        steps.append(step)
    grads = {name: sum(step[name] for step in steps) for name in steps[0]}
    return np.stack(dxs[::-1], axis=1), dh, dc, grads


@wrong("lstm_forward", replaces="lstm_backward")
def back_ignores_dh_last(dhs, cache, dh_last=None, dc_last=None):
    """dh_last is not used."""
    zero = np.zeros_like(dhs[:, 0])
    dh, dc = zero, zero if dc_last is None else dc_last
    dxs, steps = [], []
    for t in reversed(range(dhs.shape[1])):
        dx, dh, dc, step = lstm_cell_backward(dhs[:, t] + dh, dc, cache[t])
        dxs.append(dx)
        steps.append(step)
    grads = {name: sum(step[name] for step in steps) for name in steps[0]}
    return np.stack(dxs[::-1], axis=1), dh, dc, grads


@wrong("lstm_forward", replaces="lstm_backward")
def back_ignores_dc_last(dhs, cache, dh_last=None, dc_last=None):
    """dc_last is not used."""
    zero = np.zeros_like(dhs[:, 0])
    dh, dc = zero if dh_last is None else dh_last, zero
    dxs, steps = [], []
    for t in reversed(range(dhs.shape[1])):
        dx, dh, dc, step = lstm_cell_backward(dhs[:, t] + dh, dc, cache[t])
        dxs.append(dx)
        steps.append(step)
    grads = {name: sum(step[name] for step in steps) for name in steps[0]}
    return np.stack(dxs[::-1], axis=1), dh, dc, grads


@wrong("lstm_forward", replaces="lstm_backward")
def back_lets_dh_last_replace_the_last_output(dhs, cache, dh_last=None, dc_last=None):
    """With a dh_last, dhs[:, -1] is dropped."""
    zero = np.zeros_like(dhs[:, 0])
    dh, dc = zero, zero if dc_last is None else dc_last
    ups = dhs.copy()
    if dh_last is not None:
        ups[:, -1] = dh_last
    dxs, steps = [], []
    for t in reversed(range(dhs.shape[1])):
        dx, dh, dc, step = lstm_cell_backward(ups[:, t] + dh, dc, cache[t])
        dxs.append(dx)
        steps.append(step)
    grads = {name: sum(step[name] for step in steps) for name in steps[0]}
    return np.stack(dxs[::-1], axis=1), dh, dc, grads


@wrong("lstm_forward", replaces="lstm_backward")
def back_adds_dc_last_at_every_step(dhs, cache, dh_last=None, dc_last=None):
    """dc_last enters each step."""
    zero = np.zeros_like(dhs[:, 0])
    dh, extra = zero if dh_last is None else dh_last, zero if dc_last is None else dc_last
    dc, dxs, steps = zero, [], []
    for t in reversed(range(dhs.shape[1])):
        dx, dh, dc, step = lstm_cell_backward(dhs[:, t] + dh, dc + extra, cache[t])
        dxs.append(dx)
        steps.append(step)
    grads = {name: sum(step[name] for step in steps) for name in steps[0]}
    return np.stack(dxs[::-1], axis=1), dh, dc, grads


@wrong("lstm_forward", replaces="lstm_backward")
def back_leaves_dx_in_its_own_order(dhs, cache, dh_last=None, dc_last=None):
    """dx starts with the last step."""
    zero = np.zeros_like(dhs[:, 0])
    dh, dc = zero if dh_last is None else dh_last, zero if dc_last is None else dc_last
    dxs, steps = [], []
    for t in reversed(range(dhs.shape[1])):
        dx, dh, dc, step = lstm_cell_backward(dhs[:, t] + dh, dc, cache[t])
        dxs.append(dx)
        steps.append(step)
    grads = {name: sum(step[name] for step in steps) for name in steps[0]}
    return np.stack(dxs, axis=1), dh, dc, grads


@wrong("lstm_forward", replaces="lstm_backward")
def back_overwrites_the_parameters_gradients(dhs, cache, dh_last=None, dc_last=None):
    """grads is that of step 0 alone."""
    zero = np.zeros_like(dhs[:, 0])
    dh, dc = zero if dh_last is None else dh_last, zero if dc_last is None else dc_last
    dxs = []
    for t in reversed(range(dhs.shape[1])):
        dx, dh, dc, grads = lstm_cell_backward(dhs[:, t] + dh, dc, cache[t])
        dxs.append(dx)
    return np.stack(dxs[::-1], axis=1), dh, dc, grads


@wrong("lstm_forward", replaces="lstm_backward")
def back_averages_over_time(dhs, cache, dh_last=None, dc_last=None):
    """grads is divided by T."""
    zero = np.zeros_like(dhs[:, 0])
    dh, dc = zero if dh_last is None else dh_last, zero if dc_last is None else dc_last
    dxs, steps = [], []
    for t in reversed(range(dhs.shape[1])):
        dx, dh, dc, step = lstm_cell_backward(dhs[:, t] + dh, dc, cache[t])
        dxs.append(dx)
        steps.append(step)
    grads = {name: np.mean([step[name] for step in steps], axis=0) for name in steps[0]}
    return np.stack(dxs[::-1], axis=1), dh, dc, grads


@wrong("lstm_forward", replaces="lstm_backward")
def back_truncates_after_five_steps(dhs, cache, dh_last=None, dc_last=None):
    """Gradients are cut every five steps."""
    zero = np.zeros_like(dhs[:, 0])
    dh, dc = zero if dh_last is None else dh_last, zero if dc_last is None else dc_last
    dxs, steps = [], []
    for t in reversed(range(dhs.shape[1])):
        dx, dh, dc, step = lstm_cell_backward(dhs[:, t] + dh, dc, cache[t])
        if (dhs.shape[1] - t) % 5 == 0:
            dh, dc = zero, zero
        dxs.append(dx)
        steps.append(step)
    grads = {name: sum(step[name] for step in steps) for name in steps[0]}
    return np.stack(dxs[::-1], axis=1), dh, dc, grads


@wrong("lstm_forward", replaces="lstm_backward")
def back_adds_into_the_upstream_gradient(dhs, cache, dh_last=None, dc_last=None):
    """dhs[:, t] += dh changes the caller's array."""
    zero = np.zeros_like(dhs[:, 0])
    dh, dc = zero if dh_last is None else dh_last, zero if dc_last is None else dc_last
    dxs, steps = [], []
    for t in reversed(range(dhs.shape[1])):
        dhs[:, t] += dh
        dx, dh, dc, step = lstm_cell_backward(dhs[:, t], dc, cache[t])
        dxs.append(dx)
        steps.append(step)
    grads = {name: sum(step[name] for step in steps) for name in steps[0]}
    return np.stack(dxs[::-1], axis=1), dh, dc, grads


@wrong("lstm_forward", replaces="lstm_backward")
def back_swaps_the_gradients_of_the_start(dhs, cache, dh_last=None, dc_last=None):
    """dc0 comes before dh0."""
    zero = np.zeros_like(dhs[:, 0])
    dh, dc = zero if dh_last is None else dh_last, zero if dc_last is None else dc_last
    dxs, steps = [], []
    for t in reversed(range(dhs.shape[1])):
        dx, dh, dc, step = lstm_cell_backward(dhs[:, t] + dh, dc, cache[t])
        dxs.append(dx)
        steps.append(step)
    grads = {name: sum(step[name] for step in steps) for name in steps[0]}
    return np.stack(dxs[::-1], axis=1), dc, dh, grads


@wrong("lstm_forward", replaces="lstm_backward")
def back_empties_its_cache(dhs, cache, dh_last=None, dc_last=None):
    """cache.pop() leaves nothing for a second call."""
    zero = np.zeros_like(dhs[:, 0])
    dh, dc = zero if dh_last is None else dh_last, zero if dc_last is None else dc_last
    dxs, steps = [], []
    for t in reversed(range(dhs.shape[1])):
        dx, dh, dc, step = lstm_cell_backward(dhs[:, t] + dh, dc, cache.pop())
        dxs.append(dx)
        steps.append(step)
    grads = {name: sum(step[name] for step in steps) for name in steps[0]}
    return np.stack(dxs[::-1], axis=1), dh, dc, grads


# lstm_forward and lstm_backward: right


@right("lstm_forward")
class run_into_arrays_made_beforehand:
    """hs, dx and the gradients are filled step by step; the cache is a dict."""

    def lstm_forward(x, params, h0=None, c0=None):
        n, length, _ = x.shape
        size = params["b"].shape[0] // 4
        hs = np.empty((n, length, size))
        h = np.zeros((n, size)) if h0 is None else np.array(h0)
        c = np.zeros((n, size)) if c0 is None else np.array(c0)
        cache = {}
        for t in range(length):
            h, c, cache[t] = lstm_cell_forward(x[:, t, :], h, c, params)
            hs[:, t, :] = h
        return hs, (hs[:, -1], c), {"steps": cache, "shape": x.shape, "params": params}

    def lstm_backward(dhs, cache, dh_last=None, dc_last=None):
        n, length, size = dhs.shape
        dx = np.zeros(cache["shape"])
        grads = {name: np.zeros_like(value) for name, value in cache["params"].items()}
        dh, dc = np.zeros((n, size)), np.zeros((n, size))
        if dh_last is not None:
            dh += dh_last
        if dc_last is not None:
            dc += dc_last
        for t in range(length - 1, -1, -1):
            dx[:, t], dh, dc, step = lstm_cell_backward(dh + dhs[:, t], dc, cache["steps"][t])
            for name in grads:
                grads[name] += step[name]
        return dx, dh, dc, grads


@right("lstm_forward")
class run_with_input_products_in_advance:
    """x @ Wx for all steps at once, and the gradients of the parameters in one product each."""

    def lstm_forward(x, params, h0=None, c0=None):
        n, length, _ = x.shape
        size = params["Wh"].shape[0]
        from_x = x @ params["Wx"] + params["b"]
        hs, cs = np.zeros((n, length + 1, size)), np.zeros((n, length + 1, size))
        gates = np.zeros((n, length, 4, size))
        if h0 is not None:
            hs[:, 0] = h0
        if c0 is not None:
            cs[:, 0] = c0
        for t in range(length):
            a = (from_x[:, t] + hs[:, t] @ params["Wh"]).reshape(n, 4, size)
            gates[:, t] = sigmoid(a)
            gates[:, t, 2] = np.tanh(a[:, 2])
            i, f, g, o = gates[:, t].transpose(1, 0, 2)
            cs[:, t + 1] = f * cs[:, t] + i * g
            hs[:, t + 1] = o * np.tanh(cs[:, t + 1])
        return hs[:, 1:], (hs[:, -1], cs[:, -1]), (x, hs, cs, gates, params)

    def lstm_backward(dhs, cache, dh_last=None, dc_last=None):
        x, hs, cs, gates, params = cache
        n, length, size = dhs.shape
        da = np.zeros((n, length, 4 * size))
        dh = np.zeros((n, size)) if dh_last is None else dh_last
        dc = np.zeros((n, size)) if dc_last is None else dc_last
        for t in reversed(range(length)):
            i, f, g, o = gates[:, t].transpose(1, 0, 2)
            shown = np.tanh(cs[:, t + 1])
            total = dh + dhs[:, t]
            dc = dc + total * o * (1 - shown**2)
            parts = (dc * g * i * (1 - i), dc * cs[:, t] * f * (1 - f), dc * i * (1 - g**2))
            da[:, t] = np.concatenate([*parts, total * shown * o * (1 - o)], axis=1)
            dh, dc = da[:, t] @ params["Wh"].T, dc * f
        grads = {
            "Wx": np.einsum("ntd,ntk->dk", x, da),
            "Wh": np.einsum("nth,ntk->hk", hs[:, :-1], da),
            "b": da.sum(axis=(0, 1)),
        }
        return da @ params["Wx"].T, dh, dc, grads


@right("lstm_forward")
class run_by_recursion:
    """The first step, then the rest; the cache is a linked list."""

    def lstm_forward(x, params, h0=None, c0=None):
        zero = np.zeros((len(x), len(params["Wh"])))
        h0, c0 = zero if h0 is None else h0, zero if c0 is None else c0
        h, c, step = lstm_cell_forward(x[:, 0], h0, c0, params)
        if x.shape[1] == 1:
            return h[:, None], (h, c), (step, None)
        hs, state, rest = lstm_forward(x[:, 1:], params, h, c)
        return np.concatenate([h[:, None], hs], axis=1), state, (step, rest)

    def lstm_backward(dhs, cache, dh_last=None, dc_last=None):
        step, rest = cache
        zero = np.zeros(dhs[:, 0].shape)
        dh, dc = zero if dh_last is None else dh_last, zero if dc_last is None else dc_last
        if rest is None:
            dx, dh, dc, grads = lstm_cell_backward(dhs[:, 0] + dh, dc, step)
            return dx[:, None], dh, dc, grads
        dxs, dh, dc, later = lstm_backward(dhs[:, 1:], rest, dh, dc)
        dx, dh, dc, grads = lstm_cell_backward(dhs[:, 0] + dh, dc, step)
        total = {name: grads[name] + later[name] for name in ("Wx", "Wh", "b")}
        return np.concatenate([dx[:, None], dxs], axis=1), dh, dc, total


@right("lstm_forward")
class run_with_an_object_as_cache:
    """An object of a class of the student's holds the steps."""

    def lstm_forward(x, params, h0=None, c0=None):
        class Tape:
            def __init__(self):
                self.steps = []

        tape, hs = Tape(), []
        state = [np.zeros((x.shape[0], params["Wh"].shape[0])) for _ in range(2)]
        for place, given in enumerate((h0, c0)):
            if given is not None:
                state[place] = given
        for column in np.moveaxis(x, 1, 0):
            *state, step = lstm_cell_forward(column, *state, params)
            hs.append(state[0])
            tape.steps.append(step)
        return np.array(hs).transpose(1, 0, 2), tuple(state), tape

    def lstm_backward(dhs, cache, dh_last=None, dc_last=None):
        dh = 0.0 if dh_last is None else dh_last
        dc = np.zeros(dhs[:, 0].shape) if dc_last is None else dc_last
        dxs, grads = [], {"Wx": 0, "Wh": 0, "b": 0}
        for t, step in reversed(list(enumerate(cache.steps))):
            dx, dh, dc, more = lstm_cell_backward(dhs[:, t] + dh, dc, step)
            dxs.insert(0, dx)
            grads = {name: grads[name] + more[name] for name in grads}
        return np.stack(dxs, 1), dh, dc, grads


# gru_cell: wrong


@wrong("gru_cell")
def gru_reverses_the_update_gate(x, h, params):
    """z = 1 takes the candidate."""
    size = h.shape[1]
    a, wh = x @ params["Wx"] + params["b"], params["Wh"]
    r = sigmoid(a[:, :size] + h @ wh[:, :size])
    z = sigmoid(a[:, size : 2 * size] + h @ wh[:, size : 2 * size])
    n = np.tanh(a[:, 2 * size :] + (r * h) @ wh[:, 2 * size :])
    return (1 - z) * h + z * n


@wrong("gru_cell")
def gru_resets_after_the_product(x, h, params):
    """r * (h @ Wh_n), as torch has it."""
    size = h.shape[1]
    a, from_h = x @ params["Wx"] + params["b"], h @ params["Wh"]
    r = sigmoid(a[:, :size] + from_h[:, :size])
    z = sigmoid(a[:, size : 2 * size] + from_h[:, size : 2 * size])
    n = np.tanh(a[:, 2 * size :] + r * from_h[:, 2 * size :])
    return z * h + (1 - z) * n


@wrong("gru_cell")
def gru_swaps_reset_and_update_gate(x, h, params):
    """The blocks are read in the order z, r, n."""
    size = h.shape[1]
    a, wh = x @ params["Wx"] + params["b"], params["Wh"]
    z = sigmoid(a[:, :size] + h @ wh[:, :size])
    r = sigmoid(a[:, size : 2 * size] + h @ wh[:, size : 2 * size])
    n = np.tanh(a[:, 2 * size :] + (r * h) @ wh[:, 2 * size :])
    return z * h + (1 - z) * n


@wrong("gru_cell")
def gru_without_reset_gate(x, h, params):
    """The candidate sees all of h."""
    size = h.shape[1]
    a = x @ params["Wx"] + h @ params["Wh"] + params["b"]
    z, n = sigmoid(a[:, size : 2 * size]), np.tanh(a[:, 2 * size :])
    return z * h + (1 - z) * n


@wrong("gru_cell")
def gru_resets_the_carried_state_too(x, h, params):
    """The state that z keeps is r * h."""
    size = h.shape[1]
    a, wh = x @ params["Wx"] + params["b"], params["Wh"]
    r = sigmoid(a[:, :size] + h @ wh[:, :size])
    z = sigmoid(a[:, size : 2 * size] + h @ wh[:, size : 2 * size])
    n = np.tanh(a[:, 2 * size :] + (r * h) @ wh[:, 2 * size :])
    return z * (r * h) + (1 - z) * n


@wrong("gru_cell")
def gru_resets_the_input_too(x, h, params):
    """r multiplies the whole pre-activation of the candidate."""
    size = h.shape[1]
    a, wh = x @ params["Wx"] + params["b"], params["Wh"]
    r = sigmoid(a[:, :size] + h @ wh[:, :size])
    z = sigmoid(a[:, size : 2 * size] + h @ wh[:, size : 2 * size])
    n = np.tanh(r * (a[:, 2 * size :] + h @ wh[:, 2 * size :]))
    return z * h + (1 - z) * n


@wrong("gru_cell")
def gru_update_gate_sees_the_reset_state(x, h, params):
    """z is computed from r * h."""
    size = h.shape[1]
    a, wh = x @ params["Wx"] + params["b"], params["Wh"]
    r = sigmoid(a[:, :size] + h @ wh[:, :size])
    z = sigmoid(a[:, size : 2 * size] + (r * h) @ wh[:, size : 2 * size])
    n = np.tanh(a[:, 2 * size :] + (r * h) @ wh[:, 2 * size :])
    return z * h + (1 - z) * n


@wrong("gru_cell")
def gru_with_a_sigmoid_candidate(x, h, params):
    """The candidate goes through the sigmoid."""
    size = h.shape[1]
    a, wh = x @ params["Wx"] + params["b"], params["Wh"]
    r = sigmoid(a[:, :size] + h @ wh[:, :size])
    z = sigmoid(a[:, size : 2 * size] + h @ wh[:, size : 2 * size])
    n = sigmoid(a[:, 2 * size :] + (r * h) @ wh[:, 2 * size :])
    return z * h + (1 - z) * n


@wrong("gru_cell")
def gru_adds_the_candidate_in_full(x, h, params):
    """z * h + n, without the share 1 - z."""
    size = h.shape[1]
    a, wh = x @ params["Wx"] + params["b"], params["Wh"]
    r = sigmoid(a[:, :size] + h @ wh[:, :size])
    z = sigmoid(a[:, size : 2 * size] + h @ wh[:, size : 2 * size])
    n = np.tanh(a[:, 2 * size :] + (r * h) @ wh[:, 2 * size :])
    return z * h + n


@wrong("gru_cell")
def gru_squashes_the_new_state(x, h, params):
    """tanh of the mixture."""
    size = h.shape[1]
    a, wh = x @ params["Wx"] + params["b"], params["Wh"]
    r = sigmoid(a[:, :size] + h @ wh[:, :size])
    z = sigmoid(a[:, size : 2 * size] + h @ wh[:, size : 2 * size])
    n = np.tanh(a[:, 2 * size :] + (r * h) @ wh[:, 2 * size :])
    return np.tanh(z * h + (1 - z) * n)


@wrong("gru_cell")
def gru_without_bias_of_the_candidate(x, h, params):
    """The bias counts for the gates only."""
    size = h.shape[1]
    a, wh, b = x @ params["Wx"], params["Wh"], params["b"]
    r = sigmoid(a[:, :size] + h @ wh[:, :size] + b[:size])
    z = sigmoid(a[:, size : 2 * size] + h @ wh[:, size : 2 * size] + b[size : 2 * size])
    n = np.tanh(a[:, 2 * size :] + (r * h) @ wh[:, 2 * size :])
    return z * h + (1 - z) * n


@wrong("gru_cell")
def gru_with_an_overflowing_sigmoid(x, h, params):
    """exp(a) / (1 + exp(a)) is NaN for a = 1000."""
    size = h.shape[1]
    a, wh = x @ params["Wx"] + params["b"], params["Wh"]
    gates = np.exp(a[:, : 2 * size] + h @ wh[:, : 2 * size])
    r, z = np.split(gates / (1 + gates), 2, axis=1)
    n = np.tanh(a[:, 2 * size :] + (r * h) @ wh[:, 2 * size :])
    return z * h + (1 - z) * n


@wrong("gru_cell")
def gru_in_single_precision(x, h, params):
    """The result is rounded to float32."""
    size = h.shape[1]
    a, wh = x @ params["Wx"] + params["b"], params["Wh"]
    r, z = np.split(sigmoid(a[:, : 2 * size] + h @ wh[:, : 2 * size]), 2, axis=1)
    n = np.tanh(a[:, 2 * size :] + (r * h) @ wh[:, 2 * size :])
    return (z * h + (1 - z) * n).astype(np.float32).astype(np.float64)


@wrong("gru_cell")
def gru_resets_h_in_place(x, h, params):
    """Right values, but the caller's h is multiplied by r."""
    size = h.shape[1]
    a, wh, old = x @ params["Wx"] + params["b"], params["Wh"], h.copy()
    r, z = np.split(sigmoid(a[:, : 2 * size] + h @ wh[:, : 2 * size]), 2, axis=1)
    h *= r
    n = np.tanh(a[:, 2 * size :] + h @ wh[:, 2 * size :])
    return z * old + (1 - z) * n


# gru_cell: right


@right("gru_cell")
def gru_by_separate_products(x, h, params):
    """Nine slices, three gates."""
    wx, wh, b = (np.split(params[name], 3, axis=-1) for name in ("Wx", "Wh", "b"))
    r = 1 / (1 + np.exp(-(x @ wx[0] + h @ wh[0] + b[0])))
    z = 1 / (1 + np.exp(-(x @ wx[1] + h @ wh[1] + b[1])))
    n = np.tanh(x @ wx[2] + (r * h) @ wh[2] + b[2])
    return n + z * (h - n)


@right("gru_cell")
def gru_by_fused_products(x, h, params):
    """x and h side by side, once for the gates and once for the candidate."""
    weights, size = np.concatenate([params["Wx"], params["Wh"]]), h.shape[1]
    both = np.concatenate([x, h], axis=1)
    gates = sigmoid(both @ weights[:, : 2 * size] + params["b"][: 2 * size])
    reset = np.concatenate([x, gates[:, :size] * h], axis=1)
    n = np.tanh(reset @ weights[:, 2 * size :] + params["b"][2 * size :])
    return np.where(True, gates[:, size:] * h + (1 - gates[:, size:]) * n, 0.0)


@right("gru_cell")
def gru_by_samples_and_units(x, h, params):
    """Loops over samples and units."""
    size, out = h.shape[1], np.zeros(h.shape)
    for row in range(len(x)):

        def inside(block, k, state, row=row):
            column = block * size + k
            total = params["b"][column] + np.dot(x[row], params["Wx"][:, column])
            return total + np.dot(state, params["Wh"][:, column])

        r = np.array([sigmoid(inside(0, k, h[row])) for k in range(size)])
        for k in range(size):
            z, n = sigmoid(inside(1, k, h[row])), np.tanh(inside(2, k, r * h[row]))
            out[row, k] = z * h[row, k] + (1 - z) * n
    return out


@right("gru_cell")
def gru_by_masked_weights(x, h, params):
    """The reset gate as a diagonal matrix beside Wh, sample by sample, by einsum."""
    size = h.shape[1]
    r, z = np.split(
        sigmoid((x @ params["Wx"] + h @ params["Wh"] + params["b"])[:, : 2 * size]), 2, axis=1
    )
    from_h = np.einsum("nk,nk,kj->nj", r, h, params["Wh"][:, 2 * size :])
    n = np.tanh(x @ params["Wx"][:, 2 * size :] + from_h + params["b"][2 * size :])
    return z * h + n - z * n


# peephole_cell: wrong


@wrong("peephole_cell")
def peephole_output_gate_looks_at_the_old_memory(x, h, c, params):
    """All three gates look at c."""
    i, f, g, o = np.split(x @ params["Wx"] + h @ params["Wh"] + params["b"], 4, axis=1)
    i, f = sigmoid(i + params["p_i"] * c), sigmoid(f + params["p_f"] * c)
    c_next = f * c + i * np.tanh(g)
    return sigmoid(o + params["p_o"] * c) * np.tanh(c_next), c_next


@wrong("peephole_cell")
def peephole_swaps_input_and_forget_weights(x, h, c, params):
    """p_f at the input gate, p_i at the forget gate."""
    i, f, g, o = np.split(x @ params["Wx"] + h @ params["Wh"] + params["b"], 4, axis=1)
    i, f = sigmoid(i + params["p_f"] * c), sigmoid(f + params["p_i"] * c)
    c_next = f * c + i * np.tanh(g)
    return sigmoid(o + params["p_o"] * c_next) * np.tanh(c_next), c_next


@wrong("peephole_cell")
def peephole_forgotten_at_the_forget_gate(x, h, c, params):
    """The forget gate sees nothing."""
    i, f, g, o = np.split(x @ params["Wx"] + h @ params["Wh"] + params["b"], 4, axis=1)
    i, f = sigmoid(i + params["p_i"] * c), sigmoid(f)
    c_next = f * c + i * np.tanh(g)
    return sigmoid(o + params["p_o"] * c_next) * np.tanh(c_next), c_next


@wrong("peephole_cell")
def peephole_not_used_at_all(x, h, c, params):
    """The ordinary LSTM."""
    h_next, c_next, _ = lstm_cell_forward(x, h, c, params)
    return h_next, c_next


@wrong("peephole_cell")
def peephole_of_the_candidate(x, h, c, params):
    """The candidate looks at the memory too."""
    i, f, g, o = np.split(x @ params["Wx"] + h @ params["Wh"] + params["b"], 4, axis=1)
    i, f = sigmoid(i + params["p_i"] * c), sigmoid(f + params["p_f"] * c)
    c_next = f * c + i * np.tanh(g + params["p_i"] * c)
    return sigmoid(o + params["p_o"] * c_next) * np.tanh(c_next), c_next


@wrong("peephole_cell")
def peephole_outside_the_sigmoid(x, h, c, params):
    """The peephole is added to the gate after the squashing."""
    i, f, g, o = np.split(x @ params["Wx"] + h @ params["Wh"] + params["b"], 4, axis=1)
    i, f = sigmoid(i) + params["p_i"] * c, sigmoid(f) + params["p_f"] * c
    c_next = f * c + i * np.tanh(g)
    return (sigmoid(o) + params["p_o"] * c_next) * np.tanh(c_next), c_next


@wrong("peephole_cell")
def peephole_as_a_dot_product(x, h, c, params):
    """Every unit sees the weighted sum of all cells."""
    i, f, g, o = np.split(x @ params["Wx"] + h @ params["Wh"] + params["b"], 4, axis=1)
    i = sigmoid(i + (c @ params["p_i"])[:, None])
    f = sigmoid(f + (c @ params["p_f"])[:, None])
    c_next = f * c + i * np.tanh(g)
    return sigmoid(o + (c_next @ params["p_o"])[:, None]) * np.tanh(c_next), c_next


@wrong("peephole_cell")
def peephole_on_the_squashed_memory(x, h, c, params):
    """The gates look at tanh(c)."""
    i, f, g, o = np.split(x @ params["Wx"] + h @ params["Wh"] + params["b"], 4, axis=1)
    i, f = sigmoid(i + params["p_i"] * np.tanh(c)), sigmoid(f + params["p_f"] * np.tanh(c))
    c_next = f * c + i * np.tanh(g)
    return sigmoid(o + params["p_o"] * np.tanh(c_next)) * np.tanh(c_next), c_next


@wrong("peephole_cell")
def peephole_on_the_hidden_state(x, h, c, params):
    """The gates look at h again instead of c."""
    i, f, g, o = np.split(x @ params["Wx"] + h @ params["Wh"] + params["b"], 4, axis=1)
    i, f = sigmoid(i + params["p_i"] * h), sigmoid(f + params["p_f"] * h)
    c_next = f * c + i * np.tanh(g)
    return sigmoid(o + params["p_o"] * c_next) * np.tanh(c_next), c_next


@wrong("peephole_cell")
def peephole_cell_without_tanh(x, h, c, params):
    """h_next = o * c_next."""
    i, f, g, o = np.split(x @ params["Wx"] + h @ params["Wh"] + params["b"], 4, axis=1)
    i, f = sigmoid(i + params["p_i"] * c), sigmoid(f + params["p_f"] * c)
    c_next = f * c + i * np.tanh(g)
    return sigmoid(o + params["p_o"] * c_next) * c_next, c_next


@wrong("peephole_cell")
def peephole_cell_with_an_overflowing_sigmoid(x, h, c, params):
    """exp(a) / (1 + exp(a)) is NaN for a = 1000."""
    i, f, g, o = np.split(x @ params["Wx"] + h @ params["Wh"] + params["b"], 4, axis=1)
    i, f = np.exp(i + params["p_i"] * c), np.exp(f + params["p_f"] * c)
    c_next = f / (1 + f) * c + i / (1 + i) * np.tanh(g)
    o = np.exp(o + params["p_o"] * c_next)
    return o / (1 + o) * np.tanh(c_next), c_next


@wrong("peephole_cell")
def peephole_cell_in_place(x, h, c, params):
    """Right values, but c is overwritten."""
    i, f, g, o = np.split(x @ params["Wx"] + h @ params["Wh"] + params["b"], 4, axis=1)
    i, f = sigmoid(i + params["p_i"] * c), sigmoid(f + params["p_f"] * c)
    c *= f
    c += i * np.tanh(g)
    return sigmoid(o + params["p_o"] * c) * np.tanh(c), c


# peephole_cell: right


@right("peephole_cell")
def peephole_as_a_diagonal_matrix(x, h, c, params):
    """np.diag, and a product for each gate."""
    wx, wh, b = (np.split(params[name], 4, axis=-1) for name in ("Wx", "Wh", "b"))
    a = [x @ wx[k] + h @ wh[k] + b[k] for k in range(4)]
    i = 1 / (1 + np.exp(-(a[0] + c @ np.diag(params["p_i"]))))
    f = 1 / (1 + np.exp(-(a[1] + c @ np.diag(params["p_f"]))))
    c_next = f * c + i * np.tanh(a[2])
    o = 1 / (1 + np.exp(-(a[3] + c_next @ np.diag(params["p_o"]))))
    return [o * np.tanh(c_next), c_next]


@right("peephole_cell")
def peephole_by_loops(x, h, c, params):
    """Sample by sample and unit by unit."""
    size, h_next, c_next = h.shape[1], np.zeros(h.shape), np.zeros(h.shape)
    for n in range(len(x)):
        a = (x[n] @ params["Wx"] + h[n] @ params["Wh"] + params["b"]).reshape(4, size)
        for k in range(size):
            i = sigmoid(a[0, k] + params["p_i"][k] * c[n, k])
            f = sigmoid(a[1, k] + params["p_f"][k] * c[n, k])
            c_next[n, k] = f * c[n, k] + i * np.tanh(a[2, k])
            o = sigmoid(a[3, k] + params["p_o"][k] * c_next[n, k])
            h_next[n, k] = o * np.tanh(c_next[n, k])
    return h_next, c_next


@right("peephole_cell")
def peephole_by_the_ordinary_cell(x, h, c, params):
    """Two calls of the LSTM step with a bias for one sample, then the output gate by hand."""
    size, h_next, c_next = h.shape[1], np.empty(h.shape), np.empty(h.shape)
    for n in range(len(x)):
        bias = params["b"].copy()
        bias[:size] += params["p_i"] * c[n]
        bias[size : 2 * size] += params["p_f"] * c[n]
        one = {"Wx": params["Wx"], "Wh": params["Wh"], "b": bias}
        rows = x[n : n + 1], h[n : n + 1], c[n : n + 1]
        c_next[n] = lstm_cell_forward(*rows, one)[1][0]
        one["b"] = bias + np.concatenate([np.zeros(3 * size), params["p_o"] * c_next[n]])
        h_next[n] = lstm_cell_forward(*rows, one)[0][0]
    return h_next, c_next


# stacked_lstm and bidirectional: wrong


@wrong("bidirectional")
def both_leaves_the_second_direction_reversed(x, ahead, back):
    """The states of `back` stay in its order of reading."""
    hs_ahead, (h_ahead, _), _ = lstm_forward(x, ahead)
    hs_back, (h_back, _), _ = lstm_forward(x[:, ::-1], back)
    hs = np.concatenate([hs_ahead, hs_back], axis=2)
    return hs, np.concatenate([h_ahead, h_back], axis=1)


@wrong("bidirectional")
def both_read_from_the_start(x, ahead, back):
    """x is not turned round for `back`."""
    hs_ahead, (h_ahead, _), _ = lstm_forward(x, ahead)
    hs_back, (h_back, _), _ = lstm_forward(x, back)
    hs = np.concatenate([hs_ahead, hs_back], axis=2)
    return hs, np.concatenate([h_ahead, h_back], axis=1)


@wrong("bidirectional")
def both_turns_the_batch_round(x, ahead, back):
    """x[::-1] reverses the samples, not time."""
    hs_ahead, (h_ahead, _), _ = lstm_forward(x, ahead)
    hs_back, (h_back, _), _ = lstm_forward(x[::-1], back)
    hs = np.concatenate([hs_ahead, hs_back[::-1]], axis=2)
    return hs, np.concatenate([h_ahead, h_back[::-1]], axis=1)


@wrong("bidirectional")
def both_with_back_first(x, ahead, back):
    """`back` comes before `ahead`."""
    hs_ahead, (h_ahead, _), _ = lstm_forward(x, ahead)
    hs_back, (h_back, _), _ = lstm_forward(x[:, ::-1], back)
    hs = np.concatenate([hs_back[:, ::-1], hs_ahead], axis=2)
    return hs, np.concatenate([h_back, h_ahead], axis=1)


@wrong("bidirectional")
def both_uses_one_set_of_parameters(x, ahead, back):
    """`back` runs with the parameters of `ahead`."""
    hs_ahead, (h_ahead, _), _ = lstm_forward(x, ahead)
    hs_back, (h_back, _), _ = lstm_forward(x[:, ::-1], ahead)
    hs = np.concatenate([hs_ahead, hs_back[:, ::-1]], axis=2)
    return hs, np.concatenate([h_ahead, h_back], axis=1)


@wrong("bidirectional")
def both_summed_up_at_the_last_step(x, ahead, back):
    """summary = hs[:, -1], where `back` has read one input."""
    hs_ahead, _, _ = lstm_forward(x, ahead)
    hs_back, _, _ = lstm_forward(x[:, ::-1], back)
    hs = np.concatenate([hs_ahead, hs_back[:, ::-1]], axis=2)
    return hs, hs[:, -1]


@wrong("bidirectional")
def both_summed_up_by_the_memories(x, ahead, back):
    """summary holds the cell states."""
    hs_ahead, (_, c_ahead), _ = lstm_forward(x, ahead)
    hs_back, (_, c_back), _ = lstm_forward(x[:, ::-1], back)
    hs = np.concatenate([hs_ahead, hs_back[:, ::-1]], axis=2)
    return hs, np.concatenate([c_ahead, c_back], axis=1)


@wrong("bidirectional")
def both_summed_up_by_a_mean(x, ahead, back):
    """The half of `back` in summary is the mean of its states over time."""
    hs_ahead, (h_ahead, _), _ = lstm_forward(x, ahead)
    hs_back, _, _ = lstm_forward(x[:, ::-1], back)
    hs = np.concatenate([hs_ahead, hs_back[:, ::-1]], axis=2)
    return hs, np.concatenate([h_ahead, hs_back.mean(axis=1)], axis=1)


@wrong("bidirectional")
def both_shifted_by_one_step(x, ahead, back):
    """`back` is laid beside the step after the one it has just read."""
    hs_ahead, (h_ahead, _), _ = lstm_forward(x, ahead)
    hs_back, (h_back, _), _ = lstm_forward(x[:, ::-1], back)
    hs = np.concatenate([hs_ahead, np.roll(hs_back[:, ::-1], 1, axis=1)], axis=2)
    return hs, np.concatenate([h_ahead, h_back], axis=1)


@wrong("bidirectional", replaces="stacked_lstm")
def stack_ignores_the_given_states(x, layers, states=None):
    """Every layer starts from zeros."""
    hs, last = x, []
    for params in layers:
        hs, state, _ = lstm_forward(hs, params)
        last.append(state)
    return hs, last


@wrong("bidirectional", replaces="stacked_lstm")
def stack_returns_the_top_state_only(x, layers, states=None):
    """last is one pair (h, c)."""
    hs = x
    for k, params in enumerate(layers):
        start = (None, None) if states is None else states[k]
        hs, state, _ = lstm_forward(hs, params, *start)
    return hs, state


@wrong("bidirectional", replaces="stacked_lstm")
def stack_returns_states_from_the_top(x, layers, states=None):
    """last begins with the top layer."""
    hs, last = x, []
    for k, params in enumerate(layers):
        start = (None, None) if states is None else states[k]
        hs, state, _ = lstm_forward(hs, params, *start)
        last.insert(0, state)
    return hs, last


@wrong("bidirectional", replaces="stacked_lstm")
def stack_starts_each_layer_from_the_last_one(x, layers, states=None):
    """Without states, a layer starts from the state of the layer below if it fits."""
    hs, last, state = x, [], (None, None)
    for k, params in enumerate(layers):
        start = state if states is None else states[k]
        if start[0] is not None and start[0].shape[1] != len(params["Wh"]):
            start = (None, None)
        hs, state, _ = lstm_forward(hs, params, *start)
        last.append(state)
    return hs, last


@wrong("bidirectional", replaces="stacked_lstm")
def stack_returns_all_layers(x, layers, states=None):
    """hs is the list of the hidden states of every layer."""
    every, last = [x], []
    for k, params in enumerate(layers):
        start = (None, None) if states is None else states[k]
        hs, state, _ = lstm_forward(every[-1], params, *start)
        every.append(hs)
        last.append(state)
    return every[1:], last


@wrong("bidirectional", replaces="stacked_lstm")
def stack_swaps_the_given_states(x, layers, states=None):
    """c0 is handed in for h0."""
    hs, last = x, []
    for k, params in enumerate(layers):
        h0, c0 = (None, None) if states is None else states[k]
        hs, state, _ = lstm_forward(hs, params, c0, h0)
        last.append(state)
    return hs, last


@wrong("bidirectional", replaces="stacked_lstm")
def stack_adds_a_shortcut(x, layers, states=None):
    """Where widths agree, a layer's input is added to its output."""
    hs, last = x, []
    for k, params in enumerate(layers):
        start = (None, None) if states is None else states[k]
        out, state, _ = lstm_forward(hs, params, *start)
        hs = out + (hs if hs.shape == out.shape else np.tanh(hs.sum(axis=2, keepdims=True)))
        last.append(state)
    return hs, last


@wrong("bidirectional", replaces="stacked_lstm")
def stack_replaces_the_callers_states(x, layers, states=None):
    """The new states are written into the caller's list."""
    hs = x
    states = [(None, None)] * len(layers) if states is None else states
    for k, params in enumerate(layers):
        hs, states[k], _ = lstm_forward(hs, params, *states[k])
    return hs, states


# stacked_lstm and bidirectional: right


@right("bidirectional")
class stack_and_both_by_single_steps:
    """Only the cell is used; the stack goes up at every step."""

    def stacked_lstm(x, layers, states=None):
        n, length, _ = x.shape
        if states is None:
            widths = [len(params["Wh"]) for params in layers]
            states = [(np.zeros((n, width)), np.zeros((n, width))) for width in widths]
        now, out = list(states), []
        for t in range(length):
            signal = x[:, t]
            for k, params in enumerate(layers):
                signal, c, _ = lstm_cell_forward(signal, *now[k], params)
                now[k] = (signal, c)
            out.append(signal)
        return np.stack(out, axis=1), now

    def bidirectional(x, ahead, back):
        sides, ends = [], []
        for params, order in ((ahead, range(x.shape[1])), (back, range(x.shape[1])[::-1])):
            hs = np.zeros((*x.shape[:2], len(params["Wh"])))
            h = c = np.zeros((x.shape[0], len(params["Wh"])))
            for t in order:
                h, c, _ = lstm_cell_forward(x[:, t], h, c, params)
                hs[:, t] = h
            sides.append(hs)
            ends.append(h)
        return np.dstack(sides), np.hstack(ends)


@right("bidirectional")
def both_by_flips_into_one_array(x, ahead, back):
    """np.flip, and the summary read off at both ends of hs."""
    split = len(ahead["Wh"])
    hs = np.empty((x.shape[0], x.shape[1], split + len(back["Wh"])))
    hs[..., :split] = lstm_forward(x, ahead)[0]
    hs[..., split:] = np.flip(lstm_forward(np.flip(x, axis=1).copy(), back)[0], axis=1)
    return [hs, np.column_stack([hs[:, -1, :split], hs[:, 0, split:]])]


@right("bidirectional", replaces="stacked_lstm")
def stack_by_recursion(x, layers, states=None):
    """The first layer, then the rest; tuples of lists come back."""
    h0, c0 = states[0] if states else (None, None)
    hs, (h, c), _ = lstm_forward(x, layers[0], h0, c0)
    if len(layers) == 1:
        return hs, ([h, c],)
    top, above = stacked_lstm(hs, layers[1:], states and states[1:])
    return top, ([h, c], *above)


# char_loss and sample_tokens: wrong


@wrong("char_loss")
def loss_foretells_what_it_reads(tokens, model, h0=None, c0=None):
    """The answers are not shifted."""
    v = len(model["by"])
    lstm = {name: model[name] for name in ("Wx", "Wh", "b")}
    hs, state, cache = lstm_forward(np.eye(v)[tokens[:, :-1]], lstm, h0, c0)
    s = hs @ model["Wy"] + model["by"]
    log_p = s - s.max(axis=2, keepdims=True)
    log_p = log_p - np.log(np.exp(log_p).sum(axis=2, keepdims=True))
    answers = np.eye(v)[tokens[:, :-1]]
    count = tokens[:, 1:].size
    ds = (np.exp(log_p) - answers) / count
    _, _, _, grads = lstm_backward(ds @ model["Wy"].T, cache)
    grads |= {"Wy": np.einsum("nth,ntv->hv", hs, ds), "by": ds.sum(axis=(0, 1))}
    return float(-(answers * log_p).sum() / count), grads, state


@wrong("char_loss")
def loss_summed_over_time(tokens, model, h0=None, c0=None):
    """The mean is taken over the batch only."""
    v = len(model["by"])
    lstm = {name: model[name] for name in ("Wx", "Wh", "b")}
    hs, state, cache = lstm_forward(np.eye(v)[tokens[:, :-1]], lstm, h0, c0)
    s = hs @ model["Wy"] + model["by"]
    log_p = s - s.max(axis=2, keepdims=True)
    log_p = log_p - np.log(np.exp(log_p).sum(axis=2, keepdims=True))
    answers = np.eye(v)[tokens[:, 1:]]
    count = len(tokens)
    ds = (np.exp(log_p) - answers) / count
    _, _, _, grads = lstm_backward(ds @ model["Wy"].T, cache)
    grads |= {"Wy": np.einsum("nth,ntv->hv", hs, ds), "by": ds.sum(axis=(0, 1))}
    return float(-(answers * log_p).sum() / count), grads, state


@wrong("char_loss")
def loss_summed_over_the_batch(tokens, model, h0=None, c0=None):
    """The mean is taken over time only."""
    v = len(model["by"])
    lstm = {name: model[name] for name in ("Wx", "Wh", "b")}
    hs, state, cache = lstm_forward(np.eye(v)[tokens[:, :-1]], lstm, h0, c0)
    s = hs @ model["Wy"] + model["by"]
    log_p = s - s.max(axis=2, keepdims=True)
    log_p = log_p - np.log(np.exp(log_p).sum(axis=2, keepdims=True))
    answers = np.eye(v)[tokens[:, 1:]]
    count = tokens.shape[1] - 1
    ds = (np.exp(log_p) - answers) / count
    _, _, _, grads = lstm_backward(ds @ model["Wy"].T, cache)
    grads |= {"Wy": np.einsum("nth,ntv->hv", hs, ds), "by": ds.sum(axis=(0, 1))}
    return float(-(answers * log_p).sum() / count), grads, state


@wrong("char_loss")
def loss_with_gradients_of_the_sum(tokens, model, h0=None, c0=None):
    """The loss is a mean, its gradients are those of the sum."""
    v = len(model["by"])
    lstm = {name: model[name] for name in ("Wx", "Wh", "b")}
    hs, state, cache = lstm_forward(np.eye(v)[tokens[:, :-1]], lstm, h0, c0)
    s = hs @ model["Wy"] + model["by"]
    log_p = s - s.max(axis=2, keepdims=True)
    log_p = log_p - np.log(np.exp(log_p).sum(axis=2, keepdims=True))
    answers = np.eye(v)[tokens[:, 1:]]
    ds = np.exp(log_p) - answers
    _, _, _, grads = lstm_backward(ds @ model["Wy"].T, cache)
    grads |= {"Wy": np.einsum("nth,ntv->hv", hs, ds), "by": ds.sum(axis=(0, 1))}
    return float(-(answers * log_p).sum() / tokens[:, 1:].size), grads, state


@wrong("char_loss")
def loss_in_bits(tokens, model, h0=None, c0=None):
    """log2, with gradients in nats."""
    v = len(model["by"])
    lstm = {name: model[name] for name in ("Wx", "Wh", "b")}
    hs, state, cache = lstm_forward(np.eye(v)[tokens[:, :-1]], lstm, h0, c0)
    s = hs @ model["Wy"] + model["by"]
    log_p = s - s.max(axis=2, keepdims=True)
    log_p = log_p - np.log(np.exp(log_p).sum(axis=2, keepdims=True))
    answers = np.eye(v)[tokens[:, 1:]]
    count = tokens[:, 1:].size
    ds = (np.exp(log_p) - answers) / count
    _, _, _, grads = lstm_backward(ds @ model["Wy"].T, cache)
    grads |= {"Wy": np.einsum("nth,ntv->hv", hs, ds), "by": ds.sum(axis=(0, 1))}
    return float(-(answers * log_p).sum() / count / np.log(2)), grads, state


@wrong("char_loss")
def loss_ignores_the_given_state(tokens, model, h0=None, c0=None):
    """Each piece of the text starts from zeros."""
    v = len(model["by"])
    lstm = {name: model[name] for name in ("Wx", "Wh", "b")}
    hs, state, cache = lstm_forward(np.eye(v)[tokens[:, :-1]], lstm)
    s = hs @ model["Wy"] + model["by"]
    log_p = s - s.max(axis=2, keepdims=True)
    log_p = log_p - np.log(np.exp(log_p).sum(axis=2, keepdims=True))
    answers = np.eye(v)[tokens[:, 1:]]
    count = tokens[:, 1:].size
    ds = (np.exp(log_p) - answers) / count
    _, _, _, grads = lstm_backward(ds @ model["Wy"].T, cache)
    grads |= {"Wy": np.einsum("nth,ntv->hv", hs, ds), "by": ds.sum(axis=(0, 1))}
    return float(-(answers * log_p).sum() / count), grads, state


@wrong("char_loss")
def loss_reads_the_last_token_too(tokens, model, h0=None, c0=None):
    """The returned state has read tokens[:, -1], which the next piece will read again."""
    v = len(model["by"])
    lstm = {name: model[name] for name in ("Wx", "Wh", "b")}
    hs, state, cache = lstm_forward(np.eye(v)[tokens[:, :-1]], lstm, h0, c0)
    h, c, _ = lstm_cell_forward(np.eye(v)[tokens[:, -1]], *state, lstm)
    s = hs @ model["Wy"] + model["by"]
    log_p = s - s.max(axis=2, keepdims=True)
    log_p = log_p - np.log(np.exp(log_p).sum(axis=2, keepdims=True))
    answers = np.eye(v)[tokens[:, 1:]]
    count = tokens[:, 1:].size
    ds = (np.exp(log_p) - answers) / count
    _, _, _, grads = lstm_backward(ds @ model["Wy"].T, cache)
    grads |= {"Wy": np.einsum("nth,ntv->hv", hs, ds), "by": ds.sum(axis=(0, 1))}
    return float(-(answers * log_p).sum() / count), grads, (h, c)


@wrong("char_loss")
def loss_with_an_overflowing_softmax(tokens, model, h0=None, c0=None):
    """exp of scores as they are, and the logarithm of the softmax."""
    v = len(model["by"])
    lstm = {name: model[name] for name in ("Wx", "Wh", "b")}
    hs, state, cache = lstm_forward(np.eye(v)[tokens[:, :-1]], lstm, h0, c0)
    p = np.exp(hs @ model["Wy"] + model["by"])
    p = p / p.sum(axis=2, keepdims=True)
    answers = np.eye(v)[tokens[:, 1:]]
    count = tokens[:, 1:].size
    ds = (p - answers) / count
    _, _, _, grads = lstm_backward(ds @ model["Wy"].T, cache)
    grads |= {"Wy": np.einsum("nth,ntv->hv", hs, ds), "by": ds.sum(axis=(0, 1))}
    return float(-(answers * np.log(p)).sum() / count), grads, state


@wrong("char_loss")
def loss_with_a_clipped_logarithm(tokens, model, h0=None, c0=None):
    """log(p + 1e-12) caps the loss of a place at 27.6."""
    v = len(model["by"])
    lstm = {name: model[name] for name in ("Wx", "Wh", "b")}
    hs, state, cache = lstm_forward(np.eye(v)[tokens[:, :-1]], lstm, h0, c0)
    s = hs @ model["Wy"] + model["by"]
    p = np.exp(s - s.max(axis=2, keepdims=True))
    p = p / p.sum(axis=2, keepdims=True)
    answers = np.eye(v)[tokens[:, 1:]]
    count = tokens[:, 1:].size
    ds = (p - answers) / count
    _, _, _, grads = lstm_backward(ds @ model["Wy"].T, cache)
    grads |= {"Wy": np.einsum("nth,ntv->hv", hs, ds), "by": ds.sum(axis=(0, 1))}
    return float(-(answers * np.log(p + 1e-12)).sum() / count), grads, state


@wrong("char_loss")
def loss_normalised_over_time(tokens, model, h0=None, c0=None):
    """The softmax runs over the time axis."""
    v = len(model["by"])
    lstm = {name: model[name] for name in ("Wx", "Wh", "b")}
    hs, state, cache = lstm_forward(np.eye(v)[tokens[:, :-1]], lstm, h0, c0)
    s = hs @ model["Wy"] + model["by"]
    log_p = s - s.max(axis=1, keepdims=True)
    log_p = log_p - np.log(np.exp(log_p).sum(axis=1, keepdims=True))
    answers = np.eye(v)[tokens[:, 1:]]
    count = tokens[:, 1:].size
    ds = (np.exp(log_p) - answers) / count
    _, _, _, grads = lstm_backward(ds @ model["Wy"].T, cache)
    grads |= {"Wy": np.einsum("nth,ntv->hv", hs, ds), "by": ds.sum(axis=(0, 1))}
    return float(-(answers * log_p).sum() / count), grads, state


@wrong("char_loss")
def loss_without_gradients_of_the_output_layer(tokens, model, h0=None, c0=None):
    """grads has the LSTM's three arrays only."""
    v = len(model["by"])
    lstm = {name: model[name] for name in ("Wx", "Wh", "b")}
    hs, state, cache = lstm_forward(np.eye(v)[tokens[:, :-1]], lstm, h0, c0)
    s = hs @ model["Wy"] + model["by"]
    log_p = s - s.max(axis=2, keepdims=True)
    log_p = log_p - np.log(np.exp(log_p).sum(axis=2, keepdims=True))
    answers = np.eye(v)[tokens[:, 1:]]
    count = tokens[:, 1:].size
    ds = (np.exp(log_p) - answers) / count
    _, _, _, grads = lstm_backward(ds @ model["Wy"].T, cache)
    return float(-(answers * log_p).sum() / count), grads, state


@wrong("char_loss")
def loss_with_the_last_place_in_wy_only(tokens, model, h0=None, c0=None):
    """The gradient of Wy comes from the last step alone."""
    v = len(model["by"])
    lstm = {name: model[name] for name in ("Wx", "Wh", "b")}
    hs, state, cache = lstm_forward(np.eye(v)[tokens[:, :-1]], lstm, h0, c0)
    s = hs @ model["Wy"] + model["by"]
    log_p = s - s.max(axis=2, keepdims=True)
    log_p = log_p - np.log(np.exp(log_p).sum(axis=2, keepdims=True))
    answers = np.eye(v)[tokens[:, 1:]]
    count = tokens[:, 1:].size
    ds = (np.exp(log_p) - answers) / count
    _, _, _, grads = lstm_backward(ds @ model["Wy"].T, cache)
    grads |= {"Wy": hs[:, -1].T @ ds[:, -1], "by": ds.sum(axis=(0, 1))}
    return float(-(answers * log_p).sum() / count), grads, state


@wrong("char_loss", replaces="sample_tokens")
def sample_reads_the_last_letter_of_the_prefix_only(model, prefix, uniforms, temperature=1.0):
    """The beginning of the prefix is not read."""
    eye = np.eye(len(model["by"]))
    lstm = {name: model[name] for name in ("Wx", "Wh", "b")}
    _, (h, c), _ = lstm_forward(eye[prefix[-1:]][None], lstm)
    drawn = []
    for u in uniforms:
        s = (h[0] @ model["Wy"] + model["by"]) / temperature
        p = np.exp(s - s.max())
        drawn.append(int(np.argmax(np.cumsum(p) > u * np.cumsum(p)[-1])))
        h, c, _ = lstm_cell_forward(eye[drawn[-1:]], h, c, lstm)
    return drawn


@wrong("char_loss", replaces="sample_tokens")
def sample_does_not_read_what_it_wrote(model, prefix, uniforms, temperature=1.0):
    """The last letter of the prefix is fed in again and again."""
    eye = np.eye(len(model["by"]))
    lstm = {name: model[name] for name in ("Wx", "Wh", "b")}
    _, (h, c), _ = lstm_forward(eye[prefix][None], lstm)
    drawn = []
    for u in uniforms:
        s = (h[0] @ model["Wy"] + model["by"]) / temperature
        p = np.exp(s - s.max())
        drawn.append(int(np.argmax(np.cumsum(p) > u * np.cumsum(p)[-1])))
        h, c, _ = lstm_cell_forward(eye[prefix[-1:]], h, c, lstm)
    return drawn


@wrong("char_loss", replaces="sample_tokens")
def sample_forgets_its_memory(model, prefix, uniforms, temperature=1.0):
    """Each letter drawn is read from a state of zeros."""
    eye = np.eye(len(model["by"]))
    lstm = {name: model[name] for name in ("Wx", "Wh", "b")}
    _, (h, _), _ = lstm_forward(eye[prefix][None], lstm)
    drawn, zero = [], np.zeros(h.shape)
    for u in uniforms:
        s = (h[0] @ model["Wy"] + model["by"]) / temperature
        p = np.exp(s - s.max())
        drawn.append(int(np.argmax(np.cumsum(p) > u * np.cumsum(p)[-1])))
        h, _, _ = lstm_cell_forward(eye[drawn[-1:]], zero, zero, lstm)
    return drawn


@wrong("char_loss", replaces="sample_tokens")
def sample_multiplies_by_the_temperature(model, prefix, uniforms, temperature=1.0):
    """Hot is cold."""
    eye = np.eye(len(model["by"]))
    lstm = {name: model[name] for name in ("Wx", "Wh", "b")}
    _, (h, c), _ = lstm_forward(eye[prefix][None], lstm)
    drawn = []
    for u in uniforms:
        s = (h[0] @ model["Wy"] + model["by"]) * temperature
        p = np.exp(s - s.max())
        drawn.append(int(np.argmax(np.cumsum(p) > u * np.cumsum(p)[-1])))
        h, c, _ = lstm_cell_forward(eye[drawn[-1:]], h, c, lstm)
    return drawn


@wrong("char_loss", replaces="sample_tokens")
def sample_cools_the_probabilities(model, prefix, uniforms, temperature=1.0):
    """The probabilities, not the scores, are divided by the temperature."""
    eye = np.eye(len(model["by"]))
    lstm = {name: model[name] for name in ("Wx", "Wh", "b")}
    _, (h, c), _ = lstm_forward(eye[prefix][None], lstm)
    drawn = []
    for u in uniforms:
        s = h[0] @ model["Wy"] + model["by"]
        p = np.exp(s - s.max())
        p = p / p.sum() / temperature
        drawn.append(int(np.argmax(np.cumsum(p) > u * np.cumsum(p)[-1])))
        h, c, _ = lstm_cell_forward(eye[drawn[-1:]], h, c, lstm)
    return drawn


@wrong("char_loss", replaces="sample_tokens")
def sample_takes_the_likeliest(model, prefix, uniforms, temperature=1.0):
    """argmax instead of drawing."""
    eye = np.eye(len(model["by"]))
    lstm = {name: model[name] for name in ("Wx", "Wh", "b")}
    _, (h, c), _ = lstm_forward(eye[prefix][None], lstm)
    drawn = []
    for _ in uniforms:
        drawn.append(int(np.argmax(h[0] @ model["Wy"] + model["by"])))
        h, c, _ = lstm_cell_forward(eye[drawn[-1:]], h, c, lstm)
    return drawn


@wrong("char_loss", replaces="sample_tokens")
def sample_draws_with_a_generator_of_its_own(model, prefix, uniforms, temperature=1.0):
    """np.random.choice instead of the given uniforms."""
    eye = np.eye(len(model["by"]))
    lstm = {name: model[name] for name in ("Wx", "Wh", "b")}
    _, (h, c), _ = lstm_forward(eye[prefix][None], lstm)
    drawn = []
    for _ in uniforms:
        s = (h[0] @ model["Wy"] + model["by"]) / temperature
        p = np.exp(s - s.max())
        drawn.append(int(np.random.choice(len(p), p=p / p.sum())))
        h, c, _ = lstm_cell_forward(eye[drawn[-1:]], h, c, lstm)
    return drawn


@wrong("char_loss", replaces="sample_tokens")
def sample_returns_the_prefix_too(model, prefix, uniforms, temperature=1.0):
    """The list starts with the prefix."""
    eye = np.eye(len(model["by"]))
    lstm = {name: model[name] for name in ("Wx", "Wh", "b")}
    _, (h, c), _ = lstm_forward(eye[prefix][None], lstm)
    drawn = [int(token) for token in prefix]
    for u in uniforms:
        s = (h[0] @ model["Wy"] + model["by"]) / temperature
        p = np.exp(s - s.max())
        drawn.append(int(np.argmax(np.cumsum(p) > u * np.cumsum(p)[-1])))
        h, c, _ = lstm_cell_forward(eye[drawn[-1:]], h, c, lstm)
    return drawn


@wrong("char_loss", replaces="sample_tokens")
def sample_draws_the_impossible(model, prefix, uniforms, temperature=1.0):
    """>= u draws token 0 for u = 0, whatever its probability is."""
    eye = np.eye(len(model["by"]))
    lstm = {name: model[name] for name in ("Wx", "Wh", "b")}
    _, (h, c), _ = lstm_forward(eye[prefix][None], lstm)
    drawn = []
    for u in uniforms:
        s = (h[0] @ model["Wy"] + model["by"]) / temperature
        p = np.exp(s - s.max())
        drawn.append(int(np.argmax(np.cumsum(p) >= u * np.cumsum(p)[-1])))
        h, c, _ = lstm_cell_forward(eye[drawn[-1:]], h, c, lstm)
    return drawn


@wrong("char_loss", replaces="sample_tokens")
def sample_overflows(model, prefix, uniforms, temperature=1.0):
    """exp of the scores as they are."""
    eye = np.eye(len(model["by"]))
    lstm = {name: model[name] for name in ("Wx", "Wh", "b")}
    _, (h, c), _ = lstm_forward(eye[prefix][None], lstm)
    drawn = []
    for u in uniforms:
        p = np.exp((h[0] @ model["Wy"] + model["by"]) / temperature)
        drawn.append(int(np.argmax(np.cumsum(p) > u * np.cumsum(p)[-1])))
        h, c, _ = lstm_cell_forward(eye[drawn[-1:]], h, c, lstm)
    return drawn


@wrong("char_loss", replaces="sample_tokens")
def sample_starts_again_where_rounding_leaves_nothing(model, prefix, uniforms, temperature=1.0):
    """argmax of no True at all is 0."""
    eye = np.eye(len(model["by"]))
    lstm = {name: model[name] for name in ("Wx", "Wh", "b")}
    _, (h, c), _ = lstm_forward(eye[prefix][None], lstm)
    drawn = []
    for u in uniforms:
        s = (h[0] @ model["Wy"] + model["by"]) / temperature
        p = np.exp(s - s.max())
        drawn.append(int(np.argmax(np.cumsum(p / p.sum()) > u)))
        h, c, _ = lstm_cell_forward(eye[drawn[-1:]], h, c, lstm)
    return drawn


@wrong("char_loss", replaces="sample_tokens")
def sample_clips_to_an_impossible_token(model, prefix, uniforms, temperature=1.0):
    """Where rounding leaves nothing the last token is drawn, even one of probability 0."""
    eye = np.eye(len(model["by"]))
    lstm = {name: model[name] for name in ("Wx", "Wh", "b")}
    _, (h, c), _ = lstm_forward(eye[prefix][None], lstm)
    drawn = []
    for u in uniforms:
        s = (h[0] @ model["Wy"] + model["by"]) / temperature
        p = np.exp(s - s.max())
        sums = np.cumsum(p / p.sum())
        drawn.append(min(int(np.searchsorted(sums, u, side="right")), len(p) - 1))
        h, c, _ = lstm_cell_forward(eye[drawn[-1:]], h, c, lstm)
    return drawn


# char_loss and sample_tokens: right


@right("char_loss")
def loss_place_by_place(tokens, model, h0=None, c0=None):
    """Loops over steps and samples; gradients collected as they come."""
    n, length = tokens.shape[0], tokens.shape[1] - 1
    v = model["by"].shape[0]
    x = np.zeros((n, length, v))
    for row in range(n):
        for t in range(length):
            x[row, t, tokens[row, t]] = 1
    lstm = {"Wx": model["Wx"], "Wh": model["Wh"], "b": model["b"]}
    hs, (h, c), cache = lstm_forward(x, lstm, h0=h0, c0=c0)
    dhs, dWy, dby, loss = np.zeros(hs.shape), np.zeros(model["Wy"].shape), np.zeros(v), 0.0
    for row in range(n):
        for t in range(length):
            s = hs[row, t] @ model["Wy"] + model["by"]
            top = s.max()
            log_sum = top + np.log(np.sum(np.exp(s - top)))
            answer = tokens[row, t + 1]
            loss += (log_sum - s[answer]) / (n * length)
            ds = np.exp(s - log_sum) / (n * length)
            ds[answer] -= 1 / (n * length)
            dhs[row, t] = model["Wy"] @ ds
            dWy += np.outer(hs[row, t], ds)
            dby += ds
    grads = lstm_backward(dhs, cache)[3]
    return [loss, {"by": dby, "Wy": dWy, **grads}, [h, c]]


@right("char_loss")
def loss_by_logaddexp_and_flat_arrays(tokens, model, h0=None, c0=None):
    """Places in one long axis, picked by index; the whole model is handed to the LSTM."""
    v = model["by"].size
    hs, state, cache = lstm_forward((tokens[:, :-1, None] == np.arange(v)) * 1.0, model, h0, c0)
    flat, answers = hs.reshape(-1, hs.shape[2]), tokens[:, 1:].ravel()
    s = flat @ model["Wy"] + model["by"]
    log_p = s - np.logaddexp.reduce(s, axis=1, keepdims=True)
    picked = np.arange(answers.size), answers
    ds = np.exp(log_p)
    ds[picked] -= 1
    ds /= answers.size
    _, _, _, grads = lstm_backward((ds @ model["Wy"].T).reshape(hs.shape), cache)
    grads = {**grads, "Wy": flat.T @ ds, "by": np.sum(ds, axis=0)}
    return -np.mean(log_p[picked]), grads, state


@right("char_loss", replaces="sample_tokens")
def sample_letter_by_letter(model, prefix, uniforms, temperature=1.0):
    """The cell alone, and searchsorted on the cumulated weights."""
    v, size = model["Wx"].shape[0], model["Wh"].shape[0]
    h, c, text = np.zeros((1, size)), np.zeros((1, size)), list(prefix)
    position, drawn = 0, []
    for u in uniforms:
        while position < len(text):
            x = np.zeros((1, v))
            x[0, text[position]] = 1
            h, c, _ = lstm_cell_forward(x, h, c, model)
            position += 1
        scores = (h @ model["Wy"] + model["by"]).ravel() / temperature
        heights = np.cumsum(np.exp(scores - np.max(scores)))
        token = int(np.searchsorted(heights / heights[-1], u, side="right"))
        text.append(token)
        drawn.append(token)
    return drawn


@right("char_loss", replaces="sample_tokens")
def sample_by_counting_sums(model, prefix, uniforms, temperature=1.0):
    """The whole text is read anew for each letter; k is the number of sums up to u, or the last."""
    eye = np.eye(len(model["by"]))
    lstm = {name: model[name] for name in ("Wx", "Wh", "b")}
    text = [int(token) for token in prefix]
    for u in uniforms:
        hs, _, _ = lstm_forward(eye[text][None], lstm)
        s = (hs[0, -1] @ model["Wy"] + model["by"]) / temperature
        p = np.exp(s - s.max()) / np.exp(s - s.max()).sum()
        possible = [k for k in range(len(p)) if p[k] > 0]
        text.append(min(sum(total <= u for total in np.cumsum(p)), possible[-1]))
    return text[len(prefix) :]
