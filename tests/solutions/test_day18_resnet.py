"""The reference of day 18 against torch's functions, published numbers, and hand work."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn
from torch.nn import functional

from solutions.day18_resnet import (
    BasicBlock,
    Bottleneck,
    DenseBlock,
    InceptionResidualBlock,
    ResNeXtBlock,
    Transition,
    conv_bn,
    regnet_widths,
    resnet,
    shortcut,
)


def count(module):
    return sum(p.numel() for p in module.parameters())


def scrambled(module, training):
    """`module` in double precision with random parameters and running statistics."""
    torch.manual_seed(18)
    module.double().train(training)
    for name, value in module.state_dict().items():
        if name.endswith("running_var"):
            value.uniform_(0.5, 2.0)
        elif value.is_floating_point():
            value.normal_()
    return module


class Tensors:
    """A module's parameters and buffers in order, taken one layer at a time by plain functions."""

    def __init__(self, module):
        self.values = [value.clone() for value in module.state_dict().values()]
        self.training = module.training

    def conv(self, x, stride=1, groups=1, bias=False):
        w = self.values.pop(0)
        b = self.values.pop(0) if bias else None
        return functional.conv2d(x, w, b, stride, w.shape[2] // 2, groups=groups)

    def norm(self, x):
        gamma, beta, mean, var, _ = (self.values.pop(0) for _ in range(5))
        if self.training:
            mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False)
        gamma, beta, mean, var = (v.view(1, -1, 1, 1) for v in (gamma, beta, mean, var))
        return (x - mean) / torch.sqrt(var + 1e-5) * gamma + beta

    def conv_norm(self, x, stride=1, groups=1):
        return self.norm(self.conv(x, stride, groups))

    def way_round(self, x, stride):
        return self.conv_norm(x, stride) if self.values else x


def exact(actual, expected):
    torch.testing.assert_close(actual, expected, rtol=1e-10, atol=1e-10)


both_modes = pytest.mark.parametrize("training", [False, True])


@both_modes
@pytest.mark.parametrize("settings", [(5, 5, 1), (5, 4, 1), (5, 5, 2), (3, 7, 2), (2, 6, 3)])
def test_basic_block(settings, training):
    block = scrambled(BasicBlock(*settings), training)
    x, stride = torch.randn(3, settings[0], 7, 10, dtype=torch.float64), settings[2]
    t = Tensors(block)
    branch = t.conv_norm(t.conv_norm(x, stride).clamp(min=0))
    exact(block(x), (branch + t.way_round(x, stride)).clamp(min=0))
    assert not t.values


@both_modes
@pytest.mark.parametrize("settings", [(8, 2, 1), (5, 2, 1), (8, 2, 2), (3, 3, 2)])
def test_bottleneck(settings, training):
    block = scrambled(Bottleneck(*settings), training)
    x, stride = torch.randn(3, settings[0], 7, 10, dtype=torch.float64), settings[2]
    t = Tensors(block)
    inner = t.conv_norm(t.conv_norm(x).clamp(min=0), stride).clamp(min=0)
    branch = t.conv_norm(inner)
    exact(block(x), (branch + t.way_round(x, stride)).clamp(min=0))
    assert not t.values


@both_modes
@pytest.mark.parametrize("settings", [(5, 6, 5, 3, 1), (5, 6, 4, 2, 2), (3, 4, 3, 4, 1)])
def test_resnext_block_with_a_loop_over_groups(settings, training):
    _, width, _, groups, stride = settings
    block = scrambled(ResNeXtBlock(*settings), training)
    x = torch.randn(3, settings[0], 7, 10, dtype=torch.float64)
    t = Tensors(block)
    inner = t.conv_norm(x).clamp(min=0)
    kernel, each = t.values.pop(0), width // groups
    parts = [
        functional.conv2d(
            inner[:, k * each : (k + 1) * each], kernel[k * each : (k + 1) * each], None, stride, 1
        )
        for k in range(groups)
    ]
    branch = t.conv_norm(t.norm(torch.cat(parts, dim=1)).clamp(min=0))
    exact(block(x), (branch + t.way_round(x, stride)).clamp(min=0))
    assert not t.values


def test_resnext_with_one_group_is_a_bottleneck():
    ours = scrambled(ResNeXtBlock(6, 2, 8, 1, 2), training=False)
    theirs = Bottleneck(6, 2, 2).double().eval()
    theirs.load_state_dict(dict(zip(theirs.state_dict(), ours.state_dict().values(), strict=True)))
    x = torch.randn(2, 6, 5, 8, dtype=torch.float64)
    exact(ours(x), theirs(x))


