"""How near the footprint comes to the static map: to the nearest thing, and to the nearest one on the other side.

Helpers here and in `risk` take arrays one by one: handing a tuple that holds arrays from call to call counts references in the
inner loop, which took four fifths of its time.
"""

from __future__ import annotations

import numpy as np

from astro_nav_common.distance_field import interpolate
from astro_nav_common.jit import inline_kernel
from astro_nav_common.trig import cos_sin
from astro_nav_local.scene import Body, Frame

#: The map shows things nearer than they are by about this much, m: range noise spreads them over more cells than they fill.
MAP_GROWTH = 0.006
#: A thing lies beside the robot, not ahead or behind, if its direction is this far to the left or right (sine of the angle to the axis).
BESIDE = 0.5


@inline_kernel
def static_sides(  # type: ignore[no-untyped-def]
    x: float, y: float, yaw: float, pan: float, distance: np.ndarray, frame: Frame, base: np.ndarray, screen: np.ndarray, body: Body,
    enough: float, matters: float, slack: float,
):  # fmt: skip
    """Signed distances of the footprint to the static map, m.

    The distance field changes by at most a metre a metre, so its value at the base's origin bounds that at every disc: discs come sorted by
    reach, and the first one that cannot be nearer than the best so far ends a search. Its slope at a disc says where the thing is.

    Args:
        enough: a distance of this or more need not be exact.
        matters: beyond this it does not matter on which side a thing is.
        slack: nor what is on the other side, if that is further away than the nearest thing by more than this.

    Returns:
        nearest: to the nearest thing; a lower bound where `enough` or more.
        beside: 1 if that lies on the left, -1 on the right, 0 ahead or behind.
        other: to the nearest thing on the other side, of those in question; infinite if there is none.
    """
    per_cell = 1.0 / frame.resolution
    u0 = (x - frame.origin_x) * per_cell - 0.5
    v0 = (y - frame.origin_y) * per_cell - 0.5
    correction = MAP_GROWTH - body.bias
    here = interpolate(distance, u0, v0) + correction
    nearest = here - body.radius
    beside = 0
    other = np.inf
    if nearest < enough:
        nearest = np.inf
        c, s = cos_sin(yaw)
        at_u = u0
        at_v = v0
        for i in range(base.shape[0]):
            if here - base[i, 3] >= nearest:
                break
            u = u0 + (c * base[i, 0] - s * base[i, 1]) * per_cell
            v = v0 + (s * base[i, 0] + c * base[i, 1]) * per_cell
            d = interpolate(distance, u, v) + correction - base[i, 2]
            if d < nearest:
                nearest = d
                at_u = u
                at_v = v
        if screen.shape[0] > 0 and abs(pan) > body.pan_inside and here - body.screen_reach < nearest:
            ju = u0 + (c * body.pan_x - s * body.pan_y) * per_cell
            jv = v0 + (s * body.pan_x + c * body.pan_y) * per_cell
            cp, sp = cos_sin(yaw + pan)
            for i in range(screen.shape[0]):
                u = ju + (cp * screen[i, 0] - sp * screen[i, 1]) * per_cell
                v = jv + (sp * screen[i, 0] + cp * screen[i, 1]) * per_cell
                d = interpolate(distance, u, v) + correction - screen[i, 2]
                if d < nearest:
                    nearest = d
                    at_u = u
                    at_v = v
        if nearest < matters:
            beside = _beside(distance, at_u, at_v, c, s)
        if beside != 0:
            limit = min(nearest + slack, matters)
            for i in range(base.shape[0]):
                if here - base[i, 3] >= limit:
                    break
                if beside * base[i, 1] > 0.0:
                    continue  # a disc on this side
                u = u0 + (c * base[i, 0] - s * base[i, 1]) * per_cell
                v = v0 + (s * base[i, 0] + c * base[i, 1]) * per_cell
                d = interpolate(distance, u, v) + correction - base[i, 2]
                if d < limit and _beside(distance, u, v, c, s) == -beside:
                    limit = d
                    other = d
    return nearest, beside, other


@inline_kernel
def _beside(distance: np.ndarray, u: float, v: float, c: float, s: float) -> int:
    """1 if the nearest thing to (u, v) in the grid lies left of a heading with cosine c and sine s, -1 right, 0 ahead or behind."""
    rows, cols = distance.shape
    u = min(max(u, 0.0), cols - 1.001)
    v = min(max(v, 0.0), rows - 1.001)
    col = int(u)
    row = int(v)
    fu = u - col
    fv = v - row
    low = distance[row, col + 1] - distance[row, col]
    high = distance[row + 1, col + 1] - distance[row + 1, col]
    gx = low + fv * (high - low)
    low = distance[row + 1, col] - distance[row, col]
    high = distance[row + 1, col + 1] - distance[row, col + 1]
    gy = low + fu * (high - low)
    left = s * gx - c * gy
    if left * left < BESIDE * BESIDE * (gx * gx + gy * gy):
        return 0
    return 1 if left > 0.0 else -1
