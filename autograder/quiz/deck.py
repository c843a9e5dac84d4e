"""Reading decks: Markdown files with one question under each second-level heading.

Opening a deck only finds its headings, so that a session starts at once; a question is parsed when
it is asked for. The format stands in docs/decks.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from autograder.errors import DeckError
from autograder.quiz.questions import Metadata, Option, Point, Question
from autograder.text import one_line

ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
ID_LENGTH = 60
_LANDMARK = re.compile(r"^(?:##? .*| {0,3}(?:```|~~~).*)$", re.MULTILINE)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})\s*(\S*)")
_OPTION = re.compile(r"- \[([ xX])\] +(.*\S)")
_REASON = re.compile(r" {0,4}> ?(.*)")
_POINT = re.compile(r"- \[(\w+)\] +(.*\S)")
_SECTIONS = {
    "Hint": "hint",
    "Explanation": "explanation",
    "Reference answer": "reference",
    "Rubric": "rubric",
    "Follow-ups": "follow_ups",
}
_FIELD = re.compile(r"^(.*?)(?: - at `(.*)`)?$", re.DOTALL)


Fence = Literal["", "open", "in", "close"]


class Line(msgspec.Struct, frozen=True):
    """A line with its number in the file, and what it is to a fenced block."""

    number: int
    text: str
    fence: Fence = ""


def lines_of(lines: list[str], first: int = 1) -> Iterator[Line]:
    """The lines of Markdown, numbered from `first`, with fenced blocks told apart."""
    fence = ""
    for number, line in enumerate(lines, first):
        before, fence = fence, fence_after(line, fence)
        if before:
            yield Line(number, line, "in" if fence else "close")
        else:
            yield Line(number, line, "open" if fence else "")


def fence_after(line: str, fence: str) -> str:
    """The fence that stands open after a line, where `fence` did before it; "" for none."""
    found = _FENCE.match(line)
    if not found or not fence:
        return found.group(1) if found else fence
    closes = found.group(1).startswith(fence) and line.strip() == found.group(1)
    return "" if closes else fence


@dataclass(frozen=True)
class Deck(Mapping[str, Question]):
    """The questions of one file by their ids, in the file's order."""

    stem: str
    path: Path
    title: str
    places: dict[str, tuple[int, str]]

    @classmethod
    def read(cls, path: Path) -> Deck:
        """Raises DeckError when the file cannot be read or a heading is no id, or twice there."""
        try:
            return cls.parse(path.read_text(encoding="utf-8"), path)
        except UnicodeDecodeError as error:
            raise DeckError(f"is not UTF-8 at byte {error.start}", where=path) from None
        except OSError as error:
            raise DeckError(f"cannot be read: {error.strerror}", where=path) from None

    @classmethod
    def parse(cls, text: str, path: Path) -> Deck:
        title, text = path.stem, text.replace("\r\n", "\n")
        heads: list[tuple[int, int, int, str]] = []
        fence, counted, number = "", 0, 1
        for found in _LANDMARK.finditer(text):
            line = found.group(0)
            before, fence = fence, fence_after(line, fence)
            if before or fence:
                continue
            if line.startswith("## "):
                number += text.count("\n", counted, found.start())
                counted = found.start()
                heads.append((number, *found.span(), line[3:].strip()))
            elif not heads:
                title = line[2:].strip()
        places: dict[str, tuple[int, str]] = {}
        ends = [*(begin for _, begin, _, _ in heads), len(text)][1:]
        for (start, _, begin, name), end in zip(heads, ends, strict=True):
            where = f"{path}, line {start}"
            if not ID.fullmatch(name) or len(name) > ID_LENGTH:
                shown, todo = one_line(name, 60), "use lower-case words joined by hyphens"
                raise DeckError(f'"{shown}" is no id of a question', where=where, todo=todo)
            if name in places:
                there = f"it stands at line {places[name][0]} already"
                raise DeckError(f"the id {name} is not unique: {there}", where=where)
            places[name] = (start, text[begin + 1 : end])
        return cls(path.stem, path, title, places)

    def __getitem__(self, name: str) -> Question:
        line, body = self.places[name]
        return _Parser(self.stem, self.path, name, line).question(body)

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)


