"""Hidden tests of day 28: the student's boxes against the reference and against plain arithmetic.

Boxes have random corners, wide and high ones, also at negative coordinates. Where an order or a
tie is left open, the test checks the property; everywhere else values are such that none occurs.
"""

from __future__ import annotations

import itertools

import numpy as np

from autograder.testing import assert_close, check, exercise, unpack, weight
from solutions import day28_detection as reference

READY_MADE = ("torchvision",)
NO_BOXES = np.zeros((0, 4))


def random_boxes(rng, n, size=60.0, side=30.0):
    """Boxes with their first corner within `size` pixels around 0 and sides up to `side`."""
    start = rng.uniform(-size / 2, size / 2, size=(n, 2))
    return np.hstack([start, start + rng.uniform(0.1 * side, side, size=(n, 2))])


def strided(array):
    """An equal array whose entries do not lie side by side in memory."""
    roomy = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), dtype=array.dtype)
    roomy[..., ::2] = array
    return roomy[..., ::2]


def same(value, expected, name="result"):
    """float64 and equal up to rounding; offsets of big boxes leave room for other formulas."""
    assert_close(value, expected, rtol=1e-9, atol=1e-9, name=name, dtype=np.float64)


def same_indices(value, expected, name="result"):
    assert_close(value, np.array(expected, np.int64), rtol=0.0, atol=0.0, name=name, dtype=np.int64)


