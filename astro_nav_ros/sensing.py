"""Scans, odometry and the pan joint, from ROS to a core: what the local planner and the guard both do."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from nav_msgs.msg import Odometry
from sensor_msgs.msg import JointState, LaserScan

from astro_nav_common.errors import AstroNavError
from astro_nav_common.rate_limit import RateLimit
from astro_nav_common.types import Scan, State
from astro_nav_ros import qos
from astro_nav_ros.bounded import LARGE, SCAN, SMALL, subscribe
from astro_nav_ros.conversions import joint_of, state_of
from astro_nav_ros.node_params import SensingNodeParams, SourceParams
from astro_nav_ros.sources import Source
from astro_nav_ros.transforms import SensorMounts

if TYPE_CHECKING:
    from astro_nav_ros.runtime import ManagedNode

#: s (wall) for which an input may be of no use without a word: at the start the transforms come a moment later
PATIENCE = 2.0
#: scans a second that are looked at, of each source, and at once; no lidar sends more, and what does must not take the processor
SCAN_RATE, SCAN_BURST = 100.0, 5.0
#: bytes a second of each source, of scans and of clouds, beside one largest message at once: about a fifth of a core's time in the guard
SCAN_BYTES, CLOUD_BYTES = float(1 << 21), float(1 << 26)


class Sensing:
    """Subscribes, converts, and hands on; what cannot be used is dropped, and if it lasts, with a sentence now and then."""

    def __init__(
        self,
        node: ManagedNode,
        params: SensingNodeParams,
        has_screen: bool,
        on_scan: Callable[[Scan], None],
        on_odometry: Callable[[State], None],
        on_screen: Callable[[float], None] = lambda screen_yaw: None,
        on_refused: Callable[[str, AstroNavError], None] = lambda what, error: None,
    ) -> None:
        """Args:
        has_screen: whether to hear joint_states.
        on_scan: given each scan.
        on_odometry: given each state, pan angle included.
        on_screen: given each measured pan angle, rad.
        on_refused: given what was dropped ("odom" or the name of a source) and why.
        """
        self._node, self._pan_joint = node, params.pan_joint
        self._on_scan, self._on_odometry, self._on_screen, self._on_refused = (
            on_scan,
            on_odometry,
            on_screen,
            on_refused,
        )
        self._pan = (0.0, 0.0)
        self._dropped_since: dict[str, float] = {}
        self._mounts = SensorMounts(node, params.robot_base_frame)
        for name, source_params in node.parameters.by_name(SourceParams).items():
            source = Source(name, source_params)
            source.warm_up()
            largest, bytes_s = (SCAN, SCAN_BYTES) if source.message is LaserScan else (LARGE, CLOUD_BYTES)
            subscribe(
                node, source.message, source.topic, self._scan_handler(source), qos.SENSOR, largest,
                partial(self._drop, name), RateLimit(SCAN_RATE, SCAN_BURST), RateLimit(bytes_s, float(largest)),
            )  # fmt: skip
        subscribe(node, Odometry, params.odom_topic, self._hear_odometry, qos.DEFAULT, SMALL)
        if has_screen:
            subscribe(node, JointState, "joint_states", self._hear_joints, qos.DEFAULT, SMALL)

    def _scan_handler(self, source: Source) -> Callable[[Any], None]:
        def hear(message: Any) -> None:
            try:
                self._on_scan(source.scan(message, self._mounts(message.header.frame_id)))
                self._dropped_since.pop(source.name, None)
            except AstroNavError as error:
                self._drop(source.name, error)

        return hear

    def _hear_odometry(self, message: Odometry) -> None:
        try:
            self._on_odometry(state_of(message, *self._pan))
            self._dropped_since.pop("odom", None)
        except AstroNavError as error:
            self._drop("odom", error)

    def _hear_joints(self, message: JointState) -> None:
        found = joint_of(message, self._pan_joint)
        if found is not None:
            self._pan = found
            self._on_screen(found[0])

    def _drop(self, what: str, error: AstroNavError) -> None:
        self._on_refused(what, error)
        self._node.health.count("dropped_inputs")
        now = time.monotonic()
        if now - self._dropped_since.setdefault(what, now) > PATIENCE:
            self._node.get_logger().warning(f"{what} dropped: {error}", throttle_duration_sec=5.0)
