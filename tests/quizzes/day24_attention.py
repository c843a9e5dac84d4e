"""Independent computations for the deck of day 24."""

from __future__ import annotations

import torch
from quiz_oracles import oracle
from torch import nn


@oracle("attention-score-spread")
def attention_score_spread(d: int) -> float:
    """Exactly, over entries of +1 and -1: the variance of a sum, built up entry by entry."""
    values = torch.tensor([1.0, -1.0], dtype=torch.float64)
    products = torch.outer(values, values).flatten()
    variance = sum(float(products.var(unbiased=False)) for _ in range(d))
    return float(torch.tensor(variance, dtype=torch.float64).sqrt())


@oracle("attention-softmax-two")
def attention_softmax_two(a: float, b: float) -> float:
    return float(torch.tensor([a, b], dtype=torch.float64).softmax(0)[0])


@oracle("attention-flops")
def attention_flops(t: int, d: int) -> int:
    """Multiplications as torch counts them: two operations for each."""
    from torch.utils.flop_counter import FlopCounterMode

    q = torch.zeros(t, d)
    with FlopCounterMode(display=False) as counter:
        torch.mm(torch.mm(q, q.T).softmax(1), q)
    return int(counter.get_total_flops()) // 2


@oracle("attention-memory")
def attention_memory(h: int, t: int) -> float:
    scores = torch.empty(h, t, t, device="meta")
    return scores.numel() * scores.element_size() / 2**20


@oracle("multihead-parameters")
def multihead_parameters(e: int, h: int) -> int:
    return sum(parameter.numel() for parameter in nn.MultiheadAttention(e, h).parameters())


@oracle("multihead-shape")
def multihead_shape(n: int, t: int, e: int, h: int) -> tuple[int, ...]:
    heads = torch.zeros(n, t, e).chunk(h, dim=2)
    return tuple(torch.stack(heads, dim=1).shape)
