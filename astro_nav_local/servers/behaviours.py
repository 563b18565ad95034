"""The actions that Nav2's behavior_server has: `spin`, `backup`, `drive_on_heading`, `wait`. Motions are plans as any other."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from nav2_msgs.action import BackUp, DriveOnHeading, Spin, Wait
from rclpy.action.server import ServerGoalHandle

from astro_nav_common.types import Pose
from astro_nav_local.follow import Ending
from astro_nav_local.local_plan import PlanStatus
from astro_nav_local.manoeuvre import Manoeuvre
from astro_nav_local.params import LocalParams
from astro_nav_local.progress import ProgressChecker
from astro_nav_local.servers.jobs import Job, Jobs
from astro_nav_ros.actions import GoalServer
from astro_nav_ros.conversions import duration, seconds
from astro_nav_ros.runtime import ManagedNode

#: m and rad that a manoeuvre must get on by within the time that a path would have for it: slow ones are no standstill
PROGRESS = (0.02, 0.05)


class Codes(NamedTuple):
    """An action's error codes."""

    invalid: int
    timeout: int
    collision: int


class BehaviourServers:
    """Turns requests into jobs."""

    def __init__(self, node: ManagedNode, jobs: Jobs, stuck_after: float) -> None:
        """Serve. Args: stuck_after: s without progress after which a manoeuvre is given up."""
        self._node, self._jobs, self._stuck_after = node, jobs, stuck_after
        self._serve(Spin, "spin", self._spin)
        self._serve(BackUp, "backup", self._back_up)
        self._serve(DriveOnHeading, "drive_on_heading", self._drive_on_heading)
        self._serve(Wait, "wait", lambda server, goal: WaitJob(server, goal, node.now()))

    def _serve(self, kind: Any, name: str, make: Callable[[GoalServer, ServerGoalHandle], Job | None]) -> None:
        def begin(goal: ServerGoalHandle) -> None:
            job = make(server, goal)
            if job is not None:
                self._jobs.take(job)

        server = GoalServer(self._node, kind, name, begin)

    def _spin(self, server: GoalServer, goal: ServerGoalHandle) -> Job | None:
        """By the angle asked for, a whole turn and more if it is that."""
        turn = goal.request.target_yaw
        codes = Codes(Spin.Result.UNKNOWN, Spin.Result.TIMEOUT, Spin.Result.COLLISION_AHEAD)
        if not math.isfinite(turn):
            server.abort(goal, codes.invalid, f"target_yaw = {turn} must be a number of radians")
            return None
        pace = self._node.parameters.get(LocalParams).spin_rate
        return self._manoeuvre(server, goal, Manoeuvre(0.0, turn, pace), codes, "angular_distance_traveled")

    def _back_up(self, server: GoalServer, goal: ServerGoalHandle) -> Job | None:
        """As in Nav2 the signs of distance and speed do not matter: it is backwards."""
        result = BackUp.Result
        codes = Codes(result.INVALID_INPUT, result.TIMEOUT, result.COLLISION_AHEAD)
        return self._straight(server, goal, -abs(goal.request.target.x), abs(goal.request.speed), codes)

    def _drive_on_heading(self, server: GoalServer, goal: ServerGoalHandle) -> Job | None:
        """Forwards or backwards, as both signs say."""
        way, speed, result = goal.request.target.x, goal.request.speed, DriveOnHeading.Result
        codes = Codes(result.INVALID_INPUT, result.TIMEOUT, result.COLLISION_AHEAD)
        if way * speed < 0.0:
            server.abort(goal, codes.invalid, f"target.x = {way} and speed = {speed:g} must have the same sign")
            return None
        return self._straight(server, goal, way, abs(speed), codes)

    def _straight(
        self, server: GoalServer, goal: ServerGoalHandle, way: float, pace: float, codes: Codes
    ) -> Job | None:
        target = goal.request.target
        sentence = ""
        if not (math.isfinite(way) and math.isfinite(pace)):
            sentence = f"target.x = {way} and speed = {pace} must be finite numbers"
        elif target.y != 0.0 or target.z != 0.0:
            sentence = f"target = ({target.x}, {target.y}, {target.z}): only x may differ from zero"
        elif pace <= 0.0:
            sentence = "speed = 0 would take for ever"
        if sentence:
            server.abort(goal, codes.invalid, sentence)
            return None
        return self._manoeuvre(server, goal, Manoeuvre(way, 0.0, pace), codes, "distance_traveled")

    def _manoeuvre(
        self, server: GoalServer, goal: ServerGoalHandle, manoeuvre: Manoeuvre, codes: Codes, told: str
    ) -> Job:
        progress = ProgressChecker(*PROGRESS, self._stuck_after)
        return ManoeuvreJob(server, goal, manoeuvre, codes, told, progress, self._node.now())


class ManoeuvreJob(Job):
    """A turn or a straight line."""

    def __init__(
        self,
        server: GoalServer,
        goal: ServerGoalHandle,
        manoeuvre: Manoeuvre,
        codes: Codes,
        told: str,
        progress: ProgressChecker,
        now: float,
    ) -> None:
        """Args: told: the feedback's field for what has been done. now: s."""
        super().__init__(server, goal)
        self.manoeuvre = manoeuvre
        self._done = manoeuvre
        self._codes, self._told, self._progress, self._began = codes, told, progress, now
        self._allowed = seconds(goal.request.time_allowance)

    def after(self, now: float, status: PlanStatus, pose_odom: Pose) -> Ending | None:
        """What has been done; as in Nav2 an allowance of zero is none, and a turn to the right counts negative."""
        done = self._done.signed if self._told == "angular_distance_traveled" else self._done.done
        self.goal.publish_feedback(self.server.action_type.Feedback(**{self._told: float(done)}))
        if status.reached:
            return Ending(0, "")
        far = f"{self._done.done:.2f} of {self._done.asked:.2f} {self._done.unit}"
        if status.blocked:
            return Ending(self._codes.collision, f"{status.reason} after {far}")
        if 0.0 < self._allowed < now - self._began:
            return Ending(self._codes.timeout, f"only {far} could be done in the {self._allowed:g} s allowed")
        if self._progress.is_stuck(now, pose_odom):
            return Ending(
                self._codes.collision, f"no progress for too long after {far}: {status.reason or 'held by the guard'}"
            )
        return None

    def result(self, now: float) -> Any:
        """With the time it took."""
        return self.server.action_type.Result(total_elapsed_time=duration(now - self._began))


class WaitJob(Job):
    """Hold still."""

    def __init__(self, server: GoalServer, goal: ServerGoalHandle, now: float) -> None:
        """Args: now: s."""
        super().__init__(server, goal)
        self._began, self._length = now, seconds(goal.request.time)

    def after(self, now: float, status: PlanStatus, pose_odom: Pose) -> Ending | None:
        """The time left."""
        left = self._length - (now - self._began)
        self.goal.publish_feedback(Wait.Feedback(time_left=duration(left)))
        return Ending(0, "") if left <= 0.0 else None

    def result(self, now: float) -> Wait.Result:
        """With the time it took."""
        return Wait.Result(total_elapsed_time=duration(now - self._began))
