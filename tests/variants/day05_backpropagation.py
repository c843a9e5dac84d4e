"""Day 05's wrong versions, each of which must lose points, and right ones, which must lose none.

A variant stands in for the reference's function of its exercise; a class is only a container: each
function in its body stands in for the reference's of that name. Backward variants that come alone
read the reference's caches: (x, w) of a linear layer, x of a relu, and of a network
([(linear, relu), ...], linear).
"""
# Containers are named like variants, and their functions are no methods.
# ruff: noqa: N801, N805

from __future__ import annotations

import numpy as np

from autograder.testing import right, wrong
from solutions.day05_backpropagation import (
    linear_backward,
    linear_forward,
    numerical_gradient,
    relu_backward,
    relu_forward,
)

# linear_forward and linear_backward: wrong


@wrong("linear_backward")
def linear_averages_db(dout, cache):
    """db is the mean over the batch."""
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.mean(axis=0)


@wrong("linear_backward")
def linear_averages_dw(dout, cache):
    """dw is divided by the number of examples."""
    x, w = cache
    return dout @ w.T, x.T @ dout / len(x), dout.sum(axis=0)


@wrong("linear_backward")
def linear_dx_without_transpose(dout, cache):
    """dx is made with w itself where that fits, and with its transpose only where it must."""
    x, w = cache
    dx = dout @ w if w.shape[0] == w.shape[1] else dout @ w.T
    return dx, x.T @ dout, dout.sum(axis=0)


@wrong("linear_backward")
def linear_dw_transposes_the_wrong_factor(dout, cache):
    """dw comes out transposed, as (m, d)."""
    x, w = cache
    return dout @ w.T, dout.T @ x, dout.sum(axis=0)


@wrong("linear_backward")
def linear_dw_without_transpose_where_it_fits(dout, cache):
    """x @ dout where the shapes allow it."""
    x, w = cache
    dw = x @ dout if x.shape[0] == x.shape[1] else x.T @ dout
    return dout @ w.T, dw, dout.sum(axis=0)


@wrong("linear_backward")
def linear_sums_db_along_the_wrong_axis(dout, cache):
    """One number for each example instead of each output."""
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=1)


@wrong("linear_backward")
def linear_db_is_a_row(dout, cache):
    """db has shape (1, m)."""
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0, keepdims=True)


@wrong("linear_backward")
def linear_returns_them_in_another_order(dout, cache):
    """(dw, db, dx), as some books have it."""
    x, w = cache
    return x.T @ dout, dout.sum(axis=0), dout @ w.T


@wrong("linear_backward")
def linear_scales_dout_in_place(dout, cache):
    """Right gradients, but dout is overwritten."""
    x, w = cache
    gradients = dout @ w.T, x.T @ dout, dout.sum(axis=0)
    dout *= 0.0
    return gradients


@wrong("linear_backward")
class linear_keeps_its_cache_in_a_global:
    """The backward pass reads what the last forward pass left in a global variable."""

    def linear_forward(x, w, b):
        global _kept
        _kept = x, w
        return x @ w + b, None

    def linear_backward(dout, cache):
        x, w = _kept
        return dout @ w.T, x.T @ dout, dout.sum(axis=0)


@wrong("linear_backward")
class linear_cache_is_used_up:
    """The second backward call with the same cache finds it empty."""

    def linear_forward(x, w, b):
        return x @ w + b, iter([x, w])

    def linear_backward(dout, cache):
        x, w = cache
        return dout @ w.T, x.T @ dout, dout.sum(axis=0)


@wrong("linear_backward", replaces="linear_forward")
def linear_forward_without_bias(x, w, b):
    """The bias is forgotten."""
    return x @ w, (x, w)


@wrong("linear_backward", replaces="linear_forward")
def linear_forward_adds_the_bias_to_rows(x, w, b):
    """The bias goes along the examples where their number fits."""
    return x @ w + (b[:, None] if len(b) == len(x) else b), (x, w)


@wrong("linear_backward", replaces="linear_forward")
def linear_forward_squeezes(x, w, b):
    """Axes of length 1 are lost."""
    return np.squeeze(x @ w + b), (x, w)


@wrong("linear_backward", replaces="linear_forward")
def linear_forward_in_single_precision(x, w, b):
    """float32 arithmetic in a float64 result."""
    out = x.astype(np.float32) @ w.astype(np.float32) + b.astype(np.float32)
    return out.astype(np.float64), (x, w)


@wrong("linear_backward", replaces="linear_forward")
def linear_forward_adds_the_output_to_b(x, w, b):
    """Right values, but the caller's b is scaled."""
    out = x @ w + b
    b *= 2.0
    return out, (x, w)


# linear_forward and linear_backward: right


@right("linear_backward")
class linear_by_einsum_with_a_dict:
    """The sums as they stand in the text, and a dict as cache."""

    def linear_forward(x, w, b):
        return np.einsum("ij,jk->ik", x, w) + b, {"x": x, "w": w}

    def linear_backward(dout, cache):
        dx = np.einsum("ik,jk->ij", dout, cache["w"])
        dw = np.einsum("ij,ik->jk", cache["x"], dout)
        return dx, dw, np.einsum("ik->k", dout)


@right("linear_backward")
class linear_by_loops_with_an_object:
    """Plain loops, and an object as cache."""

    def linear_forward(x, w, b):
        class Cache:
            pass

        cache = Cache()
        cache.x, cache.w = x.copy(), w.copy()
        out = np.zeros((x.shape[0], w.shape[1]))
        for i in range(x.shape[0]):
            for k in range(w.shape[1]):
                out[i, k] = b[k] + sum(x[i, j] * w[j, k] for j in range(x.shape[1]))
        return out, cache

    def linear_backward(dout, cache):
        dx, dw, db = np.zeros(cache.x.shape), np.zeros(cache.w.shape), np.zeros(dout.shape[1])
        for i in range(dout.shape[0]):
            for k in range(dout.shape[1]):
                db[k] += dout[i, k]
                for j in range(cache.x.shape[1]):
                    dx[i, j] += dout[i, k] * cache.w[j, k]
                    dw[j, k] += dout[i, k] * cache.x[i, j]
        return dx, dw, db


@right("linear_backward")
class linear_with_a_closure:
    """The cache is a function that knows the way back, and the results are lists."""

    def linear_forward(x, w, b):
        def back(dout):
            return [np.dot(dout, np.transpose(w)), np.dot(dout.T, x).T, np.ones(len(x)) @ dout]

        return [np.dot(x, w) + b[None, :], back]

    def linear_backward(dout, cache):
        return cache(dout)


