"""Day 28's wrong versions, each of which must lose points, and right ones, which must lose none.

A variant stands in for the reference's function of its exercise; a class is only a container: each
function in its body stands in for the reference's of that name.
"""
# Containers are named like variants, and their functions are no methods.
# ruff: noqa: N801, N805

from __future__ import annotations

import numpy as np
import torch

from autograder.testing import equivalent, right, wrong
from solutions.day28_detection import (
    box_iou,
    cxcywh_to_xyxy,
    nms,
    xyxy_to_cxcywh,
)

# box forms: wrong


@wrong("xyxy_to_cxcywh")
def forms_give_the_corner(boxes):
    """The first corner stands where the centre belongs."""
    return np.hstack([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]])


@wrong("xyxy_to_cxcywh")
def forms_count_pixels(boxes):
    """One pixel is added to width and height."""
    start, end = boxes[:, :2], boxes[:, 2:]
    return np.hstack([(start + end) / 2, end - start + 1])


@wrong("xyxy_to_cxcywh")
def forms_swap_width_and_height(boxes):
    """Height comes before width."""
    x1, y1, x2, y2 = boxes.T
    return np.stack([(x1 + x2) / 2, (y1 + y2) / 2, y2 - y1, x2 - x1], axis=1)


@wrong("xyxy_to_cxcywh")
def forms_halve_the_size_for_the_centre(boxes):
    """The centre is half of the size, as if every box began at 0."""
    size = boxes[:, 2:] - boxes[:, :2]
    return np.hstack([size / 2, size])


@wrong("xyxy_to_cxcywh")
def forms_with_half_sizes(boxes):
    """Half of width and height are returned."""
    size = boxes[:, 2:] - boxes[:, :2]
    return np.hstack([boxes[:, :2] + size / 2, size / 2])


