"""Planar transforms from tf2, with clear sentences when there are none."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from geometry_msgs.msg import Transform, TransformStamped
from rclpy.clock import JumpThreshold, TimeJump
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.time import Time
from tf2_msgs.msg import TFMessage
from tf2_ros import Buffer, TransformException

from astro_nav_common.errors import AstroNavError, InputError
from astro_nav_common.rate_limit import RateLimit
from astro_nav_common.types import Pose
from astro_nav_ros.bounded import MEDIUM, SMALL, subscribe
from astro_nav_ros.conversions import POSITION_MAX, seconds, stamp, yaw_of
from astro_nav_ros.qos import TF, TF_STATIC

if TYPE_CHECKING:
    from astro_nav_ros.runtime import ManagedNode

#: m, beyond any sensor's place on its robot
MOUNT_MAX = 100.0
#: names of frames that are remembered
FRAMES_MAX = 1000
#: messages on /tf a second, and at once, and their bytes: more than any robot sends, for of senders in step always the same would be dropped
TF_RATE, TF_BURST, TF_BYTES = 5000.0, 500.0, 4.0 * MEDIUM
#: a clock that goes back by more than this is another one, s
_BACK = 0.5


class TransformError(AstroNavError):
    """Two frames are not connected (at the time asked for)."""


class _Frames:
    """Transforms on their way into a buffer, which is spared those of too many frames."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._names: set[str] = set()

    def clear(self) -> None:
        """Know none."""
        self._names.clear()

    def put(self, message: TFMessage, into: Callable[[TransformStamped, str], None]) -> None:
        """Those between frames that are known, or are not too many yet."""
        for transform in message.transforms:
            names = {transform.header.frame_id, transform.child_frame_id}
            if not names <= self._names:
                if len(self._names | names) > FRAMES_MAX:
                    self._node.get_logger().warning(
                        f"transform of '{transform.child_frame_id}' dropped: no more than {FRAMES_MAX} frames are taken",
                        throttle_duration_sec=5.0,
                    )
                    continue
                self._names |= names
            into(transform, "tf")


class Transforms:
    """T_target_source as planar poses, for everything that is published on /tf and /tf_static."""

    def __init__(self, node: ManagedNode) -> None:
        """Start listening."""
        self._buffer = Buffer()
        self._frames = frames = _Frames(node)
        subscribe(
            node, TFMessage, "/tf", lambda message: frames.put(message, self._buffer.set_transform), TF, SMALL,
            limit=RateLimit(TF_RATE, TF_BURST), budget=RateLimit(TF_BYTES, TF_BYTES),
        )  # fmt: skip
        subscribe(
            node, TFMessage, "/tf_static", lambda message: frames.put(message, self._buffer.set_transform_static),
            TF_STATIC, MEDIUM,
        )  # fmt: skip
        # what was true on another timeline would be the newest for as long as that was ahead
        threshold = JumpThreshold(min_forward=None, min_backward=Duration(seconds=-_BACK), on_clock_change=False)
        self._jumps = node.get_clock().create_jump_callback(threshold, post_callback=self._forget)

    def _forget(self, _jump: TimeJump) -> None:
        self._buffer.clear()
        self._frames.clear()

    def lookup(self, target: str, source: str, t: float | None = None, since: float = -math.inf) -> Pose:
        """The pose of frame `source` in frame `target` at time t, or the newest there is.

        Raises TransformError if there is none, or if it moves and the newest was true before `since`, s.
        """
        found = _transform(self._buffer, target, source, t, since)
        return Pose(found.translation.x, found.translation.y, yaw_of(found.rotation, f"frame '{source}'"))


class Mount(NamedTuple):
    """Where a sensor sits. T_base_sensor: (3, 4) rotation and translation, m."""

    T_base_sensor: np.ndarray

    @property
    def pose_base(self) -> Pose:
        """In the plane: its place, and the direction of its x axis."""
        at = self.T_base_sensor
        return Pose(float(at[0, 3]), float(at[1, 3]), float(np.arctan2(at[1, 0], at[0, 0])))

    @property
    def upside_down(self) -> bool:
        """True if its z axis points to the floor."""
        return bool(self.T_base_sensor[2, 2] < 0.0)


class SensorMounts:
    """Where sensors sit on the base, from /tf_static only: a node that needs no more is spared the stream on /tf."""

    def __init__(self, node: ManagedNode, base_frame: str) -> None:
        """Start listening."""
        self._base_frame = base_frame
        self._buffer = Buffer()
        self._known: dict[str, Mount] = {}
        self._frames = _Frames(node)
        subscribe(node, TFMessage, "/tf_static", self._hear, TF_STATIC, MEDIUM)

    def _hear(self, message: TFMessage) -> None:
        self._frames.put(message, self._buffer.set_transform_static)
        self._known.clear()

    def __call__(self, frame: str) -> Mount:
        """Where the sensor of that frame sits on the base. Raises TransformError, or InputError for what no mount is."""
        mount = self._known.get(frame)
        if mount is None:
            found = _transform(self._buffer, self._base_frame, frame)
            if _distance(found) > MOUNT_MAX:
                raise InputError(
                    f"frame '{frame}' is {_distance(found):g} m off the base; a sensor sits within {MOUNT_MAX:g} m"
                )
            mount = self._known[frame] = Mount(_matrix(found, f"frame '{frame}'"))
        return mount


def _transform(buffer: Buffer, target: str, source: str, t: float | None = None, since: float = -math.inf) -> Transform:
    if not target or not source:
        raise TransformError("a frame has no name (is frame_id empty?)")
    if target == source:
        return Transform()
    when = Time() if t is None else Time.from_msg(stamp(t))
    try:
        found = buffer.lookup_transform(target, source, when)
    except TransformException as error:
        raise TransformError(f"no transform from '{source}' to '{target}': {error}") from None
    if not _distance(found.transform) <= POSITION_MAX:
        raise TransformError(
            f"'{source}' is {_distance(found.transform):g} m off '{target}'; at most {POSITION_MAX:g} m are taken"
        )
    newest = seconds(found.header.stamp)
    if 0.0 < newest < since:  # time zero: it does not move
        raise TransformError(f"no new transform from '{source}' to '{target}': the newest is of {newest:.2f} s")
    return found.transform


def _distance(transform: Transform) -> float:
    """m, along the axis that it is largest on."""
    p = transform.translation
    return max(abs(p.x), abs(p.y), abs(p.z))


def _matrix(transform: Transform, what: str) -> np.ndarray:
    """(3, 4) rotation and translation."""
    yaw_of(transform.rotation, what)  # raises for what is no rotation
    p, q = transform.translation, transform.rotation
    x, y, z, w = np.array((q.x, q.y, q.z, q.w)) / np.linalg.norm((q.x, q.y, q.z, q.w))
    return np.array(
        (
            (1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - z * w), 2.0 * (x * z + y * w), p.x),
            (2.0 * (x * y + z * w), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - x * w), p.y),
            (2.0 * (x * z - y * w), 2.0 * (y * z + x * w), 1.0 - 2.0 * (x * x + y * y), p.z),
        )
    )
