"""New candidates from the best so far: steps along the differences between good ones, which know the shape of the valley they lie in.

Source: R. Storn, K. Price, "Differential evolution - a simple and efficient heuristic for global optimization over continuous
spaces", 1997; here with the best as parents, a little noise of falling spread, and every second child changed in some coordinates only.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from astro_nav_common.jit import kernel
from astro_nav_local.trajectory_space import DIMENSIONS

#: The best so many take part.
ELITE = 24
#: Mean share of the difference of two of them that a child is moved by, and its relative spread.
STEP, STEP_SPREAD = 0.5, 0.5


class Draws(NamedTuple):
    """The random part of one round of m children: pairs (m, 2) of the elite, steps (m,), noise (m, D), changed (m, D)."""

    pairs: np.ndarray
    steps: np.ndarray
    noise: np.ndarray
    changed: np.ndarray

    @classmethod
    def of(cls, count: int, rng: np.random.Generator) -> Draws:
        """The draws of `count` children."""
        changed = rng.random((count, DIMENSIONS)) < 0.5
        changed[::2] = True
        return cls(
            rng.integers(ELITE, size=(count, 2)),
            STEP * (1.0 + STEP_SPREAD * rng.standard_normal(count)),
            rng.standard_normal((count, DIMENSIONS)),
            changed,
        )


@kernel
def breed(
    thetas: np.ndarray, costs: np.ndarray, paths: np.ndarray, count: int, parents: int, apart: float, spread: float, draws: Draws
) -> int:  # fmt: skip
    """Fill thetas[count:] (K, D) with children of the best of thetas[:count], within the unit cube; the count with them.

    Args:
        costs, paths: (K,) and (K, T + 1, 2) of the first `count`.
        parents: children start from the best so many, in turn, that end `apart` m from each other: one of a kind.
        spread: of the noise.
    """
    kinds = np.empty(parents, np.int64)
    different = 0
    for _ in range(parents):
        best = -1
        for i in range(count):
            if (best >= 0 and costs[i] >= costs[best]) or costs[i] == np.inf:
                continue
            alone = True
            for j in range(different):
                dx = paths[i, -1, 0] - paths[kinds[j], -1, 0]
                dy = paths[i, -1, 1] - paths[kinds[j], -1, 1]
                alone = alone and dx * dx + dy * dy > apart * apart
            if alone:
                best = i
        if best < 0:
            break
        kinds[different] = best
        different += 1
    elite = np.empty(ELITE, np.int64)
    found = 0
    for i in range(count):
        at = found
        while at > 0 and costs[i] < costs[elite[at - 1]]:
            if at < ELITE:
                elite[at] = elite[at - 1]
            at -= 1
        if at < ELITE:
            elite[at] = i
            found = min(found + 1, ELITE)
    pairs, steps, noise, changed = draws
    for k in range(pairs.shape[0]):
        parent = thetas[kinds[k % different] if different > 0 else elite[k % found]]
        a = thetas[elite[pairs[k, 0] % found]]
        b = thetas[elite[pairs[k, 1] % found]]
        child = thetas[count + k]
        for j in range(child.shape[0]):
            child[j] = parent[j]
            if changed[k, j]:
                child[j] = min(max(parent[j] + steps[k] * (a[j] - b[j]) + spread * noise[k, j], 0.0), 1.0)
    return count + pairs.shape[0]
