"""The way still to go from every cell of the local map, along the guidance: a wave from the goal, or from where the guidance leaves the map."""

from __future__ import annotations

import math

import numpy as np

from astro_nav_common.errors import InputError
from astro_nav_common.footprint import Footprint
from astro_nav_common.types import Guidance
from astro_nav_local.goal import Goal
from astro_nav_local.guide import PathFollower
from astro_nav_local.local_map import LocalMap
from astro_nav_local.params import LocalParams
from astro_nav_local.wavefront import UNREACHED, WaveWork, WayCost, march

#: Std of a distance when passing an obstacle at usual speed, about a second ahead, over that at rest and now.
PASSING_SIGMA = 1.75
#: Coordinates beyond this, m, are those of another frame, or none.
FURTHEST = 1e6
#: The robot may itself stand on cells that are too near to obstacles: the wave must come as near as this beside its circle, m.
BESIDE_ROBOT = 0.1


class NavigationFunction:
    """Keeps the guidance and how far along it the robot is; `update` marches the wave."""

    def __init__(self, params: LocalParams, local_map: LocalMap, footprint: Footprint) -> None:
        """Args: local_map: whose cells it is over."""
        self._map, self.passable = local_map, footprint.half_width
        self._near = int(math.ceil((footprint.circumscribed_radius + BESIDE_ROBOT) / local_map.resolution))
        length = float(np.ptp(footprint.base[:, 0]))
        self.cost = WayCost.of(
            params.clearance_scale,
            params.clearance_gain,
            params.collision_cost,
            PASSING_SIGMA * params.sigma_base,
            length,
        )
        #: (rows, cols) m, to where the wave started; UNREACHED where it did not come
        self.to_go = np.full_like(local_map.distance, UNREACHED)
        self._reached = np.zeros(local_map.distance.shape, np.uint8)
        self._work = WaveWork.of(*local_map.distance.shape)
        self._follower: PathFollower | None = None
        self._beyond = 0.0

    def set_guidance(self, guidance: Guidance | None) -> None:
        """The path to make progress on. The same path_id with other points is a map correction. Raises InputError."""
        if guidance is None:
            self._follower = None
        elif not (len(guidance.points_odom) and (np.abs(guidance.points_odom) <= FURTHEST).all()):
            raise InputError(f"guidance needs at least one point, and every point finite and within {FURTHEST:g} m")
        elif self._follower is not None and _is_same(guidance, self._follower.guidance):
            self._follower.moved(guidance)
        else:
            self._follower = PathFollower(guidance)

    def update(self, x: float, y: float, distance: np.ndarray) -> tuple[Goal | None, str, bool]:
        """(goal, why there is none, whether the way is blocked) for a robot at (x, y). Args: distance: (rows, cols) to obstacles, m."""
        if self._follower is None:
            return None, "nothing to do", False
        grid, guidance = self._map, self._follower.guidance
        seeds = self._follower.seeds(x, y, grid.origin_x, grid.origin_y, grid.resolution, distance, self.passable)
        doubt = self._follower.doubt(grid.unseen, grid.origin_x, grid.origin_y, grid.resolution)
        march(
            distance, doubt, grid.resolution, self.passable, self.cost.costs, self.cost.step,
            seeds.cells, self.to_go, self._reached.reshape(-1), self._work,
        )  # fmt: skip
        self._beyond = seeds.remaining
        final = seeds.final and guidance.goal_is_final
        at = guidance.goal_odom
        goal = Goal(float(at.x), float(at.y), float(at.yaw), final, final and guidance.heading_matters)
        blocked = not self._came_near(x, y)
        return goal, "the way is blocked" if blocked else "", blocked

    def distance_to_go(self, x: float, y: float) -> float:
        """Way to the end of the guidance, m; infinite off the map."""
        row, col = self._map.cell(x, y)
        if not self._map.contains(row, col):
            return math.inf
        return float(self.to_go[row, col]) + self._beyond

    def _came_near(self, x: float, y: float) -> bool:
        """True if the wave came to the robot through passable cells."""
        (row, col), near = self._map.cell(x, y), self._near
        around = self._reached[max(row - near, 0) : row + near + 1, max(col - near, 0) : col + near + 1]
        return bool((around == 1).any())


def _is_same(guidance: Guidance, before: Guidance) -> bool:
    return guidance.path_id == before.path_id and len(guidance.points_odom) == len(before.points_odom)