@exercise("xyxy_to_cxcywh", forbids=READY_MADE)
class TestBoxForms:
    @weight(2)
    def test_corners_to_centre(self, student, rng):
        """xyxy_to_cxcywh gives (cx, cy, w, h): the middle of the box, then how wide and how high
        it is, with nothing added to either."""
        boxes = random_boxes(rng, 7)
        x1, y1, x2, y2 = boxes.T
        expected = np.stack([(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1], axis=1)
        same(student.xyxy_to_cxcywh(boxes), expected, "result of xyxy_to_cxcywh")

    @weight(2)
    def test_centre_to_corners(self, student, rng):
        """cxcywh_to_xyxy gives (x1, y1, x2, y2): half of the width to either side of the centre,
        half of the height above and below it."""
        boxes = np.hstack([rng.uniform(-40.0, 40.0, size=(7, 2)), rng.uniform(0, 50, size=(7, 2))])
        cx, cy, w, h = boxes.T
        expected = np.stack([cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2], axis=1)
        same(student.cxcywh_to_xyxy(boxes), expected, "result of cxcywh_to_xyxy")

    def test_there_and_back(self, student, rng):
        """Turned into centre and size and back, a box is the same, also one without width or
        height."""
        boxes = random_boxes(rng, 5)
        boxes[1, 2], boxes[3, 3] = boxes[1, 0], boxes[3, 1]
        middle = student.xyxy_to_cxcywh(boxes)
        same(middle, reference.xyxy_to_cxcywh(boxes))
        same(student.cxcywh_to_xyxy(middle), boxes, "result of cxcywh_to_xyxy")

    def test_one_box_and_none(self, student, rng):
        """One box gives shape (1, 4), and no box, shape (0, 4), gives shape (0, 4)."""
        for boxes in (random_boxes(rng, 1), NO_BOXES):
            same(
                student.xyxy_to_cxcywh(boxes),
                reference.xyxy_to_cxcywh(boxes),
                "result of xyxy_to_cxcywh",
            )
            same(
                student.cxcywh_to_xyxy(boxes),
                reference.cxcywh_to_xyxy(boxes),
                "result of cxcywh_to_xyxy",
            )

    def test_arguments_stay_as_they_are(self, student, rng):
        """Transposed and strided boxes work, and neither function changes its argument."""
        for boxes in (np.asfortranarray(random_boxes(rng, 6)), strided(random_boxes(rng, 3))):
            same(
                student.xyxy_to_cxcywh.unchanged(boxes),
                reference.xyxy_to_cxcywh(boxes),
                "result of xyxy_to_cxcywh",
            )
            same(
                student.cxcywh_to_xyxy.unchanged(boxes),
                reference.cxcywh_to_xyxy(boxes),
                "result of cxcywh_to_xyxy",
            )


def pixels_iou(a, b):
    """IoU of boxes at whole coordinates, by counting the unit squares that they cover."""
    low = int(min(a.min(), b.min()))
    size = int(max(a.max(), b.max())) - low
    masks = []
    for boxes in (a, b):
        mask = np.zeros((len(boxes), size, size))
        for k, (x1, y1, x2, y2) in enumerate(boxes.astype(int) - low):
            mask[k, y1:y2, x1:x2] = 1.0
        masks.append(mask.reshape(len(boxes), -1))
    both = masks[0] @ masks[1].T
    either = masks[0].sum(axis=1)[:, None] + masks[1].sum(axis=1) - both
    return both / np.maximum(either, 1.0)


def assert_few_lines(lines):
    """Room for a long body and helpers, but not for a loop over 340 boxes."""
    check(
        lines <= 80,
        f"{lines} Python lines were run where 80 are plenty: is there a loop over boxes, "
        "in box_iou or in a function that it calls?",
    )


@exercise("box_iou", forbids=READY_MADE)
class TestBoxIou:
    @weight(2)
    def test_every_pair(self, student, rng):
        """out[i, j] is the IoU of a[i] with b[j], in an array of shape (n, m): boxes that overlap
        partly, contain each other, or lie apart."""
        a, b = random_boxes(rng, 7), random_boxes(rng, 11)
        a[0] = [-100.0, -90.0, 100.0, 120.0]  # contains all others
        same(student.box_iou(a, b), reference.box_iou(a, b))

    @weight(2)
    def test_boxes_on_whole_pixels(self, student, rng):
        """For boxes at whole coordinates the IoU is the number of unit squares in both, over the
        number in at least one: a box from x1 to x2 is x2 - x1 wide, not x2 - x1 + 1."""
        start = rng.integers(-6, 6, size=(9, 2))
        boxes = np.hstack([start, start + rng.integers(1, 9, size=(9, 2))]).astype(float)
        a, b = boxes[:4], boxes[4:]
        same(student.box_iou(a, b), pixels_iou(a, b))

    @weight(2)
    def test_boxes_that_lie_apart(self, student, rng):
        """Boxes apart from each other have IoU 0, whether they lie apart in x, in y, or in both,
        on whichever side."""
        a = np.array([[0.0, 0.0, 6.0, 4.0]])
        gap = rng.uniform(0.5, 9.0)
        moves = [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1) if (x, y) != (0, 0)]
        b = np.array([[0.0, 0.0, 3.0, 2.0] + (6.0 + gap) * np.array([*m, *m]) for m in moves])
        same(student.box_iou(a, b), np.zeros((1, 8)))
        same(student.box_iou(b, a), np.zeros((8, 1)))

    def test_boxes_that_only_touch(self, student, rng):
        """Boxes that share an edge or a corner, and no area, have IoU 0."""
        a = np.array([[2.0, 3.0, 7.0, 9.0]])
        width, height = rng.integers(1, 9, size=2).astype(float)
        b = [[7, 3, 7 + width, 9], [2, 9, 7, 9 + height], [7, 9, 7 + width, 9 + height]]
        b += [[2 - width, 3, 2, 9], [2 - width, 3 - height, 2, 3]]
        same(student.box_iou(a, np.array(b, dtype=float)), np.zeros((1, 5)))

    def test_same_box_and_box_within(self, student, rng):
        """A box has IoU 1 with itself, and one that contains another has the quotient of their
        areas, whichever of the two comes first."""
        start, share = rng.uniform(-20.0, 20.0, size=2), rng.uniform(0.2, 0.9, size=2)
        outer = np.array([[0.0, 0.0, 40.0, 30.0]]) + np.tile(start, 2)
        inner = np.array([[1.0, 2.0, 1.0 + 38.0 * share[0], 2.0 + 27.0 * share[1]]])
        inner += np.tile(start, 2)
        ratio = np.full((1, 1), share.prod() * 38.0 * 27.0 / 1200.0)
        same(student.box_iou(outer, outer), np.ones((1, 1)))
        same(student.box_iou(outer, inner), ratio)
        same(student.box_iou(inner, outer), ratio)

    def test_boxes_without_area(self, student, rng):
        """A box without width, without height or without both has IoU 0 with every box, also with
        a copy of itself, and never NaN."""
        x, y = rng.uniform(2.0, 8.0, size=2)
        flat = np.array([[x, 0.0, x, 9.0], [0.0, y, 9.0, y], [x, y, x, y]])
        boxes = np.vstack([flat, [[0.0, 0.0, 10.0, 10.0]]])
        expected = np.zeros((4, 4))
        expected[3, 3] = 1.0
        same(student.box_iou(boxes, boxes), expected)

    def test_tiny_boxes(self, student, rng):
        """Boxes in fractions of the picture, or far smaller, have the IoU that they have in
        pixels. Is there a number, or a rounding, in your formula that the docstring does not
        have?"""
        a, b = random_boxes(rng, 3), random_boxes(rng, 5)
        for factor in (1e-3, 1e-6):
            same(student.box_iou(factor * a, factor * b), reference.box_iou(a, b))

    def test_no_boxes(self, student, rng):
        """With no box in a, in b or in both the result has shape (0, m), (n, 0) or (0, 0)."""
        boxes = random_boxes(rng, 3)
        for a, b in ((NO_BOXES, boxes), (boxes, NO_BOXES), (NO_BOXES, NO_BOXES)):
            same(student.box_iou(a, b), np.zeros((len(a), len(b))))

    def test_arguments_stay_as_they_are(self, student, rng):
        """Transposed and strided boxes work, and neither a nor b is changed."""
        a, b = np.asfortranarray(random_boxes(rng, 4)), strided(random_boxes(rng, 6))
        same(student.box_iou.unchanged(a, b), reference.box_iou(a, b))

    @weight(3)
    def test_no_loop_over_boxes(self, student, rng):
        """No Python loop runs over the boxes of a or of b, neither in box_iou nor in what it calls.
        A comprehension, map or np.vectorize is a loop too."""
        few, many = random_boxes(rng, 3), random_boxes(rng, 340)
        for a, b in ((few, many), (many, few)):
            iou, lines = student.box_iou.count_lines(a, b)
            same(iou, reference.box_iou(a, b))
            assert_few_lines(lines)


