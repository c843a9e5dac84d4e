"""`dl30 results`: the records, a student's tests one by one, and hidden tests that broke."""

from __future__ import annotations

import json
import os
from collections.abc import Callable

import pytest
from dl30_command import finish, run, start
from mini_course import FAST, HIDDEN, STEM, Mini
from report_lab import keep, not_begun, record

from autograder import notebook
from autograder.sandbox import launcher

# Only a student whose row_means gives -7 for a single 7 finds the broken test.
FRAGILE = (
    HIDDEN
    + '''
    def test_fragile(self, student):
        """It breaks in our hands."""
        seven = student.row_means(np.array([[7.0]]))
        if seven == -7:
            {}["our mistake"]
        check(seven == 7, "the mean of one number is that number")
'''
)


@pytest.fixture(scope="module")
def seen(new_mini: Callable[[], Mini]) -> Mini:
    """Graded: perfect, half right in an odd notebook, and one whose test is broken."""
    mini = new_mini()
    mini.hide(FRAGILE)
    mini.submit("ada")
    mini.submit("ben", "1 / 0", row_means="def row_means(x): return None")
    mini.submit("cleo", row_means="def row_means(x): return -x.mean(axis=1)")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(launcher, "PRELOAD", FAST)
        mini.grade(jobs=1)
    return mini


def test_a_student_test_by_test(seen: Mini) -> None:
    ran = run(seen, "results", "1", "--student", "ben")
    none = "`result` should be a numpy array, and is None (is a `return` missing?)"
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "student   score     of              what to know",
        "ben           7     11  ██████····  row_means 0/4, 1 note",
        "         + 3 points for 1 written question, marked by hand in the formgrader",
        "",
        "note on ben: code cell 2 raised ZeroDivisionError: division by zero",
        "  code cell 2, line 1: 1 / 0",
        "",
        "ben  scale  7 of 7",
        "  PASS   Every entry of a matrix is multiplied by the factor.",
        "  PASS   A factor of zero or below is a factor too.",
        "  PASS   A factor of zero or below is a factor too.",
        "",
        "ben  row_means  0 of 4",
        "  FAIL   One mean for each row, also where there are more columns than rows.",
        "         (TestRowMeans::test_oblong)",
        f"         {none}",
        "  FAIL   The rows are only read.",
        "         (TestRowMeans::test_input_stays)",
        f"         {none}",
        "  FAIL   It breaks in our hands.",
        "         (TestRowMeans::test_fragile)",
        "         the mean of one number is that number",
    ]


def test_what_is_not_started_is_one_line_and_what_is_the_same_is_said_once(mini: Mini) -> None:
    made = mini.room.blank()
    code = "def row_means(x):\n    return scale(x, 1)"
    mini.room.cell(made, "row_means_solution").source = code
    mini.path("ada").write_bytes(notebook.to_bytes(made))
    keep(mini, record("ada", not_begun("scale"), not_begun("row_means")))
    ran = run(mini, "results", "1", "--student", "ada")
    assert ran.out.splitlines()[3:] == [
        "",
        "ada  scale  0 of 7  not started",
        "",
        "ada  row_means  0 of 4  each of 2 tests says",
        "         row_means raised NotImplementedError",
        "           code cell 3, line 4: raise NotImplementedError()",
        "  FAIL   One mean for each row.",
        "         (TestRowMeans::test_oblong)",
        "  FAIL   The rows are only read.",
        "         (TestRowMeans::test_input_stays)",
    ]


def test_a_broken_test_is_told_to_the_teacher_alone(seen: Mini) -> None:
    ran = run(seen, "results", "1")
    assert ran.code == 1
    line = "cleo          -     11  ··········  broken: 1 hidden test is broken, first "
    assert line + "TestRowMeans::test_fragile" in ran.out.splitlines()
    assert ran.err.startswith("\nbroken hidden test TestRowMeans::test_fragile:\nTraceback")
    assert ran.err.endswith("KeyError: 'our mistake'\n\n")
    found = {each["student"]: each for each in json.loads(run(seen, "results", "1", "--json").out)}
    cleo = found["cleo"]
    assert (cleo["status"], cleo["score"], cleo["max_score"]) == ("broken", None, 11)
    assert "our mistake" not in json.dumps(cleo)
    assert [test["verdict"] for test in cleo["exercises"]["row_means"]["tests"]] == [
        "FAIL", "FAIL", "BROKEN"
    ]  # fmt: skip


def test_a_broken_submission_is_graded_again_and_not_stored(seen: Mini) -> None:
    ran = run(seen, "grade", "1")
    assert ran.code == 1
    assert ran.err.splitlines() == [
        f"{STEM}: 1 to grade, 2 unchanged",
        "1/1 cleo: broken: 1 hidden test is broken, first TestRowMeans::test_fragile",
    ]
    assert ran.out.splitlines()[-1] == "gradebook.db: 2 stored"
    assert sorted(path.name for path in seen.course.autograded.iterdir()) == ["ada", "ben"]


def test_some_students(seen: Mini) -> None:
    ran = run(seen, "results", "1", "--student", "ben", "--student", "ada", "--json")
    assert [found["student"] for found in json.loads(ran.out)] == ["ada", "ben"]
    assert ran.code == 0


def test_nobody_of_that_name(seen: Mini) -> None:
    ran = run(seen, "results", "1", "--student", "ada", "--student", "dan\x1b")
    assert ran.code == 2
    folder = seen.course.records / STEM
    assert ran.complaint == f"dl30: {folder}: no result of {STEM} for dan"


def test_a_closed_pipe_is_no_traceback(seen: Mini) -> None:
    """As in `dl30 results 1 --json | head -1`."""
    reader, writer = os.pipe()
    os.close(reader)
    with start(seen, "results", "1", "--json", stdout=writer) as process:
        os.close(writer)
        ran = finish(process)
    assert ran.err == ""
    assert ran.code not in (0, 2, 3)


def test_an_encoding_without_bars(seen: Mini) -> None:
    environment = os.environ | {"PYTHONIOENCODING": "latin-1"}
    ran = finish(start(seen, "results", "1", "--student", "ada", env=environment))
    assert ran.code == 0
    assert ran.out.splitlines()[1].startswith("ada          11     11  \\u2588")
