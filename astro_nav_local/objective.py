"""The objective: uncertainty-adjusted progress, plus comfort.

    J = - sum_k S_k e^(-t_k / progress_time) (N_{k-1} - N_k)  +  collision (1 - S_rest)  +  comfort

N is the navigation function: the way still to go from the wavefront over the local map, in tight places from that over poses, and, near a goal whose heading matters,
the turning still to be done as a distance. When risk is low the goal decides; when it is high progress stops paying; no threshold between.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from astro_nav_common.distance_field import interpolate
from astro_nav_common.jit import inline_kernel, lean_kernel
from astro_nav_local.arrival import turning_left
from astro_nav_local.goal import Goal
from astro_nav_local.pose_wave import pose_value
from astro_nav_local.rollout import ALPHA, YAW, A, V, W, X, Y
from astro_nav_local.scene import Scene

#: Closer to the goal than this, the wavefront's bilinear value gives way to the exact distance, m.
EXACT_RANGE = 0.2
#: Arriving is worth this much, m, beyond the way, most of it within the radius, m, of the goal.
WELL_DEPTH, WELL_RADIUS = 0.1, 0.05
#: Beyond this, m, the rest is less than a number's rounding.
WELL_REACH = 40.0 * WELL_RADIUS


class Weights(NamedTuple):
    """Weights of the terms; units as in LocalParams."""

    collision: float
    progress_time: float
    accel: float
    jerk: float
    yaw_accel: float
    centripetal: float
    turn: float
    reverse: float
    near: float
    change: float
    yaw_gain: float
    yaw_range: float


@inline_kernel
def navigation_value(x: float, y: float, yaw: float, scene: Scene, goal: Goal, weights: Weights) -> float:
    """N at a pose, m."""
    frame = scene.frame
    u = (x - frame.origin_x) / frame.resolution - 0.5
    v = (y - frame.origin_y) / frame.resolution - 0.5
    value = float(interpolate(scene.to_go, u, v))
    if scene.poses.values.shape[0] > 0:
        value = pose_value(x, y, yaw, scene.poses, frame, value)
    if goal.final:
        dx = x - goal.x
        dy = y - goal.y
        away = math.sqrt(dx * dx + dy * dy)
        if away < 2.0 * EXACT_RANGE:
            f = min(max(away / EXACT_RANGE - 1.0, 0.0), 1.0)
            value = f * value + (1.0 - f) * away
        if goal.heading and value < weights.yaw_range:
            near = 1.0 - value / weights.yaw_range
            value += weights.yaw_gain * near * turning_left(dx, dy, away, yaw, goal.yaw)
        # the last centimetres are worth more than their length, or the robot would creep over them
        value += WELL_DEPTH * (1.0 - math.exp(-value / WELL_RADIUS) if value < WELL_REACH else 1.0)
    return value


@lean_kernel
def navigation_values(states: np.ndarray, scene: Scene, goal: Goal, weights: Weights, out: np.ndarray) -> None:
    """N along a rollout (T + 1, COLUMNS) into out (T + 1,), m."""
    for k in range(states.shape[0]):
        out[k] = navigation_value(states[k, X], states[k, Y], states[k, YAW], scene, goal, weights)


@lean_kernel
def progress_cost(values: np.ndarray, survival: np.ndarray, step: float, weights: Weights) -> float:
    """Minus the discounted, survival-weighted decrease of N along a rollout, m. values, survival: (T + 1,)."""
    fade = math.exp(-step / weights.progress_time)
    discount = 1.0
    total = 0.0
    for k in range(1, values.shape[0]):
        total += survival[k] * discount * (values[k] - values[k - 1])
        discount *= fade
    return total


@lean_kernel
def least_progress_cost(values: np.ndarray, step: float, weights: Weights) -> float:
    """The least that `progress_cost` can be for any survival that never rises, m: surviving as long as it pays."""
    fade = math.exp(-step / weights.progress_time)
    discount = 1.0
    total = 0.0
    least = 0.0
    for k in range(1, values.shape[0]):
        total += discount * (values[k] - values[k - 1])
        least = min(least, total)
        discount *= fade
    return least


@lean_kernel
def comfort_cost(states: np.ndarray, previous: np.ndarray, step: float, track: float, weights: Weights) -> float:
    """Price of acceleration, jerk, yaw acceleration, centripetal acceleration, turning, reversing and of leaving the previous plan, m.

    previous: (T + 1, 2) v and w of the previous plan at the same times; its first entry is NaN when there is none.
    """
    smooth = 0.0
    change = 0.0
    compare = not math.isnan(previous[0, 0])
    for k in range(1, states.shape[0]):
        a, v = states[k, A], states[k, V]
        jerk = (a - states[k - 1, A]) / step
        lateral = v * states[k, W]
        smooth += weights.accel * a * a + weights.jerk * jerk * jerk
        smooth += weights.yaw_accel * states[k, ALPHA] * states[k, ALPHA] + weights.centripetal * lateral * lateral
        # without a price for turning a robot that spins has no reason to stop, as long as it might drive on later
        smooth += weights.turn * states[k, W] * states[k, W] + weights.reverse * max(-v, 0.0)
    if compare:
        for k in range(1, states.shape[0]):
            dv = states[k, V] - previous[k, 0]
            dw = 0.5 * track * (states[k, W] - previous[k, 1])
            change += dv * dv + 4.0 * dw * dw
    return (smooth + weights.change * change) * step
