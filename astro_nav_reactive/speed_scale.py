"""The speed scale: how much of the planned speed is safe."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from astro_nav_common.robot import RobotParams
from astro_nav_reactive.braking import largest_speed, stop_budget, stop_distance
from astro_nav_reactive.caps import Cap
from astro_nav_reactive.limiter import approach
from astro_nav_reactive.output import Output
from astro_nav_reactive.params import GuardParams

#: full braking starts as if the base braked only with this share of its real deceleration
_BRAKE_RESERVE = 0.8
#: for somebody who moves it goes on for so long after it is needed, s: an estimate that wavers must not make it half a braking
_BRAKE_ON = 0.06
#: time constant with which room that appears is believed, and while somebody moves; room that vanishes is believed at once, s
_RELEASE, _RELEASE_LIVELY = 0.1, 0.6
#: a robot that stands before an obstacle does not start for less than this, m
_RESTART = 0.03
_REST = 1e-3
#: more than any robot needs to stop, m
_FAR = 10.0


@dataclass(frozen=True, slots=True)
class Choice:
    """Speed of the faster wheel's rim, m/s; its share of the planned one; whether full braking is needed.

    contact: m of rim until the footprint's margin meets a point, from where a command sent now takes effect; inf for none.
    time: until then at planned speed, s. yielding: obstacles allow less than what was wanted. held: it stands before one.
    """

    speed: float
    scale: float
    braking: bool
    contact: float
    time: float
    yielding: bool
    held: bool


class SpeedScale:
    """Chooses the speed along the path, continuously: follow, ease down in time, brake when only that helps, ease up again."""

    def __init__(self, params: GuardParams, robot: RobotParams) -> None:
        self._robot, self._params = robot, params
        self._slope = (robot.wheel_speed_max - params.creep_speed) / (params.slow_clearance - params.margin)
        self._hold = 1.0 / params.rate_hz
        self._slowing = True
        self._budget = math.inf
        self._braked = math.inf  # s since full braking was needed

    def reach(self, speed: float, delay: float) -> float:
        """Distance within which anything may matter to a robot that goes at `speed`, m."""
        robot = self._robot
        stop = float(stop_distance(speed, 0.0, robot.wheel_accel_max, robot.wheel_jerk_max))
        return stop + speed * (delay + robot.actuation_time_constant + 2.0 * self._hold) + self._params.slow_clearance

    def choose(
        self, path: np.ndarray, clearance: np.ndarray, first: int, speed_then: float, planned: float, planned_rate: float,
        cap: Cap, out: Output, dt: float, lively: bool,
    ) -> Choice:  # fmt: skip
        """The speed for the next command.

        Args:
            path: (K, 7), see `motion`.
            clearance: (K,) m beyond the margin.
            first: row of the path at which the command takes effect.
            speed_then: the robot's speed there, m/s.
            planned, planned_rate: speed along the path as planned, m/s, and how it changes.
            cap: not more than this, whatever is in the way.
            out: what was sent last.
            dt: s since then.
            lively: somebody moves, of whom little is known for certain.
        """
        robot = self._robot
        limits = robot.wheel_accel_max, robot.wheel_jerk_max
        budget, contact, time = stop_budget(path, clearance, first, self._params.creep_speed, self._slope, *limits)
        coasting = robot.actuation_time_constant * speed_then  # what the lag of the wheels still lets it go
        budget = self._steady(budget, _RELEASE_LIVELY if lively else _RELEASE, dt)
        wanted = planned
        if cap.speed < planned:
            wanted = min(planned, approach(out.rim, out.rim_rate, cap.speed, 0.0, dt, *limits))
        elif self._slowing:
            wanted = min(planned, approach(out.rim, out.rim_rate, planned, planned_rate, dt, *limits))
        speed = largest_speed(out.rim, out.rim_rate, wanted, budget - coasting, dt, self._hold, *limits)
        held = contact < _RESTART and out.rim < _REST
        if held:
            speed = 0.0
        yielding = speed < wanted or held
        # half the margin is for the noise of ranges: what flickers within it is no emergency
        room = contact + 0.5 * self._params.margin - coasting
        stop = speed * self._hold + speed * speed / (2.0 * _BRAKE_RESERVE * robot.brake_accel)
        moving = out.rim > 0.0
        self._braked = 0.0 if moving and (cap.at_once or stop > room) else self._braked + dt
        braking = moving and self._braked <= (_BRAKE_ON if lively else 0.0)
        if braking:
            speed = min(speed, max(out.rim - robot.brake_accel * dt, 0.0))
        self._slowing = cap.speed < planned or held or speed < planned - 1e-6
        scale = 1.0 if not self._slowing else min(speed / planned, 1.0) if planned > _REST else 0.0
        return Choice(speed, scale, braking, contact, time, yielding, held)

    def _steady(self, budget: float, release: float, dt: float) -> float:
        """The budget, with its rises smoothed: the noise of ranges must not show as stop and go."""
        budget = min(budget, _FAR)
        if budget > self._budget:
            budget = self._budget + (1.0 - math.exp(-dt / release)) * (budget - self._budget)
        self._budget = budget
        return budget
