"""The course's decks: proved by lint, and their numbers by computations that are not theirs."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
from quiz_oracles import ORACLES

from autograder.course import Course
from autograder.quiz import numeric
from autograder.quiz.library import BUNDLED, Library
from autograder.quiz.questions import Numeric

HERE = Path(__file__).parent
COURSE = Course.find(HERE)
LIBRARY = Library.open([BUNDLED])
STEMS = [deck.stem for deck in LIBRARY.decks]
NUMERIC = [name for name in LIBRARY if LIBRARY[name].type == "numeric"]
INTERVIEW = {
    "day04_mlp": "activation-differentiable activation-linear-or-not mlp-depth "
    "saturation-vanishing-gradient",
    "day07_losses": "loss-mse-logistic",
    "day14_convolution": "conv-purpose padding-valid-same conv-sharing-matters "
    "conv-shared-weights-meaning conv-sparsity conv-why-cnn",
    "day15_pooling": "pool-purpose pool-kinds cnn-fully-connected cnn-flattening "
    "pool-hyperparameters cnn-reduce-dimensions cnn-relu",
    "day16_alexnet_vgg_nin": "cnn-versus-plain-deep cnn-view-how",
}


def load_oracles() -> None:
    for stem in STEMS:
        if (HERE / f"{stem}.py").exists():
            spec = importlib.util.spec_from_file_location(f"oracles_{stem}", HERE / f"{stem}.py")
            assert spec is not None
            assert spec.loader is not None
            spec.loader.exec_module(importlib.util.module_from_spec(spec))


load_oracles()


def test_every_day_of_the_course_has_a_deck() -> None:
    planned = {"day04_mlp", "day07_losses", "day15_pooling", "day16_alexnet_vgg_nin", "papers"}
    assert set(STEMS) >= {day.stem for day in COURSE.days()} | planned


def test_lint_finds_nothing(tmp_path: Path) -> None:
    """As people run it: metadata, options, code, rubrics, links, ids."""
    ended = subprocess.run(
        [sys.executable, "-m", "autograder.cli.main", "quiz", "lint", "--data", tmp_path],
        capture_output=True,
        text=True,
        cwd=COURSE.root,
    )
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout
    assert ended.stdout == f"{len(STEMS)} decks, {len(LIBRARY)} questions: nothing to put right\n"


@pytest.mark.parametrize("stem", STEMS)
def test_a_deck_has_enough_of_several_types(stem: str) -> None:
    questions = list(LIBRARY.deck(stem).values())
    assert len(questions) >= 15
    assert len({question.type for question in questions}) >= 4


@pytest.mark.parametrize("stem", INTERVIEW)
def test_the_interview_questions(stem: str) -> None:
    """Each in its day's deck, with a reference answer, a rubric, follow-ups and probes."""
    deck = LIBRARY.deck(stem)
    for name in INTERVIEW[stem].split():
        question = deck[name]
        assert question.type == "free"
        assert len(question.reference.split()) >= 50, name
        assert sum(point.kind == "must" for point in question.rubric) >= 2, name
        assert question.follow_ups, name
        assert question.probes, name


def test_papers_have_three_questions_each() -> None:
    counts: dict[str, int] = {}
    for question in LIBRARY.deck("papers").values():
        paper = getattr(question.meta, "paper", None)
        if paper is not None:
            counts[paper.title] = counts.get(paper.title, 0) + 1
    assert len(counts) >= 10
    assert min(counts.values()) >= 3


def test_every_oracle_has_its_question() -> None:
    assert set(ORACLES) == set(NUMERIC)


@pytest.mark.parametrize("name", NUMERIC)
def test_a_numeric_answer_over_all_variants(name: str) -> None:
    """A tenth of the tolerance is left for the oracle's own rounding."""
    meta = LIBRARY[name].meta
    assert isinstance(meta, Numeric)
    count = 0
    for values in numeric.variants(meta):
        expected = numeric.answer(meta, values)
        found = ORACLES[name](**values)
        assert numeric.close(found, expected, meta.rtol and meta.rtol / 10), (values, found)
        count += 1
    assert count >= 4
