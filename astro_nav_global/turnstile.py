"""Who writes to a shared SQLite file next: whoever waits, not whoever asks most often.

Writers that wait for SQLite's lock ask for it again and again. One that writes on and on leaves it free for microseconds only, so they may never find
it so. Here whoever waits for the lock stands in a turnstile, before which those who come later have to wait, the last writer among them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Turnstile:
    """The lock of an empty SQLite file beside the one that is shared. It keeps order, no more: what protects the data is their own lock."""

    def __init__(self, path: Path | None, patience: float) -> None:
        """Open or make the file. Everybody passes where none can be made, or if path is None. patience: s to wait for the one inside."""
        try:
            self._connection = _connect(path or ":memory:", patience)
        except sqlite3.Error:
            self._connection = _connect(":memory:", patience)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Be inside; if whoever is there does not come out, beside."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error:
            yield
            return
        try:
            yield
        finally:
            self._connection.execute("ROLLBACK")


def _connect(path: Path | str, patience: float) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)
