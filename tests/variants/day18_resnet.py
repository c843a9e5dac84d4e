"""Day 18's wrong versions, each of which must lose points, and right ones, which must lose none.

A variant stands in for the reference's function or class of its exercise; a class without
`replaces` is only a container, and each function in its body stands in for the reference's of
that name.
"""
# Containers and variants of classes are named like variants, and their functions are no methods.
# ruff: noqa: N801

from __future__ import annotations

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from autograder.testing import right, wrong
from solutions.day18_resnet import BasicBlock, Bottleneck, conv_bn, shortcut

# shortcut: wrong


@wrong("BasicBlock", replaces="shortcut")
def shortcut_always_projects(in_channels, out_channels, stride=1):
    """A projection even where the shapes agree."""
    return conv_bn(in_channels, out_channels, 1, stride)


@wrong("BasicBlock", replaces="shortcut")
def shortcut_looks_at_channels_only(in_channels, out_channels, stride=1):
    """A stride with equal channels gets no projection."""
    if in_channels == out_channels:
        return nn.Identity()
    return conv_bn(in_channels, out_channels, 1, stride)


@wrong("BasicBlock", replaces="shortcut")
def shortcut_forgets_the_stride(in_channels, out_channels, stride=1):
    """The projection keeps the size."""
    if in_channels == out_channels and stride == 1:
        return nn.Identity()
    return conv_bn(in_channels, out_channels, 1)


@wrong("BasicBlock", replaces="shortcut")
def shortcut_without_batch_norm(in_channels, out_channels, stride=1):
    """Only the 1 x 1 convolution."""
    if in_channels == out_channels and stride == 1:
        return nn.Identity()
    return nn.Conv2d(in_channels, out_channels, 1, stride, bias=False)


@wrong("BasicBlock", replaces="shortcut")
def shortcut_with_bias(in_channels, out_channels, stride=1):
    """The projection has a bias."""
    if in_channels == out_channels and stride == 1:
        return nn.Identity()
    convolution = nn.Conv2d(in_channels, out_channels, 1, stride)
    return nn.Sequential(convolution, nn.BatchNorm2d(out_channels))


@wrong("BasicBlock", replaces="shortcut")
def shortcut_of_3_by_3(in_channels, out_channels, stride=1):
    """A 3 x 3 convolution as projection."""
    if in_channels == out_channels and stride == 1:
        return nn.Identity()
    return conv_bn(in_channels, out_channels, 3, stride)


@wrong("BasicBlock", replaces="shortcut")
def shortcut_with_relu(in_channels, out_channels, stride=1):
    """A relu after the projection."""
    if in_channels == out_channels and stride == 1:
        return nn.Identity()
    return nn.Sequential(*conv_bn(in_channels, out_channels, 1, stride), nn.ReLU())


@wrong("BasicBlock", replaces="shortcut")
def shortcut_pools_before_it_projects(in_channels, out_channels, stride=1):
    """The mean of windows, then a 1 x 1 convolution (a later variant)."""
    if in_channels == out_channels and stride == 1:
        return nn.Identity()
    projection = conv_bn(in_channels, out_channels, 1)
    return nn.Sequential(nn.AvgPool2d(stride, stride, ceil_mode=True), *projection)


# shortcut: right


@right("BasicBlock", replaces="shortcut")
def shortcut_is_an_empty_sequential(in_channels, out_channels, stride=1):
    """nn.Sequential() without modules is the identity."""
    if stride != 1 or in_channels != out_channels:
        return nn.Sequential(
            nn.Conv2d(in_channels, out_channels, kernel_size=1, stride=stride, bias=False),
            nn.BatchNorm2d(out_channels),
        )
    return nn.Sequential()


# BasicBlock: wrong


@wrong("BasicBlock", replaces="BasicBlock")
class basic_without_skip(nn.Module):
    """The shortcut is made and not used."""

    def __init__(self, in_channels, channels, stride=1):
        super().__init__()
        self.first = conv_bn(in_channels, channels, 3, stride)
        self.second = conv_bn(channels, channels, 3)
        self.shortcut = shortcut(in_channels, channels, stride)

    def forward(self, x):
        branch = self.second(functional.relu(self.first(x)))
        return functional.relu(branch)


@wrong("BasicBlock", replaces="BasicBlock")
class basic_without_final_relu(nn.Module):
    """The sum is returned as it is."""

    def __init__(self, in_channels, channels, stride=1):
        super().__init__()
        self.first = conv_bn(in_channels, channels, 3, stride)
        self.second = conv_bn(channels, channels, 3)
        self.shortcut = shortcut(in_channels, channels, stride)

    def forward(self, x):
        branch = self.second(functional.relu(self.first(x)))
        return branch + self.shortcut(x)


@wrong("BasicBlock", replaces="BasicBlock")
class basic_multiplies(nn.Module):
    """The branch is multiplied with the shortcut."""

    def __init__(self, in_channels, channels, stride=1):
        super().__init__()
        self.first = conv_bn(in_channels, channels, 3, stride)
        self.second = conv_bn(channels, channels, 3)
        self.shortcut = shortcut(in_channels, channels, stride)

    def forward(self, x):
        branch = self.second(functional.relu(self.first(x)))
        return functional.relu(branch * self.shortcut(x))


@wrong("BasicBlock", replaces="BasicBlock")
class basic_relu_before_addition(nn.Module):
    """relu on the branch, none after the sum."""

    def __init__(self, in_channels, channels, stride=1):
        super().__init__()
        self.first = conv_bn(in_channels, channels, 3, stride)
        self.second = conv_bn(channels, channels, 3)
        self.shortcut = shortcut(in_channels, channels, stride)

    def forward(self, x):
        branch = self.second(functional.relu(self.first(x)))
        return functional.relu(branch) + self.shortcut(x)


@wrong("BasicBlock", replaces="BasicBlock")
class basic_relu_before_and_after_addition(nn.Module):
    """A relu on the branch and one after the sum."""

    def __init__(self, in_channels, channels, stride=1):
        super().__init__()
        self.first = conv_bn(in_channels, channels, 3, stride)
        self.second = conv_bn(channels, channels, 3)
        self.shortcut = shortcut(in_channels, channels, stride)

    def forward(self, x):
        branch = self.second(functional.relu(self.first(x)))
        return functional.relu(functional.relu(branch) + self.shortcut(x))


@wrong("BasicBlock", replaces="BasicBlock")
class basic_relu_on_the_shortcut(nn.Module):
    """Negative inputs are cut before they are added."""

    def __init__(self, in_channels, channels, stride=1):
        super().__init__()
        self.first = conv_bn(in_channels, channels, 3, stride)
        self.second = conv_bn(channels, channels, 3)
        self.shortcut = shortcut(in_channels, channels, stride)

    def forward(self, x):
        branch = self.second(functional.relu(self.first(x)))
        return functional.relu(branch + functional.relu(self.shortcut(x)))


@wrong("BasicBlock", replaces="BasicBlock")
class basic_adds_in_place(nn.Module):
    """Right values, but x is overwritten where the shortcut is the identity."""

    def __init__(self, in_channels, channels, stride=1):
        super().__init__()
        self.first = conv_bn(in_channels, channels, 3, stride)
        self.second = conv_bn(channels, channels, 3)
        self.shortcut = shortcut(in_channels, channels, stride)

    def forward(self, x):
        branch = self.second(functional.relu(self.first(x)))
        way_round = self.shortcut(x)
        way_round += branch
        return functional.relu(way_round)


@wrong("BasicBlock", replaces="BasicBlock")
class basic_cuts_the_gradient_of_the_shortcut(nn.Module):
    """x is detached on its way round."""

    def __init__(self, in_channels, channels, stride=1):
        super().__init__()
        self.first = conv_bn(in_channels, channels, 3, stride)
        self.second = conv_bn(channels, channels, 3)
        self.shortcut = shortcut(in_channels, channels, stride)

    def forward(self, x):
        branch = self.second(functional.relu(self.first(x)))
        return functional.relu(branch + self.shortcut(x.detach()))


@wrong("BasicBlock", replaces="BasicBlock")
class basic_without_inner_relu(nn.Module):
    """Two convolutions with nothing in between."""

    def __init__(self, in_channels, channels, stride=1):
        super().__init__()
        self.first = conv_bn(in_channels, channels, 3, stride)
        self.second = conv_bn(channels, channels, 3)
        self.shortcut = shortcut(in_channels, channels, stride)

    def forward(self, x):
        return functional.relu(self.second(self.first(x)) + self.shortcut(x))


@wrong("BasicBlock", replaces="BasicBlock")
class basic_runs_the_branch_twice(nn.Module):
    """Right values, but the running statistics move twice."""

    def __init__(self, in_channels, channels, stride=1):
        super().__init__()
        self.first = conv_bn(in_channels, channels, 3, stride)
        self.second = conv_bn(channels, channels, 3)
        self.shortcut = shortcut(in_channels, channels, stride)

    def forward(self, x):
        branch = self.second(functional.relu(self.first(x)))
        branch = self.second(functional.relu(self.first(x)))
        return functional.relu(branch + self.shortcut(x))


@wrong("BasicBlock", replaces="BasicBlock")
class basic_stride_on_the_second_convolution(nn.Module):
    """The first convolution keeps the size."""

    def __init__(self, in_channels, channels, stride=1):
        super().__init__()
        self.first = conv_bn(in_channels, channels, 3)
        self.second = conv_bn(channels, channels, 3, stride)
        self.shortcut = shortcut(in_channels, channels, stride)

    def forward(self, x):
        branch = self.second(functional.relu(self.first(x)))
        return functional.relu(branch + self.shortcut(x))


@wrong("BasicBlock", replaces="BasicBlock")
class basic_with_biases(nn.Module):
    """The convolutions have biases."""

    def __init__(self, in_channels, channels, stride=1):
        super().__init__()
        self.first = nn.Sequential(
            nn.Conv2d(in_channels, channels, 3, stride, 1), nn.BatchNorm2d(channels)
        )
        self.second = nn.Sequential(
            nn.Conv2d(channels, channels, 3, 1, 1), nn.BatchNorm2d(channels)
        )
        self.shortcut = shortcut(in_channels, channels, stride)

    def forward(self, x):
        branch = self.second(functional.relu(self.first(x)))
        return functional.relu(branch + self.shortcut(x))


@wrong("BasicBlock", replaces="BasicBlock")
class basic_shares_one_batch_norm(nn.Module):
    """The same batch norm after both convolutions."""

    def __init__(self, in_channels, channels, stride=1):
        super().__init__()
        self.norm = nn.BatchNorm2d(channels)
        self.first = nn.Sequential(
            nn.Conv2d(in_channels, channels, 3, stride, 1, bias=False), self.norm
        )
        self.second = nn.Sequential(nn.Conv2d(channels, channels, 3, 1, 1, bias=False), self.norm)
        self.shortcut = shortcut(in_channels, channels, stride)

    def forward(self, x):
        branch = self.second(functional.relu(self.first(x)))
        return functional.relu(branch + self.shortcut(x))


@wrong("BasicBlock", replaces="BasicBlock")
class basic_with_another_momentum(nn.Module):
    """Batch norm with momentum 0.01."""

    def __init__(self, in_channels, channels, stride=1):
        super().__init__()
        self.first = conv_bn(in_channels, channels, 3, stride)
        self.second = conv_bn(channels, channels, 3)
        self.shortcut = shortcut(in_channels, channels, stride)
        for part in (self.first, self.second):
            part[1].momentum = 0.01

    def forward(self, x):
        branch = self.second(functional.relu(self.first(x)))
        return functional.relu(branch + self.shortcut(x))


@wrong("BasicBlock", replaces="BasicBlock")
class basic_frozen_batch_norm(nn.Module):
    """Batch norms that use running statistics in training too."""

    def __init__(self, in_channels, channels, stride=1):
        super().__init__()
        self.first = conv_bn(in_channels, channels, 3, stride)
        self.second = conv_bn(channels, channels, 3)
        self.shortcut = shortcut(in_channels, channels, stride)

    def forward(self, x):
        self.first[1].eval()
        self.second[1].eval()
        branch = self.second(functional.relu(self.first(x)))
        return functional.relu(branch + self.shortcut(x))


# BasicBlock: right


