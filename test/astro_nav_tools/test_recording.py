"""Recordings: definitions are collected whole, and what is written is read back."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from astro_nav_tools.recording.definitions import DefinitionError, full_definition
from astro_nav_tools.recording.reader import read_messages, stamp_of
from astro_nav_tools.recording.writer import RecordingWriter
from astro_nav_tools.results import ResultError


@pytest.fixture
def prefix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed message definitions: a track of stamped points."""
    texts = {
        "builtin_interfaces/msg/Time": "int32 sec\nuint32 nanosec\n",
        "std_msgs/msg/Header": "builtin_interfaces/Time stamp\nstring frame_id\n",
        "track_msgs/msg/Point": "float64 x  # m\nfloat64 y\n",
        "track_msgs/msg/Track": "# a track\nuint8 KIND=1\nstd_msgs/Header header\nPoint[] points\nstring<=5 name\n",
    }
    for name, text in texts.items():
        file = tmp_path / "share" / f"{name}.msg"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(tmp_path))
    return tmp_path


def track_bytes(sec: int, points: list[tuple[float, float]]) -> bytes:
    """A track_msgs/Track in little-endian CDR: frame "map", no name."""
    body = struct.pack("<iI", sec, 500_000_000) + struct.pack("<I4s", 4, b"map\0") + struct.pack("<I", len(points))
    body += b"\0" * (-len(body) % 8)
    body += b"".join(struct.pack("<dd", *point) for point in points)
    return b"\0\1\0\0" + body + struct.pack("<I1s", 1, b"\0")


def test_definition_holds_every_type_once(prefix: Path) -> None:
    text = full_definition("track_msgs/msg/Track")
    assert text.startswith("# a track\nuint8 KIND=1\n")
    assert [line for line in text.splitlines() if line.startswith("MSG:")] == [
        "MSG: std_msgs/Header", "MSG: track_msgs/Point", "MSG: builtin_interfaces/Time",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["track_msgs/msg/Nope", "Track"])
def test_unknown_type_is_refused(prefix: Path, name: str) -> None:
    with pytest.raises(DefinitionError):
        full_definition(name)


def test_written_messages_are_read_back_in_order(prefix: Path, tmp_path: Path) -> None:
    file = tmp_path / "out" / "drive.mcap"
    writer = RecordingWriter(file)
    writer.declare("/track", "track_msgs/msg/Track")
    writer.declare("/other", "track_msgs/msg/Track")
    for sec in (1, 2):
        writer.write("/track", sec + 0.6, track_bytes(sec, [(0.5, -0.5), (float(sec), 0.0)]))
        writer.write("/other", sec + 0.7, track_bytes(9, []))
    assert writer.counts() == {"/track": 2, "/other": 2}
    writer.close()
    read = list(read_messages(file, ["/track"]))
    assert [(topic, t) for topic, t, _ in read] == [("/track", 1.6), ("/track", 2.6)]
    assert [stamp_of(message) for _, _, message in read] == [1.5, 2.5]
    assert [(point.x, point.y) for point in read[1][2].points] == [(0.5, -0.5), (2.0, 0.0)]


def test_a_file_that_is_no_recording_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.mcap"
    file.write_bytes(b"not a recording")
    with pytest.raises(ResultError, match="not a whole recording"):
        list(read_messages(file, ["/track"]))


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultError, match="cannot be written"):
        RecordingWriter(tmp_path / "file" / "x.mcap")
