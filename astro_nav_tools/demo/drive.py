"""A recorded drive as arrays: what the simulator knows to be true, what the nodes said of themselves, what they planned."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from astro_nav_common.geometry import compose, transform_points
from astro_nav_common.types import Pose
from astro_nav_tools.recording.reader import read_messages, stamp_of

_TOPICS = (
    "/ground_truth/odom", "/ground_truth/contacts", "/joint_states", "/tf", "/trajectory", "/trajectories", "/guard/state",
    "/diagnostics",
)  # fmt: skip


#: of visualization_msgs/Marker
_LINE_STRIP = 4


@dataclass(frozen=True)
class Snapshot:
    """One planning cycle as it was published for the eye, in the map frame.

    t: s. strips: (N, 2) polylines, m, each with its colour (r, g, b, a) and width, m.
    """

    t: float
    strips: list[np.ndarray]
    colors: list[tuple[float, float, float, float]]
    widths: list[float]


@dataclass
class Drive:
    """Arrays over time; frames as named.

    truth: (N, 7) t s, x m, y m, yaw rad in the map, v m/s, w rad/s, screen yaw rad. contacts: their number at the end.
    cycles: (C,) times at which plans arrived, s. guard: (M, 3) t, speed scale, code of astro_nav_msgs/GuardState.
    health: last diagnostics of each node. snapshots: planning cycles for the eye.
    """

    truth: np.ndarray
    contacts: int = 0
    cycles: np.ndarray = field(default_factory=lambda: np.empty(0))
    guard: np.ndarray = field(default_factory=lambda: np.empty((0, 3)))
    health: dict[str, dict[str, str]] = field(default_factory=dict)
    snapshots: list[Snapshot] = field(default_factory=list)

    def between(self, start: float, end: float) -> np.ndarray:
        """Rows of truth with start <= t <= end."""
        t = self.truth[:, 0]
        return self.truth[(t >= start) & (t <= end)]


def read_drive(path: Path) -> Drive:
    """Read what is needed from a recording. Raises ResultError."""
    rows: list[tuple[float, ...]] = []
    guard: list[tuple[float, ...]] = []
    cycles: list[float] = []
    screen_yaw = 0.0
    drive = Drive(np.empty((0, 7)))
    odom_map = Pose(0.0, 0.0, 0.0)
    for topic, t, message in read_messages(path, _TOPICS):
        if topic == "/ground_truth/odom":
            rows.append(_truth_row(message, screen_yaw))
        elif topic == "/joint_states":
            screen_yaw = float(message.position[0])
        elif topic == "/ground_truth/contacts":
            drive.contacts = int(message.total)
        elif topic == "/trajectory":
            cycles.append(t)
        elif topic == "/guard/state":
            guard.append((stamp_of(message), float(message.scale), float(message.code)))
        elif topic == "/diagnostics":
            for status in message.status:
                drive.health[status.name] = {item.key: item.value for item in status.values}
        elif topic == "/tf":
            for transform in message.transforms:
                if transform.header.frame_id == "map":
                    odom_map = _planar(transform.transform.translation, transform.transform.rotation)
        else:
            drive.snapshots.append(_snapshot(message, odom_map))
    drive.truth, drive.guard, drive.cycles = (
        np.array(rows).reshape(-1, 7),
        np.array(guard).reshape(-1, 3),
        np.array(cycles),
    )
    return drive


def _truth_row(message: Any, screen_yaw: float) -> tuple[float, ...]:
    pose, twist = message.pose.pose, message.twist.twist
    x, y, yaw = _planar(pose.position, pose.orientation)
    return stamp_of(message), x, y, yaw, twist.linear.x, twist.angular.z, screen_yaw


def _planar(position: Any, orientation: Any) -> Pose:
    return Pose(position.x, position.y, 2.0 * math.atan2(orientation.z, orientation.w))


def _snapshot(message: Any, odom_map: Pose) -> Snapshot:
    snapshot = Snapshot(stamp_of(message.markers[0]) if message.markers else 0.0, [], [], [])
    for marker in message.markers:
        if marker.type != _LINE_STRIP or len(marker.points) < 2:
            continue
        frame = compose(odom_map, _planar(marker.pose.position, marker.pose.orientation))
        points = np.array([(point.x, point.y) for point in marker.points])
        snapshot.strips.append(transform_points(frame, points))
        snapshot.colors.append((marker.color.r, marker.color.g, marker.color.b, marker.color.a))
        snapshot.widths.append(marker.scale.x)
    return snapshot


def number(values: Mapping[str, str], key: str, default: float = math.nan) -> float:
    """A number among a node's diagnostics; the default if it is not there."""
    try:
        return float(values[key])
    except (KeyError, ValueError):
        return default
