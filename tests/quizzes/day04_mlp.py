"""Independent computations for the deck of day 04."""

from __future__ import annotations

import torch
from quiz_oracles import oracle
from torch import nn


@oracle("mlp-parameter-count")
def mlp_parameter_count(a: int, h: int, c: int) -> int:
    net = nn.Sequential(nn.Linear(a, h), nn.ReLU(), nn.Linear(h, c))
    return sum(parameter.numel() for parameter in net.parameters())


@oracle("mlp-multiply-adds")
def mlp_multiply_adds(a: int, h: int, c: int) -> int:
    """Counted in the loops of two matrix-vector products."""
    count = 0
    for inputs, outputs in ((a, h), (h, c)):
        for _ in range(outputs):
            for _ in range(inputs):
                count += 1
    return count


@oracle("sigmoid-derivative-value")
def sigmoid_derivative_value(s: float) -> float:
    """By autograd, at the input where the sigmoid is s."""
    x = torch.logit(torch.tensor(s, dtype=torch.float64)).requires_grad_()
    (slope,) = torch.autograd.grad(torch.sigmoid(x), x)
    return float(slope)


@oracle("saturation-product")
def saturation_product(n: int) -> float:
    """By autograd, through n sigmoids that each get the input 0."""
    x = torch.zeros((), dtype=torch.float64, requires_grad=True)
    y = x
    for _ in range(n):
        y = torch.sigmoid(y) - 0.5
    (slope,) = torch.autograd.grad(y, x)
    return float(slope)


@oracle("relu-active-share")
def relu_active_share(n: int) -> float:
    """Over all pairs of a pre-activation and its mirror image, which are equally likely."""
    x = torch.linspace(0.1, 3, n)
    return float(((x > 0).sum() + (-x > 0).sum()) / 2)
