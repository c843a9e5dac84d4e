"""Day 21: LSTM and GRU cells, their gradients, and a model that writes text, in numpy.

The LSTM is that of Hochreiter and Schmidhuber, "Long short-term memory" (1997), with the forget
gate of Gers, Schmidhuber and Cummins, "Learning to forget" (2000); the peepholes are those of Gers
and Schmidhuber, "Recurrent nets that time and count" (2000). The GRU follows Cho et al., "Learning
phrase representations using RNN encoder-decoder for statistical machine translation" (2014), and
the bidirectional network Schuster and Paliwal, "Bidirectional recurrent neural networks" (1997).
Sequences are (N, T, D), hidden states (N, H).
"""

from __future__ import annotations

from typing import Any

import numpy as np


def sigmoid(a: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-a)), entry by entry, without overflow at any size of a."""
    squashed: np.ndarray = 0.5 + 0.5 * np.tanh(0.5 * a)
    return squashed


def lstm_cell_forward(
    x: np.ndarray, h: np.ndarray, c: np.ndarray, params: dict[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray, Any]:
    """One step of an LSTM for a batch.

    a = x @ Wx + h @ Wh + b, of shape (N, 4H), is four blocks of H columns, in this order:

        i = sigmoid(a[:, :H])          input gate
        f = sigmoid(a[:, H:2H])        forget gate
        g = tanh(a[:, 2H:3H])          candidate
        o = sigmoid(a[:, 3H:])         output gate

        c_next = f * c + i * g         (entry by entry)
        h_next = o * tanh(c_next)

    x: (N, D) float64, input of this step
    h, c: (N, H) float64, hidden state and cell state after the step before
    params: dict of "Wx" (D, 4H), "Wh" (H, 4H) and "b" (4H,), all float64
    returns: (h_next, c_next, cache)
        h_next, c_next: (N, H) float64
        cache: whatever your `lstm_cell_backward` needs, of any type; only it looks inside. The
            reference keeps the tuple (x, h, c, params, i, f, g, o, tanh(c_next)). Many steps run
            forward before the first runs backward: keep nothing elsewhere. Nobody changes the
            arrays in the cache, the arguments or the results in between, so the cache may hold
            the arguments and the results themselves.

    No argument is changed. Pre-activations of any size, also +-1000, give finite results.

    >>> params = {"Wx": np.zeros((1, 4)), "Wh": np.zeros((1, 4)), "b": np.zeros(4)}
    >>> zero = np.zeros((1, 1))
    >>> h_next, c_next, _ = lstm_cell_forward(zero, zero, np.array([[3.0]]), params)
    >>> float(c_next[0, 0])  # a forget gate of one half
    1.5
    """
    ### BEGIN SOLUTION
    a = x @ params["Wx"] + h @ params["Wh"] + params["b"]
    a_i, a_f, a_g, a_o = np.split(a, 4, axis=1)
    i, f, g, o = sigmoid(a_i), sigmoid(a_f), np.tanh(a_g), sigmoid(a_o)
    c_next = f * c + i * g
    tanh_c = np.tanh(c_next)
    return o * tanh_c, c_next, (x, h, c, params, i, f, g, o, tanh_c)
    ### END SOLUTION


def lstm_cell_backward(
    dh_next: np.ndarray, dc_next: np.ndarray, cache: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Gradients of a scalar loss L through one step of `lstm_cell_forward`.

    dh_next: (N, H) float64, dL/dh_next
    dc_next: (N, H) float64, the gradient that reaches c_next from the *next step*. The way from L
        through h_next to c_next is not in it: that part you add here.
    cache: what your `lstm_cell_forward` returned (the reference's is the tuple
        (x, h, c, params, i, f, g, o, tanh(c_next)))
    returns: (dx, dh, dc, grads), float64
        dx: (N, D); dh and dc: (N, H), with respect to the *arguments* h and c of the step
        grads: dict of "Wx" (D, 4H), "Wh" (H, 4H) and "b" (4H,), columns in the order i, f, g, o

    The gradients of the parameters are sums over the batch, not means. dh_next, dc_next and the
    cache come back unchanged, so that a second call gives the same gradients.
    """
    ### BEGIN SOLUTION
    x, h, c, params, i, f, g, o, tanh_c = cache
    dc = dc_next + dh_next * o * (1 - tanh_c**2)
    da_i = dc * g * i * (1 - i)
    da_f = dc * c * f * (1 - f)
    da_g = dc * i * (1 - g**2)
    da_o = dh_next * tanh_c * o * (1 - o)
    da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
    grads = {"Wx": x.T @ da, "Wh": h.T @ da, "b": da.sum(axis=0)}
    return da @ params["Wx"].T, da @ params["Wh"].T, dc * f, grads
    ### END SOLUTION


