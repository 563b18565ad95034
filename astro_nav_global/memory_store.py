"""The file of the navigability memory: SQLite in WAL mode, one for all maps, shared by all processes.

What is committed survives the end of the process, however it comes, and of the power. Writers add to the counts that they find, so two
processes never undo each other's observations. A file that is not readable as a database is set aside, and a fresh one begun.
"""

from __future__ import annotations

import math
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TypeVar

from astro_nav_common.errors import AstroNavError
from astro_nav_global.beliefs import Counts, added
from astro_nav_global.turnstile import Turnstile

_T = TypeVar("_T")
#: as a path: no file, what is remembered lasts as long as the store
IN_MEMORY = ":memory:"
#: s that another process may hold the file
_PATIENCE = 5.0
#: what each version of the schema changed; PRAGMA user_version counts those that a file has had
MIGRATIONS = (
    """
    CREATE TABLE observation (
        map TEXT NOT NULL,           -- content hash of the map
        place TEXT NOT NULL,         -- a passage's name, or 'cell ROW COL'
        opened REAL NOT NULL,        -- counts, as of seen_at
        blocked REAL NOT NULL,
        seen_at REAL NOT NULL,       -- s, on the clock of the node
        was_open INTEGER NOT NULL,
        PRIMARY KEY (map, place)
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE map (key TEXT PRIMARY KEY, description TEXT NOT NULL) WITHOUT ROWID;
    INSERT INTO map SELECT DISTINCT map, '' FROM observation;
    """,
    """
    ALTER TABLE observation ADD COLUMN open_at REAL;     -- s, when it was last counted as open, NULL for never
    ALTER TABLE observation ADD COLUMN blocked_at REAL;
    UPDATE observation SET open_at = seen_at WHERE was_open;
    UPDATE observation SET blocked_at = seen_at WHERE NOT was_open;
    """,
)
_COLUMNS = "opened, blocked, seen_at, was_open, open_at, blocked_at"


class MemoryFileError(AstroNavError):
    """The file of the memory cannot be used."""


class Observation(NamedTuple):
    """One observation of one place: what it counts, and the half-life of the counts it is added to, s."""

    place: str
    is_open: bool
    weight: float
    at: float
    habit: float


