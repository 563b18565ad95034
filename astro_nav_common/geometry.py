"""Planar geometry: SE(2) and polygons."""

from __future__ import annotations

import math

import numpy as np

from astro_nav_common.conventions import wrap_angle
from astro_nav_common.jit import kernel
from astro_nav_common.types import Pose


def compose(a: Pose, b: Pose) -> Pose:
    """T_a * T_b: the pose b, given in frame a, in a's parent frame."""
    c, s = math.cos(a.yaw), math.sin(a.yaw)
    return Pose(a.x + c * b.x - s * b.y, a.y + s * b.x + c * b.y, wrap_angle(a.yaw + b.yaw))


def inverse(pose: Pose) -> Pose:
    """The inverse transform."""
    c, s = math.cos(pose.yaw), math.sin(pose.yaw)
    return Pose(-c * pose.x - s * pose.y, s * pose.x - c * pose.y, wrap_angle(-pose.yaw))


def between(a: Pose, b: Pose) -> Pose:
    """Pose of b in the frame of a, both given in one parent frame."""
    return compose(inverse(a), b)


def transform_points(pose: Pose, points: np.ndarray) -> np.ndarray:
    """Points (..., 2) given in the frame of `pose`, in its parent frame."""
    c, s = math.cos(pose.yaw), math.sin(pose.yaw)
    x, y = points[..., 0], points[..., 1]
    return np.stack((pose.x + c * x - s * y, pose.y + s * x + c * y), axis=-1)


@kernel
def polygon_distance(px: float, py: float, polygon: np.ndarray) -> float:
    """Signed distance of a point to a simple polygon (N, 2): negative inside, m.

    Distance to the nearest edge; the sign by the crossing rule, so the polygon may be concave and of either orientation.
    """
    best = np.inf
    inside = False
    n = polygon.shape[0]
    j = n - 1
    for i in range(n):
        ax, ay, bx, by = polygon[j, 0], polygon[j, 1], polygon[i, 0], polygon[i, 1]
        ex, ey = bx - ax, by - ay
        length2 = ex * ex + ey * ey
        u = 0.0
        if length2 > 0.0:
            u = min(max(((px - ax) * ex + (py - ay) * ey) / length2, 0.0), 1.0)
        dx, dy = px - ax - u * ex, py - ay - u * ey
        best = min(best, dx * dx + dy * dy)
        if (ay > py) != (by > py) and px < ax + (py - ay) / (by - ay) * ex:
            inside = not inside
        j = i
    return -math.sqrt(best) if inside else math.sqrt(best)


@kernel
def polygon_distances(points: np.ndarray, polygon: np.ndarray) -> np.ndarray:
    """`polygon_distance` of each of points (M, 2): (M,) m."""
    out = np.empty(points.shape[0])
    for i in range(points.shape[0]):
        out[i] = polygon_distance(points[i, 0], points[i, 1], polygon)
    return out


def resample_polyline(points: np.ndarray, spacing: float) -> np.ndarray:
    """Points (M, 2) at equal arc length about `spacing` m along a polyline (N, 2); both ends are kept."""
    steps = np.hypot(*np.diff(points, axis=0).T)
    keep = np.concatenate(([True], steps > 1e-9))
    points = points[keep]
    if len(points) < 2:
        return points.copy()
    arc = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))))
    samples = np.linspace(0.0, arc[-1], max(2, int(round(arc[-1] / spacing)) + 1))
    return np.stack((np.interp(samples, arc, points[:, 0]), np.interp(samples, arc, points[:, 1])), axis=-1)
