"""Scans that do not change although they should: a sensor whose driver repeats its last scan under new stamps.

Equal ranges alone prove nothing. Without noise, as in simulators, a robot that stands sees the same again and again, and so does one
that drives along a smooth corridor. So the motion since the first of the equal scans is applied to the surfaces that it saw: if they
should have come clearly nearer or further in a tenth of the beams, the scan is stale.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from astro_nav_common.geometry import between
from astro_nav_common.jit import kernel
from astro_nav_common.types import Pose, Scan

#: m that a range must have had to change by, and the share of beams for which that must be so
_CHANGE, _SHARE = 0.05, 0.1
#: s: the motion over a longer time is known too badly to judge by
_LONGEST = 2.0
#: neighbours further apart than this share of their range are not one surface; beams flatter than this on it tell nothing
_STEEP, _FLAT = 0.2, 0.2


@dataclass(slots=True)
class _First:
    """The first of equal scans: ranges, when, and where the base was. frozen: they ought to have changed."""

    ranges: np.ndarray
    t: float
    pose: Pose
    frozen: bool = False


class Freeze:
    """Looks at each scan of each source."""

    def __init__(self) -> None:
        self._firsts: dict[str, _First] = {}

    def clear(self) -> None:
        """Forget everything."""
        self._firsts.clear()

    def is_frozen(self, scan: Scan, pose_odom: Pose) -> bool:
        """True if this scan, taken from a base at the pose, is an old one again."""
        first = self._firsts.get(scan.source)
        if first is None or not np.array_equal(first.ranges, scan.ranges, equal_nan=True):
            self._firsts[scan.source] = _First(scan.ranges, scan.t, pose_odom)
            return False
        if first.frozen:
            return True
        if scan.t - first.t > _LONGEST:
            self._firsts[scan.source] = _First(scan.ranges, scan.t, pose_odom)
            return False
        mount = scan.sensor_base
        moved = _sensor_motion(between(first.pose, pose_odom), mount)
        changed, judged = _changes(
            np.ascontiguousarray(scan.ranges, np.float64), float(scan.angle_min), float(scan.angle_increment),
            float(scan.range_min), float(scan.range_max), *moved,
        )  # fmt: skip
        first.frozen = judged > 0 and changed > _SHARE * judged
        return first.frozen


def _sensor_motion(base: Pose, mount: Pose) -> tuple[float, float, float]:
    """The motion of a sensor, in its own frame, when the base moves so in its own."""
    c, s = math.cos(base.yaw), math.sin(base.yaw)
    dx = base.x + c * mount.x - s * mount.y - mount.x
    dy = base.y + s * mount.x + c * mount.y - mount.y
    c, s = math.cos(mount.yaw), math.sin(mount.yaw)
    return c * dx + s * dy, -s * dx + c * dy, base.yaw


@kernel
def _changes(  # type: ignore[no-untyped-def]
    ranges, angle_min, increment, range_min, range_max, dx, dy, turn
) -> tuple[int, int]:
    """How many beams the motion must have changed clearly, and how many can be judged."""
    changed, judged = 0, 0
    for i in range(1, ranges.shape[0] - 1):
        before, r, after = ranges[i - 1], ranges[i], ranges[i + 1]
        if not (range_min <= before <= range_max and range_min <= r <= range_max and range_min <= after <= range_max):
            continue  # NaN too
        if abs(after - before) > _STEEP * r:
            continue
        angle = angle_min + i * increment
        # the surface goes through this end, along the line between its neighbours'
        ax, ay = before * math.cos(angle - increment), before * math.sin(angle - increment)
        tx, ty = after * math.cos(angle + increment) - ax, after * math.sin(angle + increment) - ay
        length = math.hypot(tx, ty)
        if length <= 0.0:
            continue
        nx, ny = -ty / length, tx / length
        height = nx * (r * math.cos(angle) - dx) + ny * (r * math.sin(angle) - dy)
        facing = nx * math.cos(angle + turn) + ny * math.sin(angle + turn)
        if abs(nx * math.cos(angle) + ny * math.sin(angle)) < _FLAT or abs(facing) < _FLAT:
            continue
        judged += 1
        if abs(height / facing - r) > _CHANGE:
            changed += 1
    return changed, judged
