"""The files of a new day: one small exercise that works, and what is to be written marked TODO."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from autograder.course import Course, Day
from autograder.errors import UsageError

SOLUTION = '''"""Day {number}: TODO what is built, in a sentence.

TODO conventions, and the papers that formulas and names come from.
"""

from __future__ import annotations

import numpy as np


def double(x: np.ndarray) -> np.ndarray:
    """Twice every entry of `x` (TODO: this exercise only shows where everything goes).

    x: (N, D) float64, not changed
    returns: (N, D) float64

    >>> double(np.array([[1.0, -2.0]]))
    array([[ 2., -4.]])
    """
    ### BEGIN SOLUTION
    out: np.ndarray = 2.0 * x
    return out
    ### END SOLUTION
'''
HIDDEN = '''"""Hidden tests of day {number}: the student's functions against the reference.

TODO what all of them have in common: sizes, tolerances.
"""

from __future__ import annotations

import numpy as np

from autograder.testing import assert_close, exercise, weight
from solutions import {stem} as reference


@exercise("double")
class TestDouble:
    @weight(2)
    def test_random_matrix(self, student, rng):
        """Every entry of the (N, D) result is twice that of x, whatever its sign."""
        x = rng.normal(size=(5, 3))
        got = student.double(x)
        assert_close(got, reference.double(x), rtol=1e-12, atol=0, dtype=np.float64)

    def test_x_stays_as_it_is(self, student, rng):
        """A transposed x works as well, and x itself is not changed."""
        x = rng.normal(size=(2, 4)).T
        assert_close(student.double.unchanged(x), reference.double(x), rtol=1e-12, atol=0)
'''
ORACLE = '''"""Day {number}'s reference against oracles that are not it.

TODO torch, brute force, a published table, a closed form.
"""

from __future__ import annotations

import numpy as np

from solutions import {stem} as day


def test_double_adds_x_to_itself():
    x = np.random.default_rng({int_number}).normal(size=(4, 7))
    assert np.array_equal(day.double(x), x + x)
'''
VARIANTS = '''"""Day {number}'s wrong versions, which lose points, and right ones, which lose none.

TODO every typical mistake and every honest other way, several for each exercise.
"""

from __future__ import annotations

import numpy as np

from autograder.testing import right, wrong


@wrong("double")
def double_squares(x):
    """The square instead of the double."""
    return x**2


@right("double")
def double_by_loops(x):
    """Entry by entry."""
    out = np.empty_like(x)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            out[i, j] = x[i, j] + x[i, j]
    return out
'''
TITLE = """# Day {number} · {title}

TODO what is built today, why anyone needs it, and one picture.

| | exercise | what it is | minutes | points |
|---|---|---|---|---|
| 1 | `double` | TODO | 5 | 92 |
| | two written questions | TODO | 20 | 8 |"""
EXERCISE = """## Exercise 1 · double
*5 min · difficulty 1/3 · 92 points*

TODO the theory in plain words, with the formula and its shapes, and an example by hand.

<details><summary>Hint 1 · TODO what it is about</summary>

TODO where to look, or what to think of.
</details>

<details><summary>Hint 2 · TODO what it is about</summary>

TODO the plan, or an example in other numbers; not the solution.
</details>"""
CHECK = """out = double(np.array([[1.0, -2.0, 0.0]]))
assert np.shape(out) == (1, 3), f"(1, 3) must give (1, 3), not {np.shape(out)}"
assert np.allclose(out, [[2, -4, 0]]), f"expected [[2, -4, 0]], got {out}"
print("double: visible checks passed")"""
ENDING = """## The real thing

TODO something that works because the pieces above are the student's own, and a figure of it."""
LOOK = """fig, ax = plt.subplots(figsize=(6, 3), layout="constrained")
x = np.linspace(-1, 1, 50)[:, None]
ax.plot(x, double(x), color="#0072B2")
ax.set(xlabel="x", ylabel="double(x)", title="TODO what this shows")
plt.show()"""
QUESTION = """## Written question {count}

TODO a question of the day's interview list, for about 150 words."""
ANSWER = """### BEGIN SOLUTION
**Model answer.** TODO

**Marking scheme (4 points).**
* TODO what each point is given for.
### END SOLUTION"""
READING = """## Further reading

* TODO the papers."""


def create(course: Course, number: str, name: str, title: str) -> tuple[Day, list[Path]]:
    """Write the files of a new day, and say which; UsageError when it cannot be called that.

    `number` is 29 or day29; `name` becomes a part of file names. Nothing is ever overwritten.
    """
    asked = re.fullmatch(r"(?:day)?(\d{1,2})", number.strip().lower())
    if asked is None:
        raise UsageError(f"{number!r} is no number of a day", todo="for example 29")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        todo = "small letters, digits and _, for example gan"
        raise UsageError(f"a day cannot be called {name!r}", todo=todo)
    day = Day(course.root, f"day{int(asked[1]):02d}_{name}")
    for other in course.days():
        if other.number == day.number:
            raise UsageError(f"day {day.number:02d} exists already", where=other.source_dir)
    files = _files(day, title or name.replace("_", " ").capitalize())
    for path in files:
        if path.exists():
            raise UsageError("there is something here already", where=path)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return day, list(files)


def _files(day: Day, title: str) -> dict[Path, str]:
    words = {"number": f"{day.number:02d}", "int_number": day.number, "stem": day.stem}
    texts = {
        day.solution: SOLUTION,
        day.hidden_tests: HIDDEN,
        day.reference_tests: ORACLE,
        day.variants: VARIANTS,
    }
    files = {path: text.format(**words) for path, text in texts.items()}
    return files | {day.source_notebook: _notebook(day, title)}


def _notebook(day: Day, title: str) -> str:
    cells = [
        _cell("title", TITLE.format(number=f"{day.number:02d}", title=title), "markdown"),
        _cell(
            "imports",
            "import matplotlib.pyplot as plt\nimport numpy as np",
            locked=True,
            setup=True,
        ),
        _cell("double-text", EXERCISE, "markdown"),
        _cell("double-stub", f"from solutions.{day.stem} import double", solution=True),
        _cell("double-check", CHECK, grade=True, locked=True, points=92),
        _cell("ending", ENDING, "markdown"),
        _cell("show-double", LOOK, locked=True),
    ]
    for count in (1, 2):
        cells += [
            _cell(f"question-{count}", QUESTION.format(count=count), "markdown"),
            _cell(f"written-{count}", ANSWER, "markdown", grade=True, solution=True, points=4),
        ]
    cells.append(_cell("reading", READING, "markdown"))
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    book = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(book, indent=1, ensure_ascii=False) + "\n"


_GRADE_IDS = {"double-stub": "double_solution", "double-check": "double"}


def _cell(id: str, source: str, kind: str = "code", **marks: Any) -> dict[str, Any]:
    """A notebook's cell; `marks` are those of nbgrader, and setup."""
    metadata: dict[str, Any] = {"tags": ["setup"]} if marks.pop("setup", False) else {}
    if marks:
        grade_id = _GRADE_IDS.get(id, id.replace("-", "_"))
        plain = {"grade": False, "locked": False, "solution": False, "task": False}
        metadata["nbgrader"] = {"grade_id": grade_id, "schema_version": 3} | plain | marks
    made: dict[str, Any] = {"cell_type": kind, "id": id, "metadata": metadata}
    made |= {"execution_count": None, "outputs": []} if kind == "code" else {}
    return made | {"source": source.splitlines(keepends=True)}
