"""A cloud of points in space as a planar scan: what stands in the robot's way, and how far the sensor saw where nothing does.

In each direction the nearest point between two heights is an obstacle. A ray to a point above or below them shows free space too, as far
as it runs between the heights: a floor seen at 2 m says that nothing stands before it, and nothing about what comes behind.
Directions without any point say nothing.

Something low that the robot comes near to passes below the lowest ray. So a direction tells of what is low only from where that ray
reaches the lower height, and of what was met, as long as its top is above the ray. A sensor that looks level, whose rays reach that
height beyond its range or never, is taken for a planar one.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from astro_nav_common.jit import kernel
from astro_nav_common.types import Pose, Scan

#: directions told apart; half a degree is 9 mm at 1 m
DIRECTIONS = 720
#: m behind its nearest point to which a thing's top is looked for
_THICK = 0.1


class Slice(NamedTuple):
    """What of a cloud counts: heights over the base frame, m; distances from the sensor, m."""

    low: float
    high: float
    range_min: float
    range_max: float


def flatten(
    x: np.ndarray, y: np.ndarray, z: np.ndarray, T_base_sensor: np.ndarray, part: Slice, t: float, source: str
) -> Scan:
    """The scan that a sensor in the same place, looking all around level with the floor, would give.

    Args:
        x, y, z: (rows, cols) float32 m, sensor frame, views of any layout; points that are not finite are left out.
        T_base_sensor: (3, 4) rotation and translation.
        part: heights and distances that count.
        t: stamp of the cloud, s: it is taken at one instant.
        source: name of the scan.
    """
    ranges, reach, reach_from, hidden_within = np.empty((4, DIRECTIONS), np.float32)
    _flatten(
        x, y, z, T_base_sensor, part.low, part.high, part.range_min, part.range_max,
        ranges, reach, reach_from, hidden_within,
    )  # fmt: skip
    place = Pose(float(T_base_sensor[0, 3]), float(T_base_sensor[1, 3]), 0.0)
    step = math.tau / DIRECTIONS
    return Scan(
        t,
        ranges,
        -math.pi + 0.5 * step,
        step,
        part.range_min,
        part.range_max,
        place,
        0.0,
        source,
        reach=reach,
        layer=source,
        reach_from=reach_from,
        hidden_within=hidden_within,
    )


@kernel
def _flatten(
    x: np.ndarray, y: np.ndarray, z: np.ndarray, transform: np.ndarray, low: float, high: float,
    range_min: float, range_max: float, ranges: np.ndarray, reach: np.ndarray, reach_from: np.ndarray, hidden_within: np.ndarray,
) -> None:  # fmt: skip
    """See `flatten` and `Scan`. ranges: NaN without information, inf where nothing stands up to `reach`; all (DIRECTIONS,), overwritten."""
    count = ranges.shape[0]
    sensor_z = transform[2, 3]
    ranges[:] = np.inf
    reach[:] = 0.0
    reach_from[:] = np.inf
    top = hidden_within  # first the height of the top, m
    top[:] = low
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            px, py, pz = x[i, j], y[i, j], z[i, j]
            if not (math.isfinite(px) and math.isfinite(py) and math.isfinite(pz)):
                continue
            dx = transform[0, 0] * px + transform[0, 1] * py + transform[0, 2] * pz
            dy = transform[1, 0] * px + transform[1, 1] * py + transform[1, 2] * pz
            height = transform[2, 0] * px + transform[2, 1] * py + transform[2, 2] * pz + sensor_z
            r = math.sqrt(dx * dx + dy * dy)
            if r < range_min or r == 0.0:
                continue
            seen = r
            if height > high:
                if sensor_z >= high:
                    continue
                seen = r * (high - sensor_z) / (height - sensor_z)
            elif height < low:
                if sensor_z <= low:
                    continue
                seen = r * (sensor_z - low) / (sensor_z - height)
            k = int((math.atan2(dy, dx) + math.pi) / (2.0 * math.pi) * count) % count
            if low <= height <= high and r < range_max:
                ranges[k] = min(ranges[k], r)
            reach[k] = max(reach[k], min(seen, range_max))
            if sensor_z > low and height < sensor_z:
                reach_from[k] = min(reach_from[k], r * (sensor_z - low) / (sensor_z - height))
    is_planar = reach_from.min() > range_max
    for i in range(0 if is_planar else x.shape[0]):
        for j in range(x.shape[1]):
            px, py, pz = x[i, j], y[i, j], z[i, j]
            height = transform[2, 0] * px + transform[2, 1] * py + transform[2, 2] * pz + sensor_z
            if not low <= height <= high:  # NaN too
                continue
            dx = transform[0, 0] * px + transform[0, 1] * py + transform[0, 2] * pz
            dy = transform[1, 0] * px + transform[1, 1] * py + transform[1, 2] * pz
            k = int((math.atan2(dy, dx) + math.pi) / (2.0 * math.pi) * count) % count
            if range_min <= math.sqrt(dx * dx + dy * dy) <= ranges[k] + _THICK:
                top[k] = max(top[k], height)
    for k in range(count):
        if reach[k] == 0.0:
            ranges[k] = np.nan
        if is_planar:
            reach_from[k] = 0.0
        hidden_within[k] = reach_from[k] * (sensor_z - top[k]) / (sensor_z - low) if top[k] < sensor_z else 0.0
