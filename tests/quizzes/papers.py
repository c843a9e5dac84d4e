"""Independent computations for the papers' deck."""

from __future__ import annotations

import torch
from quiz_oracles import oracle
from torch import nn


class Subsampling(nn.Module):
    """LeNet-5's: the sum of four inputs, times a coefficient, plus a bias, for each map."""

    def __init__(self, maps: int) -> None:
        super().__init__()
        self.coefficient = nn.Parameter(torch.ones(maps, 1, 1))
        self.bias = nn.Parameter(torch.zeros(maps, 1, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return 4 * nn.functional.avg_pool2d(x, 2) * self.coefficient + self.bias


@oracle("lenet5-size")
def lenet5_size(m: int) -> int:
    layer = Subsampling(m)
    assert layer(torch.zeros(1, m, 4, 4)).shape == (1, m, 2, 2)
    return sum(parameter.numel() for parameter in layer.parameters())


@oracle("adam-paper-first-step")
def adam_paper_first_step(a: float, g: float) -> float:
    """By torch's own Adam."""
    weight = nn.Parameter(torch.zeros(1, dtype=torch.float64))
    weight.grad = torch.full((1,), float(g), dtype=torch.float64)
    torch.optim.Adam([weight], lr=a).step()
    return float(-weight.detach()[0])


@oracle("dropout-paper-scale")
def dropout_paper_scale(p: float) -> float:
    """The largest value that comes out of ones."""
    return float(nn.Dropout(p)(torch.ones(500, dtype=torch.float64)).max())
