"""Whether the robot rests, and whether it does so at its goal."""

from __future__ import annotations

import math

from astro_nav_common.types import Pose, State
from astro_nav_local.goal import Goal
from astro_nav_local.params import LocalParams

#: At rest: slower than this, m/s and rad/s.
AT_REST = (0.03, 0.06)
#: So slow that a stop takes no way worth mentioning, m/s and rad/s.
SLOW = (0.12, 0.4)
#: A stop that begins within so many of the goal's tolerances, and ends within that share of them, is arrival.
FROM, WITHIN = 2.0, 0.5


def is_slower(state: State, limits: tuple[float, float]) -> bool:
    """Whether speed, m/s, and yaw rate, rad/s, are lower."""
    return abs(state.v) < limits[0] and abs(state.w) < limits[1]


def is_near(goal: Goal, start: State, params: LocalParams) -> bool:
    """Whether a stop that begins at `start` may be arrival."""
    return goal.final and off_goal(goal, start, params) <= FROM


def is_arrival(goal: Goal, start: State, end: Pose, newest: State, params: LocalParams) -> bool:
    """Whether the robot, near its goal, rests there by the time of `start`, or is about to if it stops then, which ends at `end`."""
    is_at_rest = is_slower(start, AT_REST) and is_slower(newest, SLOW)
    return (is_at_rest and off_goal(goal, start, params) <= 1.0) or off_goal(goal, end, params) <= WITHIN


def off_goal(goal: Goal, at: State | Pose, params: LocalParams) -> float:
    """How far from the goal, in tolerances."""
    turn = abs(math.remainder(at.yaw - goal.yaw, math.tau)) if goal.heading else 0.0
    return max(math.hypot(at.x - goal.x, at.y - goal.y) / params.goal_xy_tolerance, turn / params.goal_yaw_tolerance)
