"""The commands around a session: data, one clear line for a mistake, files for others."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from dl30_command import Ran, run
from quiz_lab import CHOICE, NOW, NUMERIC, review, write_deck

from autograder.quiz.review_log import ReviewLog


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_deck(tmp_path)
    return tmp_path


def quiz(home: Path, *arguments: str) -> Ran:
    return run(home, "quiz", *arguments, "--data", str(home))


def data(ran: Ran) -> dict[str, object]:
    assert (ran.code, ran.err) == (0, "")
    found: dict[str, object] = json.loads(ran.out)
    return found


class TestData:
    def test_show_tells_nothing_and_reveals_all(self, home: Path) -> None:
        asked = data(quiz(home, "show", "lab-numeric", "--seed", "7", "--json"))
        assert asked["prompt"] == "What is {a} + {b}?".format(**asked["values"])  # type: ignore[arg-type]
        assert "answer" not in asked
        told = data(quiz(home, "show", "lab-numeric", "--seed", "7", "--json", "--reveal"))
        assert told["answer"] == str(sum(told["values"].values()))  # type: ignore[attr-defined]

    def test_answer_marks_and_keeps(self, home: Path) -> None:
        right = str(data(quiz(home, "show", "lab-shape", "--reveal", "--json"))["answer"])
        given = ("answer", "lab-shape", "--value", right, "--json")
        assert data(quiz(home, *given, "--dry-run"))["kept"] is False
        assert ReviewLog(home / "reviews.jsonl").read() == []
        assert data(quiz(home, *given))["rating"] == "Good"
        wrong = quiz(home, "answer", "lab-shape", "--value", "(9, 9)", "--json")
        assert data(wrong)["score"] == 0
        assert len(ReviewLog(home / "reviews.jsonl").read()) == 2

    def test_due_and_stats(self, home: Path) -> None:
        log = ReviewLog(home / "reviews.jsonl")
        log.append(review("lab-choice", days=60, rating=1, score=0.0, confidence=4))
        found = data(quiz(home, "due", "lab", "--json"))
        assert (found["due"], found["new"]) == (["lab-choice"], 5)
        stats = data(quiz(home, "stats", "lab", "--json"))
        (topic,) = [one for one in stats["topics"] if one["name"] == "t"]  # type: ignore[attr-defined]
        assert topic["right"] == 0
        assert topic["overconfidence"] == pytest.approx(0.95)
        assert stats["exercises"] == ["day14_convolution/im2col"]
        drawn = quiz(home, "stats", "lab")
        assert "95% too high" in drawn.out
        assert "To redo: day14_convolution/im2col." in drawn.out
        assert quiz(home, "stats", "lab", "--fail-under", "50").code == 1

    def test_a_lost_exercise_queues_its_questions(self, home: Path) -> None:
        record = home / "ada.json"
        points = {
            "im2col": {"points": 3, "max_points": 16},
            "corr2d": {"points": 8, "max_points": 8},
        }
        record.write_text(json.dumps({"day": "day14_convolution", "exercises": points}))
        ran = quiz(home, "queue", "--record", str(record))
        assert ran.out.startswith("day14_convolution/im2col: ")
        assert "lab-choice" in data(quiz(home, "due", "--json"))["queued"]  # type: ignore[operator]
        assert "corr2d" not in ran.out

    def test_an_interview_is_planned(self, home: Path) -> None:
        quiz(home, "lab", "--interview", "2999-01-01")
        found = data(quiz(home, "due", "lab", "--json"))
        assert found["interview_in_days"] > 300_000  # type: ignore[operator]
        assert found["today"] == {"due": 0, "new": 1}
        quiz(home, "lab", "--interview", "none")
        assert data(quiz(home, "due", "lab", "--json"))["interview_in_days"] is None

    def test_log_and_merge(self, home: Path, tmp_path: Path) -> None:
        other = ReviewLog(tmp_path / "other.jsonl")
        other.append(review("lab-choice", days=1))
        assert quiz(home, "merge", str(other.path)).out == "1 of 1 events were new.\n"
        assert quiz(home, "merge", str(other.path)).out == "0 of 1 events were new.\n"
        assert "lab-choice" in quiz(home, "log").out
        assert json.loads(quiz(home, "log", "--json").out)["question"] == "lab-choice"

    def test_the_schema_describes_every_type(self, home: Path) -> None:
        import jsonschema

        schema = json.loads(run(home, "quiz", "schema").out)
        jsonschema.Draft202012Validator.check_schema(schema)
        good = {"type": "choice", "concepts": ["x"], "difficulty": 1, "source": "s"}
        jsonschema.validate(good, schema)
        for bad in ({**good, "difficulty": 4}, {**good, "type": "dream"}, {**good, "x": 1}):
            with pytest.raises(jsonschema.ValidationError):
                jsonschema.validate(bad, schema)


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (["show", "lab-chioce"], 2, 'there is no question "lab-chioce" (did you mean lab-choice'),
        (["answer", "lab-numeric", "--value", "many"], 2, '"many" is no number'),
        (["answer", "lab-free", "--value", "x"], 2, "an answer in words is marked by the learner"),
        (["99"], 2, 'there is no deck "99"'),
        (["stat"], 2, 'there is no deck "stat"'),
        (["--mistakes", "--cram"], 2, "two different rounds"),
        (["mock", "--resume"], 2, "no mock interview was left unfinished"),
        (["queue"], 2, "no exercise is named"),
        (["queue", "im2col"], 2, '"im2col" names no exercise'),
        (["export"], 2, "nothing says what to write"),
    ],
)
def test_a_wrong_command(home: Path, arguments: list[str], code: int, line: str) -> None:
    ran = quiz(home, *arguments)
    assert ran.code == code
    assert line in ran.complaint


def test_a_broken_deck(home: Path) -> None:
    write_deck(home, CHOICE.replace("difficulty = 1", "difficulty = 9"), name="broken")
    ran = quiz(home, "lint", str(home / "decks" / "broken.md"))
    assert ran.code == 3
    assert "broken.md, line 6, lab-choice, difficulty: expected `int` <= 3" in ran.out


def test_a_log_from_the_future(home: Path) -> None:
    path = home / "reviews.jsonl"
    path.write_text('{"kind":"review","v":9,"id":"x"}\n')
    ran = quiz(home, "due")
    assert ran.code == 3
    assert "is of format 9" in ran.complaint
    path.unlink()
    ReviewLog(path).append(review("lab-choice", at=NOW.replace(year=2999)))
    assert "1 reviews are dated in the future" in quiz(home, "due").out


def test_a_data_folder_that_cannot_be_written(home: Path) -> None:
    (home / "reviews.jsonl").mkdir()
    ran = quiz(home, "lab")
    assert ran.code == 3
    assert "cannot be used" in ran.complaint


class TestLint:
    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("- [ ] one", "- [x] one", "a choice question has one right option, not 2"),
            ("  > It is not.\n", "", "has no reason"),
            ("two\n", "two, which is by far the longest of all the options\n", "by its length"),
            ("- [ ] three", "- [ ] All of the above", "speaks of other options"),
            ('day14_convolution/im2col"', 'day14_convolution/nothing"', "has no exercise nothing"),
            ("Which is even?", r"Which is $\frac{a}{b}$?", "has no plain form"),
        ],
    )
    def test_a_choice(self, home: Path, old: str, new: str, said: str) -> None:
        assert old in CHOICE
        self.check(home, CHOICE.replace(old, new, 1), said)

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ('"a * b"', '"a + b"', "is right, or does not apply, in every variant"),
            ("[10, 20]", "[10]", "there are 3 variants"),
            ('answer = "a + b"', 'answer = "a / b"', "not whole"),
            ('answer = "a + b"', 'answer = "a + c"', "there is no c"),
            ('answer = "a + b"', 'answer = "open(a)"', "calls what is not one of"),
            ("What is {a}", "What is {z}", "there is no z to fill in"),
            ('check = "exact"', "rtol = 0.1\ncross = 'a - b'", "cross: for a = 1, b = 10 it gives"),
        ],
    )
    def test_a_number(self, home: Path, old: str, new: str, said: str) -> None:
        assert old in NUMERIC
        self.check(home, NUMERIC.replace(old, new, 1), said)

    def test_output_that_is_not_printed(self, home: Path) -> None:
        from quiz_lab import OUTPUT

        self.check(
            home, OUTPUT.replace("\n3\n```", "\n4\n```"), "the code prints '[1, 2]\\n3', not"
        )

    def test_ids_are_permanent(self) -> None:
        from autograder.quiz.lint import check_ids, with_new_ids

        kept = with_new_ids("# ids\nold\n", ["old", "new"])
        assert kept == "# ids\nold\nnew\n"
        assert list(check_ids(kept, {"old", "new"}, Path("ids.txt"))) == []
        (gone,) = check_ids(kept, {"old", "renamed"}, Path("ids.txt"))
        assert str(gone).startswith("ids.txt, line 3: the question new has gone or was renamed")
        (back,) = check_ids("retired old\n", {"old"}, Path("ids.txt"))
        assert "was retired and is used again" in str(back)

    def check(self, home: Path, text: str, said: str) -> None:
        path = write_deck(home, text)
        root = Path(__file__).parents[3]
        ran = run(root, "quiz", "lint", str(path), "--data", str(home / "empty"))
        assert ran.code == 3
        assert said in ran.out


class TestFiles:
    def test_anki_reads_the_package(self, home: Path) -> None:
        """By Anki's own importer."""
        path = home / "out.apkg"
        assert quiz(home, "export", "lab", "--anki", str(path)).code == 0
        program = (
            "import sys\n"
            "from anki.collection import Collection, ImportAnkiPackageRequest as Request\n"
            "col = Collection(sys.argv[2])\n"
            "for _ in range(2): col.import_anki_package(Request(package_path=sys.argv[1]))\n"
            "print(col.note_count(), len(col.find_cards('deck:dl30::lab')))\n"
            "print(col.get_note(col.find_notes('Id:lab-choice')[0])['Front'])\n"
        )
        command = [sys.executable, "-c", program, str(path), str(home / "collection.anki2")]
        ended = subprocess.run(command, capture_output=True, text=True, check=True)
        counts, front = ended.stdout.split("\n", 1)
        assert counts.split()[0] == counts.split()[1] == str(len(self.notes(home)))
        assert "Which is even?" in front

    @staticmethod
    def notes(home: Path) -> list[object]:
        from autograder.quiz.deck import Deck
        from autograder.quiz.exports import drawn

        return list(drawn(Deck.read(home / "decks" / "lab.md").values(), 3))

    def test_another_gift_reader_reads_it(self, home: Path) -> None:
        path = home / "out.gift"
        assert quiz(home, "export", "lab", "--gift", str(path)).code == 0
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pygiftparser import parser

            with path.open() as file:
                found = parser.parseFile(file)
        assert all(one.valid for one in found)
        kinds = {one.title.rstrip("0123456789-"): type(one.answers).__name__ for one in found}
        assert kinds == {
            "lab-choice": "SelectSet",
            "lab-multi": "MultipleChoicesSet",
            "lab-numeric": "NumericAnswerSet",
            "lab-output": "ShortSet",
            "lab-free": "Essay",
        }

    @pytest.mark.parametrize("kind", ["gift", "jupyterquiz"])
    def test_there_and_back(self, home: Path, kind: str) -> None:
        path = home / f"out.{kind}"
        assert quiz(home, "export", "lab", f"--{kind}", str(path)).code == 0
        ran = quiz(home, "import", str(path), "--name", f"back {kind}")
        assert ran.code == 0
        from autograder.quiz.deck import Deck

        deck = Deck.read(home / "decks" / f"back_{kind}.md")
        choice = next(question for question in deck.values() if question.type == "choice")
        assert {(option.text, option.right) for option in choice.options} == {
            *[("two", True), ("one", False), ("three", False)]
        }
        assert {question.type for question in deck.values()} == {"choice", "multi", "numeric"}

    @pytest.mark.parametrize(
        ("answers", "value", "rtol"),
        [
            ("#5..7", 6.0, 1 / 6),
            ("#3:1", 3.0, 1 / 3),
            ("#-2.5", -2.5, 0.0),
            ("#=%100%40:0#yes =%0%41:0#no", 40.0, 0.0),
        ],
    )
    def test_numbers_in_gift(self, home: Path, answers: str, value: float, rtol: float) -> None:
        from autograder.quiz.imports import read_drafts

        path = home / "numbers.gift"
        path.write_text(f"::n:: How many? {{{answers}}}\n")
        ((draft,), left) = read_drafts(path)
        assert (draft.value, left) == (value, [])
        assert draft.rtol == pytest.approx(rtol)

    def test_a_file_that_is_no_quiz(self, home: Path) -> None:
        path = home / "letter.txt"
        path.write_text("dear reader")
        assert (
            "holds no question that could be taken in" in quiz(home, "import", str(path)).complaint
        )


