"""Tracking of a plan: its reference at a time, and the feedback law that closes in on it.

Source of the law: A. De Luca, G. Oriolo, M. Vendittelli, "Control of wheeled mobile robots: an experimental overview",
2001, nonlinear design; errors die out along the way driven, forwards, backwards and turning on the spot.

Feedback and its bounds are proportional to the planned speed. So the path that the robot takes back to the plan does not depend
on how fast it is driven, a slowed robot drives the same path, and a plan that stands still is not fiddled with.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from astro_nav_common.jit import kernel
from astro_nav_common.robot import RobotParams
from astro_nav_common.types import Trajectory
from astro_nav_reactive.params import GuardParams

#: the tracker's heading leaves the plan's by at most about this to close in sideways, rad
_APPROACH_ANGLE = 0.5


class Law(NamedTuple):
    """Numbers of the tracking law: gains, bounds on the correction, limits of the robot (see `GuardParams`, `RobotParams`)."""

    stiffness: float
    damping: float
    correction: float
    lag: float
    track: float
    v_max: float
    v_reverse: float
    w_max: float
    wheel_max: float
    centripetal_max: float

    @classmethod
    def of(cls, params: GuardParams, robot: RobotParams) -> Law:
        """The law for a robot."""
        return cls(
            params.tracking_stiffness, params.tracking_damping, params.correction, robot.actuation_time_constant,
            robot.track, robot.v_max, robot.v_reverse, robot.w_max, robot.wheel_speed_max, robot.centripetal_max,
        )  # fmt: skip


def pack(plan: Trajectory) -> np.ndarray:
    """The plan as one array (T, 9): t, x, y, yaw, v, w, a, alpha, screen_yaw."""
    columns = (plan.t, plan.x, plan.y, plan.yaw, plan.v, plan.w, plan.a, plan.alpha, plan.screen_yaw)
    return np.ascontiguousarray(np.column_stack(columns), dtype=np.float64)


@kernel
def _cubic(f: float, h: float, p0: float, d0: float, p1: float, d1: float) -> float:
    """Hermite interpolation at f in [0, 1] of an interval of length h, between values p with derivatives d."""
    g = 1.0 - f
    return g * g * ((1.0 + 2.0 * f) * p0 + f * h * d0) + f * f * ((3.0 - 2.0 * f) * p1 - g * h * d1)


@kernel
def sample(plan: np.ndarray, t: float) -> tuple[float, float, float, float, float, float]:
    """(x, y, yaw, v, w, screen_yaw) at t: smooth between the samples, held before the first, at rest after the last."""
    last = plan.shape[0] - 1
    if t >= plan[last, 0]:
        return plan[last, 1], plan[last, 2], plan[last, 3], 0.0, 0.0, plan[last, 8]
    i = min(max(int(np.searchsorted(plan[:, 0], t, side="right")) - 1, 0), last - 1)
    p, q = plan[i], plan[i + 1]
    h = q[0] - p[0]
    f = max((t - p[0]) / h, 0.0)
    x = _cubic(f, h, p[1], p[4] * math.cos(p[3]), q[1], q[4] * math.cos(q[3]))
    y = _cubic(f, h, p[2], p[4] * math.sin(p[3]), q[2], q[4] * math.sin(q[3]))
    yaw = _cubic(f, h, p[3], p[5], q[3], q[5])
    v = _cubic(f, h, p[4], p[6], q[4], q[6])
    w = _cubic(f, h, p[5], p[7], q[5], q[7])
    return x, y, yaw, v, w, p[8] + f * (q[8] - p[8])


@kernel
def feedback(plan: np.ndarray, t: float, x: float, y: float, yaw: float, law: Law) -> tuple[float, float]:
    """(v, w) to command for a robot that is at (x, y, yaw) when the command takes effect, at time t of the plan.

    The planned speeds are taken one time constant of the base later, which cancels its lag.
    """
    rx, ry, ryaw, _, _, _ = sample(plan, t)
    _, _, _, v, w, _ = sample(plan, t + law.lag)
    speed = abs(v) + 0.5 * law.track * abs(w)
    c, s = math.cos(yaw), math.sin(yaw)
    ahead = c * (rx - x) + s * (ry - y)
    side = -s * (rx - x) + c * (ry - y)
    turn = math.pi - (math.pi - (ryaw - yaw)) % (2.0 * math.pi)

    gain = 2.0 * law.damping * math.sqrt(w * w + (law.stiffness * v) ** 2)
    side_max = _APPROACH_ANGLE * 2.0 * law.damping / law.stiffness
    side = min(max(side, -side_max), side_max)
    sinc = math.sin(turn) / turn if abs(turn) > 1e-6 else 1.0
    dv = v * (math.cos(turn) - 1.0) + gain * ahead
    dw = law.stiffness**2 * v * sinc * side + gain * turn
    bound_v = law.correction * speed
    bound_w = bound_v / (0.5 * law.track)
    v += min(max(dv, -bound_v), bound_v)
    w += min(max(dw, -bound_w), bound_w)
    return limited(v, w, law)


@kernel
def limited(v: float, w: float, law: Law) -> tuple[float, float]:
    """(v, w) within the robot's limits of speed, yaw rate, wheel speed and centripetal acceleration, on the same curve."""
    share = 1.0
    limit = law.v_max if v > 0.0 else law.v_reverse
    if abs(v) > limit:
        share = limit / abs(v)
    if abs(w) * share > law.w_max:
        share = law.w_max / abs(w)
    wheel = abs(v) + 0.5 * law.track * abs(w)
    if wheel * share > law.wheel_max:
        share = law.wheel_max / wheel
    if abs(v * w) * share * share > law.centripetal_max:
        share = math.sqrt(law.centripetal_max / abs(v * w))
    return v * share, w * share


@kernel
def nearest_time(plan: np.ndarray, low: float, high: float, x: float, y: float, yaw: float) -> float:
    """The time in [low, high] at which the plan is nearest to a pose (1 rad counts as 0.2 m); the latest of equals."""
    best, found = np.inf, high
    for i in range(11):
        t = high + (low - high) * i / 10.0
        rx, ry, ryaw, _, _, _ = sample(plan, t)
        turn = math.pi - (math.pi - (ryaw - yaw)) % (2.0 * math.pi)
        d = (rx - x) ** 2 + (ry - y) ** 2 + 0.04 * turn * turn
        if d < best - 1e-9:
            best, found = d, t
    return found
