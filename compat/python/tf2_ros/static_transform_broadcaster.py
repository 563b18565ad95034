"""Publishes transforms that hold at all times."""

from __future__ import annotations

from collections.abc import Sequence

from geometry_msgs.msg import TransformStamped
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile
from tf2_msgs.msg import TFMessage


class StaticTransformBroadcaster:
    """Sends transforms to everyone who listens on /tf_static, now or later."""

    def __init__(self, node: Node, qos: QoSProfile | None = None) -> None:
        """Make the publisher; `qos` is latched, depth 1, unless given."""
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL, history=HistoryPolicy.KEEP_LAST)
        self.pub_tf = node.create_publisher(TFMessage, "/tf_static", qos or latched)
        self._sent: dict[str, TransformStamped] = {}

    def sendTransform(self, transform: TransformStamped | Sequence[TransformStamped]) -> None:
        """Send one transform or several, and again all those sent before: late listeners get the last message only."""
        transforms = [transform] if isinstance(transform, TransformStamped) else transform
        self._sent.update({t.child_frame_id: t for t in transforms})
        self.pub_tf.publish(TFMessage(transforms=list(self._sent.values())))