class TestCompletion:
    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            ("dl30 quiz show lab-c", "lab-choice"),
            ("dl30 quiz day14", "day14_convolution"),
            ("dl30 quiz sta", "stats"),
            ("dl30 quiz mock pap", "papers"),
        ],
    )
    def test_ids_days_and_commands(self, home: Path, words: str, expected: str) -> None:
        """As bash asks for it."""
        import os

        ended = subprocess.run(
            [Path(sys.executable).with_name("dl30")],
            env=os.environ
            | {"_DL30_COMPLETE": "bash_complete", "COMP_WORDS": words, "DL30_DATA": str(home)}
            | {"COMP_CWORD": str(len(words.split()) - 1)},
            capture_output=True,
            text=True,
        )
        assert f"plain,{expected}" in ended.stdout.splitlines()


def test_practice_imports_nothing_heavy(home: Path) -> None:
    program = (
        "import sys\nfrom autograder.cli.main import cli\n"
        "try: cli.main(['quiz', 'lab', '--data', sys.argv[1]], standalone_mode=False)\n"
        "except BaseException: pass\nprint(*sys.modules)\n"
    )
    command = [sys.executable, "-c", program, str(home)]
    ended = subprocess.run(command, capture_output=True, text=True, input="q\n")
    assert "Which is even?" in ended.stdout
    loaded = set(ended.stdout.split())
    heavy = {"torch", "numpy", "nbgrader", "jupyter", "rich", "fsrs", "IPython", "markdown_it"}
    assert not loaded & heavy
