"""Torch modules of the reference and the student's side by side: the same weights in both."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from autograder.grading.compare import Mismatch
from autograder.sandbox.proxy import Handle

if TYPE_CHECKING:
    import torch

__tracebackhide__ = True  # pytest ends its report at the line of the test


def copy_weights(source: torch.nn.Module, target: object) -> None:
    """Give the student's module `target` all parameters and buffers of `source`.

    Names are the student's own business: the k-th tensor of a shape in `source.state_dict()` goes
    to the k-th of that shape in the student's, in order of registration. Fails, for the student,
    unless both have the same number of tensors of each shape.
    """
    if not isinstance(target, Handle):
        raise Mismatch("this should be a torch module")
    theirs = target.do("state_dict")
    if not isinstance(theirs, dict) or not all(_is_tensor(value) for value in theirs.values()):
        raise Mismatch("the module's state_dict() should be a dict of tensors")
    names = _by_shape(theirs)
    values = _by_shape(source.state_dict())
    for shape in sorted(names.keys() | values.keys(), key=lambda shape: (len(shape), shape)):
        has, wants = len(names[shape]), len(values[shape])
        if has != wants:
            raise Mismatch(
                f"the module has {has} parameters and buffers of shape {shape}, "
                f"and should have {wants}"
            )
    state = source.state_dict()
    pairs = (pair for shape in names for pair in zip(names[shape], values[shape], strict=True))
    weights = {name: state[other].detach().clone() for name, other in pairs}
    target.do("load_state_dict", weights)


def _is_tensor(value: object) -> bool:
    import torch

    return isinstance(value, torch.Tensor)


def _by_shape(state: dict[str, Any]) -> dict[tuple[int, ...], list[str]]:
    """Names of the tensors of each shape, in order."""
    found: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for name, tensor in state.items():
        found[tuple(tensor.shape)].append(name)
    return found
