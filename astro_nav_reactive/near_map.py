"""The near map: the points of the newest scan of each source, kept in odom, where they stay put while the robot moves on.

What a sensor has lost sight of, because the robot turned or came too near, it is remembered for a few seconds.

The sweep takes the points themselves, which is exact; the grid is for people to look at.
"""

from __future__ import annotations

import math

import numpy as np

from astro_nav_common.conventions import FREE, OCCUPIED
from astro_nav_common.geometry import compose, polygon_distance
from astro_nav_common.grid import Grid
from astro_nav_common.jit import kernel
from astro_nav_common.types import Pose, Scan

#: what is measured so deep inside the base is the robot itself, m
_SELF_DEPTH = 0.05
#: s for which what was seen is remembered where its sensor does not look any more, and beams that must be silent for that
_REMEMBER, _AROUND = 3.0, 3


class NearMap:
    """Points near the robot, by source."""

    def __init__(self, reach: float, base: np.ndarray) -> None:
        """Args: reach: points further from the base than this are dropped, m. base: (N, 2) m, its outline."""
        self._reach, self._base = reach, base
        self._points: dict[str, np.ndarray] = {}  # (N, 4) x, y, when it was seen, and `Scan.hidden_within`
        self._all = np.empty((0, 2))

    def clear(self) -> None:
        """Forget all points."""
        self._points.clear()
        self._all = np.empty((0, 2))

    def add(self, scan: Scan, first_odom: Pose, last_odom: Pose) -> bool:
        """Take the scan as the newest of its source.

        Args:
            scan: ranges.
            first_odom, last_odom: pose of the base when the first and the last beam were taken.

        Returns:
            False, and the map is left as it was, if no beam carries any information.
        """
        out = np.empty((scan.ranges.size, 3))
        ranges = np.ascontiguousarray(scan.ranges, dtype=np.float64)
        turn = math.remainder(last_odom.yaw - first_odom.yaw, math.tau)
        count, informed = _project(
            ranges, float(scan.angle_min), float(scan.angle_increment), float(scan.range_min), float(scan.range_max),
            np.array(scan.sensor_base, float), np.array(first_odom, float),
            np.array((last_odom.x - first_odom.x, last_odom.y - first_odom.y, turn), float),
            self._reach, self._base, out,
        )  # fmt: skip
        if informed == 0:
            return False
        beams = out[:count, 2].astype(int)
        hidden = np.zeros(count) if scan.hidden_within is None else scan.hidden_within[beams]
        fresh = np.column_stack((out[:count, :2], np.full(count, scan.t), hidden))
        kept = self._out_of_sight(scan, last_odom, ranges)
        self._points[scan.source] = np.concatenate((fresh, kept)) if len(kept) else fresh
        self._all = np.ascontiguousarray(np.concatenate(list(self._points.values()))[:, :2])
        return True

    def _out_of_sight(self, scan: Scan, pose_odom: Pose, ranges: np.ndarray) -> np.ndarray:
        """Of the source's earlier points (N, 4) those where it cannot look now, and that are not too old or far."""
        before = self._points.get(scan.source)
        if before is None or not len(before):
            return _NOTHING
        near = np.zeros(scan.ranges.size) if scan.reach_from is None else scan.reach_from.astype(np.float64)
        return before[
            _unseen(
                before, compose(pose_odom, scan.sensor_base), ranges, near, float(scan.angle_min), float(scan.angle_increment),
                float(scan.range_min), scan.t - _REMEMBER, self._reach,
            )
        ]  # fmt: skip

    @property
    def points(self) -> np.ndarray:
        """(N, 2) m, odom."""
        return self._all

    def grid(self, center_odom: Pose, size: float, resolution: float) -> Grid:
        """The points as occupied cells of a square of `size` m around a pose, axes along odom's."""
        cells = int(round(size / resolution))
        data = np.full((cells, cells), FREE, np.int8)
        # corner on a multiple of the resolution, so cells do not swim while the robot moves
        corner = np.round((np.array(center_odom[:2]) - 0.5 * size) / resolution) * resolution
        at = np.floor((self._all - corner) / resolution).astype(int)
        at = at[((at >= 0) & (at < cells)).all(axis=1)]
        data[at[:, 1], at[:, 0]] = OCCUPIED
        return Grid(data, resolution, float(corner[0]), float(corner[1]))


_NOTHING = np.empty((0, 4))


@kernel
def _unseen(  # type: ignore[no-untyped-def]
    points, sensor, ranges, reach_from, angle_min, increment, range_min, oldest, reach
) -> np.ndarray:
    """Which points (N, 4) no beam of a scan, nor any of the `_AROUND` beams to either side of its direction, says anything about."""
    keep = np.zeros(points.shape[0], np.bool_)
    beams = ranges.shape[0]
    full = round(2.0 * math.pi / abs(increment)) if increment != 0.0 else beams
    for i in range(points.shape[0]):
        dx, dy = points[i, 0] - sensor[0], points[i, 1] - sensor[1]
        if points[i, 2] < oldest or dx * dx + dy * dy > reach * reach:
            continue
        bearing = math.atan2(dy, dx) - sensor[2]
        away = math.hypot(dx, dy)
        middle = int(round((bearing - angle_min) / increment)) if increment != 0.0 else 0
        seen = False
        for k in range(middle - _AROUND, middle + _AROUND + 1):
            beam = k % full
            if beam < beams and ranges[beam] >= range_min and ranges[beam] > 0.0:  # false for NaN
                seen = seen or away >= reach_from[beam] or away >= points[i, 3]
        keep[i] = not seen
    return keep


@kernel
def _project(  # type: ignore[no-untyped-def]
    ranges, angle_min, increment, range_min, range_max, sensor, first, change, reach, base, out
) -> tuple[int, int]:
    """Ranges to points (N, 3) x, y in odom and index of the beam, each from where the base was when it was taken.

    Returns the number of points near enough to matter, and the number of beams that carry information.
    """
    count = 0
    informed = 0
    beams = ranges.shape[0]
    for i in range(beams):
        r = ranges[i]
        if math.isnan(r) or r < range_min or r <= 0.0:
            continue
        informed += 1
        if r > range_max:
            continue
        angle = sensor[2] + angle_min + i * increment
        x = sensor[0] + r * math.cos(angle)
        y = sensor[1] + r * math.sin(angle)
        if x * x + y * y > reach * reach or polygon_distance(x, y, base) < -_SELF_DEPTH:
            continue
        f = i / max(beams - 1, 1)
        yaw = first[2] + f * change[2]
        c, s = math.cos(yaw), math.sin(yaw)
        out[count, 0] = first[0] + f * change[0] + c * x - s * y
        out[count, 1] = first[1] + f * change[1] + s * x + c * y
        out[count, 2] = i
        count += 1
    return count, informed
