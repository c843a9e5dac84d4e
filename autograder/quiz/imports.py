"""Decks of one's own out of GIFT and jupyterquiz files, written as Markdown."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.errors import UsageError
from autograder.quiz.deck import ID, ID_LENGTH

_TITLE = re.compile(r"\s*::((?:[^:\\]|\\.|:(?!:))*)::", re.DOTALL)
_FORMAT = re.compile(r"\s*\[(?:html|markdown|plain|moodle)\]")
_ANSWERS = re.compile(r"(?<!\\)\{((?:[^{}\\]|\\.)*)\}", re.DOTALL)
_ROW = re.compile(r"(?<!\\)([=~])((?:[^=~\\]|\\.)*)", re.DOTALL)
_VALUE = r"(-?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?)"
_NUMBER = re.compile(rf"\s*{_VALUE}\s*(?:(:|\.\.)\s*{_VALUE})?\s*", re.IGNORECASE)
_WEIGHT = re.compile(r"\s*%(-?[\d.]+)%")
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")


@dataclass
class Draft:
    """A question on its way into a deck; `value` and `rtol` are for numbers."""

    title: str
    prompt: str
    options: list[tuple[str, bool, str]] = field(default_factory=list)
    value: float | None = None
    rtol: float = 0
    explanation: str = ""


def read_drafts(path: Path) -> tuple[list[Draft], list[str]]:
    """The questions of a GIFT or jupyterquiz file, and why others were left out.

    UsageError when the file is neither.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"is not UTF-8 at byte {error.start}", where=path) from None
    if text.lstrip().startswith("["):
        found = list(_jupyterquiz(text, path))
    else:
        found = list(_gift(text))
    drafts = [one for one in found if isinstance(one, Draft)]
    if not drafts:
        raise UsageError("holds no question that could be taken in", where=path)
    return drafts, [one for one in found if isinstance(one, str)]


# -- jupyterquiz ---------------------------------------------------------------------------------


def _jupyterquiz(text: str, path: Path) -> Iterator[Draft | str]:
    try:
        items = json.loads(text)
    except ValueError as error:
        raise UsageError(f"is not JSON: {error}", where=path) from None
    for number, item in enumerate(items, 1):
        try:
            yield _one(item, number)
        except (KeyError, TypeError, AttributeError, ValueError):
            yield f"question {number}: is not as jupyterquiz has it"


def _one(item: dict[str, Any], number: int) -> Draft | str:
    draft = Draft(str(item.get("id", f"question-{number}")), _plain(item["question"]))
    kind, answers = item["type"], item["answers"]
    if kind in ("multiple_choice", "many_choice"):
        for answer in answers:
            said = _plain(answer.get("feedback", ""))
            draft.options.append((_plain(answer["answer"]), bool(answer["correct"]), said))
        return draft
    if kind != "numeric":
        return f"question {number}: the type {kind!r} has no place in a deck"
    right = next(answer for answer in answers if answer.get("correct"))
    draft.explanation = _plain(right.get("feedback", ""))
    low, high = right["range"] if "range" in right else (right["value"], right["value"])
    return _with_range(draft, float(low), float(high))


def _with_range(draft: Draft, low: float, high: float) -> Draft:
    draft.value = (low + high) / 2
    draft.rtol = abs(high - low) / 2 / abs(draft.value) if draft.value and high != low else 0
    return draft


# -- GIFT ----------------------------------------------------------------------------------------


def _gift(text: str) -> Iterator[Draft | str]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith(("//", "$"))]
    blocks = re.split(r"\n\s*\n", "\n".join(lines))
    for number, block in enumerate(filter(str.strip, blocks), 1):
        try:
            yield _gift_one(block, number)
        except ValueError as error:
            yield f"question {number}: {error}"


def _gift_one(block: str, number: int) -> Draft:
    title = _TITLE.match(block)
    body = block[title.end() :] if title else block
    body = _FORMAT.sub("", body, count=1) if _FORMAT.match(body) else body
    answers = _ANSWERS.search(body)
    if not answers:
        raise ValueError("there are no answers in braces")
    prompt = body[: answers.start()] + ("____" if body[answers.end() :].strip() else "")
    prompt += body[answers.end() :]
    draft = Draft(_plain(title.group(1)) if title else f"question-{number}", _plain(prompt))
    inner, _, general = answers.group(1).partition("####")
    draft.explanation = _plain(general)
    if inner.strip().upper() in ("T", "TRUE", "F", "FALSE"):
        raise ValueError("true-or-false has only two options")
    if inner.lstrip().startswith("#"):
        return _gift_number(draft, inner.lstrip()[1:])
    return _gift_options(draft, inner)


