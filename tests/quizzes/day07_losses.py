"""Independent computations for the deck of day 07."""

from __future__ import annotations

import torch
from quiz_oracles import oracle
from torch.nn import functional


def f64(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


@oracle("huber-value")
def huber_value(e: float, delta: float) -> float:
    return float(functional.huber_loss(f64(e), f64(0), delta=delta))


@oracle("loss-msle-value")
def loss_msle_value(p: float, t: float) -> float:
    return float(functional.mse_loss(torch.log1p(f64(p)), torch.log1p(f64(t))))


def _slope(p: float, squared: bool) -> float:
    logit = torch.logit(f64(p)).requires_grad_()
    if squared:
        loss = functional.mse_loss(torch.sigmoid(logit), f64(1))
    else:
        loss = functional.binary_cross_entropy_with_logits(logit, f64(1))
    loss.backward()
    assert logit.grad is not None
    return float(logit.grad)


@oracle("loss-mse-sigmoid-gradient")
def loss_mse_sigmoid_gradient(p: float) -> float:
    return _slope(p, squared=True)


@oracle("bce-gradient-value")
def bce_gradient_value(p: float) -> float:
    return _slope(p, squared=False)


@oracle("crossentropy-uniform")
def crossentropy_uniform(c: int) -> float:
    logits = torch.zeros(1, c, dtype=torch.float64)
    return float(functional.cross_entropy(logits, torch.tensor([0])))


@oracle("crossentropy-smoothing")
def crossentropy_smoothing(a: float, c: int) -> float:
    """The share of the right class's log-probability in the loss, by autograd."""
    logs = torch.zeros(1, c, dtype=torch.float64, requires_grad=True)
    loss = functional.cross_entropy(logs, torch.tensor([0]), label_smoothing=a)
    (slope,) = torch.autograd.grad(loss, logs)
    return float(1 / c - slope[0, 0])


@oracle("hinge-value")
def hinge_value(y: int, s: float) -> float:
    return float(functional.hinge_embedding_loss(f64(y * s), f64(-1), margin=1.0))


@oracle("focal-weight")
def focal_weight(p: float, g: int) -> float:
    """The product of g factors."""
    factor = 1.0
    for _ in range(g):
        factor *= 1 - p
    return factor
