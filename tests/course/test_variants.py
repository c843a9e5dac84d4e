"""A day's hidden tests are right when they tell its named mistakes from its honest alternatives."""

from __future__ import annotations

import textwrap

import pytest

from autograder import notebook, variants
from autograder.course import Exercise
from autograder.grading.records import Record

# What a function can do that no exercise asks for. Each replaces every function of an exercise.
OFFENDERS = {
    "returns_none": "return None",
    "returns_a_string": "return 'PASS'",
    "returns_nan": "return float('nan')",
    "returns_an_array_of_nan": "return np.full((2, 3), np.nan)",
    "returns_a_tuple_of_none": "return None, None, None",
    "returns_zeros": "return np.zeros((4, 4))",
    "returns_its_arguments": "return args",
    "returns_itself": "return returns_itself if False else (lambda: 0)",
    "returns_a_lying_object": textwrap.dedent(
        """
        class Liar:
            shape, dtype, ndim = (), float, 0
            __eq__ = __bool__ = lambda *a: True
            __array__ = lambda *a, **k: (_ for _ in ()).throw(RuntimeError("no"))
        return Liar()
        """
    ).strip(),
    "prints_a_megabyte": "print('x' * 2**20)",
    "raises": "raise RuntimeError('<b>no</b>')",
    "exits": "import sys; sys.exit(0)",
}


def offender(exercise: Exercise, body: str) -> dict[str, str]:
    return {
        name: f"def {name}(*args, **kwargs):\n" + textwrap.indent(body, "    ")
        for name in exercise.functions
    }


@pytest.fixture(scope="module")
def records(trial) -> dict[str, Record]:
    trial.hand_in("reference", trial.filled_in())
    trial.hand_in("blank", notebook.read(trial.day.release_notebook))
    for variant in variants.load(trial.day.variants):
        trial.hand_in(f"variant-{variant.name}", trial.filled_in(variant.functions))
    for exercise in trial.day.exercises():
        for name, body in OFFENDERS.items():
            made = trial.filled_in(offender(exercise, body))
            trial.hand_in(f"offender-{name}-{exercise.name}", made)
    return trial.grade()


def test_nothing_is_broken(records):
    broken = {name: found.broken or found.problem for name, found in records.items()}
    assert not {name: why for name, why in broken.items() if why}


def test_reference_gets_every_point(trial, records):
    found = records["reference"]
    assert found.score == found.max_score == sum(item.points for item in trial.day.exercises())
    assert not found.notes


def test_untouched_release_gets_none(records):
    assert records["blank"].score == 0


def test_every_wrong_variant_loses_points_in_its_own_exercise(trial, records):
    wrong = [variant for variant in variants.load(trial.day.variants) if not variant.honest]
    assert {variant.exercise for variant in wrong} == {e.name for e in trial.day.exercises()}
    unnoticed = [variant.name for variant in wrong if full(records, variant)]
    assert unnoticed == []


def test_every_right_variant_gets_all(trial, records):
    right = [variant for variant in variants.load(trial.day.variants) if variant.honest]
    assert right
    lost = {
        variant.name: messages(records[f"variant-{variant.name}"])
        for variant in right
        if records[f"variant-{variant.name}"].score != records["reference"].score
    }
    assert lost == {}


def test_universal_offenders_fail(trial, records):
    passed = [
        (name, exercise.name)
        for exercise in trial.day.exercises()
        for name in OFFENDERS
        if records[f"offender-{name}-{exercise.name}"].exercises[exercise.name].points
    ]
    assert passed == []


def full(records: dict[str, Record], variant: variants.Variant) -> bool:
    result = records[f"variant-{variant.name}"].exercises[variant.exercise]
    return result.points == result.max_points


def messages(record: Record) -> list[str]:
    return [
        f"{test.name}: {test.message}"
        for result in record.exercises.values()
        for test in result.tests
        if test.verdict != "PASS"
    ]
