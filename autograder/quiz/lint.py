"""Proving decks: everything that can be wrong with a question and that a machine can see."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from autograder.errors import DeckError
from autograder.quiz import numeric
from autograder.quiz.deck import Deck
from autograder.quiz.expression import BadExpression, evaluate, names
from autograder.quiz.formulas import formulas, is_plain
from autograder.quiz.questions import Numeric, Output, Question

CODE_SECONDS = 60.0
_LETTERS = re.compile(
    r"\b(?:all|none|both|any) of (?:the )?(?:above|these)\b|\boptions? [A-F1-6]\b", re.IGNORECASE
)
Exercises = Mapping[str, set[str]]


@dataclass(frozen=True)
class Problem:
    """One thing to put right, and where."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def check_decks(
    decks: list[Deck],
    *,
    known_ids: set[str],
    exercises: Exercises | None,
    after_question: Callable[[int, int], None] = lambda done, of: None,
) -> Iterator[Problem]:
    """Everything wrong with the decks.

    `after_question` hears how many questions are done, of how many. `known_ids` are questions
    elsewhere that probes may name; `exercises` maps the stem of each day to its exercises, or is
    None where there is no course to hold links against.
    """
    placed: dict[str, str] = {}
    parsed: dict[str, Question] = {}
    for deck in decks:
        for name, (line, _) in deck.places.items():
            here = f"{deck.path}, line {line}"
            if name in placed:
                yield Problem(here, f"the id {name} stands in {placed[name]} already")
            placed.setdefault(name, here)
            try:
                parsed[name] = deck[name]
            except DeckError as error:
                yield Problem(error.where, error.what + (f" ({error.todo})" if error.todo else ""))
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # the threads wait for code that is run
        found = pool.map(lambda question: list(check_question(question)), parsed.values())
        for done, (question, problems) in enumerate(zip(parsed.values(), found, strict=True), 1):
            yield from problems
            yield from _links(question, parsed, known_ids | placed.keys(), exercises)
            after_question(done, len(parsed))
    for deck in decks:
        yield from _told_by_length([parsed[name] for name in deck if name in parsed], deck)


def check_question(question: Question) -> Iterator[Problem]:
    """Everything wrong with one question by itself."""
    for check in (_options, _values, _code, _rubric, _formulas):
        for field, what in check(question):
            yield Problem(question.place(field), what)


Finding = tuple[str, str]


def _options(question: Question) -> Iterator[Finding]:
    if question.type not in ("choice", "multi"):
        return
    right = [option for option in question.options if option.right]
    count, most = len(question.options), 5 if question.type == "choice" else 6
    if not 3 <= count <= most:
        yield "options", f"a {question.type} question has 3 to {most} options, not {count}"
    if question.type == "choice" and len(right) != 1:
        yield "options", f"a choice question has one right option, not {len(right)}"
    if not right:
        yield "options", "no option is right"
    if question.type == "multi" and len(right) == count:
        yield "options", "every option is right, so that ticking all needs no thought"
    texts = Counter(option.text for option in question.options)
    for option in question.options:
        if not option.reason:
            yield "options", f'the option "{option.text[:40]}" has no reason (add a line `  > …`)'
        if texts[option.text] > 1:
            yield "options", f'the option "{option.text[:40]}" is there twice'
        if _LETTERS.search(option.text):
            yield "options", f'"{option.text[:40]}" speaks of other options, which are shuffled'
    yield from _lengths(question)


def _lengths(question: Question) -> Iterator[Finding]:
    right = [len(option.text) for option in question.options if option.right]
    wrong = [len(option.text) for option in question.options if not option.right]
    if not right or not wrong:
        return
    if max(right) > max(1.25 * max(wrong), max(wrong) + 15):
        yield (
            "options",
            (
                f"a right option is told by its length: {max(right)} characters where the longest "
                f"wrong one has {max(wrong)}"
            ),
        )
    if min(right) < min(0.75 * min(wrong), min(wrong) - 15):
        yield (
            "options",
            (
                f"a right option is told by its shortness: {min(right)} characters where the "
                f"shortest wrong one has {min(wrong)}"
            ),
        )


