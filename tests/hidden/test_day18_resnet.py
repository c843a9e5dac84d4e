"""Hidden tests of day 18: the student's blocks against the reference's, with the same weights.

A test makes the reference's module, gives it random weights and running statistics, copies them
into the student's module by order and shape, and compares in double precision. Training mode
divides by small deviations, so whole networks get tolerances in proportion to their values.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from autograder.testing import (
    StudentFailure,
    assert_close,
    assert_equal,
    check,
    copy_weights,
    exercise,
    unpack,
    weight,
)
from solutions import day18_resnet as reference


def tensor(rng, *shape):
    return torch.tensor(rng.normal(size=shape))


def randomise(module, rng):
    """Random weights, affine parameters of both signs, and running statistics far from 0 and 1."""
    for name, value in module.state_dict().items():
        if not value.is_floating_point():
            value.fill_(int(rng.integers(2, 9)))
        elif name.endswith("running_var"):
            value.copy_(torch.tensor(rng.uniform(0.3, 2.0, size=value.shape)))
        else:
            spread = max(1, value[0].numel()) ** -0.5 if value.dim() > 1 else 1.0
            value.copy_(torch.tensor(rng.normal(size=value.shape) * spread))
    return module


def twin(made, oracle):
    """The student's module `made` and `oracle` in double precision, with the oracle's weights."""
    copy_weights(oracle, made)
    made.do("double")
    oracle.double()
    return made


def pair(student, name, rng, *args, **kwargs):
    """The student's module of this name and the reference's, with equal random weights."""
    oracle = randomise(getattr(reference, name)(*args, **kwargs), rng)
    return twin(getattr(student, name)(*args, **kwargs), oracle), oracle


def assert_same_output(mine, oracle, x, *, training=False, rtol=1e-9):
    """Both modules turn x into the same values in this mode."""
    mine.do("train", training)
    with torch.no_grad():
        expected = oracle.train(training)(x)
    size = float(expected.abs().max())
    assert_close(mine(x), expected, rtol=rtol, atol=rtol * size, name="output")


def assert_same_state(mine, oracle):
    """Equal parameters and running statistics: the k-th of each shape is the oracle's k-th."""
    state = mine.do("state_dict")
    check(isinstance(state, dict), "the module's state_dict() should be a dict")
    for _, got, expected in by_shape(state.values(), oracle.state_dict().values()):
        counts = not expected.is_floating_point()
        name = "number of batches that a batch norm has seen" if counts else "running statistics"
        assert_close(got, expected, rtol=1e-9, atol=1e-9, name=name)


def by_shape(got, expected):
    """Shape, got and expected: the k-th of a shape meets the k-th of that shape."""
    queues = {}
    for value in got:
        check(isinstance(value, torch.Tensor), "a parameter gets no gradient: it is not used")
        queues.setdefault(tuple(value.shape), []).append(value)
    for value in expected:
        shape = tuple(value.shape)
        check(queues.get(shape), f"a tensor of shape {shape} is missing")
        yield shape, queues[shape].pop(0), value


def assert_same_gradients(student, mine, oracle, x, rng, *, training=True):
    """A random gradient of the output reaches x and every parameter as in the oracle."""
    mine.do("train", training)
    oracle.train(training)
    leaf = x.clone().requires_grad_()
    oracle.zero_grad()
    out = oracle(leaf)
    upstream = tensor(rng, *out.shape)
    out.backward(upstream)
    dx, grads = unpack(student.gradients_of(mine, x, upstream), "dx", "gradients")
    assert_close(dx, leaf.grad, rtol=1e-8, atol=1e-8, name="gradient of x")
    check(isinstance(grads, list), "the given function gradients_of was changed")
    for shape, got, expected in by_shape(grads, [p.grad for p in oracle.parameters()]):
        name = f"gradient of a parameter of shape {shape}"
        assert_close(got, expected, rtol=1e-8, atol=1e-8, name=name)


def assert_learns(student, mine, oracle, x, rng):
    """Training mode: output, running statistics after one step, and all gradients."""
    assert_same_output(mine, oracle, x, training=True)
    assert_same_state(mine, oracle)
    assert_same_gradients(student, mine, oracle, x, rng)


