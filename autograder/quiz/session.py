"""Asking: one question after another, each answer kept in the log before anything else is said."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from autograder.quiz.asking import Asked, ask
from autograder.quiz.events import (
    SCHEDULED,
    Amended,
    Answered,
    AnyEvent,
    Confidence,
    Mode,
    Reviewed,
)
from autograder.quiz.library import Library
from autograder.quiz.marking import (
    EASY,
    RATING_NAMES,
    Mark,
    NotAnAnswer,
    Rating,
    mark,
    numbers,
    rating,
    self_mark,
)
from autograder.quiz.review_log import ReviewLog
from autograder.quiz.screen import Screen
from autograder.quiz.telling import Teller

CONFIDENCE = "How sure? 1 a guess  2 unsure  3 fairly  4 sure  [Enter: no answer]"


class Quit(Exception):
    """The learner wants to stop."""


class Undone(Exception):
    """The last rating was taken back; its question is the argument."""


def new_id() -> str:
    """An id that no other event has, on any machine."""
    return os.urandom(8).hex()


@dataclass
class Tally:
    """What a session did so far."""

    reviews: list[Reviewed] = field(default_factory=list)
    skipped: int = 0

    def share(self) -> float | None:
        """The share, 0 to 1, that was right of what the machine marked; None if it marked none."""
        scores = [review.score for review in self.reviews if not review.by_self]
        return sum(scores) / len(scores) if scores else None


@dataclass
class Session:
    """A learner at a screen. `clock` gives the time in UTC, `seed` everything that is random."""

    library: Library
    log: ReviewLog
    screen: Screen
    clock: Callable[[], datetime]
    seed: int
    mode: Mode
    tally: Tally = field(default_factory=Tally)
    events: list[AnyEvent] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.tell = Teller(self.screen)

    def unmarked(self) -> int:
        """How many answers of this session are kept and still to be marked."""
        marked = {review.draft for review in self.tally.reviews}
        return sum(isinstance(one, Answered) and one.id not in marked for one in self.events)

    def keep(self, event: AnyEvent) -> None:
        self.log.append(event)
        self.events.append(event)

    def run(
        self,
        names: Iterator[str],
        header: Callable[[str], str],
        drafts: Mapping[str, Answered] | None = None,
    ) -> None:
        """Ask `names` until there are no more, or the learner quits. EndOfInput passes through.

        A question that is among `drafts` was answered already and is only marked.
        """
        waiting = dict(drafts or {})
        again: list[str] = []
        while (name := again.pop() if again else next(names, None)) is not None:
            try:
                if name in waiting:
                    self._mark_draft(waiting.pop(name))
                else:
                    self.ask(name, header(name))
            except Undone as undone:
                again += [*([name] if name != str(undone) else []), str(undone)]

    def ask(self, name: str, header: str) -> None:
        """Put one question, mark it, keep it, and say what was right.

        Quit and Undone when the learner says so; a skipped question is only counted.
        """
        asked = ask(self.library[name], self.rng.randrange(10**6))
        self.tell.put(asked, header)
        given = self.answer(asked)
        if given is None:
            self.tally.skipped += 1
            self.screen.say("skipped\n", "dim")
        elif asked.question.by_machine:
            self._machine_marked(asked, given)
        else:
            self.mark_words(asked, given)

    def _mark_draft(self, draft: Answered) -> None:
        asked = ask(self.library[draft.question], draft.seed)
        header = f"You answered this on {local(draft.at)}; it is still to be marked."
        self.tell.answered(asked, draft, header)
        self.mark_words(asked, draft)

    # -- answers ---------------------------------------------------------------------------------

    def answer(self, asked: Asked, mock: str | None = None) -> Answered | None:
        """What was typed, with the time it took; None for a question that was skipped.

        In a mock interview a skipped question is kept as passed, with an empty answer.
        """
        began, hinted = self.clock(), False
        while True:
            typed = self.typed(asked)
            if typed == "q":
                raise Quit
            if typed == "s" and mock is None:
                return None
            if typed == "u":
                self._undo()
            elif typed == "?":
                hinted = self.tell.hint(asked) or hinted
            elif typed == "s" or self.fits(asked, typed):
                break
        text = "" if typed == "s" else typed
        seconds = max(0.0, (self.clock() - began).total_seconds())
        confidence = None
        try:
            confidence = self.confidence() if mock is not None and text else None
        finally:  # kept, whatever happens while it is talked about
            given = self._answered(asked, text, seconds, hinted, confidence, mock)
        return given

    def _answered(
        self,
        asked: Asked,
        text: str,
        seconds: float,
        hint: bool,
        confidence: Confidence | None,
        mock: str | None,
    ) -> Answered:
        """The answer as an event; one that is not marked at once is kept at once."""
        given = Answered(
            id=new_id(),
            at=self.clock(),
            question=asked.question.id,
            mode=self.mode,
            seed=asked.seed,
            answer=text,
            seconds=round(seconds, 1),
            confidence=confidence,
            hint=hint,
            mock=mock,
        )
        if mock is not None or not asked.question.by_machine:
            self.keep(given)
        return given

    def typed(self, asked: Asked) -> str:
        """An answer, or one of the commands ? s u q."""
        kind, most = asked.question.type, len(asked.options)
        if kind == "choice":
            digits = "".join(map(str, range(1, most + 1)))
            return self.screen.key(f"1-{most} (? s u q):", digits + "?suq")
        if kind == "multi":
            return self._command(self.screen.line("all that are right, such as 1 3 (? s u q):"))
        if kind == "numeric":
            unit = f" in {asked.unit}" if asked.unit else ""
            return self._command(self.screen.line(f"answer{unit} (? s u q):"))
        if kind == "output":
            self.screen.say("What is printed? Several lines may be typed as one. (? s u q)", "dim")
            return self._command(self.screen.line(">"))
        self.screen.say(
            "Answer in your own words; an empty line ends it. First line e: your editor (? s u q)",
            "dim",
        )
        return self.screen.long("?suq")

    @staticmethod
    def _command(line: str) -> str:
        text = line.strip()
        return text.lower() if text.lower() in {"?", "s", "u", "q"} else text

    def fits(self, asked: Asked, typed: str) -> bool:
        """Whether this can be an answer; if not, the learner is told why."""
        if not asked.question.by_machine:
            return bool(typed.strip())
        try:
            mark(asked, typed)
        except NotAnAnswer as error:
            self.screen.say(str(error), "note")
            return False
        return True

    def confidence(self) -> Confidence | None:
        """How sure the learner says to be, 1 to 4; None if nothing is said."""
        levels: dict[str, Confidence] = {"1": 1, "2": 2, "3": 3, "4": 4}
        return levels.get(self.screen.key(CONFIDENCE, "1234"))

    # -- marks -----------------------------------------------------------------------------------

    def _machine_marked(self, asked: Asked, given: Answered) -> None:
        confidence = None
        try:
            confidence = self.confidence()
        finally:  # an answer that was given is kept, whatever happens while it is talked about
            found = mark(asked, given.answer)
            review = self.keep_marked(asked, given, found, confidence)
        self.tell.mark(asked, given.answer, found)
        self._after(asked, review)

    def keep_marked(
        self, asked: Asked, given: Answered, found: Mark, confidence: Confidence | None
    ) -> Reviewed:
        """Keep a machine's mark."""
        late = given.seconds > asked.question.seconds
        rated = rating(found.right, hint=given.hint, overtime=late)
        return self.keep_review(asked, given, rated, found.score, confidence)

    def keep_review(
        self,
        asked: Asked,
        given: Answered,
        rated: Rating,
        score: float,
        confidence: Confidence | None,
        ticked: set[int] | None = None,
    ) -> Reviewed:
        """Keep a mark and count it; `ticked` is None where the machine marked."""
        kept_before = given.mock is not None or not asked.question.by_machine
        review = Reviewed(
            id=new_id(),
            at=self.clock(),
            question=asked.question.id,
            mode=given.mode,
            seed=asked.seed,
            rating=rated,
            score=score,
            seconds=given.seconds,
            answer=given.answer,
            values=dict(asked.values),
            hint=given.hint,
            confidence=confidence,
            by_self=ticked is not None,
            ticked=tuple(sorted(ticked or ())),
            draft=given.id if kept_before else None,
        )
        self.keep(review)
        self.tally.reviews.append(review)
        return review

    def mark_words(self, asked: Asked, given: Answered, *, ask_after: bool = True) -> Reviewed:
        """Reveal the reference answer and let the learner tick the rubric."""
        confidence = given.confidence or self.confidence()
        self.tell.rubric(asked)
        ticked = self._ticks(asked)
        score, all_musts, trapped = self_mark(asked.question.rubric, ticked)
        late = given.seconds > asked.question.seconds
        rated = rating(all_musts, hint=given.hint or trapped, overtime=late)
        review = self.keep_review(asked, given, rated, score, confidence, ticked)
        self.tell.self_mark(asked, score)
        if ask_after:
            self._after(asked, review)
        return review

    def _ticks(self, asked: Asked) -> set[int]:
        most = len(asked.question.rubric)
        while True:
            typed = self.screen.line("points said, such as 1 3 [Enter: none]:").strip()
            if typed.lower() == "q":
                raise Quit
            try:
                return set(numbers(typed, most))
            except NotAnAnswer as error:
                self.screen.say(str(error), "note")

    # -- afterwards ------------------------------------------------------------------------------

    def _after(self, asked: Asked, review: Reviewed) -> None:
        """On to the next, or: easy, all reasons, undo, quit."""
        scheduled = review.mode in SCHEDULED
        easy = scheduled and review.rating == 3
        others = bool(asked.options)
        rated = f"Rated {RATING_NAMES[review.rating]}. " if scheduled else ""
        keys = ("e easy  " if easy else "") + ("w all reasons  " if others else "")
        allowed = ("e" if easy else "") + ("w" if others else "") + "uq"
        while True:
            typed = self.screen.key(f"{rated}[Enter] next  {keys}u undo  q quit", allowed)
            if typed == "e":
                self.keep(Amended(id=new_id(), at=self.clock(), review=review.id, rating=EASY))
                self.screen.say("rated Easy", "dim")
                break
            if typed == "w":
                chosen = set(numbers(review.answer, len(asked.options)))
                self.tell.options(asked, chosen, every=True)
                continue
            if typed == "u":
                self._undo()
            if typed == "q":
                raise Quit
            break
        self.screen.say()

    def _undo(self) -> None:
        """Take back the last rating of this session and ask its question again."""
        if not self.tally.reviews:
            self.screen.say("There is no rating of this session to take back.", "note")
            return
        last = self.tally.reviews.pop()
        self.keep(Amended(id=new_id(), at=self.clock(), review=last.id, rating=None))
        self.screen.say(f"The rating of {last.question} is taken back.\n", "note")
        raise Undone(last.question)


def shuffled(names: Iterable[str], seed: int) -> list[str]:
    """The names in an order that the seed decides."""
    found = sorted(names)
    random.Random(seed).shuffle(found)
    return found


def local(moment: datetime) -> str:
    """A time as the learner's own clock shows it."""
    return moment.astimezone().strftime("%-d %b %Y, %H:%M")
