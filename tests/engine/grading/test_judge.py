"""Verdicts: what the student did is FAIL, what we did is BROKEN, and only a pass gives points."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from mini_course import FAST, HIDDEN, MAX_SCORE, POINTS, TESTS, Mini, plain

from autograder.grading import judge
from autograder.grading.judge import UNEXPLAINED
from autograder.grading.records import Outcome, Record
from autograder.grading.running import Phase
from autograder.sandbox import launcher

BROKEN = "this test could not be judged; your teacher has been told"
ODD = '''
import asyncio
import contextlib
import warnings

import numpy as np
import pytest

from autograder.testing import StudentFailure, assert_close, check, exercise, weight
from solutions import day01_mini as reference


@pytest.fixture
def trouble():
    raise LookupError("the fixture is wrong")


@pytest.fixture
def trouble_later():
    yield
    raise LookupError("the fixture is wrong")


@pytest.fixture
def complaint_later(student):
    yield
    raise StudentFailure("left something behind")


@pytest.fixture
def shared():
    return []


@exercise("scale")
class TestJudged:
    count = 0

    def test_pass(self, student):
        """It passes."""
        check(student.scale(2, 3) == 6, "2 times 3 is not 6")

    def test_bare_assert(self, student):
        """A bare assert."""
        secret = 4321
        assert student.scale(2, 3) == secret, f"should be {secret}"

    def test_bare_assert_on_arrays(self, student):
        """A bare assert on arrays."""
        np.testing.assert_allclose(student.scale(np.ones(3), 3), 4321.5)

    def test_own_words(self, student):
        """In own words."""
        long = "x" * 600 + 20 * "\\n"
        raise StudentFailure("\\x1b[31mlook at\\r  row 3\\n  code cell\\t7\\n" + long)

    def test_complaint_in_teardown(self, student, complaint_later):
        """It fails late."""

    def test_state_of_the_class(self, student, shared):
        """Nothing is left from another submission."""
        type(self).count = TestJudged.count + 1
        shared.append(1)
        self.mark = getattr(self, "mark", 0) + 1
        check(self.mark == 1 and len(shared) == 1, "something is left")

    def test_warns(self, student):
        """A warning is nothing."""
        warnings.warn("beware")
        print("expected 4321")
        np.float64(1) / np.float64(0)

    def test_no_docstring(self, student):
        check(False, "no sentence")

    def test_long_sentence(self, student):
        """One line
            made of    three,
        with 	a tab."""


@exercise("row_means")
class TestBroken:
    @weight(1)
    def test_pass(self, student):
        """It passes."""

    def test_index_error(self, student):
        """Ours."""
        [][student.scale(1, 1)]

    def test_skip(self, student):
        """Ours."""
        pytest.skip("not today")

    @pytest.mark.skip
    def test_skip_mark(self, student):
        """Ours."""

    @pytest.mark.skipif(True, reason="never")
    def test_skipif(self, student):
        """Ours."""

    def test_importorskip(self, student):
        """Ours."""
        pytest.importorskip("no_module_of_that_name")

    def test_xfail(self, student):
        """Ours."""
        pytest.xfail("known")

    @pytest.mark.xfail
    def test_xfail_mark(self, student):
        """Ours."""
        assert False

    @pytest.mark.xfail
    def test_xfail_mark_passes(self, student):
        """Ours."""

    @pytest.mark.xfail(strict=True)
    def test_xfail_strict_passes(self, student):
        """Ours."""

    @pytest.mark.xfail(run=False)
    def test_xfail_not_run(self, student):
        """Ours."""

    def test_fixture(self, student, trouble):
        """Ours."""

    def test_missing_fixture(self, student, nothing_of_the_kind):
        """Ours."""

    def test_teardown(self, student, trouble_later):
        """Ours."""

    def test_system_exit(self, student):
        """Ours."""
        raise SystemExit(0)

    def test_pytest_fail(self, student):
        """Ours."""
        pytest.fail("not the way to say it")

    def test_pytest_raises(self, student):
        """Ours."""
        with pytest.raises(ValueError):
            student.scale(1, 1)

    def test_expects_nan(self, student):
        """Ours."""
        assert_close(student.scale(1, 1), float("nan"), rtol=1, atol=1)

    def test_group(self, student):
        """Ours."""
        raise BaseExceptionGroup("both", [AssertionError(), StudentFailure()])

    def test_recursion(self, student):
        """Ours."""
        self.test_recursion(student)

    def test_generator_exit(self, student):
        """Ours."""
        raise GeneratorExit

    def test_cancelled(self, student):
        """Ours."""
        raise asyncio.CancelledError

    async def test_async(self, student):
        """Ours."""
'''


@pytest.fixture(scope="module")
def odd(new_mini: Callable[[], Mini]) -> Record:
    """A perfect notebook, judged third by odd tests in one process."""
    mini = new_mini()
    mini.hide(ODD)
    for student in ("first", "perfect"):
        mini.submit(student)
    mini.blank("blank")
    first, _, record = mini.judge("first", "blank", "perfect")
    assert plain(first) == plain(record)
    return record


def outcome(record: Record, name: str) -> Outcome:
    tests = [test for result in record.exercises.values() for test in result.tests]
    (found,) = (test for test in tests if test.name == name)
    return found


@pytest.mark.parametrize(
    ("name", "verdict", "message"),
    [
        ("pass", "PASS", ""),
        ("bare_assert", "FAIL", UNEXPLAINED),
        ("bare_assert_on_arrays", "FAIL", UNEXPLAINED),
        ("own_words", "FAIL", f"[31mlook at row 3\n  code cell 7\n{'x' * 499}…" + "\n" * 5),
        ("complaint_in_teardown", "FAIL", "left something behind"),
        ("state_of_the_class", "PASS", ""),
        ("warns", "PASS", ""),
        ("no_docstring", "FAIL", "no sentence"),
        ("long_sentence", "PASS", ""),
    ],
)
def test_the_students_verdicts(odd: Record, name: str, verdict: str, message: str) -> None:
    found = outcome(odd, f"TestJudged::test_{name}")
    assert (found.verdict, found.message) == (verdict, message)
    assert found.name not in odd.broken


OURS = {
    "index_error": "IndexError: list index out of range",
    "skip": "Skipped: not today",
    "skip_mark": "Skipped: unconditional skip",
    "skipif": "Skipped: never",
    "importorskip": "Skipped: could not import 'no_module_of_that_name'",
    "xfail": "the test is marked xfail",
    "xfail_mark": "the test is marked xfail",
    "xfail_mark_passes": "the test is marked xfail",
    "xfail_strict_passes": "pytest ended the test as failed: [XPASS(strict)]",
    "xfail_not_run": "the test is marked xfail",
    "fixture": "LookupError: the fixture is wrong",
    "missing_fixture": "FixtureLookupError: ('nothing_of_the_kind'",
    "teardown": "LookupError: the fixture is wrong",
    "system_exit": "SystemExit: 0",
    "pytest_fail": "Failed: not the way to say it",
    "pytest_raises": "DID NOT RAISE",
    "expects_nan": "ValueError: the expected result has NaN in it",
    "group": "ExceptionGroup: both (2 sub-exceptions)",
    "recursion": "RecursionError",
    "generator_exit": "GeneratorExit",
    "cancelled": "CancelledError",
    "async": "an async test, which nobody here waits for",
}


@pytest.mark.parametrize("name", OURS)
def test_our_own_faults_are_broken(odd: Record, name: str) -> None:
    found = outcome(odd, f"TestBroken::test_{name}")
    assert (found.verdict, found.message) == ("BROKEN", BROKEN)
    assert OURS[name] in odd.broken[found.name]


def test_every_broken_test_is_told(odd: Record) -> None:
    assert set(odd.broken) == {f"TestBroken::test_{name}" for name in OURS}
    first = "TestBroken::test_index_error"
    assert odd.problem == f"{len(OURS)} hidden tests are broken, first {first}"
    assert 'test_day01_mini.py", line' in odd.broken[first]


def test_what_is_broken_has_no_score_and_the_rest_is_judged(odd: Record) -> None:
    assert (odd.status, odd.score, odd.max_score) == ("broken", None, MAX_SCORE)
    judged, broken = odd.exercises["scale"], odd.exercises["row_means"]
    assert judged.points == round(POINTS["scale"] * 4 / 9, 2) == 3.11
    # No excuse of pytest's gives a point: one of all tests passed.
    assert broken.points == round(POINTS["row_means"] / (1 + len(OURS)), 2)


def test_sentences_stand_on_one_line(odd: Record) -> None:
    assert outcome(odd, "TestJudged::test_no_docstring").sentence == ""
    assert outcome(odd, "TestJudged::test_long_sentence").sentence == (
        "One line made of three, with a tab."
    )


def test_no_expected_value_is_told(odd: Record) -> None:
    for result in odd.exercises.values():
        assert not [test for test in result.tests if "4321" in test.message + test.sentence]


@pytest.mark.parametrize("phases", [[], ["setup"], ["setup", "teardown"]])
def test_without_a_report_of_the_call_nothing_passes(phases: list[str]) -> None:
    ended = [Phase(phase, None) for phase in phases]
    assert judge._worst(ended)[:2] == ("BROKEN", BROKEN)


# What ends a test's process.

ENDS = (
    HIDDEN
    + '''

@exercise("row_means")
class TestEnds:
    def test_ends(self, student):
        """This is the end."""
        import os, signal
        wish = student.row_means(np.ones((1, 1))).tolist()
        if wish == [0.0]:
            os._exit(0)
        if wish == [9.0]:
            os.kill(os.getpid(), signal.SIGKILL)
        if wish == [2.0]:
            raise KeyboardInterrupt
        if wish == [5.0]:
            pytest.exit("enough", returncode=0)
'''
)


@pytest.fixture(scope="module")
def ended(new_mini: Callable[[], Mini]) -> dict[str, Record]:
    """A class in which some notebooks find a hidden test that ends the grading process."""
    mini = new_mini()
    mini.hide(ENDS)
    for name, wish in (("exit", 0), ("kill", 9), ("interrupt", 2), ("quit", 5)):
        mini.submit(name, row_means=f"def row_means(x): return 0 * x[0] + {wish}")
    mini.submit("good")
    mini.submit("late")
    names = ["exit", "good", "interrupt", "kill", "late", "quit"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(launcher, "PRELOAD", FAST)
        return {record.student: record for record in mini.grade(students=names)}


@pytest.mark.parametrize(
    ("student", "why"),
    [
        ("exit", "it ended with 0"),
        ("kill", "it ended with -9"),
        ("interrupt", "a hidden test ended pytest (exit code 2)"),
        ("quit", "a hidden test ended pytest (exit code 0)"),
    ],
)
def test_a_lost_process_breaks_one_submission(
    ended: dict[str, Record], student: str, why: str
) -> None:
    record = ended[student]
    assert (record.status, record.score, record.exercises) == ("broken", None, {})
    assert record.problem == f"the grading process was lost: {why}"


@pytest.mark.parametrize("student", ["good", "late"])
def test_the_others_are_judged_all_the_same(ended: dict[str, Record], student: str) -> None:
    assert (ended[student].status, ended[student].score) == ("graded", MAX_SCORE)


# Many submissions through one collection.

DRAWS = """
from autograder.testing import check, exercise