def assert_single_precision(made, oracle, x):
    """Without .double(), float32 goes in and float32 comes out."""
    copy_weights(oracle, made)
    made.do("eval")
    with torch.no_grad():
        expected = oracle.eval()(x.float())
    assert_close(made(x.float()), expected, rtol=1e-3, atol=1e-3, dtype=torch.float32)


def silence(layer):
    """Set the affine parameters of a batch norm (the second part of a conv_bn) to zero."""
    norm = layer if isinstance(layer, nn.BatchNorm2d) else layer[1]
    nn.init.zeros_(norm.weight)
    nn.init.zeros_(norm.bias)


@exercise("BasicBlock")
class TestBasicBlock:
    @weight(2)
    def test_shortcut_is_the_identity_where_shapes_allow_it(self, student, rng):
        """With equal channels and stride 1, `shortcut` gives back its input as it is, and has no
        parameters and no batch norm."""
        for channels in (1, 5):
            x = tensor(rng, 3, channels, 4, 2)
            copy_weights(nn.Identity(), made := student.shortcut(channels, channels))
            assert_close(made(x), x, rtol=0.0, atol=0.0)

    @weight(2)
    def test_shortcut_projects_where_needed(self, student, rng):
        """When the channels differ, or the stride is not 1, or both, `shortcut` is a 1 by 1
        convolution with that stride and without bias, then batch norm, and no relu."""
        for settings in ((6, 4), (5, 5, 2), (3, 7, 2), (2, 3, 3)):
            mine, oracle = pair(student, "shortcut", rng, *settings)
            x = tensor(rng, 2, settings[0], 5, 8)
            assert_same_output(mine, oracle, x)
            assert_same_output(mine, oracle, x, training=True)

    @weight(2)
    def test_silent_branch_leaves_relu_of_the_input(self, student, rng):
        """When the branch's last batch norm gives zeros, the block gives relu(x): the input is
        added, not multiplied, and the relu comes after the sum, so that nothing is below 0."""
        oracle = randomise(reference.BasicBlock(5, 5), rng)
        silence(oracle.second)
        mine = twin(student.BasicBlock(5, 5), oracle)
        mine.do("eval")
        x = tensor(rng, 3, 5, 4, 7)
        assert_close(mine(x), functional.relu(x), rtol=1e-9, atol=1e-9)

    def test_silent_branch_leaves_relu_of_the_projection(self, student, rng):
        """When the branch's last batch norm gives zeros and shapes change, the block gives the
        relu of the projected input."""
        oracle = randomise(reference.BasicBlock(3, 5, 2), rng)
        silence(oracle.second)
        mine = twin(student.BasicBlock(3, 5, stride=2), oracle)
        mine.do("eval")
        x = tensor(rng, 2, 3, 6, 9)
        expected = functional.relu(oracle.eval().shortcut(x)).detach()
        assert_close(mine(x), expected, rtol=1e-9, atol=1e-9)

    @weight(2)
    def test_identity_block(self, student, rng):
        """With equal channels and stride 1 the block is right in eval mode: convolution, batch
        norm, relu, convolution, batch norm, plus x, relu. It has no projection."""
        for channels, shape in ((6, (3, 6, 5, 8)), (1, (1, 1, 4, 3)), (4, (2, 4, 1, 1))):
            mine, oracle = pair(student, "BasicBlock", rng, channels, channels)
            assert_same_output(mine, oracle, tensor(rng, *shape))

    @weight(2)
    def test_stride_and_channels_change(self, student, rng):
        """With other channels, or stride 2, or both, the block is right in eval mode: the stride
        is on the first 3 by 3 convolution and on the projection."""
        for settings in ((6, 4), (5, 5, 2), (3, 7, 2)):
            mine, oracle = pair(student, "BasicBlock", rng, *settings)
            assert_same_output(mine, oracle, tensor(rng, 2, settings[0], 9, 6))

    @weight(2)
    def test_training(self, student, rng):
        """In training mode the output, the running statistics after one batch, and the gradients
        of x and of every parameter are right; x is not overwritten on the way."""
        for settings in ((5, 5), (3, 4, 2)):
            mine, oracle = pair(student, "BasicBlock", rng, *settings)
            assert_learns(student, mine, oracle, tensor(rng, 3, settings[0], 6, 5), rng)

    def test_single_precision(self, student, rng):
        """As it is created, the block computes in float32."""
        oracle = randomise(reference.BasicBlock(3, 5, 2), rng)
        made = student.BasicBlock(in_channels=3, channels=5, stride=2)
        assert_single_precision(made, oracle, tensor(rng, 2, 3, 6, 9))


