"""Limits of acceleration and jerk on what is commanded."""

from __future__ import annotations

import math

from astro_nav_common.jit import kernel

#: on reaching a target that slowed down unforeseen, the limit of jerk may be exceeded by this factor
_LANDING = 2.0


@kernel
def approach(
    value: float, rate: float, target: float, target_rate: float, dt: float, accel: float, jerk: float
) -> float:
    """The next value on the quickest way to a moving target that does not overshoot it, within limits.

    A target that itself moves within the limits is followed exactly once it is reached. The end of an emergency brake,
    whose rate is beyond `accel`, is the one place where the jerk limit gives way: the value stops at zero and does not reverse.

    Args:
        value, rate: now, and its derivative over the last step.
        target, target_rate: where to, and how that changes.
        dt: step, s.
        accel, jerk: limits of the first and second derivative.
    """
    rate = min(max(rate, -accel), accel)
    low = max(rate - jerk * dt, -accel)
    high = min(rate + jerk * dt, accel)
    gap = target - value
    wanted = gap / dt
    slack = _LANDING * jerk * dt
    if low <= wanted <= high and abs(wanted - target_rate) <= slack:
        return target
    # so fast that the difference to the target's rate can still be taken off by the time it is reached
    half = 0.5 * jerk * dt
    eased = math.sqrt(2.0 * jerk * abs(gap) + half * half) - half
    chosen = target_rate + (eased if gap > 0.0 else -eased)
    reached = value + min(max(chosen, low), high) * dt
    # a target that stopped short is not overshot far: the rate is taken off faster
    if gap > 0.0 and reached > target:
        reached = max(target, value + (rate - slack) * dt)
    elif gap < 0.0 and reached < target:
        reached = min(target, value + (rate + slack) * dt)
    if value >= 0.0 and target >= 0.0:
        reached = max(reached, 0.0)
    if value <= 0.0 and target <= 0.0:
        reached = min(reached, 0.0)
    return reached


@kernel
def brake(value: float, target: float, dt: float, accel: float) -> float:
    """The next value on the way to a target as fast as full braking allows."""
    return value + min(max(target - value, -accel * dt), accel * dt)