@exercise("scale")
class TestDraws:
    def test_one(self, student, rng):
        check(False, f"{rng.integers(10**9)} {student.scale(0, 0)}")

    def test_two(self, student, rng):
        check(False, f"{rng.integers(10**9)} {student.scale(0, 0)}")


@exercise("row_means")
class TestMore:
    def test_one(self, student, rng):
        check(False, f"{rng.integers(10**9)} {student.scale(0, 0)}")
"""
DRAWING = """
    def scale(x, factor):
        import random
        return random.randrange(10**9), int(np.random.randint(10**9))
"""


def draws(record: Record) -> list[str]:
    return [test.message for result in record.exercises.values() for test in result.tests]


def test_data_depend_on_seed_and_test_alone(mini: Mini) -> None:
    mini.hide(DRAWS)
    for student in ("ann", "ben"):
        mini.submit(student, scale=DRAWING)
    one, other, again, third = (
        *mini.judge("ann", "ben", "ann", seed=7),
        *mini.judge("ann", seed=8),
    )
    assert draws(one) == draws(other) == draws(again)
    # The test's own numbers, the student's from `random`, and the student's from numpy.
    for column in range(3):
        drawn = [re.findall(r"\d+", message)[column] for message in draws(one) + draws(third)]
        assert len(set(drawn)) == 6


def test_results_do_not_depend_on_what_was_judged_before(
    mini: Mini, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "-k matrix --exitfirst")
    monkeypatch.setenv("PYTEST_PLUGINS", "no_plugin_of_that_name")
    wild = "np.mean = np.random.normal = None; import builtins; builtins.len = None"
    mini.submit("ada")
    mini.submit("wild", wild, scale="def scale(x, factor): return factor")
    mini.submit("slow", row_means="def row_means(x): return x.mean(axis=0)")
    mini.submit("dies", row_means="def row_means(x): import os; os._exit(3)")
    mini.blank("blank")
    order = ["ada", "wild", "slow", "dies", "blank"]
    forth, back = mini.judge(*order), mini.judge(*reversed(order))
    assert [plain(record) for record in forth] == [plain(record) for record in reversed(back)]
    assert [record.score for record in forth] == [MAX_SCORE, 4, 7, 7, 0]
    ada = forth[0].exercises
    assert [test.name for result in ada.values() for test in result.tests] == TESTS


@pytest.mark.parametrize(
    ("scale", "points"),
    [
        ("return 2.515625 * x", 4.2),  # the matrix alone, weight 3 of 5
        ("return 0 * x", 1.4),
        ("return -abs(factor) * x if factor < 1 else x", 2.8),
    ],
)
def test_points_go_by_weight(mini: Mini, scale: str, points: float) -> None:
    mini.submit("ada", scale=f"def scale(x, factor): {scale}")
    (record,) = mini.judge("ada")
    assert record.exercises["scale"].points == points
    assert [test.weight for test in record.exercises["scale"].tests] == [3, 1, 1]
    assert record.score == points + POINTS["row_means"]