@wrong("xyxy_to_cxcywh")
def forms_round_the_centre(boxes):
    """The centre is rounded down to whole pixels."""
    start, end = boxes[:, :2], boxes[:, 2:]
    return np.hstack([(start + end) // 2, end - start])


@wrong("xyxy_to_cxcywh")
def forms_write_into_their_argument(boxes):
    """Right values, in the caller's own array."""
    boxes[:, 2:] -= boxes[:, :2]
    boxes[:, :2] += boxes[:, 2:] / 2
    return boxes


@wrong("xyxy_to_cxcywh", replaces="cxcywh_to_xyxy")
def forms_back_adds_the_whole_size(boxes):
    """The whole width and height are added to the centre and taken from it."""
    return np.hstack([boxes[:, :2] - boxes[:, 2:], boxes[:, :2] + boxes[:, 2:]])


@wrong("xyxy_to_cxcywh", replaces="cxcywh_to_xyxy")
def forms_back_from_the_corner(boxes):
    """The size is added to the centre as if that were the first corner."""
    return np.hstack([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]])


@wrong("xyxy_to_cxcywh", replaces="cxcywh_to_xyxy")
def forms_back_reads_the_first_corner_late(boxes):
    """x1 and y1 are overwritten before x2 and y2 are made of them."""
    out = boxes.copy()
    out[:, :2] = out[:, :2] - out[:, 2:] / 2
    out[:, 2:] = out[:, :2] + out[:, 2:] / 2
    return out


@wrong("xyxy_to_cxcywh", replaces="cxcywh_to_xyxy")
def forms_back_clip_at_zero(boxes):
    """Negative corners become 0."""
    half = boxes[:, 2:] / 2
    return np.maximum(np.hstack([boxes[:, :2] - half, boxes[:, :2] + half]), 0)


@wrong("xyxy_to_cxcywh", replaces="cxcywh_to_xyxy")
def forms_back_write_into_their_argument(boxes):
    """Right values, in the caller's own array."""
    boxes[:, :2] -= boxes[:, 2:] / 2
    boxes[:, 2:] += boxes[:, :2]
    return boxes


@wrong("xyxy_to_cxcywh")
def forms_by_stacking_boxes_one_by_one(boxes):
    """A loop over boxes, whose result has no columns when there are no boxes."""
    return np.array([[(a + c) / 2, (b + d) / 2, c - a, d - b] for a, b, c, d in boxes])


@wrong("xyxy_to_cxcywh")
def forms_in_single_precision(boxes):
    """The result is float32."""
    start, end = boxes[:, :2], boxes[:, 2:]
    return np.hstack([(start + end) / 2, end - start]).astype(np.float32)


# box forms: right


@right("xyxy_to_cxcywh")
class forms_by_columns:
    """Each column by itself, stacked."""

    def xyxy_to_cxcywh(boxes):
        x1, y1, x2, y2 = boxes[:, 0], boxes[:, 1], boxes[:, 2], boxes[:, 3]
        return np.stack((0.5 * (x1 + x2), 0.5 * (y1 + y2), x2 - x1, y2 - y1), axis=-1)

    def cxcywh_to_xyxy(boxes):
        cx, cy, w, h = np.split(boxes, 4, axis=1)
        return np.concatenate([cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2], axis=1)


@right("xyxy_to_cxcywh")
class forms_by_matrices:
    """Both are linear: a product with a 4 by 4 matrix."""

    def xyxy_to_cxcywh(boxes):
        return boxes @ np.array([[0.5, 0, -1, 0], [0, 0.5, 0, -1], [0.5, 0, 1, 0], [0, 0.5, 0, 1]])

    def cxcywh_to_xyxy(boxes):
        return np.einsum(
            "nk,kl->nl",
            boxes,
            np.array([[1, 0, 1, 0], [0, 1, 0, 1], [-0.5, 0, 0.5, 0], [0, -0.5, 0, 0.5]]),
        )


@right("xyxy_to_cxcywh")
class forms_by_loops:
    """An empty result of the right shape, filled row by row."""

    def xyxy_to_cxcywh(boxes):
        out = np.empty(boxes.shape)
        for k, (x1, y1, x2, y2) in enumerate(boxes):
            out[k] = [x1 + (x2 - x1) / 2, y1 + (y2 - y1) / 2, x2 - x1, y2 - y1]
        return out

    def cxcywh_to_xyxy(boxes):
        out = boxes.copy()
        for row in out:
            row[:2] -= row[2:] / 2
            row[2:] += row[:2]
        return out


@right("xyxy_to_cxcywh")
class forms_by_torch:
    """torch tensors in between."""

    def xyxy_to_cxcywh(boxes):
        import torch

        start, end = torch.tensor(np.array(boxes)).chunk(2, dim=1)
        return torch.cat([(start + end) / 2, end - start], dim=1).numpy()

    def cxcywh_to_xyxy(boxes):
        import torch

        centre, size = torch.tensor(np.array(boxes)).chunk(2, dim=1)
        return torch.cat([centre - size / 2, centre + size / 2], dim=1).numpy()


# box_iou: wrong


@wrong("box_iou")
def iou_does_not_clamp(a, b):
    """Two negative sides of an overlap that is none multiply to a positive area."""
    start = np.maximum(a[:, None, :2], b[:, :2])
    end = np.minimum(a[:, None, 2:], b[:, 2:])
    overlap = (end - start).prod(axis=2)
    union = (a[:, 2:] - a[:, :2]).prod(1)[:, None] + (b[:, 2:] - b[:, :2]).prod(1) - overlap
    return np.divide(overlap, union, out=np.zeros_like(overlap), where=union != 0)


@wrong("box_iou")
def iou_clamps_the_area(a, b):
    """The product is clamped, not its two factors."""
    start = np.maximum(a[:, None, :2], b[:, :2])
    end = np.minimum(a[:, None, 2:], b[:, 2:])
    overlap = np.maximum((end - start).prod(axis=2), 0)
    union = (a[:, 2:] - a[:, :2]).prod(1)[:, None] + (b[:, 2:] - b[:, :2]).prod(1) - overlap
    return np.divide(overlap, union, out=np.zeros_like(overlap), where=union != 0)


@wrong("box_iou")
def iou_takes_the_absolute_overlap(a, b):
    """Negative sides of the overlap become positive."""
    start = np.maximum(a[:, None, :2], b[:, :2])
    end = np.minimum(a[:, None, 2:], b[:, 2:])
    overlap = np.abs(end - start).prod(axis=2)
    union = (a[:, 2:] - a[:, :2]).prod(1)[:, None] + (b[:, 2:] - b[:, :2]).prod(1) - overlap
    return np.divide(overlap, union, out=np.zeros_like(overlap), where=union != 0)


@wrong("box_iou")
def iou_adds_a_pixel(a, b):
    """Widths and heights are counted in pixels, both ends included."""
    start = np.maximum(a[:, None, :2], b[:, :2])
    end = np.minimum(a[:, None, 2:], b[:, 2:])
    overlap = np.maximum(end - start + 1, 0).prod(axis=2)
    areas_a, areas_b = ((c[:, 2:] - c[:, :2] + 1).prod(axis=1) for c in (a, b))
    return overlap / (areas_a[:, None] + areas_b - overlap)


@wrong("box_iou")
def iou_adds_a_pixel_to_areas_only(a, b):
    """The two areas count both end pixels, the overlap does not."""
    start = np.maximum(a[:, None, :2], b[:, :2])
    end = np.minimum(a[:, None, 2:], b[:, 2:])
    overlap = np.maximum(end - start, 0).prod(axis=2)
    areas_a, areas_b = ((c[:, 2:] - c[:, :2] + 1).prod(axis=1) for c in (a, b))
    return overlap / (areas_a[:, None] + areas_b - overlap)


@wrong("box_iou")
def iou_counts_the_overlap_twice(a, b):
    """The union is the plain sum of the two areas."""
    start = np.maximum(a[:, None, :2], b[:, :2])
    end = np.minimum(a[:, None, 2:], b[:, 2:])
    overlap = np.maximum(end - start, 0).prod(axis=2)
    union = (a[:, 2:] - a[:, :2]).prod(1)[:, None] + (b[:, 2:] - b[:, :2]).prod(1)
    return np.divide(overlap, union, out=np.zeros_like(overlap), where=union > 0)


@wrong("box_iou")
def iou_over_the_smaller_box(a, b):
    """The overlap is divided by the smaller of the two areas."""
    start = np.maximum(a[:, None, :2], b[:, :2])
    end = np.minimum(a[:, None, 2:], b[:, 2:])
    overlap = np.maximum(end - start, 0).prod(axis=2)
    areas_a, areas_b = ((c[:, 2:] - c[:, :2]).prod(axis=1) for c in (a, b))
    smaller = np.minimum(areas_a[:, None], areas_b)
    return np.divide(overlap, smaller, out=np.zeros_like(overlap), where=smaller > 0)


@wrong("box_iou")
def iou_over_the_hull(a, b):
    """The overlap is divided by the smallest box around both."""
    start = np.maximum(a[:, None, :2], b[:, :2])
    end = np.minimum(a[:, None, 2:], b[:, 2:])
    overlap = np.maximum(end - start, 0).prod(axis=2)
    outer = np.maximum(a[:, None, 2:], b[:, 2:]) - np.minimum(a[:, None, :2], b[:, :2])
    hull = outer.prod(axis=2)
    return np.divide(overlap, hull, out=np.zeros_like(overlap), where=hull > 0)


@wrong("box_iou")
def iou_swaps_minimum_and_maximum(a, b):
    """The hull of two boxes is taken for their overlap."""
    start = np.minimum(a[:, None, :2], b[:, :2])
    end = np.maximum(a[:, None, 2:], b[:, 2:])
    overlap = np.maximum(end - start, 0).prod(axis=2)
    union = (a[:, 2:] - a[:, :2]).prod(1)[:, None] + (b[:, 2:] - b[:, :2]).prod(1) - overlap
    return np.divide(overlap, union, out=np.zeros_like(overlap), where=union != 0)


@wrong("box_iou")
def iou_is_transposed(a, b):
    """Rows belong to b and columns to a."""
    start = np.maximum(b[:, None, :2], a[:, :2])
    end = np.minimum(b[:, None, 2:], a[:, 2:])
    overlap = np.maximum(end - start, 0).prod(axis=2)
    union = (b[:, 2:] - b[:, :2]).prod(1)[:, None] + (a[:, 2:] - a[:, :2]).prod(1) - overlap
    return np.divide(overlap, union, out=np.zeros_like(overlap), where=union > 0)


@wrong("box_iou")
def iou_row_by_row(a, b):
    """Row k of a is compared with row k of b only."""
    n = min(len(a), len(b))
    start, end = np.maximum(a[:n, :2], b[:n, :2]), np.minimum(a[:n, 2:], b[:n, 2:])
    overlap = np.maximum(end - start, 0).prod(axis=1)
    union = (a[:n, 2:] - a[:n, :2]).prod(1) + (b[:n, 2:] - b[:n, :2]).prod(1) - overlap
    return np.divide(overlap, union, out=np.zeros_like(overlap), where=union > 0)


@wrong("box_iou")
def iou_divides_nothing_by_nothing(a, b):
    """Two boxes without area give NaN."""
    start = np.maximum(a[:, None, :2], b[:, :2])
    end = np.minimum(a[:, None, 2:], b[:, 2:])
    overlap = np.maximum(end - start, 0).prod(axis=2)
    union = (a[:, 2:] - a[:, :2]).prod(1)[:, None] + (b[:, 2:] - b[:, :2]).prod(1) - overlap
    with np.errstate(invalid="ignore"):
        return overlap / union


@wrong("box_iou")
def iou_with_an_epsilon(a, b):
    """A small number in the union changes the IoU of small boxes."""
    start = np.maximum(a[:, None, :2], b[:, :2])
    end = np.minimum(a[:, None, 2:], b[:, 2:])
    overlap = np.maximum(end - start, 0).prod(axis=2)
    union = (a[:, 2:] - a[:, :2]).prod(1)[:, None] + (b[:, 2:] - b[:, :2]).prod(1) - overlap
    return overlap / (union + 1e-9)


@wrong("box_iou")
def iou_with_a_least_union(a, b):
    """The union is at least 1e-6, also for boxes that are smaller."""
    start = np.maximum(a[:, None, :2], b[:, :2])
    end = np.minimum(a[:, None, 2:], b[:, 2:])
    overlap = np.maximum(end - start, 0).prod(axis=2)
    union = (a[:, 2:] - a[:, :2]).prod(1)[:, None] + (b[:, 2:] - b[:, :2]).prod(1) - overlap
    return overlap / np.maximum(union, 1e-6)


@wrong("box_iou")
def iou_one_for_copies_without_area(a, b):
    """0 / 0 is taken to be 1."""
    start = np.maximum(a[:, None, :2], b[:, :2])
    end = np.minimum(a[:, None, 2:], b[:, 2:])
    overlap = np.maximum(end - start, 0).prod(axis=2)
    union = (a[:, 2:] - a[:, :2]).prod(1)[:, None] + (b[:, 2:] - b[:, :2]).prod(1) - overlap
    return np.divide(overlap, union, out=np.ones_like(overlap), where=union > 0)


@wrong("box_iou")
def iou_reads_centre_and_size(a, b):
    """The rows are taken for (x, y, w, h)."""
    start = np.maximum(a[:, None, :2], b[:, :2])
    end = np.minimum((a[:, :2] + a[:, 2:])[:, None], b[:, :2] + b[:, 2:])
    overlap = np.maximum(end - start, 0).prod(axis=2)
    union = a[:, 2:].prod(axis=1)[:, None] + b[:, 2:].prod(axis=1) - overlap
    return np.divide(overlap, union, out=np.zeros_like(overlap), where=union > 0)


@wrong("box_iou")
def iou_by_two_loops(a, b):
    """Right values, one pair after another."""
    out = np.zeros((len(a), len(b)))
    for i, (ax1, ay1, ax2, ay2) in enumerate(a):
        for j, (bx1, by1, bx2, by2) in enumerate(b):
            w, h = min(ax2, bx2) - max(ax1, bx1), min(ay2, by2) - max(ay1, by1)
            if w > 0 and h > 0:
                both = w * h
                out[i, j] = both / ((ax2 - ax1) * (ay2 - ay1) + (bx2 - bx1) * (by2 - by1) - both)
    return out


@wrong("box_iou")
def iou_by_a_loop_over_a(a, b):
    """Right values, one row after another."""
    out = np.zeros((len(a), len(b)))
    areas = (b[:, 2:] - b[:, :2]).prod(axis=1)
    for i, box in enumerate(a):
        sides = np.minimum(box[2:], b[:, 2:]) - np.maximum(box[:2], b[:, :2])
        overlap = np.maximum(sides, 0).prod(axis=1)
        union = (box[2:] - box[:2]).prod() + areas - overlap
        out[i] = np.divide(overlap, union, out=np.zeros(len(b)), where=union > 0)
    return out


@wrong("box_iou")
def iou_by_a_comprehension_over_b(a, b):
    """Right values, with a column for each box of b in a comprehension."""

    def column(box):
        sides = np.minimum(a[:, 2:], box[2:]) - np.maximum(a[:, :2], box[:2])
        overlap = np.maximum(sides, 0).prod(axis=1)
        union = (a[:, 2:] - a[:, :2]).prod(axis=1) + (box[2:] - box[:2]).prod() - overlap
        return np.divide(overlap, union, out=np.zeros(len(a)), where=union > 0)

    return np.array([column(box) for box in b]).reshape(len(b), len(a)).T


@wrong("box_iou")
def iou_fails_without_boxes(a, b):
    """Right, but it looks at the first box, which need not exist."""
    assert a[0, 0] <= a[0, 2]
    assert b[0, 0] <= b[0, 2]
    start = np.maximum(a[:, None, :2], b[:, :2])
    end = np.minimum(a[:, None, 2:], b[:, 2:])
    overlap = np.maximum(end - start, 0).prod(axis=2)
    union = (a[:, 2:] - a[:, :2]).prod(1)[:, None] + (b[:, 2:] - b[:, :2]).prod(1) - overlap
    return np.divide(overlap, union, out=np.zeros_like(overlap), where=union > 0)


@wrong("box_iou")
def iou_rounds_to_pixels(a, b):
    """Boxes are rounded to whole pixels first."""
    a, b = np.round(a), np.round(b)
    start = np.maximum(a[:, None, :2], b[:, :2])
    end = np.minimum(a[:, None, 2:], b[:, 2:])
    overlap = np.maximum(end - start, 0).prod(axis=2)
    union = (a[:, 2:] - a[:, :2]).prod(1)[:, None] + (b[:, 2:] - b[:, :2]).prod(1) - overlap
    return np.divide(overlap, union, out=np.zeros_like(overlap), where=union > 0)


@wrong("box_iou")
def iou_by_torchvision(a, b):
    """The ready-made function, which does not count."""
    import torch
    import torchvision

    return torchvision.ops.box_iou(torch.tensor(a), torch.tensor(b)).numpy()


# box_iou: right


@right("box_iou")
def iou_by_columns(a, b):
    """Every coordinate by itself, with keepdims shapes and np.where for the division."""
    ax1, ay1, ax2, ay2 = (a[:, k : k + 1] for k in range(4))
    bx1, by1, bx2, by2 = b.T
    w = (np.minimum(ax2, bx2) - np.maximum(ax1, bx1)).clip(min=0)
    h = (np.minimum(ay2, by2) - np.maximum(ay1, by1)).clip(min=0)
    both = w * h
    either = (ax2 - ax1) * (ay2 - ay1) + (bx2 - bx1) * (by2 - by1) - both
    return np.where(either > 0, both / np.where(either > 0, either, 1.0), 0.0)


@right("box_iou")
def iou_by_repeat_and_tile(a, b):
    """All pairs written out, then row by row."""
    n, m = len(a), len(b)
    left, other = np.repeat(a, m, axis=0), np.tile(b, (n, 1))
    sides = np.fmin(left[:, 2:], other[:, 2:]) - np.fmax(left[:, :2], other[:, :2])
    both = np.where((sides > 0).all(axis=1), sides[:, 0] * sides[:, 1], 0.0)
    areas = [np.prod(c[:, 2:] - c[:, :2], axis=1) for c in (left, other)]
    with np.errstate(invalid="ignore"):
        iou = both / (areas[0] + areas[1] - both)
    return np.nan_to_num(iou).reshape(n, m)


@right("box_iou")
def iou_by_outer(a, b):
    """ufunc.outer for minima, maxima and sums, einsum for nothing but the product."""
    left, top = (np.maximum.outer(a[:, k], b[:, k]) for k in (0, 1))
    end_x, end_y = (np.minimum.outer(a[:, k], b[:, k]) for k in (2, 3))
    both = np.einsum("nm,nm->nm", (end_x - left).clip(0), (end_y - top).clip(0))
    area_a, area_b = ((c[:, 2] - c[:, 0]) * (c[:, 3] - c[:, 1]) for c in (a, b))
    either = np.add.outer(area_a, area_b) - both
    either[either == 0] = 1
    return both / either


@right("box_iou")
def iou_by_torch(a, b):
    """torch's broadcasting, without torchvision."""
    import torch

    first, second = torch.tensor(np.array(a)), torch.tensor(np.array(b))
    start = torch.maximum(first[:, None, :2], second[None, :, :2])
    end = torch.minimum(first[:, None, 2:], second[None, :, 2:])
    both = (end - start).clamp(min=0).prod(dim=2)
    areas = [(c[:, 2:] - c[:, :2]).prod(dim=1) for c in (first, second)]
    either = areas[0][:, None] + areas[1][None] - both
    return torch.where(either > 0, both / either, torch.zeros_like(both)).numpy()


@right("box_iou")
def iou_with_a_loop_over_coordinates(a, b):
    """A loop over x and y, which is as short for many boxes as for few."""
    both = np.ones((len(a), len(b)))
    areas = [np.ones(len(a)), np.ones(len(b))]
    for k in (0, 1):
        low = np.maximum(a[:, None, k], b[None, :, k])
        high = np.minimum(a[:, None, k + 2], b[None, :, k + 2])
        both *= np.maximum(high - low, 0)
        areas[0] *= a[:, k + 2] - a[:, k]
        areas[1] *= b[:, k + 2] - b[:, k]
    either = areas[0][:, None] + areas[1][None, :] - both
    return both / np.maximum(either, np.finfo(float).tiny)


# make_anchors: wrong


@wrong("make_anchors")
def anchors_swap_rows_and_columns(height, width, stride, scales, ratios):
    """Rows make x and columns make y."""
    rows, columns, s, r = np.meshgrid(
        np.arange(height), np.arange(width), scales, ratios, indexing="ij"
    )
    boxes = [stride * (rows + 0.5), stride * (columns + 0.5), s * np.sqrt(r), s / np.sqrt(r)]
    return cxcywh_to_xyxy(np.stack(boxes, axis=-1).reshape(-1, 4))


@wrong("make_anchors")
def anchors_column_by_column(height, width, stride, scales, ratios):
    """The cells come column by column."""
    columns, rows, s, r = np.meshgrid(
        np.arange(width), np.arange(height), scales, ratios, indexing="ij"
    )
    boxes = [stride * (columns + 0.5), stride * (rows + 0.5), s * np.sqrt(r), s / np.sqrt(r)]
    return cxcywh_to_xyxy(np.stack(boxes, axis=-1).reshape(-1, 4))


@wrong("make_anchors")
def anchors_in_meshgrids_default_order(height, width, stride, scales, ratios):
    """meshgrid without indexing="ij" exchanges its first two axes."""
    rows, columns, s, r = np.meshgrid(np.arange(height), np.arange(width), scales, ratios)
    boxes = [stride * (columns + 0.5), stride * (rows + 0.5), s * np.sqrt(r), s / np.sqrt(r)]
    return cxcywh_to_xyxy(np.stack(boxes, axis=-1).reshape(-1, 4))


@wrong("make_anchors")
def anchors_at_the_corner_of_the_cell(height, width, stride, scales, ratios):
    """The anchors are centred in the top left corners of the cells."""
    rows, columns, s, r = np.meshgrid(
        np.arange(height), np.arange(width), scales, ratios, indexing="ij"
    )
    boxes = [stride * columns, stride * rows, s * np.sqrt(r), s / np.sqrt(r)]
    return cxcywh_to_xyxy(np.stack(boxes, axis=-1).reshape(-1, 4))


@wrong("make_anchors")
def anchors_half_a_pixel_off_the_corner(height, width, stride, scales, ratios):
    """Half a pixel is added to the corner, not half a cell."""
    rows, columns, s, r = np.meshgrid(
        np.arange(height), np.arange(width), scales, ratios, indexing="ij"
    )
    boxes = [stride * columns + 0.5, stride * rows + 0.5, s * np.sqrt(r), s / np.sqrt(r)]
    return cxcywh_to_xyxy(np.stack(boxes, axis=-1).reshape(-1, 4))


@wrong("make_anchors")
def anchors_with_whole_half_strides(height, width, stride, scales, ratios):
    """Half of the stride is rounded down to a whole number of pixels."""
    rows, columns, s, r = np.meshgrid(
        np.arange(height), np.arange(width), scales, ratios, indexing="ij"
    )
    middle = stride // 2
    boxes = [stride * columns + middle, stride * rows + middle, s * np.sqrt(r), s / np.sqrt(r)]
    return cxcywh_to_xyxy(np.stack(boxes, axis=-1).reshape(-1, 4))


@wrong("make_anchors")
def anchors_with_ratio_height_over_width(height, width, stride, scales, ratios):
    """A ratio is taken for height over width."""
    rows, columns, s, r = np.meshgrid(
        np.arange(height), np.arange(width), scales, ratios, indexing="ij"
    )
    boxes = [stride * (columns + 0.5), stride * (rows + 0.5), s / np.sqrt(r), s * np.sqrt(r)]
    return cxcywh_to_xyxy(np.stack(boxes, axis=-1).reshape(-1, 4))


@wrong("make_anchors")
def anchors_without_the_root(height, width, stride, scales, ratios):
    """Width is scale times ratio, and height scale over ratio: the ratio is squared."""
    rows, columns, s, r = np.meshgrid(
        np.arange(height), np.arange(width), scales, ratios, indexing="ij"
    )
    boxes = [stride * (columns + 0.5), stride * (rows + 0.5), s * r, s / r]
    return cxcywh_to_xyxy(np.stack(boxes, axis=-1).reshape(-1, 4))


@wrong("make_anchors")
def anchors_with_the_scale_as_height(height, width, stride, scales, ratios):
    """The scale is the height, so that the area grows with the ratio."""
    rows, columns, s, r = np.meshgrid(
        np.arange(height), np.arange(width), scales, ratios, indexing="ij"
    )
    boxes = [stride * (columns + 0.5), stride * (rows + 0.5), s * r, s]
    return cxcywh_to_xyxy(np.stack(boxes, axis=-1).reshape(-1, 4))


@wrong("make_anchors")
def anchors_with_the_scale_as_area(height, width, stride, scales, ratios):
    """The scale is the area, not the root of it."""
    rows, columns, s, r = np.meshgrid(
        np.arange(height), np.arange(width), scales, ratios, indexing="ij"
    )
    boxes = [stride * (columns + 0.5), stride * (rows + 0.5), np.sqrt(s * r), np.sqrt(s / r)]
    return cxcywh_to_xyxy(np.stack(boxes, axis=-1).reshape(-1, 4))


@wrong("make_anchors")
def anchors_ratio_before_scale(height, width, stride, scales, ratios):
    """Within a cell the scale changes fastest."""
    rows, columns, r, s = np.meshgrid(
        np.arange(height), np.arange(width), ratios, scales, indexing="ij"
    )
    boxes = [stride * (columns + 0.5), stride * (rows + 0.5), s * np.sqrt(r), s / np.sqrt(r)]
    return cxcywh_to_xyxy(np.stack(boxes, axis=-1).reshape(-1, 4))


@wrong("make_anchors")
def anchors_shape_by_shape(height, width, stride, scales, ratios):
    """All cells of the first shape come first, then all of the second."""
    s, r, rows, columns = np.meshgrid(
        scales, ratios, np.arange(height), np.arange(width), indexing="ij"
    )
    boxes = [stride * (columns + 0.5), stride * (rows + 0.5), s * np.sqrt(r), s / np.sqrt(r)]
    return cxcywh_to_xyxy(np.stack(boxes, axis=-1).reshape(-1, 4))


@wrong("make_anchors")
def anchors_pair_scales_with_ratios(height, width, stride, scales, ratios):
    """The first scale goes with the first ratio only, and so on."""
    out = []
    for i in range(height):
        for j in range(width):
            for s, r in zip(scales, ratios, strict=False):
                size = s * np.sqrt(r), s / np.sqrt(r)
                out.append([stride * (j + 0.5), stride * (i + 0.5), *size])
    return cxcywh_to_xyxy(np.array(out))


@wrong("make_anchors")
def anchors_cut_off_at_the_border(height, width, stride, scales, ratios):
    """Anchors end where the picture ends."""
    rows, columns, s, r = np.meshgrid(
        np.arange(height), np.arange(width), scales, ratios, indexing="ij"
    )
    boxes = [stride * (columns + 0.5), stride * (rows + 0.5), s * np.sqrt(r), s / np.sqrt(r)]
    corners = cxcywh_to_xyxy(np.stack(boxes, axis=-1).reshape(-1, 4))
    return corners.clip(0, [stride * width, stride * height] * 2)


@wrong("make_anchors")
def anchors_as_centre_and_size(height, width, stride, scales, ratios):
    """The result is (cx, cy, w, h)."""
    rows, columns, s, r = np.meshgrid(
        np.arange(height), np.arange(width), scales, ratios, indexing="ij"
    )
    boxes = [stride * (columns + 0.5), stride * (rows + 0.5), s * np.sqrt(r), s / np.sqrt(r)]
    return np.stack(boxes, axis=-1).reshape(-1, 4)


@wrong("make_anchors")
def anchors_with_cells_kept_apart(height, width, stride, scales, ratios):
    """The result is (height, width, S, R, 4)."""
    rows, columns, s, r = np.meshgrid(
        np.arange(height), np.arange(width), scales, ratios, indexing="ij"
    )
    w, h = s * np.sqrt(r), s / np.sqrt(r)
    x, y = stride * (columns + 0.5), stride * (rows + 0.5)
    return np.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], axis=-1)


