"""Decks for other programs: Anki packages, GIFT (Moodle), and jupyterquiz.

Numeric questions are exported with values drawn from the seeds 0, 1, …; formulas in their plain
form. What a format lacks is left out, and counted by the caller.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from autograder.errors import UsageError
from autograder.quiz import numeric
from autograder.quiz.asking import Asked, ask
from autograder.quiz.questions import Multi, Numeric, Question

ANKI_MODEL = 1_730_301_030
_CSS = ".card { font-family: sans-serif; text-align: left; max-width: 44em; margin: 1em auto }"


def drawn(questions: Iterable[Question], variants: int) -> Iterator[Asked]:
    """Each question once, and numeric ones with up to `variants` different draws of values."""
    for question in questions:
        seen: list[Any] = []
        for seed in range(variants if question.type == "numeric" else 1):
            asked = ask(question, seed)
            if asked.values not in seen:
                seen.append(asked.values)
                yield asked


def as_html(markdown: str) -> str:
    from markdown_it import MarkdownIt

    return str(MarkdownIt("commonmark").render(markdown)).strip()


def _inline(markdown: str) -> str:
    from markdown_it import MarkdownIt

    return str(MarkdownIt("commonmark").renderInline(markdown))


def _key(asked: Asked) -> str:
    return f"{asked.question.id}-{asked.seed}" if asked.values else asked.question.id


# -- Anki ----------------------------------------------------------------------------------------


def write_anki(asked: Iterable[Asked], path: Path) -> int:
    """Write an Anki package with a deck for each of ours; the number of notes.

    Notes keep their identity over exports, so importing again updates them. UsageError when
    genanki is not installed.
    """
    try:
        import genanki
    except ImportError:
        todo = "pip install 'dl30[anki]'"
        raise UsageError("Anki packages need genanki, which is not installed", todo=todo) from None
    model = genanki.Model(
        ANKI_MODEL,
        "dl30 question",
        fields=[{"name": "Id"}, {"name": "Front"}, {"name": "Back"}],
        templates=[
            {"name": "Card", "qfmt": "{{Front}}", "afmt": "{{FrontSide}}<hr id=answer>{{Back}}"}
        ],
        css=_CSS,
    )
    decks: dict[str, Any] = {}
    count = 0
    for one in asked:
        stem = one.question.deck
        deck = decks.setdefault(stem, genanki.Deck(_anki_id(stem), f"dl30::{stem}"))
        tags = [concept.replace(" ", "-") for concept in one.question.meta.concepts]
        fields = [_key(one), _front(one), _back(one)]
        guid = genanki.guid_for("dl30", _key(one))
        deck.add_note(genanki.Note(model=model, fields=fields, tags=tags, guid=guid))
        count += 1
    genanki.Package(list(decks.values())).write_to_file(str(path))
    return count


def _anki_id(stem: str) -> int:
    from autograder.quiz.progress import card_id

    return card_id(f"deck {stem}") % 2**31 + 2**31


def _front(asked: Asked) -> str:
    parts = [as_html(asked.prompt)]
    paper = getattr(asked.question.meta, "paper", None)
    if paper is not None:
        cited = f"{paper.authors}: {paper.title} ({paper.year}, {paper.where})"
        parts.insert(0, f"<p><small>{html.escape(cited)}</small></p>")
    if asked.options:
        items = "".join(f"<li>{_inline(asked.text(o.text))}</li>" for o in asked.options)
        parts.append(f"<ol>{items}</ol>")
    if asked.unit:
        parts.append(f"<p>(in {html.escape(asked.unit)})</p>")
    return "".join(parts)


def _back(asked: Asked) -> str:
    question = asked.question
    parts = [f"<pre>{html.escape(asked.answer)}</pre>"] if question.by_machine else []
    parts += [
        f"<p>{i}. {'right' if o.right else 'wrong'}: {_inline(asked.text(o.reason))}</p>"
        for i, o in enumerate(asked.options, 1)
    ]
    parts += [as_html(asked.text(text)) for text in (question.explanation, question.reference)]
    if question.rubric:
        rows = "".join(
            f"<li>{point.kind}: {_inline(asked.text(point.text))}</li>" for point in question.rubric
        )
        parts.append(f"<ul>{rows}</ul>")
    parts.append(f"<p><small>{html.escape(question.meta.source)}</small></p>")
    return "".join(filter(None, parts))


# -- GIFT ----------------------------------------------------------------------------------------


def to_gift(asked: Iterable[Asked]) -> tuple[str, int]:
    """The questions in Moodle's GIFT format, and how many; shapes are left out.

    https://docs.moodle.org/en/GIFT_format; texts are HTML, so that code keeps its lines.
    """
    parts, count, deck = [], 0, ""
    for one in asked:
        answers = _gift_answers(one)
        if answers is None:
            continue
        if one.question.deck != deck:
            deck = one.question.deck
            parts.append(f"$CATEGORY: dl30/{deck}\n")
        text = _gift(as_html(one.prompt) + (f" (in {html.escape(one.unit)})" if one.unit else ""))
        parts.append(f"::{_gift(_key(one))}::[html]{text}{{{answers}}}\n")
        count += 1
    return "\n".join(parts), count


def _gift(text: str) -> str:
    """HTML on one line, with GIFT's own signs escaped."""
    text = text.replace("\\", "&#92;").replace("\n", "\\n")
    for sign in "~=#{}:":
        text = text.replace(sign, f"\\{sign}")
    return text


