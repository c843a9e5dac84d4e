"""Whole sessions in a pseudo-terminal, as people have them."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from quiz_lab import CHOICE, FREE, MULTI, NOW, NUMERIC, OUTPUT, Terminal, answers, write_deck

from autograder.quiz.events import Answered
from autograder.quiz.plan import make_plan
from autograder.quiz.progress import fold
from autograder.quiz.review_log import ReviewLog


def reviews(folder: Path) -> list[tuple[str, int]]:
    return [(one.question, one.rating) for one in answers(folder / "reviews.jsonl")]


def right_number(screen: str, text: str) -> str:
    """The number that an option has on the screen."""
    (line,) = [line for line in screen.splitlines() if line.strip().endswith(f". {text}")]
    return line.strip().partition(".")[0]


class TestASession:
    def test_from_the_first_question_to_the_end(self, tmp_path: Path) -> None:
        write_deck(tmp_path, CHOICE + "\n" + MULTI + "\n" + OUTPUT)
        quiz = Terminal(tmp_path, "lab", "--seed", "1")
        screen = quiz.see("1-3 (? s u q):")
        assert "0 due, 3 new." in screen
        quiz.send("?")
        quiz.see("Halve it.")
        quiz.see("1-3 (? s u q):")
        quiz.send(right_number(screen, "two"))
        quiz.see("How sure?")
        quiz.send("4")
        quiz.see("Right.")
        quiz.see("Rated Hard.")
        quiz.send("\r")
        quiz.see("such as 1 3 (? s u q):")
        quiz.sendline("9")
        quiz.see('"9" is not a number from 1 to 3')
        quiz.sendline("s")
        quiz.see("skipped")
        quiz.see("What is printed?")
        quiz.see(">")
        quiz.sendline("[1,2] 3")
        quiz.see("How sure?")
        quiz.send("\r")
        quiz.see("Right.")
        quiz.see("Rated Good.")
        quiz.send("e")
        quiz.see("rated Easy")
        assert "2 answered and kept, 100% right, 1 skipped." in quiz.see("skipped.") + "skipped."
        assert quiz.end() == 0
        assert reviews(tmp_path) == [("lab-choice", 2), ("lab-output", 3)]

    def test_a_wrong_answer_names_the_exercise(self, tmp_path: Path) -> None:
        write_deck(tmp_path, CHOICE)
        quiz = Terminal(tmp_path, "lab")
        quiz.send(right_number(quiz.see("1-3 (? s u q):"), "one"))
        quiz.see("How sure?")
        quiz.send("1")
        quiz.see("Wrong.")
        quiz.see("(wrong, your choice)")
        quiz.see("redo the exercise im2col of day14_convolution")
        quiz.see("Rated Again.")
        quiz.send("w")
        told = quiz.see("Rated Again.")
        assert told.count("your choice") == 1
        assert "Nor is that." in told
        quiz.send("q")
        assert quiz.end() == 0
        assert reviews(tmp_path) == [("lab-choice", 1)]

    def test_words_are_revealed_and_ticked(self, tmp_path: Path) -> None:
        write_deck(tmp_path, FREE)
        quiz = Terminal(tmp_path, "lab")
        quiz.see(">")
        quiz.sendline("because it is so")
        quiz.see(".")
        quiz.sendline("")
        quiz.see("How sure?")
        quiz.send("3")
        quiz.see("Because.")
        quiz.see("[trap, wrong if said] says the opposite")
        quiz.see("points said")
        quiz.sendline("1")
        quiz.see("Self-mark: 50%")
        quiz.see("And then?")
        quiz.see("Rated Again.")
        quiz.send("q")
        assert quiz.end() == 0
        (one,) = answers(tmp_path / "reviews.jsonl")
        assert (one.by_self, one.ticked, one.answer) == (True, (1,), "because it is so")

    def test_undo_asks_again(self, tmp_path: Path) -> None:
        write_deck(tmp_path, CHOICE + "\n" + NUMERIC)
        quiz = Terminal(tmp_path, "lab")
        quiz.send(right_number(quiz.see("1-3 (? s u q):"), "one"))
        quiz.see("How sure?")
        quiz.send("\r")
        quiz.see("Rated Again.")
        quiz.send("\r")
        quiz.see("answer (? s u q):")
        quiz.sendline("u")
        quiz.see("The rating of lab-choice is taken back.")
        quiz.send(right_number(quiz.see("1-3 (? s u q):"), "two"))
        quiz.see("How sure?")
        quiz.send("\r")
        quiz.see("Rated Good.")
        quiz.send("\r")
        quiz.see("answer (? s u q):")
        quiz.sendline("q")
        quiz.see("1 answered and kept, 100% right.")
        assert quiz.end() == 0

    def test_an_editor_for_long_answers(self, tmp_path: Path) -> None:
        write_deck(tmp_path, FREE)
        script = tmp_path / "editor"
        script.write_text('#!/bin/sh\necho "written elsewhere" > "$1"\n')
        script.chmod(0o755)
        quiz = Terminal(tmp_path, "lab", EDITOR=str(script), VISUAL=str(script))
        quiz.see(">")
        quiz.sendline("e")
        quiz.see("How sure?")
        quiz.send("\x03")
        quiz.end()
        (draft,) = ReviewLog(tmp_path / "reviews.jsonl").read()
        assert isinstance(draft, Answered)
        assert draft.answer == "written elsewhere"


class TestNothingIsLost:
    def test_ctrl_c_after_an_answer_keeps_it(self, tmp_path: Path) -> None:
        write_deck(tmp_path, CHOICE)
        quiz = Terminal(tmp_path, "lab")
        quiz.send(right_number(quiz.see("1-3 (? s u q):"), "two"))
        quiz.see("How sure?")
        quiz.send("\x03")
        quiz.see("1 answered and kept, 100% right.")
        assert quiz.end() == 130
        assert reviews(tmp_path) == [("lab-choice", 3)]

    def test_words_interrupted_before_the_mark_come_back(self, tmp_path: Path) -> None:
        write_deck(tmp_path, FREE)
        quiz = Terminal(tmp_path, "lab")
        quiz.see(">")
        quiz.sendline("half an answer")
        quiz.sendline("")
        quiz.see("How sure?")
        quiz.send("\x03")
        assert quiz.end() == 130
        assert reviews(tmp_path) == []
        quiz = Terminal(tmp_path, "lab")
        quiz.see("it is still to be marked")
        quiz.see("half an answer")
        quiz.see("How sure?")
        quiz.send("2")
        quiz.see("points said")
        quiz.sendline("1 2")
        quiz.see("Self-mark: 100%")
        quiz.send("q")
        assert quiz.end() == 0
        assert reviews(tmp_path) == [("lab-free", 3)]

    def test_undo_of_a_mark_that_was_made_up_for(self, tmp_path: Path) -> None:
        """The question is asked again, afresh."""
        write_deck(tmp_path, FREE)
        quiz = Terminal(tmp_path, "lab")
        quiz.see(">")
        quiz.sendline("half an answer")
        quiz.sendline("")
        quiz.see("How sure?")
        quiz.send("\x03")
        quiz.see("1 answer is kept, to be marked next time.")
        quiz.end()
        quiz = Terminal(tmp_path, "lab")
        quiz.see("How sure?")
        quiz.send("2")
        quiz.see("points said")
        quiz.sendline("1 2")
        quiz.see("Rated Good.")
        quiz.send("u")
        quiz.see("The rating of lab-free is taken back.")
        quiz.see("Answer in your own words")
        quiz.see(">")
        quiz.sendline("q")
        assert quiz.end() == 0
        assert fold(ReviewLog(tmp_path / "reviews.jsonl").read(), datetime.now(UTC)).reviews == []

    @pytest.mark.parametrize("end", ["\x03", "\x04"])
    def test_an_answer_in_a_mock_is_kept_before_the_next_question(
        self, tmp_path: Path, end: str
    ) -> None:
        write_deck(tmp_path, CHOICE)
        paper = str(tmp_path / "mock.md")
        quiz = Terminal(tmp_path, "mock", "lab", "--seed", "1", "--transcript", paper)
        quiz.see("1-3 (? s u q):")
        quiz.send("2")
        quiz.see("How sure?")
        quiz.send(end)
        quiz.end()
        _, given = ReviewLog(tmp_path / "reviews.jsonl").read()
        assert isinstance(given, Answered)
        assert given.answer == "2"

    def test_a_mock_does_not_hide_an_answer_to_be_marked(self, tmp_path: Path) -> None:
        log = ReviewLog(tmp_path / "reviews.jsonl")
        draft = Answered(id="a", at=NOW, question="q", mode="cram", seed=1, answer="x", seconds=1.0)
        in_a_mock = msgspec.structs.replace(draft, id="b", mode="mock", mock="m")
        log.extend([draft, in_a_mock])
        progress = fold(log.read(), NOW)
        assert progress.drafts == {"q": draft}
        assert make_plan(progress, ["q"], NOW, NOW.date()).marking == ("q",)

    def test_end_of_input_in_a_terminal_is_a_quit(self, tmp_path: Path) -> None:
        write_deck(tmp_path, NUMERIC)
        quiz = Terminal(tmp_path, "lab")
        quiz.see("answer (? s u q):")
        quiz.sendeof()
        quiz.see("Nothing was answered.")
        assert quiz.end() == 0

    def test_killed_after_an_answer(self, tmp_path: Path) -> None:
        write_deck(tmp_path, CHOICE)
        quiz = Terminal(tmp_path, "lab")
        quiz.send(right_number(quiz.see("1-3 (? s u q):"), "two"))
        quiz.see("How sure?")
        quiz.send("4")
        quiz.see("Rated Good.")
        quiz.kill(9)
        quiz.end()
        assert reviews(tmp_path) == [("lab-choice", 3)]


class TestAMock:
    def test_interrupted_resumed_and_written_down(self, tmp_path: Path) -> None:
        write_deck(tmp_path, CHOICE + "\n" + FREE)
        paper = tmp_path / "mock.md"
        given = ("mock", "lab", "--minutes", "30", "--seed", "7", "--transcript", str(paper))
        quiz = Terminal(tmp_path, *given)
        quiz.see("2 questions in 30 minutes, seed 7")
        first = quiz.expect_exact(["1-3 (? s u q):", ">"])
        self.answer(quiz, first)
        second = quiz.expect_exact(["1-3 (? s u q):", ">"])
        quiz.send("q" if second == 0 else "q\r")
        quiz.see("Go on with it by `dl30 quiz mock --resume`.")
        assert quiz.end() == 0
        quiz = Terminal(tmp_path, "mock", "--resume", "--transcript", str(paper))
        assert quiz.expect_exact(["1-3 (? s u q):", ">"]) == second
        self.answer(quiz, second)
        quiz.see("The interview is over.")
        for _ in range(2):
            while quiz.expect_exact(["points said", "[Enter] next"]) == 0:
                quiz.sendline("1 2")
            quiz.send("\r")
        quiz.see("The transcript is")
        assert quiz.end() == 0
        text = paper.read_text()
        assert "# Mock interview of" in text
        assert "seed 7; 2 of 2 questions reached" in text
        assert "> because" in text
        assert "- [x] must: says why" in text
        assert len(reviews(tmp_path)) == 2

    @staticmethod
    def answer(quiz: Terminal, kind: int) -> None:
        quiz.send("1" if kind == 0 else "because\r\r")
        quiz.see("How sure?")
        quiz.send("2")


class TestPlainTerminals:
    @pytest.mark.parametrize("env", [{"TERM": "dumb"}, {"NO_COLOR": "1"}])
    def test_no_escape_codes(self, tmp_path: Path, env: dict[str, str]) -> None:
        write_deck(tmp_path, CHOICE)
        quiz = Terminal(tmp_path, "lab", **env)
        end = "\n" if env.get("TERM") == "dumb" else ""
        seen = quiz.see("1-3 (? s u q):")
        quiz.send("1" + end)
        seen += quiz.see("How sure?")
        quiz.send("1\n" if end else "1")
        seen += quiz.see("[Enter] next")
        quiz.send("q" + end)
        assert quiz.end() == 0
        assert "\x1b" not in seen.replace("\x1b[?2004h", "").replace("\x1b[?2004l", "")

    def test_forty_columns(self, tmp_path: Path) -> None:
        write_deck(tmp_path, CHOICE.replace("Which is even?", "Which is even? " * 12))
        quiz = Terminal(tmp_path, "lab", columns=40, NO_COLOR="1")
        seen = quiz.see("1-3 (? s u q):")
        quiz.send("1")
        seen += quiz.see("no answer]")
        quiz.send("1")
        seen += quiz.see("q quit")
        quiz.send("q")
        assert quiz.end() == 0
        assert max(len(line.rstrip()) for line in seen.splitlines()) <= 40

    def test_an_empty_deck(self, tmp_path: Path) -> None:
        write_deck(tmp_path, "# Nothing here\n", name="empty")
        quiz = Terminal(tmp_path, "empty")
        quiz.see("There are no questions here.")
        assert quiz.end() == 0


def piped(folder: Path, *arguments: str, lines: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "autograder.cli.main", "quiz", *arguments, "--data", str(folder)],
        input=lines,
        capture_output=True,
        text=True,
        timeout=60,
    )


class TestInAPipe:
    def test_lines_are_answers(self, tmp_path: Path) -> None:
        write_deck(tmp_path, OUTPUT)
        ended = piped(tmp_path, "lab", lines="[1, 2] 3\n4\n\n")
        assert (ended.returncode, ended.stderr) == (0, "")
        assert "1 answered and kept, 100% right." in ended.stdout
        assert "\x1b" not in ended.stdout

    def test_no_input_at_all(self, tmp_path: Path) -> None:
        write_deck(tmp_path, OUTPUT)
        ended = piped(tmp_path, "lab")
        assert ended.returncode == 4
        assert ended.stderr == "dl30: input is needed and there is none\n"

    def test_input_that_ends_after_an_answer(self, tmp_path: Path) -> None:
        write_deck(tmp_path, OUTPUT)
        ended = piped(tmp_path, "lab", lines="[1, 2] 4\n")
        assert ended.returncode == 0
        assert reviews(tmp_path) == [("lab-output", 1)]

    def test_fail_under(self, tmp_path: Path) -> None:
        write_deck(tmp_path, OUTPUT)
        ended = piped(tmp_path, "lab", "--fail-under", "50", lines="wrong\n\n\n")
        assert ended.returncode == 1

    def test_cram_and_mistakes_leave_the_schedule_alone(self, tmp_path: Path) -> None:
        write_deck(tmp_path, OUTPUT)
        piped(tmp_path, "lab", lines="wrong\n\n\n")
        before = piped(tmp_path, "due", "lab", "--json").stdout
        for flag in ("--mistakes", "--cram"):
            ended = piped(tmp_path, "lab", flag, lines="[1, 2] 3\n\n\n")
            assert "the schedule is left alone" in ended.stdout
        after = piped(tmp_path, "due", "lab", "--json").stdout
        assert after == before
        assert "No mistake is left." in piped(tmp_path, "lab", "--mistakes").stdout
