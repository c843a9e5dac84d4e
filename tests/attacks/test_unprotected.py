"""The same attacks succeed against a grader that shares its process with them: so they are real."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import arena
import corpus
import pytest
import shared_kernel
from corpus import Attack
from test_attacks import ATTACKS, names

from autograder import notebook
from autograder.course import Course
from autograder.demo import Classroom
from autograder.grading.kit import Kit
from autograder.sandbox.launcher import WarmProcess

COURSE = Course.find(arena.ROOT, arena.ROOT)


@pytest.fixture(scope="module")
def warm() -> Iterator[WarmProcess]:
    with WarmProcess() as process:
        process.wait_ready()
        yield process


@pytest.fixture(scope="module")
def room() -> Classroom:
    return Classroom(COURSE, COURSE.day("14"))


@pytest.fixture(scope="module")
def kit() -> Kit:
    return Kit(COURSE, COURSE.day("14"))


def came_of(attack: Attack, warm: WarmProcess, room: Classroom, kit: Kit, path) -> set[str]:
    book = attack.filled_in(room, shared_kernel.NAMES)
    path.write_bytes(notebook.to_bytes(book))
    cells = [cell.source for cell in kit.prepare(path).cells]
    return shared_kernel.outcomes(warm, COURSE.root, cells, attack.target)


@pytest.mark.parametrize(
    "attack", [attack for attack in ATTACKS if attack.alone in corpus.ALONE], ids=names
)
def test_beats_a_grader_in_its_own_process(attack, warm, room, kit, tmp_path) -> None:
    assert attack.alone in came_of(attack, warm, room, kit, tmp_path / "book.ipynb")


def test_an_honest_notebook_gets_its_points_there(warm, room, kit, tmp_path) -> None:
    (honest,) = (attack for attack in ATTACKS if attack.name == "controls-warns_and_prints")
    assert came_of(honest, warm, room, kit, tmp_path / "book.ipynb") == {"points"}


def test_a_blank_notebook_gains_nothing_there(warm, room, kit, tmp_path) -> None:
    """Else a shared kernel that gives points to everybody would prove every attack."""
    path = tmp_path / "blank.ipynb"
    path.write_bytes(notebook.to_bytes(room.blank()))
    cells = [cell.source for cell in kit.prepare(path).cells]
    assert shared_kernel.outcomes(warm, COURSE.root, cells, "sobel_edges") == set()


def test_the_arenas_services_are_there_to_be_reached() -> None:
    with arena.services() as services:
        for family, kind, address in (
            (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", services.port)),
            (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", services.port)),
            (socket.AF_UNIX, socket.SOCK_STREAM, "\0" + services.name),
        ):
            with socket.socket(family, kind) as client:
                client.settimeout(5)
                client.connect(address)
                if kind == socket.SOCK_DGRAM:
                    client.send(b"?")
                assert client.recv(100) == arena.ANSWER
        assert len(services.visits) == 3