@wrong("make_anchors")
def anchors_need_arrays(height, width, stride, scales, ratios):
    """Scales and ratios are used as arrays although lists may come."""
    w = (scales.reshape(-1, 1) * np.sqrt(ratios)).ravel()
    h = (scales.reshape(-1, 1) / np.sqrt(ratios)).ravel()
    y, x = (np.indices((height, width)).reshape(2, -1, 1) + 0.5) * stride
    return np.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], axis=-1).reshape(-1, 4)


# make_anchors: right


@right("make_anchors")
def anchors_by_four_loops(height, width, stride, scales, ratios):
    """One loop inside the other, corners at once."""
    out = []
    for i in range(height):
        for j in range(width):
            x, y = (j + 0.5) * stride, (i + 0.5) * stride
            for s in scales:
                for r in ratios:
                    w, h = s * r**0.5, s / r**0.5
                    out.append([x - w / 2, y - h / 2, x + w / 2, y + h / 2])
    return np.array(out)


@right("make_anchors")
def anchors_by_broadcasting(height, width, stride, scales, ratios):
    """Centres and shapes added by broadcasting."""
    s, r = np.asarray(scales, dtype=float)[:, None], np.asarray(ratios, dtype=float)
    w, h = (s * np.sqrt(r)).ravel(), (s / np.sqrt(r)).ravel()
    shapes = np.stack([-w, -h, w, h], axis=1) / 2
    y, x = np.mgrid[0:height, 0:width] * stride + stride / 2
    centres = np.stack([x, y, x, y], axis=2).reshape(-1, 1, 4)
    return (centres + shapes).reshape(-1, 4)


@right("make_anchors")
def anchors_by_repeat_and_tile(height, width, stride, scales, ratios):
    """Height from area and ratio, width from height; cells repeated, shapes tiled."""
    s, r = (g.ravel() for g in np.meshgrid(scales, ratios, indexing="ij"))
    high = np.sqrt(s * s / r)
    sizes = np.stack([r * high, high], axis=1)
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    centres = (np.stack([x.ravel(), y.ravel()], axis=1) + 0.5) * stride
    centres = np.repeat(centres, len(sizes), axis=0)
    return cxcywh_to_xyxy(np.hstack([centres, np.tile(sizes, (height * width, 1))]))


@right("make_anchors")
def anchors_by_itertools(height, width, stride, scales, ratios):
    """itertools.product in the order of the rows."""
    import itertools

    return np.array(
        [
            [
                stride * (j + 0.5) + a * s * np.sqrt(r) / 2,
                stride * (i + 0.5) + a * s / np.sqrt(r) / 2,
            ]
            for i, j, s, r in itertools.product(range(height), range(width), scales, ratios)
            for a in (-1, 1)
        ]
    ).reshape(-1, 4)


@right("make_anchors")
def anchors_by_torch(height, width, stride, scales, ratios):
    """torch's meshgrid in float64."""
    import torch

    axes = [torch.arange(height).double(), torch.arange(width).double()]
    axes += [torch.tensor(np.array(values, dtype=float)) for values in (scales, ratios)]
    i, j, s, r = torch.meshgrid(*axes, indexing="ij")
    x, y = (j + 0.5) * stride, (i + 0.5) * stride
    w, h = s * r.sqrt() / 2, s / r.sqrt() / 2
    return torch.stack([x - w, y - h, x + w, y + h], dim=-1).reshape(-1, 4).numpy()


# assign_anchors: wrong


@wrong("assign_anchors")
def assign_by_thresholds_only(iou, low, high):
    """A truth that no anchor overlaps enough gets none."""
    if iou.shape[1] == 0:
        return np.full(len(iou), -1)
    largest = iou.max(axis=1)
    return np.where(largest >= high, iou.argmax(axis=1), np.where(largest >= low, -2, -1))


@wrong("assign_anchors")
def assign_own_anchors_only(iou, low, high):
    """Only step 2: all anchors that are nobody's own are background or ignored."""
    assigned = np.where(iou.max(axis=1, initial=0) >= low, -2, -1)
    left = iou.copy()
    for _ in range(iou.shape[1]):
        anchor, truth = np.unravel_index(left.argmax(), left.shape)
        assigned[anchor] = truth
        left[anchor] = left[:, truth] = -1
    return assigned


