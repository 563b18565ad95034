"""How fast may the robot go, so that it can still stop where it must? Speeds and distances are those of the faster wheel's rim."""

from __future__ import annotations

import math

import numpy as np

from astro_nav_common.jit import kernel
from astro_nav_reactive.motion import RIM, TIME

_TOLERANCE = 1e-6


@kernel
def stop_distance(speed: float, rate: float, accel: float, jerk: float) -> float:
    """Distance of the quickest stop within limits of deceleration and jerk, which ends at rest without deceleration.

    Args:
        speed: m/s, >= 0.
        rate: its derivative now, m/s^2; braking harder than `accel` counts as `accel`.
        accel, jerk: limits, m/s^2 and m/s^3.
    """
    rate = max(rate, -accel)
    if rate < 0.0 and rate * rate >= 2.0 * jerk * speed:
        return speed * speed / -rate  # braking so hard that letting go is all there is to do: a bound
    peak = min(math.sqrt(jerk * speed + 0.5 * rate * rate), accel)
    t1 = (rate + peak) / jerk
    v1 = speed + t1 * (rate - 0.5 * jerk * t1)
    v2 = 0.5 * peak * peak / jerk
    t2 = max(v1 - v2, 0.0) / peak if peak > 0.0 else 0.0
    return t1 * (speed + t1 * (0.5 * rate - jerk * t1 / 6.0)) + 0.5 * (v1 + v2) * t2 + v2 * peak / jerk / 3.0


@kernel
def stop_budget(  # type: ignore[no-untyped-def]
    path, clearance, first, creep, slope, accel, jerk
) -> tuple[float, float, float]:
    """What a path and its clearances leave for stopping.

    Args:
        path: (K, 7), see `motion`.
        clearance: (K,) m beyond the margin.
        first: the row at which a command sent now takes effect.
        creep: speed allowed at no clearance beyond the margin, m/s.
        slope: further speed per clearance, 1/s.
        accel, jerk: comfortable limits.

    Returns:
        budget: the robot must be able to stop within this distance, m, to pass each place no faster than its clearance allows.
        contact: distance to the first place that must not be reached, m, inf for none; negative if commands sent lead there.
        time: when it would be reached, s from when a command takes effect.
    """
    budget, contact, time = np.inf, np.inf, np.inf
    for k in range(path.shape[0]):
        if clearance[k] < -_TOLERANCE:
            f = 1.0
            if k > 0:
                f = clearance[k - 1] / (clearance[k - 1] - clearance[k])
                f = max(f, 0.0)
            before = max(k - 1, 0)
            contact = path[before, RIM] + f * (path[k, RIM] - path[before, RIM])
            time = path[before, TIME] + f * (path[k, TIME] - path[before, TIME])
            return min(budget, contact), contact, time
        if k >= first:
            allowed = creep + slope * max(clearance[k], 0.0)
            budget = min(budget, path[k, RIM] + stop_distance(allowed, 0.0, accel, jerk))
    return budget, contact, time


@kernel
def largest_speed(  # type: ignore[no-untyped-def]
    speed, rate, wanted, budget, dt, hold, accel, jerk
) -> float:
    """The largest speed to command next from which a comfortable stop is possible; the least within the limits if there is none.

    Args:
        speed, rate: commanded now, and how it changed over the last step.
        wanted: not more than this.
        budget: distance to stop within, m.
        dt: time since `speed` was commanded, s.
        hold: time until the command after the next, s.
        accel, jerk: comfortable limits.
    """
    low = max(speed + max(rate - jerk * dt, -accel) * dt, 0.0)
    if wanted <= low or _can_stop(speed, wanted, budget, dt, hold, accel, jerk):
        return wanted
    if not _can_stop(speed, low, budget, dt, hold, accel, jerk):
        return low
    high = wanted
    for _ in range(24):
        middle = 0.5 * (low + high)
        if _can_stop(speed, middle, budget, dt, hold, accel, jerk):
            low = middle
        else:
            high = middle
    return low


@kernel
def _can_stop(speed, next_speed, budget, dt, hold, accel, jerk) -> bool:  # type: ignore[no-untyped-def]
    rate = min((next_speed - speed) / dt, accel)
    return next_speed * hold + stop_distance(next_speed, rate, accel, jerk) <= budget