@right("linear_backward")
class linear_with_the_bias_as_a_row:
    """The bias as one more row of w, met by an input of ones."""

    def linear_forward(x, w, b):
        wide, tall = np.c_[x, np.ones(len(x))], np.r_[w, b[None, :]]
        return wide @ tall, (wide, tall)

    def linear_backward(dout, cache):
        wide, tall = cache
        dtall = wide.T @ dout
        return (dout @ tall.T)[:, :-1], dtall[:-1], dtall[-1]


@right("linear_backward")
class linear_in_torch:
    """torch for the arithmetic, without its autograd."""

    def linear_forward(x, w, b):
        import torch

        x, w, b = (torch.tensor(np.array(a)) for a in (x, w, b))
        return torch.addmm(b, x, w).numpy(), (x, w)

    def linear_backward(dout, cache):
        import torch

        x, w = cache
        dout = torch.tensor(np.array(dout))
        return (dout @ w.T).numpy(), (x.T @ dout).numpy(), dout.sum(0).numpy()


# relu_forward and relu_backward: wrong


@wrong("relu_backward")
def relu_passes_everything(dout, cache):
    """No gate on the way back."""
    return dout.copy()


@wrong("relu_backward")
def relu_gates_by_dout(dout, cache):
    """relu of the gradient: the gate looks at dout, not at x."""
    return np.maximum(dout, 0.0)


@wrong("relu_backward")
def relu_gates_by_both(dout, cache):
    """Only positive gradients pass, where x is positive."""
    return np.maximum(dout, 0.0) * (cache > 0)


@wrong("relu_backward")
def relu_multiplies_by_x(dout, cache):
    """dout times the value that went forward."""
    return dout * np.maximum(cache, 0.0)


@wrong("relu_backward")
def relu_slope_at_zero_is_one(dout, cache):
    """>= for >: the gradient passes at exactly 0."""
    return dout * (cache >= 0)


@wrong("relu_backward")
def relu_slope_at_zero_is_a_half(dout, cache):
    """A half at exactly 0."""
    return dout * (np.sign(cache) + 1.0) / 2.0


@wrong("relu_backward")
def relu_rounds_small_values_away(dout, cache):
    """Values within 1e-6 of 0 count as 0."""
    return dout * (cache > 1e-6)


@wrong("relu_backward")
def relu_writes_into_dout(dout, cache):
    """Right gradient, written into the caller's dout."""
    dout[cache <= 0] = 0.0
    return dout


@wrong("relu_backward")
class relu_keeps_its_mask_in_a_global:
    """The backward pass reads what the last forward pass left in a global variable."""

    def relu_forward(x):
        global _mask
        _mask = x > 0
        return np.maximum(x, 0.0), None

    def relu_backward(dout, cache):
        return dout * _mask


@wrong("relu_backward", replaces="relu_forward")
def relu_forward_in_place(x):
    """Right values, but the caller's x loses its negative entries."""
    np.maximum(x, 0.0, out=x)
    return x, x


@wrong("relu_backward", replaces="relu_forward")
def relu_forward_is_leaky(x):
    """A hundredth of the negative values passes."""
    return np.where(x > 0, x, 0.01 * x), x


@wrong("relu_backward", replaces="relu_forward")
def relu_forward_cuts_at_six(x):
    """ReLU6, as some networks for telephones have it."""
    return np.clip(x, 0.0, 6.0), x


# relu_forward and relu_backward: right


@right("relu_backward")
class relu_with_a_mask:
    """The gates as booleans, and np.where."""

    def relu_forward(x):
        opened = x > 0
        return np.where(opened, x, 0.0), opened

    def relu_backward(dout, cache):
        return np.where(cache, dout, 0.0)


@right("relu_backward")
class relu_with_its_output:
    """The output as cache: it is positive where the input was."""

    def relu_forward(x):
        out = x * (x > 0)
        return out, {"out": out}

    def relu_backward(dout, cache):
        dx = np.array(dout)
        dx[cache["out"] <= 0] = 0
        return dx


@right("relu_backward")
class relu_by_sign:
    """Arithmetic instead of comparisons, with the slope as cache."""

    def relu_forward(x):
        slope = np.maximum(np.sign(x), 0.0)
        return np.clip(x, 0.0, None), [slope]

    def relu_backward(dout, cache):
        (slope,) = cache
        return np.multiply(slope, dout)


@right("relu_backward")
class relu_by_loops:
    """A loop over every entry, and a set of open places as cache."""

    def relu_forward(x):
        out, opened = np.zeros(x.shape), set()
        for index in np.ndindex(*x.shape):
            if x[index] > 0:
                out[index] = x[index]
                opened.add(index)
        return out, opened

    def relu_backward(dout, cache):
        dx = np.zeros_like(dout)
        for index in cache:
            dx[index] = dout[index]
        return dx


# softmax_cross_entropy: wrong


@wrong("softmax_cross_entropy")
def cross_entropy_overflows(logits, y):
    """exp of the bare logits."""
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    rows = np.arange(len(y))
    loss = -np.mean(np.log(p[rows, y]))
    p[rows, y] -= 1.0
    return loss, p / len(y)


@wrong("softmax_cross_entropy")
def cross_entropy_subtracts_one_maximum_for_all(logits, y):
    """The largest logit of the whole batch: the rows far below it become 0 / 0."""
    shifted = logits - logits.max()
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    dlogits = np.exp(log_p)
    dlogits[rows, y] -= 1.0
    return -log_p[rows, y].mean(), dlogits / len(y)


@wrong("softmax_cross_entropy")
def cross_entropy_takes_the_logarithm_of_p(logits, y):
    """p underflows to 0, and its logarithm is minus infinity."""
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    rows = np.arange(len(y))
    loss = -np.mean(np.log(p[rows, y]))
    p[rows, y] -= 1.0
    return loss, p / len(y)


@wrong("softmax_cross_entropy")
def cross_entropy_adds_an_epsilon(logits, y):
    """log(p + 1e-12): the loss cannot exceed 27.6."""
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    rows = np.arange(len(y))
    loss = -np.mean(np.log(p[rows, y] + 1e-12))
    p[rows, y] -= 1.0
    return loss, p / len(y)


@wrong("softmax_cross_entropy")
def cross_entropy_clips_the_logits(logits, y):
    """Logits beyond 500 are cut off."""
    shifted = np.clip(logits, -500.0, 500.0)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    dlogits = np.exp(log_p)
    dlogits[rows, y] -= 1.0
    return -log_p[rows, y].mean(), dlogits / len(y)


