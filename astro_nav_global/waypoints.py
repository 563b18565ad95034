"""follow_waypoints, without the ROS: one goal after the other, with a stop at each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from astro_nav_common.types import Pose
from astro_nav_global.navigation import Action, LocalReport, Phase
from astro_nav_global.navigator import Navigator
from astro_nav_global.params import NavigatorParams

#: Nav2's code of a failure of FollowWaypoints
UNKNOWN = 600


class Missed(NamedTuple):
    """A waypoint that was not reached: which, and the code and sentence with which that ended."""

    waypoint: int
    code: int
    message: str


class Waypoints:
    """Drives to each waypoint, pauses there, and goes on; those that cannot be reached are left out, or end it."""

    def __init__(
        self,
        params: NavigatorParams,
        navigator: Navigator,
        goals: Sequence[Pose],
        now: float,
        first: int = 0,
        loops: int = 0,
        missed: Sequence[Missed] = (),
    ) -> None:
        """Args:
        goals: at least one, in the planner's frame. now: s.
        first: index of the goal to begin with. loops: how often to begin again with the first one, after the last.
        missed: goals that were missed before.
        """
        self._params, self._navigator = params, navigator
        self._goals, self.loops = list(goals), loops
        self.index = first
        self.missed = list(missed)
        self._pausing: Action | None = None
        self._paused_since = now
        navigator.start(self._goals[first], now)

    def update(self, now: float, pose: Pose, report: LocalReport | None = None) -> Action:
        """See `Navigator.update`; `code` and `message` of the end are those of follow_waypoints."""
        if self._pausing is not None:
            if 0.0 <= now - self._paused_since < self._params.waypoint_pause:
                return self._pausing
            if self._is_last():
                return replace(self._pausing, phase=Phase.DONE)
            self._go_on(now)
        action = self._navigator.update(now, pose, report)
        if action.phase is not Phase.DONE:
            return action
        if action.code:
            self.missed.append(Missed(self.index, action.code, action.message))
            if self._params.stop_on_failure:
                message = f"waypoint {self.index + 1} of {len(self._goals)} cannot be reached: {action.message}"
                return replace(action, code=UNKNOWN, message=message)
        self._pausing, self._paused_since = replace(action, phase=Phase.FOLLOWING, code=0, message=""), now
        return self._pausing

    def _is_last(self) -> bool:
        return self.index + 1 == len(self._goals) and self.loops == 0

    def _go_on(self, now: float) -> None:
        self.index += 1
        if self.index == len(self._goals):
            self.index, self.loops = 0, self.loops - 1
        self._pausing = None
        self._navigator.start(self._goals[self.index], now)
