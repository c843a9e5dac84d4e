"""Records: written whole or not at all, and current only while nothing has changed."""

from __future__ import annotations

import errno
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from mini_course import MAX_SCORE, STEM, Mini

from autograder.errors import CourseError, Dl30Error
from autograder.grading import grade, records
from autograder.grading.grade import course_secret, current_record, seed_of
from autograder.grading.kit import Kit
from autograder.grading.records import (
    ExerciseResult,
    Fingerprint,
    Outcome,
    Record,
    digest,
    points_for,
)

NOTHING = Fingerprint("", "", "", "", "")


def record(student: str = "ada", **facts: object) -> Record:
    made: dict[str, object] = {"score": 3.0, "max_score": MAX_SCORE, "exercises": {}}
    made |= {"jailed": True, "seed": 5, "fingerprint": NOTHING, "status": "graded", **facts}
    return msgspec.convert({"student": student, "day": STEM, **made}, Record)


def outcomes(verdicts: str, weights: tuple[float, ...]) -> list[Outcome]:
    kinds = {"P": "PASS", "F": "FAIL", "B": "BROKEN"}
    return [
        msgspec.convert(
            {"name": "t", "sentence": "", "verdict": kinds[v], "message": "", "seconds": 0,
             "weight": w},
            Outcome,
        )
        for v, w in zip(verdicts, weights, strict=True)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("verdicts", "weights", "most", "points"),
    [
        ("PPP", (1, 1, 1), 7, 7),
        ("PPF", (1, 1, 1), 7, 4.67),
        ("PFF", (1, 1, 1), 7, 2.33),
        ("PBB", (1, 1, 1), 6, 2),
        ("FFF", (1, 1, 1), 7, 0),
        ("PF", (3, 1), 8, 6),
        ("PF", (0.5, 1.5), 8, 2),
        ("PF", (1, 0), 8, 8),
        ("FP", (1, 0), 8, 0),
        ("P", (0,), 8, 0),
        ("", (), 8, 0),
        ("PPPF", (1, 1, 1, 1), 0.01, 0.01),
        ("PPP", (0.1, 0.2, 0.3), 5, 5),
    ],
)
def test_points_go_by_weight(
    verdicts: str, weights: tuple[float, ...], most: float, points: float
) -> None:
    assert points_for(outcomes(verdicts, weights), most) == points


# Writing and reading.


def test_a_record_comes_back_as_it_was(tmp_path: Path) -> None:
    for student in ("ada", "Zoë Ünal", "-x", "a b ", "[a]*", "%s{x}", "a'b\"c", "x" * 240):
        made = record(student, notes=["é"], broken={"t": "x"})
        records.write(tmp_path, made)
        assert records.read(tmp_path, student) == made
    assert records.read(tmp_path, "bob") is None


def test_records_in_brief_of_a_class_take_little_memory() -> None:
    """They are the same but for the tests, and what is alike in all is held once."""

    def made(number: int) -> Record:
        digests = [f"{number:064}", *(letter * 64 for letter in "abcd")]
        named = {f"exercise_{i}": ExerciseResult(3.0, 8.0, outcomes("PF", (1, 1))) for i in "abcde"}
        known = {"fingerprint": Fingerprint(*digests), "protections": ["no network", "no files"]}
        whole = record(f"s{number:05}", seed=2**60 + number, exercises=named, **known)
        return msgspec.json.decode(msgspec.json.encode(whole), type=Record)

    whole = made(0)
    facts = msgspec.to_builtins(whole)
    for exercise in facts["exercises"].values():
        exercise["tests"] = []
    assert msgspec.to_builtins(records.brief(whole)) == facts
    tracemalloc.start()
    try:
        kept = [records.brief(made(number)) for number in range(500)]
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert taken / len(kept) < 1100


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"[]", b'{"student": "ada"}', b"\xff\xfe", b"null", b"{}" * 100],
)
def test_what_is_no_record_counts_as_none(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "ada.json").write_bytes(damage)
    assert records.read(tmp_path, "ada") is None


def test_a_record_of_another_kind_counts_as_none(tmp_path: Path) -> None:
    plain = json.loads(msgspec.json.encode(record()))
    for change in ({"status": "perfect"}, {"score": "4"}, {"jailed": 1}, {"fingerprint": {}}):
        (tmp_path / "ada.json").write_text(json.dumps(plain | change))
        assert records.read(tmp_path, "ada") is None
    # A field of a later version is no reason to grade again.
    (tmp_path / "ada.json").write_text(json.dumps(plain | {"later": 1}))
    assert records.read(tmp_path, "ada") == record()


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_crash_while_writing_leaves_the_old_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    records.write(tmp_path, record(score=1.0))

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, call, crash)
        with pytest.raises(KeyboardInterrupt):
            records.write(tmp_path, record(score=2.0))
    assert records.read(tmp_path, "ada") == record(score=1.0)
    assert [path.name for path in tmp_path.iterdir()] == ["ada.json"]