@wrong("softmax_cross_entropy")
def cross_entropy_gradient_without_the_mean(logits, y):
    """The 1/n is missing in the gradient."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    dlogits = np.exp(log_p)
    dlogits[rows, y] -= 1.0
    return -log_p[rows, y].mean(), dlogits


@wrong("softmax_cross_entropy")
def cross_entropy_sums_the_loss(logits, y):
    """The loss is a sum, the gradient that of a mean."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    dlogits = np.exp(log_p)
    dlogits[rows, y] -= 1.0
    return -log_p[rows, y].sum(), dlogits / len(y)


@wrong("softmax_cross_entropy")
def cross_entropy_averages_over_classes_too(logits, y):
    """Loss and gradient are divided by n * c."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    target = np.eye(logits.shape[1])[y]
    return -np.mean(target * log_p), (np.exp(log_p) - target) / logits.size


@wrong("softmax_cross_entropy")
def cross_entropy_forgets_the_right_class(logits, y):
    """The gradient is p / n."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(y)), y].mean(), np.exp(log_p) / len(y)


@wrong("softmax_cross_entropy")
def cross_entropy_subtracts_one_in_whole_columns(logits, y):
    """p[:, y] -= 1 instead of one entry for each row."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dlogits = np.exp(log_p)
    dlogits[:, y] -= 1.0
    return -log_p[np.arange(len(y)), y].mean(), dlogits / len(y)


@wrong("softmax_cross_entropy")
def cross_entropy_turns_the_sign_of_the_gradient(logits, y):
    """Right class minus probability."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    target = np.eye(logits.shape[1])[y]
    return -log_p[np.arange(len(y)), y].mean(), (target - np.exp(log_p)) / len(y)


@wrong("softmax_cross_entropy")
def cross_entropy_normalises_columns(logits, y):
    """Softmax over the batch."""
    shifted = logits - logits.max(axis=0, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=0, keepdims=True))
    target = np.eye(logits.shape[1])[y]
    return -log_p[np.arange(len(y)), y].mean(), (np.exp(log_p) - target) / len(y)


@wrong("softmax_cross_entropy")
def cross_entropy_works_in_place(logits, y):
    """Right values, but the caller's logits are shifted."""
    logits -= logits.max(axis=1, keepdims=True)
    log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    target = np.eye(logits.shape[1])[y]
    return -log_p[np.arange(len(y)), y].mean(), (np.exp(log_p) - target) / len(y)


@wrong("softmax_cross_entropy")
def cross_entropy_one_loss_per_row(logits, y):
    """A loss for each row, not averaged."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    target = np.eye(logits.shape[1])[y]
    return -log_p[np.arange(len(y)), y], (np.exp(log_p) - target) / len(y)


# softmax_cross_entropy: right


@right("softmax_cross_entropy")
def cross_entropy_with_one_hot(logits, y):
    """One-hot rows for loss and gradient."""
    target = np.eye(logits.shape[1])[y.astype(int)]
    top = np.max(logits, axis=1, keepdims=True)
    log_z = top + np.log(np.sum(np.exp(logits - top), axis=1, keepdims=True))
    loss = np.sum(target * (log_z - logits)) / len(logits)
    return loss, (np.exp(logits - log_z) - target) / len(logits)


@right("softmax_cross_entropy")
def cross_entropy_by_logaddexp(logits, y):
    """numpy's logaddexp along the classes; the loss in an array without axes."""
    log_p = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    mine = np.take_along_axis(log_p, y[:, None].astype(np.int64), axis=1)
    hit = np.arange(logits.shape[1]) == y[:, None]
    return np.array(-mine.mean()), (np.exp(log_p) - hit) / logits.shape[0]


@right("softmax_cross_entropy")
def cross_entropy_row_by_row(logits, y):
    """A loop over the rows, and a list as the result."""
    loss, gradient = 0.0, []
    for row, label in zip(logits, y, strict=True):
        e = np.exp(row - max(row))
        loss += np.log(sum(e)) + max(row) - row[int(label)]
        p = e / sum(e)
        p[int(label)] -= 1
        gradient.append(p / len(y))
    return [loss / len(y), np.array(gradient)]


@right("softmax_cross_entropy")
def cross_entropy_by_torch(logits, y):
    """torch's log_softmax without its autograd."""
    import torch

    log_p = torch.log_softmax(torch.tensor(np.array(logits)), dim=1)
    label = torch.tensor(y.astype(np.int64))
    target = torch.nn.functional.one_hot(label, logits.shape[1])
    loss = torch.nn.functional.nll_loss(log_p, label).item()
    return loss, ((log_p.exp() - target) / len(y)).numpy()


@right("softmax_cross_entropy")
def cross_entropy_without_cancellation(logits, y):
    """p - 1 as minus the sum of the other p, and log1p where the right class is the largest."""
    logits = logits - logits.max(axis=1, keepdims=True)
    lead = np.take_along_axis(logits, y.astype(np.intp)[:, None], axis=1)[:, 0]
    others = np.arange(logits.shape[1]) != y[:, None]
    e = np.exp(logits)
    total, rest = e.sum(axis=1), e.sum(axis=1, where=others)
    losses = np.where(lead == 0, np.log1p(rest), np.log(total) - lead)
    e /= len(y) * total[:, None]
    mine = -np.sum(e, axis=1, where=others, keepdims=True)
    return np.array(losses.mean()), np.where(others, e, mine)


# mlp_forward and mlp_backward: wrong


@wrong("mlp_backward")
class mlp_uses_the_values_before_relu_for_dw:
    """dw is made with z, what went into the relu, instead of a, what came out."""

    def mlp_forward(x, params):
        given, out = [x], x
        for i, (w, b) in enumerate(params):
            out = out @ w + b
            given.append(out)
            if i < len(params) - 1:
                out = np.maximum(out, 0.0)
        return out, (given, params)

    def mlp_backward(dout, cache):
        given, params = cache
        grads = []
        for i in range(len(params) - 1, -1, -1):
            if i < len(params) - 1:
                dout = dout * (given[i + 1] > 0)
            grads.append((given[i].T @ dout, dout.sum(axis=0)))
            dout = dout @ params[i][0].T
        return dout, grads[::-1]