@right("BasicBlock", replaces="BasicBlock")
class basic_of_attributes(nn.Module):
    """Single layers as attributes, one relu module used twice, the classic names."""

    def __init__(self, in_channels, channels, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(
            in_channels, channels, kernel_size=3, stride=stride, padding=1, bias=False
        )
        self.bn1 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(channels, channels, kernel_size=3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.downsample = None
        if stride != 1 or in_channels != channels:
            self.downsample = nn.Sequential(
                nn.Conv2d(in_channels, channels, kernel_size=1, stride=stride, bias=False),
                nn.BatchNorm2d(channels),
            )

    def forward(self, x):
        identity = x
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        if self.downsample is not None:
            identity = self.downsample(x)
        out += identity
        return self.relu(out)


@right("BasicBlock", replaces="BasicBlock")
class basic_of_one_sequential(nn.Module):
    """The branch as one nn.Sequential."""

    def __init__(self, in_channels, channels, stride=1):
        super().__init__()
        self.branch = nn.Sequential(
            conv_bn(in_channels, channels, 3, stride), nn.ReLU(), conv_bn(channels, channels, 3)
        )
        self.way_round = shortcut(in_channels, channels, stride)

    def forward(self, x):
        return (self.way_round(x) + self.branch(x)).clamp(min=0)


@right("BasicBlock", replaces="BasicBlock")
class basic_convolutions_first(nn.Module):
    """Convolutions are registered before batch norms: each shape keeps its order."""

    def __init__(self, in_channels, channels, stride=1):
        super().__init__()
        self.a = nn.Conv2d(in_channels, channels, 3, stride, 1, bias=False)
        self.b = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.norms = nn.ModuleList([nn.BatchNorm2d(channels), nn.BatchNorm2d(channels)])
        self.z = shortcut(in_channels, channels, stride)

    def forward(self, x):
        inner = torch.relu(self.norms[0](self.a(x)))
        return torch.relu(torch.add(self.z(x), self.norms[1](self.b(inner))))


@right("BasicBlock", replaces="BasicBlock")
class basic_starts_as_relu(nn.Module):
    """Another initialisation: the last batch norm starts at zero."""

    def __init__(self, in_channels, channels, stride=1):
        super().__init__()
        self.first = conv_bn(in_channels, channels, 3, stride)
        self.second = conv_bn(channels, channels, 3)
        self.shortcut = shortcut(in_channels, channels, stride)
        for part in (self.first, self.second):
            nn.init.kaiming_normal_(part[0].weight, mode="fan_out", nonlinearity="relu")
        nn.init.zeros_(self.second[1].weight)

    def forward(self, x):
        branch = self.second(functional.relu(self.first(x)))
        return functional.relu(branch + self.shortcut(x))


# Bottleneck: wrong


@wrong("Bottleneck", replaces="Bottleneck")
class bottleneck_stride_on_the_first_convolution(nn.Module):
    """Same shapes, same count: the stride is on the first 1 x 1."""

    def __init__(self, in_channels, width, stride=1):
        super().__init__()
        self.reduce = conv_bn(in_channels, width, 1, stride)
        self.middle = conv_bn(width, width, 3)
        self.expand = conv_bn(width, 4 * width, 1)
        self.shortcut = shortcut(in_channels, 4 * width, stride)

    def forward(self, x):
        inner = functional.relu(self.reduce(x))
        inner = functional.relu(self.middle(inner))
        return functional.relu(self.expand(inner) + self.shortcut(x))


@wrong("Bottleneck", replaces="Bottleneck")
class bottleneck_stride_on_the_last_convolution(nn.Module):
    """The stride is on the last 1 x 1."""

    def __init__(self, in_channels, width, stride=1):
        super().__init__()
        self.reduce = conv_bn(in_channels, width, 1)
        self.middle = conv_bn(width, width, 3)
        self.expand = conv_bn(width, 4 * width, 1, stride)
        self.shortcut = shortcut(in_channels, 4 * width, stride)

    def forward(self, x):
        inner = functional.relu(self.reduce(x))
        inner = functional.relu(self.middle(inner))
        return functional.relu(self.expand(inner) + self.shortcut(x))


@wrong("Bottleneck", replaces="Bottleneck")
class bottleneck_without_skip(nn.Module):
    """The shortcut is made and not used."""

    def __init__(self, in_channels, width, stride=1):
        super().__init__()
        self.reduce = conv_bn(in_channels, width, 1)
        self.middle = conv_bn(width, width, 3, stride)
        self.expand = conv_bn(width, 4 * width, 1)
        self.shortcut = shortcut(in_channels, 4 * width, stride)

    def forward(self, x):
        inner = functional.relu(self.reduce(x))
        inner = functional.relu(self.middle(inner))
        return functional.relu(self.expand(inner))


@wrong("Bottleneck", replaces="Bottleneck")
class bottleneck_without_final_relu(nn.Module):
    """The sum is returned as it is."""

    def __init__(self, in_channels, width, stride=1):
        super().__init__()
        self.reduce = conv_bn(in_channels, width, 1)
        self.middle = conv_bn(width, width, 3, stride)
        self.expand = conv_bn(width, 4 * width, 1)
        self.shortcut = shortcut(in_channels, 4 * width, stride)

    def forward(self, x):
        inner = functional.relu(self.reduce(x))
        inner = functional.relu(self.middle(inner))
        return self.expand(inner) + self.shortcut(x)


@wrong("Bottleneck", replaces="Bottleneck")
class bottleneck_multiplies(nn.Module):
    """The branch is multiplied with the shortcut."""

    def __init__(self, in_channels, width, stride=1):
        super().__init__()
        self.reduce = conv_bn(in_channels, width, 1)
        self.middle = conv_bn(width, width, 3, stride)
        self.expand = conv_bn(width, 4 * width, 1)
        self.shortcut = shortcut(in_channels, 4 * width, stride)

    def forward(self, x):
        inner = functional.relu(self.reduce(x))
        inner = functional.relu(self.middle(inner))
        return functional.relu(self.expand(inner) * self.shortcut(x))


@wrong("Bottleneck", replaces="Bottleneck")
class bottleneck_relu_before_addition(nn.Module):
    """relu on the branch, none after the sum."""

    def __init__(self, in_channels, width, stride=1):
        super().__init__()
        self.reduce = conv_bn(in_channels, width, 1)
        self.middle = conv_bn(width, width, 3, stride)
        self.expand = conv_bn(width, 4 * width, 1)
        self.shortcut = shortcut(in_channels, 4 * width, stride)

    def forward(self, x):
        inner = functional.relu(self.reduce(x))
        inner = functional.relu(self.middle(inner))
        return functional.relu(self.expand(inner)) + self.shortcut(x)


@wrong("Bottleneck", replaces="Bottleneck")
class bottleneck_three_relus_in_the_branch(nn.Module):
    """A relu on the branch and one after the sum."""

    def __init__(self, in_channels, width, stride=1):
        super().__init__()
        self.reduce = conv_bn(in_channels, width, 1)
        self.middle = conv_bn(width, width, 3, stride)
        self.expand = conv_bn(width, 4 * width, 1)
        self.shortcut = shortcut(in_channels, 4 * width, stride)

    def forward(self, x):
        inner = functional.relu(self.reduce(x))
        inner = functional.relu(self.middle(inner))
        return functional.relu(functional.relu(self.expand(inner)) + self.shortcut(x))


@wrong("Bottleneck", replaces="Bottleneck")
class bottleneck_without_first_relu(nn.Module):
    """No relu after the first batch norm."""

    def __init__(self, in_channels, width, stride=1):
        super().__init__()
        self.reduce = conv_bn(in_channels, width, 1)
        self.middle = conv_bn(width, width, 3, stride)
        self.expand = conv_bn(width, 4 * width, 1)
        self.shortcut = shortcut(in_channels, 4 * width, stride)

    def forward(self, x):
        inner = self.reduce(x)
        inner = functional.relu(self.middle(inner))
        return functional.relu(self.expand(inner) + self.shortcut(x))


@wrong("Bottleneck", replaces="Bottleneck")
class bottleneck_without_second_relu(nn.Module):
    """No relu after the second batch norm."""

    def __init__(self, in_channels, width, stride=1):
        super().__init__()
        self.reduce = conv_bn(in_channels, width, 1)
        self.middle = conv_bn(width, width, 3, stride)
        self.expand = conv_bn(width, 4 * width, 1)
        self.shortcut = shortcut(in_channels, 4 * width, stride)

    def forward(self, x):
        inner = functional.relu(self.reduce(x))
        inner = self.middle(inner)
        return functional.relu(self.expand(inner) + self.shortcut(x))


@wrong("Bottleneck", replaces="Bottleneck")
class bottleneck_expands_by_two(nn.Module):
    """2 * width channels come out."""

    def __init__(self, in_channels, width, stride=1):
        super().__init__()
        self.reduce = conv_bn(in_channels, width, 1)
        self.middle = conv_bn(width, width, 3, stride)
        self.expand = conv_bn(width, 2 * width, 1)
        self.shortcut = shortcut(in_channels, 2 * width, stride)

    def forward(self, x):
        inner = functional.relu(self.reduce(x))
        inner = functional.relu(self.middle(inner))
        return functional.relu(self.expand(inner) + self.shortcut(x))


@wrong("Bottleneck", replaces="Bottleneck")
class bottleneck_always_projects(nn.Module):
    """A projection even where the shapes agree."""

    def __init__(self, in_channels, width, stride=1):
        super().__init__()
        self.reduce = conv_bn(in_channels, width, 1)
        self.middle = conv_bn(width, width, 3, stride)
        self.expand = conv_bn(width, 4 * width, 1)
        self.shortcut = conv_bn(in_channels, 4 * width, 1, stride)

    def forward(self, x):
        inner = functional.relu(self.reduce(x))
        inner = functional.relu(self.middle(inner))
        return functional.relu(self.expand(inner) + self.shortcut(x))


@wrong("Bottleneck", replaces="Bottleneck")
class bottleneck_adds_in_place(nn.Module):
    """Right values, but x is overwritten where the shortcut is the identity."""

    def __init__(self, in_channels, width, stride=1):
        super().__init__()
        self.reduce = conv_bn(in_channels, width, 1)
        self.middle = conv_bn(width, width, 3, stride)
        self.expand = conv_bn(width, 4 * width, 1)
        self.shortcut = shortcut(in_channels, 4 * width, stride)

    def forward(self, x):
        inner = functional.relu(self.reduce(x))
        inner = functional.relu(self.middle(inner))
        way_round = self.shortcut(x)
        way_round += self.expand(inner)
        return functional.relu(way_round)


# Bottleneck: right


@right("Bottleneck", replaces="Bottleneck")
class bottleneck_of_attributes(nn.Module):
    """Single layers as attributes, relu modules, the classic names."""

    def __init__(self, in_channels, width, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, width, kernel_size=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, kernel_size=3, stride=stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, width * 4, kernel_size=1, bias=False)
        self.bn3 = nn.BatchNorm2d(width * 4)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = None
        if stride != 1 or in_channels != width * 4:
            self.downsample = nn.Sequential(
                nn.Conv2d(in_channels, width * 4, kernel_size=1, stride=stride, bias=False),
                nn.BatchNorm2d(width * 4),
            )

    def forward(self, x):
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        out += x if self.downsample is None else self.downsample(x)
        return self.relu(out)


@right("Bottleneck", replaces="Bottleneck")
class bottleneck_of_one_sequential(nn.Module):
    """The branch as one nn.Sequential."""

    def __init__(self, in_channels, width, stride=1):
        super().__init__()
        self.body = nn.Sequential(
            conv_bn(in_channels, width, 1),
            nn.ReLU(),
            conv_bn(width, width, 3, stride),
            nn.ReLU(),
            conv_bn(width, 4 * width, 1),
        )
        self.side = shortcut(in_channels, 4 * width, stride)

    def forward(self, x):
        return torch.relu(self.body(x) + self.side(x))


@right("Bottleneck", replaces="Bottleneck")
class bottleneck_by_a_loop(nn.Module):
    """Layers in a ModuleList, a loop with relus between them."""

    def __init__(self, in_channels, width, stride=1):
        super().__init__()
        sizes = [(in_channels, width, 1, 1), (width, width, 3, stride), (width, 4 * width, 1, 1)]
        self.parts = nn.ModuleList([conv_bn(*size) for size in sizes])
        self.way_round = shortcut(in_channels, 4 * width, stride)

    def forward(self, x):
        out = x
        for number, part in enumerate(self.parts):
            out = part(out if number == 0 else functional.relu(out))
        return functional.relu(out + self.way_round(x))


# resnet: wrong


@wrong("resnet")
def resnet_without_pooling_in_the_stem(depth, classes=1000, width=64):
    """No max pooling."""
    plans = {
        18: (BasicBlock, 1, (2, 2, 2, 2)),
        34: (BasicBlock, 1, (3, 4, 6, 3)),
        50: (Bottleneck, 4, (3, 4, 6, 3)),
    }
    if depth not in plans:
        raise ValueError("no such depth")
    block, expansion, counts = plans[depth]
    layers = [conv_bn(3, width, 7, 2), nn.ReLU()]
    channels = width
    for stage, count in enumerate(counts):
        for number in range(count):
            stride = 2 if stage > 0 and number == 0 else 1
            layers.append(block(channels, width * 2**stage, stride))
            channels = expansion * width * 2**stage
    head = nn.Linear(channels, classes)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), head)


