"""Day 18: residual networks and their family.

Sources: He et al., "Deep residual learning for image recognition" (2016); Xie et al., "Aggregated
residual transformations for deep neural networks" (2017); Szegedy et al., "Inception-v4,
Inception-ResNet and the impact of residual connections on learning" (2017); Huang et al., "Densely
connected convolutional networks" (2017); Radosavovic et al., "Designing network design spaces"
(2020). In the bottleneck the stride sits on the 3 x 3 convolution, as in all later versions.
"""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional


def conv_bn(
    in_channels: int, out_channels: int, kernel: int, stride: int = 1, groups: int = 1
) -> nn.Sequential:
    """A convolution without bias, then batch norm. With stride 1 an odd kernel keeps H and W."""
    convolution = nn.Conv2d(
        in_channels, out_channels, kernel, stride, kernel // 2, groups=groups, bias=False
    )
    return nn.Sequential(convolution, nn.BatchNorm2d(out_channels))


def shortcut(in_channels: int, out_channels: int, stride: int = 1) -> nn.Module:
    """The way round a residual branch: the identity where shapes allow it, else a projection.

    in_channels, out_channels: channels before and after the branch
    stride: by how much the branch shrinks height and width
    returns: with equal channels and stride 1, a module without parameters that gives back its
        input; otherwise a 1 x 1 convolution with this stride, without bias, and batch norm after
        it (no relu)

    >>> [tuple(p.shape) for p in shortcut(6, 8, 2).parameters()]
    [(8, 6, 1, 1), (8,), (8,)]
    >>> list(shortcut(6, 6).parameters())
    []
    """
    ### BEGIN SOLUTION
    if in_channels == out_channels and stride == 1:
        return nn.Identity()
    return conv_bn(in_channels, out_channels, 1, stride)
    ### END SOLUTION


class BasicBlock(nn.Module):
    """The block of ResNet-18 and ResNet-34: relu(branch(x) + shortcut(x)).

    branch: 3 x 3 convolution with the stride, batch norm, relu, 3 x 3 convolution with stride 1,
        batch norm
    shortcut: as `shortcut(in_channels, channels, stride)` makes it, a projection only where needed

    Convolutions have padding 1 and no bias. x (N, in_channels, H, W) gives (N, channels, H', W')
    with H' = H for stride 1 and ceil(H / 2) for stride 2, W' likewise. x itself is not changed.

    >>> BasicBlock(6, 8, stride=2)(torch.zeros(3, 6, 9, 4)).shape
    torch.Size([3, 8, 5, 2])
    """

    def __init__(self, in_channels: int, channels: int, stride: int = 1) -> None:
        """Create the layers in the order in which the data meets them, the shortcut last."""
        super().__init__()
        ### BEGIN SOLUTION
        self.first = conv_bn(in_channels, channels, 3, stride)
        self.second = conv_bn(channels, channels, 3)
        self.shortcut = shortcut(in_channels, channels, stride)
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x (N, in_channels, H, W) to (N, channels, H', W'), same dtype."""
        ### BEGIN SOLUTION
        branch = self.second(functional.relu(self.first(x)))
        return functional.relu(branch + self.shortcut(x))
        ### END SOLUTION


class Bottleneck(nn.Module):
    """The block of ResNet-50 and deeper: relu(branch(x) + shortcut(x)), narrow in the middle.

    branch: 1 x 1 convolution to `width` channels, batch norm, relu,
        3 x 3 convolution with the stride, `width` channels, batch norm, relu,
        1 x 1 convolution to 4 * width channels, batch norm
    shortcut: as `shortcut(in_channels, 4 * width, stride)` makes it

    No convolution has a bias. The stride sits on the 3 x 3 convolution, not on the first 1 x 1: a
    1 x 1 with stride 2 would throw three of four pixels away unseen. x (N, in_channels, H, W)
    gives (N, 4 * width, H', W'), sizes as in BasicBlock. x itself is not changed.

    >>> Bottleneck(6, 2, stride=2)(torch.zeros(3, 6, 9, 4)).shape
    torch.Size([3, 8, 5, 2])
    """

    def __init__(self, in_channels: int, width: int, stride: int = 1) -> None:
        """Create the layers in the order in which the data meets them, the shortcut last."""
        super().__init__()
        ### BEGIN SOLUTION
        self.reduce = conv_bn(in_channels, width, 1)
        self.middle = conv_bn(width, width, 3, stride)
        self.expand = conv_bn(width, 4 * width, 1)
        self.shortcut = shortcut(in_channels, 4 * width, stride)
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x (N, in_channels, H, W) to (N, 4 * width, H', W'), same dtype."""
        ### BEGIN SOLUTION
        narrow = functional.relu(self.reduce(x))
        narrow = functional.relu(self.middle(narrow))
        return functional.relu(self.expand(narrow) + self.shortcut(x))
        ### END SOLUTION


