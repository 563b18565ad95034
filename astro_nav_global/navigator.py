"""Carries out a goal: plans, has the path followed, plans anew when that helps, recovers, and says how it ended.

The caller passes in the time, the robot's pose and the local layer's report, and does what the returned action says. Poses and
paths are in the planner's frame.
"""

from __future__ import annotations

import math

import numpy as np

from astro_nav_common.errors import PlanningError
from astro_nav_common.types import Pose
from astro_nav_global.approach import Approach
from astro_nav_global.dead_end import DeadEnd
from astro_nav_global.navigation import Action, Feedback, LocalReport, Phase
from astro_nav_global.params import NavigatorParams
from astro_nav_global.path import GlobalPath
from astro_nav_global.planner import GlobalPlanner
from astro_nav_global.recoveries import ORDER, Recovery, recovery
from astro_nav_global.standstill import Standstill

#: Nav2's codes: those of ComputePathToPose are PLANNING + PlanningError.code
PLANNING, FAILED_TO_MAKE_PROGRESS = 200, 105
#: s of driving at the expected speed that weigh as much as what was measured
_PRIOR_TIME = 5.0
#: s after which an observation may be doubted, if there is no way because of it
_OLD = 5.0
#: recoveries that are tried soon
_CHEAP = 2
#: m and rad moved that are no rest: more than the noise of a localisation
_AT_REST = 0.08, 0.15


