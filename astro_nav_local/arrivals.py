"""Candidates that arrive: an arc towards the goal, and from it a turn on the spot, begun while still braking, that ends in its heading.

Where the arc has to lead, beside the goal, and when the turn has to begin follows from where the robot comes to rest: Newton's method on two
numbers, the arc's yaw rate and the switching time.
"""

from __future__ import annotations

import math

import numpy as np

from astro_nav_common.jit import kernel
from astro_nav_local.arrival import shortest_turn
from astro_nav_local.goal import Goal
from astro_nav_local.rollout import COLUMNS, YAW, X, Y, rollout_to
from astro_nav_local.trajectory_space import SWITCH_SPAN, Limits, yaw_rate_limit

#: Speeds of the arc and, as shares of those, of the turn; rates of the turn, as shares of what is allowed at that speed.
ARC_SPEEDS = (0.3, 0.6, 1.0)
TURN_SPEEDS = (0.0, 0.4, 0.7)
TURN_RATES = (0.6, 0.95)
COUNT = len(ARC_SPEEDS) * len(TURN_SPEEDS) * len(TURN_RATES)
#: Rounds of Newton's method; how near to the goal, m, is near enough; the steps of its differences, rad/s and s.
ROUNDS, HIT, DIFFERENCE = 5, 0.01, (0.05, 0.05)
#: The most that a round changes, rad/s and s.
BOUND = (1.0, 0.6)


@kernel
def arrive(start: np.ndarray, limits: Limits, goal: Goal, steps: int, step: float, out: np.ndarray) -> int:
    """Fill `out` (COUNT, 5) with vectors of the unit cube; how many there are: those that come near the goal.

    Args:
        start: (COLUMNS,).
        steps: of a rollout, each `step` s long.
    """
    dx = goal.x - start[X]
    dy = goal.y - start[Y]
    away = math.hypot(dx, dy)
    horizon = steps * step
    states = np.zeros((COLUMNS, steps + 1)).T
    trial = np.empty(5)
    span = max(limits.v_max - limits.v_min, 1e-9)
    bearing = shortest_turn(math.atan2(dy, dx) - start[YAW])
    turn = shortest_turn(goal.yaw - start[YAW] - 2.0 * bearing)
    count = 0
    if abs(bearing) > 0.5 * math.pi:
        return 0
    for share in ARC_SPEEDS:
        v = share * limits.v_max
        if v * SWITCH_SPAN * horizon < away - v:
            continue
        for i in range(len(TURN_SPEEDS) * len(TURN_RATES)):
            slower = TURN_SPEEDS[i % len(TURN_SPEEDS)]
            trial[0] = (v - limits.v_min) / span
            trial[2] = (slower * v - limits.v_min) / span
            trial[3] = 0.5 + math.copysign(0.5 * TURN_RATES[i // len(TURN_SPEEDS)], turn)
            limit = max(yaw_rate_limit(v, limits), 1e-6)
            w = 2.0 * math.sin(bearing) / max(away, 0.1) * v
            t = max(away / v - 0.3, 0.05)
            miss = math.inf
            for _ in range(ROUNDS):
                w = min(max(w, -limit), limit)
                t = min(max(t, 0.0), SWITCH_SPAN * horizon)
                ex, ey = _missed(w, t, limit, horizon, trial, start, limits, goal, step, states)
                miss = math.hypot(ex, ey)
                if miss < HIT:
                    break
                wx, wy = _missed(w + DIFFERENCE[0], t, limit, horizon, trial, start, limits, goal, step, states)
                tx, ty = _missed(w, t + DIFFERENCE[1], limit, horizon, trial, start, limits, goal, step, states)
                a = (wx - ex) / DIFFERENCE[0]
                b = (tx - ex) / DIFFERENCE[1]
                c = (wy - ey) / DIFFERENCE[0]
                d = (ty - ey) / DIFFERENCE[1]
                det = a * d - b * c
                if abs(det) < 1e-6:
                    break
                w -= min(max((d * ex - b * ey) / det, -BOUND[0]), BOUND[0])
                t -= min(max((a * ey - c * ex) / det, -BOUND[1]), BOUND[1])
            if miss < 5.0 * HIT:
                _set(w, t, limit, horizon, trial)
                out[count] = trial
                count += 1
    return count


@kernel
def _set(w: float, t: float, limit: float, horizon: float, trial: np.ndarray) -> None:
    trial[1] = min(max(0.5 + 0.5 * w / limit, 0.0), 1.0)
    trial[4] = min(max(t / (SWITCH_SPAN * horizon), 0.0), 1.0)


@kernel
def _missed(
    w: float, t: float, limit: float, horizon: float, trial: np.ndarray, start: np.ndarray, limits: Limits, goal: Goal, step: float,
    states: np.ndarray,
) -> tuple[float, float]:  # fmt: skip
    """m by which the place of rest is off the goal."""
    _set(w, t, limit, horizon, trial)
    rollout_to(trial, start, limits, step, goal, math.inf, states)
    return states[-1, X] - goal.x, states[-1, Y] - goal.y
