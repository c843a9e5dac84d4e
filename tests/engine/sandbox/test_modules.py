"""copy_weights: a student's module gets the reference's parameters and buffers, or a sentence."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from autograder.grading.modules import copy_weights
from autograder.sandbox.proxy import StudentFailure

OTHER_NAMES = """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self, wide=5, bias=True):
        super().__init__()
        self.first = nn.Linear(3, wide, bias=bias)
        self.second = nn.Linear(wide, wide, bias=bias)
        self.norm = nn.BatchNorm1d(wide)
    def forward(self, x):
        return self.norm(self.second(torch.tanh(self.first(x))))
class NoState(nn.Module):
    def state_dict(self):
        return {"first": 3}
def number():
    return 3
"""


def reference() -> nn.Module:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 5), nn.BatchNorm1d(5)).eval()
    with torch.no_grad():
        for value in [*net.parameters(), net[3].running_mean, net[3].running_var]:
            value.uniform_(0.5, 2)
    return net


def test_outputs_agree_after_copying(notebook):
    net, x = reference(), torch.randn(4, 3)
    student = notebook(OTHER_NAMES)
    theirs = student.Net()
    theirs.eval()
    assert not torch.allclose(theirs(x), net(x))
    copy_weights(net, theirs)
    assert torch.allclose(theirs(x), net(x), rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"wide": 6}, "has 0 parameters and buffers of shape (5,), and should have 6"),
        ({"bias": False}, "has 4 parameters and buffers of shape (5,), and should have 6"),
    ],
)
def test_other_shapes_are_named(notebook, options, message):
    with pytest.raises(StudentFailure) as caught:
        copy_weights(reference(), notebook(OTHER_NAMES).Net(**options))
    assert message in str(caught.value)


def test_what_is_no_module_fails(notebook):
    student = notebook(OTHER_NAMES)
    for thing in (student.number(), student.NoState(), None):
        with pytest.raises(StudentFailure):
            copy_weights(reference(), thing)
