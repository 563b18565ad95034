"""Random situations with people on an open floor: their predicted risk, and how often they really end in contact."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from astro_nav_common.types import Obstacle
from astro_nav_local.prediction import WANDER, predict_positions
from astro_nav_local.risk import crowd
from astro_nav_local.rollout import V, X, Y
from astro_nav_local.scene import Frame, Scene
from astro_nav_tools.bench.clutter import HALF, Clutter
from astro_nav_tools.bench.contact_draws import mark_contacts
from astro_nav_tools.bench.situations import FINE, START_FREE, Maker, Situation

#: at most so many people
_MOST = 4
#: cell size of the empty map, m
_CELL = 0.05


class Walker(NamedTuple):
    """Someone at (x, y), m, with velocity (vx, vy), m/s, known to within these standard deviations an axis; a disc."""

    x: float
    y: float
    vx: float
    vy: float
    std_place: float
    std_velocity: float
    radius: float

    def obstacle(self) -> Obstacle:
        """As the planner is told of them, at time 0."""
        covariance = np.diag(np.repeat((self.std_place**2, self.std_velocity**2), 2))
        return Obstacle(0, 0.0, np.array(self[:4]), covariance, self.radius)

    def errors(self, times: np.ndarray, draws: int, rng: np.random.Generator) -> np.ndarray:
        """(draws, R, 2) by how much they are off their prediction, m: a constant velocity keeps what is wrong with it."""
        place, velocity = rng.standard_normal((2, draws, 1, 2))
        return self.std_place * place + math.hypot(self.std_velocity, WANDER) * velocity * times[:, None]


def random_walkers(rng: np.random.Generator) -> list[Walker]:
    """Some stand, some walk at up to 1.5 m/s in any direction."""
    walkers = []
    for _ in range(int(rng.integers(1, _MOST + 1))):
        speed = rng.uniform(0.0, 1.5) * rng.integers(2)
        angle = rng.uniform(-math.pi, math.pi)
        x, y = rng.uniform(-HALF, HALF, 2)
        std_place, std_velocity = rng.uniform(0.02, 0.15, 2)
        velocity = speed * math.cos(angle), speed * math.sin(angle)
        walkers.append(Walker(x, y, *velocity, std_place, std_velocity, rng.uniform(0.2, 0.35)))
    return walkers


class CrowdMaker(Maker):
    """Makes situations with people."""

    def make(self, low: float, high: float, rng: np.random.Generator) -> Situation:
        """A situation whose predicted risk lies in [low, high]."""
        nothing = Clutter(np.empty((0, 3)), np.empty((0, 4, 2)))
        while True:
            walkers = random_walkers(rng)
            start = self._start(nothing, rng)
            found = None if start is None else self._motion(self._crowded(walkers), start, low, high, rng)
            if found is None:
                continue
            theta, states, predicted = found
            observed = self._touched(theta, states, walkers, rng)
            if observed is not None:
                return Situation(predicted, observed, float(np.abs(states[:, V]).mean()))

    def _crowded(self, walkers: list[Walker]) -> Scene:
        """The walkers and nothing else."""
        params = self._params
        side = int(2.0 * HALF / _CELL)
        far = np.full((side, side), params.map_size, np.float32)
        positions, radii = predict_positions([w.obstacle() for w in walkers], 0.0, params.step, params.steps)
        people = crowd(positions, radii, self._robot.v_max, params.step, self._model, self._shape.body)
        return Scene(far, far, np.zeros((side, side), np.uint8), Frame(-HALF, -HALF, _CELL), people, radii)

    def _touched(
        self, theta: np.ndarray, states: np.ndarray, walkers: list[Walker], rng: np.random.Generator
    ) -> float | None:
        """Share of the draws that touch anybody within the horizon, of those that do not at the start; None if those are too few."""
        rows, errors = self._driven(theta, states, rng)
        times = self._params.step / FINE * np.arange(len(rows))
        at_start, touched = np.zeros(self._draws, bool), np.zeros(self._draws, bool)
        for walker in walkers:
            # seen from the walker, who stands in one place, the robot has the motion and the error of both
            disc = Clutter(np.array([[walker.x, walker.y, walker.radius]]), np.empty((0, 4, 2)))
            relative = rows.copy()
            relative[:, X] -= walker.vx * times
            relative[:, Y] -= walker.vy * times
            off = errors - walker.errors(times, self._draws, rng)
            for outline in self._outlines(relative):
                mark_contacts(outline[:1], off[:, :1], disc, at_start)
                mark_contacts(outline, off, disc, touched)
        return None if np.mean(~at_start) < START_FREE else float(touched[~at_start].mean())