@wrong("assign_anchors")
def assign_each_truth_its_best(iou, low, high):
    """Each truth takes its best anchor; of two that want the same one the later has it."""
    if iou.shape[1] == 0:
        return np.full(len(iou), -1)
    largest = iou.max(axis=1)
    assigned = np.where(largest >= high, iou.argmax(axis=1), np.where(largest >= low, -2, -1))
    assigned[iou.argmax(axis=0)] = np.arange(iou.shape[1])
    return assigned


@wrong("assign_anchors")
def assign_truth_by_truth(iou, low, high):
    """Each truth in its turn takes the best anchor that is left."""
    if iou.shape[1] == 0:
        return np.full(len(iou), -1)
    largest = iou.max(axis=1)
    assigned = np.where(largest >= high, iou.argmax(axis=1), np.where(largest >= low, -2, -1))
    left = iou.copy()
    for truth in range(iou.shape[1]):
        anchor = left[:, truth].argmax()
        assigned[anchor] = truth
        left[anchor] = -1
    return assigned


@wrong("assign_anchors")
def assign_for_the_best_sum(iou, low, high):
    """Own anchors by the assignment with the largest sum, not by the largest IoU first."""
    from scipy.optimize import linear_sum_assignment

    if iou.shape[1] == 0:
        return np.full(len(iou), -1)
    largest = iou.max(axis=1)
    assigned = np.where(largest >= high, iou.argmax(axis=1), np.where(largest >= low, -2, -1))
    rows, columns = linear_sum_assignment(-iou)
    assigned[rows] = columns
    return assigned


@wrong("assign_anchors")
def assign_own_anchors_first(iou, low, high):
    """The thresholds have the last word and overwrite own anchors."""
    assigned = np.full(len(iou), -1)
    left = iou.copy()
    for _ in range(iou.shape[1]):
        anchor, truth = np.unravel_index(left.argmax(), left.shape)
        assigned[anchor] = truth
        left[anchor] = left[:, truth] = -1
    if iou.shape[1]:
        largest = iou.max(axis=1)
        assigned = np.where(largest >= high, iou.argmax(axis=1), assigned)
        assigned = np.where((largest >= low) & (largest < high) & (assigned < 0), -2, assigned)
    return assigned


@wrong("assign_anchors")
def assign_without_striking_out_truths(iou, low, high):
    """Only the anchor's row is struck out, so a large truth takes several turns."""
    if iou.shape[1] == 0:
        return np.full(len(iou), -1)
    largest = iou.max(axis=1)
    assigned = np.where(largest >= high, iou.argmax(axis=1), np.where(largest >= low, -2, -1))
    left = iou.copy()
    for _ in range(iou.shape[1]):
        anchor, truth = np.unravel_index(left.argmax(), left.shape)
        assigned[anchor] = truth
        left[anchor] = -1
    return assigned


@wrong("assign_anchors")
def assign_without_striking_out_anchors(iou, low, high):
    """Only the truth's column is struck out, so one anchor can be taken twice."""
    if iou.shape[1] == 0:
        return np.full(len(iou), -1)
    largest = iou.max(axis=1)
    assigned = np.where(largest >= high, iou.argmax(axis=1), np.where(largest >= low, -2, -1))
    left = iou.copy()
    for _ in range(iou.shape[1]):
        anchor, truth = np.unravel_index(left.argmax(), left.shape)
        assigned[anchor] = truth
        left[:, truth] = -1
    return assigned


@wrong("assign_anchors")
def assign_strikes_out_with_zeros(iou, low, high):
    """What is struck out becomes 0, which can win against other zeros."""
    if iou.shape[1] == 0:
        return np.full(len(iou), -1)
    largest = iou.max(axis=1)
    assigned = np.where(largest >= high, iou.argmax(axis=1), np.where(largest >= low, -2, -1))
    left = iou.copy()
    for _ in range(iou.shape[1]):
        anchor, truth = np.unravel_index(left.argmax(), left.shape)
        assigned[anchor] = truth
        left[anchor] = left[:, truth] = 0
    return assigned


@wrong("assign_anchors")
def assign_own_anchors_above_low_only(iou, low, high):
    """A truth gets an anchor of its own only when their IoU reaches `low`."""
    if iou.shape[1] == 0:
        return np.full(len(iou), -1)
    largest = iou.max(axis=1)
    assigned = np.where(largest >= high, iou.argmax(axis=1), np.where(largest >= low, -2, -1))
    left = iou.copy()
    while left.max() >= low:
        anchor, truth = np.unravel_index(left.argmax(), left.shape)
        assigned[anchor] = truth
        left[anchor] = left[:, truth] = -1
    return assigned


@wrong("assign_anchors")
def assign_forgets_the_ignored(iou, low, high):
    """Everything below `high` is background."""
    assigned = np.full(len(iou), -1)
    if iou.shape[1]:
        assigned = np.where(iou.max(axis=1) >= high, iou.argmax(axis=1), assigned)
    left = iou.copy()
    for _ in range(iou.shape[1]):
        anchor, truth = np.unravel_index(left.argmax(), left.shape)
        assigned[anchor] = truth
        left[anchor] = left[:, truth] = -1
    return assigned


@wrong("assign_anchors")
def assign_swaps_background_and_ignored(iou, low, high):
    """-1 stands for ignored and -2 for background."""
    if iou.shape[1] == 0:
        return np.full(len(iou), -2)
    largest = iou.max(axis=1)
    assigned = np.where(largest >= high, iou.argmax(axis=1), np.where(largest >= low, -1, -2))
    left = iou.copy()
    for _ in range(iou.shape[1]):
        anchor, truth = np.unravel_index(left.argmax(), left.shape)
        assigned[anchor] = truth
        left[anchor] = left[:, truth] = -1
    return assigned


@wrong("assign_anchors")
def assign_above_high_only(iou, low, high):
    """An IoU equal to `high` is not enough."""
    if iou.shape[1] == 0:
        return np.full(len(iou), -1)
    largest = iou.max(axis=1)
    assigned = np.where(largest > high, iou.argmax(axis=1), np.where(largest >= low, -2, -1))
    left = iou.copy()
    for _ in range(iou.shape[1]):
        anchor, truth = np.unravel_index(left.argmax(), left.shape)
        assigned[anchor] = truth
        left[anchor] = left[:, truth] = -1
    return assigned


@wrong("assign_anchors")
def assign_background_up_to_low(iou, low, high):
    """An IoU equal to `low` is background."""
    if iou.shape[1] == 0:
        return np.full(len(iou), -1)
    largest = iou.max(axis=1)
    assigned = np.where(largest >= high, iou.argmax(axis=1), np.where(largest > low, -2, -1))
    left = iou.copy()
    for _ in range(iou.shape[1]):
        anchor, truth = np.unravel_index(left.argmax(), left.shape)
        assigned[anchor] = truth
        left[anchor] = left[:, truth] = -1
    return assigned


@wrong("assign_anchors")
def assign_the_first_truth_above_high(iou, low, high):
    """An anchor takes the first truth that reaches `high`, not the one it overlaps most."""
    if iou.shape[1] == 0:
        return np.full(len(iou), -1)
    first = (iou >= high).argmax(axis=1)
    largest = iou.max(axis=1)
    assigned = np.where(largest >= high, first, np.where(largest >= low, -2, -1))
    left = iou.copy()
    for _ in range(iou.shape[1]):
        anchor, truth = np.unravel_index(left.argmax(), left.shape)
        assigned[anchor] = truth
        left[anchor] = left[:, truth] = -1
    return assigned


@wrong("assign_anchors")
def assign_fails_without_truths(iou, low, high):
    """The largest of an empty row raises."""
    largest = iou.max(axis=1)
    assigned = np.where(largest >= high, iou.argmax(axis=1), np.where(largest >= low, -2, -1))
    left = iou.copy()
    for _ in range(iou.shape[1]):
        anchor, truth = np.unravel_index(left.argmax(), left.shape)
        assigned[anchor] = truth
        left[anchor] = left[:, truth] = -1
    return assigned


@wrong("assign_anchors")
def assign_strikes_out_in_the_callers_matrix(iou, low, high):
    """Right values, but the caller's matrix is full of -1 afterwards."""
    if iou.shape[1] == 0:
        return np.full(len(iou), -1)
    largest = iou.max(axis=1)
    assigned = np.where(largest >= high, iou.argmax(axis=1), np.where(largest >= low, -2, -1))
    for _ in range(iou.shape[1]):
        anchor, truth = np.unravel_index(iou.argmax(), iou.shape)
        assigned[anchor] = truth
        iou[anchor] = iou[:, truth] = -1
    return assigned


@wrong("assign_anchors")
def assign_floats(iou, low, high):
    """The numbers come as float64, which cannot be used as indices."""
    assigned = np.full(len(iou), -1.0)
    if iou.shape[1]:
        largest = iou.max(axis=1)
        assigned = np.where(largest >= low, -2.0, assigned)
        assigned = np.where(largest >= high, iou.argmax(axis=1), assigned)
    left = iou.copy()
    for _ in range(iou.shape[1]):
        anchor, truth = np.unravel_index(left.argmax(), left.shape)
        assigned[anchor] = truth
        left[anchor] = left[:, truth] = -1
    return assigned


@wrong("assign_anchors")
def assign_anchor_numbers_to_truths(iou, low, high):
    """One anchor number for each truth instead of one truth number for each anchor."""
    left, own = iou.copy(), np.full(iou.shape[1], -1)
    for _ in range(iou.shape[1]):
        anchor, truth = np.unravel_index(left.argmax(), left.shape)
        own[truth] = anchor
        left[anchor] = left[:, truth] = -1
    return own


# assign_anchors: right


@right("assign_anchors")
def assign_by_plain_loops(iou, low, high):
    """Lists, and a search through what is left in every round."""
    n, m = iou.shape
    out = []
    for i in range(n):
        best = max(range(m), key=lambda j, i=i: iou[i, j], default=None)
        if best is None or iou[i, best] < low:
            out.append(-1)
        elif iou[i, best] < high:
            out.append(-2)
        else:
            out.append(best)
    anchors, truths = set(range(n)), set(range(m))
    while truths:
        _, i, j = max((iou[i, j], i, j) for i in anchors for j in truths)
        out[i] = j
        anchors.remove(i)
        truths.remove(j)
    return np.array(out, dtype=np.int64)


@right("assign_anchors")
def assign_by_one_sort(iou, low, high):
    """All pairs sorted once; a pair counts when both are still free. Ties go to the last."""
    n, m = iou.shape
    assigned = np.full(n, -1, dtype=np.int64)
    if m == 0:
        return assigned
    best = iou.argmax(axis=1)
    largest = iou[np.arange(n), best]
    assigned[largest >= low] = -2
    assigned[largest >= high] = best[largest >= high]
    free_anchor, free_truth = np.ones(n, dtype=bool), np.ones(m, dtype=bool)
    for pair in np.argsort(iou, axis=None)[::-1]:
        i, j = divmod(int(pair), m)
        if free_anchor[i] and free_truth[j]:
            assigned[i] = j
            free_anchor[i] = free_truth[j] = False
    return assigned


@right("assign_anchors")
def assign_with_minus_infinity(iou, low, high):
    """Own anchors first, kept aside; the thresholds; then the own ones on top."""
    left, own = np.array(iou), {}
    for _ in range(left.shape[1]):
        anchor, truth = divmod(int(np.argmax(left)), left.shape[1])
        own[anchor] = truth
        left[anchor, :] = -np.inf
        left[:, truth] = -np.inf
    padded = np.hstack([iou, np.full((len(iou), 1), -1.0)])
    largest = padded.max(axis=1)
    assigned = np.select([largest >= high, largest >= low], [padded.argmax(axis=1), -2], -1)
    for anchor, truth in own.items():
        assigned[anchor] = truth
    return assigned.astype(np.int64)


