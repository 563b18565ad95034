"""The staged search of the trajectory space: the last plan, the way, everywhere, then from the best, ever closer."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from astro_nav_local import arrivals
from astro_nav_local.additive import additive_sequence
from astro_nav_local.breeding import Draws, breed
from astro_nav_local.evaluate import OBJECTIVE, Evaluator, Problem
from astro_nav_local.pace import turning_pace
from astro_nav_local.params import LocalParams
from astro_nav_local.proposals import COUNT, propose
from astro_nav_local.rollout import empty_rollout
from astro_nav_local.trajectory_space import DIMENSIONS, SWITCH_SPAN, Limits, parameters

#: Spread around the previous plan: half the samples close to it, half wider. Unit-cube coordinates.
WARM_SPREAD = (0.03, 0.12)
#: Motions are of different kinds if they end further apart than this, as a share of the longest way.
KIND = 0.1
#: Noise in the first refinement round, and what is left of it from one round to the next.
REFINE_SPREAD, REFINE_SHRINK = 0.08, 0.65
#: Share of the parents that the next round keeps: ever fewer kinds of motion are worth refining.
PARENTS_SHRINK = 0.7
#: Most candidates that `_fixed` adds: five motions, the previous plan, and the corrections at a goal.
FIXED = 6 + 2 * 3 + 2
#: Time that a correction at the goal takes, s, before the stop: the shortest is tried first.
CORRECTION_TIMES = (0.4, 0.8, 1.4)
#: Rate at which it is turned to the goal's heading, as a share of the greatest: a little less is smoother, and hardly takes longer.
FINAL_RATE = 0.85


class SearchResult(NamedTuple):
    """theta: (5,) of the best; states (T + 1, COLUMNS) and survival (T + 1,) of it; costs (K,) and paths (K, T + 1, 2) of all."""

    theta: np.ndarray
    cost: float
    states: np.ndarray
    survival: np.ndarray
    costs: np.ndarray
    paths: np.ndarray
    best: int
    complete: bool


class Search:
    """Owns the sample tables and all work arrays; the same problem gives the same answer."""

    def __init__(self, params: LocalParams, seed: int = 0, evaluator: Evaluator = OBJECTIVE) -> None:
        """Args:
        evaluator: another objective than the usual, for experiments.
        """
        self._params, self._evaluator = params, evaluator
        rng = np.random.default_rng(seed)
        self._everywhere = additive_sequence(params.samples_global, DIMENSIONS, rng)
        self._warm = rng.standard_normal((params.samples_warm, DIMENSIONS))
        self._warm *= np.where(np.arange(params.samples_warm) % 2, *WARM_SPREAD)[:, None]
        self._refine = [Draws.of(params.samples_refine, rng) for _ in range(params.refine_rounds)]
        self.capacity = (
            FIXED
            + COUNT
            + arrivals.COUNT
            + params.samples_global
            + params.samples_warm
            + params.refine_rounds * params.samples_refine
        )
        self._proposals = np.empty((COUNT + arrivals.COUNT, DIMENSIONS))
        self._thetas = np.empty((self.capacity, DIMENSIONS))
        self._costs = np.empty(self.capacity)
        self._paths = np.empty((self.capacity, params.steps + 1, 2), np.float32)
        self._states = empty_rollout(params.steps)
        self._survival = np.empty(params.steps + 1)

    def run(self, problem: Problem, warm: np.ndarray | None, late: Callable[[], bool] = lambda: False) -> SearchResult:
        """The best trajectory found.

        Args:
            problem: what the cost depends on.
            warm: (5,) the previous best, shifted to now, if there is one.
            late: asked between stages; when true, the best so far is taken.
        """
        params, thetas, costs = self._params, self._thetas, self._costs
        count = self._add(0, self._fixed(problem, warm))
        if warm is not None and params.samples_warm:
            count = self._add(count, np.clip(warm + self._warm, 0.0, 1.0))
        self._evaluator.many(thetas[:count], problem, 0, costs, self._paths)
        complete = False
        if not late():
            first, count = count, self._add(count, self._informed(problem))
            count = self._add(count, self._everywhere)
            self._evaluator.many(thetas[:count], problem, first, costs, self._paths)
            complete = True
            spread = REFINE_SPREAD
            parents = params.refine_parents
            apart = KIND * problem.limits.v_max * params.horizon
            for draws in self._refine:
                if late():
                    complete = False
                    break
                first, count = count, breed(thetas, costs, self._paths, count, parents, apart, spread, draws)
                self._evaluator.many(thetas[:count], problem, first, costs, self._paths)
                spread *= REFINE_SHRINK
                parents = max(int(PARENTS_SHRINK * parents), 1)
        best_index = int(np.argmin(costs[:count]))
        theta = thetas[best_index].copy()
        cost = float(self._evaluator.one(theta, problem, self._states, self._survival))
        return SearchResult(
            theta,
            cost,
            self._states.copy(),
            self._survival.copy(),
            costs[:count].copy(),
            self._paths[:count],
            best_index,
            complete,
        )

    def stop(self, problem: Problem) -> SearchResult:
        """The smooth stop alone."""
        return self.only(problem, stop_vector(problem.limits, self._params.horizon))

    def only(self, problem: Problem, theta: np.ndarray) -> SearchResult:
        """The one motion (5,) that is asked for."""
        cost = float(self._evaluator.one(theta, problem, self._states, self._survival))
        nothing = np.empty((0, self._params.steps + 1, 2), np.float32)
        return SearchResult(theta, cost, self._states.copy(), self._survival.copy(), np.empty(0), nothing, -1, True)

    def _add(self, count: int, rows: np.ndarray) -> int:
        self._thetas[count : count + len(rows)] = rows
        return count + len(rows)

    def _informed(self, problem: Problem) -> np.ndarray:
        """Motions along the navigation function."""
        scene = problem.scene
        found = propose(
            problem.start, problem.limits, scene.to_go, scene.frame, problem.goal, self._params.horizon, self._proposals
        )
        if problem.goal.heading:
            params, last = self._params, self._proposals[found:]
            found += arrivals.arrive(problem.start, problem.limits, problem.goal, params.steps, params.step, last)
        return self._proposals[:found]

    def _fixed(self, problem: Problem, warm: np.ndarray | None) -> np.ndarray:
        """Candidates that must always be among the choices: the previous plan, stop, hold, full ahead, turn left, turn right."""
        limits, horizon = problem.limits, self._params.horizon
        v, w = float(problem.start[3]), float(problem.start[4])
        rows = [
            stop_vector(limits, horizon),
            parameters(v, w, v, w, 1.0, limits, horizon),
            parameters(limits.v_max, 0.0, limits.v_max, 0.0, 1.0, limits, horizon),
            parameters(0.0, limits.w_max, 0.0, limits.w_max, 1.0, limits, horizon),
            parameters(0.0, -limits.w_max, 0.0, -limits.w_max, 1.0, limits, horizon),
        ]
        if problem.goal.final:
            rows += corrections(problem, horizon)
        return np.array(rows if warm is None else [warm, *rows])


def stop_vector(limits: Limits, horizon: float) -> np.ndarray:
    """(5,) the time-optimal stop."""
    return np.array(parameters(0.0, 0.0, 0.0, 0.0, 1.0, limits, horizon))


def corrections(problem: Problem, horizon: float) -> list[list[float]]:
    """Vectors that make good what is left at the goal; random samples are too coarse for that.

    Along the heading, and with it the turn, slowly; and turns begun while still braking, that end at the goal and its heading.
    """
    x, y, yaw = (float(value) for value in problem.start[:3])
    goal = problem.goal
    along = (goal.x - x) * math.cos(yaw) + (goal.y - y) * math.sin(yaw)
    turn = math.remainder(goal.yaw - yaw, math.tau) if goal.heading else 0.0
    limits = problem.limits
    rows = [
        parameters(distance / duration, turn / duration, 0.0, 0.0, duration, limits, horizon)
        for duration in CORRECTION_TIMES
        for distance in (0.0, along)
    ]
    if goal.heading:
        w = math.copysign(FINAL_RATE * limits.w_max, turn)
        v, t_switch = turning_pace(along, w, turn, problem.start, limits, SWITCH_SPAN * horizon)
        rows += [parameters(speed, w, 0.0, 0.0, t_switch, limits, horizon) for speed in (v, 0.0)]
    return rows


def shifted(theta: np.ndarray, elapsed: float, horizon: float, may_rest: bool) -> np.ndarray:
    """(5,) the same motion, `elapsed` s later.

    After the switch there is one target left, and the time to switch is free: for samples around it half the time is best, but
    a motion that may rest after its second target (`final_turn`) has switched already.
    """
    t_switch = theta[4] * SWITCH_SPAN * horizon - elapsed
    if t_switch > 0.0:
        return np.array([*theta[:4], t_switch / (SWITCH_SPAN * horizon)])
    return np.array([theta[2], theta[3], theta[2], theta[3], 0.0 if may_rest else 0.5])