@dataclass
class _Parser:
    """Takes the body of one question apart; its errors name file, line, id and field."""

    deck: str
    path: Path
    name: str
    start: int

    def question(self, body: str) -> Question:
        self.lines = list(lines_of(body.split("\n"), self.start + 1))
        meta, rest = self._metadata()
        parts = self._sections(rest)
        prompt, options = self._options(parts.pop("prompt"))
        texts: dict[str, Any] = {
            key: _text(lines) for key, lines in parts.items() if key not in ("rubric", "follow_ups")
        }
        texts["rubric"] = tuple(self._points(parts.get("rubric", [])))
        texts["follow_ups"] = tuple(self._list(parts.get("follow_ups", [])))
        question = Question(
            self.name, self.deck, self.path, self.start, meta, _text(prompt), options, **texts
        )
        if question.type == "output":
            question = self._with_code(question, prompt)
        self._complete(question)
        return question

    def fault(
        self, what: str, line: int | None = None, field: str = "", todo: str = ""
    ) -> DeckError:
        place = f"{self.path}, line {line or self.start}, {self.name}"
        return DeckError(what, where=f"{place}, {field}" if field else place, todo=todo)

    def _metadata(self) -> tuple[Metadata, list[Line]]:
        import tomli

        begin = next((i for i, line in enumerate(self.lines) if line.text.strip()), 0)
        first = self.lines[begin] if self.lines else Line(self.start, "")
        opened = _FENCE.match(first.text)
        if first.fence != "open" or not opened or opened.group(2) != "toml":
            raise self.fault("a question begins with a fenced block of toml", first.number)
        end = next((i for i, line in enumerate(self.lines) if line.fence == "close"), None)
        if end is None:
            raise self.fault("the toml block is not closed", first.number)
        block = self.lines[begin + 1 : end]
        try:
            found = tomli.loads("\n".join(line.text for line in block))
        except tomli.TOMLDecodeError as error:
            at = re.search(r"line (\d+)", str(error))
            place = first.number + int(at.group(1)) if at else first.number
            what = re.sub(r" \(at .*\)$", "", str(error))
            raise self.fault(f"the toml block cannot be read: {what}", place) from None
        return self._decoded(found, block, first.number), self.lines[end + 1 :]

    def _decoded(self, found: dict[str, Any], block: list[Line], first: int) -> Metadata:
        try:
            meta: Metadata = msgspec.convert(found, Metadata)
        except msgspec.ValidationError as error:
            raise self._misfit(str(error), block, first) from None
        return meta

    def _misfit(self, said: str, block: list[Line], first: int) -> DeckError:
        """The validator's sentence with the line of the field that it names."""
        match = _FIELD.match(said)
        what, at = (match.group(1), match.group(2) or "") if match else (said, "")
        named = re.search(r"field `(\w+)`", what)
        field = at.removeprefix("$").removeprefix(".") or (named.group(1) if named else "")
        key = re.split(r"[.\[]", field)[0]
        places = (line.number for line in block if re.match(rf"\W*{key}\b", line.text))
        line = next(places, first) if key else first
        return self.fault(what[:1].lower() + what[1:], line, field)

    def _sections(self, lines: list[Line]) -> dict[str, list[Line]]:
        parts: dict[str, list[Line]] = {"prompt": []}
        here = "prompt"
        for line in lines:
            if not line.fence and line.text.startswith("### "):
                heading = line.text[4:].strip()
                if heading not in _SECTIONS:
                    known = ", ".join(_SECTIONS)
                    raise self.fault(
                        f'there is no section "{one_line(heading, 40)}"',
                        line.number,
                        todo=f"there are {known}",
                    )
                here = _SECTIONS[heading]
                if here in parts:
                    raise self.fault(f"the section {heading} is there twice", line.number)
                parts[here] = []
            else:
                parts[here].append(line)
        return parts

    def _options(self, lines: list[Line]) -> tuple[list[Line], tuple[Option, ...]]:
        marks = [(i, _OPTION.match(lines[i].text)) for i in range(len(lines)) if not lines[i].fence]
        starts = [(i, match) for i, match in marks if match]
        options = []
        ends = [*(i for i, _ in starts), len(lines)][1:]
        for (i, match), end in zip(starts, ends, strict=True):
            text, reason = [match.group(2)], []
            for line in lines[i + 1 : end]:
                quoted = _REASON.match(line.text)
                if quoted:
                    reason.append(quoted.group(1).strip())
                elif line.text.strip() and reason:
                    raise self.fault("this stands between options", line.number)
                elif line.text.strip():
                    text.append(line.text.strip())
            options.append(Option(" ".join(text), match.group(1) != " ", " ".join(reason)))
        return lines[: starts[0][0]] if starts else lines, tuple(options)

    def _points(self, lines: list[Line]) -> Iterator[Point]:
        for line, text in _items(lines):
            match = _POINT.match(text)
            if not match or match.group(1) not in ("must", "bonus", "trap"):
                todo = "begin it with - [must], - [bonus] or - [trap]"
                raise self.fault("this is no point of a rubric", line, "Rubric", todo)
            kind: Any = match.group(1)
            yield Point(kind, match.group(2))

    def _list(self, lines: list[Line]) -> Iterator[str]:
        for line, text in _items(lines):
            if not text.startswith("- "):
                raise self.fault("follow-ups are a list", line, "Follow-ups", "begin it with -")
            yield text[2:].strip()

    def _with_code(self, question: Question, prompt: list[Line]) -> Question:
        kept, blocks = [], {"python": "", "output": ""}
        counts = dict.fromkeys(blocks, 0)
        here = ""
        for line in prompt:
            opened = _FENCE.match(line.text) if line.fence == "open" else None
            here = opened.group(2) if opened else here
            if here not in blocks or not line.fence:
                kept.append(line)
            elif line.fence == "open":
                counts[here] += 1
            elif line.fence == "in":
                blocks[here] += line.text + "\n"
        for name, count in counts.items():
            if count != 1:
                raise self.fault(f"an output question has one block of {name}, not {count}")
        return msgspec.structs.replace(
            question, prompt=_text(kept), code=blocks["python"], output=blocks["output"]
        )

    def _complete(self, question: Question) -> None:
        """What belongs to a type must be there, and nothing else."""
        words = question.type in ("free", "paper")
        needed = {
            "options": question.type in ("choice", "multi"),
            "reference": words,
            "rubric": words,
            "explanation": question.type in ("numeric", "output"),
        }
        titles = {key: title for title, key in _SECTIONS.items()}
        for key, must in needed.items():
            if must and not getattr(question, key):
                name = titles.get(key, "options")
                raise self.fault(f"a {question.type} question needs {_article(name)}", field=name)
        for key in ("options", "reference", "rubric", "follow_ups"):
            if getattr(question, key) and not needed.get(key, words):
                name = titles.get(key, "options")
                raise self.fault(f"a {question.type} question has no {name.lower()}", field=name)
        if not question.prompt and question.type != "output":
            raise self.fault("the prompt is empty", field="prompt")


def _article(name: str) -> str:
    return name if name == "options" else f"a section {name}"


def _text(lines: list[Line]) -> str:
    return "\n".join(line.text.rstrip() for line in lines).strip("\n")


def _items(lines: list[Line]) -> Iterator[tuple[int, str]]:
    """List items with their continuation lines joined, each with its first line's number."""
    item: list[str] = []
    start = 0
    for line in lines:
        text = line.text.strip()
        if not text:
            continue
        if line.text.startswith("- ") or not item:
            if item:
                yield start, " ".join(item)
            item, start = [text], line.number
        else:
            item.append(text)
    if item:
        yield start, " ".join(item)