@exercise("Bottleneck")
class TestBottleneck:
    @weight(2)
    def test_silent_branch_leaves_relu_of_the_shortcut(self, student, rng):
        """When the branch's last batch norm gives zeros, the block gives relu(x), or the relu of
        the projection where shapes change: add first, then relu."""
        for settings in ((8, 2), (3, 2, 2)):
            oracle = randomise(reference.Bottleneck(*settings), rng)
            silence(oracle.expand)
            mine = twin(student.Bottleneck(*settings), oracle)
            mine.do("eval")
            x = tensor(rng, 3, settings[0], 4, 7)
            expected = functional.relu(oracle.eval().shortcut(x)).detach()
            assert_close(mine(x), expected, rtol=1e-9, atol=1e-9)

    @weight(2)
    def test_identity_block(self, student, rng):
        """With 4 * width channels going in and stride 1 the block is right in eval mode, and has
        no projection; there is a relu after the first and after the second batch norm."""
        for width, shape in ((3, (2, 12, 5, 8)), (1, (1, 4, 1, 3))):
            mine, oracle = pair(student, "Bottleneck", rng, 4 * width, width)
            assert_same_output(mine, oracle, tensor(rng, *shape))

    @weight(2)
    def test_channels_change(self, student, rng):
        """With any other number of channels going in, and stride 1, the shortcut is a projection
        to 4 * width channels, in eval mode."""
        for settings in ((5, 2), (3, 3), (12, 2)):
            mine, oracle = pair(student, "Bottleneck", rng, *settings)
            assert_same_output(mine, oracle, tensor(rng, 2, settings[0], 6, 5))

    @weight(3)
    def test_stride_is_on_the_3_by_3_convolution(self, student, rng):
        """With stride 2 the values are those of a block whose 3 by 3 convolution has the stride.
        On one of the 1 by 1 convolutions it gives the same shapes and other values."""
        for settings in ((5, 2, 2), (8, 2, 2), (3, 2, 3)):
            mine, oracle = pair(student, "Bottleneck", rng, *settings)
            assert_same_output(mine, oracle, tensor(rng, 2, settings[0], 9, 6))

    @weight(2)
    def test_training(self, student, rng):
        """In training mode the output, the running statistics after one batch, and the gradients
        of x and of every parameter are right; x is not overwritten on the way."""
        for settings in ((8, 2), (3, 2, 2)):
            mine, oracle = pair(student, "Bottleneck", rng, *settings)
            assert_learns(student, mine, oracle, tensor(rng, 3, settings[0], 6, 5), rng)

    def test_single_precision(self, student, rng):
        """As it is created, the block computes in float32."""
        oracle = randomise(reference.Bottleneck(3, 2, 2), rng)
        made = student.Bottleneck(in_channels=3, width=2, stride=2)
        assert_single_precision(made, oracle, tensor(rng, 2, 3, 6, 9))


def assert_same_network(student, rng, depth, training=False):
    settings = {"classes": 5, "width": 3}
    mine, oracle = pair(student, "resnet", rng, depth, **settings)
    x = tensor(rng, 4, 3, 70, 38) if training else tensor(rng, 2, 3, 37, 70)
    assert_same_output(mine, oracle, x, training=training, rtol=1e-6)


