"""Ghosts: cells of the local map that say "occupied" where nothing stands, and the time they cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from astro_nav_common.conventions import OCCUPIED
from astro_nav_common.distance_field import distance_field
from astro_nav_common.geometry import transform_points
from astro_nav_common.grid import Grid
from astro_nav_common.types import Pose, State
from astro_nav_sim.clearance import distance_to
from astro_nav_sim.rasterize import rasterize
from astro_nav_sim.world import Solid, World

#: an occupied cell is a ghost if nothing stands within this of it, m: three cells, for range noise and rasters
TOLERANCE = 0.15
#: ghosts further from the robot's centre than this do not hold it up, m
REACH = 1.0
#: the robot stands if slower than this, m/s and rad/s
STANDING = (0.1, 0.2)
_RESOLUTION = 0.025


class GhostMeter:
    """Looked at every cycle: how long were there ghosts within reach, and how long did the robot stand before them?"""

    def __init__(self, world: World, height: float, period: float) -> None:
        """Args: height: of the lidar's plane, m. period: s from look to look."""
        grid = rasterize(world, height, _RESOLUTION)
        self._distance = np.empty(grid.shape, np.float32)
        distance_field(grid.data == OCCUPIED, _RESOLUTION, 1.0, self._distance)
        self._grid, self._period = grid, period
        self.seen_s = 0.0
        self.stood_s = 0.0
        self._standing_s = 0.0

    def look(self, local_map: Grid, odom_in_world: Pose, truth: State, moving: Sequence[Solid] = ()) -> None:
        """One cycle. Args: local_map: in odom. truth: of the robot in the world. moving: solids that are not the world's own."""
        if len(self.ghosts(local_map, odom_in_world, truth, moving)) == 0:
            self._standing_s = 0.0
            return
        self.seen_s += self._period
        stands = abs(truth.v) < STANDING[0] and abs(truth.w) < STANDING[1]
        self._standing_s = self._standing_s + self._period if stands else 0.0
        self.stood_s = max(self.stood_s, self._standing_s)

    def ghosts(self, local_map: Grid, odom_in_world: Pose, truth: State, moving: Sequence[Solid] = ()) -> np.ndarray:
        """(N, 2) ghosts within reach of the robot, m, in the world."""
        cells = np.argwhere(local_map.data == OCCUPIED)
        points = transform_points(odom_in_world, local_map.centers(cells))
        points = points[np.hypot(points[:, 0] - truth.x, points[:, 1] - truth.y) < REACH]
        grid = self._grid
        col, row = ((points - (grid.origin_x, grid.origin_y)) / grid.resolution).astype(int).T
        rows, cols = grid.shape
        known = (row >= 0) & (row < rows) & (col >= 0) & (col < cols)
        away = np.where(known, self._distance[np.clip(row, 0, rows - 1), np.clip(col, 0, cols - 1)], 1.0)
        points = points[away > TOLERANCE]
        real = [any(distance_to(solid, x, y) <= TOLERANCE for solid in moving) for x, y in points.tolist()]
        return points[~np.array(real, bool)]
