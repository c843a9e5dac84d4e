"""What a learner is shown and told of a question: before the answer, with the mark, after it."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.quiz.asking import Asked
from autograder.quiz.events import Answered
from autograder.quiz.marking import Mark, numbers
from autograder.quiz.screen import Screen


@dataclass
class Teller:
    """Speaks of questions on a screen, and asks nothing."""

    screen: Screen

    def put(self, asked: Asked, header: str) -> None:
        """A question under its header."""
        self.screen.say(header, "bold")
        self.screen.say()
        self.question(asked)
        self.screen.say()

    def answered(self, asked: Asked, given: Answered, header: str) -> None:
        """A question together with the answer that was given to it before."""
        self.put(asked, header)
        self.screen.say("Your answer")
        self.screen.show(given.answer or "(passed)", indent="  ")

    def question(self, asked: Asked) -> None:
        """The paper, the prompt and the options."""
        paper = getattr(asked.question.meta, "paper", None)
        if paper is not None:
            self.screen.show(
                f"{paper.authors}: *{paper.title}* ({paper.year}, {paper.where}). "
                f"To read: {paper.read}.\n"
            )
        self.screen.show(asked.prompt)
        if asked.options:
            self.screen.say()
        for number, option in enumerate(asked.options, 1):
            self.screen.option(number, asked.text(option.text))

    def hint(self, asked: Asked) -> bool:
        """The hint; False if there is none."""
        if not asked.question.hint:
            self.screen.say("There is no hint.", "note")
            return False
        self.screen.say("Hint")
        self.screen.show(asked.text(asked.question.hint), indent="  ")
        return True

    def answer(self, asked: Asked) -> None:
        """The right answer of a question that was passed."""
        if not asked.question.by_machine:
            self.rubric(asked)
            return
        self.options(asked, set())
        if not asked.options:
            self.screen.show(f"Right is\n```\n{asked.answer}\n```")
        self.screen.show(asked.text(asked.question.explanation))

    def mark(self, asked: Asked, answer: str, found: Mark) -> None:
        """What was right and why."""
        self.screen.say()
        if found.right:
            self.screen.say("Right.", "right")
        elif found.score:
            self.screen.say(f"Partly right ({found.score:.0%}).", "wrong")
        else:
            self.screen.say("Wrong.", "wrong")
        if asked.options:
            self.options(asked, set(numbers(answer, len(asked.options))))
        else:
            label = "Printed is" if asked.question.type == "output" else "The answer is"
            self.screen.show(
                f"{label}:\n```\n{found.accepted}\n```"
                if "\n" in found.accepted
                else f"{label} `{found.accepted}`."
            )
        for text in (found.say, asked.text(asked.question.explanation)):
            if text:
                self.screen.show("\n" + text)
        self.source(asked, missed=not found.right)

    def options(self, asked: Asked, chosen: set[int], *, every: bool = False) -> None:
        """The reasons of what was chosen and of what is right, or of `every` option."""
        for number, option in enumerate(asked.options, 1):
            if option.right or number in chosen or every:
                said = "right" if option.right else "wrong"
                yours = ", your choice" if number in chosen else ""
                self.screen.show(f"{number}. ({said}{yours}) {asked.text(option.reason)}", "  ")

    def source(self, asked: Asked, *, missed: bool) -> None:
        """Where it can be looked up and, if it was missed, what trains it."""
        self.screen.say(f"Source: {asked.question.meta.source}", "dim")
        if missed and asked.question.exercise:
            day, _, name = asked.question.exercise.partition("/")
            self.screen.say(f"To train it, redo the exercise {name} of {day}.", "note")

    def rubric(self, asked: Asked) -> None:
        """The reference answer, and the points to be ticked."""
        self.screen.say("\nReference answer", "bold")
        self.screen.show(asked.text(asked.question.reference), indent="  ")
        self.screen.say("\nWhich of these did you say?", "bold")
        names = {"must": "must", "bonus": "bonus", "trap": "trap, wrong if said"}
        for number, point in enumerate(asked.question.rubric, 1):
            self.screen.option(number, f"[{names[point.kind]}] {asked.text(point.text)}")

    def self_mark(self, asked: Asked, score: float) -> None:
        """What the ticks come to, and what an interviewer may ask next."""
        self.screen.say(f"Self-mark: {score:.0%} of what must be there.")
        self.source(asked, missed=score < 1)
        if asked.question.follow_ups:
            self.screen.say("An interviewer may go on:")
            for text in asked.question.follow_ups:
                self.screen.show(f"- {asked.text(text)}", indent="  ")
