"""Who tells the local planner where to go, in the lockstep loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from astro_nav_common.errors import PlanningError
from astro_nav_common.geometry import between, compose, inverse, resample_polyline, transform_points
from astro_nav_common.grid import Grid
from astro_nav_common.types import Guidance, Pose, State
from astro_nav_global.planner import GlobalPlanner

SPACING = 0.1  # m between the points of a path
OBSERVE_PERIOD = 0.5  # s between the local maps that the global planner is shown
REPLAN_PERIOD = 1.0  # s between looks for a better way, and between attempts when there is none
_GAIN, _GAIN_MIN = 0.15, 0.5  # a new way must save this share of the remaining cost, and this much of it, m
_ORIGIN = Pose(0.0, 0.0, 0.0)


class Guide(Protocol):
    """Gives the guidance of each local cycle. `map` is the frame of the goals; where odom lies in it may change."""

    def set_goal(self, goal_map: Pose, heading_matters: bool) -> None:
        """A new goal."""

    def update(
        self, now: float, state_odom: State, odom_map: Pose, local_map: Callable[[], Grid], blocked: bool
    ) -> Guidance | None:
        """The guidance at time `now`, in odom; None: stop and hold.

        Args:
            local_map: gives the occupancy that the local layer sees, in odom.
            blocked: its last cycle found no way along the guidance.
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

    def update(
        self, now: float, state_odom: State, odom_map: Pose, local_map: Callable[[], Grid], blocked: bool
    ) -> Guidance | None:
        """From where the robot was when it got the goal, to the goal."""
        if self._goal_map is None:
            return None
        if len(self._line_map) == 0:
            start_map = compose(odom_map, state_odom.pose)
            self._line_map = resample_polyline(np.array((start_map[:2], self._goal_map[:2])), SPACING)
        return in_odom(self._line_map, self._goal_map, odom_map, self._heading_matters, self._path_id)


class GlobalGuide:
    """Paths of the global planner: on the map that was set on it; without one, on what the local layer has seen, in odom."""

    def __init__(self, planner: GlobalPlanner, has_map: bool) -> None:
        """Args: planner: has its map set already, if there is one."""
        self._planner, self._has_map = planner, has_map
        self._goal_map: Pose | None = None
        self._heading_matters = True
        self._path: np.ndarray | None = None  # (N, 2) in the frame planned in
        self._path_id = 0
        self._looked_at = self._observed_at = -np.inf
        self.errors: list[tuple[float, str]] = []  # (time, why there was no path)

    def set_goal(self, goal_map: Pose, heading_matters: bool) -> None:
        """A new goal."""
        self._goal_map, self._heading_matters = goal_map, heading_matters
        self._path, self._looked_at = None, -np.inf

    def update(
        self, now: float, state_odom: State, odom_map: Pose, local_map: Callable[[], Grid], blocked: bool
    ) -> Guidance | None:
        """Show the planner what is seen; look for a way if there is none, it is blocked, or it is time to."""
        if self._goal_map is None:
            return None
        odom_planned = odom_map if self._has_map else _ORIGIN  # where odom lies in the frame planned in
        goal = self._goal_map if self._has_map else between(odom_map, self._goal_map)
        if now - self._observed_at >= OBSERVE_PERIOD or blocked:
            self._observed_at = now
            self._planner.observe(local_map(), now, odom_planned)
        if now - self._looked_at >= REPLAN_PERIOD:
            self._looked_at = now
            self._look(now, compose(odom_planned, state_odom.pose), goal, blocked)
        if self._path is None:
            return None
        return in_odom(self._path, goal, odom_planned, self._heading_matters, self._path_id)

    def _look(self, now: float, pose: Pose, goal: Pose, blocked: bool) -> None:
        """Take the cheapest way if the present one is blocked or clearly worse."""
        try:
            found = self._planner.plan(pose, goal, now)
        except PlanningError as error:
            self.errors.append((now, str(error)))
            return
        if self._path is not None and not blocked:
            nearest = int(np.argmin(np.hypot(*(self._path - pose[:2]).T)))
            cost = self._planner.cost(self._path[nearest:], now) if nearest < len(self._path) - 1 else 0.0
            if cost - found.cost <= max(_GAIN * cost, _GAIN_MIN):
                return
        self._path = np.ascontiguousarray(found.points[:, :2])
        self._path_id += 1


def in_odom(points_map: np.ndarray, goal_map: Pose, odom_map: Pose, heading_matters: bool, path_id: int) -> Guidance:
    """A path (N, 2) in the map as guidance in odom, where odom is believed to lie in the map."""
    points_odom = transform_points(inverse(odom_map), points_map)
    return Guidance(points_odom, between(odom_map, goal_map), True, heading_matters, path_id)
