"""Independent computations for the deck of day 21."""

from __future__ import annotations

import torch
from quiz_oracles import oracle
from torch import nn


def size(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@oracle("lstm-cell-gradient")
def lstm_cell_gradient(f: float, t: int) -> float:
    """By autograd along a cell state whose gate is held fixed."""
    first = torch.tensor(0.3, dtype=torch.float64, requires_grad=True)
    cell = first
    for _ in range(t):
        cell = f * cell + 0.1
    cell.backward()
    assert first.grad is not None
    return float(first.grad)


@oracle("lstm-parameters")
def lstm_parameters(d: int, h: int) -> int:
    return size(nn.LSTM(d, h))


@oracle("gru-parameters")
def gru_parameters(d: int, h: int) -> int:
    return size(nn.GRU(d, h))


@oracle("lstm-stacked-parameters")
def lstm_stacked_parameters(d: int, h: int) -> int:
    return size(nn.LSTM(d, h, num_layers=2, bias=False))


@oracle("lstm-bidirectional-second")
def lstm_bidirectional_second(h: int) -> int:
    net = nn.LSTM(3, h, num_layers=2, bias=False, bidirectional=True)
    second = [p for name, p in net.named_parameters() if name.endswith("l1_reverse")]
    return sum(parameter.numel() for parameter in second)


@oracle("gru-step-value")
def gru_step_value(h: float, n: float, z: float) -> float:
    """By a GRU cell whose biases alone set the gate and the candidate."""
    cell = nn.GRUCell(1, 1).double()
    for parameter in cell.parameters():
        nn.init.zeros_(parameter)
    with torch.no_grad():
        cell.bias_ih[1] = torch.logit(torch.tensor(z, dtype=torch.float64))
        cell.bias_ih[2] = torch.atanh(torch.tensor(n, dtype=torch.float64))
        zero = torch.zeros(1, 1, dtype=torch.float64)
        return float(cell(zero, torch.full_like(zero, h)))