@exercise("make_anchors", forbids=READY_MADE)
class TestMakeAnchors:
    @weight(2)
    def test_centres(self, student, rng):
        """The anchor of the cell in row i and column j is centred in the middle of that cell, at
        x = (j + 0.5) * stride and y = (i + 0.5) * stride, row by row, also on an oblong map."""
        stride = int(rng.integers(3, 12))
        for height, width in ((3, 5), (4, 2)):
            expected = reference.make_anchors(height, width, stride, [2], [1])
            same(student.make_anchors(height, width, stride, [2], [1]), expected)

    @weight(2)
    def test_sizes(self, student, rng):
        """An anchor of scale s and ratio r has the area s * s and is r times as wide as it is
        high."""
        scale, ratio = rng.uniform(5.0, 50.0), rng.uniform(2.0, 5.0)
        for r in (ratio, 1 / ratio):
            height = np.sqrt(scale * scale / r)
            half = np.array([r * height / 2, height / 2])
            expected = np.array([[*(200.0 - half), *(200.0 + half)]])
            same(student.make_anchors(1, 1, 400, [scale], [r]), expected)

    @weight(2)
    def test_order(self, student, rng):
        """Rows come in the order cell, scale, ratio: the ratio changes fastest, then the scale,
        then the column, then the row."""
        scales, ratios = rng.uniform(4.0, 40.0, size=2), rng.uniform(0.3, 4.0, size=3)
        expected = reference.make_anchors(4, 3, 6.0, scales, ratios)
        same(student.make_anchors(4, 3, 6.0, scales, ratios), expected)
        expected = reference.make_anchors(2, 5, 6.0, ratios, scales)
        same(student.make_anchors(2, 5, 6.0, ratios, scales), expected)

    def test_lists_tuples_and_fractions(self, student, rng):
        """Scales and ratios may be lists or tuples of ints, and the stride a fraction; the result
        is float64."""
        stride = float(rng.uniform(1.5, 7.5))
        expected = reference.make_anchors(2, 3, stride, [3, 7], [1, 2, 5])
        same(student.make_anchors(2, 3, stride, [3, 7], (1, 2, 5)), expected)
        same(student.make_anchors(2, 3, stride, (3, 7), [1, 2, 5]), expected)

    def test_one_row_column_or_cell(self, student, rng):
        """Maps of a single row, column or cell work, with a single scale or ratio."""
        scales = [float(s) for s in rng.uniform(4.0, 40.0, size=3)]
        for height, width, s, r in ((1, 4, scales, [2.0]), (4, 1, [9.0], scales), (1, 1, [5], [1])):
            expected = reference.make_anchors(height, width, 16, s, r)
            same(student.make_anchors(height, width, 16, s, r), expected)

    def test_anchors_are_not_cut_off(self, student, rng):
        """Anchors that stick out of the picture stay whole, with negative corners too."""
        scale = float(rng.uniform(60.0, 90.0))
        expected = reference.make_anchors(3, 2, 4, [scale], [0.5, 2.0])
        same(student.make_anchors(3, 2, 4, [scale], [0.5, 2.0]), expected)

    def test_arguments_stay_as_they_are(self, student, rng):
        """Scales and ratios given as arrays, strided ones too, come back unchanged."""
        scales, ratios = strided(rng.uniform(4.0, 40.0, size=3)), rng.uniform(0.3, 4.0, size=2)
        got = student.make_anchors.unchanged(2, 3, 8, scales, ratios)
        same(got, reference.make_anchors(2, 3, 8, scales, ratios))


