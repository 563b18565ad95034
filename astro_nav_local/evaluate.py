"""Many parameter vectors to many costs: the inner loop of the search, one candidate after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from astro_nav_common.jit import kernel, lean_kernel
from astro_nav_local.objective import Goal, Weights, comfort_cost, progress_cost
from astro_nav_local.risk import RiskModel, survive
from astro_nav_local.rollout import COLUMNS, X, Y, rollout
from astro_nav_local.scene import Scene, Shape
from astro_nav_local.screen import PanLimits, pan_screen
from astro_nav_local.trajectory_space import Limits

#: Excess over a body limit, m/s of wheel speed, that is rounding and not a violation.
SLACK = 0.02


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


@lean_kernel
def evaluate_one(theta: np.ndarray, p: Problem, states: np.ndarray, survival: np.ndarray) -> float:
    """Cost of one vector (5,), m; `states` (T + 1, COLUMNS) and `survival` (T + 1,) are filled."""
    violation = rollout(theta, p.start, p.limits, p.step, states)
    if p.shape.screen.shape[0] > 0:
        pan_screen(states, p.pan_start, p.pan, p.step)
    if violation > SLACK:
        survival[:] = 1.0
        return np.inf
    rest, near = survive(states, p.step, 0.5 * p.limits.wheel_accel, p.scene, p.shape, p.risk, survival)
    cost = progress_cost(states, survival, p.step, p.scene, p.goal, p.weights)
    cost += p.weights.collision * (1.0 - rest) + p.weights.near * near
    return cost + comfort_cost(states, p.previous, p.step, p.limits.track, p.weights)


@kernel
def evaluate(thetas: np.ndarray, p: Problem, first: int, costs: np.ndarray, paths: np.ndarray) -> None:
    """Costs of thetas[first:] (K, 5) into costs (K,) and their positions into paths (K, T + 1, 2) float32."""
    rows = paths.shape[1]
    states = np.zeros((COLUMNS, rows)).T
    survival = np.empty(rows)
    for i in range(first, thetas.shape[0]):
        costs[i] = evaluate_one(thetas[i], p, states, survival)
        for k in range(rows):
            paths[i, k, 0] = states[k, X]
            paths[i, k, 1] = states[k, Y]


class Evaluator(NamedTuple):
    """What the search asks for costs: `one` as `evaluate_one`, `many` as `evaluate`."""

    one: Callable[[np.ndarray, Problem, np.ndarray, np.ndarray], float]
    many: Callable[[np.ndarray, Problem, int, np.ndarray, np.ndarray], None]


OBJECTIVE = Evaluator(evaluate_one, evaluate)
