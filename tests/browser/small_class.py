"""Who hands in: some of the demo's students, a file that is no notebook, and an attacker."""

from __future__ import annotations

import shutil

from autograder import demo, notebook
from autograder.course import Course, Day
from autograder.grading.grade import submission_path

READABLE = ("ada", "dmitri", "esra", "farah")
UNREADABLE = "zoe"
ATTACKER = "mallory"
# Each sets `window.owned` in a page that takes the text for markup.
ATTACKS = (
    "<img src=x onerror='window.owned=1'>",
    "<script>window.owned=1</script>",
    "<svg onload='window.owned=1'>\n<p>\n\n[look](javascript:window.owned=1)",
    "`a < b`, $a<b$ and <iframe srcdoc='<script>parent.owned=1</script>'></iframe>",
    "a <details open ontoggle='window.owned=1'>b</details> and ![a](attachment:missing.png)",
)


def hand_in(course: Course, day: Day) -> None:
    for student in set(demo.hand_in(course, day)) - set(READABLE):
        shutil.rmtree(course.submitted / student)
    attacker = notebook.to_bytes(attack(demo.Classroom(course, day)))
    for student, contents in ((UNREADABLE, b"my notebook\n"), (ATTACKER, attacker)):
        path = submission_path(course, day, student)
        path.parent.mkdir(parents=True)
        path.write_bytes(contents)


def attack(room: demo.Classroom) -> notebook.NotebookNode:
    """All solved but one function; markup wherever a student can put text."""
    raises = f'def sobel_edges(image):\n    raise ValueError("""{ATTACKS[0]}""")'
    made = room.solved(sobel_edges=raises)
    room.cell(made, "written_padding").source = "\n\n".join(ATTACKS)
    for kind in ("markdown", "raw"):
        for text in ATTACKS:
            own = room.copy(room.cell(made, "written_padding"))
            own.cell_type, own.source, own.id = kind, text, f"own-{len(made.cells)}"
            own.metadata.clear()
            made.cells.insert(1, own)
    return made