def lstm_forward(
    x: np.ndarray,
    params: dict[str, np.ndarray],
    h0: np.ndarray | None = None,
    c0: np.ndarray | None = None,
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray], Any]:
    """Run an LSTM over a batch of sequences: the same cell, the same parameters at every step.

    x: (N, T, D) float64, T at least 1; step t reads x[:, t]
    params: as for `lstm_cell_forward`
    h0, c0: (N, H) float64, the state before the first step; zeros where None
    returns: (hs, (h, c), cache)
        hs: (N, T, H) float64, the hidden state after every step
        (h, c): each (N, H) float64, the state after the last step; h equals hs[:, -1]
        cache: whatever your `lstm_backward` needs; the reference keeps the list of the T caches
            of its cells

    No argument is changed. Running the first half of a sequence, and then the second half from
    the state (h, c) that the first returned, gives what one run over the whole gives.
    """
    ### BEGIN SOLUTION
    start = np.zeros((x.shape[0], params["Wh"].shape[0]))
    h = start if h0 is None else h0
    c = start if c0 is None else c0
    hs, cache = [], []
    for t in range(x.shape[1]):
        h, c, step = lstm_cell_forward(x[:, t], h, c, params)
        hs.append(h)
        cache.append(step)
    return np.stack(hs, axis=1), (h, c), cache
    ### END SOLUTION


