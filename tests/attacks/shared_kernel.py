"""A grader as others are built: student code, hidden tests and the reference in one process.

This is what attacks are seen to succeed against. It runs a notebook's cells and then the hidden
tests as further cells of the same kernel, and believes the score that this kernel prints. The whole
of it stands in a jail of ours, so that nothing but itself comes to harm.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from autograder.sandbox.jail import Limits
from autograder.sandbox.launcher import WarmProcess
from autograder.sandbox.proxy import StudentFailure
from autograder.sandbox.student import Cell, Student

STEM = "day14_convolution"
COURSE = "/scratch/course"
NAMES = {
    "COURSE": COURSE,
    "OUTSIDE": "/scratch/outside",
    "PORT": 9,
    "SOCKET": "dl30-shared-kernel",
    "VICTIM": "honest-1",
}
POINTS = {"sobel_edges": 6, "corr2d": 8, "conv2d_forward": 20}
_LIMITS = Limits(
    cell_seconds=60,
    notebook_seconds=60,
    call_seconds=60,
    memory_mb=1024,
    processes=48,
    scratch_files=2048,
)
_CALLS = {
    "sobel_edges": "sobel_edges(rng.normal(size=(6, 7)))",
    "corr2d": "corr2d(rng.normal(size=(6, 7)), rng.normal(size=(2, 3)))",
    "conv2d_forward": "conv2d_forward(rng.normal(size=(2, 3, 8, 7)), rng.normal(size=(4, 3, 3, 2)),"
    " rng.normal(size=4), stride=2)[0]",
}
HIDDEN_TEST = """
import numpy as np
from solutions import {stem} as reference
rng = np.random.default_rng(20141126)
expected = reference.{call}
rng = np.random.default_rng(20141126)
result = {call}
np.testing.assert_allclose(result, expected, rtol=1e-7, atol=1e-9)
assert np.allclose(result, expected) and np.shape(result) == np.shape(expected)
"""
# Runs inside the jail: a kernel in a child process, and whoever reads what that kernel prints.
KERNEL = '''
import hashlib, json, os, pathlib, select, signal, socket, sys, time

def grade(course, cells, tests, seconds):
    """What came of it: names of `corpus.ALONE`, in no order."""
    before, found = tree(course), set()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("\\0dl30-shared-kernel")
    listener.listen()
    out, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(out)
        listener.close()
        kernel(course, cells, tests, theirs)
    os.close(theirs)
    text, finished = printed(out, child, seconds)
    if not finished:
        found.add("hung")
    os.waitpid(child, os.WNOHANG)
    scores = [line for line in text.splitlines() if line.startswith("SCORE ")]
    if not scores and finished:
        found.add("ended")
    try:
        for line in scores:
            if json.loads(line[6:]) > 0:
                found.add("points")
    except ValueError:
        pass
    if tree(course) != before:
        found.add("changed")
    if select.select([listener], [], [], 0)[0]:
        found.add("reached")
    others = [name for name in os.listdir("/proc") if name.isdigit() and name != "1"]
    if set(others) - {str(child)}:
        found.add("left")
    return sorted(found)

def tree(course):
    files = sorted(pathlib.Path(course).rglob("*"))
    return [(str(f), hashlib.sha256(f.read_bytes()).hexdigest()) for f in files if f.is_file()]

def printed(out, child, seconds):
    """All that the kernel prints, until it has ended or its time is over."""
    end, text = time.monotonic() + seconds, b""
    watched = [out, ended := os.pidfd_open(child)]
    while time.monotonic() < end:
        ready = select.select(watched, [], [], max(0, end - time.monotonic()))[0]
        if out in ready:
            chunk = os.read(out, 1 << 16)
            text = (text + chunk)[-200_000:]
            if not chunk:
                watched.remove(out)
        elif ended in ready:
            return text.decode(errors="replace"), True
    os.kill(child, signal.SIGKILL)
    return text.decode(errors="replace"), False

def kernel(course, cells, tests, out):
    os.dup2(out, 1)
    os.closerange(3, 256)  # what belongs to the jail around this
    os.chdir("/scratch")
    sys.path.insert(0, course)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    shell = get_ipython()
    for source in cells:
        shell.run_cell(source)
    for name, points, source in tests:
        result = shell.run_cell(source)
        score = points if result.success else 0
        print("SCORE", score)
    sys.stdout.flush()
    os._exit(0)
'''


def files(root: Path) -> dict[str, bytes]:
    """What lies in the grader's folders, by path beside the notebook."""
    kept = [f"solutions/{STEM}.py", "solutions/__init__.py", f"tests/hidden/test_{STEM}.py"]
    found = {f"course/{name}": (root / name).read_bytes() for name in kept}
    return found | {
        "course/gradebook.db": b"SQLite format 3\0" + bytes(84),
        f"course/records/{STEM}/honest-1.json": b'{"student": "honest-1", "score": 92.0}\n',
        f"course/submitted/honest-1/{STEM}/{STEM}.ipynb": b'{"cells": []}\n',
        "outside/secret": b"the teacher's\n",
    }


def outcomes(
    warm: WarmProcess, root: Path, cells: Sequence[str], target: str, *, seconds: float = 3.0
) -> set[str]:
    """What a notebook of these cells does to such a grader, as names of `corpus.ALONE`."""
    student = Student(warm, [Cell(1, KERNEL)], files=files(root), limits=_LIMITS)
    test = HIDDEN_TEST.format(stem=STEM, call=_CALLS[target])
    try:
        tests = [(target, POINTS[target], test)]
        return set(student.grade(COURSE, list(cells), tests, seconds))
    except StudentFailure:
        return {"ended"}  # the jail around it had to end it all
    finally:
        student.close()
