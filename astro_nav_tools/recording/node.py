"""The node `recorder`: writes the topics it is told to, as soon as somebody publishes them, into an MCAP file.

Messages are kept as the bytes they came in: nothing is decoded, so recording a drive costs little. Times are the node's clock
(simulated time with `use_sim_time`), as with `ros2 bag record --use-sim-time`, so they agree with the stamps inside.
"""

from __future__ import annotations

import importlib
import math
import sys
from pathlib import Path
from typing import Any

from rclpy.qos import QoSProfile
from rclpy.subscription import Subscription
from rclpy.topic_endpoint_info import TopicEndpointInfo

from astro_nav_common.errors import AstroNavError
from astro_nav_ros.runtime import ManagedNode, run
from astro_nav_tools.recording.params import RecorderParams
from astro_nav_tools.recording.writer import RecordingWriter

#: s between looks for new publishers
LOOK_EVERY = 0.2


class Recorder(ManagedNode):
    """See the module."""

    def __init__(self) -> None:
        """Declare the parameters."""
        super().__init__("recorder", fixed=(RecorderParams,))
        self._writer: RecordingWriter | None = None
        self._waiting: dict[str, float] = {}
        self._subscriptions_made: list[Subscription] = []

    def start(self) -> None:
        """Create the file, and begin to look for publishers."""
        params = self.parameters.get(RecorderParams)
        self._writer = RecordingWriter(Path(params.path))
        self._waiting = {self.resolve_topic_name(topic): 0.0 for topic in params.topics}
        self._waiting.update({self.resolve_topic_name(topic): 1.0 / params.picture_hz for topic in params.pictures})
        self.create_timer(LOOK_EVERY, self._look)

    def stop(self) -> None:
        """Close the file, before anything else can go wrong; then hear nothing more."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        for subscription in self._subscriptions_made:
            self.destroy_subscription(subscription)
        self._subscriptions_made.clear()

    def _look(self) -> None:
        for topic, interval in list(self._waiting.items()):
            publishers = self.get_publishers_info_by_topic(topic)
            if publishers:
                del self._waiting[topic]
                self._subscribe(topic, publishers[0], interval)

    def _subscribe(self, topic: str, publisher: TopicEndpointInfo, interval: float) -> None:
        assert self._writer is not None
        type_name = publisher.topic_type
        try:
            kind = message_class(type_name)
            self._writer.declare(topic, type_name, qos_text(publisher.qos_profile))
        except (AstroNavError, ImportError, AttributeError) as error:
            self.get_logger().warning(f"{topic} is not recorded: {error}")
            return
        next_time = -math.inf

        def keep(data: bytes) -> None:
            nonlocal next_time
            now = self.now()
            if self._writer is not None and (now >= next_time or now < next_time - interval):
                next_time = now + interval
                self._writer.write(topic, now, data)

        self._subscriptions_made.append(
            self.create_subscription(kind, topic, keep, reader_qos(publisher.qos_profile), raw=True)
        )


def message_class(type_name: str) -> Any:
    """The class of a message type such as "nav_msgs/msg/Path"."""
    package, _, name = type_name.split("/")
    return getattr(importlib.import_module(f"{package}.msg"), name)


def reader_qos(offered: QoSProfile) -> QoSProfile:
    """What a reader asks for to get everything a writer offers."""
    return QoSProfile(depth=max(10, offered.depth), reliability=offered.reliability, durability=offered.durability)


def qos_text(offered: QoSProfile) -> str:
    """The offered QoS as rosbag2 keeps it beside a topic, so that `ros2 bag play` offers the same."""
    return (
        f"- history: keep_last\n  depth: {max(1, offered.depth)}\n  reliability: {offered.reliability.name.lower()}\n"
        f"  durability: {offered.durability.name.lower()}\n"
    )


def main() -> int:
    """Entry point."""
    return run(Recorder, "recorder")


if __name__ == "__main__":
    sys.exit(main())