def _gift_options(draft: Draft, inner: str) -> Draft:
    for sign, row in _ROW.findall(inner):
        weight = _WEIGHT.match(row)
        row = row[weight.end() :] if weight else row
        text, reason = _split(row)
        right = sign == "=" if weight is None else float(weight.group(1)) > 0
        draft.options.append((_plain(text), right, _plain(reason)))
    if len(draft.options) < 3:
        raise ValueError("it has fewer than three options to choose from")
    return draft


def _gift_number(draft: Draft, inner: str) -> Draft:
    rows = [row for _, row in _ROW.findall(inner)] or [inner]
    best = next((row for row in rows if not (w := _WEIGHT.match(row)) or float(w.group(1)) > 0), "")
    weight = _WEIGHT.match(best)
    match = _NUMBER.match(_split(best[weight.end() :] if weight else best)[0])
    if not match:
        raise ValueError("its number cannot be read")
    value, between, second = match.groups()
    if between == "..":
        return _with_range(draft, float(value), float(second))
    slack = float(second or 0)
    return _with_range(draft, float(value) - slack, float(value) + slack)


def _split(row: str) -> tuple[str, str]:
    """An answer and its feedback."""
    answer, *feedback = re.split(r"(?<!\\)#", row, maxsplit=1)
    return answer, "".join(feedback)


def _plain(text: str) -> str:
    """Text without GIFT's escapes and without HTML, code blocks kept."""
    text = re.sub(r"\\n", "\n", text)
    text = re.sub(r"\\([~=#{}:])", r"\1", text)
    text = re.sub(r"<pre><code[^>]*>(.*?)</code></pre>", r"\n```\n\1```\n", text, flags=re.DOTALL)
    text = re.sub(r"<code>(.*?)</code>", r"`\1`", text, flags=re.DOTALL)
    text = re.sub(r"</p>\s*<p>", "\n\n", text)
    return html.unescape(_TAG.sub("", text)).strip()


# -- Markdown ------------------------------------------------------------------------------------


def to_deck(drafts: list[Draft], title: str, taken: set[str], source: str) -> str:
    """A deck in Markdown; ids come from the titles and avoid those `taken`."""
    parts = [f"# {title}\n"]
    used = set(taken)
    for draft in drafts:
        name = _id(draft.title, used)
        used.add(name)
        parts += _question(name, draft, source)
    return "\n".join(parts)


def _id(title: str, used: set[str]) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[: ID_LENGTH - 4].strip("-")
    base = base if ID.fullmatch(base) else "question"
    name, number = base, 2
    while name in used:
        name, number = f"{base}-{number}", number + 1
    return name


def _question(name: str, draft: Draft, source: str) -> Iterator[str]:
    rights = sum(right for _, right, _ in draft.options)
    lines = {"concepts": '["imported"]', "difficulty": "2", "source": json.dumps(source)}
    if draft.value is not None:
        lines = {"type": '"numeric"', **lines, "answer": json.dumps(repr(draft.value))}
        lines |= {"rtol": repr(draft.rtol)} if draft.rtol else {"check": '"exact"'}
        if not draft.rtol and draft.value.is_integer():
            lines["answer"] = json.dumps(str(int(draft.value)))
        elif not draft.rtol:
            lines.pop("check")
            lines["rtol"] = "1e-6"
    elif rights == 1:
        lines = {"type": '"choice"', **lines}
    else:
        lines = {"type": '"multi"', **lines, "score": '"partial"'}
    yield f"## {name}\n"
    yield "```toml\n" + "\n".join(f"{key} = {value}" for key, value in lines.items()) + "\n```\n"
    yield re.sub(r"^#", r"\\#", draft.prompt, flags=re.MULTILINE) + "\n"
    for text, right, reason in draft.options:
        yield f"- [{'x' if right else ' '}] {' '.join(text.split())}"
        yield f"  > {' '.join(reason.split()) or ('Right.' if right else 'Wrong.')}"
    if draft.explanation or draft.value is not None:
        yield f"\n### Explanation\n{draft.explanation or 'None was given.'}"
    yield ""