def test_a_killed_writer_leaves_the_old_record(tmp_path: Path) -> None:
    """What a killed process leaves behind is no record of anybody."""
    records.write(tmp_path, record(score=1.0))
    program = (
        "import os, sys, pathlib\n"
        "from autograder.grading import records\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "os.fsync = lambda _: os.kill(os.getpid(), 9)\n"
        "records.write(folder, records.read(folder, 'ada'))\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, tmp_path], check=False)
    assert ended.returncode == -9
    assert len(list(tmp_path.iterdir())) == 2
    assert records.read(tmp_path, "ada") == record(score=1.0)
    assert [path.name for path in tmp_path.glob("*.json")] == ["ada.json"]


def test_a_reader_never_sees_half_a_record(tmp_path: Path) -> None:
    records.write(tmp_path, record())
    stop = threading.Event()

    def rewrite() -> None:
        while not stop.is_set():
            records.write(tmp_path, record(notes=["x" * 100_000]))

    writer = threading.Thread(target=rewrite)
    writer.start()
    try:
        end = time.monotonic() + 0.3
        while time.monotonic() < end:
            assert records.read(tmp_path, "ada") is not None
    finally:
        stop.set()
        writer.join()


def test_a_disk_that_is_full_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Dl30Error) as caught:
        records.write(tmp_path, record())
    assert str(caught.value) == (
        f"{tmp_path}/ada.json: cannot be written: No space left on device "
        "(make room or give rights, and run the same command again)"
    )
    assert list(tmp_path.iterdir()) == []


def test_the_id_changes_with_anything_in_it() -> None:
    changes = [{"score": 2.0}, {"notes": ["a"]}, {"seed": 6}, {"student": "b"}, {"seconds": 1.0}]
    made = [record(), *(record(**{"student": "ada", **change}) for change in changes)]
    assert len({one.id for one in made}) == len(made)
    assert record().id == record().id


# Digests.


def test_the_digest_of_what_is_no_file_is_there_at_once(tmp_path: Path) -> None:
    """A pipe would block, and /dev/zero would never end."""
    thing = tmp_path / "thing"
    kinds: list[Callable[[], object]] = [
        lambda: thing.write_text("a"),
        lambda: thing.write_text("b"),
        lambda: thing.write_text(""),
        thing.mkdir,
        lambda: os.mkfifo(thing),
        lambda: thing.symlink_to("/dev/zero"),
        lambda: thing.symlink_to("/dev/full"),
        lambda: thing.symlink_to(tmp_path),
        lambda: thing.symlink_to(thing),
        lambda: None,
        lambda: (thing.touch(), os.truncate(thing, 2**40)),
    ]
    seen = set()
    begin = time.monotonic()
    for make in kinds:
        make()
        seen.add(digest(thing))
        if thing.is_dir() and not thing.is_symlink():
            thing.rmdir()
        else:
            thing.unlink(missing_ok=True)
    assert len(seen) == len(kinds)
    assert time.monotonic() - begin < 5


def test_the_digest_of_a_socket(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(tmp_path / "thing"))
        assert digest(tmp_path / "thing") != digest(tmp_path / "nothing")