class MemoryStore:
    """An open file. `messages` collects sentences about what had to be mended."""

    def __init__(self, path: str | Path) -> None:
        """Open or begin the file; IN_MEMORY for none. Raises MemoryFileError if that is impossible."""
        self.path = Path(path).expanduser()
        self.messages: list[str] = []
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise MemoryFileError(f"the folder of memory '{self.path}' cannot be made: {error.strerror}") from error
        self._turnstile = Turnstile(
            None if str(path) == IN_MEMORY else self.path.with_name(f"{self.path.name}-turn"), _PATIENCE
        )
        self._connection = self._open()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
        self._turnstile.close()

    def add(self, map_key: str, observations: Iterable[Observation], description: str = "") -> None:
        """Add observations to the counts there are, all of them or, if this raises, none. description: of the map, in words."""
        rows = list(observations)
        self._tried(lambda: self._add(map_key, rows, description))

    def load(self, map_key: str) -> dict[str, Counts]:
        """The counts of every place of a map that anything is remembered of."""
        query = f"SELECT place, {_COLUMNS} FROM observation WHERE map = ? ORDER BY place"
        rows = self._tried(lambda: self._connection.execute(query, (map_key,)).fetchall())
        return {str(place): _counts(row) for place, *row in rows}

    def maps(self) -> dict[str, str]:
        """Keys and descriptions of the maps that anything is remembered of."""
        return dict(
            self._tried(lambda: self._connection.execute("SELECT key, description FROM map ORDER BY key").fetchall())
        )

    def forget(self, map_key: str, place: str | None = None) -> int:
        """Forget a place, or a map with all its places; returns how many places were forgotten."""

        def delete() -> int:
            with self._transaction(self._connection):
                where, values = ("map = ? AND place = ?", (map_key, place)) if place else ("map = ?", (map_key,))
                count = self._connection.execute(f"DELETE FROM observation WHERE {where}", values).rowcount
                if place is None:
                    self._connection.execute("DELETE FROM map WHERE key = ?", (map_key,))
                return int(count)

        return self._tried(delete)

    def version(self) -> int:
        """Another number whenever another process has changed the file."""
        return int(self._tried(lambda: self._connection.execute("PRAGMA data_version").fetchone()[0]))

    def _open(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except sqlite3.OperationalError as error:
            reading = _connect_to_read(self.path)
            if reading is None:
                raise MemoryFileError(f"memory '{self.path}' cannot be opened: {error}") from error
            self.messages.append(f"memory '{self.path}' can be read, not written: {error}")
            return reading
        except sqlite3.DatabaseError:
            with self._turnstile.passed():
                return self._renew()

    def _renew(self) -> sqlite3.Connection:
        """A fresh file in place of a broken one, unless another process has just begun it."""
        try:
            return self._connect()
        except sqlite3.OperationalError as error:
            raise MemoryFileError(f"memory '{self.path}' cannot be opened: {error}") from error
        except sqlite3.DatabaseError as error:
            self._set_aside(str(error))
        try:
            return self._connect()
        except sqlite3.Error as error:
            raise MemoryFileError(f"memory '{self.path}' cannot be begun afresh: {error}") from error

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
        try:
            with self._turnstile.passed():  # SQLite does not wait for those who do the same to a new file
                connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if verdict != "ok":
                raise sqlite3.DatabaseError(verdict)
            self._migrate(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _set_aside(self, problem: str) -> None:
        """Rename a broken file and what belongs to it."""
        number = 1
        while (aside := self.path.with_name(f"{self.path.name}.corrupt-{number}")).exists():
            number += 1
        for suffix in ("", "-wal", "-shm"):
            try:
                os.replace(f"{self.path}{suffix}", f"{aside}{suffix}")
            except FileNotFoundError:
                continue
            except OSError as error:
                raise MemoryFileError(
                    f"memory '{self.path}' is broken and cannot be set aside: {error.strerror}"
                ) from error
        self.messages.append(
            f"memory '{self.path}' is broken ({problem}); kept as '{aside.name}', a fresh one is begun"
        )

    def _tried(self, action: Callable[[], _T]) -> _T:
        """The action's result; if the file turns out to be broken, that of the action on a fresh one."""
        try:
            try:
                return action()
            except sqlite3.OperationalError:
                raise  # locked, full, or not allowed: not the file's fault
            except sqlite3.DatabaseError:
                self._connection.close()
                self._connection = self._open()
                return action()
        except sqlite3.Error as error:
            raise MemoryFileError(f"memory '{self.path}' cannot be used: {error}") from error

    def _add(self, map_key: str, rows: list[Observation], description: str) -> None:
        with self._transaction(self._connection):
            self._connection.execute(
                "INSERT INTO map VALUES (?, ?) ON CONFLICT DO UPDATE SET description = ? WHERE description = ''",
                (map_key, description, description),
            )
            for row in rows:
                known = self._connection.execute(
                    f"SELECT {_COLUMNS} FROM observation WHERE map = ? AND place = ?",
                    (map_key, row.place),
                ).fetchone()
                before = Counts() if known is None else _counts(known)
                after = added(before, row.is_open, row.weight, row.at, row.habit).scalar()
                if not all(math.isfinite(value) for value in after[:4]):
                    raise MemoryFileError(f"an observation of '{row.place}' must be finite, got {row}")
                values = (value if math.isfinite(value) else None for value in after)
                self._connection.execute(
                    "INSERT OR REPLACE INTO observation VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (map_key, row.place, *values)
                )

    def _migrate(self, connection: sqlite3.Connection) -> None:
        """Bring the schema up to date, one version after the other. Raises MemoryFileError for a file of a later program."""
        if _version(connection) == len(MIGRATIONS):
            return  # no need to wait for those who write
        with self._transaction(connection):
            version = _version(connection)
            if version > len(MIGRATIONS):
                raise MemoryFileError(
                    f"memory '{self.path}' is of version {version}, this program knows {len(MIGRATIONS)}: it was written by a later one"
                )
            for script in MIGRATIONS[version:]:
                for statement in script.split(";"):
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")

    @contextmanager
    def _transaction(self, connection: sqlite3.Connection) -> Iterator[None]:
        """All or nothing; reads within it see no other writer's half."""
        with self._turnstile.passed():
            connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int:
    """Of the file's schema."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _counts(row: Sequence[float | None]) -> Counts:
    """A row's _COLUMNS."""
    opened, blocked, seen_at, was_open, open_at, blocked_at = (-math.inf if v is None else float(v) for v in row)
    return Counts(opened, blocked, seen_at, bool(was_open), open_at, blocked_at)


def _connect_to_read(path: Path) -> sqlite3.Connection | None:
    """What is on a disk that cannot be written to; None if it is of another version, or not there."""
    if not path.is_file():
        return None
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True, check_same_thread=False)
    try:
        if _version(connection) == len(MIGRATIONS):
            return connection
    except sqlite3.Error:
        pass
    connection.close()
    return None


def default_path() -> Path:
    """Where the memory is kept unless told otherwise: $XDG_STATE_HOME/astro_nav/memory.sqlite."""
    state = os.environ.get("XDG_STATE_HOME") or Path("~/.local/state").expanduser()
    return Path(state) / "astro_nav" / "memory.sqlite"