@wrong("mlp_backward")
class mlp_gates_by_the_next_layer:
    """The gates of one relu are taken for those of its neighbour, where the shapes allow it."""

    def mlp_forward(x, params):
        zs, given, out = [], [], x
        for i, (w, b) in enumerate(params):
            given.append(out)
            out = out @ w + b
            zs.append(out)
            if i < len(params) - 1:
                out = np.maximum(out, 0.0)
        return out, (zs, given, params)

    def mlp_backward(dout, cache):
        zs, given, params = cache
        grads = []
        for i in range(len(params) - 1, -1, -1):
            if i < len(params) - 1:
                z = zs[i + 1] if zs[i + 1].shape == dout.shape else zs[i]
                dout = dout * (z > 0)
            grads.append((given[i].T @ dout, dout.sum(axis=0)))
            dout = dout @ params[i][0].T
        return dout, grads[::-1]


@wrong("mlp_backward")
def mlp_forgets_the_relus_on_the_way_back(dout, cache):
    """Only the linear layers are walked back."""
    caches, linear = cache
    dx, dw, db = linear_backward(dout, linear)
    grads = [(dw, db)]
    for linear, _ in reversed(caches):
        dx, dw, db = linear_backward(dx, linear)
        grads.append((dw, db))
    return dx, grads[::-1]


@wrong("mlp_backward")
def mlp_gates_after_the_linear_layer(dout, cache):
    """Each relu is undone after the linear layer before it, where the shapes allow it."""
    caches, linear = cache
    dx, dw, db = linear_backward(dout, linear)
    grads = [(dw, db)]
    for linear, relu in reversed(caches):
        dx, dw, db = linear_backward(dx, linear)
        if dx.shape == relu.shape:
            dx = relu_backward(dx, relu)
        grads.append((dw, db))
    return dx, grads[::-1]


@wrong("mlp_backward")
def mlp_returns_the_pairs_from_the_output_on(dout, cache):
    """The list is in the order of the walk, not of params."""
    caches, linear = cache
    dx, dw, db = linear_backward(dout, linear)
    grads = [(dw, db)]
    for linear, relu in reversed(caches):
        dx, dw, db = linear_backward(relu_backward(dx, relu), linear)
        grads.append((dw, db))
    return dx, grads


@wrong("mlp_backward")
def mlp_returns_bias_before_weight(dout, cache):
    """Pairs are (db, dw)."""
    caches, linear = cache
    dx, dw, db = linear_backward(dout, linear)
    grads = [(db, dw)]
    for linear, relu in reversed(caches):
        dx, dw, db = linear_backward(relu_backward(dx, relu), linear)
        grads.append((db, dw))
    return dx, grads[::-1]


@wrong("mlp_backward")
def mlp_returns_one_flat_list(dout, cache):
    """dw, db, dw, db instead of pairs."""
    caches, linear = cache
    dx, dw, db = linear_backward(dout, linear)
    grads = [dw, db]
    for linear, relu in reversed(caches):
        dx, dw, db = linear_backward(relu_backward(dx, relu), linear)
        grads = [dw, db, *grads]
    return dx, grads


@wrong("mlp_backward")
def mlp_stops_before_the_input(dout, cache):
    """dx is the gradient of the first layer's output."""
    caches, linear = cache
    dx, dw, db = linear_backward(dout, linear)
    grads = [(dw, db)]
    stopped = dout
    for linear, relu in reversed(caches):
        stopped = relu_backward(dx, relu)
        dx, dw, db = linear_backward(stopped, linear)
        grads.append((dw, db))
    return stopped, grads[::-1]


@wrong("mlp_backward")
def mlp_without_dx(dout, cache):
    """grads alone."""
    caches, linear = cache
    dx, dw, db = linear_backward(dout, linear)
    grads = [(dw, db)]
    for linear, relu in reversed(caches):
        dx, dw, db = linear_backward(relu_backward(dx, relu), linear)
        grads.append((dw, db))
    return grads[::-1]


@wrong("mlp_backward")
def mlp_averages_over_the_batch(dout, cache):
    """All parameter gradients are divided by n once more."""
    caches, linear = cache
    dx, dw, db = linear_backward(dout, linear)
    grads = [(dw / len(dout), db / len(dout))]
    for linear, relu in reversed(caches):
        dx, dw, db = linear_backward(relu_backward(dx, relu), linear)
        grads.append((dw / len(dout), db / len(dout)))
    return dx, grads[::-1]


@wrong("mlp_backward")
def mlp_uses_up_its_cache(dout, cache):
    """Right gradients, but the list in the cache is emptied on the way."""
    caches, linear = cache
    dx, dw, db = linear_backward(dout, linear)
    grads = [(dw, db)]
    while caches:
        linear, relu = caches.pop()
        dx, dw, db = linear_backward(relu_backward(dx, relu), linear)
        grads.insert(0, (dw, db))
    return dx, grads


@wrong("mlp_backward", replaces="mlp_forward")
def mlp_forward_with_relu_on_the_logits(x, params):
    """The last layer has a relu too."""
    caches, out = [], x
    for w, b in params[:-1]:
        out, linear = linear_forward(out, w, b)
        out, relu = relu_forward(out)
        caches.append((linear, relu))
    out, linear = linear_forward(out, *params[-1])
    return np.maximum(out, 0.0), (caches, linear)


@wrong("mlp_backward")
class mlp_without_any_relu:
    """One long linear map, consistently differentiated."""

    def mlp_forward(x, params):
        caches, out = [], x
        for w, b in params:
            out, cache = linear_forward(out, w, b)
            caches.append(cache)
        return out, caches

    def mlp_backward(dout, cache):
        grads = []
        for linear in reversed(cache):
            dout, dw, db = linear_backward(dout, linear)
            grads.append((dw, db))
        return dout, grads[::-1]


@wrong("mlp_backward", replaces="mlp_forward")
def mlp_forward_eats_params(x, params):
    """Right values, but the caller's list loses its last pair."""
    caches, out = [], x
    last = params.pop()
    for w, b in params:
        out, linear = linear_forward(out, w, b)
        out, relu = relu_forward(out)
        caches.append((linear, relu))
    out, linear = linear_forward(out, *last)
    return out, (caches, linear)


@wrong("mlp_backward")
class mlp_keeps_its_caches_in_a_global:
    """A global list of caches that every forward pass starts anew."""

    def mlp_forward(x, params):
        global _caches
        _caches = []
        for w, b in params[:-1]:
            x, linear = linear_forward(x, w, b)
            x, relu = relu_forward(x)
            _caches.append((linear, relu))
        return linear_forward(x, *params[-1])

    def mlp_backward(dout, cache):
        dx, dw, db = linear_backward(dout, cache)
        grads = [(dw, db)]
        for linear, relu in reversed(_caches):
            dx, dw, db = linear_backward(relu_backward(dx, relu), linear)
            grads.append((dw, db))
        return dx, grads[::-1]


