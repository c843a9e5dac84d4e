"""Day 28: boxes, anchors, and the thinning out of detections.

Offsets follow Girshick et al., "Rich feature hierarchies for accurate object detection" (2014);
anchors Ren et al., "Faster R-CNN" (2015); the greedy match of truths and anchors Liu et al., "SSD:
Single shot multibox detector" (2016), with Faster R-CNN's band of ignored anchors; the decoding of
a grid Redmon and Farhadi, "YOLOv3: An incremental improvement" (2018).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def xyxy_to_cxcywh(boxes: np.ndarray) -> np.ndarray:
    """From corners to centre and size.

    boxes: (n, 4) float64, rows (x1, y1, x2, y2) with x1 <= x2 and y1 <= y2; n may be 0
    returns: (n, 4) float64, rows (cx, cy, w, h): the centre, then width and height

    boxes is unchanged.

    >>> xyxy_to_cxcywh(np.array([[10.0, 20.0, 14.0, 30.0]]))
    array([[12., 25.,  4., 10.]])
    """
    ### BEGIN SOLUTION
    start, end = boxes[:, :2], boxes[:, 2:]
    return np.hstack([(start + end) / 2, end - start])
    ### END SOLUTION


def cxcywh_to_xyxy(boxes: np.ndarray) -> np.ndarray:
    """From centre and size to corners: the way back from `xyxy_to_cxcywh`.

    boxes: (n, 4) float64, rows (cx, cy, w, h) with w and h at least 0; n may be 0
    returns: (n, 4) float64, rows (x1, y1, x2, y2); they may lie outside the picture

    boxes is unchanged.

    >>> cxcywh_to_xyxy(np.array([[12.0, 25.0, 4.0, 10.0]]))
    array([[10., 20., 14., 30.]])
    """
    ### BEGIN SOLUTION
    centre, half = boxes[:, :2], boxes[:, 2:] / 2
    return np.hstack([centre - half, centre + half])
    ### END SOLUTION


def box_iou(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Intersection over union of every box in `a` with every box in `b`.

    out[i, j] = area of the overlap of a[i] and b[j] / area that at least one of the two covers

    a: (n, 4) float64, rows (x1, y1, x2, y2) with x1 <= x2 and y1 <= y2; n may be 0
    b: (m, 4) float64, likewise; m may be 0
    returns: (n, m) float64, every entry in [0, 1]

    A box from x1 to x2 is x2 - x1 wide. Boxes that only touch have IoU 0. So has a box without
    area (x1 = x2 or y1 = y2) with every box, a copy of itself included. Otherwise the quotient is
    exact up to rounding: two boxes shrunk by the same factor keep their IoU, down to sides of a
    millionth of a pixel.

    No Python loop may run over the boxes of a or of b, neither here nor in a function of yours
    that is called from here. What counts is the number of lines that run: a comprehension, map or
    np.vectorize is a loop too. a and b are unchanged.

    >>> a = np.array([[0.0, 0.0, 4.0, 2.0]])
    >>> box_iou(a, np.array([[2.0, 0.0, 4.0, 4.0], [4.0, 0.0, 5.0, 1.0], [1.0, 1.0, 2.0, 2.0]]))
    array([[0.33333333, 0.        , 0.125     ]])
    """
    ### BEGIN SOLUTION
    start = np.maximum(a[:, None, :2], b[:, :2])
    end = np.minimum(a[:, None, 2:], b[:, 2:])
    overlap = np.maximum(end - start, 0.0).prod(axis=2)
    areas_a = (a[:, 2:] - a[:, :2]).prod(axis=1)
    areas_b = (b[:, 2:] - b[:, :2]).prod(axis=1)
    union = areas_a[:, None] + areas_b - overlap
    iou: np.ndarray = overlap / np.where(union > 0, union, np.inf)
    return iou
    ### END SOLUTION


def make_anchors(
    height: int, width: int, stride: float, scales: Sequence[float], ratios: Sequence[float]
) -> np.ndarray:
    """Anchor boxes around the middle of every cell of a feature map.

    height, width: rows and columns of the feature map, at least 1
    stride: side of a cell in pixels of the picture, above 0, an int or a float
    scales: S numbers above 0; an anchor of scale s has the area s * s, in square pixels
    ratios: R numbers above 0; an anchor of ratio r is r times as wide as it is high
        (both are lists, tuples or 1-D arrays, of one entry or more)
    returns: (height * width * S * R, 4) float64, rows (x1, y1, x2, y2) in pixels

    The cell in row i and column j covers x from j * stride to (j + 1) * stride and y from
    i * stride to (i + 1) * stride; its anchors are centred in the middle of it.

    Order: cell by cell, row by row as one reads; within a cell scale by scale; within a scale
    ratio by ratio. The anchor of cell (i, j), scale number p and ratio number q is row
    ((i * width + j) * S + p) * R + q. Anchors that stick out of the picture are not cut off. A loop
    is fine here.

    >>> make_anchors(1, 2, 10, [8], [4])
    array([[-3.,  3., 13.,  7.],
           [ 7.,  3., 23.,  7.]])
    """
    ### BEGIN SOLUTION
    cells_and_shapes = np.arange(height), np.arange(width), scales, ratios
    grids = np.meshgrid(*cells_and_shapes, indexing="ij")
    row, column, scale, ratio = (grid.ravel() for grid in grids)
    centres = stride * (column + 0.5), stride * (row + 0.5)
    sizes = scale * np.sqrt(ratio), scale / np.sqrt(ratio)
    return cxcywh_to_xyxy(np.stack([*centres, *sizes], axis=1))
    ### END SOLUTION


