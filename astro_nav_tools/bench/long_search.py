"""A search with a hundred thousand evaluations: as good as the best there is, to judge the real one by."""

from __future__ import annotations

import numpy as np
from scipy.stats import qmc

from astro_nav_local.evaluate import Problem, evaluate
from astro_nav_local.proposals import COUNT, propose
from astro_nav_local.trajectory_space import DIMENSIONS

#: Of the evaluations, the share spent everywhere, and the share spent around the previous plan.
EVERYWHERE, AROUND = 0.6, 0.05
#: Rounds that share the rest; parents of each; spread of the first round and of the last.
ROUNDS, PARENTS, SPREADS = 40, 100, (0.05, 0.0003)


class LongSearch:
    """Sobol points everywhere and points around the previous plan, then rounds around the best: by noise, and along differences."""

    def __init__(self, evaluations: int = 100_000, seed: int = 5) -> None:
        rng = np.random.default_rng(seed)
        sobol = qmc.Sobol(DIMENSIONS, scramble=True, seed=rng)
        wanted = round(EVERYWHERE * evaluations)
        self._everywhere = sobol.random_base2(int(np.ceil(np.log2(wanted))))[:wanted]
        around = round(AROUND * evaluations)
        self._around = rng.standard_normal((around, DIMENSIONS)) * rng.choice((0.01, 0.03, 0.1, 0.2), (around, 1))
        self._round = round((1.0 - EVERYWHERE - AROUND) * evaluations / ROUNDS)
        self._seed = seed

    def run(self, problem: Problem, warm: np.ndarray | None) -> float:
        """The least cost found."""
        rng = np.random.default_rng(self._seed)
        proposals = np.empty((COUNT, DIMENSIONS))
        scene, horizon = problem.scene, problem.step * (problem.previous.shape[0] - 1)
        found = propose(problem.start, problem.limits, scene.to_go, scene.frame, problem.goal, horizon, proposals)
        stages = [self._everywhere, proposals[:found]]
        if warm is not None:
            stages += [warm[None], np.clip(warm + self._around, 0.0, 1.0)]
        thetas = np.concatenate(stages)
        costs = costs_of(thetas, problem)
        for spread in np.geomspace(*SPREADS, ROUNDS):
            order = np.argsort(costs, kind="stable")[:PARENTS]
            best, best_costs = thetas[order], costs[order]
            parent, one, other = (rng.integers(len(best), size=self._round) for _ in range(3))
            step = np.where(rng.random(self._round) < 0.5, rng.uniform(0.0, 1.0, self._round), 0.0)[:, None]
            noise = spread * rng.standard_normal((self._round, DIMENSIONS))
            children = np.clip(best[parent] + step * (best[one] - best[other]) + noise, 0.0, 1.0)
            thetas = np.concatenate((best, children))
            costs = np.concatenate((best_costs, costs_of(children, problem)))
        return float(costs.min())


def costs_of(thetas: np.ndarray, problem: Problem) -> np.ndarray:
    """(K,) costs of vectors (K, 5): exact for the best of them."""
    costs = np.empty(len(thetas))
    evaluate(
        np.ascontiguousarray(thetas),
        problem,
        0,
        costs,
        np.empty((len(thetas), problem.previous.shape[0], 2), np.float32),
    )
    return costs
