"""Sweep of the exact footprint, base and screen, along a path against measured points: how close does it come where?"""

from __future__ import annotations

import math

import numpy as np

from astro_nav_common.geometry import polygon_distance
from astro_nav_common.jit import kernel
from astro_nav_reactive.motion import SCREEN, SWEPT, YAW, X, Y

#: what is within the margin may be passed at this slope (distance lost per distance swept), less the closer it is ...
_GRAZE = 0.2
#: ... and down to this share of the margin
_FLOOR = 0.25


@kernel
def footprint_distance(x, y, screen_yaw, base, screen, pan_x, pan_y) -> float:  # type: ignore[no-untyped-def]
    """Signed distance of a point in the base frame to base (N, 2) and screen (M, 2, pan frame; M = 0 for none), m."""
    d = polygon_distance(x, y, base)
    if screen.shape[0] > 0:
        c, s = math.cos(screen_yaw), math.sin(screen_yaw)
        u, v = x - pan_x, y - pan_y
        d = min(d, polygon_distance(c * u + s * v, -s * u + c * v, screen))
    return d


@kernel
def nearest_point(points, pose, screen_yaw, base, screen, pan_x, pan_y) -> tuple[float, float, float]:  # type: ignore[no-untyped-def]
    """(x, y, distance) of the point (N, 2, odom) nearest to the footprint at a pose (3,), x and y in the base frame."""
    c, s = math.cos(pose[2]), math.sin(pose[2])
    found_x, found_y, best = np.nan, np.nan, np.inf
    for i in range(points.shape[0]):
        dx, dy = points[i, 0] - pose[0], points[i, 1] - pose[1]
        x, y = c * dx + s * dy, -s * dx + c * dy
        d = footprint_distance(x, y, screen_yaw, base, screen, pan_x, pan_y)
        if d < best:
            found_x, found_y, best = x, y, d
    return found_x, found_y, best


@kernel
def clearances(  # type: ignore[no-untyped-def]
    points, path, nearest, base, screen, pan_x, pan_y, radius, margin, cap, out
) -> None:
    """Clearance beyond the margin at each row of a path: the least over all points, at most `cap`; negative must not be driven.

    A robot that is within the margin of something must be able to get out again. So from there points count as 0, not as negative,
    as long as none comes closer than the nearest one is at the start. A slope of `_GRAZE` is allowed, without which nothing could
    be driven alongside a wall or out of its reach.

    Rows at which a point cannot matter are skipped by their swept distance, so the cost is about that of the points nearby.

    Args:
        points: (N, 2) m, odom.
        path: (K, 7), see `motion`.
        nearest: distance of the nearest point at row 0, m.
        base, screen: (n, 2) m, outlines in the base and the pan frame.
        pan_x, pan_y: pan joint, base frame.
        radius: circumscribed radius of the footprint, m.
        margin, cap: m.
        out: (K,) m, overwritten.
    """
    rows = path.shape[0]
    cosines, sines = np.empty(rows), np.empty(rows)
    for k in range(rows):
        out[k] = cap
        cosines[k], sines[k] = math.cos(path[k, YAW]), math.sin(path[k, YAW])
    near = radius + margin + cap
    floor = _FLOOR * margin
    for i in range(points.shape[0]):
        px, py = points[i, 0], points[i, 1]
        keep = min(max(nearest, floor), margin)
        k = 0
        while k < rows:
            dx, dy, swept = px - path[k, X], py - path[k, Y], path[k, SWEPT]
            idle = math.sqrt(dx * dx + dy * dy) - near
            if idle <= 0.0:
                c, s = cosines[k], sines[k]
                d = footprint_distance(c * dx + s * dy, -s * dx + c * dy, path[k, SCREEN], base, screen, pan_x, pan_y)
                if k == 0:
                    keep = min(keep, d)
                beyond = d - margin
                if keep < margin and beyond < 0.0:
                    grazed = keep - _GRAZE * swept * max(keep, 0.0) / margin
                    beyond = min(d - max(grazed, min(keep, floor)), 0.0)
                out[k] = min(out[k], beyond)
                idle = d - margin - cap
            k += 1
            while k < rows and path[k, SWEPT] < swept + idle:
                k += 1
