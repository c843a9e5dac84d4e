"""Whatever is wrong: one clear line, the right exit code, and the others are graded."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from dl30_command import Ran, run
from mini_course import FAST, HIDDEN, MAX_SCORE, STEM, Mini
from mounts import as_root, with_mounts

from autograder.grading import rows
from autograder.sandbox import launcher

# What is wrong with a command: nothing is graded.


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (["grade", "9"], 2, f'dl30: there is no day "9" (there are {STEM})'),
        (["grade", "day01_mimi"], 2,
         f'dl30: there is no day "day01_mimi" (did you mean {STEM}? there are {STEM})'),
        (["results", "mini"], 2,
         f'dl30: there is no day "mini" (did you mean {STEM}? there are {STEM})'),
        (["release", "1x"], 2, f'dl30: there is no day "1x" (there are {STEM})'),
        (["grade", "a\nb\x1b[31m"], 2, f'dl30: there is no day "a b [31m" (there are {STEM})'),
        (["release"], 2, "dl30: which day? (dl30 release DAY, or dl30 release --check)"),
        (["grade", "1"], 1,
         "dl30: {root}/submitted: there are no submissions of day01_mini "
         "(each is submitted/STUDENT/day01_mini/day01_mini.ipynb)"),
        (["grade", "1", "--student", "ada"], 1,
         "dl30: {root}/submitted: there are no submissions of day01_mini "
         "(each is submitted/STUDENT/day01_mini/day01_mini.ipynb)"),
        (["results", "1"], 1,
         "dl30: {root}/records/day01_mini: nothing is graded yet (run `dl30 grade 1`)"),
        (["report", "1"], 1,
         "dl30: {root}/records/day01_mini: nothing is graded yet (run `dl30 grade 1`)"),
        (["report"], 1, "dl30: {root}/records: nothing is graded yet (run `dl30 grade DAY`)"),
        (["report", "9"], 2, f'dl30: there is no day "9" (there are {STEM})'),
        (["grade", "1", "--course", "{root}/source"], 3,
         "dl30: {root}/source: this is no course: nbgrader_config.py and source/ do not stand "
         "together in this folder (go to the course's folder or name it)"),
        (["days", "--course", "{root}/nowhere"], 3,
         "dl30: {root}/nowhere: this is no course: nbgrader_config.py and source/ do not stand "
         "together in this folder (go to the course's folder or name it)"),
        (["demo", "1", "--into", "{root}"], 3,
         "dl30: {root}: there is something here already (name a folder that is not there)"),
    ],
)  # fmt: skip
def test_a_wrong_command(mini: Mini, arguments: list[str], code: int, line: str) -> None:
    ran = run(mini, *(argument.format(root=mini.root) for argument in arguments))
    assert ran.complaint == line.format(root=mini.root)
    assert ran.code == code


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["grade"], "Error: Missing argument 'DAY'."),
        (["grade", "1", "--jobs", "0"], "Error: Invalid value for '--jobs': 0 is not in the range"),
        (["grade", "1", "--jobs", "x"], "Error: Invalid value for '--jobs': 'x' is not a valid"),
        (["grade", "1", "--seed", "-1"], "Error: Invalid value for '--seed': -1 is not in the"),
        (["grade", "1", "--sed", "1"], "Error: No such option '--sed'. (Did you mean"),
        (["grad", "1"], "Error: There is no command 'grad'. Did you mean 'grade'?"),
        (
            ["xyz"],
            "Error: There is no command 'xyz'. There are init, lab, days, release, grade, results, "
            "report, regrade, deadline, export, check, hint, quiz, audit, doctor, new-day, demo",
        ),
        (["--nothing"], "Error: No such option '--nothing'."),
        (["days", "--course", __file__], "Error: Invalid value for '--course': Directory"),
        ([], "Commands:"),
    ],
)
def test_wrong_usage(mini: Mini, arguments: list[str], line: str) -> None:
    ran = run(mini, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert line in " ".join(ran.err.split())
    assert ran.err.startswith("Usage: ")


@pytest.mark.parametrize("arguments", [["doctor"], ["grade", "1"]])
def test_a_package_that_is_not_installed(mini: Mini, arguments: list[str]) -> None:
    """A plain `pip install dl30` brings the quiz, and not what grading needs."""
    program = (
        "import sys\n"
        "class WithoutNumpy:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'numpy':\n"
        "            raise ModuleNotFoundError('No module named numpy', name=name)\n"
        "sys.meta_path.insert(0, WithoutNumpy())\n"
        "from autograder.cli.main import main\n"
        "main()\n"
    )
    command = [sys.executable, "-c", program, *arguments]
    ran = subprocess.run(command, cwd=mini.root, capture_output=True, text=True, check=False)
    told = "dl30: this needs the package numpy (pip install 'dl30[course]')\n"
    assert (ran.returncode, ran.stderr) == (3, told)


def test_outside_of_any_course(tmp_path: Path) -> None:
    ran = run(tmp_path, "grade", "1")
    assert ran.code == 3
    assert "this is no course" in ran.complaint
    assert "in this folder or any above it" in ran.complaint


def test_the_course_is_found_from_below_and_by_name(mini: Mini, tmp_path: Path) -> None:
    assert run(mini.root / "source" / STEM, "days").code == 0
    assert run(tmp_path, "days", "--course", str(mini.root)).code == 0
    inside = run(mini.root / "source", "days", "--course", "..")
    assert inside.out == run(mini, "days").out


def test_an_unknown_student(mini: Mini) -> None:
    mini.submit("ada")
    ran = run(mini, "grade", "1", "--student", "ada", "--student", "Bob\x1b", "--student", "cy")
    assert ran.code == 2
    assert ran.complaint == f"dl30: {mini.root}/submitted: no submission of {STEM} by Bob, cy"
    assert not mini.record_path("ada").exists()


# What is wrong with the day: nobody is graded, and it is not the students' fault.


def hidden(source: str) -> Callable[[Mini], object]:
    return lambda mini: mini.hide(source)


def write(name: str, text: str) -> Callable[[Mini], object]:
    return lambda mini: (mini.root / name).write_text(text)


def without_row_means(mini: Mini) -> None:
    mini.hide(HIDDEN.split('@exercise("row_means")')[0])


AT_FAULT = {
    "no release": (
        lambda mini: shutil.rmtree(mini.day.release_dir),
        r"day01_mini lacks release/day01_mini/day01_mini\.ipynb \(run `dl30 release day01_mini`\)",
    ),
    "a torn release": (
        lambda mini: mini.day.release_notebook.write_text("{"),
        r"release/.*\.ipynb: is not JSON: .* \(run `dl30 release day01_mini`\)",
    ),
    "no hidden tests": (
        lambda mini: mini.day.hidden_tests.unlink(),
        r"day01_mini lacks tests/hidden/test_day01_mini\.py",
    ),
    "a torn source": (
        lambda mini: mini.day.source_notebook.write_text("[]"),
        r"source/.*\.ipynb: ",
    ),
    "a source without points": (
        lambda mini: mini.day.source_notebook.write_text(
            mini.day.source_notebook.read_text().replace('"points": 7.0', '"points": null')
        ),
        r'cell "scale": this graded cell has no points',
    ),
    "a syntax error": (
        hidden(HIDDEN + "\ndef broken(:\n"),
        r"the hidden tests cannot be collected: .*SyntaxError: invalid syntax",
    ),
    "an import error": (
        hidden("import no_module_of_that_name\n" + HIDDEN),
        r"the hidden tests cannot be collected: .*ModuleNotFoundError: No module named 'no_mod",
    ),
    "an error while collecting": (
        hidden(HIDDEN + "\n{}['key']\n"),
        r"the hidden tests cannot be collected: .*KeyError: 'key'",
    ),
    "an exercise without tests": (
        without_row_means,
        r"test_day01_mini\.py: no hidden test judges row_means",
    ),
    "a file that is skipped": (
        hidden(HIDDEN + "\npytest.skip('later', allow_module_level=True)\n"),
        r"test_day01_mini\.py: no hidden test judges row_means, scale",
    ),
    "an unknown exercise": (
        hidden(HIDDEN.replace('@exercise("row_means")', '@exercise("row_mean")')),
        r"tests of unknown exercises \['row_mean'\]; mark classes with @exercise\(NAME\)",
    ),
    "a test of no exercise": (
        hidden(HIDDEN + "\n\ndef test_alone(student):\n    pass\n"),
        r"tests of no exercise \(test_alone\); mark classes with @exercise\(NAME\)",
    ),
    "a wrong weight": (
        hidden(HIDDEN.replace("@weight(3)", "@weight(-3)")),
        r"the hidden tests cannot be collected: .*ValueError: a weight is a number from 0 on",
    ),
    "a torn conftest": (
        write("tests/hidden/conftest.py", "import no_module_of_that_name"),
        r"test_day01_mini\.py: pytest cannot start here; `pytest .*` says why",
    ),
    "a torn solution": (
        write(f"solutions/{STEM}.py", "def scale(:"),
        r"the hidden tests cannot be collected: .*SyntaxError: invalid syntax",
    ),
    "a solution that does not import": (
        write(f"solutions/{STEM}.py", "import no_module_of_that_name"),
        r"the hidden tests cannot be collected: .*ModuleNotFoundError: No module named 'no_mod",
    ),
}


@pytest.mark.parametrize("fault", AT_FAULT)
def test_a_day_at_fault(mini: Mini, fault: str) -> None:
    spoil, pattern = AT_FAULT[fault]
    mini.submit("ada")
    spoil(mini)
    ran = run(mini, "grade", "1", "--jobs", "1")
    lines = [line for line in ran.err.splitlines() if line.startswith("dl30: ")]
    assert ran.code == 3
    assert len(lines) == 1
    assert re.search(pattern, lines[0])
    assert len(lines[0]) < 600
    assert "Traceback" not in ran.err + ran.out
    assert not mini.record_path("ada").exists()


# What is wrong with the place where results go: records are kept, and the next run goes on.


@pytest.fixture(scope="module")
def judged(new_mini: Callable[[], Mini]) -> Path:
    """A course with records of ada and bob, and nothing of them in the gradebook."""
    mini = new_mini()
    mini.submit("ada")
    mini.blank("bob")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(launcher, "PRELOAD", FAST)
        mini.grade(jobs=1)
    return mini.root


@pytest.fixture
def unstored(judged: Path, tmp_path: Path) -> Mini:
    return Mini(Path(shutil.copytree(judged, tmp_path / "course")))


def stored_scores(mini: Mini) -> dict[str, float]:
    with closing(sqlite3.connect(mini.course.gradebook)) as connection:
        rows = connection.execute(
            "select s.student_id, sum(g.auto_score) from submitted_assignment s "
            "join submitted_notebook n on n.assignment_id = s.id "
            "join grade g on g.notebook_id = n.id group by s.student_id"
        )
        return dict(rows.fetchall())


def complaint(ran: Ran) -> str:
    """The one line that says what is wrong, below the table of what was graded."""
    assert "Traceback" not in ran.err + ran.out
    assert "ada " in ran.out
    assert "stored" not in ran.out
    (line,) = (line for line in ran.err.splitlines() if line.startswith("dl30: "))
    assert len(line) < 600
    return line


def goes_on(mini: Mini, *, stored: int = 2) -> None:
    """What was graded is stored by the next run, and not graded again."""
    ran = run(mini, "grade", "1")
    assert (ran.code, ran.err) == (0, f"{STEM}: 0 to grade, 2 unchanged\n")
    there = f", {2 - stored} stood there already" if stored < 2 else ""
    assert ran.out.endswith(f"gradebook.db: {stored} stored{there}\n")
    assert stored_scores(mini) == {"ada": MAX_SCORE, "bob": 0}


def test_a_gradebook_that_is_locked(unstored: Mini, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "LOCK_SECONDS", 1.0)
    with closing(sqlite3.connect(unstored.course.gradebook)) as other:
        other.execute("begin exclusive")
        begin = time.monotonic()
        ran = run(unstored, "grade", "1")
        assert time.monotonic() - begin < 20
    assert ran.code == 1
    assert complaint(ran) == (
        f"dl30: {unstored.course.gradebook}: the gradebook cannot be used now: database is locked "
        "(records are kept; close what holds it and run the same command again)"
    )
    goes_on(unstored)


def test_a_gradebook_that_is_locked_against_writing(
    unstored: Mini, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As while somebody's formgrader writes: reading works, and storing waits only once."""
    monkeypatch.setattr(rows, "LOCK_SECONDS", 1.0)
    with closing(sqlite3.connect(unstored.course.gradebook)) as other:
        other.execute("begin immediate")
        begin = time.monotonic()
        ran = run(unstored, "grade", "1")
        assert time.monotonic() - begin < 20
    assert ran.code == 1
    assert "the gradebook cannot be used now: database is locked" in complaint(ran)
    assert list(unstored.course.autograded.glob("*/*")) == []
    goes_on(unstored)


