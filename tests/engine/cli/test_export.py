"""`dl30 export`: the gradebook's scores in the forms that other programs read."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from dl30_command import Ran, run
from mini_course import FAST, STEM, Mini
from nbgrader.api import Gradebook

from autograder.sandbox import launcher

TWO_LINES = """
c.AssignLatePenalties.plugin_class = "autograder.late.LatePenalty"
c.LatePenalty.per_day = 0.1
"""
# The fields and values of "Autograder Specifications", Output format, as documented by Gradescope
# (gradescope-autograders.readthedocs.io/en/latest/specs).
_FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
_VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
_NUMBER = {"type": "number"}
_TEXT = {"type": "string"}
_TEST = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "score": _NUMBER, "max_score": _NUMBER, "status": {"enum": ["passed", "failed"]},
        "name": _TEXT, "name_format": _FORMAT, "number": _TEXT, "output": _TEXT,
        "output_format": _FORMAT, "tags": {"type": "array", "items": _TEXT},
        "visibility": _VISIBILITY, "extra_data": {"type": "object"},
    },
}  # fmt: skip
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["score"],
    "properties": {
        "score": _NUMBER, "execution_time": _NUMBER, "output": _TEXT, "output_format": _FORMAT,
        "test_output_format": _FORMAT, "test_name_format": _FORMAT, "visibility": _VISIBILITY,
        "stdout_visibility": _VISIBILITY, "extra_data": {"type": "object"},
        "tests": {"type": "array", "items": _TEST},
        "leaderboard": {"type": "array", "items": {"type": "object"}},
    },
}  # fmt: skip

PEOPLE = {
    "ada": ("Ada", "Lovelace", "ada@example.edu", "1001"),
    "ben": ("=HYPERLINK(1)", "@Bell", "ben@example.edu", "1002"),
    "cleo": (None, None, None, None),
    "dan": ("Dan", "Dare", "dan@example.edu", None),
    "+eve": ("Eve", None, None, None),
}
CANVAS = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Mini (77),Old quiz (3),Current Score\r\n"
    ",,,,,Manual Posting,,\r\n"
    "    Points Possible,,,,,20,5,(read only)\r\n"
    '"Lovelace, Ada",901,,ada,"S1 and S2",3,1,9\r\n'
    '"Bell, Ben",902,1002,bbell,S1,,,\r\n'
    '"-Dare, Dan",904,,dan@example.edu,S1,,,\r\n'
    '"Student, Test",999,,0a1b,S1,,,\r\n'
)


@pytest.fixture(scope="module")
def graded(new_mini: Callable[[], Mini]) -> Mini:
    """Ada is marked, Ben late and half right, Cleo and Eve wait for marks, Dan did nothing."""
    mini = new_mini()
    with (mini.root / "nbgrader_config.py").open("a") as config:
        config.write(TWO_LINES)
    run(mini, "deadline", "1", "2026-12-01 12:00", "--timezone", "UTC")
    with Gradebook(f"sqlite:///{mini.course.gradebook}", "dl30") as gradebook:
        for student, (first, last, email, number) in PEOPLE.items():
            gradebook.add_student(
                student, first_name=first, last_name=last, email=email, lms_user_id=number
            )
    mini.submit("ada")
    stamp = mini.submit("ben", row_means="def row_means(x): return None")
    stamp.with_name("timestamp.txt").write_text("2026-12-01 13:00:00 UTC")
    mini.submit("cleo")
    mini.submit("+eve")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(launcher, "PRELOAD", FAST)
        assert run(mini, "grade", "1", "--jobs", "2").code == 0
    with Gradebook(f"sqlite:///{mini.course.gradebook}", "dl30") as gradebook:
        for student, points in (("ada", 2.5), ("ben", 1)):
            grade = gradebook.find_grade("written_why", STEM, STEM, student)
            grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.find_comment("written_why", STEM, STEM, "ada").manual_comment = "Nearly."
        gradebook.find_grade("row_means", STEM, STEM, "ben").manual_score = 1.5
        gradebook.find_grade("row_means", STEM, STEM, "ben").needs_manual_grade = False
        gradebook.db.commit()
    return mini


def rows(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


WAIT = f"{STEM}: 2 wait to be marked by hand (left empty; --partial counts them): +eve, cleo"
STALE = f"{STEM}: 1 late penalty is out of date: `dl30 deadline 1 --penalties`, then once more"
# Ben: 7 by machine, 1.5 and 1 by hand, and a tenth of the 7 that there were when he was stored.
BEN = "8.8"


def test_a_spreadsheet(graded: Mini, tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    ran = run(graded, "export", "1", "--csv", str(path))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [f"{path}: 5 rows", WAIT, STALE]
    assert path.read_bytes().startswith(b"\xef\xbb\xbfday,")
    head, *found = rows(path)
    assert ",".join(head) == (
        "day,student,last_name,first_name,email,score,max_score,before_penalty,late_penalty,"
        "handed_in_utc,needs_marking"
    )
    assert found == [
        [STEM, "'+eve", "", "Eve", "", "", "14", "11", "0", "", "yes"],
        [STEM, "ada", "Lovelace", "Ada", "ada@example.edu", "13.5", "14", "13.5", "0", "", "no"],
        [STEM, "ben", "'@Bell", "'=HYPERLINK(1)", "ben@example.edu", BEN, "14", "9.5", "0.7",
         "2026-12-01 13:00:00", "no"],
        [STEM, "cleo", "", "", "", "", "14", "11", "0", "", "yes"],
        [STEM, "dan", "Dare", "Dan", "dan@example.edu", "", "14", "", "", "", ""],
    ]  # fmt: skip


def test_one_of_each(mini: Mini, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "PRELOAD", FAST)
    mini.submit("ada")
    assert run(mini, "grade", "1").code == 0
    with Gradebook(f"sqlite:///{mini.course.gradebook}", "dl30") as gradebook:
        gradebook.find_grade("written_why", STEM, STEM, "ada").auto_score = None
        gradebook.db.commit()
    path, folder = tmp_path / "one.csv", tmp_path / "one"
    asked = ["--csv", str(path), "--gradescope", str(folder), "--partial"]
    assert run(mini, "export", "1", *asked).out.splitlines() == [
        f"{path}: 1 row",
        f"{folder}: 1 file",
        f"{STEM}: 1 waits to be marked by hand (counted as they are): ada",
    ]


def test_partial_scores(graded: Mini, tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    ran = run(graded, "export", "--all", "--csv", str(path), "--partial")
    told = f"{STEM}: 2 wait to be marked by hand (counted as they are): +eve, cleo"
    assert ran.out.splitlines()[-2:] == [told, STALE]
    assert [row[5] for row in rows(path)[1:]] == ["11", "13.5", BEN, "11", ""]


def test_moodle(graded: Mini, tmp_path: Path) -> None:
    """Identifiers stay as they are, so whose would run is left out and told."""
    path = tmp_path / "moodle.csv"
    ran = run(graded, "export", "1", "--moodle", str(path))
    assert ran.code == 1
    assert ran.err == f"dl30: {path}: left out +eve: a spreadsheet would run '+eve'\n"
    assert ran.out.splitlines()[:2] == [f"{path}: 4 rows", f"  {STEM} is out of 14 points"]
    assert rows(path) == [
        ["Username", "ID number", "Email address", "First name", "Last name", STEM],
        ["ada", "1001", "ada@example.edu", "Ada", "Lovelace", "13.5"],
        ["ben", "1002", "ben@example.edu", "'=HYPERLINK(1)", "'@Bell", BEN],
        ["cleo", "", "", "", "", ""],
        ["dan", "", "dan@example.edu", "Dan", "Dare", ""],
    ]


def test_canvas_without_a_file_of_its_own(graded: Mini, tmp_path: Path) -> None:
    path = tmp_path / "canvas.csv"
    assert run(graded, "export", "1", "--canvas", str(path)).code == 1
    assert rows(path) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", STEM],
        ["    Points Possible", "", "", "", "", "14"],
        ["Lovelace, Ada", "1001", "", "ada", "", "13.5"],
        ["'@Bell, =HYPERLINK(1)", "1002", "", "ben", "", BEN],
        ["cleo", "", "", "cleo", "", ""],
        ["Dare, Dan", "", "", "dan", "", ""],
    ]


def test_canvas_with_its_own_file(graded: Mini, tmp_path: Path) -> None:
    """Its rows, identifiers and the assignment's number; not what Canvas works out itself."""
    path, roster = tmp_path / "canvas.csv", tmp_path / "exported.csv"
    roster.write_text(CANVAS, newline="")
    ran = run(graded, "export", "1", "--canvas", str(path), "--roster", str(roster))
    assert ran.code == 1
    assert ran.err.splitlines() == [
        f"dl30: {path}: left out +eve: is not in the file of Canvas's",
        f"dl30: {path}: left out cleo: is not in the file of Canvas's",
    ]
    assert ran.out.splitlines()[:2] == [
        f"{path}: 3 rows", f"  {STEM} has 20 points in Canvas, and 14 here"
    ]  # fmt: skip
    assert rows(path) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Mini (77)"],
        ["    Points Possible", "", "", "", "", "20"],
        ["Lovelace, Ada", "901", "", "ada", "S1 and S2", "13.5"],
        ["Bell, Ben", "902", "1002", "bbell", "S1", BEN],
        ["'-Dare, Dan", "904", "", "dan@example.edu", "S1", ""],
        ["Student, Test", "999", "", "0a1b", "S1", ""],
    ]


