"""Independent computations for the deck of day 15."""

from __future__ import annotations

import torch
from quiz_oracles import oracle
from torch import nn


def size(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@oracle("pool-output-size")
def pool_output_size(n: int, k: int, s: int) -> int:
    return nn.MaxPool2d(k, s)(torch.zeros(1, 1, n, n)).shape[-1]


@oracle("pool-ceil-mode")
def pool_ceil_mode(n: int, k: int, s: int) -> int:
    return nn.MaxPool2d(k, s, ceil_mode=True)(torch.zeros(1, 1, n, n)).shape[-1]


@oracle("cnn-flatten-size")
def cnn_flatten_size(c: int, n: int) -> int:
    return nn.Sequential(nn.MaxPool2d(2), nn.Flatten())(torch.zeros(1, c, n, n)).shape[1]


@oracle("cnn-flatten-parameters")
def cnn_flatten_parameters(c: int, n: int, m: int) -> int:
    features = nn.Flatten()(torch.zeros(1, c, n, n)).shape[1]
    return size(nn.Linear(features, m))


def field(net: nn.Module, side: int = 64) -> int:
    """How many input rows the middle output depends on, by autograd with positive weights."""
    for parameter in net.parameters():
        nn.init.ones_(parameter)
    x = torch.ones(1, 1, side, side, requires_grad=True)
    y = net(x)
    y[0, 0, y.shape[2] // 2, y.shape[3] // 2].backward()
    assert x.grad is not None
    return int((x.grad[0, 0].sum(dim=1) != 0).sum())


@oracle("receptive-field-stack")
def receptive_field_stack(l: int, k: int) -> int:  # noqa: E741
    return field(nn.Sequential(*(nn.Conv2d(1, 1, k, bias=False) for _ in range(l))))


@oracle("receptive-field-pool")
def receptive_field_pool(a: int, b: int) -> int:
    return field(
        nn.Sequential(
            nn.Conv2d(1, 1, a, bias=False), nn.AvgPool2d(2), nn.Conv2d(1, 1, b, bias=False)
        )
    )


@oracle("lenet-conv-layer")
def lenet_conv_layer(f: int, c: int, k: int) -> int:
    return size(nn.Conv2d(c, f, k))