def resnet(depth: int, classes: int = 1000, width: int = 64) -> nn.Module:
    """A whole residual network of `depth` 18, 34 or 50, made of `BasicBlock` or `Bottleneck`.

    stem: 7 x 7 convolution with stride 2, padding 3, no bias, 3 to `width` channels; batch norm;
        relu; 3 x 3 max pooling with stride 2 and padding 1
    four stages of blocks:
        depth 18: 2, 2, 2, 2 x BasicBlock;  34: 3, 4, 6, 3 x BasicBlock;
        depth 50: 3, 4, 6, 3 x Bottleneck
        blocks get `width`, 2 * width, 4 * width, 8 * width as their second argument, stage by
        stage; the first block of the stages 2, 3 and 4 has stride 2, all others stride 1
    head: mean over all pixels of each map, then a linear layer with bias to `classes` logits

    returns: a module that turns (N, 3, H, W) of any size from 32 on into logits (N, classes),
        without softmax; any initialisation. Create the layers in the order in which the data
        meets them. (In training mode torch's batch norm refuses a single picture of 32 x 32.)

    Raises ValueError for any other depth.

    >>> sum(p.numel() for p in resnet(18).parameters())
    11689512
    """
    ### BEGIN SOLUTION
    plans = {
        18: (BasicBlock, 1, (2, 2, 2, 2)),
        34: (BasicBlock, 1, (3, 4, 6, 3)),
        50: (Bottleneck, 4, (3, 4, 6, 3)),
    }
    if depth not in plans:
        raise ValueError(f"depth must be one of {sorted(plans)}, not {depth}")
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
    ### END SOLUTION


class ResNeXtBlock(nn.Module):
    """A bottleneck whose 3 x 3 convolution works in separate groups: relu(branch(x) + shortcut(x)).

    branch: 1 x 1 convolution to `width` channels, batch norm, relu,
        3 x 3 convolution with the stride in `groups` groups, `width` channels, batch norm, relu,
        1 x 1 convolution to `out_channels` channels, batch norm
    shortcut: as `shortcut(in_channels, out_channels, stride)` makes it

    `width` is a multiple of `groups`. Of the `width` channels, group k reads and writes only
    those from k * width / groups up to (k + 1) * width / groups. No convolution has a bias. x
    (N, in_channels, H, W) gives (N, out_channels, H', W'), sizes as in BasicBlock.

    Use one convolution with `groups=`, or write the groups apart; all of these are right:
    `groups` small 3 x 3 convolutions, concatenated before one batch norm; whole branches of 1 x 1,
    batch norm, relu, 3 x 3, batch norm, relu, concatenated before the last 1 x 1; or such branches
    each with a last 1 x 1 of its own, summed before the last batch norm.
    """

    def __init__(
        self, in_channels: int, width: int, out_channels: int, groups: int, stride: int = 1
    ) -> None:
        """Create the layers in the order in which the data meets them (branch after branch, if you
        write the groups apart), the shortcut last."""
        super().__init__()
        ### BEGIN SOLUTION
        self.reduce = conv_bn(in_channels, width, 1)
        self.grouped = conv_bn(width, width, 3, stride, groups)
        self.expand = conv_bn(width, out_channels, 1)
        self.shortcut = shortcut(in_channels, out_channels, stride)
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x (N, in_channels, H, W) to (N, out_channels, H', W'), same dtype."""
        ### BEGIN SOLUTION
        inner = functional.relu(self.reduce(x))
        inner = functional.relu(self.grouped(inner))
        return functional.relu(self.expand(inner) + self.shortcut(x))
        ### END SOLUTION


class InceptionResidualBlock(nn.Module):
    """An inception block as a residual branch, scaled down: relu(x + scale * up(branches(x))).

    Three branches read x, each convolution followed by batch norm and relu, stride 1:
        branch 1: 1 x 1 to `width` channels
        branch 2: 1 x 1 to `width`, 3 x 3 to `width`
        branch 3: 1 x 1 to `width`, 3 x 3 to 3 * width // 2, 3 x 3 to 2 * width
    Their outputs are concatenated in this order to 4 * width channels. `up` is a 1 x 1
    convolution from there to `channels`, *with* bias, followed by nothing: no batch norm, no relu.

    `width` is even. All other convolutions have no bias, and H and W stay as they are: x
    (N, channels, H, W) gives (N, channels, H, W). `scale` is any plain number, neither a parameter
    nor a buffer; 0.17 is what the first kind of block in Inception-ResNet uses. x is not changed.
    """

    def __init__(self, channels: int, width: int, scale: float = 0.17) -> None:
        """Create the layers branch by branch, within a branch in the order in which the data
        meets them, and `up` last."""
        super().__init__()
        ### BEGIN SOLUTION
        plans = [
            [(width, 1)],
            [(width, 1), (width, 3)],
            [(width, 1), (3 * width // 2, 3), (2 * width, 3)],
        ]
        self.branches = nn.ModuleList()
        for plan in plans:
            branch, inputs = nn.Sequential(), channels
            for outputs, kernel in plan:
                branch.extend([conv_bn(inputs, outputs, kernel), nn.ReLU()])
                inputs = outputs
            self.branches.append(branch)
        self.up = nn.Conv2d(4 * width, channels, 1)
        self.scale = scale
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x (N, channels, H, W) to the same shape and dtype."""
        ### BEGIN SOLUTION
        maps = torch.cat([branch(x) for branch in self.branches], dim=1)
        return functional.relu(x + self.scale * self.up(maps))
        ### END SOLUTION


