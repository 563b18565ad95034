"""Reads recordings without ROS: messages are decoded by the definitions that the file itself holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mcap.exceptions import McapError
from mcap.reader import make_reader
from mcap_ros2.decoder import DecoderFactory

from astro_nav_tools.results import ResultError


def read_messages(path: Path, topics: Sequence[str]) -> Iterator[tuple[str, float, Any]]:
    """(topic, time of receipt s, message) of the given topics, in order of time. Raises ResultError."""
    try:
        with path.open("rb") as stream:
            for _, channel, message, decoded in make_reader(
                stream, decoder_factories=[DecoderFactory()]
            ).iter_decoded_messages(topics=topics):
                yield channel.topic, message.log_time * 1e-9, decoded
    except OSError as error:
        raise ResultError(f"'{path}' cannot be read: {error.strerror}") from None
    except McapError as error:
        raise ResultError(f"'{path}' is not a whole recording: {error}") from None


def stamp_of(message: Any) -> float:
    """The time in a message's header, s."""
    return float(message.header.stamp.sec) + float(message.header.stamp.nanosec) * 1e-9