def assign_anchors(iou: np.ndarray, low: float, high: float) -> np.ndarray:
    """Which true box each anchor has to find: its number, -1 for background, -2 for ignored.

    iou: (n, m) float64 in [0, 1], IoU of n anchors with m true boxes; 0 <= m <= n
    low, high: two thresholds, 0 < low <= high <= 1
    returns: (n,) int64

    1. An anchor whose largest IoU is at least `high` gets the truth with which it has it. One whose
       largest IoU is below `low` is background, -1. All others, from `low` up to but without
       `high`, are ignored, -2: they take no part in training.
    2. Then every truth gets one anchor of its own, however small the IoU, even 0. Take the largest
       IoU in the whole matrix and give that anchor to that truth, whatever step 1 had said of the
       anchor. Strike out the anchor's row and the truth's column; go on with the largest IoU that
       is left, until every truth has its anchor.

    Without truths (m = 0) all anchors are background. Which of several equal IoUs comes first is
    left to you, in both steps. A loop is fine here. iou is unchanged.

    >>> assign_anchors(np.array([[0.7, 0.1], [0.45, 0.2], [0.0, 0.1], [0.6, 0.3]]), 0.4, 0.5)
    array([ 0, -2, -1,  1])
    """
    ### BEGIN SOLUTION
    if iou.shape[1] == 0:
        return np.full(len(iou), -1)
    largest = iou.max(axis=1)
    assigned = np.where(largest >= high, iou.argmax(axis=1), np.where(largest >= low, -2, -1))
    left = iou.copy()
    for _ in range(iou.shape[1]):
        anchor, truth = np.unravel_index(left.argmax(), left.shape)
        assigned[anchor] = truth
        left[anchor] = left[:, truth] = -np.inf
    return assigned
    ### END SOLUTION


def encode_offsets(boxes: np.ndarray, anchors: np.ndarray) -> np.ndarray:
    """What a network has to say about each anchor so that it becomes the box.

    boxes: (n, 4) float64, rows (x1, y1, x2, y2), of positive width and height; n may be 0
    anchors: (n, 4) float64, likewise; row k belongs to row k of boxes
    returns: (n, 4) float64, rows (tx, ty, tw, th):
        tx = (box's cx - anchor's cx) / anchor's width,  tw = log(box's width / anchor's width)
        ty = (box's cy - anchor's cy) / anchor's height, th = log(box's height / anchor's height)

    The logarithm is natural. There are no further factors. Both arguments are unchanged.

    >>> encode_offsets(np.array([[10.0, 0.0, 20.0, 8.0]]), np.array([[8.0, 1.0, 18.0, 9.0]]))
    array([[ 0.2  , -0.125,  0.   ,  0.   ]])
    """
    ### BEGIN SOLUTION
    box, anchor = xyxy_to_cxcywh(boxes), xyxy_to_cxcywh(anchors)
    shifts = (box[:, :2] - anchor[:, :2]) / anchor[:, 2:]
    return np.hstack([shifts, np.log(box[:, 2:] / anchor[:, 2:])])
    ### END SOLUTION


def decode_offsets(offsets: np.ndarray, anchors: np.ndarray) -> np.ndarray:
    """The boxes that the offsets make out of the anchors: the way back from `encode_offsets`.

    offsets: (n, 4) float64, rows (tx, ty, tw, th), tx and ty any numbers, tw and th between -10
        and 10; n may be 0
    anchors: (n, 4) float64, rows (x1, y1, x2, y2), of positive width and height
    returns: (n, 4) float64, rows (x1, y1, x2, y2), neither clipped nor rounded

    Both arguments are unchanged.

    >>> decode_offsets(np.array([[0.2, -0.125, 0.0, 0.0]]), np.array([[8.0, 1.0, 18.0, 9.0]]))
    array([[10.,  0., 20.,  8.]])
    """
    ### BEGIN SOLUTION
    anchor = xyxy_to_cxcywh(anchors)
    centres = anchor[:, :2] + offsets[:, :2] * anchor[:, 2:]
    return cxcywh_to_xyxy(np.hstack([centres, anchor[:, 2:] * np.exp(offsets[:, 2:])]))
    ### END SOLUTION


