"""Shortest ways on a map, and what they would take a robot without delays: what drives to goals are compared with."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy import ndimage

from astro_nav_common.conventions import OCCUPIED
from astro_nav_common.footprint import Footprint
from astro_nav_common.geometry import inverse, transform_points
from astro_nav_common.grid import Grid
from astro_nav_common.robot import RobotParams
from astro_nav_common.types import Pose
from astro_nav_global.astar import GridSearch
from astro_nav_global.costmap import LETHAL, PASSABLE

#: m of a way over which its heading at an end is taken
_HEADING_OVER = 0.5


class Way(NamedTuple):
    """Its length, m, infinite if there is none, and its headings at start and goal, rad."""

    length: float
    first: float = 0.0
    last: float = 0.0


class Ways:
    """Shortest ways on a map, for a disc as wide as the footprint."""

    def __init__(self, grid: Grid, robot: RobotParams) -> None:
        self._grid = grid
        self._footprint = Footprint.of(robot)
        clearance = ndimage.distance_transform_edt(grid.data <= OCCUPIED // 2) * grid.resolution
        self._levels = np.where(clearance < self._footprint.half_width, LETHAL, 0).astype(np.uint8)
        self._regions, _ = ndimage.label(self._levels == 0)
        self._obstacles = grid.centers(np.argwhere(grid.occupied()))
        self._search = GridSearch(grid.shape)

    def room(self, goal: Pose) -> float:
        """Distance of the footprint to the nearest occupied cell's centre, m, at most 1; negative if there is one in it."""
        near = self._obstacles[
            np.abs(self._obstacles - goal[:2]).max(axis=1) < self._footprint.circumscribed_radius + 1.0
        ]
        return float(self._footprint.distances(transform_points(inverse(goal), near)).min(initial=1.0))

    def shortest(self, start: Pose, goal: Pose) -> Way:
        """There is none if the robot does not fit at the goal, either."""
        from_cell, to_cell = self._grid.cell(*start[:2]), self._grid.cell(*goal[:2])
        if self.room(goal) < 0.0 or self._levels[to_cell] or self._regions[from_cell] != self._regions[to_cell]:
            return Way(math.inf)
        found = self._search.run(self._levels, np.ones(PASSABLE + 1), from_cell, to_cell)
        if found is None:
            return Way(math.inf)
        points = self._grid.centers(found.cells)
        k = min(math.ceil(_HEADING_OVER / self._grid.resolution), len(points) - 1)
        (dx, dy), (ex, ey) = points[k] - points[0], points[-1] - points[-1 - k]
        return Way(found.cost * self._grid.resolution, math.atan2(dy, dx), math.atan2(ey, ex))


def time_in_turn(way: Way, start: Pose, goal: Pose, robot: RobotParams) -> float:
    """Time, s, to turn on the spot, drive a way and turn again, within the limits of speed and acceleration."""
    turns = abs(math.remainder(way.first - start.yaw, math.tau)), abs(math.remainder(goal.yaw - way.last, math.tau))
    turning = 2.0 * robot.wheel_accel_max / robot.track
    return _fastest(way.length, robot.v_max, robot.wheel_accel_max) + sum(
        _fastest(t, robot.w_max, turning) for t in turns
    )


def _fastest(way: float, speed: float, acceleration: float) -> float:
    """From rest to rest."""
    if way > speed * speed / acceleration:
        return way / speed + speed / acceleration
    return 2.0 * math.sqrt(way / acceleration)
