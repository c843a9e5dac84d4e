"""Storing while grading goes on: the gradebook is filled by one thread, batch by batch."""

from __future__ import annotations

import contextlib
import queue
import sys
import threading
from collections.abc import Iterator, Sequence

from autograder.errors import Dl30Error
from autograder.grading.grade import in_full
from autograder.grading.kit import Kit
from autograder.grading.records import Record, brief

BATCH = 50  # submissions in one transaction
_SWITCH = 0.0005  # seconds: who feeds the grading processes must not wait for who stores


class Storing:
    """Told of records as they are written, it stores them; `finish` stores the rest and says who it
    was.

    Whatever goes wrong meanwhile is left to `finish`, which tries once more and tells.
    """

    def __init__(self, kit: Kit, *, again: bool) -> None:
        self._kit = kit
        self._again = again
        self._waiting: queue.SimpleQueue[Record | None] = queue.SimpleQueue()
        self._stored: list[str] = []
        self._thread = threading.Thread(target=self._run, daemon=True)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """In here records may be added; at its end what was begun is finished."""
        before = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH)
        self._thread.start()
        try:
            yield
        finally:
            self._waiting.put(None)
            self._thread.join()
            sys.setswitchinterval(before)

    def add(self, record: Record) -> None:
        self._waiting.put(brief(record))

    def _run(self) -> None:
        batch: list[Record] = []
        while (record := self._waiting.get()) is not None:
            batch.append(record)
            if len(batch) == BATCH:
                try:
                    self._store(batch)
                except Dl30Error:
                    return
                batch = []

    def _store(self, records: Sequence[Record]) -> None:
        # nbgrader takes a second to import, and until now nobody needed it.
        from autograder.grading import gradebook

        if not gradebook.has_steps_of_its_own(self._kit.course):
            made = in_full(self._kit, records)
            self._stored += gradebook.store(self._kit, made, again=self._again)

    def finish(self, records: Sequence[Record]) -> list[str]:
        """Store what is not stored yet of all `records`; the students it was done for, now and
        before. Raises what `gradebook.store` raises."""
        from autograder.grading.gradebook import store

        done = set(self._stored)
        rest = (record for record in records if record.student not in done)
        return [*self._stored, *store(self._kit, in_full(self._kit, rest), again=self._again)]
