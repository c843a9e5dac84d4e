"""What stands around a day's exercises: titles, minutes, hints, docstrings, written questions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograder.audit.offenders import takes_arrays
from autograder.course import Day, Exercise
from autograder.notebook import NotebookNode, cell_name, marks, read
from autograder.release import definition
from autograder.text import one_line

_LINE = re.compile(
    r"^\*(?P<minutes>\d+) min · difficulty (?P<difficulty>[1-3])/3 · (?P<points>[\d.]+) points?\*$",
    re.MULTILINE,
)
_HEADING = re.compile(r"^##+ Exercise \d+ · (?P<title>.+)$", re.MULTILINE)
_SHAPE = re.compile(r"\((?:[\w.*+/ -]+,)+[\w.*+/ -]*\)")
_HINT = re.compile(r"<details>\s*<summary>\s*Hint\b")
_FORM = "*N min · difficulty D/3 · P points*"
_OPEN = re.compile(r"\bTODO\b")
MIN_EXERCISES, MAX_EXERCISES, MIN_FIGURES = 4, 7, 2
MIN_HINTS = 2


@dataclass(frozen=True)
class Card:
    """An exercise as students meet it; 0 where the text does not say."""

    name: str
    minutes: int
    difficulty: int
    points: float
    hints: int
    problems: tuple[str, ...]


def cards(day: Day) -> list[Card]:
    """One card for each exercise of the day, in order."""
    texts = _texts(day)
    return [_card(day, exercise, texts.get(exercise.name, "")) for exercise in day.exercises()]


def _card(day: Day, exercise: Exercise, text: str) -> Card:
    line = _LINE.search(text)
    facts = line.groupdict() if line else {"minutes": "0", "difficulty": "0", "points": "0"}
    hints = len(_HINT.findall(text))
    problems = list(_text_problems(exercise, text))
    for function in exercise.functions:
        problems += _docstring_problems(function, definition(day.solution, function))
    return Card(
        exercise.name,
        int(facts["minutes"]),
        int(facts["difficulty"]),
        exercise.points,
        hints,
        tuple(problems),
    )


def _text_problems(exercise: Exercise, text: str) -> Iterator[str]:
    if not _HEADING.search(text):
        yield "no heading `## Exercise N · NAME` above it"
    line = _LINE.search(text)
    if line is None:
        yield f"no line `{_FORM}` below its heading"
    elif float(line["points"]) != exercise.points:
        yield f"the text promises {line['points']} points, and the cell has {exercise.points:g}"
    hints = len(_HINT.findall(text))
    if hints < MIN_HINTS:
        found = ("no hint", "1 hint")[hints]
        yield f"{found} in <details><summary>Hint, and there should be at least {MIN_HINTS}"


def _texts(day: Day) -> dict[str, str]:
    """By exercise: the Markdown between the graded cell before it, or the top, and its own."""
    found, text = {}, ""
    for cell in read(day.source_notebook).cells:
        mark = marks(cell)
        if cell.cell_type == "markdown":
            text = text + "\n\n" + cell.source if not _HEADING.search(cell.source) else cell.source
        elif mark is not None and mark.grade:
            found[mark.grade_id] = text
            text = ""
    return found


def _docstring_problems(name: str, source: str) -> Iterator[str]:
    """What a student needs to know and the stub does not say."""
    node = ast.parse(source).body[0]
    if isinstance(node, ast.ClassDef):
        yield from _class_problems(name, node)
    elif isinstance(node, ast.FunctionDef):
        yield from _function_problems(name, node)


def _function_problems(name: str, node: ast.FunctionDef) -> Iterator[str]:
    text = ast.get_docstring(node) or ""
    if not text:
        yield f"{name} has no docstring"
        return
    arguments = [a.arg for a in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]]
    unnamed = [a for a in arguments if not re.search(rf"\b{a}\b", text)]
    if unnamed:
        yield f"the docstring of {name} does not say what {', '.join(unnamed)} is"
    if takes_arrays(node) and not _SHAPE.search(text):
        yield f"the docstring of {name} gives no shape such as (N, D)"
    if node.returns is not None and ast.unparse(node.returns) != "None" and "return" not in text:
        yield f"the docstring of {name} does not say what it returns"


def _class_problems(name: str, node: ast.ClassDef) -> Iterator[str]:
    methods = [part for part in node.body if isinstance(part, ast.FunctionDef)]
    texts = [ast.get_docstring(node) or ""]
    texts += [ast.get_docstring(part) or "" for part in methods]
    if not texts[0]:
        yield f"{name} has no docstring"
    if not any(_SHAPE.search(text) for text in texts):
        yield f"no docstring of {name} gives a shape such as (N, D)"
    arguments = {a.arg for m in methods for a in (*m.args.args, *m.args.kwonlyargs)} - {"self"}
    unnamed = sorted(a for a in arguments if not re.search(rf"\b{a}\b", "\n".join(texts)))
    if unnamed:
        yield f"no docstring of {name} says what {', '.join(unnamed)} is"


def day_problems(day: Day) -> list[str]:
    """What is wrong with the day as a whole: questions without a scheme, words left open."""
    cells = read(day.source_notebook).cells
    return [*_size_problems(day, cells), *_written_problems(day, cells), *_left_open(day, cells)]


def _size_problems(day: Day, cells: Sequence[NotebookNode]) -> Iterator[str]:
    count = len(day.exercises())
    if not MIN_EXERCISES <= count <= MAX_EXERCISES:
        yield f"it has {count} exercises, and should have {MIN_EXERCISES} to {MAX_EXERCISES}"
    figures = sum("plt.show()" in cell.source for cell in cells if cell.cell_type == "code")
    if figures < MIN_FIGURES:
        yield f"it draws {figures} figures (plt.show), and should draw at least {MIN_FIGURES}"


def _written_problems(day: Day, cells: Sequence[NotebookNode]) -> Iterator[str]:
    written = {question.name for question in day.written()}
    if not written:
        yield "there is no written question"
    for cell in cells:
        mark = marks(cell)
        if mark is not None and mark.grade_id in written:
            if "### BEGIN SOLUTION" not in cell.source:
                yield f'"{mark.grade_id}" has no model answer between the solution marks'
            elif "marking scheme" not in cell.source.lower():
                yield f'"{mark.grade_id}" has no marking scheme'


def _left_open(day: Day, cells: Sequence[NotebookNode]) -> Iterator[str]:
    for index, cell in enumerate(cells):
        for line in filter(_OPEN.search, cell.source.splitlines()):
            where = f'{day.source_notebook.name}, cell "{cell_name(cell, index)}"'
            yield f"{where}: {one_line(line.strip(), 80)}"
    for path in (day.solution, day.hidden_tests, day.reference_tests, day.variants):
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, start=1):
            if _OPEN.search(line):
                where = f"{path.relative_to(day.root)}, line {number}"
                yield f"{where}: {one_line(line.strip(), 80)}"
