"""Informed candidates: motions along the steepest descent of the navigation function, at several speeds and reaches.

In five dimensions a few hundred low-discrepancy samples are far apart. The navigation function already knows the way, so a few dozen
candidates are made to follow it: an arc to a point on the way, then an arc from there to a point further on (pure pursuit, twice);
turning to face the way and then driving; and backing off before either.
"""

from __future__ import annotations

import math

import numpy as np

from astro_nav_common.jit import kernel
from astro_nav_local.goal import Goal
from astro_nav_local.rollout import V
from astro_nav_local.scene import Frame
from astro_nav_local.trajectory_space import SWITCH_SPAN, Limits, yaw_rate_limit

#: Points on the way that the first arc aims at, and how much further the second does, as shares of the way driven in the horizon.
FIRST_REACH = (0.12, 0.25, 0.45, 0.7)
SECOND_REACH = (0.2, 0.45)
#: Speeds, as shares of the greatest.
SPEEDS = (0.3, 0.55, 0.8, 1.0)
#: Turning on the spot: to face points this far on the way, m, at these shares of the greatest rate; then on along an arc to points
#: that much further, m, at these shares of the greatest speed.
TURN_REACH = (0.3, 0.7)
TURN_FURTHER = (0.3, 1.0)
TURN_RATES = (0.35, 0.8)
TURN_SPEEDS = (0.25, 0.6)
#: Backing off, offered only where the robot is slow: at these yaw rates, for these times, s; then on at these speeds and rates (shares).
BACK_RATES, BACK_TIMES = (-0.8, 0.0, 0.8), (0.5, 1.0)
BACK_SPEEDS, BACK_BENDS = (0.4, 0.8), (-0.9, -0.35, 0.35, 0.9)
SLOW = 0.2  # m/s
COUNT = (
    len(BACK_RATES) * len(BACK_TIMES) * len(BACK_SPEEDS) * len(BACK_BENDS)
    + len(FIRST_REACH) * len(SECOND_REACH) * len(SPEEDS)
    + len(TURN_REACH) * len(TURN_FURTHER) * len(TURN_RATES) * len(TURN_SPEEDS)
)
STEP = 0.05  # m, of the descent
_POINTS = 80


@kernel
def descend(x: float, y: float, to_go: np.ndarray, frame: Frame, goal: Goal, way: np.ndarray) -> int:
    """Points (N, 2) of the steepest descent of the navigation function from (x, y), `STEP` m apart; their number.

    Moves to the lowest of the cells two away and straightens what the grid's directions make of it by averaging.
    """
    rows, cols = to_go.shape
    way[0, 0] = x
    way[0, 1] = y
    count = 1
    col = int((x - frame.origin_x) / frame.resolution)
    row = int((y - frame.origin_y) / frame.resolution)
    while count < way.shape[0]:
        best = np.float32(np.inf)
        best_row = row
        best_col = col
        for i in range(-2, 3):
            for j in range(-2, 3):
                r = row + i
                c = col + j
                if 0 <= r < rows and 0 <= c < cols:
                    lower = to_go[r, c] + np.float32(0.0)
                    if lower < best:
                        best = lower
                        best_row = r
                        best_col = c
        if best_row == row and best_col == col:
            break
        tx = frame.origin_x + (best_col + 0.5) * frame.resolution
        ty = frame.origin_y + (best_row + 0.5) * frame.resolution
        away = math.hypot(tx - way[count - 1, 0], ty - way[count - 1, 1])
        pieces = max(int(away / STEP + 0.5), 1)
        from_x = way[count - 1, 0]
        from_y = way[count - 1, 1]
        for k in range(1, pieces + 1):
            if count == way.shape[0]:
                break
            way[count, 0] = from_x + (tx - from_x) * k / pieces
            way[count, 1] = from_y + (ty - from_y) * k / pieces
            count += 1
        row = best_row
        col = best_col
    for _ in range(4):
        for k in range(1, count - 1):
            way[k, 0] = 0.25 * way[k - 1, 0] + 0.5 * way[k, 0] + 0.25 * way[k + 1, 0]
            way[k, 1] = 0.25 * way[k - 1, 1] + 0.5 * way[k, 1] + 0.25 * way[k + 1, 1]
    if goal.final and count < way.shape[0]:
        way[count, 0] = goal.x
        way[count, 1] = goal.y
        count += 1
    return count