def _told_by_length(questions: list[Question], deck: Deck) -> Iterator[Problem]:
    """In a whole deck, the right option must not be the longest more often than not."""
    asked = [question for question in questions if question.type == "choice"]
    longest = [
        question.id
        for question in asked
        if max(question.options, key=lambda option: len(option.text)).right
    ]
    if len(asked) > 3 and len(longest) > len(asked) / 2:
        yield Problem(
            str(deck.path),
            f"in {len(longest)} of {len(asked)} choice questions the right option is the longest: "
            + ", ".join(longest),
        )


def _values(question: Question) -> Iterator[Finding]:
    meta = question.meta
    if not isinstance(meta, Numeric):
        return
    if (meta.check is None) == (meta.rtol is None):
        yield "check", 'give either check = "exact" or rtol'
    yield from _names(question, meta)
    try:
        every = list(itertools.islice(numeric.variants(meta), numeric.MOST_VARIANTS + 1))
        if meta.params and not 4 <= len(every) <= numeric.MOST_VARIANTS:
            count = f"over {numeric.MOST_VARIANTS}" if len(every) > 4 else str(len(every))
            yield "params", f"there are {count} variants; 4 to {numeric.MOST_VARIANTS} are wanted"
        yield from itertools.islice(_variants(question, meta, every), 3)
    except BadExpression as error:
        yield "params, where or answer", str(error)


def _names(question: Question, meta: Numeric) -> Iterator[Finding]:
    taken = {"answer"} & {*meta.params, *meta.let}
    if taken:
        yield "params", "`answer` is the name of the answer itself"
    for field in ("prompt", "hint", "explanation"):
        text: str = getattr(question, field)
        try:
            unknown = numeric.holes(text) - {*meta.params, *meta.let, "answer"}
        except BadExpression as error:
            yield field, f"a placeholder: {error}"
            continue
        if unknown:
            yield field, f"there is no {', '.join(sorted(unknown))} to fill in"
    used = numeric.holes(question.prompt) if not list(_bad_holes(question.prompt)) else set()
    for expression in [meta.answer, *meta.let.values()]:
        try:
            used |= names(expression)
        except BadExpression as error:
            yield "answer or let", str(error)
    for name in meta.params.keys() - used:
        yield "params", f"{name} is used neither in the prompt nor in the answer"


def _bad_holes(text: str) -> Iterator[str]:
    try:
        numeric.holes(text)
    except BadExpression as error:
        yield str(error)


def _variants(question: Question, meta: Numeric, every: list[numeric.Values]) -> Iterator[Finding]:
    shown: set[int] = set()
    for values in every:
        expected = numeric.answer(meta, values)
        scope = {**numeric.environment(meta, values), "answer": expected}
        given = ", ".join(f"{name} = {value}" for name, value in values.items())
        parts = expected if isinstance(expected, tuple) else (expected,)
        if meta.check and any(float(part) != int(part) for part in parts):
            yield "check", f"the answer for {given} is {numeric.shown(expected)}, not whole"
        if meta.rtol and (isinstance(expected, tuple) or expected == 0):
            yield "rtol", f"the answer for {given} is {numeric.shown(expected)}"
        if meta.cross is not None:
            other = evaluate(meta.cross, scope)
            if not numeric.close(other, expected, meta.rtol and meta.rtol / 10):
                got = f"{numeric.shown(other)}, not {numeric.shown(expected)}"
                yield "cross", f"for {given} it gives {got}"
        for text in (question.prompt, question.hint, question.explanation):
            numeric.fill(text, scope)
        for wrong, value in numeric.wrong_values(meta, values):
            numeric.fill(wrong.say, {**scope, "value": value})
            if not numeric.close(value, expected, meta.rtol):
                shown.add(id(wrong))
    for wrong in meta.wrong:
        if every and id(wrong) not in shown:
            yield "wrong", f"`{wrong.value}` is right, or does not apply, in every variant"
    if every and not any(numeric.telling(meta, values) for values in every):
        yield "wrong", "no variant tells the right answer from all wrong ones"


