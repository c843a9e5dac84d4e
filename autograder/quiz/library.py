"""All decks there are: the course's, and the learner's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from autograder.errors import DeckError, UsageError
from autograder.quiz.deck import Deck
from autograder.quiz.questions import Question
from autograder.text import one_line

BUNDLED = Path(__file__).parent.parent / "quizzes"
_ASKED = re.compile(r"(?:day)?0*(\d{1,2})")


def deck_files(folders: Iterable[Path]) -> list[Path]:
    """The files of the decks in these folders, in their order and by name."""
    return [path for folder in folders for path in sorted(folder.glob("*.md"))]


@dataclass(frozen=True)
class Library(Mapping[str, Question]):
    """Questions by id, over decks whose ids do not collide."""

    decks: tuple[Deck, ...]

    @classmethod
    def open(cls, folders: Iterable[Path]) -> Library:
        """Every deck of the folders, in their order and by name; DeckError if one is at fault."""
        return cls(tuple(Deck.read(path) for path in deck_files(folders)))

    @cached_property
    def _deck_of(self) -> dict[str, Deck]:
        found: dict[str, Deck] = {}
        for deck in self.decks:
            for name, (line, _) in deck.places.items():
                if name in found:
                    there = f"{found[name].path}, line {found[name].places[name][0]}"
                    where = f"{deck.path}, line {line}"
                    raise DeckError(f"the id {name} stands in {there} already", where=where)
                found[name] = deck
        return found

    @cached_property
    def _parsed(self) -> dict[str, Question]:
        return {}

    def __getitem__(self, name: str) -> Question:
        if name not in self._parsed:
            self._parsed[name] = self._deck_of[name][name]
        return self._parsed[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._deck_of)

    def __len__(self) -> int:
        return len(self._deck_of)

    def __contains__(self, name: object) -> bool:
        return name in self._deck_of

    def deck_of(self, name: str) -> str:
        """The stem of the deck that has this question; KeyError if none has."""
        return self._deck_of[name].stem

    def question(self, text: str) -> Question:
        """The question of this id; UsageError with near misses if there is none."""
        name = text.strip().lower()
        if name in self:
            return self[name]
        near = _near(name, self, 3)
        todo = f"did you mean {' or '.join(near)}?" if near else "`dl30 quiz list` shows all ids"
        raise UsageError(f'there is no question "{one_line(text, 60)}"', todo=todo)

    def deck(self, text: str) -> Deck:
        """The deck meant by "14", "day14", "day14_convolution", "convolution" or "papers"."""
        asked = text.strip().lower()
        number = _ASKED.fullmatch(asked)
        prefix = f"day{int(number.group(1)):02}_" if number else None
        for deck in self.decks:
            _, _, topic = deck.stem.partition("_")
            if asked in (deck.stem, topic) or (prefix and deck.stem.startswith(prefix)):
                return deck
        stems = [deck.stem for deck in self.decks]
        names = {name: stem for stem in stems for name in (stem, stem.partition("_")[2]) if name}
        near = [names[name] for name in _near(asked, names, 2)]
        meant = f"did you mean {' or '.join(dict.fromkeys(near))}? " if near else ""
        listed = f"there are {', '.join(stems)}" if stems else "there are none"
        raise UsageError(f'there is no deck "{one_line(text, 60)}"', todo=meant + listed)


def _near(text: str, names: Iterable[str], most: int) -> list[str]:
    import difflib

    return difflib.get_close_matches(text, list(names), n=most)
