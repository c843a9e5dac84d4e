"""Submissions that are alike: copies stand out, honest classes do not."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from mini_course import ROOT, Mini, cell

from autograder import notebook, variants
from autograder.course import Course, Day
from autograder.demo import Classroom
from autograder.errors import Dl30Error
from autograder.grading.grade import submission_path
from autograder.report.likeness import fingerprints as prints
from autograder.report.likeness.answers import given_in, written_in
from autograder.report.likeness.find import HOW, Likeness, likeness
from autograder.report.likeness.fingerprints import WINDOW, K, fingerprint, fingerprints, hashes_of
from autograder.report.likeness.pairs import MIN_CLASS, alike

# A function nobody else writes, in two hands: other names, other comments, other layout.
ODD = """
def helper(values, limit):
    total = 0.0
    for place, value in enumerate(values):
        if place % 3 == 1 and value > limit:
            total += value ** 2 - 4 * place
        elif value < -limit:
            total -= abs(value) * (place + 17)
    return total / max(1, len(values) - 5)
"""
DISGUISED = """
# all my own work
def my_function(numbers, bound):
    s = 0.0          # the sum
    for i, v in enumerate(numbers):

        if i % 3 == 1 and v > bound:
            s += v ** 2 - 4 * i
        elif v < -bound:
            s -= abs(v) * (i + 17)
    return s / max(1, len(numbers) - 5)
