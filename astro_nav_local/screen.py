"""The pan screen looks where the robot will be heading: a jerk-limited pan profile beside the base's trajectory."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from astro_nav_common.jit import inline_kernel, lean_kernel
from astro_nav_common.robot import RobotParams
from astro_nav_local.rollout import PAN, YAW


class PanLimits(NamedTuple):
    """Angle, rate, acceleration and jerk limits of the pan joint, rad and s; lead: how far ahead it looks, s."""

    angle: float
    rate: float
    accel: float
    jerk: float
    lead: float

    @classmethod
    def of(cls, robot: RobotParams, lead: float) -> PanLimits:
        """Limits of a robot's screen."""
        return cls(robot.pan_limit, robot.pan_rate_max, robot.pan_accel_max, robot.pan_jerk_max, lead)


@inline_kernel
def _chase(
    wanted: float, angle: float, rate: float, accel: float, limits: PanLimits, step: float
) -> tuple[float, float, float]:
    """Angle, rate and acceleration of the joint a step later."""
    wanted = min(max(wanted, -limits.angle), limits.angle)
    wanted_rate = min(max(4.0 * (wanted - angle), -limits.rate), limits.rate)
    wanted_accel = min(max(8.0 * (wanted_rate - rate), -limits.accel), limits.accel)
    accel += min(max(wanted_accel - accel, -limits.jerk * step), limits.jerk * step)
    rate = min(max(rate + accel * step, -limits.rate), limits.rate)
    return min(max(angle + rate * step, -limits.angle), limits.angle), rate, accel


@lean_kernel
def pan_screen(states: np.ndarray, start: np.ndarray, limits: PanLimits, step: float) -> None:
    """Fill PAN of a rollout (T + 1, COLUMNS) from its headings.

    The joint chases the heading at t + lead, relative to the base. The chase is a critically damped third-order filter whose
    rate, acceleration and jerk are clipped, and whose angle is stopped in time at the joint's end: limits hold by construction.

    Args:
        start: (3,) pan angle, rate and acceleration at t_effect.
    """
    count = states.shape[0] - 1
    ahead = int(round(limits.lead / step))
    angle, rate, accel = start[0], start[1], start[2]
    states[0, PAN] = angle
    for k in range(1, count + 1):
        wanted = states[min(k + ahead, count), YAW] - states[k, YAW]
        angle, rate, accel = _chase(wanted, angle, rate, accel, limits, step)
        states[k, PAN] = angle


@lean_kernel
def pan_screens(
    rollouts: np.ndarray, start: np.ndarray, limits: PanLimits, step: float, count: int, joints: np.ndarray
) -> None:
    """`pan_screen` of the first `count` of `rollouts` (B, COLUMNS, T + 1): side by side, for one would mostly wait for itself.

    Args:
        joints: (3, B) work space.
    """
    last = rollouts.shape[2] - 1
    ahead = int(round(limits.lead / step))
    for b in range(count):
        for i in range(3):
            joints[i, b] = start[i]
        rollouts[b, PAN, 0] = start[0]
    for k in range(1, last + 1):
        look = min(k + ahead, last)
        for b in range(count):
            wanted = rollouts[b, YAW, look] - rollouts[b, YAW, k]
            angle, rate, accel = _chase(wanted, joints[0, b], joints[1, b], joints[2, b], limits, step)
            joints[0, b] = angle
            joints[1, b] = rate
            joints[2, b] = accel
            rollouts[b, PAN, k] = angle