# mlp_forward and mlp_backward: right


@right("mlp_backward")
class mlp_fused:
    """Relu and linear layer in one formula, with the activations as cache."""

    def mlp_forward(x, params):
        given = [x]
        for w, b in params[:-1]:
            given.append(np.maximum(given[-1] @ w + b, 0.0))
        w, b = params[-1]
        return given[-1] @ w + b, (given, [w for w, _ in params])

    def mlp_backward(dout, cache):
        given, weights = cache
        grads = [None] * len(weights)
        for i in range(len(weights) - 1, -1, -1):
            grads[i] = given[i].T @ dout, dout.sum(0)
            dout = dout @ weights[i].T
            if i:
                dout = dout * (given[i] > 0)
        return dout, grads


@right("mlp_backward")
class mlp_in_chunks:
    """Two examples at a time, with the gradients of the chunks added up."""

    def mlp_forward(x, params):
        parts, caches = [], []
        for start in range(0, len(x), 2):
            out, steps = x[start : start + 2], []
            for i, (w, b) in enumerate(params):
                out, linear = linear_forward(out, w, b)
                steps.append((linear_backward, linear))
                if i + 1 < len(params):
                    out, relu = relu_forward(out)
                    steps.append((relu_backward, relu))
            parts.append(out)
            caches.append(steps)
        return np.concatenate(parts), caches

    def mlp_backward(dout, cache):
        rows, total = [], None
        for number, steps in enumerate(cache):
            part, found = dout[2 * number : 2 * number + 2], []
            for back, kept in reversed(steps):
                if back is relu_backward:
                    part = back(part, kept)
                else:
                    part, dw, db = back(part, kept)
                    found.insert(0, (dw, db))
            rows.append(part)
            if total is None:
                total = found
            else:
                pairs = zip(total, found, strict=True)
                total = [(a + c, b + d) for (a, b), (c, d) in pairs]
        return np.vstack(rows), total


@right("mlp_backward")
class mlp_by_recursion:
    """The network as its first layer and the rest; the cache is a function, pairs are lists."""

    def mlp_forward(x, params):
        (w, b), rest = params[0], params[1:]
        z, linear = linear_forward(x, w, b)
        if not rest:

            def last(dout):
                dx, dw, db = linear_backward(dout, linear)
                return dx, [[dw, db]]

            return z, last
        a, relu = relu_forward(z)
        out, after = mlp_forward(a, rest)  # noqa: F821

        def back(dout):
            da, grads = after(dout)
            dx, dw, db = linear_backward(relu_backward(da, relu), linear)
            return dx, [[dw, db], *grads]

        return out, back

    def mlp_backward(dout, cache):
        return cache(dout)


@right("mlp_backward")
class mlp_that_runs_forward_again:
    """The cache holds the input alone, and the backward pass repeats the forward pass."""

    def mlp_forward(x, params):
        out = x
        for w, b in params[:-1]:
            out = np.maximum(out @ w + b, 0.0)
        return out @ params[-1][0] + params[-1][1], {"x": x, "params": params}

    def mlp_backward(dout, cache):
        kept, out = [], cache["x"]
        for w, b in cache["params"]:
            kept.append((out, w, out @ w + b))
            out = np.maximum(out @ w + b, 0.0)
        grads = []
        for number, (given, w, z) in enumerate(reversed(kept)):
            dz = dout if number == 0 else np.where(z > 0, dout, 0.0)
            grads.append((given.T @ dz, dz.sum(axis=0)))
            dout = dz @ w.T
        return dout, tuple(reversed(grads))


@right("mlp_backward")
class mlp_with_an_object_for_each_layer:
    """Layers as objects of a class of the student's own; pairs come out of a reversed loop."""

    def mlp_forward(x, params):
        class Layer:
            def __init__(self, w, b, last):
                self.w, self.b, self.last = w, b, last

            def forward(self, x):
                self.x = x
                z = x.dot(self.w) + self.b
                self.open = np.ones(z.shape) if self.last else (z > 0).astype(float)
                return z * self.open

            def backward(self, dout):
                dz = dout * self.open
                return dz.dot(self.w.T), (self.x.T.dot(dz), dz.sum(axis=0))

        layers = [Layer(w, b, i == len(params) - 1) for i, (w, b) in enumerate(params)]
        for layer in layers:
            x = layer.forward(x)
        return x, layers

    def mlp_backward(dout, cache):
        grads = {}
        for i in reversed(range(len(cache))):
            dout, grads[i] = cache[i].backward(dout)
        return dout, [grads[i] for i in range(len(cache))]


@right("mlp_backward")
class mlp_with_examples_in_columns:
    """Everything transposed; the cache is a chain of closures, one inside the other."""

    def mlp_forward(x, params):
        column_wise, chain = x.T, None
        for number, (w, b) in enumerate(params):
            gate = column_wise > 0 if number else np.ones(column_wise.shape, dtype=bool)
            column_wise = np.where(gate, column_wise, 0.0)

            def back(g, w=w, a=column_wise, gate=gate):
                return np.where(gate, w @ g, 0.0), ((g @ a.T).T, g.sum(axis=1))

            chain = (back, chain)
            column_wise = w.T @ column_wise + b[:, np.newaxis]
        return column_wise.T, chain

    def mlp_backward(dout, cache):
        g, grads = dout.T, []
        while cache is not None:
            back, cache = cache
            g, pair = back(g)
            grads = [pair, *grads]
        return g.T, grads


# numerical_gradient: wrong


@wrong("numerical_gradient")
def numerical_forward_difference(f, x, h=1e-5):
    """One side only."""
    grad = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        above = x.copy()
        above[index] += h
        grad[index] = (f(above) - f(x)) / h
    return grad


@wrong("numerical_gradient")
def numerical_divides_by_h(f, x, h=1e-5):
    """Both sides, but divided by h: everything doubles."""
    grad = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h
        below[index] -= h
        grad[index] = (f(above) - f(below)) / h
    return grad


@wrong("numerical_gradient")
def numerical_precedence(f, x, h=1e-5):
    """/ 2 * h for / (2 * h)."""
    grad = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h
        below[index] -= h
        grad[index] = (f(above) - f(below)) / 2 * h
    return grad


