"""Who tells the local planner where to go, in the lockstep loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np

from astro_nav_common.geometry import between, compose, inverse, resample_polyline, transform_points
from astro_nav_common.types import Guidance, Pose, State
from astro_nav_global.navigation import Action, LocalReport, Phase
from astro_nav_global.navigator import Navigator
from astro_nav_global.params import NavigatorParams
from astro_nav_global.planner import GlobalPlanner
from astro_nav_local.keepout import Keepout
from astro_nav_local.local_plan import PlanStatus
from astro_nav_local.planner import LocalPlanner

SPACING = 0.1  # m between the points of a straight path
OBSERVE_PERIOD = 0.5  # s between the local maps that the global planner is shown
_ORIGIN = Pose(0.0, 0.0, 0.0)


class Ending(NamedTuple):
    """How the way to a goal ended; reason: why it was given up."""

    reached: bool
    reason: str = ""


class Guide(Protocol):
    """Gives the guidance of each local cycle. `map` is the frame of the goals; where odom lies in it may change."""

    def set_goal(self, goal_map: Pose, heading_matters: bool) -> None:
        """A new goal."""

    def update(self, now: float, state_odom: State, odom_map: Pose, status: PlanStatus | None) -> Guidance | None:
        """The guidance at time `now`, in odom; None: stop and hold.

        Args:
            status: of the local planner's last cycle, if it was about this goal.
        """

    @property
    def ending(self) -> Ending | None:
        """None while the goal is being driven to."""


class StraightGuide:
    """The straight line to the goal: the whole way is left to the local planner."""

    def __init__(self) -> None:
        self._goal_map: Pose | None = None
        self._heading_matters = True
        self._line_map = np.empty((0, 2))
        self._path_id = 0
        self._reached = False

    def set_goal(self, goal_map: Pose, heading_matters: bool) -> None:
        """A new goal."""
        self._goal_map, self._heading_matters, self._reached = goal_map, heading_matters, False
        self._line_map = np.empty((0, 2))
        self._path_id += 1

    def update(self, now: float, state_odom: State, odom_map: Pose, status: PlanStatus | None) -> Guidance | None:
        """From where the robot was when it got the goal, to the goal."""
        if self._goal_map is None:
            return None
        self._reached = status is not None and status.reached
        if len(self._line_map) == 0:
            start_map = compose(odom_map, state_odom.pose)
            self._line_map = resample_polyline(np.array((start_map[:2], self._goal_map[:2])), SPACING)
        return in_odom(self._line_map, self._goal_map, odom_map, self._heading_matters, self._path_id)

    @property
    def ending(self) -> Ending | None:
        """At the goal when the local planner says so; it never gives up."""
        return Ending(True) if self._reached else None


class NavigatorGuide:
    """The navigator and the global planner: on the planner's map; without one, on what the local layer has seen, in odom."""

    def __init__(
        self,
        params: NavigatorParams,
        planner: GlobalPlanner,
        local: LocalPlanner,
        has_map: bool,
        epoch: float = 0.0,
        on_action: Callable[[float, Action], None] | None = None,
    ) -> None:
        """Args:
        planner: has its map set already, if there is one. local: its map is observed, and cleared on request.
        epoch: the planner's time at the loop's time 0, s.
        on_action: called with (the loop's time, action) at each update, to look at it.
        """
        self._navigator = Navigator(params, planner)
        self._epoch, self._on_action = epoch, on_action
        self._planner, self._local, self._has_map = planner, local, has_map
        self._goal_map: Pose | None = None
        self._heading_matters = True
        self._observed_at = -np.inf
        self._path_id = -1
        self.ending: Ending | None = None

    def set_goal(self, goal_map: Pose, heading_matters: bool) -> None:
        """A new goal."""
        self._goal_map, self._heading_matters, self.ending = goal_map, heading_matters, None

    def update(self, now: float, state_odom: State, odom_map: Pose, status: PlanStatus | None) -> Guidance | None:
        """Show the planner what is seen, ask the navigator what to do, and do it."""
        odom_planned = odom_map if self._has_map else _ORIGIN  # where odom lies in the frame planned in
        if now - self._observed_at >= OBSERVE_PERIOD:
            self._observed_at = now
            self._planner.observe(self._local.map.grid(), self._epoch + now, odom_planned)
        if self._goal_map is not None:
            self._navigator.start(
                self._goal_map if self._has_map else between(odom_map, self._goal_map), self._epoch + now
            )
            self._goal_map = None
        report = LocalReport(self._path_id, status.reached, status.blocked, 0, status.reason) if status else None
        action = self._navigator.update(self._epoch + now, compose(odom_planned, state_odom.pose), report)
        if self._on_action is not None:
            self._on_action(now, action)
        if action.clear_local:
            self._local.map.clear()
        if action.phase is Phase.DONE:
            self.ending = Ending(action.code == 0, action.message)
        self._path_id = action.path_id
        mask = self._planner.keepout
        self._local.set_keepout(Keepout(mask, odom_planned) if mask is not None and self._has_map else None)
        if action.path is None:
            return None
        points = np.ascontiguousarray(action.path.points[:, :2])
        matters = self._heading_matters or action.phase is Phase.RECOVERING
        return in_odom(points, action.path.goal, odom_planned, matters, action.path_id)


def in_odom(points_map: np.ndarray, goal_map: Pose, odom_map: Pose, heading_matters: bool, path_id: int) -> Guidance:
    """A path (N, 2) in the map as guidance in odom, where odom is believed to lie in the map."""
    points_odom = transform_points(inverse(odom_map), points_map)
    return Guidance(points_odom, between(odom_map, goal_map), True, heading_matters, path_id)
