"""Odometry that drifts: wheel encoders for distance, a gyro for yaw, integrated in a frame that begins where the robot does."""

from __future__ import annotations

import math

import numpy as np

from astro_nav_common.conventions import wrap_angle
from astro_nav_common.diff_drive import arc_step
from astro_nav_common.geometry import compose
from astro_nav_common.types import Pose, State
from astro_nav_sim.robot import OdometryParams

_STANDSTILL = 1e-3  # m/s and rad/s: below, a real filter holds its estimate


class Odometry:
    """Integrates what the sensors say; `update` is called at the odometry's rate."""

    def __init__(self, params: OdometryParams, rng: np.random.Generator) -> None:
        self._params, self._rng = params, rng
        errors = rng.standard_normal(3)
        self._distance_factor = 1.0 + params.distance_drift + params.distance_scale * errors[0]
        self._yaw_factor = 1.0 + params.yaw_scale * errors[1]
        self._yaw_per_metre = params.yaw_drift
        self._gyro_bias = params.gyro_bias * errors[2]
        self._x = self._y = self._yaw = 0.0

    def update(self, t: float, distance: float, turn: float, dt: float) -> State:
        """State at t from the encoders' distance (m) and the true turn (rad) since the last update, dt ago.

        Accelerations and the screen's state are left at zero: odometry does not measure them.
        """
        params = self._params
        moved, turned = abs(distance) > _STANDSTILL * dt, abs(turn) > _STANDSTILL * dt
        if not (moved or turned):
            return State(t, self._x, self._y, self._yaw)
        noise = self._rng.standard_normal(4)
        distance_seen = distance * self._distance_factor + params.distance_walk * math.sqrt(abs(distance)) * noise[0]
        walk = math.hypot(params.yaw_walk * math.sqrt(abs(distance)), params.turn_walk * math.sqrt(abs(turn)))
        drift = self._gyro_bias * dt + self._yaw_per_metre * abs(distance)
        turn_seen = turn * self._yaw_factor + drift + walk * noise[1]
        x, y, yaw = arc_step(self._x, self._y, self._yaw, distance_seen / dt, turn_seen / dt, dt)
        self._x, self._y, self._yaw = x, y, wrap_angle(yaw)
        v = distance * self._distance_factor / dt + params.speed_noise * noise[2]
        w = turn * self._yaw_factor / dt + params.yaw_rate_noise * noise[3]
        return State(t, self._x, self._y, self._yaw, v, w)

    def carried(self, t: float, change: Pose, dt: float) -> State:
        """State at t of a robot that was carried since the last update, dt ago, which does not escape this odometry (a visual one, say).

        Args: change: the new pose in the old base frame.
        """
        self._x, self._y, self._yaw = compose(Pose(self._x, self._y, self._yaw), change)
        return State(t, self._x, self._y, self._yaw, change.x / dt, change.yaw / dt)
