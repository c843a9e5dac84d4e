"""A course, a class of attackers with honest neighbours among them, and a teacher's things around.

What is there to be read, changed, reached or left behind is looked at before and after.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus import Attack

from autograder import notebook, release
from autograder.course import Course, Day
from autograder.demo import Classroom, copy_course
from autograder.grading.grade import submission_path

ROOT = Path(__file__).parents[2]
ANSWER = b"open sesame"
MADE_BY_GRADING = {"records", "autograded", "feedback", "gradebook.db", ".nbgrader.log"}


@dataclass
class Services:
    """A TCP and a UDP port and an abstract socket of this machine that answer whoever comes."""

    port: int = 0
    name: str = field(default_factory=lambda: f"dl30-arena-{os.urandom(6).hex()}")
    visits: list[str] = field(default_factory=list)


@contextlib.contextmanager
def services() -> Iterator[Services]:
    found = Services()
    tcp, udp = socket.socket(), socket.socket(type=socket.SOCK_DGRAM)
    unix = socket.socket(socket.AF_UNIX)
    with tcp, udp, unix:
        tcp.bind(("127.0.0.1", 0))
        found.port = tcp.getsockname()[1]
        udp.bind(("127.0.0.1", found.port))
        unix.bind("\0" + found.name)
        for listener in (tcp, unix):
            listener.listen()
            threading.Thread(target=_greet, args=[listener, found], daemon=True).start()
        threading.Thread(target=_answer, args=[udp, found], daemon=True).start()
        yield found
        for open_socket in (tcp, udp, unix):
            with contextlib.suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)


def _greet(listener: socket.socket, found: Services) -> None:
    with contextlib.suppress(OSError):
        while True:
            visitor, _ = listener.accept()
            found.visits.append(str(listener.family))
            with visitor, contextlib.suppress(OSError):
                visitor.send(ANSWER)


def _answer(udp: socket.socket, found: Services) -> None:
    with contextlib.suppress(OSError):
        while True:
            _, sender = udp.recvfrom(4096)
            if sender is None:
                return
            found.visits.append("udp")
            udp.sendto(ANSWER, sender)


class Arena:
    """The scene of one run: `folder` is not there yet."""

    def __init__(self, folder: Path, attacks: Sequence[Attack], found: Services) -> None:
        self.attacks = attacks
        self.services = found
        self.course = copy_course(Course.find(ROOT, ROOT), folder / "course")
        release.release(self.course, self.day)
        self.outside = folder / "outside"
        self.outside.mkdir()
        (self.outside / "secret").write_text("the teacher's\n")
        self.honest = self._hand_in()
        self.before = self.world()

    @property
    def day(self) -> Day:
        return self.course.day("14")

    def _hand_in(self) -> list[str]:
        """An honest neighbour stands in the middle of each row; who is honest is returned."""
        room = Classroom(self.course, self.day)
        solved = notebook.to_bytes(room.solved())
        honest = ["honest-1", *sorted({f"{attack.row}-honest" for attack in self.attacks})]
        for student in honest:
            path = submission_path(self.course, self.day, student)
            path.parent.mkdir(parents=True)
            path.write_bytes(solved)
        names = {
            "COURSE": str(self.course.root),
            "OUTSIDE": str(self.outside),
            "PORT": self.services.port,
            "SOCKET": self.services.name,
            "VICTIM": "honest-1",
        }
        for attack in self.attacks:
            attack.hand_in(room, submission_path(self.course, self.day, attack.name), names)
        return honest

    def world(self) -> dict[str, str]:
        """Every file that nobody may change, and traces in places where attacks leave some."""
        found = {str(path): _state(path) for path in _below(self.course.root)}
        found |= {str(path): _state(path) for path in _below(self.outside)}
        return found | {str(path): "trace" for path in _traces()}

    def grade(
        self, *prefix: str, jobs: int = 6, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        """`dl30 grade`, as people run it, on all of it at once."""
        command = [*(prefix or (sys.executable, "-m", "autograder.cli.main"))]
        return subprocess.run(
            [*command, "grade", "14", "--json", "--jobs", str(jobs)],
            cwd=self.course.root,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
            **options,
        )


def _below(folder: Path) -> Iterator[Path]:
    for top in sorted(folder.iterdir()):
        if top.name not in MADE_BY_GRADING:
            yield top
            if top.is_dir() and not top.is_symlink():
                yield from sorted(top.rglob("*"))


def _state(path: Path) -> str:
    if path.is_symlink() or not path.is_file():
        return f"{path.lstat().st_mode:o}"
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.stat().st_size < 10**8 else "large"


def _traces() -> Iterator[Path]:
    """Files of the names that attacks use, wherever they might get to."""
    places = (
        "/ /etc /usr /usr/bin /usr/local/bin /var /var/tmp /tmp /dev/shm /root /home /run".split()
    )
    for place in (*map(Path, places), Path.home(), Path(sys.prefix), Path(sys.base_prefix)):
        with contextlib.suppress(OSError):
            yield from place.glob("*dl30-was-here*")
    for site in (path for path in sys.path if path.endswith("site-packages")):
        yield from Path(site).glob("*dl30-was-here*")


def results(ran: subprocess.CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    """By student, what `--json` printed."""
    return {found["student"]: found for found in json.loads(ran.stdout)}


def faults(attack: Attack, result: dict[str, Any]) -> list[str]:
    """In which ways the result is not what has to come of the attack."""
    if attack.must == "unreadable":
        found = [] if result["status"] == "unreadable" else [f"status {result['status']}"]
    else:
        found = [] if result["status"] == "graded" else [f"{result['status']}: {result['problem']}"]
        found += wrong_points(attack, result["exercises"])
    told = "\n".join(_told(attack, result))
    if attack.says and not re.search(attack.says, told):
        found.append(f"nothing says {attack.says!r}: {told[:600]!r}")
    if re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", told):
        found.append("control characters in what is told")
    return found


def wrong_points(attack: Attack, exercises: dict[str, Any]) -> Iterable[str]:
    wanted = {name: result["max_points"] for name, result in exercises.items()}
    if attack.must == "no points":
        wanted[attack.target] = 0
    elif attack.must != "full marks":
        for part in attack.must.split(","):
            name, points = part.split()
            wanted[name] = float(points)
    for name, result in exercises.items():
        if result["points"] != wanted[name]:
            messages = {test["message"] for test in result["tests"] if test["message"]}
            yield f"{name}: {result['points']} in place of {wanted[name]}: {sorted(messages)[:3]}"


def _told(attack: Attack, result: dict[str, Any]) -> Iterator[str]:
    yield result["problem"]
    yield from result["notes"]
    for name, exercise in result["exercises"].items():
        if name == attack.target or attack.must != "no points":
            yield from (test["message"] for test in exercise["tests"])
