"""Many parameter vectors to many costs: the inner loop of the search, one candidate after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from astro_nav_common.jit import kernel, lean_kernel
from astro_nav_local.breeding import ELITE
from astro_nav_local.final_turn import NEAR
from astro_nav_local.goal import Goal
from astro_nav_local.objective import Weights, comfort_cost, least_progress_cost, navigation_values, progress_cost
from astro_nav_local.risk import RiskModel, survive
from astro_nav_local.rollout import COLUMNS, X, Y, rollout_to
from astro_nav_local.scene import Scene, Shape
from astro_nav_local.screen import PanLimits, pan_screen, pan_screens
from astro_nav_local.trajectory_space import Limits

#: Excess over a body limit, m/s of wheel speed, that is rounding and not a violation.
SLACK = 0.02
#: So many candidates are evaluated side by side.
BLOCK = 8


class Problem(NamedTuple):
    """All that the cost of a candidate depends on.

    start: (COLUMNS,) state at t_effect. pan_start: (3,) pan angle, rate, acceleration. previous: (T + 1, 2), see `comfort_cost`.
    """

    start: np.ndarray
    pan_start: np.ndarray
    previous: np.ndarray
    step: float
    limits: Limits
    pan: PanLimits
    scene: Scene
    shape: Shape
    risk: RiskModel
    goal: Goal
    weights: Weights


@kernel
def evaluate_one(theta: np.ndarray, p: Problem, states: np.ndarray, survival: np.ndarray) -> float:
    """Cost of one vector (5,), m; `states` (T + 1, COLUMNS) and `survival` (T + 1,) are filled."""
    violation = rollout_to(theta, p.start, p.limits, p.step, p.goal, NEAR, states)
    if p.shape.screen.shape[0] > 0:
        pan_screen(states, p.pan_start, p.pan, p.step)
    if violation > SLACK:
        survival[:] = 1.0
        return np.inf
    values = np.empty(states.shape[0])
    navigation_values(states, p.scene, p.goal, p.weights, values)
    comfort = comfort_cost(states, p.previous, p.step, p.limits.track, p.weights)
    return comfort + _uncertain_cost(states, values, p, survival, np.empty(p.scene.people_radius.shape[0]))


@lean_kernel
def _uncertain_cost(
    states: np.ndarray, values: np.ndarray, p: Problem, survival: np.ndarray, faced: np.ndarray
) -> float:
    """The part of the cost that depends on survival (T + 1,), which is filled: at least `least_progress_cost`.

    values: (T + 1,) N. faced: (N,) room for `survive`.
    """
    rest, near = survive(
        states, p.step, 0.5 * p.limits.wheel_accel, p.weights.progress_time, p.scene, p.shape, p.risk, survival, faced
    )
    progress = progress_cost(values, survival, p.step, p.weights)
    return progress + p.weights.collision * (1.0 - rest) + p.weights.near * near


@kernel
def evaluate(thetas: np.ndarray, p: Problem, first: int, costs: np.ndarray, paths: np.ndarray) -> None:
    """Costs of thetas[first:] (K, 5) into costs (K,) and their positions into paths (K, T + 1, 2) float32.

    Survival takes most of the time. What costs too much even if it survives, more than ELITE others before it, gets that as its cost.
    """
    rows = paths.shape[1]
    rollouts = np.zeros((BLOCK, COLUMNS, rows))
    values = np.empty((BLOCK, rows))
    comfort = np.empty(BLOCK)
    index = np.empty(BLOCK, np.int64)
    joints = np.empty((3, BLOCK))
    survival = np.empty(rows)
    faced = np.empty(p.scene.people_radius.shape[0])
    elite = np.full(ELITE, np.inf)
    for i in range(first):
        _join(costs[i], elite)
    i = first
    while i < thetas.shape[0]:
        count = 0
        while i < thetas.shape[0] and count < BLOCK:
            states = rollouts[count].T
            costs[i] = np.inf
            violation = rollout_to(thetas[i], p.start, p.limits, p.step, p.goal, NEAR, states)
            for k in range(rows):
                paths[i, k, 0] = states[k, X]
                paths[i, k, 1] = states[k, Y]
            if violation <= SLACK:
                navigation_values(states, p.scene, p.goal, p.weights, values[count])
                comfort[count] = comfort_cost(states, p.previous, p.step, p.limits.track, p.weights)
                costs[i] = comfort[count] + least_progress_cost(values[count], p.step, p.weights)
                if costs[i] < elite[-1]:
                    index[count] = i
                    count += 1
            i += 1
        if p.shape.screen.shape[0] > 0:
            pan_screens(rollouts, p.pan_start, p.pan, p.step, count, joints)
        for b in range(count):
            costs[index[b]] = comfort[b] + _uncertain_cost(rollouts[b].T, values[b], p, survival, faced)
            _join(costs[index[b]], elite)


@lean_kernel
def _join(cost: float, elite: np.ndarray) -> None:
    """Take a cost in among the least so far, which are in order."""
    if cost < elite[-1]:
        at = elite.shape[0] - 1
        while at > 0 and cost < elite[at - 1]:
            elite[at] = elite[at - 1]
            at -= 1
        elite[at] = cost


class Evaluator(NamedTuple):
    """What the search asks for costs: `one` as `evaluate_one`, `many` as `evaluate`."""

    one: Callable[[np.ndarray, Problem, np.ndarray, np.ndarray], float]
    many: Callable[[np.ndarray, Problem, int, np.ndarray, np.ndarray], None]


OBJECTIVE = Evaluator(evaluate_one, evaluate)