@right("assign_anchors")
def assign_by_torch(iou, low, high):
    """torch's max, where and a loop; the transposed matrix decides ties in another order."""
    import torch

    values = torch.tensor(np.array(iou))
    n, m = values.shape
    assigned = torch.full((n,), -1)
    if m:
        largest, best = values.max(dim=1)
        assigned = torch.where(largest >= high, best, torch.where(largest >= low, -2, -1))
        left = values.T.clone()
        for _ in range(m):
            place = int(left.argmax())
            assigned[place % n] = place // n
            left[place // n] = -1
            left[:, place % n] = -1
    return assigned.numpy()


# offsets: wrong


@wrong("encode_offsets")
def offsets_over_the_box(boxes, anchors):
    """The shift is measured in sizes of the box, not of the anchor."""
    b, a = xyxy_to_cxcywh(boxes), xyxy_to_cxcywh(anchors)
    return np.hstack([(b[:, :2] - a[:, :2]) / b[:, 2:], np.log(b[:, 2:] / a[:, 2:])])


@wrong("encode_offsets")
def offsets_of_the_corner(boxes, anchors):
    """The first corners are compared instead of the centres."""
    b, a = xyxy_to_cxcywh(boxes), xyxy_to_cxcywh(anchors)
    return np.hstack([(boxes[:, :2] - anchors[:, :2]) / a[:, 2:], np.log(b[:, 2:] / a[:, 2:])])


@wrong("encode_offsets")
def offsets_from_the_box_to_the_anchor(boxes, anchors):
    """The shift has the wrong sign."""
    b, a = xyxy_to_cxcywh(boxes), xyxy_to_cxcywh(anchors)
    return np.hstack([(a[:, :2] - b[:, :2]) / a[:, 2:], np.log(b[:, 2:] / a[:, 2:])])


@wrong("encode_offsets")
def offsets_with_the_inverse_size(boxes, anchors):
    """The logarithm of anchor over box."""
    b, a = xyxy_to_cxcywh(boxes), xyxy_to_cxcywh(anchors)
    return np.hstack([(b[:, :2] - a[:, :2]) / a[:, 2:], np.log(a[:, 2:] / b[:, 2:])])


@wrong("encode_offsets")
class offsets_without_logarithm:
    """Sizes are plain quotients, in both directions."""

    def encode_offsets(boxes, anchors):
        b, a = xyxy_to_cxcywh(boxes), xyxy_to_cxcywh(anchors)
        return np.hstack([(b[:, :2] - a[:, :2]) / a[:, 2:], b[:, 2:] / a[:, 2:]])

    def decode_offsets(offsets, anchors):
        a = xyxy_to_cxcywh(anchors)
        centres = a[:, :2] + offsets[:, :2] * a[:, 2:]
        return cxcywh_to_xyxy(np.hstack([centres, a[:, 2:] * offsets[:, 2:]]))


@wrong("encode_offsets")
class offsets_to_base_two:
    """Logarithm and power to base 2, in both directions."""

    def encode_offsets(boxes, anchors):
        b, a = xyxy_to_cxcywh(boxes), xyxy_to_cxcywh(anchors)
        return np.hstack([(b[:, :2] - a[:, :2]) / a[:, 2:], np.log2(b[:, 2:] / a[:, 2:])])

    def decode_offsets(offsets, anchors):
        a = xyxy_to_cxcywh(anchors)
        centres = a[:, :2] + offsets[:, :2] * a[:, 2:]
        return cxcywh_to_xyxy(np.hstack([centres, a[:, 2:] * 2.0 ** offsets[:, 2:]]))


@wrong("encode_offsets")
class offsets_with_variances:
    """SSD's factors of 0.1 and 0.2, in both directions."""

    def encode_offsets(boxes, anchors):
        b, a = xyxy_to_cxcywh(boxes), xyxy_to_cxcywh(anchors)
        plain = np.hstack([(b[:, :2] - a[:, :2]) / a[:, 2:], np.log(b[:, 2:] / a[:, 2:])])
        return plain / [0.1, 0.1, 0.2, 0.2]

    def decode_offsets(offsets, anchors):
        a = xyxy_to_cxcywh(anchors)
        offsets = offsets * [0.1, 0.1, 0.2, 0.2]
        centres = a[:, :2] + offsets[:, :2] * a[:, 2:]
        return cxcywh_to_xyxy(np.hstack([centres, a[:, 2:] * np.exp(offsets[:, 2:])]))


@wrong("encode_offsets")
def offsets_swap_width_and_height(boxes, anchors):
    """tx is measured in heights and ty in widths."""
    b, a = xyxy_to_cxcywh(boxes), xyxy_to_cxcywh(anchors)
    return np.hstack([(b[:, :2] - a[:, :2]) / a[:, :1:-1], np.log(b[:, 2:] / a[:, 2:])])


@wrong("encode_offsets")
def offsets_with_an_epsilon(boxes, anchors):
    """A small number inside the logarithm, so that decoding does not undo it."""
    b, a = xyxy_to_cxcywh(boxes), xyxy_to_cxcywh(anchors)
    return np.hstack([(b[:, :2] - a[:, :2]) / a[:, 2:], np.log(b[:, 2:] / a[:, 2:] + 1e-6)])


@wrong("encode_offsets")
def offsets_take_the_arguments_the_other_way_round(boxes, anchors):
    """Anchors are encoded relative to the boxes."""
    b, a = xyxy_to_cxcywh(anchors), xyxy_to_cxcywh(boxes)
    return np.hstack([(b[:, :2] - a[:, :2]) / a[:, 2:], np.log(b[:, 2:] / a[:, 2:])])


@wrong("encode_offsets", replaces="decode_offsets")
def offsets_decoded_as_centre_and_size(offsets, anchors):
    """The decoded boxes are (cx, cy, w, h)."""
    a = xyxy_to_cxcywh(anchors)
    centres = a[:, :2] + offsets[:, :2] * a[:, 2:]
    return np.hstack([centres, a[:, 2:] * np.exp(offsets[:, 2:])])


@wrong("encode_offsets", replaces="decode_offsets")
def offsets_decoded_with_the_new_size(offsets, anchors):
    """The shift is multiplied by the new width and height instead of the anchor's."""
    a = xyxy_to_cxcywh(anchors)
    sizes = a[:, 2:] * np.exp(offsets[:, 2:])
    return cxcywh_to_xyxy(np.hstack([a[:, :2] + offsets[:, :2] * sizes, sizes]))


@wrong("encode_offsets", replaces="decode_offsets")
def offsets_decoded_in_pixels(offsets, anchors):
    """The shift is added in pixels."""
    a = xyxy_to_cxcywh(anchors)
    return cxcywh_to_xyxy(np.hstack([a[:, :2] + offsets[:, :2], a[:, 2:] * np.exp(offsets[:, 2:])]))


@wrong("encode_offsets", replaces="decode_offsets")
def offsets_decoded_without_exp(offsets, anchors):
    """Sizes are multiplied by 1 + tw, which is exp only for small numbers."""
    a = xyxy_to_cxcywh(anchors)
    centres = a[:, :2] + offsets[:, :2] * a[:, 2:]
    return cxcywh_to_xyxy(np.hstack([centres, a[:, 2:] * (1 + offsets[:, 2:])]))


@wrong("encode_offsets", replaces="decode_offsets")
def offsets_decoded_with_a_limit(offsets, anchors):
    """tw and th are clipped at log(1000 / 16), as large libraries do."""
    a = xyxy_to_cxcywh(anchors)
    centres = a[:, :2] + offsets[:, :2] * a[:, 2:]
    growth = np.exp(np.minimum(offsets[:, 2:], np.log(1000 / 16)))
    return cxcywh_to_xyxy(np.hstack([centres, a[:, 2:] * growth]))


@wrong("encode_offsets", replaces="decode_offsets")
def offsets_decoded_and_cut_at_zero(offsets, anchors):
    """Negative corners become 0."""
    a = xyxy_to_cxcywh(anchors)
    centres = a[:, :2] + offsets[:, :2] * a[:, 2:]
    boxes = cxcywh_to_xyxy(np.hstack([centres, a[:, 2:] * np.exp(offsets[:, 2:])]))
    return np.maximum(boxes, 0)


@wrong("encode_offsets", replaces="decode_offsets")
def offsets_decoded_in_place(offsets, anchors):
    """Right values, but the caller's offsets are overwritten."""
    a = xyxy_to_cxcywh(anchors)
    offsets[:, :2] = a[:, :2] + offsets[:, :2] * a[:, 2:]
    offsets[:, 2:] = a[:, 2:] * np.exp(offsets[:, 2:])
    return cxcywh_to_xyxy(offsets)


# offsets: right


@right("encode_offsets")
class offsets_by_columns:
    """Every coordinate by itself, and differences of logarithms."""

    def encode_offsets(boxes, anchors):
        w, h = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
        aw, ah = anchors[:, 2] - anchors[:, 0], anchors[:, 3] - anchors[:, 1]
        tx = (boxes[:, 0] + w / 2 - anchors[:, 0] - aw / 2) / aw
        ty = (boxes[:, 1] + h / 2 - anchors[:, 1] - ah / 2) / ah
        return np.column_stack([tx, ty, np.log(w) - np.log(aw), np.log(h) - np.log(ah)])

    def decode_offsets(offsets, anchors):
        tx, ty, tw, th = offsets.T
        aw, ah = anchors[:, 2] - anchors[:, 0], anchors[:, 3] - anchors[:, 1]
        x, y = anchors[:, 0] + (0.5 + tx) * aw, anchors[:, 1] + (0.5 + ty) * ah
        w, h = np.exp(tw + np.log(aw)), np.exp(th + np.log(ah))
        return np.column_stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2])


@right("encode_offsets")
class offsets_by_loops:
    """One box after the other with the math module."""

    def encode_offsets(boxes, anchors):
        import math

        out = np.zeros((len(boxes), 4))
        pairs = zip(xyxy_to_cxcywh(boxes), xyxy_to_cxcywh(anchors), strict=True)
        for k, ((x, y, w, h), (ax, ay, aw, ah)) in enumerate(pairs):
            out[k] = (x - ax) / aw, (y - ay) / ah, math.log(w / aw), math.log(h / ah)
        return out

    def decode_offsets(offsets, anchors):
        import math

        out = xyxy_to_cxcywh(anchors)
        for row, (tx, ty, tw, th) in zip(out, offsets, strict=True):
            row[0] += tx * row[2]
            row[1] += ty * row[3]
            row[2] *= math.exp(tw)
            row[3] *= math.exp(th)
        return cxcywh_to_xyxy(out)


@right("encode_offsets")
class offsets_by_torch:
    """torch in float64."""

    def encode_offsets(boxes, anchors):
        import torch

        b, a = (torch.tensor(xyxy_to_cxcywh(boxes)), torch.tensor(xyxy_to_cxcywh(anchors)))
        shift = (b[:, :2] - a[:, :2]) / a[:, 2:]
        return torch.cat([shift, torch.log(b[:, 2:] / a[:, 2:])], dim=1).numpy()

    def decode_offsets(offsets, anchors):
        import torch

        a, t = torch.tensor(xyxy_to_cxcywh(anchors)), torch.tensor(np.array(offsets))
        centre, size = a[:, :2] + t[:, :2] * a[:, 2:], a[:, 2:] * t[:, 2:].exp()
        return torch.cat([centre - size / 2, centre + size / 2], dim=1).numpy()


# nms: wrong