class DenseBlock(nn.Module):
    """`layers` layers, each of which sees the input and the maps of all layers before it.

    Layer i reads in_channels + i * growth channels (i from 0): x first, then the new maps of the
    layers 0, 1, ..., i - 1. It makes `growth` new maps by
        batch norm, relu, 1 x 1 convolution to 4 * growth channels,
        batch norm, relu, 3 x 3 convolution to `growth` channels,
    with no bias and nothing after the 3 x 3 convolution: here batch norm and relu come *before*
    each convolution. H and W stay as they are.

    x (N, in_channels, H, W) gives (N, in_channels + layers * growth, H, W): x itself, then the new
    maps of the layers 0, 1, ..., in this order. x is not changed.

    >>> DenseBlock(5, layers=3, growth=2)(torch.zeros(4, 5, 6, 7)).shape
    torch.Size([4, 11, 6, 7])
    """

    def __init__(self, in_channels: int, layers: int, growth: int) -> None:
        """Create the layers in the order in which the data meets them."""
        super().__init__()
        ### BEGIN SOLUTION
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
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x (N, in_channels, H, W) to (N, in_channels + layers * growth, H, W), same dtype."""
        ### BEGIN SOLUTION
        for layer in self.layers:
            x = torch.cat([x, layer(x)], dim=1)
        return x
        ### END SOLUTION


class Transition(nn.Module):
    """Between two dense blocks: fewer channels, half the height and width.

    batch norm, relu, 1 x 1 convolution to `out_channels` without bias, then the mean of each
    2 x 2 window with stride 2; an odd last row or column is left out. x (N, in_channels, H, W),
    H and W at least 2, gives (N, out_channels, H // 2, W // 2), and is not changed.
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        """Create the layers in the order in which the data meets them."""
        super().__init__()
        ### BEGIN SOLUTION
        self.norm = nn.BatchNorm2d(in_channels)
        self.mix = nn.Conv2d(in_channels, out_channels, 1, bias=False)
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x (N, in_channels, H, W) to (N, out_channels, H // 2, W // 2), same dtype."""
        ### BEGIN SOLUTION
        return functional.avg_pool2d(self.mix(functional.relu(self.norm(x))), 2)
        ### END SOLUTION


def regnet_widths(w0: int, wa: float, wm: float, d: int, g: int) -> tuple[list[int], list[int]]:
    """Widths and depths of the stages of a RegNet with `d` blocks, from five numbers.

    1. Block j = 0, ..., d - 1 would like the width u_j = w0 + wa * j, a straight line.
    2. The power of wm nearest to it: s_j = round(log(u_j / w0) / log(wm)), w_j = w0 * wm^s_j.
       The quotient of logarithms is never half-way between two integers.
    3. To a multiple of 8: w_j = 8 * round(w_j / 8).
    4. Neighbouring blocks of equal width form a stage: its width, and its number of blocks.
    5. The group width g must divide the width of each stage. A stage narrower than g takes its
       own width as its group width and stays as it is; any other width becomes
       g * round(width / g). Stages of step 4 stay apart, even if this makes their widths equal.

    w0: a positive multiple of 8;  wa: at least 0;  wm: above 1;  d and g: ints, at least 1
    `round` is to the nearest, a half to the even neighbour, as Python's round and np.round do it.
    returns: (widths, depths), two lists of ints with an entry for each stage

    >>> regnet_widths(24, 36.44, 2.49, 13, 8)
    ([24, 56, 152, 368], [1, 1, 4, 7])
    """
    ### BEGIN SOLUTION
    widths: list[int] = []
    depths: list[int] = []
    for j in range(d):
        power = round(math.log((w0 + wa * j) / w0) / math.log(wm))
        width = 8 * round(w0 * wm**power / 8)
        if widths and widths[-1] == width:
            depths[-1] += 1
        else:
            widths.append(width)
            depths.append(1)
    return [min(g, width) * round(width / min(g, width)) for width in widths], depths
    ### END SOLUTION
