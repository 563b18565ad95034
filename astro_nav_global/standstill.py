"""For how long has the robot not moved on?"""

from __future__ import annotations

import math

from astro_nav_common.conventions import wrap_angle
from astro_nav_common.types import Pose


class Standstill:
    """Lasts until the robot is further than a distance, or an angle, from where it began; then a new one begins."""

    def __init__(self, distance: float, angle: float, now: float) -> None:
        """Args: distance: m. angle: rad. now: s."""
        self._distance, self._angle = distance, angle
        self.begin(now)

    def begin(self, now: float) -> None:
        """Begin anew, at the next pose."""
        self._anchor: Pose | None = None
        self._since = now

    def observe(self, now: float, pose: Pose) -> None:
        """The robot is at `pose`."""
        anchor = self._anchor
        if (
            anchor is None
            or math.dist(pose[:2], anchor[:2]) > self._distance
            or abs(wrap_angle(pose.yaw - anchor.yaw)) > self._angle
        ):
            self._anchor, self._since = pose, now

    def lasts(self, now: float) -> float:
        """s."""
        return now - self._since