def distinct_iou(rng, n, m):
    """An (n, m) matrix of numbers in (0, 1), no two of them the same."""
    return (rng.permutation(n * m).reshape(n, m) + 0.5) / (n * m)


@exercise("assign_anchors", forbids=READY_MADE)
class TestAssignAnchors:
    @weight(2)
    def test_thresholds(self, student, rng):
        """An anchor gets the truth with its largest IoU when that reaches `high`; it is background,
        -1, below `low`, and ignored, -2, in between."""
        iou = distinct_iou(rng, 12, 3) * 0.6
        iou[:3] += 0.4 * np.eye(3)[rng.permutation(3)]  # these three are the truths' own anchors
        for low, high in ((0.35, 0.5), (0.2, 0.58), (0.45, 0.46)):
            expected = reference.assign_anchors(iou, low, high)
            same_indices(student.assign_anchors(iou, low, high), expected)

    @weight(2)
    def test_every_truth_gets_an_anchor(self, student, rng):
        """Every truth gets its best anchor even when their IoU is below both thresholds: small and
        odd boxes have to be learned too."""
        iou = 0.3 * distinct_iou(rng, 9, 4)
        iou[rng.permutation(9)[:4], range(4)] = [0.31, 0.34, 0.32, 0.33]
        expected = reference.assign_anchors(iou, 0.4, 0.5)
        same_indices(student.assign_anchors(iou, 0.4, 0.5), expected)

    @weight(2)
    def test_two_truths_want_the_same_anchor(self, student, rng):
        """Of two truths with the same best anchor the one with the larger IoU gets it, whichever
        comes first, and the other one gets the best of the anchors that are left."""
        iou = np.array([[0.1, 0.2], [0.7, 0.8], [0.3, 0.05], [0.25, 0.45]])
        rows = rng.permutation(4)
        expected = np.array([-1, 1, 0, -2])
        same_indices(student.assign_anchors(iou[rows], 0.4, 0.5), expected[rows])
        expected = np.array([-1, 0, 1, -2])
        same_indices(student.assign_anchors(iou[rows, ::-1], 0.4, 0.5), expected[rows])

    def test_an_anchor_of_its_own_beats_the_threshold(self, student, rng):
        """Step 2 comes after step 1 and has the last word: an anchor may be taken away from a truth
        that it overlaps more, or be called back from background or ignored."""
        iou = np.array([[0.9, 0.1], [0.8, 0.3], [0.6, 0.2], [0.2, 0.15], [0.43, 0.12]])
        rows = rng.permutation(5)
        expected = np.array([0, 1, 0, -1, -2])
        same_indices(student.assign_anchors(iou[rows], 0.4, 0.5), expected[rows])

    @weight(2)
    def test_many_truths(self, student, rng):
        """Own anchors go by the largest IoU of all that are left, not truth by truth, with as many
        truths as anchors too."""
        for n, m in ((14, 9), (7, 7), (40, 6)):
            iou = distinct_iou(rng, n, m)
            expected = reference.assign_anchors(iou, 0.7, 0.85)
            same_indices(student.assign_anchors(iou, 0.7, 0.85), expected)

    def test_exactly_at_a_threshold(self, student, rng):
        """An IoU equal to `high` is enough for the truth, and one equal to `low` is not background.
        With equal thresholds no anchor is ignored."""
        iou = np.array([[0.0, 1.0], [0.9, 0.0], [0.75, 0.1], [0.2, 0.25], [0.24, 0.1], [0.1, 0.74]])
        rows = rng.permutation(6)
        for low, high, expected in (
            (0.25, 0.75, [1, 0, 0, -2, -1, -2]),
            (0.75, 0.75, [1, 0, 0, -1, -1, -1]),
        ):
            got = student.assign_anchors(iou[rows], low, high)
            same_indices(got, np.array(expected)[rows])

    def test_truths_that_touch_no_anchor(self, student, rng):
        """A truth with IoU 0 everywhere gets an anchor as well, one that no other truth needs."""
        iou = np.zeros((5, 3))
        taken = int(rng.integers(5))
        iou[taken, 1] = 0.6
        got = student.assign_anchors(iou, 0.4, 0.5)
        assert_close(got, np.zeros(5, np.int64), rtol=0.0, atol=3.0, dtype=np.int64)
        expected = np.array([-1, -1, 0, 1, 2])
        assert_close(np.sort(got), expected, rtol=0.0, atol=0.0, name="sorted result")
        check(got[taken] == 1, "the truth with a true overlap did not get the anchor that has it")

    def test_no_truth_one_truth_no_anchor(self, student, rng):
        """Without truths every anchor is background, one anchor and one truth belong together, and
        no anchors and no truths give an empty int64 array."""
        same_indices(student.assign_anchors(np.zeros((4, 0)), 0.4, 0.5), [-1] * 4)
        same_indices(student.assign_anchors(rng.uniform(0, 0.3, size=(1, 1)), 0.4, 0.5), [0])
        same_indices(student.assign_anchors(NO_BOXES[:, :0], 0.4, 0.5), [])

    def test_matrix_stays_as_it_is(self, student, rng):
        """Transposed and strided matrices work, and the matrix is not changed: the caller still
        needs it."""
        for iou in (distinct_iou(rng, 3, 8).T, strided(distinct_iou(rng, 6, 4))):
            expected = reference.assign_anchors(iou, 0.5, 0.8)
            same_indices(student.assign_anchors.unchanged(iou, 0.5, 0.8), expected)