def test_json_comes_before_the_gradebooks_trouble(unstored: Mini) -> None:
    unstored.course.gradebook.write_text("this is no database" * 100)
    ran = run(unstored, "grade", "1", "--json")
    assert ran.code == 1
    assert [found["score"] for found in json.loads(ran.out)] == [MAX_SCORE, 0]
    assert "the gradebook cannot be used now: file is not a database" in ran.err


def test_a_gradebook_that_is_a_directory(unstored: Mini) -> None:
    unstored.course.gradebook.unlink()
    unstored.course.gradebook.mkdir()
    ran = run(unstored, "grade", "1")
    assert ran.code == 1
    assert "the gradebook cannot be used now: unable to open database file" in complaint(ran)


def test_a_gradebook_that_does_not_know_the_day(unstored: Mini) -> None:
    unstored.course.gradebook.unlink()
    ran = run(unstored, "grade", "1")
    assert ran.code == 3
    assert complaint(ran) == (
        f"dl30: {unstored.course.gradebook}: {STEM} is not in the gradebook yet "
        f"(run `dl30 release {STEM}`)"
    )
    assert run(unstored, "release", "1").code == 0
    goes_on(unstored)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("c = get_config(", "SyntaxError: '(' was never closed"),
        ("import no_module_of_that_name", "ModuleNotFoundError: No module named 'no_module_of"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
    ],
)
def test_a_broken_nbgrader_config(unstored: Mini, source: str, reason: str) -> None:
    config = unstored.root / "nbgrader_config.py"
    config.write_text(source)
    ran = run(unstored, "grade", "1")
    assert ran.code == 3
    assert complaint(ran).startswith(f"dl30: {config}: cannot be loaded: {reason}")


