"""Planar transforms from tf2, with clear sentences when there are none."""

from __future__ import annotations

from rclpy.node import Node
from rclpy.time import Time
from tf2_msgs.msg import TFMessage
from tf2_ros import Buffer, TransformException, TransformListener

from astro_nav_common.errors import AstroNavError
from astro_nav_common.types import Pose
from astro_nav_ros.conversions import stamp, yaw_of
from astro_nav_ros.qos import TF_STATIC


class TransformError(AstroNavError):
    """Two frames are not connected (at the time asked for)."""


class Transforms:
    """T_target_source as planar poses, for everything that is published on /tf and /tf_static."""

    def __init__(self, node: Node) -> None:
        """Start listening."""
        self._buffer = Buffer()
        self._listener = TransformListener(self._buffer, node)

    def lookup(self, target: str, source: str, t: float | None = None) -> Pose:
        """The pose of frame `source` in frame `target` at time t, or the newest there is. Raises TransformError."""
        return _lookup(self._buffer, target, source, t)


class SensorMounts:
    """Where sensors sit on the base, from /tf_static only: a node that needs no more is spared the stream on /tf."""

    def __init__(self, node: Node, base_frame: str) -> None:
        """Start listening."""
        self._base_frame = base_frame
        self._buffer = Buffer()
        self._known: dict[str, Pose] = {}
        node.create_subscription(TFMessage, "/tf_static", self._hear, TF_STATIC)

    def _hear(self, message: TFMessage) -> None:
        for transform in message.transforms:
            self._buffer.set_transform_static(transform, "tf_static")
        self._known.clear()

    def __call__(self, frame: str) -> Pose:
        """Pose of a sensor's frame in the base frame. Raises TransformError."""
        pose = self._known.get(frame)
        if pose is None:
            pose = self._known[frame] = _lookup(self._buffer, self._base_frame, frame, None)
        return pose


def _lookup(buffer: Buffer, target: str, source: str, t: float | None) -> Pose:
    if not target or not source:
        raise TransformError("a frame has no name (is frame_id empty?)")
    if target == source:
        return Pose(0.0, 0.0, 0.0)
    when = Time() if t is None else Time.from_msg(stamp(t))
    try:
        found = buffer.lookup_transform(target, source, when).transform
    except TransformException as error:
        raise TransformError(f"no transform from '{source}' to '{target}': {error}") from None
    return Pose(found.translation.x, found.translation.y, yaw_of(found.rotation, f"frame '{source}'"))
