"""navigate_through_poses, without the ROS: poses passed in their order, and a stop only at the last one.

The local layer drives to where its path ends, by any way. So it is given one leg at a time, to the next pose and a little beyond, and
the following leg when the robot comes near that pose: no pose is left out, and none is stopped at.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from astro_nav_common.errors import PlanningError
from astro_nav_common.types import Pose
from astro_nav_global.navigation import Action, Feedback, LocalReport, Phase
from astro_nav_global.navigator import PLANNING, Navigator
from astro_nav_global.params import NavigatorParams
from astro_nav_global.path import GlobalPath
from astro_nav_global.planner import GlobalPlanner


class ThroughPoses:
    """Drives leg by leg. Headings count at the last pose only."""

    def __init__(
        self,
        params: NavigatorParams,
        navigator: Navigator,
        planner: GlobalPlanner,
        goals: Sequence[Pose],
        now: float,
        first: int = 0,
    ) -> None:
        """Args: goals: at least one, in the planner's frame. now: s. first: index of the goal to begin with."""
        self._params, self._navigator, self._planner = params, navigator, planner
        self._goals = list(goals)
        self.index = first
        self._legs: list[GlobalPath | None] | None = (
            None  # from each goal to the next; None: no way is known at present
        )
        self._extended: tuple[int, GlobalPath | None] = (-1, None)  # what was sent last, with its id
        self._recoveries, self._began = 0, now  # of the legs before; s
        navigator.start(self._goals[first], now)

    def update(self, now: float, pose: Pose, report: LocalReport | None = None) -> Action:
        """See `Navigator.update`."""
        if self._legs is None:
            try:
                self._legs = self._plan_legs(now)
            except PlanningError as error:
                self._navigator.cancel()
                return Action(Phase.DONE, code=PLANNING + error.code, message=str(error))
        action = self._navigator.update(now, pose, report)
        while self.index + 1 < len(self._goals) and self._has_passed(action, pose):
            self._recoveries += action.feedback.recoveries
            self.index += 1
            self._navigator.start(self._goals[self.index], now)
            action = self._navigator.update(now, pose)
        action = replace(action, feedback=self._whole(action.feedback, now))
        if action.phase is Phase.DONE and action.code and len(self._goals) > 1:
            return replace(action, message=self._naming(self.index, action.message))
        return self._led_out(action)

    def _naming(self, index: int, message: str) -> str:
        return f"pose {index + 1} of {len(self._goals)}: {message}"

    def _plan_legs(self, now: float) -> list[GlobalPath | None]:
        """The ways from pose to pose. Raises PlanningError if there can be none."""
        legs: list[GlobalPath | None] = []
        for index, (here, there) in enumerate(zip(self._goals, self._goals[1:]), 1):
            try:
                legs.append(self._planner.plan(here, there, now))
            except PlanningError as error:
                if index > self.index and self._planner.is_hopeless(here, there):
                    raise PlanningError(error.code, self._naming(index, str(error))) from error
                legs.append(None)
        return legs

    def _has_passed(self, action: Action, pose: Pose) -> bool:
        if action.phase is Phase.DONE:
            return action.code == 0
        near = math.dist(pose[:2], self._goals[self.index][:2]) <= self._params.pass_distance
        # near along the path, too: not on the other side of a wall
        return (
            near
            and action.phase is Phase.FOLLOWING
            and action.feedback.distance_remaining <= 2.0 * self._params.pass_distance
        )

    def _whole(self, leg: Feedback, now: float) -> Feedback:
        """Feedback over all legs still to be driven."""
        assert self._legs is not None
        beyond = 0.0
        for index in range(self.index, len(self._goals) - 1):
            way = self._legs[index]
            beyond += way.length if way else math.dist(self._goals[index][:2], self._goals[index + 1][:2])
        remaining = leg.distance_remaining + beyond
        time = leg.time_remaining + beyond / leg.speed
        return Feedback(remaining, time, self._recoveries + leg.recoveries, max(now - self._began, 0.0), leg.speed)

    def _led_out(self, action: Action) -> Action:
        """The action with its path led on beyond the next pose, so that the robot does not brake for it."""
        assert self._legs is not None
        if action.path is None or action.phase is not Phase.FOLLOWING or self.index + 1 >= len(self._goals):
            return action
        if self._extended[0] != action.path_id:
            leg = self._legs[self.index]
            extended = lead_out(action.path, leg, self._params.pass_distance) if leg else action.path
            self._extended = (action.path_id, extended)
        return replace(action, path=self._extended[1])


def lead_out(path: GlobalPath, following: GlobalPath, length: float) -> GlobalPath:
    """The path with the first `length` m of the following one, unless it turns back there by more than a right angle.

    Where it turns back the robot must all but stop anyway, and would not come to the end of the path if the two were one.
    """
    end = path.points[-1, :2]
    before = path.points[max(int(np.searchsorted(path.arc, path.length - length)) - 1, 0), :2]
    count = int(np.searchsorted(following.arc, length, side="right"))
    after = following.points[max(count - 1, 1), :2]
    if float(np.dot(end - before, after - end)) <= 0.0:
        return path
    points = np.vstack((path.points, following.points[1 : max(count, 2)]))
    return GlobalPath(points, path.cost)
