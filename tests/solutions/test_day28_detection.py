"""The reference of day 28 against brute force on pixels, closed forms, torch and hand work."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch

from solutions.day28_detection import (
    assign_anchors,
    box_iou,
    cxcywh_to_xyxy,
    decode_offsets,
    encode_offsets,
    make_anchors,
    nms,
    nms_per_class,
    xyxy_to_cxcywh,
    yolo_decode,
)


@pytest.fixture
def rng():
    return np.random.default_rng(28)


def exact(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=1e-12, strict=True)


def random_boxes(rng, n, size=30.0):
    start = rng.uniform(-size, size, size=(n, 2))
    return np.hstack([start, start + rng.uniform(1.0, size, size=(n, 2))])


def test_box_forms_by_hand():
    corners = np.array([[1.0, 2.0, 4.0, 10.0], [-5.0, 0.0, -5.0, 3.0]])
    middle = np.array([[2.5, 6.0, 3.0, 8.0], [-5.0, 1.5, 0.0, 3.0]])
    exact(xyxy_to_cxcywh(corners), middle)
    exact(cxcywh_to_xyxy(middle), corners)
    exact(xyxy_to_cxcywh(corners[:0]), corners[:0])
    exact(cxcywh_to_xyxy(corners[:0]), corners[:0])


def test_box_forms_undo_each_other(rng):
    boxes = random_boxes(rng, 50)
    exact(cxcywh_to_xyxy(xyxy_to_cxcywh(boxes)), boxes)


def squares(box):
    """The unit squares that a box at whole coordinates covers."""
    x1, y1, x2, y2 = map(int, box)
    return set(itertools.product(range(x1, x2), range(y1, y2)))


def test_iou_counts_squares(rng):
    start = rng.integers(-4, 5, size=(40, 2))
    boxes = np.hstack([start, start + rng.integers(0, 6, size=(40, 2))]).astype(float)
    covered = [squares(box) for box in boxes]
    expected = [[len(a & b) / max(len(a | b), 1) for b in covered] for a in covered[:25]]
    exact(box_iou(boxes[:25], boxes), np.array(expected))


@pytest.mark.parametrize("shift", [0.0, 1.0, 5.0, 10.0, 20.0, 23.0])
@pytest.mark.parametrize("scale", [1e-7, 1.0, 1e5])
def test_iou_of_a_moved_copy(shift, scale):
    box = np.array([[3.0, 4.0, 23.0, 9.0]])
    moved = box + shift * np.array([1.0, 0.0, 1.0, 0.0])
    exact(
        box_iou(scale * box, scale * moved),
        np.array([[max(20 - shift, 0) / (20 + min(shift, 20))]]),
    )


def test_iou_by_chance(rng):
    """The share of random points in both boxes among those in one of them."""
    a, b = np.array([[1.0, 2.0, 7.0, 6.0]]), np.array([[4.0, 1.0, 9.0, 5.0]])
    points = rng.uniform(0, 10, size=(200_000, 2))
    in_a, in_b = ((points > c[0, :2]).all(axis=1) & (points < c[0, 2:]).all(axis=1) for c in (a, b))
    estimate = (in_a & in_b).sum() / (in_a | in_b).sum()
    assert abs(box_iou(a, b)[0, 0] - estimate) < 0.01


def test_iou_without_boxes_or_area():
    boxes = np.array([[0.0, 0.0, 2.0, 2.0], [1.0, 1.0, 1.0, 3.0], [1.0, 1.0, 1.0, 1.0]])
    exact(box_iou(boxes, boxes), np.diag([1.0, 0.0, 0.0]))
    assert box_iou(boxes[:0], boxes).shape == (0, 3)
    assert box_iou(boxes, boxes[:0]).shape == (3, 0)


def test_anchors_by_loops():
    scales, ratios, stride = (5.0, 11.0), (0.5, 1.0, 3.0), 7.5
    expected = []
    for i, j, s, r in itertools.product(range(3), range(4), scales, ratios):
        h = math.sqrt(s * s / r)
        x, y = (j + 0.5) * stride, (i + 0.5) * stride
        expected.append([x - r * h / 2, y - h / 2, x + r * h / 2, y + h / 2])
    exact(make_anchors(3, 4, stride, scales, ratios), np.array(expected))


def test_anchors_fill_their_cells():
    """Square anchors as large as a cell are the cells: they tile the picture."""
    anchors = make_anchors(3, 5, 4, [4], [1])
    exact(
        anchors[[0, 1, 5, 14]],
        np.array([[0.0, 0, 4, 4], [4, 0, 8, 4], [0, 4, 4, 8], [16, 8, 20, 12]]),
    )
    exact(box_iou(anchors, anchors), np.eye(15))


def brute_force_assignment(iou, low, high):
    n, m = iou.shape
    assigned = []
    for i in range(n):
        best = max(range(m), key=lambda j: iou[i, j])
        assigned.append(best if iou[i, best] >= high else -2 if iou[i, best] >= low else -1)
    pairs = sorted(itertools.product(range(n), range(m)), key=lambda p: -iou[p])
    anchors, truths = set(), set()
    for i, j in pairs:
        if i not in anchors and j not in truths:
            assigned[i] = j
            anchors.add(i)
            truths.add(j)
    return assigned


@pytest.mark.parametrize(("n", "m"), [(1, 1), (5, 5), (12, 3), (30, 8)])
def test_assignment_by_brute_force(rng, n, m):
    for low, high in ((0.4, 0.5), (0.6, 0.9), (0.7, 0.7)):
        iou = rng.uniform(size=(n, m))
        expected = np.array(brute_force_assignment(iou, low, high))
        got = assign_anchors(iou, low, high)
        np.testing.assert_array_equal(got, expected, strict=True)
        assert set(range(m)) <= set(got.tolist())


def test_assignment_of_real_boxes():
    anchors = make_anchors(4, 6, 10, [10, 20], [1])
    truths = np.array([[0.0, 0.0, 10.0, 10.0], [22.0, 2.0, 28.0, 28.0], [57.0, 37.0, 60.0, 40.0]])
    iou = box_iou(anchors, truths)
    got = assign_anchors(iou, 0.4, 0.5)
    small_of_cell = {(0, 0): 0, (1, 2): 2 * (1 * 6 + 2), (3, 5): 2 * (3 * 6 + 5)}
    assert iou[0, 0] == 1.0
    assert iou[small_of_cell[1, 2], 1] == pytest.approx(60 / 196)  # 6 by 10 of 100 + 156 - 60
    assert iou[small_of_cell[3, 5], 2] == pytest.approx(0.09)  # 3 by 3 of 100
    expected = np.full(48, -1)
    expected[list(small_of_cell.values())] = [0, 1, 2]
    np.testing.assert_array_equal(got, expected, strict=True)


def test_assignment_at_the_thresholds_and_without_truths():
    iou = np.array([[0.9, 0.0], [0.0, 0.8], [0.5, 0.0], [0.25, 0.0], [0.2, 0.0]])
    assert assign_anchors(iou, 0.25, 0.5).tolist() == [0, 1, 0, -2, -1]
    for n in (0, 3):
        got = assign_anchors(np.zeros((n, 0)), 0.4, 0.5)
        assert got.tolist() == [-1] * n
        assert got.dtype == np.int64
    assert sorted(assign_anchors(np.zeros((4, 2)), 0.4, 0.5).tolist()) == [-1, -1, 0, 1]


def test_offsets_by_hand():
    anchor = np.array([[0.0, 0.0, 10.0, 20.0]])
    box = np.array([[5.0, 15.0, 10.0, 35.0]])  # centre (7.5, 25), 5 wide, 20 high
    offsets = np.array([[0.25, 0.75, -math.log(2), 0.0]])
    exact(encode_offsets(box, anchor), offsets)
    exact(decode_offsets(offsets, anchor), box)


def test_offsets_undo_each_other(rng):
    boxes, anchors = random_boxes(rng, 60), random_boxes(rng, 60)
    np.testing.assert_allclose(
        decode_offsets(encode_offsets(boxes, anchors), anchors), boxes, rtol=1e-10, atol=1e-10
    )
    offsets = rng.normal(scale=2.0, size=(60, 4))
    np.testing.assert_allclose(
        encode_offsets(decode_offsets(offsets, anchors), anchors), offsets, rtol=1e-9, atol=1e-9
    )


def test_offsets_do_not_change_when_box_and_anchor_move_and_grow_together(rng):
    boxes, anchors = random_boxes(rng, 20), random_boxes(rng, 20)
    grown = [
        c * np.array([3.0, 0.5, 3.0, 0.5]) + np.array([7.0, -9.0, 7.0, -9.0])
        for c in (boxes, anchors)
    ]
    np.testing.assert_allclose(
        encode_offsets(*grown), encode_offsets(boxes, anchors), rtol=1e-10, atol=1e-10
    )


def brute_force_nms(boxes, scores, threshold):
    """The rule as one sentence about each box, with the IoU by counting squares."""
    covered, kept = [squares(box) for box in boxes], []
    for k in sorted(range(len(boxes)), key=lambda k: -scores[k]):
        drops = (
            len(covered[k] & covered[other]) > threshold * len(covered[k] | covered[other])
            for other in kept
        )
        if not any(drops):
            kept.append(k)
    return kept


@pytest.mark.parametrize("threshold", [0.0, 0.125, 0.25, 0.5, 0.75, 1.0])
def test_nms_by_brute_force(rng, threshold):
    for n in (0, 1, 2, 30):
        start = rng.integers(0, 8, size=(n, 2))
        boxes = np.hstack([start, start + rng.integers(1, 7, size=(n, 2))]).astype(float)
        scores = rng.permutation(n) - 10.0
        got = nms(boxes, scores, threshold)
        assert got.dtype == np.int64
        assert got.tolist() == brute_force_nms(boxes, scores, threshold)

        labels = rng.choice([-4, 0, 9], size=n)
        expected = []
        for label in (-4, 0, 9):
            members = np.flatnonzero(labels == label)
            found = brute_force_nms(boxes[members], scores[members], threshold)
            expected += members[found].tolist()
        got = nms_per_class(boxes, scores, labels, threshold)
        assert got.dtype == np.int64
        assert got.tolist() == sorted(expected, key=lambda k: -scores[k])


def test_nms_of_a_chain():
    boxes = np.array([[5.0 * k, 0.0, 5.0 * k + 10.0, 7.0] for k in range(6)])
    scores = np.array([0.4, 0.9, 0.8, 0.7, 0.6, 0.5])
    assert nms(boxes, scores, 0.3).tolist() == [1, 3, 5]
    assert nms(boxes, scores, 0.34).tolist() == [1, 2, 3, 4, 5, 0]


def test_nms_of_equal_scores_keeps_one_of_each_pile(rng):
    piles = np.repeat(np.array([[0.0, 0.0, 4.0, 4.0], [10.0, 0.0, 14.0, 4.0]]), 5, axis=0)
    kept = nms(piles, np.ones(10), 0.5)
    assert sorted(k // 5 for k in kept.tolist()) == [0, 1]


def torch_yolo(raw, anchors, stride):
    """Every number by itself with torch's sigmoid."""
    channels, height, width = raw.shape
    entries = channels // len(anchors)
    raw = torch.tensor(raw)
    boxes, scores = [], []
    for i, j, a in itertools.product(range(height), range(width), range(len(anchors))):
        tx, ty, tw, th, to, *classes = raw[a * entries : (a + 1) * entries, i, j]
        cx, cy = (j + torch.sigmoid(tx)) * stride, (i + torch.sigmoid(ty)) * stride
        w, h = anchors[a, 0] * torch.exp(tw), anchors[a, 1] * torch.exp(th)
        boxes.append([cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2])
        scores.append([torch.sigmoid(to) * torch.sigmoid(c) for c in classes])
    return np.array(boxes), np.array(scores)


