"""Errors of a localisation that is not perfect: it wanders slowly, as a particle filter's does, and it jumps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from astro_nav_common.geometry import compose, inverse
from astro_nav_common.types import Pose

#: s over which an error is forgotten
CORRELATION_TIME = 5.0
#: rad of heading error that come with one metre of position error
YAW_PER_METRE = 0.2


class LocalisationError:
    """An Ornstein-Uhlenbeck process on x, y and yaw of the pose of odom in the map."""

    def __init__(self, std: float, rng: np.random.Generator) -> None:
        """Args: std: of x and y, m; 0 for none."""
        self._scale = std * np.array((1.0, 1.0, YAW_PER_METRE))
        self._rng = rng
        self._error = self._scale * rng.standard_normal(3)

    def applied(self, odom_map: Pose, dt: float) -> Pose:
        """The pose that is believed, dt s after the last time it was asked for."""
        keep = math.exp(-dt / CORRELATION_TIME)
        self._error = keep * self._error + math.sqrt(1.0 - keep * keep) * self._scale * self._rng.standard_normal(3)
        return compose(Pose(*self._error.tolist()), odom_map)


class Jump(NamedTuple):
    """From time `t`, s, on the robot is believed to be `dx`, `dy` m and `dyaw` rad from where it then is, in its own frame."""

    t: float
    dx: float
    dy: float
    dyaw: float


class JumpError:
    """The pose of odom in the map between jumps, each of which replaces the one before."""

    def __init__(self, jumps: Sequence[Jump]) -> None:
        """Args: jumps: in the order of their times."""
        self._waiting = list(jumps)
        self._error = Pose(0.0, 0.0, 0.0)

    def applied(self, odom_map: Pose, base_odom: Pose, now: float) -> Pose:
        """The pose of odom in the map that is believed at `now`. Args: odom_map: the truth. base_odom: the robot in odom."""
        while self._waiting and self._waiting[0].t <= now:
            base_map = compose(odom_map, base_odom)
            self._error = compose(compose(base_map, Pose(*self._waiting.pop(0)[1:])), inverse(base_map))
        return compose(self._error, odom_map)
