"""`dl30 init`: a course of one's own, all of it or nothing."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from typing import Any, NamedTuple

import pytest
from dl30_command import Ran, run
from mini_course import FAST, STEM, Mini
from mounts import as_root, with_mounts

import autograder
from autograder.instructor import setting_up
from autograder.release import nbgrader_config, open_course
from autograder.sandbox import launcher

ROSTER = (
    "\ufeffid;Last_Name;first_name;section;email;lms_user_id\r\n"
    'ada;"von Lovelace; Countess";Ada;1;ada@example.edu;1001\r\n'
    ";;;;;\r\n"
    "zoë-o'neil;O'Neil;;;;\r\n"
)


class Made(NamedTuple):
    mini: Mini
    ran: Ran
    template: Mini


@pytest.fixture(scope="module")
def made(new_mini: Callable[[], Mini]) -> Made:
    """A course that the command made, with students and without being told an exchange."""
    template = new_mini()
    shutil.rmtree(template.day.release_dir)
    template.course.gradebook.unlink()
    (template.root / "tests/demo").mkdir()
    (template.root / "submitted").mkdir()
    (template.root / ".secret").write_text("")
    folder = template.root.parent / "new/course"
    (template.root.parent / "students.csv").write_text(ROSTER)
    asked = ["--students", "students.csv", "--from", "course", "--course-id", "ml-2027"]
    ran = run(template.root.parent, "init", "new/course", *asked)
    assert ran.code == 0, ran.err
    return Made(Mini(folder), ran, template)


def test_what_it_says(made: Made) -> None:
    assert made.ran.err == f"1/1 {STEM}\n"
    first, second, *rest = made.ran.out.splitlines()
    assert first == f"made {made.mini.root}: course ml-2027, 2 students in the gradebook"
    assert second == "its exchange is for your account alone; others need --exchange elsewhere"
    assert rest[:3] == ["", "next:", f"  cd {made.mini.root}"]
    assert rest[3].endswith(f"nbgrader release_assignment {STEM}")
    assert rest[4].endswith("dl30 lab")


def test_what_is_in_it(made: Made) -> None:
    found = sorted(path.name for path in made.mini.root.iterdir())
    assert found == [".gitignore", "exchange", "gradebook.db", "nbgrader_config.py",
                     "pyproject.toml", "release", "solutions", "source", "tests"]  # fmt: skip
    made.mini.day.check()
    assert stat.S_IMODE(made.mini.root.stat().st_mode) == 0o700
    assert stat.S_IMODE((made.mini.root / "exchange").stat().st_mode) == 0o777
    assert [path.name for path in made.mini.root.parent.iterdir()] == ["course"]


def test_what_nbgrader_is_told(made: Made) -> None:
    """The settings hold wherever the folder is moved to."""
    config = nbgrader_config(made.mini.course)
    assert config.CourseDirectory.course_id == "ml-2027"
    assert config.CourseDirectory.root == str(made.mini.root)
    assert config.Exchange.root == str(made.mini.root / "exchange")
    assert "predictions.csv" in open_course(made.mini.course).ignore
    assert "new/course" not in (made.mini.root / "nbgrader_config.py").read_text()


def rows(mini: Mini, query: str) -> list[Any]:
    with closing(sqlite3.connect(mini.course.gradebook)) as connection:
        return connection.execute(query).fetchall()


def test_the_gradebook(made: Made) -> None:
    columns = "id, first_name, last_name, email, lms_user_id"
    assert rows(made.mini, f"select {columns} from student order by id") == [
        ("ada", "Ada", "von Lovelace; Countess", "ada@example.edu", "1001"),
        ("zoë-o'neil", None, "O'Neil", None, None),
    ]
    assert rows(made.mini, "select name, course_id from assignment") == [(STEM, "ml-2027")]


def test_the_course_grades(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "PRELOAD", FAST)
    made.mini.submit("ada")
    ran = run(made.mini, "grade", "1")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "gradebook.db: 1 stored")


def test_a_class_of_one(mini: Mini) -> None:
    (mini.root / "one.csv").write_text("id\nada\n")
    ran = run(mini, "init", "new", "--students", "one.csv")
    assert ran.out.splitlines()[0].endswith("course dl30, 1 student in the gradebook")


def test_an_exchange_elsewhere(mini: Mini) -> None:
    """It is made open to all, and a folder on the way that others cannot enter is told."""
    place = mini.root.parent / "closed" / "exchange"
    place.parent.mkdir(mode=0o700)
    ran = run(mini.root.parent, "init", "new", "--from", "course", "--exchange", str(place))
    assert ran.code == 0
    assert "warning: other accounts cannot enter /" in ran.err
    assert stat.S_IMODE(place.stat().st_mode) == 0o777
    assert not (mini.root.parent / "new/exchange").exists()
    assert nbgrader_config(Mini(mini.root.parent / "new").course).Exchange.root == str(place)


# What is wrong: one line, and nothing is left.


def refused(mini: Mini, *arguments: str, code: int) -> str:
    before = sorted(path.name for path in mini.root.parent.iterdir())
    ran = run(mini.root.parent, "init", *arguments)
    assert ran.code == code
    assert ran.out == ""
    assert sorted(path.name for path in mini.root.parent.iterdir()) == before
    return ran.err.splitlines()[-1]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (b"", ": there is nothing in it"),
        (b"name,email\nAda,a@x\n", ": there is no column `id` among name, email "
         "(the first line is to name the columns: id,first_name,last_name,email,lms_user_id)"),
        (b"id,email,ID\n", ": the column id is there twice"),
        (b"id\nada\n\nada\n", ", line 4: the id ada stood on line 2 already"),
        (b"id,email\nada,a@x\n,b@x\n", ", line 3: there is no id"),
        (b"id,last_name\nada,Lovelace, Countess\n", ", line 2: there are 3 fields, and 2 columns "
         '(a field with a comma needs "quotes")'),
        (b"id\na/b\n", ", line 2: the id a/b cannot name a folder: it has a / in it or begins "
         "with a dot"),
        (b"id\n..\n", ", line 2: the id .. cannot name a folder: it has a / in it or begins with "
         "a dot"),
        (b"id,email\nada,a\x07b\n", ", line 2: email has a character that cannot be shown"),
        (b"id\n" + 129 * b"a" + b"\n", ", line 2: id has more than 128 characters"),
        (b"id\n" + 128 * "ü".encode() + b"\n", f", line 2: the id {59 * 'ü'}… is too long to name "
         "a folder"),
        (b"id,last_name\nada,M\xfcller\n", ", line 2: this is not UTF-8 (save it as CSV UTF-8)"),
        (b'id\n"ada\n' + 200_000 * b"a", ", line 3: this is no CSV: field larger than field limit "
         "(131072)"),
    ],
)  # fmt: skip
def test_students_that_are_none(mini: Mini, text: bytes, line: str) -> None:
    (mini.root.parent / "s.csv").write_bytes(text)
    asked = ["new", "--from", "course", "--students", "s.csv"]
    assert refused(mini, *asked, code=2) == f"dl30: s.csv{line}"


def test_a_roster_that_is_not_there(mini: Mini) -> None:
    line = refused(mini, "new", "--from", "course", "--students", "no.csv", code=2)
    assert line == "dl30: no.csv: cannot be read: No such file or directory"


def test_a_folder_that_holds_something(mini: Mini) -> None:
    line = refused(mini, "course", "--from", "course", code=3)
    told = "there is something here already (name a folder that is not there)"
    assert line == f"dl30: {mini.root}: {told}"


def test_wrong_names(mini: Mini) -> None:
    assert refused(mini, "new", "--from", "course", "--course-id", "a/b", code=2) == (
        "dl30: --course-id: this cannot be a course's name "
        "(letters, digits, - and _, such as dl30-2027)"
    )
    assert refused(mini, "new", "--from", "course", "--days", "1, 9", code=2) == (
        f'dl30: there is no day "9" (there are {STEM})'
    )


def test_an_exchange_that_is_closed(mini: Mini) -> None:
    (mini.root.parent / "ex").mkdir(mode=0o755)
    line = refused(mini, "new", "--from", "course", "--exchange", "ex", code=3)
    place = mini.root.parent / "ex"
    told = f"the exchange is not open to everybody (chmod 777 {place})"
    assert line == f"dl30: {place}: {told}"


def test_without_a_course_to_copy(mini: Mini, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for who installed the wheel."""
    place = mini.root.parent / "site-packages"
    monkeypatch.setattr(autograder, "__file__", str(place / "autograder/__init__.py"))
    assert refused(mini, "new", code=3) == (
        f"dl30: {place}: dl30 is installed without a course "
        "(name one: --from COURSE, such as a clone's folder)"
    )
    assert "this is no course" in refused(mini, "new", "--from", "course/source", code=3)