"""


def small_function(number: int) -> str:
    """Code of about that size which differs from number to number."""
    signs, rng = "+-*/", np.random.default_rng(number)
    terms = " ".join(f"{rng.choice([*signs])} {rng.integers(100)}" for _ in range(12))
    lines = "\n".join(f"    a = max(a {terms}, {rng.integers(1000)}, {n})" for n in range(3))
    return f"def f{number}(a):\n{lines}\n    return a"


def hand_in(mini: Mini, *odd: str) -> list[str]:
    """A class of twelve with code of their own, and one more student for each of `odd`."""
    names = [f"s{number:02}" for number in range(12 + len(odd))]
    for number, name in enumerate(names):
        mini.submit(name, [small_function(n) for n in range(12)][number] if number < 12
                    else odd[number - 12])  # fmt: skip
    return names


def compare(mini: Mini, names: Sequence[str]) -> Likeness:
    return likeness(mini.course, mini.day, names)


def test_a_disguised_copy_stands_out_and_is_shown(mini: Mini) -> None:
    found = compare(mini, hand_in(mini, ODD, DISGUISED))
    (twins,) = found.twins
    assert (twins.first, twins.second, found.standing_out) == ("s12", "s13", 1)
    assert (found.submissions, found.compared, found.why_not) == (14, 91, "")
    assert min(twins.of_first, twins.of_second) > 0.9
    ((left, right),) = twins.cells
    marked = ["".join(text for text, mark in line if mark) for line in left.lines if line]
    assert any("total += value ** 2 - 4 * place" in text for text in marked)
    segments = [segment for line in right.lines if line for segment in line]
    assert any("s += v ** 2 - 4 * i" in text for text, mark in segments if mark)
    assert [mark for text, mark in segments if "all my own work" in text] == [False]


def test_a_class_without_copies(mini: Mini) -> None:
    found = compare(mini, hand_in(mini))
    assert (found.twins, found.standing_out, found.why_not) == ((), 0, "")


def test_what_was_given_out_counts_for_nothing(mini: Mini) -> None:
    """Also when two hand it in as if it were their own, and laid out anew."""
    released = json.loads(mini.day.release_notebook.read_text())
    released["cells"].append(cell("given", ODD, locked=True))
    mini.day.release_notebook.write_text(json.dumps(released))
    assert compare(mini, hand_in(mini, ODD, ODD)).twins == ()
    assert compare(mini, hand_in(mini, DISGUISED, DISGUISED)).twins == ()


def test_what_many_wrote_counts_for_nothing(mini: Mini) -> None:
    assert compare(mini, hand_in(mini, *[ODD] * 5)).twins == ()
    assert compare(mini, hand_in(mini, *[ODD] * 3)).standing_out == 3


def test_own_code_keeps_its_places(mini: Mini) -> None:
    given = given_in(mini.day.release_notebook.read_bytes())
    path = mini.submit("ada", ODD)
    codes = written_in(path, given)
    assert {code.name for code in codes} == {"a cell of their own", "scale", "row_means"}
    for code in codes:
        assert len(code.own) == len(code.source)
        kept = [(a, b) for a, b in zip(code.own, code.source, strict=True) if a != "#"]
        assert all(a == b for a, b in kept)
    scale = next(code for code in codes if code.name == "scale")
    assert "x times factor" in scale.source
    assert "x times factor" not in scale.own
    assert "np.asarray(x) * factor" in scale.own


@pytest.fixture(scope="module")
def day14() -> tuple[Course, Day]:
    course = Course.find(ROOT)
    return course, course.day("14")


def test_the_honest_variants_of_a_day_are_no_copies(
    day14: tuple[Course, Day], tmp_path: Path
) -> None:
    """Each is the reference but for one exercise, written another way."""
    course, day = day14
    room = Classroom(course, day)
    honest = [variant for variant in variants.load(day.variants) if variant.honest]
    scratch = Course(tmp_path)
    names = [variant.name for variant in honest]
    for name in names:
        path = submission_path(scratch, day, name)
        path.parent.mkdir(parents=True)
        path.write_bytes(notebook.to_bytes(room.solved(name)))
    found = likeness(scratch, day, names)
    assert (found.submissions, found.standing_out) == (34, 0)


def test_every_run_of_thirty_characters_is_found() -> None:
    """The promise of winnowing: what two share for K + WINDOW - 1 characters, they share a
    fingerprint of."""
    rng = np.random.default_rng(4)
    for _ in range(20):
        digits = lambda size: "".join(map(str, rng.integers(10, size=size)))  # noqa: E731
        shared = digits(K + WINDOW - 1)
        first, second = (f"x({digits(80)}{shared}{digits(90)})" for _ in range(2))
        both = set(fingerprint(first).hashes.tolist()) & set(fingerprint(second).hashes.tolist())
        assert both


def test_names_comments_and_layout_do_not_count() -> None:
    ours, theirs = (set(fingerprint(code).hashes.tolist()) for code in (ODD, DISGUISED))
    assert len(ours & theirs) == len(ours)


def test_hashes_are_of_all_runs_and_short_code_has_none() -> None:
    text = "def V(V):return V+1" * 3
    found = hashes_of(text)
    assert len(found) == len(text) - K + 1
    assert found[0] == found[19]
    assert (found < 2**52).all()
    assert len(fingerprint("x = 1").hashes) == len(fingerprint("").hashes) == 0


def test_fingerprints_are_kept_and_the_same_in_every_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept"
    texts = [small_function(number) for number in range(6)]
    first = fingerprints(texts[:4], kept)
    (tmp_path / "autograder").mkdir()  # such as a course may have
    (tmp_path / "msgspec.py").write_text("raise SystemExit('a student was here')")
    with monkeypatch.context() as patch:
        patch.chdir(tmp_path)
        patch.setattr(prints, "ELSEWHERE_FROM", 1)
        elsewhere = fingerprints(texts, tmp_path / "elsewhere")
    monkeypatch.setattr(prints, "distinct_hashes", lambda text: pytest.fail("made again"))
    again = fingerprints(texts[:4], kept)
    for text in texts[:4]:
        assert first[text].tolist() == again[text].tolist() == elsewhere[text].tolist() != []
    kept.write_bytes(b"torn")
    with pytest.raises(pytest.fail.Exception, match="made again"):
        fingerprints(texts[:4], kept)


def test_a_process_that_fails_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prints, "ELSEWHERE_FROM", 1)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(Dl30Error) as caught:
        fingerprints([ODD], tmp_path / "kept")
    assert str(caught.value) == (
        "a process that compares submissions failed: it said nothing (run the same command again)"
    )


def test_a_small_class_is_not_compared(mini: Mini) -> None:
    for number in range(MIN_CLASS - 1):
        mini.submit(f"s{number}", ODD)
    found = compare(mini, [f"s{number}" for number in range(MIN_CLASS - 1)])
    assert found.why_not == (
        "7 of the submissions hold code of their own: from 8 on it can be said what is rare"
    )


def test_one_that_holds_code(mini: Mini) -> None:
    mini.submit("ada", ODD)
    assert compare(mini, ["ada"]).why_not.startswith("1 of the submissions holds code of")


HOSTILE = {
    "no json": b"{",
    "a list": b"[]",
    "cells are none": b'{"cells": 3}',
    "odd cells": b'{"cells": [{"cell_type": "code", "source": 3, "metadata": []},'
    b' {"cell_type": "code", "source": ["x = 1", 4], "metadata": {"nbgrader": {"grade_id": 5}}}]}',
    "deep": b'{"cells": ' + b"[" * 100_000,
    "half a pair": rb'{"cells": [{"cell_type": "code", "source": "x = \"\ud800\" + y"}]}',
    "no python": json.dumps(
        {"cells": [{"cell_type": "code", "source": "\x00\u202e)(" * 50 + "'" * 99}]}
    ).encode(),
    "empty lines": json.dumps(
        {"cells": [{"cell_type": "code", "source": "x = 1\n" + "\t\n" * 90_000 + "y = 2"}]}
    ).encode(),
    "long": json.dumps({"cells": [{"cell_type": "code", "source": "x=1;" * 60_000}]}).encode(),
}


def test_hostile_notebooks_end_nothing(mini: Mini) -> None:
    names = hand_in(mini, ODD, DISGUISED)
    for number, content in enumerate(HOSTILE.values()):
        mini.path(f"h{number}").write_bytes(content)
    mini.path("pipe").symlink_to("/dev/zero")
    found = compare(mini, [*names, *(f"h{number}" for number in range(len(HOSTILE))), "pipe"])
    assert [(twins.first, twins.second) for twins in found.twins] == [("s12", "s13")]


@pytest.mark.parametrize("before", ["\n\n", "\ufeff", "\r\n", "x = 1\r\n\r\n", "# é\n"])
def test_marks_stand_where_the_code_does(mini: Mini, before: str) -> None:
    found = compare(mini, hand_in(mini, before + ODD, DISGUISED))
    ((left, _),) = found.twins[0].cells
    marked = [text for line in left.lines if line for text, mark in line if mark]
    assert any(text.endswith("> limit:") for text in marked)
    assert any(text.strip() == "total -= abs(value) * (place + 17)" for text in marked)


def test_pairs_are_weighed_by_how_rare_their_code_is() -> None:
    """What two of sixteen have weighs three bits each, what four have two, one's own four."""
    own = [np.arange(1000 * n, 1000 * n + 30) for n in range(16)]
    rare, common = np.arange(50, 90), np.arange(200, 240)
    sets = [
        np.concatenate([
            own[n],
            rare if n < 2 else own[n][:0],
            common if n < 4 else own[n][:0],
        ]).astype(np.uint64)
        for n in range(16)
    ]  # fmt: skip
    found = alike([np.unique(one) for one in sets])
    assert found is not None
    first = found.pairs[0]
    assert (first.first, first.second, first.shared) == (0, 1, 80)
    assert first.weight == pytest.approx(40 * 3 + 40 * 2)
    assert first.of_first == pytest.approx(200 / (200 + 30 * 4))
    assert found.highest == pytest.approx(200)
    assert found.median == 0
    five = [np.union1d(own[n], common if n < 5 else own[n]).astype(np.uint64) for n in range(16)]
    assert (many := alike(five)) is not None
    assert many.highest == 0


def test_without_copydetect(mini: Mini, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "copydetect" else find(name)
    )
    assert compare(mini, hand_in(mini, ODD, ODD)) == Likeness(why_not=HOW)
    assert re.search(r"pip install 'dl30\[report\]'", HOW)


def test_the_rest_of_the_report_imports_no_copydetect() -> None:
    program = (
        "import sys; import autograder.report.page, autograder.report.likeness.find; "
        "print('copydetect' in sys.modules, 'matplotlib' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "False"]
