"""The errors that the risk model stands for, as they are drawn for a Monte Carlo test of it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from astro_nav_local.params import LocalParams


class Noise(NamedTuple):
    """Standard deviations of what is wrong with where the robot believes it will be, relative to its map.

    range: white noise of each range that the map is made from, m (beside it, the map has its cells). drift: of the pose, each axis, m a
    metre driven, the same all the way. tracking: of the plan's execution, each axis, m per m/s of the greatest recent speed: a
    smooth stationary process with a correlation time (the integral of its correlation) of `memory` s.
    """

    range: float
    drift: float
    tracking: float
    memory: float

    @classmethod
    def of(cls, params: LocalParams) -> Noise:
        """The noise that the parameters of the risk state; the range noise is that of a usual lidar."""
        return cls(0.01, params.sigma_way, params.sigma_speed, params.risk_memory)


def position_errors(
    noise: Noise, step: float, ways: np.ndarray, speeds: np.ndarray, draws: int, rng: np.random.Generator
) -> np.ndarray:
    """(draws, R, 2) x and y of the position error, m.

    Args:
        step: between rows, s.
        ways: (R,) driven so far, m.
        speeds: (R,) greatest recent ones, m/s.
    """
    drift = noise.drift * rng.standard_normal((draws, 1, 2)) * ways[:, None]
    return drift + noise.tracking * speeds[:, None] * smooth_process(noise.memory, step, len(ways), draws, rng)


def smooth_process(memory: float, dt: float, steps: int, draws: int, rng: np.random.Generator) -> np.ndarray:
    """(draws, steps, 2) of a Gaussian process with unit variance and correlation (1 + t / a) exp(-t / a), 2 a = memory; any pair of columns
    is independent. (A Matern process, exactly discretised; it has a velocity, as the error of a tracked motion has.)
    """
    rate = 2.0 / memory
    turn = math.exp(-rate * dt) * np.array([[1.0 + rate * dt, dt], [-rate * rate * dt, 1.0 - rate * dt]])
    spread = np.diag((1.0, rate * rate))
    root = np.linalg.cholesky(spread - turn @ spread @ turn.T)
    state = np.sqrt(spread) @ rng.standard_normal((2, 2 * draws))
    out = np.empty((steps, draws, 2))
    for k in range(steps):
        out[k] = state[0].reshape(draws, 2)
        state = turn @ state + root @ rng.standard_normal((2, 2 * draws))
    return out.transpose(1, 0, 2)