@exercise("encode_offsets", forbids=READY_MADE)
class TestOffsets:
    @weight(2)
    def test_encode_shifts(self, student, rng):
        """tx and ty of encode_offsets are how far the centre moves, from the anchor's to the box's,
        measured in widths and heights of the anchor."""
        anchors = random_boxes(rng, 6)
        sizes = anchors[:, 2:] - anchors[:, :2]
        shift = rng.normal(size=(6, 2))
        boxes = anchors + np.tile(shift * sizes, 2)
        expected = np.hstack([shift, np.zeros((6, 2))])
        same(student.encode_offsets(boxes, anchors), expected, "result of encode_offsets")

    @weight(2)
    def test_encode_sizes(self, student, rng):
        """tw and th of encode_offsets are the natural logarithms of the box's width over the
        anchor's width, and of the heights."""
        boxes, anchors = random_boxes(rng, 7), random_boxes(rng, 7)
        boxes[:3] *= 10.0
        same(
            student.encode_offsets(boxes, anchors),
            reference.encode_offsets(boxes, anchors),
            "result of encode_offsets",
        )

    @weight(2)
    def test_decode(self, student, rng):
        """decode_offsets moves the anchor's centre by (tx, ty) anchor sizes and multiplies the
        sizes by exp(tw) and exp(th); the result are corners, not clipped."""
        anchors, offsets = random_boxes(rng, 7), rng.normal(size=(7, 4))
        got = student.decode_offsets(offsets, anchors)
        same(got, reference.decode_offsets(offsets, anchors))

    def test_decode_undoes_encode(self, student, rng):
        """Decoding what was encoded gives the boxes back, for boxes far away from their anchors and
        of quite another size too."""
        boxes, anchors = random_boxes(rng, 6), random_boxes(rng, 6)
        boxes[:2] = 30.0 * boxes[:2] + 500.0
        offsets = student.encode_offsets(boxes, anchors)
        same(offsets, reference.encode_offsets(boxes, anchors))
        same(student.decode_offsets(offsets, anchors), boxes, "result of decode_offsets")

    def test_large_offsets(self, student, rng):
        """Large offsets are not clipped: sizes may grow a hundredfold and shrink to a
        hundredth."""
        anchors = random_boxes(rng, 5)
        offsets = np.tile([[6.0, -7.0, 5.0, -4.5], [-3.0, 2.0, -5.5, 4.0]], (3, 1))[:5]
        offsets = offsets + 0.1 * rng.normal(size=(5, 4))
        got = student.decode_offsets(offsets, anchors)
        same(got, reference.decode_offsets(offsets, anchors))
        boxes = reference.decode_offsets(offsets, anchors)
        same(student.encode_offsets(boxes, anchors), offsets, "result of encode_offsets")

    def test_one_box_and_none(self, student, rng):
        """One box gives shape (1, 4), and no boxes give shape (0, 4)."""
        boxes, anchors = random_boxes(rng, 1), random_boxes(rng, 1)
        same(
            student.encode_offsets(boxes, anchors),
            reference.encode_offsets(boxes, anchors),
            "result of encode_offsets",
        )
        same(
            student.decode_offsets(boxes, anchors),
            reference.decode_offsets(boxes, anchors),
            "result of decode_offsets",
        )
        same(student.encode_offsets(NO_BOXES, NO_BOXES), NO_BOXES, "result of encode_offsets")
        same(student.decode_offsets(NO_BOXES, NO_BOXES), NO_BOXES, "result of decode_offsets")

    def test_arguments_stay_as_they_are(self, student, rng):
        """Transposed and strided arguments work, and neither function changes one."""
        boxes, anchors = np.asfortranarray(random_boxes(rng, 4)), strided(random_boxes(rng, 4))
        offsets = strided(rng.normal(size=(4, 4)))
        got = student.encode_offsets.unchanged(boxes, anchors)
        same(got, reference.encode_offsets(boxes, anchors))
        got = student.decode_offsets.unchanged(offsets, anchors)
        same(got, reference.decode_offsets(offsets, anchors))