@exercise("resnet")
class TestResnet:
    @weight(2)
    def test_depth_18(self, student, rng):
        """A narrow network of depth 18 gives the right logits in eval mode. If your tests of
        BasicBlock fail too, look there first; then at the stem, at the strides (1, 2, 2, 2: only
        the first block of a stage) and at the widths, which double from stage to stage."""
        assert_same_network(student, rng, 18)

    @weight(2)
    def test_depth_34(self, student, rng):
        """A narrow network of depth 34 gives the right logits in eval mode: 3, 4, 6 and 3 basic
        blocks, each with weights of its own."""
        assert_same_network(student, rng, 34)

    @weight(2)
    def test_depth_50(self, student, rng):
        """A narrow network of depth 50 gives the right logits in eval mode: 3, 4, 6 and 3
        bottlenecks; each hands 4 times its width on to the next block and to the linear layer."""
        assert_same_network(student, rng, 50)

    @weight(2)
    def test_training_mode(self, student, rng):
        """In training mode a narrow network of depth 18 gives the right logits, without softmax
        and without dropout."""
        assert_same_network(student, rng, 18, training=True)

    @weight(2)
    def test_stem(self, student, rng):
        """The stem is right on images of odd sizes: 7 by 7 convolution with stride 2 and padding
        3, batch norm, relu, then 3 by 3 max pooling with stride 2 and padding 1."""
        for shape in ((1, 3, 33, 32), (2, 3, 35, 46)):
            mine, oracle = pair(student, "resnet", rng, 18, classes=3, width=2)
            assert_same_output(mine, oracle, tensor(rng, *shape), rtol=1e-6)

    def test_gradients_reach_every_weight(self, student, rng):
        """One backward pass reaches every parameter, and no two blocks share their weights."""
        mine, oracle = pair(student, "resnet", rng, 18, classes=4, width=2)
        x = tensor(rng, 2, 3, 33, 40)
        assert_same_gradients(student, mine, oracle, x, rng, training=False)

    def test_standard_size(self, student):
        """resnet(18) without further arguments is the network for 1000 classes, 64 channels wide,
        with 11,689,512 parameters."""
        made = student.resnet(18)
        assert_equal(student.count_parameters(made), 11_689_512, name="number of parameters")

    def test_unknown_depth(self, student):
        """Depths other than 18, 34 and 50 raise ValueError."""
        for depth in (0, 17, 20, 35):
            student.resnet.raises(ValueError, depth, width=2)


class Branches(nn.Module):
    """A ResNeXt block with its groups written apart."""

    def __init__(self, in_channels, width, out_channels, groups, stride=1, *, form):
        super().__init__()
        each = width // groups
        self.form = form
        if form == "middle":
            self.reduce = reference.conv_bn(in_channels, width, 1)
            self.small = nn.ModuleList(
                nn.Conv2d(each, each, 3, stride, 1, bias=False) for _ in range(groups)
            )
            self.norm = nn.BatchNorm2d(width)
        else:
            ends = out_channels if form == "sum" else 0
            self.small = nn.ModuleList(
                nn.Sequential(
                    reference.conv_bn(in_channels, each, 1),
                    nn.ReLU(),
                    reference.conv_bn(each, each, 3, stride),
                    nn.ReLU(),
                    *([nn.Conv2d(each, ends, 1, bias=False)] if ends else []),
                )
                for _ in range(groups)
            )
        if form == "sum":
            self.last = nn.BatchNorm2d(out_channels)
        else:
            self.last = reference.conv_bn(width, out_channels, 1)
        self.shortcut = reference.shortcut(in_channels, out_channels, stride)

    def forward(self, x):
        if self.form == "middle":
            parts = functional.relu(self.reduce(x)).chunk(len(self.small), dim=1)
            joined = torch.cat([f(part) for f, part in zip(self.small, parts, strict=True)], dim=1)
            joined = functional.relu(self.norm(joined))
        elif self.form == "concat":
            joined = torch.cat([branch(x) for branch in self.small], dim=1)
        else:
            joined = sum(branch(x) for branch in self.small)
        return functional.relu(self.last(joined) + self.shortcut(x))


