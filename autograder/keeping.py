"""What stays of a student's outputs and attachments: plain text and pictures, within bounds."""

from __future__ import annotations

import base64
import binascii
from itertools import chain, count
from typing import Any

from autograder.notebook import NotebookNode
from autograder.text import one_line

MAX_TEXT = 20_000  # characters of one text output
MAX_IMAGE = 1_000_000  # bytes of one picture in an output
MAX_ATTACHMENT = 5_000_000  # bytes of one picture in a text
MAX_KEPT = 20_000_000  # characters of all outputs and attachments
MAX_OUTPUTS = 100  # outputs of one cell

_MAGIC = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
    "image/webp": b"RIFF",
}
_OUTPUT_IMAGES = ("image/png", "image/jpeg")


def execution_count(cell: NotebookNode) -> int | None:
    """How often the cell was run, if that can be believed."""
    times = cell.get("execution_count")
    return times if isinstance(times, int) and 0 <= times < 10**6 else None


class Keeper:
    """Copies of what may stay of a student's cell, within one budget for the whole notebook."""

    def __init__(self, taken: set[str]) -> None:
        self.left = MAX_KEPT
        self.taken = taken

    def _fresh(self, wanted: str) -> str:
        names = (f"{wanted[:56]}-{number}" for number in count(2))
        name = next(name for name in chain([wanted], names) if name not in self.taken)
        self.taken.add(name)
        return name

    def ordinary(self, cell: NotebookNode) -> NotebookNode:
        kept = NotebookNode(id=self._fresh(cell.id), cell_type=cell.cell_type)
        kept.metadata, kept.source = NotebookNode(), cell.source
        if cell.cell_type == "code":
            kept.execution_count, kept.outputs = execution_count(cell), self.outputs(cell)
        elif files := self.attachments(cell):
            kept.attachments = files
        return kept

    def attachments(self, cell: NotebookNode) -> NotebookNode:
        kept = NotebookNode()
        for name, bundle in cell.get("attachments", {}).items():
            images = self._images(bundle, tuple(_MAGIC), MAX_ATTACHMENT)
            if images and one_line(name, 200) == name:
                kept[name] = images
        return kept

    def outputs(self, cell: NotebookNode) -> list[NotebookNode]:
        found = (self._output(output) for output in cell.get("outputs", [])[:MAX_OUTPUTS])
        return [output for output in found if output is not None]

    def _output(self, output: NotebookNode) -> NotebookNode | None:
        kind = output.output_type
        if kind == "stream":
            name = "stderr" if output.name == "stderr" else "stdout"
            return NotebookNode(output_type=kind, name=name, text=self._text(output.text))
        if kind == "error":
            trace = self._text("\n".join(output.traceback)).split("\n")
            ename, evalue = self._text(output.ename), self._text(output.evalue)
            return NotebookNode(output_type=kind, ename=ename, evalue=evalue, traceback=trace)
        if kind not in ("display_data", "execute_result"):
            return None
        data = self._images(output.data, _OUTPUT_IMAGES, MAX_IMAGE)
        if isinstance(plain := output.data.get("text/plain"), str):
            data["text/plain"] = self._text(plain)
        if not data:
            return None
        kept = NotebookNode(output_type=kind, data=data, metadata=NotebookNode())
        if kind == "execute_result":
            kept.execution_count = execution_count(output)
        return kept

    def _text(self, text: str) -> str:
        kept = text[: max(0, min(MAX_TEXT, self.left))]
        self.left -= len(kept)
        return kept if len(kept) == len(text) else kept + "\n[cut here]"

    def _images(self, bundle: Any, kinds: tuple[str, ...], limit: int) -> NotebookNode:
        kept = NotebookNode()
        for kind in kinds:
            text = bundle.get(kind)
            if isinstance(text, str) and len(text) <= self.left and _is_image(text, kind, limit):
                kept[kind] = text
                self.left -= len(text)
        return kept


def _is_image(text: str, kind: str, limit: int) -> bool:
    """Whether `text` is base64 of such a picture: pages show it without looking at it again."""
    if len(text) > limit * 3 // 2:
        return False
    try:
        raw = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return False
    return raw.startswith(_MAGIC[kind]) and len(raw) <= limit
