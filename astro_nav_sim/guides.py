"""Who tells the local planner where to go, in the lockstep loop."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from astro_nav_common.geometry import between, compose, inverse, resample_polyline, transform_points
from astro_nav_common.grid import Grid
from astro_nav_common.types import Guidance, Pose, State

SPACING = 0.1  # m between the points of a path


class Guide(Protocol):
    """Gives the guidance of each local cycle. `map` is the frame of the goals; where odom lies in it may change."""

    def set_goal(self, goal_map: Pose, heading_matters: bool) -> None:
        """A new goal."""

    def update(self, now: float, state_odom: State, odom_map: Pose, local_map: Grid | None, blocked: bool) -> Guidance | None:
        """The guidance at time `now`, in odom; None: stop and hold.

        Args:
            local_map: occupancy that the local layer sees, in odom. blocked: its last cycle found no way along the guidance.
        """


class StraightGuide:
    """The straight line to the goal: the whole way is left to the local planner."""

    def __init__(self) -> None:
        self._goal_map: Pose | None = None
        self._heading_matters = True
        self._line_map = np.empty((0, 2))
        self._path_id = 0

    def set_goal(self, goal_map: Pose, heading_matters: bool) -> None:
        """A new goal."""
        self._goal_map, self._heading_matters = goal_map, heading_matters
        self._line_map = np.empty((0, 2))
        self._path_id += 1

    def update(self, now: float, state_odom: State, odom_map: Pose, local_map: Grid | None, blocked: bool) -> Guidance | None:
        """From where the robot was when it got the goal, to the goal."""
        if self._goal_map is None:
            return None
        if len(self._line_map) == 0:
            start_map = compose(odom_map, state_odom.pose)
            self._line_map = resample_polyline(np.array((start_map[:2], self._goal_map[:2])), SPACING)
        return in_odom(self._line_map, self._goal_map, odom_map, self._heading_matters, self._path_id)


def in_odom(points_map: np.ndarray, goal_map: Pose, odom_map: Pose, heading_matters: bool, path_id: int) -> Guidance:
    """A path (N, 2) in the map as guidance in odom, where odom is believed to lie in the map."""
    points_odom = transform_points(inverse(odom_map), points_map)
    return Guidance(points_odom, between(odom_map, goal_map), True, heading_matters, path_id)