@wrong("numerical_gradient")
def numerical_steps_half_as_far(f, x, h=1e-5):
    """Half a step to each side, h apart in all."""
    grad = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h / 2
        below[index] -= h / 2
        grad[index] = (f(above) - f(below)) / h
    return grad


@wrong("numerical_gradient")
def numerical_never_steps_back(f, x, h=1e-5):
    """Entries stay moved while the next ones are measured."""
    grad, moved = np.zeros(x.shape), x.copy()
    for index in np.ndindex(x.shape):
        moved[index] += h
        above = f(moved)
        moved[index] -= 2 * h
        grad[index] = (above - f(moved)) / (2 * h)
    return grad


@wrong("numerical_gradient")
def numerical_moves_all_entries_at_once(f, x, h=1e-5):
    """x + h moves every entry."""
    grad = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        grad[index] = (f(x + h) - f(x - h)) / (2 * h)
    return grad


@wrong("numerical_gradient")
def numerical_restores_by_arithmetic(f, x, h=1e-5):
    """x comes back only nearly: + h - 2h + h rounds."""
    grad = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        x[index] += h
        above = f(x)
        x[index] -= 2 * h
        below = f(x)
        x[index] += h
        grad[index] = (above - below) / (2 * h)
    return grad


@wrong("numerical_gradient")
def numerical_writes_to_a_flat_copy(f, x, h=1e-5):
    """x.reshape(-1) is a copy when x is not contiguous, and then f sees nothing move."""
    grad = np.zeros(x.size)
    flat = x.reshape(-1)
    for i in range(x.size):
        old = flat[i]
        flat[i] = old + h
        above = f(x)
        flat[i] = old - h
        below = f(x)
        flat[i] = old
        grad[i] = (above - below) / (2 * h)
    return grad.reshape(x.shape)


@wrong("numerical_gradient")
def numerical_returns_it_flat(f, x, h=1e-5):
    """A vector, whatever the shape of x."""
    grad = []
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h
        below[index] -= h
        grad.append((f(above) - f(below)) / (2 * h))
    return np.array(grad)


@wrong("numerical_gradient")
def numerical_for_two_axes_only(f, x, h=1e-5):
    """Two nested loops: matrices work, other arrays do not."""
    grad = np.zeros(x.shape)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            above, below = x.copy(), x.copy()
            above[i, j] += h
            below[i, j] -= h
            grad[i, j] = (f(above) - f(below)) / (2 * h)
    return grad


@wrong("numerical_gradient")
def numerical_with_a_relative_step(f, x, h=1e-5):
    """The step grows with the entry, which the formula does not say."""
    grad = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        step = h * max(1.0, abs(x[index]))
        above, below = x.copy(), x.copy()
        above[index] += step
        below[index] -= step
        grad[index] = (f(above) - f(below)) / (2 * step)
    return grad


@wrong("numerical_gradient")
def numerical_ignores_h(f, x, h=1e-5):
    """1e-5, whatever was asked for."""
    grad = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += 1e-5
        below[index] -= 1e-5
        grad[index] = (f(above) - f(below)) / 2e-5
    return grad


@wrong("numerical_gradient")
def numerical_rounds(f, x, h=1e-5):
    """Six decimals ought to be enough."""
    grad = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h
        below[index] -= h
        grad[index] = round((f(above) - f(below)) / (2 * h), 6)
    return grad


# numerical_gradient: right


@right("numerical_gradient")
def numerical_in_place(f, x, h=1e-5):
    """Entries of x itself move, and the old values are kept."""
    grad = np.empty_like(x)
    for index in np.ndindex(*x.shape):
        old = x[index]
        x[index] = old + h
        above = f(x)
        x[index] = old - h
        below = f(x)
        x[index] = old
        grad[index] = (above - below) / (2.0 * h)
    return grad


@right("numerical_gradient")
def numerical_by_unit_vectors(f, x, h=1e-5):
    """A comprehension over the rows of a unit matrix, reshaped."""
    units = np.eye(x.size).reshape((x.size, *x.shape)) if x.size else []
    return np.array([(f(x + h * e) - f(x - h * e)) / (2 * h) for e in units]).reshape(x.shape)


@right("numerical_gradient")
def numerical_by_nditer(f, x, h=1e-5):
    """numpy's iterator with multi_index, and f as float."""
    grad, work = np.zeros_like(x), np.array(x)
    places = np.nditer(x, flags=["multi_index", "zerosize_ok"])
    while not places.finished and x.size:
        index = places.multi_index
        values = []
        for step in (h, -h):
            work[index] = x[index] + step
            values.append(float(f(work.copy())))
        work[index] = x[index]
        grad[index] = (values[0] - values[1]) / h / 2
        places.iternext()
    return grad


@right("numerical_gradient")
def numerical_flat_copies(f, x, h=1e-5):
    """Flat copies, brought back into shape for f."""
    flat = x.ravel().copy()
    grad = np.zeros(flat.shape)
    for i in range(flat.size):
        sides = []
        for sign in (-1, 1):
            moved = flat.copy()
            moved[i] += sign * h
            sides.append(f(moved.reshape(x.shape)))
        grad[i] = (sides[1] - sides[0]) / (2 * h)
    return grad.reshape(x.shape)


@right("numerical_gradient")
def numerical_with_the_true_distance(f, x, h=1e-5):
    """Divided by the distance that the rounded steps really have; a float for a 0-d x."""
    grad = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h
        below[index] -= h
        grad[index] = (f(above) - f(below)) / (above[index] - below[index])
    return grad if x.ndim else float(grad)


# gradient_check: wrong


@wrong("gradient_check")
def check_is_absolute(f, x, grad, h=1e-5):
    """The bare difference, not in proportion to anything."""
    if grad.shape != x.shape:
        raise ValueError("the shapes differ")
    numeric = numerical_gradient(f, x, h)
    difference = np.max(np.abs(grad - numeric), initial=0.0)
    return difference if np.isfinite(difference) else np.inf


@wrong("gradient_check")
def check_with_a_fixed_floor(f, x, grad, h=1e-5):
    """1e-8 in the denominator, whatever the size of f."""
    if grad.shape != x.shape:
        raise ValueError("the shapes differ")
    numeric = numerical_gradient(f, x, h)
    difference = np.max(np.abs(grad - numeric), initial=0.0)
    if not np.isfinite(difference):
        return np.inf
    size = max(np.max(np.abs(grad), initial=0.0), np.max(np.abs(numeric), initial=0.0))
    return difference / max(size, 1e-8)