def test_one_submission_that_nbgrader_refuses(unstored: Mini) -> None:
    """Its neighbours are stored."""
    stamp = unstored.path("ada").with_name("timestamp.txt")
    stamp.write_text("the day before yesterday")
    ran = run(unstored, "grade", "1")
    assert ran.code == 1
    assert complaint(ran).startswith(f"dl30: {stamp}: this is no time (it holds when ")
    assert stored_scores(unstored)["bob"] == 0
    stamp.unlink()
    goes_on(unstored, stored=1)


def test_a_folder_that_is_nobodys(unstored: Mini) -> None:
    """It is named, the others are stored, and the exit code says that something was left out."""
    (unstored.course.submitted / "a\tb" / STEM).mkdir(parents=True)
    ran = run(unstored, "grade", "1")
    assert (ran.code, ran.out.splitlines()[-1]) == (1, "gradebook.db: 2 stored")
    assert ran.err.startswith(f"dl30: {unstored.course.submitted}/a b: this cannot be a student's")


def test_a_record_that_cannot_be_read(unstored: Mini) -> None:
    """It is no record: named by `results`, and made anew by `grade`."""
    unstored.record_path("ada").write_text("{")
    ran = run(unstored, "results", "1")
    assert ran.err == f"dl30: {unstored.record_path('ada')}: is no record that can be read\n"
    assert "bob" in ran.out
    assert "ada" not in ran.out
    again = run(unstored, "grade", "1")
    assert (again.code, again.err.splitlines()[0]) == (0, f"{STEM}: 1 to grade, 1 unchanged")
    assert unstored.record("ada")["score"] == MAX_SCORE


