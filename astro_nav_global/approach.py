"""The last bit of the way: where the robot is near enough to the goal and gets no nearer, it has arrived."""

from __future__ import annotations

import math

from astro_nav_common.conventions import wrap_angle
from astro_nav_common.types import Pose
from astro_nav_global.params import NavigatorParams

#: m and rad that count as getting nearer: more than the noise of a localisation
_NEARER, _TURNED = 0.02, 0.05


class Approach:
    """Watches the distance to one goal."""

    def __init__(self, params: NavigatorParams, goal: Pose, now: float) -> None:
        """Args: now: s."""
        self._params, self._goal = params, goal
        self._distance = self._turn = math.inf  # least so far, m and rad
        self._nearer_at = now

    def observe(self, now: float, pose: Pose) -> None:
        """The robot is at `pose`."""
        distance, turn = self._errors(pose)
        if not self.is_near(pose):
            self._distance = self._turn = math.inf
        if distance < self._distance - _NEARER or turn < self._turn - _TURNED:
            self._distance, self._turn = min(distance, self._distance), min(turn, self._turn)
            self._nearer_at = now

    def is_near(self, pose: Pose) -> bool:
        """True where arriving is good enough, if there is no getting nearer."""
        distance, turn = self._errors(pose)
        return distance <= self._params.goal_xy_tolerance and turn <= self._params.goal_yaw_tolerance

    def is_over(self, now: float, pose: Pose) -> bool:
        """True if the robot is near and has got no nearer for `arrival_patience`."""
        return self.is_near(pose) and now - self._nearer_at > self._params.arrival_patience

    def _errors(self, pose: Pose) -> tuple[float, float]:
        return math.dist(pose[:2], self._goal[:2]), abs(wrap_angle(pose.yaw - self._goal.yaw))