@wrong("resnet")
def resnet_pools_pairs(depth, classes=1000, width=64):
    """Max pooling of 2 x 2 windows."""
    plans = {
        18: (BasicBlock, 1, (2, 2, 2, 2)),
        34: (BasicBlock, 1, (3, 4, 6, 3)),
        50: (Bottleneck, 4, (3, 4, 6, 3)),
    }
    if depth not in plans:
        raise ValueError("no such depth")
    block, expansion, counts = plans[depth]
    layers = [conv_bn(3, width, 7, 2), nn.ReLU(), nn.MaxPool2d(2)]
    channels = width
    for stage, count in enumerate(counts):
        for number in range(count):
            stride = 2 if stage > 0 and number == 0 else 1
            layers.append(block(channels, width * 2**stage, stride))
            channels = expansion * width * 2**stage
    head = nn.Linear(channels, classes)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), head)


@wrong("resnet")
def resnet_pools_without_padding(depth, classes=1000, width=64):
    """Max pooling without padding."""
    plans = {
        18: (BasicBlock, 1, (2, 2, 2, 2)),
        34: (BasicBlock, 1, (3, 4, 6, 3)),
        50: (Bottleneck, 4, (3, 4, 6, 3)),
    }
    if depth not in plans:
        raise ValueError("no such depth")
    block, expansion, counts = plans[depth]
    layers = [conv_bn(3, width, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2)]
    channels = width
    for stage, count in enumerate(counts):
        for number in range(count):
            stride = 2 if stage > 0 and number == 0 else 1
            layers.append(block(channels, width * 2**stage, stride))
            channels = expansion * width * 2**stage
    head = nn.Linear(channels, classes)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), head)


@wrong("resnet")
def resnet_without_relu_in_the_stem(depth, classes=1000, width=64):
    """No relu after the first batch norm."""
    plans = {
        18: (BasicBlock, 1, (2, 2, 2, 2)),
        34: (BasicBlock, 1, (3, 4, 6, 3)),
        50: (Bottleneck, 4, (3, 4, 6, 3)),
    }
    if depth not in plans:
        raise ValueError("no such depth")
    block, expansion, counts = plans[depth]
    layers = [conv_bn(3, width, 7, 2), nn.MaxPool2d(3, 2, 1)]
    channels = width
    for stage, count in enumerate(counts):
        for number in range(count):
            stride = 2 if stage > 0 and number == 0 else 1
            layers.append(block(channels, width * 2**stage, stride))
            channels = expansion * width * 2**stage
    head = nn.Linear(channels, classes)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), head)


@wrong("resnet")
def resnet_stem_of_3_by_3(depth, classes=1000, width=64):
    """A small first kernel."""
    plans = {
        18: (BasicBlock, 1, (2, 2, 2, 2)),
        34: (BasicBlock, 1, (3, 4, 6, 3)),
        50: (Bottleneck, 4, (3, 4, 6, 3)),
    }
    if depth not in plans:
        raise ValueError("no such depth")
    block, expansion, counts = plans[depth]
    layers = [conv_bn(3, width, 3, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    channels = width
    for stage, count in enumerate(counts):
        for number in range(count):
            stride = 2 if stage > 0 and number == 0 else 1
            layers.append(block(channels, width * 2**stage, stride))
            channels = expansion * width * 2**stage
    head = nn.Linear(channels, classes)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), head)


@wrong("resnet")
def resnet_stride_in_every_stage(depth, classes=1000, width=64):
    """Stage 1 halves the picture too."""
    plans = {
        18: (BasicBlock, 1, (2, 2, 2, 2)),
        34: (BasicBlock, 1, (3, 4, 6, 3)),
        50: (Bottleneck, 4, (3, 4, 6, 3)),
    }
    if depth not in plans:
        raise ValueError("no such depth")
    block, expansion, counts = plans[depth]
    layers = [conv_bn(3, width, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    channels = width
    for stage, count in enumerate(counts):
        for number in range(count):
            stride = 2 if number == 0 else 1
            layers.append(block(channels, width * 2**stage, stride))
            channels = expansion * width * 2**stage
    head = nn.Linear(channels, classes)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), head)


@wrong("resnet")
def resnet_without_strides(depth, classes=1000, width=64):
    """No stage halves the picture."""
    plans = {
        18: (BasicBlock, 1, (2, 2, 2, 2)),
        34: (BasicBlock, 1, (3, 4, 6, 3)),
        50: (Bottleneck, 4, (3, 4, 6, 3)),
    }
    if depth not in plans:
        raise ValueError("no such depth")
    block, expansion, counts = plans[depth]
    layers = [conv_bn(3, width, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    channels = width
    for stage, count in enumerate(counts):
        for _ in range(count):
            layers.append(block(channels, width * 2**stage))
            channels = expansion * width * 2**stage
    head = nn.Linear(channels, classes)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), head)


@wrong("resnet")
def resnet_stride_in_every_block(depth, classes=1000, width=64):
    """All blocks of a stage have the stride."""
    plans = {
        18: (BasicBlock, 1, (2, 2, 2, 2)),
        34: (BasicBlock, 1, (3, 4, 6, 3)),
        50: (Bottleneck, 4, (3, 4, 6, 3)),
    }
    if depth not in plans:
        raise ValueError("no such depth")
    block, expansion, counts = plans[depth]
    layers = [conv_bn(3, width, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    channels = width
    for stage, count in enumerate(counts):
        for _ in range(count):
            stride = 2 if stage > 0 else 1
            layers.append(block(channels, width * 2**stage, stride))
            channels = expansion * width * 2**stage
    head = nn.Linear(channels, classes)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), head)


@wrong("resnet")
def resnet_of_equal_widths(depth, classes=1000, width=64):
    """Widths do not double."""
    plans = {
        18: (BasicBlock, 1, (2, 2, 2, 2)),
        34: (BasicBlock, 1, (3, 4, 6, 3)),
        50: (Bottleneck, 4, (3, 4, 6, 3)),
    }
    if depth not in plans:
        raise ValueError("no such depth")
    block, expansion, counts = plans[depth]
    layers = [conv_bn(3, width, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    channels = width
    for stage, count in enumerate(counts):
        for number in range(count):
            stride = 2 if stage > 0 and number == 0 else 1
            layers.append(block(channels, width, stride))
            channels = expansion * width
    head = nn.Linear(channels, classes)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), head)


@wrong("resnet")
def resnet_34_is_18(depth, classes=1000, width=64):
    """Depth 34 has the counts of depth 18."""
    plans = {
        18: (BasicBlock, 1, (2, 2, 2, 2)),
        34: (BasicBlock, 1, (2, 2, 2, 2)),
        50: (Bottleneck, 4, (3, 4, 6, 3)),
    }
    if depth not in plans:
        raise ValueError("no such depth")
    block, expansion, counts = plans[depth]
    layers = [conv_bn(3, width, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    channels = width
    for stage, count in enumerate(counts):
        for number in range(count):
            stride = 2 if stage > 0 and number == 0 else 1
            layers.append(block(channels, width * 2**stage, stride))
            channels = expansion * width * 2**stage
    head = nn.Linear(channels, classes)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), head)


@wrong("resnet")
def resnet_50_is_34(depth, classes=1000, width=64):
    """Depth 50 is made of basic blocks."""
    plans = {
        18: (BasicBlock, 1, (2, 2, 2, 2)),
        34: (BasicBlock, 1, (3, 4, 6, 3)),
        50: (BasicBlock, 1, (3, 4, 6, 3)),
    }
    if depth not in plans:
        raise ValueError("no such depth")
    block, expansion, counts = plans[depth]
    layers = [conv_bn(3, width, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    channels = width
    for stage, count in enumerate(counts):
        for number in range(count):
            stride = 2 if stage > 0 and number == 0 else 1
            layers.append(block(channels, width * 2**stage, stride))
            channels = expansion * width * 2**stage
    head = nn.Linear(channels, classes)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), head)


@wrong("resnet")
def resnet_shares_blocks(depth, classes=1000, width=64):
    """Blocks of equal shape are one and the same module."""
    plans = {
        18: (BasicBlock, 1, (2, 2, 2, 2)),
        34: (BasicBlock, 1, (3, 4, 6, 3)),
        50: (Bottleneck, 4, (3, 4, 6, 3)),
    }
    if depth not in plans:
        raise ValueError("no such depth")
    block, expansion, counts = plans[depth]
    layers = [conv_bn(3, width, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    channels = width
    for stage, count in enumerate(counts):
        for number in range(count):
            stride = 2 if stage > 0 and number == 0 else 1
            if number < 2:
                made = block(channels, width * 2**stage, stride)
            layers.append(made)
            channels = expansion * width * 2**stage
    head = nn.Linear(channels, classes)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), head)


@wrong("resnet")
def resnet_ends_in_softmax(depth, classes=1000, width=64):
    """Probabilities instead of logits."""
    plans = {
        18: (BasicBlock, 1, (2, 2, 2, 2)),
        34: (BasicBlock, 1, (3, 4, 6, 3)),
        50: (Bottleneck, 4, (3, 4, 6, 3)),
    }
    if depth not in plans:
        raise ValueError("no such depth")
    block, expansion, counts = plans[depth]
    layers = [conv_bn(3, width, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    channels = width
    for stage, count in enumerate(counts):
        for number in range(count):
            stride = 2 if stage > 0 and number == 0 else 1
            layers.append(block(channels, width * 2**stage, stride))
            channels = expansion * width * 2**stage
    head = nn.Linear(channels, classes)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), head, nn.Softmax(1))