@kernel
def _arc_to(x: float, y: float, yaw: float, tx: float, ty: float) -> tuple[float, float, float]:
    """(curvature, length, heading change) of the arc from a pose that ends in a point; sharp ones are cut at half a turn."""
    c = math.cos(yaw)
    s = math.sin(yaw)
    ahead = c * (tx - x) + s * (ty - y)
    side = c * (ty - y) - s * (tx - x)
    chord2 = max(ahead * ahead + side * side, 1e-6)
    half = math.atan2(side, ahead)  # half of the heading change
    half = min(max(half, -1.5), 1.5)
    curvature = 2.0 * math.sin(half) / math.sqrt(chord2)
    chord = math.sqrt(chord2)
    length = chord if abs(half) < 1e-3 else chord * half / math.sin(half)
    return curvature, length, 2.0 * half


@kernel
def _set(
    out: np.ndarray, i: int, v1: float, w1: float, v2: float, w2: float, t: float, limits: Limits, horizon: float
) -> None:
    span = max(limits.v_max - limits.v_min, 1e-9)
    u1 = min(max((v1 - limits.v_min) / span, 0.0), 1.0)
    u2 = min(max((v2 - limits.v_min) / span, 0.0), 1.0)
    limit1 = max(yaw_rate_limit(limits.v_min + u1 * span, limits), 1e-9)
    limit2 = max(yaw_rate_limit(limits.v_min + u2 * span, limits), 1e-9)
    out[i, 0] = u1
    out[i, 1] = min(max(0.5 + 0.5 * w1 / limit1, 0.0), 1.0)
    out[i, 2] = u2
    out[i, 3] = min(max(0.5 + 0.5 * w2 / limit2, 0.0), 1.0)
    out[i, 4] = min(max(t / (SWITCH_SPAN * horizon), 0.0), 1.0)


@kernel
def propose(
    start: np.ndarray, limits: Limits, to_go: np.ndarray, frame: Frame, goal: Goal, horizon: float, out: np.ndarray
) -> int:
    """Fill `out` (COUNT, 5) with vectors of the unit cube; how many there are."""
    count = _back_off(limits, horizon, out) if abs(start[V]) < SLOW else 0
    way = np.empty((_POINTS, 2))
    points = descend(start[0], start[1], to_go, frame, goal, way)
    if points < 3:
        return count
    whole = max(limits.v_max, 0.05) * horizon
    for speed in SPEEDS:
        v = max(speed * limits.v_max, 0.03)
        for first in FIRST_REACH:
            i = min(max(int(first * whole / STEP), 2), points - 1)
            curvature, length, turned = _arc_to(start[0], start[1], start[2], way[i, 0], way[i, 1])
            v1 = _speed_on(v, curvature, limits)
            # the wheels take a while to get there: the arc is begun late by about half of it
            t = length / max(v1, 0.05)
            for second in SECOND_REACH:
                j = min(i + max(int(second * whole / STEP), 2), points - 1)
                w2 = 0.0
                v2 = v1 if j > i else 0.0
                if j > i:
                    bend, _, _ = _arc_to(way[i, 0], way[i, 1], start[2] + turned, way[j, 0], way[j, 1])
                    v2 = _speed_on(v, bend, limits)
                    w2 = v2 * bend
                _set(out, count, v1, v1 * curvature, v2, w2, t, limits, horizon)
                count += 1
    for reach in TURN_REACH:
        i = min(max(int(reach / STEP), 2), points - 1)
        face = math.atan2(way[i, 1] - start[1], way[i, 0] - start[0]) - start[2]
        face = (face + math.pi) % (2.0 * math.pi) - math.pi
        for further in TURN_FURTHER:
            j = min(i + max(int(further / STEP), 2), points - 1)
            bend, _, _ = _arc_to(start[0], start[1], start[2] + face, way[j, 0], way[j, 1])
            for rate in TURN_RATES:
                w1 = math.copysign(rate * limits.w_max, face)
                for speed in TURN_SPEEDS:
                    v2 = _speed_on(speed * limits.v_max, bend, limits)
                    _set(out, count, 0.0, w1, v2, v2 * bend, abs(face / w1), limits, horizon)
                    count += 1
    return count


@kernel
def _back_off(limits: Limits, horizon: float, out: np.ndarray) -> int:
    """Vectors that lead out of a place with no way on: the navigation function does not see that the robot cannot turn there."""
    count = 0
    for rate in BACK_RATES:
        for t in BACK_TIMES:
            for speed in BACK_SPEEDS:
                for bend in BACK_BENDS:
                    v = speed * limits.v_max
                    w = bend * yaw_rate_limit(v, limits)
                    _set(out, count, limits.v_min, rate * limits.w_max, v, w, t, limits, horizon)
                    count += 1
    return count


@kernel
def _speed_on(v: float, curvature: float, limits: Limits) -> float:
    """The speed up to v at which a curvature is within the limits."""
    bend = max(abs(curvature), 1e-6)
    return min(v, limits.w_max / bend, math.sqrt(limits.centripetal / bend))