# The same with file systems of our own, which only root may mount.


@as_root
def test_a_full_disk_for_records(mini: Mini) -> None:
    """Room for the secret and one record: that one is kept, and the next run does the rest."""
    mini.submit("ada")
    mini.blank("bob")
    mini.blank("cy")
    mini.course.records.mkdir()
    full, roomy = with_mounts(
        mini.root,
        "mount -t tmpfs -o size=8k none records\n"
        "step dl30 grade 1 --jobs 1\n"
        "mount -o remount,size=1m records\n"
        "step dl30 grade 1 --jobs 1\n",
    )
    assert full.code == 1
    assert full.err.splitlines()[-1] == (
        f"dl30: {mini.record_path('bob')}: cannot be written: No space left on device "
        "(make room or give rights, and run the same command again)"
    )
    assert full.err.count("dl30: ") == 1
    assert "Traceback" not in full.err
    assert roomy.code == 0
    assert roomy.err.splitlines()[0] == f"{STEM}: 2 to grade, 1 unchanged"


@as_root
def test_places_that_cannot_be_written(unstored: Mini) -> None:
    """Records, gradebook and autograded notebooks on read-only or full file systems."""
    unstored.course.autograded.mkdir()
    (unstored.root / "elsewhere").mkdir()
    no_records, no_gradebook, no_room, no_rights = with_mounts(
        unstored.root,
        "mount -t tmpfs -o ro none records\n"
        "step dl30 grade 1\n"
        "umount records\n"
        "mount --bind gradebook.db gradebook.db\n"
        "mount -o remount,ro,bind gradebook.db\n"
        "step dl30 grade 1\n"
        "umount gradebook.db\n"
        "mount -t tmpfs -o size=4k none autograded\n"
        "step dl30 grade 1\n"
        "umount autograded\n"
        "mount -t tmpfs -o ro none autograded\n"
        "step dl30 grade 1\n",
    )
    assert (no_records.code, no_records.out) == (1, "")
    assert no_records.complaint == (
        f"dl30: {unstored.course.records}/.secret: cannot be written: Read-only file system "
        "(make room or give rights, and run the same command again)"
    )
    assert no_gradebook.code == 1
    assert "cannot be used now: attempt to write a readonly database" in complaint(no_gradebook)
    assert no_room.code == 1
    assert "No space left on device" in complaint(no_room)
    assert "(and 1 more)" in complaint(no_room)
    assert no_rights.code == 1
    assert "Read-only file system" in complaint(no_rights)
    goes_on(unstored)