def assert_suppressed(value, boxes, scores, threshold, labels=None):
    """`value` is one of the right answers: with equal scores there may be several.

    A set of boxes is what the greedy rule keeps, for some order of the ties, exactly when no two
    of it drop each other and every other box is dropped by one of it with at least its score.
    """
    n = len(boxes)
    check(
        isinstance(value, np.ndarray) and value.dtype == np.int64 and value.ndim == 1,
        "the result should be a one-dimensional numpy array of int64",
    )
    kept = value.tolist()
    check(all(0 <= k < n for k in kept), "an index is no number of a box")
    check(len(set(kept)) == len(kept), "an index comes twice")
    drops = reference.box_iou(boxes, boxes) > threshold
    if labels is not None:
        drops &= labels[:, None] == labels
    check(
        not any(drops[i, j] for i in kept for j in kept if i != j),
        "two of the boxes kept overlap by more than the threshold",
    )
    check(
        all(
            any(drops[k, i] and scores[k] >= scores[i] for k in kept)
            for i in set(range(n)) - set(kept)
        ),
        "a box was dropped that no kept box of the same or a higher score overlaps enough",
    )
    check(
        all(scores[i] >= scores[j] for i, j in itertools.pairwise(kept)),
        "the indices are not in order of descending score",
    )


