"""Ways to spoil messages on their way through the relay. Each gives a function from a message to what goes out in its place."""

from __future__ import annotations

import copy
import math
from array import array
from collections.abc import Callable, Sequence
from typing import Any

from astro_nav_common.geometry import compose, inverse
from astro_nav_common.types import Pose

Tamper = Callable[[Any], Sequence[Any]]
#: the arrays of astro_nav_msgs/Trajectory
PLAN_ARRAYS = ("t", "x", "y", "yaw", "v", "w", "a", "alpha", "screen_yaw", "survival")


def dropped() -> Tamper:
    """Nothing comes through."""
    return lambda _message: ()


def frozen(restamped: bool) -> Tamper:
    """The first message again and again. Args: restamped: with the stamps of those it replaces."""
    held: list[Any] = []

    def tamper(message: Any) -> Sequence[Any]:
        if not held:
            held.append(message)
        first = copy.copy(held[0])
        if restamped:
            first.header = message.header
        return (first,)

    return tamper


def changed(change: Callable[[Any], None]) -> Tamper:
    """Every message, changed in place."""

    def tamper(message: Any) -> Sequence[Any]:
        change(message)
        return (message,)

    return tamper


def ranges(value: float | None) -> Tamper:
    """Scans whose ranges are all `value`; None: that have none."""

    def change(scan: Any) -> None:
        scan.ranges = array("f", [] if value is None else [value] * len(scan.ranges))

    return changed(change)


def in_frame(name: str) -> Tamper:
    """The header names another frame."""

    def change(message: Any) -> None:
        message.header.frame_id = name

    return changed(change)


def stamped(shift: float) -> Tamper:
    """Stamps moved by `shift` s."""
    return changed(lambda message: _shift(message.header.stamp, shift))


def clock_shifted(shift: float) -> Tamper:
    """/clock moved by `shift` s."""
    return changed(lambda message: _shift(message.clock, shift))


def odometry_nan() -> Tamper:
    """Odometry that is no number."""

    def change(message: Any) -> None:
        message.pose.pose.position.x = math.nan

    return changed(change)


def odometry_jumped(jump: Pose) -> tuple[Tamper, Tamper]:
    """For odom and /tf: the odometry frame is another one, and localisation knows. Args: jump: old odom frame in the new one."""

    def odom(message: Any) -> None:
        _put(message.pose.pose.position, message.pose.pose.orientation, compose(jump, _pose(message.pose.pose)))

    def tf(message: Any) -> None:
        for item in message.transforms:
            transform = item.transform
            pose = Pose(transform.translation.x, transform.translation.y, _yaw(transform.rotation))
            moved = compose(jump, pose) if item.header.frame_id == "odom" else compose(pose, inverse(jump))
            _put(transform.translation, transform.rotation, moved)

    return changed(odom), changed(tf)


def plan_nan() -> Tamper:
    """Plans with a NaN among the speeds."""

    def change(plan: Any) -> None:
        plan.v = array("d", [*plan.v[:5], math.nan, *plan.v[6:]])

    return changed(change)


def plan_empty() -> Tamper:
    """Plans of no samples."""

    def change(plan: Any) -> None:
        for name in PLAN_ARRAYS:
            setattr(plan, name, array("d"))

    return changed(change)


def _shift(stamp: Any, shift: float) -> None:
    moved = max(stamp.sec * 1_000_000_000 + stamp.nanosec + round(shift * 1e9), 0)
    stamp.sec, stamp.nanosec = moved // 1_000_000_000, moved % 1_000_000_000


def _yaw(q: Any) -> float:
    return 2.0 * math.atan2(q.z, q.w)


def _pose(message: Any) -> Pose:
    return Pose(message.position.x, message.position.y, _yaw(message.orientation))


def _put(position: Any, orientation: Any, pose: Pose) -> None:
    position.x, position.y = float(pose.x), float(pose.y)
    orientation.z, orientation.w = math.sin(0.5 * pose.yaw), math.cos(0.5 * pose.yaw)