@wrong("nms")
def nms_unsorted(boxes, scores, threshold):
    """The boxes are gone through as they come."""
    kept = []
    for k in range(len(boxes)):
        if not kept or box_iou(boxes[[k]], boxes[kept]).max() <= threshold:
            kept.append(k)
    return np.array(kept, dtype=np.int64)


@wrong("nms")
def nms_from_the_worst(boxes, scores, threshold):
    """The lowest score goes first."""
    kept = []
    for k in np.argsort(scores):
        if not kept or box_iou(boxes[[k]], boxes[kept]).max() <= threshold:
            kept.append(k)
    return np.array(kept, dtype=np.int64)


@wrong("nms")
def nms_in_order_of_index(boxes, scores, threshold):
    """The right boxes, by index instead of by score."""
    kept = []
    for k in np.argsort(-scores):
        if not kept or box_iou(boxes[[k]], boxes[kept]).max() <= threshold:
            kept.append(k)
    return np.array(sorted(kept), dtype=np.int64)


@wrong("nms")
def nms_returns_places_in_the_sorted_order(boxes, scores, threshold):
    """The indices count through the sorted boxes."""
    boxes, kept = boxes[np.argsort(-scores)], []
    for k in range(len(boxes)):
        if not kept or box_iou(boxes[[k]], boxes[kept]).max() <= threshold:
            kept.append(k)
    return np.array(kept, dtype=np.int64)


@wrong("nms")
def nms_drops_by_dropped_boxes(boxes, scores, threshold):
    """A box is dropped by any better one, kept or not."""
    order = np.argsort(-scores)
    above = np.triu(box_iou(boxes[order], boxes[order]) > threshold, k=1)
    return order[~above.any(axis=0)]


@wrong("nms")
def nms_drops_at_equality(boxes, scores, threshold):
    """An IoU equal to the threshold drops."""
    kept = []
    for k in np.argsort(-scores):
        if not kept or box_iou(boxes[[k]], boxes[kept]).max() < threshold:
            kept.append(k)
    return np.array(kept, dtype=np.int64)


@wrong("nms")
def nms_keeps_what_overlaps(boxes, scores, threshold):
    """The comparison is turned round."""
    order, kept = np.argsort(-scores), []
    while len(order):
        kept.append(order[0])
        rest = order[1:]
        order = rest[box_iou(boxes[order[:1]], boxes[rest])[0] > threshold]
    return np.array(kept, dtype=np.int64)


@wrong("nms")
def nms_compares_with_the_last_kept_only(boxes, scores, threshold):
    """A box is compared only with the one that was kept last."""
    kept = []
    for k in np.argsort(-scores):
        if not kept or box_iou(boxes[[k]], boxes[kept[-1:]]).max() <= threshold:
            kept.append(k)
    return np.array(kept, dtype=np.int64)


@wrong("nms")
def nms_adds_a_pixel(boxes, scores, threshold):
    """Areas are counted in pixels, both ends included."""

    def overlap(a, b):
        sides = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]) + 1
        both = np.maximum(sides, 0).prod()
        return both / ((a[2:] - a[:2] + 1).prod() + (b[2:] - b[:2] + 1).prod() - both)

    kept = []
    for k in np.argsort(-scores):
        if all(overlap(boxes[k], boxes[other]) <= threshold for other in kept):
            kept.append(k)
    return np.array(kept, dtype=np.int64)


@wrong("nms")
def nms_over_the_smaller_box(boxes, scores, threshold):
    """The overlap is divided by the smaller area, so that a box within another is dropped."""

    def overlap(a, b):
        both = np.maximum(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0).prod()
        return both / max(min((a[2:] - a[:2]).prod(), (b[2:] - b[:2]).prod()), 1e-12)

    kept = []
    for k in np.argsort(-scores):
        if all(overlap(boxes[k], boxes[other]) <= threshold for other in kept):
            kept.append(k)
    return np.array(kept, dtype=np.int64)


@wrong("nms")
def nms_ignores_negative_scores(boxes, scores, threshold):
    """Boxes with a score of 0 or less are left out."""
    kept = []
    for k in np.argsort(-scores):
        if scores[k] > 0 and (not kept or box_iou(boxes[[k]], boxes[kept]).max() <= threshold):
            kept.append(k)
    return np.array(kept, dtype=np.int64)


@wrong("nms")
def nms_marks_dropped_boxes_with_zero(boxes, scores, threshold):
    """The largest score is looked for again and again, and used ones become 0."""
    left, kept = scores.copy(), []
    for _ in range(len(boxes)):
        best = left.argmax()
        if left[best] == 0:
            break
        kept.append(best)
        left[box_iou(boxes[[best]], boxes)[0] > threshold] = 0
        left[best] = 0
    return np.array(kept, dtype=np.int64)


@wrong("nms")
def nms_fails_without_boxes(boxes, scores, threshold):
    """The first box is kept, whether there is one or not."""
    order = np.argsort(-scores)
    kept = [order[0]]
    for k in order[1:]:
        if box_iou(boxes[[k]], boxes[kept]).max() <= threshold:
            kept.append(k)
    return np.array(kept, dtype=np.int64)


@wrong("nms")
def nms_gives_a_float_array_without_boxes(boxes, scores, threshold):
    """An empty list becomes a float64 array."""
    kept = []
    for k in np.argsort(-scores):
        if not kept or box_iou(boxes[[k]], boxes[kept]).max() <= threshold:
            kept.append(k)
    return np.array(kept)


@wrong("nms")
def nms_returns_a_mask(boxes, scores, threshold):
    """True for each box that is kept, instead of indices."""
    kept = []
    for k in np.argsort(-scores):
        if not kept or box_iou(boxes[[k]], boxes[kept]).max() <= threshold:
            kept.append(k)
    mask = np.zeros(len(boxes), dtype=bool)
    mask[kept] = True
    return mask


@wrong("nms")
def nms_returns_boxes(boxes, scores, threshold):
    """The boxes themselves instead of their indices."""
    kept = []
    for k in np.argsort(-scores):
        if not kept or box_iou(boxes[[k]], boxes[kept]).max() <= threshold:
            kept.append(int(k))
    return boxes[kept]


@wrong("nms")
def nms_drops_all_with_the_same_score(boxes, scores, threshold):
    """A box with the score of a kept one is dropped, wherever it lies."""
    kept = []
    for k in np.argsort(-scores):
        fresh = scores[k] not in scores[kept]
        if fresh and (not kept or box_iou(boxes[[k]], boxes[kept]).max() <= threshold):
            kept.append(k)
    return np.array(kept, dtype=np.int64)


@wrong("nms")
def nms_drops_boxes_without_area(boxes, scores, threshold):
    """0 / 0 is NaN, and NaN is not at most the threshold."""

    def overlaps(a, b):
        both = np.maximum(np.minimum(a[2:], b[:, 2:]) - np.maximum(a[:2], b[:, :2]), 0).prod(1)
        with np.errstate(invalid="ignore"):
            return both / ((a[2:] - a[:2]).prod() + (b[:, 2:] - b[:, :2]).prod(1) - both)

    order, kept = np.argsort(-scores), []
    while len(order):
        kept.append(order[0])
        rest = order[1:]
        order = rest[overlaps(boxes[order[0]], boxes[rest]) <= threshold]
    return np.array(kept, dtype=np.int64)


@wrong("nms")
def nms_sorts_the_callers_boxes(boxes, scores, threshold):
    """Right values, but the caller's arrays are sorted afterwards."""
    order = np.argsort(-scores)
    boxes[:], scores[:] = boxes[order], scores[order]
    kept = []
    for k in range(len(boxes)):
        if not kept or box_iou(boxes[[k]], boxes[kept]).max() <= threshold:
            kept.append(k)
    return order[kept].astype(np.int64)


@wrong("nms", replaces="nms_per_class")
def classes_suppress_each_other(boxes, scores, labels, threshold):
    """The labels are not looked at."""
    return nms(boxes, scores, threshold)


@wrong("nms", replaces="nms_per_class")
def classes_one_after_the_other(boxes, scores, labels, threshold):
    """The right boxes, sorted by class first and by score within it."""
    kept = [np.zeros(0, dtype=np.int64)]
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        kept.append(members[nms(boxes[members], scores[members], threshold)])
    return np.concatenate(kept)


@wrong("nms", replaces="nms_per_class")
def classes_with_indices_among_members(boxes, scores, labels, threshold):
    """The indices count within each class."""
    kept = [np.zeros(0, dtype=np.int64)]
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        kept.append(nms(boxes[members], scores[members], threshold))
    kept = np.concatenate(kept)
    return kept[np.argsort(-scores[kept])]


@wrong("nms", replaces="nms_per_class")
def classes_from_zero_to_the_largest(boxes, scores, labels, threshold):
    """Only labels from 0 on are looked at."""
    keep = np.zeros(len(scores), dtype=bool)
    for label in range(max(labels, default=-1) + 1):
        members = np.flatnonzero(labels == label)
        keep[members[nms(boxes[members], scores[members], threshold)]] = True
    order = np.argsort(-scores)
    return order[keep[order]]


@wrong("nms", replaces="nms_per_class")
def classes_moved_apart_too_little(boxes, scores, labels, threshold):
    """Classes are moved apart by the largest coordinate, although there are negative ones."""
    far = boxes.max(initial=0) + 1
    return nms(boxes + (labels * far)[:, None], scores, threshold)


@wrong("nms", replaces="nms_per_class")
def classes_fail_without_boxes(boxes, scores, labels, threshold):
    """Nothing cannot be concatenated."""
    kept = []
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        kept.append(members[nms(boxes[members], scores[members], threshold)])
    kept = np.concatenate(kept)
    return kept[np.argsort(-scores[kept])]


@wrong("nms", replaces="nms_per_class")
def classes_keep_one_box_each(boxes, scores, labels, threshold):
    """Only the best box of each class is kept."""
    kept = [np.flatnonzero(labels == c)[scores[labels == c].argmax()] for c in np.unique(labels)]
    kept = np.array(kept, dtype=np.int64)
    return kept[np.argsort(-scores[kept])]


@wrong("nms", replaces="nms_per_class")
def classes_in_a_dictionary(boxes, scores, labels, threshold):
    """A dictionary from label to indices instead of one list."""
    found = {}
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        found[int(label)] = members[nms(boxes[members], scores[members], threshold)]
    return found


# nms: right


@right("nms")
def nms_box_by_box(boxes, scores, threshold):
    """Each box is compared with those kept so far; ties go to the lower index."""
    kept = []
    for k in sorted(range(len(scores)), key=lambda k: -scores[k]):
        if not kept or (box_iou(boxes[[k]], boxes[kept])[0] <= threshold).all():
            kept.append(k)
    return np.array(kept, dtype=np.int64)


@right("nms")
class nms_by_a_matrix:
    """The whole IoU matrix once, a mask, and ties to the higher index."""

    def nms(boxes, scores, threshold):
        order = np.argsort(scores, kind="stable")[::-1]
        drops = box_iou(boxes, boxes) > threshold
        alive, kept = np.ones(len(scores), dtype=bool), []
        for k in order:
            if alive[k]:
                kept.append(int(k))
                alive &= ~drops[k]
        return np.asarray(kept, dtype="int64")

    def nms_per_class(boxes, scores, labels, threshold):
        order = np.argsort(scores, kind="stable")[::-1]
        drops = (box_iou(boxes, boxes) > threshold) & (labels[:, None] == labels)
        alive, kept = np.ones(len(scores), dtype=bool), []
        for k in order:
            if alive[k]:
                kept.append(int(k))
                alive &= ~drops[k]
        return np.asarray(kept, dtype="int64")