@exercise("nms", forbids=READY_MADE)
class TestNms:
    @weight(3)
    def test_crowd_of_boxes(self, student, rng):
        """nms keeps what the greedy rule keeps, out of many boxes that overlap in all degrees, in
        order of descending score. Are the boxes gone through from the highest score down?"""
        for threshold in (0.1, 0.3, 0.6):
            boxes, scores = random_boxes(rng, 30, size=40.0), rng.permutation(30) / 30
            expected = reference.nms(boxes, scores, threshold)
            same_indices(student.nms(boxes, scores, threshold), expected)

    @weight(2)
    def test_dropped_boxes_drop_nobody(self, student, rng):
        """When A drops B, then B, being gone, does not drop C: only boxes that were kept count."""
        start = rng.integers(-20, 20, size=2).astype(float)
        steps = np.arange(5.0)[:, None] * np.array([5.0, 0.0])
        boxes = np.hstack([start + steps, start + steps + [10.0, 7.0]])  # neighbours have IoU 1/3
        scores = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
        rows = rng.permutation(5)
        expected = [int(np.flatnonzero(rows == k)[0]) for k in (0, 2, 4)]
        same_indices(student.nms(boxes[rows], scores[rows], 0.3), expected)

    @weight(2)
    def test_equality_keeps(self, student, rng):
        """A box whose IoU with a kept one equals the threshold is kept; only a larger IoU drops.
        At threshold 0 boxes that touch are kept, and at threshold 1 even copies."""
        side = float(rng.integers(1, 9))
        boxes = side * np.array([[0.0, 0.0, 4.0, 4.0], [0.0, 0.0, 2.0, 4.0], [0.0, 0.0, 1.0, 4.0]])
        scores = np.array([0.5, 0.2, 0.9])  # IoU of the last with the first two: 1/4 and 1/2
        same_indices(student.nms(boxes, scores, 0.5), [2, 0, 1])
        same_indices(student.nms(boxes, scores, 0.49), [2, 0])
        same_indices(student.nms(boxes, scores, 0.25), [2, 0])
        same_indices(student.nms(boxes, scores, 0.24), [2])
        touching = side * np.array([[0.0, 0.0, 2.0, 1.0], [2.0, 0.0, 3.0, 4.0]])
        same_indices(student.nms(touching, np.array([0.1, 0.2]), 0.0), [1, 0])
        same_indices(student.nms(boxes[[0, 0]], np.array([0.1, 0.2]), 1.0), [1, 0])

    def test_scores_below_zero(self, student, rng):
        """Scores may be negative or huge: their order counts, not their sign or size."""
        boxes = random_boxes(rng, 25, size=40.0)
        scores = (rng.permutation(25) - 20.0) * 1e3
        expected = reference.nms(boxes, scores, 0.2)
        same_indices(student.nms(boxes, scores, 0.2), expected)

    def test_equal_scores(self, student, rng):
        """With equal scores every order of the tied boxes is right, but copies are still dropped
        and nothing else is."""
        boxes = random_boxes(rng, 14, size=30.0)
        boxes[7:] = boxes[:7]
        scores = rng.integers(0, 3, size=14) / 2
        assert_suppressed(student.nms(boxes, scores, 0.4), boxes, scores, 0.4)

    def test_one_box_none_and_no_area(self, student, rng):
        """One box is kept, no box gives an empty int64 array, and boxes without area have IoU 0
        with all others, so they are kept."""
        same_indices(student.nms(random_boxes(rng, 1), np.array([-2.0]), 0.5), [0])
        same_indices(student.nms(NO_BOXES, np.zeros(0), 0.5), [])
        x = float(rng.uniform(1.0, 9.0))
        flat = np.array([[x, 0.0, x, 9.0], [0.0, 0.0, 10.0, 10.0], [x, 0.0, x, 9.0]])
        same_indices(student.nms(flat, np.array([0.3, 0.6, 0.9]), 0.1), [2, 1, 0])

    @weight(2)
    def test_classes_do_not_drop_each_other(self, student, rng):
        """In nms_per_class a box drops only boxes with its own label, whatever its coordinates:
        two objects of different classes may stand in the same place."""
        start = rng.uniform(-30.0, 0.0, size=2)
        boxes = np.tile([0.0, 0.0, 8.0, 5.0], (5, 1)) + np.tile(start, 2)
        scores, labels = np.array([0.5, 0.9, 0.7, 0.8, 0.6]), np.array([4, 7, 4, 7, -3])
        got = student.nms_per_class(boxes, scores, labels, 0.5)
        same_indices(got, [1, 2, 4])
        far = float(rng.integers(15, 40))
        boxes = np.array([[0.0, 0.0, 8.0, 5.0], [0.0, 0.0, 8.0, 5.0], [far - 9, far - 9, far, far]])
        boxes[1] -= far + 1.0
        got = student.nms_per_class(boxes, scores[:3], np.array([0, 1, 0]), 0.3)
        same_indices(got, [1, 2, 0])

    @weight(2)
    def test_crowd_of_several_classes(self, student, rng):
        """nms_per_class gives indices into all boxes, of all classes together in order of
        descending score; labels may be any whole numbers."""
        boxes, scores = random_boxes(rng, 40, size=30.0), rng.permutation(40) / 7.0 - 2.0
        labels = rng.choice([-1000, -1, 0, 3, 1000], size=40)
        for threshold in (0.15, 0.4):
            expected = reference.nms_per_class(boxes, scores, labels, threshold)
            same_indices(student.nms_per_class(boxes, scores, labels, threshold), expected)

    def test_classes_with_ties_one_box_or_none(self, student, rng):
        """nms_per_class works with equal scores, with one box, with no box, and keeps a box whose
        IoU equals the threshold."""
        boxes = random_boxes(rng, 12, size=20.0)
        scores, labels = rng.integers(0, 3, size=12) / 2, rng.integers(5, 7, size=12)
        got = student.nms_per_class(boxes, scores, labels, 0.3)
        assert_suppressed(got, boxes, scores, 0.3, labels)
        nothing = np.zeros(0)
        same_indices(student.nms_per_class(NO_BOXES, nothing, nothing.astype(np.int64), 0.5), [])
        one = random_boxes(rng, 1)
        same_indices(student.nms_per_class(one, np.array([0.5]), np.array([9]), 0.5), [0])
        halves = np.array([[0.0, 0.0, 2.0, 4.0], [0.0, 0.0, 4.0, 4.0]])
        got = student.nms_per_class(halves, np.array([0.1, 0.2]), np.array([-5, -5]), 0.5)
        same_indices(got, [1, 0])

    def test_arguments_stay_as_they_are(self, student, rng):
        """Transposed and strided arguments work, and neither function changes one."""
        boxes = np.asfortranarray(random_boxes(rng, 9, size=20.0))
        scores, labels = strided(rng.permutation(9) / 9), strided(rng.integers(0, 2, size=9))
        got = student.nms.unchanged(boxes, scores, 0.2)
        same_indices(got, reference.nms(boxes, scores, 0.2))
        got = student.nms_per_class.unchanged(boxes, scores, labels, 0.2)
        same_indices(got, reference.nms_per_class(boxes, scores, labels, 0.2))


