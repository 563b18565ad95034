"""From a parameter vector to the states it stands for."""

from __future__ import annotations

import math

import numpy as np

from astro_nav_common.jit import kernel
from astro_nav_local.trajectory_space import Limits, follow_profile, plan_profile, targets

#: columns of a rollout (T + 1, COLUMNS); row 0 is the start
X, Y, YAW, V, W, A, ALPHA, PAN = range(8)
COLUMNS = 8


@kernel
def rollout(theta: np.ndarray, start: np.ndarray, limits: Limits, step: float, out: np.ndarray) -> float:
    """Fill the base's columns of `out` with the trajectory of one parameter vector.

    Args:
        theta: (5,) in the unit cube.
        start: (COLUMNS,) state at t_effect; V, W, A, ALPHA are split into wheels.
        limits: the base's limits.
        step: s between rows.
        out: (T + 1, COLUMNS), overwritten but for PAN.

    Returns:
        The largest relative violation of the body's limits (speed, yaw rate, centripetal) on the way; the wheels' cannot be violated.
    """
    count = out.shape[0] - 1
    half = 0.5 * limits.track
    left1, right1, left2, right2, t_switch = targets(theta, limits, count * step)
    left = plan_profile(
        start[V] - half * start[W], start[A] - half * start[ALPHA], left1, limits.wheel_accel, limits.wheel_jerk
    )
    right = plan_profile(
        start[V] + half * start[W], start[A] + half * start[ALPHA], right1, limits.wheel_accel, limits.wheel_jerk
    )
    sl, vl, al = follow_profile(left, t_switch)
    sr, vr, ar = follow_profile(right, t_switch)
    left_after = plan_profile(vl, al, left2, limits.wheel_accel, limits.wheel_jerk)
    right_after = plan_profile(vr, ar, right2, limits.wheel_accel, limits.wheel_jerk)
    for c in range(PAN):
        out[0, c] = start[c]
    x, y, yaw0 = start[X], start[Y], start[YAW]
    last_l = 0.0
    last_r = 0.0
    worst = 0.0
    for k in range(1, count + 1):
        t = k * step
        if t <= t_switch:
            dl, vl, al = follow_profile(left, t)
            dr, vr, ar = follow_profile(right, t)
        else:
            dl, vl, al = follow_profile(left_after, t - t_switch)
            dr, vr, ar = follow_profile(right_after, t - t_switch)
            dl += sl
            dr += sr
        middle = yaw0 + 0.5 * ((dr - dl) + (last_r - last_l)) / limits.track
        ds = 0.5 * ((dl - last_l) + (dr - last_r))
        x += ds * math.cos(middle)
        y += ds * math.sin(middle)
        last_l = dl
        last_r = dr
        v = 0.5 * (vl + vr)
        w = (vr - vl) / limits.track
        out[k, X] = x
        out[k, Y] = y
        out[k, YAW] = yaw0 + (dr - dl) / limits.track
        out[k, V] = v
        out[k, W] = w
        out[k, A] = 0.5 * (al + ar)
        out[k, ALPHA] = (ar - al) / limits.track
        # what the start already violates is not the candidate's fault, so excess is measured against it
        over_v = v - max(limits.v_max, start[V])
        under_v = min(limits.v_min, start[V]) - v
        over_w = (abs(w) - max(limits.w_max, abs(start[W]))) * half
        over_c = (abs(v * w) - max(limits.centripetal, abs(start[V] * start[W]))) * 0.5
        worst = max(worst, over_v, under_v, over_w, over_c)
    return worst