@pytest.mark.parametrize(
    ("anchors", "classes", "height", "width"), [(1, 1, 1, 1), (3, 2, 4, 5), (2, 7, 3, 2)]
)
def test_yolo_against_torch(rng, anchors, classes, height, width):
    raw = 2.0 * rng.normal(size=(anchors * (5 + classes), height, width))
    sizes = rng.uniform(5.0, 100.0, size=(anchors, 2))
    for mine, theirs in zip(yolo_decode(raw, sizes, 16), torch_yolo(raw, sizes, 16), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-10, atol=1e-10, strict=True)


def test_yolo_of_zeros_is_the_grid_of_anchors():
    boxes, scores = yolo_decode(np.zeros((12, 3, 5)), np.array([[8.0, 8.0], [24.0, 24.0]]), 10)
    exact(boxes, make_anchors(3, 5, 10, [8, 24], [1]))
    exact(scores, np.full((30, 1), 0.25))


def test_yolo_at_the_extremes():
    raw = np.zeros((7, 1, 1))
    raw[:, 0, 0] = [1000, -1000, 0, 0, 1000, 1000, -1000]
    boxes, scores = yolo_decode(raw, np.array([[4.0, 2.0]]), 8)
    exact(boxes, np.array([[6.0, -1.0, 10.0, 1.0]]))  # centre in the cell's top right corner
    exact(scores, np.array([[1.0, 0.0]]))


def test_arguments_stay_as_they_are_and_need_not_be_contiguous(rng):
    spaced = [np.repeat(random_boxes(rng, 8), 2, axis=1)[:, ::2] for _ in range(2)]
    dense = [boxes.copy() for boxes in spaced]
    scores, labels = rng.normal(size=8), rng.integers(0, 2, size=8)
    iou = box_iou(*dense)
    calls = [
        lambda a, b: xyxy_to_cxcywh(a),
        lambda a, b: cxcywh_to_xyxy(a),
        box_iou,
        encode_offsets,
        decode_offsets,
        lambda a, b: nms(a, scores, 0.2),
        lambda a, b: nms_per_class(a, scores, labels, 0.2),
        lambda a, b: assign_anchors(iou, 0.4, 0.5),
    ]
    kept = [values.copy() for values in (scores, labels, iou)]
    for call in calls:
        exact(call(*spaced), call(*dense))
    for after, before in zip(spaced, dense, strict=True):
        np.testing.assert_array_equal(after, before)
    for after, before in zip((scores, labels, iou), kept, strict=True):
        np.testing.assert_array_equal(after, before)
