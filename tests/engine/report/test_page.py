"""The page: one file, nobody's text is markup, nothing secret, small enough for a thousand."""

from __future__ import annotations

import datetime
import html.parser
import random
import re
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest
from mini_course import HIDDEN, SOLUTIONS, STEM, Mini
from report_lab import PRINT, WRONG, material, not_begun, record

from autograder.errors import UsageError
from autograder.grading.records import ExerciseResult, Outcome, Record
from autograder.report.book import NOBODY, Book, Entry
from autograder.report.day import figures
from autograder.report.gather import Material
from autograder.report.likeness.compared import Side
from autograder.report.likeness.find import Likeness, Twins
from autograder.report.page import MARK, course_page, day_page, write
from autograder.report.progress import course_figures

NOW = datetime.datetime(2026, 11, 27, 9, 30)
NONE = Likeness(submissions=20, compared=190)
VOID = {"meta", "link"}


class Elements(html.parser.HTMLParser):
    """Every element of a page, which must be closed where it has to be."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.open: list[str] = []
        self.feed(page.decode())
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def page_of(mini: Mini, made: Iterable[Record], likeness: Likeness = NONE, fault: str = "") -> str:
    page = day_page(figures(material(mini, made), NOBODY), likeness, fault, NOW)
    Elements(page)
    return page.decode()


def text_of(page: str) -> str:
    """What is read, on one line."""
    body = re.sub(r"<(style|script)>.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_what_a_teacher_reads_first(mini: Mini) -> None:
    made = [record("ada"), record("ben", {0: WRONG.format(3)}), record("cy", {0: WRONG.format(3)})]
    text = text_of(page_of(mini, made))
    assert "Day 01 · Mini What the class's results say, as of 2026-11-27 09:30." in text
    assert "3 submissions 6.8 median, of 11 1 has every point 0 have none" in text
    assert (
        "Explain again tomorrow scale : 2 of 3 who began it fail Every entry of a matrix is "
        "multiplied by the factor. 2 read `result` has shape (3, 7), and should have (7,) 2.8 "
        "points a head of the whole class."
    ) in text
    assert "No pair is more alike than the class explains." in text


EVIL = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; alert(1); //",
    "</style></title></textarea><b>",
    "\x00\x1b[31m\x07",
    "right\u202eleft\u2066\u200f",
    "a" * 10_000,
    "{{ 7 * 7 }}{% raw %}",
    "&lt;b&gt;&amp;",
    "]]><!-- -->",
]


def evil_record(text: str) -> Record:
    tests = [Outcome(text, text, "FAIL", text, 3.0), Outcome("b", text, "FAIL", f"{text}\n x", 3.0)]
    exercises = {text: ExerciseResult(0.0, 5.0, tests)}
    return record(
        text, exercises=exercises, score=0.0, seconds=9.0, jailed=False, notes=[text],
        fingerprint=PRINT,
    )  # fmt: skip


@pytest.mark.parametrize("text", EVIL, ids=range(len(EVIL)))
def test_hostile_text_is_only_read(mini: Mini, text: str) -> None:
    """As name of student, exercise and test, sentence, message, code and reason."""
    made = [evil_record(text), evil_record(text)]
    made += [record(text, status="broken", score=None, broken={text: text}, problem=text)]
    made += [record(text, status="broken", score=None, problem=text)]
    made += [record(text, status="unreadable", score=None, exercises={}, problem=text)]
    side = Side(text, (((text, True), (text, False)), None))
    twins = Twins(text, text, 0.9, 0.9, 3.0, ((side, side),))
    alike = Likeness(submissions=9, compared=36, standing_out=1, twins=(twins,))
    entries = {STEM: {text: Entry(60.0, 1.0, 0.0, 0, 1, 0)}}
    book = Book((text, f"{text}2"), entries, {STEM: NOW})
    things = Material(mini.day, tuple(made), (f"{text}.json",), (text,))
    days = [things, things, things]
    for page in (
        day_page(figures(things, book), alike, text, NOW),
        course_page(course_figures(days, book), text, NOW),
    ):
        seen = Elements(page)
        assert seen.names.count("script") == 1
        assert not {*seen.names} & {"img", "iframe", "object", "textarea"}
        handlers = [name for _, name, _ in seen.attributes if name.startswith("on")]
        assert handlers == []
        targets = {v for tag, name, v in seen.attributes if name in ("src", "href")}
        assert all(target.startswith(("#", "data:,")) for target in targets)
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]",
                             page.decode())  # fmt: skip
        assert len(page) < 150_000


def test_what_is_not_seen_is_shown_by_its_number(mini: Mini) -> None:
    page = page_of(mini, [record("ada\u202e\x1bb")])
    assert "ada\\u202e\\u001bb" in page


def test_nothing_of_tests_or_reference_is_in_it(mini: Mini) -> None:
    mini.submit("ada")
    broken = {"TestScale::test_matrix": "SECRET_FACTOR = 2.515625\nValueError: expected 2.515625"}
    made = [record("ada"), record("ben", status="broken", score=None, broken=broken)]
    page = page_of(mini, made)
    assert "ValueError" in page
    assert "2.515625" not in page
    for line in {*HIDDEN.splitlines(), *SOLUTIONS.splitlines()}:
        if len(line.strip()) > 12 and '"""' not in line:
            assert line.strip() not in text_of(page)