def lstm_backward(
    dhs: np.ndarray,
    cache: Any,
    dh_last: np.ndarray | None = None,
    dc_last: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Backpropagation through time: gradients of a scalar loss L through `lstm_forward`.

    dhs: (N, T, H) float64, the gradient that reaches each hs[:, t] from outside the LSTM
    cache: what your `lstm_forward` returned (the reference's is the list of its cells' caches)
    dh_last, dc_last: (N, H) float64, the gradients that reach the returned state h and c; zeros
        where None. hs[:, -1] and h are one quantity, so dh_last comes on top of dhs[:, -1].
    returns: (dx, dh0, dc0, grads), float64
        dx: (N, T, D); dh0 and dc0: (N, H), also when the forward pass was given no h0 and c0
        grads: dict of "Wx", "Wh" and "b", each summed over batch and time

    dhs, dh_last, dc_last and the cache come back unchanged.
    """
    ### BEGIN SOLUTION
    rest = np.zeros_like(dhs[:, 0])
    dh = rest if dh_last is None else dh_last
    dc = rest if dc_last is None else dc_last
    dxs, steps = [], []
    for t in reversed(range(dhs.shape[1])):
        dx, dh, dc, step = lstm_cell_backward(dhs[:, t] + dh, dc, cache[t])
        dxs.append(dx)
        steps.append(step)
    grads = {name: np.sum([step[name] for step in steps], axis=0) for name in ("Wx", "Wh", "b")}
    return np.stack(dxs[::-1], axis=1), dh, dc, grads
    ### END SOLUTION


def gru_cell(x: np.ndarray, h: np.ndarray, params: dict[str, np.ndarray]) -> np.ndarray:
    """One step of a GRU for a batch. The reset gate acts *before* the matrix product.

    The columns of Wx, Wh and b are three blocks of H, in the order r, z, n; Wx_r, say, is the
    block of Wx for r:

        r = sigmoid(x @ Wx_r + h @ Wh_r + b_r)            reset gate
        z = sigmoid(x @ Wx_z + h @ Wh_z + b_z)            update gate
        n = tanh(x @ Wx_n + (r * h) @ Wh_n + b_n)         candidate

        h_next = z * h + (1 - z) * n                      z = 1 keeps the old state

    x: (N, D) float64
    h: (N, H) float64
    params: dict of "Wx" (D, 3H), "Wh" (H, 3H) and "b" (3H,), all float64
    returns: h_next (N, H) float64

    No argument is changed. Pre-activations of any size, also +-1000, give finite results.

    >>> params = {"Wx": np.zeros((1, 3)), "Wh": np.zeros((1, 3)), "b": np.zeros(3)}
    >>> gru_cell(np.zeros((1, 1)), np.array([[3.0]]), params)
    array([[1.5]])
    """
    ### BEGIN SOLUTION
    hidden = h.shape[1]
    from_x = x @ params["Wx"] + params["b"]
    gates = sigmoid(from_x[:, : 2 * hidden] + h @ params["Wh"][:, : 2 * hidden])
    r, z = gates[:, :hidden], gates[:, hidden:]
    n = np.tanh(from_x[:, 2 * hidden :] + (r * h) @ params["Wh"][:, 2 * hidden :])
    h_next: np.ndarray = z * h + (1 - z) * n
    return h_next
    ### END SOLUTION


def peephole_cell(
    x: np.ndarray, h: np.ndarray, c: np.ndarray, params: dict[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """One step of an LSTM whose gates also look at the cell state, each unit at its own.

    With the four blocks of a = x @ Wx + h @ Wh + b in the order i, f, g, o, as in
    `lstm_cell_forward`:

        i = sigmoid(a_i + p_i * c)
        f = sigmoid(a_f + p_f * c)
        g = tanh(a_g)                         no peephole here
        c_next = f * c + i * g
        o = sigmoid(a_o + p_o * c_next)       the new cell state
        h_next = o * tanh(c_next)

    x: (N, D) float64; h and c: (N, H) float64
    params: dict of "Wx" (D, 4H), "Wh" (H, 4H), "b" (4H,) and the peephole weights "p_i", "p_f",
        "p_o", each (H,), all float64
    returns: (h_next, c_next), each (N, H) float64

    No argument is changed. Peepholes of zero give the step of `lstm_cell_forward`. Pre-activations
    of any size, also +-1000, give finite results.
    """
    ### BEGIN SOLUTION
    a = x @ params["Wx"] + h @ params["Wh"] + params["b"]
    a_i, a_f, a_g, a_o = np.split(a, 4, axis=1)
    i = sigmoid(a_i + params["p_i"] * c)
    f = sigmoid(a_f + params["p_f"] * c)
    c_next = f * c + i * np.tanh(a_g)
    return sigmoid(a_o + params["p_o"] * c_next) * np.tanh(c_next), c_next
    ### END SOLUTION


def stacked_lstm(
    x: np.ndarray,
    layers: list[dict[str, np.ndarray]],
    states: list[tuple[np.ndarray, np.ndarray]] | None = None,
) -> tuple[np.ndarray, list[tuple[np.ndarray, np.ndarray]]]:
    """LSTMs on top of each other: each layer reads the hidden states of the layer below.

    x: (N, T, D) float64, read by layers[0]
    layers: list of one or more dicts of parameters, bottom layer first. The number of hidden units
        H_k may differ from layer to layer: layer k has "Wx" of shape (H_(k-1), 4 H_k).
    states: list of one pair (h0, c0) of arrays for each layer, each (N, H_k); or None: all zeros
    returns: (hs, last)
        hs: (N, T, H) float64, the hidden states of the *top* layer
        last: list of one pair (h, c) for each layer, bottom first: its state after the last step

    No argument is changed.
    """
    ### BEGIN SOLUTION
    hs, last = x, []
    for k, params in enumerate(layers):
        h0, c0 = (None, None) if states is None else states[k]
        hs, state, _ = lstm_forward(hs, params, h0, c0)
        last.append(state)
    return hs, last
    ### END SOLUTION


def bidirectional(
    x: np.ndarray, ahead: dict[str, np.ndarray], back: dict[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Two LSTMs, one of which reads the sequence from its end; both start from zeros.

    x: (N, T, D) float64
    ahead: parameters of the LSTM with H_a units that reads x[:, 0], x[:, 1], ... x[:, T - 1]
    back: parameters of the LSTM with H_b units that reads x[:, T - 1], ... x[:, 0]
    returns: (hs, summary)
        hs: (N, T, H_a + H_b) float64. hs[:, t] is, first, the state of `ahead` after it has read
            x[:, 0] to x[:, t], then the state of `back` after it has read x[:, T - 1] to x[:, t]:
            both have just seen step t.
        summary: (N, H_a + H_b) float64, the two states after each has read the *whole* sequence,
            `ahead` first

    No argument is changed.
    """
    ### BEGIN SOLUTION
    hs_ahead, (h_ahead, _), _ = lstm_forward(x, ahead)
    hs_back, (h_back, _), _ = lstm_forward(x[:, ::-1], back)
    hs = np.concatenate([hs_ahead, hs_back[:, ::-1]], axis=2)
    return hs, np.concatenate([h_ahead, h_back], axis=1)
    ### END SOLUTION


def char_loss(
    tokens: np.ndarray,
    model: dict[str, np.ndarray],
    h0: np.ndarray | None = None,
    c0: np.ndarray | None = None,
) -> tuple[float, dict[str, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Loss and gradients of a character model: at every place it foretells the next character.

    Step t reads tokens[:, t] as a one-hot row of length V through the LSTM and turns the hidden
    state into V scores, hs[:, t] @ Wy + by; their softmax is the probability of tokens[:, t + 1].

    tokens: (N, T + 1) integers from 0 to V - 1; the first T are read, the last T are foretold
    model: dict of the LSTM's "Wx" (V, 4H), "Wh" (H, 4H), "b" (4H,), and of "Wy" (H, V), "by" (V,)
    h0, c0: (N, H) float64, the state before the first step; zeros where None
    returns: (loss, grads, (h, c))
        loss: a float, the mean of -ln p(right character) over all N * T places, in nats
        grads: dict with the keys of model: the gradients of this mean, of the same shapes
        (h, c): the state after the last step, to go on from with the next piece of text

    Gradients of h0 and c0 are not returned. Scores of any size, also +-1000, give a finite loss.
    No argument is changed.
    """
    ### BEGIN SOLUTION
    eye = np.eye(model["by"].size)
    right = eye[tokens[:, 1:]]
    lstm = {name: model[name] for name in ("Wx", "Wh", "b")}
    hs, state, cache = lstm_forward(eye[tokens[:, :-1]], lstm, h0, c0)
    scores = hs @ model["Wy"] + model["by"]
    scores = scores - scores.max(axis=2, keepdims=True)
    log_p = scores - np.log(np.exp(scores).sum(axis=2, keepdims=True))
    places = right.sum()
    dscores = (np.exp(log_p) - right) / places
    grads = lstm_backward(dscores @ model["Wy"].T, cache)[3]
    grads["Wy"] = np.einsum("nth,ntv->hv", hs, dscores)
    grads["by"] = dscores.sum(axis=(0, 1))
    return -(right * log_p).sum() / places, grads, state
    ### END SOLUTION


def sample_tokens(
    model: dict[str, np.ndarray],
    prefix: np.ndarray,
    uniforms: np.ndarray,
    temperature: float = 1.0,
) -> list[int]:
    """Let the model write: draw one token after the other, each from what came before it.

    The LSTM starts from zeros and reads the *whole* prefix. Then, for each u of `uniforms`: the
    softmax of scores / temperature gives the probabilities p of the next token; the token drawn is
    the smallest k with p[0] + ... + p[k] > u (or, where rounding leaves the sum of all p no larger
    than u, the last k with p[k] > 0); and the LSTM reads the token drawn.

    model: as for `char_loss`
    prefix: (P,) integers, P at least 1
    uniforms: (L,) float64, random numbers from 0 up to, but not including, 1; L may be 0
    temperature: above 0; below 1 sharpens the probabilities, above 1 flattens them
    returns: list of the L tokens drawn, as ints (Python's or numpy's), without the prefix

    The same uniforms give the same tokens, so nothing here is random. With large scores or a small
    temperature a p[k] may be exactly 0; such a token is never drawn, whatever u is.
    """
    ### BEGIN SOLUTION
    eye = np.eye(model["by"].size)
    lstm = {name: model[name] for name in ("Wx", "Wh", "b")}
    _, (h, c), _ = lstm_forward(eye[prefix][None], lstm)
    drawn: list[int] = []
    for u in uniforms:
        scores = (h @ model["Wy"] + model["by"]) / temperature
        sums = np.cumsum(np.exp(scores - scores.max()))
        drawn.append(int(np.argmax(sums > u * sums[-1])))
        h, c, _ = lstm_cell_forward(eye[drawn[-1:]], h, c, lstm)
    return drawn
    ### END SOLUTION
