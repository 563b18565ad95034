"""How long to go at a pace so that, braking included, exactly so much way or turn is made."""

from __future__ import annotations

import numpy as np

from astro_nav_common.jit import kernel
from astro_nav_local.rollout import ALPHA, A, V, W
from astro_nav_local.trajectory_space import Limits, plan_profile, way_until_rest


@kernel
def pace_time(v: float, w: float, left: float, start: np.ndarray, limits: Limits, longest: float) -> float:
    """How long to go for (v, w), s, so that `left` m (or rad, if v is zero) have been made when rest is reached; at most `longest`."""
    if v != 0.0:
        return _time_for(0, v, w, np.sign(v) * left, start, limits, longest)
    return _time_for(1, v, w, np.sign(w) * left, start, limits, longest)


@kernel
def turning_pace(
    way: float, w: float, turn: float, start: np.ndarray, limits: Limits, longest: float
) -> tuple[float, float]:
    """(v, t): going for (v, w) for t s, then for rest, makes `way` m and `turn` rad, as nearly as v's limits and `longest` s allow.

    Args:
        w: rad/s, of the turn's sign.
        start: (COLUMNS,).
    """
    low, high = limits.v_min, limits.v_max
    t = 0.0
    for _ in range(14):
        v = 0.5 * (low + high)
        t = _time_for(1, v, w, turn, start, limits, longest)
        if _made_until_rest(v, w, t, start, limits)[0] < way:
            low = v
        else:
            high = v
    return 0.5 * (low + high), t


@kernel
def _time_for(part: int, v: float, w: float, wanted: float, start: np.ndarray, limits: Limits, longest: float) -> float:
    """How long to go for (v, w), s, so that `wanted` m (part 0) or rad (part 1) have been made when rest is reached; at most `longest`."""
    sign = np.sign(w) if part else np.sign(v)
    low, high = 0.0, longest
    if sign * (_made_until_rest(v, w, 0.0, start, limits)[part] - wanted) >= 0.0:
        return 0.0
    if sign * (_made_until_rest(v, w, longest, start, limits)[part] - wanted) <= 0.0:
        return longest
    for _ in range(20):
        middle = 0.5 * (low + high)
        if sign * (_made_until_rest(v, w, middle, start, limits)[part] - wanted) < 0.0:
            low = middle
        else:
            high = middle
    return low


@kernel
def _made_until_rest(v: float, w: float, t_switch: float, start: np.ndarray, limits: Limits) -> tuple[float, float]:
    """m along the way and rad made by going for (v, w) until t_switch, then for rest. start: (COLUMNS,)."""
    half = 0.5 * limits.track
    way = 0.0
    turn = 0.0
    for i in range(2):
        side = half * (2 * i - 1)
        first = plan_profile(
            start[V] + side * start[W],
            start[A] + side * start[ALPHA],
            v + side * w,
            limits.wheel_accel,
            limits.wheel_jerk,
        )
        made = way_until_rest(first, t_switch, limits)
        way += 0.5 * made
        turn += made * (2 * i - 1) / limits.track
    return way, turn