def nms(boxes: np.ndarray, scores: np.ndarray, threshold: float) -> np.ndarray:
    """Non-maximum suppression: of boxes that mean the same thing, keep the best.

    Go through the boxes from the highest score to the lowest. Keep a box unless it overlaps one
    that was *kept* before with an IoU *above* the threshold; an IoU equal to the threshold keeps
    it. A box that was dropped drops nobody.

    boxes: (n, 4) float64, rows (x1, y1, x2, y2) with x1 <= x2 and y1 <= y2; n may be 0
    scores: (n,) float64, in no order; they may be negative
    threshold: a number from 0 to 1
    returns: (k,) int64, indices of the boxes kept, in order of descending score

    IoU is that of `box_iou`, overlap divided by union, also for boxes without area. Boxes with
    equal scores come in any order that you like. A loop is fine here. boxes and scores are
    unchanged.

    >>> boxes = np.array([[0.0, 0.0, 4.0, 4.0], [9.0, 9.0, 10.0, 10.0], [1.0, 0.0, 5.0, 4.0]])
    >>> nms(boxes, np.array([0.7, 0.8, 0.9]), 0.5)
    array([2, 1])
    """
    ### BEGIN SOLUTION
    order, kept = np.argsort(-scores), []
    while len(order):
        best, rest = order[0], order[1:]
        kept.append(best)
        order = rest[box_iou(boxes[[best]], boxes[rest])[0] <= threshold]
    return np.array(kept, dtype=np.int64)
    ### END SOLUTION


def nms_per_class(
    boxes: np.ndarray, scores: np.ndarray, labels: np.ndarray, threshold: float
) -> np.ndarray:
    """`nms` for each class by itself: a box drops only boxes with its own label.

    boxes: (n, 4) float64, rows (x1, y1, x2, y2), anywhere, with negative coordinates too; n may
        be 0
    scores: (n,) float64, in no order; they may be negative
    labels: (n,) int64, any whole numbers from -1000 to 1000, with gaps
    threshold: a number from 0 to 1, as in `nms`
    returns: (k,) int64, indices of the boxes kept, of all classes together in order of
        descending score

    Ties, boxes without area and loops are as in `nms`. No argument is changed.

    >>> boxes = np.array([[0.0, 0.0, 4.0, 4.0], [0.0, 0.0, 4.0, 3.0], [0.0, 0.0, 4.0, 3.5]])
    >>> nms_per_class(boxes, np.array([0.7, 0.8, 0.9]), np.array([5, 3, 5]), 0.5)
    array([2, 1])
    """
    ### BEGIN SOLUTION
    kept = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        kept[members[nms(boxes[members], scores[members], threshold)]] = True
    order = np.argsort(-scores)
    return order[kept[order]]
    ### END SOLUTION


def yolo_decode(
    raw: np.ndarray, anchors: np.ndarray, stride: float
) -> tuple[np.ndarray, np.ndarray]:
    """Boxes and class scores out of one picture's feature map, as YOLOv3 does it.

    raw: (A * (5 + C), h, w) float64, what the last convolution says: for each of A anchors the
        channels tx, ty, tw, th, to and C classes, C at least 1; channel a * (5 + C) + k is entry k
        of anchor a
    anchors: (A, 2) float64, width and height of each anchor in pixels
    stride: side of a cell in pixels, above 0
    returns: (boxes, scores)
        boxes: (h * w * A, 4) float64, rows (x1, y1, x2, y2) in pixels, not clipped
        scores: (h * w * A, C) float64, sigmoid(to) * sigmoid(class c)

    For the cell in row i and column j the box of anchor a has

        cx = (j + sigmoid(tx)) * stride    w = anchors[a, 0] * exp(tw)
        cy = (i + sigmoid(ty)) * stride    h = anchors[a, 1] * exp(th)

    Order: cell by cell, row by row as one reads, and within a cell anchor by anchor: row
    (i * w + j) * A + a. tx, ty, to and the classes may be as large as 1000 or as small as -1000,
    tw and th stay between -5 and 5. A loop is fine here. No argument is changed.

    >>> boxes, scores = yolo_decode(np.zeros((6, 1, 2)), np.array([[20.0, 6.0]]), 10)
    >>> boxes
    array([[-5.,  2., 15.,  8.],
           [ 5.,  2., 25.,  8.]])
    >>> scores
    array([[0.25],
           [0.25]])
    """
    ### BEGIN SOLUTION
    height, width = raw.shape[1:]
    cells = raw.reshape(len(anchors), -1, height, width).transpose(2, 3, 0, 1)
    squashed = 0.5 + 0.5 * np.tanh(cells / 2)
    rows, columns = np.mgrid[:height, :width]
    corners = np.stack([columns, rows], axis=-1)[:, :, None]
    centres = stride * (corners + squashed[..., :2])
    sizes = anchors * np.exp(cells[..., 2:4])
    boxes = cxcywh_to_xyxy(np.concatenate([centres, sizes], axis=-1).reshape(-1, 4))
    scores = squashed[..., 4:5] * squashed[..., 5:]
    return boxes, scores.reshape(len(boxes), -1)
    ### END SOLUTION
