"""Paths on request, without driving them: the action `compute_path_to_pose`."""

from __future__ import annotations

import time
from concurrent.futures import Future
from typing import Any

from nav2_msgs.action import ComputePathToPose
from nav_msgs.msg import Path
from rclpy.action.server import ServerGoalHandle
from rclpy.publisher import Publisher

from astro_nav_common.errors import AstroNavError, PlanningError
from astro_nav_global.navigator import PLANNING
from astro_nav_global.servers.planning import Planning, problem
from astro_nav_ros.actions import GoalServer
from astro_nav_ros.conversions import duration, path_message
from astro_nav_ros.runtime import ManagedNode

#: error codes of nav2_msgs/ComputePathToPose
INVALID_PLANNER, TF_ERROR = 201, 202
#: names under which clients ask for the one planner there is
PLANNER_IDS = ("", "GridBased")


class PathServers:
    """Answers with the cheapest way, and shows it on `plan`."""

    def __init__(self, node: ManagedNode, planning: Planning, shown: Publisher) -> None:
        """Serve. Args: shown: of nav_msgs/Path."""
        self._node, self._planning, self._shown = node, planning, shown
        self._to_pose = GoalServer(node, ComputePathToPose, "compute_path_to_pose", self._begin)

    def _begin(self, goal: ServerGoalHandle) -> None:
        request, planning = goal.request, self._planning
        if request.planner_id not in PLANNER_IDS:
            self._to_pose.abort(
                goal, INVALID_PLANNER, f"there is no planner '{request.planner_id}', only '{PLANNER_IDS[1]}'"
            )
            return
        try:
            target = planning.pose_in_frame(request.goal, "the goal")
            start = planning.pose_in_frame(request.start, "the start") if request.use_start else planning.robot_pose()
        except AstroNavError as error:
            self._to_pose.abort(goal, TF_ERROR, str(error))
            return
        began, now, frame = time.perf_counter(), self._node.now(), planning.frame

        def planned(done: Future[Any]) -> None:
            if not goal.is_active:
                return  # a newer goal has ended it
            self._node.health.sample("plan_ms", 1e3 * (time.perf_counter() - began))
            error = problem(done)
            if error is not None:
                code = error.code if isinstance(error, PlanningError) else 0
                self._to_pose.abort(goal, PLANNING + code, str(error))
                return
            path: Path = path_message(done.result().points, frame, now)
            self._shown.publish(path)
            result = ComputePathToPose.Result(path=path, planning_time=duration(time.perf_counter() - began))
            self._to_pose.succeed(goal, result)

        planning.submit(lambda: planning.planner.plan(start, target, now), planned)
