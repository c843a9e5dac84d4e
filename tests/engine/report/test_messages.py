"""Which messages are one."""

from __future__ import annotations

import pytest
from report_lab import WRONG, not_begun, record

from autograder.report.messages import common, kind_of, most_read


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("`out` has shape (4, 5, 13), and should have (4, 11)",
         "`out` has shape (…), and should have (…)"),
        ("`out` has shape (7,), and should have ()", "`out` has shape (…), and should have ()"),
        ("`dw`: 210 of 210 entries are off by up to 2.5e+01",
         "`dw`: # of # entries are off by up to #"),
        ("`x`: 3 of 4 entries are off by up to 1e-09: every entry is 0.125 times what it should be",
         "`x`: # of # entries are off by up to #: every entry is # times what it should be"),
        ("f raised NameError: name 'foo' is not defined\n  code cell 4, line 3: return foo",
         "f raised NameError: name '…' is not defined"),
        ("conv2d_fast was stopped: it did not finish within 6 s",
         "conv2d_fast was stopped: it did not finish within # s"),
        ("f raised ValueError: shapes (4,7,5) (4,7,4)", "f raised ValueError: shapes (…) (…)"),
        ("f raised IndexError: index -3 is out of bounds for axis 0 with size 2",
         "f raised IndexError: index # is out of bounds for axis # with size #"),
        ("`x1` is wrong", "`x1` is wrong"),
        ("", ""),
    ],
)  # fmt: skip
def test_kinds(message: str, kind: str) -> None:
    assert kind_of(message) == kind


def test_students_are_counted_once_and_wordings_told() -> None:
    made = [
        record("ada", {0: WRONG.format(3), 1: WRONG.format(4)}),
        record("ben", {0: WRONG.format(3)}),
        record("cleo", {0: "`result` is wrong"}, not_begun("row_means")),
        record("dan", None, {0: WRONG.format(3)}),
    ]
    first, second, third = common(made)
    assert (first.exercise, first.example) == ("scale", WRONG.format(3))
    assert (first.students, first.tests, first.wordings) == (("ada", "ben"), 2, 2)
    assert (second.exercise, second.students) == ("row_means", ("dan",))
    assert (third.exercise, third.students) == ("scale", ("cleo",))


def test_an_echo_is_no_message() -> None:
    echo = "scale was stopped in earlier tests and is not called again"
    stop = "scale was stopped: it did not finish within 6 s"
    made = [record("ada", {0: stop, 1: echo, 2: echo}), record("ben", {0: stop, 1: echo, 2: echo})]
    assert [kind.example for kind in common(made)] == [stop]
    assert most_read(made, "scale", "TestScale::test_matrix") == (stop, 2)
    assert most_read(made, "scale", "TestScale::test_factor[0]") == ("", 0)
