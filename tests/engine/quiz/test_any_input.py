"""Whatever is typed, in whatever order, no review is lost and none is kept twice."""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from quiz_lab import NOW, write_deck

from autograder.quiz.asking import Asked
from autograder.quiz.events import Answered, AnyEvent, MockBegun, Mode, Reviewed
from autograder.quiz.library import Library
from autograder.quiz.mock import Mock, unfinished
from autograder.quiz.practice import Practice, run_round
from autograder.quiz.progress import fold
from autograder.quiz.review_log import ReviewLog
from autograder.quiz.screen import EndOfInput, Screen
from autograder.quiz.session import CONFIDENCE, Quit, Session, new_id

TYPED = ["", "1", "2", "3", "1 3", "11", "(2, 4)", "[1, 2] 3", "so", "e", "w", "u", "s", "?", "q"]


class Script(Screen):
    """A screen at which a list of lines is typed, and which counts what it was asked."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(False, False, 79, getchar=str, edit=lambda text: None)
        self.lines = iter(lines)
        self.confidences = 0

    def key(self, prompt: str, allowed: str) -> str:
        self.confidences += prompt == CONFIDENCE
        return super().key(prompt, allowed)

    def line(self, prompt: str) -> str:
        typed = next(self.lines, None)
        if typed is None:
            raise EndOfInput
        if typed == "^C":
            raise KeyboardInterrupt
        return typed


def ticking() -> Iterator[datetime]:
    moment = NOW
    while True:
        moment += timedelta(seconds=7)
        yield moment


@given(st.lists(st.sampled_from([*TYPED, "^C"]), max_size=60), st.integers(0, 99))
@settings(deadline=None, max_examples=120)
def test_no_sequence_of_inputs_loses_or_doubles_a_review(lines: list[str], seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_deck(Path(folder))
        library = Library.open([Path(folder) / "decks"])
        log, screen, clock = ReviewLog(Path(folder) / "log.jsonl"), Script(lines), ticking()
        session = Session(library, log, screen, clock.__next__, seed, "practice")
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.suppress(Quit, EndOfInput, KeyboardInterrupt),
        ):
            Practice(session, [], list(library), 30).run()
        events = log.read()
    assert sorted(event.id for event in events) == sorted(event.id for event in session.events)
    by_machine = [e for e in events if isinstance(e, Reviewed) and not e.by_self]
    drafts = [e for e in events if isinstance(e, Answered)]
    # Every answer that was accepted was followed by the question how sure one is, once.
    assert len(by_machine) + len(drafts) == screen.confidences
    assert [review.id for review in fold(events, NOW + timedelta(days=1)).reviews] == [
        review.id for review in session.tally.reviews
    ]


class Counting(Session):
    """A session that counts the answers that it accepted."""

    accepted = 0

    def fits(self, asked: Asked, typed: str) -> bool:
        found = super().fits(asked, typed)
        self.accepted += found
        return found


typed = st.lists(st.sampled_from([*TYPED, "^C"]), max_size=40)
rounds = st.lists(st.tuples(st.sampled_from(["practice", "mock", "cram"]), typed), max_size=4)


@given(rounds)
@settings(deadline=None, max_examples=150)
def test_nor_does_a_sequence_of_sessions(rounds: list[tuple[Mode, list[str]]]) -> None:
    """On one log: practice, cramming, and a mock interview that is begun or taken up again."""
    kept: list[AnyEvent] = []
    accepted, standing, clock = 0, list[str](), ticking()
    with tempfile.TemporaryDirectory() as folder:
        write_deck(Path(folder))
        library = Library.open([Path(folder) / "decks"])
        log = ReviewLog(Path(folder) / "log.jsonl")
        for seed, (mode, lines) in enumerate(rounds):
            session = Counting(library, log, Script(lines), clock.__next__, seed, mode)
            with (
                contextlib.redirect_stdout(io.StringIO()),
                contextlib.suppress(Quit, EndOfInput, KeyboardInterrupt),
            ):
                converse(session, kept)
            kept += session.events
            accepted += session.accepted
            standing += [review.id for review in session.tally.reviews]
        events = log.read()
    assert sorted(event.id for event in events) == sorted(event.id for event in kept)
    reviews = [event for event in events if isinstance(event, Reviewed)]
    drafts = [event for event in events if isinstance(event, Answered)]
    marked_at_once = [review for review in reviews if review.draft is None]
    assert len(marked_at_once) + sum(bool(draft.answer) for draft in drafts) == accepted
    stands = fold(events, NOW + timedelta(days=1)).reviews
    assert [review.id for review in stands] == standing
    of_drafts = [review.draft for review in stands if review.draft]
    assert len(set(of_drafts)) == len(of_drafts)


def converse(session: Session, before: list[AnyEvent]) -> None:
    ids = list(session.library)
    if session.mode == "practice":
        Practice(session, before, ids, 30).run()
    elif session.mode == "cram":
        run_round(session, ids, "Question")
    else:
        progress = fold(before, NOW + timedelta(days=1))
        begun = unfinished(progress, before)
        if begun is None:
            begun = MockBegun(
                id=new_id(), at=session.clock(), seed=1, minutes=30, questions=tuple(ids)
            )
            session.keep(begun)
        mock = Mock(session, begun, before)
        if not (progress.mock == begun and progress.mock_over):
            mock.interview()
        mock.marking()
