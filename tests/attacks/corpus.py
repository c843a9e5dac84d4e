"""Hostile notebooks and honest ones, as readable files: `notebooks/ROW/NAME.py`.

A file is a module docstring and cells. The docstring's first line says what the notebook tries;
after an empty line stand facts, one `key: value` each:

target: the exercise that is attacked (default sobel_edges). Nothing depends on sobel_edges.
must:   what has to come of it: `no points` in the target and full ones in all other exercises (the
        default), `full marks`, `unreadable`, or points by exercise, `sobel_edges 4.5, im2col 0`.
says:   a regular expression that the record's messages, notes or problem have to match, so that a
        teacher knows why.
alone:  what it does to a grader that runs it in its own process (`shared_kernel`): `points`,
        `ended`, `hung`, `changed` (the course's files), `left` (a process), `reached` (a service
        of the machine), or `- REASON` where no such grader could be shown to fall.

Cells begin with `# %% answer NAME` (instead of the answer cell of exercise NAME), `# %% first`,
`# %% last`, `# %% before NAME` or `# %% after NAME` (a cell of the student's own). All exercises
that have no answer here are solved by the reference. The very first cell sets some names:
COURSE (the course's folder), OUTSIDE (a folder of the teacher's, with a file `secret`), PORT (a TCP
and a UDP service on 127.0.0.1), SOCKET (an abstract unix socket's name), VICTIM (another student).

A file that defines `make(room, path)` has no cells: it writes the submission itself, at `path`.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from autograder import notebook
from autograder.demo import Classroom

FOLDER = Path(__file__).parent / "notebooks"
KEYS = {"target": "sobel_edges", "must": "no points", "says": "", "alone": ""}
ALONE = {"points", "ended", "hung", "changed", "left", "reached"}
_DOCSTRING = re.compile(r'r?"""(.*?)"""', re.DOTALL)
_CELL = re.compile(r"^# %% (answer|before|after|first|last)(?: (\w+))?$", re.MULTILINE)


@dataclass(frozen=True)
class Attack:
    """One file of the corpus."""

    path: Path
    tries: str
    target: str
    must: str
    says: str
    alone: str

    @property
    def row(self) -> str:
        return self.path.parent.name

    @property
    def name(self) -> str:
        return f"{self.row}-{self.path.stem}"

    @property
    def honest(self) -> bool:
        return self.must == "full marks"

    @cached_property
    def source(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def is_program(self) -> bool:
        """Whether it writes its submission itself."""
        return re.search(r"^def make\(", self.source, re.MULTILINE) is not None

    @cached_property
    def cells(self) -> list[tuple[str, str, str]]:
        """Kind, exercise and source of each cell."""
        parts = _CELL.split(self.source)[1:]
        return [
            (kind, name or "", code.strip() + "\n")
            for kind, name, code in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
        ]

    def hand_in(self, room: Classroom, path: Path, names: Mapping[str, object]) -> None:
        """Put the submission at `path`, in which `names` are set first."""
        path.parent.mkdir(parents=True)
        if self.is_program:
            _program(self.path).make(room, path)
        else:
            path.write_bytes(notebook.to_bytes(self.filled_in(room, names)))

    def filled_in(self, room: Classroom, names: Mapping[str, object]) -> Any:
        book = room.solved()
        for kind, exercise, source in self.cells:
            if kind == "answer":
                room.cell(book, f"{exercise}_solution").source = source
        for kind, exercise, source in self.cells:
            if kind in ("before", "after"):
                spot = book.cells.index(room.cell(book, f"{exercise}_solution"))
                book.cells.insert(spot + (kind == "after"), own_cell(source, len(book.cells)))
            elif kind == "last":
                book.cells.append(own_cell(source, len(book.cells)))
        first = [source for kind, _, source in self.cells if kind == "first"]
        values = "".join(f"{key} = {value!r}\n" for key, value in names.items())
        book.cells[:0] = [own_cell(text, 900 + i) for i, text in enumerate([values, *first])]
        return book


def own_cell(source: str, number: int) -> Any:
    """A code cell as a student adds it."""
    return notebook.NotebookNode(
        cell_type="code",
        id=f"own-{number}",
        metadata=notebook.NotebookNode(),
        source=source,
        outputs=[],
        execution_count=None,
    )


def load() -> list[Attack]:
    """The whole corpus, by row and name."""
    return [read(path) for path in sorted(FOLDER.glob("*/*.py"))]


def read(path: Path) -> Attack:
    """One file; ValueError says what is wrong with it."""
    found_text = _DOCSTRING.match(path.read_text(encoding="utf-8"))
    text = found_text[1].strip() if found_text else ""
    tries, _, rest = text.partition("\n\n")
    pairs = [line.partition(":") for line in rest.splitlines() if line.strip()]
    facts = {key.strip(): value.strip() for key, _, value in pairs}
    if strange := set(facts) - set(KEYS):
        raise ValueError(f"{path}: unknown {sorted(strange)}")
    if not tries or "\n" in tries:
        raise ValueError(f"{path}: the first line says what it tries, then an empty line")
    found = Attack(path, tries, **(KEYS | facts))
    if not found.honest and found.alone not in ALONE and not re.match(r"- \w+", found.alone):
        raise ValueError(f"{path}: alone is one of {sorted(ALONE)} or `- REASON`")
    if not found.is_program and not found.cells:
        raise ValueError(f"{path}: no cells")
    return found


def _program(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"attack_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
