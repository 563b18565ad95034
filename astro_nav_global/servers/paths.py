"""Paths on request, without driving them: `compute_path_to_pose`, `compute_path_through_poses`, and the service `is_path_valid`."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from geometry_msgs.msg import PoseStamped
from nav2_msgs.action import ComputePathThroughPoses, ComputePathToPose
from nav2_msgs.srv import IsPathValid
from rclpy.action.server import ServerGoalHandle
from rclpy.publisher import Publisher

from astro_nav_common.errors import AstroNavError, PlanningError
from astro_nav_common.geometry import transform_points
from astro_nav_common.types import Pose
from astro_nav_global.path import GlobalPath
from astro_nav_global.servers.planning import Planning, problem
from astro_nav_ros.actions import GoalServer
from astro_nav_ros.conversions import duration, path_message, path_of
from astro_nav_ros.runtime import ManagedNode
from astro_nav_ros.services import serve_later
from astro_nav_ros.transforms import TransformError

#: Nav2's codes of the two actions are these and PlanningError's, or one of those below
TO_POSE, THROUGH_POSES = 200, 300
INVALID_PLANNER, TF, NO_VIAPOINTS_GIVEN = 1, 2, 9
#: names under which clients ask for the one planner there is
PLANNER_IDS = ("", "GridBased")


class PathServers:
    """Answers with the cheapest way, and shows it on `plan`."""

    def __init__(self, node: ManagedNode, planning: Planning, shown: Publisher) -> None:
        """Serve. Args: shown: of nav_msgs/Path."""
        self._node, self._planning, self._shown = node, planning, shown
        self._to_pose = GoalServer(node, ComputePathToPose, "compute_path_to_pose", self._begin_to_pose, answers=True)
        self._through = GoalServer(
            node, ComputePathThroughPoses, "compute_path_through_poses", self._begin_through, answers=True
        )
        serve_later(node, IsPathValid, "is_path_valid", self._check)

    def _begin_to_pose(self, goal: ServerGoalHandle) -> None:
        def plan(start: Pose, targets: list[Pose], now: float) -> GlobalPath:
            return self._planning.planner.plan(start, targets[0], now)

        self._plan(self._to_pose, TO_POSE, goal, [goal.request.goal], plan)

    def _begin_through(self, goal: ServerGoalHandle) -> None:
        if not goal.request.goals:
            sentence = "compute_path_through_poses needs at least one pose"
            self._through.abort(goal, THROUGH_POSES + NO_VIAPOINTS_GIVEN, sentence)
            return
        self._plan(self._through, THROUGH_POSES, goal, goal.request.goals, self._planning.planner.plan_through)

    def _plan(
        self,
        server: GoalServer,
        codes: int,
        goal: ServerGoalHandle,
        poses: list[PoseStamped],
        plan: Callable[[Pose, list[Pose], float], GlobalPath],
    ) -> None:
        """Answer a request of either action."""
        request, planning = goal.request, self._planning
        if request.planner_id not in PLANNER_IDS:
            sentence = f"there is no planner '{request.planner_id}', only '{PLANNER_IDS[1]}'"
            server.abort(goal, codes + INVALID_PLANNER, sentence)
            return
        began, now, frame = time.perf_counter(), self._node.now(), planning.frame
        try:
            targets = [planning.pose_in_frame(pose, "the goal") for pose in poses]
            start = planning.pose_in_frame(request.start, "the start") if request.use_start else planning.robot_pose()
        except AstroNavError as error:
            server.abort(goal, codes + TF, str(error))
            return

        def planned(done: Future[Any]) -> None:
            if not goal.is_active:
                return  # a newer goal has ended it
            self._node.health.sample("plan_ms", 1e3 * (time.perf_counter() - began))
            error = problem(done)
            if error is not None:
                code = (
                    error.code if isinstance(error, PlanningError) else TF if isinstance(error, TransformError) else 0
                )
                server.abort(goal, codes + code, str(error))
                return
            path = path_message(done.result().points, frame, now)
            self._shown.publish(path)
            took = duration(time.perf_counter() - began)
            server.succeed(goal, server.action_type.Result(path=path, planning_time=took))

        # of goals that come faster than they are planned only the newest takes the worker's time
        planning.submit_in(frame, lambda: plan(start, targets, now) if goal.is_active else None, planned)

    def _check(self, request: IsPathValid.Request, answer: Callable[[Any], None]) -> None:
        """A path that cannot be understood, or placed, is not valid: none of its poses is."""
        planning, path, now, frame = self._planning, request.path, self._node.now(), self._planning.frame

        def refuse(error: AstroNavError) -> None:
            self._node.get_logger().warning(f"is_path_valid: {error}")
            answer(_validity(range(len(path.poses))))

        def checked(done: Future[Any]) -> None:
            error = problem(done)
            if error is not None:
                refuse(error)
            else:
                answer(_validity(done.result().tolist(), bool(len(done.result()) == 0)))

        try:
            points = path_of(path, "the path")
            points = transform_points(planning.transforms.lookup(frame, path.header.frame_id), points[:, :2])
        except AstroNavError as error:
            refuse(error)
            return
        planning.submit_in(frame, lambda: planning.planner.invalid_points(points, now), checked)


def _validity(invalid: Any, is_valid: bool = False) -> IsPathValid.Response:
    return IsPathValid.Response(is_valid=is_valid, invalid_pose_indices=array("i", invalid))