def test_one_file_that_reaches_for_nothing(mini: Mini) -> None:
    page = page_of(mini, [record("ada")])
    assert not re.search(r"https?:|//[a-z]|@import|url\(", page)
    assert "default-src 'none'" in page
    assert "script-src 'sha256-" in page


def test_it_can_be_read_by_ear(mini: Mini) -> None:
    """A title, headings in order, headed tables, pictures with words."""
    made = [record("ada", {0: "x"}), record("ben", {0: "x"}, not_begun("row_means"))]
    for page in (
        day_page(figures(material(mini, made), NOBODY), NONE, "", NOW),
        course_page(course_figures([material(mini, made)] * 2, NOBODY), "", NOW),
    ):
        text = page.decode()
        assert '<html lang="en">' in text
        assert re.search(r"<title>[^<]{10,}</title>", text)
        levels = [int(level) for level in re.findall(r"<h(\d)", text)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
        assert all("scope=" in head for head in re.findall(r"<th[ >][^>]*>?", text))
        pictures = re.findall(r"<svg[^>]*>", text)
        assert pictures
        assert all('role="img" aria-label="' in picture for picture in pictures)


def test_why_the_gradebook_or_the_comparison_is_missing(mini: Mini) -> None:
    why = Likeness(why_not="it needs a package")
    text = text_of(page_of(mini, [record("ada")], why, "x.db: cannot be read"))
    assert "Without what the gradebook knows. x.db: cannot be read" in text
    assert "Nothing was compared: it needs a package." in text


def large_class(count: int) -> list[Record]:
    """Seven exercises with 46 tests, messages of many wordings."""
    draw, made = random.Random(1), []
    for number in range(count):
        exercises = {}
        for exercise in range(7):
            tests = [
                Outcome(
                    f"TestExercise{exercise}::test_number_{test}",
                    f"What test {test} of exercise {exercise} asks, in a sentence of usual length.",
                    "FAIL" if draw.random() < 0.2 else "PASS",
                    f"`out` is {'ABCDEFGHIJKLMNOP'[draw.randrange(16)]} of shape ({number}, 3)",
                    0.01,
                )
                for test in range(6 + (exercise < 4))
            ]
            points = sum(test.verdict == "PASS" for test in tests) * 2.0
            exercises[f"exercise_{exercise}"] = ExerciseResult(points, 14.0, tests)
        score = sum(one.points for one in exercises.values())
        made.append(record(f"student{number:04}", exercises=exercises, score=score))
    return made


def test_a_thousand_students_take_less_than_two_megabytes(mini: Mini) -> None:
    made = large_class(1000)
    lines = tuple((((f"    line = {n} + of_code * usual_length", True),)) for n in range(60))
    side = Side("exercise_1", lines)
    twins = Twins("student0001", "student0002", 0.9, 0.9, 3.0, ((side, side),) * 7)
    alike = Likeness(submissions=1000, compared=499_500, standing_out=40, twins=(twins,) * 10)
    page = day_page(figures(material(mini, made), NOBODY), alike, "", NOW)
    assert 200_000 < len(page) < 2_000_000
    assert sum(len(result.tests) for result in made[0].exercises.values()) == 46
    course = course_page(course_figures([material(mini, made)] * 30, NOBODY), "", NOW)
    assert 200_000 < len(course) < 2_000_000


def test_ours_is_replaced_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "reports" / "day.html"
    write(path, b"<html>" + MARK + b"1")
    write(path, b"<html>" + MARK + b"2")
    assert path.read_bytes().endswith(b"2")
    other = tmp_path / "thesis.html"
    other.write_text("<html>mine</html>")
    with pytest.raises(
        UsageError, match=r"thesis\.html: this is no report of ours, and is not wri"
    ):
        write(other, b"<html>" + MARK)
    assert other.read_text() == "<html>mine</html>"
    with pytest.raises(UsageError, match=r"this is a folder \(name a file\)"):
        write(tmp_path, MARK)


def test_a_page_bears_the_mark(mini: Mini) -> None:
    assert MARK.decode() in page_of(mini, [record("ada")])[:1000]