@wrong("resnet")
def resnet_for_one_size_only(depth, classes=1000, width=64):
    """The last pooling expects 7 x 7 maps."""
    plans = {
        18: (BasicBlock, 1, (2, 2, 2, 2)),
        34: (BasicBlock, 1, (3, 4, 6, 3)),
        50: (Bottleneck, 4, (3, 4, 6, 3)),
    }
    if depth not in plans:
        raise ValueError("no such depth")
    block, expansion, counts = plans[depth]
    layers = [conv_bn(3, width, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    channels = width
    for stage, count in enumerate(counts):
        for number in range(count):
            stride = 2 if stage > 0 and number == 0 else 1
            layers.append(block(channels, width * 2**stage, stride))
            channels = expansion * width * 2**stage
    head = nn.Linear(channels, classes)
    return nn.Sequential(*layers, nn.AvgPool2d(7), nn.Flatten(), head)


@wrong("resnet")
def resnet_drops_out(depth, classes=1000, width=64):
    """Dropout before the linear layer."""
    plans = {
        18: (BasicBlock, 1, (2, 2, 2, 2)),
        34: (BasicBlock, 1, (3, 4, 6, 3)),
        50: (Bottleneck, 4, (3, 4, 6, 3)),
    }
    if depth not in plans:
        raise ValueError("no such depth")
    block, expansion, counts = plans[depth]
    layers = [conv_bn(3, width, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    channels = width
    for stage, count in enumerate(counts):
        for number in range(count):
            stride = 2 if stage > 0 and number == 0 else 1
            layers.append(block(channels, width * 2**stage, stride))
            channels = expansion * width * 2**stage
    head = nn.Linear(channels, classes)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.5), head)


@wrong("resnet")
def resnet_takes_any_depth(depth, classes=1000, width=64):
    """An unknown depth is taken for 18."""
    plans = {
        18: (BasicBlock, 1, (2, 2, 2, 2)),
        34: (BasicBlock, 1, (3, 4, 6, 3)),
        50: (Bottleneck, 4, (3, 4, 6, 3)),
    }
    block, expansion, counts = plans.get(depth, plans[18])
    layers = [conv_bn(3, width, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    channels = width
    for stage, count in enumerate(counts):
        for number in range(count):
            stride = 2 if stage > 0 and number == 0 else 1
            layers.append(block(channels, width * 2**stage, stride))
            channels = expansion * width * 2**stage
    head = nn.Linear(channels, classes)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), head)


@wrong("resnet")
def resnet_for_ten_classes(depth, classes=10, width=64):
    """10 classes by default."""
    plans = {
        18: (BasicBlock, 1, (2, 2, 2, 2)),
        34: (BasicBlock, 1, (3, 4, 6, 3)),
        50: (Bottleneck, 4, (3, 4, 6, 3)),
    }
    if depth not in plans:
        raise ValueError("no such depth")
    block, expansion, counts = plans[depth]
    layers = [conv_bn(3, width, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    channels = width
    for stage, count in enumerate(counts):
        for number in range(count):
            stride = 2 if stage > 0 and number == 0 else 1
            layers.append(block(channels, width * 2**stage, stride))
            channels = expansion * width * 2**stage
    head = nn.Linear(channels, classes)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), head)


@wrong("resnet")
def resnet_narrow_by_default(depth, classes=1000, width=16):
    """16 channels by default."""
    plans = {
        18: (BasicBlock, 1, (2, 2, 2, 2)),
        34: (BasicBlock, 1, (3, 4, 6, 3)),
        50: (Bottleneck, 4, (3, 4, 6, 3)),
    }
    if depth not in plans:
        raise ValueError("no such depth")
    block, expansion, counts = plans[depth]
    layers = [conv_bn(3, width, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    channels = width
    for stage, count in enumerate(counts):
        for number in range(count):
            stride = 2 if stage > 0 and number == 0 else 1
            layers.append(block(channels, width * 2**stage, stride))
            channels = expansion * width * 2**stage
    head = nn.Linear(channels, classes)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), head)


# resnet: right


@right("resnet")
def resnet_as_a_class(depth, classes=1000, width=64):
    """A module of its own with stages as attributes, mean by hand."""

    class Net(nn.Module):
        def __init__(self, block, expansion, counts):
            super().__init__()
            self.inputs = width
            self.conv1 = nn.Conv2d(3, width, kernel_size=7, stride=2, padding=3, bias=False)
            self.bn1 = nn.BatchNorm2d(width)
            self.layer1 = self.stage(block, expansion, width, counts[0], 1)
            self.layer2 = self.stage(block, expansion, width * 2, counts[1], 2)
            self.layer3 = self.stage(block, expansion, width * 4, counts[2], 2)
            self.layer4 = self.stage(block, expansion, width * 8, counts[3], 2)
            self.fc = nn.Linear(self.inputs, classes)

        def stage(self, block, expansion, inner, count, stride):
            made = []
            for step in [stride] + [1] * (count - 1):
                made.append(block(self.inputs, inner, step))
                self.inputs = inner * expansion
            return nn.Sequential(*made)

        def forward(self, x):
            x = functional.relu(self.bn1(self.conv1(x)))
            x = functional.max_pool2d(x, kernel_size=3, stride=2, padding=1)
            x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
            return self.fc(x.mean(dim=(2, 3)))

    if depth == 18:
        return Net(BasicBlock, 1, [2, 2, 2, 2])
    if depth == 34:
        return Net(BasicBlock, 1, [3, 4, 6, 3])
    if depth == 50:
        return Net(Bottleneck, 4, [3, 4, 6, 3])
    raise ValueError(depth)


@right("resnet")
def resnet_of_named_stages(depth, classes=1000, width=64):
    """add_module by name, He's initialisation."""
    counts = {18: "2222", 34: "3463", 50: "3463"}.get(depth)
    if counts is None:
        raise ValueError(f"unknown depth {depth}")
    net, inputs = nn.Sequential(), width
    net.add_module("stem", nn.Sequential(conv_bn(3, width, 7, 2), nn.ReLU(inplace=True)))
    net.add_module("pool", nn.MaxPool2d(kernel_size=3, stride=2, padding=1))
    for i, digit in enumerate(counts):
        stage, inner = nn.Sequential(), width << i
        for j in range(int(digit)):
            step = 1 + (i > 0 and j == 0)
            made = (Bottleneck if depth > 34 else BasicBlock)(inputs, inner, step)
            stage.add_module(f"block{j}", made)
            inputs = 4 * inner if depth > 34 else inner
        net.add_module(f"stage{i}", stage)
    net.add_module("mean", nn.AdaptiveAvgPool2d((1, 1)))
    net.add_module("flat", nn.Flatten(1))
    net.add_module("classifier", nn.Linear(inputs, classes))
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight)
    return net


# ResNeXtBlock: wrong


@wrong("ResNeXtBlock", replaces="ResNeXtBlock")
class resnext_ignores_groups(nn.Module):
    """An ordinary bottleneck."""

    def __init__(self, in_channels, width, out_channels, groups, stride=1):
        super().__init__()
        self.reduce = conv_bn(in_channels, width, 1)
        self.grouped = conv_bn(width, width, 3, stride)
        self.expand = conv_bn(width, out_channels, 1)
        self.shortcut = shortcut(in_channels, out_channels, stride)

    def forward(self, x):
        inner = functional.relu(self.reduce(x))
        inner = functional.relu(self.grouped(inner))
        return functional.relu(self.expand(inner) + self.shortcut(x))


@wrong("ResNeXtBlock", replaces="ResNeXtBlock")
class resnext_takes_groups_for_their_width(nn.Module):
    """`groups` is taken for the number of channels in a group."""

    def __init__(self, in_channels, width, out_channels, groups, stride=1):
        super().__init__()
        self.reduce = conv_bn(in_channels, width, 1)
        self.grouped = conv_bn(width, width, 3, stride, width // groups)
        self.expand = conv_bn(width, out_channels, 1)
        self.shortcut = shortcut(in_channels, out_channels, stride)

    def forward(self, x):
        inner = functional.relu(self.reduce(x))
        inner = functional.relu(self.grouped(inner))
        return functional.relu(self.expand(inner) + self.shortcut(x))


@wrong("ResNeXtBlock", replaces="ResNeXtBlock")
class resnext_groups_the_last_convolution_too(nn.Module):
    """The last 1 x 1 is grouped as well."""

    def __init__(self, in_channels, width, out_channels, groups, stride=1):
        super().__init__()
        self.reduce = conv_bn(in_channels, width, 1)
        self.grouped = conv_bn(width, width, 3, stride, groups)
        fits = out_channels % groups == 0
        self.expand = conv_bn(width, out_channels, 1, 1, groups if fits else 1)
        self.shortcut = shortcut(in_channels, out_channels, stride)

    def forward(self, x):
        inner = functional.relu(self.reduce(x))
        inner = functional.relu(self.grouped(inner))
        return functional.relu(self.expand(inner) + self.shortcut(x))


@wrong("ResNeXtBlock", replaces="ResNeXtBlock")
class resnext_stride_on_the_first_convolution(nn.Module):
    """Same shapes, same count: the stride is on the first 1 x 1."""

    def __init__(self, in_channels, width, out_channels, groups, stride=1):
        super().__init__()
        self.reduce = conv_bn(in_channels, width, 1, stride)
        self.grouped = conv_bn(width, width, 3, 1, groups)
        self.expand = conv_bn(width, out_channels, 1)
        self.shortcut = shortcut(in_channels, out_channels, stride)

    def forward(self, x):
        inner = functional.relu(self.reduce(x))
        inner = functional.relu(self.grouped(inner))
        return functional.relu(self.expand(inner) + self.shortcut(x))


@wrong("ResNeXtBlock", replaces="ResNeXtBlock")
class resnext_without_skip(nn.Module):
    """The shortcut is made and not used."""

    def __init__(self, in_channels, width, out_channels, groups, stride=1):
        super().__init__()
        self.reduce = conv_bn(in_channels, width, 1)
        self.grouped = conv_bn(width, width, 3, stride, groups)
        self.expand = conv_bn(width, out_channels, 1)
        self.shortcut = shortcut(in_channels, out_channels, stride)

    def forward(self, x):
        inner = functional.relu(self.reduce(x))
        inner = functional.relu(self.grouped(inner))
        return functional.relu(self.expand(inner))


@wrong("ResNeXtBlock", replaces="ResNeXtBlock")
class resnext_without_final_relu(nn.Module):
    """The sum is returned as it is."""

    def __init__(self, in_channels, width, out_channels, groups, stride=1):
        super().__init__()
        self.reduce = conv_bn(in_channels, width, 1)
        self.grouped = conv_bn(width, width, 3, stride, groups)
        self.expand = conv_bn(width, out_channels, 1)
        self.shortcut = shortcut(in_channels, out_channels, stride)

    def forward(self, x):
        inner = functional.relu(self.reduce(x))
        inner = functional.relu(self.grouped(inner))
        return self.expand(inner) + self.shortcut(x)


@wrong("ResNeXtBlock", replaces="ResNeXtBlock")
class resnext_multiplies(nn.Module):
    """The branch is multiplied with the shortcut."""

    def __init__(self, in_channels, width, out_channels, groups, stride=1):
        super().__init__()
        self.reduce = conv_bn(in_channels, width, 1)
        self.grouped = conv_bn(width, width, 3, stride, groups)
        self.expand = conv_bn(width, out_channels, 1)
        self.shortcut = shortcut(in_channels, out_channels, stride)

    def forward(self, x):
        inner = functional.relu(self.reduce(x))
        inner = functional.relu(self.grouped(inner))
        return functional.relu(self.expand(inner) * self.shortcut(x))


@wrong("ResNeXtBlock", replaces="ResNeXtBlock")
class resnext_relu_before_addition(nn.Module):
    """relu on the branch, none after the sum."""

    def __init__(self, in_channels, width, out_channels, groups, stride=1):
        super().__init__()
        self.reduce = conv_bn(in_channels, width, 1)
        self.grouped = conv_bn(width, width, 3, stride, groups)
        self.expand = conv_bn(width, out_channels, 1)
        self.shortcut = shortcut(in_channels, out_channels, stride)

    def forward(self, x):
        inner = functional.relu(self.reduce(x))
        inner = functional.relu(self.grouped(inner))
        return functional.relu(self.expand(inner)) + self.shortcut(x)


@wrong("ResNeXtBlock", replaces="ResNeXtBlock")
class resnext_without_relu_after_the_groups(nn.Module):
    """No relu after the grouped convolution."""

    def __init__(self, in_channels, width, out_channels, groups, stride=1):
        super().__init__()
        self.reduce = conv_bn(in_channels, width, 1)
        self.grouped = conv_bn(width, width, 3, stride, groups)
        self.expand = conv_bn(width, out_channels, 1)
        self.shortcut = shortcut(in_channels, out_channels, stride)

    def forward(self, x):
        inner = functional.relu(self.reduce(x))
        inner = self.grouped(inner)
        return functional.relu(self.expand(inner) + self.shortcut(x))


@wrong("ResNeXtBlock", replaces="ResNeXtBlock")
class resnext_shuffles_channels(nn.Module):
    """The channels are shuffled between the groups before the last 1 x 1."""

    def __init__(self, in_channels, width, out_channels, groups, stride=1):
        super().__init__()
        self.reduce = conv_bn(in_channels, width, 1)
        self.grouped = conv_bn(width, width, 3, stride, groups)
        self.expand = conv_bn(width, out_channels, 1)
        self.shortcut = shortcut(in_channels, out_channels, stride)
        self.groups = groups

    def forward(self, x):
        inner = functional.relu(self.reduce(x))
        inner = functional.relu(self.grouped(inner))
        inner = inner.unflatten(1, (self.groups, -1)).transpose(1, 2).flatten(1, 2)
        return functional.relu(self.expand(inner) + self.shortcut(x))


@wrong("ResNeXtBlock", replaces="ResNeXtBlock")
class resnext_splits_every_other_channel(nn.Module):
    """Group k gets the channels k, k + groups, ..."""

    def __init__(self, in_channels, width, out_channels, groups, stride=1):
        super().__init__()
        self.reduce = conv_bn(in_channels, width, 1)
        each = width // groups
        self.paths = nn.ModuleList(
            [nn.Conv2d(each, each, 3, stride, 1, bias=False) for _ in range(groups)]
        )
        self.norm = nn.BatchNorm2d(width)
        self.expand = conv_bn(width, out_channels, 1)
        self.shortcut = shortcut(in_channels, out_channels, stride)

    def forward(self, x):
        inner, count = functional.relu(self.reduce(x)), len(self.paths)
        maps = torch.cat([path(inner[:, k::count]) for k, path in enumerate(self.paths)], dim=1)
        out = self.expand(functional.relu(self.norm(maps)))
        return functional.relu(out + self.shortcut(x))


@wrong("ResNeXtBlock", replaces="ResNeXtBlock")
class resnext_joins_groups_backwards(nn.Module):
    """The last group's maps come first."""

    def __init__(self, in_channels, width, out_channels, groups, stride=1):
        super().__init__()
        self.reduce = conv_bn(in_channels, width, 1)
        each = width // groups
        self.paths = nn.ModuleList(
            [nn.Conv2d(each, each, 3, stride, 1, bias=False) for _ in range(groups)]
        )
        self.norm = nn.BatchNorm2d(width)
        self.expand = conv_bn(width, out_channels, 1)
        self.shortcut = shortcut(in_channels, out_channels, stride)

    def forward(self, x):
        parts = functional.relu(self.reduce(x)).chunk(len(self.paths), dim=1)
        maps = torch.cat([f(part) for f, part in zip(self.paths, parts, strict=True)][::-1], dim=1)
        out = self.expand(functional.relu(self.norm(maps)))
        return functional.relu(out + self.shortcut(x))


@wrong("ResNeXtBlock", replaces="ResNeXtBlock")
class resnext_one_convolution_for_all_groups(nn.Module):
    """All groups share the weights of one small convolution."""

    def __init__(self, in_channels, width, out_channels, groups, stride=1):
        super().__init__()
        self.reduce = conv_bn(in_channels, width, 1)
        each = width // groups
        self.paths = nn.ModuleList([nn.Conv2d(each, each, 3, stride, 1, bias=False)] * groups)
        self.norm = nn.BatchNorm2d(width)
        self.expand = conv_bn(width, out_channels, 1)
        self.shortcut = shortcut(in_channels, out_channels, stride)

    def forward(self, x):
        parts = functional.relu(self.reduce(x)).chunk(len(self.paths), dim=1)
        maps = torch.cat([f(part) for f, part in zip(self.paths, parts, strict=True)], dim=1)
        out = self.expand(functional.relu(self.norm(maps)))
        return functional.relu(out + self.shortcut(x))


# ResNeXtBlock: right


@right("ResNeXtBlock", replaces="ResNeXtBlock")
class resnext_of_one_sequential(nn.Module):
    """The branch as one nn.Sequential of plain layers."""

    def __init__(self, in_channels, width, out_channels, groups, stride=1):
        super().__init__()
        self.branch = nn.Sequential(
            nn.Conv2d(in_channels, width, 1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
            nn.Conv2d(width, width, 3, stride=stride, padding=1, groups=groups, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
            nn.Conv2d(width, out_channels, 1, bias=False),
            nn.BatchNorm2d(out_channels),
        )
        self.skip = shortcut(in_channels, out_channels, stride)

    def forward(self, x):
        return functional.relu(self.skip(x) + self.branch(x))


@right("ResNeXtBlock", replaces="ResNeXtBlock")
class resnext_of_small_convolutions(nn.Module):
    """Small convolutions side by side, one batch norm."""

    def __init__(self, in_channels, width, out_channels, groups, stride=1):
        super().__init__()
        self.reduce = conv_bn(in_channels, width, 1)
        each = width // groups
        self.paths = nn.ModuleList(
            [nn.Conv2d(each, each, 3, stride, 1, bias=False) for _ in range(groups)]
        )
        self.norm = nn.BatchNorm2d(width)
        self.expand = conv_bn(width, out_channels, 1)
        self.shortcut = shortcut(in_channels, out_channels, stride)

    def forward(self, x):
        parts = functional.relu(self.reduce(x)).chunk(len(self.paths), dim=1)
        maps = torch.cat([f(part) for f, part in zip(self.paths, parts, strict=True)], dim=1)
        out = self.expand(functional.relu(self.norm(maps)))
        return functional.relu(out + self.shortcut(x))


@right("ResNeXtBlock", replaces="ResNeXtBlock")
class resnext_of_branches_concatenated(nn.Module):
    """Whole branches, joined before the last 1 x 1."""

    def __init__(self, in_channels, width, out_channels, groups, stride=1):
        super().__init__()
        each = width // groups
        self.branches = nn.ModuleList()
        for _ in range(groups):
            self.branches.append(
                nn.Sequential(
                    conv_bn(in_channels, each, 1),
                    nn.ReLU(),
                    conv_bn(each, each, 3, stride),
                    nn.ReLU(),
                )
            )
        self.expand = conv_bn(width, out_channels, 1)
        self.shortcut = shortcut(in_channels, out_channels, stride)

    def forward(self, x):
        maps = torch.cat([branch(x) for branch in self.branches], dim=1)
        return functional.relu(self.expand(maps) + self.shortcut(x))


@right("ResNeXtBlock", replaces="ResNeXtBlock")
class resnext_of_branches_summed(nn.Module):
    """Whole branches with a last 1 x 1 each, summed before the batch norm."""

    def __init__(self, in_channels, width, out_channels, groups, stride=1):
        super().__init__()
        each = width // groups
        self.branches = nn.ModuleList()
        for _ in range(groups):
            self.branches.append(
                nn.Sequential(
                    conv_bn(in_channels, each, 1),
                    nn.ReLU(),
                    conv_bn(each, each, 3, stride),
                    nn.ReLU(),
                    nn.Conv2d(each, out_channels, 1, bias=False),
                )
            )
        self.norm = nn.BatchNorm2d(out_channels)
        self.shortcut = shortcut(in_channels, out_channels, stride)

    def forward(self, x):
        total = torch.stack([branch(x) for branch in self.branches]).sum(dim=0)
        return functional.relu(self.norm(total) + self.shortcut(x))


# InceptionResidualBlock: wrong


@wrong("InceptionResidualBlock", replaces="InceptionResidualBlock")
class inception_without_scale(nn.Module):
    """The scale is not used."""

    def __init__(self, channels, width, scale=0.17):
        super().__init__()
        half = 3 * width // 2
        self.one = conv_bn(channels, width, 1)
        self.two = nn.Sequential(conv_bn(channels, width, 1), nn.ReLU(), conv_bn(width, width, 3))
        self.three = nn.Sequential(
            conv_bn(channels, width, 1),
            nn.ReLU(),
            conv_bn(width, half, 3),
            nn.ReLU(),
            conv_bn(half, 2 * width, 3),
        )
        self.up = nn.Conv2d(4 * width, channels, 1)
        self.scale = scale

    def forward(self, x):
        maps = torch.cat([self.one(x), self.two(x), self.three(x)], dim=1)
        return functional.relu(x + self.up(functional.relu(maps)))


@wrong("InceptionResidualBlock", replaces="InceptionResidualBlock")
class inception_scales_the_input(nn.Module):
    """x is scaled, not the branch."""

    def __init__(self, channels, width, scale=0.17):
        super().__init__()
        half = 3 * width // 2
        self.one = conv_bn(channels, width, 1)
        self.two = nn.Sequential(conv_bn(channels, width, 1), nn.ReLU(), conv_bn(width, width, 3))
        self.three = nn.Sequential(
            conv_bn(channels, width, 1),
            nn.ReLU(),
            conv_bn(width, half, 3),
            nn.ReLU(),
            conv_bn(half, 2 * width, 3),
        )
        self.up = nn.Conv2d(4 * width, channels, 1)
        self.scale = scale

    def forward(self, x):
        maps = torch.cat([self.one(x), self.two(x), self.three(x)], dim=1)
        return functional.relu(self.scale * x + self.up(functional.relu(maps)))


@wrong("InceptionResidualBlock", replaces="InceptionResidualBlock")
class inception_scales_the_sum(nn.Module):
    """The sum is scaled."""

    def __init__(self, channels, width, scale=0.17):
        super().__init__()
        half = 3 * width // 2
        self.one = conv_bn(channels, width, 1)
        self.two = nn.Sequential(conv_bn(channels, width, 1), nn.ReLU(), conv_bn(width, width, 3))
        self.three = nn.Sequential(
            conv_bn(channels, width, 1),
            nn.ReLU(),
            conv_bn(width, half, 3),
            nn.ReLU(),
            conv_bn(half, 2 * width, 3),
        )
        self.up = nn.Conv2d(4 * width, channels, 1)
        self.scale = scale

    def forward(self, x):
        maps = torch.cat([self.one(x), self.two(x), self.three(x)], dim=1)
        return functional.relu(self.scale * (x + self.up(functional.relu(maps))))


@wrong("InceptionResidualBlock", replaces="InceptionResidualBlock")
class inception_relu_before_addition(nn.Module):
    """relu on what is added, none after the sum."""

    def __init__(self, channels, width, scale=0.17):
        super().__init__()
        half = 3 * width // 2
        self.one = conv_bn(channels, width, 1)
        self.two = nn.Sequential(conv_bn(channels, width, 1), nn.ReLU(), conv_bn(width, width, 3))
        self.three = nn.Sequential(
            conv_bn(channels, width, 1),
            nn.ReLU(),
            conv_bn(width, half, 3),
            nn.ReLU(),
            conv_bn(half, 2 * width, 3),
        )
        self.up = nn.Conv2d(4 * width, channels, 1)
        self.scale = scale

    def forward(self, x):
        maps = torch.cat([self.one(x), self.two(x), self.three(x)], dim=1)
        return x + self.scale * functional.relu(self.up(functional.relu(maps)))


@wrong("InceptionResidualBlock", replaces="InceptionResidualBlock")
class inception_relu_on_up(nn.Module):
    """relu on what is added, and after the sum."""

    def __init__(self, channels, width, scale=0.17):
        super().__init__()
        half = 3 * width // 2
        self.one = conv_bn(channels, width, 1)
        self.two = nn.Sequential(conv_bn(channels, width, 1), nn.ReLU(), conv_bn(width, width, 3))
        self.three = nn.Sequential(
            conv_bn(channels, width, 1),
            nn.ReLU(),
            conv_bn(width, half, 3),
            nn.ReLU(),
            conv_bn(half, 2 * width, 3),
        )
        self.up = nn.Conv2d(4 * width, channels, 1)
        self.scale = scale

    def forward(self, x):
        maps = torch.cat([self.one(x), self.two(x), self.three(x)], dim=1)
        return functional.relu(x + self.scale * functional.relu(self.up(functional.relu(maps))))


@wrong("InceptionResidualBlock", replaces="InceptionResidualBlock")
class inception_without_final_relu(nn.Module):
    """The sum is returned as it is."""

    def __init__(self, channels, width, scale=0.17):
        super().__init__()
        half = 3 * width // 2
        self.one = conv_bn(channels, width, 1)
        self.two = nn.Sequential(conv_bn(channels, width, 1), nn.ReLU(), conv_bn(width, width, 3))
        self.three = nn.Sequential(
            conv_bn(channels, width, 1),
            nn.ReLU(),
            conv_bn(width, half, 3),
            nn.ReLU(),
            conv_bn(half, 2 * width, 3),
        )
        self.up = nn.Conv2d(4 * width, channels, 1)
        self.scale = scale

    def forward(self, x):
        maps = torch.cat([self.one(x), self.two(x), self.three(x)], dim=1)
        return x + self.scale * self.up(functional.relu(maps))


@wrong("InceptionResidualBlock", replaces="InceptionResidualBlock")
class inception_without_skip(nn.Module):
    """x is not added."""

    def __init__(self, channels, width, scale=0.17):
        super().__init__()
        half = 3 * width // 2
        self.one = conv_bn(channels, width, 1)
        self.two = nn.Sequential(conv_bn(channels, width, 1), nn.ReLU(), conv_bn(width, width, 3))
        self.three = nn.Sequential(
            conv_bn(channels, width, 1),
            nn.ReLU(),
            conv_bn(width, half, 3),
            nn.ReLU(),
            conv_bn(half, 2 * width, 3),
        )
        self.up = nn.Conv2d(4 * width, channels, 1)
        self.scale = scale

    def forward(self, x):
        maps = torch.cat([self.one(x), self.two(x), self.three(x)], dim=1)
        return functional.relu(self.scale * self.up(functional.relu(maps)))


@wrong("InceptionResidualBlock", replaces="InceptionResidualBlock")
class inception_multiplies(nn.Module):
    """x times the branch."""

    def __init__(self, channels, width, scale=0.17):
        super().__init__()
        half = 3 * width // 2
        self.one = conv_bn(channels, width, 1)
        self.two = nn.Sequential(conv_bn(channels, width, 1), nn.ReLU(), conv_bn(width, width, 3))
        self.three = nn.Sequential(
            conv_bn(channels, width, 1),
            nn.ReLU(),
            conv_bn(width, half, 3),
            nn.ReLU(),
            conv_bn(half, 2 * width, 3),
        )
        self.up = nn.Conv2d(4 * width, channels, 1)
        self.scale = scale

    def forward(self, x):
        maps = torch.cat([self.one(x), self.two(x), self.three(x)], dim=1)
        return functional.relu(x * self.scale * self.up(functional.relu(maps)))


@wrong("InceptionResidualBlock", replaces="InceptionResidualBlock")
class inception_without_relu_at_the_branches_ends(nn.Module):
    """The last batch norms of the branches have no relu."""

    def __init__(self, channels, width, scale=0.17):
        super().__init__()
        half = 3 * width // 2
        self.one = conv_bn(channels, width, 1)
        self.two = nn.Sequential(conv_bn(channels, width, 1), nn.ReLU(), conv_bn(width, width, 3))
        self.three = nn.Sequential(
            conv_bn(channels, width, 1),
            nn.ReLU(),
            conv_bn(width, half, 3),
            nn.ReLU(),
            conv_bn(half, 2 * width, 3),
        )
        self.up = nn.Conv2d(4 * width, channels, 1)
        self.scale = scale

    def forward(self, x):
        maps = torch.cat([self.one(x), self.two(x), self.three(x)], dim=1)
        return functional.relu(x + self.scale * self.up(maps))


@wrong("InceptionResidualBlock", replaces="InceptionResidualBlock")
class inception_joins_in_reverse(nn.Module):
    """Branches 3, 2, 1."""

    def __init__(self, channels, width, scale=0.17):
        super().__init__()
        half = 3 * width // 2
        self.one = conv_bn(channels, width, 1)
        self.two = nn.Sequential(conv_bn(channels, width, 1), nn.ReLU(), conv_bn(width, width, 3))
        self.three = nn.Sequential(
            conv_bn(channels, width, 1),
            nn.ReLU(),
            conv_bn(width, half, 3),
            nn.ReLU(),
            conv_bn(half, 2 * width, 3),
        )
        self.up = nn.Conv2d(4 * width, channels, 1)
        self.scale = scale

    def forward(self, x):
        maps = torch.cat([self.three(x), self.two(x), self.one(x)], dim=1)
        return functional.relu(x + self.scale * self.up(functional.relu(maps)))


@wrong("InceptionResidualBlock", replaces="InceptionResidualBlock")
class inception_joins_rows(nn.Module):
    """Concatenated along the wrong axis."""

    def __init__(self, channels, width, scale=0.17):
        super().__init__()
        half = 3 * width // 2
        self.one = conv_bn(channels, width, 1)
        self.two = nn.Sequential(conv_bn(channels, width, 1), nn.ReLU(), conv_bn(width, width, 3))
        self.three = nn.Sequential(
            conv_bn(channels, width, 1),
            nn.ReLU(),
            conv_bn(width, half, 3),
            nn.ReLU(),
            conv_bn(half, 2 * width, 3),
        )
        self.up = nn.Conv2d(4 * width, channels, 1)
        self.scale = scale

    def forward(self, x):
        maps = torch.cat([self.one(x), self.two(x), self.three(x)], dim=2)
        return functional.relu(x + self.scale * self.up(functional.relu(maps)))


@wrong("InceptionResidualBlock", replaces="InceptionResidualBlock")
class inception_up_without_bias(nn.Module):
    """The last 1 x 1 has no bias."""

    def __init__(self, channels, width, scale=0.17):
        super().__init__()
        half = 3 * width // 2
        self.one = conv_bn(channels, width, 1)
        self.two = nn.Sequential(conv_bn(channels, width, 1), nn.ReLU(), conv_bn(width, width, 3))
        self.three = nn.Sequential(
            conv_bn(channels, width, 1),
            nn.ReLU(),
            conv_bn(width, half, 3),
            nn.ReLU(),
            conv_bn(half, 2 * width, 3),
        )
        self.up = nn.Conv2d(4 * width, channels, 1, bias=False)
        self.scale = scale

    def forward(self, x):
        maps = torch.cat([self.one(x), self.two(x), self.three(x)], dim=1)
        return functional.relu(x + self.scale * self.up(functional.relu(maps)))


@wrong("InceptionResidualBlock", replaces="InceptionResidualBlock")
class inception_up_with_batch_norm(nn.Module):
    """A batch norm after the last 1 x 1."""

    def __init__(self, channels, width, scale=0.17):
        super().__init__()
        half = 3 * width // 2
        self.one = conv_bn(channels, width, 1)
        self.two = nn.Sequential(conv_bn(channels, width, 1), nn.ReLU(), conv_bn(width, width, 3))
        self.three = nn.Sequential(
            conv_bn(channels, width, 1),
            nn.ReLU(),
            conv_bn(width, half, 3),
            nn.ReLU(),
            conv_bn(half, 2 * width, 3),
        )
        self.up = conv_bn(4 * width, channels, 1)
        self.scale = scale

    def forward(self, x):
        maps = torch.cat([self.one(x), self.two(x), self.three(x)], dim=1)
        return functional.relu(x + self.scale * self.up(functional.relu(maps)))


@wrong("InceptionResidualBlock", replaces="InceptionResidualBlock")
class inception_scale_is_learned(nn.Module):
    """The scale is a parameter."""

    def __init__(self, channels, width, scale=0.17):
        super().__init__()
        half = 3 * width // 2
        self.one = conv_bn(channels, width, 1)
        self.two = nn.Sequential(conv_bn(channels, width, 1), nn.ReLU(), conv_bn(width, width, 3))
        self.three = nn.Sequential(
            conv_bn(channels, width, 1),
            nn.ReLU(),
            conv_bn(width, half, 3),
            nn.ReLU(),
            conv_bn(half, 2 * width, 3),
        )
        self.up = nn.Conv2d(4 * width, channels, 1)
        self.scale = nn.Parameter(torch.tensor(float(scale)))

    def forward(self, x):
        maps = torch.cat([self.one(x), self.two(x), self.three(x)], dim=1)
        return functional.relu(x + self.scale * self.up(functional.relu(maps)))


@wrong("InceptionResidualBlock", replaces="InceptionResidualBlock")
class inception_other_default_scale(nn.Module):
    """0.1 by default."""

    def __init__(self, channels, width, scale=0.1):
        super().__init__()
        half = 3 * width // 2
        self.one = conv_bn(channels, width, 1)
        self.two = nn.Sequential(conv_bn(channels, width, 1), nn.ReLU(), conv_bn(width, width, 3))
        self.three = nn.Sequential(
            conv_bn(channels, width, 1),
            nn.ReLU(),
            conv_bn(width, half, 3),
            nn.ReLU(),
            conv_bn(half, 2 * width, 3),
        )
        self.up = nn.Conv2d(4 * width, channels, 1)
        self.scale = scale

    def forward(self, x):
        maps = torch.cat([self.one(x), self.two(x), self.three(x)], dim=1)
        return functional.relu(x + self.scale * self.up(functional.relu(maps)))


@wrong("InceptionResidualBlock", replaces="InceptionResidualBlock")
class inception_adds_in_place(nn.Module):
    """Right values, but x is overwritten."""

    def __init__(self, channels, width, scale=0.17):
        super().__init__()
        half = 3 * width // 2
        self.one = conv_bn(channels, width, 1)
        self.two = nn.Sequential(conv_bn(channels, width, 1), nn.ReLU(), conv_bn(width, width, 3))
        self.three = nn.Sequential(
            conv_bn(channels, width, 1),
            nn.ReLU(),
            conv_bn(width, half, 3),
            nn.ReLU(),
            conv_bn(half, 2 * width, 3),
        )
        self.up = nn.Conv2d(4 * width, channels, 1)
        self.scale = scale

    def forward(self, x):
        maps = torch.cat([self.one(x), self.two(x), self.three(x)], dim=1)
        x += self.scale * self.up(functional.relu(maps))
        return functional.relu(x)


@wrong("InceptionResidualBlock", replaces="InceptionResidualBlock")
class inception_hides_its_branches(nn.Module):
    """Branches in a plain list: torch does not see their weights."""

    def __init__(self, channels, width, scale=0.17):
        super().__init__()
        half = 3 * width // 2
        self.one = conv_bn(channels, width, 1)
        self.two = nn.Sequential(conv_bn(channels, width, 1), nn.ReLU(), conv_bn(width, width, 3))
        self.three = nn.Sequential(
            conv_bn(channels, width, 1),
            nn.ReLU(),
            conv_bn(width, half, 3),
            nn.ReLU(),
            conv_bn(half, 2 * width, 3),
        )
        self.hidden = [self.one, self.two, self.three]
        del self.one, self.two, self.three
        self.up = nn.Conv2d(4 * width, channels, 1)
        self.scale = scale

    def forward(self, x):
        maps = torch.cat([branch(x) for branch in self.hidden], dim=1)
        return functional.relu(x + self.scale * self.up(functional.relu(maps)))


# InceptionResidualBlock: right


@right("InceptionResidualBlock", replaces="InceptionResidualBlock")
class inception_of_attributes(nn.Module):
    """Relus at the end of all branches at once, branches as attributes."""

    def __init__(self, channels, width, scale=0.17):
        super().__init__()
        half = 3 * width // 2
        self.one = conv_bn(channels, width, 1)
        self.two = nn.Sequential(conv_bn(channels, width, 1), nn.ReLU(), conv_bn(width, width, 3))
        self.three = nn.Sequential(
            conv_bn(channels, width, 1),
            nn.ReLU(),
            conv_bn(width, half, 3),
            nn.ReLU(),
            conv_bn(half, 2 * width, 3),
        )
        self.up = nn.Conv2d(4 * width, channels, 1)
        self.scale = scale

    def forward(self, x):
        maps = torch.cat([self.one(x), self.two(x), self.three(x)], dim=1)
        return functional.relu(x + self.scale * self.up(functional.relu(maps)))


@right("InceptionResidualBlock", replaces="InceptionResidualBlock")
class inception_of_flat_layers(nn.Module):
    """Every layer an attribute, functional relus."""

    def __init__(self, channels, width, scale=0.17):
        super().__init__()
        wide = width + width // 2
        self.branch1 = conv_bn(channels, width, 1)
        self.branch2a = conv_bn(channels, width, 1)
        self.branch2b = conv_bn(width, width, 3)
        self.branch3a = conv_bn(channels, width, 1)
        self.branch3b = conv_bn(width, wide, 3)
        self.branch3c = conv_bn(wide, width * 2, 3)
        self.linear = nn.Conv2d(width * 4, channels, kernel_size=1)
        self.alpha = float(scale)

    def forward(self, x):
        a = functional.relu(self.branch1(x))
        b = functional.relu(self.branch2b(functional.relu(self.branch2a(x))))
        c = functional.relu(self.branch3b(functional.relu(self.branch3a(x))))
        c = functional.relu(self.branch3c(c))
        return (self.linear(torch.cat((a, b, c), 1)) * self.alpha + x).relu()


@right("InceptionResidualBlock", replaces="InceptionResidualBlock")
class inception_adds_parts_of_up(nn.Module):
    """The concatenation is never made: up's kernel is cut instead."""

    def __init__(self, channels, width, scale=0.17):
        super().__init__()
        half = 3 * width // 2
        self.one = conv_bn(channels, width, 1)
        self.two = nn.Sequential(conv_bn(channels, width, 1), nn.ReLU(), conv_bn(width, width, 3))
        self.three = nn.Sequential(
            conv_bn(channels, width, 1),
            nn.ReLU(),
            conv_bn(width, half, 3),
            nn.ReLU(),
            conv_bn(half, 2 * width, 3),
        )
        self.up = nn.Conv2d(4 * width, channels, 1)
        self.scale = scale

    def forward(self, x):
        parts, start, total = [self.one(x), self.two(x), self.three(x)], 0, x
        for maps in parts:
            kernel = self.up.weight[:, start : start + maps.shape[1]]
            start += maps.shape[1]
            total = total + self.scale * functional.conv2d(functional.relu(maps), kernel)
        return functional.relu(total + self.scale * self.up.bias.view(1, -1, 1, 1))


# DenseBlock: wrong


@wrong("DenseBlock", replaces="DenseBlock")
class dense_returns_only_the_new_maps(nn.Module):
    """The input is missing from the result."""

    def __init__(self, in_channels, layers, growth):
        super().__init__()
        self.layers = nn.ModuleList()
        for number in range(layers):
            channels = in_channels + number * growth
            layer = nn.Sequential(
                nn.BatchNorm2d(channels),
                nn.ReLU(),
                nn.Conv2d(channels, 4 * growth, 1, bias=False),
                nn.BatchNorm2d(4 * growth),
                nn.ReLU(),
                nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False),
            )
            self.layers.append(layer)

    def forward(self, x):
        channels = x.shape[1]
        for layer in self.layers:
            x = torch.cat([x, layer(x)], dim=1)
        return x[:, channels:]


@wrong("DenseBlock", replaces="DenseBlock")
class dense_new_maps_first(nn.Module):
    """New maps go before the old ones."""

    def __init__(self, in_channels, layers, growth):
        super().__init__()
        self.layers = nn.ModuleList()
        for number in range(layers):
            channels = in_channels + number * growth
            layer = nn.Sequential(
                nn.BatchNorm2d(channels),
                nn.ReLU(),
                nn.Conv2d(channels, 4 * growth, 1, bias=False),
                nn.BatchNorm2d(4 * growth),
                nn.ReLU(),
                nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False),
            )
            self.layers.append(layer)

    def forward(self, x):
        for layer in self.layers:
            x = torch.cat([layer(x), x], dim=1)
        return x


@wrong("DenseBlock", replaces="DenseBlock")
class dense_new_maps_in_reverse(nn.Module):
    """x first, then the newest maps."""

    def __init__(self, in_channels, layers, growth):
        super().__init__()
        self.layers = nn.ModuleList()
        for number in range(layers):
            channels = in_channels + number * growth
            layer = nn.Sequential(
                nn.BatchNorm2d(channels),
                nn.ReLU(),
                nn.Conv2d(channels, 4 * growth, 1, bias=False),
                nn.BatchNorm2d(4 * growth),
                nn.ReLU(),
                nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False),
            )
            self.layers.append(layer)

    def forward(self, x):
        new = []
        for layer in self.layers:
            new.append(layer(torch.cat([x, *new], dim=1)))
        return torch.cat([x, *new[::-1]], dim=1)


@wrong("DenseBlock", replaces="DenseBlock")
class dense_reads_the_last_maps_only(nn.Module):
    """A layer reads the maps of the one before it, with zeros for the rest."""

    def __init__(self, in_channels, layers, growth):
        super().__init__()
        self.layers = nn.ModuleList()
        for number in range(layers):
            channels = in_channels + number * growth
            layer = nn.Sequential(
                nn.BatchNorm2d(channels),
                nn.ReLU(),
                nn.Conv2d(channels, 4 * growth, 1, bias=False),
                nn.BatchNorm2d(4 * growth),
                nn.ReLU(),
                nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False),
            )
            self.layers.append(layer)

    def forward(self, x):
        channels, total = x.shape[1], x
        for layer in self.layers:
            seen = total.clone()
            if total.shape[1] > channels:
                seen[:, : -layer[-1].out_channels] = 0.0
            total = torch.cat([total, layer(seen)], dim=1)
        return total


