"""A simulated planar lidar: rays through the MuJoCo scene, then the sensor's errors."""

from __future__ import annotations

import math

import mujoco
import numpy as np

from astro_nav_common.types import Scan
from astro_nav_sim.model import TIMESTEP, WORLD_GROUP
from astro_nav_sim.robot import LidarParams


class Lidar:
    """Takes one scan after the other. A spinning lidar casts, at each physics step, the beams it passes during that step."""

    def __init__(self, params: LidarParams, model: mujoco.MjModel, body: int, rng: np.random.Generator) -> None:
        """Args: body: the robot's body in the model, whose frame is the base frame on the floor. rng: for this sensor's noise."""
        self.params = params
        self._model, self._body, self._rng = model, body, rng
        # whole physics steps a scan; a rate that does not divide the step is met on average
        self._period_steps = 1.0 / (params.rate_hz * TIMESTEP)
        angles = params.yaw + params.angle_min + params.angle_increment * np.arange(params.beams)
        self._directions_base = np.stack((np.cos(angles), np.sin(angles), np.zeros(params.beams)), axis=-1)
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
        """Cast the beams up to half a step ahead; True when the scan is complete."""
        if step < self._start_step:
            return False
        beams, sweep = self.params.beams, self.params.sweep_time
        elapsed = (step - self._start_step) * TIMESTEP
        due = beams if sweep == 0.0 else min(math.ceil((elapsed + 0.5 * TIMESTEP) / sweep * beams - 1e-9), beams)
        self._cast(data, self._next_beam, due)
        return due == beams

    def _cast(self, data: mujoco.MjData, first: int, last: int) -> None:
        count = last - first
        rotation = data.xmat[self._body].reshape(3, 3)
        origin = data.xpos[self._body] + rotation @ self._mount_base
        directions = np.ascontiguousarray(self._directions_base[first:last] @ rotation.T)
        mujoco.mj_multiRay(
            self._model, data, origin, directions.ravel(), self._groups, True, -1, self._hit[first:last],
            self._ranges[first:last], None, count, self.params.range_max + 1.0,
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
            stamp, ranges.astype(np.float32), params.angle_min, params.angle_increment, params.range_min, params.range_max,
            params.mount_base, params.sweep_time / params.beams, params.name,
        )  # fmt: skip
