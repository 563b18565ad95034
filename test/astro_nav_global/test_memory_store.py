"""The memory's file: what is committed stays, whatever happens to the process, another process, or the file."""

from __future__ import annotations

import math
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from astro_nav_global.memory_store import MIGRATIONS, MemoryFileError, MemoryStore, Observation

ROOT = Path(__file__).resolve().parents[2]
DAY = 86400.0


def closed(place: str = "door", at: float = 0.0) -> Observation:
    return Observation(place, False, 1.0, at, DAY)


def test_what_was_added_is_there_for_the_next_process(tmp_path: Path) -> None:
    store = MemoryStore(tmp_path / "deep" / "memory.sqlite")
    store.add("a map", [closed(at=5.0), closed("window"), Observation("door", True, 0.5, 6.0, DAY)])
    store.close()
    door = MemoryStore(tmp_path / "deep" / "memory.sqlite").load("a map")["door"]
    assert (door.opened, door.was_open, door.seen_at) == (0.5, True, 6.0)
    assert door.blocked == pytest.approx(1.0, abs=1e-4)


def test_counts_fade_by_half_in_a_half_life(tmp_path: Path) -> None:
    store = MemoryStore(tmp_path / "memory.sqlite")
    for day in range(3):
        store.add("a map", [closed(at=day * DAY)])
    assert store.load("a map")["door"].blocked == pytest.approx(1.75)


def test_maps_are_kept_apart_and_forgotten_apart(tmp_path: Path) -> None:
    store = MemoryStore(tmp_path / "memory.sqlite")
    store.add("one", [closed(), closed("window")])
    store.add("two", [closed()])
    assert store.forget("one", "door") == 1
    assert list(store.load("one")) == ["window"]
    assert store.forget("one") == 1
    assert list(store.maps()) == ["two"]
    assert list(store.load("two")) == ["door"]


def test_two_processes_add_to_the_same_counts(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), "100", "shared"], cwd=ROOT, env=environment())
        for _ in "ab"
    ]
    assert [writer.wait(300) for writer in writers] == [0, 0]
    assert MemoryStore(path).load("a map")["shared"].blocked == pytest.approx(200.0)


#: never lets go of the file but to take it again at once
HOG = """
import sys
from astro_nav_global.memory_store import MemoryStore, Observation
store = MemoryStore(sys.argv[1])
much = [Observation(f"place {i}", False, 1.0, 0.0, 1e12) for i in range(3000)]
while True:
    store.add("a map", much)
    print(flush=True)
"""


def test_one_that_writes_all_the_time_lets_others_write(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    with subprocess.Popen(
        [sys.executable, "-c", HOG, str(path)], cwd=ROOT, env=environment(), stdout=subprocess.PIPE
    ) as hog:
        assert hog.stdout is not None
        hog.stdout.readline()
        try:
            for i in range(10):
                store = MemoryStore(path)
                store.add("a map", [closed(f"mine {i}")])
                store.close()
            assert hog.poll() is None
        finally:
            hog.kill()
    remembered = MemoryStore(path).load("a map")
    assert {f"mine {i}" for i in range(10)} < set(remembered)


def test_processes_that_begin_a_file_at_once_share_it(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), "1", "shared"], cwd=ROOT, env=environment())
        for _ in range(6)
    ]
    assert [writer.wait(300) for writer in writers] == [0] * 6
    assert MemoryStore(path).load("a map")["shared"].blocked == pytest.approx(6.0)


def test_a_change_by_another_connection_shows(tmp_path: Path) -> None:
    mine, other = MemoryStore(tmp_path / "memory.sqlite"), MemoryStore(tmp_path / "memory.sqlite")
    version = mine.version()
    mine.add("a map", [closed()])
    assert mine.version() == version
    other.add("a map", [closed()])
    assert mine.version() != version


#: adds observations one by one, and says after each that it is committed
WRITER = """
import sys
from astro_nav_global.memory_store import MemoryStore, Observation
store = MemoryStore(sys.argv[1])
for i in range(int(sys.argv[2])):
    place = sys.argv[3] if len(sys.argv) > 3 else f"place {i}"
    store.add("a map", [Observation(place, False, 1.0, 0.0, 1e12)])
    print(i, flush=True)
"""


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.mark.parametrize("kill_at", [1, 150, 500])
def test_kill_9_amid_writes_loses_nothing_committed(tmp_path: Path, kill_at: int) -> None:
    path = tmp_path / "memory.sqlite"
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), "1000000"],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdout is not None
        said = [next(writer.stdout) for _ in range(kill_at)]
        writer.send_signal(signal.SIGKILL)
        said += writer.stdout.readlines()
        assert writer.wait() == -signal.SIGKILL
    store = MemoryStore(path)
    remembered = store.load("a map")
    assert store.messages == []
    assert {f"place {int(line)}" for line in said} <= set(remembered)
    assert len(remembered) <= len(said) + 1  # at most one was committed and not yet said to be
    store.add("a map", [closed()])