class Navigator:
    """navigate_to_pose, without the ROS."""

    def __init__(self, params: NavigatorParams, planner: GlobalPlanner) -> None:
        """Args: planner: shared with whoever shows it maps and observations."""
        self._params = params
        self._planner = planner
        self._phase = Phase.IDLE
        self._guidance: GlobalPath | None = None  # what the local layer has: the path, a recovery's, or nothing
        self._guidance_id = 0
        self._reset(Pose(0.0, 0.0, 0.0), 0.0)

    @property
    def index(self) -> int:
        """See `Drive`: there is one pose."""
        return 0

    @property
    def is_active(self) -> bool:
        """True while there is a goal to be reached."""
        return self._phase not in (Phase.IDLE, Phase.DONE)

    def start(self, goal: Pose, now: float) -> None:
        """Go to `goal`; if another one is being driven to, without stopping in between."""
        self._reset(goal, now)
        self._phase = Phase.PLANNING

    def cancel(self) -> None:
        """Give the goal up; the robot is to stop."""
        self._phase = Phase.IDLE
        self._guide(None)

    def update(self, now: float, pose: Pose, report: LocalReport | None = None) -> Action:
        """One step.

        Args:
            now: s.
            pose: of the robot.
            report: of the local layer; ignored unless it is about the newest path.
        """
        if not self.is_active:
            return Action(self._phase, None, self._guidance_id)
        if report is None or report.path_id != self._guidance_id:
            report = LocalReport(self._guidance_id)
        self._measure(now, pose)
        if self._phase is Phase.FOLLOWING:
            if report.reached:
                return self._finish(0, "")
            trouble = self._trouble(now, report)
            if self._approach.is_over(now, pose) or (trouble and self._approach.is_near(pose)):
                return self._finish(0, "")
            if trouble:
                return self._overcome(now, pose, trouble, report.code or FAILED_TO_MAKE_PROGRESS)
            self._look_for_better(now, pose)
            return self._action()
        if self._phase is Phase.RECOVERING and not self._recovered(now, report):
            return self._action()
        return self._overcome(now, pose, "", 0)

    # What is known of the drive.

    def _reset(self, goal: Pose, now: float) -> None:
        self._goal = goal
        self._approach = Approach(self._params, goal, now)
        self._started = now
        self._elapsed = self._travelled = 0.0
        self._pose: Pose | None = None
        params = self._params
        self._progress = Standstill(params.progress_distance, params.progress_angle, now)
        self._rest = Standstill(_AT_REST[0], _AT_REST[1], now)
        self._dead_end = DeadEnd(params.rest_time, params.progress_time, now)
        self._blocked_since: float | None = None  # so says the local layer
        self._seen_blocked_since: float | None = None  # so say map and observations
        self._looked_at = now
        self._path: GlobalPath | None = None  # the newest way to the goal
        self._index, self._gap = 0, 0.0  # the path's point nearest to the robot, and how far it is, m
        self._closest = math.inf  # m, least distance remaining so far
        self._reroutes = self._recoveries = 0  # since then
        self._next = 0  # which of `ORDER` is to be tried
        self._recoveries_total = 0
        self._recovery: Recovery | None = None
        self._recovering_since = now

    def _measure(self, now: float, pose: Pose) -> None:
        """Take in where the robot is."""
        self._elapsed = max(now - self._started, 0.0)
        if self._pose is not None:
            self._travelled += math.dist(pose[:2], self._pose[:2])
        self._pose = pose
        self._approach.observe(now, pose)
        self._progress.observe(now, pose)
        self._rest.observe(now, pose)
        if self._phase is Phase.FOLLOWING and self._path is not None:
            index, self._gap = self._path.locate(pose.x, pose.y, self._index)
            if self._gap > self._params.off_path_distance:
                return  # the nearest point may be behind a wall
            self._index = index
            remaining = self._path.remaining(self._index)
            if remaining < self._closest - self._params.progress_distance:
                self._closest = remaining
                self._reroutes = self._recoveries = self._next = 0
                self._dead_end.nearer(now)

    def _ahead(self) -> np.ndarray:
        """(N, 3) what is left of the path; N = 0 without one."""
        return np.empty((0, 3)) if self._path is None else self._path.points[self._index :]

    def _trouble(self, now: float, report: LocalReport) -> str:
        """Why the robot cannot get on, as it finds where it is; empty if it can."""
        if report.code:
            return report.reason or "the local planner gave up"
        if self._progress.lasts(now) > self._params.progress_time:
            return f"no progress for {self._params.progress_time:g} s"
        # to forget and look again is cheap, and so is to get out of a narrow place, so both are tried soon
        if self._recoveries < _CHEAP and self._rest.lasts(now) > self._params.rest_time:
            return f"at rest for {self._params.rest_time:g} s"
        if self._dead_end.is_over(now):
            return "the way is shut, and there is no other"
        self._blocked_since = _since(self._blocked_since, report.blocked, now)
        return (report.reason or "the way ahead is blocked") if self._lasting(self._blocked_since, now) else ""

    def _lasting(self, since: float | None, now: float) -> bool:
        return since is not None and now - since >= self._params.blocked_patience

    # What is done about it.

    def _look_for_better(self, now: float, pose: Pose) -> None:
        """Take another way: if the present one is seen to be blocked, if the robot has left it, or if it is clearly better."""
        cost = self._planner.cost(self._ahead(), now)
        self._seen_blocked_since = _since(self._seen_blocked_since, math.isinf(cost), now)
        blocked = self._lasting(self._seen_blocked_since, now)
        if not blocked:
            self._dead_end.opened()
        lost = self._gap > self._params.off_path_distance
        if now - self._looked_at < (self._params.blocked_patience if blocked or lost else self._params.replan_period):
            return
        self._looked_at = now
        try:
            found = self._planner.plan(pose, self._goal, now)
        except PlanningError:
            # what blocks the way may be gone when the robot gets there
            place = self._planner.shut_at(self._ahead(), now)
            if place is not None:
                self._dead_end.shut(now, pose, place)
            return
        self._dead_end.opened()
        if blocked:
            if self._reroutes < self._params.reroutes_max:
                self._reroutes += 1
                self._follow(found, now)
            return
        gain = max(self._params.replan_gain * cost, self._params.replan_gain_min)
        if lost or gain < cost - found.cost < math.inf:
            self._follow(found, now)

    def _overcome(self, now: float, pose: Pose, trouble: str, code: int) -> Action:
        """Plan from here; if that gives no other way than the troubled one, recover."""
        try:
            found = self._plan(now, pose)
        except PlanningError as error:
            if error.code == PlanningError.GOAL_OCCUPIED and self._approach.is_near(pose):
                return self._finish(0, "")
            if self._is_hopeless(error, pose):
                return self._finish(PLANNING + error.code, str(error))
            return self._recover(now, pose, str(error), PLANNING + error.code)
        if trouble:
            if math.isfinite(self._planner.cost(self._ahead(), now)) or self._reroutes >= self._params.reroutes_max:
                if self._recoveries >= _CHEAP:  # to look again, or from elsewhere, has not helped
                    self._planner.remember_blocked(self._ahead(), now)
                return self._recover(now, pose, trouble, code)
            self._reroutes += 1
        self._follow(found, now)
        return self._action()

    def _plan(self, now: float, pose: Pose) -> GlobalPath:
        """From here to the goal. Where there is no way, old observations may be at fault: they are let go, and seen again if they hold.

        How often the robot drives up to have another look is bounded as recoveries are.
        """
        try:
            return self._planner.plan(pose, self._goal, now)
        except PlanningError:
            if not self._planner.has_map or not self._planner.forget_before(now - _OLD):
                raise
        return self._planner.plan(pose, self._goal, now)

    def _is_hopeless(self, error: PlanningError, pose: Pose) -> bool:
        """True if no recovery can mend it."""
        if error.code in (PlanningError.START_OUTSIDE_MAP, PlanningError.GOAL_OUTSIDE_MAP):
            return True
        # once there was a way, something must have come into it, and may go away again
        never = self._path is None and error.code != PlanningError.START_OCCUPIED
        return never and self._planner.is_hopeless(pose, self._goal)

    def _follow(self, path: GlobalPath, now: float) -> None:
        self._phase = Phase.FOLLOWING
        self._guide(path)
        self._path, self._index, self._gap = path, 0, 0.0
        self._progress.begin(now)
        self._rest.begin(now)
        self._dead_end.begin(now)
        self._looked_at = now
        self._blocked_since = self._seen_blocked_since = None

    def _recover(self, now: float, pose: Pose, reason: str, code: int) -> Action:
        """Begin the next recovery that can be done here, or give up."""
        there_is_no_way = code == PLANNING + PlanningError.NO_VALID_PATH
        shut_at = None
        ahead = np.empty((0, 3)) if code > PLANNING else self._ahead()  # no way round is left where there is no way
        for _ in ORDER:
            if self._recoveries >= self._params.recoveries_max:
                break
            name = ORDER[self._next % len(ORDER)]
            self._next += 1
            if name == "get_out" and there_is_no_way:
                shut_at = self._planner.shut_on_map(pose, self._goal, now)
            self._recovery = recovery(name, self._params, self._planner, pose, ahead, now, shut_at)
            if self._recovery is not None:
                self._recoveries += 1
                self._recoveries_total += 1
                self._recovering_since = now
                self._phase = Phase.RECOVERING
                self._guide(self._recovery.path)
                return self._action(clear_local=self._recovery.clear_local, message=reason)
        shut_at = self._planner.shut_on_map(pose, self._goal, now) if there_is_no_way else None
        if shut_at is not None:
            reason += f": the way that the map has is shut at ({shut_at[0]:.2f}, {shut_at[1]:.2f})"
        return self._finish(code, f"{reason}; gave up after {self._recoveries_total} recoveries")

    def _recovered(self, now: float, report: LocalReport) -> bool:
        """True when the recovery under way is over."""
        assert self._recovery is not None
        running = 0.0 <= now - self._recovering_since < self._recovery.duration
        return not running or (
            self._recovery.path is not None and (report.reached or report.blocked or report.code != 0)
        )

    def _guide(self, path: GlobalPath | None) -> None:
        if path is not self._guidance:
            self._guidance = path
            self._guidance_id += 1

    def _finish(self, code: int, message: str) -> Action:
        self._phase = Phase.DONE
        self._guide(None)
        return Action(Phase.DONE, None, self._guidance_id, code=code, message=message, feedback=self._feedback())

    def _action(self, clear_local: bool = False, message: str = "") -> Action:
        feedback = self._feedback()
        return Action(self._phase, self._guidance, self._guidance_id, clear_local, message=message, feedback=feedback)

    def _feedback(self) -> Feedback:
        remaining = 0.0 if self._path is None else self._path.remaining(self._index)
        if self._pose is not None:
            remaining = max(remaining, math.dist(self._pose[:2], self._goal[:2]))
        prior = self._params.expected_speed * _PRIOR_TIME
        speed = (prior + self._travelled) / (_PRIOR_TIME + self._elapsed)
        return Feedback(remaining, remaining / speed, self._recoveries_total, self._elapsed, speed)


def _since(since: float | None, holds: bool, now: float) -> float | None:
    """Since when something has held without interruption."""
    return None if not holds else now if since is None else since
