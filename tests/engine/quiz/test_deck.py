"""Reading decks: what is read, and the one line that a broken one gets."""

from __future__ import annotations

from pathlib import Path

import pytest
from quiz_lab import CHOICE, DECK, FREE, MULTI, NUMERIC, OUTPUT, question

from autograder.errors import DeckError, UsageError
from autograder.quiz.deck import Deck
from autograder.quiz.library import Library
from autograder.quiz.questions import Point

PATH = Path("lab.md")


def read(text: str) -> Deck:
    return Deck.parse(text, PATH)


class TestReading:
    def test_the_questions_in_order(self) -> None:
        deck = read(DECK)
        assert deck.title == "Lab"
        assert [name.removeprefix("lab-") for name in deck] == [
            *("choice", "multi", "numeric", "shape", "output", "free")
        ]
        assert [deck[name].type for name in deck] == [
            *("choice", "multi", "numeric", "numeric", "output", "free")
        ]

    def test_options_with_their_reasons(self) -> None:
        first, second, _ = read(CHOICE)["lab-choice"].options
        assert (first.text, first.right, first.reason) == ("two", True, "It is twice one.")
        assert (second.text, second.right) == ("one", False)

    def test_code_and_output_leave_the_prompt(self) -> None:
        found = read(OUTPUT)["lab-output"]
        assert found.prompt == "What is printed?"
        assert found.code == "print([1, 2])\nprint(3)\n"
        assert found.output == "[1, 2]\n3\n"

    def test_a_rubric(self) -> None:
        found = read(FREE)["lab-free"]
        assert found.rubric[0] == Point("must", "says why")
        assert [point.kind for point in found.rubric] == ["must", "must", "bonus", "trap"]
        assert found.follow_ups == ("And then?",)
        assert found.probes == ("lab-choice",)

    def test_headings_in_code_are_no_headings(self) -> None:
        body = "Say.\n\n```python\n## not-an-id\n# nor this\n```\n\n~~~\n```\n## nor-this\n~~~\n"
        rest = "\n### Explanation\nx"
        text = question("a-b", "numeric", body + rest, 'answer = "1"\ncheck = "exact"\n')
        deck = read(text + "\n" + question("c", "choice", "x"))
        assert list(deck) == ["a-b", "c"]
        assert "## not-an-id" in deck["a-b"].prompt

    def test_an_exercise_of_another_day(self) -> None:
        assert read(CHOICE)["lab-choice"].exercise == "day14_convolution/im2col"

    def test_line_numbers(self) -> None:
        deck = read(DECK)
        lines = DECK.split("\n")
        for name in deck:
            assert lines[deck[name].line - 1] == f"## {name}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("## Not An Id\n", 'lab.md, line 1: "Not An Id" is no id of a question'),
        (CHOICE + CHOICE, "line 22: the id lab-choice is not unique: it stands at line 1 already"),
        ("## a\nno toml", "lab.md, line 2, a: a question begins with a fenced block of toml"),
        ("## a\n```toml\n", "line 2, a: the toml block is not closed"),
        ("## a\n```toml\nx = = 1\n```\n", "line 3, a: the toml block cannot be read"),
        (CHOICE.replace("level", "x").replace("difficulty = 1", "difficulty = 9"),
         "line 6, lab-choice, difficulty: expected `int` <= 3"),
        (CHOICE.replace("difficulty", "dificulty"), "lab-choice, dificulty"),
        (CHOICE.replace('"choice"', '"chose"'), "invalid value 'chose'"),
        (NUMERIC.replace("[10, 20]", "[]"), "params[...]: expected `array` of length >= 1"),
        (CHOICE.replace("### Hint", "### Hints"), 'there is no section "Hints"'),
        (CHOICE + "\n### Hint\nx\n", "the section Hint is there twice"),
        (OUTPUT.replace("```output", "```text"), "has one block of output, not 0"),
        (FREE.replace("[trap]", "[tarp]"), "lab-free, Rubric: this is no point of a rubric"),
        (FREE.replace("### Reference answer", "### Explanation"), "Reference answer: a free"),
        (MULTI.replace("- [", "* ["), "lab-multi, options: a multi question needs options"),
    ],
)  # fmt: skip
def test_a_broken_deck(text: str, said: str) -> None:
    """The file, the line, the question and the field, in one line."""
    with pytest.raises(DeckError) as caught:
        list(read(text).values())
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 3


class TestLibrary:
    def folder(self, path: Path, **decks: str) -> Library:
        for name, text in decks.items():
            (path / f"{name}.md").write_text(text)
        return Library.open([path])

    def test_ids_are_unique_over_decks(self, tmp_path: Path) -> None:
        library = self.folder(tmp_path, one=CHOICE, two=CHOICE)
        with pytest.raises(
            DeckError, match=r"two.md, line 1: the id lab-choice stands in .*one.md"
        ):
            list(library)

    @pytest.mark.parametrize("asked", ["14", "day14", "DAY14_convolution", "convolution"])
    def test_a_deck_by_its_names(self, tmp_path: Path, asked: str) -> None:
        library = self.folder(tmp_path, day14_convolution=CHOICE, papers=MULTI)
        assert library.deck(asked).stem == "day14_convolution"

    def test_near_misses(self, tmp_path: Path) -> None:
        library = self.folder(tmp_path, day14_convolution=CHOICE, papers=MULTI)
        with pytest.raises(UsageError, match="did you mean papers"):
            library.deck("paper")
        with pytest.raises(UsageError, match="did you mean lab-choice"):
            library.question("lab-chice")

    def test_a_file_that_is_no_text(self, tmp_path: Path) -> None:
        (tmp_path / "x.md").write_bytes(b"\xff\xfe")
        with pytest.raises(DeckError, match=r"x.md: is not UTF-8 at byte 0"):
            Library.open([tmp_path])