@wrong("DenseBlock", replaces="DenseBlock")
class dense_relu_after_each_layer(nn.Module):
    """A relu on the new maps."""

    def __init__(self, in_channels, layers, growth):
        super().__init__()
        self.layers = nn.ModuleList()
        for number in range(layers):
            channels = in_channels + number * growth
            layer = nn.Sequential(
                nn.BatchNorm2d(channels),
                nn.ReLU(),
                nn.Conv2d(channels, 4 * growth, 1, bias=False),
                nn.BatchNorm2d(4 * growth),
                nn.ReLU(),
                nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False),
            )
            self.layers.append(layer)

    def forward(self, x):
        for layer in self.layers:
            x = torch.cat([x, functional.relu(layer(x))], dim=1)
        return x


@wrong("DenseBlock", replaces="DenseBlock")
class dense_norm_after_convolution(nn.Module):
    """Convolution, batch norm, relu: the order of the other blocks."""

    def __init__(self, in_channels, layers, growth):
        super().__init__()
        self.layers = nn.ModuleList()
        for number in range(layers):
            channels = in_channels + number * growth
            layer = nn.Sequential(
                conv_bn(channels, 4 * growth, 1),
                nn.ReLU(),
                conv_bn(4 * growth, growth, 3),
                nn.ReLU(),
            )
            self.layers.append(layer)

    def forward(self, x):
        for layer in self.layers:
            x = torch.cat([x, layer(x)], dim=1)
        return x