def _code(question: Question) -> Iterator[Finding]:
    if not isinstance(question.meta, Output):
        return
    missing = [name for name in question.meta.needs if find_spec(name) is None]
    if missing:
        yield "needs", f"cannot be run here: {', '.join(missing)} is not installed"
        return
    if not 1 <= len(question.output.strip().splitlines()) <= 6:
        yield "output", "the output has one to six lines"
    ended = run_code(question.code)
    if isinstance(ended, str):
        yield "python", ended
    elif ended.stderr.strip():
        yield "python", f"the code writes to stderr: {ended.stderr.strip().splitlines()[-1]}"
    elif ended.stdout.rstrip() != question.output.rstrip():
        yield (
            "output",
            f"the code prints {ended.stdout.rstrip()!r}, not {question.output.rstrip()!r}",
        )


def run_code(code: str) -> subprocess.CompletedProcess[str] | str:
    """What a deck's code prints in a fresh interpreter, or in words why it did not end."""
    keep = ("PATH", "HOME", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
    quiet = {"OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0", "PYTHONIOENCODING": "utf-8"}
    env = {name: os.environ[name] for name in keep if name in os.environ} | quiet
    with tempfile.TemporaryDirectory() as folder:
        command: dict[str, Any] = {"cwd": folder, "env": env, "timeout": CODE_SECONDS}
        try:
            return subprocess.run(
                [sys.executable, "-c", code], capture_output=True, encoding="utf-8", **command
            )
        except subprocess.TimeoutExpired:
            return f"the code did not end within {CODE_SECONDS:g} s"


def _rubric(question: Question) -> Iterator[Finding]:
    if question.type not in ("free", "paper"):
        return
    kinds = Counter(point.kind for point in question.rubric)
    if not kinds["must"]:
        yield "Rubric", "no point is [must]"
    if len(question.rubric) > 9:
        yield (
            "Rubric",
            f"{len(question.rubric)} points are more than fit on one screen with keys 1-9",
        )


def _formulas(question: Question) -> Iterator[Finding]:
    texts = {
        "prompt": question.prompt,
        "hint": question.hint,
        "explanation": question.explanation,
        "Reference answer": question.reference,
        "Rubric": "\n".join(point.text for point in question.rubric),
        "Follow-ups": "\n".join(question.follow_ups),
        "options": "\n".join(f"{option.text}\n{option.reason}" for option in question.options),
    }
    used = set()
    for field, text in texts.items():
        for formula in formulas(text):
            used.add(formula)
            if not is_plain(formula) and formula not in question.meta.plain:
                yield field, f"the formula ${formula}$ has no plain form (add it under [plain])"
    for formula in question.meta.plain.keys() - used:
        yield "plain", f"there is no formula ${formula}$"


def _links(
    question: Question, parsed: Mapping[str, Question], ids: set[str], exercises: Exercises | None
) -> Iterator[Problem]:
    for probe in question.probes:
        if probe not in ids:
            yield Problem(question.place("probes"), f"there is no question {probe}")
        elif probe in parsed and not parsed[probe].by_machine:
            yield Problem(question.place("probes"), f"{probe} is not marked by machine")
    if question.exercise is not None and exercises is not None:
        day, _, name = question.exercise.partition("/")
        if name not in exercises.get(day, set()):
            known = ", ".join(sorted(exercises.get(day, set()))) or "none"
            what = f"{day} has no exercise {name}; there are {known}"
            yield Problem(question.place("exercise"), what)


def check_ids(kept: str, ids: set[str], path: Path) -> Iterator[Problem]:
    """Whether the ids that were ever used are there still; `kept` is the text of ids.txt."""
    for number, line in enumerate(kept.splitlines(), 1):
        words = line.split()
        where = f"{path}, line {number}"
        if not words or line.startswith("#"):
            continue
        if words[0] == "retired" and len(words) == 2:
            if words[1] in ids:
                yield Problem(where, f"the id {words[1]} was retired and is used again")
        elif len(words) > 1:
            yield Problem(where, "a line holds an id, or `retired` and an id")
        elif words[0] not in ids:
            todo = f"give it back its id, or write `retired {words[0]}` here"
            yield Problem(where, f"the question {words[0]} has gone or was renamed ({todo})")


def with_new_ids(kept: str, ids: list[str]) -> str:
    """The text of ids.txt with the new ids at its end."""
    known = {line.split()[-1] for line in kept.splitlines() if line.split()}
    new = [name for name in ids if name not in known]
    return kept + "".join(f"{name}\n" for name in new)