def test_the_digest_depends_on_names_bytes_and_order(tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    a.write_text("one")
    b.write_text("one")
    assert len({digest(a), digest(b), digest(a, b), digest(b, a), digest()}) == 5
    before = digest(a, b)
    b.write_text("two")
    assert digest(a, b) != before


# What a record depends on.


def edit(path: Callable[[Mini], Path]) -> Callable[[Mini], object]:
    return lambda mini: path(mini).write_text(path(mini).read_text() + "\n")


@pytest.fixture
def graded(mini: Mini) -> Mini:
    """A course with a record of ada's that holds."""
    mini.submit("ada")
    kit = Kit(mini.course, mini.day)
    state = kit.fingerprint(mini.path("ada"))
    records.write(grade.records_folder(mini.course, mini.day), record(fingerprint=state))
    return mini


def current(mini: Mini, *, seed: int = 5, jailed: bool = True) -> Record | None:
    return current_record(Kit(mini.course, mini.day), "ada", seed, jailed)


def test_an_unchanged_record_is_current(graded: Mini) -> None:
    assert current(graded) is not None
    os.utime(graded.path("ada"), (1, 1))
    assert current(graded) is not None


@pytest.mark.parametrize(
    "change",
    [
        edit(lambda mini: mini.path("ada")),
        edit(lambda mini: mini.day.hidden_tests),
        edit(lambda mini: mini.day.solution),
        edit(lambda mini: mini.day.release_notebook),
        lambda mini: (mini.day.release_dir / "table.csv").write_text("1"),
        lambda mini: (mini.day.hidden_tests.parent / "conftest.py").write_text(""),
        lambda mini: (mini.day.hidden_tests.parent / "helper.py").write_text(""),
        lambda mini: mini.path("ada").unlink(),
        lambda mini: mini.record_path("ada").write_text("{"),
    ],
    ids=["notebook", "tests", "reference", "release", "data", "conftest", "helper", "gone", "torn"],
)
def test_a_change_makes_it_out_of_date(graded: Mini, change: Callable[[Mini], object]) -> None:
    change(graded)
    assert current(graded) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda mini: (mini.day.hidden_tests.parent / "test_day02_x.py").write_text(""),
        lambda mini: (mini.root / "solutions" / "day02_x.py").write_text(""),
        lambda mini: mini.submit("bob"),
        lambda mini: (mini.path("ada").parent / "own.csv").write_text(""),
    ],
    ids=["other tests", "other reference", "other student", "other file"],
)
def test_what_it_does_not_depend_on(graded: Mini, change: Callable[[Mini], object]) -> None:
    change(graded)
    assert current(graded) is not None


def test_another_seed_or_jail_makes_it_out_of_date(graded: Mini) -> None:
    assert current(graded, seed=6) is None
    assert current(graded, jailed=False) is None


def test_a_change_of_the_engine_makes_it_out_of_date(
    graded: Mini, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = Path(records.__file__).parents[1]
    copied = shutil.copytree(package, tmp_path / "autograder")
    monkeypatch.setattr(records, "__file__", str(copied / "grading" / "records.py"))
    assert current(graded) is not None
    for name in ("sandbox/worker.py", "grading/judge.py", "notebook.py", "testing.py"):
        before = (copied / name).read_text()
        (copied / name).write_text(before + "\n")
        assert current(graded) is None, name
        (copied / name).write_text(before)


@pytest.mark.parametrize(("status", "holds"), [("unreadable", True), ("broken", False)])
def test_broken_records_are_tried_again(graded: Mini, status: str, holds: bool) -> None:
    """An unreadable notebook stays so until it changes; a broken test is our fault."""
    state = Kit(graded.course, graded.day).fingerprint(graded.path("ada"))
    made = record(fingerprint=state, status=status, score=None)
    records.write(grade.records_folder(graded.course, graded.day), made)
    assert (current(graded) is not None) == holds


# The course's secret, and the seeds made from it.


def test_the_secret_is_made_once_for_the_owner_alone(mini: Mini) -> None:
    made = course_secret(mini.course)
    assert len(made) == 32
    assert course_secret(mini.course) == made
    path = mini.course.records / ".secret"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in mini.course.records.iterdir()] == [".secret"]


@pytest.mark.parametrize(("folder", "file"), [(0o755, 0o600), (0o2770, 0o660)])
def test_several_graders_share_what_they_share_the_folder_of(
    tmp_path: Path, folder: int, file: int
) -> None:
    tmp_path.chmod(folder)
    records.write_atomically(tmp_path / "ada.json", b"{}")
    assert stat.S_IMODE((tmp_path / "ada.json").stat().st_mode) == file


def test_two_that_make_the_secret_at_once_have_the_same(mini: Mini) -> None:
    found: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: found.append(course_secret(mini.course))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


@pytest.mark.parametrize("damage", [b"", b"short"])
def test_half_a_secret_is_none(mini: Mini, damage: bytes) -> None:
    """With an empty one everybody could work out the hidden data."""
    mini.course.records.mkdir()
    (mini.course.records / ".secret").write_bytes(damage)
    with pytest.raises(CourseError, match="not the secret that was made here"):
        course_secret(mini.course)


def test_seeds_differ_by_secret_day_and_student() -> None:
    seeds = [
        seed_of(b"a" * 32, "day01_x", "ada"),
        seed_of(b"b" * 32, "day01_x", "ada"),
        seed_of(b"a" * 32, "day02_x", "ada"),
        seed_of(b"a" * 32, "day01_x", "bob"),
        seed_of(b"a" * 32, "day01_xada", ""),
    ]
    assert len(set(seeds)) == 5
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert seeds[0] == seed_of(b"a" * 32, "day01_x", "ada")
