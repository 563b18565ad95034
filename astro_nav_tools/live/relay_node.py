"""A node between simulator and planners: what the sensors say passes through it, and can be tampered with on the way.

The simulator's topics and the plans are remapped to raw/...; the relay republishes them under their own names, serialized as they
are unless something is to be changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from astro_nav_msgs.msg import Trajectory
from nav_msgs.msg import Odometry
from rclpy.node import Node
from rclpy.qos import QoSProfile
from rclpy.serialization import deserialize_message
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import LaserScan
from tf2_msgs.msg import TFMessage

from astro_nav_ros import qos
from astro_nav_tools.live.names import raw_name

#: given a message, what goes out in its place
Tamper = Callable[[Any], Iterable[Any]]


class Passage(NamedTuple):
    """A topic that passes through."""

    kind: Any
    heard: QoSProfile
    sent: QoSProfile


PASSAGES = {
    "scan": Passage(LaserScan, qos.SENSOR, qos.DEFAULT),
    "odom": Passage(Odometry, qos.DEFAULT, qos.DEFAULT),
    "/clock": Passage(Clock, qos.CLOCK, qos.CLOCK),
    "/tf": Passage(TFMessage, qos.TF, qos.TF),
    "/tf_static": Passage(TFMessage, qos.TF_STATIC, qos.TF_STATIC),
    "trajectory": Passage(Trajectory, qos.NEWEST, qos.NEWEST),
}


class Relay(Node):
    """Set `tamper[topic]` to change what passes; delete it to let it pass again."""

    def __init__(self) -> None:
        """Connect every passage."""
        super().__init__("relay")
        self.tamper: dict[str, Tamper] = {}
        for topic, passage in PASSAGES.items():
            out = self.create_publisher(passage.kind, topic, passage.sent)
            handler = self._handler(topic, passage.kind, out)
            self.create_subscription(passage.kind, raw_name(topic), handler, passage.heard, raw=True)

    def _handler(self, topic: str, kind: Any, out: Any) -> Callable[[bytes], None]:
        def hear(data: bytes) -> None:
            tamper = self.tamper.get(topic)
            if tamper is None:
                out.publish(data)
                return
            for message in tamper(deserialize_message(data, kind)):
                out.publish(message)

        return hear