def test_a_day_that_canvas_has_not_yet(graded: Mini, tmp_path: Path) -> None:
    path, roster = tmp_path / "canvas.csv", tmp_path / "exported.csv"
    roster.write_text("Student,ID,SIS Login ID,Section\nA,1,ada,S\n")
    run(graded, "export", "1", "--canvas", str(path), "--roster", str(roster))
    assert rows(path) == [
        ["Student", "ID", "SIS Login ID", "Section", STEM],
        ["    Points Possible", "", "", "", "14"],
        ["A", "1", "ada", "S", "13.5"],
    ]


@pytest.fixture(scope="module")
def gradescope(graded: Mini, tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, Path]:
    folder = tmp_path_factory.mktemp("gradescope") / "made"
    return run(graded, "export", "1", "--gradescope", str(folder)), folder


def test_gradescope(gradescope: tuple[Ran, Path]) -> None:
    ran, folder = gradescope
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [f"{folder}: 2 files", WAIT, STALE]
    assert sorted(path.parent.name for path in folder.glob("*/*")) == ["ada", "ben"]
    for student in ("ada", "ben"):
        jsonschema.validate(json.loads((folder / student / "results.json").read_bytes()), SCHEMA)
    told = json.loads((folder / "ben/results.json").read_bytes())
    assert told["score"] == 8.8
    assert told["output"].splitlines() == [
        "row_means: 1.5 of 4 points, marked by hand",
        "0.7 points are taken off for being late",
    ]
    first, *_, fourth, fifth, written = told["tests"]
    assert first == {
        "name": "scale: Every entry of a matrix is multiplied by the factor.",
        "number": "1.1", "score": 4.2, "max_score": 4.2, "status": "passed", "output": "",
        "output_format": "text", "visibility": "visible",
    }  # fmt: skip
    assert (fourth["status"], fourth["score"], fourth["max_score"]) == ("failed", 0, 2.67)
    assert fourth["output"].startswith("`result` should be a numpy array, and is None")
    assert fifth["number"] == "2.2"
    assert (written["name"], written["score"]) == ("written_why: marked by hand", 1)
    ada = json.loads((folder / "ada/results.json").read_bytes())
    assert (ada["score"], ada["tests"][-1]["output"]) == (13.5, "Nearly.")


