"""A mock interview: timed, drawn from a seed, marked only when it is over, with a transcript."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograder.quiz.asking import Asked, ask
from autograder.quiz.events import Answered, AnyEvent, MockBegun, MockEnded, Reviewed
from autograder.quiz.library import Library
from autograder.quiz.marking import AGAIN, RATING_NAMES, mark, numbers
from autograder.quiz.progress import Progress
from autograder.quiz.session import Quit, Session, local, new_id

PAPERS_AT_MOST = 0.15


def compose(library: Library, ids: Sequence[str], minutes: float, seed: int) -> list[str]:
    """Questions that should take `minutes`, half of the time in words, from easy to hard."""
    rng, budget = random.Random(seed), 60 * minutes
    pool = {name: library[name] for name in ids}
    words = [name for name, question in pool.items() if question.type == "free"]
    papers = [name for name, question in pool.items() if question.type == "paper"]
    quick = [name for name, question in pool.items() if question.by_machine]
    for names in (words, papers, quick):
        rng.shuffle(names)
    chosen: list[str] = []
    spent = 0.0
    for names, share in ((papers, PAPERS_AT_MOST), (words, 0.5), (quick, 1.0), (words, 1.0)):
        for name in names:
            cost = pool[name].seconds
            if name not in chosen and spent + cost <= budget * share:
                chosen.append(name)
                spent += cost
    chosen = chosen or sorted(pool, key=lambda name: pool[name].seconds)[:1]
    rng.shuffle(chosen)
    return sorted(chosen, key=lambda name: pool[name].meta.difficulty)


@dataclass
class Mock:
    """One mock interview at a screen, begun now or taken up again from the log's events."""

    session: Session
    begun: MockBegun
    before: Sequence[AnyEvent]

    def answers(self) -> dict[str, Answered]:
        """The answers so far, by question."""
        events = [*self.before, *self.session.events]
        mine = (event for event in events if isinstance(event, Answered))
        return {event.question: event for event in mine if event.mock == self.begun.id}

    def marks(self) -> dict[str, Reviewed]:
        """The marks so far, by question."""
        drafts = {answer.id: answer.question for answer in self.answers().values()}
        events = [*self.before, *self.session.events]
        mine = (event for event in events if isinstance(event, Reviewed))
        return {drafts[event.draft]: event for event in mine if event.draft in drafts}

    def seconds_left(self) -> float:
        return 60 * self.begun.minutes - sum(answer.seconds for answer in self.answers().values())

    def interview(self) -> None:
        """Ask until the time or the questions are over. Quit leaves it to be taken up again."""
        for name in self.begun.questions:
            if name in self.answers() or name not in self.session.library:
                continue
            if self.seconds_left() <= 0:
                self.session.screen.say("The time is over.", "note")
                break
            self._ask(name)
        self.session.keep(MockEnded(id=new_id(), at=self.session.clock(), mock=self.begun.id))

    def _ask(self, name: str) -> None:
        asked, place = self.asked(name), self.begun.questions.index(name) + 1
        left = max(1, round(self.seconds_left() / 60))
        header = f"Question {place} of {len(self.begun.questions)} · {left} min left"
        self.session.tell.put(asked, header)
        self.session.answer(asked, mock=self.begun.id)
        self.session.screen.say()

    def asked(self, name: str) -> Asked:
        """The question as this interview puts it."""
        return ask(self.session.library[name], self.begun.seed)

    def marking(self) -> None:
        """Mark what is not marked yet: the machine what it can, the learner the rest."""
        for name, given in self.answers().items():
            if name in self.marks() or name not in self.session.library:
                continue
            asked = self.asked(name)
            header = f"{asked.question.deck} · {asked.question.topic}"
            self.session.tell.answered(asked, given, header)
            self._mark(asked, given)
            self.session.screen.say()

    def _mark(self, asked: Asked, given: Answered) -> None:
        session = self.session
        if not given.answer:
            session.keep_review(asked, given, AGAIN, 0.0, given.confidence)
            session.tell.answer(asked)
        elif asked.question.by_machine:
            found = mark(asked, given.answer)
            session.keep_marked(asked, given, found, given.confidence)
            session.tell.mark(asked, given.answer, found)
        else:
            session.mark_words(asked, given, ask_after=False)
        if session.screen.key("[Enter] next  q quit", "q") == "q":
            raise Quit

    # -- the transcript --------------------------------------------------------------------------

    def transcript(self) -> str:
        """The whole interview as Markdown."""
        return "\n".join(self._transcript()) + "\n"

    def _transcript(self) -> Iterator[str]:
        answers, marks = self.answers(), self.marks()
        used = sum(answer.seconds for answer in answers.values()) / 60
        yield f"# Mock interview of {local(self.begun.at)}\n"
        yield (
            f"{self.begun.minutes:g} minutes, seed {self.begun.seed}; {len(answers)} of "
            f"{len(self.begun.questions)} questions reached in {used:.0f} minutes.\n"
        )
        yield from self._summary(marks)
        for number, name in enumerate(self.begun.questions, 1):
            if name in answers and name in self.session.library:
                yield from self._question(number, answers[name], marks.get(name))

    def _summary(self, marks: dict[str, Reviewed]) -> Iterator[str]:
        yield "| question | topic | mark | marked by |\n|---|---|---|---|"
        for name, review in marks.items():
            if name in self.session.library:
                topic = self.session.library[name].topic
                who = "yourself" if review.by_self else "machine"
                yield f"| {name} | {topic} | {review.score:.0%} | {who} |"
        yield ""

    def _question(self, number: int, given: Answered, review: Reviewed | None) -> Iterator[str]:
        asked = self.asked(given.question)
        yield f"## {number}. {asked.question.deck} · {asked.question.topic}\n"
        yield asked.prompt + "\n"
        for place, option in enumerate(asked.options, 1):
            yield f"{place}. {asked.text(option.text)}"
        yield f"\n**Answer** ({given.seconds:.0f} s):\n"
        yield "\n".join(f"> {line}" for line in (given.answer or "(passed)").splitlines())
        yield ""
        if review is not None:
            rated = RATING_NAMES[review.rating]
            sure = f", confidence {review.confidence} of 4" if review.confidence else ""
            yield f"**Mark**: {review.score:.0%} ({rated}{sure})\n"
        yield from self._right(asked, given, review)

    def _right(self, asked: Asked, given: Answered, review: Reviewed | None) -> Iterator[str]:
        question = asked.question
        if question.by_machine:
            label = "Right is" + (" option" if asked.options else "")
            yield f"{label} `{asked.answer}`.\n"
            chosen = set(numbers(given.answer, len(asked.options))) if asked.options else set()
            for place, option in enumerate(asked.options, 1):
                if option.right or place in chosen:
                    yield f"- {place}: {asked.text(option.reason)}"
            yield asked.text(question.explanation) + "\n"
            return
        yield f"**Reference answer**: {asked.text(question.reference)}\n"
        ticked = set(review.ticked) if review else set()
        for place, point in enumerate(question.rubric, 1):
            box = "x" if place in ticked else " "
            yield f"- [{box}] {point.kind}: {asked.text(point.text)}"
        yield ""


def unfinished(progress: Progress, events: Sequence[AnyEvent]) -> MockBegun | None:
    """The last mock interview, if it has questions to ask or answers to mark; else None."""
    if progress.mock is None:
        return None
    marked = {review.draft for review in progress.reviews}
    answers = [
        event for event in events if isinstance(event, Answered) and event.mock == progress.mock.id
    ]
    waits = not progress.mock_over or any(answer.id not in marked for answer in answers)
    return progress.mock if waits else None
