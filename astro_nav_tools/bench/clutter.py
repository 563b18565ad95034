"""Random scenes of exact shapes, and the local map that a robot would have made of one."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from astro_nav_common.geometry import polygon_distance, transform_points
from astro_nav_common.history import OdometryBuffer
from astro_nav_common.jit import kernel
from astro_nav_common.types import Pose, Scan, State
from astro_nav_local.local_map import LocalMap
from astro_nav_local.params import LocalParams

#: half the side of a scene, m
HALF = 3.0
_BEAMS = 720
_RANGE_MAX = 10.0
#: scans of a scene, from as many places: every side of every thing is seen
_VIEWPOINTS = 24


class Clutter(NamedTuple):
    """circles: (N, 3) x, y, radius. boxes: (M, 4, 2) corners, counter-clockwise. m, odom."""

    circles: np.ndarray
    boxes: np.ndarray


def random_clutter(rng: np.random.Generator) -> Clutter:
    """Scattered things, a corridor among them or a wall with a doorway; each a third of the scenes."""
    low, high = (-HALF, -HALF, -math.pi, 0.1, 0.1), (HALF, HALF, math.pi, 0.8, 0.8)
    pieces = rng.uniform(low, high, (int(rng.integers(2, 7)), 5)).tolist()
    boxes = [_box(x, y, yaw, along, across) for x, y, yaw, along, across in pieces]
    count = int(rng.integers(4, 20))
    circles = np.column_stack((rng.uniform(-HALF, HALF, (count, 2)), rng.uniform(0.03, 0.3, count)))
    kind = rng.integers(3)
    if kind > 0:
        gap, yaw, along, across = (
            rng.uniform(0.3, 1.2),
            rng.uniform(-math.pi, math.pi),
            rng.uniform(-1.0, 1.0),
            rng.uniform(-0.3, 0.3),
        )
        for side in (-1.0, 1.0):
            length, depth = (3.0, 0.2) if kind == 1 else (0.1, 2.0)
            wall = Pose(along, across + side * 0.5 * (gap + depth), 0.0)
            x, y = transform_points(Pose(0.0, 0.0, yaw), np.array(wall[:2]))
            boxes.append(_box(x, y, yaw, length, depth))
    return Clutter(circles, np.array(boxes))


def clearance(x: float, y: float, clutter: Clutter) -> float:
    """Distance of a point to the nearest thing, m, negative within one."""
    circles = np.hypot(*(clutter.circles[:, :2] - (x, y)).T) - clutter.circles[:, 2]
    boxes = [polygon_distance(x, y, box) for box in clutter.boxes]
    return float(min(circles.min(initial=math.inf), *boxes, math.inf))


def mapped(clutter: Clutter, params: LocalParams, range_noise: float, rng: np.random.Generator) -> LocalMap:
    """The local map around the origin after scans from many places, each range with white noise of `range_noise` m."""
    local_map = LocalMap(params)
    # where the cells' edges lie is as random as everything else
    local_map.center_on(*rng.uniform(-0.5 * params.map_resolution, 0.5 * params.map_resolution, 2))
    angles = 2.0 * math.pi / _BEAMS * np.arange(_BEAMS)
    for t in range(_VIEWPOINTS):
        x, y = rng.uniform(-HALF, HALF, 2).tolist()
        while clearance(x, y, clutter) < 0.1:
            x, y = rng.uniform(-HALF, HALF, 2).tolist()
        odometry = OdometryBuffer()
        odometry.add(State(float(t), x, y, 0.0))
        ranges: np.ndarray = np.empty(_BEAMS)
        cast(x, y, angles, clutter.circles, clutter.boxes, ranges)
        ranges = np.where(ranges < _RANGE_MAX, ranges + range_noise * rng.standard_normal(_BEAMS), np.inf)
        local_map.integrate(Scan(float(t), ranges.astype(np.float32), 0.0, angles[1], 0.02, _RANGE_MAX), odometry)
    local_map.update_fields()
    return local_map


@kernel
def cast(x: float, y: float, angles: np.ndarray, circles: np.ndarray, boxes: np.ndarray, out: np.ndarray) -> None:
    """Exact ranges (B,) along angles (B,) from a place to the nearest thing; infinite where there is none."""
    for i in range(angles.shape[0]):
        c, s = math.cos(angles[i]), math.sin(angles[i])
        best = np.inf
        for k in range(circles.shape[0]):
            dx, dy = circles[k, 0] - x, circles[k, 1] - y
            along, across = c * dx + s * dy, c * dy - s * dx
            chord2 = circles[k, 2] ** 2 - across * across
            if chord2 > 0.0 and along > 0.0:
                best = min(best, along - math.sqrt(chord2))
        for k in range(boxes.shape[0]):
            for j in range(4):
                ax, ay = boxes[k, j - 1, 0] - x, boxes[k, j - 1, 1] - y
                ex, ey = boxes[k, j, 0] - x - ax, boxes[k, j, 1] - y - ay
                cross = c * ey - s * ex
                if abs(cross) > 1e-12:
                    r = (ax * ey - ay * ex) / cross
                    u = (ax * s - ay * c) / cross
                    if r > 0.0 and 0.0 <= u <= 1.0:
                        best = min(best, r)
        out[i] = best


def _box(x: float, y: float, yaw: float, size_x: float, size_y: float) -> np.ndarray:
    corners = 0.5 * np.array([[size_x, size_y], [-size_x, size_y], [-size_x, -size_y], [size_x, -size_y]])
    return transform_points(Pose(x, y, yaw), corners)
