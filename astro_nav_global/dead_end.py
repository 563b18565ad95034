"""A way that is seen to be shut, without another, ends the drive along it: soon for a robot that has been there, later for others.

Until the robot is there, what is in the way may go away. But the local layer goes on looking for a way round for as long as any
corner of its map is unseen, past the closed door and back.
"""

from __future__ import annotations

import math

from astro_nav_common.types import Pose

#: m from the place that is shut at which the robot is there
_THERE = 1.0


class DeadEnd:
    """Watches one drive."""

    def __init__(self, patience_there: float, patience: float, now: float) -> None:
        """Args: patience_there: s without getting nearer to the goal, for a robot that has been where it is shut. patience: for others."""
        self._patience_there, self._patience = patience_there, patience
        self._nearer_at, self._since, self._was_there = now, math.inf, False

    def begin(self, now: float) -> None:
        """There is a new path."""
        self._nearer_at = now
        self.opened()

    def nearer(self, now: float) -> None:
        """The robot is nearer to the goal than ever, along the path."""
        self._nearer_at = now

    def shut(self, now: float, pose: Pose, place: tuple[float, float]) -> None:
        """From `pose` there is no way; the path is blocked at `place`."""
        self._since = min(self._since, now)
        self._was_there |= math.dist(pose[:2], place) <= _THERE

    def opened(self) -> None:
        """There is a way."""
        self._since = math.inf
        self._was_there = False

    def is_over(self, now: float) -> bool:
        """True if there has been no way, and the robot got no nearer, for too long."""
        return now - max(self._since, self._nearer_at) > (self._patience_there if self._was_there else self._patience)
