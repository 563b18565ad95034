"""The node `global_planner`: which way, roughly; and the navigator that carries goals out.

Planner and navigator belong to one worker thread: whatever touches them is queued there in order, and what comes of it returns to
the node's own thread. So a search of a second on a huge map delays neither cancels nor callbacks.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import Future
from typing import Any

from geometry_msgs.msg import PoseStamped
from nav2_msgs.action import ComputePathToPose, FollowPath, NavigateToPose
from nav2_msgs.srv import ClearEntireCostmap
from nav_msgs.msg import OccupancyGrid, Path
from rclpy.action.server import ServerGoalHandle

from astro_nav_common.errors import AstroNavError, PlanningError
from astro_nav_common.geometry import compose
from astro_nav_common.grid import Grid
from astro_nav_common.robot import load_robot
from astro_nav_common.types import Pose
from astro_nav_global.costmap import nav2_occupancy
from astro_nav_global.navigation import Action, LocalReport, Phase
from astro_nav_global.navigator import PLANNING, Navigator
from astro_nav_global.params import GlobalParams, NavigatorParams
from astro_nav_global.path import GlobalPath
from astro_nav_global.planner import GlobalPlanner
from astro_nav_ros import qos
from astro_nav_ros.actions import GoalServer
from astro_nav_ros.conversions import (
    duration,
    grid_message,
    grid_of,
    path_message,
    pose_of,
    pose_stamped,
    seconds,
)
from astro_nav_ros.goal_client import GoalClient
from astro_nav_ros.maps import MapListener
from astro_nav_ros.node_params import GlobalNodeParams
from astro_nav_ros.runtime import ManagedNode, run
from astro_nav_ros.transforms import TransformError, Transforms
from astro_nav_ros.worker import Worker

#: error codes of nav2_msgs/ComputePathToPose
INVALID_PLANNER, TF_ERROR = 201, 202
#: names under which clients ask for the one planner there is
PLANNER_IDS = ("", "GridBased")


class GlobalPlannerNode(ManagedNode):
    """Hears maps and what the local planner sees; serves `compute_path_to_pose` and `navigate_to_pose`."""

    def __init__(self) -> None:
        """Declare the parameters."""
        super().__init__("global_planner", fixed=(GlobalNodeParams,), tunable=(GlobalParams, NavigatorParams))

    def setup(self) -> None:
        """Warm up the planner; create the publishers."""
        self._params = self.parameters.get(GlobalNodeParams)
        self._robot = load_robot(self._params.robot)
        GlobalPlanner(self.parameters.get(GlobalParams), self._robot).warm_up()
        self._plan = self.create_publisher(Path, "plan", qos.LATCHED)
        self._costmap = self.create_publisher(OccupancyGrid, "global_costmap/costmap", qos.LATCHED)

    def start(self) -> None:
        """Build planner and navigator; listen and serve."""
        params = self._params
        self._make_planner()
        self.parameters.on_change(self._parameters_changed)
        self._map: Grid | None = None
        self._frame = params.odom_frame  # planned in: the map's, once there is one
        self._worker = Worker(self, "planning")
        self._transforms = Transforms(self)
        self._observed_at = self._goal_since = 0.0
        self._goal_map: Pose | None = (
            None  # of navigate_to_pose, in the frame planned in; None until it could be transformed
        )
        self._turn, self._updating, self._path_sent, self._recoveries = 0, False, 0, 0
        self._maps = MapListener(self, self._take_map)
        self.create_subscription(OccupancyGrid, params.local_costmap_topic, self._take_local_map, qos.NEWEST)
        self._compute = GoalServer(self, ComputePathToPose, "compute_path_to_pose", self._begin_plan)
        self._navigate = GoalServer(self, NavigateToPose, "navigate_to_pose", self._begin_navigation)
        self._follow = GoalClient(self, FollowPath, "follow_path")
        self._own = GoalClient(self, NavigateToPose, "navigate_to_pose")
        self._clear_local = self.create_client(ClearEntireCostmap, "local_costmap/clear_entirely_local_costmap")
        self.create_subscription(
            PoseStamped,
            "goal_pose",
            lambda pose: self._own.send(NavigateToPose.Goal(pose=pose), self.now()),
            qos.DEFAULT,
        )
        self.create_timer(1.0 / params.navigator_hz, self._tick)
        self.create_timer(1.0 / params.publish_hz, self._show_costs)

    def stop(self) -> None:
        """Let no motion and no thread survive."""
        self._follow.cancel()
        self._worker.stop()

    def _make_planner(self) -> None:
        self._planner = GlobalPlanner(self.parameters.get(GlobalParams), self._robot)
        self._navigator = Navigator(self.parameters.get(NavigatorParams), self._planner)

    def _parameters_changed(self) -> None:
        """Planner and navigator with the new values; a goal under way is begun anew."""

        def rebuild() -> None:
            self._make_planner()
            if self._map is not None:
                self._planner.set_map(self._map)

        self._worker.submit(rebuild, self._restart)

    # Maps.

    def _take_map(self, grid: Grid, frame: str) -> None:
        """A new map: planned on from now on, in its frame."""

        def taken(done: Future[Any]) -> None:
            error = problem(done)
            if error is not None:
                self.get_logger().error(f"map dropped: {error}")
                return
            self._map, self._frame = grid, frame or self._params.global_frame
            self._restart(done)

        self._worker.submit(lambda: self._planner.set_map(grid), taken)

    def _take_local_map(self, message: OccupancyGrid) -> None:
        """What the local planner sees overlays the map, or is the map."""
        now = self.now()
        if 0.0 <= now - self._observed_at < self._params.observe_period:
            return
        self._observed_at = now
        try:
            frame = self._transforms.lookup(self._frame, message.header.frame_id)
            grid = grid_of(message, "the local map")
        except AstroNavError as error:
            self.health.tell_warning(f"observation dropped: {error}")
            return
        if self._navigate.current is None:
            self.health.tell_ok("waiting for a goal")
        self._worker.submit(lambda: self._planner.observe(grid, seconds(message.header.stamp), frame), self._check)

    def _show_costs(self) -> None:
        if self._costmap.get_subscription_count():
            frame, now = self._frame, self.now()

            def show(done: Future[Any]) -> None:
                self._costmap.publish(done.result())

            self._worker.submit(
                lambda: grid_message(nav2_occupancy(self._planner.costmap().nav2_costs()), frame, now), show
            )

    def _check(self, done: Future[Any]) -> None:
        error = problem(done)
        if error is not None:
            self.get_logger().error(str(error))

    # compute_path_to_pose

    def _begin_plan(self, goal: ServerGoalHandle) -> None:
        request = goal.request
        if request.planner_id not in PLANNER_IDS:
            self._compute.abort(
                goal, INVALID_PLANNER, f"there is no planner '{request.planner_id}', only '{PLANNER_IDS[1]}'"
            )
            return
        try:
            target = self._in_plan_frame(request.goal, "the goal")
            start = self._in_plan_frame(request.start, "the start") if request.use_start else self._robot_pose()
        except AstroNavError as error:
            self._compute.abort(goal, TF_ERROR, str(error))
            return
        began, now, frame = time.perf_counter(), self.now(), self._frame

        def planned(done: Future[Any]) -> None:
            if not goal.is_active:
                return  # a newer goal has ended it
            self.health.sample("plan_ms", 1e3 * (time.perf_counter() - began))
            error = problem(done)
            if error is not None:
                code = error.code if isinstance(error, PlanningError) else 0
                self._compute.abort(goal, PLANNING + code, str(error))
                return
            path = path_message(done.result().points, frame, now)
            result = ComputePathToPose.Result(path=path, planning_time=duration(time.perf_counter() - began))
            self._plan.publish(path)
            self._compute.succeed(goal, result)

        self._worker.submit(lambda: self._planner.plan(start, target, now), planned)

    def _in_plan_frame(self, pose: PoseStamped, what: str) -> Pose:
        """A pose of a request in the frame planned in. Raises InputError or TransformError."""
        planar = pose_of(pose.pose, what)
        return compose(self._transforms.lookup(self._frame, pose.header.frame_id), planar)

    def _robot_pose(self) -> Pose:
        return self._transforms.lookup(self._frame, self._params.robot_base_frame)

    # navigate_to_pose

    def _begin_navigation(self, goal: ServerGoalHandle) -> None:
        """A new goal; one under way is replaced without a stop between them."""
        self._goal_map, self._goal_since = None, self.now()
        self._aim(goal)

    def _restart(self, _done: Future[Any]) -> None:
        """The frame or the planner is another one: aim at the goal under way again."""
        if self._navigate.current is not None:
            self._goal_map, self._goal_since = None, self.now()
            self._aim(self._navigate.current)

    def _aim(self, goal: ServerGoalHandle) -> None:
        """Transform the goal and hand it to the navigator; wait a little for transforms that are not there yet."""
        now = self.now()
        try:
            target = self._in_plan_frame(goal.request.pose, "the goal")
        except TransformError as error:
            if now - self._goal_since > self._params.transform_patience:
                self._end_navigation(goal, TF_ERROR, str(error))
            return
        except AstroNavError as error:
            self._end_navigation(goal, TF_ERROR, str(error))
            return
        self._goal_map = target
        self._turn += 1
        self._worker.submit(lambda: self._navigator.start(target, now), self._check)

    def _tick(self) -> None:
        """Have the navigator look at how things stand, if it is not still at it."""
        self._follow.insist(self.now())
        self._own.insist(self.now())
        goal = self._navigate.current
        if goal is None:
            return
        if goal.is_cancel_requested:
            self._give_up()
            self._navigate.cancel(goal)
        elif self._goal_map is None:
            self._aim(goal)
        elif not self._updating:
            try:
                pose = self._robot_pose()
            except TransformError as error:
                if self.now() - self._goal_since > self._params.transform_patience:
                    self._end_navigation(goal, TF_ERROR, str(error))
                return
            self._goal_since = self.now()
            self._update(goal, pose, self._local_report())

    def _update(self, goal: ServerGoalHandle, pose: Pose, report: LocalReport) -> None:
        self._updating, turn, now, frame = True, self._turn, self.now(), self._frame

        def updated(done: Future[Any]) -> None:
            self._updating = False
            if turn != self._turn or not goal.is_active:
                return  # it is about a goal that has been replaced
            error = problem(done)
            if error is not None:
                self._end_navigation(goal, PLANNING, str(error))
            else:
                self._act(goal, done.result(), pose, frame, report)

        self._worker.submit(lambda: self._navigator.update(now, pose, report), updated)

    def _local_report(self) -> LocalReport:
        """What the local planner says of the path it was sent last."""
        outcome = self._follow.outcome
        if outcome is None:
            return LocalReport(self._path_sent)
        code = 0 if outcome.succeeded else outcome.code or FollowPath.Result.UNKNOWN
        return LocalReport(self._path_sent, reached=outcome.succeeded, code=code, reason=outcome.message)

    def _act(self, goal: ServerGoalHandle, action: Action, pose: Pose, frame: str, report: LocalReport) -> None:
        """Do what the navigator says."""
        if action.phase is Phase.DONE:
            self._end_navigation(goal, action.code, action.message)
            return
        if action.clear_local:
            self._clear_local.call_async(ClearEntireCostmap.Request())
        if action.path_id != self._path_sent:
            self._path_sent = action.path_id
            self._send_path(action.path, frame)
        feedback = NavigateToPose.Feedback(
            current_pose=pose_stamped(pose, frame, self.now()),
            navigation_time=duration(action.feedback.navigation_time),
            estimated_time_remaining=duration(action.feedback.time_remaining),
            number_of_recoveries=int(action.feedback.recoveries),
            distance_remaining=float(action.feedback.distance_remaining),
        )
        goal.publish_feedback(feedback)
        self.health.tell_ok(action.phase.value)
        if action.feedback.recoveries > self._recoveries:
            self.get_logger().info(f"recovery {action.feedback.recoveries}: {report.reason or 'no way to the goal'}")
        self._recoveries = action.feedback.recoveries

    def _send_path(self, path: GlobalPath | None, frame: str) -> None:
        if path is None:
            self._follow.cancel()
            return
        message = path_message(path.points, frame, self.now())
        self._follow.send(FollowPath.Goal(path=message), self.now())
        self._plan.publish(message)

    def _end_navigation(self, goal: ServerGoalHandle, code: int, message: str) -> None:
        """The goal is over, for better or worse."""
        self._give_up()
        if code == 0:
            self._navigate.succeed(goal)
            self.health.tell_ok("arrived")
        else:
            self.get_logger().warning(f"navigate_to_pose ends with {code}: {message}")
            self._navigate.abort(goal, code, message)
            self.health.tell_ok(message)

    def _give_up(self) -> None:
        """Stop the robot and forget the goal; its server is told by the caller."""
        self._goal_map = None
        self._turn += 1
        self._follow.cancel()
        self._worker.submit(lambda: self._navigator.cancel(), self._check)


def problem(done: Future[Any]) -> AstroNavError | None:
    """What a job has to complain about, if anything; a defect is raised instead."""
    error = done.exception()
    if error is not None and not isinstance(error, AstroNavError):
        raise error
    return error


def main() -> int:
    """Entry point."""
    return run(GlobalPlannerNode, "global_planner")


if __name__ == "__main__":
    sys.exit(main())