def feature_map(rng, anchors=2, classes=3, height=4, width=5):
    """What a network says about (height, width) cells, and the sizes of its anchors."""
    raw = rng.normal(size=(anchors * (5 + classes), height, width))
    return raw, rng.uniform(5.0, 60.0, size=(anchors, 2))


def assert_decoded(value, raw, anchors, stride, *, only="boxes scores"):
    names = ("boxes", "scores")
    expected = reference.yolo_decode(raw, anchors, stride)
    for name, got, right in zip(names, unpack(value, *names), expected, strict=True):
        if name in only.split():
            same(got, right, name=name)


@exercise("yolo_decode", forbids=READY_MADE)
class TestYoloDecode:
    @weight(2)
    def test_cells(self, student, rng):
        """A map of zeros with one anchor puts a box of the anchor's size in the middle of every
        cell, at x = (j + 0.5) * stride and y = (i + 0.5) * stride, row by row."""
        stride, sizes = float(rng.integers(4, 20)), rng.uniform(5.0, 60.0, size=(1, 2))
        for height, width in ((3, 5), (4, 2)):
            y, x = (np.indices((height, width)).reshape(2, -1) + 0.5) * stride
            half = sizes[0] / 2
            expected = np.stack([x - half[0], y - half[1], x + half[0], y + half[1]], axis=1)
            got = student.yolo_decode(np.zeros((6, height, width)), sizes, stride)
            boxes, scores = unpack(got, "boxes", "scores")
            same(boxes, expected, name="boxes")
            same(scores, np.full((height * width, 1), 0.25), name="scores")

    @weight(2)
    def test_boxes(self, student, rng):
        """cx and cy are the cell's corner plus the sigmoid of tx and ty, times the stride; w and h
        are the anchor's times exp of tw and th; and the boxes come as corners."""
        raw, anchors = feature_map(rng, anchors=1)
        got = student.yolo_decode(raw, anchors, 8)
        assert_decoded(got, raw, anchors, 8, only="boxes")

    @weight(2)
    def test_scores(self, student, rng):
        """scores[:, c] is the sigmoid of `to` times the sigmoid of class c, for every class: these
        are sigmoids, no softmax."""
        raw, anchors = feature_map(rng, anchors=1, classes=4)
        got = student.yolo_decode(raw, anchors, 8)
        assert_decoded(got, raw, anchors, 8, only="scores")

    @weight(2)
    def test_several_anchors(self, student, rng):
        """With A anchors, channel a * (5 + C) + k is entry k of anchor a, and the rows come cell by
        cell with the anchors of a cell one after the other."""
        for settings in ((3, 2, 4, 5), (4, 1, 3, 2), (2, 6, 2, 3)):
            raw, anchors = feature_map(rng, *settings)
            assert_decoded(student.yolo_decode(raw, anchors, 16), raw, anchors, 16)

    def test_extreme_values(self, student, rng):
        """Numbers of 1000 and -1000 in tx, ty, to and the classes give sigmoids of 1 and 0, never
        NaN; tw and th up to 5 are not clipped."""
        raw, anchors = feature_map(rng)
        raw = raw.reshape(2, 8, 4, 5)
        raw[:, [0, 1, 4, 5, 6, 7]] = rng.choice([-1000.0, 0.5, 1000.0], size=(2, 6, 4, 5))
        raw[:, 2:4] = rng.uniform(-5.0, 5.0, size=(2, 2, 4, 5))
        raw = raw.reshape(16, 4, 5)
        assert_decoded(student.yolo_decode(raw, anchors, 4), raw, anchors, 4)

    def test_one_cell_anchor_or_class(self, student, rng):
        """A single cell, row, column, anchor or class works, and a stride may be a fraction."""
        for settings in ((1, 1, 1, 1), (2, 3, 1, 4), (3, 1, 4, 1), (1, 4, 1, 3)):
            raw, anchors = feature_map(rng, *settings)
            assert_decoded(student.yolo_decode(raw, anchors, 7.5), raw, anchors, 7.5)

    def test_arguments_stay_as_they_are(self, student, rng):
        """Transposed and strided arguments work, and neither raw nor anchors is changed."""
        raw, anchors = feature_map(rng)
        raw, anchors = strided(raw), np.asfortranarray(anchors)
        assert_decoded(student.yolo_decode.unchanged(raw, anchors, 8), raw, anchors, 8)
        raw = rng.normal(size=(5, 4, 16)).transpose(2, 1, 0)
        assert_decoded(student.yolo_decode.unchanged(raw, anchors, 8), raw, anchors, 8)
