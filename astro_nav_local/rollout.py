"""From a parameter vector to the states it stands for."""

from __future__ import annotations

import math

import numpy as np

from astro_nav_common.jit import inline_kernel, lean_kernel
from astro_nav_common.trig import cos_sin
from astro_nav_local.final_turn import NEAR, TURNING, turn_time
from astro_nav_local.goal import Goal
from astro_nav_local.trajectory_space import Limits, Profile, follow_profile, plan_profile, targets

#: columns of a rollout (T + 1, COLUMNS); row 0 is the start; `survive` keeps cosine and sine of YAW in the last two
X, Y, YAW, V, W, A, ALPHA, PAN, COS, SIN = range(10)
COLUMNS = 10


def empty_rollout(steps: int) -> np.ndarray:
    """(T + 1, COLUMNS) zeros, column after column in memory, as it is fastest."""
    return np.zeros((COLUMNS, steps + 1)).T


@lean_kernel
def rollout(theta: np.ndarray, start: np.ndarray, limits: Limits, step: float, out: np.ndarray) -> float:
    """Fill the base's columns of `out` with the trajectory of one parameter vector.

    Args:
        theta: (5,) in the unit cube.
        start: (COLUMNS,) state at t_effect; V, W, A, ALPHA are split into wheels.
        limits: the base's limits.
        step: s between rows.
        out: (T + 1, COLUMNS), overwritten but for PAN; see `empty_rollout`.

    Returns:
        The largest relative violation of the body's limits (speed, yaw rate, centripetal) on the way; the wheels' cannot be violated.
    """
    return rollout_to(theta, start, limits, step, Goal(0.0, 0.0, 0.0, False, False), NEAR, out)


@lean_kernel
def rollout_to(
    theta: np.ndarray, start: np.ndarray, limits: Limits, step: float, goal: Goal, near: float, out: np.ndarray
) -> float:
    """As `rollout`, but a turn that ends at a goal whose heading matters, and in about this heading, is taken off to rest: see `final_turn`.

    One that would end up to `TOO_FAR` rad too far is taken off at once. The rest may lie beyond the horizon.

    Args:
        near: m from the goal that are at it.
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
    t_rest = math.inf
    if goal.heading and abs(right2 - left2) > TURNING * limits.track:
        turn = goal.yaw - start[YAW] - (sr - sl) / limits.track
        t_rest = turn_time(left_after, right_after, turn, count * step - t_switch, limits)
    if t_rest < math.inf:
        _follow(left, left_after, t_switch, sl, step, out, X, V, A)
        _follow(right, right_after, t_switch, sr, step, out, YAW, W, ALPHA)
        _rest(left_after, t_rest, t_switch, sl, limits, step, out, X, V, A)
        _rest(right_after, t_rest, t_switch, sr, limits, step, out, YAW, W, ALPHA)
        _body_motion(start, limits, out)
        dx = out[count, X] - goal.x
        dy = out[count, Y] - goal.y
        if dx * dx + dy * dy <= near * near:
            return _violation(start, limits, out)
    _follow(left, left_after, t_switch, sl, step, out, X, V, A)
    _follow(right, right_after, t_switch, sr, step, out, YAW, W, ALPHA)
    _body_motion(start, limits, out)
    return _violation(start, limits, out)


@inline_kernel
def _body_motion(start: np.ndarray, limits: Limits, out: np.ndarray) -> None:
    """From the wheels' motions in the columns to that of the body."""
    _wheels_to_body(out, X, YAW, limits.track)
    _wheels_to_body(out, V, W, limits.track)
    _wheels_to_body(out, A, ALPHA, limits.track)
    _integrate(start[X], start[Y], start[YAW], out)


@inline_kernel
def _rest(
    wheel: Profile, t: float, begun: float, way: float, limits: Limits, step: float, out: np.ndarray, s: int, v: int, a: int
) -> None:  # fmt: skip
    """As `_follow`: from t s on a profile on, which began at the time `begun` after a way of `way` m, the way to rest."""
    made, speed, accel = follow_profile(wheel, t)
    rest = plan_profile(speed, accel, 0.0, limits.wheel_accel, limits.wheel_jerk)
    for k in range(int((begun + t) / step) + 1, out.shape[0]):
        ds, out[k, v], out[k, a] = follow_profile(rest, k * step - begun - t)
        out[k, s] = way + made + ds


@inline_kernel
def _follow(
    before: Profile, after: Profile, switch: float, way: float, step: float, out: np.ndarray, s: int, v: int, a: int
) -> None:
    """Way, speed and acceleration of a wheel into three columns: until the time `switch` on the first profile, then on the second.

    One wheel at a time: loops that write more columns are not vectorised, for there would be too many pairs that might overlap.
    """
    for k in range(1, out.shape[0]):
        t = k * step
        first = t <= switch
        ds, dv, da = follow_profile(before if first else after, t if first else t - switch)
        out[k, s] = ds if first else ds + way
        out[k, v] = dv
        out[k, a] = da


@inline_kernel
def _wheels_to_body(out: np.ndarray, left: int, right: int, track: float) -> None:
    """Two columns of the wheels' become the body's: its mean, and its turning by the difference."""
    for k in range(1, out.shape[0]):
        mean = 0.5 * (out[k, left] + out[k, right])
        out[k, right] = (out[k, right] - out[k, left]) / track
        out[k, left] = mean


@inline_kernel
def _integrate(x: float, y: float, yaw: float, out: np.ndarray) -> None:
    """From ways and turns to poses, at mid-step headings. In short loops, each of which is vectorised."""
    out[0, X] = 0.0
    out[0, YAW] = 0.0
    for k in range(1, out.shape[0]):
        out[k, Y] = out[k, X] - out[k - 1, X]
    for k in range(1, out.shape[0]):
        c, s = cos_sin(yaw + 0.5 * (out[k, YAW] + out[k - 1, YAW]))
        out[k, X] = out[k, Y] * c
        out[k, Y] = out[k, Y] * s
    out[0, X] = x
    out[0, YAW] = yaw
    for k in range(1, out.shape[0]):
        x += out[k, X]
        y += out[k, Y]
        out[k, X] = x
        out[k, Y] = y
        out[k, YAW] += yaw


@inline_kernel
def _violation(start: np.ndarray, limits: Limits, out: np.ndarray) -> float:
    """See `rollout`. What the start already violates is not the candidate's fault, so excess is measured against it."""
    v_high = limits.v_max
    v_low = limits.v_min
    w_high = limits.w_max
    c_high = limits.centripetal
    for k in range(1, out.shape[0]):
        v = out[k, V]
        w = out[k, W]
        v_high = max(v_high, v)
        v_low = min(v_low, v)
        w_high = max(w_high, abs(w))
        c_high = max(c_high, abs(v * w))
    over_v = v_high - max(limits.v_max, start[V])
    under_v = min(limits.v_min, start[V]) - v_low
    over_w = (w_high - max(limits.w_max, abs(start[W]))) * 0.5 * limits.track
    over_c = (c_high - max(limits.centripetal, abs(start[V] * start[W]))) * 0.5
    return max(0.0, over_v, under_v, over_w, over_c)
