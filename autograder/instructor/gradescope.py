"""Results as Gradescope shows them: a `results.json` for each student.

The fields are those of Gradescope's documentation ("Autograder Specifications", Output format,
gradescope-autograders.readthedocs.io/en/latest/specs). What is in it a student may read: sentences
and messages, as on the page of feedback.
"""

from __future__ import annotations

from typing import Any

import msgspec

from autograder.grading.records import ExerciseResult, Record
from autograder.instructor.marks import Cell, Sheet

VISIBILITY = "visible"


def results(record: Record, sheet: Sheet) -> bytes:
    """The file's contents. Scores are the gradebook's: marks by hand and late penalty are in."""
    tests: list[dict[str, Any]] = []
    for number, (name, exercise) in enumerate(record.exercises.items(), start=1):
        tests += _exercise(number, name, exercise)
    written = [name for name in sheet.cells if name not in record.exercises]
    for number, name in enumerate(written, start=len(record.exercises) + 1):
        tests.append(_written(number, name, sheet.cells[name]))
    told: dict[str, Any] = {
        "score": sheet.score,
        "execution_time": round(record.seconds, 2),
        "output": "\n".join(_remarks(record, sheet)),
        "output_format": "text",
        "visibility": VISIBILITY,
        "tests": tests,
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n"


def _exercise(number: int, name: str, exercise: ExerciseResult) -> list[dict[str, Any]]:
    whole = sum(test.weight for test in exercise.tests)
    made = []
    for place, test in enumerate(exercise.tests, start=1):
        worth = exercise.max_points * test.weight / whole if whole else 0.0
        passed = test.verdict == "PASS"
        made.append(
            {
                "name": f"{name}: {test.sentence}",
                "number": f"{number}.{place}",
                "score": round(worth, 2) if passed else 0.0,
                "max_score": round(worth, 2),
                "status": "passed" if passed else "failed",
                "output": test.message,
                "output_format": "text",
                "visibility": VISIBILITY,
            }
        )
    return made


def _written(number: int, name: str, cell: Cell) -> dict[str, Any]:
    return {
        "name": f"{name}: marked by hand",
        "number": str(number),
        "score": cell.points,
        "max_score": cell.max_points,
        "output": "not marked yet" if cell.waits else cell.comment,
        "output_format": "text",
        "visibility": VISIBILITY,
    }


def _remarks(record: Record, sheet: Sheet) -> list[str]:
    """What the sum holds beyond the tests."""
    by_hand = [
        f"{name}: {sheet.cells[name].points:g} of {exercise.max_points:g} points, marked by hand"
        for name, exercise in record.exercises.items()
        if name in sheet.cells and _marked(sheet.cells[name])
    ]
    late = [f"{sheet.penalty:g} points are taken off for being late"] if sheet.penalty else []
    return by_hand + late


def _marked(cell: Cell) -> bool:
    return cell.manual is not None or cell.extra != 0


def stored(record: Record, sheet: Sheet) -> bool:
    """Whether the gradebook shows this record's points."""
    return all(
        name in sheet.cells and sheet.cells[name].auto == exercise.points
        for name, exercise in record.exercises.items()
    )