@wrong("DenseBlock", replaces="DenseBlock")
class dense_without_first_relu(nn.Module):
    """No relu before the 1 x 1 convolution."""

    def __init__(self, in_channels, layers, growth):
        super().__init__()
        self.layers = nn.ModuleList()
        for number in range(layers):
            channels = in_channels + number * growth
            layer = nn.Sequential(
                nn.BatchNorm2d(channels),
                nn.Conv2d(channels, 4 * growth, 1, bias=False),
                nn.BatchNorm2d(4 * growth),
                nn.ReLU(),
                nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False),
            )
            self.layers.append(layer)

    def forward(self, x):
        for layer in self.layers:
            x = torch.cat([x, layer(x)], dim=1)
        return x


@wrong("DenseBlock", replaces="DenseBlock")
class dense_without_second_relu(nn.Module):
    """No relu before the 3 x 3 convolution."""

    def __init__(self, in_channels, layers, growth):
        super().__init__()
        self.layers = nn.ModuleList()
        for number in range(layers):
            channels = in_channels + number * growth
            layer = nn.Sequential(
                nn.BatchNorm2d(channels),
                nn.ReLU(),
                nn.Conv2d(channels, 4 * growth, 1, bias=False),
                nn.BatchNorm2d(4 * growth),
                nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False),
            )
            self.layers.append(layer)

    def forward(self, x):
        for layer in self.layers:
            x = torch.cat([x, layer(x)], dim=1)
        return x


