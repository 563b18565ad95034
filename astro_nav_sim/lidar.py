"""A simulated planar lidar: rays through the MuJoCo scene, then the sensor's errors."""

from __future__ import annotations

import math

import mujoco
import numpy as np

from astro_nav_common.types import Scan
from astro_nav_sim.model import TIMESTEP, WORLD_GROUP
from astro_nav_sim.robot import LidarParams

SLICE_STEPS = 2  # physics steps between the casts of a spinning lidar; each cast costs a pass over the scene


class Lidar:
    """Takes one scan after the other.

    A spinning lidar casts every 10 ms the beams it passes from 5 ms before to 5 ms after: each in the direction it has at its own
    time, as the base turns, all from where the base is now (at 1 m/s within 5 mm).
    """

    def __init__(self, params: LidarParams, model: mujoco.MjModel, body: int, rng: np.random.Generator) -> None:
        """Args: body: the robot's body in the model, whose frame is the base frame on the floor. rng: for this sensor's noise."""
        self.params = params
        self._model, self._body, self._rng = model, body, rng
        # whole physics steps a scan; a rate that does not divide the step is met on average
        self._period_steps = 1.0 / (params.rate_hz * TIMESTEP)
        self._yaw_rate_dof = int(model.body_dofadr[body]) + 5
        self._angles_base = params.yaw + params.angle_min + params.angle_increment * np.arange(params.beams)
        self._beam_times = np.arange(params.beams) * params.sweep_time / params.beams
        self._mount_base = np.array((params.x, params.y, params.z))
        self._groups = np.zeros(mujoco.mjNGROUP, np.uint8)
        self._groups[WORLD_GROUP] = 1
        self._hit = np.empty(params.beams, np.int32)
        self._ranges = np.empty(params.beams)
        self._start_step = 0
        self._scans = 0
        self._next_beam = 0

    def step(self, data: mujoco.MjData, step: int) -> Scan | None:
        """Cast what is due at this physics step; the scan when it is complete."""
        if not self._advance(data, step):
            return None
        scan = self._finish(self._start_step * TIMESTEP)
        self._scans += 1
        self._next_beam = 0
        self._start_step = math.ceil(self._scans * self._period_steps - 1e-9)
        self._advance(data, step)  # a new turn may begin at the instant the last one ends
        return scan

    def _advance(self, data: mujoco.MjData, step: int) -> bool:
        """Cast the beams up to half a slice ahead; True when the scan is complete."""
        steps, beams, sweep = step - self._start_step, self.params.beams, self.params.sweep_time
        if steps < 0 or (steps % SLICE_STEPS and sweep > 0.0):
            return False
        elapsed = steps * TIMESTEP
        ahead = elapsed + 0.5 * SLICE_STEPS * TIMESTEP
        due = beams if ahead >= sweep else math.ceil(ahead / sweep * beams - 1e-9)
        self._cast(data, self._next_beam, due, elapsed)
        return due == beams

    def _cast(self, data: mujoco.MjData, first: int, last: int, elapsed: float) -> None:
        """Ranges of beams first to last (exclusive), `elapsed` s after the scan's start."""
        params = self.params
        rotation = data.xmat[self._body].reshape(3, 3)
        origin = data.xpos[self._body] + rotation @ self._mount_base
        angles = self._angles_base[first:last]
        if params.spinning:
            angles = angles + data.qvel[self._yaw_rate_dof] * (self._beam_times[first:last] - elapsed)
        directions = np.stack((np.cos(angles), np.sin(angles)), axis=-1) @ rotation[:, :2].T
        mujoco.mj_multiRay(
            self._model, data, origin, directions.ravel(), self._groups, True, -1, self._hit[first:last],
            self._ranges[first:last], None, last - first, params.range_max + 1.0,
        )  # fmt: skip
        self._next_beam = last

    def _finish(self, stamp: float) -> Scan:
        """The scan with the sensor's errors: noise, steps, nothing seen beyond the range, dropouts."""
        params = self.params
        ranges = np.where(self._ranges < 0.0, np.inf, self._ranges)
        if params.noise > 0.0:
            ranges += params.noise * self._rng.standard_normal(params.beams)
        if params.resolution > 0.0:
            ranges = np.round(ranges / params.resolution) * params.resolution
        ranges[ranges > params.range_max] = np.inf
        if params.dropout > 0.0:
            ranges[self._rng.random(params.beams) < params.dropout] = np.nan
        return Scan(
            stamp + params.stamp_error, ranges.astype(np.float32), params.angle_min, params.angle_increment, params.range_min, params.range_max,
            params.mount_base, params.sweep_time / params.beams, params.name,
        )  # fmt: skip