def test_settings_that_cannot_be_taken_over(mini: Mini) -> None:
    config = mini.root / "nbgrader_config.py"
    given = config.read_text()
    config.write_text(given + 'c.CourseDirectory.db_url = "sqlite:////elsewhere/gradebook.db"\n')
    assert refused(mini, "new", "--from", "course", code=3) == (
        f"dl30: {config}: the settings name a database of their own, which is that course's "
        "(take CourseDirectory.db_url out while the course is made)"
    )
    config.write_text("c = get_config()\n")
    assert "there is no line `configure(c, root=...)`" in refused(
        mini, "new", "--from", "course", code=3
    )


def test_a_day_that_cannot_be_released(mini: Mini) -> None:
    mini.day.source_notebook.write_text("{")
    assert "is not JSON" in refused(mini, "new", "--from", "course", code=3)


def test_an_interrupt_leaves_nothing(mini: Mini, monkeypatch: pytest.MonkeyPatch) -> None:
    def press(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(setting_up, "_enter_students", press)
    assert refused(mini, "new", "--from", "course", code=130) == "interrupted"


@as_root
@pytest.mark.parametrize("room", ["16k", "200k"])
def test_a_full_disk_leaves_nothing(mini: Mini, room: str) -> None:
    """There is no room for the files, or for the gradebook."""
    (mini.root / "full").mkdir()
    ran, left = with_mounts(
        mini.root,
        f"mount -t tmpfs -o size={room} none full\n"
        "step dl30 init full/new --from .\n"
        "step ls -A full\n",
    )
    assert ran.code in (1, 3)
    assert ran.err.count("\n") == 1
    assert ran.err.startswith("dl30: ")
    assert left.out == ""