@wrong("DenseBlock", replaces="DenseBlock")
class dense_without_bottleneck(nn.Module):
    """No 1 x 1 convolution: the first version of the paper."""

    def __init__(self, in_channels, layers, growth):
        super().__init__()
        self.layers = nn.ModuleList()
        for number in range(layers):
            channels = in_channels + number * growth
            layer = nn.Sequential(
                nn.BatchNorm2d(channels),
                nn.ReLU(),
                nn.Conv2d(channels, growth, 3, padding=1, bias=False),
            )
            self.layers.append(layer)

    def forward(self, x):
        for layer in self.layers:
            x = torch.cat([x, layer(x)], dim=1)
        return x


@wrong("DenseBlock", replaces="DenseBlock")
class dense_adds(nn.Module):
    """New maps are added to the first channels."""

    def __init__(self, in_channels, layers, growth):
        super().__init__()
        self.layers = nn.ModuleList()
        for _ in range(layers):
            layer = nn.Sequential(
                nn.BatchNorm2d(in_channels),
                nn.ReLU(),
                nn.Conv2d(in_channels, 4 * growth, 1, bias=False),
                nn.BatchNorm2d(4 * growth),
                nn.ReLU(),
                nn.Conv2d(4 * growth, in_channels, 3, padding=1, bias=False),
            )
            self.layers.append(layer)

    def forward(self, x):
        for layer in self.layers:
            x = x + layer(x)
        return x


@wrong("DenseBlock", replaces="DenseBlock")
class dense_hides_its_layers(nn.Module):
    """Layers in a plain list: torch does not see their weights."""

    def __init__(self, in_channels, layers, growth):
        super().__init__()
        self.layers = []
        for number in range(layers):
            channels = in_channels + number * growth
            layer = nn.Sequential(
                nn.BatchNorm2d(channels),
                nn.ReLU(),
                nn.Conv2d(channels, 4 * growth, 1, bias=False),
                nn.BatchNorm2d(4 * growth),
                nn.ReLU(),
                nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False),
            )
            self.layers.append(layer)

    def forward(self, x):
        for layer in self.layers:
            x = torch.cat([x, layer(x)], dim=1)
        return x


# Transition: wrong


@wrong("DenseBlock", replaces="Transition")
class transition_takes_the_maximum(nn.Module):
    """Max pooling."""

    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.norm = nn.BatchNorm2d(in_channels)
        self.mix = nn.Conv2d(in_channels, out_channels, 1, bias=False)

    def forward(self, x):
        return functional.max_pool2d(self.mix(functional.relu(self.norm(x))), 2)


@wrong("DenseBlock", replaces="Transition")
class transition_without_relu(nn.Module):
    """No relu."""

    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.norm = nn.BatchNorm2d(in_channels)
        self.mix = nn.Conv2d(in_channels, out_channels, 1, bias=False)

    def forward(self, x):
        return functional.avg_pool2d(self.mix(self.norm(x)), 2)


@wrong("DenseBlock", replaces="Transition")
class transition_without_pooling(nn.Module):
    """Height and width stay."""

    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.norm = nn.BatchNorm2d(in_channels)
        self.mix = nn.Conv2d(in_channels, out_channels, 1, bias=False)

    def forward(self, x):
        return self.mix(functional.relu(self.norm(x)))


@wrong("DenseBlock", replaces="Transition")
class transition_pools_before_relu(nn.Module):
    """The mean is taken of the raw maps."""

    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.norm = nn.BatchNorm2d(in_channels)
        self.mix = nn.Conv2d(in_channels, out_channels, 1, bias=False)

    def forward(self, x):
        return self.mix(functional.relu(functional.avg_pool2d(self.norm(x), 2)))


@wrong("DenseBlock", replaces="Transition")
class transition_keeps_the_odd_row(nn.Module):
    """An odd last row counts as a window."""

    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.norm = nn.BatchNorm2d(in_channels)
        self.mix = nn.Conv2d(in_channels, out_channels, 1, bias=False)

    def forward(self, x):
        return functional.avg_pool2d(self.mix(functional.relu(self.norm(x))), 2, ceil_mode=True)


@wrong("DenseBlock", replaces="Transition")
class transition_strides(nn.Module):
    """Every other pixel instead of the mean."""

    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.norm = nn.BatchNorm2d(in_channels)
        self.mix = nn.Conv2d(in_channels, out_channels, 1, bias=False)

    def forward(self, x):
        return self.mix(functional.relu(self.norm(x)))[:, :, ::2, ::2]


@wrong("DenseBlock", replaces="Transition")
class transition_convolution_first(nn.Module):
    """Convolution, batch norm, relu."""

    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.body = conv_bn(in_channels, out_channels, 1)

    def forward(self, x):
        return functional.avg_pool2d(functional.relu(self.body(x)), 2)


# DenseBlock and Transition: right


@right("DenseBlock", replaces="DenseBlock")
class dense_with_a_list_of_maps(nn.Module):
    """Maps are kept in a list and concatenated for each layer."""

    def __init__(self, in_channels, layers, growth):
        super().__init__()
        self.growing = nn.ModuleList()
        for number in range(layers):
            channels = in_channels + number * growth
            layer = nn.Sequential(
                nn.BatchNorm2d(channels),
                nn.ReLU(),
                nn.Conv2d(channels, 4 * growth, 1, bias=False),
                nn.BatchNorm2d(4 * growth),
                nn.ReLU(),
                nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False),
            )
            self.growing.append(layer)

    def forward(self, x):
        maps = [x]
        for layer in self.growing:
            maps.append(layer(torch.cat(maps, dim=1)))
        return torch.cat(maps, dim=1)


