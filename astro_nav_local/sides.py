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

#: The map shows things further away than they are by about this much, m: it holds points, and what is between them is missing.
MAP_GROWTH = -0.003
#: A thing lies beside the robot, not ahead or behind, if its direction is this far to the left or right (sine of the angle to the axis).
BESIDE = 0.5


@inline_kernel
def static_sides(  # type: ignore[no-untyped-def]
    x: float, y: float, c: float, s: float, pan: float, distance: np.ndarray, frame: Frame, base: np.ndarray, screen: np.ndarray, body: Body,
    enough: float, matters: float, slack: float,
):  # fmt: skip
    """Signed distances of the footprint to the static map, m.

    The distance field changes by at most a metre a metre, so its value at the base's origin bounds that at every disc: discs come sorted by
    reach, and the first one that cannot be nearer than the best so far ends a search. Its slope at a disc says where the thing is.

    Args:
        c, s: cosine and sine of the heading.
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
        cu, su = c * per_cell, s * per_cell
        of_base = -1
        for i in range(base.shape[0]):
            if here - base[i, 3] >= nearest:
                break
            d = _disc(base, i, u0, v0, cu, su, distance, correction)
            if d < nearest:
                nearest = d
                of_base = i
        ju = u0 + cu * body.pan_x - su * body.pan_y
        jv = v0 + su * body.pan_x + cu * body.pan_y
        cp, sp = cu, su
        of_screen = -1
        if screen.shape[0] > 0 and abs(pan) > body.pan_inside and here - body.screen_reach < nearest:
            c_pan, s_pan = cos_sin(pan)
            cp = cu * c_pan - su * s_pan
            sp = su * c_pan + cu * s_pan
            for i in range(screen.shape[0]):
                d = _disc(screen, i, ju, jv, cp, sp, distance, correction)
                if d < nearest:
                    nearest = d
                    of_screen = i
        if nearest < matters:
            if of_screen < 0:
                u, v = _center(base, of_base, u0, v0, cu, su)
            else:
                u, v = _center(screen, of_screen, ju, jv, cp, sp)
            beside = _beside(distance, u, v, c, s)
        if beside != 0:
            limit = min(nearest + slack, matters)
            for i in range(base.shape[0]):
                if here - base[i, 3] >= limit:
                    break
                if beside * base[i, 1] > 0.0:
                    continue  # a disc on this side
                u, v = _center(base, i, u0, v0, cu, su)
                d = interpolate(distance, u, v) + correction - base[i, 2]
                if d < limit and _beside(distance, u, v, c, s) == -beside:
                    limit = d
                    other = d
    return nearest, beside, other


@inline_kernel
def _center(discs: np.ndarray, i: int, u: float, v: float, c: float, s: float) -> tuple[float, float]:
    """Where disc i is in the grid when its frame's origin is at (u, v), turned by c and s, in cells a metre."""
    return u + (c * discs[i, 0] - s * discs[i, 1]), v + (s * discs[i, 0] + c * discs[i, 1])


@inline_kernel
def _disc(
    discs: np.ndarray, i: int, u: float, v: float, c: float, s: float, distance: np.ndarray, correction: float
) -> float:
    """Distance of disc i to the nearest thing, m; see `_center`."""
    at_u, at_v = _center(discs, i, u, v, c, s)
    return interpolate(distance, at_u, at_v) + correction - discs[i, 2]


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