def resnext_pair(student, rng, *settings, silent=False):
    """The student's block and an oracle of the same form: grouped, or with the groups apart."""
    made, first = student.ResNeXtBlock(*settings), None
    oracles = [reference.ResNeXtBlock(*settings)]
    oracles += [Branches(*settings, form=form) for form in ("middle", "concat", "sum")]
    for oracle in oracles:
        randomise(oracle, rng)
        if silent:
            silence(oracle.last if isinstance(oracle, Branches) else oracle.expand)
        try:
            return twin(made, oracle), oracle
        except StudentFailure as failure:
            first = first or failure
    raise first


@exercise("ResNeXtBlock")
class TestResNeXtBlock:
    @weight(2)
    def test_groups_do_not_mix(self, student, rng):
        """In eval mode, without a projection: each of the `groups` groups makes its maps of its own
        neighbouring maps alone, 1 by 1 convolutions see all maps, and the order is kept."""
        for width, channels, groups in ((6, 5, 2), (6, 5, 3), (4, 3, 4)):
            mine, oracle = resnext_pair(student, rng, channels, width, channels, groups)
            assert_same_output(mine, oracle, tensor(rng, 2, channels, 4, 7))

    @weight(2)
    def test_single_group(self, student, rng):
        """With one group the block is an ordinary bottleneck of any width, in eval mode."""
        for settings in ((5, 3, 5, 1), (2, 4, 7, 1, 2)):
            mine, oracle = resnext_pair(student, rng, *settings)
            assert_same_output(mine, oracle, tensor(rng, 2, settings[0], 4, 7))

    @weight(2)
    def test_silent_branch_leaves_relu_of_the_shortcut(self, student, rng):
        """When the branch's last batch norm gives zeros, the block gives relu(x), or the relu of
        the projection where shapes change."""
        for settings in ((5, 4, 5, 2), (3, 4, 7, 2, 2)):
            mine, oracle = resnext_pair(student, rng, *settings, silent=True)
            mine.do("eval")
            x = tensor(rng, 3, settings[0], 4, 7)
            expected = functional.relu(oracle.eval().shortcut(x)).detach()
            assert_close(mine(x), expected, rtol=1e-9, atol=1e-9)

    @weight(2)
    def test_stride_and_channels_change(self, student, rng):
        """With other channels, or a stride on the 3 by 3 convolution, or both, the block is right
        in eval mode; the shortcut is a projection to out_channels."""
        for settings in ((3, 4, 7, 2), (5, 6, 5, 3, 2), (2, 6, 8, 2, 2), (3, 2, 4, 2, 3)):
            mine, oracle = resnext_pair(student, rng, *settings)
            assert_same_output(mine, oracle, tensor(rng, 2, settings[0], 9, 6))

    @weight(2)
    def test_training(self, student, rng):
        """In training mode the output, the running statistics after one batch, and the gradients
        of x and of every parameter are right; x is not overwritten on the way."""
        for settings in ((5, 6, 5, 3), (3, 4, 7, 2, 2)):
            mine, oracle = resnext_pair(student, rng, *settings)
            assert_learns(student, mine, oracle, tensor(rng, 3, settings[0], 6, 5), rng)


