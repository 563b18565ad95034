"""The trajectory space: five numbers, each vector of them a motion the base can really make.

Each wheel follows the time-optimal jerk-limited velocity profile to a first target and, from a switching time on, to a second.
A parameter vector in the unit cube [0, 1]^5 stands for (v1, w1, v2, w2, t_switch): targets as body speed and as a fraction of the
yaw rate that is allowed at that speed, so every point of the cube keeps the limits on speed, yaw rate, wheel speed and centripetal
acceleration at the targets; wheel speed, acceleration and jerk limits hold at all times by construction. At a goal with a heading there
is a third target, rest, which needs no number: see `final_turn`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from astro_nav_common.jit import inline_kernel, lean_kernel
from astro_nav_common.robot import RobotParams

DIMENSIONS = 5
#: Switching times span this part of the horizon: later ones would leave no time for the second target to matter.
SWITCH_SPAN = 0.8


class Limits(NamedTuple):
    """The base's limits as kernels take them: m/s, rad/s, m/s^2, m/s^3; track m."""

    v_max: float
    v_min: float
    w_max: float
    wheel_speed: float
    wheel_accel: float
    wheel_jerk: float
    centripetal: float
    track: float

    @classmethod
    def of(cls, robot: RobotParams, speed_limit: float | None = None) -> Limits:
        """The limits of a robot, with forward and backward speed held to `speed_limit` m/s if given."""
        limit = robot.v_max if speed_limit is None else max(0.0, min(speed_limit, robot.v_max))
        return cls(
            limit, -min(robot.v_reverse, limit), robot.w_max, robot.wheel_speed_max, robot.wheel_accel_max,
            robot.wheel_jerk_max, robot.centripetal_max, robot.track,
        )  # fmt: skip


class Profile(NamedTuple):
    """Jerk `j` for t1, constant acceleration for t2, jerk -j for t3, constant speed from then on; from speed v0, acceleration a0."""

    v0: float
    a0: float
    j: float
    t1: float
    t2: float
    t3: float


@lean_kernel
def yaw_rate_limit(v: float, limits: Limits) -> float:
    """Largest |yaw rate| allowed at body speed v, rad/s: the joint's, the wheels' and the centripetal limit together."""
    by_wheels = 2.0 * (limits.wheel_speed - abs(v)) / limits.track
    return max(0.0, min(limits.w_max, by_wheels, limits.centripetal / max(abs(v), 1e-6)))


@inline_kernel
def speed_of(unit: float, limits: Limits) -> float:
    """Target speed for a coordinate in [0, 1]; 0 is backwards at full reverse, 1 forwards at full speed."""
    return limits.v_min + unit * (limits.v_max - limits.v_min)


@lean_kernel
def targets(theta, limits: Limits, horizon: float) -> tuple[float, float, float, float, float]:  # type: ignore[no-untyped-def]
    """(left1, right1, left2, right2, t_switch) of a parameter vector (5,) in the unit cube."""
    v1 = speed_of(theta[0], limits)
    v2 = speed_of(theta[2], limits)
    half1 = 0.5 * limits.track * (2.0 * theta[1] - 1.0) * yaw_rate_limit(v1, limits)
    half2 = 0.5 * limits.track * (2.0 * theta[3] - 1.0) * yaw_rate_limit(v2, limits)
    return v1 - half1, v1 + half1, v2 - half2, v2 + half2, theta[4] * SWITCH_SPAN * horizon


def parameters(
    v1: float, w1: float, v2: float, w2: float, t_switch: float, limits: Limits, horizon: float
) -> list[float]:
    """The vector in the unit cube nearest to the given targets: the inverse of `targets`, clipped."""
    span = max(limits.v_max - limits.v_min, 1e-9)

    def unit(value: float) -> float:
        return min(max(value, 0.0), 1.0)

    u1, u2 = unit((v1 - limits.v_min) / span), unit((v2 - limits.v_min) / span)
    turns = []
    for u, w in ((u1, w1), (u2, w2)):
        limit = yaw_rate_limit(limits.v_min + u * span, limits)
        turns.append(unit(0.5 + 0.5 * w / limit) if limit > 1e-9 else 0.5)
    return [u1, turns[0], u2, turns[1], unit(t_switch / (SWITCH_SPAN * horizon))]


@lean_kernel
def plan_profile(v0: float, a0: float, v1: float, accel: float, jerk: float) -> Profile:
    """Time-optimal profile from (v0, a0) to (v1, 0) under |a| <= accel, |jerk| <= jerk; a0 is first clipped to the limit."""
    a0 = min(max(a0, -accel), accel)
    coast = v0 + 0.5 * a0 * abs(a0) / jerk  # where the speed ends if the acceleration is taken off at once
    sign = 1.0 if v1 >= coast else -1.0
    dv = sign * (v1 - v0)
    a = sign * a0
    peak2 = max(jerk * dv + 0.5 * a * a, 0.0)
    peak = math.sqrt(peak2)
    hold = 0.0
    if peak > accel:
        hold = (peak2 - accel * accel) / (jerk * accel)
        peak = accel
    return Profile(v0, a0, sign * jerk, max((peak - a) / jerk, 0.0), hold, peak / jerk)


@inline_kernel
def follow_profile(p: Profile, t: float) -> tuple[float, float, float]:
    """(distance, speed, acceleration) at time t >= 0 along a profile. Free of branches, so loops over t vectorise."""
    d1 = min(t, p.t1)
    d2 = min(max(t - p.t1, 0.0), p.t2)
    d3 = min(max(t - p.t1 - p.t2, 0.0), p.t3)
    d4 = t - d1 - d2 - d3
    a1 = p.a0 + p.j * d1
    v1 = p.v0 + d1 * (p.a0 + 0.5 * p.j * d1)
    s1 = d1 * (p.v0 + d1 * (0.5 * p.a0 + p.j * d1 / 6.0))
    v2 = v1 + a1 * d2
    s2 = s1 + d2 * (v1 + 0.5 * a1 * d2)
    v3 = v2 + d3 * (a1 - 0.5 * p.j * d3)
    s3 = s2 + d3 * (v2 + d3 * (0.5 * a1 - p.j * d3 / 6.0))
    return s3 + v3 * d4, v3, a1 - p.j * d3


@inline_kernel
def way_until_rest(wheel: Profile, t: float, limits: Limits) -> float:
    """m that a wheel makes along a profile until t, and in stopping from there."""
    made, speed, accel = follow_profile(wheel, t)
    rest = plan_profile(speed, accel, 0.0, limits.wheel_accel, limits.wheel_jerk)
    more, _, _ = follow_profile(rest, rest.t1 + rest.t2 + rest.t3)
    return made + more