@right("nms")
def nms_by_argmax(boxes, scores, threshold):
    """The largest score that is left, until minus infinity is the largest."""
    left, kept = scores.astype(float), []
    while len(left) and left.max() > -np.inf:
        best = int(left.argmax())
        kept.append(best)
        left[box_iou(boxes[best : best + 1], boxes).ravel() > threshold] = -np.inf
        left[best] = -np.inf
    return np.array(kept, dtype=np.int64)


@right("nms")
def nms_with_its_own_arithmetic(boxes, scores, threshold):
    """No division: the overlap is compared with threshold times union."""
    x1, y1, x2, y2 = boxes.T
    areas = (x2 - x1) * (y2 - y1)
    order, kept = scores.argsort()[::-1], []
    while order.size > 0:
        i, rest = order[0], order[1:]
        kept.append(i)
        w = np.maximum(0.0, np.minimum(x2[i], x2[rest]) - np.maximum(x1[i], x1[rest]))
        h = np.maximum(0.0, np.minimum(y2[i], y2[rest]) - np.maximum(y1[i], y1[rest]))
        order = rest[w * h <= threshold * (areas[i] + areas[rest] - w * h)]
    return np.array(kept, dtype=np.int64)


@right("nms")
def nms_by_torch(boxes, scores, threshold):
    """torch's sort and masks, without torchvision."""
    import torch

    corners = torch.tensor(np.array(boxes))
    order = torch.tensor(np.array(scores)).argsort(descending=True)
    kept = []
    while order.numel():
        best, rest = order[0], order[1:]
        kept.append(int(best))
        start = torch.maximum(corners[best, :2], corners[rest, :2])
        end = torch.minimum(corners[best, 2:], corners[rest, 2:])
        both = (end - start).clamp(min=0).prod(dim=1)
        sizes = corners[:, 2:] - corners[:, :2]
        either = sizes[best].prod() + sizes[rest].prod(dim=1) - both
        order = rest[~(both / either > threshold)]
    return torch.tensor(kept, dtype=torch.int64).numpy()


@right("nms", replaces="nms_per_class")
def classes_by_moving_them_apart(boxes, scores, labels, threshold):
    """Each class is moved to a place of its own, far enough, and nms is called once."""
    if len(boxes) == 0:
        return np.zeros(0, dtype=np.int64)
    numbers = np.unique(labels, return_inverse=True)[1]
    far = boxes.max() - boxes.min() + 1
    return nms(boxes + (numbers * far)[:, None], scores, threshold)


@right("nms", replaces="nms_per_class")
def classes_collected_and_sorted(boxes, scores, labels, threshold):
    """A list of all that is kept, sorted by score at the end."""
    kept = []
    for label in sorted(set(labels.tolist())):
        members = [k for k in range(len(labels)) if labels[k] == label]
        kept += [members[k] for k in nms(boxes[members], scores[members], threshold)]
    kept.sort(key=lambda k: scores[k], reverse=True)
    return np.array(kept, dtype=np.int64)


# yolo_decode: wrong


@wrong("yolo_decode")
def yolo_swaps_rows_and_columns(raw, anchors, stride):
    """The row of the cell makes x and its column y."""
    h, w = raw.shape[1:]
    t = raw.reshape(len(anchors), -1, h, w).transpose(2, 3, 0, 1)
    s = 0.5 + 0.5 * np.tanh(t / 2)
    cell = np.stack(np.mgrid[:h, :w], axis=-1)[:, :, None]
    boxes = np.concatenate([stride * (cell + s[..., :2]), anchors * np.exp(t[..., 2:4])], axis=-1)
    scores = s[..., 4:5] * s[..., 5:]
    return cxcywh_to_xyxy(boxes.reshape(-1, 4)), scores.reshape(h * w * len(anchors), -1)


@wrong("yolo_decode")
def yolo_column_by_column(raw, anchors, stride):
    """The cells come column by column."""
    h, w = raw.shape[1:]
    t = raw.reshape(len(anchors), -1, h, w).transpose(3, 2, 0, 1)
    s = 0.5 + 0.5 * np.tanh(t / 2)
    cell = np.stack(np.mgrid[:w, :h], axis=-1)[:, :, None]
    boxes = np.concatenate([stride * (cell + s[..., :2]), anchors * np.exp(t[..., 2:4])], axis=-1)
    scores = s[..., 4:5] * s[..., 5:]
    return cxcywh_to_xyxy(boxes.reshape(-1, 4)), scores.reshape(h * w * len(anchors), -1)


@wrong("yolo_decode")
def yolo_anchor_by_anchor(raw, anchors, stride):
    """All cells of the first anchor come first."""
    h, w = raw.shape[1:]
    t = raw.reshape(len(anchors), -1, h, w).transpose(0, 2, 3, 1)
    s = 0.5 + 0.5 * np.tanh(t / 2)
    cell = np.stack(np.mgrid[:h, :w][::-1], axis=-1)
    sizes = anchors[:, None, None] * np.exp(t[..., 2:4])
    boxes = np.concatenate([stride * (cell + s[..., :2]), sizes], axis=-1)
    scores = s[..., 4:5] * s[..., 5:]
    return cxcywh_to_xyxy(boxes.reshape(-1, 4)), scores.reshape(h * w * len(anchors), -1)


@wrong("yolo_decode")
def yolo_entries_before_anchors(raw, anchors, stride):
    """Channel k * A + a is taken for entry k of anchor a."""
    h, w = raw.shape[1:]
    t = raw.reshape(-1, len(anchors), h, w).transpose(2, 3, 1, 0)
    s = 0.5 + 0.5 * np.tanh(t / 2)
    cell = np.stack(np.mgrid[:h, :w][::-1], axis=-1)[:, :, None]
    boxes = np.concatenate([stride * (cell + s[..., :2]), anchors * np.exp(t[..., 2:4])], axis=-1)
    scores = s[..., 4:5] * s[..., 5:]
    return cxcywh_to_xyxy(boxes.reshape(-1, 4)), scores.reshape(h * w * len(anchors), -1)


@wrong("yolo_decode")
def yolo_reshapes_straight(raw, anchors, stride):
    """The channels are reshaped to the result's shape without a transpose."""
    h, w = raw.shape[1:]
    t = raw.reshape(h, w, len(anchors), -1)
    s = 0.5 + 0.5 * np.tanh(t / 2)
    cell = np.stack(np.mgrid[:h, :w][::-1], axis=-1)[:, :, None]
    boxes = np.concatenate([stride * (cell + s[..., :2]), anchors * np.exp(t[..., 2:4])], axis=-1)
    scores = s[..., 4:5] * s[..., 5:]
    return cxcywh_to_xyxy(boxes.reshape(-1, 4)), scores.reshape(h * w * len(anchors), -1)


@wrong("yolo_decode")
def yolo_without_sigmoid_for_the_centre(raw, anchors, stride):
    """tx and ty are added to the cell as they are."""
    h, w = raw.shape[1:]
    t = raw.reshape(len(anchors), -1, h, w).transpose(2, 3, 0, 1)
    s = 0.5 + 0.5 * np.tanh(t / 2)
    cell = np.stack(np.mgrid[:h, :w][::-1], axis=-1)[:, :, None]
    boxes = np.concatenate([stride * (cell + t[..., :2]), anchors * np.exp(t[..., 2:4])], axis=-1)
    scores = s[..., 4:5] * s[..., 5:]
    return cxcywh_to_xyxy(boxes.reshape(-1, 4)), scores.reshape(h * w * len(anchors), -1)


@wrong("yolo_decode")
def yolo_multiplies_the_cell_only(raw, anchors, stride):
    """The sigmoid is added in pixels, after the stride."""
    h, w = raw.shape[1:]
    t = raw.reshape(len(anchors), -1, h, w).transpose(2, 3, 0, 1)
    s = 0.5 + 0.5 * np.tanh(t / 2)
    cell = np.stack(np.mgrid[:h, :w][::-1], axis=-1)[:, :, None]
    boxes = np.concatenate([stride * cell + s[..., :2], anchors * np.exp(t[..., 2:4])], axis=-1)
    scores = s[..., 4:5] * s[..., 5:]
    return cxcywh_to_xyxy(boxes.reshape(-1, 4)), scores.reshape(h * w * len(anchors), -1)


@wrong("yolo_decode")
def yolo_multiplies_sizes_by_the_stride(raw, anchors, stride):
    """Anchors are taken for sizes in cells."""
    h, w = raw.shape[1:]
    t = raw.reshape(len(anchors), -1, h, w).transpose(2, 3, 0, 1)
    s = 0.5 + 0.5 * np.tanh(t / 2)
    cell = np.stack(np.mgrid[:h, :w][::-1], axis=-1)[:, :, None]
    sizes = stride * anchors * np.exp(t[..., 2:4])
    boxes = np.concatenate([stride * (cell + s[..., :2]), sizes], axis=-1)
    scores = s[..., 4:5] * s[..., 5:]
    return cxcywh_to_xyxy(boxes.reshape(-1, 4)), scores.reshape(h * w * len(anchors), -1)


@wrong("yolo_decode")
def yolo_with_sigmoid_sizes(raw, anchors, stride):
    """tw and th go through the sigmoid too."""
    h, w = raw.shape[1:]
    t = raw.reshape(len(anchors), -1, h, w).transpose(2, 3, 0, 1)
    s = 0.5 + 0.5 * np.tanh(t / 2)
    cell = np.stack(np.mgrid[:h, :w][::-1], axis=-1)[:, :, None]
    boxes = np.concatenate([stride * (cell + s[..., :2]), anchors * s[..., 2:4]], axis=-1)
    scores = s[..., 4:5] * s[..., 5:]
    return cxcywh_to_xyxy(boxes.reshape(-1, 4)), scores.reshape(h * w * len(anchors), -1)


@wrong("yolo_decode")
def yolo_with_fifth_versions_sizes(raw, anchors, stride):
    """Sizes by (2 * sigmoid)^2, as in YOLOv5."""
    h, w = raw.shape[1:]
    t = raw.reshape(len(anchors), -1, h, w).transpose(2, 3, 0, 1)
    s = 0.5 + 0.5 * np.tanh(t / 2)
    cell = np.stack(np.mgrid[:h, :w][::-1], axis=-1)[:, :, None]
    boxes = np.concatenate(
        [stride * (cell + s[..., :2]), anchors * (2 * s[..., 2:4]) ** 2], axis=-1
    )
    scores = s[..., 4:5] * s[..., 5:]
    return cxcywh_to_xyxy(boxes.reshape(-1, 4)), scores.reshape(h * w * len(anchors), -1)


@wrong("yolo_decode")
def yolo_with_softmax(raw, anchors, stride):
    """The classes go through a softmax."""
    h, w = raw.shape[1:]
    t = raw.reshape(len(anchors), -1, h, w).transpose(2, 3, 0, 1)
    s = 0.5 + 0.5 * np.tanh(t / 2)
    cell = np.stack(np.mgrid[:h, :w][::-1], axis=-1)[:, :, None]
    boxes = np.concatenate([stride * (cell + s[..., :2]), anchors * np.exp(t[..., 2:4])], axis=-1)
    p = np.exp(t[..., 5:] - t[..., 5:].max(axis=-1, keepdims=True))
    scores = s[..., 4:5] * p / p.sum(axis=-1, keepdims=True)
    return cxcywh_to_xyxy(boxes.reshape(-1, 4)), scores.reshape(h * w * len(anchors), -1)