def test_gradescope_gives_nothing_away(graded: Mini, gradescope: tuple[Ran, Path]) -> None:
    secrets = ("2.515625", "SECRET_FACTOR", "rng", "assert_close", "reference", "TestScale",
               "test_matrix", "seed", "fingerprint", str(graded.root))  # fmt: skip
    for path in gradescope[1].glob("*/*"):
        text = path.read_text()
        assert [secret for secret in secrets if secret in text] == []


def test_a_result_that_is_not_stored_is_left_out(graded: Mini, tmp_path: Path) -> None:
    mini = Mini(Path(shutil.copytree(graded.root, tmp_path / "course")))
    path = mini.record_path("ada")
    path.write_text(path.read_text().replace('"points": 7.0', '"points": 6.0'))
    ran = run(mini, "export", "1", "--gradescope", "made")
    assert ran.code == 1
    assert ran.err == f"dl30: made: left out ada: its result of {STEM} is not stored: dl30 grade\n"
    assert [found.parent.name for found in (mini.root / "made").glob("*/*")] == ["ben"]


# What is wrong.


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--csv", "x"], "which day? (dl30 export DAY ..., or dl30 export --all ...)"),
        (["1", "--all", "--csv", "x"], "which day? (dl30 export DAY ..., or dl30 export --all "
         "...)"),
        (["1"], "for which program? (--csv FILE, --canvas FILE, --moodle FILE or --gradescope "
         "FOLDER)"),
        (["1", "--csv", "x", "--roster", "y"], "--roster is for --canvas"),
        (["9", "--csv", "x"], f'there is no day "9" (there are {STEM})'),
        (["1", "--csv", "pyproject.toml"], "pyproject.toml: there is something here already "
         "(--force)"),
        (["1", "--csv", "x", "--gradescope", "source"], "source: there is something here already "
         "(--force)"),
        (["1", "--canvas", "x", "--roster", "y"], "y: cannot be read: No such file or directory"),
        (["1", "--canvas", "x", "--roster", "pyproject.toml"], "pyproject.toml: this is no "
         "gradebook file of Canvas's: there is no column Student "
         "(Grades, Export, in Canvas makes one)"),
    ],
)  # fmt: skip
def test_wrong_usage(graded: Mini, arguments: list[str], line: str) -> None:
    before = (graded.root / "pyproject.toml").read_bytes()
    ran = run(graded, "export", *arguments)
    assert (ran.code, ran.complaint) == (2, f"dl30: {line}")
    assert (graded.root / "pyproject.toml").read_bytes() == before
    assert not (graded.root / "x").exists()


