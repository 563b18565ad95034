"""How the robot came to rest, from the truth; and how it should have."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from astro_nav_common.robot import RobotParams
from astro_nav_sim.metrics import path_length, rms_jerk

#: slower than this is at rest, m/s and rad/s, for as long as REST_TIME, s
REST_V, REST_W, REST_TIME = 0.02, 0.05, 0.2
#: s by which a fault may be found out later than at once
GRACE = 0.3


class Stop(NamedTuple):
    """From a moment on until rest: s, m, m/s^2 (largest deceleration over 0.1 s), m/s^3; NaN if it did not come to rest."""

    time: float
    distance: float
    deceleration: float
    jerk: float


def stop_after(rows: Sequence[Sequence[float]], t: float, rest_v: float = REST_V) -> Stop:
    """The stop that follows on time t.

    Args:
        rows: (t s, x m, y m, yaw rad, v m/s, w rad/s), equally spaced, in order.
        t: s.
        rest_v: slower than this is at rest, m/s.
    """
    path = np.array([row for row in rows if row[0] >= t], float).reshape(-1, 6)
    end = rest_index(path, rest_v)
    if end is None:
        return Stop(math.nan, math.nan, math.nan, math.nan)
    stop = path[: end + 1]
    dt = float(np.median(np.diff(path[:, 0])))
    wide = max(1, round(0.1 / dt))
    changes = (stop[wide:, 4] - stop[:-wide, 4]) / (wide * dt)
    return Stop(
        float(stop[-1, 0] - t), path_length(stop[:, 1:3]), float(-changes.min(initial=0.0)), rms_jerk(stop[:, 4], dt)
    )


def rest_index(path: np.ndarray, rest_v: float) -> int | None:
    """Index of the first row from which on the robot rests for REST_TIME; None if there is none."""
    resting = (np.abs(path[:, 4]) < rest_v) & (np.abs(path[:, 5]) < REST_W)
    for start in np.flatnonzero(resting):
        later = path[:, 0] >= path[start, 0] + REST_TIME
        if not later.any():
            return None
        if resting[start : int(np.argmax(later)) + 1].all():
            return int(start)
    return None


def braking(robot: RobotParams, speed: float) -> tuple[float, float]:
    """(s, m) that a smooth stop takes from a speed, m/s, commanded at once: delay and lag of the base, jerk-limited ramp."""
    delay = robot.actuation_delay + robot.actuation_time_constant
    ease = robot.wheel_accel_max / robot.wheel_jerk_max
    time = speed / robot.wheel_accel_max + ease
    return delay + time, speed * delay + 0.5 * speed * time


def allowed(robot: RobotParams, speed: float) -> tuple[float, float]:
    """(s, m) within which the robot must be at rest after a fault at a speed, m/s: a smooth stop begun GRACE late."""
    time, distance = braking(robot, speed)
    return time + GRACE, distance + speed * GRACE
