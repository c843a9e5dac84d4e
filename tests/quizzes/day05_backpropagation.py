"""Independent computations for the deck of day 05."""

from __future__ import annotations

import torch
from quiz_oracles import oracle


@oracle("backprop-cost")
def backprop_cost(n: int, d: int, m: int) -> int:
    """Every multiplication of the two products, counted in loops."""
    dx = sum(1 for _ in range(n) for _ in range(d) for _ in range(m))
    dw = sum(1 for _ in range(d) for _ in range(m) for _ in range(n))
    return dx + dw


@oracle("backprop-square-of-sum")
def backprop_square_of_sum(a: int, b: int, x: int) -> float:
    point = torch.tensor(float(x), dtype=torch.float64, requires_grad=True)
    ((a * point + b) ** 2).backward()
    assert point.grad is not None
    return float(point.grad)


@oracle("softmax-gradient-value")
def softmax_gradient_value(p: float) -> float:
    """By autograd, with a second class that has the rest of the probability."""
    logits = torch.log(torch.tensor([[p, 1 - p]], dtype=torch.float64)).requires_grad_()
    torch.nn.functional.cross_entropy(logits, torch.tensor([0])).backward()
    assert logits.grad is not None
    return float(logits.grad[0, 0])


@oracle("backprop-activation-memory")
def backprop_activation_memory(l: int, n: int, h: int) -> float:  # noqa: E741
    kept = [torch.empty(n, h) for _ in range(l)]
    return sum(one.element_size() * one.numel() for one in kept) / 1024


@oracle("gradcheck-evaluations")
def gradcheck_evaluations(a: int, b: int) -> int:
    """Counted while a central difference runs."""
    calls = 0

    def loss(weights: torch.Tensor) -> torch.Tensor:
        nonlocal calls
        calls += 1
        return weights.sum()

    weights = torch.zeros(a * b)
    for i in range(a * b):
        for step in (1e-3, -1e-3):
            moved = weights.clone()
            moved[i] += step
            loss(moved)
    return calls
