"""Independent computations for the deck of day 14."""

from __future__ import annotations

import torch
from quiz_oracles import oracle
from torch import nn


def size(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@oracle("conv-output-size")
def conv_output_size(n: int, k: int, s: int, p: int) -> int:
    return nn.Conv2d(1, 1, k, stride=s, padding=p)(torch.zeros(1, 1, n, n)).shape[-1]


@oracle("conv-dilation-size")
def conv_dilation_size(n: int, k: int, d: int) -> int:
    return nn.Conv2d(1, 1, k, dilation=d)(torch.zeros(1, 1, n, n)).shape[-1]


@oracle("padding-same-amount")
def padding_same_amount(k: int, d: int) -> int:
    """The first padding that keeps a side of 40."""
    x = torch.zeros(1, 1, 40, 40)
    sides = (nn.Conv2d(1, 1, k, dilation=d, padding=p)(x).shape[-1] for p in range(20))
    return list(sides).index(40)


@oracle("conv-parameter-count")
def conv_parameter_count(f: int, c: int, k: int) -> int:
    return size(nn.Conv2d(c, f, k))


@oracle("conv-groups-parameters")
def conv_groups_parameters(c: int, f: int, k: int, g: int) -> int:
    return size(nn.Conv2d(c, f, k, groups=g, bias=False))


@oracle("conv-multiply-adds")
def conv_multiply_adds(f: int, c: int, k: int, h: int, w: int) -> int:
    """Counted from the windows that a convolution really looks at."""
    x = torch.zeros(1, c, h + k - 1, w + k - 1)
    windows = nn.functional.unfold(x, k)
    return f * windows.numel()


@oracle("conv-sparse-share")
def conv_sparse_share(k: int, n: int) -> float:
    """By autograd: which pixels one output depends on."""
    x = torch.ones(1, 1, n, n, requires_grad=True)
    y = nn.functional.conv2d(x, torch.ones(1, 1, k, k))
    y[0, 0, 0, 0].backward()
    assert x.grad is not None
    return float((x.grad != 0).double().mean())


@oracle("conv-dense-weights")
def conv_dense_weights(n: int, m: int) -> int:
    return size(nn.Linear(torch.empty(3, n, n).numel(), m, bias=False, device="meta"))


@oracle("im2col-memory")
def im2col_memory(c: int, k: int, h: int) -> float:
    columns = nn.functional.unfold(torch.zeros(1, c, h + k - 1, h + k - 1), k)
    return columns.numel() * columns.element_size() / 1024