@right("DenseBlock", replaces="DenseBlock")
class dense_with_norms_and_convolutions_apart(nn.Module):
    """One list of batch norms and one of convolutions, each in the order of their use."""

    def __init__(self, in_channels, layers, growth):
        super().__init__()
        self.norms, self.convolutions = nn.ModuleList(), nn.ModuleList()
        for channels in range(in_channels, in_channels + layers * growth, growth):
            self.norms += [nn.BatchNorm2d(channels), nn.BatchNorm2d(4 * growth)]
            self.convolutions.append(nn.Conv2d(channels, 4 * growth, 1, bias=False))
            self.convolutions.append(nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False))

    def forward(self, x):
        for first in range(0, len(self.norms), 2):
            new = x
            for number in (first, first + 1):
                new = self.convolutions[number](torch.relu(self.norms[number](new)))
            x = torch.cat([x, new], dim=1)
        return x


@right("DenseBlock", replaces="DenseBlock")
class dense_of_named_layers(nn.Module):
    """Layers by name, functional relus, room for all maps made at once."""

    def __init__(self, in_channels, layers, growth):
        super().__init__()
        self.count, self.growth = layers, growth
        for i in range(layers):
            inputs = in_channels + i * growth
            self.add_module(f"norm{i}a", nn.BatchNorm2d(inputs))
            self.add_module(f"conv{i}a", nn.Conv2d(inputs, growth * 4, kernel_size=1, bias=False))
            self.add_module(f"norm{i}b", nn.BatchNorm2d(growth * 4))
            self.add_module(f"conv{i}b", nn.Conv2d(growth * 4, growth, 3, 1, 1, bias=False))

    def forward(self, x):
        for i in range(self.count):
            part = {name: getattr(self, name[:4] + str(i) + name[4]) for name in ("norma", "conva")}
            new = part["conva"](torch.relu(part["norma"](x)))
            new = torch.relu(getattr(self, f"norm{i}b")(new))
            x = torch.cat((x, getattr(self, f"conv{i}b")(new)), 1)
        return x


@right("DenseBlock", replaces="Transition")
class transition_of_one_sequential(nn.Module):
    """Everything in one nn.Sequential."""

    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.body = nn.Sequential(
            nn.BatchNorm2d(in_channels),
            nn.ReLU(inplace=True),
            nn.Conv2d(in_channels, out_channels, kernel_size=1, bias=False),
            nn.AvgPool2d(kernel_size=2, stride=2),
        )

    def forward(self, x):
        return self.body(x)


@right("DenseBlock", replaces="Transition")
class transition_pools_before_it_mixes(nn.Module):
    """The mean first, then the 1 x 1 convolution: both are linear, so their order is free."""

    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.norm = nn.BatchNorm2d(in_channels)
        self.mix = nn.Conv2d(in_channels, out_channels, 1, bias=False)

    def forward(self, x):
        return self.mix(functional.avg_pool2d(functional.relu(self.norm(x)), 2))


# regnet_widths: wrong


@wrong("regnet_widths")
def regnet_rounds_powers_down(w0, wa, wm, d, g):
    """floor for the power."""
    widths, depths = [], []
    for j in range(d):
        power = math.floor(math.log((w0 + wa * j) / w0) / math.log(wm))
        width = 8 * round(w0 * wm**power / 8)
        if widths and widths[-1] == width:
            depths[-1] += 1
        else:
            widths.append(width)
            depths.append(1)
    return [min(g, w) * round(w / min(g, w)) for w in widths], depths


@wrong("regnet_widths")
def regnet_without_powers(w0, wa, wm, d, g):
    """The line itself, to multiples of 8."""
    widths, depths = [], []
    for j in range(d):
        width = 8 * round((w0 + wa * j) / 8)
        if widths and widths[-1] == width:
            depths[-1] += 1
        else:
            widths.append(width)
            depths.append(1)
    return [min(g, w) * round(w / min(g, w)) for w in widths], depths


@wrong("regnet_widths")
def regnet_powers_not_rounded(w0, wa, wm, d, g):
    """The power stays a fraction."""
    widths, depths = [], []
    for j in range(d):
        power = math.log((w0 + wa * j) / w0) / math.log(wm)
        width = 8 * round(w0 * wm**power / 8)
        if widths and widths[-1] == width:
            depths[-1] += 1
        else:
            widths.append(width)
            depths.append(1)
    return [min(g, w) * round(w / min(g, w)) for w in widths], depths


@wrong("regnet_widths")
def regnet_forgets_the_base(w0, wa, wm, d, g):
    """Natural logarithm without division by log(wm)."""
    widths, depths = [], []
    for j in range(d):
        power = round(math.log((w0 + wa * j) / w0))
        width = 8 * round(w0 * wm**power / 8)
        if widths and widths[-1] == width:
            depths[-1] += 1
        else:
            widths.append(width)
            depths.append(1)
    return [min(g, w) * round(w / min(g, w)) for w in widths], depths


@wrong("regnet_widths")
def regnet_counts_blocks_from_one(w0, wa, wm, d, g):
    """u_1 is the first width."""
    widths, depths = [], []
    for j in range(d):
        power = round(math.log((w0 + wa * (j + 1)) / w0) / math.log(wm))
        width = 8 * round(w0 * wm**power / 8)
        if widths and widths[-1] == width:
            depths[-1] += 1
        else:
            widths.append(width)
            depths.append(1)
    return [min(g, w) * round(w / min(g, w)) for w in widths], depths


@wrong("regnet_widths")
def regnet_rounds_to_eight_down(w0, wa, wm, d, g):
    """Multiples of 8 by floor."""
    widths, depths = [], []
    for j in range(d):
        power = round(math.log((w0 + wa * j) / w0) / math.log(wm))
        width = 8 * int(w0 * wm**power / 8)
        if widths and widths[-1] == width:
            depths[-1] += 1
        else:
            widths.append(width)
            depths.append(1)
    return [min(g, w) * round(w / min(g, w)) for w in widths], depths


@wrong("regnet_widths")
def regnet_without_groups(w0, wa, wm, d, g):
    """g is not used."""
    widths, depths = [], []
    for j in range(d):
        power = round(math.log((w0 + wa * j) / w0) / math.log(wm))
        width = 8 * round(w0 * wm**power / 8)
        if widths and widths[-1] == width:
            depths[-1] += 1
        else:
            widths.append(width)
            depths.append(1)
    return widths, depths


@wrong("regnet_widths")
def regnet_groups_rounded_down(w0, wa, wm, d, g):
    """Multiples of g by floor."""
    widths, depths = [], []
    for j in range(d):
        power = round(math.log((w0 + wa * j) / w0) / math.log(wm))
        width = 8 * round(w0 * wm**power / 8)
        if widths and widths[-1] == width:
            depths[-1] += 1
        else:
            widths.append(width)
            depths.append(1)
    return [min(g, w) * (w // min(g, w)) for w in widths], depths


@wrong("regnet_widths")
def regnet_narrow_stages_grow_to_g(w0, wa, wm, d, g):
    """A stage narrower than g becomes g wide."""
    widths, depths = [], []
    for j in range(d):
        power = round(math.log((w0 + wa * j) / w0) / math.log(wm))
        width = 8 * round(w0 * wm**power / 8)
        if widths and widths[-1] == width:
            depths[-1] += 1
        else:
            widths.append(width)
            depths.append(1)
    return [g * max(1, round(w / g)) for w in widths], depths


@wrong("regnet_widths")
def regnet_narrow_stages_vanish(w0, wa, wm, d, g):
    """g * round(w / g) for all, which may be 0."""
    widths, depths = [], []
    for j in range(d):
        power = round(math.log((w0 + wa * j) / w0) / math.log(wm))
        width = 8 * round(w0 * wm**power / 8)
        if widths and widths[-1] == width:
            depths[-1] += 1
        else:
            widths.append(width)
            depths.append(1)
    return [g * round(w / g) for w in widths], depths


@wrong("regnet_widths")
def regnet_groups_before_stages(w0, wa, wm, d, g):
    """Widths are adapted to g first, and equal ones then merged."""
    widths, depths = [], []
    for j in range(d):
        power = round(math.log((w0 + wa * j) / w0) / math.log(wm))
        width = 8 * round(w0 * wm**power / 8)
        width = min(g, width) * round(width / min(g, width))
        if widths and widths[-1] == width:
            depths[-1] += 1
        else:
            widths.append(width)
            depths.append(1)
    return widths, depths


@wrong("regnet_widths")
def regnet_rounds_halves_up(w0, wa, wm, d, g):
    """A half goes up where it should go to the even neighbour."""
    widths, depths = [], []
    for j in range(d):
        power = round(math.log((w0 + wa * j) / w0) / math.log(wm))
        width = 8 * round(w0 * wm**power / 8)
        if widths and widths[-1] == width:
            depths[-1] += 1
        else:
            widths.append(width)
            depths.append(1)
    return [min(g, w) * int(w / min(g, w) + 0.5) for w in widths], depths


@wrong("regnet_widths")
def regnet_returns_floats(w0, wa, wm, d, g):
    """Widths are floats."""
    widths, depths = [], []
    for j in range(d):
        power = round(math.log((w0 + wa * j) / w0) / math.log(wm))
        width = 8 * round(w0 * wm**power / 8)
        if widths and widths[-1] == width:
            depths[-1] += 1
        else:
            widths.append(width)
            depths.append(1)
    return [float(min(g, w) * round(w / min(g, w))) for w in widths], depths


@wrong("regnet_widths")
def regnet_returns_a_width_for_each_block(w0, wa, wm, d, g):
    """One entry per block."""
    widths, depths = [], []
    for j in range(d):
        power = round(math.log((w0 + wa * j) / w0) / math.log(wm))
        width = 8 * round(w0 * wm**power / 8)
        if widths and widths[-1] == width:
            depths[-1] += 1
        else:
            widths.append(width)
            depths.append(1)
    stages = [min(g, w) * round(w / min(g, w)) for w in widths]
    return np.repeat(stages, depths).tolist(), [1] * d


@wrong("regnet_widths")
def regnet_returns_widths_only(w0, wa, wm, d, g):
    """Depths are missing."""
    widths, depths = [], []
    for j in range(d):
        power = round(math.log((w0 + wa * j) / w0) / math.log(wm))
        width = 8 * round(w0 * wm**power / 8)
        if widths and widths[-1] == width:
            depths[-1] += 1
        else:
            widths.append(width)
            depths.append(1)
    return [min(g, w) * round(w / min(g, w)) for w in widths]


# regnet_widths: right


@right("regnet_widths")
def regnet_by_numpy(w0, wa, wm, d, g):
    """Arrays, np.unique and np.round."""
    line = w0 + wa * np.arange(d)
    powers = np.round(np.log(line / w0) / np.log(wm))
    widths = (np.round(w0 * np.power(wm, powers) / 8) * 8).astype(int)
    widths, depths = np.unique(widths, return_counts=True)
    group = np.minimum(g, widths)
    widths = (np.round(widths / group) * group).astype(int)
    return widths.tolist(), depths.tolist()


@right("regnet_widths")
def regnet_by_groupby(w0, wa, wm, d, g):
    """itertools.groupby, and numpy's integers in the lists."""
    from itertools import groupby

    blocks = []
    for j in range(d):
        power = np.rint(np.log((w0 + wa * j) / w0) / np.log(wm))
        blocks.append(np.int64(np.rint(w0 * wm**power / 8)) * 8)
    widths, depths = [], []
    for width, run in groupby(blocks):
        widths.append(width if width <= g else np.int64(np.rint(width / g)) * g)
        depths.append(len(list(run)))
    return widths, depths


@right("regnet_widths")
def regnet_by_a_dictionary(w0, wa, wm, d, g):
    """A dictionary counts the blocks of each width."""
    counts = {}
    for j in range(d):
        power = int(np.around(math.log(1 + wa * j / w0, wm)))
        width = int(np.around(w0 * wm**power / 8)) * 8
        counts[width] = counts.get(width, 0) + 1
    widths = []
    for width in counts:
        group = width if width < g else g
        widths.append(round(width / group) * group)
    return widths, list(counts.values())
