"""Independent computations for the papers' deck."""

from __future__ import annotations

import torch
from quiz_oracles import oracle
from torch import nn


class Subsampling(nn.Module):
    """LeNet-5's: the sum of four inputs, times a coefficient, plus a bias, for each map."""

    def __init__(self, maps: int) -> None:
        super().__init__()
        self.coefficient = nn.Parameter(torch.ones(maps, 1, 1))
        self.bias = nn.Parameter(torch.zeros(maps, 1, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return 4 * nn.functional.avg_pool2d(x, 2) * self.coefficient + self.bias


@oracle("lenet5-size")
def lenet5_size(m: int) -> int:
    layer = Subsampling(m)
    assert layer(torch.zeros(1, m, 4, 4)).shape == (1, m, 2, 2)
    return sum(parameter.numel() for parameter in layer.parameters())


@oracle("adam-paper-first-step")
def adam_paper_first_step(a: float, g: float) -> float:
    """By torch's own Adam."""
    weight = nn.Parameter(torch.zeros(1, dtype=torch.float64))
    weight.grad = torch.full((1,), float(g), dtype=torch.float64)
    torch.optim.Adam([weight], lr=a).step()
    return float(-weight.detach()[0])


@oracle("dropout-paper-scale")
def dropout_paper_scale(p: float) -> float:
    """The largest value that comes out of ones."""
    return float(nn.Dropout(p)(torch.ones(500, dtype=torch.float64)).max())


def multiply_adds(layer: nn.Conv2d, x: torch.Tensor) -> tuple[int, torch.Tensor]:
    """Of a layer without bias: all its weights, once at each position of its output."""
    y = layer(x)
    return layer.weight.numel() * y.shape[-1] * y.shape[-2], y


@oracle("rumelhart-momentum")
def rumelhart_momentum(a: float, e: float, g: float) -> float:
    """By torch's own momentum, after many steps on a constant gradient."""
    weight = nn.Parameter(torch.zeros(1, dtype=torch.float64))
    optimiser = torch.optim.SGD([weight], lr=e, momentum=a)
    step = 0.0
    for _ in range(400):
        before = float(weight.detach()[0])
        weight.grad = torch.full((1,), float(g), dtype=torch.float64)
        optimiser.step()
        step = before - float(weight.detach()[0])
    return step


@oracle("googlenet-reduction-cost")
def googlenet_reduction_cost(s: int, c: int, r: int, f: int) -> int:
    x = torch.zeros(1, c, s, s, device="meta")
    first, y = multiply_adds(nn.Conv2d(c, r, 1, bias=False, device="meta"), x)
    second, z = multiply_adds(nn.Conv2d(r, f, 5, padding=2, bias=False, device="meta"), y)
    assert z.shape == (1, f, s, s)
    return first + second


@oracle("yolov3-boxes")
def yolov3_boxes(n: int) -> int:
    """By halving an image five times, with a head of three boxes on the last three maps."""
    x = torch.zeros(1, 1, n, n, device="meta")
    boxes = 0
    for level in range(5):
        x = nn.Conv2d(1, 1, 3, stride=2, padding=1, device="meta")(x)
        if level >= 2:
            boxes += nn.Conv2d(1, 3, 1, device="meta")(x).numel()
    return boxes


@oracle("longterm-factor")
def longterm_factor(w: float, t: int) -> float:
    start = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    h = start
    for step in range(t):
        h = w * h + step
    return float(torch.autograd.grad(h, start)[0])


@oracle("longterm-steps")
def longterm_steps(w: float, m: int) -> int:
    """By multiplying until it is below."""
    factor, steps = 1.0, 0
    while factor >= 1 / m:
        factor *= w
        steps += 1
    return steps


@oracle("bert-masked-tokens")
def bert_masked_tokens(n: int) -> float:
    """By counting in a grid of equally likely draws: the choice, then what is done to it."""
    masked = sum(choice < 15 and fate < 80 for choice in range(100) for fate in range(100))
    return n * masked / 100**2


@oracle("bert-layer-weights")
def bert_layer_weights(l: int, h: int) -> float:  # noqa: E741
    """The matrices of torch's own encoder layer."""
    layer = nn.TransformerEncoderLayer(h, 8, 4 * h, device="meta")
    return l * sum(p.numel() for p in layer.parameters() if p.ndim == 2) / 1e6


@oracle("gan-optimal-discriminator")
def gan_optimal_discriminator(p: float, q: float) -> float:
    """By ascending the criterion's gradient."""
    logit = torch.zeros((), dtype=torch.float64, requires_grad=True)
    for _ in range(200):
        score = p * nn.functional.logsigmoid(logit) + q * nn.functional.logsigmoid(-logit)
        (slope,) = torch.autograd.grad(score, logit)
        logit = (logit + 4 * slope).detach().requires_grad_()
    return float(torch.sigmoid(logit.detach()))


@oracle("gan-saturating")
def gan_saturating(d: float) -> float:
    """By autograd through the logit."""
    logit = torch.logit(torch.tensor(d, dtype=torch.float64)).requires_grad_()
    (saturating,) = torch.autograd.grad(torch.log(1 - torch.sigmoid(logit)), logit)
    (other,) = torch.autograd.grad(torch.log(torch.sigmoid(logit)), logit)
    return float((other / saturating).abs())


@oracle("alexnet-paper-input")
def alexnet_paper_input(n: int, p: int) -> int:
    layer = nn.Conv2d(3, 64, 11, stride=4, padding=p, device="meta")
    return layer(torch.zeros(1, 3, n, n, device="meta")).shape[-1]


@oracle("vgg-paper-stack")
def vgg_paper_stack(c: int, m: int) -> int:
    layers = [nn.Conv2d(c, c, 3, bias=False, device="meta") for _ in range(m)]
    return sum(parameter.numel() for parameter in nn.Sequential(*layers).parameters())
