"""Independent computations for the deck of day 18."""

from __future__ import annotations

import torch
from quiz_oracles import oracle
from torch import nn


def size(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def conv(inputs: int, outputs: int, k: int, groups: int = 1) -> nn.Module:
    return nn.Conv2d(inputs, outputs, k, padding=k // 2, groups=groups, bias=False)


@oracle("resnet-basic-parameters")
def resnet_basic_parameters(c: int) -> int:
    return size(nn.Sequential(conv(c, c, 3), nn.BatchNorm2d(c), conv(c, c, 3), nn.BatchNorm2d(c)))


@oracle("resnet-bottleneck-weights")
def resnet_bottleneck_weights(w: int) -> int:
    m = w // 4
    return size(nn.Sequential(conv(w, m, 1), conv(m, m, 3), conv(m, w, 1)))


@oracle("resnet-depth-count")
def resnet_depth_count(n: int) -> int:
    """Convolutions and linear layers of a network that is really built."""
    blocks = [conv(4, 4, 3) for _ in range(3) for _ in range(n) for _ in range(2)]
    net = nn.Sequential(conv(3, 4, 3), *blocks, nn.Flatten(), nn.Linear(4, 10))
    return sum(isinstance(module, nn.Conv2d | nn.Linear) for module in net.modules())


@oracle("resnext-group-weights")
def resnext_group_weights(w: int, g: int) -> int:
    return size(conv(w, w, 3, groups=g))


@oracle("densenet-channels")
def densenet_channels(c: int, l: int, k: int) -> int:  # noqa: E741
    x = torch.zeros(1, c, 2, 2)
    for _ in range(l):
        x = torch.cat([x, conv(x.shape[1], k, 3)(x)], dim=1)
    return x.shape[1]


@oracle("densenet-connections")
def densenet_connections(l: int) -> int:  # noqa: E741
    """Counted while the block is wired."""
    maps, wires = ["input"], 0
    for layer in range(l):
        wires += len(maps)
        maps.append(f"layer {layer}")
    return wires
