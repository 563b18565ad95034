"""The action `follow_path`."""

from __future__ import annotations

import math

from nav2_msgs.action import FollowPath
from rclpy.action.server import ServerGoalHandle

from astro_nav_common.errors import InputError
from astro_nav_common.types import Pose
from astro_nav_local.follow import TF_ERROR, Ending, PathTask
from astro_nav_local.local_plan import PlanStatus
from astro_nav_local.progress import ProgressChecker
from astro_nav_local.servers.jobs import Job, Jobs
from astro_nav_ros.actions import GoalServer
from astro_nav_ros.conversions import path_of
from astro_nav_ros.node_params import LocalNodeParams
from astro_nav_ros.presence import NAVIGATOR, Presence
from astro_nav_ros.runtime import ManagedNode
from astro_nav_ros.transforms import TransformError, Transforms

#: error codes of nav2_msgs/FollowPath
UNKNOWN, INVALID_CONTROLLER, INVALID_PATH = 100, 101, 103
#: names under which clients ask for the one controller there is
CONTROLLER_IDS = ("", "FollowPath")


class FollowPathServer:
    """Turns paths into jobs."""

    def __init__(self, node: ManagedNode, jobs: Jobs, params: LocalNodeParams, transforms: Transforms) -> None:
        """Serve."""
        self._jobs, self._params, self._transforms = jobs, params, transforms
        self._paths_taken = 0
        self._navigator = Presence(node, NAVIGATOR)
        self._server = GoalServer(node, FollowPath, "follow_path", self._begin)

    def _begin(self, goal: ServerGoalHandle) -> None:
        request, params = goal.request, self._params
        if request.controller_id not in CONTROLLER_IDS:
            message = f"there is no controller '{request.controller_id}', only '{CONTROLLER_IDS[1]}'"
            self._server.abort(goal, INVALID_CONTROLLER, message)
            return
        progress = ProgressChecker(
            params.required_movement_radius, params.required_movement_angle, params.movement_time_allowance
        )
        self._paths_taken += 1
        try:
            points = path_of(request.path, "the path")
        except InputError as error:
            self._server.abort(goal, INVALID_PATH, str(error))
            return
        task = PathTask(points, self._paths_taken, progress, params.blocked_patience)
        frame = request.path.header.frame_id or params.global_frame
        self._jobs.take(FollowJob(self._server, goal, task, frame, params, self._transforms, self._navigator))


class FollowJob(Job):
    """One path."""

    def __init__(
        self,
        server: GoalServer,
        goal: ServerGoalHandle,
        task: PathTask,
        frame: str,
        params: LocalNodeParams,
        transforms: Transforms,
        navigator: Presence,
    ) -> None:
        """Args: frame: of the path. navigator: who usually sends paths."""
        super().__init__(server, goal)
        self._task, self._frame, self._params, self._transforms = task, frame, params, transforms
        self._navigator, self._sender = navigator, navigator.generation
        self._holds_since = math.inf

    def before(self, now: float) -> Ending | None:
        """The path by where its frame is in odom now; none, so a stop, while nobody knows that, or the navigator is gone."""
        params, navigator = self._params, self._navigator
        try:
            since = now - params.transform_timeout
            frame_odom = self._transforms.lookup(params.odom_frame, self._frame, since=since)
        except TransformError as error:
            return self._hold(now, TF_ERROR, str(error), params.transform_tolerance)
        if navigator.lost:
            return self._hold(now, UNKNOWN, "the navigator is dead or hangs", params.navigator_patience)
        if navigator.generation > self._sender > 0:
            return Ending(UNKNOWN, "another navigator has come, which has not sent this path")
        self.guidance, self.trouble, self._holds_since = self._task.guidance(frame_odom), "", math.inf
        return None

    def _hold(self, now: float, code: int, why: str, patience: float) -> Ending | None:
        """Stand still, and give the path up when that has lasted."""
        self.guidance, self.trouble = None, why
        self._holds_since = min(self._holds_since, now)
        return Ending(code, why) if now - self._holds_since > patience else None

    def after(self, now: float, status: PlanStatus, pose_odom: Pose) -> Ending | None:
        """Distance and speed."""
        self.goal.publish_feedback(
            FollowPath.Feedback(distance_to_goal=float(status.distance_to_goal), speed=float(status.speed))
        )
        return self._task.ending(now, status, pose_odom) if self.guidance is not None else None
