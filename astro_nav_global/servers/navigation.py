"""Goals driven to: the action `navigate_to_pose` and the topic `goal_pose`, carried out by the navigator through `follow_path`."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

from geometry_msgs.msg import PoseStamped
from nav2_msgs.action import FollowPath, NavigateToPose
from nav2_msgs.srv import ClearEntireCostmap
from rclpy.action.server import ServerGoalHandle
from rclpy.publisher import Publisher

from astro_nav_common.errors import AstroNavError
from astro_nav_common.types import Pose
from astro_nav_global.navigation import Action, LocalReport, Phase
from astro_nav_global.navigator import PLANNING
from astro_nav_global.path import GlobalPath
from astro_nav_global.servers.paths import TF_ERROR
from astro_nav_global.servers.planning import Planning, problem
from astro_nav_ros import qos
from astro_nav_ros.actions import GoalServer
from astro_nav_ros.conversions import duration, path_message, pose_stamped
from astro_nav_ros.goal_client import GoalClient
from astro_nav_ros.runtime import ManagedNode
from astro_nav_ros.transforms import TransformError


class NavigationServer:
    """Lets the navigator look at how things stand, some times a second, and does what it says."""

    def __init__(self, node: ManagedNode, planning: Planning, shown: Publisher) -> None:
        """Serve. Args: shown: of nav_msgs/Path, gets every path that is driven."""
        self._node, self._planning, self._shown = node, planning, shown
        self._goal_since = 0.0
        #: of navigate_to_pose, in the frame planned in; None until it could be transformed
        self._goal_map: Pose | None = None
        self._turn, self._updating, self._path_sent, self._recoveries = 0, False, 0, 0
        self._server = GoalServer(node, NavigateToPose, "navigate_to_pose", self._begin)
        self._follow = GoalClient(node, FollowPath, "follow_path")
        self._own = GoalClient(node, NavigateToPose, "navigate_to_pose")
        self._clear_local = node.create_client(ClearEntireCostmap, "local_costmap/clear_entirely_local_costmap")
        node.create_subscription(PoseStamped, "goal_pose", self._take_goal_pose, qos.DEFAULT)
        node.create_timer(1.0 / planning.params.navigator_hz, self._tick)
        planning.on_change(self._restart)
        node.health.tell_ok("waiting for a goal")

    def stop(self) -> None:
        """Let no motion survive."""
        self._follow.cancel()

    def _take_goal_pose(self, pose: PoseStamped) -> None:
        self._own.send(NavigateToPose.Goal(pose=pose), self._node.now())

    # A goal begins.

    def _begin(self, goal: ServerGoalHandle) -> None:
        """A new goal; one under way is replaced without a stop between them."""
        self._goal_map, self._goal_since = None, self._node.now()
        self._aim(goal)

    def _restart(self) -> None:
        """The frame or the planner is another one: aim at the goal under way again."""
        if self._server.current is not None:
            self._begin(self._server.current)

    def _aim(self, goal: ServerGoalHandle) -> None:
        """Transform the goal and hand it to the navigator; wait a little for transforms that are not there yet."""
        planning, now = self._planning, self._node.now()
        try:
            target = planning.pose_in_frame(goal.request.pose, "the goal")
        except TransformError as error:
            if now - self._goal_since > planning.params.transform_patience:
                self._end(goal, TF_ERROR, str(error))
            return
        except AstroNavError as error:
            self._end(goal, TF_ERROR, str(error))
            return
        self._goal_map = target
        self._turn += 1
        planning.submit(lambda: planning.navigator.start(target, now))

    # It is under way.

    def _tick(self) -> None:
        """Have the navigator look at how things stand, if it is not still at it."""
        now = self._node.now()
        self._follow.insist(now)
        self._own.insist(now)
        goal = self._server.current
        if goal is None:
            return
        if goal.is_cancel_requested:
            self._give_up()
            self._server.cancel(goal)
            self._node.health.tell_ok("waiting for a goal")
        elif self._goal_map is None:
            self._aim(goal)
        elif not self._updating:
            try:
                pose = self._planning.robot_pose()
            except TransformError as error:
                if now - self._goal_since > self._planning.params.transform_patience:
                    self._end(goal, TF_ERROR, str(error))
                return
            self._goal_since = now
            self._update(goal, pose, self._local_report())

    def _update(self, goal: ServerGoalHandle, pose: Pose, report: LocalReport) -> None:
        planning, turn, now = self._planning, self._turn, self._node.now()
        self._updating, frame = True, planning.frame

        def updated(done: Future[Any]) -> None:
            self._updating = False
            if turn != self._turn or not goal.is_active:
                return  # it is about a goal that has been replaced
            error = problem(done)
            if error is not None:
                self._end(goal, PLANNING, str(error))
            else:
                self._act(goal, done.result(), pose, frame, report)

        planning.submit(lambda: planning.navigator.update(now, pose, report), updated)

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
            self._end(goal, action.code, action.message)
            return
        if action.clear_local:
            self._clear_local.call_async(ClearEntireCostmap.Request())
        if action.path_id != self._path_sent:
            self._path_sent = action.path_id
            self._send_path(action.path, frame)
        feedback = NavigateToPose.Feedback(
            current_pose=pose_stamped(pose, frame, self._node.now()),
            navigation_time=duration(action.feedback.navigation_time),
            estimated_time_remaining=duration(action.feedback.time_remaining),
            number_of_recoveries=int(action.feedback.recoveries),
            distance_remaining=float(action.feedback.distance_remaining),
        )
        goal.publish_feedback(feedback)
        self._node.health.tell_ok(action.phase.value)
        if action.feedback.recoveries > self._recoveries:
            reason = report.reason or "no way to the goal"
            self._node.get_logger().info(f"recovery {action.feedback.recoveries}: {reason}")
        self._recoveries = action.feedback.recoveries

    def _send_path(self, path: GlobalPath | None, frame: str) -> None:
        if path is None:
            self._follow.cancel()
            return
        message = path_message(path.points, frame, self._node.now())
        self._follow.send(FollowPath.Goal(path=message), self._node.now())
        self._shown.publish(message)

    # It ends.

    def _end(self, goal: ServerGoalHandle, code: int, message: str) -> None:
        """The goal is over, for better or worse."""
        self._give_up()
        if code == 0:
            self._server.succeed(goal)
            self._node.health.tell_ok("arrived")
        else:
            self._node.get_logger().warning(f"navigate_to_pose ends with {code}: {message}")
            self._server.abort(goal, code, message)
            self._node.health.tell_ok(message)

    def _give_up(self) -> None:
        """Stop the robot and forget the goal; its server is told by the caller."""
        self._goal_map = None
        self._turn += 1
        self._follow.cancel()
        self._planning.submit(lambda: self._planning.navigator.cancel())
