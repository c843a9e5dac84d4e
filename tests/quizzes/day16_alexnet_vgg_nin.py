"""Independent computations for the deck of day 16."""

from __future__ import annotations

import torch
from quiz_oracles import oracle
from torch import nn


def size(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@oracle("cnn-versus-first-layer")
def cnn_versus_first_layer(n: int, f: int) -> float:
    dense = nn.Linear(3 * n * n, f * n * n, bias=False, device="meta")
    return size(dense) / size(nn.Conv2d(3, f, 3, padding=1, bias=False))


@oracle("alexnet-first-conv")
def alexnet_first_conv(n: int, k: int, p: int) -> int:
    conv = nn.Conv2d(3, 1, k, stride=4, padding=p, device="meta")
    return conv(torch.zeros(1, 3, n, n, device="meta")).shape[-1]


@oracle("alexnet-fc-parameters")
def alexnet_fc_parameters(c: int, n: int, m: int) -> int:
    return size(nn.Linear(torch.empty(c, n, n).numel(), m, device="meta"))


@oracle("vgg-stack-weights")
def vgg_stack_weights(l: int, c: int) -> int:  # noqa: E741
    return size(nn.Sequential(*(nn.Conv2d(c, c, 3, bias=False) for _ in range(l))))


@oracle("vgg-fc-share")
def vgg_fc_share(n: int) -> int:
    """Through five pooling layers, as in VGG."""
    pools = nn.Sequential(*(nn.MaxPool2d(2) for _ in range(5)))
    features = pools(torch.zeros(512, n, n, device="meta")).numel()
    return size(nn.Linear(features, 4096, bias=False, device="meta"))


@oracle("nin-one-by-one-weights")
def nin_one_by_one_weights(c: int, f: int) -> int:
    return size(nn.Conv2d(c, f, 1))
