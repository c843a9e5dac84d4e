"""Independent computations for the deck of day 28."""

from __future__ import annotations

import numpy as np
import torch
from quiz_oracles import oracle


def painted(box: tuple[int, int, int, int]) -> np.ndarray:
    """A box as pixels."""
    x1, y1, x2, y2 = box
    canvas = np.zeros((60, 60), dtype=bool)
    canvas[y1:y2, x1:x2] = True
    return canvas


@oracle("iou-value")
def iou_value(a: int, s: int) -> float:
    first, second = painted((0, 0, a, a)), painted((s, 0, s + a, a))
    return float((first & second).sum() / (first | second).sum())


@oracle("box-centre-form")
def box_centre_form(x: int, y: int, w: int, h: int) -> tuple[int, ...]:
    """From the painted box: the mean of its pixels' middles, and its extent."""
    rows, columns = np.nonzero(painted((x, y, x + w, y + h)))
    centre = columns.mean() + 0.5, rows.mean() + 0.5
    return int(centre[0]), int(centre[1]), len(set(columns)), len(set(rows))


@oracle("anchor-count")
def anchor_count(h: int, w: int, s: int, r: int) -> int:
    return sum(1 for _ in range(h) for _ in range(w) for _ in range(s) for _ in range(r))


@oracle("box-decode")
def box_decode(xa: int, wa: int, t: float) -> float:
    """Where encoding the centre gives t, by bisection."""
    low, high = xa - 10.0 * wa, xa + 10.0 * wa
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if (middle - xa) / wa < t else (low, middle)
    return low


@oracle("yolo-output")
def yolo_output(s: int, b: int, c: int) -> int:
    head = torch.nn.Conv2d(8, b * (5 + c), 1, device="meta")
    return head(torch.empty(1, 8, s, s, device="meta")).numel()


@oracle("yolo-decode-centre")
def yolo_decode_centre(c: int, p: int) -> float:
    """The middle of the pixels of the cell."""
    edges = torch.arange(c * p, (c + 1) * p + 1, dtype=torch.float64)
    return float((edges[:-1] + edges[1:]).mean() / 2)


@oracle("map-precision")
def map_precision(d: int, t: int, g: int) -> float:
    """Truths that some box matches, of all truths; the first t of d boxes match one each."""
    boxes = [box if box < t else -1 for box in range(d)]
    return float(np.isin(np.arange(g), boxes).mean())


@oracle("map-average-precision")
def map_average_precision(g: int, j: int) -> float:
    """For every object the best precision at any rank that reaches its recall, on average."""
    hits = [rank in (1, j) for rank in range(1, j + 4)]
    ranks = range(1, len(hits) + 1)
    total = 0.0
    for wanted in range(1, g + 1):
        reached = [sum(hits[:rank]) / rank for rank in ranks if sum(hits[:rank]) >= wanted]
        total += max(reached, default=0.0)
    return total / g