@wrong("yolo_decode")
def yolo_without_objectness(raw, anchors, stride):
    """Scores are the class sigmoids alone."""
    h, w = raw.shape[1:]
    t = raw.reshape(len(anchors), -1, h, w).transpose(2, 3, 0, 1)
    s = 0.5 + 0.5 * np.tanh(t / 2)
    cell = np.stack(np.mgrid[:h, :w][::-1], axis=-1)[:, :, None]
    boxes = np.concatenate([stride * (cell + s[..., :2]), anchors * np.exp(t[..., 2:4])], axis=-1)
    return cxcywh_to_xyxy(boxes.reshape(-1, 4)), s[..., 5:].reshape(h * w * len(anchors), -1)


@wrong("yolo_decode")
def yolo_sigmoid_of_the_product(raw, anchors, stride):
    """One sigmoid of `to` times the class instead of the product of two sigmoids."""
    h, w = raw.shape[1:]
    t = raw.reshape(len(anchors), -1, h, w).transpose(2, 3, 0, 1)
    s = 0.5 + 0.5 * np.tanh(t / 2)
    cell = np.stack(np.mgrid[:h, :w][::-1], axis=-1)[:, :, None]
    boxes = np.concatenate([stride * (cell + s[..., :2]), anchors * np.exp(t[..., 2:4])], axis=-1)
    scores = 0.5 + 0.5 * np.tanh(t[..., 4:5] * t[..., 5:] / 2)
    return cxcywh_to_xyxy(boxes.reshape(-1, 4)), scores.reshape(h * w * len(anchors), -1)


@wrong("yolo_decode")
def yolo_counts_objectness_among_the_classes(raw, anchors, stride):
    """The scores have a column for `to` as well."""
    h, w = raw.shape[1:]
    t = raw.reshape(len(anchors), -1, h, w).transpose(2, 3, 0, 1)
    s = 0.5 + 0.5 * np.tanh(t / 2)
    cell = np.stack(np.mgrid[:h, :w][::-1], axis=-1)[:, :, None]
    boxes = np.concatenate([stride * (cell + s[..., :2]), anchors * np.exp(t[..., 2:4])], axis=-1)
    scores = s[..., 4:5] * s[..., 4:]
    return cxcywh_to_xyxy(boxes.reshape(-1, 4)), scores.reshape(h * w * len(anchors), -1)


@wrong("yolo_decode")
def yolo_centre_and_size(raw, anchors, stride):
    """The boxes are (cx, cy, w, h)."""
    h, w = raw.shape[1:]
    t = raw.reshape(len(anchors), -1, h, w).transpose(2, 3, 0, 1)
    s = 0.5 + 0.5 * np.tanh(t / 2)
    cell = np.stack(np.mgrid[:h, :w][::-1], axis=-1)[:, :, None]
    boxes = np.concatenate([stride * (cell + s[..., :2]), anchors * np.exp(t[..., 2:4])], axis=-1)
    scores = s[..., 4:5] * s[..., 5:]
    return boxes.reshape(-1, 4), scores.reshape(h * w * len(anchors), -1)


@wrong("yolo_decode")
def yolo_with_an_overflowing_sigmoid(raw, anchors, stride):
    """exp(t) / (1 + exp(t)) is NaN for large numbers."""
    h, w = raw.shape[1:]
    t = raw.reshape(len(anchors), -1, h, w).transpose(2, 3, 0, 1)
    with np.errstate(all="ignore"):
        s = np.exp(t) / (1 + np.exp(t))
    cell = np.stack(np.mgrid[:h, :w][::-1], axis=-1)[:, :, None]
    boxes = np.concatenate([stride * (cell + s[..., :2]), anchors * np.exp(t[..., 2:4])], axis=-1)
    scores = s[..., 4:5] * s[..., 5:]
    return cxcywh_to_xyxy(boxes.reshape(-1, 4)), scores.reshape(h * w * len(anchors), -1)


@wrong("yolo_decode")
def yolo_cut_off_at_the_border(raw, anchors, stride):
    """Boxes end where the picture ends."""
    h, w = raw.shape[1:]
    t = raw.reshape(len(anchors), -1, h, w).transpose(2, 3, 0, 1)
    s = 0.5 + 0.5 * np.tanh(t / 2)
    cell = np.stack(np.mgrid[:h, :w][::-1], axis=-1)[:, :, None]
    boxes = np.concatenate([stride * (cell + s[..., :2]), anchors * np.exp(t[..., 2:4])], axis=-1)
    corners = cxcywh_to_xyxy(boxes.reshape(-1, 4)).clip(0, [w * stride, h * stride] * 2)
    return corners, (s[..., 4:5] * s[..., 5:]).reshape(h * w * len(anchors), -1)


@wrong("yolo_decode")
def yolo_swaps_anchor_width_and_height(raw, anchors, stride):
    """The anchor's height goes with tw and its width with th."""
    h, w = raw.shape[1:]
    t = raw.reshape(len(anchors), -1, h, w).transpose(2, 3, 0, 1)
    s = 0.5 + 0.5 * np.tanh(t / 2)
    cell = np.stack(np.mgrid[:h, :w][::-1], axis=-1)[:, :, None]
    sizes = anchors[:, ::-1] * np.exp(t[..., 2:4])
    boxes = np.concatenate([stride * (cell + s[..., :2]), sizes], axis=-1)
    scores = s[..., 4:5] * s[..., 5:]
    return cxcywh_to_xyxy(boxes.reshape(-1, 4)), scores.reshape(h * w * len(anchors), -1)


@wrong("yolo_decode")
def yolo_gives_labels(raw, anchors, stride):
    """The best class's score and its number instead of all scores."""
    h, w = raw.shape[1:]
    t = raw.reshape(len(anchors), -1, h, w).transpose(2, 3, 0, 1)
    s = 0.5 + 0.5 * np.tanh(t / 2)
    cell = np.stack(np.mgrid[:h, :w][::-1], axis=-1)[:, :, None]
    boxes = np.concatenate([stride * (cell + s[..., :2]), anchors * np.exp(t[..., 2:4])], axis=-1)
    scores = (s[..., 4:5] * s[..., 5:]).reshape(h * w * len(anchors), -1)
    return cxcywh_to_xyxy(boxes.reshape(-1, 4)), scores.max(axis=1), scores.argmax(axis=1)


@wrong("yolo_decode")
def yolo_changes_raw(raw, anchors, stride):
    """Right values, but raw holds sigmoids afterwards."""
    h, w = raw.shape[1:]
    t = raw.reshape(len(anchors), -1, h, w).transpose(2, 3, 0, 1).copy()
    raw[:] = 0.5 + 0.5 * np.tanh(raw / 2)
    s = raw.reshape(len(anchors), -1, h, w).transpose(2, 3, 0, 1)
    cell = np.stack(np.mgrid[:h, :w][::-1], axis=-1)[:, :, None]
    boxes = np.concatenate([stride * (cell + s[..., :2]), anchors * np.exp(t[..., 2:4])], axis=-1)
    scores = s[..., 4:5] * s[..., 5:]
    return cxcywh_to_xyxy(boxes.reshape(-1, 4)), scores.reshape(h * w * len(anchors), -1)


# yolo_decode: right


@right("yolo_decode")
def yolo_by_loops(raw, anchors, stride):
    """Cell by cell, anchor by anchor, as the text has it."""
    import math

    def sigmoid(t):
        return 1 / (1 + math.exp(-t)) if t >= 0 else math.exp(t) / (1 + math.exp(t))

    size = len(raw) // len(anchors)
    boxes, scores = [], []
    for i in range(raw.shape[1]):
        for j in range(raw.shape[2]):
            for a, (pw, ph) in enumerate(anchors):
                tx, ty, tw, th, to, *classes = raw[a * size : (a + 1) * size, i, j]
                x, y = (j + sigmoid(tx)) * stride, (i + sigmoid(ty)) * stride
                w, h = pw * math.exp(tw), ph * math.exp(th)
                boxes.append([x - w / 2, y - h / 2, x + w / 2, y + h / 2])
                scores.append([sigmoid(to) * sigmoid(c) for c in classes])
    return np.array(boxes), np.array(scores)


@right("yolo_decode")
def yolo_with_the_plain_sigmoid(raw, anchors, stride):
    """1 / (1 + exp(-t)), which overflows to the right result, and einops by moveaxis."""
    count, (h, w) = len(anchors), raw.shape[1:]
    t = np.moveaxis(raw.reshape(count, -1, h * w), (0, 1, 2), (1, 2, 0)).reshape(h * w * count, -1)
    with np.errstate(over="ignore"):
        s = 1.0 / (1.0 + np.exp(-t))
    x = np.tile(np.repeat(np.arange(w), count), h)
    y = np.repeat(np.arange(h), w * count)
    sizes = np.tile(anchors, (h * w, 1)) * np.exp(t[:, 2:4])
    centres = np.stack([x + s[:, 0], y + s[:, 1]], axis=1) * stride
    return np.hstack([centres - sizes / 2, centres + sizes / 2]), s[:, [4]] * s[:, 5:]


@right("yolo_decode")
def yolo_anchor_after_anchor(raw, anchors, stride):
    """One anchor at a time with split channels, stacked at the end; the result is a list."""
    out_boxes, out_scores = [], []
    ys, xs = np.indices(raw.shape[1:])

    def squash(t):
        return np.exp(-np.logaddexp(0.0, -t))

    for part, (pw, ph) in zip(np.split(raw, len(anchors)), anchors, strict=True):
        x, y = (xs + squash(part[0])) * stride, (ys + squash(part[1])) * stride
        w, h = pw * np.exp(part[2]) / 2, ph * np.exp(part[3]) / 2
        out_boxes.append(np.stack([x - w, y - h, x + w, y + h], axis=-1))
        out_scores.append(np.moveaxis(squash(part[4]) * squash(part[5:]), 0, -1))
    classes = out_scores[0].shape[-1]
    boxes = np.stack(out_boxes, axis=2).reshape(-1, 4)
    return [boxes, np.stack(out_scores, axis=2).reshape(-1, classes)]


@right("yolo_decode")
def yolo_by_torch(raw, anchors, stride):
    """torch's sigmoid and permute, with the torch that a given cell imports."""
    h, w = raw.shape[1:]
    t = torch.tensor(np.array(raw)).view(len(anchors), -1, h, w).permute(2, 3, 0, 1)
    y, x = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
    cell = torch.stack([x, y], dim=-1)[:, :, None]
    centre = (cell + torch.sigmoid(t[..., :2])) * stride
    size = torch.tensor(np.array(anchors)) * t[..., 2:4].exp()
    boxes = torch.cat([centre - size / 2, centre + size / 2], dim=-1).reshape(-1, 4)
    scores = torch.sigmoid(t[..., 4:5]) * torch.sigmoid(t[..., 5:])
    return boxes.numpy(), scores.reshape(len(boxes), -1).numpy()


# mutants of the reference that no test can kill

equivalent(
    "yolo_decode",
    "cells = raw.reshape(len(anchors), -1, height, width).transpose(2, 3, 0, 1)",
    "cells = raw.reshape(len(anchors), -2, height, width).transpose(2, 3, 0, 1)",
    because="numpy's reshape works out the length of the axis for any negative number",
)
equivalent(
    "yolo_decode",
    "boxes = cxcywh_to_xyxy(np.concatenate([centres, sizes], axis=-1).reshape(-1, 4))",
    "boxes = cxcywh_to_xyxy(np.concatenate([centres, sizes], axis=-1).reshape(-2, 4))",
    because="numpy's reshape works out the length of the axis for any negative number",
)
equivalent(
    "yolo_decode",
    "return boxes, scores.reshape(len(boxes), -1)",
    "return boxes, scores.reshape(len(boxes), -2)",
    because="numpy's reshape works out the length of the axis for any negative number",
)
