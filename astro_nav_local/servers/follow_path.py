"""The action `follow_path`."""

from __future__ import annotations

import math

from nav2_msgs.action import FollowPath
from rclpy.action.server import ServerGoalHandle

from astro_nav_common.errors import InputError
from astro_nav_common.types import Pose
from astro_nav_local.follow import TF_ERROR, Ending, PathTask
from astro_nav_local.planner import PlanStatus
from astro_nav_local.progress import ProgressChecker
from astro_nav_local.servers.jobs import Job, Jobs
from astro_nav_ros.actions import GoalServer
from astro_nav_ros.conversions import path_of
from astro_nav_ros.node_params import LocalNodeParams
from astro_nav_ros.runtime import ManagedNode
from astro_nav_ros.transforms import TransformError, Transforms

#: error codes of nav2_msgs/FollowPath
INVALID_CONTROLLER, INVALID_PATH = 101, 103
#: names under which clients ask for the one controller there is
CONTROLLER_IDS = ("", "FollowPath")


class FollowPathServer:
    """Turns paths into jobs."""

    def __init__(self, node: ManagedNode, jobs: Jobs, params: LocalNodeParams, transforms: Transforms) -> None:
        """Serve."""
        self._jobs, self._params, self._transforms = jobs, params, transforms
        self._paths_taken = 0
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
        self._jobs.take(FollowJob(self._server, goal, task, frame, params, self._transforms))


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
    ) -> None:
        """Args: frame: of the path."""
        super().__init__(server, goal)
        self._task, self._frame, self._params, self._transforms = task, frame, params, transforms
        self._pose_lost_since = math.inf

    def before(self, now: float) -> Ending | None:
        """The path by where its frame is in odom now."""
        try:
            self.guidance = self._task.guidance(self._transforms.lookup(self._params.odom_frame, self._frame))
            self._pose_lost_since = math.inf
        except TransformError as error:
            self._pose_lost_since = min(self._pose_lost_since, now)
            if now - self._pose_lost_since > self._params.transform_tolerance:
                return Ending(TF_ERROR, str(error))
        return None

    def after(self, now: float, status: PlanStatus, pose_odom: Pose) -> Ending | None:
        """Distance and speed."""
        self.goal.publish_feedback(
            FollowPath.Feedback(distance_to_goal=float(status.distance_to_goal), speed=float(status.speed))
        )
        return self._task.ending(now, status, pose_odom) if self.guidance is not None else None
