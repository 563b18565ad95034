"""Random situations: a scene, the map made of it, a motion through it; its predicted risk, and how often it really ends in contact."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from astro_nav_common.footprint import Footprint
from astro_nav_common.robot import RobotParams
from astro_nav_local.evaluate import SLACK
from astro_nav_local.params import LocalParams
from astro_nav_local.risk import TRACKING_TIME, RiskModel, survive
from astro_nav_local.rollout import COLUMNS, PAN, YAW, V, W, X, Y, rollout
from astro_nav_local.scene import Scene, Shape
from astro_nav_local.screen import PanLimits, pan_screen
from astro_nav_local.trajectory_space import DIMENSIONS, Limits
from astro_nav_tools.bench.clutter import Clutter, clearance, mapped, random_clutter
from astro_nav_tools.bench.contact_draws import mark_contacts, place_outline
from astro_nav_tools.bench.noise import Noise, position_errors

#: rows of the exact motion a step of the planned one
FINE = 4
#: motions tried in a scene before another scene is
_MOTIONS = 200
#: of the motions that are as good as safe, one in so many is taken: they say little
_SAFE, _SAFE_TAKEN = 1e-4, 50
#: share of the draws that must not touch anything at the start, for a situation to be one
START_FREE = 0.1


class Situation(NamedTuple):
    """predicted: probability of contact before rest, by the risk model. observed: share of the draws that touch. speed: mean, m/s."""

    predicted: float
    observed: float
    speed: float


class Maker:
    """Makes situations among things for one robot and one set of parameters."""

    def __init__(self, robot: RobotParams, params: LocalParams, draws: int) -> None:
        """Args: draws: of the errors, for each situation."""
        self._robot, self._params, self._draws = robot, params, draws
        self._footprint = Footprint.of(robot)
        self._shape = Shape.of(self._footprint)
        self._limits = Limits.of(robot)
        self._brake = 0.5 * self._limits.wheel_accel
        self._model = RiskModel(params.sigma_base, params.sigma_way, params.sigma_speed, params.risk_memory, 0.0)
        self._noise = Noise.of(params)

    def make(self, low: float, high: float, rng: np.random.Generator) -> Situation:
        """A situation whose predicted risk lies in [low, high]."""
        while True:
            clutter = random_clutter(rng)
            start = self._start(clutter, rng)
            if start is None:
                continue
            found = self._motion(self._scene(clutter, rng), start, low, high, rng)
            if found is None:
                continue
            theta, states, predicted = found
            observed = self._observe(theta, states, clutter, rng)
            if observed is not None:
                return Situation(predicted, observed, float(np.abs(states[:, V]).mean()))

    def _start(self, clutter: Clutter, rng: np.random.Generator) -> np.ndarray | None:
        """(COLUMNS,) a random state at the origin; None if it touches."""
        robot = self._robot
        start = np.zeros(COLUMNS)
        start[YAW], start[V] = rng.uniform(-math.pi, math.pi), rng.uniform(0.0, robot.v_max)
        start[W] = 0.5 * rng.uniform(-1.0, 1.0) * min(robot.w_max, robot.centripetal_max / max(start[V], 0.1))
        touched = np.zeros(1, bool)
        for outline in self._outlines(start[None]):
            mark_contacts(outline, np.zeros((1, 1, 2)), clutter, touched)
        return None if touched[0] or clearance(0.0, 0.0, clutter) < 0.0 else start

    def _scene(self, clutter: Clutter, rng: np.random.Generator) -> Scene:
        """What a map made of noisy scans shows of it; everything is seen, and nobody is there."""
        local_map = mapped(clutter, self._params, self._noise.range, rng)
        nobody, seen = np.empty((self._params.steps + 1, 0, 4)), np.zeros_like(local_map.unseen)
        return Scene(local_map.distance, local_map.distance, seen, local_map.frame, nobody, np.empty(0))

    def _motion(
        self, scene: Scene, start: np.ndarray, low: float, high: float, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray, float] | None:
        """A random vector of the trajectory space with its states (T + 1, COLUMNS) and predicted risk, within the range; None if none is."""
        params = self._params
        states, survival = np.zeros((params.steps + 1, COLUMNS)), np.empty(params.steps + 1)
        faced = np.empty(len(scene.people_radius))
        pan = PanLimits.of(self._robot, params.screen_lead)
        for theta in rng.random((_MOTIONS, DIMENSIONS)):
            if rollout(theta, start, self._limits, params.step, states) > SLACK:
                continue
            pan_screen(states, np.zeros(3), pan, params.step)
            risk = (
                1.0
                - survive(
                    states,
                    params.step,
                    self._brake,
                    params.progress_time,
                    scene,
                    self._shape,
                    self._model,
                    survival,
                    faced,
                )[0]
            )
            if low <= risk <= high and (risk > _SAFE or rng.integers(_SAFE_TAKEN) == 0):
                return theta, states, risk
        return None

    def _observe(
        self, theta: np.ndarray, states: np.ndarray, clutter: Clutter, rng: np.random.Generator
    ) -> float | None:
        """Share of the draws that touch anything, of those that do not at the start; None if those are too few."""
        rows, errors = self._driven(theta, states, rng)
        # the stop beyond the horizon is short: its errors are those at its beginning
        stop = self._stop(rows[-1])
        rows = np.concatenate((rows, stop))
        errors = np.concatenate((errors, np.repeat(errors[:, -1:], len(stop), axis=1)), axis=1)
        at_start, touched = np.zeros(self._draws, bool), np.zeros(self._draws, bool)
        for outline in self._outlines(rows):
            mark_contacts(outline[:1], errors[:, :1], clutter, at_start)
            mark_contacts(outline, errors, clutter, touched)
        return None if np.mean(~at_start) < START_FREE else float(touched[~at_start].mean())

    def _driven(self, theta: np.ndarray, states: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """The motion in rows (R, COLUMNS) `FINE` times as dense as the states, and draws (draws, R, 2) of how far it is off, m."""
        step = self._params.step / FINE
        rows = np.zeros((FINE * (len(states) - 1) + 1, COLUMNS))
        rollout(theta, states[0], self._limits, step, rows)
        rows[:, PAN] = np.interp(np.arange(len(rows)) / FINE, np.arange(len(states)), states[:, PAN])
        ways = step * np.cumsum(np.abs(rows[:, V]))
        errors = position_errors(self._noise, step, ways, recent_speeds(rows[:, V], step), self._draws, rng)
        return rows, errors

    def _stop(self, last: np.ndarray) -> np.ndarray:
        """(n, COLUMNS) rows every 2 cm on the way to rest, straight on, as `survive` takes it."""
        length = last[V] * abs(last[V]) / (2.0 * self._brake)
        along = length * np.arange(1, 51)[:: max(1, int(1.0 / max(abs(length), 0.02)))] / 50.0
        rows = np.repeat(last[None], len(along), axis=0)
        rows[:, X] += along * math.cos(last[YAW])
        rows[:, Y] += along * math.sin(last[YAW])
        return rows

    def _outlines(self, rows: np.ndarray) -> list[np.ndarray]:
        """Corners (R, V, 2) of base and, if there is one, screen in rows (R, COLUMNS)."""
        footprint, poses = self._footprint, rows[:, : YAW + 1]
        outlines = [place_outline(poses, footprint.base)]
        if len(footprint.screen):
            joints = place_outline(poses, np.array([footprint.pan]))[:, 0]
            outlines.append(place_outline(np.column_stack((joints, rows[:, YAW] + rows[:, PAN])), footprint.screen))
        return outlines


def recent_speeds(speeds: np.ndarray, step: float) -> np.ndarray:
    """(R,) the greatest speed so far, forgotten over the time that tracking needs, as the risk model takes it."""
    keep = math.exp(-step / TRACKING_TIME)
    recent = np.abs(speeds)
    for k in range(1, len(recent)):
        recent[k] = max(recent[k], keep * recent[k - 1])
    return recent