@both_modes
@pytest.mark.parametrize("scale", [0.17, 1.0, -2.0, 0.0])
def test_inception_residual_block(scale, training):
    block = scrambled(InceptionResidualBlock(5, 4, scale), training)
    x = torch.randn(2, 5, 6, 7, dtype=torch.float64)
    t, maps = Tensors(block), []
    for layers in (1, 2, 3):
        inner = x
        for _ in range(layers):
            inner = t.conv_norm(inner).clamp(min=0)
        maps.append(inner)
    assert [m.shape[1] for m in maps] == [4, 4, 8]
    exact(block(x), (x + scale * t.conv(torch.cat(maps, 1), bias=True)).clamp(min=0))
    assert not t.values


def test_inception_residual_block_has_the_published_shapes():
    kernels = [
        (p.shape[1], p.shape[0], p.shape[2])
        for p in InceptionResidualBlock(320, 32).parameters()
        if p.dim() == 4
    ]
    assert kernels == [
        (320, 32, 1),
        (320, 32, 1),
        (32, 32, 3),
        (320, 32, 1),
        (32, 48, 3),
        (48, 64, 3),
        (128, 320, 1),
    ]
    assert InceptionResidualBlock(320, 32).scale == 0.17


@both_modes
@pytest.mark.parametrize("settings", [(5, 3, 2), (1, 1, 3), (8, 2, 2)])
def test_dense_block(settings, training):
    block = scrambled(DenseBlock(*settings), training)
    x = torch.randn(2, settings[0], 6, 7, dtype=torch.float64)
    t, made = Tensors(block), [x]
    for _ in range(settings[1]):
        narrow = t.conv(t.norm(torch.cat(made, dim=1)).clamp(min=0))
        made.append(t.conv(t.norm(narrow).clamp(min=0)))
    exact(block(x), torch.cat(made, dim=1))
    assert not t.values


@both_modes
def test_transition(training):
    block = scrambled(Transition(6, 3), training)
    x = torch.randn(2, 6, 5, 8, dtype=torch.float64)
    t = Tensors(block)
    mixed = t.conv(t.norm(x).clamp(min=0))[:, :, :4]
    exact(block(x), mixed.unflatten(2, (2, 2)).unflatten(4, (4, 2)).mean((3, 5)))


def test_shortcut():
    x = torch.randn(2, 3, 5, 4)
    assert shortcut(3, 3)(x) is x
    projection = shortcut(3, 3, 2).eval()
    nn.init.ones_(projection[0].weight)
    expected = x[:, :, ::2, ::2].sum(1, keepdim=True).expand(2, 3, 3, 2) / math.sqrt(1 + 1e-5)
    torch.testing.assert_close(projection(x), expected)


def test_blocks_worked_by_hand():
    """One pixel and channel: the 3 by 3 kernels' centres are all that counts."""
    block = BasicBlock(1, 1).eval()
    for part, weight, bias in ((block.first, 2.0, 1.0), (block.second, -1.0, 3.0)):
        part[1].eps = 0.0
        nn.init.zeros_(part[0].weight)
        nn.init.constant_(part[0].weight[:, :, 1, 1], weight)
        nn.init.constant_(part[1].bias, bias)
    for x, y in ((2.0, 0.0), (-2.0, 1.0), (-4.0, 0.0), (0.5, 1.5)):  # relu(3 - relu(2x + 1) + x)
        assert block(torch.full((1, 1, 1, 1), x)).item() == y


@pytest.mark.parametrize(("depth", "seen"), [(18, 49), (34, 49), (50, 49)])
def test_published_sizes_and_the_way_through(depth, seen):
    """Parameters; and the last maps of a 224 by 224 picture are 7 by 7."""
    published = {18: 11_689_512, 34: 21_797_672, 50: 25_557_032}
    with torch.device("meta"):
        network = resnet(depth)
        before_mean = network[:-3](torch.zeros(1, 3, 224, 224))
    assert count(network) == published[depth]
    assert before_mean.shape[2] * before_mean.shape[3] == seen