@wrong("gradient_check")
def check_without_floor(f, x, grad, h=1e-5):
    """Rounding noise against rounding noise is a false alarm."""
    if grad.shape != x.shape:
        raise ValueError("the shapes differ")
    numeric = numerical_gradient(f, x, h)
    difference = np.max(np.abs(grad - numeric), initial=0.0)
    if not np.isfinite(difference):
        return np.inf
    if difference == 0:
        return 0.0
    return difference / max(np.max(np.abs(grad)), np.max(np.abs(numeric)))


@wrong("gradient_check")
def check_divides_zero_by_zero(f, x, grad, h=1e-5):
    """NaN where f, gradient and difference are all 0."""
    if grad.shape != x.shape:
        raise ValueError("the shapes differ")
    numeric = numerical_gradient(f, x, h)
    if not x.size:
        return 0.0
    difference = np.max(np.abs(grad - numeric))
    if not np.isfinite(difference):
        return np.inf
    floor = 1e-9 * np.abs(f(x)) / h
    return difference / np.float64(max(np.max(np.abs(grad)), np.max(np.abs(numeric)), floor))


@wrong("gradient_check")
def check_floor_with_the_sign_of_f(f, x, grad, h=1e-5):
    """The floor is negative where f is."""
    if grad.shape != x.shape:
        raise ValueError("the shapes differ")
    numeric = numerical_gradient(f, x, h)
    difference = np.max(np.abs(grad - numeric), initial=0.0)
    if not np.isfinite(difference):
        return np.inf
    if difference == 0:
        return 0.0
    floor = 1e-9 * f(x) / h
    return difference / max(np.max(np.abs(grad)), np.max(np.abs(numeric)), floor)


@wrong("gradient_check")
def check_floor_for_the_default_step(f, x, grad, h=1e-5):
    """The floor does not know h."""
    if grad.shape != x.shape:
        raise ValueError("the shapes differ")
    numeric = numerical_gradient(f, x, h)
    difference = np.max(np.abs(grad - numeric), initial=0.0)
    if not np.isfinite(difference):
        return np.inf
    if difference == 0:
        return 0.0
    floor = 1e-4 * abs(f(x))
    return difference / max(np.max(np.abs(grad)), np.max(np.abs(numeric)), floor)


@wrong("gradient_check")
def check_takes_the_mean(f, x, grad, h=1e-5):
    """The mean difference: one wrong entry among many hardly shows."""
    if grad.shape != x.shape:
        raise ValueError("the shapes differ")
    if not x.size:
        return 0.0
    numeric = numerical_gradient(f, x, h)
    difference = np.mean(np.abs(grad - numeric))
    if not np.isfinite(difference):
        return np.inf
    if difference == 0:
        return 0.0
    floor = 1e-9 * abs(f(x)) / h
    return difference / max(np.max(np.abs(grad)), np.max(np.abs(numeric)), floor)


@wrong("gradient_check")
def check_entry_by_entry(f, x, grad, h=1e-5):
    """Each difference against its own entry: tiny entries sound the alarm."""
    if grad.shape != x.shape:
        raise ValueError("the shapes differ")
    numeric = numerical_gradient(f, x, h)
    floor = 1e-9 * abs(f(x)) / h
    size = np.maximum(np.maximum(np.abs(grad), np.abs(numeric)), max(floor, 1e-300))
    error = np.max(np.abs(grad - numeric) / size, initial=0.0)
    return error if np.isfinite(error) else np.inf


@wrong("gradient_check")
def check_by_the_popular_formula(f, x, grad, h=1e-5):
    """Entry by entry, over the sum of both sizes or 1e-8: the formula of many lecture notes."""
    if grad.shape != x.shape:
        raise ValueError("the shapes differ")
    numeric = numerical_gradient(f, x, h)
    size = np.maximum(np.abs(grad) + np.abs(numeric), 1e-8)
    error = np.max(np.abs(grad - numeric) / size, initial=0.0)
    return error if np.isfinite(error) else np.inf


@wrong("gradient_check")
def check_looks_at_grad_only(f, x, grad, h=1e-5):
    """A measured gradient of NaN makes the error NaN."""
    if grad.shape != x.shape:
        raise ValueError("the shapes differ")
    if not np.all(np.isfinite(grad)):
        return np.inf
    numeric = numerical_gradient(f, x, h)
    difference = np.max(np.abs(grad - numeric), initial=0.0)
    if difference == 0:
        return 0.0
    floor = 1e-9 * abs(f(x)) / h
    return difference / max(np.max(np.abs(grad)), np.max(np.abs(numeric)), floor)


@wrong("gradient_check")
def check_forgets_the_absolute_value(f, x, grad, h=1e-5):
    """The largest signed difference: gradients that are too small pass."""
    if grad.shape != x.shape:
        raise ValueError("the shapes differ")
    numeric = numerical_gradient(f, x, h)
    difference = np.max(grad - numeric, initial=0.0)
    if not np.isfinite(np.sum(grad - numeric)):
        return np.inf
    if difference == 0:
        return 0.0
    floor = 1e-9 * abs(f(x)) / h
    return difference / max(np.max(np.abs(grad)), np.max(np.abs(numeric)), floor)


@wrong("gradient_check")
def check_divides_by_the_sum(f, x, grad, h=1e-5):
    """Largest of one plus largest of the other, as other books have it: half the error."""
    if grad.shape != x.shape:
        raise ValueError("the shapes differ")
    numeric = numerical_gradient(f, x, h)
    difference = np.max(np.abs(grad - numeric), initial=0.0)
    if not np.isfinite(difference):
        return np.inf
    if difference == 0:
        return 0.0
    floor = 1e-9 * abs(f(x)) / h
    return difference / max(np.max(np.abs(grad)) + np.max(np.abs(numeric)), floor)


@wrong("gradient_check")
def check_divides_by_the_numeric_one_only(f, x, grad, h=1e-5):
    """A gradient ten times too large has an error of 9."""
    if grad.shape != x.shape:
        raise ValueError("the shapes differ")
    numeric = numerical_gradient(f, x, h)
    difference = np.max(np.abs(grad - numeric), initial=0.0)
    if not np.isfinite(difference):
        return np.inf
    if difference == 0:
        return 0.0
    return difference / max(np.max(np.abs(numeric)), 1e-9 * abs(f(x)) / h)