def test_two_columns_of_canvas_that_could_be_the_day(graded: Mini, tmp_path: Path) -> None:
    roster = tmp_path / "exported.csv"
    roster.write_text(f"Student,ID,Section,Mini (7),{STEM} (8)\n")
    ran = run(graded, "export", "1", "--canvas", "x", "--roster", str(roster))
    assert (ran.code, ran.complaint) == (
        2, f"dl30: {roster}: Mini (7) and {STEM} (8) could both be {STEM} (take one out)"
    )  # fmt: skip


def test_force_overwrites(graded: Mini, tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("old")
    assert run(graded, "export", "1", "--csv", str(path), "--force").code == 0
    assert len(rows(path)) == 6


def test_a_place_that_cannot_be_written(graded: Mini) -> None:
    ran = run(graded, "export", "1", "--csv", "/proc/scores.csv")
    assert ran.code == 1
    assert ran.complaint.startswith("dl30: /proc/scores.csv: cannot be written: ")


def test_a_gradebook_without_days(mini: Mini) -> None:
    mini.course.gradebook.unlink()
    assert run(mini, "export", "--all", "--csv", "x").complaint == (
        f"dl30: {mini.root}: no day is in the gradebook yet (dl30 release DAY)"
    )
    assert run(mini, "export", "1", "--csv", "x").complaint == (
        f"dl30: {mini.course.gradebook}: {STEM} is not in the gradebook yet "
        f"(run `dl30 release {STEM}`)"
    )


def test_who_has_no_result_is_named(new_mini: Callable[[], Mini], tmp_path: Path) -> None:
    mini = new_mini()
    mini.submit("ada")
    mini.submit("ben").write_text("no notebook")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(launcher, "PRELOAD", FAST)
        assert run(mini, "grade", "1").code == 1
    ran = run(mini, "export", "1", "--csv", str(tmp_path / "scores.csv"), "--partial")
    assert ran.out.splitlines()[-1] == f"{STEM}: unreadable, and not in it: ben"
    assert "late penalt" not in ran.out


def test_a_folder_that_is_not_there(graded: Mini, tmp_path: Path) -> None:
    ran = run(graded, "export", "1", "--csv", str(tmp_path / "nowhere" / "scores.csv"))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"dl30: {tmp_path / 'nowhere'}: there is no such folder\n"
    assert not (tmp_path / "nowhere").exists()