@exercise("InceptionResidualBlock")
class TestInceptionResidualBlock:
    @weight(2)
    def test_scale_zero_leaves_relu_of_the_input(self, student, rng):
        """With scale 0 the block gives relu(x): the scale multiplies the branch, not x and not the
        sum, and the relu comes after the sum."""
        mine, _ = pair(student, "InceptionResidualBlock", rng, 5, 2, scale=0.0)
        mine.do("eval")
        x = tensor(rng, 3, 5, 4, 7)
        assert_close(mine(x), functional.relu(x), rtol=1e-9, atol=1e-9)

    @weight(2)
    def test_up_projection_is_linear(self, student, rng):
        """What is added to x may be negative: the last 1 by 1 convolution has a bias, but neither
        batch norm nor relu after it."""
        oracle = randomise(reference.InceptionResidualBlock(5, 2, 0.5), rng)
        nn.init.zeros_(oracle.up.weight)
        mine = twin(student.InceptionResidualBlock(5, 2, 0.5), oracle)
        mine.do("eval")
        x = tensor(rng, 2, 5, 4, 7)
        expected = functional.relu(x + 0.5 * oracle.up.bias.detach().view(1, 5, 1, 1))
        assert_close(mine(x), expected, rtol=1e-9, atol=1e-9)

    @weight(2)
    def test_scale_one(self, student, rng):
        """With scale 1 the block is right in eval mode: three branches, concatenated along the
        channels in the order 1, 2, 3, with a relu after each of their batch norms."""
        for channels, width, shape in ((7, 2, (3, 7, 4, 6)), (1, 4, (1, 1, 1, 5))):
            mine, oracle = pair(student, "InceptionResidualBlock", rng, channels, width, 1.0)
            assert_same_output(mine, oracle, tensor(rng, *shape))

    @weight(2)
    def test_other_scales(self, student, rng):
        """Scales such as 0.3, 2 and -1 multiply the branch before it is added to x; without a
        scale it is 0.17."""
        for scale in ((0.3,), (2,), (-1.0,), ()):
            mine, oracle = pair(student, "InceptionResidualBlock", rng, 3, 2, *scale)
            assert_same_output(mine, oracle, tensor(rng, 2, 3, 4, 6))

    @weight(2)
    def test_training(self, student, rng):
        """In training mode the output, the running statistics after one batch, and the gradients
        of x and of every parameter are right; x is not overwritten on the way."""
        mine, oracle = pair(student, "InceptionResidualBlock", rng, 5, 2, 0.4)
        assert_learns(student, mine, oracle, tensor(rng, 3, 5, 4, 6), rng)

    def test_single_precision(self, student, rng):
        """As it is created, the block computes in float32."""
        oracle = randomise(reference.InceptionResidualBlock(3, 2, 0.5), rng)
        made = student.InceptionResidualBlock(channels=3, width=2, scale=0.5)
        assert_single_precision(made, oracle, tensor(rng, 2, 3, 4, 6))


@exercise("DenseBlock")
class TestDenseBlockAndTransition:
    @weight(2)
    def test_input_comes_first_and_unchanged(self, student, rng):
        """The first in_channels channels of the dense block's output are x itself, not only the
        new maps are returned, and nothing is done to x: no batch norm, no relu."""
        mine, _ = pair(student, "DenseBlock", rng, 5, 3, 2)
        mine.do("eval")
        x = tensor(rng, 3, 5, 4, 6)
        out = mine(x)
        check(isinstance(out, torch.Tensor) and out.dim() == 4, "output should be (N, C, H, W)")
        check(out.shape[1] == 11, f"output has {out.shape[1]} channels for 5 and 3 layers of 2")
        assert_close(out[:, :5], x, rtol=0.0, atol=0.0, name="first channels of the output")

    @weight(2)
    def test_single_layer(self, student, rng):
        """A dense block of one layer is right in eval mode: batch norm, relu, 1 by 1 convolution
        to 4 * growth channels, batch norm, relu, 3 by 3 convolution, and nothing after it."""
        for settings in ((5, 1, 3), (1, 1, 1), (8, 1, 2)):
            mine, oracle = pair(student, "DenseBlock", rng, *settings)
            assert_same_output(mine, oracle, tensor(rng, 2, settings[0], 4, 7))

    @weight(2)
    def test_each_layer_sees_all_before_it(self, student, rng):
        """A dense block of several layers is right in eval mode: each layer reads x and all new
        maps so far, in the order in which they were made, and the output has all of them."""
        for settings, shape in (((5, 3, 2), (2, 5, 4, 7)), ((3, 4, 1), (1, 3, 6, 1))):
            mine, oracle = pair(student, "DenseBlock", rng, *settings)
            assert_same_output(mine, oracle, tensor(rng, *shape))

    @weight(2)
    def test_dense_block_in_training(self, student, rng):
        """In training mode the dense block's output, its running statistics after one batch, and
        the gradients of x and of every parameter are right; x is not overwritten on the way."""
        mine, oracle = pair(student, "DenseBlock", rng, 5, 3, 2)
        assert_learns(student, mine, oracle, tensor(rng, 3, 5, 6, 4), rng)

    @weight(2)
    def test_transition(self, student, rng):
        """The transition is right in eval mode: batch norm, relu, 1 by 1 convolution, then the
        mean of 2 by 2 windows; an odd last row or column is left out."""
        for settings, shape in (
            ((6, 3), (2, 6, 4, 8)),
            ((3, 5), (3, 3, 5, 2)),
            ((1, 1), (1, 1, 2, 7)),
        ):
            mine, oracle = pair(student, "Transition", rng, *settings)
            assert_same_output(mine, oracle, tensor(rng, *shape))

    def test_transition_in_training(self, student, rng):
        """In training mode the transition's output, its running statistics after one batch, and
        the gradients of x and of every parameter are right."""
        mine, oracle = pair(student, "Transition", rng, 6, 3)
        assert_learns(student, mine, oracle, tensor(rng, 3, 6, 4, 5), rng)

    def test_single_precision(self, student, rng):
        """As they are created, both modules compute in float32."""
        oracle = randomise(reference.DenseBlock(3, 2, 4), rng)
        made = student.DenseBlock(in_channels=3, layers=2, growth=4)
        assert_single_precision(made, oracle, tensor(rng, 2, 3, 6, 4))
        oracle = randomise(reference.Transition(4, 3), rng)
        made = student.Transition(in_channels=4, out_channels=3)
        assert_single_precision(made, oracle, tensor(rng, 2, 4, 6, 5))