def test_observations_given_together_are_kept_together_or_not_at_all(tmp_path: Path) -> None:
    store = MemoryStore(tmp_path / "memory.sqlite")
    with pytest.raises(MemoryFileError, match="'window' must be finite"):
        store.add("a map", [closed(), closed("window", at=float("nan"))])
    assert store.load("a map") == {}


@pytest.mark.parametrize("content", [b"this is no database" * 100, b"SQLite format 3\0" + bytes(range(256)) * 40])
def test_a_corrupt_file_is_set_aside_and_a_fresh_one_begun(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "memory.sqlite"
    for number in (1, 2):
        path.write_bytes(content)
        store = MemoryStore(path)
        (message,) = store.messages
        assert f"kept as 'memory.sqlite.corrupt-{number}', a fresh one is begun" in message
        assert (tmp_path / f"memory.sqlite.corrupt-{number}").read_bytes() == content
        store.add("a map", [closed()])
        assert list(store.load("a map")) == ["door"]
        store.close()


@contextmanager
def unprivileged() -> Iterator[None]:
    """Root may write everywhere; nobody may not."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_file_that_must_not_be_written_is_read() -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are not for others to look into
        path = Path(folder) / "memory.sqlite"
        store = MemoryStore(path)
        store.add("a map", [closed()])
        store.close()
        path.chmod(0o444)
        path.parent.chmod(0o555)
        with unprivileged():
            store = MemoryStore(path)
            assert len(store.messages) == 1
            assert "can be read, not written" in store.messages[0]
            assert list(store.load("a map")) == ["door"]
            with pytest.raises(MemoryFileError, match="readonly"):
                store.add("a map", [closed("window")])
            store.close()
            with pytest.raises(MemoryFileError, match="cannot be opened"):
                MemoryStore(path.parent / "other.sqlite")
        path.parent.chmod(0o755)


def test_a_file_that_breaks_while_it_is_open_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    store = MemoryStore(path)
    store.add("a map", [closed(str(i)) for i in range(500)])
    other = sqlite3.connect(path)
    other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    other.close()
    with open(path, "r+b") as file:
        file.write(b"\xff" * path.stat().st_size)
    store.add("a map", [closed()])
    assert list(store.load("a map")) == ["door"]
    assert len(store.messages) == 1


def test_a_file_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    old = sqlite3.connect(path)
    old.executescript(MIGRATIONS[0])
    old.execute("INSERT INTO observation VALUES ('a map', 'door', 1.0, 2.0, 3.0, 0)")
    old.execute("PRAGMA user_version = 1")
    old.commit()
    old.close()
    store = MemoryStore(path)
    door = store.load("a map")["door"]
    assert (door.blocked, door.open_at, door.blocked_at) == (2.0, -math.inf, 3.0)
    assert store.maps() == {"a map": ""}
    store.close()
    assert sqlite3.connect(path).execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)


def test_a_file_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    later = sqlite3.connect(path)
    later.execute("PRAGMA user_version = 99")
    later.close()
    before = path.read_bytes()
    with pytest.raises(MemoryFileError, match=f"is of version 99, this program knows {len(MIGRATIONS)}"):
        MemoryStore(path)
    assert path.read_bytes()[:16] == before[:16]
    assert list(tmp_path.glob("*corrupt*")) == []


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MemoryFileError, match="cannot be made"):
        MemoryStore(tmp_path / "file" / "memory.sqlite")
    (tmp_path / "folder").mkdir()
    with pytest.raises(MemoryFileError, match="cannot be opened"):
        MemoryStore(tmp_path / "folder")


def test_a_file_locked_by_another_is_an_error_and_not_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("astro_nav_global.memory_store._PATIENCE", 0.05)
    path = tmp_path / "memory.sqlite"
    store = MemoryStore(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(MemoryFileError, match="locked"):
        store.add("a map", [closed()])
    other.execute("ROLLBACK")
    other.close()
    store.add("a map", [closed()])
    assert list(tmp_path.glob("*corrupt*")) == []