def _gift_answers(asked: Asked) -> str | None:
    question = asked.question
    general = "####" + _gift(as_html(asked.text(question.explanation or question.reference)))
    general = general if general != "####" else ""
    if isinstance(question.meta, Numeric):
        return _gift_number(asked, question.meta, general)
    if question.type == "output":
        return f"={_gift(html.escape(question.output.strip()))}{general}"
    if not asked.options:
        return general
    rights = sum(option.right for option in asked.options)
    wrongs = len(asked.options) - rights
    rows = []
    for option in asked.options:
        share = 100 / rights if option.right else -100 / wrongs
        mark = "=" if option.right else "~"
        if isinstance(question.meta, Multi):
            mark = f"~%{share:.5f}%"
        said = _gift(_inline(asked.text(option.text)))
        rows.append(f"{mark}{said}#{_gift(_inline(asked.text(option.reason)))}")
    return "\n" + "\n".join(rows) + f"\n{general}"


def _gift_number(asked: Asked, meta: Numeric, general: str) -> str | None:
    expected = asked.scope["answer"]
    if isinstance(expected, tuple):
        return None
    slack = abs(expected) * (meta.rtol or 0)
    rows = [f"=%100%{expected!r}:{slack!r}#"]
    for wrong, value in numeric.wrong_values(meta, asked.values):
        if not isinstance(value, tuple) and not numeric.close(value, expected, meta.rtol):
            rows.append(f"=%0%{value!r}:0#{_gift(_inline(asked.text(wrong.say)))}")
    return "#\n" + "\n".join(rows) + f"\n{general}"


# -- jupyterquiz ---------------------------------------------------------------------------------


def to_jupyterquiz(asked: Iterable[Asked]) -> tuple[str, int]:
    """The questions as jupyterquiz' JSON, and how many; those in words and shapes are left out."""
    found = [data for one in asked if (data := _jupyterquiz(one)) is not None]
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n", len(found)


def _jupyterquiz(asked: Asked) -> dict[str, Any] | None:
    question = asked.question
    data: dict[str, Any] = {"id": _key(asked), "question": as_html(asked.prompt)}
    if asked.options:
        kind = "multiple_choice" if question.type == "choice" else "many_choice"
        answers = [
            {
                "answer": _inline(asked.text(option.text)),
                "correct": option.right,
                "feedback": _inline(asked.text(option.reason)),
            }
            for option in asked.options
        ]
        return data | {"type": kind, "answers": answers}
    if question.type == "output":
        said = _inline(asked.text(question.explanation))
        right = {"answer": question.output.strip(), "correct": True, "match_case": True}
        return data | {"type": "string", "answers": [right | {"feedback": said}]}
    if isinstance(question.meta, Numeric):
        return _jupyterquiz_number(asked, question.meta, data)
    return None


def _jupyterquiz_number(asked: Asked, meta: Numeric, data: dict[str, Any]) -> dict[str, Any] | None:
    expected = asked.scope["answer"]
    if isinstance(expected, tuple):
        return None
    said = _inline(asked.text(asked.question.explanation))
    low, high = numeric.interval(expected, meta.rtol)
    right: dict[str, Any] = {"type": "value", "value": expected, "correct": True, "feedback": said}
    if meta.rtol:
        right = {"type": "range", "range": [low, high], "correct": True, "feedback": said}
    answers = [right]
    for wrong, value in numeric.wrong_values(meta, asked.values):
        if not isinstance(value, tuple) and not numeric.close(value, expected, meta.rtol):
            say = _inline(asked.text(wrong.say))
            answers.append({"type": "value", "value": value, "correct": False, "feedback": say})
    return data | {"type": "numeric", "answers": answers}
