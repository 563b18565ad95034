"""Writes raw ROS 2 messages (CDR bytes) into an MCAP file that Foxglove and `ros2 bag` open."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from mcap.writer import CompressionType, Writer

from astro_nav_tools.recording.definitions import full_definition
from astro_nav_tools.results import ResultError


class RecordingWriter:
    """An open recording; a topic is declared once, then its messages are written in the order they come."""

    def __init__(self, path: Path) -> None:
        """Create the file. Raises ResultError."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._stream: IO[bytes] = path.open("wb")
        except OSError as error:
            raise ResultError(f"'{path}' cannot be written: {error.strerror}") from None
        self._writer = Writer(self._stream, compression=CompressionType.ZSTD)
        self._writer.start(profile="ros2", library="astro_nav")
        self._schemas: dict[str, int] = {}
        self._channels: dict[str, int] = {}
        self._counts: dict[str, int] = {}

    def declare(self, topic: str, type_name: str, qos: str = "") -> None:
        """Add a topic with its type ("nav_msgs/msg/Path") and, as rosbag2 keeps it, a YAML text of its QoS."""
        if type_name not in self._schemas:
            text = full_definition(type_name)
            self._schemas[type_name] = self._writer.register_schema(
                name=type_name, encoding="ros2msg", data=text.encode()
            )
        self._channels[topic] = self._writer.register_channel(
            topic=topic,
            message_encoding="cdr",
            schema_id=self._schemas[type_name],
            metadata={"offered_qos_profiles": qos},
        )
        self._counts[topic] = 0

    def write(self, topic: str, t: float, data: bytes) -> None:
        """Append a message that was received at time t, s."""
        nanoseconds = max(0, round(t * 1e9))
        self._writer.add_message(
            self._channels[topic],
            log_time=nanoseconds,
            data=data,
            publish_time=nanoseconds,
            sequence=self._counts[topic],
        )
        self._counts[topic] += 1

    def counts(self) -> dict[str, int]:
        """Messages written so far, by topic."""
        return dict(self._counts)

    def close(self) -> None:
        """Write the index and close the file."""
        self._writer.finish()
        self._stream.close()
