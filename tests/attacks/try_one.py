"""`python tests/attacks/try_one.py FILE...`: what attacks do to dl30 and to a shared kernel."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

import corpus
import shared_kernel

from autograder.course import Course
from autograder.demo import Classroom, copy_course
from autograder.grading.batch import GradingProcess
from autograder.grading.grade import submission_path
from autograder.grading.jobs import Job, Settings
from autograder.grading.kit import Kit
from autograder.sandbox.launcher import WarmProcess

ROOT = Path(__file__).parents[2]


def main() -> None:
    attacks = [corpus.read(Path(name).resolve()) for name in sys.argv[1:]]
    scratch = Path(tempfile.mkdtemp(prefix="dl30-try-"))
    try:
        course = copy_course(Course.find(ROOT, ROOT), scratch / "course")
        (scratch / "secret").write_text("the teacher's\n")
        day = course.day("14")
        room, kit = Classroom(course, day), Kit(course, day)
        names = {
            "COURSE": str(course.root),
            "OUTSIDE": str(scratch),
            "PORT": 9,
            "SOCKET": "dl30-none",
            "VICTIM": "honest-1",
        }
        process = GradingProcess(Settings(str(course.root), day.stem))
        with WarmProcess() as warm:
            for attack in attacks:
                print(f"\n== {attack.name}: {attack.tries}")
                path = submission_path(course, day, attack.name)
                attack.hand_in(room, path, names)
                begin = time.monotonic()
                record = process.grade(Job(attack.name, str(path), 1))
                seconds = time.monotonic() - begin
                print(
                    f"dl30: {record.status} {record.score} of {record.max_score}, {seconds:.1f} s"
                )
                print("  ", record.problem, *record.notes, sep="\n   ")
                for name, result in record.exercises.items():
                    if result.points < result.max_points:
                        print(f"   {name} {result.points:g} of {result.max_points:g}")
                        for message in dict.fromkeys(test.message for test in result.tests):
                            print("      ", message)
                if attack.target in shared_kernel.POINTS and not attack.is_program:
                    book = attack.filled_in(room, shared_kernel.NAMES)
                    path.write_bytes(corpus.notebook.to_bytes(book))
                    cells = [cell.source for cell in kit.prepare(path).cells]
                    found = shared_kernel.outcomes(warm, course.root, cells, attack.target)
                    print(f"shared kernel: {sorted(found)}; alone: {attack.alone}")
        process.close()
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