def assert_stages(student, *settings, **named):
    widths, depths = unpack(student.regnet_widths(*settings, **named), "widths", "depths")
    expected = reference.regnet_widths(*settings, **named)
    assert_equal(widths, expected[0], name="widths")
    assert_equal(depths, expected[1], name="depths")


@exercise("regnet_widths")
class TestRegnetWidths:
    @weight(2)
    def test_published_networks(self, student):
        """The five numbers of published RegNets give the published widths and depths, as two
        lists of ints. If only one of many widths is off: where does a half go in rounding?"""
        for settings in (
            (24, 24.48, 2.54, 22, 16),
            (48, 36.97, 2.24, 16, 24),
            (56, 35.73, 2.28, 16, 16),
            (88, 26.31, 2.25, 25, 48),
        ):
            assert_stages(student, *settings)

    @weight(2)
    def test_quantisation(self, student, rng):
        """With g = 8 only the first four steps count: the nearest power of wm (round, neither
        floor nor ceil), then the nearest multiple of 8, then blocks of equal width are counted."""
        for _ in range(12):
            w0, d = 8 * int(rng.integers(1, 12)), int(rng.integers(2, 30))
            wa, wm = float(rng.uniform(5, 90)), float(rng.uniform(1.6, 3.0))
            assert_stages(student, w0, wa, wm, d, 8)

    @weight(2)
    def test_group_width(self, student, rng):
        """Widths become the nearest multiple of g, after the stages have been found."""
        for g in (3, 5, 15, 24, 40):
            for _ in range(4):
                w0, d = 8 * int(rng.integers(6, 12)), int(rng.integers(2, 30))
                wa, wm = float(rng.uniform(5, 90)), float(rng.uniform(1.6, 3.0))
                assert_stages(student, w0, wa, wm, d, g=g)

    def test_group_wider_than_a_stage(self, student, rng):
        """A stage narrower than g keeps its width: it is one group."""
        for g in (56, 120, 1000):
            w0, wa = 8 * int(rng.integers(1, 6)), float(rng.uniform(15, 40))
            assert_stages(student, w0, wa, 2.45, 12, g)

    def test_stages_of_equal_width_stay_apart(self, student):
        """Two stages which the group width makes equally wide stay two stages."""
        assert_stages(student, 48, 3.0, 1.15, 9, 40)

    def test_single_stage(self, student):
        """A flat line (wa = 0) and a single block (d = 1) give one stage."""
        for settings in ((64, 0.0, 2.0, 7, 8), (40, 0.0, 1.5, 3, 24), (24, 30.0, 2.5, 1, 8)):
            assert_stages(student, *settings)
