"""Is the robot getting anywhere? (What Nav2 calls a progress checker.)"""

from __future__ import annotations

import math

from astro_nav_common.types import Pose


class ProgressChecker:
    """Progress is having moved `radius` m, or turned `angle` rad, within `allowance` s."""

    def __init__(self, radius: float, angle: float, allowance: float) -> None:
        """Args: radius: m. angle: rad. allowance: s."""
        self._radius, self._angle, self._allowance = radius, angle, allowance
        self._anchor: Pose | None = None
        self._since = 0.0

    def reset(self) -> None:
        """Begin anew with the next pose."""
        self._anchor = None

    def is_stuck(self, t: float, pose: Pose) -> bool:
        """True if there was no progress for longer than allowed; `pose` in any frame that does not move."""
        anchor = self._anchor
        moved = anchor is None or math.hypot(pose.x - anchor.x, pose.y - anchor.y) >= self._radius
        if (
            anchor is None
            or moved
            or abs(math.remainder(pose.yaw - anchor.yaw, math.tau)) >= self._angle
            or t < self._since
        ):
            self._anchor, self._since = pose, t
        return t - self._since > self._allowance
