"""The log: nothing that was kept is ever lost, doubled or changed."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quiz_lab import NOW, review

from autograder.errors import LogError
from autograder.quiz.events import Amended, Answered, AnyEvent, Goal, Queued, encode
from autograder.quiz.progress import card_id, fold, scheduler
from autograder.quiz.review_log import ReviewLog, union


@pytest.fixture
def log(tmp_path: Path) -> ReviewLog:
    return ReviewLog(tmp_path / "data" / "reviews.jsonl")


def filled(log: ReviewLog, count: int = 3) -> list[AnyEvent]:
    events: list[AnyEvent] = [review("q", days=count - i, id=f"e{i}") for i in range(count)]
    log.extend(events)
    return events


class TestKeeping:
    def test_what_is_kept_is_read(self, log: ReviewLog) -> None:
        events = filled(log)
        assert log.read() == events
        assert log.notices == []

    def test_a_log_that_is_not_there(self, log: ReviewLog) -> None:
        assert log.read() == []
        assert not log.path.exists()

    @pytest.mark.parametrize("cut", range(1, 40, 6))
    def test_a_last_line_that_was_cut_off(self, log: ReviewLog, cut: int) -> None:
        """The whole lines stay, the file as it was stays beside it, and a person is told."""
        events = filled(log)
        before = log.path.read_bytes()[:-cut]
        log.path.write_bytes(before)
        expected = events if cut == 1 else events[:2]
        assert log.read() == expected
        assert log.path.read_bytes().endswith(b"\n")
        backups = list(log.path.parent.glob("*.damaged-*"))
        if cut == 1:
            assert backups == []
        else:
            assert [path.read_bytes() for path in backups] == [before]
            (notice,) = log.notices
            assert "the last line was cut off; 2 lines are whole and kept" in notice
        log.notices.clear()
        log.append(review("q", id="new"))
        assert len(log.read()) == len(expected) + 1
        assert log.notices == []

    def test_a_damaged_line_in_the_middle(self, log: ReviewLog) -> None:
        events = filled(log)
        lines = log.path.read_bytes().split(b"\n")
        lines[1] = b"\0" * 20
        log.path.write_bytes(b"\n".join(lines))
        assert log.read() == [events[0], events[2]]
        assert "damaged line 2" in log.notices[0]
        assert len(list(log.path.parent.glob("*.damaged-1"))) == 1

    def test_appending_after_somebody_elses_cut_line(self, log: ReviewLog) -> None:
        events = filled(log, 2)
        log.path.write_bytes(log.path.read_bytes()[:-10])
        log.append(review("q", id="new"))
        assert [event.id for event in log.read()] == [events[0].id, "new"]

    def test_a_newer_format_is_not_touched(self, log: ReviewLog) -> None:
        filled(log)
        newer = log.path.read_bytes() + b'{"kind":"dream","v":2,"id":"x"}\n'
        log.path.write_bytes(newer)
        with pytest.raises(LogError, match=r"line 4: is of format 2, .*\(update dl30\)"):
            log.read()
        assert log.path.read_bytes() == newer

    def test_a_folder_that_cannot_be_written(self, tmp_path: Path) -> None:
        blocked = tmp_path / "file"
        blocked.write_text("")
        log = ReviewLog(blocked / "reviews.jsonl")
        with pytest.raises(LogError, match="cannot be used: File exists"):
            log.prepare()

    def test_two_processes_at_once(self, log: ReviewLog) -> None:
        program = (
            "import sys; from pathlib import Path; from quiz_lab import review\n"
            "from autograder.quiz.review_log import ReviewLog\n"
            "log = ReviewLog(Path(sys.argv[1]))\n"
            "for i in range(60): log.append(review('q', id=f'{sys.argv[2]}-{i}')); log.read()\n"
        )
        path = os.pathsep.join(sys.path)
        running = [
            subprocess.Popen(
                [sys.executable, "-c", program, str(log.path), name],
                env=os.environ | {"PYTHONPATH": path},
            )
            for name in "ab"
        ]
        assert [process.wait(60) for process in running] == [0, 0]
        assert {event.id for event in log.read()} == {f"{n}-{i}" for n in "ab" for i in range(60)}
        assert len(log.path.read_bytes().splitlines()) == 120
        assert list(log.path.parent.glob("*.damaged*")) == []

    def test_killed_while_writing(self, log: ReviewLog) -> None:
        """Whatever was reported as kept is there afterwards, at every moment of dying."""
        program = (
            "import sys; from pathlib import Path; from quiz_lab import review\n"
            "from autograder.quiz.review_log import ReviewLog\n"
            "log = ReviewLog(Path(sys.argv[1]))\n"
            "for i in range(10**6):\n"
            "    log.append(review('q', id=f'{sys.argv[2]}-{i}')); print(i, flush=True)\n"
        )
        path = os.pathsep.join(sys.path)
        for attempt in range(5):
            process = subprocess.Popen(
                [sys.executable, "-c", program, str(log.path), str(attempt)],
                env=os.environ | {"PYTHONPATH": path},
                stdout=subprocess.PIPE,
                text=True,
            )
            assert process.stdout is not None
            for _ in range(random.randrange(1, 12)):
                process.stdout.readline()
            process.kill()
            said = process.stdout.read().split()
            process.wait()
            process.stdout.close()
            ids = {event.id for event in log.read()}
            assert {f"{attempt}-{i}" for i in said} <= ids


class TestMerging:
    def test_the_union(self, log: ReviewLog, tmp_path: Path) -> None:
        filled(log)
        other = ReviewLog(tmp_path / "other.jsonl")
        other.extend([*log.read()[1:], review("r", id="theirs")])
        assert log.merge(other.path) == (1, 3)
        assert log.merge(other.path) == (0, 3)
        assert {event.id for event in log.read()} == {"e0", "e1", "e2", "theirs"}

    def test_what_is_no_log(self, log: ReviewLog, tmp_path: Path) -> None:
        filled(log)
        other = tmp_path / "notes.txt"
        other.write_text("dear diary\nnothing\n")
        before = log.path.read_bytes()
        with pytest.raises(LogError, match=r"notes.txt, line 1: is damaged"):
            log.merge(other)
        assert log.path.read_bytes() == before

    def test_a_last_line_cut_off_over_there(self, log: ReviewLog, tmp_path: Path) -> None:
        other = ReviewLog(tmp_path / "other.jsonl")
        filled(other)
        other.path.write_bytes(other.path.read_bytes()[:-9])
        assert log.merge(other.path) == (2, 2)
        assert "its last line is cut off" in log.notices[0]


def some_events() -> st.SearchStrategy[AnyEvent]:
    ids = st.text("abcdef0123456789", min_size=1, max_size=2)
    days = st.floats(0, 30).map(lambda value: round(value, 3))
    names = st.sampled_from(["p", "q", "r"])
    reviews = st.builds(
        lambda id, name, days, rating, mode: review(name, days, id=id, rating=rating, mode=mode),
        *(ids, names, days, st.integers(1, 4), st.sampled_from(["practice", "mock", "cram"])),
    )
    amended = st.builds(
        lambda id, days, review, rating: Amended(
            id="a" + id, at=NOW - timedelta(days=days), review=review, rating=rating
        ),
        *(ids, days, ids, st.one_of(st.none(), st.integers(1, 4))),
    )
    queued = st.builds(
        lambda id, days, name: Queued(
            id="q" + id, at=NOW - timedelta(days=days), questions=(name,)
        ),
        *(ids, days, names),
    )
    goals = st.builds(lambda id, days: Goal(id="g" + id, at=NOW - timedelta(days=days), date=None),
                      ids, days)  # fmt: skip
    drafts = st.builds(
        lambda id, days, name: Answered(
            id="d" + id, at=NOW - timedelta(days=days), question=name, mode="practice", seed=1,
            answer="x", seconds=1.0,
        ),
        *(ids, days, names),
    )  # fmt: skip
    return st.one_of(reviews, amended, queued, goals, drafts)


logs = st.lists(some_events(), max_size=25)


class TestReplay:
    @given(logs, logs, logs)
    @settings(deadline=None, max_examples=60)
    def test_merging_is_a_union(
        self, a: list[AnyEvent], b: list[AnyEvent], c: list[AnyEvent]
    ) -> None:
        """Commutative, associative, idempotent; and replay sees no difference."""
        ab = union(a, b)
        assert ab == union(b, a) == union(ab, a) == union(ab, ab)
        assert union(ab, c) == union(a, union(b, c))
        assert fold(ab, NOW) == fold(union(b, a), NOW)
        assert len({event.id for event in ab}) == len(ab) == len({e.id for e in [*a, *b]})

    @given(logs, st.randoms())
    @settings(deadline=None, max_examples=60)
    def test_the_order_of_lines_is_no_matter(
        self, events: list[AnyEvent], rng: random.Random
    ) -> None:
        mixed = list(events)
        rng.shuffle(mixed)
        assert fold(union(events), NOW) == fold(union(mixed), NOW)

    @given(logs)
    @settings(deadline=None, max_examples=40)
    def test_no_review_is_lost_or_doubled(self, events: list[AnyEvent]) -> None:
        """Each review that was not taken back counts once."""
        found = union(events)
        taken = {e.review: e.rating for e in found if isinstance(e, Amended)}
        reviews = [e for e in found if e.__struct_config__.tag == "review"]
        kept = [e.id for e in reviews if taken.get(e.id, 1) is not None]
        assert [review.id for review in fold(found, NOW).reviews] == kept

    @given(st.lists(st.tuples(st.integers(1, 4), st.floats(0.001, 40)), min_size=1, max_size=20))
    @settings(deadline=None, max_examples=60)
    def test_cards_are_those_of_py_fsrs(self, answers: list[tuple[int, float]]) -> None:
        """Against the library itself, called review by review."""
        from fsrs import Card, Rating, Scheduler

        at, events = NOW - timedelta(days=900), []
        card, direct = Card(card_id=card_id("q"), due=at), Scheduler(enable_fuzzing=False)
        for i, (rating, gap) in enumerate(answers):
            at += timedelta(days=gap)
            events.append(review("q", id=f"{i:03}", rating=rating, at=at))
            events.append(review("q", id=f"{i:03}c", rating=1, at=at, mode="cram"))
            card, _ = direct.review_card(card, Rating(rating), at)
        assert fold(union(events), NOW + timedelta(days=1)).cards["q"].to_dict() == card.to_dict()
        assert scheduler().enable_fuzzing is False

    def test_a_review_of_tomorrow_waits(self) -> None:
        events = [review("q", id="a"), review("q", days=-2, id="b", rating=1)]
        early, late = fold(events, NOW), fold(events, NOW + timedelta(days=3))
        assert (len(early.reviews), early.future) == (1, 1)
        assert (len(late.reviews), late.future) == (2, 0)

    def test_a_line_says_its_kind(self) -> None:
        assert encode(review("q")).startswith(
            b'{"kind":"review","id":"q-0","at":"2026-11-26T12:00:00Z"'
        )
