"""Other objectives for the same planner: risk as a constraint, and risk or closeness as one more term with a constant weight.

In all of them progress counts in full, however unlikely it is to be made; comfort is what it is in the usual objective.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from astro_nav_common.jit import kernel
from astro_nav_local.evaluate import OBJECTIVE, SLACK, Evaluator, Problem
from astro_nav_local.final_turn import NEAR
from astro_nav_local.objective import comfort_cost, navigation_values, progress_cost
from astro_nav_local.params import LocalParams
from astro_nav_local.risk import survive
from astro_nav_local.rollout import COLUMNS, X, Y, rollout_to
from astro_nav_local.screen import pan_screen
from astro_nav_local.search import Search, SearchResult

#: What each does with 1 - S, the probability of contact, and with its parameter:
#: - chance: refuses what exceeds the parameter;
#: - risk: adds the parameter, m, times it;
#: - clearance: refuses what is sooner touched than not, and adds the parameter, m/m, times the way driven close to things.
CHANCE, RISK, CLEARANCE = range(3)
KINDS = {"chance constraint": CHANCE, "weighted risk": RISK, "weighted clearance": CLEARANCE}
#: The usual one.
SURVIVAL = "survival-weighted"


class Asked(NamedTuple):
    """A problem, and by which objective it is to be judged."""

    problem: Problem
    kind: int
    parameter: float


@kernel
def judge_one(theta: np.ndarray, asked: Asked, states: np.ndarray, survival: np.ndarray) -> float:
    """As `evaluate_one`."""
    p, parameter = asked.problem, asked.parameter
    violation = rollout_to(theta, p.start, p.limits, p.step, p.goal, NEAR, states)
    if p.shape.screen.shape[0] > 0:
        pan_screen(states, p.pan_start, p.pan, p.step)
    if violation > SLACK:
        survival[:] = 1.0
        return np.inf
    faced = np.empty(p.scene.people_radius.shape[0])
    rest, near = survive(
        states, p.step, 0.5 * p.limits.wheel_accel, p.weights.progress_time, p.scene, p.shape, p.risk, survival, faced
    )
    risk = 1.0 - rest
    if (asked.kind == CHANCE and risk > parameter) or (asked.kind == CLEARANCE and risk > 0.5):
        return np.inf
    values = np.empty(states.shape[0])
    navigation_values(states, p.scene, p.goal, p.weights, values)
    cost = progress_cost(values, np.ones(states.shape[0]), p.step, p.weights)
    cost += comfort_cost(states, p.previous, p.step, p.limits.track, p.weights)
    if asked.kind == RISK:
        cost += parameter * risk
    return cost + (parameter if asked.kind == CLEARANCE else p.weights.near) * near


@kernel
def judge(thetas: np.ndarray, asked: Asked, first: int, costs: np.ndarray, paths: np.ndarray) -> None:
    """As `evaluate`."""
    rows = paths.shape[1]
    states = np.zeros((COLUMNS, rows)).T  # as empty_rollout
    survival = np.empty(rows)
    for i in range(first, thetas.shape[0]):
        costs[i] = judge_one(thetas[i], asked, states, survival)
        for k in range(rows):
            paths[i, k, 0] = states[k, X]
            paths[i, k, 1] = states[k, Y]


def evaluator(objective: str, parameter: float) -> Evaluator:
    """The objective of that name, a key of KINDS or SURVIVAL, as the search takes it."""
    if objective == SURVIVAL:
        return OBJECTIVE
    kind = KINDS[objective]

    def one(theta: np.ndarray, problem: Problem, states: np.ndarray, survival: np.ndarray) -> float:
        return judge_one(theta, Asked(problem, kind, parameter), states, survival)

    def many(thetas: np.ndarray, problem: Problem, first: int, costs: np.ndarray, paths: np.ndarray) -> None:
        judge(thetas, Asked(problem, kind, parameter), first, costs, paths)

    return Evaluator(one, many)


class StoppingSearch(Search):
    """The usual search; where every candidate is refused, the smooth stop."""

    def run(self, problem: Problem, warm: np.ndarray | None, late: Callable[[], bool] = lambda: False) -> SearchResult:
        """As the base class."""
        found = super().run(problem, warm, late)
        return found if np.isfinite(found.cost) else self.stop(problem)


def search_by(objective: str, parameter: float, params: LocalParams, seed: int) -> Search:
    """The planner's search with another objective."""
    return StoppingSearch(params, seed, evaluator(objective, parameter))