def test_resnet_against_a_second_way_of_writing_it():
    network = scrambled(resnet(50, 5, 4), training=False)
    x = torch.randn(2, 3, 45, 64, dtype=torch.float64)
    t = Tensors(network)
    out = functional.max_pool2d(t.conv_norm(x, 2).clamp(min=0), 3, 2, 1)
    for stage, blocks in enumerate((3, 4, 6, 3)):
        for number in range(blocks):
            stride = 2 if stage and not number else 1
            inner = t.conv_norm(out).clamp(min=0)
            branch = t.conv_norm(t.conv_norm(inner, stride).clamp(min=0))
            out = (branch + (out if number else t.conv_norm(out, stride))).clamp(min=0)
    weight, bias = t.values
    expected = out.mean((2, 3)) @ weight.T + bias
    torch.testing.assert_close(network(x), expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("depth", [0, 17, 20, 36])
def test_resnet_refuses_other_depths(depth):
    with pytest.raises(ValueError, match="depth"):
        resnet(depth)


@pytest.mark.parametrize(
    ("blocks", "parameters"),
    [(3, 269_722), (5, 464_154), (7, 658_586), (9, 853_018), (18, 1_727_962)],
)
def test_cifar_networks(blocks, parameters):
    """The paper's small networks; their shortcuts have no weights, so two projections less."""
    with torch.device("meta"):
        parts, channels, projections = [conv_bn(3, 16, 3)], 16, 0
        for maps in (16, 32, 64):
            for number in range(blocks):
                stride = 2 if maps > 16 and number == 0 else 1
                parts.append(BasicBlock(channels, maps, stride))
                projections += count(shortcut(channels, maps, stride))
                channels = maps
        total = count(nn.Sequential(*parts, nn.Linear(64, 10)))
    assert total - projections == parameters


def test_resnext_50():
    with torch.device("meta"):
        parts, channels = [conv_bn(3, 64, 7, 2)], 64
        for stage, blocks in enumerate((3, 4, 6, 3)):
            for number in range(blocks):
                stride = 2 if stage and not number else 1
                width, out = 128 * 2**stage, 256 * 2**stage
                parts.append(ResNeXtBlock(channels, width, out, 32, stride))
                channels = out
        network = nn.Sequential(*parts, nn.Flatten(), nn.Linear(2048, 1000))
    assert count(network) == 25_028_904


def test_densenet_121():
    with torch.device("meta"):
        parts, channels = [conv_bn(3, 64, 7, 2)], 64
        for layers in (6, 12, 24, 16):
            parts.append(DenseBlock(channels, layers, 32))
            channels += 32 * layers
            if layers != 16:
                parts.append(Transition(channels, channels // 2))
                channels //= 2
        network = nn.Sequential(*parts, nn.BatchNorm2d(channels), nn.Linear(channels, 1000))
    assert channels == 1024
    assert count(network) == 7_978_856


REGNETS = [
    ((24, 36.44, 2.49, 13, 8), [24, 56, 152, 368], [1, 1, 4, 7], 2_684_792),
    ((24, 24.48, 2.54, 22, 16), [32, 64, 160, 384], [1, 2, 7, 12], 5_157_512),
    ((48, 36.97, 2.24, 16, 24), [48, 96, 240, 528], [1, 3, 5, 7], 6_196_040),
    ((56, 35.73, 2.28, 16, 16), [64, 128, 288, 672], [1, 3, 7, 5], 7_259_656),
]


@pytest.mark.parametrize(("settings", "widths", "depths", "parameters"), REGNETS)
def test_published_regnets(settings, widths, depths, parameters):
    assert regnet_widths(*settings) == (widths, depths)
    with torch.device("meta"):
        parts, channels = [conv_bn(3, 32, 3, 2)], 32
        for width, depth in zip(widths, depths, strict=True):
            for number in range(depth):
                groups, stride = width // settings[-1], 1 if number else 2
                parts.append(ResNeXtBlock(channels, width, width, groups, stride))
                channels = width
        network = nn.Sequential(*parts, nn.Linear(channels, 1000))
    assert count(network) == parameters


def test_regnet_widths_are_the_nearest():
    """Without groups, brute force over powers and over multiples of 8 gives the same widths."""
    for w0, wa, wm, d in ((24, 31.7, 2.41, 20), (8, 12.3, 1.7, 9), (80, 5.5, 1.23, 30)):
        expected = []
        for j in range(d):
            line = math.log(w0 + wa * j)
            power = min(range(60), key=lambda s: abs(math.log(w0) + s * math.log(wm) - line))
            expected.append(min(range(8, 9000, 8), key=lambda w: abs(w - w0 * wm**power)))
        widths, depths = regnet_widths(w0, wa, wm, d, 8)
        assert widths == sorted(set(expected))
        assert depths == [expected.count(width) for width in widths]


def test_regnet_groups_by_hand():
    assert regnet_widths(24, 0.0, 2.0, 3, 64) == ([24], [3])
    assert regnet_widths(24, 0.0, 2.0, 3, 24) == ([24], [3])
    assert regnet_widths(40, 0.0, 2.0, 1, 24) == ([48], [1])
    # Stages of 48, 56, 64 and 72 by step 4; 48 / 40 = 1.2 and so on, so two pairs become equal.
    assert regnet_widths(48, 3.0, 1.15, 9, 40) == ([40, 40, 80, 80], [2, 2, 3, 2])
