"""Jumps of the localisation, as the frame of the observations shows them: what was observed shortly before may lie in the wrong place."""

from __future__ import annotations

import math

from astro_nav_common.geometry import between, compose
from astro_nav_common.grid import Grid
from astro_nav_common.types import Pose

#: m and rad by which the frame moves at once when the localisation jumps
JUMP, JUMP_TURN = 0.1, 0.05
#: what was observed since the jump before is doubted, but for at most so many s
DOUBTED = 30.0


class JumpWatch:
    """Compares where one observation after the other is said to lie."""

    def __init__(self) -> None:
        self._T_world_local: Pose | None = None  # at the newest observation
        self._jumped_at = -math.inf

    def doubted_since(self, local_map: Grid, now: float, T_world_local: Pose) -> float:
        """Time, s, from which on observations are doubted now that there is this one; infinite if none are."""
        before, self._T_world_local = self._T_world_local, T_world_local
        if before is None:
            return math.inf
        rows, cols = local_map.shape
        half = 0.5 * local_map.resolution
        middle = Pose(local_map.origin_x + half * cols, local_map.origin_y + half * rows, 0.0)
        moved = between(compose(before, middle), compose(T_world_local, middle))
        if math.hypot(moved.x, moved.y) <= JUMP and abs(moved.yaw) <= JUMP_TURN:
            return math.inf
        since, self._jumped_at = max(self._jumped_at, now - DOUBTED), now
        return since
