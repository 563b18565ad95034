"""The motion being executed, as a path for the sweep: what is commanded already, then what the tracking will do.

A path is an array (CAPACITY, 7) of poses in odom at most `SPACING` of swept distance apart, one a row:
X, Y, YAW; SCREEN: pan angle, rad; RIM: distance on the rim of the faster wheel, m; SWEPT: a bound on the distance that any point
of the footprint has moved, m; TIME: s. RIM and TIME are zero where a command sent now takes effect, and negative before.
"""

from __future__ import annotations

import numpy as np

from astro_nav_common.diff_drive import arc_step
from astro_nav_common.jit import kernel
from astro_nav_reactive.tracking import Law, feedback, sample

X, Y, YAW, SCREEN, RIM, SWEPT, TIME = range(7)
CAPACITY = 384
SPACING = 0.02
_STEP_MIN, _STEP_MAX = 0.005, 0.05
#: derivatives of speeds are means over this time ahead: the acceleration is taken off before the plan takes its off, s
_RATE_OVER = 0.12


@kernel
def roll_out(
    path: np.ndarray, start: int, plan: np.ndarray, t: float, duration: float, radius: float, law: Law
) -> tuple[float, float, float, float, int]:
    """Continue a path by following a plan for some time.

    Args:
        path: rows 0 ... start - 1 are filled; the motion goes on from the last of them.
        start: rows filled.
        plan: packed plan.
        t: time of the plan that the last row corresponds to, s.
        duration: s.
        radius: circumscribed radius of the footprint, m.
        law: the tracking law.

    Returns:
        (v, w) that the tracking commands at the start, their mean derivatives over the next moments, and the number of rows.
    """
    n = start
    x, y, yaw = path[n - 1, X], path[n - 1, Y], path[n - 1, YAW]
    v_first, w_first = feedback(plan, t, x, y, yaw, law)
    v, w = v_first, w_first
    a, alpha = 0.0, 0.0
    gone = 0.0
    end = min(duration, plan[plan.shape[0] - 1, 0] - t)
    while gone < end and n < path.shape[0]:
        swept = abs(v) + radius * abs(w)
        dt = min(max(SPACING / max(swept, 1e-6), _STEP_MIN), _STEP_MAX, end - gone + 1e-9)
        x, y, yaw = arc_step(x, y, yaw, v, w, dt)
        gone += dt
        _, _, _, _, _, screen = sample(plan, t + gone)
        _append(path, n, x, y, yaw, screen, (abs(v) + 0.5 * law.track * abs(w)) * dt, swept * dt, dt)
        v, w = feedback(plan, t + gone, x, y, yaw, law)
        if gone <= _RATE_OVER or n == start:
            a, alpha = (v - v_first) / gone, (w - w_first) / gone
        n += 1
    return v_first, w_first, a, alpha, n


@kernel
def roll_on(path: np.ndarray, start: int, v: float, w: float, duration: float, radius: float, track: float) -> int:
    """Continue a path at constant speeds for some time. Returns the number of rows."""
    n = start
    gone = 0.0
    swept = abs(v) + radius * abs(w)
    dt = min(max(SPACING / max(swept, 1e-6), _STEP_MIN), _STEP_MAX)
    while gone < duration and n < path.shape[0]:
        x, y, yaw = arc_step(path[n - 1, X], path[n - 1, Y], path[n - 1, YAW], v, w, dt)
        gone += dt
        _append(path, n, x, y, yaw, path[n - 1, SCREEN], (abs(v) + 0.5 * track * abs(w)) * dt, swept * dt, dt)
        n += 1
    return n


@kernel
def _append(path, n, x, y, yaw, screen, rim, swept, dt) -> None:  # type: ignore[no-untyped-def]
    path[n, X], path[n, Y], path[n, YAW], path[n, SCREEN] = x, y, yaw, screen
    path[n, RIM] = path[n - 1, RIM] + rim
    path[n, SWEPT] = path[n - 1, SWEPT] + swept
    path[n, TIME] = path[n - 1, TIME] + dt