@wrong("gradient_check")
def check_lets_nan_pass(f, x, grad, h=1e-5):
    """NaN comes back as NaN, which is not larger than any limit."""
    if grad.shape != x.shape:
        raise ValueError("the shapes differ")
    numeric = numerical_gradient(f, x, h)
    difference = float(np.max(np.abs(grad - numeric), initial=0.0))
    if difference == 0:
        return 0.0
    floor = 1e-9 * abs(f(x)) / h
    return difference / max(np.max(np.abs(grad)), np.max(np.abs(numeric)), floor)


@wrong("gradient_check")
def check_skips_nan(f, x, grad, h=1e-5):
    """np.nanmax: entries that are NaN are left out."""
    if grad.shape != x.shape:
        raise ValueError("the shapes differ")
    numeric = numerical_gradient(f, x, h)
    difference = np.nanmax(np.abs(grad - numeric), initial=0.0)
    if difference == 0:
        return 0.0
    if not np.isfinite(difference):
        return np.inf
    floor = 1e-9 * abs(f(x)) / h
    return difference / max(np.nanmax(np.abs(grad)), np.nanmax(np.abs(numeric)), floor)


@wrong("gradient_check")
def check_broadcasts(f, x, grad, h=1e-5):
    """A gradient of another shape is compared as numpy likes it."""
    numeric = numerical_gradient(f, x, h)
    difference = np.max(np.abs(grad - numeric), initial=0.0)
    if not np.isfinite(difference):
        return np.inf
    if difference == 0:
        return 0.0
    floor = 1e-9 * abs(f(x)) / h
    return difference / max(np.max(np.abs(grad)), np.max(np.abs(numeric)), floor)


@wrong("gradient_check")
def check_asserts_the_shape(f, x, grad, h=1e-5):
    """AssertionError where ValueError is promised."""
    assert grad.shape == x.shape
    numeric = numerical_gradient(f, x, h)
    difference = np.max(np.abs(grad - numeric), initial=0.0)
    if not np.isfinite(difference):
        return np.inf
    if difference == 0:
        return 0.0
    floor = 1e-9 * abs(f(x)) / h
    return difference / max(np.max(np.abs(grad)), np.max(np.abs(numeric)), floor)


@wrong("gradient_check")
def check_does_not_pass_h_on(f, x, grad, h=1e-5):
    """The numerical gradient is always taken with the default step."""
    if grad.shape != x.shape:
        raise ValueError("the shapes differ")
    numeric = numerical_gradient(f, x)
    difference = np.max(np.abs(grad - numeric), initial=0.0)
    if not np.isfinite(difference):
        return np.inf
    if difference == 0:
        return 0.0
    floor = 1e-9 * abs(f(x)) / h
    return difference / max(np.max(np.abs(grad)), np.max(np.abs(numeric)), floor)


@wrong("gradient_check")
def check_answers_yes_or_no(f, x, grad, h=1e-5):
    """True or False instead of the error."""
    if grad.shape != x.shape:
        raise ValueError("the shapes differ")
    return bool(np.allclose(grad, numerical_gradient(f, x, h), rtol=1e-6, atol=0.0))


@wrong("gradient_check")
def check_takes_the_euclidean_norm(f, x, grad, h=1e-5):
    """Norms instead of largest entries: one wrong entry among many is watered down."""
    if grad.shape != x.shape:
        raise ValueError("the shapes differ")
    numeric = numerical_gradient(f, x, h)
    difference = np.linalg.norm((grad - numeric).ravel())
    if not np.isfinite(difference):
        return np.inf
    if difference == 0:
        return 0.0
    floor = 1e-9 * abs(f(x)) / h
    sizes = np.linalg.norm(grad.ravel()), np.linalg.norm(numeric.ravel())
    return difference / max(*sizes, floor)


@wrong("gradient_check")
def check_fails_without_entries(f, x, grad, h=1e-5):
    """The largest entry of nothing raises an error."""
    if grad.shape != x.shape:
        raise ValueError("the shapes differ")
    numeric = numerical_gradient(f, x, h)
    difference = np.max(np.abs(grad - numeric))
    if not np.isfinite(difference):
        return np.inf
    if difference == 0:
        return 0.0
    floor = 1e-9 * abs(f(x)) / h
    return difference / max(np.max(np.abs(grad)), np.max(np.abs(numeric)), floor)


# gradient_check: right


@right("gradient_check")
def check_in_another_order(f, x, grad, h=1e-5):
    """Sizes first, infinity last, and a numpy float."""
    if np.shape(grad) != np.shape(x):
        raise ValueError(f"{grad.shape} is not {x.shape}")
    numeric = numerical_gradient(f, x, h)
    if not (np.all(np.isfinite(grad)) and np.all(np.isfinite(numeric))):
        return np.float64(np.inf)
    sizes = [np.abs(a).max(initial=0.0) for a in (grad - numeric, grad, numeric)]
    if sizes[0] == 0.0:
        return np.float64(0.0)
    return sizes[0] / np.max([sizes[1], sizes[2], np.abs(f(x)) / h * 1e-9])


@right("gradient_check")
def check_in_plain_python(f, x, grad, h=1e-5):
    """Lists of floats and Python's own max."""
    import math

    if grad.shape != x.shape:
        raise ValueError("the shapes differ")
    mine = [float(v) for v in grad.ravel()]
    theirs = [float(v) for v in numerical_gradient(f, x, h).ravel()]
    if any(math.isnan(v) or math.isinf(v) for v in mine + theirs):
        return math.inf
    worst = max((abs(a - b) for a, b in zip(mine, theirs, strict=True)), default=0.0)
    floor = abs(f(x)) * 1e-9 / h
    largest = max([abs(v) for v in mine + theirs] + [floor])
    return worst / largest if worst > 0 else 0.0


@right("gradient_check")
def check_with_its_own_differences(f, x, grad, h=1e-5):
    """Does not call numerical_gradient, and gives an array without axes."""
    if grad.shape != x.shape:
        raise ValueError("the shapes differ")
    numeric = np.zeros(x.shape)
    for index in np.ndindex(*x.shape):
        unit = np.zeros(x.shape)
        unit[index] = h
        numeric[index] = (f(x + unit) - f(x - unit)) / (2 * h)
    both = np.stack([grad, numeric])
    if not np.isfinite(both).all():
        return np.array(np.inf)
    gap = np.abs(np.diff(both, axis=0)).max(initial=0.0)
    if not gap:
        return np.array(0.0)
    return np.array(gap / np.abs(both).max(initial=1e-9 * abs(f(x)) / h))
